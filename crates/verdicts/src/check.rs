//! Whether a tree holds: violations against what is recorded, exempted, or was there before a change.
//!
//! ```text
//! violations ──┬─ exempt      an [[exemption]] that applies
//!              ├─ recorded    debt, written down when the rule was adopted
//!              ├─ moved       debt whose file lies elsewhere now
//!              ├─ before      broken without the change as well            (with a base alone)
//!              └─ new         what fails the check
//! debt ────────┬─ held        still so
//!              ├─ stale       no longer so: fails until it is taken out
//!              └─ grown       added by the change under a rule that stood: fails (with a base alone)
//! ```

use std::collections::{BTreeMap, BTreeSet};

use facts::{
    Manifest,
    dependencies::Target,
    globs::Glob,
    manifest::{Exemption, Level},
};

use crate::{
    debt::{Debt, Entry, Key},
    moved::{self, Names},
    rules::{self, Ground, Held, Rule, RuleUse, Violation},
};

const STALE: Rule = Rule {
    code: "U303",
    name: "stale-debt",
    holds: "Every recorded violation is still there.",
    why: "Debt that was paid off and stays recorded can be taken up again without anybody noticing.",
    example: "# .unsnarl/debt/billing.txt\nU101 billing/pdf.py -> web/render.py      # billing/pdf.py no longer imports it",
    way_out: "unsnarl check --accept takes it out; commit that with the change that paid it off.",
    limits: "A record whose file was moved is not stale: --accept writes its new place down.",
};

const GROWN: Rule = Rule {
    code: "U304",
    name: "grown-debt",
    holds: "A change adds nothing to recorded debt under a rule that stood before it, and takes nothing out that is still so.",
    why: "A record anybody may add to is no ratchet: each addition is small, and none is ever the one that is too many.",
    example: "unsnarl check --diff origin/main\n\n# where the change imports what it may not and writes that into .unsnarl/debt.",
    way_out: "Mend the violation, or write an [[exemption]] with reason, owner and end. Where a newer unsnarl sees more, let the owner of the module say so: --approved-by.",
    limits: "Without a base nothing can be said of growth. A rule the change itself adds or tightens may bring its debt along.",
};

const STRICT: Rule = Rule {
    code: "U305",
    name: "debt-in-strict-module",
    holds: "A module with strict = true has no recorded debt.",
    why: "Once a module is clean, it is cheap to keep it so, and nobody should have to notice that it no longer is.",
    example: "[[module]]\nid = \"billing\"\npaths = [\"billing/**\"]\nstrict = true",
    way_out: "Mend what is recorded, or take strict out again, which is a decision of the module's owner.",
    limits: "Whose debt a dependency is says [check] charge.",
};

const SELF_GRANTED: Rule = Rule {
    code: "U308",
    name: "self-granted-exemption",
    holds: "An exemption that a change adds does not govern that change, unless the owner of the rule approved it.",
    why: "Whoever breaks a rule must not be the one who excuses it.",
    example: "unsnarl check --diff origin/main --approved-by @acme/architects",
    way_out: "Have the exemption merged first by the owner of the rule, or pass --approved-by with who approved the change.",
    limits: "The owner of a rule is its owner key; else the owner of the module whose boundary it is; else the owner of the file the rule is written in. Who approved is what the command line says: let CI take it from the review.",
};

/// The rules on debt and exemptions.
pub(crate) const RULES: [&Rule; 4] = [&STALE, &GROWN, &STRICT, &SELF_GRANTED];

/// What became of a violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there, and nothing excuses it.
    New,
    /// It is recorded.
    Recorded,
    /// It is recorded under another path.
    Moved(Key),
    /// An exemption of the manifest applies, by its place there.
    Exempt(usize),
    /// It was there before the change.
    Before,
}

/// A violation, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What is broken.
    pub violation: Violation,
    /// Whether it counts.
    pub state: State,
}

impl Outcome {
    /// Whether it fails a check.
    pub fn fails(&self) -> bool {
        self.state == State::New && self.violation.level == Level::Error
    }
}

