//! A module depends on one it does not declare to depend on.

use super::{Ground, Held, Rule, selection::listed};

pub(super) const RULE: Rule = Rule {
    code: "U101",
    name: "undeclared-dependency",
    holds: "A module with `depends_on` depends on nothing but the modules it lists.",
    why: "A dependency nobody decided on ties two teams together: from then on each change of the one may need the other.",
    example: "[[module]]\nid = \"billing\"\npaths = [\"billing/**\"]\ndepends_on = [\"ledger\"]\n\n# billing/pdf.py: `import web.render` breaks it, where web/ is a module.",
    way_out: "Call through a module that is listed, move the code to where it is used, or add the module to depends_on, which is a decision of whoever owns the manifest.",
    limits: "Files of no module, and modules without depends_on, are not held. What is called through a framework, a message or reflection is not seen.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let allowed = listed(ground, |module| module.depends_on.as_ref());
    let declaring = allowed.iter().flatten().count();
    if declaring == 0 {
        return;
    }
    let mut looked = 0;
    for (pair, from, to) in ground.across() {
        let (Some(from), Some(to)) = (from, to) else { continue };
        let Some(listed) = &allowed[from as usize] else { continue };
        looked += 1;
        if listed.contains(&to) {
            continue;
        }
        let (name, other) = (ground.module_name(Some(from)), ground.module_name(Some(to)));
        let place = &ground.manifest.modules[from as usize].place;
        let what = format!("`{name}` depends on `{other}`, which its depends_on does not list");
        let instead = match listed.as_slice() {
            [] => "do without it".to_owned(),
            _ => format!("use one of the modules `{name}` lists"),
        };
        let way_out =
            format!("{instead}, or add \"{other}\" to its depends_on ({}:{})", place.file, place.line);
        held.violations.push(ground.by_pair(&RULE, None, pair, what, way_out));
    }
    let modules = crate::audit::count(declaring as u64, "module");
    let told = format!("{modules} with depends_on, {} out of them", crate::audit::dependencies(looked));
    held.used(&RULE, None, looked, told);
}
