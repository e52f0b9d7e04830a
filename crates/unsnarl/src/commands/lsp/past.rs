//! What history says of a file: whose work it is, and what usually changes with it. Learned beside everything else, for it
//! takes longest.

use std::{path::Path, sync::mpsc::Receiver};

use faces::{editor::Partner, owners::Answer};
use facts::Lens;
use outlook::impact::{Query, suggest};

use crate::{change, commands::owners, foresight::Foresight, picture::Look, resident::Resident};

/// Less likely files are no usual partners.
const LEAST: f64 = 0.1;
/// So many are told.
const MOST: usize = 5;

/// What history says of a file.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// The file, from the root.
    pub(super) path: String,
    /// Who answers for it by what was committed, and whose work it is.
    pub(super) answer: Answer,
    /// The likeliest first.
    pub(super) partners: Vec<Partner>,
}

/// Learns a history, then tells of each path that is asked for until nobody can ask any more.
pub(super) fn tell(
    path: &Path,
    look: Look,
    asked: &Receiver<String>,
    mut told: impl FnMut(Result<Past, String>),
) {
    let mut resident = Resident::new(path, look);
    // Nobody waits for it yet: whatever is wrong is told by the first answer.
    let _ = super::guarded(|| resident.foreseeing().map(drop));
    for path in asked {
        let past = super::guarded(|| of(&mut resident, path));
        told(past.unwrap_or_else(Err));
    }
}

fn of(resident: &mut Resident, path: String) -> Result<Past, String> {
    let (known, foresight) = resident.foreseeing().map_err(|error| error.to_string())?;
    let mut answers = owners::answers(known, &[path.as_bytes().to_vec()], false, false);
    let answer = answers.pop().unwrap_or_default();
    let partners = partners(&change::lens_of(known), foresight, &path);
    Ok(Past { path, answer, partners })
}

/// The files a change of this one is likeliest to need. One that is not committed yet has none.
fn partners(lens: &Lens<'_>, foresight: &Foresight, path: &str) -> Vec<Partner> {
    let facts = lens.facts;
    let at = |file: facts::FileId| facts.paths.text(facts.files.path[file.index()]);
    let mut living = facts.files.ids().filter(|&file| facts.files.alive(file));
    let Some(file) = living.find(|&file| at(file) == path) else { return Vec::new() };
    let query = Query { files: &[file], new: &[], author: None };
    let suggested = suggest(lens, &foresight.past, query, &foresight.predictor, &[]).files;
    let likely = suggested.into_iter().filter(|one| one.probability >= LEAST);
    likely.take(MOST).map(|one| Partner { path: at(one.file), probability: one.probability }).collect()
}
