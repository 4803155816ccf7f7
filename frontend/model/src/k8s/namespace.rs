//! A namespace, as much of it as the views need.

use super::json::Text;
use super::meta::ObjectMeta;
use super::projection::fields;

/// A namespace: <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/>.
#[derive(Clone, Debug, Default)]
pub struct Namespace<'a> {
    /// Identity and labels.
    pub metadata: ObjectMeta<'a>,
    /// What was observed.
    pub status: NamespaceStatus<'a>,
}

/// What was observed of a namespace.
#[derive(Clone, Debug, Default)]
pub struct NamespaceStatus<'a> {
    /// `Active` or `Terminating`.
    pub phase: Text<'a>,
}

fields! {
    Namespace<'de> {
        "metadata": metadata,
        "status": status,
    }
    NamespaceStatus<'de> {
        "phase": phase,
    }
}
