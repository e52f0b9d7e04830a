//! Our own: who knows a file fades with time.

use facts::{Basis, FileId, Lens, ModuleId, PersonKind};
use rustc_hash::FxHashMap;

use super::{MEASURE, coverage};
use crate::{
    Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue,
    concentration::authors_of_changes,
};

/// What a knower's weight must come to: a change of one's own, two half-lives ago.
const STILL_KNOWN: f64 = 0.25;
/// Bringing a file counts for this much more than changing it (1.098 against 0.164 in Fritz et al. is far more, but
/// imports and moves by others are no authorship).
const CREATION_BONUS: f64 = 1.0;

/// What the range spans.
const HALF_LIVES_DAYS: [f64; 3] = [180.0, 365.0, 730.0];
const THRESHOLDS: [f64; 2] = [0.5, 0.75];
/// The value's own.
const HALF_LIFE_DAYS: f64 = 365.0;
const THRESHOLD: f64 = 0.5;
/// Modules with fewer source files tell nothing.
const FEWEST_FILES: usize = 5;

pub(super) fn compute(lens: &Lens<'_>) -> Measurement {
    let weights: Vec<(f64, Vec<FileWeights>)> =
        HALF_LIVES_DAYS.iter().map(|&half_life| (half_life, weigh(lens, half_life))).collect();
    let central = weights
        .iter()
        .find(|(half_life, _)| *half_life == HALF_LIFE_DAYS)
        .expect("the value's half-life is one of the range");
    let knowers = knowers(&central.1, THRESHOLD);
    let everything = |_: &FileWeights| true;
    let whole = range(&weights, everything);
    let unknown = knowers.iter().filter(|knowers| knowers.is_empty()).count();
    let source = lens.facts.files.ids().filter(|&file| lens.facts.files.alive(file) && is_source(lens, file));
    let untold = source.count() - knowers.len();
    let mut notes = vec![
        "the interval is the range over half-lives and thresholds, not a confidence interval".to_owned(),
    ];
    if untold > 0 {
        notes.push(format!(
            "{untold} source files were touched by bulk changes and bots alone; who knows them cannot be told"
        ));
    }
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Count,
        basis: Basis::Inferred,
        whole,
        recent: None,
        series: series(lens),
        parts: module_parts(lens, &weights, &central.1, &knowers),
        quantities: vec![
            Quantity { name: "files", value: Some(knowers.len() as f64) },
            Quantity { name: "files_nobody_knows", value: Some(unknown as f64) },
            Quantity { name: "files_untold", value: Some(untold as f64) },
        ],
        notes,
        ledger: Vec::new(),
    }
}

/// A living source file and each person's faded weight in it.
struct FileWeights {
    module: Option<ModuleId>,
    people: Vec<(u32, f64)>,
}

fn weigh(lens: &Lens<'_>, half_life_days: f64) -> Vec<FileWeights> {
    let authors = authors_of_changes(lens);
    let end = lens.span.map_or(0, |(_, until)| until);
    let facts = lens.facts;
    let mut of_file: Vec<FxHashMap<u32, f64>> = vec![FxHashMap::default(); facts.files.len()];
    for &change in &lens.counted {
        let authors = &authors[change.index()];
        let Some(at) = lens.at(change) else { continue };
        let age_days = (end - at).max(0) as f64 / facts::time::DAY as f64;
        let fresh = (-age_days / half_life_days).exp2() / authors.len().max(1) as f64;
        for touch in facts.touches.of(change) {
            let file = facts.touches.file[touch];
            let bonus = if facts.files.born[file.index()] == change { CREATION_BONUS } else { 0.0 };
            for author in
                authors.iter().filter(|author| facts.people.kind[author.index()] == PersonKind::Human)
            {
                *of_file[file.index()].entry(author.0).or_default() += fresh * (1.0 + bonus);
            }
        }
    }
    facts
        .files
        .ids()
        // Of a file that only bulk changes and bots have touched nothing can be told.
        .filter(|&file| facts.files.alive(file) && is_source(lens, file) && !of_file[file.index()].is_empty())
        .collect::<Vec<_>>()
        .into_iter()
        .map(|file| {
            let mut people: Vec<(u32, f64)> =
                std::mem::take(&mut of_file[file.index()]).into_iter().collect();
            people.sort_unstable_by_key(|&(person, _)| person);
            FileWeights { module: lens.structure.module(file), people }
        })
        .collect()
}

fn is_source(lens: &Lens<'_>, file: FileId) -> bool {
    let row = file.index();
    lens.facts.files.language[row].is_some() && !lens.facts.files.generated[row]
}

