//! The truck factor of Avelino, Passos, Hora and Valente (ICPC 2016), as their tool computes it.
//!
//! `DOA = 3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC)`: FA 1 for whoever added the file, DL own further changes,
//! AC changes by others. An author has DOA at least 3.293 and more than 0.75 of the file's highest. People are
//! taken away in the order of how many files they are authors of, while at least half of the files have one left.

use facts::{Facts, PersonId, Role, TouchKind};
use rustc_hash::FxHashMap;

use super::{TruckFactor, coverage};

const NORMALISED: f64 = 0.75;
const ABSOLUTE: f64 = 3.293;

#[derive(Clone, Copy, Default)]
struct Deliveries {
    first: bool,
    changes: u32,
}

/// The truck factor over all history; `facts` are mined with the unit `commit`.
pub fn truck_factor(facts: &Facts) -> TruckFactor {
    let author = first_authors(facts);
    let mut of_file: Vec<FxHashMap<PersonId, Deliveries>> = vec![FxHashMap::default(); facts.files.len()];
    for change in facts.changes.ids() {
        let Some(author) = author[change.index()] else { continue };
        for at in facts.touches.of(change) {
            let own = of_file[facts.touches.file[at].index()].entry(author).or_default();
            match facts.touches.kind[at] {
                TouchKind::Added => own.first = true,
                TouchKind::Deleted => {}
                _ => own.changes += 1,
            }
        }
    }
    let knowers: Vec<Vec<u32>> = facts
        .files
        .ids()
        .filter(|&file| {
            facts.files.alive(file)
                && facts.files.language[file.index()].is_some()
                && !facts.files.generated[file.index()]
        })
        .map(|file| authors(&of_file[file.index()]))
        .collect();
    let files = knowers.len();
    let unknown = knowers.iter().filter(|knowers| knowers.is_empty()).count();
    let people = (unknown < files).then(|| {
        // The last removal is the one that breaks half; those before it are the factor plus it.
        coverage::fixed_order(&knowers, |stranded| (files - stranded) * 2 < files)
    });
    TruckFactor { people, files: files as u64, unknown_files: unknown as u64 }
}

fn first_authors(facts: &Facts) -> Vec<Option<PersonId>> {
    let mut author = vec![None; facts.changes.len()];
    for part in facts.participations.iter().filter(|part| part.role == Role::Author) {
        author[part.change.index()].get_or_insert(part.person);
    }
    author
}

fn authors(people: &FxHashMap<PersonId, Deliveries>) -> Vec<u32> {
    let total: u32 = people.values().map(|own| own.changes + u32::from(own.first)).sum();
    let degrees: Vec<(PersonId, f64, bool)> = people
        .iter()
        .map(|(&person, own)| {
            let others = f64::from(total - own.changes - u32::from(own.first));
            let degree = 3.293 + 1.098 * f64::from(u8::from(own.first)) + 0.164 * f64::from(own.changes)
                - 0.321 * others.ln_1p();
            (person, degree, own.first)
        })
        .collect();
    let most = degrees.iter().map(|&(_, degree, _)| degree).fold(f64::NEG_INFINITY, f64::max);
    let mut authors: Vec<u32> = degrees
        .into_iter()
        .filter(|&(_, degree, first)| degree / most > NORMALISED && (degree >= ABSOLUTE || first))
        .map(|(person, _, _)| person.0)
        .collect();
    authors.sort_unstable();
    authors
}
