//! The order of history: the mainline, oldest first, and which commits each of its commits brought.
//!
//! ```text
//! mainline (first parents)   A ── B ─────── M ── D          brought by A: A
//!                                  \       /                brought by B: B
//! branch                            x ── y                  brought by M: x, y, M
//! ```
//!
//! The order only ever grows at the end when new commits land on the mainline, so facts can be appended to.

use facts::{MessageKind, Role, time::Seconds};
use gix::{ObjectId, objs::Find as _};
use regex::bytes::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{message, object::CommitHeader};

/// A commit as far as facts need it.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) id: ObjectId,
    pub(crate) tree: ObjectId,
    pub(crate) first_parent: Option<ObjectId>,
    pub(crate) is_merge: bool,
    /// Cut off from its parents by a shallow clone or a missing object: what it "adds" is no one's work.
    pub(crate) boundary: bool,
    pub(crate) author: u32,
    pub(crate) authored_at: Seconds,
    pub(crate) committer: u32,
    pub(crate) committed_at: Seconds,
    pub(crate) credits: Vec<(Role, u32)>,
    pub(crate) subject: String,
    pub(crate) kind: MessageKind,
    pub(crate) revert_of: Option<facts::CommitId>,
    pub(crate) ticket: Option<String>,
    pub(crate) pull_request: Option<u32>,
    parents: Vec<ObjectId>,
}

/// Distinct (name, address) pairs, in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signatures {
    pub(crate) list: Vec<(Vec<u8>, Vec<u8>)>,
    known: FxHashMap<(Vec<u8>, Vec<u8>), u32>,
}

impl Signatures {
    pub(crate) fn new(list: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        let known = list.iter().cloned().zip(0..).collect();
        Self { list, known }
    }

    pub(crate) fn intern(&mut self, name: &[u8], email: &[u8]) -> u32 {
        let key = (name.to_vec(), email.to_vec());
        *self.known.entry(key).or_insert_with_key(|key| {
            self.list.push(key.clone());
            u32::try_from(self.list.len() - 1).expect("fewer than u32::MAX distinct signatures")
        })
    }
}

/// One commit of the mainline and the commits it brought, itself last.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) commit: Commit,
    /// The branch's commits, parents before children.
    pub(crate) branch: Vec<Commit>,
}

/// What makes history look other than its commits say: where a shallow clone ends, and grafts.
pub(crate) struct View {
    shallow: FxHashSet<ObjectId>,
    grafts: FxHashMap<ObjectId, Vec<ObjectId>>,
}

impl View {
    pub(crate) fn new(repository: &gix::Repository) -> Self {
        let shallow = match repository.shallow_commits() {
            Ok(Some(commits)) => commits.iter().copied().collect(),
            _ => FxHashSet::default(),
        };
        Self { shallow, grafts: read_grafts(repository) }
    }

    /// The parents a commit is seen to have, of those it names.
    pub(crate) fn parents(&self, id: ObjectId, named: Vec<ObjectId>) -> Vec<ObjectId> {
        if self.shallow.contains(&id) {
            return Vec::new();
        }
        self.grafts.get(&id).cloned().unwrap_or(named)
    }
}

/// Reads commits and remembers what it has seen.
pub(crate) struct Walker<'r> {
    repository: &'r gix::Repository,
    ticket_pattern: &'r Regex,
    view: View,
    pub(crate) signatures: Signatures,
    /// Commits that are named as a parent but are not in the object store.
    pub(crate) missing: u64,
    buffer: Vec<u8>,
}

impl<'r> Walker<'r> {
    pub(crate) fn new(
        repository: &'r gix::Repository,
        ticket_pattern: &'r Regex,
        signatures: Signatures,
    ) -> Self {
        let view = View::new(repository);
        Self { repository, ticket_pattern, view, signatures, missing: 0, buffer: Vec::new() }
    }

    /// The mainline from `head` back to a root, or to just after `until`; newest first. The flag tells whether
    /// `until` was met. Each commit is shown to `read` as soon as it is known.
    pub(crate) fn mainline(
        &mut self,
        head: ObjectId,
        until: Option<ObjectId>,
        mut read: impl FnMut(&Commit),
    ) -> (Vec<Commit>, bool) {
        let mut chain = Vec::new();
        let mut seen = FxHashSet::default();
        let mut next = Some(head);
        while let Some(id) = next {
            if Some(id) == until {
                return (chain, true);
            }
            // Grafts and replace refs can make a history that bites its own tail.
            if !seen.insert(id) {
                break;
            }
            let Some(commit) = self.read(id) else {
                self.missing += 1;
                if let Some(child) = chain.last_mut() {
                    cut(child);
                }
                break;
            };
            next = commit.first_parent;
            read(&commit);
            chain.push(commit);
        }
        (chain, false)
    }

