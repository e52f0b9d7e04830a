//! The tree history ends at: which files live, how large they are, and what the small ones say.

use facts::CommitId;
use gix::ObjectId;

use super::{
    objects::Objects,
    open::Source,
    renames::Blobs as _,
    tree_diff::{Difference, TreeDiff},
};

/// The files of a tree, sorted by path; submodules are none.
#[derive(Debug, Default)]
pub struct Listing {
    paths: Vec<Vec<u8>>,
    ids: Vec<ObjectId>,
    links: Vec<bool>,
}

impl Listing {
    /// Paths of blobs and links, sorted by bytes.
    pub fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    /// Whether the path is a symbolic link.
    pub fn is_link(&self, path: &[u8]) -> bool {
        self.find(path).is_some_and(|at| self.links[at])
    }

    /// The id of a file's blob.
    pub fn id(&self, path: &[u8]) -> Option<&[u8]> {
        self.find(path).map(|at| self.ids[at].as_bytes())
    }

    fn find(&self, path: &[u8]) -> Option<usize> {
        self.paths.binary_search_by(|known| known.as_slice().cmp(path)).ok()
    }
}

/// A tree with what is in its files: that at the head, or that of any other commit.
pub struct Head {
    objects: Objects,
    listing: Listing,
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").field("paths", &self.paths().len()).finish()
    }
}

impl Head {
    /// Lists the head's tree; a tree that is missing in part lists what is there.
    pub fn read(source: &Source) -> Self {
        Self::read_at(source, source.head())
    }

    /// The same for any commit; nothing where it is missing.
    pub fn read_at(source: &Source, commit: CommitId) -> Self {
        let objects = Objects::new(&source.repository);
        let mut found = Vec::new();
        let id = gix::oid::try_from_bytes(commit.as_bytes());
        if let Some(tree) = id.ok().and_then(|id| objects.tree_of(id, &mut Vec::new())) {
            TreeDiff::default().compare(&objects, None, Some(&tree), &mut found);
        }
        let mut files: Vec<(Vec<u8>, ObjectId, bool)> = found.into_iter().filter_map(file).collect();
        files.sort();
        let mut listing = Listing::default();
        for (path, id, link) in files {
            listing.paths.push(path);
            listing.ids.push(id);
            listing.links.push(link);
        }
        Self { objects, listing }
    }

    /// What files there are.
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Paths of blobs and links, sorted by bytes.
    pub fn paths(&self) -> &[Vec<u8>] {
        self.listing.paths()
    }

    /// Whether the path is a symbolic link.
    pub fn is_link(&self, path: &[u8]) -> bool {
        self.listing.is_link(path)
    }

    /// A file's content, or in one sentence why there is none.
    pub fn read_file(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        let at = self.listing.find(path).ok_or_else(|| "it is not in the tree".to_owned())?;
        let mut data = Vec::new();
        if self.objects.read(&self.listing.ids[at], &mut data) {
            Ok(data)
        } else {
            Err("its blob is not in this clone".to_owned())
        }
    }

    /// Each path with the size of its blob, `None` where the blob is missing.
    pub(crate) fn sizes(&self) -> Vec<(Vec<u8>, Option<u64>)> {
        self.paths()
            .iter()
            .zip(&self.listing.ids)
            .map(|(path, id)| (path.clone(), self.objects.size(id)))
            .collect()
    }
}

fn file(difference: Difference) -> Option<(Vec<u8>, ObjectId, bool)> {
    let side = difference.new?;
    let kind = side.mode & 0o170_000;
    (kind != 0o160_000).then_some((difference.path, side.id, kind == 0o120_000))
}
