//! Several owners, none of whom leads.

use super::{Ground, Held, Rule, Violation};

pub(super) const RULE: Rule = Rule {
    code: "U202",
    name: "contested-owner",
    holds: "With [ownership] require_lead, somebody leads each module: no module's changes of the last year are spread over groups none of which makes most of them.",
    why: "Where several may decide and nobody leads, each change waits for whoever answers, and the direction is nobody's.",
    example: "[ownership]\nrequire_lead = true\n\n# /billing/ @acme/payments @acme/web, where either makes about half of the changes, breaks it.",
    way_out: "Name one owner, or split the module between the two.",
    limits: "It is read from the last year's history, so it can begin without any change of code: it says nothing in --diff, and nothing where history is cut off. What is contested today can be recorded.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    if !ground.manifest.ownership.require_lead {
        return;
    }
    for (module, why) in ground.contested {
        let declared = ground.manifest.modules.iter().position(|one| one.id == *module);
        let place = declared.map(|at| &ground.manifest.modules[at].place);
        let (file, line) = place.map_or(("", 0), |place| (place.file.as_str(), place.line));
        let way_out = "name one owner, or split the module".to_owned();
        held.violations.push(Violation {
            from_module: declared.map(|at| at as u32),
            ..ground.at(&RULE, (file, line), module, why.clone(), way_out)
        });
    }
    let all = ground.manifest.modules.len() as u64;
    let contested = ground.contested.len();
    let told = format!("{}, of which nobody leads {contested}", crate::audit::count(all, "module"));
    held.used(&RULE, None, all, told);
}
