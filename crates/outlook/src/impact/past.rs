//! The past of a history up to one moment: which changes touched a file, and where it lay, so that a question costs the changes of
//! its files and not all of them.
//!
//! ```text
//! file ──changes_of──▶ positions ──files_of──▶ files
//!   └──directory_of──▶ directory ──visits──▶ positions
//! ```
//!
//! It grows by one change at a time: what a question is answered from is what had been learned when it was asked.

use std::ops::Range;

use facts::{ChangeId, Facts, FileId, Lens, PathId, PersonId, Role, TouchKind};
use rustc_hash::FxHashMap;

/// A history up to one moment.
#[derive(Clone, Debug)]
pub struct Past {
    /// The changes that count, oldest first; a change's place here is its position.
    changes: Vec<ChangeId>,
    first: Vec<u32>,
    files: Vec<FileId>,
    directories_first: Vec<u32>,
    directories: Vec<(u32, u32)>,
    /// The positions before and after by the same author.
    author_before: Vec<Option<u32>>,
    author_after: Vec<Option<u32>>,
    last_of_author: FxHashMap<PersonId, u32>,
    authors: Vec<Option<PersonId>>,
    changes_of: Vec<Vec<u32>>,
    /// Where a file lies; `None` before it was born and after it died.
    places: Vec<Option<Place>>,
    /// The place of each path that was met, by its number: taken apart once.
    place_of_path: Vec<Option<Place>>,
    directory_ids: FxHashMap<Vec<u8>, u32>,
    directory_paths: Vec<Vec<u8>>,
    visits: Vec<Vec<u32>>,
    /// Files that lie or lay in a directory, in the order in which they came.
    inhabitants: Vec<Vec<FileId>>,
    stem_ids: FxHashMap<Vec<u8>, u32>,
    namesakes: Vec<Vec<FileId>>,
}

/// Where a file lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its path at that moment.
    pub path: PathId,
    /// Its directory, by a number of [`Past`]'s own.
    pub directory: u32,
    /// Its stem, by a number of [`Past`]'s own: see [`stem`].
    pub stem: u32,
}

impl Past {
    /// The past before the first change.
    pub fn new(facts: &Facts) -> Self {
        let files = facts.files.len();
        Self {
            changes: Vec::new(),
            first: vec![0],
            files: Vec::new(),
            directories_first: vec![0],
            directories: Vec::new(),
            author_before: Vec::new(),
            author_after: Vec::new(),
            last_of_author: FxHashMap::default(),
            authors: authors(facts),
            changes_of: vec![Vec::new(); files],
            places: vec![None; files],
            place_of_path: vec![None; facts.paths.len()],
            directory_ids: FxHashMap::default(),
            directory_paths: Vec::new(),
            visits: Vec::new(),
            inhabitants: Vec::new(),
            stem_ids: FxHashMap::default(),
            namesakes: Vec::new(),
        }
    }

    /// The whole past of a history.
    pub fn whole(lens: &Lens<'_>) -> Self {
        let mut past = Self::new(lens.facts);
        let mut counted = lens.counted.iter().copied().peekable();
        for change in lens.facts.changes.ids() {
            let counts = counted.next_if_eq(&change).is_some();
            past.learn(lens.facts, change, counts);
        }
        past
    }

    /// Takes in the next change: where its files lie from now on and, where it `counts`, that they changed together.
    pub fn learn(&mut self, facts: &Facts, change: ChangeId, counts: bool) {
        let rows = facts.touches.of(change);
        if counts {
            self.remember(facts, change, rows.clone());
        }
        for at in rows {
            let touch = facts.touches.row(at);
            let place = (touch.kind != TouchKind::Deleted).then(|| self.place(facts, touch.path));
            let before = std::mem::replace(&mut self.places[touch.file.index()], place);
            if let Some(place) = place {
                if before.map(|before| before.directory) != Some(place.directory) {
                    self.inhabitants[place.directory as usize].push(touch.file);
                }
                if before.map(|before| before.stem) != Some(place.stem) {
                    self.namesakes[place.stem as usize].push(touch.file);
                }
            }
        }
    }

