//! What history says of a file: whose work it is, and what usually changes with it. Learned beside everything else, for it
//! takes longest.

use std::{path::Path, sync::mpsc::Receiver};

use faces::{editor::Partner, owners::Answer};
use facts::{CommitId, Lens};
use outlook::impact::{self, Model, Query};

use crate::{
    change,
    commands::owners,
    error::Error,
    picture::{Known, Look},
    resident::Resident,
};

/// Less likely files are no usual partners.
const LEAST: f64 = 0.1;
/// So many are told.
const MOST: usize = 5;
/// Decides by which halves of past changes the model learns; any number does.
const SEED: u64 = 0;

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

/// A history, and what was learned of it.
struct History {
    resident: Resident,
    /// Where history ended when the model learned; none where it is too short to learn from.
    model: Option<(Option<CommitId>, Option<Model>)>,
}

/// Learns a history, then tells of each path that is asked for until nobody can ask any more.
pub(super) fn tell(
    path: &Path,
    look: Look,
    asked: &Receiver<String>,
    mut told: impl FnMut(Result<Past, String>),
) {
    let mut history = History { resident: Resident::new(path, look), model: None };
    // Nobody waits for it yet: whatever is wrong is told by the first answer.
    let _ = super::guarded(|| history.learn().map(drop));
    for path in asked {
        let past = super::guarded(|| history.of(path));
        told(past.unwrap_or_else(Err));
    }
}

impl History {
    fn learn(&mut self) -> Result<(&Known, Option<&Model>), Error> {
        let known = self.resident.known()?;
        let head = known.facts.repository.head;
        if self.model.as_ref().is_none_or(|(learned, _)| *learned != head) {
            self.model = Some((head, impact::train(&change::lens_of(known), SEED)));
        }
        Ok((known, self.model.as_ref().and_then(|(_, model)| model.as_ref())))
    }

    fn of(&mut self, path: String) -> Result<Past, String> {
        let (known, model) = self.learn().map_err(|error| error.to_string())?;
        let mut answers = owners::answers(known, &[path.as_bytes().to_vec()], false, false);
        let answer = answers.pop().unwrap_or_default();
        let partners = model.map_or_else(Vec::new, |model| partners(&change::lens_of(known), model, &path));
        Ok(Past { path, answer, partners })
    }
}

/// The files a change of this one is likeliest to need.
fn partners(lens: &Lens<'_>, model: &Model, path: &str) -> Vec<Partner> {
    let facts = lens.facts;
    let at = |file: facts::FileId| facts.paths.text(facts.files.path[file.index()]);
    let mut living = facts.files.ids().filter(|&file| facts.files.alive(file));
    let Some(file) = living.find(|&file| at(file) == path) else { return Vec::new() };
    let suggested = impact::predict(lens, Query { files: &[file], author: None }, model);
    let likely = suggested.into_iter().filter(|one| one.probability >= LEAST);
    likely.take(MOST).map(|one| Partner { path: at(one.file), probability: one.probability }).collect()
}
