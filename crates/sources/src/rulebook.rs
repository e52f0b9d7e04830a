//! What every ownership rule does in the tree where history ends, and what became of those that do nothing.

use std::collections::{BTreeMap, BTreeSet};

use facts::{
    Facts, PathId, PersonId, RuleBook, TeamId, TouchKind,
    rulebook::{Lost, RuleConflict, RuleProblem, RuleSource, RuleUse},
    structure::{Membership, TeamKind},
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    ownership::{Fate, Layer, Rules, detect, read},
    roster::{self, Roster},
    structure::Declared,
    tree::Tree,
};

/// More rules than this are not looked for under another name.
const MOST_ALIKE: usize = 500;
const MOST_EXAMPLES: usize = 5;

/// Follows every rule of every source through a tree and its history. `only_asked` leaves out sources nobody asks.
pub fn rule_book(facts: &Facts, tree: &dyn Tree, declared: &Declared, only_asked: bool) -> RuleBook {
    let asked: Vec<&Layer> = declared.layers.layers.iter().collect();
    let unused: Vec<Layer> = if only_asked { Vec::new() } else { unused_layers(tree, &asked) };
    let layers: Vec<&Layer> = asked.iter().copied().chain(&unused).collect();
    let mut book = RuleBook::default();
    let mut first = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        first.push(book.rules.len() as u32);
        add_source(&mut book, layer, at < asked.len());
    }
    follow(&mut book, &layers, &first, tree);
    find_lost(&mut book, &layers, &first, facts, tree);
    let roster = {
        let mut unheard = Vec::new();
        roster::settle(facts, &declared.manifest, &declared.team_rows, &layers, &mut unheard)
    };
    book.conflicts = conflicts(&layers, &first, tree, &roster);
    book
}

fn unused_layers(tree: &dyn Tree, asked: &[&Layer]) -> Vec<Layer> {
    let is_asked = |name: &str| asked.iter().any(|layer| layer.dialect.name == name);
    detect(tree)
        .into_iter()
        .filter(|(dialect, _)| dialect.name != "manifest" && !is_asked(dialect.name))
        .map(|(dialect, found)| Layer { dialect, resolver: read(dialect, tree, &found), found })
        .collect()
}

fn add_source(book: &mut RuleBook, layer: &Layer, asked: bool) {
    let rules = layer.resolver.rules();
    let source = book.sources.len() as u32;
    let text = |path: &Vec<u8>| String::from_utf8_lossy(path).into_owned();
    let first = book.rules.len() as u32;
    book.sources.push(RuleSource {
        dialect: layer.dialect.name,
        files: rules.files.clone(),
        asked,
        idle: layer.found.idle.iter().map(text).collect(),
        empty_groups: rules
            .names
            .iter()
            // Elsewhere the file is not where members are kept.
            .filter(|name| rules.bare_names_are_people && rules.groups.get(*name).is_some_and(Vec::is_empty))
            .cloned()
            .collect(),
    });
    let place = |rule: u32| {
        let rule = &rules.rules[rule as usize];
        (rule.file, rule.section.as_deref(), rule.pattern.as_str())
    };
    let mut replaced: FxHashMap<u32, u32> = rules.replaced.iter().copied().collect();
    // The same text twice in one file and section is the same pattern in every dialect; the manifest refuses it itself.
    let mut seen: FxHashMap<_, u32> = FxHashMap::default();
    for rule in 0..rules.rules.len() as u32 {
        if let Some(earlier) = seen.insert(place(rule), rule)
            && layer.dialect.name == "github"
        {
            replaced.insert(earlier, rule);
        }
    }
    book.rules.extend(rules.rules.iter().enumerate().map(|(at, rule)| RuleUse {
        source,
        file: rules.files[rule.file as usize].clone(),
        line: rule.line,
        pattern: rule.pattern.clone(),
        owners: rules.names_of(&rule.owners).into_iter().map(str::to_owned).collect(),
        section: rule.section.clone(),
        status: rule.status.clone(),
        matches: layer.resolver.is_told_by_path(at as u32).then_some(0),
        replaced_by: replaced.get(&(at as u32)).map(|by| first + by),
        ..RuleUse::default()
    }));
    book.problems.extend(rules.problems.iter().map(|problem| RuleProblem {
        file: problem.file.clone(),
        line: problem.line,
        why: problem.why.clone(),
    }));
}

