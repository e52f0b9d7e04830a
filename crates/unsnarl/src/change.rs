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

/// What some paths ask of whom; teams are numbered as they are met.
#[derive(Default)]
pub(crate) struct Claims {
    pub(crate) names: Vec<String>,
    pub(crate) all: Vec<Claim>,
}

/// One path asks one of these.
pub(crate) struct Claim {
    /// Any of them, sorted.
    pub(crate) owners: Vec<TeamId>,
    pub(crate) approvals: u32,
    /// By its place among the paths.
    pub(crate) path: usize,
    /// The ownership file and line that say so; `None` where it is inferred.
    pub(crate) place: Option<(String, u32)>,
}

impl Claims {
    /// The number of a team, by its name.
    pub(crate) fn number(&mut self, name: &str) -> TeamId {
        let known = self.names.iter().position(|known| known == name);
        TeamId::from_index(known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        }))
    }

    /// The smallest set of teams that answers for every path, how many approvals they give, and whether it is known to be
    /// the smallest.
    pub(crate) fn cover(&self) -> (Vec<TeamId>, u32, bool) {
        let (cover, exact) = smallest_cover(self.all.iter().map(|claim| claim.owners.as_slice()));
        let asked = self.all.iter().map(|claim| (claim.owners.as_slice(), claim.approvals));
        let approvals = approvals_needed(asked, &cover);
        (cover, approvals, exact)
    }
}

/// Tells what a set of paths touches and needs, by one tree's declarations.
pub(crate) struct Viewer<'a> {
    manifest: &'a Manifest,
    layers: &'a Layers,
    patterns: ModulePatterns,
}

impl<'a> Viewer<'a> {
    pub(crate) fn new(manifest: &'a Manifest, layers: &'a Layers) -> Self {
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
        let claims = self.claims(paths);
        let (cover, approvals, exact) = claims.cover();
        let mut teams: Vec<(String, String)> = cover
            .iter()
            .map(|team| {
                let first = claims.all.iter().find(|claim| claim.owners.contains(team));
                let path = first.map(|claim| paths[claim.path].clone()).unwrap_or_default();
                (claims.names[team.index()].clone(), path)
            })
            .collect();
        teams.sort();
        Needs { teams, approvals, exact }
    }

    /// Whom these paths ask.
    pub(crate) fn claims(&self, paths: &[String]) -> Claims {
        let mut claims = Claims::default();
        for (at, path) in paths.iter().enumerate() {
            let Some((layer, decision)) = self.layers.decide(path.as_bytes()) else { continue };
            let rules = self.layers.layers[layer].resolver.rules();
            for claim in decision.claims.iter().filter(|claim| claim.required && !claim.owners.is_empty()) {
                let owners = rules.names_of(&claim.owners);
                // Where anybody may approve, nobody has to be asked.
                if owners.contains(&"*") {
                    continue;
                }
                let mut owners: Vec<TeamId> =
                    owners.into_iter().map(|owner| claims.number(self.team(owner))).collect();
                owners.sort_unstable();
                owners.dedup();
                let place = (rules.file_of(claim.rule).to_owned(), rules.rules[claim.rule as usize].line);
                claims.all.push(Claim { owners, approvals: claim.approvals, path: at, place: Some(place) });
            }
        }
        claims
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
