//! Concentration: how the changes of a module spread over people. No names, and never a ranking of people.

use facts::{Basis, ChangeId, Lens, ModuleId, PersonId, PersonKind};
use rustc_hash::FxHashMap;

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description, over,
    stats::interval,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "concentration",
    question: "Is a module's work carried by one person or scattered over many?",
    definition: "Per module: the share of its changes by its main contributor, contributors below 5 % (minor), contributors in all, and the fractal value 1 − Σ share². A change with several authors is split between them. The value is the main contributor's share, averaged over modules by their changes; its interval is a jackknife over 20 contiguous stretches of history.",
    reads: &["changes", "touches", "participations", "people", "modules"],
    unit: "share of changes, 0 to 1",
    source: "Bird, Nagappan, Murphy, Gall, Devanbu 2011 (FSE); fractal value: D'Ambros, Lanza, Gall 2005",
    limits: "Busy modules have more contributors by size alone: read it beside the number of changes. Squash merges credit whoever pressed the button unless co-authors are named.",
};

/// Contributors below this share are minor (Bird et al. 2011).
const MINOR: f64 = 0.05;

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let authors = authors_of_changes(lens);
    let mut parts: Vec<Part> = of_modules(lens, &lens.counted, &authors).iter().map(part).collect();
    parts.sort_by(|a, b| b.estimate.of.cmp(&a.estimate.of).then_with(|| a.subject.cmp(&b.subject)));
    let recent = lens.recent();
    let whole = |changes: &[ChangeId]| weighted_mean(&of_modules(lens, changes, &authors));
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: Basis::Inferred,
        whole: whole(&lens.counted),
        recent: (!recent.is_empty()).then(|| whole(&recent)),
        series: over::series(lens, whole),
        parts,
        quantities: Vec::new(),
        notes: Vec::new(),
        ledger: Vec::new(),
    }
}

/// The humans who wrote each change.
pub(crate) fn authors_of_changes(lens: &Lens<'_>) -> Vec<Vec<PersonId>> {
    let mut authors: Vec<Vec<PersonId>> = vec![Vec::new(); lens.facts.changes.len()];
    for part in lens.facts.participations.iter().filter(|part| part.role.wrote()) {
        let known = &mut authors[part.change.index()];
        if lens.facts.people.kind[part.person.index()] == PersonKind::Human && !known.contains(&part.person) {
            known.push(part.person);
        }
    }
    authors
}

/// Work on one module.
struct Spread {
    module: ModuleId,
    changes: u64,
    /// Each contributor's share, largest first.
    shares: Vec<f64>,
    /// The main contributor's part and the changes without each stretch of history in turn, for the interval.
    without: Vec<(f64, u64)>,
}

impl Spread {
    fn estimate(&self) -> Estimate {
        let count = self.shares[0] * self.changes as f64;
        let left_out: Vec<f64> = self
            .without
            .iter()
            .filter(|(_, changes)| *changes > 0)
            .map(|(main, changes)| main / *changes as f64)
            .collect();
        Estimate {
            value: Some(self.shares[0]),
            interval: jackknife_share(self.shares[0], &left_out),
            count,
            of: self.changes,
        }
    }
}

fn jackknife_share(value: f64, left_out: &[f64]) -> Option<(f64, f64)> {
    interval::jackknife(value, left_out).map(|(low, high)| (low.max(0.0), high.min(1.0)))
}

fn of_modules(lens: &Lens<'_>, changes: &[ChangeId], authors: &[Vec<PersonId>]) -> Vec<Spread> {
    let stretches = interval::BATCHES.min(changes.len());
    let modules = lens.structure.modules.len();
    let mut counts = vec![[0u64; interval::BATCHES]; modules];
    let mut weights: Vec<FxHashMap<PersonId, [f64; interval::BATCHES]>> = vec![FxHashMap::default(); modules];
    for (at, &change) in changes.iter().enumerate() {
        let authors = &authors[change.index()];
        if authors.is_empty() {
            continue;
        }
        let stretch = at * stretches / changes.len();
        for &module in lens.modules_of(change) {
            counts[module.index()][stretch] += 1;
            for &author in authors {
                weights[module.index()].entry(author).or_default()[stretch] += 1.0 / authors.len() as f64;
            }
        }
    }
    lens.structure
        .module_ids()
        .filter_map(|module| {
            let counts = &counts[module.index()];
            let changes: u64 = counts.iter().sum();
            let of_authors: Vec<([f64; interval::BATCHES], f64)> = weights[module.index()]
                .values()
                .map(|stretches| (*stretches, stretches.iter().sum::<f64>()))
                .collect();
            let mut shares: Vec<f64> = of_authors.iter().map(|(_, sum)| sum / changes as f64).collect();
            shares.sort_by(|a, b| b.total_cmp(a));
            let without = (0..stretches)
                .map(|out| {
                    let most = of_authors.iter().map(|(own, sum)| sum - own[out]).fold(0.0, f64::max);
                    (most, changes - counts[out])
                })
                .collect();
            (changes > 0).then_some(Spread { module, changes, shares, without })
        })
        .collect()
}

fn weighted_mean(modules: &[Spread]) -> Estimate {
    let of: u64 = modules.iter().map(|spread| spread.changes).sum();
    let count: f64 = modules.iter().map(|spread| spread.shares[0] * spread.changes as f64).sum();
    let value = (of > 0).then(|| count / of as f64);
    let stretches = modules.first().map_or(0, |spread| spread.without.len());
    let left_out: Vec<f64> = (0..stretches)
        .filter_map(|out| {
            let of: u64 = modules.iter().map(|spread| spread.without[out].1).sum();
            let count: f64 = modules.iter().map(|spread| spread.without[out].0).sum();
            (of > 0).then(|| count / of as f64)
        })
        .collect();
    Estimate { value, interval: value.and_then(|value| jackknife_share(value, &left_out)), count, of }
}

fn part(spread: &Spread) -> Part {
    let minor = spread.shares.iter().filter(|share| **share < MINOR).count();
    let fractal = 1.0 - spread.shares.iter().map(|share| share * share).sum::<f64>();
    Part {
        subject: Subject::Module(spread.module),
        estimate: spread.estimate(),
        share: None,
        state: None,
        quantities: vec![
            Quantity { name: "contributors", value: Some(spread.shares.len() as f64) },
            Quantity { name: "minor_contributors", value: Some(minor as f64) },
            Quantity { name: "fractal_value", value: Some(fractal) },
        ],
        evidence: Evidence { changes_in_all: spread.changes, ..Evidence::default() },
    }
}
