//! Static dependencies: what a file names, and the file it means.

use crate::{FileId, time::Seconds};

/// When a dependency holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// When the program runs.
    #[default]
    Runtime,
    /// For types alone; gone when the program runs.
    TypeOnly,
    /// In tests alone.
    Test,
    /// While building alone.
    Dev,
    /// One declares the other to be a part of itself, as Rust's `mod a;`: no dependency, and no way round a cycle.
    Contains,
}

impl DependencyKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Runtime, Self::TypeOnly, Self::Test, Self::Dev, Self::Contains];

    /// `runtime`, `type-only`, `test`, `dev` or `contains`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::TypeOnly => "type-only",
            Self::Test => "test",
            Self::Dev => "dev",
            Self::Contains => "contains",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<F = FileId> {
    /// A file of the tree.
    File(F),
    /// Something outside of it, by the name of its package.
    External(String),
    /// It cannot be told, for this reason.
    Unresolved(String),
}

/// One file names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency<F = FileId> {
    /// The file that names.
    pub from: F,
    /// What is named.
    pub to: Target<F>,
    /// When it holds.
    pub kind: DependencyKind,
    /// Where it is named, from 1.
    pub line: u32,
    /// As written.
    pub specifier: String,
    /// The language of the file that names.
    pub language: &'static str,
}

/// How far a language was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageCoverage {
    /// The language.
    pub language: &'static str,
    /// Files of it.
    pub files: u64,
    /// Files that were read to their end, with or without mistakes in them.
    pub parsed: u64,
    /// Files with mistakes in them, whose names may be incomplete.
    pub broken: u64,
    /// Files that were not read, each with the reason; by path.
    pub skipped: Vec<(Vec<u8>, String)>,
}

/// A file whose names were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadFile<F = FileId> {
    /// The file.
    pub file: F,
    /// Its language.
    pub language: &'static str,
    /// Whether it is a test, by where it lies or what it is called.
    pub test: bool,
}

/// Every dependency of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies<F = FileId> {
    /// By file that names, then by line.
    pub edges: Vec<Dependency<F>>,
    /// Every file that was read, with or without an edge; sorted.
    pub files: Vec<ReadFile<F>>,
    /// The languages that were read, by name.
    pub languages: Vec<LanguageCoverage>,
}

impl<F> Default for Dependencies<F> {
    fn default() -> Self {
        Self { edges: Vec::new(), files: Vec::new(), languages: Vec::new() }
    }
}

impl<F: Copy + Ord> Dependencies<F> {
    /// Puts one file, read again, in place of what was read of it; of the languages `read` knows, it knows them better.
    pub fn replace(&mut self, file: F, read: Self) {
        let edges = self.edges.partition_point(|edge| edge.from < file)
            ..self.edges.partition_point(|edge| edge.from <= file);
        self.edges.splice(edges, read.edges);
        let files = self.files.partition_point(|one| one.file < file)
            ..self.files.partition_point(|one| one.file <= file);
        self.files.splice(files, read.files);
        for language in read.languages {
            if let Some(own) = self.languages.iter_mut().find(|own| own.language == language.language) {
                *own = language;
            }
        }
    }
}

impl Dependencies {
    /// The design as a graph: what files that are no tests need of each other, `keep` of them.
    ///
    /// Tests, containment and a file's use of itself are left out: tests use everything by nature, and what is part of
    /// a file does not depend on it.
    pub fn graph(&self, keep: impl Fn(FileId) -> bool) -> FileGraph {
        let files: Vec<FileId> =
            self.files.iter().filter(|one| !one.test && keep(one.file)).map(|one| one.file).collect();
        let number = |file: FileId| files.binary_search(&file).ok().map(|at| at as u32);
        let edges = self.edges.iter().filter_map(|edge| {
            let Target::File(to) = edge.to else { return None };
            let counts =
                !matches!(edge.kind, DependencyKind::Test | DependencyKind::Contains) && edge.from != to;
            counts.then_some((number(edge.from)?, number(to)?))
        });
        FileGraph::new(files.clone(), edges.collect())
    }
}

/// Files and which uses which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileGraph {
    /// The files, sorted.
    pub files: Vec<FileId>,
    /// Who uses whom, as positions in `files`; sorted, each once, nobody itself.
    pub edges: Vec<(u32, u32)>,
}

impl FileGraph {
    /// Puts edges into order.
    pub fn new(files: Vec<FileId>, mut edges: Vec<(u32, u32)>) -> Self {
        edges.retain(|(from, to)| from != to);
        edges.sort_unstable();
        edges.dedup();
        Self { files, edges }
    }
}

/// The design as it stood at an earlier moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// When.
    pub at: Seconds,
    /// The files of that time, by the identity they have through their renames, and which used which.
    pub graph: FileGraph,
}
