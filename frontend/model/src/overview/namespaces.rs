//! Pods by namespace, the largest first.

use super::states;
use crate::order::sorted;
use crate::store::Store;
use crate::store::names::Name;

/// One namespace's pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceLine {
    /// Its name.
    pub name: String,
    /// Its pods by state, in the order of `states::ORDER`.
    pub counts: [u64; 6],
}

impl NamespaceLine {
    /// All its pods.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Its pods that fail.
    pub fn failing(&self) -> u64 {
        self.counts.last().copied().unwrap_or(0)
    }
}

/// The namespaces with the most pods among `scope` (all, if none is named), `most` of them at most.
pub fn largest(store: &Store, scope: &[Name], most: usize) -> Vec<NamespaceLine> {
    let lines: Vec<NamespaceLine> = store
        .pods
        .by_namespace()
        .iter()
        .filter(|(name, _)| scope.is_empty() || scope.contains(name))
        .map(|(name, tally)| NamespaceLine { name: store.names.text(name).to_owned(), counts: states::counts(tally) })
        .collect();
    let mut lines = sorted(lines, |a, b| b.total().cmp(&a.total()).then_with(|| a.name.cmp(&b.name)));
    lines.truncate(most);
    lines
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{pod, store};
    use super::*;

    #[test]
    fn the_largest_come_first_and_equal_ones_by_name() {
        let pods = ["b", "a", "c", "c"]
            .iter()
            .enumerate()
            .map(|(at, namespace)| pod(&format!("p{at}"), namespace).failing("CrashLoopBackOff").json());
        let store = store([], pods);
        let shown: Vec<_> =
            largest(&store, &[], 2).iter().map(|line| (line.name.clone(), line.total(), line.failing())).collect();
        assert_eq!(shown, [("c".to_owned(), 2, 2), ("a".to_owned(), 1, 1)]);
        let scope: Vec<_> = store.names.find("b").into_iter().collect();
        assert_eq!(largest(&store, &scope, 9).len(), 1);
    }
}
