//! Facts as they were: what was known when history was shorter.

use crate::{ChangeId, FileId, PathId, TouchKind};

use super::Facts;

impl Facts {
    /// The first so many changes, with each file where it lay then. What comes later is not there: files that were not
    /// born yet are as good as dead, under the name they will be born with, so that a [`FileId`] means the same file.
    ///
    /// People stay joined as they are known to be today. Dependencies, reviews and tags are not carried over.
    #[must_use]
    pub fn before(&self, changes: usize) -> Self {
        let changes = changes.min(self.changes.len());
        let mut out = Self {
            repository: self.repository.clone(),
            unit: self.unit.clone(),
            paths: self.paths.clone(),
            changes: self.changes.first(changes),
            files: self.files.clone(),
            people: self.people.clone(),
            ..Self::default()
        };
        out.repository.head = out.changes.commit.last().copied();
        let is_then = |change: ChangeId| change.index() < changes;
        out.participations =
            self.participations.iter().copied().filter(|part| is_then(part.change)).collect();
        out.touches = self.touches.first(changes);
        // Where each file lay: after its last touch then, else before its first later one.
        let mut last: Vec<Option<(PathId, TouchKind)>> = vec![None; self.files.len()];
        for at in 0..self.touches.len() {
            let (file, kind) = (self.touches.file[at], self.touches.kind[at]);
            let known = &mut last[file.index()];
            if is_then(self.touches.change[at]) {
                *known = Some((self.touches.path[at], kind));
            } else if known.is_none() {
                let path = self.touches.previous_path[at].unwrap_or(self.touches.path[at]);
                *known = Some((path, TouchKind::Deleted));
            }
        }
        let end = ChangeId::from_index(changes.saturating_sub(1));
        for file in (0..self.files.len()).map(FileId::from_index) {
            if let Some((path, kind)) = last[file.index()] {
                out.files.path[file.index()] = path;
                out.files.died[file.index()] = (kind == TouchKind::Deleted).then_some(end);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, CommitId, Touch};

    #[test]
    fn files_lie_where_they_lay() {
        let mut facts = Facts::default();
        let [a, b, c] = ["a", "b", "c"].map(|path| facts.paths.intern(path.as_bytes()));
        for at in 0..3u8 {
            let commit = CommitId::from_bytes(&[at; 20]).unwrap();
            facts.changes.push(Change::new(commit, i64::from(at)));
        }
        // One file is renamed in the second change and deleted in the third, another is born in the third.
        let moved = facts.files.push(b, ChangeId(0));
        facts.files.died[0] = Some(ChangeId(2));
        let late = facts.files.push(c, ChangeId(2));
        let mut touch = |change: u32, file, path, kind, previous_path| {
            facts.touches.push(Touch { change: ChangeId(change), file, path, kind, previous_path });
        };
        touch(0, moved, a, TouchKind::Added, None);
        touch(1, moved, b, TouchKind::Renamed, Some(a));
        touch(2, moved, b, TouchKind::Deleted, None);
        touch(2, late, c, TouchKind::Added, None);
        facts.touches.index(3);
        let then = facts.before(1);
        assert_eq!((then.changes.len(), then.touches.len()), (1, 1));
        assert_eq!(then.files.path, [a, c]);
        assert!(then.files.alive(moved) && !then.files.alive(late));
        assert_eq!(then.touches.of(ChangeId(0)), 0..1);
        let then = facts.before(2);
        assert_eq!(then.files.path[0], b);
        assert_eq!(then.repository.head, CommitId::from_bytes(&[1; 20]));
        let all = facts.before(9);
        assert_eq!((all.files.path.clone(), all.files.died.len()), (facts.files.path.clone(), 2));
        assert!(all.files.alive(late) && !all.files.alive(moved));
        assert!(facts.before(0).changes.is_empty());
    }
}
