//! The contract other programs rely on: `unsnarl.report/1`.
//!
//! Fields are only ever added within a version. The schema is generated from these types and committed as
//! `docs/report.schema.json`; a test holds it fresh. No e-mail address is ever in it.

use facts::{ChangeId, time};
use measures::{Estimate, Evidence, Measurement, Part, Subject, UnitOfValue, drift::Series};
use schemars::JsonSchema;
use serde::Serialize;

use verdicts::{drift::Said, moving::moving};

use crate::{
    Report,
    document::written,
    drift::{self, SeriesDocument},
    impact::HitRate,
    ledger,
    moving::judged,
    names,
    redesign::DoFirst,
};

/// The version of the contract.
pub const SCHEMA: &str = "unsnarl.report/1";

/// The report as pretty-printed JSON with a final newline.
pub fn render(report: &Report<'_>) -> String {
    written(&document(report))
}

/// The report as a value, for documents that hold it among other things.
pub(crate) fn value_of(report: &Report<'_>) -> serde_json::Value {
    serde_json::to_value(document(report)).expect("documents hold only what JSON can say")
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

/// One repository's report.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl report")]
struct Document {
    /// Always `unsnarl.report/1`.
    schema: &'static str,
    /// The version of unsnarl that wrote it.
    version: String,
    /// The repository's directory name.
    repository: String,
    range: Range,
    /// `change`, `commit` or `ticket`.
    unit: &'static str,
    /// Whether the unit was picked from the repository's shape.
    unit_picked: bool,
    /// Why this unit.
    unit_why: String,
    counts: Counts,
    structure: Structure,
    moving: MovingDocument,
    /// What one more team multiplies lead time by at equal size, kind and quarter; null where there is none to tell.
    price: Option<PriceDocument>,
    /// Why there is no price.
    price_note: Option<String>,
    /// How often `unsnarl impact` would have been right here; null where there was too little to learn from.
    hit_rate: Option<HitRate>,
    /// What to do first: three moves at most; null where none were looked for.
    do_first: Option<DoFirst>,
    /// The series of the system, as `unsnarl drift` tells them, without forecasts.
    drift: Vec<SeriesDocument>,
    /// By name: independence, locality, coordination, approvals, handoffs, rework, process_load, coupling, boundaries,
    /// fan_out, interface_breadth, propagation_cost, cycles, ownership_clarity, knowledge, concentration.
    measures: std::collections::BTreeMap<&'static str, Measure>,
    /// Independence through the other ownership layer, when ownership is both declared and inferred.
    independence_beside: Option<Measure>,
    couplings: Vec<Coupling>,
    /// Every two modules with a dependency or a coupling; those that are not here are independent.
    boundaries: Vec<Boundary>,
    /// Files that depend on each other in a circle, those over more modules first; at most fifty.
    cycles: Vec<Cycle>,
    findings: Vec<Finding>,
    ledger: Vec<Line>,
}

/// Is it still moving?
#[derive(Serialize, JsonSchema)]
struct MovingDocument {
    /// `harder`, `easier`, `mixed`, `as before` or `unknown`.
    word: &'static str,
    /// Compared with when, `YYYY-MM-DD`: five years before the last change, or the beginning of a shorter history.
    since: Option<String>,
    /// The series that say so, those that say most first.
    because: Vec<&'static str>,
    /// The series since then; null where `drift` holds the same.
    series: Option<Vec<SeriesDocument>>,
}

/// What one more team costs.
#[derive(Serialize, JsonSchema)]
struct PriceDocument {
    /// What lead time is multiplied by.
    factor: f64,
    /// 95 %.
    interval: [f64; 2],
    /// Changes of five years it rests on.
    n: u64,
    /// Those of them that needed more than one team.
    n_of_more_teams: u64,
    /// Days of lead time the changes of the last year would not have taken with one team each, by the price.
    days_a_year: f64,
}

/// What part of history it covers.
#[derive(Serialize, JsonSchema)]
struct Range {
    /// Date of the first change that counts, `YYYY-MM-DD`.
    since: Option<String>,
    /// Date of the last change that counts.
    until: Option<String>,
    /// The commit it ends at, in full.
    head: Option<String>,
}

/// How much there is of everything.
#[derive(Serialize, JsonSchema)]
struct Counts {
    changes: u64,
    /// Changes that the measures count.
    counted_changes: u64,
    touches: u64,
    /// Files ever seen, through their renames.
    files: u64,
    /// Files that live at the head.
    living_files: u64,
    /// Humans; bots and agents stand beside.
    people: u64,
    bots: u64,
    agents: u64,
    modules: u64,
    /// Teams of the ownership the measures rest on.
    teams: u64,
}

/// The structure laid over the history.
#[derive(Serialize, JsonSchema)]
struct Structure {
    modules: Vec<Module>,
    teams: Vec<Team>,
    /// `declared`, `inferred` or `none`: what independence and coordination rest on.
    ownership: &'static str,
    /// Why declared ownership is not what they rest on; null when it is, or when there is none.
    declared_cannot_tell: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Module {
    name: String,
    /// `declared` or `inferred`.
    source: &'static str,
    /// What it was read from.
    from: String,
}

#[derive(Serialize, JsonSchema)]
struct Team {
    name: String,
    /// `team`, `person` (a single owner) or `group` (inferred).
    kind: &'static str,
    source: &'static str,
    from: String,
    /// How many members are known.
    members: u64,
}

/// What a measure says.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Measure {
    /// Null when undefined; `notes` say why.
    value: Option<f64>,
    /// `share`, `teams`, `approvals`, `modules` or `count`.
    unit: &'static str,
    /// Low and high; 95 % unless the measure's page says otherwise.
    interval: Option<[f64; 2]>,
    /// The numerator.
    count: f64,
    /// The denominator.
    of: u64,
    /// `declared`, `inferred` or `none`.
    basis: &'static str,
    /// Over the last 365 days of the range.
    recent: Option<Value>,
    series: Vec<Point>,
    parts: Vec<PartOfMeasure>,
    /// Further numbers by name.
    quantities: std::collections::BTreeMap<&'static str, Option<f64>>,
    /// What a reader must know in order not to be misled.
    notes: Vec<String>,
}

/// A value and the raw numbers behind it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Value {
    value: Option<f64>,
    interval: Option<[f64; 2]>,
    count: f64,
    of: u64,
}

