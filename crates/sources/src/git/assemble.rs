//! Rows become tables: changes from commits, files from touches.
//!
//! A file is followed by its path: whatever touches a path touches the file that was last known by it. A rename
//! moves the file, and its old path keeps leading to it until something new is added there, because history is a
//! graph laid flat and a branch may still speak of the old path.

use facts::{
    Change, ChangeId, Facts, FileId, Omission, Omitted, PathId, Role, Touch, TouchKind, time::Seconds,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    object::commit_id,
    renames::Skipped,
    touched::{Touched, TouchedPath},
    walk::{Arrival, Commit},
};
use crate::languages;

/// Someone in a role in a change, by signature: kept apart from people so that `.mailmap` can change its mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credit {
    /// The change.
    pub change: ChangeId,
    /// The role.
    pub role: Role,
    /// A row of [`RawIdentity::signatures`].
    pub signature: u32,
    /// When.
    pub at: Seconds,
}

/// Names and addresses as written, before anyone decides who is who.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawIdentity {
    /// Distinct (name, address) pairs.
    pub signatures: Vec<(Vec<u8>, Vec<u8>)>,
    /// Who took part, by signature; sorted by change.
    pub credits: Vec<Credit>,
}

impl RawIdentity {
    /// Numbers signatures by their first credit, so that facts added to are those mined from scratch; drops those
    /// that nothing credits.
    pub(crate) fn renumber(&mut self) {
        let mut number: Vec<Option<u32>> = vec![None; self.signatures.len()];
        let mut ordered = Vec::with_capacity(self.signatures.len());
        for credit in &mut self.credits {
            let old = credit.signature as usize;
            credit.signature = *number[old].get_or_insert_with(|| {
                ordered.push(std::mem::take(&mut self.signatures[old]));
                u32::try_from(ordered.len() - 1).expect("there were no more before")
            });
        }
        self.signatures = ordered;
    }
}

/// What one change's difference came to.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) touches: Touched,
    /// Added and deleted, one for each touch; empty when lines are not counted.
    pub(crate) lines: Vec<Option<(u32, u32)>>,
    pub(crate) skipped: Skipped,
    pub(crate) unreadable_trees: u64,
}

/// Tables under construction.
pub(crate) struct Assembler {
    pub(crate) facts: Facts,
    pub(crate) identity: RawIdentity,
    file_at: FxHashMap<PathId, FileId>,
}

impl Assembler {
    /// Goes on where `facts` end; empty tables begin anew.
    pub(crate) fn resume(facts: Facts, identity: RawIdentity) -> Self {
        let mut file_at = FxHashMap::default();
        for at in 0..facts.touches.len() {
            file_at.insert(facts.touches.path[at], facts.touches.file[at]);
        }
        Self { facts, identity, file_at }
    }

    /// Appends a mainline commit and the branch it brought as one change.
    pub(crate) fn push_arrival(&mut self, arrival: &Arrival, compared: Compared) {
        let Arrival { commit, branch } = arrival;
        let row = self.push_commit(commit, compared);
        let change = ChangeId::from_index(row);
        let written: Vec<&Commit> = branch.iter().filter(|commit| !commit.is_merge).collect();
        if !commit.is_merge || written.is_empty() {
            self.credit_author(change, commit);
            return;
        }
        let changes = &mut self.facts.changes;
        changes.commits[row] = u32::try_from(written.len()).unwrap_or(u32::MAX);
        changes.authored_at[row] =
            written.iter().map(|commit| commit.authored_at).min().unwrap_or(commit.authored_at);
        changes.committed_at[row] =
            written.iter().map(|commit| commit.committed_at).max().unwrap_or(commit.committed_at);
        changes.ticket[row] =
            changes.ticket[row].take().or_else(|| written.iter().find_map(|commit| commit.ticket.clone()));
        self.credit(change, Role::Merger, commit.author, commit.committed_at);
        for &(role, signature) in &commit.credits {
            self.credit(change, role, signature, commit.committed_at);
        }
        for commit in written {
            self.credit_author(change, commit);
        }
        self.settle_credits(change);
    }

    /// Appends one commit as one change.
    pub(crate) fn push_single(&mut self, commit: &Commit, compared: Compared) {
        let change = ChangeId::from_index(self.push_commit(commit, compared));
        self.credit_author(change, commit);
    }

    fn push_commit(&mut self, commit: &Commit, compared: Compared) -> usize {
        let row = self.facts.changes.len();
        self.facts.changes.push(Change {
            commit: commit_id(&commit.id),
            parent: commit.first_parent.as_ref().map(|id| commit_id(id)),
            authored_at: commit.authored_at,
            committed_at: commit.committed_at,
            merged_at: commit.committed_at,
            commits: u32::from(!commit.is_merge),
            files: u32::try_from(compared.touches.len()).unwrap_or(u32::MAX),
            bulk: false,
            ignored: commit.boundary,
            revert_of: commit.revert_of,
            ticket: commit.ticket.clone(),
            pull_request: commit.pull_request,
            message_kind: commit.kind,
            subject: commit.subject.clone(),
        });
        if commit.boundary {
            note(
                &mut self.facts.ledger,
                Omitted::ShallowBoundary,
                1,
                "commits stand where history is cut off; what they seem to add was there before (git fetch --unshallow brings the rest)",
            );
        }
        self.push_touches(ChangeId::from_index(row), compared);
        row
    }

