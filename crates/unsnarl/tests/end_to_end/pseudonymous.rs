//! `--pseudonymous`: whatever is asked, no team, no person and no message is named, and no number is another.

use std::fs;

use serde_json::Value;
use testkit::repo::{Sandbox, planted};

use crate::stage::unsnarl;

/// What stands in the history and nowhere in an answer: people, their addresses, teams, messages.
const HIDDEN: [&str; 5] = ["Person 0", "p00@", "shop.example", "@shop", "work 8"];

#[test]
fn nobody_is_named() {
    let sandbox = Sandbox::new();
    let plan = planted::Plan { changes: 900, pairs: 6, codeowners: true, ..Default::default() };
    let repository = sandbox.repository("system", &planted::plant(plan).history);
    let ask = |arguments: &[&str]| {
        let all = [arguments, &["--pseudonymous", "--quiet"]].concat();
        unsnarl(&sandbox, repository.path(), &all).answer()
    };
    ask(&["report", "--json", "r.json", "--md", "r.md", "--html", "r.html"]);
    let read = |name: &str| fs::read_to_string(repository.path().join(name)).expect("it was written");
    let report: Value = serde_json::from_str(&read("r.json")).expect("it is JSON");
    let finding = report["findings"][0]["id"].as_str().expect("the planted pairs are found");
    let answers = [
        read("r.json"),
        read("r.md"),
        read("r.html"),
        ask(&["report"]),
        ask(&["explain", finding]),
        ask(&["explain", "independence"]),
        ask(&["coupling"]),
        ask(&["drift"]),
        ask(&["flow"]),
        ask(&["redesign"]),
        ask(&["owners", "packages/m00/src/part0.ts", "--people", "--explain"]),
        ask(&["owners", "--audit"]),
        ask(&["impact", "HEAD"]),
        ask(&["impact", "HEAD", "--format", "json"]),
        ask(&["facts", "--table", "changes"]),
        ask(&["facts", "--table", "people"]),
        ask(&["facts", "--table", "teams"]),
        ask(&["facts", "--table", "ownership"]),
    ];
    for answer in &answers {
        for name in HIDDEN {
            let place =
                answer.find(name).map(|at| &answer[at.saturating_sub(80)..(at + 40).min(answer.len())]);
            assert_eq!(place, None, "{name}");
        }
    }
    assert!(answers[3].contains("team-1") && answers[15].contains("person-1,"), "{}", answers[3]);

    let named = unsnarl(&sandbox, repository.path(), &["report", "--format", "json"]).answer();
    let people = unsnarl(&sandbox, repository.path(), &["facts", "--table", "people"]).answer();
    for name in HIDDEN {
        assert!(named.contains(name) || people.contains(name), "there is no {name} to hide");
    }
    let named: Value = serde_json::from_str(&named).expect("it is JSON");
    for (name, measure) in report["measures"].as_object().expect("measures") {
        for what in ["value", "interval", "count", "of", "series"] {
            assert_eq!(measure[what], named["measures"][name][what], "{name} {what}");
        }
    }
    let refusal = unsnarl(&sandbox, repository.path(), &["init", "--pseudonymous"]).refusal();
    assert!(refusal.contains("--pseudonymous") && refusal.contains("cannot be written down"), "{refusal}");
}