/// How far a language was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageRead {
    /// The language.
    pub language: String,
    /// Files of it.
    pub files: u64,
    /// Files that were not read, or have mistakes in them.
    pub not_whole: u64,
    /// Names that lead to a file.
    pub resolved: u64,
    /// Names that lead outside.
    pub external: u64,
    /// Names whose end cannot be told.
    pub unresolved: u64,
}

/// How much was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Modules declared.
    pub modules: u64,
    /// Files in the tree.
    pub files: u64,
    /// Files in a module.
    pub files_in_modules: u64,
    /// Files whose names were read.
    pub read: u64,
    /// Pairs of files of which one names the other, as far as they count.
    pub dependencies: u64,
    /// By language.
    pub languages: Vec<LanguageRead>,
}

/// Debt by numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Entries that are recorded.
    pub recorded: u64,
    /// Entries that still hold, those that moved among them.
    pub held: u64,
    /// Entries whose file lies elsewhere now.
    pub moved: u64,
    /// Entries that no longer hold.
    pub stale: u64,
    /// Entries recorded before the change; `None` without a base.
    pub before: Option<u64>,
    /// Entries the change added and took out, those that moved apart; `None` without a base.
    pub change: Option<(u64, u64)>,
}

/// What a change is compared with.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// What was broken before, by the rules as they stood before.
    pub keys: BTreeSet<Key>,
    /// What was broken before, by the rules as they stand now.
    pub by_rules_of_now: BTreeSet<Key>,
    /// What was recorded.
    pub debt: Debt,
    /// What was declared.
    pub manifest: Manifest,
    /// The path each file that was renamed had before, by its path now.
    pub renamed: BTreeMap<String, String>,
    /// Paths that were not there before.
    pub added: BTreeSet<String>,
    /// Files whose names were read, and names that led to a file.
    pub resolved: (u64, u64),
}

impl Before {
    /// Whether a path or module was not there before.
    fn is_new(&self, ground: &Ground<'_>, name: &str) -> bool {
        let is_module = |manifest: &Manifest| manifest.modules.iter().any(|module| module.id == name);
        if is_module(ground.manifest) { !is_module(&self.manifest) } else { self.added.contains(name) }
    }

    /// Whether something was broken before by the rules as they stand now, or as they stood.
    pub fn broke(&self, key: &Key) -> bool {
        self.is_among(&self.keys, key) || self.is_among(&self.by_rules_of_now, key)
    }

    /// Whether something was broken before by the rules as they stand now alone: rules that were added, tightened or
    /// renamed brought it.
    pub fn broken_by_new_rules(&self, key: &Key) -> bool {
        self.is_among(&self.by_rules_of_now, key) && !self.is_among(&self.keys, key)
    }

    fn is_among(&self, keys: &BTreeSet<Key>, key: &Key) -> bool {
        keys.contains(key) || keys.contains(&key_before(self, key))
    }
}

/// What a check says.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Every violation: what fails first, then warnings, then what is excused; by rule and path.
    pub outcomes: Vec<Outcome>,
    /// What each rule looked at.
    pub uses: Vec<RuleUse>,
    /// How much was looked at.
    pub coverage: Coverage,
    /// Debt by numbers.
    pub delta: Delta,
    /// Rules that are not held, by the manifest's allow.
    pub allowed: Vec<String>,
    /// How many violations each exemption excuses, by its place in the manifest; `None` for one that does not apply.
    pub exemptions: Vec<Option<u64>>,
}

impl Check {
    /// What fails.
    pub fn failures(&self) -> impl Iterator<Item = &Violation> {
        self.outcomes.iter().filter(|one| one.fails()).map(|one| &one.violation)
    }

    /// What is told and fails nothing.
    pub fn warnings(&self) -> impl Iterator<Item = &Violation> {
        let told = |one: &&Outcome| one.state == State::New && one.violation.level == Level::Warning;
        self.outcomes.iter().filter(told).map(|one| &one.violation)
    }

    /// How many violations are in a state.
    pub fn count(&self, is: impl Fn(&State) -> bool) -> u64 {
        self.outcomes.iter().filter(|one| is(&one.state)).count() as u64
    }
}

