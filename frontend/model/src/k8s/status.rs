//! `Status`, the API's way to say that something failed.

use super::json::Text;
use super::projection::protobuf::unwrapped;
use super::projection::{fields, read, read_either};

/// A failure in the server's own words: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>.
#[derive(Clone, Debug, Default)]
pub struct Status<'a> {
    /// `Status`, else the body is something other than a failure.
    pub kind: Text<'a>,
    /// A sentence.
    pub message: Text<'a>,
    /// A word, for example `Forbidden`.
    pub reason: Text<'a>,
    /// The HTTP status code.
    pub code: i64,
    /// How a list may go on.
    pub metadata: StatusMeta<'a>,
}

/// `ListMeta` of a failure.
#[derive(Clone, Debug, Default)]
pub struct StatusMeta<'a> {
    /// Leads to what is left of a list whose snapshot is gone.
    pub continue_token: Text<'a>,
}

fields! {
    Status<'de> {
        "kind": kind,
        "message" = 3: message,
        "reason" = 4: reason,
        "code" = 6: code,
        "metadata" = 1: metadata,
    }
    StatusMeta<'de> {
        "continue" = 3: continue_token,
    }
}

impl<'a> Status<'a> {
    /// Reads a body, JSON or protobuf; `None` where it is not a `Status`.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        if let Some((kind, message)) = unwrapped(body) {
            return read_either(message)
                .map(|status| Self { kind: kind.into(), ..status })
                .filter(|s| &*s.kind == "Status");
        }
        read(body).ok().filter(|s: &Self| &*s.kind == "Status")
    }
}
