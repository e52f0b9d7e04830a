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

use std::{collections::BTreeSet, path::Path};

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
    /// Paths and nothing else.
    Paths(&'a [String]),
    /// A revision or a range of them, and nothing else.
    Revision(&'a str),
    /// The work tree since this branch or commit was left.
    Diff(&'a str),
    /// What is staged.
    Staged,
}

/// What is asked about.
pub(crate) struct Asked {
    /// For people.
    pub(crate) what: String,
    /// What its author called it, where it is one commit.
    pub(crate) title: Option<String>,
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
            Self::Named(_) | Self::Paths(_) | Self::Revision(_) | Self::Staged => Ok(None),
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
                title: None,
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
                title: None,
                whole: true,
                base: Some(commit),
                author,
                touched,
                tree,
                notes,
            })
        }
        Ask::Named([one]) => {
            let head = kept.commit(source, source.head());
            match (is_path(one, source, &head), revision(one, source)) {
                (false, Some((base, revision))) => of_revision(base, &revision, place, kept),
                (is_path, revision) => {
                    let mut asked = of_paths(std::slice::from_ref(one), source, head)?;
                    if is_path && revision.is_some() {
                        asked.notes.push(format!(
                            "`{one}` is a revision, too; the path is meant ({one}~0 is the commit)"
                        ));
                    }
                    Ok(asked)
                }
            }
        }
        Ask::Revision(word) => match revision(word, source) {
            Some((base, revision)) => of_revision(base, &revision, place, kept),
            None => Err(Error::NothingThere { given: word.to_owned(), why: missing_end(word, source) }),
        },
        Ask::Named(paths) | Ask::Paths(paths) => of_paths(paths, source, kept.commit(source, source.head())),
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

/// Whether a word names a file or a directory of the last commit, or a file on disk.
fn is_path(word: &str, source: &Source, head: &Checkout) -> bool {
    let roots = roots(source, head);
    let is_there = |path: &String| path.is_empty() || roots.holds(path) || on_disk(source, path);
    roots.rooted(word).is_ok_and(|path| is_there(&path))
}

/// The two ends of a range; what is left out is HEAD.
fn ends(word: &str) -> Option<(String, String)> {
    let (base, revision) = word.split_once("..")?;
    let revision = revision.trim_start_matches('.');
    let or_head = |end: &str| if end.is_empty() { "HEAD" } else { end }.to_owned();
    (!base.is_empty() || !revision.is_empty()).then(|| (or_head(base), or_head(revision)))
}

/// Whether a word names a commit; a day names none.
fn is_commit(word: &str, source: &Source) -> bool {
    source.find(word).is_ok_and(|found| found.commit.is_some())
}

/// The base, for a range, and the revision that a word names; `None` where it names none.
fn revision(word: &str, source: &Source) -> Option<(Option<String>, String)> {
    if let Some((base, revision)) =
        ends(word).filter(|(base, revision)| is_commit(base, source) && is_commit(revision, source))
    {
        return Some((Some(base), revision));
    }
    is_commit(word, source).then(|| (None, word.to_owned()))
}

/// Why a word that is no path is no revision either.
fn missing_end(word: &str, source: &Source) -> String {
    let end = ends(word)
        .and_then(|(base, revision)| [base, revision].into_iter().find(|end| !is_commit(end, source)));
    match end {
        Some(end) => format!("`{end}` is no revision"),
        None => "it is neither a path of the last commit nor a revision".to_owned(),
    }
}

fn of_revision(base: Option<String>, revision: &str, place: &Path, kept: &Kept<'_>) -> Result<Asked, Error> {
    let source = git::open(place, Some(revision))?;
    let described = source.commit(source.head())?;
    let (then, what, title) = match &base {
        Some(base) => {
            let common = git::merge_base(&source, base)?;
            if common == source.head() && source.find(base).is_ok_and(|found| found.commit != Some(common)) {
                let why =
                    format!("{revision} lies before {base}: the other way round it is {revision}..{base}");
                return Err(Error::NothingThere { given: format!("{base}..{revision}"), why });
            }
            (common, format!("{base}..{revision}"), None)
        }
        None => {
            let first = || Error::NothingBefore { revision: revision.to_owned() };
            let short = source.head().to_string()[..10].to_owned();
            (described.parent.ok_or_else(first)?, short, Some(described.subject))
        }
    };
    let tree = kept.commit(&source, source.head());
    let touched = between(&tree, &kept.commit(&source, then));
    Ok(Asked {
        what,
        title,
        whole: true,
        base: Some(then),
        author: Some(described.author),
        touched,
        tree,
        notes: Vec::new(),
    })
}

fn of_paths(given: &[String], source: &Source, head: Checkout) -> Result<Asked, Error> {
    let roots = roots(source, &head);
    let mut touched: Vec<Touch> = Vec::new();
    let mut notes = Vec::new();
    for word in given {
        if word.is_empty() {
            let why = "no path is empty".to_owned();
            return Err(Error::NothingThere { given: word.clone(), why });
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
            let why = match given {
                [_] => missing_end(word, source),
                _ if revision(word, source).is_some() => {
                    "it is a revision, and is asked about alone".to_owned()
                }
                _ => "it is no path of the last commit".to_owned(),
            };
            return Err(Error::NothingThere { given: word.clone(), why });
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
    Ok(Asked { what, title: None, whole: false, base: None, author: None, touched, tree, notes })
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
    let from = now.moved(then, &differing);
    // Of copies of one file the first has moved, and the others are new.
    let mut moved: BTreeSet<&[u8]> = BTreeSet::new();
    let mut touched: Vec<Touch> = Vec::new();
    for path in &differing {
        let (kind, before) = match (sources::tree::holds(now, path), sources::tree::holds(then, path)) {
            (true, true) => (Kind::Modified, None),
            (false, _) => (Kind::Deleted, None),
            (true, false) => match from.get(path.as_slice()).filter(|from| moved.insert(from)) {
                Some(from) => (Kind::Renamed, Some(text(from))),
                None => (Kind::Added, None),
            },
        };
        touched.push(Touch { path: text(path), kind, before });
    }
    // Where it lay is no file of its own.
    touched.retain(|one| one.kind != Kind::Deleted || !moved.contains(one.path.as_bytes()));
    touched
}
