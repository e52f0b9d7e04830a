//! Structure as far as it can be seen: ownership files, build files, and what the history shows where they are silent.

use facts::{
    Basis, Facts, FileId, Manifest, Omission, Omitted, Ownership, Structure, Team, TeamId,
    counts::grouped,
    structure::{Membership, OwnerRule, TeamKind, Unresolved},
};
use rustc_hash::FxHashMap;

use crate::{
    build,
    inferred::{activity, modules, stewards, teams},
    manifest::{self, Mistake, TeamRow},
    ownership::{self, Dialect, Layer, Layers},
    people::PeopleIndex,
    roster::{self, Roster},
    then::Then,
    tree::{self, Tree},
};

/// What is declared, before it is laid over the files.
#[derive(Debug, Default)]
pub struct Declared {
    /// The manifest; empty where there is none.
    pub manifest: Manifest,
    /// The sources of ownership.
    pub layers: Layers,
    /// Rows of `team,person` tables.
    pub team_rows: Vec<TeamRow>,
    /// What was found and could not be used.
    pub ledger: Vec<Omission>,
    /// What is wrong with the manifest; warnings among them.
    pub mistakes: Vec<Mistake>,
}

/// Reads what a tree declares; `only` names the one dialect to read ownership from, `rows` are further team members.
pub fn read_declared(tree: &dyn Tree, only: Option<Dialect>, rows: Vec<TeamRow>) -> Declared {
    let read = manifest::read(tree);
    let mut ledger = Vec::new();
    let mistakes: Vec<_> = read.mistakes.iter().filter(|mistake| !mistake.warning).collect();
    if let Some(first) = mistakes.first() {
        let thing = if mistakes.len() == 1 { "mistake" } else { "mistakes" };
        let why = format!(
            "{thing} in the manifest, whose files count for nothing until they are mended; the first is {}:{}: {} (unsnarl manifest validate)",
            first.file, first.line, first.what
        );
        ledger.push(Omission::new(Omitted::Manifest, mistakes.len() as u64, why));
    }
    let mut team_rows = rows;
    if let Some(file) = &read.manifest.ownership.teams {
        match tree::read_through_links(tree, file.as_bytes()) {
            Ok(content) => {
                let (rows, wrong) = manifest::parse_teams_csv(&content);
                team_rows.extend(rows);
                if let Some((line, why)) = wrong.first() {
                    let why = format!("rows of `{file}` do nothing; the first is line {line}: {why}");
                    ledger.push(Omission::new(Omitted::OwnershipLines, wrong.len() as u64, why));
                }
            }
            Err(why) => {
                let why = format!("failed to read `{file}`, which the manifest names for teams: {why}");
                ledger.push(Omission::new(Omitted::OwnershipFiles, 1, why));
            }
        }
    }
    let layers = Layers::read(tree, &read.manifest, only);
    note_layers(&layers, &mut ledger);
    Declared { manifest: read.manifest, layers, team_rows, ledger, mistakes: read.mistakes }
}

fn note_layers(layers: &Layers, ledger: &mut Vec<Omission>) {
    for layer in &layers.layers {
        if let [first, ..] = layer.found.idle.as_slice() {
            let why = format!(
                "`{}` does nothing: `{}` is read alone",
                String::from_utf8_lossy(first),
                layer.found.places.first().map(|place| String::from_utf8_lossy(place)).unwrap_or_default()
            );
            ledger.push(Omission::new(Omitted::OwnershipFiles, layer.found.idle.len() as u64, why));
        }
        // Mistakes of the manifest are told as such.
        let problems: Vec<_> = layer.resolver.rules().problems.iter().collect();
        if let Some(first) = problems.first().filter(|_| layer.dialect.name != "manifest") {
            let what = if problems.iter().all(|one| one.line == 0) {
                Omitted::OwnershipFiles
            } else {
                Omitted::OwnershipLines
            };
            let why = if first.line == 0 {
                format!("`{}`: {}", first.file, first.why)
            } else {
                format!(
                    "lines of `{}` do nothing; the first is line {}: {}",
                    first.file, first.line, first.why
                )
            };
            ledger.push(Omission::new(what, problems.len() as u64, why));
        }
    }
    for (dialect, place) in &layers.unused {
        let why = format!(
            "`{}` ({}) is not asked: another source answers (--dialect {} reads it)",
            String::from_utf8_lossy(place),
            dialect.title,
            dialect.name
        );
        ledger.push(Omission::new(Omitted::OwnershipFiles, 1, why));
    }
}