    fn remember(&mut self, facts: &Facts, change: ChangeId, rows: Range<usize>) {
        let position = self.changes.len() as u32;
        self.changes.push(change);
        let mut directories: Vec<u32> = Vec::with_capacity(rows.len());
        for at in rows {
            let file = facts.touches.file[at];
            self.files.push(file);
            self.changes_of[file.index()].push(position);
            let place = self.place(facts, facts.touches.path[at]);
            directories.push(place.directory);
        }
        self.first.push(self.files.len() as u32);
        directories.sort_unstable();
        for same in directories.chunk_by(|a, b| a == b) {
            self.directories.push((same[0], same.len() as u32));
            self.visits[same[0] as usize].push(position);
        }
        self.directories_first.push(self.directories.len() as u32);
        let author = self.authors[change.index()];
        let before = author.and_then(|author| self.last_of_author.insert(author, position));
        self.author_before.push(before);
        self.author_after.push(None);
        if let Some(before) = before {
            self.author_after[before as usize] = Some(position);
        }
    }

    fn place(&mut self, facts: &Facts, path: PathId) -> Place {
        if let Some(place) = self.place_of_path[path.index()] {
            return place;
        }
        let bytes = facts.paths.bytes(path);
        let (directory, name) = parts(bytes);
        let stem = stem(name);
        let directory = match self.directory_ids.get(directory) {
            Some(&known) => known,
            None => {
                let id = self.directory_paths.len() as u32;
                self.directory_ids.insert(directory.to_vec(), id);
                self.directory_paths.push(directory.to_vec());
                self.visits.push(Vec::new());
                self.inhabitants.push(Vec::new());
                id
            }
        };
        let next = self.namesakes.len() as u32;
        let stem = *self.stem_ids.entry(stem).or_insert(next);
        if stem == next {
            self.namesakes.push(Vec::new());
        }
        let place = Place { path, directory, stem };
        self.place_of_path[path.index()] = Some(place);
        place
    }

    /// How many changes it holds.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The change at a position.
    pub fn change(&self, position: u32) -> ChangeId {
        self.changes[position as usize]
    }

    /// The files of the change at a position.
    pub fn files_of(&self, position: u32) -> &[FileId] {
        let at = position as usize;
        &self.files[self.first[at] as usize..self.first[at + 1] as usize]
    }

    /// The directories of the change at a position, each with how many of its files lay there.
    pub fn directories_of(&self, position: u32) -> &[(u32, u32)] {
        let at = position as usize;
        &self.directories[self.directories_first[at] as usize..self.directories_first[at + 1] as usize]
    }

    /// The positions of the changes that touched a file, oldest first.
    pub fn changes_of(&self, file: FileId) -> &[u32] {
        self.changes_of.get(file.index()).map_or(&[], Vec::as_slice)
    }

    /// The positions of the changes that touched a directory's own files, oldest first.
    pub fn visits(&self, directory: u32) -> &[u32] {
        &self.visits[directory as usize]
    }

    /// The positions next to one by the same author, before and after.
    pub fn beside(&self, position: u32) -> impl Iterator<Item = u32> {
        let at = position as usize;
        [self.author_before[at], self.author_after[at]].into_iter().flatten()
    }

    /// The author of a change.
    pub fn author(&self, change: ChangeId) -> Option<PersonId> {
        self.authors[change.index()]
    }

    /// The positions of an author's changes, the latest first.
    pub fn by(&self, author: Option<PersonId>) -> impl Iterator<Item = u32> {
        let last = author.and_then(|author| self.last_of_author.get(&author).copied());
        std::iter::successors(last, |&position| self.author_before[position as usize])
    }

    /// Where a file lies; `None` where it does not exist.
    pub fn place_of(&self, file: FileId) -> Option<Place> {
        self.places.get(file.index()).copied().flatten()
    }

