//! The filter of a table: one line of text that says which rows are wanted.
//!
//! Terms stand apart by spaces, and a row must match all of them:
//!
//! | term | matches |
//! |---|---|
//! | `web` | the name contains it, in any case; of an event, the object's name or the message |
//! | `/^web-[0-9]+$/` | the same, by a regular expression without spaces, in any case |
//! | `ns:team-1`, `ns:a,b` | the namespace is this, or one of these |
//! | `node:ip-10-0-0-1` | the node is this, or one of these |
//! | `label:app`, `label:app=web`, `label:app!=web,tier=db` | all requirements hold, as with `kubectl --selector` |
//! | `annotation:team`, `annotation:team=a` | the same for annotations; one with spaces stands in quotes: `annotation:"team=a b"` |
//! | `zone:eu-1a` | the zone of its node is this, or one of these |
//! | `owner:web`, `owner:Deployment/web` | what runs it is called so, or is this |
//! | `image:registry.example/web` | its first container's image, with or without its tag, is this, or one of these |
//! | `version:1.2` | the tag, else the digest, of that image is this; a node's is its kubelet's |
//! | `qos:Burstable`, `priority:high` | its class is this, or one of these |
//! | `status:failing`, `status:crash` | the state is this, or a word of kubectl's STATUS begins so |
//! | `kind:deployment`, `kind:sts,ds` | the kind begins so; kubectl's short names too |
//! | `cause:crash` | it fails for this cause, see [`crate::failing`] |
//! | `type:warning`, `reason:FailedMount` | of events: the type, the reason |
//! | `since:2026-11-24T17:00:00Z` | of events: it happened last then or later |
//! | `object:pod/web-0`, `object:web-0` | the pod is this; the event is about this |
//! | `-TERM` | `TERM` does not match |
//! | `"two words"`, `reason:"two words"` | what stands in double quotes is one text, spaces and commas too |
//!
//! The value `<none>` matches what has none.
//!
//! Parsing is total. What cannot be understood takes no part in matching, and is told with its place in
//! [`Filter::problems`].

use std::borrow::Cow;
use std::ops::Range;

mod kind;
mod label;
pub mod offer;
mod pattern;
mod status;
mod subjects;
mod term;
mod word;

use crate::letters::Letters;
use crate::timestamp::utc;
pub use subjects::Named;
use term::Term;
use word::Word;

/// Kubectl's word for what is not there.
pub const NONE: &str = "<none>";

/// The most bytes of a term that we write: programs that pass addresses on cut them at two thousand and more.
const LONGEST_TERM: usize = 1_500;

/// What a filter looks at in a row.
pub trait Subject {
    /// The object's name.
    fn name(&self) -> &str;
    /// Its namespace; empty if it has none.
    fn namespace(&self) -> &str;
    /// The node it is on, or that it is; empty if there is none.
    fn node(&self) -> &str;
    /// The zone of that node; empty if it is in none.
    fn zone(&self) -> &str {
        ""
    }
    /// The kind and the name of what runs it; empty if nothing does.
    fn owner(&self) -> (&str, &str) {
        ("", "")
    }
    /// The image that it runs first of all, as it was written; empty if it runs none.
    fn image(&self) -> &str {
        ""
    }
    /// The version that it runs; empty if it tells none.
    fn version(&self) -> &str {
        ""
    }
    /// Its quality-of-service class; empty if it has none.
    fn qos(&self) -> &str {
        ""
    }
    /// Its priority class; empty if it has none.
    fn priority(&self) -> &str {
        ""
    }
    /// The value of one of its labels.
    fn label(&self, key: &str) -> Option<&str>;
    /// The value of one of its annotations, as far as these are kept.
    fn annotation(&self, _key: &str) -> Option<&str> {
        None
    }
    /// Our word for its state: `failing`, `not ready`.
    fn state(&self) -> &str;
    /// kubectl's STATUS: `CrashLoopBackOff`, `Ready,SchedulingDisabled`.
    fn status(&self) -> &str;
    /// Its kind: `Deployment`; of a service its type.
    fn kind(&self) -> &str {
        ""
    }
    /// Text that words are looked for in besides the name.
    fn further_text(&self) -> &str {
        ""
    }
    /// Whether it fails for the cause that has this id.
    fn has_cause(&self, _id: &str) -> bool {
        false
    }
    /// The reason of an event.
    fn reason(&self) -> &str {
        ""
    }
    /// When an event happened last, in seconds since the epoch.
    fn last_s(&self) -> Option<i64> {
        None
    }
    /// Kind and name of the object itself, or of what an event is about.
    fn object(&self) -> (&str, &str) {
        ("", "")
    }
}

/// The keys of terms, in the order in which they are offered.
pub const KEYS: [&str; 17] = [
    "ns",
    "status",
    "label",
    "annotation",
    "kind",
    "owner",
    "cause",
    "node",
    "zone",
    "image",
    "version",
    "qos",
    "priority",
    "object",
    "type",
    "reason",
    "since",
];

/// A filter's text, understood.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
    /// What was not understood, in the order of the text.
    pub problems: Vec<Problem>,
}

