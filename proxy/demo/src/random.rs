//! Randomness from a seed: the same seed gives the same cluster.

/// A splitmix64 generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of a thing's own, by a name: what one draws does not change what another does.
    pub fn named(seed: u64, name: &str) -> Self {
        // Mixed after each byte: names that differ in one letter must not meet again.
        Self(name.bytes().fold(seed, |state, byte| mix(state ^ u64::from(byte)).wrapping_add(0x9E37_79B9_7F4A_7C15)))
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so nobody iterates over it")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The high half of the product: a bias of less than one in 2^32 for every number that is used here.
        u64::try_from((u128::from(self.next()) * u128::from(end)) >> 64).unwrap_or_default()
    }

    /// A fraction in 0..1.
    pub fn fraction(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = (self.next() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// `len` letters and digits as the API server adds to a generateName.
    pub fn suffix(&mut self, len: usize) -> String {
        const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
        (0..len)
            .filter_map(|_| ALPHABET.get(usize::try_from(self.below(27)).unwrap_or_default()))
            .map(|byte| char::from(*byte))
            .collect()
    }
}

/// A version 4 UUID of two numbers.
pub fn uuid(seed: u64, number: u64) -> String {
    let high = mix(seed ^ mix(number));
    let low = mix(high ^ number.rotate_left(32));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        8 + (low >> 62),
        (low >> 48) & 0xFFF,
        low & 0xFFFF_FFFF_FFFF
    )
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut one, mut two) = (Random::new(7), Random::new(7));
        assert!((0..100).all(|_| one.next() == two.next()));
        assert_ne!(Random::named(7, "a").next(), Random::named(7, "b").next());
    }

    #[test]
    fn no_two_of_many_names_have_the_same_generator() {
        let firsts = (0..10_000).map(|number| Random::named(1, &format!("Pod/shop/web-{number:05}")).next());
        assert_eq!(firsts.collect::<std::collections::HashSet<_>>().len(), 10_000);
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut random = Random::new(1);
        assert!((0..1000).all(|_| random.below(10) < 10));
        assert!((0..1000).all(|_| (0.0..1.0).contains(&random.fraction())));
        assert_eq!(random.below(0), 0);
        assert_eq!(random.suffix(5).len(), 5);
    }

    #[test]
    fn a_uuid_has_its_shape() {
        let uuid = uuid(1, 2);
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(matches!(uuid.as_bytes()[19], b'8'..=b'b'));
    }
}
