//! How long changes take and wait, as text and as JSON.

mod json;
mod text;

use facts::{Lens, Omission};
use measures::{
    lead_time::{Boundary, LeadTimes},
    party::Party,
    price::{Cost, Price},
    release::Release,
    review::{Journeys, phases::PhaseTook, waiting::Waiting},
    took::Took,
};

pub use json::{render as json, schema};
pub use text::render as text;

/// Flow with everything its faces show.
pub struct Flow<'a> {
    /// The history.
    pub lens: &'a Lens<'a>,
    /// What it tells.
    pub times: &'a LeadTimes,
    /// How long changes took: all of them,
    pub whole: Took,
    /// those that need one team,
    pub alone: Took,
    /// those that need more.
    pub together: Took,
    /// How long those took that touch nothing anybody owns.
    pub unowned: Took,
    /// Where teams meet, the most changes first.
    pub boundaries: &'a [Boundary],
    /// What one more team multiplies lead time by, or why that cannot be told.
    pub price: Result<&'a Price, &'a str>,
    /// What each boundary costs a year, the dearest first.
    pub costs: &'a [Cost],
    /// What review events tell; `None` where none were imported.
    pub reviews: Option<Reviewed<'a>>,
    /// How long changes wait for a tag; `None` where no tag contains one.
    pub release: Option<&'a Release>,
    /// What could not be read of tags.
    pub tag_ledger: &'a [Omission],
}

/// What review events tell.
pub struct Reviewed<'a> {
    /// The way of each request.
    pub journeys: &'a Journeys,
    /// How long each phase takes.
    pub phases: &'a [PhaseTook],
    /// Who waits for whom.
    pub waiting: &'a Waiting,
    /// What one more team multiplies waiting for a first review by, or why that cannot be told.
    pub price: Result<&'a Price, &'a str>,
}

/// What a party is called; single people by nothing but their kind.
fn name<'a>(lens: &Lens<'a>, party: Party) -> &'a str {
    match party {
        Party::Team(team) => &lens.structure.teams[team.index()].name,
        Party::SingleOwners => "single owners",
        Party::NoTeam => "people of no known team",
    }
}

/// Everything that was left out on the way, in order; the lens's own lines are not among them.
fn ledger<'a>(flow: &'a Flow<'_>) -> impl Iterator<Item = &'a Omission> {
    let reviews = flow.reviews.iter().flat_map(|one| one.journeys.ledger.iter().chain(&one.waiting.ledger));
    let release = flow.release.iter().flat_map(|one| &one.ledger);
    flow.times.ledger.iter().chain(reviews).chain(release).chain(flow.tag_ledger)
}