/// A part of a filter's text that was not understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a part of a filter's text was not understood.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Reason {
    /// A key that is none of ours.
    #[error(
        "{0}: is not known; there are ns:, status:, label:, annotation:, kind:, owner:, cause:, node:, zone:, image:, version:, qos:, priority: and object:, and of events type:, reason: and since:"
    )]
    UnknownKey(String),
    /// A key with nothing after it.
    #[error("{0}: needs a value")]
    MissingValue(String),
    /// A minus with nothing after it.
    #[error("- needs a term to leave out")]
    MissingTerm,
    /// A label requirement that starts with its operator or is empty.
    #[error("a label needs a key, as in label:app=web")]
    MissingLabelKey,
    /// What is no time.
    #[error("since: needs a time, as in since:2026-11-24T17:00:00Z")]
    Time,
    /// A regular expression that has no end, or cannot be one.
    #[error("{0}, as in /^web-[0-9]+$/")]
    Pattern(&'static str),
}

impl Filter {
    /// Reads a filter's text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut filter = Self::default();
        for place in places(text) {
            match Term::parse(text.get(place.clone()).unwrap_or("")) {
                Ok(term) => filter.terms.push(term),
                Err(reason) => filter.problems.push(Problem { place, reason }),
            }
        }
        filter
    }

    /// Whether every row matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The keys of the annotations that it looks at.
    pub fn annotations(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().flat_map(Term::annotations)
    }

    /// Whether it says which kinds are wanted.
    #[must_use]
    pub fn names_kinds(&self) -> bool {
        self.terms.iter().any(Term::names_kinds)
    }

    /// Whether a row matches every term that was understood.
    #[must_use]
    pub fn matches(&self, subject: &impl Subject) -> bool {
        self.terms.iter().all(|term| term.matches(subject))
    }

    /// Whether what it leaves changes only with the rows themselves.
    pub(crate) fn is_own(&self) -> bool {
        self.terms.iter().all(Term::is_own)
    }

    /// Whether every row that this leaves was left by another filter, as when a key was typed: known without looking at rows.
    pub(crate) fn narrows(&self, other: &Self) -> bool {
        other.terms.iter().all(|before| self.terms.iter().any(|term| term.narrows(before)))
    }

    /// The letters that the name of every row has that this leaves; for rows whose only text is their name.
    pub(crate) fn letters(&self) -> Letters {
        self.terms.iter().filter_map(Term::word).fold(Letters::default(), |all, word| all.with(word.letters()))
    }

    /// Whether it asks for words in the name alone.
    pub(crate) fn is_words(&self) -> bool {
        self.terms.iter().all(|term| term.word().is_some())
    }

    /// Whether a name has all of these words.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        self.terms.iter().filter_map(Term::word).all(|word| word.is_in(name))
    }

    /// Whether it leaves every row whose name has those letters.
    pub(crate) fn is_told_by_letters(&self) -> bool {
        self.terms.iter().all(|term| term.word().is_some_and(Word::is_told_by_letters))
    }

    /// The terms that pods of one workload all match or all do not, and the others. A row must match both.
    pub(crate) fn split(&self) -> (Self, Self) {
        let (shared, own) = self.terms.iter().cloned().partition(Term::is_shared);
        (Self { terms: shared, problems: Vec::new() }, Self { terms: own, problems: Vec::new() })
    }
}

/// A value as it stands in a filter's text: in quotes where it would fall apart. No quote can stand inside.
#[must_use]
pub fn quoted(value: &str) -> Cow<'_, str> {
    if value.contains(|c: char| c.is_whitespace() || c == ',') {
        Cow::Owned(format!("\"{}\"", value.replace('"', "")))
    } else {
        Cow::Borrowed(value)
    }
}

/// The term that wants one of these values; none where an address would be too long for it.
#[must_use]
pub fn any_of(key: &str, values: &[impl AsRef<str>]) -> Option<String> {
    let mut term = format!("{key}:");
    for (at, value) in values.iter().enumerate() {
        term.push_str(if at > 0 { "," } else { "" });
        term.push_str(&quoted(value.as_ref()));
        if term.len() > LONGEST_TERM {
            return None;
        }
    }
    Some(term)
}

/// The term that leaves the events that happened at this time or later, in seconds since the epoch.
#[must_use]
pub fn since(at_s: i64) -> String {
    format!("since:{}", utc(at_s).replacen(' ', "T", 1).replace(" UTC", "Z"))
}

/// A filter's text that wants this kind, or any where `kind` is empty, and is the same otherwise.
#[must_use]
pub fn with_kind(text: &str, kind: &str) -> String {
    let others = terms(text).filter(|term| !term.starts_with("kind:")).map(str::to_owned);
    let wanted = (!kind.is_empty()).then(|| format!("kind:{kind}"));
    wanted.into_iter().chain(others).collect::<Vec<_>>().join(" ")
}

/// The terms of a filter's text.
pub fn terms(text: &str) -> impl Iterator<Item = &str> {
    places(text).filter_map(|place| text.get(place))
}

/// Where the terms stand, in bytes.
fn places(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    let mut is_quoted = false;
    let ends_term = move |c: char| {
        is_quoted ^= c == '"';
        !is_quoted && c.is_whitespace()
    };
    text.split(ends_term).filter_map(move |part| {
        let place = from..from + part.len();
        // Every kind of white space is skipped by its own length.
        from = place.end + text.get(place.end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (!part.is_empty()).then_some(place)
    })
}

#[cfg(test)]
mod tests;