/// Lays what is declared over the files and infers what nobody declared.
pub fn read_structure(facts: &Facts, tree: &dyn Tree, declared: &Declared) -> Structure {
    let mut ledger = declared.ledger.clone();
    let weights = touches_of_files(facts);
    let build_modules = build::declared(tree, &mut ledger);
    let mut modules = modules::settle(facts, &build_modules, &weights);
    modules::overlay(&mut modules, facts, &declared.manifest);
    let activity = activity::weigh(facts, &modules.of_file);
    let names: Vec<&str> = modules.modules.iter().map(|module| module.name.as_str()).collect();
    let (groups, occasional) = teams::find(&activity, &names);
    if occasional > 0 {
        ledger.push(Omission::new(
            Omitted::OccasionalPeople,
            occasional,
            "people made too few changes in the last two years to be placed in a group; their changes count all the same",
        ));
    }
    let roster = {
        let layers: Vec<&Layer> = declared.layers.layers.iter().collect();
        roster::settle(facts, &declared.manifest, &declared.team_rows, &layers, &mut ledger)
    };
    let owned = lay_over(facts, &declared.layers, &roster);
    let Roster { teams: mut all_teams, mut memberships, unresolved, by_name } = roster;
    let declared_teams: Vec<TeamId> = (0..all_teams.len())
        .map(TeamId::from_index)
        .filter(|team| {
            all_teams[team.index()].kind == TeamKind::Team && memberships.iter().any(|one| one.team == *team)
        })
        .collect();
    let first_group = all_teams.len();
    for group in groups {
        let team = TeamId::from_index(all_teams.len());
        all_teams.push(group.team);
        memberships.extend(group.people.into_iter().map(|person| Membership {
            team,
            person,
            since: None,
            until: None,
        }));
    }
    // Declared teams are stewards where their members do most of the work; else the groups that show by themselves.
    let candidates = if stewards::carry_most(&activity, &memberships, &declared_teams) {
        declared_teams
    } else {
        (first_group..all_teams.len()).map(TeamId::from_index).collect()
    };
    let inferred =
        stewards::settle(&activity, &memberships, &candidates, modules.modules.len(), &modules.of_file);
    let without_module = modules.of_file.iter().filter(|module| module.is_none()).count() as u64;
    if without_module > 0 {
        ledger.push(Omission::new(
            Omitted::PathsWithoutModule,
            without_module,
            "files lay in top-level directories that no longer exist; they belong to no module of today's structure",
        ));
    }
    let declared_cannot_tell =
        owned.as_ref().and_then(|owned| cannot_tell(facts, owned, &all_teams, &weights));
    Structure {
        modules: modules.modules,
        module_of_file: modules.of_file,
        teams: all_teams,
        memberships,
        unresolved,
        team_of_owner: by_name,
        declared: owned,
        inferred,
        declared_cannot_tell,
        ledger,
    }
}

