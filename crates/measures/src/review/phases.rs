//! How long each phase takes: median and ninetieth percentile by Kaplan and Meier, what is open counted as open.

use crate::took::Took;

use super::journey::{Journeys, Phase};

/// How long one phase takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhaseTook {
    /// The phase.
    pub phase: Phase,
    /// Its waits, in hours.
    pub took: Took,
}

/// Every phase that any request went through, in order.
pub fn phases(journeys: &Journeys) -> Vec<PhaseTook> {
    let of = |phase: Phase| PhaseTook { phase, took: Took::of(&journeys.waits(phase)) };
    Phase::ALL.into_iter().map(of).filter(|one| one.took.waits > 0).collect()
}
