//! What changes would take if something were otherwise, as text and as JSON.

mod json;
mod text;

use facts::structure::TeamKind;
use measures::lead_time::LeadTimes;
use outlook::simulate::{Calibrated, Scenario, Standard, model::Desk};
use verdicts::trust::Trust;

pub use json::{render as json, schema};
pub use text::render as text;

/// A simulation with everything its faces show.
pub struct Simulated<'a> {
    /// The repository's directory name.
    pub repository: &'a str,
    /// What history tells of lead times.
    pub times: &'a LeadTimes,
    /// What decides chance.
    pub seed: u64,
    /// What was calibrated and how far it can be trusted; or why nothing can be simulated here.
    pub calibrated: Result<(&'a Calibrated, Trust), &'a str>,
    /// Whether lead times themselves have moved since what was learned.
    pub moved: bool,
    /// What was asked of it.
    pub shown: Shown<'a>,
}

/// What is asked of a simulation.
pub enum Shown<'a> {
    /// Nothing: it cannot be trusted, or not be made.
    Nothing,
    /// What is shown where nobody asks for anything.
    Standard(&'a Standard),
    /// As it is, and with what was asked.
    Asked(&'a [Scenario; 2]),
}

impl Shown<'_> {
    fn scenarios(&self) -> &[Scenario] {
        match self {
            Self::Nothing => &[],
            Self::Standard(standard) => &standard.scenarios,
            Self::Asked(asked) => asked.as_slice(),
        }
    }
}

/// What a team is called; single people by nothing but their kind.
fn called(desk: &Desk) -> &str {
    match desk.kind {
        TeamKind::Team | TeamKind::Group => desk.name.strip_prefix("group ").unwrap_or(&desk.name),
        TeamKind::Person => "a single owner",
    }
}
