//! Questions with a known answer: of a past change a random half is shown, the rest is to be found.

use facts::{ChangeId, FileId, Lens, TouchKind};
use measures::stats::random::Random;

use super::{candidates::Query, past::Past};

/// Changes of fewer or more files ask nothing: one file has no rest, and many are no one piece of work.
pub const FILES: std::ops::RangeInclusive<usize> = 2..=30;

/// A change, parted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The change.
    pub change: ChangeId,
    /// What is shown: half of its files, rounded down, at least one; sorted.
    query: Vec<FileId>,
    /// What is to be found; sorted.
    pub rest: Vec<FileId>,
}

impl Question {
    /// Parts a change; the same seed parts it the same way. `None` unless two to thirty of its files were there before it.
    ///
    /// Files that a change adds are left out of both halves: nobody can be told of a file that does not exist.
    pub fn of(lens: &Lens<'_>, past: &Past, change: ChangeId, seed: u64) -> Option<Self> {
        let facts = lens.facts;
        let files = facts.touches.of(change).map(|at| facts.touches.file[at]);
        let mut files: Vec<FileId> = files.filter(|file| past.place_of(*file).is_some()).collect();
        files.sort_unstable();
        files.dedup();
        if !FILES.contains(&files.len()) {
            return None;
        }
        let mut random = Random::new(seed.wrapping_add(u64::from(change.0)));
        for at in (1..files.len()).rev() {
            files.swap(at, random.below(at + 1));
        }
        let mut rest = files.split_off((files.len() / 2).max(1));
        files.sort_unstable();
        rest.sort_unstable();
        Some(Self { change, query: files, rest })
    }

    /// What is shown, and who made the change.
    pub fn query(&self, past: &Past) -> Query<'_> {
        Query { files: &self.query, new: &[], author: past.author(self.change) }
    }

    /// The whole change as a query, to which nothing is missing.
    pub fn whole(&self) -> Vec<FileId> {
        let mut whole: Vec<FileId> = self.query.iter().chain(&self.rest).copied().collect();
        whole.sort_unstable();
        whole
    }
}

/// The changes a question can be made of, oldest first.
pub fn askable(lens: &Lens<'_>) -> Vec<ChangeId> {
    let facts = lens.facts;
    let mut there = vec![false; facts.files.len()];
    let mut counted = lens.counted.iter().copied().peekable();
    let mut out = Vec::new();
    for change in facts.changes.ids() {
        let rows = facts.touches.of(change);
        if counted.next_if_eq(&change).is_some() {
            let mut known: Vec<FileId> = rows.clone().map(|at| facts.touches.file[at]).collect();
            known.retain(|file| there[file.index()]);
            known.sort_unstable();
            known.dedup();
            out.extend(FILES.contains(&known.len()).then_some(change));
        }
        for at in rows {
            there[facts.touches.file[at].index()] = facts.touches.kind[at] != TouchKind::Deleted;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{super::planted, *};

    #[test]
    fn half_is_shown_and_half_is_to_be_found() {
        let facts = planted::history(40, &[vec![1, 2, 3, 4, 5], vec![6]]);
        planted::through(&facts, |lens| {
            let past = Past::whole(lens);
            let question = Question::of(lens, &past, ChangeId(1), 7).unwrap();
            assert_eq!((question.query.len(), question.rest.len()), (2, 3));
            assert_eq!(question.whole(), planted::ids(&[1, 2, 3, 4, 5]));
            assert_eq!(Question::of(lens, &past, ChangeId(1), 7), Some(question.clone()));
            let others = (0..20).map(|seed| Question::of(lens, &past, ChangeId(1), seed).unwrap());
            assert!(others.into_iter().any(|other| other != question), "the seed decides");
            assert_eq!(Question::of(lens, &past, ChangeId(2), 7), None, "one file has no rest");
        });
    }

    /// The first change adds every file, the second touches one of them, the third two.
    #[test]
    fn of_new_files_nothing_is_asked() {
        let facts = planted::history(5, &[vec![1], vec![1, 2]]);
        planted::through(&facts, |lens| {
            assert_eq!(askable(lens), [ChangeId(2)]);
            assert_eq!(Question::of(lens, &Past::new(&facts), ChangeId(0), 1), None);
        });
    }
}
