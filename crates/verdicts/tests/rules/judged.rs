//! What becomes of violations: recorded, moved, exempt, there before, or new.

use std::collections::{BTreeMap, BTreeSet};

use facts::{
    Manifest,
    manifest::{CheckSettings, Exemption, Level},
    time::DAY,
};
use proptest::prelude::*;
use verdicts::{
    check::{self, Before, Check, State},
    debt::{self, Debt, Key},
    rules::{self, Held},
};

use crate::land::{Extended as _, Land, NOW, modules, place, words};

fn judged(land: &Land, debt: &[&str], before: Option<&Before>, approved_by: &[&str]) -> Check {
    land.ground(|ground| {
        let held = rules::hold(ground);
        check::judge(ground, held, &recorded(debt), before, &words(approved_by))
    })
}

fn recorded(lines: &[&str]) -> Debt {
    let mut debt = Debt::default();
    debt.read(".unsnarl/debt/a.txt", &lines.join("\n")).expect("each line is one record");
    debt
}

/// Codes of what fails, with where it starts.
fn failing(check: &Check) -> Vec<String> {
    check.failures().map(|one| format!("{} {}", one.rule.code, one.from)).collect()
}

/// `a` may use nothing, and uses b and c.
fn land() -> Land {
    Land::new(
        "a/1 -> b/1, a/2 -> c/1",
        modules(&["a", "b", "c"]).with("a", |one| one.depends_on = Some(vec![])),
    )
}

fn exempting(land: &mut Land, rule: &str, from: &str, to: &str) {
    land.manifest.exemptions.push(Exemption {
        rule: rule.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        reason: "it moves".to_owned(),
        owner: "ana".to_owned(),
        expires: NOW + DAY,
        place: place(),
    });
}

fn before(land: &Land, debt: &[&str]) -> Before {
    let keys: BTreeSet<Key> = land.hold().violations.iter().map(Key::of).collect();
    Before {
        by_rules_of_now: keys.clone(),
        keys,
        debt: recorded(debt),
        manifest: land.manifest.clone(),
        renamed: BTreeMap::new(),
        added: BTreeSet::new(),
        resolved: (0, 0),
    }
}

#[test]
fn debt_excuses_what_it_records_and_nothing_else() {
    for (name, debt, expected) in [
        ("nothing", &[][..], &["U101 a/1", "U101 a/2"][..]),
        ("one of two", &["U101 a/1 -> b/1"], &["U101 a/2"]),
        ("both", &["U101 a/1 -> b/1", "U101 a/2 -> c/1"], &[]),
        ("another rule", &["U102 a/1 -> b/1"], &["U101 a/1", "U101 a/2", "U303 U102 a/1"]),
        ("what is not there", &["U101 a/1 -> b/1", "U101 a/2 -> c/1", "U101 a/2 -> b/1"], &["U303 U101 a/2"]),
    ] {
        assert_eq!(failing(&judged(&land(), debt, None, &[])), expected, "{name}");
    }
}

#[test]
fn a_file_that_was_moved_takes_its_debt_along() {
    let check = judged(&land(), &["U101 a/old/1 -> b/1", "U101 a/2 -> c/1"], None, &[]);
    assert_eq!(failing(&check), Vec::<String>::new());
    assert_eq!((check.delta.held, check.delta.moved, check.delta.stale), (2, 1, 0));
    // The path it had is still taken: it is another file.
    let both = Land::new("a/1 -> b/1, a/old/1 -> a/1, c/1", land().manifest);
    let check = judged(&both, &["U101 a/old/1 -> b/1"], None, &[]);
    assert_eq!(failing(&check), ["U101 a/1", "U303 U101 a/old/1"]);
}

#[test]
fn a_strict_module_has_no_debt() {
    let mut land = land();
    land.manifest.modules[0].strict = true;
    let debt = ["U101 a/1 -> b/1", "U101 a/2 -> c/1"];
    assert_eq!(failing(&judged(&land, &debt, None, &[])), ["U305 a/1", "U305 a/2"]);
    // The debt is that of the modules that are used.
    land.manifest.check.charge = facts::manifest::Charge::Defining;
    assert_eq!(failing(&judged(&land, &debt, None, &[])), Vec::<String>::new());
}

