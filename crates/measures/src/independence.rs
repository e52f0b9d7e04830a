//! Independence: the share of changes that need at most one team.
//!
//! T(c) is the smallest set of teams that owns every owned file of change c ([`facts::Lens::teams_of`]).
//! A change is independent when |T(c)| ≤ 1. A change that touches no owned file needs nobody and is independent;
//! how many there are is told beside the value.
//!
//! The value is undefined where fewer than two teams own anything: everything would be independent of nothing.

use facts::{Basis, ChangeId, Lens, ModuleId, TeamId};

use crate::{Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description, over};

/// See the module.
pub const MEASURE: Description = Description {
    name: "independence",
    question: "How much of the work can a team do without another?",
    definition: "The share of changes that need at most one team. A change needs the smallest set of teams that owns every owned file it touches; owners written on one line are alternatives. Per team: of the changes that need it, those that need only it. Per module: of the changes that touch it, those that need at most one team.",
    reads: &["changes", "touches", "files", "modules", "teams", "ownership"],
    unit: "share of changes, 0 to 1; interval 95 % (Wilson, at the effective sample size)",
    source: "the share of commits that touch one owner's code alone, as projects count it by hand; here over smallest sets of owners",
    limits: "It is as good as the ownership it rests on: one owner for everything gives 100 % and means nothing. Small changes count as much as large ones. Squashed work hides who did it, not what it touched.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let mut notes = Vec::new();
    let owning = owning_teams(lens);
    let alone = alone(lens);
    let defined = alone.is_none();
    let over = over::share(lens, |change| defined.then(|| lens.teams_of(change).len() <= 1));
    let unowned = lens.counted.iter().filter(|&&change| lens.teams_of(change).is_empty()).count();
    if let Some(why) = alone {
        notes.push(why.to_owned());
    } else if unowned * 20 > lens.counted.len() {
        notes.push(format!(
            "{unowned} of {} changes touch no owned file and count as independent",
            lens.counted.len()
        ));
    }
    if lens.inexact_covers() > 0 {
        notes.push(format!(
            "{} changes have more than twelve possible owners; the teams they need are an upper bound",
            lens.inexact_covers()
        ));
    }
    let parts =
        if defined { team_parts(lens).into_iter().chain(module_parts(lens)).collect() } else { Vec::new() };
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: lens.ownership.basis,
        whole: over.whole,
        recent: over.recent.filter(|_| defined),
        series: if defined { over.series } else { Vec::new() },
        parts,
        quantities: vec![
            Quantity { name: "unowned_changes", value: Some(unowned as f64) },
            Quantity { name: "owning_teams", value: Some(owning as f64) },
            Quantity { name: "greedy_covers", value: Some(lens.inexact_covers() as f64) },
        ],
        notes,
        ledger: Vec::new(),
    }
}

/// Why nobody can need another: fewer than two teams own what changes. `None` where two do.
pub fn alone(lens: &Lens<'_>) -> Option<&'static str> {
    match (lens.ownership.basis, owning_teams(lens)) {
        (Basis::None, _) => Some("no owners are declared, and no two groups of people show"),
        (_, 0) => Some("nobody owns any file that changes"),
        (Basis::Inferred, 1) => Some("one group of people leads every module that changes"),
        (Basis::Declared, 1) => Some("one owner stands for all that changes"),
        _ => None,
    }
}

/// How many teams are needed by any counted change.
fn owning_teams(lens: &Lens<'_>) -> usize {
    let mut needed = vec![false; lens.structure.teams.len()];
    for &change in &lens.counted {
        lens.teams_of(change).iter().for_each(|team| needed[team.index()] = true);
    }
    needed.iter().filter(|needed| **needed).count()
}

fn team_parts(lens: &Lens<'_>) -> Vec<Part> {
    let mut changes: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.teams.len()];
    for &change in &lens.counted {
        lens.teams_of(change).iter().for_each(|team| changes[team.index()].push(change));
    }
    parts(lens, changes, |at| Subject::Team(TeamId::from_index(at)))
}

fn module_parts(lens: &Lens<'_>) -> Vec<Part> {
    let mut changes: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.modules.len()];
    for &change in &lens.counted {
        lens.modules_of(change).iter().for_each(|module| changes[module.index()].push(change));
    }
    parts(lens, changes, |at| Subject::Module(ModuleId::from_index(at)))
}

fn parts(lens: &Lens<'_>, changes: Vec<Vec<ChangeId>>, subject: impl Fn(usize) -> Subject) -> Vec<Part> {
    let mut parts: Vec<Part> = changes
        .into_iter()
        .enumerate()
        .filter(|(_, changes)| !changes.is_empty())
        .map(|(at, changes)| {
            let needs_others = |change: &&ChangeId| lens.teams_of(**change).len() > 1;
            Part {
                subject: subject(at),
                estimate: over::share_of(&changes, |change| Some(lens.teams_of(change).len() <= 1)),
                share: None,
                state: None,
                quantities: vec![Quantity { name: "changes", value: Some(changes.len() as f64) }],
                evidence: Evidence {
                    changes: changes.iter().rev().filter(needs_others).take(10).copied().collect(),
                    changes_in_all: changes.iter().filter(needs_others).count() as u64,
                    files: Vec::new(),
                },
            }
        })
        .collect();
    parts.sort_by(|a, b| b.estimate.of.cmp(&a.estimate.of).then_with(|| a.subject.cmp(&b.subject)));
    parts
}
