//! `Status`, the API's way to say that something failed.

use serde::Deserialize;

use super::json::{Text, or_default};

/// A failure in the server's own words: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status<'a> {
    /// `Status`, else the body is something other than a failure.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// A sentence.
    #[serde(borrow)]
    pub message: Text<'a>,
    /// A word, for example `Forbidden`.
    #[serde(borrow)]
    pub reason: Text<'a>,
    /// The HTTP status code.
    #[serde(deserialize_with = "or_default")]
    pub code: u16,
}

impl<'a> Status<'a> {
    /// Reads a body; `None` where it is not a `Status`.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body).ok().filter(|s: &Self| &*s.kind == "Status")
    }
}
