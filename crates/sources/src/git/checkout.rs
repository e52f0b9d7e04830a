//! The tree somebody works on: as it lies on disk, as it is staged, or as a commit left it.
//!
//! ```text
//! index ──stat as recorded──▶ its blob id, content unread
//!   │ └──touched since──────▶ read and hashed
//!   └──not there────────────▶ no file
//! disk ──neither tracked nor ignored──▶ read and hashed
//! ```
//!
//! Every file has the id its blob would have, so that what was read of it once is not read again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use facts::CommitId;
use gix::{
    ObjectId,
    index::entry::{Flags, Mode, Stage, stat},
};

use super::{Head, objects::Objects, open::Source, renames::Blobs as _};
use crate::tree::Tree;

/// Larger files are not hashed: nothing reads them.
const LIMIT_BYTES: u64 = 4 << 20;

/// Which tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What lies on disk, untracked files that are not ignored among it.
    WorkTree,
    /// What the index holds: what `git commit` would write.
    Staged,
    /// What a commit holds.
    Commit(CommitId),
}

/// A tree with what is in its files.
pub struct Checkout {
    objects: Objects,
    root: Option<PathBuf>,
    files: Arc<Listed>,
}

/// The files of a [`Checkout`], to be shared with threads that read them.
#[derive(Default)]
pub struct Listed {
    paths: Vec<Vec<u8>>,
    entries: Vec<Entry>,
    /// Files that stand otherwise than their place says, by path.
    replaced: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Why part of what lies on disk could not be listed.
    unlisted: Option<String>,
}

#[derive(Clone, Copy)]
struct Entry {
    id: Option<ObjectId>,
    link: bool,
    on_disk: bool,
}

impl std::fmt::Debug for Checkout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkout").field("paths", &self.files.paths.len()).finish()
    }
}

impl Checkout {
    /// Lists one side of a repository. Where there is no work tree, what is asked of one is answered by the commit.
    pub fn read(source: &Source, side: Side) -> Self {
        let repository = source.repository.to_thread_local();
        let root = source.work_tree.clone();
        let listed = match (side, &root) {
            (Side::WorkTree, Some(root)) => work_tree(&repository, root),
            (Side::Staged, Some(_)) => staged(&repository),
            (Side::Commit(commit), _) => Some(committed(&Head::read_at(source, commit))),
            (Side::WorkTree | Side::Staged, None) => None,
        };
        let files = listed.unwrap_or_else(|| committed(&Head::read(source)));
        Self { objects: Objects::new(&source.repository), root, files: Arc::new(files) }
    }

    /// The tree of a commit that was listed already.
    pub fn of(source: &Source, head: &Head) -> Self {
        Self { objects: Objects::new(&source.repository), root: None, files: Arc::new(committed(head)) }
    }

    /// Whether any of it lies on disk or in an editor, where it may change by the next look.
    pub fn lies_on_disk(&self) -> bool {
        !self.files.replaced.is_empty() || self.files.entries.iter().any(|entry| entry.on_disk)
    }

    /// Bytes for keeping what is listed of a commit.
    pub fn encode(&self) -> Vec<u8> {
        let all: Vec<(&[u8], &[u8], bool)> = (self.files.paths.iter().zip(&self.files.entries))
            .map(|(path, entry)| {
                (path.as_slice(), entry.id.as_ref().map_or(&[][..], |id| id.as_bytes()), entry.link)
            })
            .collect();
        postcard::to_allocvec(&all).unwrap_or_default()
    }

    /// A commit's tree as it was kept; `None` when it is not such.
    pub fn decode(source: &Source, bytes: &[u8]) -> Option<Self> {
        let all: Vec<(&[u8], &[u8], bool)> = postcard::from_bytes(bytes).ok()?;
        let entry = |(path, id, link): (&[u8], &[u8], bool)| {
            let id = if id.is_empty() { None } else { Some(ObjectId::try_from(id).ok()?) };
            Some((path.to_vec(), Entry { id, link, on_disk: false }))
        };
        let all: Option<Vec<_>> = all.into_iter().map(entry).collect();
        Some(Self {
            objects: Objects::new(&source.repository),
            root: None,
            files: Arc::new(Listed::from(all?)),
        })
    }

