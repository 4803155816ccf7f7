//! Which pods a table shows, in which order, kept up to date by what has changed.
//!
//! All pods are kept in the order of one column, by a number for each pod; a filter then only takes out of that order. A
//! key typed asks every pod once, and the next letter those that were left; an event moves, and asks again, only the pods that
//! it changed.

use std::cmp::Ordering;

use crate::filter::{Filter, Named};
use crate::order::sorted;
use crate::route::Sort;
use crate::store::Store;
use crate::store::changes::Changes;
use crate::store::names::Name;
use crate::store::pods::{PodView, Pods};
use crate::store::rows::RowNumber;

use super::key::{By, Keys};

/// The order of all pods, and what was made of it last.
#[derive(Debug, Default)]
pub struct Selection {
    version: u64,
    /// All pods by name, then by namespace.
    by_name: Vec<RowNumber>,
    sort: Option<Sort>,
    /// All pods in the order that is asked for; empty where that is the order of their names.
    ordered: Vec<RowNumber>,
    /// The reading of usage that the order is of.
    usage: Option<u32>,
    /// The namespaces and the filter that were asked for last, where there were any.
    asked: Option<(Vec<String>, Filter)>,
    /// For each row, whether they leave it.
    wanted: Vec<bool>,
}

impl Selection {
    /// The rows that a filter and namespaces leave, in order. No namespaces are all.
    pub fn select(
        &mut self,
        store: &Store,
        namespaces: &[String],
        filter: &Filter,
        sort: Option<&Sort>,
    ) -> Vec<RowNumber> {
        let changes = self.follow(store, sort);
        self.ask(store, namespaces, filter, &changes);
        let mut rows = if self.ordered.is_empty() { self.by_name.clone() } else { self.ordered.clone() };
        if self.asked.is_some() {
            rows.retain(|row| is_in(&self.wanted, *row));
        }
        if self.ordered.is_empty() && sort.is_some_and(|sort| sort.column == "name" && sort.descending) {
            rows.reverse();
        }
        rows
    }

    /// Brings what is wanted up to date: by the pods that have changed, where the same is asked for as before.
    fn ask(&mut self, store: &Store, namespaces: &[String], filter: &Filter, changes: &Changes) {
        if namespaces.is_empty() && filter.is_empty() {
            self.asked = None;
            return;
        }
        let before = self.asked.as_ref().filter(|(n, f)| n == namespaces && f.is_own());
        let same = self.asked.as_ref().is_some_and(|(n, f)| n == namespaces && f == filter);
        match changes {
            Changes::Rows(changed) if filter.is_own() && before.is_some_and(|(_, f)| filter.narrows(f)) => {
                let scope = scope(store, namespaces);
                let is_words = namespaces.is_empty() && filter.is_words();
                let leaves = |row: RowNumber| {
                    if is_words {
                        return has_words(&store.pods, row, filter);
                    }
                    store.pods.get(row).is_some_and(|pod| {
                        (namespaces.is_empty() || scope.contains(&pod.namespace()))
                            && filter.matches(&Named { row: &pod, store })
                    })
                };
                if !same {
                    // One more letter: only what was left is asked.
                    let letters = filter.letters();
                    for (row, place) in (0..).zip(&mut self.wanted).filter(|(_, place)| **place) {
                        *place = store.pods.letters(row).have(letters) && leaves(row);
                    }
                }
                self.wanted.resize(store.pods.row_bound() as usize, false);
                for row in changed {
                    if let Some(place) = self.wanted.get_mut(*row as usize) {
                        *place = leaves(*row);
                    }
                }
            }
            _ => self.wanted = wanted(store, namespaces, filter),
        }
        if !same {
            self.asked = Some((namespaces.to_vec(), filter.clone()));
        }
    }

