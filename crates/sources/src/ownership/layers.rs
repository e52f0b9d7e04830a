//! Which sources of ownership a repository has, and which of them answers for a path: the first that speaks of it.
//!
//! ```text
//! [ownership] sources = ["CODEOWNERS", "manifest"]     as the manifest says
//! --dialect NAME                                       that one alone
//! otherwise                                            the manifest, then the first other dialect found
//! ```

use facts::Manifest;

use super::{DIALECTS, Decision, Dialect, Found, Resolver, detect, read};
use crate::tree::Tree;

/// One source.
pub struct Layer {
    /// Its dialect.
    pub dialect: Dialect,
    /// Its files.
    pub found: Found,
    /// Its rules.
    pub resolver: Box<dyn Resolver>,
}

/// Every source that answers, in order, and those that were found and do not.
#[derive(Default)]
pub struct Layers {
    /// The sources.
    pub layers: Vec<Layer>,
    /// Dialects the tree speaks too, with their first file.
    pub unused: Vec<(Dialect, Vec<u8>)>,
}

impl std::fmt::Debug for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.layers.iter().map(|layer| layer.dialect)).finish()
    }
}

impl Layers {
    /// Reads the sources of a tree; `only` names one dialect.
    pub fn read(tree: &dyn Tree, manifest: &Manifest, only: Option<Dialect>) -> Self {
        let spoken = match only {
            Some(dialect) => vec![(dialect, forced(dialect, tree))],
            None => detect(tree),
        };
        let asked: Vec<&str> = match (only, &manifest.ownership.sources) {
            (None, Some(sources)) => sources.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let mut out = Self::default();
        let is = |dialect: &Dialect, name: &str| {
            dialect.name == name || (dialect.name != "manifest" && dialect.file == name)
        };
        if asked.is_empty() {
            let mut forge = false;
            for (dialect, found) in spoken {
                // A manifest that names no owner is no source of ownership.
                let declares = manifest.modules.iter().any(|module| module.owner.is_some());
                if only.is_none() && (forge || (dialect.name == "manifest" && !declares)) {
                    if dialect.name != "manifest" {
                        out.unused.push((dialect, found.places[0].clone()));
                    }
                    continue;
                }
                forge |= dialect.name != "manifest";
                out.push(dialect, found, tree);
            }
            return out;
        }
        for name in &asked {
            for (dialect, found) in spoken.iter().filter(|(dialect, _)| is(dialect, name)).take(1) {
                out.push(*dialect, found.clone(), tree);
            }
        }
        let unused = spoken.iter().filter(|(dialect, _)| !asked.iter().any(|name| is(dialect, name)));
        out.unused = unused.map(|(dialect, found)| (*dialect, found.places[0].clone())).collect();
        out
    }

    fn push(&mut self, dialect: Dialect, found: Found, tree: &dyn Tree) {
        let resolver = read(dialect, tree, &found);
        self.layers.push(Layer { dialect, found, resolver });
    }

    /// The source that answers for a path, and its answer; `None` when no rule speaks of it.
    pub fn decide(&self, path: &[u8]) -> Option<(usize, Decision)> {
        self.layers.iter().enumerate().find_map(|(at, layer)| {
            let decision = layer.resolver.decide(path);
            (!decision.claims.is_empty()).then_some((at, decision))
        })
    }
}

/// The files of a dialect that was named, whether or not they look like it.
fn forced(dialect: Dialect, tree: &dyn Tree) -> Found {
    let found = (dialect.find)(tree);
    if !found.places.is_empty() {
        return found;
    }
    match dialect.name {
        "github" | "gitlab" => Found::first_of(
            tree,
            &[".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
        ),
        _ => Found::everywhere(tree, &[dialect.file]),
    }
}

/// Every dialect's name, for messages.
pub fn dialect_names() -> Vec<&'static str> {
    DIALECTS.iter().map(|dialect| dialect.name).collect()
}
