//! A tree as it stands: its files, the declared module of each, and what each names. Rules are held against it; no
//! history is needed.

use rustc_hash::FxHashMap;

use crate::{dependencies::Dependencies, globs::Glob, manifest::Manifest};

/// A tree as it stands. Files are numbered by their place in `paths`.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Every file and link, sorted by bytes.
    pub paths: Vec<Vec<u8>>,
    /// The module each file is declared to be in, an index into [`Manifest::modules`].
    pub module_of: Vec<Option<u32>>,
    /// What names what.
    pub dependencies: Dependencies<u32>,
}

impl Standing {
    /// Lays the modules of a manifest over a tree.
    pub fn new(paths: Vec<Vec<u8>>, manifest: &Manifest, dependencies: Dependencies<u32>) -> Self {
        let modules = ModulePatterns::new(manifest);
        let module_of = paths.iter().map(|path| modules.module(path).map(|at| at as u32)).collect();
        Self { paths, module_of, dependencies }
    }

    /// The number of a path.
    pub fn find(&self, path: &[u8]) -> Option<u32> {
        self.paths.binary_search_by(|known| known.as_slice().cmp(path)).ok().map(|at| at as u32)
    }

    /// The files a pattern matches.
    pub fn matching<'s>(&'s self, glob: &'s Glob) -> impl Iterator<Item = u32> + 's {
        glob.among(&self.paths).map(|at| at as u32)
    }

    /// A path as text; bytes that are none are replaced.
    pub fn text(&self, file: u32) -> String {
        String::from_utf8_lossy(&self.paths[file as usize]).into_owned()
    }

    /// The module of a file.
    pub fn module(&self, file: u32) -> Option<u32> {
        self.module_of[file as usize]
    }
}

/// The patterns of every module, to be asked for the module of a path.
#[derive(Debug)]
pub struct ModulePatterns {
    /// By the plain parts they begin with; of equals the more specific first, then the one written first.
    by_prefix: FxHashMap<String, Vec<(Glob, usize)>>,
}

impl ModulePatterns {
    /// Takes the patterns of a manifest; those that are none were told when it was read.
    pub fn new(manifest: &Manifest) -> Self {
        let mut by_prefix: FxHashMap<String, Vec<(Glob, usize)>> = FxHashMap::default();
        for (at, module) in manifest.modules.iter().enumerate() {
            for glob in module.paths.iter().filter_map(|(path, _)| Glob::new(path).ok()) {
                by_prefix.entry(glob.plain_prefix()).or_default().push((glob, at));
            }
        }
        for globs in by_prefix.values_mut() {
            globs.sort_by(|a, b| b.0.specificity().cmp(&a.0.specificity()).then(a.1.cmp(&b.1)));
        }
        Self { by_prefix }
    }

    /// The module a path is in, an index into [`Manifest::modules`].
    pub fn module(&self, path: &[u8]) -> Option<usize> {
        // More plain parts at the start are more specific than anything else: the longest prefix first.
        let text = String::from_utf8_lossy(path);
        let mut prefix = text.as_ref();
        loop {
            let here = self.by_prefix.get(prefix).into_iter().flatten();
            if let Some((_, at)) = here.into_iter().find(|(glob, _)| glob.matches(path)) {
                return Some(*at);
            }
            if prefix.is_empty() {
                return None;
            }
            prefix = prefix.rfind('/').map_or("", |slash| &prefix[..slash]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::DeclaredModule;

    #[test]
    fn the_most_specific_pattern_has_a_path() {
        let module = |id: &str, paths: &[&str]| DeclaredModule {
            id: id.to_owned(),
            paths: paths.iter().map(|path| ((*path).to_owned(), 1)).collect(),
            ..DeclaredModule::default()
        };
        let manifest = Manifest {
            modules: vec![
                module("all", &["**"]),
                module("a", &["a/**", "z/*.rs"]),
                module("a-b", &["a/b"]),
                module("tests", &["**/tests/**"]),
                module("wild", &["a/*/x/**"]),
                module("one", &["a/b/one.rs"]),
            ],
            ..Manifest::default()
        };
        let patterns = ModulePatterns::new(&manifest);
        for (path, expected) in [
            ("top", Some("all")),
            ("a/f", Some("a")),
            ("a/b/f", Some("a-b")),
            ("a/b/one.rs", Some("one")),
            ("a/c/x/f", Some("wild")),
            ("b/tests/f", Some("tests")),
            ("a/tests/f", Some("a")),
            ("z/f.rs", Some("a")),
            ("z/y/f.rs", Some("all")),
        ] {
            let found = patterns.module(path.as_bytes()).map(|at| manifest.modules[at].id.as_str());
            assert_eq!(found, expected, "{path}");
        }
    }
}
