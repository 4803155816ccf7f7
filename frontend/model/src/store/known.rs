//! Of which namespaces all objects of a kind are known, so that none is told from unknown.

use super::names::Name;

/// The namespaces whose list has been complete once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    all: bool,
    some: Vec<Name>,
}

impl Known {
    /// Whether those of a namespace are.
    pub fn of(&self, namespace: Name) -> bool {
        self.all || self.some.contains(&namespace)
    }

    /// Whether those of all namespaces are.
    pub fn all(&self) -> bool {
        self.all
    }

    /// A list of one namespace, or of all, is complete.
    pub(super) fn add(&mut self, namespace: Option<Name>) {
        match namespace {
            None => self.all = true,
            Some(name) if self.some.contains(&name) => {}
            Some(name) => self.some.push(name),
        }
    }

    /// Its names: a namespace may be known to have nothing in it.
    pub(super) fn each_name(&self, mark: &mut dyn FnMut(Name)) {
        self.some.iter().copied().for_each(mark);
    }

    /// Only these are listed from now on.
    pub(super) fn retain(&mut self, namespaces: &[Name]) {
        self.all = false;
        self.some.retain(|name| namespaces.contains(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::names::Names;

    #[test]
    fn what_has_been_listed_is_known_until_nobody_keeps_it() {
        let mut names = Names::default();
        let (shop, bank) = (names.intern("shop"), names.intern("bank"));
        let mut known = Known::default();
        let check = |known: &Known, expect: [bool; 3]| {
            assert_eq!([known.of(shop), known.of(bank), known.all()], expect, "{known:?}");
        };
        check(&known, [false, false, false]);
        known.add(Some(shop));
        known.add(Some(shop));
        check(&known, [true, false, false]);
        known.add(None);
        check(&known, [true, true, true]);
        known.retain(&[bank, shop]);
        check(&known, [true, false, false]);
        let mut named = Vec::new();
        known.each_name(&mut |name| named.push(name));
        assert_eq!(named, [shop]);
        known.retain(&[bank]);
        check(&known, [false, false, false]);
    }
}
