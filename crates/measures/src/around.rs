//! What lies around a step: the changes that moved most of the system in the days in which it may lie.
//!
//! A step says that a level changed, never why. Restructurings leave traces: files renamed, added and deleted by the
//! hundred in one change. The largest of them in the interval are named, so that a reader can tell; bulk changes and
//! those of programs count here, for a restructuring often is one; vendored and generated files do not.

use facts::{ChangeId, Lens, TouchKind, time::Seconds};

use crate::mechanical::is_mechanical;

/// Fewer files renamed, added and deleted are everyday work.
const FEWEST_FILES: u64 = 20;

/// A change that may have to do with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// The change.
    pub change: ChangeId,
    /// Files it renamed or moved.
    pub renamed: u64,
    /// Files it added.
    pub added: u64,
    /// Files it deleted.
    pub deleted: u64,
}

impl Around {
    fn files(&self) -> u64 {
        self.renamed + self.added + self.deleted
    }
}

/// The restructurings of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restructurings {
    /// The largest first.
    all: Vec<(Seconds, Around)>,
}

impl Restructurings {
    /// Every one that reached the mainline.
    pub fn new(lens: &Lens<'_>) -> Self {
        let facts = lens.facts;
        let of = |change: ChangeId| {
            let mut one = Around { change, renamed: 0, added: 0, deleted: 0 };
            for at in facts.touches.of(change).filter(|at| !is_mechanical(facts, facts.touches.file[*at])) {
                match facts.touches.kind[at] {
                    TouchKind::Renamed => one.renamed += 1,
                    TouchKind::Added => one.added += 1,
                    TouchKind::Deleted => one.deleted += 1,
                    _ => {}
                }
            }
            (facts.changes.merged_at[change.index()], one)
        };
        let mut all: Vec<(Seconds, Around)> =
            facts.changes.ids().map(of).filter(|(_, one)| one.files() >= FEWEST_FILES).collect();
        all.sort_by_key(|(_, one)| (std::cmp::Reverse(one.files()), one.change));
        Self { all }
    }

    /// The `most` largest from one moment to another, ends included, the largest first.
    pub fn within(&self, from: Seconds, to: Seconds, most: usize) -> Vec<Around> {
        self.all.iter().filter(|(at, _)| (from..=to).contains(at)).map(|(_, one)| *one).take(most).collect()
    }
}
