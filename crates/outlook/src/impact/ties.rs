//! How modules are tied, pair by pair: they change together beyond chance, or one names the other. What a change crosses.

use facts::{Lens, ModuleId};
use measures::{BoundaryKind, boundaries, coupling};
use serde::{Deserialize, Serialize};

/// Two modules that are tied.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Tie {
    a: u32,
    b: u32,
    kind: u8,
    /// Changes that touched both, and those expected by chance; `None` where they do not change together beyond it.
    pub together: Option<(u64, f64)>,
    /// How often the first names the second, tests among it.
    pub a_names_b: u64,
    /// How often the second names the first.
    pub b_names_a: u64,
}

/// Every tie of a structure.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Ties {
    all: Vec<Tie>,
}

impl Tie {
    /// The two modules, the lower id first.
    pub fn modules(&self) -> (ModuleId, ModuleId) {
        (ModuleId(self.a), ModuleId(self.b))
    }

    /// What they are to each other; never independent.
    pub fn kind(&self) -> BoundaryKind {
        BoundaryKind::ALL.get(usize::from(self.kind)).copied().unwrap_or(BoundaryKind::Unknown)
    }
}

impl Ties {
    /// Finds them; dependencies must have been read, for kinds to be told.
    pub fn of(lens: &Lens<'_>, via: u32) -> Self {
        let (_, mut couplings) = coupling::compute(lens);
        let (_, boundaries) = boundaries::compute(lens, &mut couplings, via);
        let together = |a: ModuleId, b: ModuleId| {
            let own = couplings.iter().find(|one| (one.a, one.b) == (a, b))?;
            Some((own.shared, own.expected))
        };
        let number = |kind: BoundaryKind| BoundaryKind::ALL.iter().position(|one| *one == kind);
        let tie = |one: &measures::Boundary| Tie {
            a: one.a.0,
            b: one.b.0,
            kind: number(one.kind).unwrap_or_default() as u8,
            together: together(one.a, one.b),
            a_names_b: one.a_names_b.all(),
            b_names_a: one.b_names_a.all(),
        };
        Self { all: boundaries.iter().map(tie).collect() }
    }

    /// Those between some modules: hidden constraints first, then by how much they change together.
    pub fn between(&self, modules: &[ModuleId]) -> Vec<&Tie> {
        let holds = |module: u32| modules.contains(&ModuleId(module));
        let mut found: Vec<&Tie> = self.all.iter().filter(|tie| holds(tie.a) && holds(tie.b)).collect();
        let order = |tie: &Tie| match tie.kind() {
            BoundaryKind::Hidden => 0,
            BoundaryKind::Leaky => 1,
            BoundaryKind::Unknown => 2,
            BoundaryKind::Mechanical => 3,
            BoundaryKind::Stable => 4,
            BoundaryKind::Independent => 5,
        };
        let shared = |tie: &Tie| tie.together.map_or(0, |(shared, _)| shared);
        found.sort_by_key(|tie| (order(tie), std::cmp::Reverse(shared(tie)), tie.a, tie.b));
        found
    }

    /// Bytes for keeping them.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// What was kept; `None` when it is not such.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}