/// Whether a violation of this rule may be recorded: what an adopter finds in code and ownership files, not what is
/// wrong with the check itself.
pub fn may_be_recorded(rule: &Rule) -> bool {
    rule.code.starts_with("U1") || matches!(rule.code, "U201" | "U202" | "U203" | "U204" | "U404")
}

/// Whether an `[[exemption]]` may speak of this rule: what is wrong with the check itself is mended, not excused.
pub fn may_be_exempted(rule: &Rule) -> bool {
    rule.code < "U3"
}

/// Whether a rule looks at history, which no change in hand can have broken.
pub fn looks_at_history(rule: &Rule) -> bool {
    matches!(rule.code, "U202" | "U404" | "U405")
}

/// Judges what rules say of a tree. `approved_by` are the owners and people who approved the change.
pub fn judge(
    ground: &Ground<'_>,
    held: Held,
    debt: &Debt,
    before: Option<&Before>,
    approved_by: &[String],
) -> Check {
    let manifest = ground.manifest;
    let names = |violation: &Violation, words: &[String]| {
        words.iter().any(|word| is_rule(word, violation.rule, violation.contract.as_deref()))
    };
    let mut outcomes: Vec<Outcome> = held
        .violations
        .into_iter()
        .filter(|violation| !names(violation, &manifest.check.allow))
        .map(|mut violation| {
            if names(&violation, &manifest.check.warn) {
                violation.level = Level::Warning;
            }
            Outcome { violation, state: State::New }
        })
        .collect();
    outcomes.sort_by(|a, b| order(&a.violation).cmp(&order(&b.violation)));
    let mut further = Vec::new();
    let mut met: BTreeSet<Key> = BTreeSet::new();
    for one in &mut outcomes {
        let key = Key::of(&one.violation);
        if may_be_recorded(one.violation.rule) && debt.holds(&key) {
            one.state = State::Recorded;
            met.insert(key);
        } else if before.is_some_and(|before| was_there(before, &key)) {
            one.state = State::Before;
        }
    }
    let moved = settle_moved(ground, &mut outcomes, debt, &met, before);
    if let Some(before) = before {
        settle_before(ground, &mut outcomes, before);
    }
    let exemptions = exempt(ground, &mut outcomes, before, approved_by, &mut further);
    strict(ground, &outcomes, debt, &mut further);
    let mut stale = 0;
    for entry in debt.entries.values().filter(|one| !met.contains(&one.key) && !moved.contains(&one.key)) {
        stale += 1;
        // What was stale before is not the change's doing.
        let by_change = before.is_none_or(|before| {
            let old = key_before(before, &entry.key);
            before.keys.contains(&old) || !before.debt.holds(&old)
        });
        if by_change {
            further.push(stale_entry(ground, entry));
        }
    }
    let mut change = None;
    if let Some(before) = before {
        let (added, taken_out) = changed_records(ground, debt, before);
        let grown = added.iter().filter(|entry| !before.broke(&entry.key));
        further.extend(grown.filter_map(|entry| grown_entry(ground, &outcomes, entry, approved_by)));
        further
            .extend(taken_out.iter().filter_map(|entry| hidden_entry(ground, &outcomes, entry, approved_by)));
        further.extend(rules::lost_names(ground, before.resolved));
        change = Some((added.len() as u64, taken_out.len() as u64));
    }
    if before.is_none() {
        let idle = exemptions.iter().enumerate().filter(|(_, used)| **used == Some(0));
        further.extend(idle.map(|(at, _)| rules::idle_exemption(ground, at)));
    }
    further.retain(|violation| !names(violation, &manifest.check.allow));
    for violation in &mut further {
        if names(violation, &manifest.check.warn) {
            violation.level = Level::Warning;
        }
    }
    outcomes.extend(further.into_iter().map(|violation| Outcome { violation, state: State::New }));
    outcomes.sort_by(|a, b| {
        let rank = |one: &Outcome| (one.state != State::New, one.violation.level);
        rank(a).cmp(&rank(b)).then_with(|| order(&a.violation).cmp(&order(&b.violation)))
    });
    let recorded = debt.entries.len() as u64;
    Check {
        outcomes,
        uses: held.uses,
        coverage: coverage(ground),
        delta: Delta {
            recorded,
            held: (met.len() + moved.len()) as u64,
            moved: moved.len() as u64,
            stale,
            before: before.map(|before| before.debt.entries.len() as u64),
            change,
        },
        allowed: manifest.check.allow.clone(),
        exemptions,
    }
}

