//! Commits and trees as bytes, read leniently: history is untrusted and old tools wrote odd objects.
//!
//! A header that cannot be read costs that field, never the run.

use facts::{CommitId, time::Seconds};
use gix::ObjectId;

/// The header of a commit, borrowed from its bytes.
#[derive(Debug, PartialEq)]
pub(crate) struct CommitHeader<'a> {
    pub(crate) tree: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
    pub(crate) author: Signature<'a>,
    pub(crate) committer: Signature<'a>,
    pub(crate) message: &'a [u8],
}

/// A name, an address and a moment, as written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Signature<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) email: &'a [u8],
    pub(crate) at: Seconds,
}

impl<'a> CommitHeader<'a> {
    /// Reads a commit; `None` when there is no tree to read, which makes it no commit at all.
    pub(crate) fn parse(mut data: &'a [u8]) -> Option<Self> {
        let mut tree = None;
        let mut parents = Vec::with_capacity(1);
        let (mut author, mut committer) = (None, None);
        while let Some(end) = data.iter().position(|&byte| byte == b'\n') {
            let line = &data[..end];
            data = &data[end + 1..];
            if line.is_empty() {
                break;
            }
            if let Some(id) = line.strip_prefix(b"tree ") {
                tree = tree.or_else(|| ObjectId::from_hex(id).ok());
            } else if let Some(id) = line.strip_prefix(b"parent ") {
                parents.extend(ObjectId::from_hex(id).ok());
            } else if let Some(rest) = line.strip_prefix(b"author ") {
                author = author.or_else(|| Some(Signature::parse(rest)));
            } else if let Some(rest) = line.strip_prefix(b"committer ") {
                committer = committer.or_else(|| Some(Signature::parse(rest)));
            }
        }
        let author = author.unwrap_or_default();
        Some(Self { tree: tree?, parents, author, committer: committer.unwrap_or(author), message: data })
    }
}

/// What an annotated tag names, and when it was made where it says so; `None` where it names nothing.
pub(crate) fn tag_header(data: &[u8]) -> Option<(ObjectId, Option<Seconds>)> {
    let lines = || data.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
    let named = lines().find_map(|line| ObjectId::from_hex(line.strip_prefix(b"object ")?).ok())?;
    let tagger = lines().find_map(|line| line.strip_prefix(b"tagger "));
    Some((named, tagger.map(|line| Signature::parse(line).at)))
}

impl<'a> Signature<'a> {
    /// Reads `Name <email> seconds zone`; whatever is missing is empty, a missing or absurd date is 0.
    fn parse(line: &'a [u8]) -> Self {
        let close = line.iter().rposition(|&byte| byte == b'>');
        let (person, date) = close.map_or((line, &[][..]), |at| (&line[..at], &line[at + 1..]));
        let (name, email) = match person.iter().position(|&byte| byte == b'<') {
            Some(open) => (&person[..open], &person[open + 1..]),
            None => (person, &[][..]),
        };
        Self { name: name.trim_ascii(), email: email.trim_ascii(), at: parse_seconds(date.trim_ascii()) }
    }
}

/// Dates are kept in milliseconds on disk: what does not fit is as far as it goes, and implausible either way.
const FARTHEST: Seconds = i64::MAX / 1000;

fn parse_seconds(date: &[u8]) -> Seconds {
    let number = date.split(|&byte| byte == b' ').next().unwrap_or_default();
    let (sign, digits) = match number {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let add = |sum: i64, digit: &u8| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    sign * digits.iter().fold(0, add).min(FARTHEST)
}

/// What sort of thing a tree entry names; permission bits apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryType {
    Tree,
    File,
    Link,
    Submodule,
}

/// One entry of a tree, borrowed from its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry<'a> {
    pub(crate) mode: u32,
    pub(crate) name: &'a [u8],
    pub(crate) id: &'a [u8],
}

impl Entry<'_> {
    pub(crate) fn entry_type(&self) -> EntryType {
        match self.mode & 0o170_000 {
            0o040_000 => EntryType::Tree,
            0o120_000 => EntryType::Link,
            0o160_000 => EntryType::Submodule,
            _ => EntryType::File,
        }
    }

    /// The mode as git compares it: old tools wrote 100664 and kin, which git reads as 100644.
    pub(crate) fn canonical_mode(&self) -> u32 {
        match self.entry_type() {
            EntryType::File if self.mode & 0o100 != 0 => 0o100_755,
            EntryType::File => 0o100_644,
            EntryType::Tree => 0o040_000,
            EntryType::Link => 0o120_000,
            EntryType::Submodule => 0o160_000,
        }
    }
}

