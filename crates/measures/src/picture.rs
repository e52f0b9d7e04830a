//! Everything measured about one repository, in one place: what verdicts and faces read.

use facts::{Basis, ChangeId, FileId, Lens, ModuleId, Omission};

use crate::{
    Estimate, Measurement, Method, approvals, concentration, coordination, coupling, independence, knowledge,
    locality, ownership_clarity,
};

/// What a coupling is, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CouplingKind {
    /// Change together, and one depends on the other: needs dependencies.
    Leaky,
    /// Change together, and neither depends on the other: needs dependencies.
    Hidden,
    /// Together through lock files, generated code, snapshots or version bumps.
    Mechanical,
    /// Dependencies are not known.
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
    /// The file pairs that carry it, most shared first; at most ten.
    pub file_pairs: Vec<FilePair>,
    /// The latest changes that touch both, newest first; at most ten.
    pub changes: Vec<ChangeId>,
}

impl Coupling {
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
    /// Share of multi-module changes that touch a coupled pair; the pairs are in [`couplings`](Self::couplings).
    pub coupling: Measurement,
    /// Every significant and recurring pair, the largest excess first.
    pub couplings: Vec<Coupling>,
    /// Share of recent change in modules whose ownership is agreed. Parts: modules with their state.
    pub ownership_clarity: Measurement,
    /// Truck factor of the system as a range, and of each module. Parts: modules.
    pub knowledge: Measurement,
    /// Share of files' changes made by their main contributor, per module (Bird et al.). Parts: modules.
    pub concentration: Measurement,
    /// What measuring left out, beyond what each measurement carries itself.
    pub ledger: Vec<Omission>,
}

impl Picture {
    /// Every measurement, in the order in which they are shown.
    pub fn measurements(&self) -> [&Measurement; 8] {
        [
            &self.independence,
            &self.locality,
            &self.coordination,
            &self.approvals,
            &self.coupling,
            &self.ownership_clarity,
            &self.knowledge,
            &self.concentration,
        ]
    }
}

/// Measures everything through a lens; `beside` is a lens over the other ownership layer, where there is one, and
/// `knowledge_lens` the one knowledge is measured through when its method wants facts of another unit.
pub fn measure(
    lens: &Lens<'_>,
    beside: Option<&Lens<'_>>,
    knowledge_lens: &Lens<'_>,
    method: Method,
) -> Picture {
    let declared =
        [Some(lens), beside].into_iter().flatten().find(|one| one.ownership.basis == Basis::Declared);
    let today = declared.filter(|one| one.ownership.sets_of_touch.is_some()).and(beside);
    let (coupling, couplings) = coupling::compute(lens);
    Picture {
        independence: independence::compute(lens),
        independence_beside: beside.map(independence::compute),
        locality: locality::compute(lens),
        coordination: coordination::compute(lens),
        approvals: approvals::compute(declared, today),
        coupling,
        couplings,
        ownership_clarity: ownership_clarity::compute(lens),
        knowledge: knowledge::compute(knowledge_lens, method),
        concentration: concentration::compute(lens),
        ledger: Vec::new(),
    }
}
