//! Who waits for whom: pickup by the party that asks and the party that must answer.
//!
//! A request waits for each team its files need that its author is not in; where that is none, for the author's own.
//! The wait ends with the first review by anybody else: git and forges seldom say for which team somebody spoke. So a
//! request that needs three teams stands in three rows, and rows do not add up to requests.

use std::collections::BTreeMap;

use facts::{Lens, Omission, Omitted, TeamId};

use crate::{
    party::{Members, Party},
    stats::survival::Wait,
    took::Took,
};

use super::journey::{Journeys, Phase};

/// One line of those who wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    /// Who asks.
    pub from: Party,
    /// Who must answer; the same where it is the author's own team.
    pub on: Party,
    /// Pickup, in hours.
    pub took: Took,
    /// Requests that wait there now.
    pub now: u64,
}

/// Pickup where a request needs two teams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meeting {
    /// The parties, lower first.
    pub parties: (Party, Party),
    /// Pickup, in hours.
    pub took: Took,
    /// Requests that wait there now.
    pub now: u64,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// By who asks and who must answer: those who wait for others first, then those for themselves; the most waits first.
    pub queues: Vec<Queue>,
    /// By two teams that are both needed; the most waits first.
    pub meetings: Vec<Meeting>,
    /// What was left out.
    pub ledger: Vec<Omission>,
}

/// Waits of one pair, and how many of them go on now.
type Row = (Vec<Wait>, u64);

/// Sorts every request's pickup by those it concerns.
pub fn waiting(lens: &Lens<'_>, journeys: &Journeys) -> Waiting {
    let Some(reviews) = &lens.facts.reviews else { return Waiting::default() };
    let members = Members::new(lens);
    let mut queues: BTreeMap<(Party, Party), Row> = BTreeMap::new();
    let mut meetings: BTreeMap<(Party, Party), Row> = BTreeMap::new();
    let (mut unowned, mut partly) = (0, 0);
    for journey in &journeys.told {
        let Some(wait) = journey.wait(Phase::Pickup) else { continue };
        let request = &reviews.requests[journey.request];
        let needed: Vec<TeamId> = match journey.change {
            Some(change) => lens.teams_of(change).to_vec(),
            None => lens.teams_over(&request.files),
        };
        partly += u64::from(journey.change.is_none() && !request.files_complete);
        if needed.is_empty() {
            unowned += 1;
            continue;
        }
        let now = u64::from(journey.open && !wait.ended);
        let person = request.author.and_then(|at| reviews.actors.get(at as usize)?.person);
        let from = members.party(lens, person, request.opened_at);
        let mut on: Vec<Party> = needed
            .iter()
            .filter(|team| !members.holds(person, **team, request.opened_at))
            .map(|&team| Party::of(lens, team))
            .collect();
        if on.is_empty() {
            on.push(from);
        }
        on.sort_unstable();
        on.dedup();
        on.into_iter().for_each(|on| add(&mut queues, (from, on), wait, now));
        Party::pairs(lens, &needed).into_iter().for_each(|pair| add(&mut meetings, pair, wait, now));
    }
    let lines = [
        (
            Omitted::UnownedPaths,
            unowned,
            "requests touch nothing that anybody owns: whom they wait for is not known",
        ),
        (Omitted::Other, partly, "requests have files that are not known here: they may need more teams"),
    ];
    let line = |(what, count, why): (Omitted, u64, &str)| Omission::new(what, count, why);
    let mut queues = sorted(queues, |(from, on), took, now| Queue { from, on, took, now });
    queues.sort_by_key(|one| one.from == one.on);
    Waiting {
        queues,
        meetings: sorted(meetings, |parties, took, now| Meeting { parties, took, now }),
        ledger: lines.into_iter().filter(|(_, count, _)| *count > 0).map(line).collect(),
    }
}

fn add(rows: &mut BTreeMap<(Party, Party), Row>, pair: (Party, Party), wait: Wait, now: u64) {
    let row = rows.entry(pair).or_default();
    row.0.push(wait);
    row.1 += now;
}

fn sorted<T>(rows: BTreeMap<(Party, Party), Row>, made: impl Fn((Party, Party), Took, u64) -> T) -> Vec<T> {
    let mut rows: Vec<((Party, Party), Row)> = rows.into_iter().collect();
    rows.sort_by(|(a, x), (b, y)| y.0.len().cmp(&x.0.len()).then_with(|| a.cmp(b)));
    rows.into_iter().map(|(pair, (waits, now))| made(pair, Took::of(&waits), now)).collect()
}
