//! The price of coordination: how much one more team multiplies lead time, and waiting for a first review, at equal
//! size, kind and quarter.
//!
//! ln(hours) is regressed on the further teams a change needs, ln(files), the kind its message names, whether an agent
//! or a bot had a hand in it, and the quarter in which it reached the mainline. Huber's estimator gives single changes
//! that lay for a year no say of their own; errors may have any variance (HC3). The price is the exponential of the
//! first coefficient. Changes of the last five years count: what a team costs is asked of today.

use std::collections::BTreeMap;

use facts::{ChangeId, Lens, MessageKind, PersonKind, time};

use crate::{
    Description,
    lead_time::LeadTimes,
    party::Party,
    review::{Journey, Journeys, Phase},
    stats::regression::{self, Errors},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "price",
    question: "What does one more team cost a change?",
    definition: "What lead time is multiplied by for each further team a change needs, at equal number of files, kind of message, hand of a bot or agent, and quarter: the exponential of the coefficient of further teams in a regression of ln(hours), by Huber's estimator with errors of any variance (HC3), over the changes of the last five years. Told only where its 95 % interval leaves out 1. In days: what the changes of the last year took longer than with one team each by that factor, borne by each pair of a change's teams in equal parts. With review events the same of waiting for a first review.",
    reads: &["changes", "events", "teams", "ownership"],
    unit: "factor; days",
    source: "Huber 1964; MacKinnon and White 1985",
    limits: "A comparison, not an experiment: what else goes with many teams (risk, importance) is in it. A factor below 1 says that shared changes go faster here, and costs nothing. Days are of lead time, not of work.",
};

/// What a team costs today is not what it cost when the system was young.
const YEARS: i64 = 5;
/// Fewer changes on either side tell no price.
const FEWEST_ALONE: usize = 30;
const FEWEST_TOGETHER: usize = 20;

/// What one more team costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// What lead time is multiplied by for each further team, at equal size, kind and quarter.
    pub factor: f64,
    /// Its 95 % interval, low to high.
    pub interval: (f64, f64),
    /// Changes it rests on.
    pub changes: u64,
    /// Those of them that need more than one team.
    pub together: u64,
}

/// What a boundary costs in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The parties, lower first.
    pub parties: (Party, Party),
    /// Changes of the last year that need both.
    pub changes: u64,
    /// Days of lead time they would not have taken with one team, by the price.
    pub days: f64,
}

/// What one more team multiplies lead time by, or in one sentence why that cannot be told.
pub fn price(lens: &Lens<'_>, times: &LeadTimes) -> Result<Price, String> {
    if !times.speak() {
        let (told, of) = (facts::counts::grouped(times.told.len() as u64), facts::counts::grouped(times.of));
        return Err(format!("too few changes tell how long they took ({told} of {of})"));
    }
    compare(lens, &times.told)
}

/// The same of waiting for a first review: what one more team multiplies that by.
pub fn of_pickup(lens: &Lens<'_>, journeys: &Journeys) -> Result<Price, String> {
    let hours = |journey: &Journey| {
        let wait = journey.wait(Phase::Pickup).filter(|wait| wait.ended)?;
        // Who answered within a minute answered at once.
        Some((journey.change?, wait.length.max(1.0 / 60.0)))
    };
    let mut told: Vec<(ChangeId, f64)> = journeys.told.iter().filter_map(hours).collect();
    told.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)));
    told.dedup_by_key(|(change, _)| *change);
    compare(lens, &told)
}

/// How much longer changes of more teams took than others like them.
fn compare(lens: &Lens<'_>, told: &[(ChangeId, f64)]) -> Result<Price, String> {
    let since = lens.span.map_or(i64::MIN, |(_, until)| until - YEARS * 365 * time::DAY);
    let counts =
        |change: ChangeId| !lens.teams_of(change).is_empty() && lens.at(change).is_some_and(|at| at > since);
    let told: Vec<(ChangeId, f64)> = told.iter().copied().filter(|(change, _)| counts(*change)).collect();
    let together = told.iter().filter(|(change, _)| lens.teams_of(*change).len() > 1).count();
    if together < FEWEST_TOGETHER || told.len() - together < FEWEST_ALONE {
        return Err(format!(
            "{together} changes of more than one team, and {} of one, are too few to compare",
            told.len() - together
        ));
    }
    let hours: Vec<f64> = told.iter().map(|(_, hours)| hours.ln()).collect();
    let fit = regression::huber(&design(lens, &told), &hours, Errors::Hc3)
        .and_then(|fit| fit.coefficients.get(1).copied().flatten())
        .ok_or("how long changes took does not vary enough to compare")?;
    if fit.low <= 0.0 && fit.high >= 0.0 {
        return Err(format!(
            "no difference beyond chance (× {:.2}, 95 % {:.2} to {:.2}, {} changes)",
            fit.value.exp(),
            fit.low.exp(),
            fit.high.exp(),
            facts::counts::grouped(told.len() as u64)
        ));
    }
    Ok(Price {
        factor: fit.value.exp(),
        interval: (fit.low.exp(), fit.high.exp()),
        changes: told.len() as u64,
        together: together as u64,
    })
}