#[test]
fn exemptions_apply_by_rule_and_both_ends() {
    for (rule, from, to, expected) in [
        ("U101", "a/1", "b/1", &["U101 a/2"][..]),
        ("undeclared-dependency", "a", "b", &["U101 a/2"]),
        ("U101", "a/*", "**", &[]),
        ("U102", "a", "b", &["U101 a/1", "U101 a/2"]),
        ("U101", "b", "a", &["U101 a/1", "U101 a/2"]),
    ] {
        let mut land = land();
        exempting(&mut land, rule, from, to);
        let check = judged(&land, &[], None, &[]);
        assert_eq!(failing(&check), expected, "{rule} {from} {to}");
        // One that exempts nothing is told.
        let idle = check.warnings().filter(|one| one.rule.code == "U306").count();
        assert_eq!(idle, usize::from(expected.len() == 2), "{rule} {from} {to}");
    }
    let mut over = land();
    exempting(&mut over, "U101", "a", "b");
    over.manifest.exemptions[0].expires = NOW;
    assert_eq!(failing(&judged(&over, &[], None, &[])), ["U101 a/1", "U101 a/2", "U301 U101: a"]);
}

#[test]
fn a_change_may_not_excuse_itself() {
    let clean = Land::new("a/1, a/2, b/1 -> c/1", land().manifest);
    let mut land = land();
    land.manifest.modules[0].owner = Some(("@ana".to_owned(), 1));
    exempting(&mut land, "U101", "a", "**");
    let then = before(&clean, &[]);
    assert_eq!(failing(&judged(&land, &[], Some(&then), &[])), ["U101 a/1", "U101 a/2", "U308 U101: a"]);
    let approved = judged(&land, &[], Some(&then), &["@ana"]);
    assert_eq!(failing(&approved), Vec::<String>::new());
    // What was merged before governs.
    let merged = Before { manifest: land.manifest.clone(), ..then };
    assert_eq!(failing(&judged(&land, &[], Some(&merged), &[])), Vec::<String>::new());
}

#[test]
fn a_change_answers_for_what_it_brings() {
    let then = before(&Land::new("a/1 -> b/1, a/2, c/1", land().manifest), &[]);
    assert_eq!(failing(&judged(&land(), &[], Some(&then), &[])), ["U101 a/2"]);
    // Debt that the change writes down is growth.
    let grown = judged(&land(), &["U101 a/2 -> c/1"], Some(&then), &[]);
    assert_eq!(failing(&grown), ["U304 U101 a/2"]);
    // Writing down what was broken before is not.
    let written = judged(&land(), &["U101 a/1 -> b/1"], Some(&then), &[]);
    assert_eq!(failing(&written), ["U101 a/2"]);
    // Nor is what was stale before the change's doing.
    let stale = Before { debt: recorded(&["U101 a/9 -> b/1"]), ..then };
    assert_eq!(failing(&judged(&land(), &["U101 a/9 -> b/1"], Some(&stale), &[])), ["U101 a/2"]);
}

#[test]
fn rules_are_allowed_or_told_by_name_code_and_contract() {
    let with = |allow: &[&str], warn: &[&str]| {
        let mut land = Land::new("a/1 -> b/1", modules(&["a", "b"]).rule("forbidden", &["a"], &["b"]));
        land.manifest.check =
            CheckSettings { allow: words(allow), warn: words(warn), ..CheckSettings::default() };
        let check = judged(&land, &[], None, &[]);
        (failing(&check).len(), check.warnings().count())
    };
    assert_eq!(with(&[], &[]), (1, 0));
    for word in ["U105", "u105", "forbidden-dependency", "r0"] {
        assert_eq!(with(&[word], &[]), (0, 0), "{word}");
        assert_eq!(with(&[], &[word]), (0, 1), "{word}");
    }
    assert_eq!(with(&["U101"], &["r1"]), (1, 0));
}

