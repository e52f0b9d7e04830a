//! What a change takes back of what is held: a dependency it lists, a rule it takes out, a code it allows.
//!
//! Each of these is somebody's right, and none breaks a rule. Whoever reviews the change should not have to find it.

use facts::{
    Manifest,
    manifest::{DeclaredModule, DeclaredRule, Exemption, Level, Place},
    time,
};

/// What of the manifest holds less than it did, each in a few words; empty where there was no manifest. What holds
/// otherwise and cannot be told to hold less is named, too.
pub fn loosened(before: &Manifest, now: &Manifest) -> Vec<String> {
    let mut out = Vec::new();
    if before.files.is_empty() {
        return out;
    }
    for old in &before.modules {
        match now.modules.iter().find(|module| module.id == old.id) {
            Some(new) => of_module(old, new, &mut out),
            None => out.push(format!("module `{}` is gone", old.id)),
        }
    }
    for old in &before.rules {
        match now.rules.iter().find(|rule| rule.id == old.id) {
            Some(new) => of_rule(old, new, &mut out),
            None => out.push(format!("rule {} is gone", old.id)),
        }
    }
    for old in &before.change_rules {
        match now.change_rules.iter().find(|rule| rule.id == old.id) {
            Some(new) => {
                let same = facts::manifest::ChangeRule { place: old.place.clone(), ..new.clone() };
                if same != *old {
                    out.push(format!("change rule {} reads otherwise", old.id));
                }
            }
            None => out.push(format!("change rule {} is gone", old.id)),
        }
    }
    let (old, new) = (&before.layers, &now.layers);
    if !old.order.is_empty()
        && (&old.order, &old.closed, old.transitive) != (&new.order, &new.closed, new.transitive)
    {
        out.push("the layers read otherwise".to_owned());
    }
    added(&before.check.allow, &now.check.allow, |word| format!("{word} is not held"), &mut out);
    added(&before.check.warn, &now.check.warn, |word| format!("{word} fails nothing"), &mut out);
    if before.check.kinds != now.check.kinds {
        out.push("other kinds of dependency count".to_owned());
    }
    let same =
        |one: &Exemption, other: &Exemption| Exemption { place: one.place.clone(), ..other.clone() } == *one;
    for one in now.exemptions.iter().filter(|one| !before.exemptions.iter().any(|other| same(one, other))) {
        out.push(format!(
            "{} is exempt from {} on the way to {} until {}",
            one.from,
            one.rule,
            one.to,
            time::date(one.expires - time::DAY)
        ));
    }
    let asked = (&before.ownership.require_owner, &now.ownership.require_owner);
    added(asked.1, asked.0, |path| format!("`{path}` needs no owner"), &mut out);
    out
}

fn of_module(old: &DeclaredModule, new: &DeclaredModule, out: &mut Vec<String>) {
    let id = &old.id;
    match (&old.depends_on, &new.depends_on) {
        (Some(_), None) => out.push(format!("`{id}` may depend on anything")),
        (Some(old), Some(new)) => added(old, new, |to| format!("`{id}` may depend on `{to}`"), out),
        (None, _) => {}
    }
    match (&old.visible_to, &new.visible_to) {
        (Some(_), None) => out.push(format!("`{id}` is visible to all")),
        (Some(old), Some(new)) => added(old, new, |by| format!("`{id}` is visible to `{by}`"), out),
        (None, _) => {}
    }
    match (old.interface.is_empty(), new.interface.is_empty()) {
        (false, true) => out.push(format!("all of `{id}` is its interface")),
        (false, false) => {
            added(&old.interface, &new.interface, |path| format!("`{path}` is interface of `{id}`"), out);
        }
        (true, _) => {}
    }
    if old.strict && !new.strict {
        out.push(format!("`{id}` is not strict any more"));
    }
    if old.layer.is_some() && old.layer != new.layer {
        out.push(format!(
            "`{id}` is in {}",
            new.layer.as_deref().map_or_else(|| "no layer".to_owned(), |layer| format!("layer {layer}"))
        ));
    }
    let paths =
        |module: &DeclaredModule| module.paths.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    if paths(old) != paths(new) {
        out.push(format!("`{id}` has other paths"));
    }
}

fn of_rule(old: &DeclaredRule, new: &DeclaredRule, out: &mut Vec<String>) {
    if old.level == Level::Error && new.level == Level::Warning {
        out.push(format!("rule {} fails nothing", old.id));
    }
    let what = |rule: &DeclaredRule| DeclaredRule {
        level: Level::Error,
        because: None,
        place: Place::default(),
        ..rule.clone()
    };
    if what(old) != what(new) {
        out.push(format!("rule {} reads otherwise", old.id));
    }
}

/// What is in the second list alone.
fn added(old: &[String], new: &[String], tell: impl Fn(&str) -> String, out: &mut Vec<String>) {
    out.extend(new.iter().filter(|word| !old.contains(word)).map(|word| tell(word)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn manifest() -> Manifest {
        Manifest {
            files: list(&["unsnarl.toml"]),
            modules: vec![DeclaredModule {
                id: "billing".to_owned(),
                depends_on: Some(list(&["ledger"])),
                strict: true,
                ..DeclaredModule::default()
            }],
            rules: vec![DeclaredRule { id: "no-ui".to_owned(), ..DeclaredRule::default() }],
            ..Manifest::default()
        }
    }

    #[test]
    fn what_is_taken_back_is_told() {
        let old = manifest();
        let mut new = manifest();
        new.modules[0].depends_on = Some(list(&["ledger", "web"]));
        new.modules[0].strict = false;
        new.rules[0].level = Level::Warning;
        new.check.allow = list(&["U101"]);
        let expected = [
            "`billing` may depend on `web`",
            "`billing` is not strict any more",
            "rule no-ui fails nothing",
            "U101 is not held",
        ];
        assert_eq!(loosened(&old, &new), expected);
        new = Manifest { modules: Vec::new(), rules: Vec::new(), ..manifest() };
        assert_eq!(loosened(&old, &new), ["module `billing` is gone", "rule no-ui is gone"]);
    }

    #[test]
    fn what_is_tightened_is_not() {
        let old = manifest();
        let mut new = manifest();
        new.modules[0].depends_on = Some(Vec::new());
        new.modules[0].place.line = 7;
        new.rules[0].because = Some("it was agreed".to_owned());
        new.rules.push(DeclaredRule { id: "more".to_owned(), ..DeclaredRule::default() });
        assert_eq!(loosened(&old, &new), Vec::<String>::new());
        assert_eq!(loosened(&Manifest::default(), &old), Vec::<String>::new());
        assert_eq!(loosened(&old, &old), Vec::<String>::new());
    }
}
