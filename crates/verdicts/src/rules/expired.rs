//! An exemption whose time is over.

use facts::time::{self, DAY};

use super::{Ground, Held, Rule, Violation};

pub(super) const RULE: Rule = Rule {
    code: "U301",
    name: "expired-exemption",
    holds: "No exemption is past its last day; one that is no longer applies.",
    why: "An exception without an end is the rule.",
    example: "[[exemption]]\nrule = \"no-domain-to-ui\"\nfrom = \"billing/pdf.py\"\nto = \"web\"\nreason = \"PDF rendering moves in Q2\"\nowner = \"payments\"\nexpires = 2026-04-01",
    way_out: "Do what the reason promised and take the exemption out, or have the owner of the rule agree to a later day.",
    limits: "The day is UTC's.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for one in ground.manifest.exemptions.iter().filter(|one| one.expires <= ground.now) {
        let what = format!(
            "the exemption of {} from {} ended on {}: {}",
            one.from,
            one.rule,
            time::date(one.expires - DAY),
            one.reason
        );
        let way_out = format!("{} answers for it: take it out, or have a later day agreed to", one.owner);
        let place = (one.place.file.as_str(), one.place.line);
        held.violations.push(Violation {
            to: one.to.clone(),
            ..ground.at(&RULE, place, &format!("{}: {}", one.rule, one.from), what, way_out)
        });
    }
    let all = ground.manifest.exemptions.len() as u64;
    if all > 0 {
        held.used(&RULE, None, all, crate::audit::count(all, "exemption"));
    }
}
