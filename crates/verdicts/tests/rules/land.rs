//! Trees and manifests in a few words.
//!
//! ```text
//! a/1 -> b/1              a/1 names b/1
//! a/1 -types-> b/1        for types alone; -tests-> in tests, -contains-> as a part of itself
//! a/1 -> external:lib     outside of the tree
//! a/1 -> ?                nobody knows where
//! a/1                     a file that names nothing
//! = README                a file whose names are not read
//! ```

use std::collections::BTreeSet;

use facts::{
    Manifest, RuleBook, Standing,
    dependencies::{Dependencies, Dependency, DependencyKind, LanguageCoverage, ReadFile, Target},
    manifest::{DeclaredModule, DeclaredRule, Layers, Place},
};
use verdicts::{
    debt::Key,
    rules::{self, Emitted, Ground, Held, OwnedBy, Violation},
};

/// The moment every run believes it is.
pub(crate) const NOW: i64 = 1_700_000_000;

/// A tree, what is declared of it, and who owns it.
#[derive(Clone, Default)]
pub(crate) struct Land {
    pub(crate) manifest: Manifest,
    pub(crate) standing: Standing,
    /// Directories and their owners.
    pub(crate) owners: Vec<(String, String)>,
    pub(crate) book: Option<RuleBook>,
    pub(crate) emitted: Vec<Emitted>,
    pub(crate) contested: Vec<(String, String)>,
}

impl Land {
    /// One line, or one part between commas, is one dependency or file.
    pub(crate) fn new(tree: &str, manifest: Manifest) -> Self {
        let lines = tree.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty());
        let steps: Vec<(String, DependencyKind, Option<String>)> = lines.map(step).collect();
        Self { standing: standing(&steps, &manifest), manifest, ..Self::default() }
    }

    /// What rules say of it.
    pub(crate) fn hold(&self) -> Held {
        self.ground(rules::hold)
    }

    /// The keys of what breaks one rule, sorted.
    pub(crate) fn broken(&self, code: &str) -> Vec<String> {
        let held = self.hold();
        let mut all: Vec<String> =
            held.violations.iter().filter(|one| one.rule.code == code).map(line).collect();
        all.sort();
        all
    }

    /// Asks something of the ground it is.
    pub(crate) fn ground<R>(&self, ask: impl FnOnce(&Ground<'_>) -> R) -> R {
        let owner = |path: &[u8]| {
            let path = String::from_utf8_lossy(path);
            let (_, owner) =
                self.owners.iter().find(|(directory, _)| path.starts_with(directory.as_str()))?;
            Some(OwnedBy { owners: vec![owner.clone()], by: ("CODEOWNERS".to_owned(), 1) })
        };
        ask(&Ground::new(
            &self.manifest,
            &self.standing,
            &owner,
            self.book.as_ref(),
            &self.emitted,
            &self.contested,
            NOW,
        ))
    }
}

/// `from -> to`, or `from` where it leads nowhere.
pub(crate) fn line(violation: &Violation) -> String {
    let Key { from, to, .. } = Key::of(violation);
    if to.is_empty() { from } else { format!("{from} -> {to}") }
}

/// One line of a tree; a file that is not read is a part of nothing.
fn step(line: &str) -> (String, DependencyKind, Option<String>) {
    if let Some(file) = line.strip_prefix("= ") {
        return (file.to_owned(), DependencyKind::Contains, None);
    }
    for (arrow, kind) in [
        (" -> ", DependencyKind::Runtime),
        (" -types-> ", DependencyKind::TypeOnly),
        (" -tests-> ", DependencyKind::Test),
        (" -contains-> ", DependencyKind::Contains),
    ] {
        if let Some((from, to)) = line.split_once(arrow) {
            return (from.to_owned(), kind, Some(to.to_owned()));
        }
    }
    (line.to_owned(), DependencyKind::Runtime, None)
}

