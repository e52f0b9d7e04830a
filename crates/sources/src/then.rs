//! Ownership as it stood at each change: what the change had to satisfy, rather than what it would have to today.
//!
//! ```text
//! change 41  adds CODEOWNERS      judged by nothing: a forge reads the file from the branch merged into
//! change 42                       judged by the CODEOWNERS of 41
//! change 43  edits CODEOWNERS     judged by that of 41, too
//! change 44                       judged by that of 43
//! ```
//!
//! Only ownership files are read again, at the changes that touch them; directories are those of the head.

use std::collections::{BTreeMap, BTreeSet};

use facts::{ChangeId, Facts, PathId, ProcessVersion, TouchKind};
use rustc_hash::FxHashMap;

use crate::{
    git::Source,
    manifest::{self, NESTED_FILE, ROOT_FILE},
    ownership::{Dialect, Layers},
    tree::Tree,
};

/// Files whose content says who owns what.
const OWNERSHIP_FILES: [&str; 8] = [
    "CODEOWNERS",
    "OWNERS",
    "OWNERS_ALIASES",
    "MAINTAINERS",
    "catalog-info.yaml",
    "catalog-info.yml",
    ROOT_FILE,
    NESTED_FILE,
];

/// Owners of every touch when it was made.
#[derive(Clone, Debug, Default)]
pub struct Then {
    /// Distinct sets of alternative owners, by name, each with how many must approve.
    pub sets: Vec<(Vec<String>, u32)>,
    /// The sets of each touch, all of which must be asked; indexed by row.
    pub sets_of_touch: Vec<Vec<u32>>,
    /// Members of names that stand for several owners, as last seen.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Names that are teams.
    pub teams: BTreeSet<String>,
    /// What each version of the ownership files asked, oldest first.
    pub process: Vec<ProcessVersion>,
}

/// Reads every version of the ownership files in turn.
pub fn read(source: &Source, facts: &Facts, head: &dyn Tree, only: Option<Dialect>) -> Then {
    let mut then = Then::default();
    let mut set_ids: FxHashMap<(Vec<String>, u32), u32> = FxHashMap::default();
    walk(source, facts, head, only, |met| match met {
        Met::Version(version, layers) => {
            then.process.push(version);
            for layer in &layers.layers {
                let rules = layer.resolver.rules();
                then.groups.extend(rules.groups.clone());
                then.teams.extend(rules.names.iter().filter(|name| rules.is_team(name)).cloned());
            }
        }
        Met::Touch(path, layers) => {
            let sets = names_of(layers, path).into_iter().map(|names| {
                let next = set_ids.len() as u32;
                *set_ids.entry(names.clone()).or_insert_with(|| {
                    then.sets.push(names);
                    next
                })
            });
            then.sets_of_touch.push(sets.collect());
        }
    });
    then
}

/// What each version of the ownership files asked, without judging any change by it; `None` where history holds more
/// than `most` of them.
pub fn versions(
    source: &Source,
    facts: &Facts,
    head: &dyn Tree,
    only: Option<Dialect>,
    most: usize,
) -> Option<Vec<ProcessVersion>> {
    let is: Vec<bool> = (0..facts.paths.len())
        .map(|at| is_ownership_file(facts.paths.bytes(PathId::from_index(at))))
        .collect();
    let writes = |change: &ChangeId| facts.touches.of(*change).any(|at| is[facts.touches.path[at].index()]);
    let written = facts.changes.ids().filter(writes).take(most + 1).count();
    let mut versions = Vec::new();
    if written > 0 && written <= most {
        walk(source, facts, head, only, |met| {
            if let Met::Version(version, _) = met {
                versions.push(version);
            }
        });
    }
    (written <= most).then_some(versions)
}

/// What one meets on the way through history.
enum Met<'m> {
    /// Ownership files read again, after the change that wrote them.
    Version(ProcessVersion, &'m Layers),
    /// A touch of a path, and what it is judged by.
    Touch(&'m [u8], &'m Layers),
}