/// Iterates over the entries of a tree; ends early, and says so, where the bytes are no tree.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'a> {
    rest: &'a [u8],
    hash_length: usize,
    pub(crate) broken: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(data: &'a [u8], hash_length: usize) -> Self {
        Self { rest: data, hash_length, broken: false }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let parsed = parse_entry(self.rest, self.hash_length);
        match parsed {
            Some((entry, rest)) => {
                self.rest = rest;
                Some(entry)
            }
            None => {
                self.broken = true;
                self.rest = &[];
                None
            }
        }
    }
}

#[inline]
fn parse_entry(data: &[u8], hash_length: usize) -> Option<(Entry<'_>, &[u8])> {
    let mut mode = 0u32;
    let mut at = 0;
    loop {
        match *data.get(at)? {
            digit @ b'0'..=b'7' => mode = mode.checked_mul(8)? + u32::from(digit - b'0'),
            b' ' => break,
            _ => return None,
        }
        at += 1;
    }
    let name = &data[at + 1..];
    let end = name.iter().position(|&byte| byte == 0)?;
    let rest = &name[end + 1..];
    if end == 0 || rest.len() < hash_length {
        return None;
    }
    let (id, rest) = rest.split_at(hash_length);
    Some((Entry { mode, name: &name[..end], id }, rest))
}

/// A git object id as a fact.
pub(crate) fn commit_id(id: &gix::oid) -> CommitId {
    CommitId::from_bytes(id.as_bytes()).expect("git object ids have 20 or 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    #[test]
    fn a_commit_is_read() {
        let data = format!(
            "tree {TREE}\nparent {TREE}\nauthor A U Thor <a@b.c> 123 +0200\ncommitter C <c@d> -5 +0000\ngpgsig x\n y\n\nsubject\n\nbody\n"
        );
        let commit = CommitHeader::parse(data.as_bytes()).unwrap();
        assert_eq!(commit.tree.to_string(), TREE);
        assert_eq!(commit.parents.len(), 1);
        assert_eq!(commit.author, Signature { name: b"A U Thor", email: b"a@b.c", at: 123 });
        assert_eq!(commit.committer.at, -5);
        assert_eq!(commit.message, b"subject\n\nbody\n");
    }

    #[test]
    fn odd_commits_lose_a_field_not_the_run() {
        for (line, name, email, at) in [
            ("no address 12", "no address 12", "", 0),
            ("<only@mail> 7 +0000", "", "only@mail", 7),
            ("A <a <b> c> 9 +0000", "A", "a <b> c", 9),
            ("A <a@b> 99999999999999999999 +0000", "A", "a@b", FARTHEST),
            ("A <a@b> soon", "A", "a@b", 0),
            ("A <a@b>", "A", "a@b", 0),
        ] {
            let data = format!("tree {TREE}\nauthor {line}\n\nm");
            let commit = CommitHeader::parse(data.as_bytes()).unwrap();
            let expected = Signature { name: name.as_bytes(), email: email.as_bytes(), at };
            assert_eq!(commit.author, expected, "{line}");
            assert_eq!(commit.committer, expected, "a missing committer is the author");
        }
        assert_eq!(CommitHeader::parse(b"author A <a@b> 1 +0000\n\nm"), None);
        assert_eq!(CommitHeader::parse(b""), None);
    }

    #[test]
    fn entries_end_where_the_bytes_are_no_tree() {
        let mut data = b"100644 a\0".to_vec();
        data.extend([7; 20]);
        data.extend(b"40000 d\0");
        data.extend([8; 20]);
        let whole: Vec<Entry> = Entries::new(&data, 20).collect();
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[1].entry_type(), EntryType::Tree);
        for cut in 1..data.len() {
            let mut entries = Entries::new(&data[..cut], 20);
            let seen = entries.by_ref().count();
            assert!(entries.broken == (cut != 29) && seen <= 1, "{cut}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let mut commit = format!("tree {TREE}\nauthor ").into_bytes();
            commit.extend(&data);
            CommitHeader::parse(&data);
            CommitHeader::parse(&commit);
            proptest::prop_assert!(Entries::new(&data, 20).count() <= data.len());
        }
    }

    #[test]
    fn old_modes_are_canonical() {
        for (mode, canonical) in
            [(0o100_664, 0o100_644), (0o100_755, 0o100_755), (0o100_775, 0o100_755), (0o120_000, 0o120_000)]
        {
            assert_eq!(Entry { mode, name: b"a", id: b"" }.canonical_mode(), canonical);
        }
    }
}
