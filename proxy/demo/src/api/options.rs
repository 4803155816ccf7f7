//! The options of lists and watches that have to agree with each other.

use super::query::Query;
use crate::error::{ApiError, Cause};

/// A resourceVersion that a client names; none where it is absent.
pub fn version(query: &Query) -> Result<Option<u64>, ApiError> {
    let parse = |text: &str| text.parse().map_err(|_| ApiError::Version(text.to_owned()));
    query.get("resourceVersion").map(parse).transpose()
}

/// Refuses the options of a list that contradict each other.
pub fn check_list(query: &Query) -> Result<(), ApiError> {
    let mut causes = Vec::new();
    if let Some(matching) = query.get("resourceVersionMatch") {
        if query.get("resourceVersion").is_none() {
            causes.push(forbidden(MATCH, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        if query.get("continue").is_some() {
            causes.push(forbidden(MATCH, WITH_CONTINUE));
        }
        if !matches!(matching, "Exact" | "NotOlderThan") {
            causes.push(unsupported(matching, "\"Exact\", \"NotOlderThan\", \"\""));
        }
        if matching == "Exact" && query.get("resourceVersion") == Some("0") {
            let why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            causes.push(forbidden(MATCH, why));
        }
    }
    if query.get("sendInitialEvents").is_some() {
        causes.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    }
    done(causes)
}

/// Refuses the options of a watch that contradict each other.
pub fn check_watch(query: &Query) -> Result<(), ApiError> {
    let sends_initial = query.get("sendInitialEvents").is_some();
    // Where nobody says from when on, the API server counts it as a watch of the old kind that begins with what there is.
    let begins = !sends_initial && matches!(query.get("resourceVersion"), None | Some("0"));
    let matching = query.get("resourceVersionMatch").or(begins.then_some("NotOlderThan"));
    let mut causes = Vec::new();
    if sends_initial && matching != Some("NotOlderThan") {
        causes.push(forbidden(MATCH, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
    }
    if let Some(matching) = matching {
        if !sends_initial && query.get("resourceVersionMatch").is_some() {
            let why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
            causes.push(forbidden(MATCH, why));
        }
        if matching != "NotOlderThan" {
            causes.push(unsupported(matching, "\"NotOlderThan\""));
        }
        if query.get("continue").is_some() {
            causes.push(forbidden(MATCH, WITH_CONTINUE));
        }
    }
    done(causes)
}

const MATCH: &str = "resourceVersionMatch";
const WITH_CONTINUE: &str = "resourceVersionMatch is forbidden when continue is provided";

fn forbidden(field: &str, why: &str) -> Cause {
    Cause { reason: "FieldValueForbidden", message: format!("Forbidden: {why}"), field: field.to_owned() }
}

fn unsupported(value: &str, supported: &str) -> Cause {
    let message = format!("Unsupported value: \"{value}\": supported values: {supported}");
    Cause { reason: "FieldValueNotSupported", message, field: MATCH.to_owned() }
}

fn done(causes: Vec<Cause>) -> Result<(), ApiError> {
    if causes.is_empty() { Ok(()) } else { Err(ApiError::InvalidOptions("ListOptions", causes)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_lists_and_watches_have_to_agree() {
        let check = |query: &str, list: usize, watch: usize| {
            let count = |checked: Result<(), ApiError>| match checked {
                Err(ApiError::InvalidOptions(_, causes)) => causes.len(),
                checked => usize::from(checked.is_err()),
            };
            let query = Query::parse(query);
            assert_eq!((count(check_list(&query)), count(check_watch(&query))), (list, watch), "{query:?}");
        };
        check("", 0, 0);
        check("resourceVersion=5", 0, 0);
        check("resourceVersion=5&continue=abc", 0, 0);
        check("continue=abc", 0, 1);
        check("resourceVersionMatch=Exact", 1, 2);
        check("resourceVersion=0&resourceVersionMatch=Exact", 1, 2);
        check("resourceVersion=5&resourceVersionMatch=NotOlderThan", 0, 1);
        check("resourceVersion=5&resourceVersionMatch=Nothing", 1, 2);
        check("resourceVersion=5&resourceVersionMatch=Exact&continue=abc", 1, 3);
        check("sendInitialEvents=true", 1, 1);
        check("sendInitialEvents=true&resourceVersionMatch=NotOlderThan", 2, 0);
        check("sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=5", 1, 2);
    }
}