    /// The same tree for another thread.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { objects: self.objects.another(), root: self.root.clone(), files: Arc::clone(&self.files) }
    }

    /// Puts a file's content in place of what is there, as an editor holds it.
    pub fn replace(&mut self, path: &[u8], content: Vec<u8>) {
        let files = Arc::get_mut(&mut self.files);
        let files = files.expect("nothing is shared before the tree is read");
        let entry = Entry { id: hash(&self.objects, &content), link: false, on_disk: false };
        match files.paths.binary_search_by(|known| known.as_slice().cmp(path)) {
            Ok(at) => files.entries[at] = entry,
            Err(at) => {
                files.paths.insert(at, path.to_vec());
                files.entries.insert(at, entry);
            }
        }
        files.replaced.insert(path.to_vec(), content);
    }

    /// The id of a file's blob; `None` where there is no such file, or it is too large to be read.
    pub fn id(&self, path: &[u8]) -> Option<&[u8]> {
        self.files.id(path)
    }

    /// What files there are.
    pub fn listed(&self) -> &Listed {
        &self.files
    }

    /// What tells this tree from every other.
    pub fn fingerprint(&self) -> u64 {
        let mut all: Vec<u8> = Vec::new();
        for (path, entry) in self.files.paths.iter().zip(&self.files.entries) {
            all.extend(path);
            all.push(0);
            all.extend(entry.id.iter().flat_map(|id| id.as_bytes()));
            all.push(u8::from(entry.link));
        }
        twox_hash::XxHash3_64::oneshot(&all)
    }

    /// Why part of what lies on disk could not be listed.
    pub fn unlisted(&self) -> Option<&str> {
        self.files.unlisted.as_deref()
    }

    /// Paths that differ from another tree, those of the other that are gone among them; sorted.
    pub fn differing(&self, other: &Self) -> Vec<Vec<u8>> {
        let (own, others) = (&self.files, &other.files);
        let same = |at: usize| {
            let here = own.entries[at];
            others.find(&own.paths[at]).is_some_and(|there| {
                let there = others.entries[there];
                here.id.is_some() && here.id == there.id && here.link == there.link
            })
        };
        let mut out: Vec<Vec<u8>> =
            (0..own.paths.len()).filter(|&at| !same(at)).map(|at| own.paths[at].clone()).collect();
        out.extend(others.paths.iter().filter(|path| own.find(path).is_none()).cloned());
        out.sort();
        out
    }
}

impl Checkout {
    /// Of paths that differ from another tree, those that lie elsewhere there with the content they have here: path here, path there.
    pub fn moved<'p>(&self, other: &Self, differing: &'p [Vec<u8>]) -> BTreeMap<&'p [u8], &'p [u8]> {
        let mut gone: BTreeMap<&[u8], &[u8]> = BTreeMap::new();
        for path in differing.iter().filter(|path| self.files.find(path).is_none()) {
            if let Some(id) = other.id(path) {
                gone.entry(id).or_insert(path);
            }
        }
        let added = differing.iter().filter(|path| other.files.find(path).is_none());
        added.filter_map(|path| Some((path.as_slice(), *gone.get(self.id(path)?)?))).collect()
    }
}

impl Tree for Checkout {
    fn paths(&self) -> &[Vec<u8>] {
        &self.files.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        if let Some(content) = self.files.replaced.get(path) {
            return Ok(content.clone());
        }
        let at = self.files.find(path).ok_or_else(|| "it is not in the tree".to_owned())?;
        let entry = self.files.entries[at];
        match (&self.root, entry.on_disk, entry.id) {
            (Some(root), true, _) => on_disk(root, path, entry.link).map_err(|error| error.to_string()),
            (_, _, Some(id)) => {
                let mut data = Vec::new();
                let read = self.objects.read(&id, &mut data);
                if read { Ok(data) } else { Err("its blob is not in this clone".to_owned()) }
            }
            _ => Err("it cannot be read".to_owned()),
        }
    }

    fn is_link(&self, path: &[u8]) -> bool {
        self.files.find(path).is_some_and(|at| self.files.entries[at].link)
    }
}

impl Listed {
    /// Paths, sorted by bytes.
    pub fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    /// The id of a file's blob.
    pub fn id(&self, path: &[u8]) -> Option<&[u8]> {
        self.find(path).and_then(|at| self.entries[at].id.as_ref()).map(|id| id.as_bytes())
    }

    fn find(&self, path: &[u8]) -> Option<usize> {
        self.paths.binary_search_by(|known| known.as_slice().cmp(path)).ok()
    }

    fn from(mut all: Vec<(Vec<u8>, Entry)>) -> Self {
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|a, b| a.0 == b.0);
        let (paths, entries) = all.into_iter().unzip();
        Self { paths, entries, ..Self::default() }
    }
}

fn committed(head: &Head) -> Listed {
    let entry = |path: &Vec<u8>| Entry {
        id: head.listing().id(path).and_then(|id| ObjectId::try_from(id).ok()),
        link: head.is_link(path),
        on_disk: false,
    };
    Listed::from(head.paths().iter().map(|path| (path.clone(), entry(path))).collect())
}

/// Files and links of the index; of a conflict our side.
fn tracked(index: &gix::index::State) -> impl Iterator<Item = (&gix::index::Entry, Vec<u8>)> {
    let kept = |entry: &&gix::index::Entry| {
        matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK)
            && matches!(entry.stage(), Stage::Unconflicted | Stage::Ours)
    };
    index.entries().iter().filter(kept).map(|entry| (entry, entry.path(index).to_vec()))
}

