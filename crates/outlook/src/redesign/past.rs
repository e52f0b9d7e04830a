//! The changes a redesign is found in, held to and judged by, each with its files.
//!
//! ```text
//!          three years                    │ a year
//! ────────────────────────┬───────────────┼──────────────▶
//!   fit: moves are found  │ validation:   │ held out: what is shown was found without it
//!                         │ what does not │
//!                         │ hold is gone  cut
//! ```

use facts::{
    ChangeId, FileId, Lens,
    time::{DAY, Seconds},
};

/// Moves are found in this much of the past: what was before says little about next year.
const TRAINING_DAYS: i64 = 3 * 365;
/// The latest part of it validates.
const VALIDATION_DAYS: i64 = 365;
/// As much after the cut judges.
const HELD_OUT_DAYS: i64 = 365;
/// A slice with fewer changes than these is cut by their number instead of by the calendar.
const FEWEST_FIT: usize = 200;
const FEWEST_VALIDATION: usize = 100;
/// Changes told as examples.
const EXAMPLES: usize = 5;
/// Training of fewer changes than this tells nothing.
pub(crate) const FEWEST_TRAINING: usize = 150;

/// Changes of a slice, as rows of the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slice {
    /// First row.
    pub(crate) from: usize,
    /// First row after.
    pub(crate) to: usize,
}

impl Slice {
    pub(crate) fn len(&self) -> usize {
        self.to - self.from
    }
}

/// Changes with their files, oldest first, and files with their changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    pub(crate) changes: Vec<ChangeId>,
    pub(crate) at: Vec<Seconds>,
    first: Vec<u32>,
    files: Vec<FileId>,
    /// Rows of each file, rising.
    rows_first: Vec<u32>,
    rows: Vec<u32>,
    pub(crate) fit: Slice,
    pub(crate) validation: Slice,
    pub(crate) held_out: Slice,
    /// Changes that count and lie after the cut, within the held-out year or later.
    pub(crate) hidden: u64,
}

impl Past {
    /// Lays out the changes around a cut.
    pub(crate) fn new(lens: &Lens<'_>, cut: Seconds) -> Self {
        let mut dated: Vec<(Seconds, ChangeId)> =
            lens.counted.iter().filter_map(|&change| Some((lens.at(change)?, change))).collect();
        dated.sort_unstable();
        let hidden = dated.iter().filter(|(at, _)| *at >= cut).count() as u64;
        dated.retain(|(at, _)| *at >= cut - TRAINING_DAYS * DAY && *at < cut + HELD_OUT_DAYS * DAY);
        let mut out = Self { first: vec![0], hidden, ..Self::default() };
        let mut counts = vec![0u32; lens.facts.files.len() + 1];
        for &(at, change) in &dated {
            let mut files: Vec<FileId> =
                lens.facts.touches.of(change).map(|row| lens.facts.touches.file[row]).collect();
            files.sort_unstable();
            files.dedup();
            files.iter().for_each(|file| counts[file.index() + 1] += 1);
            out.files.extend(files);
            out.first.push(out.files.len() as u32);
            out.changes.push(change);
            out.at.push(at);
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        out.rows_first = counts.clone();
        out.rows = vec![0; out.files.len()];
        for row in 0..out.changes.len() {
            for at in out.first[row]..out.first[row + 1] {
                let slot = &mut counts[out.files[at as usize].index()];
                out.rows[*slot as usize] = row as u32;
                *slot += 1;
            }
        }
        out.slice(cut);
        out
    }

    fn slice(&mut self, cut: Seconds) {
        let training = self.at.partition_point(|at| *at < cut);
        let mut split = self.at.partition_point(|at| *at < cut - VALIDATION_DAYS * DAY);
        if split < FEWEST_FIT || training - split < FEWEST_VALIDATION {
            split = training * 2 / 3;
        }
        self.fit = Slice { from: 0, to: split };
        self.validation = Slice { from: split, to: training };
        self.held_out = Slice { from: training, to: self.at.len() };
    }

    /// Everything before the cut.
    pub(crate) fn training(&self) -> Slice {
        Slice { from: 0, to: self.held_out.from }
    }

    /// Everything there is.
    pub(crate) fn whole(&self) -> Slice {
        Slice { from: 0, to: self.held_out.to }
    }

    /// Changes that save something, the latest first.
    pub(crate) fn examples(&self, savings: &[(u32, i32)]) -> Vec<ChangeId> {
        let saves = savings.iter().rev().filter(|(_, saved)| *saved > 0);
        saves.take(EXAMPLES).map(|(row, _)| self.changes[*row as usize]).collect()
    }

    /// The files of a row, rising.
    pub(crate) fn files(&self, row: u32) -> &[FileId] {
        &self.files[self.first[row as usize] as usize..self.first[row as usize + 1] as usize]
    }

    /// The rows of a file within a slice.
    pub(crate) fn rows(&self, file: FileId, slice: &Slice) -> &[u32] {
        let own =
            &self.rows[self.rows_first[file.index()] as usize..self.rows_first[file.index() + 1] as usize];
        let from = own.partition_point(|row| (*row as usize) < slice.from);
        let to = own.partition_point(|row| (*row as usize) < slice.to);
        &own[from..to]
    }

    /// Every row of a slice that touches one of some files, rising.
    pub(crate) fn rows_of(&self, files: &[FileId], slice: &Slice) -> Vec<u32> {
        let mut rows: Vec<u32> = files.iter().flat_map(|&file| self.rows(file, slice)).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}
