//! Extent: how much there is of every module and file, who answers for it and who leads it. What a map is drawn from; it
//! judges nothing.

use facts::{FileId, Lens, ModuleId, TeamId, moves::Parts};

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// By [`ModuleId`].
    pub modules: Vec<ModuleExtent>,
    /// Living files that a counted change touches, those touched most in the last year first.
    pub files: Vec<FileExtent>,
}

/// One module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleExtent {
    /// Counted changes that touch it.
    pub changes: u64,
    /// Those of the last 365 days.
    pub recent_changes: u64,
    /// Living files.
    pub files: u64,
    /// Living files nobody owns.
    pub unowned_files: u64,
    /// Who owns most of its files: sets of alternatives, each of which is asked.
    pub owners: Vec<Vec<TeamId>>,
    /// The team that makes most of its changes, where teams are inferred.
    pub steward: Option<TeamId>,
}

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileExtent {
    /// The file.
    pub file: FileId,
    /// Its module.
    pub module: Option<ModuleId>,
    /// Counted changes that touch it.
    pub changes: u64,
    /// Those of the last 365 days.
    pub recent_changes: u64,
}

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Extent {
    Extent { modules: modules(lens), files: files(lens) }
}

fn modules(lens: &Lens<'_>) -> Vec<ModuleExtent> {
    let mut out = vec![ModuleExtent::default(); lens.structure.modules.len()];
    for &change in &lens.counted {
        lens.modules_of(change).iter().for_each(|module| out[module.index()].changes += 1);
    }
    for change in lens.recent() {
        lens.modules_of(change).iter().for_each(|module| out[module.index()].recent_changes += 1);
    }
    let inferred = &lens.structure.inferred;
    for file in lens.facts.files.ids().filter(|&file| lens.facts.files.alive(file)) {
        if let Some(module) = lens.structure.module(file) {
            let own = &mut out[module.index()];
            own.files += 1;
            own.unowned_files += u64::from(lens.ownership.sets(file).next().is_none());
            own.steward = own.steward.or_else(|| inferred.owners(file).first().copied());
        }
    }
    let parts = Parts::new(lens.facts);
    for module in lens.structure.module_ids() {
        let sets = parts.usual_sets(lens.structure, module);
        let owners = &lens.structure.ownership().sets;
        out[module.index()].owners = sets.iter().map(|&set| owners[set as usize].clone()).collect();
    }
    out
}

fn files(lens: &Lens<'_>) -> Vec<FileExtent> {
    let facts = lens.facts;
    let count = |changes: &[facts::ChangeId]| {
        let mut touches = vec![0u64; facts.files.len()];
        for &change in changes {
            let mut files: Vec<FileId> = facts.touches.of(change).map(|at| facts.touches.file[at]).collect();
            files.sort_unstable();
            files.dedup();
            files.iter().for_each(|file| touches[file.index()] += 1);
        }
        touches
    };
    let (all, recent) = (count(&lens.counted), count(&lens.recent()));
    let mut out: Vec<FileExtent> = facts
        .files
        .ids()
        .filter(|&file| facts.files.alive(file) && all[file.index()] > 0)
        .map(|file| FileExtent {
            file,
            module: lens.structure.module(file),
            changes: all[file.index()],
            recent_changes: recent[file.index()],
        })
        .collect();
    let path = |one: &FileExtent| facts.paths.bytes(facts.files.path[one.file.index()]);
    out.sort_by(|a, b| {
        (b.recent_changes, b.changes).cmp(&(a.recent_changes, a.changes)).then_with(|| path(a).cmp(path(b)))
    });
    out
}