/// What each boundary cost in the last year; the dearest first.
///
/// A change of k teams took (factor^(k − 1) − 1) / factor^(k − 1) of its time longer than with one; where it does not
/// tell its time, the median of those of one team stands for what it would have taken. Each pair of its teams bears
/// an equal part.
pub fn costs(lens: &Lens<'_>, times: &LeadTimes, price: &Price) -> Vec<Cost> {
    costs_under(lens, lens, times, price)
}

/// What each boundary of another structure, laid over the same changes, would have cost in the last year.
///
/// How long a change would have taken with one team is still told by the teams it did need, those of `lens`.
pub fn costs_under(lens: &Lens<'_>, other: &Lens<'_>, times: &LeadTimes, price: &Price) -> Vec<Cost> {
    // What makes changes faster costs nothing.
    if price.factor <= 1.0 {
        return Vec::new();
    }
    let told: BTreeMap<ChangeId, f64> = times.told.iter().copied().collect();
    let alone = times.took(|change| lens.teams_of(change).len() == 1);
    let usual = alone.median.map_or(0.0, |median| median.value);
    let dearer = |teams: usize| price.factor.powi(teams.saturating_sub(1) as i32);
    let mut out: BTreeMap<(Party, Party), (u64, f64)> = BTreeMap::new();
    for change in lens.recent() {
        let teams = other.teams_of(change);
        if teams.len() < 2 {
            continue;
        }
        let by_one = told.get(&change).map_or(usual, |hours| hours / dearer(lens.teams_of(change).len()));
        let days = by_one * (dearer(teams.len()) - 1.0) / 24.0;
        let pairs = Party::pairs(other, teams);
        let each = days / pairs.len() as f64;
        for pair in pairs {
            let entry: &mut (u64, f64) = out.entry(pair).or_default();
            entry.0 += 1;
            entry.1 += each;
        }
    }
    let mut out: Vec<Cost> =
        out.into_iter().map(|(parties, (changes, days))| Cost { parties, changes, days }).collect();
    out.sort_by(|x, y| y.days.total_cmp(&x.days).then_with(|| x.parties.cmp(&y.parties)));
    out
}

/// Days of lead time one further team cost a change of the last year, by the price; `None` where no change needed one.
pub fn days_per_further_team(lens: &Lens<'_>, times: &LeadTimes, price: &Price) -> Option<f64> {
    let days: f64 = costs(lens, times, price).iter().map(|cost| cost.days).sum();
    let recent = lens.recent();
    let further: usize = recent.iter().map(|&change| lens.teams_of(change).len().saturating_sub(1)).sum();
    (further > 0 && days > 0.0).then(|| days / further as f64)
}

/// Columns: ones, further teams, ln files, kinds but the first, machines, quarters but the first.
fn design(lens: &Lens<'_>, told: &[(ChangeId, f64)]) -> Vec<Vec<f64>> {
    let changes = &lens.facts.changes;
    let column = |of: &dyn Fn(ChangeId) -> f64| told.iter().map(|(change, _)| of(*change)).collect();
    let mut machine = vec![false; changes.len()];
    for part in lens.facts.participations.iter().filter(|part| part.role.wrote()) {
        let kind = lens.facts.people.kind[part.person.index()];
        machine[part.change.index()] |= matches!(kind, PersonKind::Bot | PersonKind::Agent);
    }
    let quarter = |change: ChangeId| {
        let (year, month, _) = time::civil(changes.merged_at[change.index()]);
        i64::from(year) * 4 + i64::from((month - 1) / 3)
    };
    let mut columns: Vec<Vec<f64>> = vec![
        column(&|_| 1.0),
        column(&|change| lens.teams_of(change).len() as f64 - 1.0),
        column(&|change| f64::from(changes.files[change.index()].max(1)).ln()),
        column(&|change| f64::from(u8::from(machine[change.index()]))),
    ];
    let kinds: std::collections::BTreeSet<&str> =
        told.iter().map(|(change, _)| changes.message_kind[change.index()].name()).collect();
    for kind in kinds.into_iter().filter(|kind| *kind != MessageKind::Other.name()) {
        columns
            .push(column(&|change| f64::from(u8::from(changes.message_kind[change.index()].name() == kind))));
    }
    let quarters: std::collections::BTreeSet<i64> = told.iter().map(|(change, _)| quarter(*change)).collect();
    for wanted in quarters.into_iter().skip(1) {
        columns.push(column(&|change| f64::from(u8::from(quarter(change) == wanted))));
    }
    columns
}
