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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{manifest, ownership::Fate, tree::literal::LiteralTree};

    /// What ownership files are made of, whatever the dialect: put together at random, some of it is meant seriously.
    const PIECES: [&str; 58] = [
        "\n",
        "\n",
        "\n",
        "\n",
        " ",
        " ",
        "\t",
        "  ",
        "*",
        "**",
        "/",
        "a",
        "b.rs",
        "src",
        "?",
        "[",
        "]",
        "\\",
        "!",
        "#",
        "@a",
        "@o/t",
        "@@developer",
        "x@y.org",
        "^[Docs][2]",
        "[Web]",
        "approvers:",
        "- a",
        "- web",
        "aliases:",
        "web:",
        "filters:",
        "\".*\":",
        "options: {no_parent_owners: true}",
        "---",
        "&l [a]",
        "*l",
        "set noparent",
        "per-file *.rs=",
        "include /a/OWNERS",
        "file:b/OWNERS",
        "M:\tAna <ana@x.org>",
        "F:\tsrc/",
        "X:\t*a*",
        "N:\t(a|b)+",
        "K:\t[",
        "S:\tOrphan",
        "kind: Group",
        "kind: Component",
        "metadata: {name: a}",
        "spec: {owner: web}",
        "[[module]]",
        "id = \"m\"",
        "paths = [\"src/**\"]",
        "owner = \"@a\"",
        "version = 1",
        "é",
        "\u{feff}",
    ];

    fn text() -> impl Strategy<Value = String> {
        let pieces =
            proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|all| all.concat());
        prop_oneof![4 => pieces, 1 => "[ -~\\n]{0,80}"]
    }

    proptest! {
        /// No text stops a dialect; what decides a path stands among the rules that speak of it; every owner and every
        /// line is one of the file's.
        #[test]
        fn whatever_is_written_every_answer_can_be_explained(
            root in text(), nested in text(), path in "(src|a|b)(/(a|b.rs|é| ))?",
        ) {
            for dialect in DIALECTS {
                let beside = format!("a/{}", dialect.file);
                let tree = LiteralTree::new(&[
                    (dialect.file, root.as_str()),
                    (&beside, &nested),
                    ("OWNERS_ALIASES", &nested),
                    ("a/module.toml", &nested),
                ]);
                let layers = Layers::read(&tree, &manifest::read(&tree).manifest, Some(dialect));
                let Some((at, decision)) = layers.decide(path.as_bytes()) else { continue };
                let resolver = &layers.layers[at].resolver;
                let candidates = resolver.candidates(path.as_bytes());
                let rules = resolver.rules();
                for claim in &decision.claims {
                    let candidate = candidates.iter().find(|one| one.rule == claim.rule);
                    let fate = candidate.map(|one| &one.fate);
                    prop_assert!(
                        matches!(fate, Some(Fate::Decides | Fate::Adds)),
                        "{}: {:?} of {:?}", dialect.name, fate, claim
                    );
                    prop_assert_eq!(rules.names_of(&claim.owners).len(), claim.owners.len());
                    let rule = &rules.rules[claim.rule as usize];
                    let longest = root.lines().count().max(nested.lines().count()) as u32;
                    prop_assert!((1..=longest).contains(&rule.line), "{}: line {}", dialect.name, rule.line);
                }
            }
        }
    }
}
