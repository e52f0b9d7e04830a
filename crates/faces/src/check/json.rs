//! A check for other programs: `unsnarl.check/1`.
//!
//! Fields are only ever added within a version. The schema is generated from these types and committed as
//! `docs/check.schema.json`; a test holds it fresh.

use facts::{manifest::Exemption, time};
use schemars::JsonSchema;
use serde::Serialize;
use verdicts::{
    check::{self, Outcome, State},
    debt::Key,
    rules::RuleUse,
    tally::Tally,
};

use super::{Checked, Scope, place};
use crate::document::written;

/// The version of the contract.
pub const SCHEMA: &str = "unsnarl.check/1";

/// The check as pretty-printed JSON with a final newline.
pub fn render(checked: &Checked<'_>) -> String {
    written(&document(checked))
}

/// Places shown of one outcome to whoever mends it: the next check shows the next.
const FEW_SITES: usize = 3;

/// The document for one who acts on it: of the outcomes those that are new, at most so many, each with few of its places;
/// what is recorded, exempt or was there before stands in `totals`. With how many were left out, which it says in
/// `truncated`.
pub fn actionable(checked: &Checked<'_>, most: usize) -> (serde_json::Value, u64) {
    let mut document = document(checked);
    document.outcomes.retain(|one| one.state == state(&State::New));
    let truncated = document.outcomes.len().saturating_sub(most) as u64;
    document.outcomes.truncate(most);
    document.outcomes.iter_mut().for_each(|one| one.sites.truncate(FEW_SITES));
    let mut value = serde_json::to_value(document).expect("the document holds only strings and numbers");
    value["truncated"] = truncated.into();
    (value, truncated)
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

/// What one check says.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl check")]
struct Document {
    /// Always `unsnarl.check/1`.
    schema: &'static str,
    /// The version of unsnarl that wrote it.
    version: &'static str,
    /// The repository's directory name.
    repository: String,
    /// Whether nothing fails: exit code 0.
    holds: bool,
    totals: Totals,
    scope: ScopeRead,
    coverage: Coverage,
    /// Every rule that was held, with each contract that asks for it.
    rules: Vec<Rule>,
    /// Every violation: what fails first, then warnings, then what is excused; by rule and path.
    outcomes: Vec<OutcomeRead>,
    debt: Debt,
    /// Every exemption of the manifest, in the order written.
    exemptions: Vec<ExemptionRead>,
    /// Rules that are not held, by the manifest's allow.
    allowed: Vec<String>,
    /// What was left out, and why.
    notes: Vec<String>,
}

/// Violations by what became of them; they add up to all there are.
#[derive(Serialize, JsonSchema)]
struct Totals {
    /// What fails the check.
    violations: u64,
    /// What is told and fails nothing.
    warnings: u64,
    /// What is recorded as debt, where it stands.
    recorded: u64,
    /// What is recorded as debt under another path.
    moved: u64,
    /// What an exemption excuses.
    exempt: u64,
    /// What was there before the change.
    before: u64,
}

/// What was looked at.
#[derive(Serialize, JsonSchema)]
struct ScopeRead {
    /// `tree` (all of it), `change` (what is new since a base) or `file` (one file, as an editor holds it).
    kind: &'static str,
    /// The base as it was asked for, of a change.
    base: Option<String>,
    /// The commit compared with, shortened, of a change.
    commit: Option<String>,
    /// Files that differ, of a change.
    files: Option<u64>,
    /// The file, of one file alone.
    path: Option<String>,
}

/// How much was looked at.
#[derive(Serialize, JsonSchema)]
struct Coverage {
    /// Modules declared.
    modules: u64,
    /// Files in the tree.
    files: u64,
    /// Files in a module.
    files_in_modules: u64,
    /// Files whose names were read.
    read: u64,
    /// Pairs of files of which one names the other, as far as they count.
    dependencies: u64,
    languages: Vec<Language>,
}

#[derive(Serialize, JsonSchema)]
struct Language {
    language: String,
    files: u64,
    /// Files that were not read, or have mistakes in them.
    not_whole: u64,
    /// Names that lead to a file.
    resolved: u64,
    /// Names that lead outside.
    external: u64,
    /// Names whose end cannot be told.
    unresolved: u64,
}

#[derive(Serialize, JsonSchema)]
struct Rule {
    /// `U101`; `unsnarl explain U101` tells what it is for.
    code: &'static str,
    name: &'static str,
    /// The `[[rule]]` or `[[change_rule]]` of the manifest that asks for it.
    contract: Option<String>,
    /// What it looked at, in words.
    matched: String,
    /// How many things it looked at.
    count: u64,
    totals: Totals,
}

#[derive(Serialize, JsonSchema)]
struct OutcomeRead {
    /// Made of rule, from and to, and never of a line: the same in every run, and of no other outcome.
    fingerprint: String,
    code: &'static str,
    rule: &'static str,
    /// The `[[rule]]` or `[[change_rule]]` of the manifest that asks for it.
    contract: Option<String>,
    /// `error` or `warning`.
    severity: &'static str,
    /// `new`, `recorded`, `moved`, `exempt` or `before`.
    state: &'static str,
    /// Whether it fails the check: an error that is new.
    fails: bool,
    /// What it starts from: a file, or a module.
    from: String,
    /// Where it leads: a file, a module, a package outside; null where it leads nowhere.
    to: Option<String>,
    from_module: Option<String>,
    to_module: Option<String>,
    /// The module it is the debt of.
    charged_to: Option<String>,
    /// Where it shows, the first place first: at most twenty of a pair of files, and of a step of a circle one of each
    /// pair of files it rests on, at most a hundred.
    sites: Vec<Site>,
    /// How many places there are, those that `sites` leaves out among them.
    sites_in_all: u64,
    /// What crosses which boundary, in one sentence.
    message: String,
    /// Who owns the other side.
    owner: Option<Owner>,
    /// The decision or reason behind the rule.
    because: Option<String>,
    /// The smallest way out.
    way_out: String,
    /// The way it takes, file by file or module by module, where it goes through others.
    chain: Vec<String>,
    /// By what it is recorded, of one that moved.
    recorded_as: Option<Recorded>,
    /// The exemption that excuses it, a place in `exemptions` from 0.
    exemption: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
struct Site {
    path: String,
    /// From 1; null for the file as a whole.
    line: Option<u32>,
    /// Where the name that is meant begins, in characters from 1; null where it does not stand in that line.
    column: Option<u64>,
    /// The column behind its end.
    end_column: Option<u64>,
    /// What is written there.
    specifier: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Owner {
    /// As written, alternatives of each other.
    owners: Vec<String>,
    /// The ownership file or manifest that says so.
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct Recorded {
    /// The `[[rule]]`'s id, or the built-in rule's code.
    rule: String,
    from: String,
    to: String,
}

/// Debt by numbers.
#[derive(Serialize, JsonSchema)]
struct Debt {
    /// Entries that are recorded.
    recorded: u64,
    /// Entries that still hold, those that moved among them.
    held: u64,
    /// Entries whose file lies elsewhere now.
    moved: u64,
    /// Entries that no longer hold.
    stale: u64,
    /// Entries recorded before the change; null without a base.
    before: Option<u64>,
    /// Entries the change added, those that moved apart; null without a base.
    added: Option<u64>,
    /// Entries the change took out; null without a base.
    taken_out: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
struct ExemptionRead {
    rule: String,
    from: String,
    to: String,
    reason: String,
    owner: String,
    /// The last day it applies, `YYYY-MM-DD`.
    expires: String,
    file: String,
    line: u32,
    /// How many violations it excuses; null where it does not apply: it has expired, or the change that needs it adds
    /// it.
    excuses: Option<u64>,
}

fn document(checked: &Checked<'_>) -> Document {
    let check = checked.check;
    let fingerprints = check.fingerprints();
    let outcomes = check.outcomes.iter().zip(fingerprints);
    let exemptions = checked.manifest.exemptions.iter().zip(&check.exemptions);
    let delta = &check.delta;
    Document {
        schema: SCHEMA,
        version: checked.version,
        repository: checked.repository.to_owned(),
        holds: check.holds(),
        totals: totals(check.tally()),
        scope: scope(&checked.scope),
        coverage: coverage(&check.coverage),
        rules: check.uses.iter().map(|used| rule(checked, used)).collect(),
        outcomes: outcomes.map(|(one, fingerprint)| outcome(checked, one, fingerprint)).collect(),
        debt: Debt {
            recorded: delta.recorded,
            held: delta.held,
            moved: delta.moved,
            stale: delta.stale,
            before: delta.before,
            added: delta.change.map(|(added, _)| added),
            taken_out: delta.change.map(|(_, taken_out)| taken_out),
        },
        exemptions: exemptions.map(|(one, excuses)| exemption(one, *excuses)).collect(),
        allowed: check.allowed.clone(),
        notes: checked.notes.to_vec(),
    }
}

fn totals(tally: Tally) -> Totals {
    Totals {
        violations: tally.violations,
        warnings: tally.warnings,
        recorded: tally.recorded,
        moved: tally.moved,
        exempt: tally.exempt,
        before: tally.before,
    }
}

fn scope(scope: &Scope) -> ScopeRead {
    let of = |kind| ScopeRead { kind, base: None, commit: None, files: None, path: None };
    match scope {
        Scope::Tree => of("tree"),
        Scope::Change { base, commit, files } => ScopeRead {
            base: Some(base.clone()),
            commit: Some(commit.clone()),
            files: Some(*files),
            ..of("change")
        },
        Scope::File(path) => ScopeRead { path: Some(path.clone()), ..of("file") },
    }
}

fn coverage(coverage: &check::Coverage) -> Coverage {
    let languages = coverage.languages.iter().map(|one| Language {
        language: one.language.clone(),
        files: one.files,
        not_whole: one.not_whole,
        resolved: one.resolved,
        external: one.external,
        unresolved: one.unresolved,
    });
    Coverage {
        modules: coverage.modules,
        files: coverage.files,
        files_in_modules: coverage.files_in_modules,
        read: coverage.read,
        dependencies: coverage.dependencies,
        languages: languages.collect(),
    }
}

fn rule(checked: &Checked<'_>, used: &RuleUse) -> Rule {
    Rule {
        code: used.rule.code,
        name: used.rule.name,
        contract: used.contract.clone(),
        matched: used.matched.clone(),
        count: used.count,
        totals: totals(checked.check.tally_of(used)),
    }
}

fn outcome(checked: &Checked<'_>, one: &Outcome, fingerprint: String) -> OutcomeRead {
    let violation = &one.violation;
    let module = |at: Option<u32>| at.map(|module| checked.manifest.modules[module as usize].id.clone());
    let recorded_as = match &one.state {
        State::Moved(Key { rule, from, to }) => {
            Some(Recorded { rule: rule.clone(), from: from.clone(), to: to.clone() })
        }
        _ => None,
    };
    let exemption = match one.state {
        State::Exempt(at) => Some(at as u64),
        _ => None,
    };
    OutcomeRead {
        fingerprint,
        code: violation.rule.code,
        rule: violation.rule.name,
        contract: violation.contract.clone(),
        severity: violation.level.name(),
        state: state(&one.state),
        fails: one.fails(),
        from: violation.from.clone(),
        to: filled(&violation.to),
        from_module: module(violation.from_module),
        to_module: module(violation.to_module),
        charged_to: module(violation.charged_to(checked.manifest.check.charge)),
        sites: sites(checked, one),
        sites_in_all: violation.sites.len() as u64 + violation.further_sites,
        message: violation.what.clone(),
        owner: violation.other_side.as_ref().map(|owned| Owner {
            owners: owned.owners.clone(),
            file: filled(&owned.by.0),
            line: Some(owned.by.1).filter(|line| *line > 0),
        }),
        because: violation.because.clone(),
        way_out: violation.way_out.clone(),
        chain: violation.chain.clone(),
        recorded_as,
        exemption,
    }
}

fn sites(checked: &Checked<'_>, one: &Outcome) -> Vec<Site> {
    let places = place::places(checked, &one.violation);
    let both = places.into_iter().zip(&one.violation.sites);
    both.map(|(place, site)| Site {
        path: place.path,
        line: Some(place.line).filter(|line| *line > 0),
        column: place.columns.map(|columns| columns.characters.0 as u64),
        end_column: place.columns.map(|columns| columns.characters.1 as u64),
        specifier: filled(&site.specifier),
    })
    .collect()
}

fn exemption(one: &Exemption, excuses: Option<u64>) -> ExemptionRead {
    ExemptionRead {
        rule: one.rule.clone(),
        from: one.from.clone(),
        to: one.to.clone(),
        reason: one.reason.clone(),
        owner: one.owner.clone(),
        expires: time::date(one.expires - 1),
        file: one.place.file.clone(),
        line: one.place.line,
        excuses,
    }
}

fn state(state: &State) -> &'static str {
    match state {
        State::New => "new",
        State::Recorded => "recorded",
        State::Moved(_) => "moved",
        State::Exempt(_) => "exempt",
        State::Before => "before",
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
