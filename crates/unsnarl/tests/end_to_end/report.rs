//! `unsnarl report`: every face of one planted system, whole.

use std::fs;

use testkit::repo::{Commit, History, Sandbox, planted};

use crate::stage::{everything, is_published, json, left_out, program, shown, unsnarl};

fn system(codeowners: bool) -> History {
    planted::plant(planted::Plan { changes: 600, pairs: 3, modules: 8, codeowners, ..Default::default() })
        .history
}

/// The version changes with every release and says nothing about the report.
fn redacted(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn text() {
    let sandbox = Sandbox::new();
    for (name, history) in [("declared", system(true)), ("inferred", system(false))] {
        let repository = sandbox.repository(name, &history);
        let text = unsnarl(&sandbox, repository.path(), &["report"]).answer();
        assert!(text.lines().count() <= 30, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        insta::assert_snapshot!(format!("text_{name}"), text);
    }
}

#[test]
fn one_rule_for_everything_cannot_tell() {
    let sandbox = Sandbox::new();
    let mut history = system(false);
    history.commit("main", Commit::new("own it all").write("CODEOWNERS", "* @shop/everyone\n"));
    let repository = sandbox.repository("shop", &history);
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["structure"]["ownership"], "inferred");
    assert!(report["structure"]["declared_cannot_tell"].as_str().unwrap().contains("@shop/everyone"));
    let text = unsnarl(&sandbox, repository.path(), &["report"]).answer();
    assert!(text.contains("declared ownership cannot tell") && text.lines().count() <= 30, "{text}");
}

#[test]
fn a_long_name_leaves_the_verdict_room() {
    let sandbox = Sandbox::new();
    let plan = planted::Plan { seed: 5, codeowners: true, changes: 900, pairs: 6, ..Default::default() };
    let name = "a-system-whose-name-has-forty-letters-xx";
    let repository = sandbox.repository(name, &planted::plant(plan).history);
    let text = unsnarl(&sandbox, repository.path(), &["report"]).answer();
    assert!(text.starts_with(&format!("{name} moves as it did\n")), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn json_markdown_and_page() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &system(true));
    unsnarl(&sandbox, repository.path(), &["report", "--json", "r.json", "--md", "r.md", "--html", "r.html"])
        .answer();
    let read = |name: &str| redacted(&fs::read_to_string(repository.path().join(name)).unwrap());
    insta::assert_snapshot!("json", read("r.json"));
    insta::assert_snapshot!("markdown", read("r.md"));
    insta::assert_snapshot!(
        "page",
        serde_json::to_string_pretty(&shown(&read("r.html"))["page"]).expect("JSON")
    );
}

#[test]
fn the_contract_holds() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &system(true));
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["schema"], "unsnarl.report/1");
    for (of, fields) in [
        ("range", &["since", "until", "head"][..]),
        ("counts", &["changes", "touches", "files", "people", "modules", "teams"]),
        ("structure", &["modules", "teams", "ownership"]),
    ] {
        for field in fields {
            assert!(!report[of][field].is_null(), "{of}.{field}");
        }
    }
    for (name, measure) in report["measures"].as_object().unwrap() {
        for field in ["value", "unit", "interval", "series", "parts"] {
            assert!(measure.get(field).is_some(), "{name}.{field}");
        }
    }
    for coupling in report["couplings"].as_array().unwrap() {
        for field in [
            "a",
            "b",
            "level",
            "shared",
            "a_changes",
            "b_changes",
            "n",
            "expected",
            "excess",
            "lift",
            "q",
            "kind",
        ] {
            assert!(!coupling[field].is_null(), "{field}");
        }
    }
    for finding in report["findings"].as_array().unwrap() {
        for field in ["id", "kind", "severity", "subject", "title", "evidence"] {
            assert!(!finding[field].is_null(), "{field}");
        }
    }
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("report.schema.json", &faces::json::schema());
}

#[test]
fn threads_change_nothing() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &system(false));
    let one = everything(&sandbox, &repository, &["--no-cache", "--threads", "1"]);
    assert!(one == everything(&sandbox, &repository, &["--no-cache", "--threads", "4"]));
}

#[test]
fn published_methods_and_ranges_run() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &system(false));
    for method in ["avelino", "jetbrains"] {
        let report = json(&sandbox, &repository, &["--method", method]);
        assert!(
            report["measures"]["knowledge"]["value"].as_f64().is_some_and(|people| people >= 1.0),
            "{method}"
        );
    }
    let until = report_until(&json(&sandbox, &repository, &[]));
    let none = json(&sandbox, &repository, &["--since", "2090-01-01"]);
    assert_eq!(none["counts"]["counted_changes"], 0);
    assert!(!until.is_empty());
    let text = unsnarl(&sandbox, repository.path(), &["report", "--since", "2090-01-01"]).answer();
    assert!(text.contains("Nothing to measure") && text.contains("--since"), "{text}");
}

fn report_until(report: &serde_json::Value) -> String {
    report["range"]["until"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn bots_and_agents_own_nothing() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    for number in 0..40 {
        let (name, email) = match number % 4 {
            0 => ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"),
            1 => ("Claude", "noreply@anthropic.com"),
            _ => ("Ana Lima", "ana@shop.example"),
        };
        history.commit(
            "main",
            Commit::new(format!("work {number}")).by(name, email).write("src/a.rs", format!("{number}")),
        );
    }
    let repository = sandbox.repository("shop", &history);
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(
        (
            report["counts"]["people"].as_u64(),
            report["counts"]["bots"].as_u64(),
            report["counts"]["agents"].as_u64()
        ),
        (Some(1), Some(1), Some(1))
    );
    assert_eq!(report["counts"]["counted_changes"], 30, "an agent's change is work, a bot's is none");
    assert_eq!(report["measures"]["knowledge"]["value"], 1.0);
}

#[test]
fn ignored_revisions_and_bulk_changes_count_for_nothing() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    for number in 0..3 {
        history.commit("main", Commit::new(format!("work {number}")).write("src/a.rs", format!("{number}")));
    }
    let mut bulk = Commit::new("reformat everything");
    for number in 0..40 {
        bulk = bulk.write(format!("src/{number}.rs"), "x");
    }
    history.commit("main", bulk);
    let repository = sandbox.repository("shop", &history);
    let named = repository.text(&["rev-parse", "main~1"]);
    let mut more = History::default();
    let commit = Commit::new("ignore one")
        .continuing("main")
        .write(".git-blame-ignore-revs", format!("# black\n{named}\n"));
    more.commit("main", commit);
    repository.import(&more);
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(left_out(&report, "ignored-revisions"), Some(1));
    assert_eq!(left_out(&report, "bulk-changes"), Some(1));
    assert_eq!(report["counts"]["counted_changes"], 3);
    assert_eq!(json(&sandbox, &repository, &["--bulk", "50"])["counts"]["counted_changes"], 4);
}

#[test]
fn help_is_an_answer() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["--help"][..],
        &["report", "--help"],
        &["facts", "--help"],
        &["explain", "--help"],
        &["owners", "--help"],
        &["init", "--help"],
        &["manifest", "--help"],
    ] {
        let text = unsnarl(&sandbox, sandbox.path(), arguments).answer();
        insta::assert_snapshot!(format!("help_{}", arguments[0].trim_start_matches('-')), text);
    }
    assert!(program(&sandbox).output().unwrap().status.code() == Some(2), "no command is a mistake");
}
