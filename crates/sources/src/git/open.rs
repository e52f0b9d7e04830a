//! Opening a repository and naming the commit to end at; every way this can fail, with the way out.

use std::path::{Path, PathBuf};

use facts::time::{DAY, Seconds};
use gix::{ObjectId, bstr::ByteSlice as _};

use super::object::CommitHeader;

/// Why there is nothing to mine. Each says what was expected and, in [`hint`](Self::hint), the way out.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path does not exist.
    #[error("failed to open `{0}`: no such directory")]
    NoSuchDirectory(PathBuf),
    /// No repository there or above.
    #[error("failed to open `{0}`: not a git repository, nor is any directory above it")]
    NotARepository(PathBuf),
    /// Git's files are there but cannot be read.
    #[error("failed to open the repository at `{path}`: {why}")]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// The library's words.
        why: String,
    },
    /// A branch without commits, in a repository without commits.
    #[error("`{0}` has no commits yet")]
    NoCommits(PathBuf),
    /// `HEAD` is an unborn branch, but other branches have commits.
    #[error("`{path}`: HEAD is `{head}`, a branch without commits")]
    UnbornBranch {
        /// Where.
        path: PathBuf,
        /// The unborn branch.
        head: String,
        /// A branch that has commits.
        other: String,
    },
    /// The revision names nothing.
    #[error("failed to find revision `{revision}`: {why}")]
    NoSuchRevision {
        /// As given.
        revision: String,
        /// What went wrong.
        why: String,
    },
    /// The commit to end at is not in the object store.
    #[error("failed to read commit {0}: it is missing or damaged")]
    MissingCommit(String),
}

impl OpenError {
    /// What to do about it; can be pasted where it is a command.
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchDirectory(_) => "give the path of a directory inside a git repository".into(),
            Self::NotARepository(_) => "run it inside a repository, or give it the path of one".into(),
            Self::Unreadable { .. } => "git fsck".into(),
            Self::NoCommits(_) => "commit something first; there is no history to read".into(),
            Self::UnbornBranch { other, .. } => format!("--as-of {other} ends at that branch"),
            Self::NoSuchRevision { .. } => {
                "git log --oneline -5 shows recent commits; a date is written 2024-12-31".into()
            }
            Self::MissingCommit(_) => {
                "git fsck; in a damaged or partial clone: git fetch --refetch origin".into()
            }
        }
    }
}

/// An opened repository, and the commit history ends at.
pub struct Source {
    /// The repository, to be shared with worker threads.
    pub(crate) repository: gix::ThreadSafeRepository,
    pub(crate) head: ObjectId,
    /// The directory's name, for people.
    pub name: String,
    /// The work tree, where there is one.
    pub work_tree: Option<PathBuf>,
    /// Where the path that was opened lies in the work tree, from its root, without slashes at its ends.
    pub prefix: String,
    /// Where caches of this repository belong: the git directory shared by all its worktrees.
    pub git_directory: PathBuf,
    /// Whether history is cut off.
    pub shallow: bool,
    /// What makes history look other than its commits say: shallow boundaries, grafts, replaced objects. Facts
    /// mined under another view are another history's.
    pub view: u64,
}

/// A moment of a history, found by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The commit; `None` where a day was named.
    pub commit: Option<facts::CommitId>,
    /// When it was committed; the last second of a day.
    pub at: Seconds,
}

/// A commit, as far as one is told about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its first parent.
    pub parent: Option<facts::CommitId>,
    /// The author's name and address, as written.
    pub author: (String, String),
    /// The first line of its message; untrusted text.
    pub subject: String,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("git_directory", &self.git_directory)
            .field("head", &self.head)
            .finish()
    }
}

impl Source {
    /// The commit history ends at.
    pub fn head(&self) -> facts::CommitId {
        super::object::commit_id(&self.head)
    }

    /// What a revision or a day names: the commit and when it was committed, or the day's end.
    pub fn find(&self, text: &str) -> Result<Found, OpenError> {
        if let Some(day) = facts::time::parse_date(text) {
            return Ok(Found { commit: None, at: day + DAY - 1 });
        }
        let repository = self.repository.to_thread_local();
        let id = revision(&repository, text)?;
        let missing = || OpenError::MissingCommit(id.to_string());
        let object = repository.find_object(id).map_err(|_| missing())?;
        let commit = CommitHeader::parse(&object.data).ok_or_else(missing)?;
        Ok(Found { commit: Some(super::object::commit_id(&id)), at: commit.committer.at })
    }