/// Rule, contract, from, to: nothing that moves when a line does.
fn order(violation: &Violation) -> (&str, Option<&str>, &str, &str) {
    (violation.rule.code, violation.contract.as_deref(), &violation.from, &violation.to)
}

fn is_rule(word: &str, rule: &Rule, contract: Option<&str>) -> bool {
    contract == Some(word) || rule.name == word || rule.code.eq_ignore_ascii_case(word)
}

/// A key with the paths its files had before the change.
fn key_before(before: &Before, key: &Key) -> Key {
    let old = |path: &String| before.renamed.get(path).unwrap_or(path).clone();
    Key { rule: key.rule.clone(), from: old(&key.from), to: old(&key.to) }
}

fn was_there(before: &Before, key: &Key) -> bool {
    before.keys.contains(key) || before.keys.contains(&key_before(before, key))
}

/// Finds recorded violations under their new name; gives the keys they are recorded by.
fn settle_moved(
    ground: &Ground<'_>,
    outcomes: &mut [Outcome],
    debt: &Debt,
    met: &BTreeSet<Key>,
    before: Option<&Before>,
) -> BTreeSet<Key> {
    let recorded: BTreeSet<&str> =
        debt.entries.keys().flat_map(|key| [key.from.as_str(), key.to.as_str()]).collect();
    let nowhere = BTreeMap::new();
    let names = Names {
        gone: &|name| is_gone(ground, name),
        new: &|name| before.map_or(!recorded.contains(name), |before| before.is_new(ground, name)),
        renamed: before.map_or(&nowhere, |before| &before.renamed),
    };
    let keys: Vec<Key> = outcomes
        .iter()
        .filter(|one| matches!(one.state, State::New | State::Before) && may_be_recorded(one.violation.rule))
        .map(|one| Key::of(&one.violation))
        .collect();
    let stale = debt.entries.keys().filter(|key| !met.contains(*key));
    let pairs = moved::pair_up(stale, keys.iter(), &names);
    for one in outcomes.iter_mut().filter(|one| matches!(one.state, State::New | State::Before)) {
        if let Some(old) = pairs.get(&Key::of(&one.violation)) {
            one.state = State::Moved(old.clone());
        }
    }
    pairs.into_values().collect()
}

/// Finds what was broken before under another name.
fn settle_before(ground: &Ground<'_>, outcomes: &mut [Outcome], before: &Before) {
    let now: BTreeSet<Key> = outcomes.iter().map(|one| Key::of(&one.violation)).collect();
    let new: Vec<Key> =
        outcomes.iter().filter(|one| one.state == State::New).map(|one| Key::of(&one.violation)).collect();
    let names = Names {
        gone: &|name| is_gone(ground, name),
        new: &|name| before.is_new(ground, name),
        renamed: &before.renamed,
    };
    let mended = before.keys.iter().filter(|key| !now.contains(*key));
    let pairs = moved::pair_up(mended, new.iter(), &names);
    for one in outcomes.iter_mut().filter(|one| one.state == State::New) {
        if pairs.contains_key(&Key::of(&one.violation)) {
            one.state = State::Before;
        }
    }
}

/// Whether a name is neither a path nor a module any more.
fn is_gone(ground: &Ground<'_>, name: &str) -> bool {
    ground.standing.find(name.as_bytes()).is_none()
        && !ground.manifest.modules.iter().any(|module| module.id == name)
}