/// Counts what each rule speaks of and decides.
fn follow(book: &mut RuleBook, layers: &[&Layer], first: &[u32], tree: &dyn Tree) {
    for (layer, &first) in layers.iter().zip(first) {
        for path in tree.paths() {
            let mut needed: FxHashSet<u32> = FxHashSet::default();
            let claims = layer.resolver.decide(path).claims;
            needed.extend(claims.iter().filter(|claim| claim.required).map(|claim| claim.rule));
            for candidate in layer.resolver.candidates(path) {
                let rule = &mut book.rules[(first + candidate.rule) as usize];
                rule.required |= needed.contains(&candidate.rule);
                rule.matches = rule.matches.map(|matches| matches + 1);
                if rule.examples.len() < MOST_EXAMPLES {
                    rule.examples.push(String::from_utf8_lossy(path).into_owned());
                }
                match candidate.fate {
                    Fate::Decides | Fate::Adds => rule.decides += 1,
                    Fate::Overridden(by) => *rule.overridden_by.entry(first + by).or_default() += 1,
                    Fate::Excluded(by) | Fate::Stopped(by) => {
                        *rule.overridden_by.entry(first + by).or_default() += 1;
                        let by = &mut book.rules[(first + by) as usize];
                        by.matches = by.matches.map(|matches| matches + 1);
                        by.decides += 1;
                    }
                }
            }
        }
    }
}

/// Says of each rule that speaks of no file what became of those it once spoke of.
fn find_lost(book: &mut RuleBook, layers: &[&Layer], first: &[u32], facts: &Facts, tree: &dyn Tree) {
    let dead: FxHashSet<u32> = (0..book.rules.len() as u32)
        .filter(|&rule| {
            let rule = &book.rules[rule as usize];
            rule.matches == Some(0) && rule.replaced_by.is_none()
        })
        .collect();
    if dead.is_empty() {
        return;
    }
    let mut once: FxHashMap<u32, Once> = FxHashMap::default();
    for path in gone_paths(facts) {
        for (layer, &first) in layers.iter().zip(first) {
            for candidate in layer.resolver.candidates(facts.paths.bytes(path.path)) {
                let rule = first + candidate.rule;
                if dead.contains(&rule) {
                    once.entry(rule).or_default().add(facts, &path);
                }
            }
        }
    }
    let names = names_of(tree);
    for (number, rule) in dead.into_iter().collect::<BTreeSet<u32>>().into_iter().enumerate() {
        let lost = match once.remove(&rule) {
            Some(once) => once.settle(),
            None if number < MOST_ALIKE => {
                alike(&book.rules[rule as usize].pattern, &names).map_or(Lost::Never, Lost::Alike)
            }
            None => Lost::Never,
        };
        book.rules[rule as usize].lost = Some(lost);
    }
}

/// A path some file had and no longer has.
struct GonePath {
    path: PathId,
    /// Where the file lies now, when it lives.
    now: Option<PathId>,
    /// When the path was last touched.
    last: i64,
}

fn gone_paths(facts: &Facts) -> Vec<GonePath> {
    let mut last: BTreeMap<PathId, (facts::FileId, i64)> = BTreeMap::new();
    for change in facts.changes.ids() {
        let at = facts.changes.merged_at[change.index()];
        for row in facts.touches.of(change) {
            let touch = facts.touches.row(row);
            last.insert(touch.path, (touch.file, at));
            if let (TouchKind::Renamed, Some(previous)) = (touch.kind, touch.previous_path) {
                last.insert(previous, (touch.file, at));
            }
        }
    }
    last.into_iter()
        .filter_map(|(path, (file, last))| {
            let living = facts.files.alive(file).then(|| facts.files.path[file.index()]);
            (living != Some(path)).then_some(GonePath { path, now: living, last })
        })
        .collect()
}

/// Files a rule once spoke of.
#[derive(Default)]
struct Once {
    files: u64,
    last: Option<i64>,
    now: BTreeMap<Vec<u8>, u64>,
}

impl Once {
    fn add(&mut self, facts: &Facts, path: &GonePath) {
        self.files += 1;
        self.last = self.last.max(Some(path.last));
        if let Some(now) = path.now {
            let now = facts.paths.bytes(now);
            let slash = now.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
            *self.now.entry(now[..slash].to_vec()).or_default() += 1;
        }
    }

    /// The deepest directory that holds more than half of those that live elsewhere, where a quarter of all still live.
    fn settle(self) -> Lost {
        let living: u64 = self.now.values().sum();
        if living * 4 < self.files || living == 0 {
            return Lost::Gone(self.last);
        }
        let mut below: BTreeMap<&[u8], u64> = BTreeMap::new();
        for (directory, &files) in &self.now {
            let mut at = directory.as_slice();
            loop {
                *below.entry(at).or_default() += files;
                if at.is_empty() {
                    break;
                }
                at = at.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |slash| &at[..slash]);
            }
        }
        let most = below.into_iter().filter(|&(_, files)| files * 2 > living);
        let (directory, files) = most.max_by_key(|&(at, _)| at.len()).expect("the root holds all of them");
        let directory = String::from_utf8_lossy(directory).into_owned();
        Lost::Moved { directory, files, of: self.files }
    }
}

