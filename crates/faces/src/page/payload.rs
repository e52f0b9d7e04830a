//! What the page reads beside the report: what the report says in sentences, what its map is drawn from, and the history it
//! replays. Written for the page of the same version alone; other programs read `report --json`.

use facts::{Basis, ChangeId, Lens, ModuleId, TeamId, moves::Part, time};
use measures::{MEASURES, Subject, drift::Series, extent::Extent};
use outlook::atoms::Atoms;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};
use verdicts::drift::Said;

use super::{Page, columns::Column};
use crate::{
    Report, capacity, impact, json as report_json, moves::MoveRecord, moving, names, plain::plain, redesign,
    series,
};

/// Files that are named; of more, how many.
const MOST_FILES: usize = 6_000;
/// Changes that are named where moves change what they need.
const MOST_SUBJECTS: usize = 1_500;
/// Parts of a measure.
const MOST_PARTS: usize = 2_500;
/// Letters of a subject.
const SUBJECT: usize = 110;

/// The whole document; but for `page.written`, free of what could act on a reader unseen.
pub(super) fn of(page: &Page<'_>) -> Value {
    let mut whole = report_json::value_of(page.report);
    // It is the page's own, and no other program's to rely on.
    whole["schema"] = json!("unsnarl.page");
    whole["page"] = json!({
        "said": said(page.report),
        "method": MEASURES.iter().map(|measure| json!({
            "name": measure.name,
            "question": measure.question,
            "definition": measure.definition,
            "limits": measure.limits,
            "source": measure.source,
        })).collect::<Vec<_>>(),
        "modules": modules(page.report, page.extent),
        "files": files(page.report, page.extent),
        "history": page.atoms.map(|atoms| history(page.report, atoms)),
        "capacity": capacity::value(
            &page.report.facts.repository.name,
            page.capacity,
            page.capacity.months.len()
        ),
    });
    whole["independence_beside"]["parts"] = Value::Null;
    let numbers = Numbers::of(&whole["structure"]);
    if let Some(measures) = whole["measures"].as_object_mut() {
        measures.values_mut().for_each(|measure| measure["parts"] = parts(&measure["parts"], &numbers));
    }
    let written = written(page);
    make_plain(&mut whole);
    whole["page"]["written"] = written;
    whole
}

/// Names that are shown otherwise than they are written, so that a move can name what it moves: where each stands, and the name.
fn written(page: &Page<'_>) -> Value {
    let structure = page.report.structure;
    let other = |names: &mut dyn Iterator<Item = &str>| -> Vec<Value> {
        let other = names.enumerate().filter(|(_, name)| plain(name) != *name);
        other.map(|(at, name)| json!([at, name])).collect()
    };
    let parts = page.atoms.map_or(&[][..], |atoms| &atoms.parts).iter().enumerate();
    let is_other = |part: &Part| match part {
        Part::Module(name) | Part::Directory(name) => plain(name) != *name,
        Part::Files(paths) => paths.iter().any(|path| plain(path) != *path),
    };
    json!({
        "modules": other(&mut structure.modules.iter().map(|one| one.name.as_str())),
        "teams": other(&mut structure.teams.iter().map(|one| one.name.as_str())),
        "parts": parts
            .filter(|(_, part)| is_other(part))
            .map(|(at, part)| json!([at, MoveRecord::of_part(part)]))
            .collect::<Vec<_>>(),
    })
}

/// Where each module and team stands in the structure.
struct Numbers {
    modules: FxHashMap<String, usize>,
    teams: FxHashMap<String, usize>,
}

impl Numbers {
    fn of(structure: &Value) -> Self {
        let all = |what: &str| {
            let named = structure[what].as_array().into_iter().flatten().enumerate();
            named.filter_map(|(at, one)| Some((one["name"].as_str()?.to_owned(), at))).collect()
        };
        Self { modules: all("modules"), teams: all("teams") }
    }

    /// The names of a part; modules and teams by their numbers.
    fn names(&self, part: &Value) -> Value {
        let table = match part["kind"].as_str() {
            Some("module" | "module-pair") => &self.modules,
            Some("team" | "team-pair") => &self.teams,
            _ => return part["names"].clone(),
        };
        let names = part["names"].as_array().into_iter().flatten();
        names
            .map(|name| name.as_str().and_then(|name| table.get(name)).map_or(name.clone(), |&at| at.into()))
            .collect()
    }
}

