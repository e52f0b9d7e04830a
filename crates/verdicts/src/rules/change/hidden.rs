//! Modules begin to change together, and neither names the other.

use facts::{Lens, manifest::ChangeRule};
use measures::{Coupling, CouplingKind, boundaries, coupling};

use super::{Ground, History, Rule, Violation};

pub(super) const RULE: Rule = Rule {
    code: "U404",
    name: "new-hidden-constraint",
    holds: "No two modules change together beyond chance where neither names the other, except those that are recorded.",
    why: "A hidden constraint costs every change on either side, and no import shows it. It is cheapest to undo when it is new.",
    example: "[[change_rule]]\nid = \"no-new-hidden\"\nno_new_hidden_constraint = true\nmodules = [\"billing\"]      # all modules when left out\n\n# unsnarl check --accept records those there are.",
    way_out: "unsnarl coupling shows the files and changes behind it, and what may be the cause: a copied literal, a shared table, a format.",
    limits: "It is seen on the whole history that counts (--since narrows it), at a false discovery rate of one per cent, in three windows or more: a constraint shows some ten changes after it began. It says nothing in --diff.",
};

/// Holds the rule against a history. Also says what was looked at.
pub(super) fn hold(
    ground: &Ground<'_>,
    rule: &ChangeRule,
    history: &History<'_>,
) -> (Vec<Violation>, String) {
    let found = constraints(history.lens);
    let modules = &ground.manifest.modules;
    let out: Vec<Violation> = found
        .iter()
        .filter_map(|one| {
            let name = |id: facts::ModuleId| history.lens.structure.modules[id.index()].name.as_str();
            let declared = |name: &str| modules.iter().position(|module| module.id == name);
            let (a, b) = (declared(name(one.a))?, declared(name(one.b))?);
            let named = |at: usize| rule.modules.contains(&modules[at].id);
            if !rule.modules.is_empty() && !named(a) && !named(b) {
                return None;
            }
            let (first, second) = if modules[a].id <= modules[b].id { (a, b) } else { (b, a) };
            let what = format!(
                "`{}` and `{}` changed together {} times where chance explains {:.1}, and neither names the other",
                modules[first].id, modules[second].id, one.shared, one.expected
            );
            let way_out = "unsnarl coupling shows the files and changes behind it".to_owned();
            let place = (rule.place.file.as_str(), rule.place.line);
            Some(Violation {
                contract: Some(rule.id.clone()),
                level: rule.level,
                to: modules[second].id.clone(),
                from_module: Some(first as u32),
                to_module: Some(second as u32),
                because: rule.because.clone(),
                ..ground.at(&RULE, place, &modules[first].id, what, way_out)
            })
        })
        .collect();
    let looked = format!(
        "{} on {}",
        crate::audit::count(out.len() as u64, "hidden constraint"),
        crate::audit::count(history.lens.counted.len() as u64, "change")
    );
    (out, looked)
}

/// Every hidden constraint a lens shows, but documentation that moves with what it describes.
fn constraints(lens: &Lens<'_>) -> Vec<Coupling> {
    let (_, mut couplings) = coupling::compute(lens);
    let _ = boundaries::compute(lens, &mut couplings, 1);
    couplings.retain(|one| one.kind == CouplingKind::Hidden && !one.is_documentation());
    couplings
}