    /// Brings the orders up to date; returns what has changed since they were.
    fn follow(&mut self, store: &Store, sort: Option<&Sort>) -> Changes {
        let pods = &store.pods;
        let changes = match pods.changed_since(self.version) {
            _ if self.version == 0 => Changes::Everything,
            changes => changes,
        };
        self.version = pods.version();
        let names = |a: RowNumber, b: RowNumber| name_order(store, a, b);
        match &changes {
            Changes::Everything => self.by_name = in_order_of_names(store),
            Changes::Rows(changed) => merge(&mut self.by_name, pods, changed, &names),
        }
        let same = self.sort.as_ref() == sort;
        self.sort = sort.cloned();
        let by = sort.map(|sort| (By::column(&sort.column), sort.descending));
        let Some((by, descending)) = by.filter(|(by, _)| *by != By::Nothing) else {
            self.ordered = Vec::new();
            return changes;
        };
        // What pods use changes without an event of theirs.
        let reading = pods.usage_reading();
        // Nor is it told to pods that a node has come.
        let same = same && by != By::Zone && (!by.is_usage() || reading.is_some() && reading == self.usage);
        self.usage = reading;
        match &changes {
            Changes::Rows(changed) if same => {
                let order = |a, b| {
                    let order = by.order(store, pods.get(a), pods.get(b));
                    (if descending { order.reverse() } else { order }).then_with(|| names(a, b))
                };
                merge(&mut self.ordered, pods, changed, &order);
            }
            _ => {
                let keys = Keys::new(store, by);
                let key = |row: RowNumber| {
                    let key = pods.get(row).map_or(0, |pod| keys.of(pod));
                    if descending { !key } else { key }
                };
                let mut keyed: Vec<_> = self.by_name.iter().map(|row| (key(*row), *row)).collect();
                // Equal ones stay in the order of their names.
                keyed.sort_by_key(|(key, _)| *key);
                self.ordered = keyed.into_iter().map(|(_, row)| row).collect();
            }
        }
        changes
    }
}

/// The first pods by name that a filter leaves.
pub fn first(store: &Store, filter: &Filter, most: usize) -> Vec<RowNumber> {
    let mut first: Vec<PodView<'_>> = Vec::new();
    let wanted = wanted(store, &[], filter);
    for pod in store.pods.iter().filter(|pod| is_in(&wanted, pod.number())) {
        let place = first.partition_point(|other| other.name() <= pod.name());
        if place < most {
            first.truncate(most - 1);
            first.insert(place, pod);
        }
    }
    first.into_iter().map(PodView::number).collect()
}

/// For each row, whether it is in one of these namespaces and the filter leaves it.
pub(crate) fn wanted(store: &Store, namespaces: &[String], filter: &Filter) -> Vec<bool> {
    let scope = scope(store, namespaces);
    // What the pods of a template have in common is asked once for all of them.
    let (shared, own) = filter.split();
    let (letters, is_told) = (own.letters(), own.is_told_by_letters());
    let asks_templates = !namespaces.is_empty() || !shared.is_empty();
    let mut of_template = vec![None; store.pods.templates().bound() as usize];
    let mut leaves = |pod: PodView<'_>| {
        let named = Named { row: &pod, store };
        let ask = || (namespaces.is_empty() || scope.contains(&pod.namespace())) && shared.matches(&named);
        let mut known =
            || of_template.get_mut(pod.template_number() as usize).is_some_and(|known| *known.get_or_insert_with(ask));
        (!asks_templates || known()) && (is_told || own.matches(&named))
    };
    let pods = &store.pods;
    if !asks_templates && own.is_words() {
        let leaves = |row| if is_told { pods.is_there(row) } else { has_words(pods, row, &own) };
        return (0..pods.row_bound()).map(|row| pods.letters(row).have(letters) && leaves(row)).collect();
    }
    (0..pods.row_bound()).map(|row| pods.letters(row).have(letters) && pods.get(row).is_some_and(&mut leaves)).collect()
}

/// Whether a pod is there and its name has the words of a filter, which asks for nothing else.
fn has_words(pods: &Pods, row: RowNumber, filter: &Filter) -> bool {
    pods.is_there(row) && filter.is_in(pods.name(row))
}

/// A namespace that no string of the store equals has no pods.
fn scope(store: &Store, namespaces: &[String]) -> Vec<Name> {
    namespaces.iter().filter_map(|n| store.names.find(n)).collect()
}

