//! Which pods a table shows, in which order, kept up to date by what has changed.
//!
//! All pods are kept in the order of one column, by a number for each pod; a filter then only takes out of that order. A
//! key typed asks every pod once, and an event moves only the pods that it changed.

use std::cmp::Ordering;

use crate::filter::{Filter, Named};
use crate::order::sorted;
use crate::route::Sort;
use crate::store::Store;
use crate::store::changes::Changes;
use crate::store::names::Name;
use crate::store::pods::{PodView, Pods};
use crate::store::rows::RowNumber;

use super::key::Keys;

/// The order of all pods, and what was made of it last.
#[derive(Debug, Default)]
pub struct Selection {
    version: u64,
    /// All pods by name, then by namespace.
    by_name: Vec<RowNumber>,
    sort: Option<Sort>,
    /// All pods in the order that is asked for; empty where that is the order of their names.
    ordered: Vec<RowNumber>,
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
        self.follow(store, sort);
        let mut rows = if self.ordered.is_empty() { self.by_name.clone() } else { self.ordered.clone() };
        if !(namespaces.is_empty() && filter.is_empty()) {
            let wanted = wanted(store, namespaces, filter);
            rows.retain(|row| is_in(&wanted, *row));
        }
        if self.ordered.is_empty() && sort.is_some_and(|sort| sort.column == "name" && sort.descending) {
            rows.reverse();
        }
        rows
    }

    /// Brings the orders up to date.
    fn follow(&mut self, store: &Store, sort: Option<&Sort>) {
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
        let keys = sort.map(|sort| (Keys::new(store, &sort.column), sort.descending));
        let Some((keys, descending)) = keys.filter(|(keys, _)| !keys.are_names()) else {
            self.ordered = Vec::new();
            return;
        };
        let key = |row: RowNumber| {
            let key = pods.get(row).map_or(0, |pod| keys.of(pod));
            if descending { !key } else { key }
        };
        match &changes {
            Changes::Rows(changed) if same && !keys.are_usage() => {
                let order = |a, b| key(a).cmp(&key(b)).then_with(|| names(a, b));
                merge(&mut self.ordered, pods, changed, &order);
            }
            _ => {
                let mut keyed: Vec<_> = self.by_name.iter().map(|row| (key(*row), *row)).collect();
                // Equal ones stay in the order of their names.
                keyed.sort_by_key(|(key, _)| *key);
                self.ordered = keyed.into_iter().map(|(_, row)| row).collect();
            }
        }
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
    let names = &store.names;
    // A namespace that no string of the store equals has no pods.
    let scope: Vec<Name> = namespaces.iter().filter_map(|n| names.find(n)).collect();
    // What the pods of a template have in common is asked once for all of them.
    let (shared, own) = filter.split();
    let mut of_template = vec![None; store.pods.templates().bound() as usize];
    let mut leaves = |pod: PodView<'_>| {
        let ask = || {
            let named = Named { row: &pod, store };
            (namespaces.is_empty() || scope.contains(&pod.namespace())) && shared.matches(&named)
        };
        let known = of_template.get_mut(pod.template_number() as usize);
        known.is_some_and(|known| *known.get_or_insert_with(ask)) && own.matches(&Named { row: &pod, store })
    };
    (0..store.pods.row_bound()).map(|row| store.pods.get(row).is_some_and(&mut leaves)).collect()
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

    proptest! {
        #[test]
        fn an_order_that_follows_events_is_that_of_a_fresh_look(
            events in proptest::collection::vec((0u8..20, 0u8..3, 0u8..4, any::<bool>(), any::<bool>()), 1..60),
            column in 0..COLUMNS.len(), descending in any::<bool>(),
        ) {
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
                    selection.select(&store, &[], &Filter::default(), Some(&sort));
                }
            }
            let fresh = Selection::default().select(&store, &[], &Filter::default(), Some(&sort));
            prop_assert_eq!(fresh.len(), store.pods.len());
            prop_assert_eq!(selection.select(&store, &[], &Filter::default(), Some(&sort)), fresh);
        }
    }
}
