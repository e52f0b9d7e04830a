//! Boundaries: for every two modules, whether they change together and whether one names the other.
//!
//! ```text
//!                 change together      change apart
//! dependency      leaky interface      stable interface
//! none            hidden constraint    independent
//! ```
//!
//! Changing together is [`coupling`](crate::coupling), which must be beyond chance and recur. A dependency is a name in
//! a file of one that means a file of the other, in tests and types too; with `via` above one, so many steps through
//! other files count as well. Whether there is none can be told only where the code of both modules can be read.

use std::collections::BTreeMap;

use facts::{
    Basis, ChangeId, FileId, Lens, ModuleId,
    dependencies::{Dependencies, DependencyKind, Target},
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    Coupling, CouplingKind, Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue,
    description::Description, design, mechanical, over,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "boundaries",
    question: "Which modules constrain each other although no code says so?",
    definition: "Every two modules that changed are one of four: a leaky interface (one depends on the other, and they change together beyond chance), a stable interface (a dependency, and they change apart), a hidden constraint (they change together, and neither depends on the other), or independent. The value is the share of changes over several modules that touch a hidden constraint; parts are the kinds with how many pairs are of each. Pairs that meet through lock files, generated code or version bumps are mechanical and none of the four. Where the code of a module cannot be read, a pair without a dependency is unknown, never hidden.",
    reads: &["changes", "touches", "files", "modules", "dependencies"],
    unit: "share of multi-module changes, 0 to 1; interval 95 % (Wilson, at the effective sample size)",
    source: "the join of evolutionary coupling with static dependencies at one granularity: Wong, Cai, Kim, Dalton 2011 (modularity violations), with chance and multiple testing controlled",
    limits: "What is called through messages, frameworks, reflection or configuration is a dependency no import shows: such a pair is hidden from the code, and the finding says that, not that it is wrong. A pair that changes apart may simply have changed too little to tell.",
};

/// What two modules are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoundaryKind {
    /// A dependency, and they change together.
    Leaky,
    /// A dependency, and they change apart: what good looks like.
    Stable,
    /// No dependency, and they change together.
    Hidden,
    /// No dependency, and they change apart.
    Independent,
    /// They change together through what tools write or every release touches.
    Mechanical,
    /// They change together, and whether one depends on the other cannot be told.
    Unknown,
}

impl BoundaryKind {
    /// Every kind, as they are listed.
    pub const ALL: [Self; 6] =
        [Self::Hidden, Self::Leaky, Self::Stable, Self::Independent, Self::Mechanical, Self::Unknown];

    /// `leaky`, `stable`, `hidden`, `independent`, `mechanical` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leaky => "leaky",
            Self::Stable => "stable",
            Self::Hidden => "hidden",
            Self::Independent => "independent",
            Self::Mechanical => "mechanical",
            Self::Unknown => "unknown",
        }
    }
}

/// How often the files of one module name files of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Names in files that are no tests.
    pub code: u64,
    /// Names in tests.
    pub tests: u64,
}

impl Names {
    /// All of them.
    pub fn all(self) -> u64 {
        self.code + self.tests
    }
}

/// Two modules with a dependency or a coupling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// The first module; `a < b`.
    pub a: ModuleId,
    /// The second module.
    pub b: ModuleId,
    /// What they are to each other.
    pub kind: BoundaryKind,
    /// How often `a` names `b`.
    pub a_names_b: Names,
    /// How often `b` names `a`.
    pub b_names_a: Names,
}

/// Tells every coupling's kind, and computes the measurement and every boundary that is not independent.
///
/// Without dependencies couplings keep their kind and there are no boundaries.
pub fn compute(lens: &Lens<'_>, couplings: &mut [Coupling], via: u32) -> (Measurement, Vec<Boundary>) {
    let Some(dependencies) = &lens.facts.dependencies else {
        return (design::nothing(MEASURE.name, UnitOfValue::Share), Vec::new());
    };
    let names = names(lens, dependencies);
    let reader = Reader::new(lens, dependencies);
    for coupling in couplings.iter_mut() {
        let (a, b) = (coupling.a, coupling.b);
        let of = |from, to| names.get(&(from, to)).copied().unwrap_or_default();
        (coupling.a_names_b, coupling.b_names_a) = (of(a, b), of(b, a));
        if coupling.kind == CouplingKind::Mechanical {
            continue;
        }
        let depends = coupling.a_names_b.all() + coupling.b_names_a.all() > 0
            || (via > 1 && (reader.reaches(a, b, via) || reader.reaches(b, a, via)));
        coupling.kind = match (depends, reader.can_read(a) && reader.can_read(b)) {
            (true, _) => CouplingKind::Leaky,
            (false, true) => CouplingKind::Hidden,
            (false, false) => CouplingKind::Unknown,
        };
    }
    count_explained(lens, &reader, couplings);
    let boundaries = boundaries(&names, couplings);
    let measurement = if design::is_read(lens) {
        summary(lens, couplings, &boundaries)
    } else {
        design::nothing(MEASURE.name, UnitOfValue::Share)
    };
    (measurement, boundaries)
}

