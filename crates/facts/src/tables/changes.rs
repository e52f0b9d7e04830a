//! `changes`: one row a unit of work as it reached the mainline.

use std::fmt;

use crate::{ChangeId, time::Seconds};

/// A commit's object id: SHA-1 (20 bytes) or SHA-256 (32 bytes).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId {
    length: u8,
    bytes: [u8; 32],
}

impl CommitId {
    /// The id with these bytes; `None` unless there are 20 or 32.
    pub fn from_bytes(id: &[u8]) -> Option<Self> {
        if !matches!(id.len(), 20 | 32) {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..id.len()].copy_from_slice(id);
        Some(Self { length: id.len() as u8, bytes })
    }

    /// The id written in full as hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if !matches!(digits.len(), 40 | 64) {
            return None;
        }
        let mut id = [0u8; 32];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Self::from_bytes(&id[..digits.len() / 2])
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The first ten hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..10].to_owned()
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitId({self})")
    }
}

/// What counts as one change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A first-parent commit; a merge stands for its whole branch.
    #[default]
    Change,
    /// Every commit that is not a merge.
    Commit,
    /// All changes that name the same ticket.
    Ticket,
}

impl Unit {
    /// `change`, `commit` or `ticket`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Commit => "commit",
            Self::Ticket => "ticket",
        }
    }

    /// The unit of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Change, Self::Commit, Self::Ticket].into_iter().find(|unit| unit.name() == name)
    }
}

/// The unit used, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitChoice {
    /// The unit in these facts.
    pub unit: Unit,
    /// Whether it was picked (`auto`) or asked for.
    pub picked: bool,
    /// One sentence: what in the repository's shape led to it.
    pub why: String,
    /// Commits on the mainline, merges among them, and merges among those that bring whole repositories or
    /// long-lived branches: what the choice was made by, so that it can be made again as history grows.
    pub shape: [u64; 3],
}

/// What a message says the change is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Nothing recognised.
    #[default]
    Other,
    /// `feat:` or the like.
    Feature,
    /// `fix:`, "Fix …".
    Fix,
    /// A revert.
    Revert,
    /// A dependency or version bump.
    Bump,
    /// Documentation only, by its own words.
    Docs,
    /// Refactoring, formatting, chores.
    Upkeep,
    /// Tests only, by its own words.
    Test,
}

impl MessageKind {
    const ALL: [Self; 8] = [
        Self::Other,
        Self::Feature,
        Self::Fix,
        Self::Revert,
        Self::Bump,
        Self::Docs,
        Self::Upkeep,
        Self::Test,
    ];

    /// The stable name in the fact tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Feature => "feature",
            Self::Fix => "fix",
            Self::Revert => "revert",
            Self::Bump => "bump",
            Self::Docs => "docs",
            Self::Upkeep => "upkeep",
            Self::Test => "test",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The commit on the mainline.
    pub commit: CommitId,
    /// Its first parent.
    pub parent: Option<CommitId>,
    /// When the first of its commits was authored.
    pub authored_at: Seconds,
    /// When the last of its commits was committed.
    pub committed_at: Seconds,
    /// When it reached the mainline.
    pub merged_at: Seconds,
    /// How many commits it stands for.
    pub commits: u32,
    /// How many files it touches.
    pub files: u32,
    /// Whether these are more than the bulk limit.
    pub bulk: bool,
    /// Whether it is no work of anyone's.
    pub ignored: bool,
    /// The commit it reverts.
    pub revert_of: Option<CommitId>,
    /// The first ticket key in the message.
    pub ticket: Option<String>,
    /// The number of its pull or merge request.
    pub pull_request: Option<u32>,
    /// What the message says it is.
    pub message_kind: MessageKind,
    /// The message's first line.
    pub subject: String,
}

impl Change {
    /// One commit, written and merged at one moment, of which no more is known.
    pub fn new(commit: CommitId, at: Seconds) -> Self {
        Self {
            commit,
            parent: None,
            authored_at: at,
            committed_at: at,
            merged_at: at,
            commits: 1,
            files: 0,
            bulk: false,
            ignored: false,
            revert_of: None,
            ticket: None,
            pull_request: None,
            message_kind: MessageKind::Other,
            subject: String::new(),
        }
    }
}

