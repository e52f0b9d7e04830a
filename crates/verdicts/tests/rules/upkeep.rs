//! Rules on ownership, on the manifest itself and on the run: first by hand, then nothing, and one of a kind.

use std::collections::BTreeMap;

use facts::{
    Manifest, RuleBook,
    manifest::{DeclaredRule, Exemption, OwnershipSettings},
    rulebook::{RuleConflict, RuleProblem, RuleSource, RuleUse},
    time::DAY,
};
use verdicts::rules::Emitted;

use crate::{
    by_hand::{hold, offering},
    land::{Extended as _, Land, NOW, modules, place, words},
};

#[test]
fn unowned_paths() {
    let asking = |paths: &[&str]| Manifest {
        ownership: OwnershipSettings { require_owner: words(paths), ..OwnershipSettings::default() },
        ..modules(&["a", "b"])
    };
    for (tree, ask, expected) in [
        ("a/1, b/1, = b/README", &["**"][..], &["b/1", "b/README"][..]),
        ("a/1, b/1", &["a"], &[]),
        ("a/1, b/1", &[], &[]),
        ("", &["**"], &[]),
    ] {
        let mut land = Land::new(tree, asking(ask));
        land.owners = vec![("a/".to_owned(), "@ana".to_owned())];
        assert_eq!(land.broken("U201"), expected, "{tree} {ask:?}");
    }
}

#[test]
fn contested_owners() {
    let mut land = Land::new("a/1", modules(&["a"]));
    assert!(land.broken("U202").is_empty());
    land.contested = vec![("a".to_owned(), "@ana 40 %, @ben 40 %".to_owned())];
    assert!(land.broken("U202").is_empty(), "nobody asked");
    land.manifest.ownership.require_lead = true;
    assert_eq!(land.broken("U202"), ["a"]);
    let held = land.hold();
    let one = held.violations.iter().find(|one| one.rule.code == "U202").expect("it is contested");
    assert_eq!((one.level, one.from_module), (facts::manifest::Level::Error, Some(0)));
}

/// A book of one source, which is asked or not.
fn book(asked: bool, rules: Vec<RuleUse>) -> RuleBook {
    let source = |asked| RuleSource {
        dialect: "github",
        files: vec!["CODEOWNERS".to_owned()],
        asked,
        ..RuleSource::default()
    };
    RuleBook { sources: vec![source(asked), source(asked)], rules, ..RuleBook::default() }
}

fn ownership_rule(pattern: &str, matches: Option<u64>, decides: u64) -> RuleUse {
    RuleUse {
        file: "CODEOWNERS".to_owned(),
        line: 3,
        pattern: pattern.to_owned(),
        owners: words(&["@ana"]),
        matches,
        decides,
        ..RuleUse::default()
    }
}

#[test]
fn void_ownership_rules() {
    let rules = || {
        vec![
            ownership_rule("/used/", Some(3), 3),
            ownership_rule("/none/", Some(0), 0),
            RuleUse { overridden_by: BTreeMap::from([(0, 2)]), ..ownership_rule("/over/", Some(2), 0) },
            RuleUse { replaced_by: Some(0), ..ownership_rule("/twice/", Some(2), 0) },
            ownership_rule("K: word", None, 0),
        ]
    };
    let mut land = Land::new("a/1", modules(&["a"]));
    assert!(land.broken("U203").is_empty(), "no ownership was read");
    land.book = Some(book(true, rules()));
    assert_eq!(
        land.broken("U203"),
        ["CODEOWNERS -> /none/", "CODEOWNERS -> /over/", "CODEOWNERS -> /twice/"]
    );
    land.book = Some(book(false, rules()));
    assert!(land.broken("U203").is_empty(), "nobody asks that source");
    let problem = RuleProblem { file: "CODEOWNERS".to_owned(), line: 9, why: "no owner".to_owned() };
    land.book = Some(RuleBook { problems: vec![problem], ..book(true, Vec::new()) });
    assert_eq!(land.broken("U203"), ["CODEOWNERS -> no owner"]);
}

