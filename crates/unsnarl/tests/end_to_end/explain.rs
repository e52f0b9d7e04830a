//! `unsnarl explain`: every id a report names opens, and every rule.

use measures::{IN_DEPTH, MEASURES};
use testkit::repo::{Commit, Sandbox, planted};
use verdicts::rules;

use crate::{
    check::{MANIFEST, Shop},
    stage::{json, unsnarl},
};

#[test]
fn every_id_of_a_report_opens() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &planted::plant(planted::Plan::default()).history);
    let report = json(&sandbox, &repository, &[]);
    let mut ids: Vec<&str> = Vec::new();
    for list in ["findings", "couplings"] {
        ids.extend(report[list].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()));
    }
    assert!(ids.len() >= 5, "{ids:?}");
    for id in ids {
        let text = unsnarl(&sandbox, repository.path(), &["explain", id]).answer();
        assert!(text.starts_with(id) && text.contains("git show ID"), "{text}");
    }
}

#[test]
fn what_there_is_to_explain_is_listed() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &planted::plant(planted::Plan::default()).history);
    let list = unsnarl(&sandbox, repository.path(), &["explain"]).answer();
    let report = json(&sandbox, &repository, &[]);
    for of in ["findings", "couplings"] {
        for one in report[of].as_array().unwrap() {
            assert_eq!(list.matches(one["id"].as_str().unwrap()).count(), 1, "{list}");
        }
    }
    assert!(MEASURES.iter().all(|measure| list.contains(measure.name)), "{list}");
    let error = unsnarl(&sandbox, repository.path(), &["explain", "packages/m00"]).refusal();
    assert!(error.contains("unsnarl explain, without an id"), "{error}");
    let page = unsnarl(&sandbox, repository.path(), &["explain", "ownership clarity"]).answer();
    assert!(page.starts_with("ownership_clarity"), "{page}");
}

/// One owner for everything: the finding shows from which teams to begin.
#[test]
fn ownership_that_cannot_tell_opens_on_who_does_the_work() {
    let sandbox = Sandbox::new();
    let plan = planted::Plan { codeowners: false, ..planted::Plan::default() };
    let mut history = planted::plant(plan).history;
    history.commit("main", Commit::new("own it all").write("CODEOWNERS", "* @shop/everyone\n"));
    let repository = sandbox.repository("shop", &history);
    let report = json(&sandbox, &repository, &[]);
    let findings = report["findings"].as_array().unwrap();
    let id = findings.iter().find(|one| one["kind"] == "ownership").unwrap()["id"].as_str().unwrap();
    let text = unsnarl(&sandbox, repository.path(), &["explain", id]).answer();
    assert!(text.contains("Who makes most changes to each module") && text.contains("group "), "{text}");
}

#[test]
fn every_measure_has_a_page() {
    let sandbox = Sandbox::new();
    for measure in MEASURES {
        let text = unsnarl(&sandbox, sandbox.path(), &["explain", measure.name]).answer();
        assert!(text.contains("When it lies"), "{text}");
        insta::assert_snapshot!(measure.name, text);
    }
}

/// By code or name, in any case, and anywhere: no repository is asked for.
#[test]
fn every_rule_has_a_page() {
    let sandbox = Sandbox::new();
    let list = unsnarl(&sandbox, sandbox.path(), &["explain", "rules"]).answer();
    for rule in rules::all() {
        assert!(list.contains(&format!("  {} {}\n", rule.code, rule.name)), "{}", rule.code);
        let page = unsnarl(&sandbox, sandbox.path(), &["explain", rule.code]).answer();
        for word in [rule.name, &rule.code.to_lowercase()] {
            assert_eq!(unsnarl(&sandbox, sandbox.path(), &["explain", word]).answer(), page);
        }
        assert!(page.starts_with(&format!("{} {}: ", rule.code, rule.name)), "{page}");
        for line in rule.example.lines() {
            assert!(page.contains(line), "{page}");
        }
    }
    insta::assert_snapshot!("rule", unsnarl(&sandbox, sandbox.path(), &["explain", "U101"]).answer());
}

#[test]
fn a_word_that_is_nearly_a_rule_is_put_right() {
    let sandbox = Sandbox::new();
    let error = unsnarl(&sandbox, sandbox.path(), &["explain", "undeclared-dependancy"]).refusal();
    assert!(error.contains("did you mean undeclared-dependency?"), "{error}");
    let error = unsnarl(&sandbox, sandbox.path(), &["explain", "indpendence"]).refusal();
    assert!(error.contains("did you mean independence?"), "{error}");
    let error = unsnarl(&sandbox, sandbox.path(), &["explain", "U999"]).refusal();
    assert!(error.contains("unsnarl explain rules"), "{error}");
    let repository = sandbox.repository("shop", &planted::plant(planted::Plan::default()).history);
    let error = unsnarl(&sandbox, repository.path(), &["explain", "module-cicle"]).refusal();
    assert!(error.contains("did you mean module-cycle?"), "{error}");
}

/// A rule of the manifest opens on what is written, and on the decision behind it.
#[test]
fn a_rule_of_the_manifest_has_a_page() {
    let shop = Shop::new();
    shop.write("docs/0007-layers.md", "---\nstatus: accepted\n---\n\n# Billing knows no page\n\nBecause.\n");
    let rule = "[[rule]]\nid = \"no-pages\"\ntype = \"forbidden\"   # for good\nfrom = [\"billing\"]\nto = [\"web\"]\nbecause = \"docs/0007-layers.md\"\n";
    let change =
        "\n# Two at most.\n[[change_rule]]\nid = \"few-teams\"\nmax_teams = 2\nseverity = \"warning\"\n";
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n{rule}{change}"));
    insta::assert_snapshot!(
        "rule_of_manifest",
        unsnarl(&shop.sandbox, shop.path(), &["explain", "no-pages"]).answer()
    );
    let page = unsnarl(&shop.sandbox, shop.path(), &["explain", "few-teams"]).answer();
    assert!(page.starts_with("few-teams: a [[change_rule]], unsnarl.toml:"), "{page}");
    assert!(page.contains("max_teams = 2") && page.contains("told as a warning"), "{page}");
}

/// docs/reference/measures.md is written from the measures.
#[test]
fn the_measures_page_is_fresh() {
    let page = faces::explain::reference(&MEASURES, &IN_DEPTH);
    crate::stage::is_published("reference/measures.md", &page);
}

/// What the report does not hold has a page, too.
#[test]
fn what_commands_measure_in_depth_is_explained() {
    let sandbox = Sandbox::new();
    for (asked, name) in [("capacity", "capacity"), ("compare", "compare"), ("process-load", "process_load")]
    {
        let page = unsnarl(&sandbox, sandbox.path(), &["explain", asked]).answer();
        assert!(page.starts_with(&format!("{name}: ")) && page.contains("\nWhen it lies\n"), "{page}");
    }
}

/// docs/reference/rules.md is written from the rules.
#[test]
fn the_published_rules_page_is_the_program_s() {
    let page = faces::rules::reference(&rules::all());
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/rules.md");
    if std::env::var_os("UNSNARL_UPDATE").is_some() {
        std::fs::create_dir_all(std::path::Path::new(place).parent().unwrap()).unwrap();
        std::fs::write(place, &page).unwrap();
    }
    let there = std::fs::read_to_string(place).unwrap_or_default();
    assert!(there == page, "docs/reference/rules.md is stale: UNSNARL_UPDATE=1 cargo nextest run rules_page");
}
