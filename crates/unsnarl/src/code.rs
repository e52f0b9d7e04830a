//! Source code of a tree → dependencies between files, read once and kept.
//!
//! ```text
//! tree ──kept──▶ dependencies ───────────────────────────┐
//!   └──▶ blobs ──kept──▶ scans ──▶ resolved ─────────────┴──▶ by the identity files have through their renames
//! ```

use std::{
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
    sync::Mutex,
};

use facts::{
    ChangeId, CommitId, Facts, FileId, PathId,
    dependencies::{Dependencies, Dependency, ReadFile, Snapshot, Target},
    time::{Grain, Seconds, plausible},
};
use imports::Scans;
use rustc_hash::{FxHashMap, FxHasher};
use sources::{
    git::{Checkout, Head, Listed, Side, Source},
    store::{code as store, kept},
    tree::Tree as _,
};

/// More points than this are more than a series needs.
const MOST_SNAPSHOTS: usize = 12;
const SCANS: &str = "scans";
const LISTING: &str = "listing";

/// Fewer files than this are read again faster than everything that is known is written down anew.
const WORTH_KEEPING: usize = 100;

/// Where what was read of code is kept.
pub(crate) struct Kept<'a> {
    pub(crate) caches: &'a [PathBuf],
    pub(crate) threads: usize,
    /// Told what took how long.
    pub(crate) say: &'a (dyn Fn(&str) + Sync),
}

impl Kept<'_> {
    /// The tree of a commit.
    pub(crate) fn commit(&self, source: &Source, commit: CommitId) -> Checkout {
        let name = commit.to_string();
        let bytes = self.load(|cache| kept::load_bytes(cache, LISTING, &name));
        if let Some(checkout) = bytes.and_then(|bytes| Checkout::decode(source, &bytes)) {
            return checkout;
        }
        let checkout = Checkout::read(source, Side::Commit(commit));
        let bytes = checkout.encode();
        self.save(|cache| kept::save_bytes(cache, LISTING, &name, &bytes));
        checkout
    }

    /// What names what in a tree, its files numbered by path.
    pub(crate) fn dependencies(&self, checkout: &Checkout) -> Dependencies<u32> {
        let key = format!("{:016x}-{}", checkout.fingerprint(), imports::VERSION);
        if let Some(read) = self.load(|cache| store::load_tree(cache, &key, &imports::languages())) {
            return read;
        }
        let mut scans = self.scans();
        (self.say)("kept scans decoded");
        let (read, worth) = self.read_and_keep(checkout, &mut scans);
        (self.say)("read");
        // A commit is looked at again; what somebody is writing is another tree by the next look.
        if worth || !checkout.lies_on_disk() {
            self.save(|cache| store::save_tree(cache, &key, &read));
        }
        read
    }

    /// What was read before and is kept.
    pub(crate) fn scans(&self) -> Scans {
        let bytes = self.load(|cache| kept::load_bytes(cache, SCANS, imports::VERSION));
        bytes.and_then(|bytes| Scans::decode(&bytes)).unwrap_or_default()
    }

    /// Reads a tree of which `scans` holds some, keeps them where much was new, and says whether it was.
    pub(crate) fn read_and_keep(&self, checkout: &Checkout, scans: &mut Scans) -> (Dependencies<u32>, bool) {
        let fresh = scans.is_empty();
        let read = self.read(checkout, scans);
        let worth = fresh || scans.read_anew() >= WORTH_KEEPING;
        if worth {
            let bytes = scans.encode();
            self.save(|cache| kept::save_bytes(cache, SCANS, imports::VERSION, &bytes));
        }
        (read, worth)
    }

    fn read(&self, checkout: &Checkout, scans: &mut Scans) -> Dependencies<u32> {
        imports::read(&self.code(checkout), self.threads, scans)
    }

    /// Reads some files of a tree of which `scans` holds the others.
    pub(crate) fn read_some(
        &self,
        checkout: &Checkout,
        paths: &[&str],
        scans: &mut Scans,
    ) -> Dependencies<u32> {
        imports::read_some(&self.code(checkout), paths, self.threads, scans)
    }

    fn code<'c>(&self, checkout: &'c Checkout) -> Code<'c> {
        let readers = (0..self.threads).map(|_| Mutex::new(checkout.another())).collect();
        Code { listed: checkout.listed(), readers }
    }

    fn load<T>(&self, load: impl Fn(&Path) -> Option<T>) -> Option<T> {
        self.caches.iter().find_map(|cache| load(cache))
    }

    /// Keeps something in the first place that takes it; where none does, the next run reads again.
    fn save(&self, save: impl Fn(&Path) -> std::io::Result<()>) {
        let _ = self.caches.iter().any(|cache| save(cache).is_ok());
    }
}