/// Edges of a to others, some of which are recorded, exempt, or were there before.
fn fates() -> impl Strategy<Value = Vec<(usize, usize, u8)>> {
    prop::collection::vec((0..6usize, 0..6usize, 0..16u8), 0..30)
}

proptest! {
    #[test]
    fn each_violation_has_one_fate(fates in fates()) {
        let mut manifest: Manifest = modules(&["a", "b"]).with("a", |one| one.depends_on = Some(vec![]));
        manifest = manifest.rule("forbidden transitive", &["a"], &["b"]);
        let tree: Vec<String> = fates.iter().map(|(from, to, _)| format!("a/{from} -> b/{to}")).collect();
        let mut land = Land::new(&(tree.join("\n") + "\na/0\nb/0"), manifest.clone());
        let mut debt: BTreeSet<String> = BTreeSet::new();
        let mut old: Vec<String> = vec!["a/0".to_owned(), "b/0".to_owned()];
        for (from, to, fate) in &fates {
            if fate & 1 > 0 {
                debt.insert(format!("U101 a/{from} -> b/{to}"));
            }
            if fate & 2 > 0 {
                exempting(&mut land, "r0", &format!("a/{from}"), &format!("b/{to}"));
            }
            if fate & 4 > 0 {
                old.push(format!("a/{from} -> b/{to}"));
            }
        }
        let debt: Vec<&str> = debt.iter().map(String::as_str).collect();
        let then = before(&Land::new(&old.join("\n"), land.manifest.clone()), &[]);
        for before in [None, Some(&then)] {
            let held: Held = land.hold();
            let check = judged(&land, &debt, before, &[]);
            let fate = |is: fn(&State) -> bool| {
                check.outcomes.iter().filter(|one| one.violation.rule.code < "U3" && is(&one.state)).count()
            };
            let fates = [
                fate(|state| *state == State::New),
                fate(|state| *state == State::Recorded),
                fate(|state| matches!(state, State::Moved(_))),
                fate(|state| matches!(state, State::Exempt(_))),
                fate(|state| *state == State::Before),
            ];
            let all = held.violations.iter().filter(|one| one.rule.code < "U3").count();
            prop_assert_eq!(fates.iter().sum::<usize>(), all);
            // A violation fails for no other reason than that it is new.
            prop_assert_eq!(check.failures().filter(|one| one.rule.code < "U3").count(), fates[0]);
            prop_assert!(before.is_some() || fates[4] == 0);
            prop_assert_eq!(check.delta.held + check.delta.stale, check.delta.recorded);
        }
    }

    #[test]
    fn what_is_recorded_holds(fates in fates()) {
        let mut manifest: Manifest = modules(&["a", "b", "c"]).with("a", |one| one.depends_on = Some(vec![]));
        manifest = manifest.rule("acyclic", &[], &[]).rule("acyclic file", &[], &[]).rule("reachable", &["a/*"], &["c"]);
        let tree = fates.iter().map(|(from, to, fate)| {
            let names = ["a", "b", "c"];
            let (start, end) = (names[usize::from(*fate) % 3], names[usize::from(*fate) / 3 % 3]);
            format!("{start}/{from} -> {end}/{to}")
        });
        let tree: Vec<String> = tree.chain(["a/0 -> b/0".to_owned(), "c/0".to_owned()]).collect();
        let land = Land::new(&tree.join("\n"), manifest);
        land.ground(|ground| {
            let held = rules::hold(ground);
            let files = debt::write(held.violations.iter().filter(|one| check::may_be_recorded(one.rule)).map(|one| {
                let module = ground.charged(one);
                (Key::of(one), module.map(|at| ground.manifest.modules[at as usize].id.as_str()))
            }));
            let mut debt = Debt::default();
            for (file, text) in &files {
                debt.read(file, text).expect("what is written can be read");
            }
            let check = check::judge(ground, held, &debt, None, &[]);
            prop_assert_eq!(check.failures().count(), 0);
            prop_assert!(check.outcomes.iter().all(|one| one.violation.level == Level::Error));
            prop_assert_eq!((check.delta.stale, check.delta.moved), (0, 0));
            Ok(())
        })?;
    }
}