#[derive(Serialize, JsonSchema)]
struct Point {
    /// `2024` or `2024-Q3`.
    period: String,
    /// First day.
    start: String,
    /// First day after.
    end: String,
    /// Whether history covers it only in part.
    partial: bool,
    #[serde(flatten)]
    value: Value,
}

#[derive(Serialize, JsonSchema)]
struct PartOfMeasure {
    /// `module`, `team`, `team-pair`, `module-pair`, `file` or `system`.
    kind: &'static str,
    /// One name, or two for a pair.
    names: Vec<String>,
    #[serde(flatten)]
    value: Value,
    /// Its share of the whole, for parts that add up.
    share: Option<f64>,
    /// A word for its state, where the measure has states.
    state: Option<&'static str>,
    quantities: std::collections::BTreeMap<&'static str, Option<f64>>,
}

/// Two modules that change together more than chance explains.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Coupling {
    /// For `unsnarl explain`.
    id: String,
    a: String,
    b: String,
    /// Always `module`.
    level: &'static str,
    /// Changes that touch both.
    shared: u64,
    a_changes: u64,
    b_changes: u64,
    /// Changes in all.
    n: u64,
    /// Shared changes expected by chance.
    expected: f64,
    /// `shared - expected`.
    excess: f64,
    /// `shared / expected`.
    lift: Option<f64>,
    lift_interval: Option<[f64; 2]>,
    p: f64,
    /// Benjamini–Hochberg.
    q: f64,
    /// `hidden`, `leaky`, `mechanical` or `unknown`.
    kind: &'static str,
    /// 2·shared / (a + b).
    dice: f64,
    /// shared / (a + b − shared).
    jaccard: f64,
    b_given_a: f64,
    a_given_b: f64,
    /// Windows in which they met more often than expected.
    windows: u32,
    windows_of: u32,
    /// Shared changes of the last 365 days.
    recent_shared: u64,
    /// How often files of `a` name files of `b`, in tests and types too; 0 where no code was read.
    a_names_b: u64,
    b_names_a: u64,
    /// Shared changes that touch two files of which one names the other.
    explained: u64,
    /// What is likely behind a hidden constraint, the likeliest first.
    causes: Vec<Cause>,
    file_pairs: Vec<FilePair>,
    evidence: Vec<Change>,
}

