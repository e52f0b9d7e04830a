//! Source code at a commit → dependencies between files, read once and kept.
//!
//! ```text
//! commit ──kept──▶ dependencies of its tree ─────────────┐
//!    └──tree──▶ blobs ──kept──▶ scans ──▶ resolved ──────┴──▶ by the identity files have through their renames
//! ```

use std::{path::PathBuf, sync::Mutex};

use facts::{
    ChangeId, CommitId, Facts, FileId, PathId,
    dependencies::{Dependencies, Dependency, ReadFile, Snapshot, Target},
    time::{Grain, Seconds, plausible},
};
use imports::Scans;
use rustc_hash::FxHashMap;
use sources::{
    git::{Head, Listing, Source},
    store::{code as store, kept},
};

/// More points than this are more than a series needs.
const MOST_SNAPSHOTS: usize = 12;
pub(crate) const SCANS: &str = "scans";

/// Where code is read from and kept.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a Source,
    pub(crate) caches: &'a [PathBuf],
    pub(crate) threads: usize,
}

impl Reader<'_> {
    /// What names what in the tree where history ends.
    pub(crate) fn head(&self, head: &Head, facts: &Facts) -> Dependencies {
        let commit = self.source.head();
        let key = key(commit);
        let kept = self.kept(|cache| store::load_tree(cache, &key, &imports::languages()));
        let read = kept.unwrap_or_else(|| {
            let before = self.kept(|cache| kept::load_bytes(cache, SCANS, imports::VERSION));
            let mut scans = before.and_then(|bytes| Scans::decode(&bytes)).unwrap_or_default();
            let read = self.read(head, &mut scans);
            self.keep(|cache| store::save_tree(cache, &key, &read));
            let bytes = scans.encode();
            self.keep(|cache| kept::save_bytes(cache, SCANS, imports::VERSION, &bytes));
            read
        });
        let living: FxHashMap<&[u8], FileId> = facts
            .files
            .ids()
            .filter(|&file| facts.files.alive(file))
            .map(|file| (facts.paths.bytes(facts.files.path[file.index()]), file))
            .collect();
        bind(read, |number| living.get(head.paths().get(number as usize)?.as_slice()).copied())
    }

    /// The design at the ends of earlier years, or quarters of a young history.
    pub(crate) fn years(&self, facts: &Facts, settings: u64, now: Seconds) -> Vec<Snapshot> {
        let key = format!("{settings:016x}-{}", key(self.source.head()));
        if let Some(kept) = self.kept(|cache| store::load_years(cache, &key, facts.files.len())) {
            return kept;
        }
        let mut scans = Scans::default();
        let mut paths = PathsThen::default();
        let snapshots: Vec<Snapshot> = moments(facts, now)
            .into_iter()
            .map(|(at, change)| {
                paths.advance(facts, change);
                let head = Head::read_at(self.source, facts.changes.commit[change.index()]);
                let read = self.read(&head, &mut scans);
                let read = bind(read, |number| {
                    let path = facts.paths.get(head.paths().get(number as usize)?)?;
                    paths.files.get(&path).copied()
                });
                Snapshot { at, graph: read.graph(|file| facts.files.is_code(file)) }
            })
            .collect();
        self.keep(|cache| store::save_years(cache, &key, &snapshots));
        snapshots
    }

    fn read(&self, head: &Head, scans: &mut Scans) -> Dependencies<u32> {
        let readers = (0..self.threads).map(|_| Mutex::new(head.another())).collect();
        imports::read(&Code { listing: head.listing(), readers }, self.threads, scans)
    }

    fn kept<T>(&self, load: impl Fn(&std::path::Path) -> Option<T>) -> Option<T> {
        self.caches.iter().find_map(|cache| load(cache))
    }

    /// Keeps something in the first place that takes it; where none does, the next run reads again.
    fn keep(&self, save: impl Fn(&std::path::Path) -> std::io::Result<()>) {
        let _ = self.caches.iter().any(|cache| save(cache).is_ok());
    }
}

