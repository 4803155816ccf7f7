//! What the deployment controller says of its replica sets: `Scaled up replica set web-7d9c4 from 0 to 3`; before 1.30 without `from`.

/// A replica set got another number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaling<'e> {
    /// Its name.
    pub set: &'e str,
    /// Whether it has fewer now.
    pub shrank: bool,
    /// How many it had, where that is told.
    pub from: Option<i64>,
    /// How many it has.
    pub to: i64,
}

impl<'e> Scaling<'e> {
    /// Reads the message of an event.
    pub fn read(message: &'e str) -> Option<Self> {
        let (set, numbers) = message.split_once("replica set ")?.1.split_once(' ')?;
        let (from, to) = match numbers.strip_prefix("from ").and_then(|rest| rest.split_once(" to ")) {
            Some((from, to)) => (from.parse().ok(), to),
            None => (None, numbers.strip_prefix("to ")?),
        };
        Some(Self { set, shrank: message.starts_with("Scaled down"), from, to: to.trim().parse().ok()? })
    }

    /// Whether the set had no pods before, as far as is told.
    pub fn is_new(&self) -> bool {
        !self.shrank && self.to > 0 && self.from.unwrap_or(0) == 0
    }
}