fn names(lens: &Lens<'_>, dependencies: &Dependencies) -> BTreeMap<(ModuleId, ModuleId), Names> {
    let mut out: BTreeMap<(ModuleId, ModuleId), Names> = BTreeMap::new();
    for edge in &dependencies.edges {
        let Target::File(to) = edge.to else { continue };
        let (Some(user), Some(used)) = (lens.structure.module(edge.from), lens.structure.module(to)) else {
            continue;
        };
        if user != used {
            let names = out.entry((user, used)).or_default();
            if edge.kind == DependencyKind::Test { names.tests += 1 } else { names.code += 1 }
        }
    }
    out
}

/// What the code of a module says, and whether it could be read.
struct Reader<'l> {
    lens: &'l Lens<'l>,
    /// Source files of each module, and how many of them were read.
    files: Vec<(u64, u64)>,
    /// Which files a file names.
    named: FxHashMap<FileId, Vec<FileId>>,
    /// Two files of which one names the other, the lower first.
    pairs: FxHashSet<(FileId, FileId)>,
}

impl<'l> Reader<'l> {
    fn new(lens: &'l Lens<'l>, dependencies: &Dependencies) -> Self {
        let facts = lens.facts;
        let mut files = vec![(0, 0); lens.structure.modules.len()];
        let read: FxHashSet<FileId> = dependencies.files.iter().map(|one| one.file).collect();
        for file in facts.files.ids().filter(|&file| facts.files.alive(file)) {
            if let (true, Some(module)) = (design::is_source(lens, file), lens.structure.module(file)) {
                let (all, known) = &mut files[module.index()];
                *all += 1;
                *known += u64::from(read.contains(&file));
            }
        }
        let mut named: FxHashMap<FileId, Vec<FileId>> = FxHashMap::default();
        let mut pairs = FxHashSet::default();
        for edge in &dependencies.edges {
            if let Target::File(to) = edge.to {
                named.entry(edge.from).or_default().push(to);
                pairs.insert((edge.from.min(to), edge.from.max(to)));
            }
        }
        Self { lens, files, named, pairs }
    }

    /// Whether at least half of a module's source files were read; a module without source has nothing to hide in.
    fn can_read(&self, module: ModuleId) -> bool {
        let (all, known) = self.files[module.index()];
        known * 2 >= all
    }

    /// Whether a file of one module leads to a file of another within so many names.
    fn reaches(&self, from: ModuleId, to: ModuleId, steps: u32) -> bool {
        let own = self.named.keys().copied().filter(|&file| self.lens.structure.module(file) == Some(from));
        let mut reached: FxHashSet<FileId> = own.collect();
        let mut edge: Vec<FileId> = reached.iter().copied().collect();
        for _ in 0..steps {
            let named = edge.iter().filter_map(|file| self.named.get(file)).flatten().copied();
            edge = named.collect::<Vec<_>>().into_iter().filter(|&file| reached.insert(file)).collect();
            if edge.iter().any(|&file| self.lens.structure.module(file) == Some(to)) {
                return true;
            }
        }
        false
    }
}

