//! Pods by state.

use crate::chart::stack::Tone;
use crate::k8s::pod_state::PodState;
use crate::store::tally::Tally;

/// The states from left to right in every bar: what runs first, so that what fails stands at the end, where bars differ.
pub const ORDER: [PodState; 6] = [
    PodState::Running,
    PodState::Completed,
    PodState::Terminating,
    PodState::NotReady,
    PodState::Waiting,
    PodState::Failing,
];

/// The tones of [`ORDER`].
pub const TONES: [Tone; 6] =
    [tone(ORDER[0]), tone(ORDER[1]), tone(ORDER[2]), tone(ORDER[3]), tone(ORDER[4]), tone(ORDER[5])];

/// What a state means.
pub const fn tone(state: PodState) -> Tone {
    match state {
        PodState::Running => Tone::Ok,
        PodState::Completed => Tone::Done,
        PodState::Terminating => Tone::Unknown,
        PodState::NotReady | PodState::Waiting => Tone::Warn,
        PodState::Failing => Tone::Bad,
    }
}

/// How many pods are in each state, in [`ORDER`].
pub fn counts(tally: &Tally) -> [u64; 6] {
    ORDER.map(|state| u64::from(tally.count(state)))
}

/// The numbers of [`counts`] in words.
pub fn words(counts: &[u64; 6]) -> String {
    let said: Vec<String> = ORDER.iter().zip(counts).map(|(state, n)| format!("{n} {}", state.word())).collect();
    said.join(", ")
}

/// The value of the filter `status:` that leaves just the pods in `state`.
pub fn filter(state: PodState) -> String {
    format!("status:{}", state.word().replace(' ', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_place() {
        for state in PodState::ALL {
            assert!(ORDER.contains(&state), "{state:?}");
        }
    }
}
