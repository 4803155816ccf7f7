//! Who somebody is, and what they may: reviews, which are answered and never stored.

use serde_json::{Value, json};

use super::managed::Manager;
use super::who::{Attempt, Who};
use crate::clock::rfc3339;
use crate::error::{ApiError, Cause};
use crate::kinds::{Kind, Kinds};
use crate::store::Store;
use crate::tree;

mod rules;

/// Answers a review.
pub fn answer(
    (store, kinds): (&Store, &Kinds),
    kind: &'static Kind,
    who: Who,
    mut review: Value,
    manager: &Manager,
) -> Result<Value, ApiError> {
    let status = match kind.name {
        "SelfSubjectReview" => json!({ "userInfo": {
            "username": who.short_name(),
            "groups": who.groups(),
        } }),
        "SelfSubjectAccessReview" => access(who, &review)?,
        "SelfSubjectRulesReview" => rules::answer(kinds, who, &review)?,
        // Reviews of others: whoever is named as one of the three is judged as they are.
        _ => {
            let user = review.pointer("/spec/user").and_then(Value::as_str).unwrap_or_default();
            match Who::ALL.into_iter().find(|who| who.short_name() == user) {
                Some(who) => access(who, &review)?,
                None => json!({ "allowed": false }),
            }
        }
    };
    tree::put(&mut review, &["kind"], kind.name.into());
    tree::put(&mut review, &["apiVersion"], kind.api_version().into());
    if !review.get("metadata").is_some_and(Value::is_object) {
        tree::put(&mut review, &["metadata"], json!({}));
    }
    if kind.name == "SelfSubjectReview" {
        tree::put(&mut review, &["metadata", "creationTimestamp"], rfc3339(store.clock().now()).into());
    }
    if kind.name != "SelfSubjectRulesReview" {
        manager.note(kind, &Value::Null, &mut review, None);
    }
    tree::put(&mut review, &["status"], status);
    Ok(review)
}

fn access(who: Who, review: &Value) -> Result<Value, ApiError> {
    let spec = review.get("spec").unwrap_or(&Value::Null);
    // The administrator is asked no role.
    let reason = |allowed: bool| match who {
        Who::Admin => json!({ "allowed": allowed }),
        _ if !allowed => json!({ "allowed": false }),
        _ => json!({ "allowed": true, "reason": format!("RBAC: allowed by the role of {}", who.short_name()) }),
    };
    if let Some(attributes) = spec.get("resourceAttributes").filter(|attributes| attributes.is_object()) {
        let text = |name: &str| attributes.get(name).and_then(Value::as_str).unwrap_or_default();
        let attempt = Attempt {
            verb: text("verb"),
            group: text("group"),
            resource: text("resource"),
            sub: text("subresource"),
            namespace: text("namespace"),
            name: text("name"),
        };
        return Ok(reason(who.may(&attempt)));
    }
    if let Some(attributes) = spec.get("nonResourceAttributes").filter(|attributes| attributes.is_object()) {
        let reads = attributes.get("verb").and_then(Value::as_str) == Some("get");
        return Ok(reason(who == Who::Admin || reads));
    }
    let message = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified";
    let cause = Cause { reason: "FieldValueInvalid", message: message.into(), field: "spec.resourceAttributes".into() };
    // The API server leaves the kind out, too.
    Err(ApiError::InvalidPart("", "authorization.k8s.io", String::new(), vec![cause]))
}
