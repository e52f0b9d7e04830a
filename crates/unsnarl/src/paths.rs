//! Paths as people give them, from the root of the repository.

use std::path::Path;

use crate::error::Error;

/// Where a path may be meant from.
pub(crate) struct Roots<'a> {
    /// Where the user is in the work tree, from its root.
    pub(crate) prefix: &'a str,
    /// Every path of the tree.
    pub(crate) paths: &'a [Vec<u8>],
    /// The work tree, where there is one.
    pub(crate) work_tree: Option<&'a Path>,
}

impl Roots<'_> {
    /// A path as given, from the root of the repository.
    pub(crate) fn rooted(&self, given: &str) -> Result<String, Error> {
        let path = normal(given);
        let outside = || Error::Outside { path: given.into(), elsewhere: "-C PATH" };
        if Path::new(&path).is_absolute() {
            return self.within(Path::new(&path)).ok_or_else(outside);
        }
        let inside = sources::tree::resolve(self.prefix.as_bytes(), path.as_bytes()).ok_or_else(outside)?;
        let inside = String::from_utf8_lossy(&inside).into_owned();
        if self.prefix.is_empty() {
            return Ok(inside);
        }
        // What was meant from the root exists there and not here.
        Ok(if !self.holds(&inside) && self.holds(&path) { path } else { inside })
    }

    /// Whether a path is a file of the tree, or a directory of it.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let directory = format!("{}/", path.trim_end_matches('/'));
        self.paths.iter().any(|one| one == path.as_bytes() || one.starts_with(directory.as_bytes()))
    }

    /// An absolute path from the root of the work tree; `None` when it does not lie in it.
    fn within(&self, path: &Path) -> Option<String> {
        let root = self.work_tree?;
        let below = path.strip_prefix(root).map(Path::to_owned);
        // Either may be named through a link, as the whole of /tmp is on some systems.
        let below = below.or_else(|_| {
            path.canonicalize()?
                .strip_prefix(root.canonicalize()?)
                .map(Path::to_owned)
                .map_err(std::io::Error::other)
        });
        Some(below.ok()?.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
    }
}

/// Without `./` in front and with `/` between parts.
pub(crate) fn normal(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let mut path = path.as_str();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path.to_owned()
}
