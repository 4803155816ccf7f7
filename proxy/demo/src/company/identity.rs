//! What makes things unmistakable: uids, digests, hashes in names.

use std::fmt::Write;

use crate::random::Random;

/// A version 4 UUID.
pub fn uid(random: &mut Random) -> String {
    crate::random::uuid(random.next(), random.next())
}

/// 64 hexadecimal digits, as a container's or an image's digest has.
pub fn digest(random: &mut Random) -> String {
    let mut digits = String::with_capacity(64);
    for _ in 0..4 {
        write!(digits, "{:016x}", random.next()).expect("a string takes every text");
    }
    digits
}

/// FNV-1a: <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The hash of a template that ends the names of ReplicaSets, in the letters of generated names.
pub fn template_hash(template: &serde_json::Value) -> String {
    Random::new(hash(template.to_string().as_bytes())).suffix(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_64_digits() {
        assert_eq!(digest(&mut Random::new(1)).len(), 64);
    }

    #[test]
    fn another_template_has_another_hash() {
        let check = |one: serde_json::Value, other, same| {
            assert_eq!(template_hash(&one) == template_hash(&other), same, "{one} {other}");
        };
        check(serde_json::json!({"a": 1}), serde_json::json!({"a": 1}), true);
        check(serde_json::json!({"a": 1}), serde_json::json!({"a": 2}), false);
    }
}