    /// The directory and the stem a path has, by their numbers; `None` for what no file has or had.
    pub fn numbers_of(&self, path: &[u8]) -> (Option<u32>, Option<u32>) {
        let (directory, name) = parts(path);
        (self.directory_ids.get(directory).copied(), self.stem_ids.get(&stem(name)).copied())
    }

    /// A directory's path, without a slash at its end; empty for the root.
    pub fn directory_path(&self, directory: u32) -> &[u8] {
        &self.directory_paths[directory as usize]
    }

    /// The files that lie in a directory, in the order in which they came.
    pub fn inhabitants(&self, directory: u32) -> impl DoubleEndedIterator<Item = FileId> {
        let here =
            move |file: &FileId| self.place_of(*file).is_some_and(|place| place.directory == directory);
        self.inhabitants[directory as usize].iter().copied().filter(here)
    }

    /// The files of a stem, in the order in which they came.
    pub fn namesakes(&self, stem: u32) -> impl DoubleEndedIterator<Item = FileId> {
        let named = move |file: &FileId| self.place_of(*file).is_some_and(|place| place.stem == stem);
        self.namesakes[stem as usize].iter().copied().filter(named)
    }
}

/// The author of each change, the first where it names several.
pub(super) fn authors(facts: &Facts) -> Vec<Option<PersonId>> {
    let mut authors = vec![None; facts.changes.len()];
    for part in facts.participations.iter().filter(|part| part.role == Role::Author) {
        authors[part.change.index()].get_or_insert(part.person);
    }
    authors
}

/// A path's directory, without a slash at its end, and its name.
pub fn parts(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&path[..0], path),
    }
}

/// What a test and what it tests are both called: the name up to its first dot, lower case, without what marks a test and without
/// what parts words. `TestBilling.java`, `billing_test.go` and `billing.spec.ts` all are `billing`.
pub fn stem(name: &[u8]) -> Vec<u8> {
    let hidden = usize::from(name.first() == Some(&b'.'));
    let end = name[hidden..].iter().position(|&byte| byte == b'.').map_or(name.len(), |dot| hidden + dot);
    let mut stem: Vec<u8> =
        name[..end].iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).copied().collect();
    stem.make_ascii_lowercase();
    for mark in [&b"tests"[..], b"test", b"specs", b"spec"] {
        if stem.len() > mark.len() && stem.ends_with(mark) {
            stem.truncate(stem.len() - mark.len());
        } else if stem.len() > mark.len() && stem.starts_with(mark) {
            stem.drain(..mark.len());
        }
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::{super::planted, *};

    #[test]
    fn a_test_and_what_it_tests_have_one_stem() {
        for name in [
            "billing.py",
            "test_billing.py",
            "billing_test.go",
            "BillingTest.java",
            "billing.spec.ts",
            "Billing.h",
        ] {
            assert_eq!(stem(name.as_bytes()), b"billing", "{name}");
        }
        assert_eq!(stem(b"test.py"), b"test");
        assert_eq!(stem(b".gitignore"), b"gitignore");
        assert_eq!(stem(b""), b"");
        assert_eq!(parts(b"a/b/c.rs"), (&b"a/b"[..], &b"c.rs"[..]));
        assert_eq!(parts(b"c.rs"), (&b""[..], &b"c.rs"[..]));
    }

    #[test]
    fn what_is_gone_is_no_place_and_uncounted_changes_are_no_past() {
        let mut facts = planted::history(8, &[vec![0, 7], vec![0, 1]]);
        planted::append(&mut facts, &[1], TouchKind::Deleted);
        facts.touches.index(facts.changes.len());
        facts.changes.ignored[1] = true;
        planted::through(&facts, |lens| {
            let past = Past::whole(lens);
            assert_eq!(past.place_of(FileId(1)), None);
            assert_eq!(past.changes_of(FileId(7)), [0], "the change that added all");
            assert_eq!((past.len(), past.is_empty()), (3, false));
            let place = past.place_of(FileId(0)).unwrap();
            let beside: Vec<FileId> = past.inhabitants(place.directory).collect();
            assert_eq!(beside, planted::ids(&[0, 7]));
        });
    }
}
