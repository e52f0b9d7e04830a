//! Propagation cost: how much of the design a change in one file can reach through what files name.

use facts::{Basis, Lens, dependencies::FileGraph};

use crate::{
    Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue,
    description::Description,
    design,
    stats::graph::{self, Reach, components, reach},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "propagation_cost",
    question: "How much of the code can a change in one file reach?",
    definition: "Files that are neither tests nor written by tools, and which of them names which. The value is the density of the transitive closure, the diagonal included: of all ordered pairs of files, the share in which the first depends on the second, directly or through others. Parts say for each module how large a share of all files depends on a file of it, on average. Beside it stands what the same files would give if the ends of their names were wired at random, each file keeping how often it names and is named: a size-free reference.",
    reads: &["dependencies", "files", "modules"],
    unit: "share of ordered file pairs, 0 to 1",
    source: "MacCormack, Rusnak, Baldwin 2006 (propagation cost); Baldwin, MacCormack, Rusnak 2014 (core); Maslov and Sneppen 2002 (random wiring)",
    limits: "It falls as a system grows, by construction: compare a system with itself and with its random wiring, never with another. One name resolved wrongly can join two cycles. Packages whose files use each other without a name (Go) count only where a symbol tells which file is meant. What is called through frameworks, messages or reflection is not seen.",
};

/// Decides the random wiring.
const SEED: u64 = 0x5eed_0001;
/// Small graphs are wired more than once: until so many ends were dealt, or [`MOST_WIRINGS`] times.
const DEALT_EDGES: usize = 20_000;
const MOST_WIRINGS: usize = 8;

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let Some(files) = design::now(lens) else { return design::nothing(MEASURE.name, UnitOfValue::Share) };
    let graph = design::graph(&files);
    let settled = components(&graph);
    let reached = reach(&graph, &settled);
    let mut sizes: Vec<usize> = settled.members.iter().map(Vec::len).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let core = sizes.first().copied().filter(|size| *size > 1).unwrap_or(0);
    let second = sizes.get(1).copied().filter(|size| *size > 1).unwrap_or(0);
    let quantity = |name, value: f64| Quantity { name, value: Some(value) };
    let random = random_density(&graph);
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: Basis::Inferred,
        whole: estimate(&reached),
        recent: None,
        series: series(lens),
        parts: parts(lens, &files, &reached),
        quantities: vec![
            quantity("files", graph.nodes() as f64),
            quantity("dependencies", graph.edges() as f64),
            quantity("core_files", core as f64),
            quantity("core_share", core as f64 / graph.nodes() as f64),
            quantity("second_core_files", second as f64),
            Quantity { name: "wired_at_random", value: random },
        ],
        notes: Vec::new(),
        ledger: Vec::new(),
    }
}

/// Pairs that are connected, of all there are.
fn estimate(reached: &Reach) -> Estimate {
    let nodes = reached.forward.len() as u64;
    Estimate {
        value: reached.density(),
        interval: None,
        count: reached.forward.iter().sum(),
        of: nodes * nodes,
    }
}

fn random_density(graph: &graph::Graph) -> Option<f64> {
    let wirings = (DEALT_EDGES / graph.edges().max(1)).clamp(1, MOST_WIRINGS) as u64;
    let densities: Option<Vec<f64>> = (0..wirings)
        .map(|number| {
            let wired = graph::rewired(graph, SEED + number * 2);
            reach(&wired, &components(&wired)).density()
        })
        .collect();
    densities.map(|all| all.iter().sum::<f64>() / all.len() as f64)
}

fn series(lens: &Lens<'_>) -> Vec<Point> {
    design::before(lens)
        .map(|(period, files)| {
            let graph = design::graph(files);
            Point { period, estimate: estimate(&reach(&graph, &components(&graph))), partial: false }
        })
        .collect()
}

/// For each module, the share of all files that depend on one of its files, on average; the largest first.
fn parts(lens: &Lens<'_>, files: &FileGraph, reached: &Reach) -> Vec<Part> {
    let all = files.files.len() as f64;
    let mut sums = vec![(0.0, 0.0, 0u64); lens.structure.modules.len()];
    for (at, &file) in files.files.iter().enumerate() {
        if let Some(module) = lens.structure.module(file) {
            let (backward, forward, count) = &mut sums[module.index()];
            *backward += reached.backward[at] / all;
            *forward += reached.forward[at] / all;
            *count += 1;
        }
    }
    let mut parts: Vec<Part> = lens
        .structure
        .module_ids()
        .zip(sums)
        .filter(|(_, (_, _, count))| *count > 0)
        .map(|(module, (backward, forward, count))| Part {
            subject: Subject::Module(module),
            estimate: Estimate {
                value: Some(backward / count as f64),
                interval: None,
                count: backward,
                of: count,
            },
            share: None,
            state: None,
            quantities: vec![Quantity { name: "reaches_share", value: Some(forward / count as f64) }],
            evidence: Evidence::default(),
        })
        .collect();
    parts.sort_by(|a, b| {
        b.estimate
            .value
            .unwrap_or(0.0)
            .total_cmp(&a.estimate.value.unwrap_or(0.0))
            .then_with(|| a.subject.cmp(&b.subject))
    });
    parts
}
