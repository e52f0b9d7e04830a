//! The tree history ends at: which files live, how large they are, and what the small ones say.

use gix::ObjectId;

use super::{
    objects::Objects,
    open::Source,
    renames::Blobs as _,
    tree_diff::{Difference, TreeDiff},
};

/// The files of the tree at the head, sorted by path; submodules are none.
pub struct Head {
    objects: Objects,
    paths: Vec<Vec<u8>>,
    ids: Vec<ObjectId>,
    links: Vec<bool>,
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").field("paths", &self.paths.len()).finish()
    }
}

impl Head {
    /// Lists the head's tree; a tree that is missing in part lists what is there.
    pub fn read(source: &Source) -> Self {
        let objects = Objects::new(&source.repository);
        let mut found = Vec::new();
        if let Some(tree) = objects.tree_of(&source.head, &mut Vec::new()) {
            TreeDiff::default().compare(&objects, None, Some(&tree), &mut found);
        }
        let mut files: Vec<(Vec<u8>, ObjectId, bool)> = found.into_iter().filter_map(file).collect();
        files.sort();
        let mut head = Self { objects, paths: Vec::new(), ids: Vec::new(), links: Vec::new() };
        for (path, id, link) in files {
            head.paths.push(path);
            head.ids.push(id);
            head.links.push(link);
        }
        head
    }

    /// Paths of blobs and links, sorted by bytes.
    pub fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    /// Whether the path is a symbolic link.
    pub fn is_link(&self, path: &[u8]) -> bool {
        self.paths.binary_search_by(|known| known.as_slice().cmp(path)).is_ok_and(|at| self.links[at])
    }

    /// A file's content, or in one sentence why there is none.
    pub fn read_file(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        let at = self.paths.binary_search_by(|known| known.as_slice().cmp(path));
        let at = at.map_err(|_| "it is not in the tree".to_owned())?;
        let mut data = Vec::new();
        if self.objects.read(&self.ids[at], &mut data) {
            Ok(data)
        } else {
            Err("its blob is not in this clone".to_owned())
        }
    }

    /// Each path with the size of its blob, `None` where the blob is missing.
    pub(crate) fn sizes(&self) -> Vec<(Vec<u8>, Option<u64>)> {
        self.paths.iter().zip(&self.ids).map(|(path, id)| (path.clone(), self.objects.size(id))).collect()
    }
}

fn file(difference: Difference) -> Option<(Vec<u8>, ObjectId, bool)> {
    let side = difference.new?;
    let kind = side.mode & 0o170_000;
    (kind != 0o160_000).then_some((difference.path, side.id, kind == 0o120_000))
}