/// Lays steps out as sources do: paths sorted, edges by file and line.
pub(crate) fn standing(steps: &[(String, DependencyKind, Option<String>)], manifest: &Manifest) -> Standing {
    let is_file = |to: &str| to != "?" && !to.starts_with("external:");
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    let mut unread: BTreeSet<&str> = BTreeSet::new();
    for (from, kind, to) in steps {
        paths.insert(from);
        if to.is_none() && *kind == DependencyKind::Contains {
            unread.insert(from);
        }
        paths.extend(to.as_deref().filter(|to| is_file(to)));
    }
    let at = |path: &str| paths.iter().position(|known| *known == path).expect("it was put in") as u32;
    let mut edges: Vec<Dependency<u32>> = Vec::new();
    for (line, (from, kind, to)) in steps.iter().enumerate() {
        let Some(to) = to else { continue };
        edges.push(Dependency {
            from: at(from),
            to: match to.strip_prefix("external:") {
                Some(package) => Target::External(package.to_owned()),
                None if to == "?" => Target::Unresolved("no file".to_owned()),
                None => Target::File(at(to)),
            },
            kind: *kind,
            line: line as u32 + 1,
            specifier: to.clone(),
            language: "python",
        });
    }
    edges.sort_by_key(|edge| (edge.from, edge.line));
    let read = paths.iter().filter(|path| !unread.contains(*path));
    let files: Vec<ReadFile<u32>> = read
        .map(|path| ReadFile { file: at(path), language: "python", test: path.contains("test") })
        .collect();
    let languages =
        vec![LanguageCoverage { language: "python", files: files.len() as u64, ..Default::default() }];
    let bytes = paths.iter().map(|path| path.as_bytes().to_vec()).collect();
    Standing::new(bytes, manifest, Dependencies { edges, files, languages })
}

/// Modules that are directories of their names.
pub(crate) fn modules(names: &[&str]) -> Manifest {
    Manifest {
        files: vec!["unsnarl.toml".to_owned()],
        modules: names.iter().map(|name| module(name)).collect(),
        ..Manifest::default()
    }
}

/// A module that is the directory of its name.
pub(crate) fn module(name: &str) -> DeclaredModule {
    DeclaredModule {
        id: name.to_owned(),
        paths: vec![(name.to_owned(), 1)],
        place: place(),
        ..DeclaredModule::default()
    }
}

impl Extended for Manifest {
    fn with(mut self, name: &str, change: impl FnOnce(&mut DeclaredModule)) -> Self {
        change(self.modules.iter_mut().find(|one| one.id == name).expect("the module is declared"));
        self
    }

    fn layered(mut self, order: &[&str]) -> Self {
        self.layers = Layers { order: words(order), place: place(), ..Layers::default() };
        for module in &mut self.modules {
            module.layer = order.contains(&module.id.as_str()).then(|| module.id.clone());
        }
        self
    }

    fn rule(mut self, kind: &str, from: &[&str], to: &[&str]) -> Self {
        let id = format!("r{}", self.rules.len());
        let (kind, transitive, by_file) = match kind.split_once(' ') {
            Some((kind, "transitive")) => (kind, true, false),
            Some((kind, _)) => (kind, false, true),
            None => (kind, false, false),
        };
        self.rules.push(DeclaredRule {
            id,
            kind: kind.to_owned(),
            from: words(from),
            to: words(to),
            transitive,
            by_file,
            place: place(),
            ..DeclaredRule::default()
        });
        self
    }
}

/// A manifest with more in it.
pub(crate) trait Extended: Sized {
    /// Changes a module.
    fn with(self, name: &str, change: impl FnOnce(&mut DeclaredModule)) -> Self;
    /// Layers, each the module of its name.
    fn layered(self, order: &[&str]) -> Self;
    /// A rule; `forbidden transitive` and `acyclic file` say more than its type.
    fn rule(self, kind: &str, from: &[&str], to: &[&str]) -> Self;
}

pub(crate) fn words(of: &[&str]) -> Vec<String> {
    of.iter().map(|&word| word.to_owned()).collect()
}

pub(crate) fn place() -> Place {
    Place { file: "unsnarl.toml".to_owned(), line: 1 }
}
