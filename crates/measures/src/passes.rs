//! Passes: a file from one change to the next that touches it.
//!
//! ```text
//! file a.rs   change 3 ──2 days──▶ change 7 ──30 days──▶ change 9 ──▶ nothing yet
//! ```
//!
//! Files that change for reasons of form (lock files, generated code, change logs) are left out: nobody hands them on,
//! and nobody works on them twice.

use facts::{
    ChangeId, FileId, Lens,
    time::{DAY, Seconds},
};

use crate::mechanical::is_mechanical;

/// Sooner than this after a touch, the next one belongs to the same piece of work.
pub(crate) const WINDOW_DAYS: i64 = 14;
/// The same in seconds.
pub(crate) const WINDOW_SECONDS: Seconds = WINDOW_DAYS * DAY;

/// A touch, and the next one of the same file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    /// The file.
    pub(crate) file: FileId,
    /// The row of the touch.
    pub(crate) touch: usize,
    /// Its change.
    pub(crate) change: ChangeId,
    /// When that reached the mainline.
    pub(crate) at: Seconds,
    /// The next counted and dated change that touches the file, and when.
    pub(crate) next: Option<(ChangeId, Seconds)>,
}

impl Pass {
    /// The next change, where it came within the window.
    pub(crate) fn soon(&self) -> Option<ChangeId> {
        let (next, at) = self.next?;
        // Clocks differ: the order is the mainline's, and a date before the last one is as good as the same day.
        (at - self.at <= WINDOW_SECONDS).then_some(next)
    }
}

/// Every touch by counted and dated changes in the order of the mainline, and how many of mechanical files were left
/// out.
pub(crate) fn all(lens: &Lens<'_>) -> (Vec<Pass>, u64) {
    let facts = lens.facts;
    let mut mechanical: Vec<Option<bool>> = vec![None; facts.files.len()];
    let mut next: Vec<Option<(ChangeId, Seconds)>> = vec![None; facts.files.len()];
    let mut passes = Vec::new();
    let mut left_out = 0;
    for &change in lens.counted.iter().rev() {
        let Some(at) = lens.at(change) else { continue };
        for touch in facts.touches.of(change).rev() {
            let file = facts.touches.file[touch];
            let row = file.index();
            if *mechanical[row].get_or_insert_with(|| is_mechanical(facts, file)) {
                left_out += 1;
            } else {
                passes.push(Pass { file, touch, change, at, next: next[row].replace((change, at)) });
            }
        }
    }
    passes.reverse();
    (passes, left_out)
}
