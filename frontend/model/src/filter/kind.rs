//! A kind of object, as people name it.

/// A kind: its name, the beginning of it, its plural, or kubectl's short name, in any case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct KindPattern(String);

impl KindPattern {
    pub(super) fn new(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let name = match text.as_str() {
            "sts" => "statefulset",
            "ds" => "daemonset",
            "rs" => "replicaset",
            "cj" => "cronjob",
            "po" => "pod",
            "no" => "node",
            "svc" => "service",
            // An `s` alone begins a kind.
            other => other.strip_suffix('s').filter(|name| !name.is_empty()).unwrap_or(other),
        };
        Self(name.to_owned())
    }

    pub(super) fn matches(&self, kind: &str) -> bool {
        kind.get(..self.0.len()).is_some_and(|start| start.eq_ignore_ascii_case(&self.0))
    }
}
