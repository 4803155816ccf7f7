//! What is asked of the pool, as it stands in an address.
//!
//! `by=KEY,KEY&kinds=pods,nodes&open=VALUE,VALUE;VALUE&look=matrix`; the filter and the order are those of every page.

use super::key::Key;
use super::pool::Kind;
use crate::route::{View, percent};

/// Deeper nesting than this is no question any more.
const MOST_KEYS: usize = 6;
/// A link that opens more groups than this opens the first of them.
const MOST_OPEN: usize = 500;
/// Written for an empty value; no other value is written so.
const EMPTY: &str = "''";

/// By what is grouped, and what of it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The kinds that are pooled; never none.
    pub kinds: Vec<Kind>,
    /// The keys from the outermost level inwards, each once.
    pub by: Vec<Key>,
    /// The groups that are open, each by the values from the outermost level to its own.
    pub open: Vec<Vec<String>>,
    /// How the groups are shown.
    pub look: Look,
}

/// How groups are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// One below the other.
    #[default]
    Table,
    /// The first two levels as rows and columns.
    Matrix,
}

impl Default for Question {
    fn default() -> Self {
        Self { kinds: vec![Kind::Pods], by: Vec::new(), open: Vec::new(), look: Look::Table }
    }
}

impl Question {
    /// Reads the part of a view that is Explore's own.
    pub fn read(view: &View) -> Self {
        let other = |key: &str| view.other.iter().rev().find(|(name, _)| name == key).map_or("", |(_, value)| value);
        let mut question = Self::default();
        for key in items(view.by.as_deref().unwrap_or("")).filter_map(|text| Key::parse(&text)) {
            if question.by.len() < MOST_KEYS && !question.by.contains(&key) {
                question.by.push(key);
            }
        }
        let pooled = |kind: &Kind| items(other("kinds")).any(|word| word == kind.word());
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(pooled).collect();
        if !kinds.is_empty() {
            question.kinds = kinds;
        }
        let open = other("open").split(';').filter(|path| !path.is_empty());
        question.open = open.map(|path| items(path).collect()).take(MOST_OPEN).collect();
        question.look = if other("look") == "matrix" { Look::Matrix } else { Look::Table };
        question
    }

    /// Writes it into a view, in the place of what was asked before.
    #[must_use]
    pub fn write(&self, mut view: View) -> View {
        let keys: Vec<String> = self.by.iter().map(Key::to_string).collect();
        view.by = Some(joined(&keys)).filter(|by| !by.is_empty());
        view.other.retain(|(key, _)| !matches!(key.as_str(), "kinds" | "open" | "look"));
        let mut put = |key: &str, value: String| {
            if !value.is_empty() {
                view.other.push((key.to_owned(), value));
            }
        };
        if *self.kinds != [Kind::Pods] {
            let words: Vec<String> = self.kinds.iter().map(|kind| kind.word().to_owned()).collect();
            put("kinds", joined(&words));
        }
        let open: Vec<String> = self.open.iter().map(|path| joined(path)).collect();
        put("open", open.join(";"));
        if self.look == Look::Matrix {
            put("look", "matrix".to_owned());
        }
        view
    }

    /// Grouped by these keys; groups that were open are not any more.
    #[must_use]
    pub fn with_by(mut self, by: Vec<Key>) -> Self {
        self.by = by;
        self.open.clear();
        self
    }

    /// Grouped by version, as versions are counted: of pods alone, where there are pods.
    #[must_use]
    pub fn of_versions(mut self) -> Self {
        if self.kinds.contains(&Kind::Pods) {
            self.kinds = vec![Kind::Pods];
        }
        self.with_look(Look::Table).with_by(vec![Key::Version])
    }

    /// With a kind in the pool or out of it; the last one stays.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind, pooled: bool) -> Self {
        let kinds: Vec<Kind> =
            Kind::ALL.into_iter().filter(|k| if *k == kind { pooled } else { self.kinds.contains(k) }).collect();
        if !kinds.is_empty() {
            self.kinds = kinds;
        }
        self
    }

    /// With a group open or closed.
    #[must_use]
    pub fn with_open(mut self, path: Vec<String>, open: bool) -> Self {
        self.open.retain(|other| *other != path);
        if open {
            self.open.push(path);
        }
        self
    }

    /// Shown in another way.
    #[must_use]
    pub fn with_look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }
}

/// What stands between commas, decoded.
fn items(text: &str) -> impl Iterator<Item = String> {
    text.split(',')
        .filter(|item| !item.is_empty())
        .map(|item| if item == EMPTY { String::new() } else { percent::decode(item) })
}

/// The opposite: each item encoded, so that none holds a delimiter.
fn joined(items: &[String]) -> String {
    let encoded = |item: &String| if item.is_empty() { EMPTY.to_owned() } else { percent::item(item).to_string() };
    items.iter().map(encoded).collect::<Vec<_>>().join(",")
}