/// Parts of a measure by columns: two thousand of them would else be most of the page. Numbers keep six digits, more than
/// anybody is shown; beyond the most that is shown, those of least weight are told by their number alone.
fn parts(parts: &Value, numbers: &Numbers) -> Value {
    let all = parts.as_array().map_or(&[][..], Vec::as_slice);
    let shown = &all[..all.len().min(MOST_PARTS)];
    let column = |value: &dyn Fn(&Value) -> Value| -> Value {
        let column: Vec<Value> = shown.iter().map(value).collect();
        if column.iter().all(Value::is_null) { Value::Null } else { column.into() }
    };
    let named = |name: &'static str| column(&move |part| short(&part[name]));
    let mut keys: Vec<&String> = Vec::new();
    for key in shown.iter().filter_map(|part| part["quantities"].as_object()).flat_map(|all| all.keys()) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let quantities: serde_json::Map<String, Value> =
        keys.into_iter().map(|key| (key.clone(), column(&|part| short(&part["quantities"][key])))).collect();
    let ends =
        |part: &Value| part["interval"].as_array().map(|ends| ends.iter().map(short).collect::<Vec<_>>());
    // The kinds as they follow each other, each with how many of it.
    let mut kinds: Vec<(&Value, usize)> = Vec::new();
    for part in shown {
        match kinds.last_mut() {
            Some((kind, number)) if *kind == &part["kind"] => *number += 1,
            _ => kinds.push((&part["kind"], 1)),
        }
    }
    json!({
        "all": all.len(),
        "kinds": kinds,
        "names": shown.iter().map(|part| numbers.names(part)).collect::<Vec<_>>(),
        "value": named("value"),
        "interval": column(&|part| ends(part).into()),
        "count": named("count"),
        "of": named("of"),
        "share": named("share"),
        "state": named("state"),
        "quantities": quantities,
    })
}

/// A number with six digits.
fn short(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() != 0.0 => {
            format!("{number:.5e}").parse::<f64>().map_or(Value::Null, Value::from)
        }
        Some(number) if number.abs() < 9e15 => Value::from(number as i64),
        _ => value.clone(),
    }
}

