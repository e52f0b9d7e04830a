//! A run that found no dependency where there is code.

use facts::dependencies::Target;

use super::{Ground, Held, Rule, Violation};

pub(super) const RULE: Rule = Rule {
    code: "U307",
    name: "nothing-resolved",
    holds: "Where two files or more of a tree are read, some name in them leads to a file of the tree.",
    why: "Without a single dependency every rule on dependencies passes. It is what a check says when it looks in the wrong place, or cannot read what is there.",
    example: "A check that runs in a sparse checkout, or on a language whose files are not read, breaks it.",
    way_out: "unsnarl deps --level file shows what was read; where there truly is nothing, [check] allow = [\"nothing-resolved\"].",
    limits: "It looks at the tree as a whole, not at each module. With a base it also fails where names of a file lead to less than four fifths of what they led to before.",
};

/// Below this share of what a file led to before, resolution has broken down.
const LEAST: f64 = 0.8;
/// Fewer names than this may go with one file.
const FEWEST: u64 = 50;

/// Names that no longer lead anywhere since a change: files read and names resolved before it.
pub(crate) fn lost_names(ground: &Ground<'_>, (read, resolved): (u64, u64)) -> Option<Violation> {
    let now = &ground.standing.dependencies;
    let leads = now.edges.iter().filter(|edge| matches!(edge.to, Target::File(_))).count() as u64;
    let a_file = |names: u64, files: u64| names as f64 / files.max(1) as f64;
    let before = a_file(resolved, read);
    if resolved < FEWEST
        || resolved - leads.min(resolved) < FEWEST
        || a_file(leads, now.files.len() as u64) >= LEAST * before
    {
        return None;
    }
    let what = format!(
        "{} names lead to a file of the tree, and before this change {} did: what tells them apart is gone",
        facts::counts::grouped(leads),
        facts::counts::grouped(resolved)
    );
    let file = ground.manifest.files.first().map_or("", String::as_str);
    let way_out =
        "look for a configuration the change took away or renamed (tsconfig.json, go.mod, Cargo.toml)"
            .to_owned();
    Some(ground.at(&RULE, (file, 0), "(the tree)", what, way_out))
}

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let read = &ground.standing.dependencies;
    let resolved = read.edges.iter().filter(|edge| matches!(edge.to, Target::File(_))).count() as u64;
    let asks = !ground.manifest.modules.is_empty();
    let files = read.files.len() as u64;
    if files >= 2 && resolved == 0 && asks {
        let languages: Vec<&str> = read.languages.iter().map(|one| one.language).collect();
        let what = format!(
            "{} ({}) were read, and not one name in them leads to another",
            crate::audit::count(files, "file"),
            languages.join(", ")
        );
        let file = ground.manifest.files.first().map_or("", String::as_str);
        let way_out = "unsnarl deps --level file shows what was read; [check] allow = [\"nothing-resolved\"] where there is nothing".to_owned();
        held.violations.push(ground.at(&RULE, (file, 0), "(the tree)", what, way_out));
    }
    held.used(&RULE, None, resolved, crate::audit::dependencies(resolved) + " resolved");
}