/// The code of one history.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a Source,
    pub(crate) kept: Kept<'a>,
}

impl Reader<'_> {
    /// What names what in the tree where history ends.
    pub(crate) fn head(&self, head: &Head, facts: &Facts) -> Dependencies {
        let checkout = Checkout::of(self.source, head);
        let read = self.kept.dependencies(&checkout);
        let living: FxHashMap<&[u8], FileId> = facts
            .files
            .ids()
            .filter(|&file| facts.files.alive(file))
            .map(|file| (facts.paths.bytes(facts.files.path[file.index()]), file))
            .collect();
        bind(read, |number| living.get(head.paths().get(number as usize)?.as_slice()).copied())
    }

    /// The design at the ends of earlier years, or quarters of a young history. Kept by what it rests on, so that a new
    /// commit does not make it read again.
    pub(crate) fn years(&self, facts: &Facts, settings: u64, now: Seconds) -> Vec<Snapshot> {
        let moments = moments(facts, now);
        let mut then = PathsThen::default();
        let mut hasher = FxHasher::default();
        (settings, imports::VERSION).hash(&mut hasher);
        let paths: Vec<Vec<(PathId, FileId)>> = moments
            .iter()
            .map(|&(at, change)| {
                then.advance(facts, change);
                let mut paths: Vec<(PathId, FileId)> =
                    then.files.iter().map(|(&path, &file)| (path, file)).collect();
                paths.sort_unstable_by_key(|&(path, file)| (file, path));
                (at, facts.changes.commit[change.index()]).hash(&mut hasher);
                for &(path, file) in &paths {
                    (facts.paths.bytes(path), file, facts.files.is_code(file)).hash(&mut hasher);
                }
                paths
            })
            .collect();
        let key = format!("{:016x}", hasher.finish());
        if let Some(kept) = self.kept.load(|cache| store::load_years(cache, &key, facts.files.len())) {
            return kept;
        }
        let mut scans = Scans::default();
        let snapshots: Vec<Snapshot> = moments
            .into_iter()
            .zip(paths)
            .map(|((at, change), paths)| {
                let paths: FxHashMap<PathId, FileId> = paths.into_iter().collect();
                let commit = Side::Commit(facts.changes.commit[change.index()]);
                let checkout = Checkout::read(self.source, commit);
                let read = self.kept.read(&checkout, &mut scans);
                let read = bind(read, |number| {
                    let path = facts.paths.get(checkout.paths().get(number as usize)?)?;
                    paths.get(&path).copied()
                });
                Snapshot { at, graph: read.graph(|file| facts.files.is_code(file)) }
            })
            .collect();
        self.kept.save(|cache| store::save_years(cache, &key, &snapshots));
        snapshots
    }
}

/// The files of a tree as source code: one reader a thread, each of which takes one that is free.
struct Code<'c> {
    listed: &'c Listed,
    readers: Vec<Mutex<Checkout>>,
}

impl imports::Files for Code<'_> {
    fn paths(&self) -> &[Vec<u8>] {
        self.listed.paths()
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        let free = self.readers.iter().find_map(|reader| reader.try_lock().ok());
        let read = |checkout: &Checkout| match checkout.is_link(path) {
            true => Err("it is a link".to_owned()),
            false => checkout.read(path),
        };
        match free {
            Some(checkout) => read(&checkout),
            None => self.readers[0]
                .lock()
                .map_err(|_| "another thread failed over it".to_owned())
                .and_then(|checkout| read(&checkout)),
        }
    }

    fn id(&self, path: &[u8]) -> Option<&[u8]> {
        self.listed.id(path)
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
