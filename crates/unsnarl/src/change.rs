//! What rules on change look at: the change in hand, the changes there were, and whom each needs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use facts::{
    ChangeId, CommitId, FileId, Lens, Manifest, TeamId,
    lens::{approvals_needed, smallest_cover},
    manifest::ChangeRule,
    standing::ModulePatterns,
};
use measures::{Method, Subject, ownership_clarity};
use rustc_hash::FxHashMap;
use sources::ownership::Layers;
use verdicts::rules::{
    Ground, Held,
    change::{self, Backtest, History, Needs, Seen},
};

use crate::{
    error::Error,
    picture::{self, Known, Look},
    standing::Looked,
};

/// Tells what a set of paths touches and needs, by one tree's declarations.
struct Viewer<'a> {
    manifest: &'a Manifest,
    layers: &'a Layers,
    patterns: ModulePatterns,
}

impl<'a> Viewer<'a> {
    fn new(manifest: &'a Manifest, layers: &'a Layers) -> Self {
        Self { manifest, layers, patterns: ModulePatterns::new(manifest) }
    }

    /// A change that touches these paths.
    fn see(&self, name: String, mut paths: Vec<String>, files: Vec<FileId>) -> Seen {
        paths.sort();
        paths.dedup();
        let modules = paths.iter().filter_map(|path| self.patterns.module(path.as_bytes()));
        let mut modules: Vec<u32> = modules.map(|module| module as u32).collect();
        modules.sort_unstable();
        modules.dedup();
        let needs = self.needs(&paths);
        Seen { name, paths, files, modules, needs }
    }

    /// The smallest set of owners that covers every owned path.
    fn needs(&self, paths: &[String]) -> Needs {
        let mut names: Vec<&str> = Vec::new();
        let mut sets: Vec<(Vec<TeamId>, u32, &String)> = Vec::new();
        for path in paths {
            let Some((at, decision)) = self.layers.decide(path.as_bytes()) else { continue };
            let rules = self.layers.layers[at].resolver.rules();
            for claim in decision.claims.iter().filter(|claim| claim.required && !claim.owners.is_empty()) {
                let owners = rules.names_of(&claim.owners);
                // Where anybody may approve, nobody has to be asked.
                if owners.contains(&"*") {
                    continue;
                }
                let mut set: Vec<TeamId> = owners
                    .into_iter()
                    .map(|owner| {
                        let team = self.team(owner);
                        let known = names.iter().position(|name| *name == team);
                        let at = known.unwrap_or_else(|| {
                            names.push(team);
                            names.len() - 1
                        });
                        TeamId::from_index(at)
                    })
                    .collect();
                set.sort_unstable();
                set.dedup();
                sets.push((set, claim.approvals, path));
            }
        }
        let (cover, exact) = smallest_cover(sets.iter().map(|(set, _, _)| set.as_slice()));
        let asked = sets.iter().map(|(set, asked, _)| (set.as_slice(), *asked));
        let approvals = approvals_needed(asked, &cover);
        let first_path = |team: &TeamId| {
            let own = sets.iter().find(|(set, _, _)| set.contains(team));
            own.map(|(_, _, path)| (*path).clone()).unwrap_or_default()
        };
        let mut teams: Vec<(String, String)> =
            cover.iter().map(|team| (names[team.index()].to_owned(), first_path(team))).collect();
        teams.sort();
        Needs { teams, approvals, exact }
    }

    /// One name for a team, however ownership files write it.
    fn team<'n>(&self, owner: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let own = self.manifest.teams.iter().find(|team| {
            team.id == owner || team.handles.iter().any(|handle| handle.eq_ignore_ascii_case(owner))
        });
        own.map_or(owner, |team| team.id.as_str())
    }

    /// The last `most` changes that count, oldest first, each with its position among them.
    fn last(&self, lens: &Lens<'_>, most: usize) -> Vec<(usize, Seen)> {
        let first = lens.counted.len().saturating_sub(most);
        let changes = lens.counted.iter().enumerate().skip(first);
        changes.map(|(at, &change)| (at, self.see_past(lens, change))).collect()
    }

    fn see_past(&self, lens: &Lens<'_>, change: ChangeId) -> Seen {
        let facts = lens.facts;
        let files: Vec<FileId> = facts.touches.of(change).map(|at| facts.touches.file[at]).collect();
        // As they are called today, for it is today's structure they are held against.
        let path = |file: &FileId| facts.paths.text(facts.files.path[file.index()]);
        let paths = files.iter().map(path).collect();
        self.see("it".to_owned(), paths, files)
    }
}

