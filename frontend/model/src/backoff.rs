//! How long to wait before trying again: doubling with jitter, for 429 and repeated 5xx.

/// Doubles from 0.8 s to 30 s; a success starts it anew.
#[derive(Clone, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

const FIRST_MS: f64 = 800.0;
const LAST_MS: f64 = 30_000.0;

impl Backoff {
    /// The next wait in milliseconds. `jitter` is a random number in 0..1, so that many tabs do not come back at once;
    /// `at_least_s` is what the server asked for.
    pub fn next_ms(&mut self, jitter: f64, at_least_s: Option<u32>) -> f64 {
        let full = (FIRST_MS * f64::from(2_u32.saturating_pow(self.failures.min(16)))).min(LAST_MS);
        self.failures = self.failures.saturating_add(1);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
        (full * (0.75 + 0.25 * jitter)).max(f64::from(at_least_s.unwrap_or(0).min(300)) * 1000.0)
    }

    /// Something worked.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;

    #[test]
    fn it_doubles_up_to_half_a_minute_and_starts_anew() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..8).map(|_| backoff.next_ms(1.0, None)).collect();
        assert_eq!(waits, [800.0, 1600.0, 3200.0, 6400.0, 12_800.0, 25_600.0, 30_000.0, 30_000.0]);
        backoff.reset();
        assert_eq!(backoff.next_ms(0.0, None), 600.0);
    }

    #[test]
    fn the_servers_wish_is_granted_within_reason() {
        assert_eq!(Backoff::default().next_ms(0.5, Some(7)), 7000.0);
        assert_eq!(Backoff::default().next_ms(f64::NAN, Some(u32::MAX)), 300_000.0);
    }
}