/// What names a commit's code as this version reads it.
fn key(commit: CommitId) -> String {
    format!("{}-{}", &commit.to_string()[..16], imports::VERSION)
}

/// The files of a commit as source code: one reader a thread, each of which takes one that is free.
struct Code<'h> {
    listing: &'h Listing,
    readers: Vec<Mutex<Head>>,
}

impl imports::Files for Code<'_> {
    fn paths(&self) -> &[Vec<u8>] {
        self.listing.paths()
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        if self.listing.is_link(path) {
            return Err("it is a link".to_owned());
        }
        let free = self.readers.iter().find_map(|reader| reader.try_lock().ok());
        match free {
            Some(head) => head.read_file(path),
            None => self.readers[0]
                .lock()
                .map_err(|_| "another thread failed over it".to_owned())?
                .read_file(path),
        }
    }

    fn id(&self, path: &[u8]) -> Option<&[u8]> {
        self.listing.id(path)
    }
}

/// Numbers of paths become files; what is none, as a file of an ignored kind, goes.
fn bind(read: Dependencies<u32>, file: impl Fn(u32) -> Option<FileId>) -> Dependencies {
    let edges = read.edges.into_iter().filter_map(|edge| {
        let to = match edge.to {
            Target::File(to) => Target::File(file(to)?),
            Target::External(name) => Target::External(name),
            Target::Unresolved(why) => Target::Unresolved(why),
        };
        let Dependency { from, kind, line, specifier, language, .. } = edge;
        Some(Dependency { from: file(from)?, to, kind, line, specifier, language })
    });
    let mut files: Vec<ReadFile> = read
        .files
        .into_iter()
        .filter_map(|one| Some(ReadFile { file: file(one.file)?, language: one.language, test: one.test }))
        .collect();
    files.sort_by_key(|one| one.file);
    let mut edges: Vec<Dependency> = edges.collect();
    edges.sort_by_key(|edge| edge.from);
    Dependencies { edges, files, languages: read.languages }
}

/// Which file each path meant, as history is gone through.
#[derive(Default)]
struct PathsThen {
    files: FxHashMap<PathId, FileId>,
    next: usize,
}

impl PathsThen {
    /// Up to and with a change.
    fn advance(&mut self, facts: &Facts, change: ChangeId) {
        for row in self.next..=change.index() {
            for at in facts.touches.of(ChangeId::from_index(row)) {
                let touch = facts.touches.row(at);
                if touch.kind == facts::TouchKind::Deleted {
                    self.files.remove(&touch.path);
                    continue;
                }
                if let Some(previous) = touch.previous_path {
                    self.files.remove(&previous);
                }
                self.files.insert(touch.path, touch.file);
            }
        }
        self.next = self.next.max(change.index() + 1);
    }
}

/// The end of each period but the last, with the last change before it, at most so many, evenly thinned.
fn moments(facts: &Facts, now: Seconds) -> Vec<(Seconds, ChangeId)> {
    let merged = &facts.changes.merged_at;
    let dated = || facts.changes.ids().filter(|change| plausible(merged[change.index()], now));
    let at = |change: ChangeId| merged[change.index()];
    let (Some(first), Some(last)) = (dated().map(at).min(), dated().map(at).max()) else { return Vec::new() };
    let grain = Grain::for_span(first, last);
    let mut out: Vec<(Seconds, ChangeId)> = Vec::new();
    let mut end = grain.period(first).end;
    while end <= last {
        if let Some(change) = dated().filter(|&change| at(change) < end).max_by_key(|change| change.index())
            && out.last().is_none_or(|(_, before)| *before < change)
        {
            out.push((end, change));
        }
        end = grain.period(end).end;
    }
    let step = out.len().div_ceil(MOST_SNAPSHOTS).max(1);
    // The latest is always among them.
    let skip = out.len().saturating_sub(1) % step;
    out.into_iter().skip(skip).step_by(step).collect()
}
