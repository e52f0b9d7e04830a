//! Modules: targets of packages, else directories.

use rustc_hash::{FxHashMap, FxHashSet};

use super::scan::LEXICON;
use crate::{
    lex::{Kind, Token, tokens},
    project::{Project, directories_up, directory, join, resolve},
};

/// Functions of a `Package.swift` that declare a target.
const TARGETS: &[&str] = &["target", "executableTarget", "testTarget", "macro", "plugin", "systemLibrary"];
/// Where targets are looked for that say no path.
const SOURCES: &[&str] = &["Sources", "Source", "src", "srcs", "Tests", "Plugins", "Benchmarks"];

/// Every module of a tree, numbered.
pub(super) struct Modules {
    all: Vec<Module>,
    by_name: FxHashMap<String, Vec<u32>>,
    of_file: FxHashMap<u32, u32>,
}

struct Module {
    directory: String,
    /// Its first Swift file, else the header of its name, else any header.
    first: Option<u32>,
}

impl Modules {
    pub(super) fn read(project: &Project<'_>) -> Self {
        let mut out = Self { all: Vec::new(), by_name: FxHashMap::default(), of_file: FxHashMap::default() };
        let mut by_directory: FxHashMap<String, u32> = FxHashMap::default();
        for file in project.files_called("Package.swift") {
            let at = directory(project.text(file));
            let Some(text) = project.read_text(project.text(file)) else { continue };
            for (name, path) in targets(&text) {
                if let Some(directory) = directory_of(project, at, &name, path.as_deref()) {
                    out.add(&mut by_directory, &name, directory);
                }
            }
        }
        let projects: Vec<&str> = project
            .directories()
            .into_iter()
            .filter(|path| path.ends_with(".xcodeproj"))
            .map(directory)
            .collect();
        for file in project.files_ending(&[".swift"]) {
            let path = project.text(file);
            let known = directories_up(directory(path)).find_map(|above| by_directory.get(above)).copied();
            let module = known.or_else(|| {
                let (name, directory) = module_directory(path, &projects)?;
                Some(out.add(&mut by_directory, name, directory.to_owned()))
            });
            // A package's own description belongs to none of its targets.
            if let Some(module) = module.filter(|_| !path.ends_with("Package.swift")) {
                out.of_file.insert(file, module);
                out.all[module as usize].first.get_or_insert(file);
            }
        }
        let in_swift: FxHashSet<u32> = out.of_file.values().copied().collect();
        for file in project.files_ending(&[".h"]) {
            let path = project.text(file);
            let module = directories_up(directory(path)).find_map(|above| by_directory.get(above)).copied();
            let Some(module) = module.filter(|module| !in_swift.contains(module)) else { continue };
            let module = &mut out.all[module as usize];
            let called = module.directory.rsplit('/').next().unwrap_or_default();
            let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".h"));
            if module.first.is_none() || stem == Some(called) {
                module.first = Some(file);
            }
        }
        out
    }

    fn add(&mut self, by_directory: &mut FxHashMap<String, u32>, name: &str, directory: String) -> u32 {
        let next = self.all.len() as u32;
        let module = *by_directory.entry(directory.clone()).or_insert(next);
        if module == next {
            self.all.push(Module { directory, first: None });
        }
        // What cannot stand in a name is `_` when the module is imported.
        let name = name.replace(|c: char| !c.is_alphanumeric(), "_");
        let same = self.by_name.entry(name).or_default();
        if !same.contains(&module) {
            same.push(module);
        }
        module
    }

    /// The module of a file.
    pub(super) fn of(&self, file: u32) -> Option<u32> {
        self.of_file.get(&file).copied()
    }

    /// What stands for a module of which nothing is named.
    pub(super) fn first(&self, module: u32) -> Option<u32> {
        self.all[module as usize].first
    }

    /// The module called so; of several, the nearest to a file.
    pub(super) fn called(&self, from: &str, name: &str) -> Option<u32> {
        let common = |module: &u32| {
            let at = &self.all[*module as usize].directory;
            at.split('/').zip(from.split('/')).take_while(|(a, b)| a == b).count()
        };
        let same = self.by_name.get(name)?.iter().copied();
        same.max_by_key(|module| (common(module), std::cmp::Reverse(*module)))
    }
}

/// Names of the targets of a `Package.swift`, with the path each says.
fn targets(text: &str) -> Vec<(String, Option<String>)> {
    let all = tokens(text, &LEXICON);
    let begins = |at: usize| {
        let is =
            |at: Option<usize>, text: &str| at.and_then(|at| all.get(at)).is_some_and(|token| token.is(text));
        TARGETS.contains(&all[at].text) && is(at.checked_sub(1), ".") && is(Some(at + 1), "(")
    };
    let argument = |name: &str, at: usize, depth: usize| match all.get(at..at + 3) {
        Some([label, colon, value]) if depth == 1 && label.is(name) && colon.is(":") => text_of(value),
        _ => None,
    };
    let mut out = Vec::new();
    for at in (0..all.len()).filter(|at| begins(*at)) {
        let (mut name, mut path, mut depth) = (None, None, 0usize);
        for (at, token) in all.iter().enumerate().skip(at + 1).take(2_000) {
            match token.text {
                "(" | "[" if token.kind == Kind::Mark => depth += 1,
                ")" | "]" if token.kind == Kind::Mark => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            name = name.or_else(|| argument("name", at, depth));
            path = path.or_else(|| argument("path", at, depth));
        }
        out.extend(name.map(|name| (name, path)));
    }
    out
}

fn text_of(token: &Token<'_>) -> Option<String> {
    (token.kind == Kind::Text).then(|| token.text.to_owned())
}

/// The directory of a target.
fn directory_of(project: &Project<'_>, package: &str, name: &str, path: Option<&str>) -> Option<String> {
    match path {
        Some(path) => resolve(package, path),
        None => SOURCES
            .iter()
            .map(|sources| join(&join(package, sources), name))
            .find(|directory| project.is_directory(directory)),
    }
}

/// Name and directory of the module of a file that no package lists.
fn module_directory<'p>(path: &'p str, projects: &[&str]) -> Option<(&'p str, &'p str)> {
    let mut inner = directory(path);
    for above in directories_up(directory(path)).skip(1) {
        let called = above.rsplit('/').next().unwrap_or(above);
        if SOURCES.contains(&called) || projects.contains(&above) {
            break;
        }
        if !above.is_empty() {
            inner = above;
        }
    }
    Some((inner.rsplit('/').next().unwrap_or(inner), inner))
}
