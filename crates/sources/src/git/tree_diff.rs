//! What differs between two trees, by name and object id, without reading a blob.
//!
//! Two trees are walked side by side in git's order, where a directory sorts as if its name ended in `/`:
//!
//! ```text
//! old:  a.rs  lib/  z        new:  a.rs  lib/  lib.rs  z
//!       =     ↓              →     same id: nothing below can differ, so the subtree is never opened
//! ```
//!
//! Why not the library's diff: it reports trees as well as files, and its delegate takes a path component at a
//! time; on kafka this walk does the same work in less time (docs/decisions/0002).

use std::cmp::Ordering;

use facts::TouchKind;
use gix::ObjectId;

use super::object::{Entries, Entry, EntryType};

/// Directories nested deeper than this are hostile: git itself refuses them by default (`core.maxTreeDepth`).
const MAX_DEPTH: usize = 2048;

/// One side of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) mode: u32,
    pub(crate) id: ObjectId,
}

/// One path that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) path: Vec<u8>,
    pub(crate) old: Option<Side>,
    pub(crate) new: Option<Side>,
}

impl Difference {
    /// Git's status for it, before renames are looked for.
    pub(crate) fn kind(&self) -> TouchKind {
        match (self.old, self.new) {
            (None, _) => TouchKind::Added,
            (_, None) => TouchKind::Deleted,
            (Some(old), Some(new)) if old.mode & 0o170_000 != new.mode & 0o170_000 => TouchKind::TypeChanged,
            _ => TouchKind::Modified,
        }
    }
}

/// Where trees come from.
pub(crate) trait Trees {
    /// Reads a tree into `buffer`; `false` when it is missing or no tree.
    fn read_tree(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> bool;
}

/// Compares trees, with buffers that are kept between comparisons.
#[derive(Debug, Default)]
pub(crate) struct TreeDiff {
    buffers: Vec<Vec<u8>>,
    path: Vec<u8>,
    /// Trees that could not be read, since the last [`take_unreadable`](Self::take_unreadable).
    unreadable: u64,
}

impl TreeDiff {
    /// Appends what differs between two trees to `out`, in path order of git's walk; `None` is the empty tree.
    pub(crate) fn compare(
        &mut self,
        trees: &impl Trees,
        old: Option<&gix::oid>,
        new: Option<&gix::oid>,
        out: &mut Vec<Difference>,
    ) {
        self.path.clear();
        self.descend(trees, old, new, 0, out);
    }

    /// How many trees were missing or broken, and starts counting anew.
    pub(crate) fn take_unreadable(&mut self) -> u64 {
        std::mem::take(&mut self.unreadable)
    }

    fn descend(
        &mut self,
        trees: &impl Trees,
        old: Option<&gix::oid>,
        new: Option<&gix::oid>,
        depth: usize,
        out: &mut Vec<Difference>,
    ) {
        if depth > MAX_DEPTH {
            self.unreadable += 1;
            return;
        }
        let hash_length = old.or(new).map_or(20, |id| id.as_bytes().len());
        let mut old_data = self.buffers.pop().unwrap_or_default();
        let mut new_data = self.buffers.pop().unwrap_or_default();
        // A tree that cannot be read on one side would make everything on the other side look new or gone.
        if self.read(trees, old, &mut old_data) && self.read(trees, new, &mut new_data) {
            self.walk(trees, &old_data, &new_data, hash_length, depth, out);
        }
        self.buffers.push(new_data);
        self.buffers.push(old_data);
    }

    fn read(&mut self, trees: &impl Trees, id: Option<&gix::oid>, buffer: &mut Vec<u8>) -> bool {
        buffer.clear();
        let readable = id.is_none_or(|id| trees.read_tree(id, buffer));
        self.unreadable += u64::from(!readable);
        readable
    }

    fn walk(
        &mut self,
        trees: &impl Trees,
        old_data: &[u8],
        new_data: &[u8],
        hash_length: usize,
        depth: usize,
        out: &mut Vec<Difference>,
    ) {
        let mut old_entries = Entries::new(old_data, hash_length);
        let mut new_entries = Entries::new(new_data, hash_length);
        let (mut old, mut new) = (old_entries.next(), new_entries.next());
        loop {
            let order = match (&old, &new) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => tree_order(a, b),
            };
            match order {
                Ordering::Less => {
                    self.visit(trees, old, None, depth, out);
                    old = old_entries.next();
                }
                Ordering::Greater => {
                    self.visit(trees, None, new, depth, out);
                    new = new_entries.next();
                }
                Ordering::Equal => {
                    let same = matches!((&old, &new), (Some(a), Some(b)) if a.id == b.id && a.mode == b.mode);
                    if !same {
                        self.visit(trees, old, new, depth, out);
                    }
                    old = old_entries.next();
                    new = new_entries.next();
                }
            }
        }
        self.unreadable += u64::from(old_entries.broken) + u64::from(new_entries.broken);
    }

    fn visit(
        &mut self,
        trees: &impl Trees,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
        depth: usize,
        out: &mut Vec<Difference>,
    ) {
        let Some(name) = old.or(new).map(|entry| entry.name) else { return };
        let parent_length = self.path.len();
        if parent_length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name);
        let (old_tree, old_side) = split(old);
        let (new_tree, new_side) = split(new);
        if (old_tree.is_some() || new_tree.is_some()) && old_tree != new_tree {
            self.descend(trees, old_tree, new_tree, depth + 1, out);
        }
        if old_side != new_side {
            out.push(Difference { path: self.path.clone(), old: old_side, new: new_side });
        }
        self.path.truncate(parent_length);
    }
}

/// An entry is either a directory to open or a side to report.
fn split(entry: Option<Entry<'_>>) -> (Option<&gix::oid>, Option<Side>) {
    match entry {
        None => (None, None),
        Some(entry) => {
            let id = gix::oid::from_bytes_unchecked(entry.id);
            match entry.entry_type() {
                EntryType::Tree => (Some(id), None),
                _ => (None, Some(Side { mode: entry.canonical_mode(), id: id.to_owned() })),
            }
        }
    }
}

/// Git's order of tree entries; equal only for the same name of the same sort (directory or not).
fn tree_order(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    let shared = a.name.len().min(b.name.len());
    a.name[..shared].cmp(&b.name[..shared]).then_with(|| {
        let next = |entry: &Entry<'_>| {
            entry.name.get(shared).copied().unwrap_or(if entry.entry_type() == EntryType::Tree {
                b'/'
            } else {
                0
            })
        };
        // Names have no NUL, so an end compares below every further byte.
        next(a).cmp(&next(b)).then_with(|| a.name.len().cmp(&b.name.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, tree: bool) -> Entry<'_> {
        Entry { mode: if tree { 0o040_000 } else { 0o100_644 }, name: name.as_bytes(), id: b"" }
    }

    #[test]
    fn directories_sort_as_if_they_ended_in_a_slash() {
        assert_eq!(tree_order(&entry("lib", true), &entry("lib.rs", false)), Ordering::Greater);
        assert_eq!(tree_order(&entry("lib", false), &entry("lib.rs", false)), Ordering::Less);
        assert_eq!(tree_order(&entry("lib", true), &entry("lib0", false)), Ordering::Less);
        assert_eq!(tree_order(&entry("lib", true), &entry("lib", true)), Ordering::Equal);
        assert_eq!(tree_order(&entry("lib", false), &entry("lib", true)), Ordering::Less);
        assert_eq!(tree_order(&entry("a", false), &entry("b", false)), Ordering::Less);
    }
}
