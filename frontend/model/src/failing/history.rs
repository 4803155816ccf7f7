//! When something was seen to happen in the last hour: known, known not to have happened, or unknown.
//!
//! An event says when it happened first and last and how often, not when in between. Since the tab watches, every
//! repetition is seen with its time. What lies before that is unknown, and drawn so.

use crate::chart::bursts::Piece;
use crate::store::events::EventRow;
use crate::store::symptoms::Symptom;

/// The time that is told of.
pub const OVER_S: i64 = 3_600;
/// It is told in so many pieces of equal length.
pub const PIECES: usize = 30;

const PIECE_S: i64 = OVER_S / PIECES as i64;

/// The last hour, from the oldest piece to the one that lasts still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The pieces.
    pub pieces: [Piece; PIECES],
}

impl History {
    /// Of what these events tell.
    pub fn of_events(events: &[&EventRow], now_s: i64) -> Self {
        let (mut history, end_s) = Self::empty(now_s);
        for event in events {
            let (count, last_s) = event.heard;
            history.count(end_s, event.first_s, 1);
            if count > 1 {
                history.count(end_s, last_s, 1);
            }
            for (at_s, times) in &event.again {
                history.count(end_s, Some(*at_s), *times);
            }
            if let (true, Some(first_s), Some(last_s)) = (count > 2, event.first_s, last_s) {
                history.doubt(end_s, first_s, last_s);
            }
        }
        history
    }

    /// Of what statuses tell, where no event does: each container's last end. Nobody remembers those before it.
    pub fn of_statuses<'s>(pods: impl Iterator<Item = (&'s Symptom, Option<i64>)>, now_s: i64) -> Self {
        let (mut history, end_s) = Self::empty(now_s);
        for (symptom, created_s) in pods {
            let end_at_s = symptom.end.as_ref().and_then(|end| end.finished_s);
            history.count(end_s, end_at_s, 1);
            if let (Some(at_s), true) = (end_at_s, symptom.restarts > 1) {
                history.doubt(end_s, created_s.unwrap_or(i64::MIN).min(at_s), at_s);
            }
        }
        history
    }

    /// Of something that happened once.
    pub fn of_moment(at_s: Option<i64>, now_s: i64) -> Self {
        let (mut history, end_s) = Self::empty(now_s);
        history.count(end_s, at_s, 1);
        history
    }

    /// What was seen of both.
    pub fn plus(mut self, other: &Self) -> Self {
        for (piece, more) in self.pieces.iter_mut().zip(&other.pieces) {
            piece.times = piece.times.saturating_add(more.times);
            piece.unknown |= more.unknown;
        }
        self
    }

    // Pieces end with whole ones of the clock, so that they keep their contents as they move to the left.
    fn empty(now_s: i64) -> (Self, i64) {
        let end_s = now_s.div_euclid(PIECE_S).saturating_add(1).saturating_mul(PIECE_S);
        (Self { pieces: [Piece::default(); PIECES] }, end_s)
    }

    /// The most that was seen in one piece.
    pub fn most(&self) -> u32 {
        self.pieces.iter().map(|piece| piece.times).max().unwrap_or(0)
    }

    /// In words: `seen 12 times in the last hour`; empty where that was not seen.
    pub fn words(&self) -> String {
        let times: u64 = self.pieces.iter().map(|piece| u64::from(piece.times)).sum();
        let is_unknown = self.pieces.iter().any(|piece| piece.unknown);
        if times == 0 && !is_unknown {
            return String::new();
        }
        let at_least = if is_unknown { "at least " } else { "" };
        format!("seen {at_least}{} in the last hour", crate::format::plural(times, "time", "times"))
    }

    fn count(&mut self, end_s: i64, at_s: Option<i64>, times: i64) {
        if let Some(piece) = at_s.and_then(|at_s| self.pieces.get_mut(place(end_s, at_s)?)) {
            piece.times = piece.times.saturating_add(u32::try_from(times).unwrap_or(0));
        }
    }

    /// Between these times it may have happened more often.
    fn doubt(&mut self, end_s: i64, from_s: i64, to_s: i64) {
        let from_s = from_s.max(end_s.saturating_sub(OVER_S));
        if let (Some(from), Some(to)) = (place(end_s, from_s), place(end_s, to_s)) {
            for piece in self.pieces.get_mut(from..=to).unwrap_or_default() {
                piece.unknown = true;
            }
        }
    }
}

/// The piece that a time lies in.
fn place(end_s: i64, at_s: i64) -> Option<usize> {
    let from_s = end_s.saturating_sub(OVER_S);
    let piece = at_s.checked_sub(from_s)?.div_euclid(PIECE_S);
    usize::try_from(piece).ok().filter(|place| *place < PIECES)
}

#[cfg(test)]
mod tests {
    use super::{History, OVER_S};
    use crate::store::Store;
    use serde_json::json;

    const NOW_S: i64 = 1_795_461_599;

    fn history(first_ago_s: i64, last_ago_s: i64, count: i64, again: &[i64]) -> History {
        let mut store = Store::default();
        let time = |ago_s: i64| crate::timestamp::utc(NOW_S - ago_s).replace(" UTC", "Z").replace(' ', "T");
        let mut take = |last_ago_s: i64, count: i64| {
            let event = json!({
                "metadata": {"uid": "e"}, "type": "Warning", "count": count,
                "firstTimestamp": time(first_ago_s), "lastTimestamp": time(last_ago_s),
            });
            store.events.upsert(event.to_string().as_bytes(), &mut store.names);
        };
        take(last_ago_s, count);
        for (at, ago_s) in again.iter().enumerate() {
            take(*ago_s, count + 1 + at as i64);
        }
        let events: Vec<_> = store.events.rows().iter().map(|(_, row)| row).collect();
        History::of_events(&events, NOW_S)
    }

    fn seen(history: &History) -> (Vec<(usize, u32)>, usize) {
        let known = history.pieces.iter().enumerate().filter(|(_, piece)| piece.times > 0);
        let unknown = history.pieces.iter().filter(|piece| piece.unknown).count();
        (known.map(|(at, piece)| (at, piece.times)).collect(), unknown)
    }

    #[test]
    fn once_and_twice_are_known_exactly() {
        assert_eq!(seen(&history(0, 0, 1, &[])), (vec![(29, 1)], 0));
        assert_eq!(seen(&history(1_200, 0, 2, &[])), (vec![(19, 1), (29, 1)], 0));
    }

    #[test]
    fn what_lies_between_the_first_and_the_last_time_is_unknown() {
        let (known, unknown) = seen(&history(1_200, 600, 9, &[]));
        assert_eq!((known, unknown), (vec![(19, 1), (24, 1)], 6));
        // It began before the hour that is told of.
        let (known, unknown) = seen(&history(9_000, 600, 99, &[]));
        assert_eq!((known, unknown), (vec![(24, 1)], 25));
    }

    #[test]
    fn what_was_seen_to_happen_again_is_known() {
        let (known, unknown) = seen(&history(1_200, 600, 9, &[360, 240]));
        assert_eq!((known, unknown), (vec![(19, 1), (24, 1), (26, 1), (27, 1)], 6));
    }

    #[test]
    fn odd_times_fall_off() {
        assert_eq!(seen(&history(-9_000, OVER_S * 3, 9, &[])), (vec![], 0));
    }
}