    /// Where a commit comes from and who wrote it.
    pub fn commit(&self, commit: facts::CommitId) -> Result<Described, OpenError> {
        let missing = || OpenError::MissingCommit(commit.to_string());
        let repository = self.repository.to_thread_local();
        let id = ObjectId::from_hex(commit.to_string().as_bytes()).map_err(|_| missing())?;
        let object = repository.find_object(id).map_err(|_| missing())?;
        let header = CommitHeader::parse(&object.data).ok_or_else(missing)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Described {
            parent: header.parents.first().map(|parent| super::object::commit_id(parent)),
            author: (text(header.author.name), text(header.author.email)),
            subject: text(header.message.lines().next().unwrap_or_default()),
        })
    }

    /// A file or link as it stood at a commit, and whether it is a link; `None` where it was not or cannot be read.
    pub fn read_at(&self, commit: facts::CommitId, path: &[u8]) -> Option<(Vec<u8>, bool)> {
        let repository = self.repository.to_thread_local();
        let id = ObjectId::from_hex(commit.to_string().as_bytes()).ok()?;
        let tree = repository.find_commit(id).ok()?.tree().ok()?;
        let parts = path.split(|&byte| byte == b'/').map(<[u8]>::to_vec);
        let entry = tree.lookup_entry(parts).ok()??;
        let link = entry.mode().is_link();
        if !link && !entry.mode().is_blob() {
            return None;
        }
        Some((entry.object().ok()?.detach().data, link))
    }
}

/// Opens the repository that holds `path` and resolves `as_of`: a revision or a date, `HEAD` when `None`.
///
/// Neither the environment nor the user's git configuration is read, so that the same repository gives the same
/// facts everywhere.
pub fn open(path: &Path, as_of: Option<&str>) -> Result<Source, OpenError> {
    if !path.exists() {
        return Err(OpenError::NoSuchDirectory(path.to_owned()));
    }
    let repository = discover(path)?;
    let local = repository.to_thread_local();
    let head = match as_of {
        None => head_commit(&local, path)?,
        Some(text) => match facts::time::parse_date(text) {
            Some(day) => last_before(&local, head_commit(&local, path)?, day + DAY, text)?,
            None => revision(&local, text)?,
        },
    };
    let git_directory = local.common_dir().to_owned();
    let shallow = local.is_shallow().unwrap_or(false);
    let view = view(&local);
    let work_tree = local.workdir().and_then(|directory| directory.canonicalize().ok());
    let prefix = prefix(work_tree.as_deref(), path);
    Ok(Source {
        name: name_of(&local, path),
        head,
        work_tree,
        prefix,
        git_directory,
        shallow,
        view,
        repository,
    })
}