/// Counts the shared changes that touch two files of which one names the other: what the dependency itself explains.
fn count_explained(lens: &Lens<'_>, reader: &Reader<'_>, couplings: &mut [Coupling]) {
    let at_of: FxHashMap<(ModuleId, ModuleId), usize> =
        couplings.iter().enumerate().map(|(at, one)| ((one.a, one.b), at)).collect();
    let mut files: Vec<(ModuleId, FileId)> = Vec::new();
    let mut met: Vec<usize> = Vec::new();
    for &change in lens.counted.iter().filter(|&&change| lens.modules_of(change).len() > 1) {
        files.clear();
        met.clear();
        let touched = lens.facts.touches.of(change).map(|at| lens.facts.touches.file[at]);
        // As they were counted together: through what people write.
        let telling = touched.filter(|&file| !mechanical::is_mechanical(lens.facts, file));
        files.extend(telling.filter_map(|file| Some((lens.structure.module(file)?, file))));
        files.sort_unstable();
        for (at, &(a, one)) in files.iter().enumerate() {
            for &(b, other) in files[at + 1..].iter().filter(|(module, _)| *module != a) {
                if let Some(&coupling) = at_of.get(&(a, b))
                    && reader.pairs.contains(&(one.min(other), one.max(other)))
                {
                    met.push(coupling);
                }
            }
        }
        met.sort_unstable();
        met.dedup();
        met.iter().for_each(|&coupling| couplings[coupling].explained += 1);
    }
}

fn boundaries(names: &BTreeMap<(ModuleId, ModuleId), Names>, couplings: &[Coupling]) -> Vec<Boundary> {
    let mut pairs: BTreeMap<(ModuleId, ModuleId), BoundaryKind> =
        names.keys().map(|&(from, to)| ((from.min(to), from.max(to)), BoundaryKind::Stable)).collect();
    for one in couplings {
        let kind = match one.kind {
            CouplingKind::Leaky => BoundaryKind::Leaky,
            CouplingKind::Hidden => BoundaryKind::Hidden,
            CouplingKind::Mechanical => BoundaryKind::Mechanical,
            CouplingKind::Unknown => BoundaryKind::Unknown,
        };
        pairs.insert((one.a, one.b), kind);
    }
    let of = |from, to| names.get(&(from, to)).copied().unwrap_or_default();
    pairs
        .into_iter()
        .map(|((a, b), kind)| Boundary { a, b, kind, a_names_b: of(a, b), b_names_a: of(b, a) })
        .collect()
}

fn summary(lens: &Lens<'_>, couplings: &[Coupling], boundaries: &[Boundary]) -> Measurement {
    let hidden: FxHashSet<(ModuleId, ModuleId)> =
        couplings.iter().filter(|one| one.kind == CouplingKind::Hidden).map(|one| (one.a, one.b)).collect();
    let touches_hidden = |change: ChangeId| over::touches_pair(lens, change, &hidden);
    let over = over::share(lens, touches_hidden);
    let mut active: FxHashSet<ModuleId> = FxHashSet::default();
    lens.counted.iter().for_each(|&change| active.extend(lens.modules_of(change)));
    active.extend(boundaries.iter().flat_map(|one| [one.a, one.b]));
    let pairs = (active.len() * active.len().saturating_sub(1) / 2) as u64;
    let count = |kind: BoundaryKind| match kind {
        BoundaryKind::Independent => pairs - boundaries.len() as u64,
        kind => boundaries.iter().filter(|one| one.kind == kind).count() as u64,
    };
    let evidence: Vec<ChangeId> = lens
        .counted
        .iter()
        .rev()
        .copied()
        .filter(|&change| touches_hidden(change) == Some(true))
        .take(10)
        .collect();
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: Basis::Inferred,
        whole: over.whole,
        recent: over.recent,
        series: over.series,
        parts: BoundaryKind::ALL
            .into_iter()
            .map(|kind| Part {
                subject: Subject::System,
                estimate: Estimate {
                    value: (pairs > 0).then(|| count(kind) as f64 / pairs as f64),
                    interval: None,
                    count: count(kind) as f64,
                    of: pairs,
                },
                share: None,
                state: Some(kind.name()),
                quantities: Vec::new(),
                evidence: if kind == BoundaryKind::Hidden {
                    Evidence {
                        changes: evidence.clone(),
                        changes_in_all: over.whole.count as u64,
                        files: Vec::new(),
                    }
                } else {
                    Evidence::default()
                },
            })
            .collect(),
        quantities: BoundaryKind::ALL
            .into_iter()
            .map(|kind| Quantity { name: kind.name(), value: Some(count(kind) as f64) })
            .collect(),
        notes: Vec::new(),
        ledger: Vec::new(),
    }
}
