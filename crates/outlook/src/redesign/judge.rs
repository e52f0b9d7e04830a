//! What an edit would have saved on a slice of history, how surely, and what random edits of equally active files save.

use std::cell::RefCell;

use facts::{FileId, time::DAY};
use measures::stats::{quantile, random::Random};
use rustc_hash::FxHashMap;

use super::{
    layout::{Layout, Party},
    past::{Past, Slice},
};

/// Neighbouring weeks resemble each other: weeks are drawn in runs of these.
const WEEKS_OF_A_BLOCK: usize = 4;
/// Resamples behind an interval.
const RESAMPLES: usize = 500;
/// Random edits behind a control.
const DRAWS: usize = 60;
const WEEK: i64 = 7 * DAY;

/// Files get another claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    /// Sorted.
    pub(crate) files: Vec<FileId>,
    pub(crate) to: u32,
}

/// What an edit saves, in parties beyond the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gain {
    /// Changes of the slice.
    pub changes: u64,
    /// Years from its first to its last.
    pub years: f64,
    /// Parties that would not have been needed, less those needed in their place.
    pub saved: i64,
    /// Changes that would have needed fewer.
    pub fewer: u64,
    /// Changes that would have needed more.
    pub more: u64,
    /// `saved` per change.
    pub gain: f64,
    /// `saved` by quarters of the changes, in order of time.
    pub quarters: [i64; 4],
    /// Its 95 % interval, weeks resampled in blocks.
    pub interval: Option<(f64, f64)>,
    /// What equally active files would have saved in its place, moved the same way: mean of random draws.
    pub control: Option<Control>,
    /// How many parties share the work evenly, in effect, before and after.
    pub effective: Option<(f64, f64)>,
}

/// How often a file was touched, and the file.
type Active = (usize, FileId);

/// What random edits save.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Draws.
    pub draws: u64,
    /// Mean gain per change.
    pub mean: f64,
    /// Nineteen of twenty draws gain less.
    pub high: f64,
    /// Whether the files were drawn from the parties the edit takes from, so that the work of each party changes as
    /// much: concentration is equal. Else they were drawn from everywhere.
    pub same_source: bool,
}

impl Control {
    /// What files drawn from a pool save, each about as active as one that is moved.
    pub(crate) fn drawn(
        (moved, pool): (&[Active], &[Active]),
        mut random: Random,
        slice: &Slice,
        same_source: bool,
        saved: impl Fn(Vec<FileId>) -> i64,
    ) -> Option<Self> {
        let changes = slice.len().max(1) as f64;
        let mut gains: Vec<f64> =
            (0..DRAWS).map(|_| saved(alike(moved, pool, &mut random)) as f64 / changes).collect();
        let mean = gains.iter().sum::<f64>() / DRAWS as f64;
        Some(Self { draws: DRAWS as u64, mean, high: quantile::quantile(&mut gains, 0.95)?, same_source })
    }
}

impl Gain {
    /// Days of lead time a year, where a further team costs a change so many, over the time the slice spans.
    pub fn days_a_year(&self, days: f64) -> Option<f64> {
        (self.years > 0.0).then(|| self.saved as f64 * days / self.years)
    }

    /// `saved` per change over the later half.
    pub fn later(&self) -> f64 {
        let saved = self.quarters[2] + self.quarters[3];
        if self.changes == 0 { 0.0 } else { saved as f64 * 2.0 / self.changes as f64 }
    }

    /// The gain less that of random edits at equal concentration.
    pub fn corrected(&self) -> Option<f64> {
        self.control.as_ref().map(|control| self.gain - control.mean)
    }
}

