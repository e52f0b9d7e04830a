//! A file nobody owns where somebody must.

use facts::globs::Glob;

use super::{Ground, Held, Rule};

pub(super) const RULE: Rule = Rule {
    code: "U201",
    name: "unowned-path",
    holds: "Every file that [ownership] require_owner names has an owner.",
    why: "What nobody owns is changed by everybody and decided by nobody; who to ask is found out anew each time.",
    example: "[ownership]\nrequire_owner = [\"services/**\"]\n\n# services/new/main.go, which no ownership rule and no module with an owner speaks of, breaks it.",
    way_out: "Give its module an owner, or write a rule in the ownership file that answers.",
    limits: "It asks what is declared, not who does the work: unsnarl owners --audit compares the two.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let globs: Vec<Glob> =
        ground.manifest.ownership.require_owner.iter().filter_map(|path| Glob::new(path).ok()).collect();
    if globs.is_empty() {
        return;
    }
    let mut looked = 0;
    for path in ground.standing.paths.iter().filter(|path| globs.iter().any(|glob| glob.matches(path))) {
        looked += 1;
        if (ground.owner)(path).is_some() {
            continue;
        }
        let text = String::from_utf8_lossy(path).into_owned();
        let what = format!("`{text}` has no owner, and require_owner asks for one");
        let way_out = "give its module an owner, or write a rule for it in the ownership file".to_owned();
        held.violations.push(ground.at(&RULE, (&text, 0), &text, what, way_out));
    }
    held.used(&RULE, None, looked, format!("{} must have an owner", crate::audit::count(looked, "file")));
}
