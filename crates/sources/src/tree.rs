//! The files of a tree by path, wherever they lie: at a commit, in a directory, or one file by itself.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::git;

/// A listing of files, and a way to read one of them.
pub trait Tree {
    /// Paths of files and links, sorted by bytes, `/` between parts.
    fn paths(&self) -> &[Vec<u8>];
    /// A file's content, a link's target, or in one sentence why there is neither.
    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String>;
    /// Whether the path is a symbolic link.
    fn is_link(&self, path: &[u8]) -> bool;
}

/// Whether the tree holds a file or link of this path.
pub fn holds(tree: &dyn Tree, path: &[u8]) -> bool {
    tree.paths().binary_search_by(|known| known.as_slice().cmp(path)).is_ok()
}

/// Reads a file, through symbolic links as long as they stay within the tree.
pub fn read_through_links(tree: &dyn Tree, path: &[u8]) -> Result<Vec<u8>, String> {
    const MOST_LINKS: usize = 8;
    let mut at = path.to_vec();
    for _ in 0..=MOST_LINKS {
        if !tree.is_link(&at) {
            return tree.read(&at);
        }
        let target = tree.read(&at)?;
        let parent = at.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |slash| &at[..slash]);
        at = resolve(parent, &target).ok_or("it is a link that leaves the repository")?;
        if !holds(tree, &at) {
            return Err(format!(
                "it is a link to `{}`, which is not in the tree",
                String::from_utf8_lossy(&at)
            ));
        }
    }
    Err("it is a link that leads in circles".to_owned())
}

/// `path` as seen from `directory` (both with `/` between parts), without `.` and `..`; `None` when it is absolute
/// or leads out of the tree.
pub fn resolve(directory: &[u8], path: &[u8]) -> Option<Vec<u8>> {
    if path.first() == Some(&b'/') {
        return None;
    }
    let mut parts: Vec<&[u8]> =
        directory.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).collect();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join(&b'/'))
}

impl Tree for git::Head {
    fn paths(&self) -> &[Vec<u8>] {
        git::Head::paths(self)
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        self.read_file(path)
    }

    fn is_link(&self, path: &[u8]) -> bool {
        git::Head::is_link(self, path)
    }
}

/// A tree with some files put in place of its own, or added.
pub struct Overlaid<'a> {
    base: &'a dyn Tree,
    paths: Vec<Vec<u8>>,
    contents: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl<'a> Overlaid<'a> {
    /// Lays files over a tree.
    pub fn new(base: &'a dyn Tree, contents: BTreeMap<Vec<u8>, Vec<u8>>) -> Self {
        let mut paths: Vec<Vec<u8>> = base.paths().iter().chain(contents.keys()).cloned().collect();
        paths.sort();
        paths.dedup();
        Self { base, paths, contents }
    }
}

impl Tree for Overlaid<'_> {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        self.contents.get(path).map_or_else(|| self.base.read(path), |content| Ok(content.clone()))
    }

    fn is_link(&self, path: &[u8]) -> bool {
        !self.contents.contains_key(path) && self.base.is_link(path)
    }
}

/// A directory outside of any repository, or a single file that stands at the root of an otherwise empty tree.
#[derive(Debug)]
pub struct Files {
    paths: Vec<Vec<u8>>,
    places: Vec<PathBuf>,
}

impl Files {
    /// Lists what lies at `place`. A file is listed under `alias`.
    pub fn list(place: &Path, alias: &str) -> std::io::Result<Self> {
        let mut found = Vec::new();
        if std::fs::metadata(place)?.is_dir() {
            descend(place, &mut Vec::new(), &mut found)?;
        } else {
            found.push((alias.as_bytes().to_vec(), place.to_owned()));
        }
        found.sort();
        let (paths, places) = found.into_iter().unzip();
        Ok(Self { paths, places })
    }

    fn place(&self, path: &[u8]) -> Result<&Path, String> {
        let at = self.paths.binary_search_by(|known| known.as_slice().cmp(path));
        at.map(|at| self.places[at].as_path()).map_err(|_| "there is no such file".to_owned())
    }
}

fn descend(
    directory: &Path,
    parts: &mut Vec<String>,
    found: &mut Vec<(Vec<u8>, PathBuf)>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        parts.push(name);
        // Links are listed as files and never walked into, so nothing is walked twice.
        if entry.file_type()?.is_dir() {
            if entry.file_name() != ".git" {
                descend(&entry.path(), parts, found)?;
            }
        } else {
            found.push((parts.join("/").into_bytes(), entry.path()));
        }
        parts.pop();
    }
    Ok(())
}

impl Tree for Files {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        std::fs::read(self.place(path)?).map_err(|error| error.to_string())
    }

    /// The file system follows links by itself.
    fn is_link(&self, _: &[u8]) -> bool {
        false
    }
}

#[cfg(test)]
pub(crate) mod literal {
    //! A tree written down in a test.

    use super::Tree;

    pub(crate) struct LiteralTree {
        paths: Vec<Vec<u8>>,
        contents: Vec<Vec<u8>>,
    }

    impl LiteralTree {
        /// Content that begins with `-> ` makes a link.
        pub(crate) fn new(files: &[(&str, &str)]) -> Self {
            let mut files: Vec<_> = files.to_vec();
            files.sort_unstable();
            let (paths, contents) = files
                .into_iter()
                .map(|(path, content)| (path.as_bytes().to_vec(), content.as_bytes().to_vec()))
                .unzip();
            Self { paths, contents }
        }

        fn content(&self, path: &[u8]) -> Option<&[u8]> {
            let at = self.paths.iter().position(|known| known == path)?;
            Some(&self.contents[at])
        }
    }

    impl Tree for LiteralTree {
        fn paths(&self) -> &[Vec<u8>] {
            &self.paths
        }

        fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
            let content = self.content(path).ok_or("it is not in the tree")?;
            Ok(content.strip_prefix(b"-> ").unwrap_or(content).to_vec())
        }

        fn is_link(&self, path: &[u8]) -> bool {
            self.content(path).is_some_and(|content| content.starts_with(b"-> "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{literal::LiteralTree, *};

    #[test]
    fn links_are_followed_within_the_tree() {
        let tree = LiteralTree::new(&[
            ("CODEOWNERS", "-> .github/real"),
            (".github/real", "* @a\n"),
            ("docs/up", "-> ../CODEOWNERS"),
            ("circle", "-> circle"),
            ("out", "-> ../etc/passwd"),
            ("absolute", "-> /etc/passwd"),
            ("broken", "-> nowhere"),
        ]);
        for path in ["CODEOWNERS", ".github/real", "docs/up"] {
            assert_eq!(read_through_links(&tree, path.as_bytes()), Ok(b"* @a\n".to_vec()), "{path}");
        }
        for path in ["circle", "out", "absolute", "broken", "missing"] {
            assert!(read_through_links(&tree, path.as_bytes()).is_err(), "{path}");
        }
    }
}
