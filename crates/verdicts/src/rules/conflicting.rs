//! Ownership files and the manifest say different things.

use super::{Ground, Held, Rule};

pub(super) const RULE: Rule = Rule {
    code: "U204",
    name: "conflicting-owners",
    holds: "Sources of ownership that are asked name no different owners for a file, and files written from the manifest are as it says.",
    why: "Of two files that name different owners, the forge enforces one and people read the other.",
    example: "[ownership]\nsources = [\"CODEOWNERS\", \"manifest\"]\nemit = [{ dialect = \"github\", path = \".github/CODEOWNERS\" }]\n\n# an owner changed in unsnarl.toml and not in .github/CODEOWNERS breaks it.",
    way_out: "Say it in one place: unsnarl manifest emit --write writes the other.",
    limits: "Two sources conflict where their owners of a file share nobody.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let mut looked = ground.manifest.ownership.emit.len() as u64;
    for emitted in ground.emitted {
        let what = format!("`{}` is not what the manifest says: {}", emitted.path, emitted.why);
        let way_out = format!("unsnarl manifest emit --dialect {} --write", emitted.dialect);
        let mut violation = ground.at(&RULE, (&emitted.path, 0), &emitted.path, what, way_out);
        violation.to = format!("unsnarl.toml ({})", emitted.dialect);
        held.violations.push(violation);
    }
    if let Some(book) = ground.book {
        let asked = |rule: u32| book.sources[book.rules[rule as usize].source as usize].asked;
        looked += book.sources.iter().filter(|source| source.asked).count() as u64;
        for conflict in book.conflicts.iter().filter(|one| asked(one.first) && asked(one.second)) {
            let (first, second) =
                (&book.rules[conflict.first as usize], &book.rules[conflict.second as usize]);
            let what = format!(
                "{}:{} gives {} to {}, {}:{} to {}",
                first.file,
                first.line,
                crate::audit::count(conflict.files, "file"),
                first.owners.join(" or "),
                second.file,
                second.line,
                second.owners.join(" or ")
            );
            let way_out = "say it in one of the two, or name the same owner in both".to_owned();
            let mut violation = ground.at(
                &RULE,
                (&first.file, first.line),
                &format!("{} {}", first.file, first.pattern),
                what,
                way_out,
            );
            violation.to = format!("{} {}", second.file, second.pattern);
            held.violations.push(violation);
        }
    }
    if looked > 1 || !ground.manifest.ownership.emit.is_empty() {
        held.used(&RULE, None, looked, crate::audit::count(looked, "source") + " of ownership");
    }
}
