//! Locality: the share of changes that stay within one module. It needs no ownership, so it can always be told.

use facts::{Basis, ChangeId, Lens};

use crate::{
    Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description, over,
    stats::concentration,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "locality",
    question: "How much of the work stays within one module?",
    definition: "The share of changes that touch files of one module only. Changes that touch no module (files of directories that are gone) are left out.",
    reads: &["changes", "touches", "files", "modules"],
    unit: "share of changes, 0 to 1; interval 95 % (Wilson, at the effective sample size)",
    source: "the share of single-module changes, as used to judge decompositions by held-out history",
    limits: "Fewer and larger modules give a higher value whatever the design: compare only the same structure over time. The effective number of modules stands beside it.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let over = over::share(lens, |change| {
        let modules = lens.modules_of(change).len();
        (modules > 0).then_some(modules == 1)
    });
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: module_basis(lens),
        whole: over.whole,
        recent: over.recent,
        series: over.series,
        parts: parts(lens),
        quantities: vec![Quantity { name: "effective_modules", value: effective_modules(lens) }],
        notes: Vec::new(),
        ledger: Vec::new(),
    }
}

/// Of the changes that touch a module, those that stay in it; the busiest module first.
fn parts(lens: &Lens<'_>) -> Vec<Part> {
    let mut changes: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.modules.len()];
    for &change in &lens.counted {
        lens.modules_of(change).iter().for_each(|module| changes[module.index()].push(change));
    }
    let leaves = |change: &&ChangeId| lens.modules_of(**change).len() > 1;
    let mut parts: Vec<Part> = lens
        .structure
        .module_ids()
        .zip(&changes)
        .filter(|(_, changes)| !changes.is_empty())
        .map(|(module, changes)| Part {
            subject: Subject::Module(module),
            estimate: over::share_of(changes, |change| Some(lens.modules_of(change).len() == 1)),
            share: None,
            state: None,
            quantities: Vec::new(),
            evidence: Evidence {
                changes: changes.iter().rev().filter(leaves).take(10).copied().collect(),
                changes_in_all: changes.iter().filter(leaves).count() as u64,
                files: Vec::new(),
            },
        })
        .collect();
    parts.sort_by(|a, b| b.estimate.of.cmp(&a.estimate.of).then_with(|| a.subject.cmp(&b.subject)));
    parts
}

/// Modules are declared only where every one of them is.
fn module_basis(lens: &Lens<'_>) -> Basis {
    let modules = &lens.structure.modules;
    if modules.is_empty() {
        Basis::None
    } else if modules.iter().all(|module| module.source.basis == Basis::Declared) {
        Basis::Declared
    } else {
        Basis::Inferred
    }
}

/// exp of the entropy of changes over modules: how many equally busy modules it would take.
fn effective_modules(lens: &Lens<'_>) -> Option<f64> {
    let mut changes = vec![0u64; lens.structure.modules.len()];
    for &change in &lens.counted {
        lens.modules_of(change).iter().for_each(|module| changes[module.index()] += 1);
    }
    let changes: Vec<f64> = changes.into_iter().map(|count| count as f64).collect();
    concentration::effective(&changes)
}
