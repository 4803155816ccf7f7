//! A label selector, and selectors in the words of kubectl.

use super::json::{List, Pairs, Text};
use super::projection::fields;

/// What labels must hold:
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/>.
#[derive(Clone, Debug, Default)]
pub struct LabelSelector<'a> {
    /// Labels and their values.
    pub match_labels: Pairs<'a>,
    /// Further requirements.
    pub match_expressions: List<Requirement<'a>>,
}

/// A requirement of one label.
#[derive(Clone, Debug, Default)]
pub struct Requirement<'a> {
    /// The label's key.
    pub key: Text<'a>,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: Text<'a>,
    /// Of `In` and `NotIn`.
    pub values: List<Text<'a>>,
}

fields! {
    LabelSelector<'de> {
        "matchLabels": match_labels,
        "matchExpressions": match_expressions,
    }
    Requirement<'de> {
        "key": key,
        "operator": operator,
        "values": values,
    }
}

/// `app=web,tier in (a,b)`, sorted by key as kubectl does; empty where nothing is selected by.
pub fn selector_text(selector: &LabelSelector<'_>) -> String {
    let equal = selector.match_labels.0.iter().map(|(key, value)| (&**key, format!("{key}={value}")));
    let others = selector.match_expressions.iter().map(|r| (&*r.key, r.text()));
    joined(equal.chain(others).collect())
}

/// `app=web,tier=db`, sorted by key; empty where there is none.
pub fn pairs_text(pairs: &Pairs<'_>) -> String {
    joined(pairs.0.iter().map(|(key, value)| (&**key, format!("{key}={value}"))).collect())
}

impl Requirement<'_> {
    fn text(&self) -> String {
        let mut values: Vec<&str> = self.values.iter().map(|value| &**value).collect();
        values.sort_unstable();
        let (key, values) = (&self.key, values.join(","));
        match &*self.operator {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_string(),
        }
    }
}

fn joined(mut terms: Vec<(&str, String)>) -> String {
    terms.sort_unstable();
    terms.into_iter().map(|(_, term)| term).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::{LabelSelector, selector_text};
    use crate::k8s::projection::read;

    #[test]
    fn selectors_read_as_in_kubectl() {
        let check = |json: &str, expect: &str| {
            let selector: LabelSelector<'_> = read(json.as_bytes()).unwrap();
            assert_eq!(selector_text(&selector), expect, "{json}");
        };
        check("{}", "");
        check(r#"{"matchLabels":{"tier":"db","app":"web"}}"#, "app=web,tier=db");
        check(
            r#"{"matchLabels":{"b":"1"},"matchExpressions":[{"key":"a","operator":"In","values":["y","x"]},
                {"key":"c","operator":"Exists"},{"key":"d","operator":"DoesNotExist"},{"key":"e","operator":"NotIn","values":["z"]}]}"#,
            "a in (x,y),b=1,c,!d,e notin (z)",
        );
        check(r#"{"matchExpressions":[{"key":"a","operator":"In","values":[null,7,{}]},null,4]}"#, ",,a in (,,7)");
    }
}
