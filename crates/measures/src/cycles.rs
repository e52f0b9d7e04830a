//! Cycles: files that cannot be understood, tested or moved one without the other.

use facts::{Basis, FileId, Lens, ModuleId, dependencies::FileGraph};

use crate::{
    Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue,
    description::Description,
    design,
    stats::graph::{Components, Graph, components, shortest_cycle},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "cycles",
    question: "How much of the code depends on itself in circles?",
    definition: "Files that are neither tests nor written by tools, and which of them names which. Files that reach each other are one cycle. The value is the share of files in a cycle; parts are modules with their share. Each cycle has a shortest way round as its witness, through the file with the most names within the cycle.",
    reads: &["dependencies", "files", "modules"],
    unit: "share of files, 0 to 1",
    source: "strongly connected components, Tarjan 1972",
    limits: "A cycle within one module may be meant: look at those over several modules first. Types that are gone when the program runs count as names, for a change passes through them all the same. In languages where a parent names its parts (Rust's `mod`) that is no dependency and makes no cycle.",
};

/// Files that reach each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Every file of it, sorted.
    pub files: Vec<FileId>,
    /// A shortest way round, each file naming the next and the last the first.
    pub witness: Vec<FileId>,
    /// The modules it runs through, sorted.
    pub modules: Vec<ModuleId>,
}

/// Computes the measurement and every cycle, those over more modules first, then the larger.
pub fn compute(lens: &Lens<'_>) -> (Measurement, Vec<Cycle>) {
    let Some(files) = design::now(lens) else {
        return (design::nothing(MEASURE.name, UnitOfValue::Share), Vec::new());
    };
    let graph = design::graph(&files);
    let settled = components(&graph);
    let mut cycles: Vec<Cycle> = settled
        .members
        .iter()
        .filter(|members| members.len() > 1)
        .map(|members| cycle(lens, &files, &graph, &settled, members))
        .collect();
    cycles.sort_by(|a, b| {
        let rank = |one: &Cycle| (one.modules.len(), one.files.len());
        rank(b).cmp(&rank(a)).then_with(|| a.files.cmp(&b.files))
    });
    let over_modules = cycles.iter().filter(|one| one.modules.len() > 1).count();
    let largest = cycles.iter().map(|one| one.files.len()).max().unwrap_or(0);
    let quantity = |name, value: usize| Quantity { name, value: Some(value as f64) };
    let measurement = Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: Basis::Inferred,
        whole: estimate(&settled, graph.nodes()),
        recent: None,
        series: series(lens),
        parts: parts(lens, &files, &settled),
        quantities: vec![
            quantity("cycles", cycles.len()),
            quantity("cycles_over_modules", over_modules),
            quantity("largest_files", largest),
        ],
        notes: Vec::new(),
        ledger: Vec::new(),
    };
    (measurement, cycles)
}

fn cycle(lens: &Lens<'_>, files: &FileGraph, graph: &Graph, settled: &Components, members: &[u32]) -> Cycle {
    let file = |at: u32| files.files[at as usize];
    let module = |at: u32| lens.structure.module(file(at));
    let within = |at: u32| {
        let own =
            graph.successors(at).iter().filter(|&&to| settled.of[to as usize] == settled.of[at as usize]);
        own.count()
    };
    let crosses = |at: &&u32| {
        let own = |&&to: &&u32| settled.of[to as usize] == settled.of[**at as usize];
        graph.successors(**at).iter().filter(own).any(|&to| module(to) != module(**at))
    };
    // A way round through another module says more than one at home.
    let start = members
        .iter()
        .filter(crosses)
        .max_by_key(|&&at| (within(at), std::cmp::Reverse(at)))
        .or_else(|| members.iter().max_by_key(|&&at| (within(at), std::cmp::Reverse(at))));
    let witness = start.map_or(Vec::new(), |&start| shortest_cycle(graph, settled, start));
    let mut modules: Vec<ModuleId> = members.iter().filter_map(|&at| module(at)).collect();
    modules.sort_unstable();
    modules.dedup();
    Cycle {
        files: members.iter().map(|&at| file(at)).collect(),
        witness: witness.into_iter().map(file).collect(),
        modules,
    }
}

fn estimate(settled: &Components, files: usize) -> Estimate {
    let in_cycles: usize = settled.members.iter().map(Vec::len).filter(|size| *size > 1).sum();
    Estimate {
        value: (files > 0).then(|| in_cycles as f64 / files as f64),
        interval: None,
        count: in_cycles as f64,
        of: files as u64,
    }
}

fn series(lens: &Lens<'_>) -> Vec<Point> {
    design::before(lens)
        .map(|(period, files)| {
            let settled = components(&design::graph(files));
            Point { period, estimate: estimate(&settled, files.files.len()), partial: false }
        })
        .collect()
}

/// For each module, how many of its files are in a cycle; the most first.
fn parts(lens: &Lens<'_>, files: &FileGraph, settled: &Components) -> Vec<Part> {
    let mut counts = vec![(0u64, 0u64); lens.structure.modules.len()];
    for (at, &file) in files.files.iter().enumerate() {
        if let Some(module) = lens.structure.module(file) {
            let (inside, all) = &mut counts[module.index()];
            *inside += u64::from(settled.members[settled.of[at] as usize].len() > 1);
            *all += 1;
        }
    }
    let mut parts: Vec<Part> = lens
        .structure
        .module_ids()
        .zip(counts)
        .filter(|(_, (inside, _))| *inside > 0)
        .map(|(module, (inside, all))| Part {
            subject: Subject::Module(module),
            estimate: Estimate {
                value: Some(inside as f64 / all as f64),
                interval: None,
                count: inside as f64,
                of: all,
            },
            share: None,
            state: None,
            quantities: Vec::new(),
            evidence: Evidence::default(),
        })
        .collect();
    parts.sort_by(|a, b| {
        b.estimate.count.total_cmp(&a.estimate.count).then_with(|| a.subject.cmp(&b.subject))
    });
    parts
}