/// Tries edits.
pub(crate) struct Judge<'a> {
    pub(crate) past: &'a Past,
    pub(crate) layout: &'a Layout,
    seed: u64,
    /// How many parties share the work of a slice as it is, by where it begins and ends.
    before: RefCell<FxHashMap<(usize, usize), f64>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(past: &'a Past, layout: &'a Layout, seed: u64) -> Self {
        Self { past, layout, seed, before: RefCell::default() }
    }

    /// What each change of a slice that touches the files would have saved: (row, parties).
    pub(crate) fn savings(&self, shift: &Shift, slice: &Slice) -> Vec<(u32, i32)> {
        let rows = self.past.rows_of(&shift.files, slice);
        let mut needs = Vec::new();
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let files = self.past.files(row);
            let before = files.iter().map(|&file| self.layout.of(file));
            self.layout.needs(before, &mut needs);
            let needed = needs.len().max(1);
            if needed == 1 && files.iter().all(|file| shift.files.binary_search(file).is_ok()) {
                out.push((row, 0));
                continue;
            }
            let after = files.iter().map(|file| match shift.files.binary_search(file) {
                Ok(_) => shift.to,
                Err(_) => self.layout.of(*file),
            });
            self.layout.needs(after, &mut needs);
            out.push((row, needed as i32 - needs.len().max(1) as i32));
        }
        out
    }

    /// The parties saved, without more.
    pub(crate) fn saved(&self, shift: &Shift, slice: &Slice) -> i64 {
        self.savings(shift, slice).iter().map(|(_, saved)| i64::from(*saved)).sum()
    }

    /// What one file of an edit brings: the parties no longer saved were it left out.
    pub(crate) fn brings(&self, shift: &Shift, at: usize, slice: &Slice) -> i64 {
        let file = shift.files[at];
        let mut needs = Vec::new();
        let mut needed = |row: u32, with: bool| {
            let claims = self.past.files(row).iter().map(|&own| match shift.files.binary_search(&own) {
                Ok(_) if with || own != file => shift.to,
                _ => self.layout.of(own),
            });
            self.layout.needs(claims, &mut needs);
            needs.len().max(1) as i64
        };
        self.past.rows(file, slice).iter().map(|&row| needed(row, false) - needed(row, true)).sum()
    }

    /// What an edit saves on a slice, with interval, control and concentration.
    pub(crate) fn gain(&self, shift: &Shift, slice: &Slice) -> Gain {
        let mut gain = self.alone(shift, slice);
        gain.control = self.control(shift, slice);
        gain
    }

    /// The same without a control, which takes the longest.
    pub(crate) fn alone(&self, shift: &Shift, slice: &Slice) -> Gain {
        let mut gain = self.plain(&self.savings(shift, slice), slice);
        gain.effective = Some((self.effective_before(slice), self.effective(Some(shift), slice)));
        gain
    }

    /// The same number of parties as it is, for which every edit of a slice asks.
    pub(crate) fn effective_before(&self, slice: &Slice) -> f64 {
        let mut before = self.before.borrow_mut();
        *before.entry((slice.from, slice.to)).or_insert_with(|| self.effective(None, slice))
    }

    /// What is saved in all, and by quarters of a slice.
    pub(crate) fn sums(savings: &[(u32, i32)], slice: &Slice) -> (i64, [i64; 4]) {
        let mut quarters = [0; 4];
        for &(row, saved) in savings {
            quarters[(row as usize - slice.from) * 4 / slice.len()] += i64::from(saved);
        }
        (quarters.iter().sum(), quarters)
    }

    /// What savings amount to.
    pub(crate) fn plain(&self, savings: &[(u32, i32)], slice: &Slice) -> Gain {
        let (saved, quarters) = Self::sums(savings, slice);
        let changes = slice.len() as u64;
        let first = self.past.at.get(slice.from).copied().unwrap_or(0);
        let last = slice.to.checked_sub(1).and_then(|at| self.past.at.get(at)).copied().unwrap_or(first);
        Gain {
            changes,
            years: (last - first).max(0) as f64 / (365 * DAY) as f64,
            saved,
            fewer: savings.iter().filter(|(_, saved)| *saved > 0).count() as u64,
            more: savings.iter().filter(|(_, saved)| *saved < 0).count() as u64,
            gain: if changes == 0 { 0.0 } else { saved as f64 / changes as f64 },
            quarters,
            interval: self.interval(savings, slice),
            control: None,
            effective: None,
        }
    }

    /// Weeks of the slice resampled in circular blocks; `None` of fewer than eight weeks with changes.
    fn interval(&self, savings: &[(u32, i32)], slice: &Slice) -> Option<(f64, f64)> {
        let first = *self.past.at.get(slice.from)?;
        let last = *self.past.at.get(slice.to.checked_sub(1)?)?;
        let weeks = ((last - first) / WEEK + 1) as usize;
        let week = |row: usize| ((self.past.at[row] - first) / WEEK) as usize;
        let mut counts = vec![(0i64, 0i64); weeks];
        (slice.from..slice.to).for_each(|row| counts[week(row)].1 += 1);
        savings.iter().for_each(|&(row, saved)| counts[week(row as usize)].0 += i64::from(saved));
        counts.retain(|(_, changes)| *changes > 0);
        if counts.len() < 8 {
            return None;
        }
        let mut random = Random::new(self.seed);
        let mut gains: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let drawn = random.blocks(counts.len(), WEEKS_OF_A_BLOCK, counts.len());
                let (saved, changes) = drawn
                    .iter()
                    .fold((0, 0), |(saved, changes), &at| (saved + counts[at].0, changes + counts[at].1));
                saved as f64 / changes.max(1) as f64
            })
            .collect();
        Some((quantile::quantile(&mut gains, 0.025)?, quantile::quantile(&mut gains, 0.975)?))
    }

    /// How often a file was touched in a slice.
    fn activity(&self, file: FileId, slice: &Slice) -> usize {
        self.past.rows(file, slice).len()
    }

    /// Random files, each about as active as one that is moved, moved the same way; `None` where there are too few.
    pub(crate) fn control(&self, shift: &Shift, slice: &Slice) -> Option<Control> {
        let moved: Vec<Active> = shift
            .files
            .iter()
            .map(|&file| (self.activity(file, slice), file))
            .filter(|(activity, _)| *activity > 0)
            .collect();
        if moved.is_empty() {
            return None;
        }
        let mut sources: Vec<u32> = moved.iter().map(|(_, file)| self.layout.of(*file)).collect();
        sources.sort_unstable();
        sources.dedup();
        let pool = |same_source: bool| {
            let mut pool: Vec<Active> = (0..self.layout.claim_of_file.len())
                .map(FileId::from_index)
                .filter(|file| {
                    let claim = self.layout.of(*file);
                    claim != shift.to
                        && (!same_source || sources.binary_search(&claim).is_ok())
                        && shift.files.binary_search(file).is_err()
                })
                .map(|file| (self.activity(file, slice), file))
                .filter(|(activity, _)| *activity > 0)
                .collect();
            pool.sort_unstable();
            pool
        };
        let enough = |pool: &[Active]| {
            let activity = |files: &[Active]| files.iter().map(|(own, _)| own).sum::<usize>();
            pool.len() >= 2 * moved.len() && activity(pool) >= 2 * activity(&moved)
        };
        let (pool, same_source) = match pool(true) {
            own if enough(&own) => (own, true),
            _ => (pool(false), false),
        };
        if !enough(&pool) {
            return None;
        }
        let random = Random::new(self.seed ^ 0x00c0_ffee);
        let saved = |files| self.saved(&Shift { files, to: shift.to }, slice);
        Control::drawn((&moved, &pool), random, slice, same_source, saved)
    }

    /// How many parties would share the touches of a slice as evenly: the exponential of the entropy.
    pub(crate) fn effective(&self, shift: Option<&Shift>, slice: &Slice) -> f64 {
        let mut by_claim = vec![0u64; self.layout.claims()];
        for row in slice.from..slice.to {
            for file in self.past.files(row as u32) {
                let moved = shift.filter(|shift| shift.files.binary_search(file).is_ok());
                let claim = moved.map_or_else(|| self.layout.of(*file), |shift| shift.to);
                by_claim[claim as usize] += 1;
            }
        }
        by_claim[super::layout::NOBODY as usize] = 0;
        let touches: Vec<f64> = by_claim.into_iter().map(|count| count as f64).collect();
        measures::stats::concentration::effective(&touches).unwrap_or(0.0)
    }

    /// Of each party the changes of a slice that need it, and those of them that need no other.
    pub(crate) fn loads(&self, shift: Option<&Shift>, slice: &Slice, parties: usize) -> Vec<(u64, u64)> {
        let mut out = vec![(0, 0); parties];
        let mut needs: Vec<Party> = Vec::new();
        for row in slice.from..slice.to {
            let claims = self.past.files(row as u32).iter().map(|file| {
                let moved = shift.filter(|shift| shift.files.binary_search(file).is_ok());
                moved.map_or_else(|| self.layout.of(*file), |shift| shift.to)
            });
            self.layout.needs(claims, &mut needs);
            for party in &needs {
                out[party.index()].0 += 1;
                out[party.index()].1 += u64::from(needs.len() == 1);
            }
        }
        out
    }
}

/// Whether all quarters but one gain.
pub(crate) fn is_steady(quarters: &[i64; 4]) -> bool {
    quarters.iter().filter(|saved| **saved > 0).count() >= 3
}

/// One file of the pool, sorted by activity, for each that is moved: of those about as active, each once.
fn alike(moved: &[Active], pool: &[Active], random: &mut Random) -> Vec<FileId> {
    const NEAR: usize = 12;
    let mut taken = vec![false; pool.len()];
    let mut files = Vec::with_capacity(moved.len());
    for (activity, _) in moved {
        let centre = pool.partition_point(|(own, _)| own < activity);
        let reach = NEAR.max(pool.len() / 20);
        let (from, to) = (centre.saturating_sub(reach), (centre + reach).min(pool.len()));
        let at = from + random.below(to - from);
        // The next that is free, upwards then from the beginning.
        let free = (at..pool.len()).chain((0..at).rev()).find(|at| !taken[*at]);
        if let Some(at) = free {
            taken[at] = true;
            files.push(pool[at].1);
        }
    }
    files.sort_unstable();
    files
}
