//! From a tree to what rules are held against: manifest, owners, dependencies. No history is read.

use std::{path::Path, time::Instant};

use facts::{Facts, RuleBook, Standing, dependencies::Dependencies};
use imports::Scans;
use sources::{
    git::Checkout,
    ownership::{Dialect, emit},
    rulebook,
    structure::{self, Declared},
    tree::{self, Tree},
};
use verdicts::{
    debt::{self, Debt, Unreadable},
    rules::{Emitted, OwnedBy},
};

use crate::code::Kept;

/// A tree with everything rules ask of it.
pub(crate) struct Looked {
    pub(crate) checkout: Checkout,
    pub(crate) declared: Declared,
    pub(crate) standing: Standing,
    pub(crate) book: RuleBook,
    pub(crate) emitted: Vec<Emitted>,
}

impl Looked {
    /// Reads a tree; `only` names the one dialect to read ownership from.
    pub(crate) fn read(checkout: Checkout, kept: &Kept<'_>, only: Option<Dialect>) -> Self {
        let begun = Instant::now();
        let say = |what: &str| (kept.say)(&format!("{what} after {:?}", begun.elapsed()));
        let dependencies = kept.dependencies(&checkout);
        say("dependencies");
        let looked = Self::of(checkout, dependencies, only);
        say("manifest, owners and modules laid over");
        looked
    }

    /// A tree whose code was read.
    pub(crate) fn of(checkout: Checkout, dependencies: Dependencies<u32>, only: Option<Dialect>) -> Self {
        let declared = structure::read_declared(&checkout, only, Vec::new());
        let standing = Standing::new(checkout.paths().to_vec(), &declared.manifest, dependencies);
        let book = rulebook::rule_book(&Facts::default(), &checkout, &declared, true);
        let emitted = differing_files(&checkout, &declared);
        Self { checkout, declared, standing, book, emitted }
    }

    /// Puts a text in place of a file's content, as somebody types it; `None` where there is no such file. What the tree
    /// declares, and what other files name, stays as it was read.
    pub(crate) fn retype(
        &mut self,
        path: &str,
        text: &str,
        kept: &Kept<'_>,
        scans: &mut Scans,
    ) -> Option<()> {
        let file = self.standing.find(path.as_bytes())?;
        self.checkout.replace(path.as_bytes(), text.as_bytes().to_vec());
        self.standing.dependencies.replace(file, kept.read_some(&self.checkout, &[path], scans));
        Some(())
    }

    /// Who owns a path.
    pub(crate) fn owner(&self, path: &[u8]) -> Option<OwnedBy> {
        let (at, decision) = self.declared.layers.decide(path)?;
        let rules = self.declared.layers.layers[at].resolver.rules();
        let claim = decision.claims.iter().find(|claim| !claim.owners.is_empty())?;
        let rule = &rules.rules[claim.rule as usize];
        let owners = rules.names_of(&claim.owners).into_iter().map(str::to_owned).collect();
        Some(OwnedBy { owners, by: (rules.files[rule.file as usize].clone(), rule.line) })
    }

    /// What is recorded as debt.
    pub(crate) fn debt(&self) -> Result<Debt, Unreadable> {
        let mut debt = Debt::default();
        let prefix = format!("{}/", debt::DIRECTORY);
        let own = self
            .checkout
            .paths()
            .iter()
            .filter(|path| path.starts_with(prefix.as_bytes()) && path.ends_with(b".txt"));
        for path in own {
            let file = String::from_utf8_lossy(path).into_owned();
            let unreadable = |why: String| Unreadable { file: file.clone(), line: 0, why };
            let content = tree::read_through_links(&self.checkout, path).map_err(unreadable)?;
            let text = String::from_utf8(content).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
            debt.read(&file, &text)?;
        }
        Ok(debt)
    }
}

/// Files of recorded debt that lie on disk and are no part of the tree, because git ignores them; a few of them.
pub(crate) fn ignored_debt(root: &Path, checkout: &Checkout) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![debt::DIRECTORY.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(root.join(&directory)).into_iter().flatten().flatten() {
            let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(_) if path.ends_with(".txt") && !tree::holds(checkout, path.as_bytes()) => {
                    found.push(path)
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Files that `[ownership] emit` names and that are not as the manifest says.
fn differing_files(checkout: &Checkout, declared: &Declared) -> Vec<Emitted> {
    let manifest = &declared.manifest;
    let mut out = Vec::new();
    for (name, path) in &manifest.ownership.emit {
        let Some(dialect) = Dialect::named(name) else { continue };
        let path = Some(path.as_str()).filter(|path| !path.is_empty());
        let emitted = emit::emit(dialect, path, checkout, &declared.layers, manifest);
        let mut say = |path: &str, why: String| {
            out.push(Emitted { dialect: dialect.name.to_owned(), path: path.to_owned(), why });
        };
        if let Some((why, _)) = emitted.unsaid.first() {
            say(path.unwrap_or(dialect.file), format!("{} cannot say all of it ({why})", dialect.title));
            continue;
        }
        for (path, content) in &emitted.files {
            let there = checkout.read(path.as_bytes()).unwrap_or_default();
            let there = String::from_utf8_lossy(&there);
            if there == content.as_str() {
                continue;
            }
            let differs = there.lines().zip(content.lines()).position(|(a, b)| a != b);
            let line = differs.unwrap_or_else(|| there.lines().count().min(content.lines().count())) + 1;
            say(path, format!("they differ from line {line} on"));
        }
    }
    out
}