/// Every file and directory of a tree, without the slash at the end of directories.
fn names_of(tree: &dyn Tree) -> Vec<String> {
    let mut names: BTreeSet<&[u8]> = BTreeSet::new();
    for path in tree.paths() {
        let mut at = path.as_slice();
        while names.insert(at) {
            match at.iter().rposition(|&byte| byte == b'/') {
                Some(slash) => at = &at[..slash],
                None => break,
            }
        }
    }
    names.into_iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// The name that reads most like a pattern without wildcards, where one does.
fn alike(pattern: &str, names: &[String]) -> Option<String> {
    const ENOUGH: f64 = 0.93;
    let plain = pattern.strip_prefix("F: ").unwrap_or(pattern);
    let plain = plain.trim_end_matches("**").trim_end_matches('*').trim_matches('/');
    if plain.len() < 3 || plain.contains(['*', '?', '[', '\\', ' ', '~']) {
        return None;
    }
    let lower = plain.to_lowercase();
    let parts = plain.matches('/').count();
    let near = names.iter().filter(|name| {
        name.len().abs_diff(plain.len()) <= 2
            && name.matches('/').count() == parts
            && name.as_bytes().first().map(u8::to_ascii_lowercase) == lower.as_bytes().first().copied()
    });
    near.map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &lower), name))
        .filter(|(score, _)| *score >= ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name.clone())
}

/// What an owner's name can be compared by.
#[derive(Default)]
struct Meaning {
    teams: BTreeSet<TeamId>,
    people: BTreeSet<PersonId>,
    /// Names without the marks of their dialect.
    names: BTreeSet<String>,
    /// Some of them are teams nobody knows the members of.
    opaque: bool,
    /// Some of them are people.
    persons: bool,
}

impl Meaning {
    fn of(
        rules: &Rules,
        owners: &[u32],
        roster: &Roster,
        members: &FxHashMap<TeamId, Vec<PersonId>>,
    ) -> Self {
        let mut meaning = Self::default();
        for name in rules.names_of(owners) {
            meaning.names.insert(bare(name));
            let Some(team) = roster.team(name) else { continue };
            let people = members.get(&team).map_or(&[][..], Vec::as_slice);
            let is_person = roster.teams[team.index()].kind == TeamKind::Person;
            meaning.teams.insert(team);
            meaning.people.extend(people);
            meaning.names.extend(rules.groups.get(name).into_iter().flatten().map(|one| bare(one)));
            meaning.opaque |= people.is_empty() && !is_person;
            meaning.persons |= is_person;
        }
        meaning
    }

    /// Whether the two name nobody in common, as far as can be told.
    fn conflicts(&self, other: &Self) -> bool {
        let untold = (self.opaque && other.persons) || (other.opaque && self.persons);
        !untold
            && self.teams.is_disjoint(&other.teams)
            && self.people.is_disjoint(&other.people)
            && self.names.is_disjoint(&other.names)
    }
}

/// A name without what only its dialect adds: `@acme/payments`, `group:default/payments` and `payments` are one.
fn bare(name: &str) -> String {
    let address = name.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    let name = address.unwrap_or(name);
    let name = name.rsplit('/').next().unwrap_or(name).trim_start_matches('@');
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

/// Pairs of rules of two sources that name owners without anybody in common for the same file.
fn conflicts(layers: &[&Layer], first: &[u32], tree: &dyn Tree, roster: &Roster) -> Vec<RuleConflict> {
    let mut members: FxHashMap<TeamId, Vec<PersonId>> = FxHashMap::default();
    for Membership { team, person, .. } in &roster.memberships {
        members.entry(*team).or_default().push(*person);
    }
    let mut judged: FxHashMap<(u32, u32), bool> = FxHashMap::default();
    let mut found: BTreeMap<(u32, u32), RuleConflict> = BTreeMap::new();
    if layers.len() < 2 {
        return Vec::new();
    }
    for path in tree.paths() {
        let answers: Vec<(usize, u32, Vec<u32>)> = layers
            .iter()
            .enumerate()
            .filter_map(|(at, layer)| {
                let decision = layer.resolver.decide(path);
                let rule = decision.claims.first()?.rule;
                Some((at, rule, decision.owners())).filter(|(_, _, owners)| !owners.is_empty())
            })
            .collect();
        for (at, (a, a_rule, a_owners)) in answers.iter().enumerate() {
            for (b, b_rule, b_owners) in &answers[at + 1..] {
                let pair = (first[*a] + a_rule, first[*b] + b_rule);
                let conflict = *judged.entry(pair).or_insert_with(|| {
                    let meaning = |at: usize, owners: &[u32]| {
                        Meaning::of(layers[at].resolver.rules(), owners, roster, &members)
                    };
                    meaning(*a, a_owners).conflicts(&meaning(*b, b_owners))
                });
                if conflict {
                    let known = found.entry(pair).or_insert_with(|| RuleConflict {
                        first: pair.0,
                        second: pair.1,
                        files: 0,
                        examples: Vec::new(),
                    });
                    known.files += 1;
                    if known.examples.len() < MOST_EXAMPLES {
                        known.examples.push(String::from_utf8_lossy(path).into_owned());
                    }
                }
            }
        }
    }
    let mut found: Vec<RuleConflict> = found.into_values().collect();
    found.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| (a.first, a.second).cmp(&(b.first, b.second))));
    found
}
