//! Small trees written out in tests, and what is found in them.

use facts::dependencies::{DependencyKind, Target};

use crate::Files;

/// A tree in memory.
pub(crate) struct Tree {
    paths: Vec<Vec<u8>>,
    texts: Vec<String>,
}

impl Tree {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let mut files = files.to_vec();
        files.sort_unstable();
        Self {
            paths: files.iter().map(|(path, _)| path.as_bytes().to_vec()).collect(),
            texts: files.iter().map(|(_, text)| (*text).to_owned()).collect(),
        }
    }
}

impl Files for Tree {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        let at = self.paths.binary_search_by(|own| own.as_slice().cmp(path));
        at.map(|at| self.texts[at].clone().into_bytes()).map_err(|_| "there is no such file".to_owned())
    }
}

/// Every edge of a tree as `from:line -> to`, with the kind behind it where that is neither runtime nor containment.
pub(crate) fn edges(files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::new(files);
    let path = |file: u32| String::from_utf8_lossy(&tree.paths[file as usize]).into_owned();
    let read = crate::read(&tree, 1, &mut crate::Scans::default());
    let edges = read.edges.iter().map(|edge| {
        let to = match &edge.to {
            Target::File(file) => path(*file),
            Target::External(name) => format!("external {name}"),
            Target::Unresolved(why) => format!("unresolved {why}"),
        };
        let kind = match edge.kind {
            DependencyKind::Runtime | DependencyKind::Contains => String::new(),
            kind => format!(" ({})", kind.name()),
        };
        format!("{}:{} -> {to}{kind}", path(edge.from), edge.line)
    });
    edges.collect()
}

/// The paths of files that have mistakes in them, or were not read at all.
pub(crate) fn broken(files: &[(&str, &str)]) -> u64 {
    crate::read(&Tree::new(files), 1, &mut crate::Scans::default())
        .languages
        .iter()
        .map(|one| one.broken + one.skipped.len() as u64)
        .sum()
}
