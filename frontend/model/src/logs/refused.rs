//! Why there is no log, and what to do about it.

use crate::failure::Failure;

/// What is said in place of a log that could not be read: what happened, and what to do.
///
/// The API server answers 400 for a container that has not started, and for a run before the first.
pub fn refused(failure: &Failure, previous: bool) -> (&'static str, &'static str) {
    match failure {
        Failure::Server { code: 400, .. } if previous => (
            "There is no previous run.",
            "The container has not ended before, or its node has already removed what it wrote then.",
        ),
        Failure::Server { code: 400, .. } => (
            "The container has not started, so it has written nothing.",
            "Its log begins when it starts: the summary tells what it waits for. Read again then.",
        ),
        Failure::Forbidden { .. } => {
            ("You may not read this log.", "Ask who runs the cluster for the right to get pods/log.")
        }
        Failure::NotFound { .. } => ("There is no such log.", "The pod or the container may have been deleted."),
        _ => ("The log could not be read.", failure.advice()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, refused};

    #[test]
    fn a_log_that_is_not_there_says_why() {
        let check = |failure: Failure, previous, expected: &str| {
            let (tried, advice) = refused(&failure, previous);
            assert!(format!("{tried} {advice}").contains(expected), "{failure:?}");
        };
        let bad_request = || Failure::Server { code: 400, message: "container \"web\" is waiting to start".into() };
        check(bad_request(), false, "has not started");
        check(bad_request(), true, "no previous run");
        check(Failure::Forbidden { message: String::new() }, false, "pods/log");
        check(Failure::Unreachable, false, "tried again");
    }
}
