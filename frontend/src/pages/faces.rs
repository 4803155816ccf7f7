//! From where a list stands to the face of its card.

use model::failure::Failure;
use model::feed::Lapse;
use model::format;

use crate::live::{Feed, Phase};
use crate::ui::card::Face;

/// The face of a card that shows a list. `what` is in the plural: "pods". While something true is there it is shown: when
/// it is being renewed the freshness badge tells, and when it cannot be the card does too.
pub fn face_of(feed: &Feed, what: &str) -> Face {
    if let Some(Lapse { failure, as_of_s }) = &feed.lapse {
        return Face::Stale {
            tried: format!("No longer kept up to date ({what}): {}", failure.sentence()),
            said: failure.server_words().unwrap_or_default().to_owned(),
            next: failure.advice().to_owned(),
            as_of_s: *as_of_s,
        };
    }
    match &feed.phase {
        _ if feed.loaded => Face::Full,
        Phase::Idle => Face::Loading(format!("Loading {what}…")),
        Phase::Loading { items: 0, .. } => Face::Loading(format!("Loading {what}…")),
        Phase::Loading { items, bytes } => {
            let (items, bytes) = (format::count(*items as u64), format::bytes(*bytes));
            Face::Loading(format!("Loading {what}: {items}, {bytes} so far"))
        }
        Phase::Partial { items, .. } => Face::Empty {
            why: format!("Only {} {what} were read before that was stopped.", format::count(*items as u64)),
            next: "Go on with them to see this.".into(),
        },
        Phase::Live => Face::Full,
        Phase::Retrying(failure) | Phase::Stopped(failure) => failed(failure, what),
    }
}

/// The face of a card whose request failed.
pub fn failed(failure: &Failure, what: &str) -> Face {
    Face::Failed {
        tried: format!("No {what} to show: {}", failure.sentence()),
        said: failure.server_words().unwrap_or_default().to_owned(),
        next: failure.advice().to_owned(),
    }
}
