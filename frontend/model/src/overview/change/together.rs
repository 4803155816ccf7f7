//! One change of many workloads: a version that is rolled out in two hundred namespaces is told once.

use std::collections::HashMap;

use super::{Change, leading_to};
use crate::filter::any_of;
use crate::format::count;
use crate::order::sorted;
use crate::route::Page;

/// What lies no further apart happened together.
const TOGETHER_S: i64 = 600;
/// So many namespaces are named, more are counted.
const NAMED: usize = 2;

/// Tells the same change of workloads of one kind and name once for all their namespaces. `found` counts what a filter leaves.
pub(super) fn in_many_namespaces(changes: Vec<Change>, found: impl Fn(&str) -> usize) -> Vec<Change> {
    let mut alike: HashMap<(String, String), Vec<Change>> = HashMap::new();
    let mut told = Vec::new();
    for change in changes {
        match object(&change.page) {
            Some(object) => alike.entry((change.words.clone(), object)).or_default().push(change),
            None => told.push(change),
        }
    }
    for ((words, object), changes) in alike {
        let changes = sorted(changes, |a, b| a.at_s.cmp(&b.at_s));
        let is_elsewhere = |one: &Change| changes.iter().any(|other| namespace(&other.page) != namespace(&one.page));
        for together in changes.chunk_by(|a, b| b.at_s.saturating_sub(a.at_s) <= TOGETHER_S) {
            let namespaces: Vec<&str> = together.iter().filter_map(|change| namespace(&change.page)).collect();
            let mut namespaces = sorted(namespaces, Ord::cmp);
            namespaces.dedup();
            match together.first() {
                Some(first) if namespaces.len() > 1 => {
                    let places = match namespaces.len() {
                        ..=NAMED => namespaces.join(" and "),
                        many => format!("{} namespaces", count(many as u64)),
                    };
                    let words = format!("{words} in {places}");
                    let everywhere = format!("object:{object}");
                    let (words, query) = match any_of("ns", &namespaces) {
                        Some(named) => (words, format!("{everywhere} {named}")),
                        None => (leading_to(words, found(&everywhere), namespaces.len()), everywhere),
                    };
                    told.push(Change { words, page: Page::Workloads, query, ..first.clone() });
                }
                // What reads alike is told apart by where it is.
                Some(first) if is_elsewhere(first) => {
                    let place = namespace(&first.page).unwrap_or_default();
                    told.extend(
                        together.iter().map(|one| Change { words: format!("{words} in {place}"), ..one.clone() }),
                    );
                }
                _ => told.extend_from_slice(together),
            }
        }
    }
    told
}

/// Kind and name of a workload, as filters have them.
fn object(page: &Page) -> Option<String> {
    match page {
        Page::Workload { kind, name, .. } => Some(format!("{}/{name}", kind.name().to_ascii_lowercase())),
        _ => None,
    }
}

fn namespace(page: &Page) -> Option<&str> {
    match page {
        Page::Workload { namespace, .. } => Some(namespace),
        _ => None,
    }
}