/// Applies exemptions; gives how many violations each excuses.
fn exempt(
    ground: &Ground<'_>,
    outcomes: &mut [Outcome],
    before: Option<&Before>,
    approved_by: &[String],
    further: &mut Vec<Violation>,
) -> Vec<Option<u64>> {
    let all = &ground.manifest.exemptions;
    let mut used: Vec<Option<u64>> = all.iter().map(|one| (one.expires > ground.now).then_some(0)).collect();
    let is_added = |one: &Exemption| {
        let same = |other: &Exemption| Exemption { place: one.place.clone(), ..other.clone() } == *one;
        before.is_some_and(|before| !before.manifest.exemptions.iter().any(same))
    };
    for one in outcomes.iter_mut().filter(|one| may_be_exempted(one.violation.rule)) {
        let applies = |(at, exemption): &(usize, &Exemption)| {
            used[*at].is_some() && covers(ground, exemption, &one.violation)
        };
        let Some((at, exemption)) = all.iter().enumerate().find(applies) else { continue };
        let owners = owners_of_rule(ground, &one.violation, exemption);
        if one.state == State::New && is_added(exemption) && !approved(ground, &owners, approved_by) {
            used[at] = None;
            further.push(self_granted(exemption, &owners, &one.violation));
            continue;
        }
        if let Some(count) = &mut used[at] {
            *count += 1;
        }
        if one.state == State::New {
            one.state = State::Exempt(at);
        }
    }
    used
}

/// Whether an exemption speaks of a violation.
fn covers(ground: &Ground<'_>, exemption: &Exemption, violation: &Violation) -> bool {
    let side = |word: &str, name: &str, module: Option<u32>| {
        word == name
            || module.is_some_and(|module| ground.manifest.modules[module as usize].id == word)
            || Glob::new(word).is_ok_and(|glob| glob.matches(name.as_bytes()))
    };
    is_rule(&exemption.rule, violation.rule, violation.contract.as_deref())
        && side(&exemption.from, &violation.from, violation.from_module)
        // What leads nowhere is exempt by where it starts.
        && (violation.to.is_empty() || side(&exemption.to, &violation.to, violation.to_module))
}

/// Who may approve an exemption from the rule of a violation.
fn owners_of_rule(ground: &Ground<'_>, violation: &Violation, exemption: &Exemption) -> Vec<String> {
    let manifest = ground.manifest;
    let contract = violation.contract.as_ref();
    let declared = contract.and_then(|id| manifest.rules.iter().find(|rule| rule.id == *id));
    if let Some(owner) = declared.and_then(|rule| rule.owner.clone()) {
        return vec![owner];
    }
    let boundary = match violation.rule.code {
        "U101" | "U104" => violation.from_module,
        "U102" | "U103" => violation.to_module,
        _ => None,
    };
    if let Some((owner, _)) = boundary.and_then(|module| manifest.modules[module as usize].owner.clone()) {
        return vec![owner];
    }
    let file = declared.map_or(exemption.place.file.as_str(), |rule| rule.place.file.as_str());
    (ground.owner)(file.as_bytes()).map(|owned| owned.owners).unwrap_or_default()
}

/// Whether one of some owners, or a member of one, is among those who approved.
fn approved(ground: &Ground<'_>, owners: &[String], approved_by: &[String]) -> bool {
    let same = |a: &str, b: &str| a.trim_start_matches('@').eq_ignore_ascii_case(b.trim_start_matches('@'));
    let stands_for = |owner: &str| {
        let team = ground
            .manifest
            .teams
            .iter()
            .find(|team| same(&team.id, owner) || team.handles.iter().any(|handle| same(handle, owner)));
        let current = |member: &&facts::manifest::Member| {
            member.since.is_none_or(|since| since <= ground.now)
                && member.until.is_none_or(|until| ground.now < until)
        };
        let mut names = vec![owner.to_owned()];
        if let Some(team) = team {
            names.push(team.id.clone());
            names.extend(team.handles.iter().cloned());
            names.extend(team.members.iter().filter(current).map(|member| member.person.clone()));
        }
        names
    };
    owners
        .iter()
        .flat_map(|owner| stands_for(owner))
        .any(|name| approved_by.iter().any(|who| same(&name, who)))
}

