//! The manifest as an ownership file: a module's owner owns its paths; the most specific pattern decides.
//!
//! A module without an owner says nothing of its paths, and the next source is asked.

use facts::{globs::Glob, manifest::Manifest};
use rustc_hash::FxHashMap;

use super::{
    Candidate, Decision, Resolver, Rule, Rules,
    resolver::{Dialect, Found, Source},
};
use crate::{
    manifest::{self, NESTED_FILE, ROOT_FILE},
    tree::Tree,
};

pub(super) const DIALECT: Dialect =
    Dialect { name: "manifest", title: "unsnarl.toml", file: ROOT_FILE, find, read, write };

fn find(tree: &dyn Tree) -> Found {
    let mut found = Found::first_of(tree, &[ROOT_FILE]);
    found.places.extend(Found::everywhere(tree, &[NESTED_FILE]).places);
    found
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let read = manifest::read(source.tree);
    let mut declared = resolver(&read.manifest);
    for mistake in read.mistakes.into_iter().filter(|mistake| !mistake.warning) {
        let why =
            mistake.hint.map_or_else(|| mistake.what.clone(), |hint| format!("{}; {hint}", mistake.what));
        declared.rules.problems.push(super::Problem { file: mistake.file, line: mistake.line, why });
    }
    Box::new(declared)
}

/// The rules a manifest comes to.
pub(super) fn resolver(manifest: &Manifest) -> Declared {
    let mut declared = Declared::default();
    let mut files: FxHashMap<&str, u32> = FxHashMap::default();
    for file in &manifest.files {
        files.insert(file, declared.rules.add_file(file.as_bytes()));
    }
    for team in &manifest.teams {
        let members = team.members.iter().map(|member| member.person.clone()).collect();
        declared.rules.groups.insert(team.id.clone(), members);
    }
    for module in &manifest.modules {
        for (pattern, line) in &module.paths {
            let Ok(glob) = Glob::new(pattern) else { continue };
            let owners = declared.rules.name_all(module.owner.iter().map(|(owner, _)| owner));
            let rule = declared.rules.push(Rule {
                file: files[module.place.file.as_str()],
                line: *line,
                pattern: pattern.clone(),
                owners,
                section: Some(module.id.clone()),
                status: None,
            });
            match glob.first_part() {
                Some(part) => declared.by_first_part.entry(part.as_bytes().to_vec()).or_default().push(rule),
                None => declared.anywhere.push(rule),
            }
            declared.globs.push(glob);
        }
    }
    declared
}

#[derive(Debug, Default)]
pub(super) struct Declared {
    rules: Rules,
    /// One a rule.
    globs: Vec<Glob>,
    by_first_part: FxHashMap<Vec<u8>, Vec<u32>>,
    anywhere: Vec<u32>,
}

impl Declared {
    /// Rules that match, the most specific first.
    fn matching(&self, path: &[u8]) -> Vec<u32> {
        let first = path.split(|&byte| byte == b'/').next().unwrap_or_default();
        let filed = self.by_first_part.get(first).map_or(&[][..], Vec::as_slice);
        let hits = filed.iter().chain(&self.anywhere).copied();
        let mut hits: Vec<u32> = hits.filter(|&rule| self.globs[rule as usize].matches(path)).collect();
        hits.sort_by_key(|&rule| (std::cmp::Reverse(self.globs[rule as usize].specificity()), rule));
        hits
    }
}

impl Resolver for Declared {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let Some(&rule) = self.matching(path).first() else { return Decision::default() };
        let owners = self.rules.rules[rule as usize].owners.clone();
        if owners.is_empty() { Decision::default() } else { Decision::one(rule, owners) }
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        Candidate::first_decides(self.matching(path))
    }
}

/// A module of the manifest.
fn write(directory: &str, whole: bool, owner: &str) -> String {
    let path = match (directory, whole) {
        ("", true) => "**".to_owned(),
        ("", false) => "*".to_owned(),
        (at, true) => format!("{at}/**"),
        (at, false) => format!("{at}/*"),
    };
    format!("[[module]] paths = [\"{path}\"], owner = \"{owner}\"")
}
