//! The bus factor of Jabrayilzade et al. (ICSE-SEIP 2022), as the Bus Factor Explorer computes it from git alone.
//!
//! Over the 547 days before the last commit, each change weighs exp(−days / 90). A person's authorship of a file is
//! `3·own + W + 2.4·ln((1 + W_all) / (1 + W_others))` with W the sum of their weights and own the weight of their
//! newest change that added or modified it. Major contributors have at least 0.001 and more than 0.75 of the highest.
//! People are taken away in the order of how many files they are major in, until more than half of the files touched
//! in the window have no major contributor left.

use facts::{Facts, PersonId, TouchKind, time::DAY};
use rustc_hash::FxHashMap;

use super::{TruckFactor, coverage};

const WINDOW_DAYS: i64 = 547;
const DECAY_DAYS: f64 = 90.0;
const MAJOR_SHARE: f64 = 0.75;
const MAJOR_LEAST: f64 = 0.001;

#[derive(Clone, Copy, Default)]
struct Weights {
    all: f64,
    own: f64,
}

/// The bus factor at the end of the history; `facts` are mined with the unit `commit`.
pub fn truck_factor(facts: &Facts) -> TruckFactor {
    let end = facts.changes.committed_at.last().copied().unwrap_or(0);
    let mut of_file: FxHashMap<u32, FxHashMap<PersonId, Weights>> = FxHashMap::default();
    let mut part = 0;
    let mut writers: Vec<(PersonId, i64)> = Vec::new();
    for change in facts.changes.ids() {
        writers.clear();
        while let Some(next) = facts.participations.get(part).filter(|next| next.change <= change) {
            if next.change == change && next.role.wrote() {
                writers.push((next.person, next.at));
            }
            part += 1;
        }
        let row = change.index();
        if facts.changes.committed_at[row] < end - WINDOW_DAYS * DAY {
            continue;
        }
        let weight = (-((end - facts.changes.authored_at[row]).max(0) / DAY) as f64 / DECAY_DAYS).exp();
        for at in facts.touches.of(change) {
            let file = of_file.entry(facts.touches.file[at].0).or_default();
            for &(person, _) in &writers {
                let own = file.entry(person).or_default();
                own.all += weight;
                if matches!(facts.touches.kind[at], TouchKind::Added | TouchKind::Modified) {
                    own.own = own.own.max(weight);
                }
            }
        }
    }
    let mut files: Vec<(u32, FxHashMap<PersonId, Weights>)> =
        of_file.into_iter().filter(|(file, _)| facts.files.alive(facts::FileId(*file))).collect();
    files.sort_unstable_by_key(|(file, _)| *file);
    let majors: Vec<Vec<u32>> = files.iter().map(|(_, people)| majors(people)).collect();
    let count = majors.len();
    let unknown = majors.iter().filter(|majors| majors.is_empty()).count();
    let people = (unknown < count).then(|| coverage::fixed_order(&majors, |stranded| stranded * 2 > count));
    TruckFactor { people, files: count as u64, unknown_files: unknown as u64 }
}

fn majors(people: &FxHashMap<PersonId, Weights>) -> Vec<u32> {
    let all: f64 = people.values().map(|own| own.all).sum();
    let authorship =
        |own: &Weights| 3.0 * own.own + own.all + 2.4 * ((1.0 + all) / (1.0 + (all - own.all).max(0.0))).ln();
    let most = people.values().map(authorship).fold(0.0, f64::max);
    let mut majors: Vec<u32> = people
        .iter()
        .filter(|(_, own)| authorship(own) >= MAJOR_LEAST && authorship(own) / most > MAJOR_SHARE)
        .map(|(person, _)| person.0)
        .collect();
    majors.sort_unstable();
    majors
}
