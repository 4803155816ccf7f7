//! How somebody wants to delete.

use serde_json::Value;

use super::super::query::Query;
use crate::error::{ApiError, Cause};
use crate::store::Key;
use crate::store::object::Object;

/// How somebody wants to delete.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How long it may take, where that was said.
    pub(super) grace_s: Option<i64>,
    /// What becomes of what it owns.
    pub(super) propagation: Propagation,
    uid: Option<String>,
    version: Option<String>,
}

/// What becomes of what an object owns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Propagation {
    /// It goes after its owner.
    #[default]
    Background,
    /// It goes before its owner.
    Foreground,
    /// It stays.
    Orphan,
}

impl Options {
    /// Reads the options of a request: its body, and its query over that.
    pub fn parse(body: &Value, query: &Query) -> Result<Self, ApiError> {
        if body.get("dryRun").and_then(Value::as_array).is_some_and(|values| !values.is_empty()) {
            return Err(ApiError::BadRequest("the demo cluster does not support dryRun".into()));
        }
        let text = |path: &str| member(body, path, "string", |value| value.as_str().map(str::to_owned));
        let sent_grace_s = member(body, "/gracePeriodSeconds", "int64", Value::as_i64)?;
        let grace_s = query.number("gracePeriodSeconds")?.or(sent_grace_s);
        // As the API server: less than nothing counts as almost nothing.
        let grace_s = grace_s.map(|grace_s| if grace_s < 0 { 1 } else { grace_s });
        let sent_orphans = member(body, "/orphanDependents", "bool", Value::as_bool)?;
        let orphans =
            if query.get("orphanDependents").is_some() { Some(query.flag("orphanDependents")) } else { sent_orphans };
        let sent_policy = text("/propagationPolicy")?.filter(|policy| !policy.is_empty());
        let policy = query.get("propagationPolicy").map(str::to_owned).or(sent_policy);
        if let (Some(_), Some(policy)) = (orphans, &policy) {
            let why = "orphanDependents and deletionPropagation cannot be both set";
            return Err(invalid_policy("FieldValueInvalid", format!("Invalid value: \"{policy}\": {why}")));
        }
        let propagation = match policy.as_deref() {
            None if orphans == Some(true) => Propagation::Orphan,
            None | Some("Background") => Propagation::Background,
            Some("Foreground") => Propagation::Foreground,
            Some("Orphan") => Propagation::Orphan,
            Some(other) => {
                let supported = "\"Foreground\", \"Background\", \"Orphan\", \"nil\"";
                let message = format!("Unsupported value: \"{other}\": supported values: {supported}");
                return Err(invalid_policy("FieldValueNotSupported", message));
            }
        };
        member(body, "/preconditions", "v1.Preconditions", |value| value.is_object().then_some(()))?;
        let (uid, version) = (text("/preconditions/uid")?, text("/preconditions/resourceVersion")?);
        Ok(Self { grace_s, propagation, uid, version })
    }

    /// Whether an object is still the one that is meant.
    pub(super) fn check(&self, key: &Key, object: &Object) -> Result<(), ApiError> {
        let failed = |what: &str, asked: &str, found: &str| {
            let why = format!("Precondition failed: {what} in precondition: {asked}, {what} in object meta: {found}");
            Err(ApiError::Precondition(key.kind, key.name.to_string(), why))
        };
        match (&self.uid, &self.version) {
            (Some(uid), _) if **uid != *object.uid => failed("UID", uid, &object.uid),
            (_, Some(version)) if *version != object.version.to_string() => {
                failed("ResourceVersion", version, &object.version.to_string())
            }
            _ => Ok(()),
        }
    }
}

/// A member of the options, which has to be of its type where it is there.
fn member<T>(
    body: &Value,
    path: &str,
    of_type: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let Some(value) = body.pointer(path).filter(|value| !value.is_null()) else { return Ok(None) };
    let found = match value {
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Null | Value::Object(_) => "object",
    };
    let field = path.trim_start_matches('/').replace('/', ".");
    let why = || format!("json: cannot unmarshal {found} into Go struct field DeleteOptions.{field} of type {of_type}");
    read(value).map(Some).ok_or_else(|| ApiError::BadRequest(why()))
}

fn invalid_policy(reason: &'static str, message: String) -> ApiError {
    ApiError::InvalidOptions("DeleteOptions", vec![Cause { reason, message, field: "propagationPolicy".into() }])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_negative_grace_dropped_the_preconditions_and_what_was_to_become_of_dependents() {
        let body = json!({
            "gracePeriodSeconds": -1, "propagationPolicy": "Orphan", "preconditions": { "uid": "u" },
        });
        let options = Options::parse(&body, &Query::default()).unwrap();
        assert_eq!((options.grace_s, options.propagation), (Some(1), Propagation::Orphan));
        assert_eq!(options.uid.as_deref(), Some("u"));
    }

    #[test]
    fn options_of_the_wrong_type_were_taken_for_none() {
        let check = |body: Value, query: &str, expect: Option<u16>| {
            let parsed = Options::parse(&body, &Query::parse(query));
            assert_eq!(parsed.err().map(|error| error.code().as_u16()), expect, "{body} {query}");
        };
        check(Value::Null, "", None);
        check(json!({ "gracePeriodSeconds": null, "propagationPolicy": "" }), "", None);
        check(json!({ "gracePeriodSeconds": "1" }), "", Some(400));
        check(json!({ "gracePeriodSeconds": 1.5 }), "", Some(400));
        check(json!({ "propagationPolicy": 1 }), "", Some(400));
        check(json!({ "orphanDependents": "true" }), "", Some(400));
        check(json!({ "preconditions": "x" }), "", Some(400));
        check(json!({ "preconditions": { "uid": 1 } }), "", Some(400));
        check(json!({ "dryRun": ["All"] }), "", Some(400));
        check(json!({ "dryRun": [] }), "", None);
        check(json!({ "orphanDependents": true, "propagationPolicy": "Orphan" }), "", Some(422));
        check(json!({ "propagationPolicy": "Nothing" }), "", Some(422));
        check(Value::Null, "gracePeriodSeconds=x", Some(400));
    }
}