/// Takes the rows that have changed out of an order, and puts those that are still there where they belong now.
fn merge(
    order: &mut Vec<RowNumber>,
    pods: &Pods,
    changed: &[RowNumber],
    compare: &dyn Fn(RowNumber, RowNumber) -> Ordering,
) {
    if changed.is_empty() {
        return;
    }
    let mut is_changed = vec![false; pods.row_bound() as usize];
    for row in changed {
        if let Some(place) = is_changed.get_mut(*row as usize) {
            *place = true;
        }
    }
    order.retain(|row| !is_in(&is_changed, *row));
    let there: Vec<_> = changed.iter().copied().filter(|row| pods.get(*row).is_some()).collect();
    let there = sorted(there, |a, b| compare(*a, *b));
    let mut merged = Vec::with_capacity(order.len() + there.len());
    let mut rest = order.as_slice();
    for row in there {
        let (before, after) = rest.split_at(rest.partition_point(|other| compare(*other, row).is_le()));
        merged.extend_from_slice(before);
        merged.push(row);
        rest = after;
    }
    merged.extend_from_slice(rest);
    *order = merged;
}

/// All pods by name, then by namespace.
fn in_order_of_names(store: &Store) -> Vec<RowNumber> {
    let mut keyed: Vec<_> = store.pods.iter().map(|pod| (0, pod.number())).collect();
    sort_by_letters(store, &mut keyed, 0);
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// Sorts pods whose names are the same up to a letter: by the next eight as a number, and each run of equals by what
/// follows. The names of a workload's pods begin alike, so comparing texts would go over the same letters again and again.
fn sort_by_letters(store: &Store, keyed: &mut [(u64, RowNumber)], from: usize) {
    const FEW: usize = 12;
    const FAR: usize = 256;
    for (letters, row) in &mut *keyed {
        let rest = store.pods.name(*row).as_bytes().get(from..).unwrap_or_default();
        let mut eight = [0; 8];
        for (place, letter) in eight.iter_mut().zip(rest) {
            *place = *letter;
        }
        *letters = u64::from_be_bytes(eight);
    }
    keyed.sort_unstable();
    for run in keyed.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        // Where the last letter is none the names have ended, and the namespaces decide.
        let ended = run.first().is_some_and(|(letters, _)| letters & 0xff == 0);
        if ended || run.len() <= FEW || from >= FAR {
            run.sort_by(|a, b| name_order(store, a.1, b.1));
        } else {
            sort_by_letters(store, run, from + 8);
        }
    }
}

fn name_order(store: &Store, a: RowNumber, b: RowNumber) -> Ordering {
    let pods = &store.pods;
    let namespace = |row| pods.get(row).map_or("", |pod| store.names.text(pod.namespace()));
    pods.name(a).cmp(pods.name(b)).then_with(|| namespace(a).cmp(namespace(b)))
}

