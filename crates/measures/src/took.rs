//! How long some waits took: a median and a ninetieth percentile, with what is still open counted as "at least so long".

use crate::stats::survival::{self, Quantile, Wait};

/// How long some waits took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Took {
    /// How many waits.
    pub waits: u64,
    /// Those of them that had not ended when last seen.
    pub open: u64,
    /// The hours within which half of them ended, with its 95 % interval; `None` where too few have.
    pub median: Option<Quantile>,
    /// The same for nine of ten.
    pub p90: Option<Quantile>,
}

impl Took {
    /// Of waits in hours, by the estimator of Kaplan and Meier.
    pub fn of(waits: &[Wait]) -> Self {
        let curve = survival::curve(waits);
        Self {
            waits: waits.len() as u64,
            open: waits.iter().filter(|wait| !wait.ended).count() as u64,
            median: survival::quantile(&curve, 0.5),
            p90: survival::quantile(&curve, 0.9),
        }
    }
}
