//! Coupling: modules that change together more often than chance explains.
//!
//! Changes are cut into windows of equal count. In each window chance is fitted anew
//! ([`stats::chance`](crate::stats::chance)): each change keeps how many modules it touches, each module how often it
//! changes. Observed and expected meetings add up over the windows; the tail is a Poisson-binomial
//! ([`stats::tail`](crate::stats::tail)), the false discovery rate over all pairs is held at one per cent, and a pair
//! must have met more often than expected in three windows or more, so that one busy month is no coupling.

use std::collections::BTreeMap;

use facts::{Basis, ChangeId, FileId, Lens, ModuleId, Omission, Omitted};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    Coupling, CouplingKind, Estimate, Evidence, FilePair, Measurement, Names, Part, Quantity, Subject,
    UnitOfValue,
    description::Description,
    mechanical, over,
    stats::{chance::Chance, discovery, interval, tail},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "coupling",
    question: "Which modules change together although nothing says they must?",
    definition: "For every pair of modules, the changes that touch both against the number expected by chance, where chance keeps each change's number of modules and each module's number of changes, window by window. A pair is coupled when as many meetings have a false discovery rate below 1 % and it met more often than expected in at least three windows. Files that move for reasons of form (lock files, generated code, snapshots, version bumps, release notes) are taken out of the changes first; a pair that is coupled only with them is mechanical. The value is the share of changes over several modules that touch a coupled pair.",
    reads: &["changes", "touches", "files", "modules"],
    unit: "share of multi-module changes, 0 to 1; per pair: shared, a, b, n, expected, excess, lift, q",
    source: "bipartite configuration model (Saracco et al. 2017) with row sums held exactly (Chen, Dempster, Liu 1994); Benjamini and Hochberg 1995; Garwood 1936 for the lift's interval",
    limits: "It says that two modules change together, not why; `boundaries` tells a leaky interface from a hidden constraint. Work split over several changes is not seen. Small systems have too few changes for any pair to be certain.",
};

/// Below this many counted changes nothing can be told.
const FEWEST_CHANGES: usize = 60;
/// Aimed at in each window.
const WINDOW_CHANGES: usize = 100;
/// The false discovery rate over all pairs.
const DISCOVERY_RATE: f64 = 0.01;
/// Windows in which a pair must have met more often than expected.
const RECURRENCE: u32 = 3;
/// Fewer meetings than this are an anecdote.
const FEWEST_SHARED: u64 = 3;
/// Evidence kept a pair.
const EVIDENCE: usize = 10;

/// Computes the measurement and every coupled pair, the largest excess first.
pub fn compute(lens: &Lens<'_>) -> (Measurement, Vec<Coupling>) {
    let windows = window_count(lens.counted.len());
    let tested = tested_pairs(lens);
    let mut notes = Vec::new();
    let couplings = if windows == 0 {
        notes.push(format!(
            "{} changes are too few to tell coupling from chance; {FEWEST_CHANGES} are needed",
            lens.counted.len()
        ));
        Vec::new()
    } else {
        find_all(lens, windows, tested)
    };
    let measurement = summary(lens, &couplings, windows, tested, notes);
    (measurement, couplings)
}

/// Four to twelve windows of about a hundred changes; none for a history too short.
fn window_count(changes: usize) -> usize {
    if changes < FEWEST_CHANGES { 0 } else { (changes / WINDOW_CHANGES).clamp(4, 12) }
}

/// Pairs of modules that changed at all: each is a test.
fn tested_pairs(lens: &Lens<'_>) -> usize {
    let mut active = vec![false; lens.structure.modules.len()];
    for &change in &lens.counted {
        lens.modules_of(change).iter().for_each(|module| active[module.index()] = true);
    }
    let active = active.iter().filter(|active| **active).count();
    active * active.saturating_sub(1) / 2
}

/// One pair while windows are gone through.
#[derive(Default)]
struct Tally {
    shared: u64,
    expected: f64,
    windows: u32,
    trials: Vec<tail::Group>,
}

