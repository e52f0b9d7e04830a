//! What a module keeps to itself is used from outside.

use facts::globs::Glob;

use super::{Ground, Held, Rule};

pub(super) const RULE: Rule = Rule {
    code: "U102",
    name: "private-interface",
    holds: "Of a module with `interface`, others use nothing but the files it names.",
    why: "What others use cannot be changed without them. An interface that is not kept makes every file of a module one.",
    example: "[[module]]\nid = \"billing\"\npaths = [\"billing/**\"]\ninterface = [\"billing/api/**\"]\n\n# web/cart.py: `from billing.tables import Invoice` breaks it.",
    way_out: "Use what the interface offers, ask its owner to offer what is missing, or add the file to interface.",
    limits: "It is held by file: where a file is re-exported by the interface, importing the interface is in order. Tests of other modules are not held unless [check] kinds says so.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let interfaces: Vec<Vec<Glob>> = ground
        .manifest
        .modules
        .iter()
        .map(|module| module.interface.iter().filter_map(|path| Glob::new(path).ok()).collect())
        .collect();
    let declaring = interfaces.iter().filter(|globs| !globs.is_empty()).count();
    if declaring == 0 {
        return;
    }
    let mut looked = 0;
    for (pair, from, to) in ground.across() {
        let Some(to) = to.filter(|&to| !interfaces[to as usize].is_empty()) else { continue };
        looked += 1;
        let path = &ground.standing.paths[pair.to as usize];
        if interfaces[to as usize].iter().any(|glob| glob.matches(path)) {
            continue;
        }
        let module = &ground.manifest.modules[to as usize];
        let what = format!(
            "{} uses `{}`, which is no part of the interface of `{}`",
            ground.called(from),
            ground.standing.text(pair.to),
            module.id
        );
        let offered = module.interface.iter().take(3).map(|path| format!("`{path}`")).collect::<Vec<_>>();
        let way_out = format!(
            "use {}, or have its owner add the file to interface ({}:{})",
            offered.join(", "),
            module.place.file,
            module.place.line
        );
        held.violations.push(ground.by_pair(&RULE, None, pair, what, way_out));
    }
    let modules = crate::audit::count(declaring as u64, "module");
    let told = format!("{modules} with an interface, {} into them", crate::audit::dependencies(looked));
    held.used(&RULE, None, looked, told);
}
