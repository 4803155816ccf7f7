//! One term of a filter.

use super::label::Requirement;
use super::status::StatusPattern;
use super::word::Word;
use super::{Reason, Subject};

/// What a row must, or must not, match.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Test {
    Name(Word),
    Namespace(Vec<String>),
    Node(Vec<String>),
    Labels(Vec<Requirement>),
    Status(Vec<StatusPattern>),
}

impl Term {
    /// Reads a text without spaces.
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let (negated, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        if text.is_empty() {
            return Err(Reason::MissingTerm);
        }
        Ok(Self { negated, test: Test::parse(text)? })
    }

    /// Whether it looks only at what the pods of one workload have in common.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.test, Test::Namespace(_) | Test::Labels(_))
    }

    pub(super) fn matches(&self, subject: &impl Subject) -> bool {
        self.test.matches(subject) != self.negated
    }
}

impl Test {
    fn parse(text: &str) -> Result<Self, Reason> {
        if text.starts_with('/') {
            return Err(Reason::RegularExpression);
        }
        let Some((key, value)) = text.split_once(':') else {
            return Ok(Self::Name(Word::new(text)));
        };
        let values = || value.split(',').filter(|value| !value.is_empty());
        if values().next().is_none() && matches!(key, "ns" | "node" | "label" | "status") {
            return Err(Reason::MissingValue(key.to_owned()));
        }
        match key {
            "ns" => Ok(Self::Namespace(values().map(str::to_owned).collect())),
            "node" => Ok(Self::Node(values().map(str::to_owned).collect())),
            "label" => values().map(Requirement::parse).collect::<Result<_, _>>().map(Self::Labels),
            "status" => Ok(Self::Status(values().map(StatusPattern::new).collect())),
            _ => Err(Reason::UnknownKey(key.to_owned())),
        }
    }

    fn matches(&self, subject: &impl Subject) -> bool {
        match self {
            Self::Name(word) => word.is_in(subject.name()),
            Self::Namespace(names) => names.iter().any(|name| name == subject.namespace()),
            Self::Node(names) => names.iter().any(|name| name == subject.node()),
            Self::Labels(requirements) => {
                requirements.iter().all(|requirement| requirement.holds(subject.label(requirement.key())))
            }
            Self::Status(patterns) => patterns.iter().any(|pattern| pattern.matches(subject.state(), subject.status())),
        }
    }
}