/// Has declared ownership judge each change by the files as they stood then.
pub fn judge_by_then(structure: &mut Structure, facts: &Facts, then: &Then) {
    let people = PeopleIndex::new(facts);
    let mut names: Vec<&String> = then.sets.iter().flat_map(|(names, _)| names).collect();
    names.sort();
    names.dedup();
    for name in names {
        if structure.team_of_owner.contains_key(name) {
            continue;
        }
        let team = TeamId::from_index(structure.teams.len());
        let members = then.groups.get(name);
        let kind = if then.teams.contains(name) { TeamKind::Team } else { TeamKind::Person };
        let own = [name.clone()];
        let members: &[String] = match (kind, members) {
            (TeamKind::Team, members) => members.map_or(&[], Vec::as_slice),
            _ => &own,
        };
        for member in members {
            match people.find(member) {
                Some(person) => {
                    structure.memberships.push(Membership { team, person, since: None, until: None });
                }
                None => structure.unresolved.push(Unresolved { team, person: member.clone() }),
            }
        }
        let source =
            facts::structure::Source { basis: Basis::Declared, from: "earlier ownership files".to_owned() };
        structure.teams.push(Team { name: name.clone(), kind, source });
        structure.team_of_owner.insert(name.clone(), team);
    }
    let mut declared = structure.declared.take().unwrap_or_else(|| Ownership {
        basis: Basis::Declared,
        set_of_file: vec![None; facts.files.len()],
        rule_of_file: vec![None; facts.files.len()],
        ..Ownership::default()
    });
    let first = declared.sets.len() as u32;
    declared.approvals.resize(declared.sets.len(), 1);
    declared.approvals.extend(then.sets.iter().map(|(_, approvals)| approvals));
    declared.sets.extend(then.sets.iter().map(|(names, _)| {
        let mut teams: Vec<TeamId> = names.iter().map(|name| structure.team_of_owner[name]).collect();
        teams.sort_unstable();
        teams.dedup();
        teams
    }));
    let rows = then.sets_of_touch.iter().map(|sets| sets.iter().map(|set| first + set).collect());
    declared.sets_of_touch = Some(rows.collect());
    structure.declared = Some(declared);
}

/// How many counted changes touched each file.
fn touches_of_files(facts: &Facts) -> Vec<u64> {
    let mut weights = vec![0; facts.files.len()];
    for change in facts.changes.ids() {
        let row = change.index();
        if !facts.changes.bulk[row] && !facts.changes.ignored[row] {
            facts.touches.of(change).for_each(|at| weights[facts.touches.file[at].index()] += 1);
        }
    }
    weights
}

/// The owners of every file; `None` where no rule names one.
fn lay_over(facts: &Facts, layers: &Layers, roster: &Roster) -> Option<Ownership> {
    let mut over = Overlay::new(layers, roster)?;
    let paths = facts.files.ids().map(|id| facts.paths.bytes(facts.files.path[id.index()]));
    let owned: Vec<_> = paths.map(|path| over.owners(path)).collect();
    let mut ownership = over.finish();
    for (file, owned) in owned.into_iter().enumerate() {
        ownership.rule_of_file.push(owned.rule);
        let mut sets = owned.sets.into_iter();
        ownership.set_of_file.push(sets.next());
        let further: Vec<u32> = sets.collect();
        if !further.is_empty() {
            ownership.further_sets.insert(FileId::from_index(file), further);
        }
    }
    Some(ownership)
}

/// Turns decisions on paths into sets of teams.
struct Overlay<'a> {
    layers: &'a Layers,
    roster: &'a Roster,
    first_rule: Vec<u32>,
    ownership: Ownership,
    set_ids: FxHashMap<(Vec<TeamId>, u32), u32>,
}

struct Owned {
    rule: Option<u32>,
    sets: Vec<u32>,
}

impl<'a> Overlay<'a> {
    fn new(layers: &'a Layers, roster: &'a Roster) -> Option<Self> {
        let mut ownership = Ownership { basis: Basis::Declared, ..Ownership::default() };
        let mut first_rule = Vec::new();
        for layer in &layers.layers {
            let rules = layer.resolver.rules();
            first_rule.push(ownership.rules.len() as u32);
            ownership.dialects.push(layer.dialect.name.to_owned());
            ownership.rules.extend(rules.rules.iter().map(|rule| OwnerRule {
                file: rules.files[rule.file as usize].clone(),
                line: rule.line,
                pattern: rule.pattern.clone(),
                owners: teams_of(roster, rules, &rule.owners).unwrap_or_default(),
            }));
        }
        let names_anybody = layers.layers.iter().any(|layer| !layer.resolver.rules().rules.is_empty());
        names_anybody.then(|| Self { layers, roster, first_rule, ownership, set_ids: FxHashMap::default() })
    }

