//! Rows by uid, with stable numbers, and the sweep that ends a list.

use super::index::{Index, hash_of};

/// An object's uid: 128 bits, read from its hexadecimal digits or, where it has another form, hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(u128);

/// The place of a row; it stays the same until the row is removed.
pub type RowNumber = u32;

/// Rows of one kind.
#[derive(Debug)]
pub struct Rows<R> {
    slots: Vec<Option<Slot<R>>>,
    free: Vec<RowNumber>,
    by_uid: Index,
    epoch: u32,
    version: u64,
}

#[derive(Debug)]
struct Slot<R> {
    uid: Uid,
    /// The list that saw this row last.
    epoch: u32,
    /// The resourceVersion, or 0 where that is no number.
    version: u64,
    row: R,
}

impl Uid {
    /// Reads a uid.
    pub fn parse(text: &str) -> Self {
        let digits = || text.bytes().filter(|b| *b != b'-');
        if digits().count() == 32 && digits().all(|b| b.is_ascii_hexdigit()) {
            return Self(u128::from_str_radix(&text.replace('-', ""), 16).unwrap_or(0));
        }
        // FNV-1a: the static pods and fakes that have other uids are few.
        Self(text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        }))
    }
}

impl std::fmt::Display for Uid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<Uid> for u128 {
    fn from(uid: Uid) -> Self {
        uid.0
    }
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), by_uid: Index::default(), epoch: 0, version: 0 }
    }
}

impl<R> Rows<R> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// A row by its number.
    pub fn get(&self, number: RowNumber) -> Option<&R> {
        Some(&self.slots.get(number as usize)?.as_ref()?.row)
    }

    /// A row by its uid.
    pub fn by_uid(&self, uid: Uid) -> Option<&R> {
        self.get(self.number(uid)?)
    }

    /// The number of a row.
    pub fn number(&self, uid: Uid) -> Option<RowNumber> {
        let is = |number: RowNumber| self.slots.get(number as usize)?.as_ref().map(|slot| slot.uid == uid);
        self.by_uid.find(hash_of(&uid), |number| is(number).unwrap_or(false))
    }

    /// All rows with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (RowNumber, &R)> {
        (0..).zip(&self.slots).filter_map(|(number, slot)| Some((number, &slot.as_ref()?.row)))
    }

    /// What they hold of the memory, in bytes, without what lies behind pointers in a row.
    pub fn bytes(&self) -> usize {
        let slots = self.slots.capacity() * size_of::<Option<Slot<R>>>();
        slots + self.by_uid.bytes() + self.free.capacity() * size_of::<RowNumber>()
    }

    /// Begins a list; what it does not see is swept at its end.
    pub fn begin(&mut self) -> u32 {
        self.epoch = self.epoch.wrapping_add(1);
        self.epoch
    }

    /// Puts a row in, unless it is older than what the newest list and the watches have brought; returns whether it is in.
    ///
    /// What was known before a list counts for nothing, however new it looks: after a restore of etcd the versions begin
    /// again at lower ones.
    pub fn upsert(&mut self, uid: Uid, version: u64, row: R) -> bool {
        let slot = Slot { uid, epoch: self.epoch, version, row };
        if let Some(place) = self.number(uid).and_then(|number| self.slots.get_mut(number as usize)) {
            let is_older = |old: &Slot<R>| old.epoch == slot.epoch && version > 0 && version < old.version;
            if place.as_ref().is_some_and(is_older) {
                return false;
            }
            self.version += 1;
            *place = Some(slot);
            return true;
        }
        self.version += 1;
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.slots.get_mut(number as usize) {
            *place = Some(slot);
            self.by_uid.insert(hash_of(&uid), number);
        }
        true
    }

    /// Takes a row out.
    pub fn remove(&mut self, uid: Uid) -> Option<R> {
        let number = self.number(uid)?;
        self.by_uid.remove(hash_of(&uid), number);
        self.version += 1;
        self.free.push(number);
        self.slots.get_mut(number as usize)?.take().map(|slot| slot.row)
    }

    /// Ends a list that began with `epoch`: takes out the rows of its scope that nobody has put in since.
    pub fn sweep(&mut self, epoch: u32, in_scope: impl Fn(&R) -> bool) -> Vec<R> {
        self.version += 1;
        let unseen: Vec<Uid> = self
            .slots
            .iter()
            .flatten()
            .filter(|slot| slot.epoch.wrapping_sub(epoch) > u32::MAX / 2 && in_scope(&slot.row))
            .map(|slot| slot.uid)
            .collect();
        unseen.into_iter().filter_map(|uid| self.remove(uid)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Rows, Uid};

    #[test]
    fn uids_of_both_forms_differ() {
        let a = Uid::parse("0f5e3b1c-8a1d-4b6e-9d2f-1234567890ab");
        assert_eq!(a.to_string(), "0f5e3b1c8a1d4b6e9d2f1234567890ab");
        assert_ne!(Uid::parse("static-pod-a"), Uid::parse("static-pod-b"));
        let _ = Uid::parse("ü-");
    }

    #[test]
    fn a_row_keeps_its_number_until_it_is_removed() {
        let mut rows = Rows::default();
        let (a, b) = (Uid::parse("a"), Uid::parse("b"));
        for (uid, row) in [(a, 1), (b, 2), (a, 3)] {
            assert!(rows.upsert(uid, 0, row));
        }
        assert_eq!((rows.number(a), rows.number(b)), (Some(0), Some(1)));
        assert_eq!(rows.remove(a), Some(3));
        assert_eq!(rows.remove(a), None);
        assert_eq!((rows.len(), rows.number(b)), (1, Some(1)));
    }

    #[test]
    fn an_older_update_after_a_newer_one_changes_nothing_until_a_list_begins_anew() {
        let mut rows = Rows::default();
        let uid = Uid::parse("a");
        let mut check = |version: u64, row: i32, expect: i32| {
            let is_in = rows.upsert(uid, version, row);
            assert_eq!((rows.by_uid(uid), is_in), (Some(&expect), row == expect), "{version}");
        };
        check(100, 1, 1);
        check(99, 2, 1);
        check(100, 3, 3);
        check(0, 4, 4);
        check(7, 5, 5);
        rows.begin();
        assert!(rows.upsert(uid, 6, 6), "etcd was restored");
        assert!(!rows.upsert(uid, 5, 7));
    }

    #[test]
    fn a_list_sweeps_what_it_did_not_see_in_its_own_scope() {
        let mut rows = Rows::default();
        for (uid, row) in [("a", 1), ("b", 2), ("c", 30)] {
            rows.upsert(Uid::parse(uid), 0, row);
        }
        let epoch = rows.begin();
        rows.upsert(Uid::parse("a"), 0, 1);
        assert_eq!(rows.sweep(epoch, |row| *row < 10), [2]);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn overlapping_lists_of_two_scopes_do_not_sweep_each_other() {
        let mut rows = Rows::default();
        let first = rows.begin();
        rows.upsert(Uid::parse("a"), 0, 1);
        let second = rows.begin();
        rows.upsert(Uid::parse("b"), 0, 30);
        assert!(rows.sweep(first, |row| *row < 10).is_empty());
        assert!(rows.sweep(second, |row| *row >= 10).is_empty());
        assert_eq!(rows.len(), 2);
    }
}
