//! The files of a tree, by path and by directory.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

/// Where files come from: a commit, a directory, a test.
pub trait Files: Sync {
    /// Paths, sorted by bytes, `/` between parts.
    fn paths(&self) -> &[Vec<u8>];
    /// A file's content, or in one sentence why there is none.
    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String>;
    /// What tells this content from every other, as its blob id; `None` where nothing does.
    fn id(&self, _path: &[u8]) -> Option<&[u8]> {
        None
    }
}

/// A tree with what resolvers ask of it.
pub(crate) struct Project<'f> {
    files: &'f dyn Files,
    by_path: FxHashMap<&'f str, u32>,
    directories: FxHashSet<&'f str>,
    /// Their last parts.
    directory_names: FxHashSet<&'f str>,
}

impl<'f> Project<'f> {
    pub(crate) fn new(files: &'f dyn Files) -> Self {
        let mut by_path = FxHashMap::default();
        let mut directories = FxHashSet::default();
        directories.insert("");
        for (at, path) in files.paths().iter().enumerate() {
            // Source code whose path is not UTF-8 cannot be named by other source code.
            let Ok(path) = std::str::from_utf8(path) else { continue };
            by_path.insert(path, at as u32);
            let mut at = directory(path);
            while !at.is_empty() && directories.insert(at) {
                at = directory(at);
            }
        }
        let directory_names = directories.iter().filter_map(|path| path.rsplit('/').next()).collect();
        Self { files, by_path, directories, directory_names }
    }

    pub(crate) fn path(&self, file: u32) -> &'f [u8] {
        &self.files.paths()[file as usize]
    }

    /// Every path that is text.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'f str> {
        self.by_path.keys().copied()
    }

    /// The path as text; empty for one that is not UTF-8.
    pub(crate) fn text(&self, file: u32) -> &'f str {
        std::str::from_utf8(self.path(file)).unwrap_or_default()
    }

    pub(crate) fn read(&self, file: u32) -> Result<Vec<u8>, String> {
        self.files.read(self.path(file))
    }

    pub(crate) fn id(&self, file: u32) -> Option<&'f [u8]> {
        self.files.id(self.path(file))
    }

    /// The content of a path as text, where there is such a file.
    pub(crate) fn read_text(&self, path: &str) -> Option<String> {
        let file = self.find(path)?;
        String::from_utf8(self.read(file).ok()?).ok()
    }

    pub(crate) fn find(&self, path: &str) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    pub(crate) fn is_directory(&self, path: &str) -> bool {
        self.directories.contains(path)
    }

    /// A directory by its path, where there is one.
    pub(crate) fn directory(&self, path: &str) -> Option<&'f str> {
        self.directories.get(path).copied()
    }

    /// Whether a directory is called so, wherever it lies.
    pub(crate) fn has_directory_called(&self, name: &str) -> bool {
        self.directory_names.contains(name)
    }

    /// Every file called so, sorted by path.
    pub(crate) fn files_called(&self, name: &str) -> Vec<u32> {
        let called = |path: &&str| path.rsplit('/').next() == Some(name);
        let mut found: Vec<u32> =
            self.by_path.iter().filter(|(path, _)| called(path)).map(|(_, &file)| file).collect();
        found.sort_unstable();
        found
    }

    pub(crate) fn files_ending(&self, endings: &[&str]) -> Vec<u32> {
        let paths = self.files.paths().iter().enumerate();
        let text = |path| std::str::from_utf8(path).ok();
        paths
            .filter(|(_, path)| text(path).is_some_and(|path| endings.iter().any(|one| ends(path, one))))
            .map(|(at, _)| at as u32)
            .collect()
    }

    /// Every directory, sorted.
    pub(crate) fn directories(&self) -> BTreeSet<&'f str> {
        self.directories.iter().copied().collect()
    }

    /// Whether a file is a test by where it lies or what it is called.
    pub(crate) fn is_test(&self, file: u32) -> bool {
        facts::test_files::is_test(self.text(file))
    }
}

/// Whether a path ends so. In an ending, `*` stands for any text without `/`, and what is before it begins with a part of
/// the path: `Dockerfile.*`, `.github/workflows/*.yml`.
pub(crate) fn ends(path: &str, ending: &str) -> bool {
    let Some((head, tail)) = ending.split_once('*') else { return path.ends_with(ending) };
    let Some(before) = path.strip_suffix(tail) else { return false };
    let last = before.rfind('/').map_or(0, |slash| slash + 1);
    let begin = (last + head.rfind('/').map_or(head.len(), |slash| head.len() - slash - 1)).min(before.len());
    let begins_part = |start: usize| start == 0 || before.as_bytes()[start - 1] == b'/';
    before.get(..begin).is_some_and(|upto| upto.ends_with(head) && begins_part(upto.len() - head.len()))
}

/// The directory a path lies in; empty for the root.
pub(crate) fn directory(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

/// A directory and all above it, the nearest first; the root is empty.
pub(crate) fn directories_up(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |at| (!at.is_empty()).then(|| directory(at)))
}

/// `name` within `directory`.
pub(crate) fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        ("", name) => name.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, name) => format!("{directory}/{name}"),
    }
}

/// `path` as seen from `directory`, without `.` and `..`; `None` when it leads out of the tree.
pub(crate) fn resolve(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn endings_may_leave_a_part_open() {
        assert!(ends("a/b.rs", ".rs") && !ends("a/b.rs", ".go"));
        for path in ["Dockerfile.x", "a/Dockerfile.x", "a/Dockerfile."] {
            assert!(ends(path, "Dockerfile.*"), "{path}");
        }
        for path in ["a/xDockerfile.x", "Dockerfile.x/y", "Dockerfile", "é"] {
            assert!(!ends(path, "Dockerfile.*"), "{path}");
        }
        assert!(ends(".github/workflows/a.yml", ".github/workflows/*.yml"));
        assert!(ends("b/.github/workflows/a.yml", ".github/workflows/*.yml"));
        assert!(!ends("b/x.github/workflows/a.yml", ".github/workflows/*.yml"));
        assert!(!ends(".github/workflows/b/a.yml", ".github/workflows/*.yml"));
        assert!(ends("compose.dev.yml", "compose.*.yml") && !ends("docker-compose.dev.yml", "compose.*.yml"));
    }
}
