//! `touches`: one row a file in a change.

use std::ops::Range;

use crate::{ChangeId, FileId, PathId};

/// What happened to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TouchKind {
    /// New.
    Added,
    /// Content or mode differs.
    Modified,
    /// Gone.
    Deleted,
    /// Came from [`previous_path`](TouchTable::previous_path), perhaps edited.
    Renamed,
    /// Became another type of entry: file, symbolic link, submodule.
    TypeChanged,
}

impl TouchKind {
    const ALL: [Self; 5] = [Self::Added, Self::Modified, Self::Deleted, Self::Renamed, Self::TypeChanged];

    /// Git's status letter: A, M, D, R or T.
    pub fn letter(self) -> char {
        match self {
            Self::Added => 'A',
            Self::Modified => 'M',
            Self::Deleted => 'D',
            Self::Renamed => 'R',
            Self::TypeChanged => 'T',
        }
    }

    /// The name in the fact tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
            Self::Renamed => "renamed",
            Self::TypeChanged => "type",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The change.
    pub change: ChangeId,
    /// The file, through its renames.
    pub file: FileId,
    /// Its path after the change (before it, when deleted).
    pub path: PathId,
    /// What happened.
    pub kind: TouchKind,
    /// Where it came from, when renamed.
    pub previous_path: Option<PathId>,
}

/// Touches sorted by change, then by path bytes.
#[derive(Clone, Debug, Default)]
pub struct TouchTable {
    /// The change.
    pub change: Vec<ChangeId>,
    /// The file, through its renames.
    pub file: Vec<FileId>,
    /// Its path after the change (before it, when deleted).
    pub path: Vec<PathId>,
    /// What happened.
    pub kind: Vec<TouchKind>,
    /// Where it came from, when renamed.
    pub previous_path: Vec<Option<PathId>>,
    /// Lines added and deleted; the vector is empty unless lines were asked for, an entry is `None` for binary
    /// files and missing blobs.
    pub lines: Vec<Option<(u32, u32)>>,
    /// `first[c]..first[c + 1]` are the rows of change `c`; one entry more than there are changes.
    first: Vec<u32>,
}

impl TouchTable {
    /// How many touches there are.
    pub fn len(&self) -> usize {
        self.change.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.change.is_empty()
    }

    /// Appends a row; rows come sorted by change.
    pub fn push(&mut self, touch: Touch) {
        debug_assert!(self.change.last().is_none_or(|&last| last <= touch.change));
        self.change.push(touch.change);
        self.file.push(touch.file);
        self.path.push(touch.path);
        self.kind.push(touch.kind);
        self.previous_path.push(touch.previous_path);
    }

    /// Builds the row index; call once after the last [`push`](Self::push).
    pub fn index(&mut self, changes: usize) {
        self.first.clear();
        self.first.resize(changes + 1, 0);
        for change in &self.change {
            self.first[change.index() + 1] += 1;
        }
        for at in 1..self.first.len() {
            self.first[at] += self.first[at - 1];
        }
    }

    /// The rows of one change.
    pub fn of(&self, change: ChangeId) -> Range<usize> {
        self.first[change.index()] as usize..self.first[change.index() + 1] as usize
    }

    /// The touches of the first so many changes.
    pub(crate) fn first(&self, changes: usize) -> Self {
        let rows = self.change.partition_point(|change| change.index() < changes);
        let mut out = Self {
            change: self.change[..rows].to_vec(),
            file: self.file[..rows].to_vec(),
            path: self.path[..rows].to_vec(),
            kind: self.kind[..rows].to_vec(),
            previous_path: self.previous_path[..rows].to_vec(),
            lines: self.lines.get(..rows).unwrap_or_default().to_vec(),
            ..Self::default()
        };
        out.index(changes);
        out
    }

    /// One row.
    pub fn row(&self, at: usize) -> Touch {
        Touch {
            change: self.change[at],
            file: self.file[at],
            path: self.path[at],
            kind: self.kind[at],
            previous_path: self.previous_path[at],
        }
    }
}
