//! `unsnarl owners --audit`: every rule and owner, held against what is there.

use std::path::Path;

use facts::{Lens, RuleBook};
use measures::{Method, Parameters};
use sources::{
    ownership::{DIALECTS, Dialect},
    rulebook,
};

use crate::{
    error::Error,
    picture::{self, Look, Names},
};

/// The audit as JSON or as text, `all` of its findings or the first of each kind.
pub(super) fn run(repository: &Path, look: &Look, json: bool, all: bool) -> Result<String, Error> {
    let known = picture::learn(repository, look, Method::Decayed)?;
    let only_asked = look.dialect().is_some();
    let mut book = rulebook::rule_book(&known.facts, &known.head, &known.declared, only_asked);
    if known.names.are_hidden() {
        hide(&mut book, &known.names);
    }
    let lens = Lens::new(&known.facts, &known.structure, known.structure.ownership(), known.range);
    let picture = measures::measure(&lens, None, &lens, Parameters::default());
    let write = |dialect: &str, directory: &str, whole: bool, owner: &str| {
        (Dialect::named(dialect).unwrap_or(DIALECTS[0]).write)(directory, whole, owner)
    };
    let audit = verdicts::audit::audit(&lens, &picture, &book, &known.declared.manifest, &write);
    let name = &known.facts.repository.name;
    Ok(if json {
        faces::audit::json(name, &book, &audit)
    } else {
        faces::audit::text(name, &book, &audit, all)
    })
}

/// Takes names out of a rule book that is to be shared.
fn hide(book: &mut RuleBook, names: &Names) {
    for rule in &mut book.rules {
        rule.owners.iter_mut().for_each(|owner| *owner = names.of(owner));
        rule.section = None;
    }
    for problem in &mut book.problems {
        problem.why = "does nothing, or not what it seems to".to_owned();
    }
    for source in &mut book.sources {
        source.empty_groups.iter_mut().for_each(|group| *group = names.of(group));
    }
}
