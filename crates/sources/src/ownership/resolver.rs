//! Which dialect a tree speaks, and its rules.

use super::{
    LIMIT_BYTES, Resolver, Rules, backstage, declared, gerrit, github, gitlab, kubernetes, maintainers,
};
use crate::tree::{self, Tree};

/// One row of the registry.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// Its name on the command line and in JSON.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What a single file of it is called when it is judged by itself.
    pub file: &'static str,
    /// Its files in a tree, those that count and those that are there but do nothing.
    pub find: fn(&dyn Tree) -> Found,
    /// Reads its files.
    pub read: fn(&Source<'_>) -> Box<dyn Resolver>,
    /// How it says who owns a directory with everything below it (`true`), or the files directly in it.
    pub write: fn(&str, bool, &str) -> String,
}

impl std::fmt::Debug for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every dialect, in the order in which they are preferred when a tree speaks several: what a forge enforces first.
pub const DIALECTS: [Dialect; 7] = [
    declared::DIALECT,
    github::DIALECT,
    gitlab::DIALECT,
    kubernetes::DIALECT,
    gerrit::DIALECT,
    maintainers::DIALECT,
    backstage::DIALECT,
];

impl Dialect {
    /// The dialect of that name.
    pub fn named(name: &str) -> Option<Self> {
        DIALECTS.into_iter().find(|dialect| dialect.name == name)
    }
}

/// The ownership files of one dialect in a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Files that count.
    pub places: Vec<Vec<u8>>,
    /// Files of the same kind that do nothing, because another stands before them.
    pub idle: Vec<Vec<u8>>,
}

impl Found {
    /// The first of several places that exists counts, the others are idle.
    pub(crate) fn first_of(tree: &dyn Tree, places: &[&str]) -> Self {
        let mut all = places.iter().filter(|place| tree::holds(tree, place.as_bytes()));
        let count = |place: &&str| place.as_bytes().to_vec();
        Self { places: all.next().map(count).into_iter().collect(), idle: all.map(count).collect() }
    }

    /// Every file called `name`, in whatever directory.
    pub(crate) fn everywhere(tree: &dyn Tree, names: &[&str]) -> Self {
        let called = |path: &&Vec<u8>| names.iter().any(|name| file_name(path) == name.as_bytes());
        Self { places: tree.paths().iter().filter(called).cloned().collect(), idle: Vec::new() }
    }
}

pub(crate) fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// The directory part of a path, empty for the root.
pub(crate) fn directory(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |slash| &path[..slash])
}

/// `directory` and all above it up to the root, the nearest first.
pub(crate) fn directories_up(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(directory(path)), |&at| (!at.is_empty()).then(|| directory(at)))
}

/// What a dialect reads from.
pub struct Source<'a> {
    pub(crate) tree: &'a dyn Tree,
    pub(crate) places: &'a [Vec<u8>],
}

impl Source<'_> {
    /// Reads each place in turn; what cannot be read is told in `rules` and left out.
    pub(crate) fn contents(&self, rules: &mut Rules) -> Vec<(u32, &[u8], Vec<u8>)> {
        let mut out = Vec::new();
        for place in self.places {
            let file = rules.add_file(place);
            match tree::read_through_links(self.tree, place) {
                Ok(content) if content.len() > LIMIT_BYTES => {
                    let why = format!(
                        "the file has {} bytes; more than {} MiB are not read",
                        content.len(),
                        LIMIT_BYTES >> 20
                    );
                    rules.problem(file, 0, why);
                }
                Ok(content) => out.push((file, place.as_slice(), content)),
                Err(why) => rules.problem(file, 0, why),
            }
        }
        out
    }
}

/// The dialects a tree speaks, with their files, in order of preference.
pub fn detect(tree: &dyn Tree) -> Vec<(Dialect, Found)> {
    let all = DIALECTS.into_iter().map(|dialect| (dialect, (dialect.find)(tree)));
    all.filter(|(_, found)| !found.places.is_empty()).collect()
}

/// The rules of one dialect.
pub fn read(dialect: Dialect, tree: &dyn Tree, found: &Found) -> Box<dyn Resolver> {
    (dialect.read)(&Source { tree, places: &found.places })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::literal::LiteralTree;

    fn spoken(files: &[(&str, &str)]) -> Vec<&'static str> {
        detect(&LiteralTree::new(files)).iter().map(|(dialect, _)| dialect.name).collect()
    }

    #[test]
    fn dialects_are_told_apart() {
        assert_eq!(spoken(&[("a.rs", "")]), [""; 0]);
        assert_eq!(spoken(&[("CODEOWNERS", "* @a")]), ["github"]);
        assert_eq!(spoken(&[("docs/CODEOWNERS", "* @a"), (".github/x", "")]), ["github"]);
        assert_eq!(spoken(&[("CODEOWNERS", "[Docs]\n* @a")]), ["gitlab"]);
        assert_eq!(spoken(&[("CODEOWNERS", "* @@maintainer")]), ["gitlab"]);
        assert_eq!(spoken(&[("CODEOWNERS", "* @a"), (".gitlab-ci.yml", "")]), ["gitlab"]);
        assert_eq!(spoken(&[(".gitlab/CODEOWNERS", "* @a")]), ["gitlab"]);
        assert_eq!(spoken(&[(".github/CODEOWNERS", "[x] @a"), (".gitlab-ci.yml", "")]), ["github"]);
        assert_eq!(spoken(&[("OWNERS", "approvers:\n- a\n")]), ["kubernetes"]);
        assert_eq!(spoken(&[("pkg/OWNERS", "filters:\n  \".*\":\n    approvers: [a]\n")]), ["kubernetes"]);
        assert_eq!(spoken(&[("OWNERS", "a@example.com\nset noparent\n")]), ["gerrit"]);
        assert_eq!(spoken(&[("MAINTAINERS", "KERNEL\nM:\tA <a@x.org>\nF:\tkernel/\n")]), ["maintainers"]);
        assert_eq!(spoken(&[("MAINTAINERS", "Ana\nBob\n")]), [""; 0]);
        assert_eq!(spoken(&[("a/catalog-info.yaml", "kind: Component\n")]), ["backstage"]);
        assert_eq!(spoken(&[("unsnarl.toml", "version = 1"), ("CODEOWNERS", "")]), ["manifest", "github"]);
    }
}
