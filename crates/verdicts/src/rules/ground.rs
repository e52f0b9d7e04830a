//! What rules are held against: a tree as it stands, its manifest, who owns what.

use std::collections::BTreeSet;

use facts::{
    Manifest, RuleBook, Standing,
    dependencies::{DependencyKind, Target},
    manifest::{DeclaredRule, Level},
    standing::ModulePatterns,
    time::Seconds,
};

use super::{Held, Rule, RuleUse, Site, Violation, selection::Selection};

/// Who owns a path, and where that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedBy {
    /// The owners as written, alternatives of each other.
    pub owners: Vec<String>,
    /// The ownership file and line; empty and 0 where a module's `owner` says so.
    pub by: (String, u32),
}

/// An ownership file that is written from the manifest and does not say what the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// Its dialect.
    pub dialect: String,
    /// The file, from the root.
    pub path: String,
    /// How it differs, in one sentence.
    pub why: String,
}

/// What rules are held against.
pub struct Ground<'a> {
    /// What is declared.
    pub manifest: &'a Manifest,
    /// The tree.
    pub standing: &'a Standing,
    /// Who owns a path, by ownership files or by its module; `None` where nobody is declared to.
    pub owner: &'a dyn Fn(&[u8]) -> Option<OwnedBy>,
    /// Every ownership rule; `None` where none was followed.
    pub book: Option<&'a RuleBook>,
    /// Files that are written from the manifest and are not as it says.
    pub emitted: &'a [Emitted],
    /// Modules with several owners none of whom leads, by name, with the numbers in one sentence; empty where no
    /// history was read.
    pub contested: &'a [(String, String)],
    /// The moment the run believes it is.
    pub now: Seconds,
    /// Which module a path is in.
    patterns: ModulePatterns,
    /// Modules whose tests name which others.
    tested: BTreeSet<(u32, u32)>,
    /// Which file names which, each pair once with its first edge, sorted; what does not count is left out.
    pub(super) pairs: Vec<Pair>,
    /// Where the pairs of each file begin.
    first_of: Vec<u32>,
    /// What files name outside of the tree: file, package, edge; by file.
    pub(super) externals: Vec<(u32, String, u32)>,
}

/// One file names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) from: u32,
    pub(super) to: u32,
    /// The first edge that says so.
    pub(super) edge: u32,
}

/// Places shown of one pair of files.
const MOST_SITES: usize = 20;

impl<'a> Ground<'a> {
    /// Sorts what counts of the dependencies.
    pub fn new(
        manifest: &'a Manifest,
        standing: &'a Standing,
        owner: &'a dyn Fn(&[u8]) -> Option<OwnedBy>,
        book: Option<&'a RuleBook>,
        emitted: &'a [Emitted],
        contested: &'a [(String, String)],
        now: Seconds,
    ) -> Self {
        let counts = |kind: DependencyKind| match &manifest.check.kinds {
            Some(kinds) => kinds.iter().any(|name| name == kind.name()),
            None => matches!(kind, DependencyKind::Runtime | DependencyKind::TypeOnly | DependencyKind::Dev),
        };
        let mut pairs = Vec::new();
        let mut externals = Vec::new();
        for (at, edge) in standing.dependencies.edges.iter().enumerate() {
            if edge.kind == DependencyKind::Contains || !counts(edge.kind) {
                continue;
            }
            match &edge.to {
                Target::File(to) if *to != edge.from => {
                    pairs.push(Pair { from: edge.from, to: *to, edge: at as u32 });
                }
                Target::External(name) => externals.push((edge.from, name.clone(), at as u32)),
                _ => {}
            }
        }
        pairs.sort_unstable();
        pairs.dedup_by_key(|pair| (pair.from, pair.to));
        let mut first_of = vec![0u32; standing.paths.len() + 1];
        for pair in &pairs {
            first_of[pair.from as usize + 1] += 1;
        }
        for at in 1..first_of.len() {
            first_of[at] += first_of[at - 1];
        }
        let patterns = ModulePatterns::new(manifest);
        let tests = standing.dependencies.edges.iter().filter(|edge| edge.kind == DependencyKind::Test);
        let tested = tests
            .filter_map(|edge| match edge.to {
                Target::File(to) => Some((standing.module(edge.from)?, standing.module(to)?)),
                _ => None,
            })
            .collect();
        Self {
            manifest,
            standing,
            patterns,
            tested,
            owner,
            book,
            emitted,
            contested,
            now,
            pairs,
            first_of,
            externals,
        }
    }

    /// What a file names.
    pub(super) fn from(&self, file: u32) -> &[Pair] {
        &self.pairs[self.first_of[file as usize] as usize..self.first_of[file as usize + 1] as usize]
    }