/// The truck factor as it stood at the end of each period, at the central assumptions.
///
/// Weights fade alike, so they are kept as of the beginning of the range, where a later change weighs more, and
/// only the threshold moves: one pass over the changes serves every period.
fn series(lens: &Lens<'_>) -> Vec<Point> {
    let Some((since, until)) = lens.span else { return Vec::new() };
    let authors = authors_of_changes(lens);
    let facts = lens.facts;
    let doublings = |at: i64| (at - since) as f64 / facts::time::DAY as f64 / HALF_LIFE_DAYS;
    let mut of_file: Vec<Vec<(u32, f64)>> = vec![Vec::new(); facts.files.len()];
    let mut points = Vec::new();
    for (period, changes) in lens.periods() {
        for &change in &changes {
            let authors = &authors[change.index()];
            let Some(at) = lens.at(change) else { continue };
            let fresh = doublings(at).exp2() / authors.len().max(1) as f64;
            for touch in facts.touches.of(change) {
                let file = facts.touches.file[touch];
                let bonus = if facts.files.born[file.index()] == change { CREATION_BONUS } else { 0.0 };
                for author in authors {
                    let people = &mut of_file[file.index()];
                    let known =
                        people.iter().position(|&(person, _)| person == author.0).unwrap_or_else(|| {
                            people.push((author.0, 0.0));
                            people.len() - 1
                        });
                    people[known].1 += fresh * (1.0 + bonus);
                }
            }
        }
        let end = period.end.min(until);
        let living = |file: FileId| {
            let at = |change| lens.at(change).unwrap_or(i64::MAX);
            at(facts.files.born[file.index()]) < end
                && facts.files.died[file.index()].is_none_or(|died| at(died) >= end)
        };
        let faded = (-doublings(end)).exp2();
        let knowers: Vec<Vec<u32>> = facts
            .files
            .ids()
            .filter(|&file| is_source(lens, file) && living(file) && !of_file[file.index()].is_empty())
            .map(|file| knowers_of(&of_file[file.index()], faded, THRESHOLD))
            .collect();
        let value = coverage::greedy(&knowers).map(|factor| factor as f64);
        let estimate =
            Estimate { value, interval: None, count: value.unwrap_or(0.0), of: knowers.len() as u64 };
        points.push(Point { partial: period.end > until, period, estimate });
    }
    points
}

fn knowers(files: &[FileWeights], threshold: f64) -> Vec<Vec<u32>> {
    files.iter().map(|file| knowers_of(&file.people, 1.0, threshold)).collect()
}

/// Who knows a file: weights times `scale` are today's.
fn knowers_of(people: &[(u32, f64)], scale: f64, threshold: f64) -> Vec<u32> {
    let most = people.iter().map(|&(_, weight)| weight).fold(0.0, f64::max);
    people
        .iter()
        .filter(|&&(_, weight)| weight >= threshold * most && weight * scale >= STILL_KNOWN)
        .map(|&(person, _)| person)
        .collect()
}

/// The truck factor at the central assumptions, and its range over all of them.
fn range(weights: &[(f64, Vec<FileWeights>)], wanted: impl Fn(&FileWeights) -> bool) -> Estimate {
    let (mut low, mut high, mut central, mut of) = (f64::INFINITY, 0.0_f64, None, 0);
    for (half_life, files) in weights {
        for threshold in THRESHOLDS {
            let knowers: Vec<Vec<u32>> = files
                .iter()
                .filter(|file| wanted(file))
                .map(|file| knowers_of(&file.people, 1.0, threshold))
                .collect();
            let Some(factor) = coverage::greedy(&knowers) else { continue };
            low = low.min(factor as f64);
            high = high.max(factor as f64);
            if *half_life == HALF_LIFE_DAYS && threshold == THRESHOLD {
                central = Some(factor as f64);
                of = knowers.len() as u64;
            }
        }
    }
    Estimate { value: central, interval: central.map(|_| (low, high)), count: central.unwrap_or(0.0), of }
}

fn module_parts(
    lens: &Lens<'_>,
    weights: &[(f64, Vec<FileWeights>)],
    central: &[FileWeights],
    knowers: &[Vec<u32>],
) -> Vec<Part> {
    let mut parts: Vec<Part> = lens
        .structure
        .module_ids()
        .filter_map(|module| {
            let own: Vec<&Vec<u32>> = central
                .iter()
                .zip(knowers)
                .filter(|(file, _)| file.module == Some(module))
                .map(|(_, knowers)| knowers)
                .collect();
            if own.len() < FEWEST_FILES {
                return None;
            }
            let unknown = own.iter().filter(|knowers| knowers.is_empty()).count();
            Some(Part {
                subject: Subject::Module(module),
                estimate: range(weights, |file| file.module == Some(module)),
                share: None,
                state: None,
                quantities: vec![
                    Quantity { name: "files", value: Some(own.len() as f64) },
                    Quantity { name: "files_nobody_knows", value: Some(unknown as f64) },
                ],
                evidence: Evidence::default(),
            })
        })
        .collect();
    parts.sort_by(|a, b| {
        let key = |part: &Part| part.estimate.value.unwrap_or(0.0);
        key(a)
            .total_cmp(&key(b))
            .then(b.estimate.of.cmp(&a.estimate.of))
            .then_with(|| a.subject.cmp(&b.subject))
    });
    parts
}
