//! What a history says of the next change, worked out once and kept beside the facts: the predictor, and how modules are tied.

use std::path::PathBuf;

use facts::Lens;
use outlook::impact::{Lesson, Past, Predictor, ties::Ties};
use sources::store::kept;

use crate::{
    change,
    picture::{self, Known, Look, Years},
};

const PREDICTOR: &str = "predictor";
const TIES: &str = "ties";

/// What a history says of the next change.
pub(crate) struct Foresight {
    pub(crate) predictor: Predictor,
    pub(crate) past: Past,
    pub(crate) ties: Ties,
}

impl Foresight {
    /// Looks it up, or works it out; the code is read where that is not known yet.
    pub(crate) fn of(known: &mut Known, look: &Look) -> Self {
        let caches = picture::cache_directories(known.source(), look);
        let begun = std::time::Instant::now();
        let predictor = predictor(&change::lens_of(known), &caches);
        picture::say(look, &format!("predictor after {:?}", begun.elapsed()));
        // What code says depends on how it is read.
        let name = format!("{}-{:016x}-{}", known.source().head(), known.number(), imports::VERSION);
        let found = caches.iter().find_map(|cache| kept::load_bytes(cache, TIES, &name));
        let ties = found.and_then(|bytes| Ties::decode(&bytes)).unwrap_or_else(|| {
            if known.facts.dependencies.is_none() {
                known.read_code(look, Years::Skip);
            }
            let ties = Ties::of(&change::lens_of(known), known.via);
            let bytes = ties.encode();
            let _ = caches.iter().any(|cache| kept::save_bytes(cache, TIES, &name, &bytes).is_ok());
            ties
        });
        picture::say(look, &format!("ties after {:?}", begun.elapsed()));
        let past = Past::whole(&change::lens_of(known));
        picture::say(look, &format!("past after {:?}", begun.elapsed()));
        Self { predictor, past, ties }
    }
}

/// The predictor of a history, learned where it is not kept.
pub(crate) fn predictor(lens: &Lens<'_>, caches: &[PathBuf]) -> Predictor {
    let lesson = Lesson::of(lens);
    if lesson.is_empty() {
        return Predictor::default();
    }
    let name = format!("{:016x}", lesson.number(lens));
    let found = caches.iter().find_map(|cache| kept::load_bytes(cache, PREDICTOR, &name));
    found.and_then(|bytes| Predictor::decode(&bytes)).unwrap_or_else(|| {
        let predictor = lesson.learn(lens);
        let bytes = predictor.encode();
        let _ = caches.iter().any(|cache| kept::save_bytes(cache, PREDICTOR, &name, &bytes).is_ok());
        predictor
    })
}
