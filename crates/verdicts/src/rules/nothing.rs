//! A rule, a module or a pattern that matches nothing.

use facts::{globs::Glob, manifest::Level, manifest::Place};

use super::{Ground, Held, Rule, Violation};

pub(super) const RULE: Rule = Rule {
    code: "U306",
    name: "matches-nothing",
    holds: "Every module, every end of a rule, every interface and every pattern that asks for an owner matches some file.",
    why: "A rule that matches nothing passes for ever. It is how a check goes on being green after a directory was renamed.",
    example: "[[module]]\nid = \"billing\"\npaths = [\"service/billing/**\"]      # it is called services/",
    way_out: "Mend the pattern, or take out what it was for.",
    limits: "An exemption that exempts nothing is told as a warning: it may stand there before what it is for.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let manifest = ground.manifest;
    let meets =
        |pattern: &str| Glob::new(pattern).is_ok_and(|glob| ground.standing.matching(&glob).next().is_some());
    let mut say = |place: &Place, from: &str, what: String| {
        let way_out = "mend it, or take it out".to_owned();
        held.violations.push(ground.at(&RULE, (&place.file, place.line), from, what, way_out));
    };
    let asks = !manifest.modules.is_empty()
        || !manifest.rules.is_empty()
        || !manifest.change_rules.is_empty()
        || !manifest.ownership.require_owner.is_empty()
        || !manifest.ownership.emit.is_empty();
    if !asks && let Some(file) = manifest.files.first() {
        let place = Place { file: file.clone(), line: 0 };
        say(&place, file, "the manifest declares no module and asks for nothing".to_owned());
    }
    let mut looked = 0;
    for (at, module) in manifest.modules.iter().enumerate() {
        for (pattern, line) in &module.paths {
            looked += 1;
            if !meets(pattern) {
                let place = Place { file: module.place.file.clone(), line: *line };
                say(&place, &module.id, format!("`{pattern}` of module `{}` matches no file", module.id));
            }
        }
        for pattern in &module.interface {
            looked += 1;
            if !meets(pattern) {
                let what = format!("`{pattern}` in the interface of `{}` matches no file", module.id);
                say(&module.place, &module.id, what);
            }
        }
        let holds = ground.standing.module_of.contains(&Some(at as u32));
        if !holds && module.paths.iter().any(|(pattern, _)| meets(pattern)) {
            let what = format!(
                "module `{}` holds no file: others with more specific patterns have them all",
                module.id
            );
            say(&module.place, &module.id, what);
        }
    }
    for rule in &manifest.rules {
        looked += 1;
        for (end, words) in [("from", &rule.from), ("to", &rule.to)] {
            for word in &ground.select(words).empty {
                say(
                    &rule.place,
                    &rule.id,
                    format!("`{word}` in `{end}` of rule {} matches no file", rule.id),
                );
            }
        }
    }
    for pattern in &manifest.ownership.require_owner {
        looked += 1;
        if !meets(pattern) {
            say(&manifest.ownership.place, pattern, format!("`{pattern}` in require_owner matches no file"));
        }
    }
    held.used(&RULE, None, looked, crate::audit::count(looked, "pattern"));
}

/// An exemption that exempted nothing.
pub(crate) fn idle_exemption(ground: &Ground<'_>, at: usize) -> Violation {
    let one = &ground.manifest.exemptions[at];
    let what = format!("the exemption of {} from {} exempts nothing", one.from, one.rule);
    let way_out = format!("{} answers for it: take it out once it is not needed", one.owner);
    Violation {
        level: Level::Warning,
        to: one.to.clone(),
        ..ground.at(
            &RULE,
            (&one.place.file, one.place.line),
            &format!("{}: {}", one.rule, one.from),
            what,
            way_out,
        )
    }
}