fn is_in(set: &[bool], row: RowNumber) -> bool {
    set.get(row as usize).copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Filter, Selection, Sort, Store, first};
    use crate::overview::fixture;
    use crate::table::pod::COLUMNS;

    #[test]
    fn the_first_by_name_are_those_of_the_whole_order() {
        let pods = ["d", "b", "a", "ab", "c"].map(|name| fixture::pod(name, "x").json());
        let store = fixture::store([], pods);
        let names = |text: &str, most| {
            let rows = first(&store, &Filter::parse(text), most);
            rows.iter().map(|row| store.pods.get(*row).unwrap().name()).collect::<Vec<_>>()
        };
        assert_eq!(names("", 3), ["a", "ab", "b"]);
        assert_eq!(names("b", 9), ["ab", "b"]);
        assert_eq!(names("x", 9), [""; 0]);
    }

    #[test]
    fn names_that_begin_alike_are_in_the_order_of_their_texts() {
        let middle = ["", "-", "-a", "-aaaaaaaa", "-aaaaaaaaa", "-b", "-ü", "\u{0}", "\u{0}a"];
        let long = "x".repeat(300);
        let starts = ["web", "web-7d9f8c6b5", "web-7d9f8c6b5-x2kvp", &long];
        let names: Vec<_> = starts.iter().flat_map(|start| middle.map(|rest| format!("{start}{rest}"))).collect();
        let pods = ["b", "a"].into_iter().flat_map(|ns| names.iter().map(move |name| fixture::pod(name, ns).json()));
        let store = fixture::store([], pods);
        let rows = Selection::default().select(&store, &[], &Filter::default(), None);
        let shown = rows.iter().filter_map(|row| store.pods.get(*row));
        let shown: Vec<_> = shown.map(|pod| (pod.name(), store.names.text(pod.namespace()))).collect();
        assert_eq!(shown.len(), 2 * names.len());
        assert!(shown.is_sorted(), "{shown:?}");
    }

    #[test]
    fn an_order_by_usage_and_a_filter_by_zone_follow_what_changes_without_an_event_of_a_pod() {
        let pods = ["a", "b"]
            .map(|name| fixture::pod(name, "x").on(&format!("node-{name}")).cpu("100m", "1").running().json());
        let mut store = fixture::store([], pods);
        let mut selection = Selection::default();
        let by_usage = Sort { column: "cpu".into(), descending: true };
        let mut read = |store: &mut Store, used: [&str; 2]| {
            store.pods.begin_usage();
            for (name, cpu) in ["a", "b"].into_iter().zip(used) {
                let json = format!(
                    r#"{{"metadata":{{"name":"{name}","namespace":"x"}},"containers":[{{"usage":{{"cpu":"{cpu}"}}}}]}}"#
                );
                store.pods.add_usage(json.as_bytes(), &store.names);
                // In the middle of a reading some are of this one and some of the last: any order will do, but each once.
                assert_eq!(selection.select(store, &[], &Filter::default(), Some(&by_usage)).len(), 2);
            }
            store.pods.end_usage();
            let rows = selection.select(store, &[], &Filter::default(), Some(&by_usage));
            let fresh = Selection::default().select(store, &[], &Filter::default(), Some(&by_usage));
            assert_eq!(rows, fresh);
        };
        read(&mut store, ["10m", "20m"]);
        read(&mut store, ["90m", "20m"]);
        let in_zone = Filter::parse("zone:z");
        let mut selection = Selection::default();
        assert!(selection.select(&store, &[], &in_zone, None).is_empty());
        let node = fixture::node("node-b").label(crate::store::nodes::ZONE[0], "z").json().to_string();
        store.nodes.upsert(node.as_bytes(), &mut store.names);
        assert_eq!(selection.select(&store, &[], &in_zone, None).len(), 1);
    }

    proptest! {
        #[test]
        fn an_order_that_follows_events_is_that_of_a_fresh_look(
            events in proptest::collection::vec((0u8..20, 0u8..3, 0u8..4, any::<bool>(), any::<bool>()), 1..60),
            column in 0..COLUMNS.len(), descending in any::<bool>(),
            filter in prop::sample::select(vec!["", "1", "O 2 ns:ns-1", "pod-1", "ns:ns-1", "status:failing", "node:node-2 -pod-3", "cause:crash", "zone:z"]),
            scope in prop::sample::select(vec!["", "ns-1", "ns-9"]),
        ) {
            let filter = Filter::parse(filter);
            let namespaces: Vec<_> = Some(scope.to_owned()).filter(|scope| !scope.is_empty()).into_iter().collect();
            let sort = Sort { column: COLUMNS[column].id.into(), descending };
            let mut store = Store::default();
            let mut selection = Selection::default();
            for (number, namespace, other, delete, look) in events {
                let name = format!("pod-{number}");
                let pod = fixture::pod(&name, &format!("ns-{namespace}")).on(&format!("node-{other}"));
                let pod = if other % 2 == 0 { pod.running() } else { pod.failing(&format!("Why{other}")) };
                let json = pod.json().to_string();
                if delete {
                    store.pods.delete(json.as_bytes());
                } else {
                    store.pods.upsert(json.as_bytes(), &mut store.names);
                }
                if look {
                    selection.select(&store, &namespaces, &filter, Some(&sort));
                }
            }
            let fresh = Selection::default().select(&store, &namespaces, &filter, Some(&sort));
            prop_assert_eq!(selection.select(&store, &namespaces, &filter, Some(&sort)), fresh);
            // More and more is typed, and the text is another again.
            for text in ["p", "po", "POD-", "pod-1", "pod-1 status:failing", "pod-1 status:failing -pod-11", "od-1", "-pod-1", ""] {
                let filter = Filter::parse(text);
                let fresh = Selection::default().select(&store, &namespaces, &filter, None);
                prop_assert_eq!(selection.select(&store, &namespaces, &filter, None), fresh, "{}", text);
            }
            // Another question, and the first one again.
            let all = selection.select(&store, &[], &Filter::default(), Some(&sort));
            prop_assert_eq!(all.len(), store.pods.len());
            let fresh = Selection::default().select(&store, &namespaces, &filter, None);
            prop_assert_eq!(selection.select(&store, &namespaces, &filter, None), fresh);
        }
    }
}
