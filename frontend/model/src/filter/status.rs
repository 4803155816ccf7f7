//! A state of ours, or the beginning of a word of kubectl's.

use crate::k8s::pod_state::PodState;

/// What a state or a STATUS must be; case, spaces, `-` and `_` do not count.
///
/// A word that names one of our states means that state alone: kubectl calls a pod that is not ready `Running`, and the
/// link behind "144,014 pods run" must show just those. Any other word is the beginning of a state, of a STATUS, or of
/// what follows a `:` or `,` in one (`Init:CrashLoopBackOff`, `Ready,SchedulingDisabled`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct StatusPattern {
    bytes: Box<[u8]>,
    names_state: bool,
}

impl StatusPattern {
    pub(super) fn new(text: &str) -> Self {
        let bytes: Box<[u8]> = significant(text).collect();
        let names_state = PodState::ALL
            .iter()
            .map(|state| state.word())
            .chain(["ready"])
            .any(|word| significant(word).eq(bytes.iter().copied()));
        Self { bytes, names_state }
    }

    pub(super) fn matches(&self, state: &str, status: &str) -> bool {
        if self.names_state {
            return significant(state).eq(self.bytes.iter().copied());
        }
        let mut parts = status.split([':', ',']);
        self.begins(state) || self.begins(status) || parts.any(|part| self.begins(part))
    }

    fn begins(&self, text: &str) -> bool {
        let mut text = significant(text);
        self.bytes.iter().all(|byte| text.next() == Some(*byte))
    }
}

/// The bytes of a text that count, in lower case.
fn significant(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(|byte| !b" -_".contains(byte)).map(|byte| byte.to_ascii_lowercase())
}
