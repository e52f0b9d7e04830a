//! What forges told, found where it is kept and joined to the history at hand.

use std::{io, path::PathBuf};

use facts::{Facts, Omission, Omitted};
use sources::{
    events::{self, Joined, kept},
    git::Source,
};

use crate::picture::{self, Look};

/// What is kept, and where; `None` when nothing was imported.
pub(crate) fn kept(
    source: &Source,
    look: &Look,
) -> Result<Option<(PathBuf, kept::Kept)>, (PathBuf, io::Error)> {
    for cache in picture::event_directories(source, look) {
        match kept::load(&cache) {
            Ok(Some(found)) => return Ok(Some((cache, found))),
            Ok(None) => {}
            Err(error) => return Err((kept::file(&cache), error)),
        }
    }
    Ok(None)
}

/// Fills `facts.reviews` where something was imported, and says how it was joined.
pub(crate) fn learn(source: &Source, facts: &mut Facts, look: &Look) -> Option<Joined> {
    let kept = match kept(source, look) {
        Ok(found) => found?.1,
        Err((_, error)) => {
            let why = format!("file of review events could not be read, and is not used: {error}");
            facts.ledger.push(Omission::new(Omitted::ReviewEvents, 1, why));
            return None;
        }
    };
    if kept.damaged > 0 {
        let why = format!(
            "lines of the kept review events are damaged, line {} first; importing the same files again mends it",
            kept.first_damaged
        );
        facts.ledger.push(Omission::new(Omitted::ReviewEvents, kept.damaged, why));
    }
    // As history stood at an earlier commit, so did its requests.
    let until = look.as_of().and_then(|_| facts.changes.merged_at.last().copied());
    let mut joined = events::join(&kept.told, facts, &|| source.merged_tips(facts), until);
    facts.ledger.append(&mut joined.ledger);
    facts.reviews = Some(std::mem::take(&mut joined.reviews));
    Some(joined)
}
