//! Whether a simulation can be trusted on a history: how far its lead times lie from those of a stretch it has not seen.

/// What can be said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// It gives the lead times that were seen.
    Reproduces,
    /// It gives them roughly: directions hold, sizes less.
    Roughly,
    /// It does not.
    Not,
}

/// Up to this distance of Kolmogorov and Smirnov, it reproduces what was seen: no length divides the changes that differs by
/// more than a tenth of them.
const REPRODUCES: f64 = 0.1;
/// Up to this, roughly.
const ROUGHLY: f64 = 0.2;

/// A median that is off by more than this many times is none, however near the distributions lie elsewhere.
const MOST_OFF: f64 = 2.5;

impl Trust {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reproduces => "reproduces",
            Self::Roughly => "roughly",
            Self::Not => "not",
        }
    }

    /// By the distances of all changes and, where they tell, of those that wait for others: the worse counts, for what is
    /// asked of a simulation is asked of waiting. `medians` are those seen and simulated.
    pub fn of(all: f64, waiting: Option<f64>, medians: (f64, f64)) -> Self {
        let off = medians.0.max(medians.1) / medians.0.min(medians.1).max(f64::MIN_POSITIVE);
        match all.max(waiting.unwrap_or(0.0)) {
            _ if off > MOST_OFF => Self::Not,
            far if far <= REPRODUCES => Self::Reproduces,
            far if far <= ROUGHLY => Self::Roughly,
            _ => Self::Not,
        }
    }
}

/// Whether lead times themselves moved, by how far those learned from lie from those held out.
pub fn moved(by_repeating: f64) -> bool {
    by_repeating > ROUGHLY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_distance_counts() {
        assert_eq!(Trust::of(0.1, None, (5.0, 6.0)), Trust::Reproduces);
        assert_eq!(Trust::of(0.05, Some(0.11), (5.0, 4.0)), Trust::Roughly);
        assert_eq!(Trust::of(0.21, Some(0.05), (5.0, 5.0)), Trust::Not);
        assert_eq!(Trust::of(0.1, None, (19.0, 5.0)), Trust::Not, "half within 19 hours is not within 5");
        assert!(moved(0.3) && !moved(0.2));
    }
}
