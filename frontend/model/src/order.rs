//! Sorting, with one copy of the sorting code for all: each type that the standard library's sort is made for costs 4 KB of wasm.

use std::cmp::Ordering;

/// The items in the order that `compare` says; equal ones stay as they were.
pub fn sorted<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = {
        let by_place = |a: usize, b: usize| match (items.get(a), items.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        };
        order(items.len(), &by_place)
    };
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| items.get_mut(place)?.take()).collect()
}

fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::sorted;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(items in prop::collection::vec((0_u8..9, any::<u8>()), 0..60)) {
            let mut expect = items.clone();
            expect.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(sorted(items, |(a, _), (b, _)| a.cmp(b)), expect);
        }
    }
}