/// Takes out what no one sees and what turns the direction of writing, in every text.
fn make_plain(value: &mut Value) {
    match value {
        Value::String(text) => *text = plain(text),
        Value::Array(all) => all.iter_mut().for_each(make_plain),
        Value::Object(all) => all.values_mut().for_each(make_plain),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What the other faces say in sentences, said alike.
fn said(report: &Report<'_>) -> Value {
    json!({
        "moving": moving::still_moving(report, usize::MAX),
        "one_more_team": moving::one_more_team(report, usize::MAX),
        "rests_on": rests_on(report),
        "hit_rate": report.hits.map(|hits| impact::rate_line(&impact::HitRate::of(hits))),
        "no_move": report.do_first.map(|shown| redesign::nothing(&shown)),
        "moves": report.do_first.map(|shown| shown.first().iter().map(|one| json!({
            "lines": one.moves.iter().map(crate::moves::line).collect::<Vec<_>>(),
            "why": redesign::why(&shown, one),
            "judged": redesign::judged(&shown, one),
            "changes": one.examples.iter().map(|&change| report_json::change(report, change)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>()),
        "judged_by": report.do_first.map(|shown| redesign::time_that_judges(&shown)),
        "drift": said_of(&report.picture.drift, report.said),
        "lately": report.picture.lately.as_ref().map(|(_, series)| said_of(series, report.said_lately)),
        "teams": report.structure.team_ids().map(|team| report.lens.called(team)).collect::<Vec<_>>(),
    })
}

/// What teams are here.
fn rests_on(report: &Report<'_>) -> String {
    match report.lens.ownership.basis {
        Basis::Declared => "Teams are the owners the ownership file declares.".to_owned(),
        Basis::Inferred => "Teams are inferred: groups of people who change the same modules; each module's steward is the group that makes most of its recent changes.".to_owned(),
        Basis::None => "No teams are declared, and the history shows no separate groups of people; what needs teams cannot be told.".to_owned(),
    }
}

fn said_of(all: &[Series], said: &[Said]) -> Vec<Value> {
    let one = |(one, said): (&Series, &Said)| {
        json!({
            "name": series::measure_name(one),
            "ends": said.ends(one).map(|(from, to)| series::from_to(one, from, to)),
            "since": series::since(one).filter(|_| said.word.moves()),
            "slope": series::slope(one).map(|(slope, interval)| format!("{slope} (95 % {interval})")),
        })
    };
    all.iter().zip(said).map(one).collect()
}

fn modules(report: &Report<'_>, extent: &Extent) -> Vec<Value> {
    let number = |team: &TeamId| team.0;
    let leads = leads(report);
    extent
        .modules
        .iter()
        .enumerate()
        .map(|(at, module)| {
            let owners: Vec<Vec<u32>> =
                module.owners.iter().map(|set| set.iter().map(number).collect()).collect();
            json!([
                module.changes,
                module.recent_changes,
                module.files,
                module.unowned_files,
                owners,
                module.steward.as_ref().map(number),
                leads.get(&ModuleId::from_index(at)),
            ])
        })
        .collect()
}

/// The team that leads each module's changes of the last year.
fn leads(report: &Report<'_>) -> FxHashMap<ModuleId, u32> {
    let parts = &report.picture.ownership_clarity.parts;
    let lead = |part: &measures::Part| {
        let Subject::Module(module) = part.subject else { return None };
        let team = part.quantities.iter().find(|one| one.name == "lead_team")?.value?;
        Some((module, team as u32))
    };
    parts.iter().filter_map(lead).collect()
}

/// Files in order of their paths, each path told by how much it shares with the one before.
fn files(report: &Report<'_>, extent: &Extent) -> Value {
    let mut shown: Vec<_> = extent.files.iter().take(MOST_FILES).collect();
    let path = |file| report.facts.paths.bytes(report.facts.files.path[file]);
    shown.sort_by_key(|one| path(one.file.index()));
    let (mut numbers, mut paths, mut before) = (Column::default(), Vec::new(), String::new());
    for one in &shown {
        let name = names::file(report, one.file);
        let shared = before.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        numbers.push(shared as u64);
        numbers.push(one.module.map_or(0, |module| u64::from(module.0) + 1));
        numbers.push(one.changes);
        numbers.push(one.recent_changes);
        paths.push(name.chars().skip(shared).collect::<String>());
        before = name;
    }
    json!({ "all": extent.files.len(), "paths": paths, "numbers": numbers.text() })
}

/// History in atoms: of each counted change the number of its atoms with two marks, the days since the one before, and
/// the atoms.
fn history(report: &Report<'_>, atoms: &Atoms) -> Value {
    let mut changes = Column::default();
    let mut before = 0;
    let day = |change| report.lens.at(change).map(|at| at.div_euclid(time::DAY));
    let recent: FxHashSet<ChangeId> = report.lens.recent().into_iter().collect();
    for (change, touched) in &atoms.changes {
        // A change of no known day stands where the one before it stands, and is marked; so is one of the last year.
        let day = day(*change);
        let marks = 2 * u64::from(recent.contains(change)) + u64::from(day.is_none());
        changes.push(touched.len() as u64 * 4 + marks);
        changes.push_signed(day.map_or(0, |day| day - before));
        before = day.unwrap_or(before);
        let mut last = 0;
        for &atom in touched {
            changes.push(u64::from(atom - last));
            last = atom;
        }
    }
    json!({
        "sets": report.lens.ownership.sets.iter().map(|set| set.iter().map(|team| team.0).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "one_approval": (0..report.lens.ownership.sets.len())
            .map(|set| report.lens.ownership.approvals.get(set).copied().unwrap_or(1) == 1)
            .collect::<Vec<_>>(),
        "parts": atoms.parts.iter().map(MoveRecord::of_part).collect::<Vec<_>>(),
        "atoms": atoms.atoms.iter().map(|atom| json!([
            atom.module.map(|module| module.0),
            atom.sets,
            atom.parts,
            atom.living,
            atom.files,
        ])).collect::<Vec<_>>(),
        "number": atoms.changes.len(),
        "changes": changes.text(),
        "named": named(report.lens, atoms),
    })
}

/// The latest changes that need more than one team, each by its place, commit and subject.
fn named(lens: &Lens<'_>, atoms: &Atoms) -> Vec<Value> {
    let table = &lens.facts.changes;
    let several = |(_, (change, _)): &(usize, &(ChangeId, Vec<u32>))| lens.teams_of(*change).len() > 1;
    let one = |(place, (change, _)): (usize, &(ChangeId, Vec<u32>))| {
        let row = change.index();
        let subject: String = table.title(row).chars().take(SUBJECT).collect();
        json!([place, table.commit[row].short().to_string(), subject])
    };
    atoms.changes.iter().enumerate().rev().filter(several).take(MOST_SUBJECTS).map(one).collect()
}