    /// What each mainline commit brought. `mainline` is newest first and is consumed; the result is oldest
    /// first. `seen` holds every commit that arrived before.
    pub(crate) fn arrivals(
        &mut self,
        mut mainline: Vec<Commit>,
        seen: &mut FxHashSet<ObjectId>,
    ) -> Vec<Arrival> {
        mainline.reverse();
        // The whole mainline is known beforehand: a branch never brings what lies on the mainline.
        seen.extend(mainline.iter().map(|commit| commit.id));
        mainline
            .into_iter()
            .map(|commit| {
                let branch = if commit.is_merge { self.branch_of(&commit, seen) } else { Vec::new() };
                Arrival { commit, branch }
            })
            .collect()
    }

    /// Every commit reachable from `head`.
    pub(crate) fn ancestors(&mut self, head: ObjectId) -> FxHashSet<ObjectId> {
        let mut seen = FxHashSet::default();
        let mut open = vec![head];
        while let Some(id) = open.pop() {
            if seen.insert(id)
                && let Some(parents) = self.parents_of(id)
            {
                open.extend(parents);
            }
        }
        seen
    }

    fn branch_of(&mut self, merge: &Commit, seen: &mut FxHashSet<ObjectId>) -> Vec<Commit> {
        let mut out = Vec::new();
        // Depth first with an explicit stack: a commit is emitted after all its parents.
        let mut stack: Vec<(Commit, usize)> = Vec::new();
        for &parent in &merge.parents[1..] {
            self.enter(parent, seen, &mut stack, None);
            while let Some((commit, next)) = stack.last_mut() {
                match commit.parents.get(*next).copied() {
                    Some(parent) => {
                        *next += 1;
                        let depth = stack.len() - 1;
                        self.enter(parent, seen, &mut stack, Some(depth));
                    }
                    None => out.extend(stack.pop().map(|(commit, _)| commit)),
                }
            }
        }
        out
    }

    fn enter(
        &mut self,
        id: ObjectId,
        seen: &mut FxHashSet<ObjectId>,
        stack: &mut Vec<(Commit, usize)>,
        child: Option<usize>,
    ) {
        if !seen.insert(id) {
            return;
        }
        match self.read(id) {
            Some(commit) => stack.push((commit, 0)),
            None => {
                self.missing += 1;
                if let Some(child) = child
                    && stack[child].0.first_parent == Some(id)
                {
                    cut(&mut stack[child].0);
                }
            }
        }
    }

    fn read(&mut self, id: ObjectId) -> Option<Commit> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let commit = self.parse(id, &mut buffer);
        // One message of 100 MB must not keep that much memory for the rest of the run.
        buffer.shrink_to(1 << 20);
        self.buffer = buffer;
        commit
    }

    fn parse(&mut self, id: ObjectId, buffer: &mut Vec<u8>) -> Option<Commit> {
        let data = self.repository.objects.try_find(&id, buffer).ok()??;
        let header = CommitHeader::parse(data.data)?;
        let boundary = self.view.shallow.contains(&id);
        let parents = self.view.parents(id, header.parents);
        let subject = message::subject(header.message);
        let credits = message::credits(header.message)
            .into_iter()
            .map(|credit| (credit.role, self.signatures.intern(credit.name, credit.email)))
            .collect();
        Some(Commit {
            id,
            tree: header.tree,
            first_parent: parents.first().copied(),
            is_merge: parents.len() > 1,
            boundary,
            author: self.signatures.intern(header.author.name, header.author.email),
            authored_at: header.author.at,
            committer: self.signatures.intern(header.committer.name, header.committer.email),
            committed_at: header.committer.at,
            credits,
            kind: message::kind(&subject),
            subject,
            revert_of: message::revert_of(header.message),
            ticket: message::ticket(header.message, self.ticket_pattern),
            pull_request: message::pull_request(header.message),
            parents,
        })
    }

    fn parents_of(&mut self, id: ObjectId) -> Option<Vec<ObjectId>> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let parents = match self.repository.objects.try_find(&id, &mut buffer) {
            Ok(Some(data)) => CommitHeader::parse(data.data).map(|header| header.parents),
            _ => None,
        };
        self.buffer = buffer;
        parents.map(|parents| self.view.parents(id, parents))
    }
}

/// Makes a commit whose first parent is missing a boundary.
fn cut(commit: &mut Commit) {
    commit.boundary = true;
    commit.first_parent = None;
}

/// `info/grafts`: a commit and the parents it is to have, a line each. Old, but git still honours it.
fn read_grafts(repository: &gix::Repository) -> FxHashMap<ObjectId, Vec<ObjectId>> {
    let Ok(text) = std::fs::read_to_string(repository.common_dir().join("info").join("grafts")) else {
        return FxHashMap::default();
    };
    text.lines()
        .filter_map(|line| {
            let mut ids = line.split_whitespace().map(|id| ObjectId::from_hex(id.as_bytes()).ok());
            let commit = ids.next()??;
            Some((commit, ids.collect::<Option<Vec<_>>>()?))
        })
        .collect()
}
