//! A module is used by one that may not see it.

use super::{Ground, Held, Rule, selection::listed};

pub(super) const RULE: Rule = Rule {
    code: "U103",
    name: "not-visible",
    holds: "A module with `visible_to` is used by nobody but the modules it lists.",
    why: "A module that is anybody's to use is nobody's to change: its owner no longer knows whom a change concerns.",
    example: "[[module]]\nid = \"ledger\"\npaths = [\"ledger/**\"]\nvisible_to = [\"billing\"]\n\n# web/cart.py: `import ledger` breaks it.",
    way_out: "Go through a module that may see it, or ask the owner of the module to be listed in visible_to.",
    limits: "Files of no module are outsiders, too. An empty list makes a module nobody else may use.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let allowed = listed(ground, |module| module.visible_to.as_ref());
    let declaring = allowed.iter().flatten().count();
    if declaring == 0 {
        return;
    }
    let mut looked = 0;
    for (pair, from, to) in ground.across() {
        let Some(listed) = to.and_then(|to| allowed[to as usize].as_ref()) else { continue };
        looked += 1;
        if from.is_some_and(|from| listed.contains(&from)) {
            continue;
        }
        let module = &ground.manifest.modules[to.unwrap_or_default() as usize];
        let what = format!("{} depends on `{}`, which is not visible to it", ground.called(from), module.id);
        let through = match listed.as_slice() {
            [] => String::new(),
            some => {
                let names: Vec<String> = some.iter().take(3).map(|&one| ground.called(Some(one))).collect();
                format!("go through {}, or ", names.join(" or "))
            }
        };
        let way_out = format!(
            "{through}have its owner list the module in visible_to ({}:{})",
            module.place.file, module.place.line
        );
        held.violations.push(ground.by_pair(&RULE, None, pair, what, way_out));
    }
    let modules = crate::audit::count(declaring as u64, "module");
    let told = format!("{modules} with visible_to, {} into them", crate::audit::dependencies(looked));
    held.used(&RULE, None, looked, told);
}
