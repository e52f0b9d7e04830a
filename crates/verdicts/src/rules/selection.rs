//! What the words of a rule mean: modules, layers, patterns, packages outside.

use std::collections::BTreeSet;

use facts::{
    globs::{Glob, matches_name},
    manifest::DeclaredModule,
};

use super::ground::{Ground, Pair};

/// Files and packages a rule speaks of.
pub(super) struct Selection {
    /// By file.
    files: Vec<bool>,
    /// Modules that are meant as a whole.
    modules: BTreeSet<u32>,
    /// How many.
    count: u64,
    /// Names of packages, `*` for any run of characters.
    externals: Vec<String>,
    /// Packages of these that some file names.
    externals_met: u64,
    /// Words that mean nothing in this tree.
    pub(super) empty: Vec<String>,
}

impl Selection {
    pub(super) fn new(ground: &Ground<'_>, words: &[String]) -> Self {
        let standing = ground.standing;
        let mut out = Self {
            files: vec![false; standing.paths.len()],
            modules: BTreeSet::new(),
            count: 0,
            externals: Vec::new(),
            externals_met: 0,
            empty: Vec::new(),
        };
        for word in words {
            let mut any = false;
            if let Some(package) = word.strip_prefix("external:") {
                let mut met: Vec<&str> = ground
                    .externals
                    .iter()
                    .map(|(_, name, _)| name.as_str())
                    .filter(|name| alike(package, name))
                    .collect();
                met.sort_unstable();
                met.dedup();
                out.externals_met += met.len() as u64;
                out.externals.push(package.to_owned());
                // That nobody uses what is forbidden is what the rule wants.
                any = true;
            } else {
                let modules = modules_of(ground, word);
                let glob = if modules.is_empty() { Glob::new(word).ok() } else { None };
                let by_module = standing.module_of.iter().enumerate();
                let by_module = by_module
                    .filter(|(_, module)| module.is_some_and(|module| modules.contains(&module)))
                    .map(|(file, _)| file as u32)
                    .take(if modules.is_empty() { 0 } else { usize::MAX });
                let matching = glob.iter().flat_map(|glob| standing.matching(glob));
                out.modules.extend(&modules);
                for file in by_module.chain(matching) {
                    any = true;
                    out.count += u64::from(!out.files[file as usize]);
                    out.files[file as usize] = true;
                }
            }
            if !any {
                out.empty.push(word.clone());
            }
        }
        out
    }

    pub(super) fn has(&self, file: u32) -> bool {
        self.files[file as usize]
    }

    /// Whether a dependency stays within a module that stands as a whole on both sides: `from = ["ui"]`, `to =
    /// ["layer:web"]`, where `ui` is of that layer, speaks of the rest of the layer.
    pub(super) fn stays_within(&self, ground: &Ground<'_>, to: &Self, pair: Pair) -> bool {
        let module = ground.standing.module(pair.from);
        module == ground.standing.module(pair.to)
            && module.is_some_and(|module| self.modules.contains(&module) && to.modules.contains(&module))
    }

    /// Modules that stand as a whole on both sides.
    pub(super) fn wholly_with(&self, other: &Self) -> Vec<u32> {
        self.modules.intersection(&other.modules).copied().collect()
    }

    pub(super) fn has_external(&self, package: &str) -> bool {
        self.externals.iter().any(|pattern| alike(pattern, package))
    }

    pub(super) fn files(&self) -> impl Iterator<Item = u32> + '_ {
        self.files.iter().enumerate().filter(|(_, is)| **is).map(|(file, _)| file as u32)
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// `12 files`, `12 files and 1 package outside`.
    pub(super) fn told(&self) -> String {
        let files = crate::audit::count(self.count, "file");
        match (self.externals.is_empty(), self.count) {
            (true, _) => files,
            (false, 0) => crate::audit::count(self.externals_met, "package") + " outside",
            (false, _) => {
                format!("{files} and {} outside", crate::audit::count(self.externals_met, "package"))
            }
        }
    }
}

/// The modules each module lists, in what `of` takes from it; `None` where it has no list.
pub(super) fn listed(
    ground: &Ground<'_>,
    of: fn(&DeclaredModule) -> Option<&Vec<String>>,
) -> Vec<Option<Vec<u32>>> {
    let meant = |words: &Vec<String>| words.iter().flat_map(|word| modules_of(ground, word)).collect();
    ground.manifest.modules.iter().map(|module| of(module).map(meant)).collect()
}

/// The modules a word means: one by its id, or those of a layer.
pub(super) fn modules_of(ground: &Ground<'_>, word: &str) -> Vec<u32> {
    let modules = ground.manifest.modules.iter().enumerate();
    modules
        .filter(|(_, module)| match word.strip_prefix("layer:") {
            Some(layer) => module.layer.as_deref() == Some(layer),
            None => module.id == word,
        })
        .map(|(at, _)| at as u32)
        .collect()
}

/// Whether a package's name is the pattern; what lies within the package is meant, too.
fn alike(pattern: &str, name: &str) -> bool {
    let ends = name.match_indices(['.', '/', ':', '\\']).map(|(at, _)| &name[..at]);
    matches_name(pattern, name)
        || ends.into_iter().any(|package| !package.is_empty() && matches_name(pattern, package))
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn packages_by_name() {
        for (pattern, name, expected) in [
            ("requests", "requests", true),
            ("requests", "requests.adapters", true),
            ("requests", "requests_mock", false),
            ("@acme/*", "@acme/ui", true),
            ("*", "anything", true),
            ("java.*", "java.util", true),
            ("java.*", "javax.util", false),
            ("@acme", "@acme/ui", true),
            ("a*c", "abc", true),
            ("a*c", "abd", false),
        ] {
            assert_eq!(alike(pattern, name), expected, "{pattern} {name}");
        }
    }
}