fn walk(
    source: &Source,
    facts: &Facts,
    head: &dyn Tree,
    only: Option<Dialect>,
    mut meet: impl FnMut(Met<'_>),
) {
    let mut files = Files::beside(head);
    let mut layers = Layers::default();
    let mut stale = None;
    for change in facts.changes.ids() {
        if let Some(writer) = stale.take() {
            let version = files.version(writer, only, &mut layers);
            meet(Met::Version(version, &layers));
        }
        for at in facts.touches.of(change) {
            let path = facts.paths.bytes(facts.touches.path[at]);
            meet(Met::Touch(path, &layers));
            let previous = facts.touches.previous_path[at].map(|path| facts.paths.bytes(path));
            let mut written = false;
            if facts.touches.kind[at] == TouchKind::Renamed {
                written |= previous.is_some_and(|path| files.remove(path));
            }
            written |= match facts.touches.kind[at] {
                TouchKind::Deleted => files.remove(path),
                _ => files.put(path, || source.read_at(facts.changes.commit[change.index()], path)),
            };
            if written {
                stale = Some(change);
            }
        }
    }
    if let Some(writer) = stale {
        let version = files.version(writer, only, &mut layers);
        meet(Met::Version(version, &layers));
    }
}

/// The sets of names a path needs, each sorted, with how many of them must approve.
fn names_of(layers: &Layers, path: &[u8]) -> Vec<(Vec<String>, u32)> {
    let Some((at, decision)) = layers.decide(path) else { return Vec::new() };
    let rules = layers.layers[at].resolver.rules();
    let claims = decision.claims.iter().filter(|claim| claim.required && !claim.owners.is_empty());
    let mut sets: Vec<(Vec<String>, u32)> = claims
        .map(|claim| {
            let names: Vec<String> = rules.names_of(&claim.owners).into_iter().map(str::to_owned).collect();
            (names, claim.approvals)
        })
        .filter(|(names, _)| !names.iter().any(|name| name == "*"))
        .collect();
    sets.iter_mut().for_each(|(names, _)| names.sort());
    sets
}

/// The tree at a moment, as far as ownership goes.
struct Files {
    paths: Vec<Vec<u8>>,
    contents: BTreeMap<Vec<u8>, (Vec<u8>, bool)>,
}

impl Files {
    fn beside(head: &dyn Tree) -> Self {
        let other = head.paths().iter().filter(|path| !is_tracked(path)).cloned().collect();
        Self { paths: other, contents: BTreeMap::new() }
    }

    /// Reads the files again, and says what they ask.
    fn version(&self, change: ChangeId, only: Option<Dialect>, layers: &mut Layers) -> ProcessVersion {
        let manifest = manifest::read(self).manifest;
        *layers = Layers::read(self, &manifest, only);
        let rules = || layers.layers.iter().map(|layer| layer.resolver.rules());
        let owners: BTreeSet<&String> = rules().flat_map(|rules| &rules.names).collect();
        ProcessVersion {
            change,
            ownership_rules: rules().map(|rules| rules.rules.len() as u32).sum(),
            owners: owners.len() as u32,
            manifest_rules: (manifest.rules.len() + manifest.change_rules.len()) as u32,
        }
    }

    /// Whether that makes another version.
    fn put(&mut self, path: &[u8], content: impl FnOnce() -> Option<(Vec<u8>, bool)>) -> bool {
        if !is_tracked(path) {
            return false;
        }
        let (content, link) =
            if is_ownership_file(path) { content().unwrap_or_default() } else { Default::default() };
        if let Err(at) = self.paths.binary_search_by(|known| known.as_slice().cmp(path)) {
            self.paths.insert(at, path.to_vec());
        }
        self.contents.insert(path.to_vec(), (content, link));
        is_ownership_file(path)
    }

    fn remove(&mut self, path: &[u8]) -> bool {
        if self.contents.remove(path).is_none() {
            return false;
        }
        if let Ok(at) = self.paths.binary_search_by(|known| known.as_slice().cmp(path)) {
            self.paths.remove(at);
        }
        is_ownership_file(path)
    }
}

fn is_ownership_file(path: &[u8]) -> bool {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    OWNERSHIP_FILES.iter().any(|file| file.as_bytes() == name)
}

/// Ownership files, and those whose presence tells which forge reads them.
fn is_tracked(path: &[u8]) -> bool {
    is_ownership_file(path)
        || path == b".gitlab-ci.yml"
        || path.starts_with(b".github/")
        || path.starts_with(b".gitlab/")
}

impl Tree for Files {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        self.contents
            .get(path)
            .map(|(content, _)| content.clone())
            .ok_or_else(|| "it is not in the tree".to_owned())
    }

    fn is_link(&self, path: &[u8]) -> bool {
        self.contents.get(path).is_some_and(|(_, link)| *link)
    }
}
