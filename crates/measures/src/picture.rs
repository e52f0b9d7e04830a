//! Everything measured about one repository, in one place: what verdicts and faces read.

use facts::{Basis, ChangeId, FileId, Lens, ModuleId, Omission, time::Seconds};

use crate::{
    Boundary, Cause, CauseKind, Cycle, Estimate, Measurement, Method, Names, approvals, boundaries,
    concentration, coordination, coupling, cycles,
    drift::{self, Series},
    fan_out, handoffs, independence, interface, knowledge,
    lead_time::LeadTimes,
    locality, ownership_clarity,
    price::{self, Cost, Price},
    process_load, propagation, rework,
};

/// What a coupling is, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CouplingKind {
    /// Change together, and one depends on the other.
    Leaky,
    /// Change together, and neither depends on the other.
    Hidden,
    /// Together through lock files, generated code, snapshots or version bumps.
    Mechanical,
    /// Whether one depends on the other cannot be told.
    Unknown,
}

impl CouplingKind {
    /// The name in JSON `couplings[].kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leaky => "leaky",
            Self::Hidden => "hidden",
            Self::Mechanical => "mechanical",
            Self::Unknown => "unknown",
        }
    }
}

/// Two files that carry a coupling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePair {
    /// The file in module `a`.
    pub a: FileId,
    /// The file in module `b`.
    pub b: FileId,
    /// Changes that touch both.
    pub shared: u32,
}

/// Two modules that change together more than chance explains.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupling {
    /// The first module; `a < b`.
    pub a: ModuleId,
    /// The second module.
    pub b: ModuleId,
    /// Changes that touch both.
    pub shared: u64,
    /// Changes that touch `a`.
    pub a_changes: u64,
    /// Changes that touch `b`.
    pub b_changes: u64,
    /// Changes in all.
    pub n: u64,
    /// Shared changes expected by chance.
    pub expected: f64,
    /// `shared - expected`.
    pub excess: f64,
    /// `shared / expected`, with its 95 % interval.
    pub lift: Estimate,
    /// Probability of as many shared changes or more by chance.
    pub p: f64,
    /// The same, with the false discovery rate over all tested pairs controlled (Benjamini–Hochberg).
    pub q: f64,
    /// In how many windows of equal change count they met more often than expected.
    pub windows: u32,
    /// Of how many.
    pub windows_of: u32,
    /// Shared changes in the last 365 days.
    pub recent_shared: u64,
    /// What it is.
    pub kind: CouplingKind,
    /// How often files of `a` name files of `b`; nothing where dependencies were not read.
    pub a_names_b: Names,
    /// How often files of `b` name files of `a`.
    pub b_names_a: Names,
    /// Shared changes that touch two files of which one names the other.
    pub explained: u64,
    /// What is likely behind a hidden constraint, the likeliest first.
    pub causes: Vec<Cause>,
    /// The file pairs that carry it, most shared first; at most ten.
    pub file_pairs: Vec<FilePair>,
    /// The latest changes that touch both, newest first; at most ten.
    pub changes: Vec<ChangeId>,
}

impl Coupling {
    /// Whether it is most likely documentation that moves with what it describes.
    pub fn is_documentation(&self) -> bool {
        self.causes.first().is_some_and(|cause| cause.kind == CauseKind::Documentation)
    }

    /// Sørensen–Dice, 2·shared / (a + b), in 0..=1.
    pub fn dice(&self) -> f64 {
        2.0 * self.shared as f64 / (self.a_changes + self.b_changes).max(1) as f64
    }

    /// Jaccard, shared / (a + b − shared), in 0..=1.
    pub fn jaccard(&self) -> f64 {
        self.shared as f64 / (self.a_changes + self.b_changes - self.shared).max(1) as f64
    }

    /// P(b changes | a changes), in 0..=1.
    pub fn b_given_a(&self) -> f64 {
        self.shared as f64 / self.a_changes.max(1) as f64
    }

    /// P(a changes | b changes), in 0..=1.
    pub fn a_given_b(&self) -> f64 {
        self.shared as f64 / self.b_changes.max(1) as f64
    }
}

