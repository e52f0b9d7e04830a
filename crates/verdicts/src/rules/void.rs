//! An ownership rule that does nothing.

use super::{Ground, Held, Rule};

pub(super) const RULE: Rule = Rule {
    code: "U203",
    name: "void-ownership-rule",
    holds: "Every line of the ownership files that answer speaks of some file, and decides some of those it speaks of.",
    why: "A rule that does nothing looks like an owner: people believe that somebody is asked, and nobody is.",
    example: "/servces/billing/  @acme/payments     # no file lies there\n/docs/             @acme/docs\n*                  @acme/all          # written last, it decides for docs, too",
    way_out: "Take the line out, mend its pattern, or move it below the one that overrides it; unsnarl owners --audit says where the files went.",
    limits: "Rules that speak of file contents (MAINTAINERS K:) are not asked. Owners who left are for unsnarl owners --audit.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let Some(book) = ground.book else { return };
    let asked = |source: u32| book.sources[source as usize].asked;
    let mut looked = 0;
    // A manifest's own patterns are held as patterns of modules.
    for rule in book.rules.iter().filter(|rule| asked(rule.source)) {
        if book.sources[rule.source as usize].dialect == "manifest" {
            continue;
        }
        // Debt has an owner before there is any, and after it was paid off.
        if rule.pattern.trim_start_matches('/').starts_with(".unsnarl") {
            continue;
        }
        looked += 1;
        let what = match rule.matches {
            None => continue,
            Some(0) => format!("`{}` speaks of no file", rule.pattern),
            Some(_) if rule.decides > 0 => continue,
            Some(_) if rule.replaced_by.is_some() => {
                format!("`{}` is written again further down, and the last one counts", rule.pattern)
            }
            Some(matches) => format!(
                "`{}` decides nothing: for all {} it speaks of, others decide",
                rule.pattern,
                crate::audit::count(matches, "file")
            ),
        };
        let way_out = match rule.overridden_by.iter().max_by_key(|(_, files)| **files) {
            Some((&by, _)) => {
                let by = &book.rules[by as usize];
                format!("take it out, or move it below `{}` ({}:{})", by.pattern, by.file, by.line)
            }
            None => "take it out, or mend its pattern (unsnarl owners --audit says where the files went)"
                .to_owned(),
        };
        // The pattern, not the line, is what a record may be kept by.
        let mut violation = ground.at(&RULE, (&rule.file, rule.line), &rule.file, what, way_out);
        violation.to.clone_from(&rule.pattern);
        held.violations.push(violation);
    }
    for problem in &book.problems {
        // Mistakes of the manifest end a check before it begins.
        if book
            .sources
            .iter()
            .any(|source| source.dialect == "manifest" && source.files.contains(&problem.file))
        {
            continue;
        }
        let way_out = "mend or take out the line".to_owned();
        let what = format!("does nothing as it is written: {}", problem.why);
        let mut violation = ground.at(&RULE, (&problem.file, problem.line), &problem.file, what, way_out);
        violation.to.clone_from(&problem.why);
        held.violations.push(violation);
    }
    if looked > 0 {
        held.used(&RULE, None, looked, crate::audit::count(looked, "ownership rule"));
    }
}