fn self_granted(exemption: &Exemption, owners: &[String], violation: &Violation) -> Violation {
    let who = if owners.is_empty() {
        "the owner of the rule (nobody is declared)".to_owned()
    } else {
        owners.join(" or ")
    };
    let what = format!(
        "this change adds the exemption of `{}` from {} that it needs itself",
        exemption.from, exemption.rule
    );
    Violation {
        rule: &SELF_GRANTED,
        contract: None,
        level: Level::Error,
        from: format!("{}: {}", exemption.rule, exemption.from),
        to: exemption.to.clone(),
        further_sites: 0,
        sites: vec![rules::Site {
            path: exemption.place.file.clone(),
            line: exemption.place.line,
            specifier: String::new(),
        }],
        what,
        way_out: format!("{who} must approve: --approved-by NAME, or merge the exemption first"),
        other_side: None,
        chain: Vec::new(),
        ..violation.clone()
    }
}

/// Recorded debt of modules that may have none.
fn strict(ground: &Ground<'_>, outcomes: &[Outcome], debt: &Debt, further: &mut Vec<Violation>) {
    for one in outcomes.iter().filter(|one| matches!(one.state, State::Recorded | State::Moved(_))) {
        let Some(module) = ground.charged(&one.violation) else { continue };
        let module = &ground.manifest.modules[module as usize];
        if !module.strict {
            continue;
        }
        let key = match &one.state {
            State::Moved(key) => key.clone(),
            _ => Key::of(&one.violation),
        };
        let Some(entry) = debt.entries.get(&key) else { continue };
        further.push(Violation {
            rule: &STRICT,
            contract: None,
            level: Level::Error,
            sites: vec![place_of(entry)],
            further_sites: 0,
            what: format!("`{}` is strict and may have no recorded debt: {}", module.id, one.violation.what),
            ..one.violation.clone()
        });
    }
}

fn place_of(entry: &Entry) -> rules::Site {
    rules::Site { path: entry.file.clone(), line: entry.line, specifier: String::new() }
}

/// A violation about an entry itself.
fn about(
    ground: &Ground<'_>,
    rule: &'static Rule,
    entry: &Entry,
    what: String,
    way_out: String,
) -> Violation {
    let key = &entry.key;
    let module = |path: &str| {
        let file = ground.standing.find(path.as_bytes());
        file.and_then(|file| ground.standing.module(file))
    };
    Violation {
        rule,
        contract: None,
        level: Level::Error,
        from: format!("{} {}", key.rule, key.from),
        to: key.to.clone(),
        from_module: module(&key.from),
        to_module: module(&key.to),
        sites: vec![place_of(entry)],
        further_sites: 0,
        what,
        other_side: None,
        because: None,
        way_out,
        chain: Vec::new(),
    }
}

fn told(key: &Key) -> String {
    if key.to.is_empty() { key.from.clone() } else { format!("{} -> {}", key.from, key.to) }
}

fn stale_entry(ground: &Ground<'_>, entry: &Entry) -> Violation {
    let what = format!("recorded debt no longer holds: {} ({})", told(&entry.key), entry.key.rule);
    about(ground, &STALE, entry, what, "unsnarl check --accept takes it out".to_owned())
}

/// Records a change added, and those it took out, without those that only moved.
fn changed_records<'d>(
    ground: &Ground<'_>,
    debt: &'d Debt,
    before: &'d Before,
) -> (Vec<&'d Entry>, Vec<&'d Entry>) {
    let added: Vec<&Entry> = debt
        .entries
        .values()
        .filter(|entry| !before.debt.holds(&entry.key) && !before.debt.holds(&key_before(before, &entry.key)))
        .collect();
    let kept: BTreeSet<Key> = debt.entries.keys().map(|key| key_before(before, key)).collect();
    let taken_out: Vec<&Entry> = before
        .debt
        .entries
        .values()
        .filter(|entry| !debt.holds(&entry.key) && !kept.contains(&entry.key))
        .collect();
    let names = Names {
        gone: &|name| is_gone(ground, name),
        new: &|name| before.is_new(ground, name),
        renamed: &before.renamed,
    };
    let pairs = moved::pair_up(
        taken_out.iter().map(|entry| &entry.key),
        added.iter().map(|entry| &entry.key),
        &names,
    );
    let old: BTreeSet<&Key> = pairs.values().collect();
    (
        added.into_iter().filter(|entry| !pairs.contains_key(&entry.key)).collect(),
        taken_out.into_iter().filter(|entry| !old.contains(&entry.key)).collect(),
    )
}

