//! What somebody asks about before it is merged: some paths, a commit, a range of them, a branch, or what is staged.
//!
//! ```text
//! PATH...        the tree as it is       history up to HEAD
//! REV            REV against its parent  history up to that parent
//! BASE..REV      REV against where it    history up to there
//!                left BASE
//! --diff BASE    the work tree against   history up to there
//!                where HEAD left BASE
//! --staged       the index against HEAD  history up to HEAD
//! ```

use std::{collections::BTreeMap, path::Path};

use facts::CommitId;
use sources::{
    git::{self, Checkout, Side, Source},
    tree::Tree as _,
};

use crate::{code::Kept, error::Error, paths::Roots};

/// How it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask<'a> {
    /// Paths; or, alone, a revision or a range of them.
    Named(&'a [String]),
    /// The work tree since this branch or commit was left.
    Diff(&'a str),
    /// What is staged.
    Staged,
}

/// What is asked about.
pub(crate) struct Asked {
    /// For people.
    pub(crate) what: String,
    /// Whether that is a whole change; of paths nobody says that they are all.
    pub(crate) whole: bool,
    /// Where history ends for it; `None` where it ends as it does anyway.
    pub(crate) base: Option<CommitId>,
    /// Who makes it, by name and address, where that is known.
    pub(crate) author: Option<(String, String)>,
    /// Its files, by path.
    pub(crate) touched: Vec<Touch>,
    /// The tree with the change in it.
    pub(crate) tree: Checkout,
    /// What to know of how it was understood.
    pub(crate) notes: Vec<String>,
}

/// A file of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touch {
    /// From the root.
    pub(crate) path: String,
    /// What becomes of it.
    pub(crate) kind: Kind,
    /// Where it lay before, where it moved with its content.
    pub(crate) before: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Added,
    Modified,
    Renamed,
    Deleted,
    Named,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Renamed => "renamed",
            Self::Deleted => "deleted",
            Self::Named => "named",
        }
    }
}

impl Ask<'_> {
    /// Where history ends for it, where that is known before the rest is understood; `None` where it is not.
    pub(crate) fn base(self, source: &Source) -> Result<Option<CommitId>, Error> {
        match self {
            Self::Diff(base) => Ok(Some(git::merge_base(source, base)?)),
            Self::Named(_) | Self::Staged => Ok(None),
        }
    }
}

/// Understands what is asked about the repository at `place`.
pub(crate) fn understand(
    ask: Ask<'_>,
    place: &Path,
    source: &Source,
    kept: &Kept<'_>,
) -> Result<Asked, Error> {
    match ask {
        Ask::Staged => {
            let tree = Checkout::read(source, Side::Staged);
            let then = kept.commit(source, source.head());
            let touched = between(&tree, &then);
            Ok(Asked {
                what: files(touched.len(), "staged"),
                whole: true,
                base: None,
                author: None,
                touched,
                tree,
                notes: unlisted(source, "staged"),
            })
        }
        Ask::Diff(base) => {
            let commit = git::merge_base(source, base)?;
            let tree = Checkout::read(source, Side::WorkTree);
            let touched = between(&tree, &kept.commit(source, commit));
            let author =
                if commit == source.head() { None } else { Some(source.commit(source.head())?.author) };
            let notes = tree.unlisted().map(str::to_owned).into_iter().collect();
            Ok(Asked {
                what: format!("{} since {base}", files(touched.len(), "changed")),
                whole: true,
                base: Some(commit),
                author,
                touched,
                tree,
                notes,
            })
        }
        Ask::Named([one]) => match revision(one, source, kept)? {
            Some((base, revision)) => of_revision(base, &revision, place, kept),
            None => of_paths(std::slice::from_ref(one), source, kept),
        },
        Ask::Named(paths) => of_paths(paths, source, kept),
    }
}

fn unlisted(source: &Source, what: &str) -> Vec<String> {
    match source.work_tree {
        Some(_) => Vec::new(),
        None => vec![format!("the repository is bare, so nothing is {what}")],
    }
}

/// `3 files staged`.
fn files(number: usize, what: &str) -> String {
    if number == 1 { format!("1 file {what}") } else { format!("{number} files {what}") }
}

/// What one word means where it is no path: the base, for a range, and the revision.
fn revision(word: &str, source: &Source, kept: &Kept<'_>) -> Result<Option<(Option<String>, String)>, Error> {
    let head = kept.commit(source, source.head());
    let roots = roots(source, &head);
    if let Ok(path) = roots.rooted(word)
        && (path.is_empty() || roots.holds(&path) || on_disk(source, &path))
    {
        return Ok(None);
    }
    if let Some((base, revision)) = word.split_once("..").filter(|(base, _)| !base.is_empty()) {
        let revision = revision.trim_start_matches('.');
        let revision = if revision.is_empty() { "HEAD" } else { revision };
        if source.find(base).is_ok() && source.find(revision).is_ok() {
            return Ok(Some((Some(base.to_owned()), revision.to_owned())));
        }
    }
    match source.find(word) {
        Ok(found) if found.commit.is_some() => Ok(Some((None, word.to_owned()))),
        _ => Ok(None),
    }
}