#[test]
fn conflicting_owners() {
    let conflict = RuleConflict { first: 0, second: 1, files: 2, examples: Vec::new() };
    let rules = vec![
        ownership_rule("/a/", Some(2), 2),
        RuleUse { source: 1, file: "OWNERS".to_owned(), ..ownership_rule("b", Some(2), 2) },
    ];
    let mut land = Land::new("a/1", modules(&["a"]));
    for (asked, expected) in [(true, &["CODEOWNERS /a/ -> OWNERS b"][..]), (false, &[])] {
        land.book = Some(RuleBook { conflicts: vec![conflict.clone()], ..book(asked, rules.clone()) });
        assert_eq!(land.broken("U204"), expected, "asked: {asked}");
    }
    land.book = None;
    land.emitted = vec![Emitted {
        dialect: "github".to_owned(),
        path: "CODEOWNERS".to_owned(),
        why: "they differ from line 2 on".to_owned(),
    }];
    assert_eq!(land.broken("U204"), ["CODEOWNERS -> unsnarl.toml (github)"]);
}

#[test]
fn expired_exemptions() {
    let until = |expires: i64| Manifest {
        exemptions: vec![Exemption {
            rule: "U101".to_owned(),
            from: "a".to_owned(),
            to: "b".to_owned(),
            expires,
            place: place(),
            ..Exemption::default()
        }],
        ..modules(&["a"])
    };
    hold(
        "U301",
        vec![
            ("it ended today", "a/1", until(NOW), &["U101: a -> b"]),
            ("it ends tomorrow", "a/1", until(NOW + DAY), &[]),
            ("none", "a/1", modules(&["a"]), &[]),
        ],
    );
}

#[test]
fn missing_decisions() {
    let because = |reason: &str| Manifest {
        rules: vec![DeclaredRule {
            id: "r".to_owned(),
            kind: "acyclic".to_owned(),
            because: Some(reason.to_owned()),
            place: place(),
            ..DeclaredRule::default()
        }],
        ..modules(&["a"])
    };
    hold(
        "U302",
        vec![
            ("it is not there", "a/1", because("docs/0012.md"), &["r -> docs/0012.md"]),
            ("it is there", "a/1, = docs/0012.md", because("docs/0012.md#why"), &[]),
            ("it is a reason", "a/1", because("we said so"), &[]),
            ("there is none", "a/1", modules(&["a"]), &[]),
        ],
    );
}

#[test]
fn what_matches_nothing() {
    let whole = || modules(&["a", "b"]).rule("forbidden", &["a"], &["b/*"]).with("a", offering(&["a/1"]));
    let asking = |path: &str| Manifest {
        ownership: OwnershipSettings { require_owner: words(&[path]), ..OwnershipSettings::default() },
        ..modules(&["a"])
    };
    let within = || {
        let mut manifest = modules(&["a", "b"]);
        manifest.modules[1].paths = vec![("a".to_owned(), 1)];
        manifest
    };
    hold(
        "U306",
        vec![
            ("all is met", "a/1, b/1", whole(), &[]),
            ("nothing is", "x", whole(), &["a", "a", "b", "r0", "r0"]),
            (
                "packages outside may be unused",
                "a/1, b/1",
                modules(&["a"]).rule("forbidden", &["a"], &["external:lib"]),
                &[],
            ),
            ("owners of nothing", "a/1", asking("z"), &["z"]),
            ("another has all of it", "a/1", within(), &["b"]),
            ("no module at all", "", Manifest::default(), &[]),
        ],
    );
}

#[test]
fn nothing_resolved() {
    hold(
        "U307",
        vec![
            ("none leads anywhere", "a/1 -> ?, a/2 -> external:lib", modules(&["a"]), &["(the tree)"]),
            ("one does", "a/1 -> a/2", modules(&["a"]), &[]),
            ("one file has none to name", "a/1 -> external:lib", modules(&["a"]), &[]),
            ("nothing is read", "= a/1, = a/2", modules(&["a"]), &[]),
            ("nothing", "", Manifest::default(), &[]),
        ],
    );
}
