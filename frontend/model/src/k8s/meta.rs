//! `ObjectMeta`, as much of it as the views need.

use super::json::{List, Pairs, Text};
use super::projection::fields;

/// Any object, of which only the metadata is read.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    /// Identity.
    pub metadata: ObjectMeta<'a>,
}

/// What every object carries: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/>.
#[derive(Clone, Debug, Default)]
pub struct ObjectMeta<'a> {
    /// Unique within kind and namespace.
    pub name: Text<'a>,
    /// Empty for what has no namespace.
    pub namespace: Text<'a>,
    /// Unique over the life of the cluster.
    pub uid: Text<'a>,
    /// Opaque: only good for equality and for resuming a watch.
    pub resource_version: Text<'a>,
    /// Grows with each change of the spec.
    pub generation: i64,
    /// RFC 3339.
    pub creation_timestamp: Text<'a>,
    /// RFC 3339; set while the object is being deleted.
    pub deletion_timestamp: Text<'a>,
    /// What selectors select by.
    pub labels: Pairs<'a>,
    /// What this object goes away with; one of them is the controller.
    pub owner_references: List<OwnerReference<'a>>,
}

/// A link to the object that owns this one.
#[derive(Clone, Debug, Default)]
pub struct OwnerReference<'a> {
    /// For example `ReplicaSet`.
    pub kind: Text<'a>,
    /// In the same namespace, or cluster-scoped.
    pub name: Text<'a>,
    /// Whether this owner manages the object.
    pub controller: bool,
}

fields! {
    Object<'de> {
        "metadata" = 1: metadata,
    }
    ObjectMeta<'de> {
        "name" = 1: name,
        "namespace" = 3: namespace,
        "uid" = 5: uid,
        "resourceVersion" = 6: resource_version,
        "generation" = 7: generation,
        "creationTimestamp" = 8 time: creation_timestamp,
        "deletionTimestamp" = 9 time: deletion_timestamp,
        "labels" = 11: labels,
        "ownerReferences" = 13: owner_references,
    }
    OwnerReference<'de> {
        "kind" = 1: kind,
        "name" = 3: name,
        "controller" = 6: controller,
    }
}

impl ObjectMeta<'_> {
    /// The resourceVersion as the number that it is since Kubernetes 1.35 promises that versions of one kind compare
    /// (KEP-5504); 0 where it is no number: then what arrives last is the newest.
    pub fn version(&self) -> u64 {
        self.resource_version.parse().unwrap_or(0)
    }

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
