//! `unsnarl explain`: every id a report names opens.

use measures::MEASURES;
use testkit::repo::{Commit, Sandbox, planted};

use crate::stage::{json, unsnarl};

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
