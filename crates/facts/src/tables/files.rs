//! `files`: one row a file, through its renames.

use crate::{ChangeId, FileId, PathId};

/// Files, in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub struct FileTable {
    /// The latest path.
    pub path: Vec<PathId>,
    /// The change that brought it; the first that touched it where history is cut.
    pub born: Vec<ChangeId>,
    /// The change that deleted it; `None` while it lives at the head.
    pub died: Vec<Option<ChangeId>>,
    /// The language its name tells; `None` when unknown or not code.
    pub language: Vec<Option<&'static str>>,
    /// Whether it is written by a tool, by its path: lock files, snapshots, vendored and generated code.
    pub generated: Vec<bool>,
    /// Size of the blob at the head; `None` when dead, missing or not a blob.
    pub bytes: Vec<Option<u64>>,
}

impl FileTable {
    /// How many files there are, dead ones included.
    pub fn len(&self) -> usize {
        self.path.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.path.is_empty()
    }

    /// Appends a file that lives, of which nothing but its path and the change that brought it is known.
    pub fn push(&mut self, path: PathId, born: ChangeId) -> FileId {
        let file = FileId::from_index(self.len());
        self.path.push(path);
        self.born.push(born);
        self.died.push(None);
        self.language.push(None);
        self.generated.push(false);
        self.bytes.push(None);
        file
    }

    /// Whether the file exists at the head.
    pub fn alive(&self, file: FileId) -> bool {
        self.died[file.index()].is_none()
    }

    /// Whether the file is source code that people write.
    pub fn is_code(&self, file: FileId) -> bool {
        self.language[file.index()].is_some() && !self.generated[file.index()]
    }

    /// Every row.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = FileId> + use<> {
        (0..self.len()).map(FileId::from_index)
    }
}
