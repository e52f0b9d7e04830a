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
        // What code says depends on how it is read.
        let name = format!("{}-{:016x}-{}", known.source().head(), known.number(), imports::VERSION);
        let ties = recalled(&caches, (TIES, &name), Ties::decode, Ties::encode, || {
            if known.facts.dependencies.is_none() {
                known.read_code(look, Years::Skip);
            }
            Ties::of(&change::lens_of(known), known.via)
        });
        picture::say(look, &format!("ties after {:?}", begun.elapsed()));
        let lens = change::lens_of(known);
        let predictor = predictor(&lens, &caches);
        picture::say(look, &format!("predictor after {:?}", begun.elapsed()));
        let past = Past::whole(&lens);
        picture::say(look, &format!("past after {:?}", begun.elapsed()));
        Self { predictor, past, ties }
    }
}

/// What is kept by this sort and name, or what `work` makes of it, kept in the first place that takes it.
fn recalled<T>(
    caches: &[PathBuf],
    (sort, name): (&str, &str),
    decode: fn(&[u8]) -> Option<T>,
    encode: fn(&T) -> Vec<u8>,
    work: impl FnOnce() -> T,
) -> T {
    let found = caches.iter().find_map(|cache| kept::load_bytes(cache, sort, name));
    found.and_then(|bytes| decode(&bytes)).unwrap_or_else(|| {
        let made = work();
        let bytes = encode(&made);
        let _ = caches.iter().any(|cache| kept::save_bytes(cache, sort, name, &bytes).is_ok());
        made
    })
}

/// The predictor of a history, learned where it is not kept.
pub(crate) fn predictor(lens: &Lens<'_>, caches: &[PathBuf]) -> Predictor {
    let lesson = Lesson::of(lens);
    if lesson.is_empty() {
        return Predictor::default();
    }
    let name = format!("{:016x}", lesson.number(lens));
    recalled(caches, (PREDICTOR, &name), Predictor::decode, Predictor::encode, || lesson.learn(lens))
}
