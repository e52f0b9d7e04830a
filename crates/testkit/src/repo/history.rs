//! A history as a `git fast-import` stream.
//!
//! ```
//! use testkit::repo::{Commit, History, Sandbox};
//!
//! let mut history = History::default();
//! let first = history.commit("main", Commit::new("first").write("a.rs", "fn a() {}"));
//! let topic = history.commit("topic", Commit::new("topic").from(first).write("b.rs", "fn b() {}"));
//! history.commit("main", Commit::new("Merge topic").merge(topic).write("b.rs", "fn b() {}"));
//! let repository = Sandbox::new();
//! let repository = repository.repository("shop", &history);
//! assert_eq!(repository.text(&["rev-list", "--count", "main"]), "3");
//! ```

/// A commit of a [`History`], to branch from or to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u32);

/// When a history begins unless a commit says otherwise: 2023-01-02, a Monday.
pub const START: i64 = 1_672_617_600;
const HOUR: i64 = 3600;

/// What a commit does to one path.
#[derive(Clone, Debug)]
enum Edit {
    Write {
        mode: &'static str,
        content: Vec<u8>,
    },
    /// A submodule at this commit.
    Gitlink(String),
    Delete,
    /// From the commit's path to this one.
    Rename(Vec<u8>),
}

/// One commit.
#[derive(Clone, Debug)]
pub struct Commit {
    message: Vec<u8>,
    author: (Vec<u8>, Vec<u8>),
    committer: Option<(Vec<u8>, Vec<u8>)>,
    at: Option<i64>,
    committed_at: Option<i64>,
    from: Option<Start>,
    merge: Vec<Mark>,
    edits: Vec<(Vec<u8>, Edit)>,
}

#[derive(Clone, Debug)]
enum Start {
    Mark(Mark),
    /// What this branch holds in the repository already.
    Branch(String),
}

impl Commit {
    /// A commit with this message that changes nothing yet.
    pub fn new(message: impl AsRef<[u8]>) -> Self {
        Self {
            message: message.as_ref().to_vec(),
            author: (b"Ana Lopes".to_vec(), b"ana@shop.example".to_vec()),
            committer: None,
            at: None,
            committed_at: None,
            from: None,
            merge: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// Who wrote it; bytes that need not be UTF-8, without `<`, `>` and line ends.
    pub fn by(mut self, name: impl AsRef<[u8]>, email: impl AsRef<[u8]>) -> Self {
        self.author = (name.as_ref().to_vec(), email.as_ref().to_vec());
        self
    }

    /// Who committed it, when that is someone else.
    pub fn committed_by(mut self, name: impl AsRef<[u8]>, email: impl AsRef<[u8]>) -> Self {
        self.committer = Some((name.as_ref().to_vec(), email.as_ref().to_vec()));
        self
    }

    /// When, in seconds since 1970; an hour after the commit before it unless said.
    pub fn at(mut self, seconds: i64) -> Self {
        self.at = Some(seconds);
        self
    }

    /// When it was committed, when that was later than it was written.
    pub fn committed_at(mut self, seconds: i64) -> Self {
        self.committed_at = Some(seconds);
        self
    }

    /// Its first parent, when that is not the tip of its branch.
    pub fn from(mut self, parent: Mark) -> Self {
        self.from = Some(Start::Mark(parent));
        self
    }

    /// Continues a branch that the repository holds from an earlier import.
    pub fn continuing(mut self, branch: &str) -> Self {
        self.from = Some(Start::Branch(branch.to_owned()));
        self
    }

    /// A further parent. The tree is the first parent's with the edits given.
    pub fn merge(mut self, parent: Mark) -> Self {
        self.merge.push(parent);
        self
    }

    /// A file with this content.
    pub fn write(self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        self.write_as("100644", path, content)
    }

    /// A file with this mode: `100644`, `100755`, or `120000` for a link.
    pub fn write_as(mut self, mode: &'static str, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref().to_vec();
        self.edits.push((path.as_ref().to_vec(), Edit::Write { mode, content }));
        self
    }

    /// A submodule at a commit of 40 hexadecimal digits.
    pub fn submodule(mut self, path: impl AsRef<[u8]>, commit: &str) -> Self {
        self.edits.push((path.as_ref().to_vec(), Edit::Gitlink(commit.to_owned())));
        self
    }

    /// The path gone, a file or a directory.
    pub fn delete(mut self, path: impl AsRef<[u8]>) -> Self {
        self.edits.push((path.as_ref().to_vec(), Edit::Delete));
        self
    }

    /// The path moved, a file or a directory.
    pub fn rename(mut self, path: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Self {
        self.edits.push((path.as_ref().to_vec(), Edit::Rename(to.as_ref().to_vec())));
        self
    }
}

/// Commits in the order in which they are made.
#[derive(Clone, Debug, Default)]
pub struct History {
    stream: Vec<u8>,
    commits: u32,
}

impl History {
    /// Adds a commit to a branch.
    pub fn commit(&mut self, branch: &str, commit: Commit) -> Mark {
        self.commits += 1;
        let mark = self.commits;
        let at = commit.at.unwrap_or(START + i64::from(mark) * HOUR);
        self.line(format!("commit refs/heads/{branch}\nmark :{mark}"));
        self.person("author", &commit.author, at);
        self.person(
            "committer",
            commit.committer.as_ref().unwrap_or(&commit.author),
            commit.committed_at.unwrap_or(at),
        );
        self.data(&commit.message);
        match commit.from {
            Some(Start::Mark(Mark(parent))) => self.line(format!("from :{parent}")),
            Some(Start::Branch(branch)) => self.line(format!("from refs/heads/{branch}^0")),
            None => {}
        }
        for Mark(parent) in commit.merge {
            self.line(format!("merge :{parent}"));
        }
        for (path, edit) in &commit.edits {
            self.edit(path, edit);
        }
        self.line("");
        Mark(mark)
    }

    /// Whether it has no commit.
    pub fn is_empty(&self) -> bool {
        self.commits == 0
    }

    pub(super) fn stream(&self) -> &[u8] {
        &self.stream
    }

    fn line(&mut self, line: impl AsRef<[u8]>) {
        self.stream.extend_from_slice(line.as_ref());
        self.stream.push(b'\n');
    }

    fn person(&mut self, role: &str, (name, email): &(Vec<u8>, Vec<u8>), at: i64) {
        let at = at.to_string();
        let line = [role.as_bytes(), b" ", name, b" <", email, b"> ", at.as_bytes(), b" +0000"];
        self.line(line.concat());
    }

    fn data(&mut self, bytes: &[u8]) {
        self.line(format!("data {}", bytes.len()));
        self.line(bytes);
    }

    fn edit(&mut self, path: &[u8], edit: &Edit) {
        let path = quoted(path);
        match edit {
            Edit::Write { mode, content } => {
                self.line(format!("M {mode} inline {path}"));
                self.data(content);
            }
            Edit::Gitlink(commit) => self.line(format!("M 160000 {commit} {path}")),
            Edit::Delete => self.line(format!("D {path}")),
            Edit::Rename(to) => self.line(format!("R {path} {}", quoted(to))),
        }
    }
}

/// A path as git's C-style string, which can hold any byte.
fn quoted(path: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in path {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            0x20..=0x7e => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}
