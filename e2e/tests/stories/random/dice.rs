//! Random numbers, the same in each run.

use std::ops::RangeInclusive;

/// What is thrown depends on nothing but the seed.
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of 0..n, by Knuth's linear congruential generator.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % n.max(1)
    }

    /// One of a range.
    pub fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// Whether one throw out of `n` came.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of some.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        *all.get(self.below(all.len())).expect("there is always a choice")
    }
}
