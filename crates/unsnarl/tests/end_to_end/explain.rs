//! `unsnarl explain`: every id a report names opens.

use measures::MEASURES;
use testkit::repo::{Sandbox, planted};

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
fn every_measure_has_a_page() {
    let sandbox = Sandbox::new();
    for measure in MEASURES {
        let text = unsnarl(&sandbox, sandbox.path(), &["explain", measure.name]).answer();
        assert!(text.contains("When it lies"), "{text}");
        insta::assert_snapshot!(measure.name, text);
    }
}