    fn push_touches(&mut self, change: ChangeId, compared: Compared) {
        self.note_skipped(&compared);
        // A path can be left and taken in one change: the leaving comes first.
        let mut files: Vec<Option<FileId>> = vec![None; compared.touches.len()];
        for renames in [true, false] {
            for (at, touch) in compared.touches.iter().enumerate() {
                if (touch.kind == TouchKind::Renamed) == renames {
                    files[at] = Some(self.source_file(change, touch));
                }
            }
        }
        for (touch, file) in compared.touches.iter().zip(files) {
            let file = file.expect("every touch got its file above");
            let path = self.facts.paths.intern(touch.path);
            let previous_path = touch.previous_path.map(|path| self.facts.paths.intern(path));
            self.file_at.insert(path, file);
            self.facts.files.path[file.index()] = path;
            self.facts.files.died[file.index()] = (touch.kind == TouchKind::Deleted).then_some(change);
            self.facts.touches.push(Touch { change, file, path, kind: touch.kind, previous_path });
        }
        self.facts.touches.lines.extend(compared.lines);
    }

    /// The file a touch is about, as known before the change.
    fn source_file(&mut self, change: ChangeId, touch: TouchedPath<'_>) -> FileId {
        let known_as = touch.previous_path.unwrap_or(touch.path);
        let path = self.facts.paths.intern(known_as);
        let known = self.file_at.get(&path).copied().filter(|file| {
            // Something added where a file once was is that file again, unless the file lives on elsewhere.
            touch.kind != TouchKind::Added || self.facts.files.path[file.index()] == path
        });
        known.unwrap_or_else(|| self.facts.files.push(path, change))
    }

    fn credit(&mut self, change: ChangeId, role: Role, signature: u32, at: Seconds) {
        self.identity.credits.push(Credit { change, role, signature, at });
    }

    fn credit_author(&mut self, change: ChangeId, commit: &Commit) {
        self.credit(change, Role::Author, commit.author, commit.authored_at);
        if commit.committer != commit.author && !commit.is_merge {
            self.credit(change, Role::Merger, commit.committer, commit.committed_at);
        }
        for &(role, signature) in &commit.credits {
            self.credit(change, role, signature, commit.committed_at);
        }
    }

    /// One credit a role and signature, the earliest.
    fn settle_credits(&mut self, change: ChangeId) {
        let start = self.identity.credits.partition_point(|credit| credit.change < change);
        let mut own = self.identity.credits.split_off(start);
        own.sort_unstable_by_key(|credit| (credit.role, credit.signature, credit.at));
        own.dedup_by_key(|credit| (credit.role, credit.signature));
        self.identity.credits.append(&mut own);
    }

    fn note_skipped(&mut self, compared: &Compared) {
        let ledger = &mut self.facts.ledger;
        note(
            ledger,
            Omitted::RenamesOverBudget,
            compared.skipped.pairs_over_budget,
            "pairs of files were not compared for renames: their changes move too many files at once",
        );
        note(
            ledger,
            Omitted::MissingBlobs,
            compared.skipped.missing_blobs,
            "blobs needed to recognise renames are not in this clone; those renames count as a deletion and an addition",
        );
        note(
            ledger,
            Omitted::MissingTrees,
            compared.unreadable_trees,
            "trees are missing or damaged; what their changes touched is not known in full (git fetch --refetch origin)",
        );
    }

    /// Settles what only the whole can tell: which files live, their sizes, languages.
    pub(crate) fn finish(mut self, living: &[(Vec<u8>, Option<u64>)]) -> (Facts, RawIdentity) {
        let facts = &mut self.facts;
        facts.touches.index(facts.changes.len());
        let mut alive: FxHashSet<FileId> = FxHashSet::default();
        for (path, bytes) in living {
            let Some(path) = facts.paths.get(path) else { continue };
            let Some(&file) = self.file_at.get(&path) else { continue };
            if facts.files.path[file.index()] == path && alive.insert(file) {
                facts.files.bytes[file.index()] = *bytes;
            }
        }
        let mut last_touch: Vec<Option<ChangeId>> = vec![None; facts.files.len()];
        for at in 0..facts.touches.len() {
            last_touch[facts.touches.file[at].index()] = Some(facts.touches.change[at]);
        }
        for file in facts.files.ids() {
            let row = file.index();
            let path = facts.paths.bytes(facts.files.path[row]);
            facts.files.language[row] = languages::of_path(path);
            facts.files.generated[row] = languages::is_generated(path);
            if alive.contains(&file) {
                facts.files.died[row] = None;
            } else {
                facts.files.died[row] = facts.files.died[row].or(last_touch[row]);
                facts.files.bytes[row] = None;
            }
        }
        (self.facts, self.identity)
    }
}

/// Adds to a line of the ledger.
pub(crate) fn note(ledger: &mut Vec<Omission>, what: Omitted, count: u64, why: &str) {
    if count == 0 {
        return;
    }
    match ledger.iter_mut().find(|line| line.what == what) {
        Some(line) => line.count += count,
        None => ledger.push(Omission::new(what, count, why)),
    }
}
