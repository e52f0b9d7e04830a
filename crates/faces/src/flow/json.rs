//! Flow for other programs: `unsnarl.flow/1`.
//!
//! Fields are only ever added within a version. The schema is generated from these types and committed as
//! `docs/flow.schema.json`; a test holds it fresh. No single person is named.

use std::collections::BTreeMap;

use measures::{party::Party, price::Price, stats::survival::Quantile, took};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Flow, Reviewed, ledger, name};
use crate::document::written;

/// The version of the contract.
const SCHEMA: &str = "unsnarl.flow/1";

/// Flow as pretty-printed JSON with a final newline.
pub fn render(flow: &Flow<'_>) -> String {
    written(&document(flow))
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

/// How long changes take and wait. Hours, days and shares are numbers; what cannot be told is null.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl flow")]
struct Document {
    /// Always `unsnarl.flow/1`.
    schema: &'static str,
    /// The repository's directory name.
    repository: String,
    /// `declared`, `inferred` or `none`: what teams rest on.
    ownership: &'static str,
    /// Changes that count.
    changes: u64,
    /// Those of them that tell how long they took.
    usable_changes: u64,
    /// The same as a share; null without changes.
    usable_share: Option<f64>,
    /// From the first commit written to the mainline.
    lead_time: LeadTime,
    /// The same of changes that need one team.
    lead_time_of_one_team: Took,
    /// The same of changes that need more.
    lead_time_of_more_teams: Took,
    /// What one more team multiplies lead time by at equal size, kind and quarter; null where that cannot be told.
    price: Option<PriceRead>,
    /// Why there is no price.
    price_note: Option<String>,
    /// The same of waiting for a first review; null without review events.
    pickup_price: Option<PriceRead>,
    /// Why there is none.
    pickup_price_note: Option<String>,
    /// Where two teams meet; the most changes first.
    boundaries: Vec<Boundary>,
    /// The stretches of a request's way, in order; empty without review events.
    phases: Vec<Phase>,
    /// Who waits for whom; null without review events.
    waiting: Option<Waiting>,
    /// From the mainline to the first tag, by git; null where no tag contains a change.
    release: Option<Release>,
    /// What was left out, and why.
    ledger: Vec<Line>,
}

/// How long some waits took, by the estimator of Kaplan and Meier.
#[derive(Serialize, JsonSchema)]
struct Took {
    /// Hours within which half of them ended; null where too few have.
    median_hours: Option<f64>,
    /// Its 95 % interval; an end is null where the band never falls so far.
    median_interval: Option<[Option<f64>; 2]>,
    /// Hours within which nine of ten ended.
    p90_hours: Option<f64>,
    /// Its 95 % interval.
    p90_interval: Option<[Option<f64>; 2]>,
    /// How many there were.
    n: u64,
    /// Those of them that had not ended when last seen.
    open: u64,
}

#[derive(Serialize, JsonSchema)]
struct LeadTime {
    #[serde(flatten)]
    took: Took,
    sources: Sources,
}

/// What tells lead times; the two add up to `usable_changes`.
#[derive(Serialize, JsonSchema)]
struct Sources {
    /// Changes told by review events.
    events: u64,
    /// Changes told by git alone.
    git: u64,
}

#[derive(Serialize, JsonSchema)]
struct PriceRead {
    /// What each further team multiplies by.
    factor: f64,
    /// Its 95 % interval; never holds 1.
    interval: [f64; 2],
    /// Changes it rests on.
    n: u64,
    /// Those of them that need more than one team.
    n_of_more_teams: u64,
}

/// Where two parties meet: teams, or `single owners`, who are never named.
#[derive(Serialize, JsonSchema)]
struct Boundary {
    a: String,
    b: String,
    /// Of changes that need both; null where lead times are too few to speak.
    lead_time: Option<Took>,
    /// Waiting for a first review of requests that need both; null without review events.
    pickup: Option<Took>,
    /// Requests that need both and wait for a first review now.
    waiting_now: Option<u64>,
    /// Changes of the last year that need both; null without a price.
    recent_changes: Option<u64>,
    /// Days of lead time in the last year that one team would not have taken, by the price.
    days_a_year: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct Phase {
    /// `coding` (written to opened), `pickup` (to the first review), `review` (to the last approval) or `approved` (to
    /// merged).
    phase: &'static str,
    #[serde(flatten)]
    took: Took,
}

#[derive(Serialize, JsonSchema)]
struct Waiting {
    /// Requests imported.
    requests: u64,
    /// Requests that count.
    counted_requests: u64,
    /// By who asks and who must answer; those who wait for others first, then those for themselves. A request that needs
    /// three teams stands in three rows.
    queues: Vec<Queue>,
}

#[derive(Serialize, JsonSchema)]
struct Queue {
    /// Who asks: a team, `single owners`, or `people of no known team`.
    from: String,
    /// Who must answer; the same where it is the author's own team.
    on: String,
    /// Waiting for a first review.
    pickup: Took,
    /// Requests that wait now.
    waiting_now: u64,
}

/// Changes of the last five years; those no tag contains yet are open.
#[derive(Serialize, JsonSchema)]
struct Release {
    /// To the first tag of any kind.
    any: Took,
    /// To the first tag that is final by its name.
    #[serde(rename = "final")]
    last: Took,
    /// Tags that were read.
    tags: u64,
    tags_on_mainline: u64,
    /// Tags on branches that left the mainline.
    tags_on_branches: u64,
    /// Tags that are pre-releases by their name.
    pre_releases: u64,
}

#[derive(Serialize, JsonSchema)]
struct Line {
    /// The kind; stable.
    what: &'static str,
    count: u64,
    why: String,
}

fn document(flow: &Flow<'_>) -> Document {
    let times = flow.times;
    let speaks = times.speak();
    let lines = ledger(flow).chain(&flow.lens.ledger);
    Document {
        schema: SCHEMA,
        repository: flow.lens.facts.repository.name.clone(),
        ownership: flow.lens.ownership.basis.name(),
        changes: times.of,
        usable_changes: times.told.len() as u64,
        usable_share: times.usable_share(),
        lead_time: LeadTime {
            took: heard(flow.whole, speaks),
            sources: Sources { events: times.by_events, git: times.told.len() as u64 - times.by_events },
        },
        lead_time_of_one_team: heard(flow.alone, speaks),
        lead_time_of_more_teams: heard(flow.together, speaks),
        price: flow.price.ok().map(priced),
        price_note: flow.price.err().map(str::to_owned),
        pickup_price: flow.reviews.as_ref().and_then(|one| one.price.ok()).map(priced),
        pickup_price_note: flow.reviews.as_ref().and_then(|one| one.price.err()).map(str::to_owned),
        boundaries: boundaries(flow, speaks),
        phases: flow.reviews.iter().flat_map(|one| one.phases).map(phase).collect(),
        waiting: flow.reviews.as_ref().map(|one| waiting(flow, one)),
        release: flow.release.map(release),
        ledger: lines
            .map(|line| Line { what: line.what.name(), count: line.count, why: line.why.clone() })
            .collect(),
    }
}

fn took(took: took::Took) -> Took {
    let hours = |quantile: Option<Quantile>| quantile.map(|one| one.value);
    let interval = |quantile: Option<Quantile>| quantile.map(|one| [one.low, one.high]);
    Took {
        median_hours: hours(took.median),
        median_interval: interval(took.median),
        p90_hours: hours(took.p90),
        p90_interval: interval(took.p90),
        n: took.waits,
        open: took.open,
    }
}

/// The number alone where there is too little to say more.
fn heard(whole: took::Took, speaks: bool) -> Took {
    took(if speaks { whole } else { took::Took { median: None, p90: None, ..whole } })
}

fn priced(price: &Price) -> PriceRead {
    PriceRead {
        factor: price.factor,
        interval: [price.interval.0, price.interval.1],
        n: price.changes,
        n_of_more_teams: price.together,
    }
}

fn boundaries(flow: &Flow<'_>, speaks: bool) -> Vec<Boundary> {
    let lead: Vec<_> = if speaks { flow.boundaries.iter().collect() } else { Vec::new() };
    let meetings = flow.reviews.as_ref().map_or(&[][..], |one| &one.waiting.meetings);
    let waits: BTreeMap<(Party, Party), _> = meetings.iter().map(|one| (one.parties, one)).collect();
    let costs: BTreeMap<(Party, Party), _> = flow.costs.iter().map(|one| (one.parties, one)).collect();
    let mut parties: Vec<(Party, Party)> = lead.iter().map(|one| one.parties).collect();
    for one in meetings {
        if !lead.iter().any(|known| known.parties == one.parties) {
            parties.push(one.parties);
        }
    }
    let row = |pair: (Party, Party)| {
        let (cost, wait) = (costs.get(&pair), waits.get(&pair));
        Boundary {
            a: name(flow.lens, pair.0).to_owned(),
            b: name(flow.lens, pair.1).to_owned(),
            lead_time: lead.iter().find(|one| one.parties == pair).map(|one| took(one.took)),
            pickup: wait.map(|one| took(one.took)),
            waiting_now: wait.map(|one| one.now),
            recent_changes: cost.map(|cost| cost.changes),
            days_a_year: cost.map(|cost| cost.days),
        }
    };
    parties.into_iter().map(row).collect()
}

fn phase(one: &measures::review::phases::PhaseTook) -> Phase {
    Phase { phase: one.phase.name(), took: took(one.took) }
}

fn waiting(flow: &Flow<'_>, reviews: &Reviewed<'_>) -> Waiting {
    let queue = |one: &measures::review::waiting::Queue| Queue {
        from: name(flow.lens, one.from).to_owned(),
        on: name(flow.lens, one.on).to_owned(),
        pickup: took(one.took),
        waiting_now: one.now,
    };
    Waiting {
        requests: reviews.journeys.of,
        counted_requests: reviews.journeys.told.len() as u64,
        queues: reviews.waiting.queues.iter().map(queue).collect(),
    }
}

fn release(one: &measures::release::Release) -> Release {
    Release {
        any: took(one.any),
        last: took(one.last),
        tags: one.tags,
        tags_on_mainline: one.on_mainline,
        tags_on_branches: one.on_branches,
        pre_releases: one.early,
    }
}
