//! Coordination: how many further teams a change needs, and between which teams that cost lies.
//!
//! A change that needs |T| teams costs |T| − 1. The cost is split equally over its |T|·(|T| − 1)/2 pairs of teams,
//! 2/|T| each, so that the costs of all boundaries add up to the whole exactly.
//!
//! The value is undefined where fewer than two teams own anything, as that of [`independence`] is.

use std::collections::BTreeMap;

use facts::{ChangeId, FileId, Lens, TeamId};
use rustc_hash::FxHashMap;

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description,
    independence, mechanical, over, stats::concentration,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "coordination",
    question: "What does a change cost in other teams, and at which boundary?",
    definition: "The mean number of further teams a change needs: |T| − 1, 0 where it needs one or none. Each change's cost is split equally over its pairs of teams (2/|T| a pair), so the shares of the boundaries add up to 100 %.",
    reads: &["changes", "touches", "files", "teams", "ownership"],
    unit: "further teams per change; interval 95 % (batch means)",
    source: "no paper: a count, and a decomposition that is exact by construction",
    limits: "It counts teams, not time: a meeting and a rubber stamp cost the same. Bulk changes are left out, for one of them can cost more than a year of work.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let alone = independence::alone(lens);
    let defined = alone.is_none();
    let over = over::mean(lens, |change| defined.then(|| cost(lens, change)));
    let costs: Vec<f64> =
        if defined { lens.counted.iter().map(|&change| cost(lens, change)).collect() } else { Vec::new() };
    let parts = if defined { boundaries(lens) } else { Vec::new() };
    let pair_costs: Vec<f64> = parts.iter().map(|part| part.estimate.count).collect();
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Teams,
        basis: lens.ownership.basis,
        whole: over.whole,
        recent: over.recent.filter(|_| defined),
        series: if defined { over.series } else { Vec::new() },
        quantities: vec![
            Quantity { name: "gini_over_changes", value: concentration::gini(&costs) },
            Quantity { name: "boundaries", value: Some(parts.len() as f64) },
            Quantity {
                name: "boundaries_for_half",
                value: Some(concentration::parts_for_half(&pair_costs) as f64),
            },
        ],
        parts,
        notes: alone.map(str::to_owned).into_iter().collect(),
        ledger: Vec::new(),
    }
}

fn cost(lens: &Lens<'_>, change: ChangeId) -> f64 {
    lens.teams_of(change).len().saturating_sub(1) as f64
}

#[derive(Default)]
struct Boundary {
    cost: f64,
    changes: Vec<ChangeId>,
}

fn boundaries(lens: &Lens<'_>) -> Vec<Part> {
    let mut pairs: BTreeMap<(TeamId, TeamId), Boundary> = BTreeMap::new();
    for &change in &lens.counted {
        let teams = lens.teams_of(change);
        for (at, &a) in teams.iter().enumerate() {
            for &b in &teams[at + 1..] {
                let boundary = pairs.entry((a, b)).or_default();
                boundary.cost += 2.0 / teams.len() as f64;
                boundary.changes.push(change);
            }
        }
    }
    let whole: f64 = pairs.values().map(|boundary| boundary.cost).sum();
    let recent_from = lens.span.map_or(i64::MAX, |(_, until)| until - 365 * facts::time::DAY);
    let mut parts: Vec<Part> = pairs
        .into_iter()
        .map(|((a, b), boundary)| {
            let recent =
                boundary.changes.iter().filter(|&&change| lens.at(change).is_some_and(|at| at > recent_from));
            Part {
                subject: Subject::TeamPair(a, b),
                estimate: Estimate {
                    value: Some(boundary.cost / lens.counted.len().max(1) as f64),
                    interval: None,
                    count: boundary.cost,
                    of: lens.counted.len() as u64,
                },
                share: (whole > 0.0).then(|| boundary.cost / whole),
                state: None,
                quantities: vec![
                    Quantity { name: "changes", value: Some(boundary.changes.len() as f64) },
                    Quantity { name: "recent_changes", value: Some(recent.count() as f64) },
                ],
                evidence: Evidence {
                    changes: boundary.changes.iter().rev().take(10).copied().collect(),
                    changes_in_all: boundary.changes.len() as u64,
                    files: busiest_files(lens, &boundary.changes, a, b),
                },
            }
        })
        .collect();
    parts.sort_by(|x, y| {
        y.estimate.count.total_cmp(&x.estimate.count).then_with(|| x.subject.cmp(&y.subject))
    });
    parts
}

/// The files of either team most often touched in the changes that need both.
fn busiest_files(lens: &Lens<'_>, changes: &[ChangeId], a: TeamId, b: TeamId) -> Vec<FileId> {
    let mut touched: FxHashMap<FileId, u32> = FxHashMap::default();
    for &change in changes {
        for at in lens.facts.touches.of(change) {
            let file = lens.facts.touches.file[at];
            let owners = lens.ownership.owners(file);
            if owners.contains(&a) || owners.contains(&b) {
                *touched.entry(file).or_default() += 1;
            }
        }
    }
    // What tools write goes along with what people do, and is no place to talk about; where there is nothing else it is.
    let form = |file: FileId| mechanical::is_mechanical(lens.facts, file);
    let mut files: Vec<(bool, u32, FileId)> =
        touched.into_iter().map(|(file, count)| (form(file), count, file)).collect();
    files.sort_unstable_by(|x, y| x.0.cmp(&y.0).then(y.1.cmp(&x.1)).then(x.2.cmp(&y.2)));
    if files.first().is_some_and(|(form, ..)| !form) {
        files.retain(|(form, ..)| !form);
    }
    files.into_iter().take(5).map(|(.., file)| file).collect()
}