/// The living files of a history, by path.
fn files_by_path(known: &Known) -> FxHashMap<String, FileId> {
    let facts = &known.facts;
    let living = facts.files.ids().filter(|&file| facts.files.alive(file));
    living.map(|file| (facts.paths.text(facts.files.path[file.index()]), file)).collect()
}

/// Modules nobody leads, with the numbers in one sentence.
pub(crate) fn contested(lens: &Lens<'_>, manifest: &Manifest) -> Vec<(String, String)> {
    let measured = ownership_clarity::compute(lens);
    let declared: BTreeMap<&str, ()> = manifest.modules.iter().map(|one| (one.id.as_str(), ())).collect();
    let parts = measured.parts.iter().filter(|part| part.state == Some("contested"));
    let mut out: Vec<(String, String)> = parts
        .filter_map(|part| {
            let Subject::Module(module) = part.subject else { return None };
            let name = lens.structure.modules[module.index()].name.clone();
            let lead = part.quantities.iter().find(|one| one.name == "lead_share").and_then(|one| one.value);
            let why = format!(
                "nobody leads `{name}`: of its {} changes in a year the busiest made {:.0} %",
                part.estimate.of,
                lead.unwrap_or(0.0) * 100.0
            );
            declared.contains_key(name.as_str()).then_some((name, why))
        })
        .collect();
    out.sort();
    out
}

/// A history with the code where it ends, for rules that look at it.
pub(crate) fn learn(path: &Path, look: &Look, at: Option<CommitId>) -> Result<Known, Error> {
    let look = match at {
        Some(commit) => look.as_of_commit(commit),
        None => look.clone(),
    };
    picture::learn(path, &look, Method::Decayed)
}

/// Holds the rules on change against what differs between two trees.
pub(crate) fn hold_on_change(
    ground: &Ground<'_>,
    then: &Looked,
    differing: &[Vec<u8>],
    renamed: &BTreeMap<String, String>,
    known: Option<&Known>,
    held: &mut Held,
) {
    // A forge asks the owners the base names.
    let viewer = Viewer::new(ground.manifest, &then.declared.layers);
    let text = |path: &Vec<u8>| String::from_utf8_lossy(path).into_owned();
    let old_names: BTreeSet<&String> = renamed.values().collect();
    let paths: Vec<String> = differing.iter().map(text).filter(|path| !old_names.contains(path)).collect();
    let by_path = known.map(files_by_path).unwrap_or_default();
    let files = paths.iter().filter_map(|path| by_path.get(renamed.get(path).unwrap_or(path)).copied());
    let change = viewer.see("this change".to_owned(), paths.clone(), files.collect());
    let lens = known.map(lens_of);
    let history = lens.as_ref().map(History::new);
    change::hold_on_change(ground, &change, history.as_ref(), held);
}

/// Holds the rules on a window of history.
pub(crate) fn hold_on_window(ground: &Ground<'_>, known: &Known, held: &mut Held) {
    let lens = lens_of(known);
    change::hold_on_window(ground, &History::new(&lens), held);
}

/// A history through the ownership that can tell.
pub(crate) fn lens_of(known: &Known) -> Lens<'_> {
    Lens::new(&known.facts, &known.structure, known.structure.ownership(), known.range)
}

/// What the rules of a manifest, or those one would begin with, would have said of the last changes.
pub(crate) fn backtest(
    ground: &Ground<'_>,
    layers: &Layers,
    known: &Known,
    most: usize,
) -> (Vec<Backtest>, u64, bool) {
    let lens = lens_of(known);
    let changes = Viewer::new(ground.manifest, layers).last(&lens, most);
    let declared = &ground.manifest.change_rules;
    let proposed = declared.is_empty();
    let rules = if proposed { proposals() } else { declared.clone() };
    let tested = change::backtest(ground, &rules, &changes, &History::new(&lens));
    (tested, changes.len() as u64, proposed)
}

/// Rules on change one would begin with.
fn proposals() -> Vec<ChangeRule> {
    let rule = |id: &str| ChangeRule { id: id.to_owned(), ..ChangeRule::default() };
    vec![
        ChangeRule { max_teams: Some(2), ..rule("two-teams-at-most") },
        ChangeRule { max_approvals: Some(3), ..rule("three-approvals-at-most") },
        ChangeRule { no_undeclared_boundary: true, ..rule("along-declared-boundaries") },
        ChangeRule { usual_partner: Some(0.8), ..rule("usual-partners") },
        ChangeRule { min_independence: Some(0.7), ..rule("moves-alone") },
    ]
}