fn prefix(work_tree: Option<&Path>, path: &Path) -> String {
    let inside = path.canonicalize().ok().zip(work_tree);
    let inside = inside.and_then(|(path, root)| path.strip_prefix(root).ok().map(Path::to_owned));
    let parts = inside.iter().flat_map(|path| path.components());
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

fn view(repository: &gix::Repository) -> u64 {
    let mut text: Vec<u8> = Vec::new();
    for file in ["shallow", "info/grafts"] {
        text.extend(std::fs::read(repository.common_dir().join(file)).unwrap_or_default());
        text.push(0);
    }
    if let Ok(references) = repository.references()
        && let Ok(replaced) = references.prefixed("refs/replace/")
    {
        for reference in replaced.filter_map(Result::ok) {
            text.extend_from_slice(reference.name().as_bstr());
            text.extend(reference.try_id().map(|id| id.to_string()).unwrap_or_default().bytes());
        }
    }
    twox_hash::XxHash3_64::oneshot(&text)
}

fn discover(path: &Path) -> Result<gix::ThreadSafeRepository, OpenError> {
    let options = || gix::open::Options::isolated().strict_config(false).lossy_config(true);
    let trust = gix::sec::trust::Mapping { full: options(), reduced: options() };
    let directory = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let (found, _trust) =
        gix::discover::upwards(directory).map_err(|_| OpenError::NotARepository(path.to_owned()))?;
    drop(found);
    gix::ThreadSafeRepository::discover_opts(directory, Default::default(), trust)
        .map_err(|error| OpenError::Unreadable { path: path.to_owned(), why: chain(&error) })
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !out.contains(&text) {
            out.push_str(": ");
            out.push_str(&text);
        }
        source = cause.source();
    }
    out.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn head_commit(repository: &gix::Repository, path: &Path) -> Result<ObjectId, OpenError> {
    let head = repository.head().map_err(|error| OpenError::Unreadable {
        path: path.to_owned(),
        why: format!("HEAD: {}", chain(&error)),
    })?;
    if head.is_unborn() {
        return Err(unborn(repository, path, &head));
    }
    let id = repository.head_id().map_err(|error| OpenError::MissingCommit(chain(&error)))?.detach();
    peel(repository, id, "HEAD")
}

fn unborn(repository: &gix::Repository, path: &Path, head: &gix::Head<'_>) -> OpenError {
    let mut branches: Vec<String> = repository
        .references()
        .ok()
        .and_then(|references| {
            let branches = references.local_branches().ok()?;
            Some(branches.filter_map(Result::ok).map(|branch| branch.name().shorten().to_string()).collect())
        })
        .unwrap_or_default();
    branches.sort();
    match branches.into_iter().next() {
        None => OpenError::NoCommits(path.to_owned()),
        Some(other) => OpenError::UnbornBranch {
            path: path.to_owned(),
            head: head.referent_name().map(|name| name.shorten().to_string()).unwrap_or_default(),
            other,
        },
    }
}

pub(super) fn revision(repository: &gix::Repository, text: &str) -> Result<ObjectId, OpenError> {
    let no_such = |why: String| OpenError::NoSuchRevision { revision: text.to_owned(), why };
    let id = repository
        .rev_parse_single(text.as_bytes().as_bstr())
        .map_err(|error| no_such(in_plain_words(&chain(&error))))?;
    peel(repository, id.detach(), text)
}

/// What the library says of a revision it cannot follow, without the names of its own functions.
fn in_plain_words(why: &str) -> String {
    if why.contains("NthAncestor") || why.contains("NthParent") || why.contains("ancestor") {
        "history ends before that".to_owned()
    } else if why.contains("delegate.") || why.contains("Unconsumed") {
        "it is no revision git can follow".to_owned()
    } else if why.contains("could not be found") || why.contains("did not exist") {
        "nothing here is called that".to_owned()
    } else {
        why.to_owned()
    }
}

/// Follows tags to the commit they name.
fn peel(repository: &gix::Repository, id: ObjectId, text: &str) -> Result<ObjectId, OpenError> {
    let missing = |_| OpenError::MissingCommit(id.to_string());
    let object = repository.find_object(id).map_err(missing)?;
    let object = object.peel_tags_to_end().map_err(missing)?;
    if object.kind != gix::objs::Kind::Commit {
        let why = format!("it names a {}, not a commit", object.kind);
        return Err(OpenError::NoSuchRevision { revision: text.to_owned(), why });
    }
    Ok(object.id)
}

/// The last commit on the first-parent chain of `head` that reached it before `end`.
fn last_before(
    repository: &gix::Repository,
    head: ObjectId,
    end: Seconds,
    text: &str,
) -> Result<ObjectId, OpenError> {
    let mut next = Some(head);
    while let Some(id) = next {
        let Ok(object) = repository.find_object(id) else { break };
        let Some(commit) = CommitHeader::parse(&object.data) else { break };
        if commit.committer.at < end {
            return Ok(id);
        }
        next = commit.parents.first().copied();
    }
    Err(OpenError::NoSuchRevision { revision: text.to_owned(), why: "no commit is as old as that".into() })
}

/// The work tree's directory name; for a bare repository the git directory's, without `.git`.
fn name_of(repository: &gix::Repository, path: &Path) -> String {
    let directory = repository.workdir().unwrap_or_else(|| repository.common_dir());
    let directory = directory.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = |directory: &Path| directory.file_name().map(|name| name.to_string_lossy().into_owned());
    let own = name(&directory).unwrap_or_else(|| "repository".into());
    own.strip_suffix(".git").filter(|stem| !stem.is_empty()).map_or(own.clone(), str::to_owned)
}