fn staged(repository: &gix::Repository) -> Option<Listed> {
    let index = repository.open_index().ok()?;
    let all = tracked(&index)
        .filter(|(entry, _)| !entry.flags.contains(Flags::INTENT_TO_ADD))
        .map(|(entry, path)| {
            let link = entry.mode == Mode::SYMLINK;
            (path, Entry { id: Some(entry.id), link, on_disk: false })
        })
        .collect();
    Some(Listed::from(all))
}

fn work_tree(repository: &gix::Repository, root: &Path) -> Option<Listed> {
    let index = repository.open_index().ok();
    let mut all: Vec<(Vec<u8>, Entry)> = Vec::new();
    let kind = repository.object_hash();
    if let Some(index) = &index {
        let written = index.timestamp();
        for (entry, path) in tracked(index) {
            let link = entry.mode == Mode::SYMLINK;
            // A sparse checkout leaves it out of the disk, and it is there all the same.
            if entry.flags.contains(Flags::SKIP_WORKTREE) {
                all.push((path, Entry { id: Some(entry.id), link, on_disk: false }));
                continue;
            }
            let place = place_of(root, &path);
            let Ok(found) = gix::index::fs::Metadata::from_path_no_follow(&place) else { continue };
            if found.is_dir() {
                continue;
            }
            let link = found.is_symlink();
            let now = gix::index::entry::Stat::from_fs(&found).ok();
            let options = stat::Options::default();
            let as_recorded = now.is_some_and(|now| entry.stat.matches(&now, options))
                && !entry.stat.is_racy(written, options)
                && !entry.flags.contains(Flags::INTENT_TO_ADD)
                && link == (entry.mode == Mode::SYMLINK);
            let id =
                if as_recorded { Some(entry.id) } else { hash_on_disk(kind, root, &path, link, found.len()) };
            all.push((path, Entry { id, link, on_disk: true }));
        }
    }
    let (untracked, unlisted) = untracked(repository, index.as_ref(), &all);
    for path in untracked {
        let place = place_of(root, &path);
        let Ok(found) = std::fs::symlink_metadata(&place) else { continue };
        let link = found.file_type().is_symlink();
        if link || found.is_file() {
            let id = hash_on_disk(kind, root, &path, link, found.len());
            all.push((path, Entry { id, link, on_disk: true }));
        }
    }
    Some(Listed { unlisted, ..Listed::from(all) })
}

/// What lies on disk, is not tracked and not ignored.
fn untracked(
    repository: &gix::Repository,
    index: Option<&gix::index::File>,
    present: &[(Vec<u8>, Entry)],
) -> (Vec<Vec<u8>>, Option<String>) {
    let mut state = match index {
        Some(index) => gix::index::State::clone(index),
        None => gix::index::State::new(repository.object_hash()),
    };
    let known: std::collections::BTreeSet<&[u8]> = present.iter().map(|(path, _)| path.as_slice()).collect();
    // The walk takes for tracked what was found to be there.
    for (entry, path) in state.entries_mut_with_paths() {
        if known.contains::<[u8]>(path.as_ref()) {
            entry.flags |= Flags::UPTODATE;
        }
    }
    let mut found = Collect::default();
    let listed = repository.dirwalk_options().and_then(|options| {
        let options = options.emit_untracked(gix::dir::walk::EmissionMode::Matching);
        let never = AtomicBool::new(false);
        repository.dirwalk(&state, None::<&gix::bstr::BStr>, &never, options, &mut found)
    });
    let why = listed.err().map(|error| error.to_string());
    (found.paths, why)
}

#[derive(Default)]
struct Collect {
    paths: Vec<Vec<u8>>,
}

impl gix::dir::walk::Delegate for Collect {
    fn emit(
        &mut self,
        entry: gix::dir::EntryRef<'_>,
        _collapsed: Option<gix::dir::entry::Status>,
    ) -> std::ops::ControlFlow<()> {
        if entry.status == gix::dir::entry::Status::Untracked {
            self.paths.push(entry.rela_path.to_vec());
        }
        std::ops::ControlFlow::Continue(())
    }
}

/// Where a path lies on disk; one that cannot be written there lies nowhere.
fn place_of(root: &Path, path: &[u8]) -> PathBuf {
    gix::path::from_byte_slice(path).map_or_else(|_| root.join("\0"), |path| root.join(path))
}

fn on_disk(root: &Path, path: &[u8], link: bool) -> std::io::Result<Vec<u8>> {
    let place = place_of(root, path);
    if link {
        let target = std::fs::read_link(place)?;
        return Ok(target.to_string_lossy().replace('\\', "/").into_bytes());
    }
    std::fs::read(place)
}

fn hash_on_disk(kind: gix::hash::Kind, root: &Path, path: &[u8], link: bool, bytes: u64) -> Option<ObjectId> {
    if bytes > LIMIT_BYTES {
        return None;
    }
    let content = on_disk(root, path, link).ok()?;
    gix::objs::compute_hash(kind, gix::objs::Kind::Blob, &content).ok()
}

fn hash(objects: &Objects, content: &[u8]) -> Option<ObjectId> {
    gix::objs::compute_hash(objects.hash_kind(), gix::objs::Kind::Blob, content).ok()
}
