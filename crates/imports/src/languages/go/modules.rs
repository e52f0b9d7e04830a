//! Which directory an import path names, by `go.mod` and `go.work`.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    Scan,
    project::{Project, directories_up, directory, join, resolve},
};

/// Where an import path leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To a directory, whether there is one or not.
    Inside(String),
    /// To a module outside of the tree.
    Outside(String),
}

/// Every module of the tree.
#[derive(Default)]
pub(super) struct Modules {
    /// Directory of a `go.mod` → what it requires.
    required: FxHashMap<String, Vec<String>>,
    /// Module path → where it lies.
    known: FxHashMap<String, Vec<Known>>,
}

struct Known {
    at: String,
    /// The directory of the `go.mod` or `go.work` that says so.
    by: String,
    trust: Trust,
}

/// Whom a module path is believed, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    Own,
    Workspace,
    Replaced,
}

impl Modules {
    pub(super) fn new(project: &Project<'_>, scans: &[(u32, Scan)]) -> Self {
        let mut out = Self::default();
        for file in project.files_called("go.mod") {
            let path = project.text(file);
            let at = directory(path);
            let content = project.read_text(path).unwrap_or_default();
            let required = out.required.entry(at.to_owned()).or_default();
            for directive in directives(&content) {
                match directive.as_slice() {
                    ["module", path] => add(&mut out.known, path, at, at, Trust::Own),
                    ["require", path, ..] => required.push((*path).to_owned()),
                    ["replace", path, ..] => {
                        if let Some(to) = replacement(&directive, at) {
                            add(&mut out.known, path, &to, at, Trust::Replaced);
                        }
                    }
                    _ => {}
                }
            }
            required.sort_by_key(|path| std::cmp::Reverse(path.len()));
        }
        for file in project.files_called("go.work") {
            let path = project.text(file);
            let at = directory(path);
            let content = project.read_text(path).unwrap_or_default();
            for directive in directives(&content) {
                if let (["replace", path, ..], Some(to)) = (directive.as_slice(), replacement(&directive, at))
                {
                    add(&mut out.known, path, &to, at, Trust::Workspace);
                }
            }
        }
        if out.known.is_empty()
            && let Some(root) = agreed_root(project, scans)
        {
            add(&mut out.known, &root, "", "", Trust::Own);
        }
        out
    }

    /// Where an import path leads from a directory.
    pub(super) fn place(&self, from: &str, import: &str) -> Place {
        if import.starts_with("./") || import.starts_with("../") {
            return resolve(from, import).map_or(Place::Outside(import.to_owned()), Place::Inside);
        }
        let own = directories_up(from).find(|at| self.required.contains_key(*at)).unwrap_or_default();
        for path in directories_up(import).filter(|path| !path.is_empty()) {
            let Some(all) = self.known.get(path) else { continue };
            // What this module says counts most, then what lies above it, then the shallowest.
            let rank = |known: &&Known| {
                let here = known.by == own;
                let replaces_elsewhere = known.trust == Trust::Replaced && !here;
                let depth = known.at.matches('/').count();
                (!here, replaces_elsewhere, std::cmp::Reverse(known.trust), depth, known.at.clone())
            };
            if let Some(known) = all.iter().min_by_key(rank) {
                return Place::Inside(join(&known.at, import[path.len()..].trim_start_matches('/')));
            }
        }
        Place::Outside(self.outside(own, import))
    }

    /// The module an external package belongs to.
    fn outside(&self, own: &str, import: &str) -> String {
        let first = import.split('/').next().unwrap_or(import);
        let required = self.required.get(own).into_iter().flatten();
        let holds = |path: &&String| {
            import.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match required.filter(holds).max_by_key(|path| path.len()) {
            Some(module) => module.clone(),
            None if import == "C" => "C".to_owned(),
            None if !first.contains('.') => "std".to_owned(),
            // Forges have an owner and a name.
            None if matches!(first, "github.com" | "gitlab.com" | "bitbucket.org" | "golang.org") => {
                import.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
            }
            None => import.to_owned(),
        }
    }
}

fn add(known: &mut FxHashMap<String, Vec<Known>>, path: &str, at: &str, by: &str, trust: Trust) {
    let one = Known { at: at.to_owned(), by: by.to_owned(), trust };
    known.entry(path.to_owned()).or_default().push(one);
}

/// The directory of `replace path [version] => ./directory`.
fn replacement(directive: &[&str], at: &str) -> Option<String> {
    let arrow = directive.iter().position(|word| *word == "=>")?;
    let target = directive.get(arrow + 1)?;
    target.starts_with('.').then(|| resolve(at, target))?
}

/// The directives of a `go.mod` or `go.work`, those in blocks with the word in front of the block.
fn directives(content: &str) -> Vec<Vec<&str>> {
    let mut out = Vec::new();
    let mut block = None;
    for line in content.lines() {
        let line = line.split("//").next().unwrap_or(line);
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        match words.as_slice() {
            [] => {}
            [")"] => block = None,
            [verb, "("] => block = Some(*verb),
            _ => out.push(block.into_iter().chain(words).collect()),
        }
    }
    out
}

/// The import path of the root of a tree that has no `go.mod`: in front of what most imports call a directory of it.
fn agreed_root(project: &Project<'_>, scans: &[(u32, Scan)]) -> Option<String> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for name in scans.iter().flat_map(|(_, scan)| &scan.names).filter(|name| !name.soft) {
        let parts: Vec<usize> = name.text.match_indices('/').map(|(at, _)| at).collect();
        // Host, owner, name, and a directory.
        for &slash in parts
            .iter()
            .skip(1)
            .filter(|_| name.text.split('/').next().is_some_and(|host| host.contains('.')))
        {
            if project.is_directory(&name.text[slash + 1..]) {
                *votes.entry(&name.text[..slash]).or_default() += 1;
            }
        }
    }
    let (root, _) =
        votes.into_iter().filter(|(_, votes)| *votes > 1).max_by_key(|(root, votes)| (*votes, root.len()))?;
    Some(root.to_owned())
}