/// The modules of each change, by its row.
type Rows = Vec<Vec<ModuleId>>;

/// Pairs that couple through what people write, and those that do only with what moves for reasons of form.
///
/// A release that touches every package must neither make a pair nor hide one: what is mechanical is taken out of the
/// changes, not out of the pairs.
fn find_all(lens: &Lens<'_>, windows: usize, tested: usize) -> Vec<Coupling> {
    let whole: Rows = lens.facts.changes.ids().map(|change| lens.modules_of(change).to_vec()).collect();
    let telling = telling_rows(lens);
    let mut couplings = find(lens, &telling, windows, tested);
    if telling != whole {
        let known: FxHashSet<(ModuleId, ModuleId)> = couplings.iter().map(|one| (one.a, one.b)).collect();
        let more =
            find(lens, &whole, windows, tested).into_iter().filter(|one| !known.contains(&(one.a, one.b)));
        couplings.extend(more.map(|one| Coupling { kind: CouplingKind::Mechanical, ..one }));
        couplings.sort_by(|x, y| y.excess.total_cmp(&x.excess).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
    }
    couplings
}

/// The modules each change touches through files that do not move for reasons of form.
fn telling_rows(lens: &Lens<'_>) -> Rows {
    let by_form: Vec<bool> =
        lens.facts.files.ids().map(|file| mechanical::is_mechanical(lens.facts, file)).collect();
    let row = |change: ChangeId| {
        let files = lens.facts.touches.of(change).map(|at| lens.facts.touches.file[at]);
        let telling = files.filter(|file| !by_form[file.index()]);
        let mut modules: Vec<ModuleId> = telling.filter_map(|file| lens.structure.module(file)).collect();
        modules.sort_unstable();
        modules.dedup();
        modules
    };
    lens.facts.changes.ids().map(row).collect()
}

fn find(lens: &Lens<'_>, rows: &Rows, windows: usize, tested: usize) -> Vec<Coupling> {
    let mut tallies: BTreeMap<(ModuleId, ModuleId), Tally> = BTreeMap::new();
    let mut totals = vec![0u64; lens.structure.modules.len()];
    let windows = lens.equal_windows(windows);
    for &change in &lens.counted {
        let modules = &rows[change.index()];
        modules.iter().for_each(|module| totals[module.index()] += 1);
        for (at, &a) in modules.iter().enumerate() {
            for &b in &modules[at + 1..] {
                tallies.entry((a, b)).or_default().shared += 1;
            }
        }
    }
    tallies.retain(|_, tally| tally.shared >= FEWEST_SHARED);
    for window in &windows {
        add_window(lens, rows, window, &mut tallies);
    }
    let pairs: Vec<((ModuleId, ModuleId), Tally)> =
        tallies.into_iter().filter(|(_, tally)| tally.shared as f64 > tally.expected).collect();
    let p: Vec<f64> = pairs.iter().map(|(_, tally)| tail::upper(&tally.trials, tally.shared)).collect();
    let q = discovery::q_values(&p, tested);
    let n = lens.counted.len() as u64;
    let mut couplings: Vec<Coupling> = pairs
        .into_iter()
        .zip(p.into_iter().zip(q))
        .filter(|((_, tally), (_, q))| *q < DISCOVERY_RATE && tally.windows >= RECURRENCE)
        .map(|(((a, b), tally), (p, q))| {
            let (low, high) = interval::poisson(tally.shared);
            Coupling {
                a,
                b,
                shared: tally.shared,
                a_changes: totals[a.index()],
                b_changes: totals[b.index()],
                n,
                expected: tally.expected,
                excess: tally.shared as f64 - tally.expected,
                lift: Estimate {
                    value: Some(tally.shared as f64 / tally.expected),
                    interval: Some((low / tally.expected, high / tally.expected)),
                    count: tally.shared as f64,
                    of: n,
                },
                p,
                q,
                windows: tally.windows,
                windows_of: windows.len() as u32,
                recent_shared: 0,
                kind: CouplingKind::Unknown,
                a_names_b: Names::default(),
                b_names_a: Names::default(),
                explained: 0,
                causes: Vec::new(),
                file_pairs: Vec::new(),
                changes: Vec::new(),
            }
        })
        .collect();
    add_evidence(lens, rows, &mut couplings);
    couplings.sort_by(|x, y| y.excess.total_cmp(&x.excess).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
    couplings
}

/// Fits chance in one window and adds what it expects of every pair.
fn add_window(
    lens: &Lens<'_>,
    rows: &Rows,
    window: &[ChangeId],
    tallies: &mut BTreeMap<(ModuleId, ModuleId), Tally>,
) {
    let mut columns = vec![0u64; lens.structure.modules.len()];
    // How many changes touch none, one, two … modules.
    let mut sizes: Vec<u64> = Vec::new();
    let mut shared: FxHashMap<(ModuleId, ModuleId), u64> = FxHashMap::default();
    for &change in window {
        let modules = &rows[change.index()];
        if sizes.len() <= modules.len() {
            sizes.resize(modules.len() + 1, 0);
        }
        sizes[modules.len()] += 1;
        for (at, &a) in modules.iter().enumerate() {
            columns[a.index()] += 1;
            for &b in &modules[at + 1..] {
                *shared.entry((a, b)).or_default() += 1;
            }
        }
    }
    // Modules that did not change in this window are no columns of its table.
    let active: Vec<usize> = (0..columns.len()).filter(|&at| columns[at] > 0).collect();
    let mut column_of = vec![usize::MAX; columns.len()];
    active.iter().enumerate().for_each(|(column, &module)| column_of[module] = column);
    let totals: Vec<u64> = active.iter().map(|&module| columns[module]).collect();
    let chance = Chance::fit(&totals, &sizes);
    for (&(a, b), tally) in tallies.iter_mut() {
        let (a_column, b_column) = (column_of[a.index()], column_of[b.index()]);
        if a_column == usize::MAX || b_column == usize::MAX {
            continue;
        }
        let mut expected = 0.0;
        for (trials, chance) in chance.pair(a_column, b_column) {
            expected += trials as f64 * chance;
            tally.trials.push(tail::Group { trials, chance });
        }
        let met = shared.get(&(a, b)).copied().unwrap_or(0);
        tally.expected += expected;
        tally.windows += u32::from(met > 0 && met as f64 > expected);
    }
}

/// Fills in what stands behind each pair: changes and file pairs.
fn add_evidence(lens: &Lens<'_>, rows: &Rows, couplings: &mut [Coupling]) {
    let at_of: FxHashMap<(ModuleId, ModuleId), usize> =
        couplings.iter().enumerate().map(|(at, coupling)| ((coupling.a, coupling.b), at)).collect();
    let mut changes: Vec<Vec<ChangeId>> = vec![Vec::new(); couplings.len()];
    for &change in &lens.counted {
        let modules = &rows[change.index()];
        for (at, &a) in modules.iter().enumerate() {
            for &b in &modules[at + 1..] {
                if let Some(&coupling) = at_of.get(&(a, b)) {
                    changes[coupling].push(change);
                }
            }
        }
    }
    let recent_from = lens.span.map_or(i64::MAX, |(_, until)| until - 365 * facts::time::DAY);
    for (coupling, changes) in couplings.iter_mut().zip(changes) {
        let recent = changes.iter().filter(|&&change| lens.at(change).is_some_and(|at| at > recent_from));
        coupling.recent_shared = recent.count() as u64;
        coupling.file_pairs = file_pairs(lens, &changes, coupling.a, coupling.b);
        coupling.changes = changes.iter().rev().take(EVIDENCE).copied().collect();
    }
}

fn file_pairs(lens: &Lens<'_>, changes: &[ChangeId], a: ModuleId, b: ModuleId) -> Vec<FilePair> {
    let mut counts: FxHashMap<(FileId, FileId), u32> = FxHashMap::default();
    let (mut in_a, mut in_b): (Vec<FileId>, Vec<FileId>) = (Vec::new(), Vec::new());
    let by_form = |pair: &FilePair| {
        mechanical::is_mechanical(lens.facts, pair.a) || mechanical::is_mechanical(lens.facts, pair.b)
    };
    for &change in changes {
        in_a.clear();
        in_b.clear();
        for at in lens.facts.touches.of(change) {
            let file = lens.facts.touches.file[at];
            match lens.structure.module(file) {
                Some(module) if module == a => in_a.push(file),
                Some(module) if module == b => in_b.push(file),
                _ => {}
            }
        }
        for &file in &in_a {
            in_b.iter().for_each(|&other| *counts.entry((file, other)).or_default() += 1);
        }
    }
    let mut pairs: Vec<FilePair> =
        counts.into_iter().map(|((a, b), shared)| FilePair { a, b, shared }).collect();
    pairs.sort_unstable_by(|x, y| y.shared.cmp(&x.shared).then((x.a, x.b).cmp(&(y.a, y.b))));
    // What moves for reasons of form says nothing, unless there is nothing else.
    let telling: Vec<FilePair> = pairs.iter().filter(|pair| !by_form(pair)).take(EVIDENCE).copied().collect();
    if !telling.is_empty() {
        return telling;
    }
    pairs.truncate(EVIDENCE);
    pairs
}

fn summary(
    lens: &Lens<'_>,
    couplings: &[Coupling],
    windows: usize,
    tested: usize,
    notes: Vec<String>,
) -> Measurement {
    let coupled: FxHashSet<(ModuleId, ModuleId)> = couplings
        .iter()
        .filter(|coupling| coupling.kind != CouplingKind::Mechanical)
        .map(|coupling| (coupling.a, coupling.b))
        .collect();
    let over = over::share(lens, |change| {
        (windows > 0).then(|| over::touches_pair(lens, change, &coupled)).flatten()
    });
    let parts = couplings.iter().map(part).collect();
    let without_module =
        lens.counted.iter().filter(|&&change| lens.modules_of(change).is_empty()).count() as u64;
    let ledger = (without_module > 0)
        .then(|| {
            Omission::new(
                Omitted::ChangesWithoutModule,
                without_module,
                "changes touch no module of today's structure and cannot couple any",
            )
        })
        .into_iter()
        .collect();
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: if lens.structure.modules.is_empty() { Basis::None } else { Basis::Inferred },
        whole: over.whole,
        recent: over.recent.filter(|_| windows > 0),
        series: if windows > 0 { over.series } else { Vec::new() },
        parts,
        quantities: vec![
            Quantity { name: "pairs_tested", value: Some(tested as f64) },
            Quantity { name: "pairs_coupled", value: Some(couplings.len() as f64) },
            Quantity { name: "pairs_mechanical", value: Some((couplings.len() - coupled.len()) as f64) },
            Quantity { name: "windows", value: Some(windows as f64) },
            Quantity { name: "false_discovery_rate", value: Some(DISCOVERY_RATE) },
        ],
        notes,
        ledger,
    }
}

fn part(coupling: &Coupling) -> Part {
    Part {
        subject: Subject::ModulePair(coupling.a, coupling.b),
        estimate: coupling.lift,
        share: None,
        state: Some(coupling.kind.name()),
        quantities: vec![
            Quantity { name: "shared", value: Some(coupling.shared as f64) },
            Quantity { name: "expected", value: Some(coupling.expected) },
            Quantity { name: "excess", value: Some(coupling.excess) },
            Quantity { name: "q", value: Some(coupling.q) },
        ],
        evidence: Evidence {
            changes: coupling.changes.clone(),
            changes_in_all: coupling.shared,
            files: coupling.file_pairs.iter().flat_map(|pair| [pair.a, pair.b]).take(6).collect(),
        },
    }
}