/// Everything measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Share of changes that need at most one team. Parts: teams, then modules.
    pub independence: Measurement,
    /// The same through the other ownership layer, when there are two: so that a declared figure that cannot
    /// tell stands beside the inferred one, and the other way round.
    pub independence_beside: Option<Measurement>,
    /// Share of changes that stay within one module; needs no ownership. Parts: modules.
    pub locality: Measurement,
    /// Mean further teams a change needs. Parts: team pairs, which add up to the whole exactly.
    pub coordination: Measurement,
    /// Mean approvals a change needs by what is declared. Parts: teams.
    pub approvals: Measurement,
    /// Share of files touched again that went to another team. Parts: team pairs, which add up to the whole exactly.
    pub handoffs: Measurement,
    /// Share of touches whose file is touched again within 14 days. Parts: modules.
    pub rework: Measurement,
    /// Rules and pipeline files written for changes to pass. Parts: the sorts.
    pub process_load: Measurement,
    /// Share of multi-module changes that touch a coupled pair; the pairs are in [`couplings`](Self::couplings).
    pub coupling: Measurement,
    /// Every significant and recurring pair, the largest excess first.
    pub couplings: Vec<Coupling>,
    /// Share of multi-module changes that touch a hidden constraint. Parts: the kinds of boundary.
    pub boundaries: Measurement,
    /// Every two modules with a dependency or a coupling.
    pub boundary_list: Vec<Boundary>,
    /// Mean number of modules a module depends on. Parts: modules.
    pub fan_out: Measurement,
    /// Share of files other modules name. Parts: modules.
    pub interface_breadth: Measurement,
    /// Density of the closure of what files name. Parts: modules.
    pub propagation_cost: Measurement,
    /// Share of files in cycles. Parts: modules.
    pub cycles: Measurement,
    /// Every cycle, those over more modules first.
    pub cycle_list: Vec<Cycle>,
    /// Share of recent change in modules whose ownership is agreed. Parts: modules with their state.
    pub ownership_clarity: Measurement,
    /// Truck factor of the system as a range, and of each module. Parts: modules.
    pub knowledge: Measurement,
    /// Share of files' changes made by their main contributor, per module (Bird et al.). Parts: modules.
    pub concentration: Measurement,
    /// The series of the system: what moves, since when.
    pub drift: Vec<Series>,
    /// The same of the last five years, and since when that is; `None` where history is no longer.
    pub lately: Option<(Seconds, Vec<Series>)>,
    /// What one more team multiplies lead time by, or in one sentence why there is no price to tell.
    pub price: Result<Price, String>,
    /// What each boundary cost in the last year by that price; the dearest first.
    pub costs: Vec<Cost>,
    /// What measuring left out, beyond what each measurement carries itself.
    pub ledger: Vec<Omission>,
}

impl Picture {
    /// Every measurement, in the order in which they are shown.
    pub fn measurements(&self) -> [&Measurement; 16] {
        [
            &self.independence,
            &self.locality,
            &self.coordination,
            &self.approvals,
            &self.handoffs,
            &self.rework,
            &self.process_load,
            &self.coupling,
            &self.boundaries,
            &self.fan_out,
            &self.interface_breadth,
            &self.propagation_cost,
            &self.cycles,
            &self.ownership_clarity,
            &self.knowledge,
            &self.concentration,
        ]
    }
}

/// What a measure must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// How knowledge is judged.
    pub method: Method,
    /// Up to how many names from file to file are a dependency, where couplings are told apart.
    pub via: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { method: Method::Decayed, via: 1 }
    }
}

/// Measures everything through a lens; `beside` is a lens over the other ownership layer, where there is one, and
/// `knowledge_lens` the one knowledge is measured through when its method wants facts of another unit.
pub fn measure(
    lens: &Lens<'_>,
    beside: Option<&Lens<'_>>,
    knowledge_lens: &Lens<'_>,
    parameters: Parameters,
) -> Picture {
    let declared =
        [Some(lens), beside].into_iter().flatten().find(|one| one.ownership.basis == Basis::Declared);
    let today = declared.filter(|one| one.ownership.sets_of_touch.is_some()).and(beside);
    let (coupling, mut couplings) = coupling::compute(lens);
    let (boundaries, boundary_list) = boundaries::compute(lens, &mut couplings, parameters.via);
    let (cycles, cycle_list) = cycles::compute(lens);
    let times = LeadTimes::new(lens);
    let price = price::price(lens, &times);
    Picture {
        independence: independence::compute(lens),
        independence_beside: beside.map(independence::compute),
        locality: locality::compute(lens),
        coordination: coordination::compute(lens),
        approvals: approvals::compute(declared, today),
        handoffs: handoffs::compute(lens),
        rework: rework::compute(lens),
        process_load: process_load::compute(lens),
        coupling,
        couplings,
        boundaries,
        boundary_list,
        fan_out: fan_out::compute(lens),
        interface_breadth: interface::compute(lens),
        propagation_cost: propagation::compute(lens),
        cycles,
        cycle_list,
        ownership_clarity: ownership_clarity::compute(lens),
        knowledge: knowledge::compute(knowledge_lens, parameters.method),
        concentration: concentration::compute(lens),
        drift: drift::of_system(lens, &times, None),
        lately: drift::lately(lens, &times),
        costs: price.as_ref().map_or_else(|_| Vec::new(), |price| price::costs(lens, &times, price)),
        price,
        ledger: Vec::new(),
    }
}