    /// What must agree to a change of this path: any one of each set.
    fn owners(&mut self, path: &[u8]) -> Owned {
        let Some((at, decision)) = self.layers.decide(path) else {
            return Owned { rule: None, sets: Vec::new() };
        };
        let rules = self.layers.layers[at].resolver.rules();
        let mut sets = Vec::new();
        for claim in decision.claims.iter().filter(|claim| claim.required) {
            // Where anybody may approve, nobody has to be asked.
            let Some(owners) = teams_of(self.roster, rules, &claim.owners) else { continue };
            if owners.is_empty() {
                continue;
            }
            let next = self.ownership.sets.len() as u32;
            let set = *self.set_ids.entry((owners.clone(), claim.approvals)).or_insert(next);
            if set == next {
                self.ownership.approvals.push(claim.approvals);
                self.ownership.sets.push(owners);
            }
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        Owned { rule: Some(self.first_rule[at] + decision.claims[0].rule), sets }
    }

    fn finish(&mut self) -> Ownership {
        std::mem::take(&mut self.ownership)
    }
}

/// Teams of owners' names, sorted; `None` when anybody will do.
fn teams_of(roster: &Roster, rules: &ownership::Rules, owners: &[u32]) -> Option<Vec<TeamId>> {
    let names = rules.names_of(owners);
    if names.contains(&"*") {
        return None;
    }
    let mut teams: Vec<TeamId> = names.iter().filter_map(|name| roster.team(name)).collect();
    teams.sort_unstable();
    teams.dedup();
    Some(teams)
}

/// Why declared ownership cannot tell who must talk to whom; `None` when it can.
fn cannot_tell(facts: &Facts, declared: &Ownership, all_teams: &[Team], weights: &[u64]) -> Option<String> {
    let living = || facts.files.ids().filter(|&file| facts.files.alive(file));
    let total: u64 = living().map(|file| weights[file.index()]).sum();
    let mut by_set = vec![0u64; declared.sets.len()];
    let mut owned = 0;
    for file in living() {
        if let Some(set) = declared.set_of_file[file.index()] {
            by_set[set as usize] += weights[file.index()];
            owned += weights[file.index()];
        }
    }
    // "100 %" is said of everything alone.
    let percent = |part: u64, whole: u64| {
        (part as f64 / whole.max(1) as f64 * 100.0).round().min(if part < whole { 99.0 } else { 100.0 })
    };
    if owned == 0 {
        return Some(format!(
            "no rule names an owner for any of the {} touches of living files",
            grouped(total)
        ));
    }
    if owned * 2 < total {
        return Some(format!(
            "only {} % of touches fall on files with an owner ({} of {})",
            percent(owned, total),
            grouped(owned),
            grouped(total)
        ));
    }
    let standing = everywhere(&by_set, &declared.sets, all_teams.len());
    if let Some((team, most)) = standing.filter(|&(_, most)| most as f64 >= 0.9 * owned as f64) {
        return Some(format!(
            "{} may answer for {} % of owned touches ({} of {})",
            all_teams[team].name,
            percent(most, owned),
            grouped(most),
            grouped(owned)
        ));
    }
    let by_people: u64 = by_set
        .iter()
        .zip(&declared.sets)
        .filter(|(_, set)| set.iter().all(|team| all_teams[team.index()].kind == TeamKind::Person))
        .map(|(weight, _)| weight)
        .sum();
    (by_people * 2 > owned).then(|| {
        format!(
            "owners are people, not teams, for {} % of owned touches ({} of {})",
            percent(by_people, owned),
            grouped(by_people),
            grouped(owned)
        )
    })
}

/// The owner who stands, alone or as an alternative, for the most touches.
fn everywhere(by_set: &[u64], sets: &[Vec<TeamId>], teams: usize) -> Option<(usize, u64)> {
    let mut stands_for = vec![0u64; teams];
    for (weight, set) in by_set.iter().zip(sets) {
        set.iter().for_each(|team| stands_for[team.index()] += weight);
    }
    stands_for.into_iter().enumerate().max_by_key(|&(at, weight)| (weight, std::cmp::Reverse(at)))
}
