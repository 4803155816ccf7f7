//! By what objects are grouped.

use std::fmt;

/// By what objects are grouped. In addresses `namespace`, `node` and so on, `label:KEY`, or `annotation:KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Their namespace.
    Namespace,
    /// The node that they are on, or that they are.
    Node,
    /// The zone of that node.
    Zone,
    /// What a person would say runs them.
    Owner,
    /// Their state, see [`crate::k8s::pod_state`].
    State,
    /// The image of their first container, without its tag.
    Image,
    /// The tag, else the digest, of that image; of nodes their kubelet's version.
    Version,
    /// Their quality-of-service class.
    Qos,
    /// Their priority class.
    Priority,
    /// The value of a label.
    Label(String),
    /// The value of an annotation.
    Annotation(String),
}

impl Key {
    /// All keys but labels, in the order of the menu.
    pub const FIXED: [Self; 9] = [
        Self::Namespace,
        Self::Owner,
        Self::Version,
        Self::State,
        Self::Zone,
        Self::Node,
        Self::Image,
        Self::Qos,
        Self::Priority,
    ];

    /// Whether all pods of one template have one value, see [`crate::store::pods::template`].
    pub(super) fn is_shared(&self) -> bool {
        !matches!(self, Self::State | Self::Node | Self::Zone | Self::Annotation(_))
    }

    /// Reads what stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((kind @ ("label" | "annotation"), key)) = text.split_once(':') {
            let of = if kind == "label" { Self::Label } else { Self::Annotation };
            return (!key.is_empty()).then(|| of(key.to_owned()));
        }
        Self::FIXED.into_iter().find(|key| key.word() == text)
    }

    /// What it is called where there is room: a label by its whole key.
    pub fn title(&self) -> &str {
        match self {
            Self::Label(key) | Self::Annotation(key) => key,
            other => other.word(),
        }
    }

    /// What it is called on a chip: a label by its key without the prefix, `…/version`.
    pub fn short(&self) -> String {
        match self {
            Self::Label(key) | Self::Annotation(key) => match key.rsplit_once('/') {
                Some((_, name)) => format!("…/{name}"),
                None => key.clone(),
            },
            other => other.word().to_owned(),
        }
    }

    /// What a group is called whose members have no value.
    pub fn absent(&self) -> String {
        match self {
            Self::Label(_) | Self::Annotation(_) => format!("no {}", self.short()),
            Self::Node => "on no node".to_owned(),
            Self::Owner => "nobody's".to_owned(),
            other => format!("no {}", other.word()),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::Node => "node",
            Self::Zone => "zone",
            Self::Owner => "owner",
            Self::State => "state",
            Self::Image => "image",
            Self::Version => "version",
            Self::Qos => "qos",
            Self::Priority => "priority",
            Self::Label(_) => "label",
            Self::Annotation(_) => "annotation",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(key) | Self::Annotation(key) => write!(out, "{}:{key}", self.word()),
            other => out.write_str(other.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_key_is_what_the_address_says() {
        for text in [
            "namespace",
            "node",
            "zone",
            "owner",
            "state",
            "image",
            "version",
            "qos",
            "priority",
            "label:a/b:c",
            "annotation:a/b:c",
        ] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(text));
        }
        assert_eq!(
            (Key::parse("annotation:"), Key::parse("label:"), Key::parse("label"), Key::parse("moon")),
            (None, None, None, None)
        );
    }

    #[test]
    fn a_labels_prefix_gives_way_on_a_chip() {
        assert_eq!(Key::Label("app.kubernetes.io/part-of".into()).short(), "…/part-of");
        assert_eq!(Key::Label("app".into()).short(), "app");
        assert_eq!(Key::Label("a/version".into()).absent(), "no …/version");
    }
}
