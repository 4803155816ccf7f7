//! One requirement on a label, as in `kubectl --selector`.

use super::Reason;

/// What must hold of a label.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Requirement {
    /// `app`: it is there.
    Present { key: String },
    /// `app=web` or `app==web`: it is there and is this.
    Equal { key: String, value: String },
    /// `app!=web`: it is another, or not there.
    Unequal { key: String, value: String },
}

impl Requirement {
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let (key, operator_and_value) = match text.find(['=', '!']) {
            Some(place) => text.split_at(place),
            None => (text, ""),
        };
        if key.is_empty() {
            return Err(Reason::MissingLabelKey);
        }
        let key = key.to_owned();
        if operator_and_value.is_empty() {
            return Ok(Self::Present { key });
        }
        if let Some(value) = operator_and_value.strip_prefix('!') {
            return Ok(Self::Unequal { key, value: value.trim_start_matches('=').to_owned() });
        }
        Ok(Self::Equal { key, value: operator_and_value.trim_start_matches('=').to_owned() })
    }

    /// The same of what is kept of a value.
    pub(super) fn of_kept(self, kept: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Present { .. } => self,
            Self::Equal { key, value } => Self::Equal { key, value: kept(&value) },
            Self::Unequal { key, value } => Self::Unequal { key, value: kept(&value) },
        }
    }

    pub(super) fn key(&self) -> &str {
        match self {
            Self::Present { key } | Self::Equal { key, .. } | Self::Unequal { key, .. } => key,
        }
    }

    /// Whether it holds of the value that the label has.
    pub(super) fn holds(&self, found: Option<&str>) -> bool {
        match self {
            Self::Present { .. } => found.is_some(),
            Self::Equal { value, .. } => found == Some(value),
            Self::Unequal { value, .. } => found != Some(value),
        }
    }
}