/// A record that a change took out although it is still so.
fn hidden_entry(
    ground: &Ground<'_>,
    outcomes: &[Outcome],
    entry: &Entry,
    approved_by: &[String],
) -> Option<Violation> {
    let still = outcomes
        .iter()
        .find(|one| one.state == State::Before && Key::of(&one.violation) == entry.key)
        .map(|one| &one.violation)?;
    if approved(ground, &owners_of_debt(ground, Some(still), &entry.key), approved_by) {
        return None;
    }
    let what = format!("this change takes out a record that is still so: {}", told(&entry.key));
    let way_out = format!("put the line back into {}, or mend what it records", entry.file);
    let about = about(ground, &GROWN, entry, what, way_out);
    Some(Violation { sites: still.sites.clone(), ..about })
}

/// Who may approve that a record grows: the owner of the module it is charged to, by the manifest or by the ownership
/// files; else whoever owns the manifest.
fn owners_of_debt(ground: &Ground<'_>, violation: Option<&Violation>, key: &Key) -> Vec<String> {
    let module = violation.and_then(|one| ground.charged(one));
    if let Some((owner, _)) = module.and_then(|module| ground.manifest.modules[module as usize].owner.clone())
    {
        return vec![owner];
    }
    let manifest = ground.manifest.files.first().map_or("", String::as_str);
    let owned = (ground.owner)(key.from.as_bytes()).or_else(|| (ground.owner)(manifest.as_bytes()));
    owned.map(|owned| owned.owners).unwrap_or_default()
}

/// Growth, unless the owner of the module it is charged to approved.
fn grown_entry(
    ground: &Ground<'_>,
    outcomes: &[Outcome],
    entry: &Entry,
    approved_by: &[String],
) -> Option<Violation> {
    let violation = outcomes.iter().map(|one| &one.violation).find(|one| Key::of(one) == entry.key);
    let owners = owners_of_debt(ground, violation, &entry.key);
    if approved(ground, &owners, approved_by) {
        return None;
    }
    let what = match violation {
        // Many records of one pair of modules break it in the same words.
        Some(violation) => {
            format!("this change records new debt, {}: {}", told(&entry.key), violation.what)
        }
        None => format!("this change records debt that is not there: {}", told(&entry.key)),
    };
    let who =
        if owners.is_empty() { String::new() } else { format!("; --approved-by {}", owners.join(" or ")) };
    let way_out = format!("mend it, or write an [[exemption]] with reason, owner and end{who}");
    let about = about(ground, &GROWN, entry, what, way_out);
    let mut sites = about.sites.clone();
    sites.extend(violation.iter().flat_map(|violation| violation.sites.iter().cloned()));
    let further_sites = violation.map_or(0, |violation| violation.further_sites);
    Some(Violation {
        sites,
        further_sites,
        other_side: violation.and_then(|one| one.other_side.clone()),
        ..about
    })
}

fn coverage(ground: &Ground<'_>) -> Coverage {
    let standing = ground.standing;
    let read = &standing.dependencies;
    let mut languages: BTreeMap<&str, LanguageRead> = BTreeMap::new();
    for one in &read.languages {
        let entry = languages.entry(one.language).or_default();
        entry.language = one.language.to_owned();
        entry.files += one.files;
        entry.not_whole += one.broken + one.skipped.len() as u64;
    }
    for edge in &read.edges {
        let Some(entry) = languages.get_mut(edge.language) else { continue };
        match edge.to {
            Target::File(_) => entry.resolved += 1,
            Target::External(_) => entry.external += 1,
            Target::Unresolved(_) => entry.unresolved += 1,
        }
    }
    Coverage {
        modules: ground.manifest.modules.len() as u64,
        files: standing.paths.len() as u64,
        files_in_modules: standing.module_of.iter().flatten().count() as u64,
        read: read.files.len() as u64,
        dependencies: ground.dependencies(),
        languages: languages.into_values().collect(),
    }
}
