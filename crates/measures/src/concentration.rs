//! Concentration: how the changes of a module spread over people. No names, and never a ranking of people.

use facts::{Basis, ChangeId, Lens, ModuleId, PersonId, PersonKind};
use rustc_hash::FxHashMap;

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description, over,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "concentration",
    question: "Is a module's work carried by one person or scattered over many?",
    definition: "Per module: the share of its changes by its main contributor, contributors below 5 % (minor), contributors in all, and the fractal value 1 − Σ share². A change with several authors is split between them. The value is the main contributor's share, averaged over modules by their changes.",
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
    let mut parts: Vec<Part> = of_modules(lens, &lens.counted, &authors)
        .into_iter()
        .map(|(module, spread)| part(module, &spread))
        .collect();
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

struct Spread {
    changes: u64,
    /// Each contributor's share, largest first.
    shares: Vec<f64>,
}

fn of_modules(lens: &Lens<'_>, changes: &[ChangeId], authors: &[Vec<PersonId>]) -> Vec<(ModuleId, Spread)> {
    let mut weights: Vec<FxHashMap<PersonId, f64>> = vec![FxHashMap::default(); lens.structure.modules.len()];
    let mut counts = vec![0u64; weights.len()];
    for &change in changes {
        let authors = &authors[change.index()];
        if authors.is_empty() {
            continue;
        }
        for &module in lens.modules_of(change) {
            counts[module.index()] += 1;
            for &author in authors {
                *weights[module.index()].entry(author).or_default() += 1.0 / authors.len() as f64;
            }
        }
    }
    lens.structure
        .module_ids()
        .filter(|module| counts[module.index()] > 0)
        .map(|module| {
            let changes = counts[module.index()];
            let mut shares: Vec<f64> =
                weights[module.index()].values().map(|weight| weight / changes as f64).collect();
            shares.sort_by(|a, b| b.total_cmp(a));
            (module, Spread { changes, shares })
        })
        .collect()
}

fn weighted_mean(modules: &[(ModuleId, Spread)]) -> Estimate {
    let of: u64 = modules.iter().map(|(_, spread)| spread.changes).sum();
    let count: f64 = modules.iter().map(|(_, spread)| spread.shares[0] * spread.changes as f64).sum();
    Estimate { value: (of > 0).then(|| count / of as f64), interval: None, count, of }
}

fn part(module: ModuleId, spread: &Spread) -> Part {
    let minor = spread.shares.iter().filter(|share| **share < MINOR).count();
    let fractal = 1.0 - spread.shares.iter().map(|share| share * share).sum::<f64>();
    Part {
        subject: Subject::Module(module),
        estimate: Estimate {
            value: Some(spread.shares[0]),
            interval: None,
            count: spread.shares[0] * spread.changes as f64,
            of: spread.changes,
        },
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