/// Changes, oldest first. Every column has one entry a row.
#[derive(Clone, Debug, Default)]
pub struct ChangeTable {
    /// The commit on the mainline.
    pub commit: Vec<CommitId>,
    /// What it was compared with: its first parent; `None` for a root.
    pub parent: Vec<Option<CommitId>>,
    /// When the first of its commits was authored.
    pub authored_at: Vec<Seconds>,
    /// When the last of its commits was committed.
    pub committed_at: Vec<Seconds>,
    /// When it reached the mainline: the committer date of [`commit`](Self::commit).
    pub merged_at: Vec<Seconds>,
    /// How many commits it stands for; a merge commit itself is not counted.
    pub commits: Vec<u32>,
    /// How many files it touches.
    pub files: Vec<u32>,
    /// Whether it touches more files than the bulk limit.
    pub bulk: Vec<bool>,
    /// Whether `.git-blame-ignore-revs` names it, or it is the cut end of a shallow history: it is no work of anyone's.
    pub ignored: Vec<bool>,
    /// The commit it reverts, where the message says so.
    pub revert_of: Vec<Option<CommitId>>,
    /// The first ticket key in the message.
    pub ticket: Vec<Option<String>>,
    /// The pull or merge request number in the message.
    pub pull_request: Vec<Option<u32>>,
    /// What the message says the change is.
    pub message_kind: Vec<MessageKind>,
    /// The message's first line, at most 200 characters; untrusted text. To be counted by; what is shown is its
    /// [`title`](Self::title).
    pub subject: Vec<String>,
    /// Whether messages are hidden.
    pub titles_hidden: bool,
}

impl ChangeTable {
    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.commit.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.commit.is_empty()
    }

    /// Appends a row.
    pub fn push(&mut self, change: Change) {
        self.commit.push(change.commit);
        self.parent.push(change.parent);
        self.authored_at.push(change.authored_at);
        self.committed_at.push(change.committed_at);
        self.merged_at.push(change.merged_at);
        self.commits.push(change.commits);
        self.files.push(change.files);
        self.bulk.push(change.bulk);
        self.ignored.push(change.ignored);
        self.revert_of.push(change.revert_of);
        self.ticket.push(change.ticket);
        self.pull_request.push(change.pull_request);
        self.message_kind.push(change.message_kind);
        self.subject.push(change.subject);
    }

    /// The message's first line as it is shown; nothing where messages are hidden.
    pub fn title(&self, row: usize) -> &str {
        if self.titles_hidden { "" } else { &self.subject[row] }
    }

    /// The first so many rows.
    pub(crate) fn first(&self, rows: usize) -> Self {
        Self {
            commit: self.commit[..rows].to_vec(),
            parent: self.parent[..rows].to_vec(),
            authored_at: self.authored_at[..rows].to_vec(),
            committed_at: self.committed_at[..rows].to_vec(),
            merged_at: self.merged_at[..rows].to_vec(),
            commits: self.commits[..rows].to_vec(),
            files: self.files[..rows].to_vec(),
            bulk: self.bulk[..rows].to_vec(),
            ignored: self.ignored[..rows].to_vec(),
            revert_of: self.revert_of[..rows].to_vec(),
            ticket: self.ticket[..rows].to_vec(),
            pull_request: self.pull_request[..rows].to_vec(),
            message_kind: self.message_kind[..rows].to_vec(),
            subject: self.subject[..rows].to_vec(),
            titles_hidden: self.titles_hidden,
        }
    }

    /// Every row, oldest first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ChangeId> + ExactSizeIterator + use<> {
        (0..self.len()).map(ChangeId::from_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commit_ids_read_and_write_hex() {
        let sha1 = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(CommitId::from_hex(sha1).unwrap().to_string(), sha1);
        let sha256 = sha1.repeat(2)[..64].to_owned();
        assert_eq!(CommitId::from_hex(&sha256).unwrap().to_string(), sha256);
        assert_eq!(CommitId::from_hex("0123"), None);
        assert_eq!(CommitId::from_hex(&"g".repeat(40)), None);
        assert_eq!(CommitId::from_hex(&"é".repeat(20)), None);
    }
}
