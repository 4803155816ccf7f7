//! How full something is, in the three steps that the whole app shows alike.

/// A share of what is allocatable, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Below 80 %.
    Ok,
    /// From 80 %.
    Warn,
    /// From 90 %.
    Bad,
}

impl Level {
    /// The level of `share`, where 1 is everything; odd numbers are well.
    pub fn of(share: f64) -> Self {
        if share >= 0.9 {
            Self::Bad
        } else if share >= 0.8 {
            Self::Warn
        } else {
            Self::Ok
        }
    }

    /// The class that style sheets know it by.
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn a_share_has_the_level_that_its_number_says() {
        for (share, level) in [
            (0.0, Level::Ok),
            (0.799, Level::Ok),
            (0.8, Level::Warn),
            (0.9, Level::Bad),
            (1.3, Level::Bad),
            (f64::NAN, Level::Ok),
        ] {
            assert_eq!(Level::of(share), level, "{share}");
        }
    }
}
