//! What code says of a new file, on which history is silent: how often a file it names, or that names it, changes along.
//!
//! Learned from the files that were added before, by what is named today: a name that came later counts as one that did not bring its
//! file along, so the shares are low rather than high.

use facts::{ChangeId, FileId, Lens, TouchKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// Files added in so many of the latest changes are looked at.
const CHANGES: usize = 2_000;
/// Fewer names tell no share.
const FEWEST: u64 = 20;

/// How often files changed along with one that was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that did.
    pub along: u64,
    /// Of how many that were there already.
    pub of: u64,
}

/// What the names of new files say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wiring {
    /// Of files a new one names.
    pub named: Share,
    /// Of files that name a new one.
    pub naming: Share,
}

impl Share {
    fn add(&mut self, along: bool) {
        self.of += 1;
        self.along += u64::from(along);
    }

    /// The share, with one hit and one miss more than were seen (Laplace); `None` of too few.
    pub fn probability(self) -> Option<f64> {
        (self.of >= FEWEST).then(|| (self.along + 1) as f64 / (self.of + 2) as f64)
    }
}

impl Wiring {
    /// Learns it from which file names which today.
    pub fn of(lens: &Lens<'_>, names: impl Iterator<Item = (FileId, FileId)>) -> Self {
        let facts = lens.facts;
        let mut added: FxHashMap<FileId, ChangeId> = FxHashMap::default();
        for &change in lens.counted.iter().rev().take(CHANGES) {
            for at in facts.touches.of(change).filter(|&at| facts.touches.kind[at] == TouchKind::Added) {
                added.insert(facts.touches.file[at], change);
            }
        }
        let mut with: FxHashMap<ChangeId, FxHashSet<FileId>> = FxHashMap::default();
        for &change in added.values() {
            with.entry(change)
                .or_insert_with(|| facts.touches.of(change).map(|at| facts.touches.file[at]).collect());
        }
        let mut out = Self::default();
        let mut seen: FxHashSet<(FileId, FileId)> = FxHashSet::default();
        for (from, to) in names.filter(|(from, to)| from != to) {
            if !seen.insert((from, to)) {
                continue;
            }
            for (new, other, share) in [(from, to, &mut out.named), (to, from, &mut out.naming)] {
                if let Some(change) =
                    added.get(&new).filter(|change| facts.files.born[other.index()] < **change)
                {
                    share.add(with[change].contains(&other));
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{super::planted, *};

    #[test]
    fn by_hand() {
        // Files 0 to 3 were there; 4 came with 0, 5 alone.
        let mut facts = planted::history(4, &[]);
        for (file, change) in [(4, 1), (5, 2)] {
            let path = facts.paths.intern(format!("new{file}.rs").as_bytes());
            facts.files.push(path, ChangeId(change));
        }
        planted::append_kinds(&mut facts, &[(0, TouchKind::Modified), (4, TouchKind::Added)]);
        planted::append_kinds(&mut facts, &[(5, TouchKind::Added)]);
        facts.touches.index(facts.changes.len());
        // 4 names 0, which came along, and 1, which did not; 2 names 5 and was left; 3 names 2, neither of them new.
        let names = [(4, 0), (4, 0), (4, 1), (2, 5), (3, 2), (4, 4)];
        let names = names.map(|(from, to)| (FileId(from), FileId(to)));
        let found = planted::through(&facts, |lens| Wiring::of(lens, names.into_iter()));
        assert_eq!(found.named, Share { along: 1, of: 2 });
        assert_eq!(found.naming, Share { along: 0, of: 1 });
        assert_eq!(found.named.probability(), None, "two names tell no share");
        assert_eq!(Share { along: 9, of: 18 + 2 }.probability(), Some(10.0 / 22.0));
    }
}
