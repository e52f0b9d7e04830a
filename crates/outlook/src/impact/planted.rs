//! Histories made by hand, for tests.

use facts::{
    ChangeId, CommitId, Facts, FileId, Lens, MessageKind, PathId, Structure, Touch, TouchKind, lens::Range,
};

/// A history whose first change adds `files` files, called by their numbers, and whose others touch these.
pub(super) fn history(files: u32, changes: &[Vec<u32>]) -> Facts {
    let mut facts = Facts::default();
    for file in 0..files {
        let path = facts.paths.intern(format!("dir{}/{file}.rs", file % 7).as_bytes());
        facts.files.path.push(path);
        facts.files.born.push(ChangeId(0));
        facts.files.died.push(None);
        facts.files.language.push(None);
        facts.files.generated.push(false);
        facts.files.bytes.push(None);
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
    let table = &mut facts.changes;
    table.commit.push(CommitId::from_bytes(&id).expect("twenty bytes are an id"));
    table.parent.push(None);
    table.authored_at.push(0);
    table.committed_at.push(0);
    table.merged_at.push(0);
    table.commits.push(1);
    table.files.push(files.len() as u32);
    table.bulk.push(files.len() > 30);
    table.ignored.push(false);
    table.revert_of.push(None);
    table.ticket.push(None);
    table.pull_request.push(None);
    table.message_kind.push(MessageKind::Other);
    table.subject.push(String::new());
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
