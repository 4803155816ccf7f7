//! What is done to which requests.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// Which requests. A path has no query: `/api/v1/pods`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// All of a path: lists, pages and watches.
    Anything(&'a str),
    /// What a list begins with: all of it, or its first page.
    List(&'a str),
    /// Lists in one piece.
    Whole(&'a str),
    /// Lists of a number of objects: all pages, and probes.
    Page(&'a str),
    /// The pages of a list after its first.
    LaterPage(&'a str),
    /// Watches.
    Watch(&'a str),
}

/// What is done to a request or its answer.
#[derive(Clone)]
pub enum Deed {
    /// It is refused in the words of an API server.
    Refuse {
        /// The HTTP status.
        code: u16,
        /// The `reason` of the answer.
        reason: &'static str,
        /// What is said.
        message: &'static str,
        /// What `Retry-After` says, where there is one.
        retry_after_s: Option<u32>,
    },
    /// It is told that its `continue` token has expired, and given one that leads to what is left.
    Expire,
    /// Nothing comes until the client gives up.
    Hold,
    /// The answer breaks off after so many bytes.
    CutAfter(usize),
    /// The answer stops after so many bytes, until the client gives up.
    StallAfter(usize),
    /// The server is asked with another value of this parameter than the client gives it.
    Instead(&'static str, usize),
    /// The answer's JSON is changed.
    Edit(Arc<Edit>),
}

/// A change of an answer.
pub type Edit = dyn Fn(&mut Value) + Send + Sync;

/// A deed, to which requests it is done, and how often.
#[derive(Debug)]
pub(super) struct Rule {
    kind: Kind,
    path: String,
    deed: Deed,
    left: usize,
    done: bool,
}

/// An [`Asked`] without its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Anything,
    List,
    Whole,
    Page,
    LaterPage,
    Watch,
}

impl Asked<'_> {
    /// Whether a path with its query is such a request.
    pub(super) fn is(self, asked_for: &str) -> bool {
        let (kind, path) = self.parts();
        kind.is(path, asked_for)
    }

    fn parts(&self) -> (Kind, &str) {
        match self {
            Self::Anything(path) => (Kind::Anything, path),
            Self::List(path) => (Kind::List, path),
            Self::Whole(path) => (Kind::Whole, path),
            Self::Page(path) => (Kind::Page, path),
            Self::LaterPage(path) => (Kind::LaterPage, path),
            Self::Watch(path) => (Kind::Watch, path),
        }
    }
}

impl Kind {
    fn is(self, path: &str, asked_for: &str) -> bool {
        let (asked_path, query) = asked_for.split_once('?').unwrap_or((asked_for, ""));
        let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        let (watches, limited) = (value("watch").is_some(), value("limit").is_some());
        let goes_on = value("continue").is_some_and(|token| !token.is_empty());
        path == asked_path
            && match self {
                Self::Anything => true,
                // One object is asked for to learn something else.
                Self::List => !watches && !goes_on && value("limit") != Some("1"),
                Self::Whole => !watches && !limited,
                Self::Page => !watches && limited,
                Self::LaterPage => !watches && goes_on,
                Self::Watch => watches,
            }
    }
}

impl Deed {
    /// An API server that is busy, and asks to wait.
    pub fn busy(retry_after_s: u32) -> Self {
        let message = "the server has received too many requests and has asked us to try again later";
        Self::Refuse { code: 429, reason: "TooManyRequests", message, retry_after_s: Some(retry_after_s) }
    }

    /// Pages of so many objects.
    pub fn short_pages(items: usize) -> Self {
        Self::Instead("limit", items)
    }

    /// Watches that the server ends only after so many seconds.
    pub fn long_watches(seconds: usize) -> Self {
        Self::Instead("timeoutSeconds", seconds)
    }

    /// An answer whose JSON is changed.
    pub fn edit(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Edit(Arc::new(edit))
    }
}

impl fmt::Debug for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse { code, .. } => write!(formatter, "Refuse({code})"),
            Self::Expire => formatter.write_str("Expire"),
            Self::Hold => formatter.write_str("Hold"),
            Self::CutAfter(bytes) => write!(formatter, "CutAfter({bytes})"),
            Self::StallAfter(bytes) => write!(formatter, "StallAfter({bytes})"),
            Self::Instead(parameter, value) => write!(formatter, "Instead({parameter}={value})"),
            Self::Edit(_) => formatter.write_str("Edit"),
        }
    }
}

impl Rule {
    pub(super) fn new(asked: Asked<'_>, times: usize, deed: Deed) -> Self {
        let (kind, path) = asked.parts();
        Self { kind, path: path.to_owned(), deed, left: times, done: false }
    }

    /// What is to be done to this request, which then counts as one of its times.
    pub(super) fn deed(&mut self, asked_for: &str) -> Option<Deed> {
        if self.left == 0 || !self.kind.is(&self.path, asked_for) {
            return None;
        }
        self.left -= 1;
        self.done = true;
        Some(self.deed.clone())
    }

    pub(super) fn has_been_done_to(&self, asked: Asked<'_>) -> bool {
        self.done && asked.parts() == (self.kind, self.path.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_pages_and_watches_of_a_path_are_told_apart() {
        let pods = "/api/v1/pods";
        let kinds = [
            Asked::Anything(pods),
            Asked::List(pods),
            Asked::Whole(pods),
            Asked::Page(pods),
            Asked::LaterPage(pods),
            Asked::Watch(pods),
        ];
        let check = |asked_for: &str, expect: [bool; 6]| {
            assert_eq!(kinds.map(|asked| asked.is(asked_for)), expect, "{asked_for}");
        };
        check("/api/v1/pods?pretty=0", [true, true, true, false, false, false]);
        check("/api/v1/pods", [true, true, true, false, false, false]);
        check("/api/v1/pods?pretty=0&limit=500&continue=", [true, true, false, true, false, false]);
        check("/api/v1/pods?pretty=0&limit=1", [true, false, false, true, false, false]);
        check("/api/v1/pods?pretty=0&limit=500&continue=abc", [true, false, false, true, true, false]);
        check("/api/v1/pods?watch=1&resourceVersion=7", [true, false, false, false, false, true]);
        check("/api/v1/pods/log", [false; 6]);
        check("/api/v1/namespaces/a/pods?pretty=0", [false; 6]);
    }

    #[test]
    fn a_rule_is_done_as_often_as_it_says() {
        let mut rule = Rule::new(Asked::Whole("/version"), 1, Deed::Hold);
        assert!(!rule.has_been_done_to(Asked::Whole("/version")));
        assert!(rule.deed("/readyz").is_none());
        assert!(rule.deed("/version").is_some());
        assert!(rule.deed("/version").is_none());
        assert!(rule.has_been_done_to(Asked::Whole("/version")));
    }
}