fn of_revision(base: Option<String>, revision: &str, place: &Path, kept: &Kept<'_>) -> Result<Asked, Error> {
    let source = git::open(place, Some(revision))?;
    let described = source.commit(source.head())?;
    let (then, what) = match &base {
        Some(base) => (git::merge_base(&source, base)?, format!("{base}..{revision}")),
        None => {
            let first = || Error::NothingBefore { revision: revision.to_owned() };
            let short = &source.head().to_string()[..10];
            (described.parent.ok_or_else(first)?, format!("{short} “{}”", described.subject))
        }
    };
    let tree = kept.commit(&source, source.head());
    let touched = between(&tree, &kept.commit(&source, then));
    Ok(Asked {
        what,
        whole: true,
        base: Some(then),
        author: Some(described.author),
        touched,
        tree,
        notes: Vec::new(),
    })
}

fn of_paths(given: &[String], source: &Source, kept: &Kept<'_>) -> Result<Asked, Error> {
    let head = kept.commit(source, source.head());
    let roots = roots(source, &head);
    let mut touched: Vec<Touch> = Vec::new();
    let mut notes = Vec::new();
    for word in given {
        if word.is_empty() {
            return Err(Error::NothingThere { given: word.clone() });
        }
        let path = roots.rooted(word)?;
        let path = path.trim_end_matches('/');
        let touch = |path: &str, kind| Touch { path: path.to_owned(), kind, before: None };
        let below = if path.is_empty() { String::new() } else { format!("{path}/") };
        if head.id(path.as_bytes()).is_some() || sources::tree::holds(&head, path.as_bytes()) {
            touched.push(touch(path, Kind::Named));
        } else if path.is_empty() || roots.holds(path) {
            let inside = head.paths().iter().filter(|one| one.starts_with(below.as_bytes()));
            touched.extend(inside.map(|one| touch(&String::from_utf8_lossy(one), Kind::Named)));
        } else if on_disk(source, path) || could_be_new(path, &roots) {
            notes.push(format!("`{path}` is not in the last commit: it is taken for a new file"));
            touched.push(touch(path, Kind::Added));
        } else {
            return Err(Error::NothingThere { given: word.clone() });
        }
    }
    touched.sort_by(|a, b| a.path.cmp(&b.path));
    touched.dedup_by(|a, b| a.path == b.path);
    let tree = match touched.iter().any(|one| one.kind == Kind::Added) && source.work_tree.is_some() {
        true => Checkout::read(source, Side::WorkTree),
        false => head,
    };
    let what = match touched.as_slice() {
        [one] => one.path.clone(),
        many => format!("{} files", many.len()),
    };
    Ok(Asked { what, whole: false, base: None, author: None, touched, tree, notes })
}

fn roots<'a>(source: &'a Source, head: &'a Checkout) -> Roots<'a> {
    Roots { prefix: &source.prefix, paths: head.paths(), work_tree: source.work_tree.as_deref() }
}

fn on_disk(source: &Source, path: &str) -> bool {
    // Git's own directory is no part of the tree.
    let ours = !path.starts_with(".git/");
    ours && source.work_tree.as_ref().is_some_and(|root| root.join(path).is_file())
}

/// Whether a path reads as that of a file somebody is about to write: in a directory that is there, or with an ending.
fn could_be_new(path: &str, roots: &Roots<'_>) -> bool {
    // Patterns and REV:PATH are no names of files, and git's own directory is no part of the tree.
    if path.contains(['*', '?', '[', ':']) || path.starts_with(".git/") {
        return false;
    }
    let is_file =
        |path: &str| roots.paths.binary_search_by(|one| one.as_slice().cmp(path.as_bytes())).is_ok();
    match path.rsplit_once('/') {
        Some((directory, name)) => !name.is_empty() && roots.holds(directory) && !is_file(directory),
        None => path.trim_start_matches('.').contains('.') && !path.contains(".."),
    }
}

/// What differs between two trees; a file that lies elsewhere with the content it had has moved.
fn between(now: &Checkout, then: &Checkout) -> Vec<Touch> {
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    let differing = now.differing(then);
    let mut gone: BTreeMap<&[u8], &[u8]> = BTreeMap::new();
    for path in differing.iter().filter(|path| !sources::tree::holds(now, path)) {
        if let Some(id) = then.id(path) {
            gone.entry(id).or_insert(path);
        }
    }
    let mut moved: Vec<&[u8]> = Vec::new();
    let mut touched: Vec<Touch> = Vec::new();
    for path in &differing {
        let (kind, before) = match (sources::tree::holds(now, path), sources::tree::holds(then, path)) {
            (true, true) => (Kind::Modified, None),
            (false, _) => (Kind::Deleted, None),
            (true, false) => {
                let from = now.id(path).and_then(|id| gone.remove(id));
                moved.extend(from);
                (if from.is_some() { Kind::Renamed } else { Kind::Added }, from.map(text))
            }
        };
        touched.push(Touch { path: text(path), kind, before });
    }
    // Where it lay is no file of its own.
    touched.retain(|one| one.kind != Kind::Deleted || !moved.contains(&one.path.as_bytes()));
    touched
}
