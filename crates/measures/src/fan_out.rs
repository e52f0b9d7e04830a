//! Fan-out: how many other modules a module depends on, and how many depend on it.

use facts::{Basis, Lens, ModuleId, dependencies::FileGraph};

use rustc_hash::FxHashSet;

use crate::{
    Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue,
    description::Description,
    design::{self, Between},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "fan_out",
    question: "On how many other modules does a module depend?",
    definition: "A module depends on another when a file of it that is no test names a file of the other. The value is the mean number of modules a module with code depends on; parts are modules with the modules they depend on (fan-out, efferent), those that depend on them (fan-in, afferent), and instability, fan-out over both: 0 for what everybody stands on, 1 for what nobody uses.",
    reads: &["dependencies", "files", "modules"],
    unit: "modules",
    source: "Martin 1994 (afferent, efferent, instability)",
    limits: "A count of modules, whatever they are: finer modules have more to depend on, so compare one structure over time. No study found that instability predicts trouble; fan-in and fan-out are printed for what they are.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let Some(files) = design::now(lens) else {
        return design::nothing(MEASURE.name, UnitOfValue::Modules);
    };
    let between = design::between_modules(lens, &files);
    let pairs: FxHashSet<(ModuleId, ModuleId)> = between.iter().map(|(a, b, ..)| (*a, *b)).collect();
    let mutual = pairs.iter().filter(|(a, b)| a < b && pairs.contains(&(*b, *a))).count();
    let outside = lens.facts.dependencies.as_ref().map_or(0, |all| external_packages(&all.edges));
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Modules,
        basis: Basis::Inferred,
        whole: mean(lens, &files),
        recent: None,
        series: design::before(lens)
            .map(|(period, files)| Point { period, estimate: mean(lens, files), partial: false })
            .collect(),
        parts: parts(lens, &files, &between),
        quantities: vec![
            Quantity { name: "module_dependencies", value: Some(between.len() as f64) },
            Quantity { name: "mutual_pairs", value: Some(mutual as f64) },
            Quantity { name: "external_packages", value: Some(outside as f64) },
        ],
        notes: Vec::new(),
        ledger: Vec::new(),
    }
}

/// How many packages outside of the tree are named.
fn external_packages(edges: &[facts::dependencies::Dependency]) -> usize {
    let mut names: Vec<&str> = edges
        .iter()
        .filter_map(|edge| match &edge.to {
            facts::dependencies::Target::External(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// Dependencies between modules, a module that has code.
fn mean(lens: &Lens<'_>, files: &FileGraph) -> Estimate {
    let between = design::between_modules(lens, files).len();
    let mut modules: Vec<ModuleId> =
        files.files.iter().filter_map(|&file| lens.structure.module(file)).collect();
    modules.sort_unstable();
    modules.dedup();
    Estimate {
        value: (!modules.is_empty()).then(|| between as f64 / modules.len() as f64),
        interval: None,
        count: between as f64,
        of: modules.len() as u64,
    }
}

/// Every module with code; the one with the most neighbours first.
fn parts(lens: &Lens<'_>, files: &FileGraph, between: &[Between]) -> Vec<Part> {
    let own = design::files_of_modules(lens, files);
    let (mut uses, mut used_by) = (vec![0u64; own.len()], vec![0u64; own.len()]);
    for (user, used, ..) in between {
        uses[user.index()] += 1;
        used_by[used.index()] += 1;
    }
    let mut parts: Vec<Part> = lens
        .structure
        .module_ids()
        .filter(|module| own[module.index()] > 0)
        .map(|module| {
            let (fan_out, fan_in) = (uses[module.index()], used_by[module.index()]);
            let both = fan_in + fan_out;
            Part {
                subject: Subject::Module(module),
                estimate: Estimate {
                    value: Some(fan_out as f64),
                    interval: None,
                    count: fan_out as f64,
                    of: own[module.index()],
                },
                share: None,
                state: None,
                quantities: vec![
                    Quantity { name: "fan_in", value: Some(fan_in as f64) },
                    Quantity { name: "fan_out", value: Some(fan_out as f64) },
                    Quantity { name: "instability", value: (both > 0).then(|| fan_out as f64 / both as f64) },
                    Quantity { name: "files", value: Some(own[module.index()] as f64) },
                ],
                evidence: Evidence::default(),
            }
        })
        .collect();
    let neighbours = |part: &Part| part.quantities.iter().take(2).filter_map(|one| one.value).sum::<f64>();
    parts.sort_by(|a, b| neighbours(b).total_cmp(&neighbours(a)).then_with(|| a.subject.cmp(&b.subject)));
    parts
}
