//! A hash for small numbers that are our own: the standard library's costs ten times as much and guards against chosen keys,
//! which interned numbers are not.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys are made of interned numbers.
pub(super) type MixMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;
/// A set of what is made of interned numbers.
pub(super) type MixSet<K> = HashSet<K, BuildHasherDefault<Mix>>;

/// Multiplies and adds, as rustc's own hash does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix(u64);

/// An odd number without a pattern in its bits.
const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.wrapping_add(number).wrapping_mul(FACTOR);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    /// The high bits are the mixed ones, and maps look at the low ones.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}