/// A likely cause, with the file pair that shows it best.
#[derive(Serialize, JsonSchema)]
struct Cause {
    /// `copy`, `schema`, `configuration`, `test`, `shared-text`, `twin` or `documentation`.
    kind: &'static str,
    /// Meetings of the file pairs with this cause.
    meetings: u64,
    files: [String; 2],
    /// Words both files hold, which few others do.
    words: Vec<String>,
    /// Lines both files hold; null where they were not read.
    lines_alike: Option<u64>,
    /// Lines of the smaller file that say anything.
    lines_of_smaller: Option<u64>,
}

/// What two modules are to each other.
#[derive(Serialize, JsonSchema)]
struct Boundary {
    a: String,
    b: String,
    /// `hidden`, `leaky`, `stable`, `mechanical` or `unknown`.
    kind: &'static str,
    a_names_b: Names,
    b_names_a: Names,
}

/// How often the files of one module name files of another.
#[derive(Serialize, JsonSchema)]
struct Names {
    /// In files that are no tests.
    code: u64,
    tests: u64,
}

#[derive(Serialize, JsonSchema)]
struct Cycle {
    /// How many files reach each other.
    files: u64,
    modules: Vec<String>,
    /// A shortest way round, each file naming the next and the last the first.
    way_round: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct FilePair {
    a: String,
    b: String,
    shared: u32,
}

#[derive(Serialize, JsonSchema)]
struct Finding {
    /// Stable across runs.
    id: String,
    /// boundary, coupling, ownership, absent, contested, unowned or knowledge.
    kind: &'static str,
    /// `high`, `medium` or `low`.
    severity: &'static str,
    /// The names it is about.
    subject: Vec<String>,
    title: String,
    advice: String,
    quantities: std::collections::BTreeMap<&'static str, Option<f64>>,
    evidence: EvidenceOfFinding,
}

#[derive(Serialize, JsonSchema)]
struct EvidenceOfFinding {
    /// How many changes stand behind it.
    changes_in_all: u64,
    /// At most ten of them, the latest first.
    changes: Vec<Change>,
    files: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Change {
    commit: String,
    date: String,
    /// Untrusted text from the history.
    subject: String,
}

#[derive(Serialize, JsonSchema)]
struct Line {
    /// A stable name, as `bulk-changes`.
    what: &'static str,
    count: u64,
    why: String,
}

fn document(report: &Report<'_>) -> Document {
    let Report { facts, structure, lens, picture, .. } = report;
    let people = |kind| facts.people.kind.iter().filter(|one| **one == kind).count() as u64;
    let mut owners: Vec<_> = lens.ownership.sets.iter().flatten().collect();
    owners.sort_unstable();
    owners.dedup();
    Document {
        schema: SCHEMA,
        version: report.version.to_owned(),
        repository: facts.repository.name.clone(),
        range: Range {
            since: lens.span.map(|(since, _)| time::date(since)),
            until: lens.span.map(|(_, until)| time::date(until)),
            head: facts.repository.head.map(|head| head.to_string()),
        },
        unit: facts.unit.unit.name(),
        unit_picked: facts.unit.picked,
        unit_why: facts.unit.why.clone(),
        counts: Counts {
            changes: facts.changes.len() as u64,
            counted_changes: lens.counted.len() as u64,
            touches: facts.touches.len() as u64,
            files: facts.files.len() as u64,
            living_files: facts.files.ids().filter(|file| facts.files.alive(*file)).count() as u64,
            people: people(facts::PersonKind::Human),
            bots: people(facts::PersonKind::Bot),
            agents: people(facts::PersonKind::Agent),
            modules: structure.modules.len() as u64,
            teams: owners.len() as u64,
        },
        structure: Structure {
            modules: structure
                .modules
                .iter()
                .map(|module| Module {
                    name: module.name.clone(),
                    source: module.source.basis.name(),
                    from: module.source.from.clone(),
                })
                .collect(),
            teams: structure.team_ids().map(|id| team(report, id)).collect(),
            ownership: lens.ownership.basis.name(),
            declared_cannot_tell: structure.declared_cannot_tell.clone(),
        },
        moving: moving_document(report),
        price: picture.price.as_ref().ok().map(|price| PriceDocument {
            factor: price.factor,
            interval: [price.interval.0, price.interval.1],
            n: price.changes,
            n_of_more_teams: price.together,
            // Of no costs the sum is a negative zero.
            days_a_year: picture.costs.iter().map(|cost| cost.days).fold(0.0, |sum, days| sum + days),
        }),
        price_note: picture.price.as_ref().err().cloned(),
        hit_rate: report.hits.map(HitRate::of),
        do_first: report.do_first.as_ref().map(DoFirst::of),
        drift: documents(lens, &picture.drift, report.said),
        measures: picture.measurements().into_iter().map(|one| (one.name, measure(report, one))).collect(),
        independence_beside: picture.independence_beside.as_ref().map(|one| measure(report, one)),
        couplings: picture.couplings.iter().map(|one| coupling(report, one, "module")).collect(),
        boundaries: picture.boundary_list.iter().map(|one| boundary(report, one)).collect(),
        cycles: picture.cycle_list.iter().take(50).map(|one| cycle(report, one)).collect(),
        findings: report.findings.iter().map(|one| finding(report, one)).collect(),
        ledger: ledger::lines(report)
            .into_iter()
            .map(|line| Line { what: line.what.name(), count: line.count, why: line.why.clone() })
            .collect(),
    }
}

fn moving_document(report: &Report<'_>) -> MovingDocument {
    let (series, said) = judged(report);
    let (moving, because) = moving(series, said);
    let lately = report.picture.lately.as_ref();
    let since = lately.map(|(since, _)| *since).or(report.lens.span.map(|(since, _)| since));
    MovingDocument {
        word: moving.name(),
        since: since.map(time::date),
        because: because.into_iter().map(|at| series[at].measure).collect(),
        series: lately.map(|_| documents(report.lens, series, said)),
    }
}

fn documents(lens: &facts::Lens<'_>, series: &[Series], said: &[Said]) -> Vec<SeriesDocument> {
    series.iter().zip(said).map(|(series, said)| drift::document(Some(lens), series, said, None)).collect()
}

fn team(report: &Report<'_>, id: facts::TeamId) -> Team {
    let team = &report.structure.teams[id.index()];
    Team {
        name: team.name.clone(),
        kind: match team.kind {
            facts::structure::TeamKind::Team => "team",
            facts::structure::TeamKind::Person => "person",
            facts::structure::TeamKind::Group => "group",
        },
        source: team.source.basis.name(),
        from: team.source.from.clone(),
        members: report.structure.memberships.iter().filter(|one| one.team == id).count() as u64,
    }
}

/// An estimate as documents hold it.
pub(crate) fn value(estimate: &Estimate) -> Value {
    Value {
        value: estimate.value,
        interval: estimate.interval.map(pair),
        count: estimate.count,
        of: estimate.of,
    }
}

fn pair((low, high): (f64, f64)) -> [f64; 2] {
    [low, high]
}

/// What a measure says, as it stands in the report.
pub(crate) fn measure(report: &Report<'_>, one: &Measurement) -> Measure {
    Measure {
        value: one.whole.value,
        unit: unit(one.unit),
        interval: one.whole.interval.map(pair),
        count: one.whole.count,
        of: one.whole.of,
        basis: one.basis.name(),
        recent: one.recent.as_ref().map(value),
        series: one
            .series
            .iter()
            .map(|point| Point {
                period: point.period.label.clone(),
                start: time::date(point.period.start),
                end: time::date(point.period.end),
                partial: point.partial,
                value: value(&point.estimate),
            })
            .collect(),
        parts: one.parts.iter().map(|one| part(report, one)).collect(),
        quantities: one.quantities.iter().map(|one| (one.name, one.value)).collect(),
        notes: one.notes.clone(),
    }
}

fn unit(unit: UnitOfValue) -> &'static str {
    unit.name()
}

fn part(report: &Report<'_>, one: &Part) -> PartOfMeasure {
    PartOfMeasure {
        kind: match one.subject {
            Subject::System => "system",
            Subject::Module(_) => "module",
            Subject::Team(_) => "team",
            Subject::TeamPair(..) => "team-pair",
            Subject::ModulePair(..) => "module-pair",
            Subject::File(_) => "file",
        },
        names: subject_names(report, &one.subject),
        value: value(&one.estimate),
        share: one.share,
        state: one.state,
        // Ids are rows of tables and mean nothing outside.
        quantities: one
            .quantities
            .iter()
            .filter(|one| one.name != "lead_team")
            .map(|one| (one.name, one.value))
            .collect(),
    }
}

fn subject_names(report: &Report<'_>, subject: &Subject) -> Vec<String> {
    let module = |id: &facts::ModuleId| report.structure.modules[id.index()].name.clone();
    let team = |id: &facts::TeamId| report.structure.teams[id.index()].name.clone();
    match subject {
        Subject::System => Vec::new(),
        Subject::Module(id) => vec![module(id)],
        Subject::Team(id) => vec![team(id)],
        Subject::TeamPair(a, b) => vec![team(a), team(b)],
        Subject::ModulePair(a, b) => vec![module(a), module(b)],
        Subject::File(id) => vec![names::file(report, *id)],
    }
}

/// The id by which `unsnarl explain` knows a coupled pair.
pub(crate) fn coupling_id(report: &Report<'_>, one: &measures::Coupling) -> String {
    let name = |id: facts::ModuleId| report.structure.modules[id.index()].name.as_str();
    verdicts::finding::id(verdicts::FindingKind::CoupledModules, &[name(one.a), name(one.b)])
}

/// A coupled pair of modules, or of what stands in for them at another level.
pub(crate) fn coupling(report: &Report<'_>, one: &measures::Coupling, level: &'static str) -> Coupling {
    let name = |id: facts::ModuleId| report.structure.modules[id.index()].name.clone();
    Coupling {
        id: coupling_id(report, one),
        a: name(one.a),
        b: name(one.b),
        level,
        shared: one.shared,
        a_changes: one.a_changes,
        b_changes: one.b_changes,
        n: one.n,
        expected: one.expected,
        excess: one.excess,
        lift: one.lift.value,
        lift_interval: one.lift.interval.map(pair),
        p: one.p,
        q: one.q,
        kind: one.kind.name(),
        dice: one.dice(),
        jaccard: one.jaccard(),
        b_given_a: one.b_given_a(),
        a_given_b: one.a_given_b(),
        windows: one.windows,
        windows_of: one.windows_of,
        recent_shared: one.recent_shared,
        a_names_b: one.a_names_b.all(),
        b_names_a: one.b_names_a.all(),
        explained: one.explained,
        causes: one.causes.iter().map(|one| cause(report, one)).collect(),
        file_pairs: one
            .file_pairs
            .iter()
            .map(|pair| FilePair {
                a: names::file(report, pair.a),
                b: names::file(report, pair.b),
                shared: pair.shared,
            })
            .collect(),
        evidence: one.changes.iter().map(|&id| change(report, id)).collect(),
    }
}

fn cause(report: &Report<'_>, one: &measures::Cause) -> Cause {
    Cause {
        kind: one.kind.name(),
        meetings: one.meetings,
        files: [names::file(report, one.pair.a), names::file(report, one.pair.b)],
        words: one.words.clone(),
        lines_alike: one.lines.map(|(alike, _)| alike),
        lines_of_smaller: one.lines.map(|(_, of)| of),
    }
}

fn boundary(report: &Report<'_>, one: &measures::Boundary) -> Boundary {
    let name = |id: facts::ModuleId| report.structure.modules[id.index()].name.clone();
    let names = |one: measures::Names| Names { code: one.code, tests: one.tests };
    Boundary {
        a: name(one.a),
        b: name(one.b),
        kind: one.kind.name(),
        a_names_b: names(one.a_names_b),
        b_names_a: names(one.b_names_a),
    }
}

fn cycle(report: &Report<'_>, one: &measures::Cycle) -> Cycle {
    Cycle {
        files: one.files.len() as u64,
        modules: one.modules.iter().map(|&id| report.structure.modules[id.index()].name.clone()).collect(),
        way_round: one.witness.iter().map(|&id| names::file(report, id)).collect(),
    }
}

fn finding(report: &Report<'_>, one: &verdicts::Finding) -> Finding {
    Finding {
        id: one.id.clone(),
        kind: one.kind.name(),
        severity: one.severity.name(),
        subject: subject_names(report, &one.subject),
        title: one.title.clone(),
        advice: one.advice.clone(),
        quantities: one.quantities.iter().map(|one| (one.name, one.value)).collect(),
        evidence: evidence(report, &one.evidence),
    }
}

fn evidence(report: &Report<'_>, one: &Evidence) -> EvidenceOfFinding {
    EvidenceOfFinding {
        changes_in_all: one.changes_in_all,
        changes: one.changes.iter().map(|&id| change(report, id)).collect(),
        files: one.files.iter().map(|&id| names::file(report, id)).collect(),
    }
}

/// A change by its commit, day and subject.
pub(crate) fn change(report: &Report<'_>, id: ChangeId) -> Change {
    let changes = &report.facts.changes;
    Change {
        commit: changes.commit[id.index()].to_string(),
        date: time::date(changes.merged_at[id.index()]),
        subject: changes.title(id.index()).to_owned(),
    }
}
