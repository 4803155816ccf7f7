//! One term of a filter.

use super::kind::KindPattern;
use super::label::Requirement;
use super::pattern::Pattern;
use super::status::StatusPattern;
use super::word::Word;
use super::{KEYS, NONE, Reason, Subject};
use crate::k8s::image;
use crate::store::annotations;
use crate::timestamp;

/// What a row must, or must not, match.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Test {
    Name(Word),
    Pattern(Pattern),
    Namespace(Vec<String>),
    Node(Vec<String>),
    Zone(Vec<String>),
    Owner(Vec<String>),
    Image(Vec<String>),
    Version(Vec<String>),
    Qos(Vec<String>),
    Priority(Vec<String>),
    Labels(Vec<Requirement>),
    Annotations(Vec<Requirement>),
    Status(Vec<StatusPattern>),
    Kind(Vec<KindPattern>),
    Cause(Vec<String>),
    Reason(Vec<String>),
    Object(Vec<String>),
    Since(i64),
}

impl Term {
    /// Reads a text without spaces, but for those in quotes.
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let (negated, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        if text.is_empty() {
            return Err(Reason::MissingTerm);
        }
        Ok(Self { negated, test: Test::parse(text)? })
    }

    /// Whether it looks only at what the pods of one workload have in common.
    pub(super) fn is_shared(&self) -> bool {
        !matches!(
            self.test,
            Test::Name(_)
                | Test::Pattern(_)
                | Test::Node(_)
                | Test::Zone(_)
                | Test::Status(_)
                | Test::Cause(_)
                | Test::Object(_)
                | Test::Annotations(_)
        )
    }

    /// Whether it looks at the object itself, and at nothing that may change without it.
    pub(super) fn is_own(&self) -> bool {
        !matches!(self.test, Test::Zone(_) | Test::Annotations(_))
    }

    /// The keys of the annotations that it looks at.
    pub(super) fn annotations(&self) -> impl Iterator<Item = &str> {
        let requirements = if let Test::Annotations(all) = &self.test { all.as_slice() } else { &[] };
        requirements.iter().map(Requirement::key)
    }

    pub(super) fn matches(&self, subject: &impl Subject) -> bool {
        self.test.matches(subject) != self.negated
    }

    /// Whether all that this matches is known to match another term.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        match (&self.test, &other.test) {
            (Test::Name(word), Test::Name(part)) if !self.negated && !other.negated => word.contains(part),
            _ => self == other,
        }
    }

    /// The word that names must contain, if it is one.
    pub(super) fn word(&self) -> Option<&Word> {
        match &self.test {
            Test::Name(word) if !self.negated => Some(word),
            _ => None,
        }
    }

    /// Whether it says which kinds are wanted.
    pub(super) fn names_kinds(&self) -> bool {
        !self.negated && matches!(self.test, Test::Kind(_))
    }
}

impl Test {
    fn parse(text: &str) -> Result<Self, Reason> {
        if let Some(rest) = text.strip_prefix('/') {
            return Pattern::parse(rest).map(Self::Pattern);
        }
        let Some((key, value)) = text.split_once(':').filter(|_| !text.starts_with('"')) else {
            return Ok(Self::Name(Word::new(text.trim_matches('"'))));
        };
        let values = || apart(value).map(|value| value.trim_matches('"')).filter(|value| !value.is_empty());
        if values().next().is_none() && KEYS.contains(&key) {
            return Err(Reason::MissingValue(key.to_owned()));
        }
        let texts = || values().map(str::to_owned).collect();
        match key {
            "ns" => Ok(Self::Namespace(texts())),
            "node" => Ok(Self::Node(texts())),
            "zone" => Ok(Self::Zone(texts())),
            "owner" => Ok(Self::Owner(texts())),
            "image" => Ok(Self::Image(texts())),
            "version" => Ok(Self::Version(texts())),
            "qos" => Ok(Self::Qos(texts())),
            "priority" => Ok(Self::Priority(texts())),
            "label" => values().map(Requirement::parse).collect::<Result<_, _>>().map(Self::Labels),
            "annotation" => {
                let requirements = values().map(|text| Requirement::parse(text).map(|r| r.of_kept(annotations::cut)));
                requirements.collect::<Result<_, _>>().map(Self::Annotations)
            }
            "cause" => Ok(Self::Cause(texts())),
            "reason" => Ok(Self::Reason(texts())),
            "object" => Ok(Self::Object(texts())),
            "since" => timestamp::seconds(value.trim_matches('"')).map(Self::Since).ok_or(Reason::Time),
            "status" | "type" => Ok(Self::Status(values().map(StatusPattern::new).collect())),
            "kind" => Ok(Self::Kind(values().map(KindPattern::new).collect())),
            _ => Err(Reason::UnknownKey(key.to_owned())),
        }
    }

    fn matches(&self, subject: &impl Subject) -> bool {
        match self {
            Self::Name(word) => word.is_in(subject.name()) || word.is_in(subject.further_text()),
            Self::Pattern(pattern) => pattern.is_in(subject.name()) || pattern.is_in(subject.further_text()),
            Self::Namespace(names) => one_of(names, subject.namespace()),
            Self::Node(names) => one_of(names, subject.node()),
            Self::Zone(names) => one_of(names, subject.zone()),
            Self::Owner(names) => {
                let (kind, name) = subject.owner();
                names.iter().any(|wanted| match wanted.split_once('/') {
                    Some(wanted) => wanted == (kind, name),
                    None => is(wanted, name),
                })
            }
            Self::Image(names) => {
                let image = subject.image();
                one_of(names, image) || one_of(names, image::repository(image))
            }
            Self::Version(names) => one_of(names, subject.version()),
            Self::Qos(names) => one_of(names, subject.qos()),
            Self::Priority(names) => one_of(names, subject.priority()),
            Self::Labels(requirements) => {
                requirements.iter().all(|requirement| requirement.holds(subject.label(requirement.key())))
            }
            Self::Annotations(requirements) => {
                requirements.iter().all(|requirement| requirement.holds(subject.annotation(requirement.key())))
            }
            Self::Status(patterns) => patterns.iter().any(|pattern| pattern.matches(subject.state(), subject.status())),
            Self::Kind(patterns) => patterns.iter().any(|pattern| pattern.matches(subject.kind())),
            Self::Cause(causes) => causes.iter().any(|cause| subject.has_cause(cause)),
            Self::Reason(reasons) => reasons.iter().any(|reason| reason.eq_ignore_ascii_case(subject.reason())),
            Self::Since(at_s) => subject.last_s().is_some_and(|last_s| last_s >= *at_s),
            Self::Object(objects) => objects.iter().any(|object| names(object, subject.object())),
        }
    }
}

/// The values of a term: they stand apart by commas, but for those in quotes.
fn apart(values: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    values.split(move |c| {
        is_quoted ^= c == '"';
        !is_quoted && c == ','
    })
}

fn one_of(wanted: &[String], found: &str) -> bool {
    wanted.iter().any(|wanted| is(wanted, found))
}

/// Whether this is what is wanted, or there is nothing and that is wanted.
fn is(wanted: &str, found: &str) -> bool {
    wanted == found || (found.is_empty() && wanted == NONE)
}

/// Whether `text`, a name or a kind and a name, names this.
fn names(text: &str, (kind, name): (&str, &str)) -> bool {
    match text.split_once('/') {
        Some((of_kind, of_name)) => of_kind.eq_ignore_ascii_case(kind) && of_name == name,
        None => text == name,
    }
}