    /// Packages outside that a file names: file, package, edge.
    pub(super) fn externals_of(&self, file: u32) -> &[(u32, String, u32)] {
        let first = self.externals.partition_point(|(from, _, _)| *from < file);
        let end = self.externals.partition_point(|(from, _, _)| *from <= file);
        &self.externals[first..end]
    }

    /// Every pair of files that lie in different modules, or of which one lies in none.
    pub(super) fn across(&self) -> impl Iterator<Item = (Pair, Option<u32>, Option<u32>)> + '_ {
        self.pairs.iter().filter_map(|&pair| {
            let (from, to) = (self.standing.module(pair.from), self.standing.module(pair.to));
            (from != to).then_some((pair, from, to))
        })
    }

    /// A module's name; files outside of every module are called so.
    pub(super) fn module_name(&self, module: Option<u32>) -> &str {
        module.map_or("no module", |at| self.manifest.modules[at as usize].id.as_str())
    }

    /// `module `billing``, or `no module`.
    pub(super) fn called(&self, module: Option<u32>) -> String {
        module.map_or_else(|| "files of no module".to_owned(), |_| format!("`{}`", self.module_name(module)))
    }

    /// The contracts of a type, each with what it selects.
    pub(super) fn contracts(&self, kind: &'a str) -> impl Iterator<Item = &'a DeclaredRule> {
        self.manifest.rules.iter().filter(move |rule| rule.kind == kind)
    }

    /// What some words of a rule mean.
    pub(super) fn select(&self, words: &[String]) -> Selection {
        Selection::new(self, words)
    }

    /// A violation by one file that names another; `because` and `level` come from the contract where there is one.
    pub(super) fn by_pair(
        &self,
        rule: &'static Rule,
        contract: Option<&DeclaredRule>,
        pair: Pair,
        what: String,
        way_out: String,
    ) -> Violation {
        let edges = &self.standing.dependencies.edges;
        let end = edges[pair.edge as usize..].iter().take_while(|edge| edge.from == pair.from);
        let all = end.filter(|edge| edge.to == Target::File(pair.to));
        let path = self.standing.text(pair.from);
        let sites: Vec<Site> = all
            .clone()
            .take(MOST_SITES)
            .map(|edge| Site { path: path.clone(), line: edge.line, specifier: edge.specifier.clone() })
            .collect();
        let further_sites = (all.count() - sites.len()) as u64;
        Violation {
            rule,
            contract: contract.map(|one| one.id.clone()),
            level: contract.map_or(Level::Error, |one| one.level),
            from: path,
            to: self.standing.text(pair.to),
            from_module: self.standing.module(pair.from),
            to_module: self.standing.module(pair.to),
            sites,
            further_sites,
            what,
            other_side: (self.owner)(&self.standing.paths[pair.to as usize]),
            because: contract.and_then(|one| one.because.clone()),
            way_out,
            chain: Vec::new(),
        }
    }

    /// A violation that stands in a file of the tree or of the manifest, and leads nowhere.
    pub(super) fn at(
        &self,
        rule: &'static Rule,
        (file, line): (&str, u32),
        from: &str,
        what: String,
        way_out: String,
    ) -> Violation {
        let module = self.standing.find(from.as_bytes()).and_then(|file| self.standing.module(file));
        Violation {
            rule,
            contract: None,
            level: Level::Error,
            from: from.to_owned(),
            to: String::new(),
            from_module: module,
            to_module: None,
            sites: vec![Site { path: file.to_owned(), line, specifier: String::new() }],
            further_sites: 0,
            what,
            other_side: None,
            because: None,
            way_out,
            chain: Vec::new(),
        }
    }

    /// How many pairs of files of which one names the other count.
    pub fn dependencies(&self) -> u64 {
        self.pairs.len() as u64
    }

    /// Whether a test in one module names a file of another.
    pub(super) fn tests(&self, from: u32, to: u32) -> bool {
        self.tested.contains(&(from, to))
    }

    /// Whether a file of one module names a file of another.
    pub(super) fn names(&self, from: u32, to: u32) -> bool {
        let ends = |pair: &&Pair| {
            self.standing.module(pair.from) == Some(from) && self.standing.module(pair.to) == Some(to)
        };
        self.pairs.iter().any(|pair| ends(&pair))
    }

    /// The declared module of a path, whether or not there is such a file.
    pub fn module_of_path(&self, path: &str) -> Option<u32> {
        self.patterns.module(path.as_bytes()).map(|module| module as u32)
    }

    /// The module a violation is the debt of.
    pub fn charged(&self, violation: &Violation) -> Option<u32> {
        violation.charged_to(self.manifest.check.charge)
    }
}

impl Held {
    /// Notes what a rule looked at.
    pub(super) fn used(
        &mut self,
        rule: &'static Rule,
        contract: Option<&DeclaredRule>,
        count: u64,
        matched: String,
    ) {
        self.uses.push(RuleUse { rule, contract: contract.map(|one| one.id.clone()), matched, count });
    }
}
