//! What was read from code, kept by commit: dependencies of a tree, and the design at the ends of earlier years.

use std::{io, path::Path};

use facts::{
    FileId,
    dependencies::{
        Dependencies, Dependency, DependencyKind, FileGraph, LanguageCoverage, ReadFile, Snapshot, Target,
    },
};
use serde::{Deserialize, Serialize};

use super::kept;

const TREE: &str = "code";
const YEARS: &str = "years";

#[derive(Serialize, Deserialize)]
struct Tree {
    languages: Vec<Language>,
    files: Vec<(u32, u8, bool)>,
    edges: Vec<Edge>,
}

#[derive(Serialize, Deserialize)]
struct Language {
    name: String,
    files: u64,
    parsed: u64,
    broken: u64,
    skipped: Vec<(Vec<u8>, String)>,
}

#[derive(Serialize, Deserialize)]
struct Edge {
    from: u32,
    to: To,
    kind: u8,
    line: u32,
    specifier: String,
    language: u8,
}

#[derive(Serialize, Deserialize)]
enum To {
    File(u32),
    External(String),
    Unresolved(String),
}

/// Keeps the dependencies of a tree, its files numbered by path.
pub fn save_tree(cache: &Path, key: &str, read: &Dependencies<u32>) -> io::Result<()> {
    let number = |name: &str| read.languages.iter().position(|one| one.language == name).unwrap_or(0) as u8;
    let tree = Tree {
        languages: read
            .languages
            .iter()
            .map(|one| Language {
                name: one.language.to_owned(),
                files: one.files,
                parsed: one.parsed,
                broken: one.broken,
                skipped: one.skipped.clone(),
            })
            .collect(),
        files: read.files.iter().map(|one| (one.file, number(one.language), one.test)).collect(),
        edges: read
            .edges
            .iter()
            .map(|edge| Edge {
                from: edge.from,
                to: match &edge.to {
                    Target::File(file) => To::File(*file),
                    Target::External(name) => To::External(name.clone()),
                    Target::Unresolved(why) => To::Unresolved(why.clone()),
                },
                kind: edge.kind as u8,
                line: edge.line,
                specifier: edge.specifier.clone(),
                language: number(edge.language),
            })
            .collect(),
    };
    kept::save(cache, TREE, key, &tree)
}

/// The dependencies of a tree as they were kept; `known` are the languages there are.
pub fn load_tree(cache: &Path, key: &str, known: &[&'static str]) -> Option<Dependencies<u32>> {
    let tree: Tree = kept::load(cache, TREE, key)?;
    let names: Option<Vec<&'static str>> =
        tree.languages.iter().map(|one| known.iter().copied().find(|name| *name == one.name)).collect();
    let names = names?;
    let name = |number: u8| names.get(usize::from(number)).copied();
    let kind = |number: u8| DependencyKind::ALL.into_iter().find(|kind| *kind as u8 == number);
    let edges: Option<Vec<_>> = tree
        .edges
        .into_iter()
        .map(|edge| {
            Some(Dependency {
                from: edge.from,
                to: match edge.to {
                    To::File(file) => Target::File(file),
                    To::External(name) => Target::External(name),
                    To::Unresolved(why) => Target::Unresolved(why),
                },
                kind: kind(edge.kind)?,
                line: edge.line,
                specifier: edge.specifier,
                language: name(edge.language)?,
            })
        })
        .collect();
    let files: Option<Vec<_>> = tree
        .files
        .into_iter()
        .map(|(file, language, test)| Some(ReadFile { file, language: name(language)?, test }))
        .collect();
    let languages = tree.languages.into_iter().zip(&names).map(|(one, name)| LanguageCoverage {
        language: name,
        files: one.files,
        parsed: one.parsed,
        broken: one.broken,
        skipped: one.skipped,
    });
    Some(Dependencies { languages: languages.collect(), edges: edges?, files: files? })
}

/// A moment, its files, and who uses whom as positions among them.
type Year = (i64, Vec<u32>, Vec<(u32, u32)>);

/// Keeps the design at earlier moments.
pub fn save_years(cache: &Path, key: &str, years: &[Snapshot]) -> io::Result<()> {
    let years: Vec<Year> = years
        .iter()
        .map(|one| (one.at, one.graph.files.iter().map(|file| file.0).collect(), one.graph.edges.clone()))
        .collect();
    kept::save(cache, YEARS, key, &years)
}

/// The design at earlier moments as it was kept, for a history of so many files.
pub fn load_years(cache: &Path, key: &str, files: usize) -> Option<Vec<Snapshot>> {
    let years: Vec<Year> = kept::load(cache, YEARS, key)?;
    let sound = |(_, own, edges): &Year| {
        own.iter().all(|&file| (file as usize) < files)
            && edges.iter().all(|&(from, to)| (from.max(to) as usize) < own.len())
    };
    years.iter().all(sound).then(|| {
        let snapshot = |(at, own, edges): Year| Snapshot {
            at,
            graph: FileGraph::new(own.into_iter().map(FileId).collect(), edges),
        };
        years.into_iter().map(snapshot).collect()
    })
}
