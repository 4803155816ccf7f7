//! `ObjectMeta`, as much of it as the views need.

use serde::Deserialize;

use super::json::{List, Pairs, Text, or_default};

/// What every object carries: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/>.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ObjectMeta<'a> {
    /// Unique within kind and namespace.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Empty for what has no namespace.
    #[serde(borrow)]
    pub namespace: Text<'a>,
    /// Unique over the life of the cluster.
    #[serde(borrow)]
    pub uid: Text<'a>,
    /// Opaque: only good for equality and for resuming a watch.
    #[serde(borrow)]
    pub resource_version: Text<'a>,
    /// RFC 3339.
    #[serde(borrow)]
    pub creation_timestamp: Text<'a>,
    /// RFC 3339; set while the object is being deleted.
    #[serde(borrow)]
    pub deletion_timestamp: Text<'a>,
    /// What selectors select by.
    #[serde(borrow)]
    pub labels: Pairs<'a>,
    /// What nothing selects by.
    #[serde(borrow)]
    pub annotations: Pairs<'a>,
    /// What this object goes away with; one of them is the controller.
    #[serde(borrow)]
    pub owner_references: List<OwnerReference<'a>>,
}

/// A link to the object that owns this one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OwnerReference<'a> {
    /// For example `ReplicaSet`.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// In the same namespace, or cluster-scoped.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Whether this owner manages the object.
    #[serde(deserialize_with = "or_default")]
    pub controller: bool,
}

impl ObjectMeta<'_> {
    /// Whether the object is on its way out.
    pub fn deleting(&self) -> bool {
        self.deletion_timestamp.non_empty().is_some()
    }

    /// The owner that manages the object, else the first one.
    pub fn controller(&self) -> Option<&OwnerReference<'_>> {
        let owners = &self.owner_references;
        owners.iter().find(|o| o.controller).or_else(|| owners.first())
    }
}
