//! Structure as far as it can be seen: ownership files, build files, and what the history shows where they are silent.

use facts::{
    Basis, Facts, Omission, Omitted, Ownership, Structure, Team, TeamId,
    structure::{Membership, OwnerRule, Source, TeamKind},
};
use rustc_hash::FxHashMap;

use crate::{
    build, git,
    inferred::{activity, modules, stewards, teams},
    ownership::{self, CodeOwners},
};

/// The files of the tree at the head, and a way to read one of them.
pub trait HeadTree {
    /// Paths of blobs and links, sorted by bytes.
    fn paths(&self) -> &[Vec<u8>];
    /// A file's content, or in one sentence why there is none.
    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String>;
}

impl HeadTree for git::Head {
    fn paths(&self) -> &[Vec<u8>] {
        git::Head::paths(self)
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        self.read_file(path)
    }
}

/// Reads and infers modules, teams and ownership.
pub fn read_structure(facts: &Facts, tree: &dyn HeadTree) -> Structure {
    let mut ledger = Vec::new();
    let weights = touches_of_files(facts);
    let declared_modules = build::declared(tree, &mut ledger);
    let modules = modules::settle(facts, &declared_modules, &weights);
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
    let mut all_teams: Vec<Team> = Vec::new();
    let mut memberships = Vec::new();
    let declared = read_declared(facts, tree, &mut all_teams, &mut ledger);
    person_memberships(facts, &all_teams, &mut memberships, &mut ledger);
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
    let group_ids: Vec<TeamId> = (first_group..all_teams.len()).map(TeamId::from_index).collect();
    let inferred =
        stewards::settle(&activity, &memberships, &group_ids, modules.modules.len(), &modules.of_file);
    let without_module = modules.of_file.iter().filter(|module| module.is_none()).count() as u64;
    if without_module > 0 {
        ledger.push(Omission::new(
            Omitted::PathsWithoutModule,
            without_module,
            "files lay in top-level directories that no longer exist; they belong to no module of today's structure",
        ));
    }
    let declared_cannot_tell =
        declared.as_ref().and_then(|declared| cannot_tell(facts, declared, &all_teams, &weights));
    Structure {
        modules: modules.modules,
        module_of_file: modules.of_file,
        teams: all_teams,
        memberships,
        declared,
        inferred,
        declared_cannot_tell,
        ledger,
    }
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

/// The CODEOWNERS file GitHub would use, laid over every file.
fn read_declared(
    facts: &Facts,
    tree: &dyn HeadTree,
    all_teams: &mut Vec<Team>,
    ledger: &mut Vec<Omission>,
) -> Option<Ownership> {
    let exists =
        |place: &&str| tree.paths().binary_search_by(|path| path.as_slice().cmp(place.as_bytes())).is_ok();
    let mut places = ownership::GITHUB_PLACES.iter().copied().filter(exists);
    let place = places.next()?;
    let shadowed = places.count() as u64;
    if shadowed > 0 {
        let why = format!("further CODEOWNERS files do nothing: GitHub reads `{place}` alone");
        ledger.push(Omission::new(Omitted::OwnershipFiles, shadowed, why));
    }
    let content = match tree.read(place.as_bytes()) {
        Ok(content) if content.len() <= ownership::GITHUB_LIMIT_BYTES => content,
        Ok(content) => {
            let why = format!(
                "`{place}` has {} bytes; GitHub loads no CODEOWNERS over 3 MB, so nobody is declared",
                content.len()
            );
            ledger.push(Omission::new(Omitted::OwnershipFiles, 1, why));
            return None;
        }
        Err(why) => {
            ledger.push(Omission::new(
                Omitted::OwnershipFiles,
                1,
                format!("failed to read `{place}`: {why}"),
            ));
            return None;
        }
    };
    let file = ownership::parse(&content);
    if let Some((line, why)) = file.errors.first() {
        let why = format!("lines of `{place}` do nothing; the first is line {line}: {why}");
        ledger.push(Omission::new(Omitted::OwnershipLines, file.errors.len() as u64, why));
    }
    if file.rules.is_empty() {
        return None;
    }
    Some(lay_over(facts, &file, place, all_teams))
}

fn lay_over(facts: &Facts, file: &CodeOwners, place: &str, all_teams: &mut Vec<Team>) -> Ownership {
    let mut names: Vec<&str> =
        file.rules.iter().flat_map(|rule| rule.owners.iter().map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    let team_of: FxHashMap<&str, TeamId> = names
        .iter()
        .enumerate()
        .map(|(at, &name)| (name, TeamId::from_index(all_teams.len() + at)))
        .collect();
    all_teams.extend(names.iter().map(|name| Team {
        name: (*name).to_owned(),
        kind: if name.starts_with('@') && name.contains('/') { TeamKind::Team } else { TeamKind::Person },
        source: Source { basis: Basis::Declared, from: place.to_owned() },
    }));
    let mut sets: Vec<Vec<TeamId>> = Vec::new();
    let mut set_ids: FxHashMap<Vec<TeamId>, u32> = FxHashMap::default();
    let mut rules = Vec::with_capacity(file.rules.len());
    let mut set_of_rule = Vec::with_capacity(file.rules.len());
    for rule in &file.rules {
        let mut owners: Vec<TeamId> = rule.owners.iter().map(|owner| team_of[owner.as_str()]).collect();
        owners.sort_unstable();
        owners.dedup();
        set_of_rule.push((!owners.is_empty()).then(|| {
            *set_ids.entry(owners.clone()).or_insert_with(|| {
                sets.push(owners.clone());
                (sets.len() - 1) as u32
            })
        }));
        rules.push(OwnerRule {
            file: place.to_owned(),
            line: rule.line,
            pattern: rule.pattern.clone(),
            owners,
        });
    }
    let rule_of_file: Vec<Option<u32>> = facts
        .files
        .ids()
        .map(|id| file.rule_for(facts.paths.bytes(facts.files.path[id.index()])).map(|rule| rule as u32))
        .collect();
    let set_of_file =
        rule_of_file.iter().map(|rule| rule.and_then(|rule| set_of_rule[rule as usize])).collect();
    Ownership { basis: Basis::Declared, sets, set_of_file, rule_of_file, rules }
}

/// Owners written as a person, found among the people by account, address or name.
fn person_memberships(
    facts: &Facts,
    all_teams: &[Team],
    memberships: &mut Vec<Membership>,
    ledger: &mut Vec<Omission>,
) {
    let mut by_key: FxHashMap<String, facts::PersonId> = FxHashMap::default();
    for person in facts.people.ids() {
        if facts.people.kind[person.index()] != facts::PersonKind::Human {
            continue;
        }
        for email in &facts.people.emails[person.index()] {
            by_key.entry(email.clone()).or_insert(person);
            if let Some(local) = email.strip_suffix("@users.noreply.github.com") {
                let login = local.split_once('+').map_or(local, |(_, login)| login);
                by_key.entry(format!("@{login}")).or_insert(person);
            }
        }
    }
    // An account that is only ever a name or the front of an address is a guess, taken when nothing better is known.
    for person in
        facts.people.ids().filter(|person| facts.people.kind[person.index()] == facts::PersonKind::Human)
    {
        by_key.entry(format!("@{}", facts.people.name[person.index()].to_lowercase())).or_insert(person);
        for email in &facts.people.emails[person.index()] {
            if let Some((local, _)) = email.split_once('@') {
                by_key.entry(format!("@{local}")).or_insert(person);
            }
        }
    }
    let mut unresolved = 0;
    for (at, team) in all_teams.iter().enumerate().filter(|(_, team)| team.kind == TeamKind::Person) {
        match by_key.get(&team.name.to_lowercase()) {
            Some(&person) => {
                memberships.push(Membership {
                    team: TeamId::from_index(at),
                    person,
                    since: None,
                    until: None,
                });
            }
            None => unresolved += 1,
        }
    }
    if unresolved > 0 {
        ledger.push(Omission::new(
            Omitted::OwnersNotFound,
            unresolved,
            "owners written as a person could not be found among those who made changes; whether they lead cannot be told",
        ));
    }
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
    let percent = |part: u64, whole: u64| (part as f64 / whole.max(1) as f64 * 100.0).round();
    if owned == 0 {
        return Some(format!(
            "no rule of the ownership file names an owner for any of the {total} touches of living files"
        ));
    }
    if owned * 2 < total {
        return Some(format!(
            "only {owned} of {total} touches ({} %) fall on files with an owner",
            percent(owned, total)
        ));
    }
    let standing = everywhere(&by_set, &declared.sets, all_teams.len());
    if let Some((team, most)) = standing.filter(|&(_, most)| most as f64 >= 0.9 * owned as f64) {
        return Some(format!(
            "one owner, {}, may answer for {most} of {owned} owned touches ({} %)",
            all_teams[team].name,
            percent(most, owned)
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
            "owners are single people, not teams, for {by_people} of {owned} owned touches ({} %)",
            percent(by_people, owned)
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

#[cfg(test)]
pub(crate) mod literal {
    //! A tree written down in a test.

    use super::HeadTree;

    pub(crate) struct LiteralTree {
        paths: Vec<Vec<u8>>,
        contents: Vec<Vec<u8>>,
    }

    impl LiteralTree {
        pub(crate) fn new(files: &[(&str, &str)]) -> Self {
            let mut files: Vec<_> = files.to_vec();
            files.sort_unstable();
            let (paths, contents) = files
                .into_iter()
                .map(|(path, content)| (path.as_bytes().to_vec(), content.as_bytes().to_vec()))
                .unzip();
            Self { paths, contents }
        }
    }

    impl HeadTree for LiteralTree {
        fn paths(&self) -> &[Vec<u8>] {
            &self.paths
        }

        fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
            let at = self.paths.iter().position(|known| known == path).ok_or("it is not in the tree")?;
            Ok(self.contents[at].clone())
        }
    }
}
