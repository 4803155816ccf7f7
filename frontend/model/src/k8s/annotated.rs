//! Any object, of which only the annotations are read.

use super::json::{Pairs, Text};
use super::projection::fields;

/// An object that may have annotations.
#[derive(Clone, Debug, Default)]
pub struct Annotated<'a> {
    /// What is read of it.
    pub metadata: AnnotatedMeta<'a>,
}

/// Its metadata.
#[derive(Clone, Debug, Default)]
pub struct AnnotatedMeta<'a> {
    /// Unique over the life of the cluster.
    pub uid: Text<'a>,
    /// What nothing selects by.
    pub annotations: Pairs<'a>,
}

fields! {
    Annotated<'de> {
        "metadata" = 1: metadata,
    }
    AnnotatedMeta<'de> {
        "uid" = 5: uid,
        "annotations" = 12: annotations,
    }
}
