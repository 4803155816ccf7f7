//! The namespaces that are looked at, as the store names them.

use super::Store;
use super::names::Name;

/// All namespaces, some, or none that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All where none is named, else these.
    Namespaces(Vec<Name>),
    /// Some, none of which the store has ever heard of.
    Nothing,
}

impl Scope {
    /// What these namespaces mean in a store.
    pub fn of(store: &Store, namespaces: &[String]) -> Self {
        let names: Vec<Name> = namespaces.iter().filter_map(|name| store.names.find(name)).collect();
        if names.is_empty() && !namespaces.is_empty() { Self::Nothing } else { Self::Namespaces(names) }
    }

    /// Whether what lies in this namespace is looked at.
    pub fn holds(&self, namespace: Name) -> bool {
        match self {
            Self::Namespaces(names) => names.is_empty() || names.contains(&namespace),
            Self::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_namespaces_are_all_and_unknown_ones_are_none() {
        let mut store = Store::default();
        let (shop, bank) = (store.names.intern("shop"), store.names.intern("bank"));
        let check = |namespaces: &[&str], expect: [bool; 2]| {
            let namespaces: Vec<String> = namespaces.iter().map(ToString::to_string).collect();
            let scope = Scope::of(&store, &namespaces);
            assert_eq!([shop, bank].map(|name| scope.holds(name)), expect, "{namespaces:?}");
        };
        check(&[], [true, true]);
        check(&["shop"], [true, false]);
        check(&["shop", "bank"], [true, true]);
        check(&["bank", "gone"], [false, true]);
        check(&["gone"], [false, false]);
    }
}
