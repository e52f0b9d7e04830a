//! Dependencies as text, tables and graphs, between files, modules or teams.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anstyle::Style;
use facts::{
    Facts, FileId, Structure,
    dependencies::{Dependencies, Dependency, DependencyKind, LanguageCoverage, Target},
};
use serde_json::json;

use crate::{
    document::written,
    drawing::{Drawing, Line, Notation},
    numbers::{self, plural},
    plain::{cut, plain, shortened},
};

const BOLD: Style = Style::new().bold();
static NONE: Dependencies = Dependencies { edges: Vec::new(), files: Vec::new(), languages: Vec::new() };
const DIM: Style = Style::new().dimmed();

/// What nodes of a graph are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Files as they name each other.
    File,
    /// The modules files belong to.
    Module,
    /// The teams that own the files, the first of alternatives.
    Team,
}

/// Dependencies between named nodes.
#[derive(Debug)]
pub struct Graph<'a> {
    repository: &'a str,
    facts: &'a Facts,
    dependencies: &'a Dependencies,
    level: Level,
    /// From, to → how often, by kind.
    edges: BTreeMap<(String, String), BTreeMap<DependencyKind, u64>>,
    nodes: BTreeSet<String>,
}

impl<'a> Graph<'a> {
    /// Joins the dependencies of files to those between nodes of a level; what stays within one node is left out.
    pub fn new(facts: &'a Facts, structure: &'a Structure, level: Level) -> Self {
        let dependencies = facts.dependencies.as_ref().unwrap_or(&NONE);
        let node = |file: FileId| match level {
            Level::File => Some(facts.paths.text(facts.files.path[file.index()])),
            Level::Module => {
                structure.module(file).map(|module| structure.modules[module.index()].name.clone())
            }
            Level::Team => {
                let team = structure.ownership().owners(file).first()?;
                Some(structure.teams[team.index()].name.clone())
            }
        };
        let mut edges: BTreeMap<(String, String), BTreeMap<DependencyKind, u64>> = BTreeMap::new();
        let mut nodes = BTreeSet::new();
        for edge in &dependencies.edges {
            let Target::File(to) = edge.to else { continue };
            let (Some(from), Some(to)) = (node(edge.from), node(to)) else { continue };
            nodes.extend([from.clone(), to.clone()]);
            if from != to && edge.kind != DependencyKind::Contains {
                *edges.entry((from, to)).or_default().entry(edge.kind).or_default() += 1;
            }
        }
        Self { repository: &facts.repository.name, facts, dependencies, level, edges, nodes }
    }

    fn path(&self, file: FileId) -> String {
        self.facts.paths.text(self.facts.files.path[file.index()])
    }

    fn weights(&self) -> Vec<(&str, &str, u64, u64)> {
        let mut all: Vec<(&str, &str, u64, u64)> = self
            .edges
            .iter()
            .map(|((from, to), kinds)| {
                let whole = kinds.values().sum();
                let tests = kinds.get(&DependencyKind::Test).copied().unwrap_or(0);
                (from.as_str(), to.as_str(), whole, tests)
            })
            .collect();
        all.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        all
    }
}

/// How many names of a language were resolved, lead outside, and could not be told.
fn counts(graph: &Graph<'_>, language: &LanguageCoverage) -> (u64, u64, u64) {
    let (mut resolved, mut external, mut unresolved) = (0, 0, 0);
    for edge in graph.dependencies.edges.iter().filter(|edge| edge.language == language.language) {
        match edge.to {
            Target::File(_) => resolved += 1,
            Target::External(_) => external += 1,
            Target::Unresolved(_) => unresolved += 1,
        }
    }
    (resolved, external, unresolved)
}

/// What depends on what, and how far each language could be read.
pub fn text(graph: &Graph<'_>) -> String {
    let mut out = String::new();
    let nodes = match graph.level {
        Level::File => "file",
        Level::Module => "module",
        Level::Team => "team",
    };
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#}: {} between {}",
        plain(graph.repository),
        plural(graph.edges.len() as u64, "dependency").replace("dependencys", "dependencies"),
        plural(graph.nodes.len() as u64, nodes)
    );
    let _ = writeln!(
        out,
        "\n{DIM}{:<12} {:>8} {:>8} {:>9} {:>10} {:>10}{DIM:#}",
        "language", "files", "skipped", "resolved", "external", "unresolved"
    );
    for language in &graph.dependencies.languages {
        let (resolved, external, unresolved) = counts(graph, language);
        let number = numbers::count;
        let _ = writeln!(
            out,
            "{:<12} {:>8} {:>8} {:>9} {:>10} {:>10}",
            language.language,
            number(language.files),
            number(language.skipped.len() as u64),
            number(resolved),
            number(external),
            number(unresolved)
        );
    }
    if graph.dependencies.languages.is_empty() {
        let _ = writeln!(
            out,
            "no file of a language whose imports are read; docs/guide/dependencies.md lists them"
        );
    }
    reasons(graph, &mut out);
    let in_code = |from: &str, to: &str| {
        let kinds = graph.edges.get(&(from.to_owned(), to.to_owned()));
        kinds.is_some_and(|kinds| kinds.keys().any(|kind| *kind != DependencyKind::Test))
    };
    let _ = writeln!(
        out,
        "\n{BOLD}The heaviest{BOLD:#}: names that lead from one to the other, of those in tests"
    );
    for (from, to, whole, tests) in graph.weights().into_iter().take(20) {
        let mutual = if in_code(from, to) && in_code(to, from) { "  and back" } else { "" };
        let tests = if tests > 0 { format!(" ({} in tests)", numbers::count(tests)) } else { String::new() };
        let _ = writeln!(
            out,
            "  {:>6}  {} → {}{DIM}{tests}{mutual}{DIM:#}",
            numbers::count(whole),
            shortened(from, 38),
            shortened(to, 38)
        );
    }
    out
}

