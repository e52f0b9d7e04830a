//! Another structure laid over history, as text and as JSON.

mod json;
mod text;

use facts::{Basis, Lens, counts::grouped, moves::Move};
use outlook::replay::Replay;

pub use json::{render as json, schema};
pub use text::render as text;

/// What there is to show.
pub struct Replayed<'r> {
    /// The history through either structure, before and after.
    pub lenses: [&'r Lens<'r>; 2],
    /// What either structure is, in a few words.
    pub names: [&'r str; 2],
    /// The moves that lead from one to the other; empty where it stands in a file of its own.
    pub moves: &'r [Move],
    /// What was noticed when they were read.
    pub notes: &'r [String],
    /// What differs.
    pub replay: &'r Replay,
}

/// Sentences a reader needs in order not to be misled.
fn notes(shown: &Replayed<'_>) -> Vec<String> {
    let Replayed { lenses, replay, .. } = shown;
    let mut notes = shown.notes.to_vec();
    let sides = ["before", "after"];
    for (side, why) in sides.iter().zip(replay.alone) {
        notes.extend(why.map(|why| format!("{side}, nobody can need another: {why}")));
    }
    let told = lenses.map(rests_on);
    if told[0] == told[1] {
        notes.extend(told[0].clone());
    } else {
        let both = sides.iter().zip(told);
        notes.extend(both.filter_map(|(side, told)| told.map(|told| format!("{side}, {told}"))));
    }
    if lenses[0].ownership.basis != lenses[1].ownership.basis {
        notes.push(
            "teams rest on something else on either side, so that they are not the same teams".to_owned(),
        );
    } else if lenses[0].ownership.basis == Basis::Inferred
        && replay.moved.owners > 0
        && shown.moves.is_empty()
    {
        notes
            .push("nobody is declared, so who leads a module was read anew for the other modules".to_owned());
    }
    if replay.moved.owners == 0 && replay.moved.modules == 0 {
        notes.push("no file here has another owner or module by it".to_owned());
    }
    let [before, after] = replay.unowned;
    if before.max(after) * 20 > replay.changes && replay.changes > 0 {
        let and = if before == after { String::new() } else { format!(" before, {} after", grouped(after)) };
        notes.push(format!(
            "{}{and} of {} changes touch nothing anybody owns and count as independent",
            grouped(before),
            grouped(replay.changes)
        ));
    }
    notes.push(
        "a replay bounds what would have been needed; people would also have behaved differently".to_owned(),
    );
    notes
}

/// What teams rest on, where that is not what somebody declared and meant.
fn rests_on(lens: &Lens<'_>) -> Option<String> {
    let cannot = lens.structure.declared_cannot_tell.as_ref();
    match (lens.ownership.basis, cannot) {
        (Basis::Declared, Some(why)) => {
            Some(format!("declared owners hardly tell who must talk to whom: {why}"))
        }
        (Basis::Inferred, Some(why)) => {
            Some(format!("teams are groups of people as history shows them: {why}"))
        }
        (Basis::Inferred, None) => {
            Some("teams are groups of people as history shows them: no owners are declared".to_owned())
        }
        _ => None,
    }
}
