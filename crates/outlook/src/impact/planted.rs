//! Histories made by hand, for tests.

use facts::{
    Change, ChangeId, CommitId, Facts, FileId, Lens, PathId, Structure, Touch, TouchKind, lens::Range,
};

/// A history whose first change adds `files` files, called by their numbers, and whose others touch these.
pub(crate) fn history(files: u32, changes: &[Vec<u32>]) -> Facts {
    let mut facts = Facts::default();
    for file in 0..files {
        let path = facts.paths.intern(format!("dir{}/{file}.rs", file % 7).as_bytes());
        facts.files.push(path, ChangeId(0));
    }
    let all: Vec<u32> = (0..files).collect();
    append(&mut facts, &all, TouchKind::Added);
    for change in changes {
        append(&mut facts, change, TouchKind::Modified);
    }
    facts.touches.index(facts.changes.len());
    facts
}

/// One more change; the row index is to be built again.
pub(super) fn append(facts: &mut Facts, files: &[u32], kind: TouchKind) {
    let files: Vec<(u32, TouchKind)> = files.iter().map(|&file| (file, kind)).collect();
    append_kinds(facts, &files);
}

/// The same, each file with what became of it.
pub(super) fn append_kinds(facts: &mut Facts, files: &[(u32, TouchKind)]) {
    let change = facts.changes.len();
    let id: Vec<u8> = change.to_be_bytes().iter().cycle().take(20).copied().collect();
    let commit = CommitId::from_bytes(&id).expect("twenty bytes are an id");
    let (count, bulk) = (files.len() as u32, files.len() > 30);
    facts.changes.push(Change { files: count, bulk, ..Change::new(commit, 0) });
    for &(file, kind) in files {
        let touch = Touch {
            change: ChangeId(change as u32),
            file: FileId(file),
            path: PathId(file),
            kind,
            previous_path: None,
        };
        facts.touches.push(touch);
    }
}

/// Hands a lens over a history to `look`.
pub(super) fn through<T>(facts: &Facts, look: impl FnOnce(&Lens<'_>) -> T) -> T {
    let bare = Structure::default();
    look(&Lens::new(facts, &bare, &bare.inferred, Range::default()))
}

/// File ids of numbers.
pub(super) fn ids(files: &[u32]) -> Vec<FileId> {
    files.iter().map(|&file| FileId(file)).collect()
}