/// Why names could not be told, the commonest first, each with a place.
fn reasons(graph: &Graph<'_>, out: &mut String) {
    let mut reasons: BTreeMap<&str, (u64, &Dependency)> = BTreeMap::new();
    for edge in &graph.dependencies.edges {
        if let Target::Unresolved(why) = &edge.to {
            // What comes behind the first words is about the one name.
            let end = why.match_indices(' ').nth(2).map_or(why.len(), |(at, _)| at);
            reasons.entry(&why[..end]).or_insert((0, edge)).0 += 1;
        }
    }
    let mut reasons: Vec<(&str, (u64, &Dependency))> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
    for (_, (count, edge)) in reasons.into_iter().take(4) {
        let Target::Unresolved(why) = &edge.to else { continue };
        let _ = writeln!(
            out,
            "{DIM}{} unresolved as in {}:{}: {}{DIM:#}",
            numbers::count(count),
            shortened(&graph.path(edge.from), 32),
            edge.line,
            cut(why, 44)
        );
    }
}

/// Columns from_file, to_file, to_external, kind, line, specifier, language, reason between files; else from, to, names,
/// tests.
pub fn csv(graph: &Graph<'_>) -> String {
    let mut out = String::new();
    if graph.level != Level::File {
        out.push_str("from,to,names,tests\n");
        for (from, to, whole, tests) in graph.weights() {
            let _ = writeln!(out, "{},{},{whole},{tests}", cell(from), cell(to));
        }
        return out;
    }
    out.push_str("from_file,to_file,to_external,kind,line,specifier,language,reason\n");
    for edge in &graph.dependencies.edges {
        let Dependency { from, to, kind, line, specifier, language } = edge;
        let (file, external, reason) = match to {
            Target::File(file) => (graph.path(*file), "", ""),
            Target::External(name) => (String::new(), name.as_str(), ""),
            Target::Unresolved(why) => (String::new(), "", why.as_str()),
        };
        let _ = writeln!(
            out,
            "{},{},{},{},{line},{},{language},{}",
            cell(&graph.path(*from)),
            cell(&file),
            cell(external),
            kind.name(),
            cell(specifier),
            cell(reason)
        );
    }
    out
}

/// A cell of RFC 4180.
pub(crate) fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// One object, `unsnarl.deps/1`.
pub fn json(graph: &Graph<'_>) -> String {
    let languages: Vec<_> = graph
        .dependencies
        .languages
        .iter()
        .map(|language| {
            let (resolved, external, unresolved) = counts(graph, language);
            let skipped: Vec<_> = language
                .skipped
                .iter()
                .map(|(path, why)| json!({"path": facts::paths::display(path), "why": why}))
                .collect();
            json!({
                "language": language.language, "files": language.files, "parsed": language.parsed,
                "broken": language.broken, "skipped": skipped, "resolved": resolved, "external": external,
                "unresolved": unresolved,
            })
        })
        .collect();
    let edges: Vec<_> = match graph.level {
        Level::File => graph
            .dependencies
            .edges
            .iter()
            .map(|edge| {
                let (file, external, reason) = match &edge.to {
                    Target::File(file) => (Some(graph.path(*file)), None, None),
                    Target::External(name) => (None, Some(name), None),
                    Target::Unresolved(why) => (None, None, Some(why)),
                };
                json!({
                    "from_file": graph.path(edge.from), "to_file": file, "to_external": external,
                    "kind": edge.kind.name(), "line": edge.line, "specifier": edge.specifier,
                    "language": edge.language, "reason": reason,
                })
            })
            .collect(),
        _ => graph
            .edges
            .iter()
            .map(|((from, to), kinds)| {
                let kinds: BTreeMap<&str, u64> =
                    kinds.iter().map(|(kind, count)| (kind.name(), *count)).collect();
                json!({"from": from, "to": to, "names": kinds.values().sum::<u64>(), "kinds": kinds})
            })
            .collect(),
    };
    written(&json!({
        "schema": "unsnarl.deps/1", "repository": graph.repository, "languages": languages,
        "nodes": graph.nodes, "edges": edges,
    }))
}

/// The graph for a program that draws; dashed is what only tests name.
pub fn drawing(graph: &Graph<'_>, notation: Notation) -> String {
    let lines = graph.edges.iter().map(|((from, to), kinds)| {
        let names: u64 = kinds.values().sum();
        let tests = kinds.keys().all(|kind| *kind == DependencyKind::Test);
        Line {
            from: from.clone(),
            to: to.clone(),
            label: names.to_string(),
            weight: names as f64,
            kind: if tests { "test" } else { "code" },
            dashed: tests,
        }
    });
    let nodes = graph.nodes.iter().cloned().collect();
    Drawing { directed: true, nodes, lines: lines.collect() }.write(notation)
}
