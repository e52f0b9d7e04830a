//! `unsnarl drift --compare`: whether a restructuring removed complexity or moved it.

use std::path::Path;

use facts::Lens;
use measures::{
    Method,
    compare::{self, Edge},
};
use sources::git;

use super::{TextOrJson, print};
use crate::{
    error::Error,
    picture::{self, Look},
};

/// Compares the time before the first revision with that after the second.
pub(crate) fn run(path: &Path, revisions: &[String], look: &Look, format: TextOrJson) -> Result<(), Error> {
    let [first, second] = revisions else {
        let why = "it takes two revisions".to_owned();
        return Err(Error::Option { option: "--compare", value: revisions.join(" "), why });
    };
    let source = git::open(path, look.as_of())?;
    let named = [source.find(first)?, source.find(second)?];
    let known = picture::learn(path, &look.judged_then(), Method::Decayed)?;
    let edge = |one: &git::Found| Edge {
        change: one.commit.and_then(|commit| {
            known.facts.changes.ids().find(|id| known.facts.changes.commit[id.index()] == commit)
        }),
        at: one.at,
    };
    let [begin, end] = [edge(&named[0]), edge(&named[1])];
    let wrong = match (begin.change, end.change) {
        (Some(begin), Some(end)) => begin > end,
        _ => begin.at > end.at,
    };
    let value = format!("{first} {second}");
    if wrong {
        let why = format!("{first} comes after {second}; the older one stands first");
        return Err(Error::Option { option: "--compare", value, why });
    }
    let structure = known.today.as_ref().unwrap_or(&known.structure);
    let today = Lens::new(&known.facts, structure, structure.ownership(), known.range);
    let declared = known.structure.declared.as_ref();
    let versions = known.facts.process.as_ref().is_some_and(|versions| !versions.is_empty());
    let then = declared
        .filter(|_| versions)
        .map(|declared| Lens::new(&known.facts, &known.structure, declared, known.range));
    let sides = compare::sides(&today, begin, end).map_err(|too_little| Error::TooLittle {
        before: too_little.before,
        after: too_little.after,
        shallow: known.facts.repository.shallow,
    })?;
    let comparison = compare::compute(&today, then.as_ref(), sides);
    let verdict = verdicts::compare::judge(&comparison);
    let revision = |given, found: &git::Found, edge: Edge| faces::compare::Revision {
        given,
        commit: found.commit,
        on_mainline: edge.change.is_some(),
        at: found.at,
    };
    let compare = faces::compare::Compare {
        name: &known.facts.repository.name,
        revisions: [revision(first, &named[0], begin), revision(second, &named[1], end)],
        comparison: &comparison,
        verdict: &verdict,
    };
    print(&match format {
        TextOrJson::Text => faces::compare::text(&compare),
        TextOrJson::Json => faces::compare::json(&compare),
    })
}
