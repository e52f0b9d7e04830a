//! `unsnarl backtest impact`: a planted partner is found, its probability holds, and the document fits its schema.

use serde_json::Value;
use testkit::repo::{Commit, History, Sandbox, random::Random};

use crate::stage::{fitting, is_published, unsnarl};

const PAIRS: usize = 8;

/// Each change touches a file and its test; one in four the notes, too.
fn partners(changes: i64) -> History {
    let mut random = Random::new(11);
    let mut history = History::default();
    let mut first = Commit::new("begin").at(1_600_000_000).write("NOTES.md", "none\n");
    for pair in 0..PAIRS {
        first = first.write(format!("src/part{pair}.py"), "X = 0\n");
        first = first.write(format!("tests/test_part{pair}.py"), "Y = 0\n");
    }
    history.commit("main", first);
    for at in 1..=changes {
        let pair = random.below(PAIRS);
        let mut commit = Commit::new(format!("change {at}"))
            .at(1_600_000_000 + at * 3_600)
            .write(format!("src/part{pair}.py"), format!("X = {at}\n"))
            .write(format!("tests/test_part{pair}.py"), format!("Y = {at}\n"));
        if random.below(4) == 0 {
            commit = commit.write("NOTES.md", format!("note {at}\n"));
        }
        history.commit("main", commit);
    }
    history
}

#[test]
fn a_planted_partner_is_found() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("partners", &partners(500));
    let ask = |more: &[&str]| {
        let whole: Vec<&str> =
            ["backtest", "impact", "--format", "json"].iter().chain(more).copied().collect();
        unsnarl(&sandbox, repository.path(), &whole).answer()
    };
    let text = ask(&["--queries", "200", "--threads", "1"]);
    assert_eq!(text, ask(&["--queries", "200", "--threads", "4"]), "the same whatever the threads");
    let found = fitting(&text, &faces::backtest::schema());
    assert_eq!((&found["schema"], &found["queries"]), (&"unsnarl.backtest-impact/1".into(), &200.into()));
    let map = |scorer: &str| found["scorers"][scorer]["map"].as_f64().expect("a number");
    assert!(map("unsnarl") > 0.9 && map("tarmaq") > 0.8 && map("rose") > 0.8, "{text}");
    assert!(found["calibration_error"].as_f64() < Some(0.05), "{text}");
    assert!(found["closure"].as_f64() > Some(0.7), "{text}");
    let rows = found["calibration"].as_array().expect("bins").len();
    assert_eq!(rows, 10);

    let text = unsnarl(&sandbox, repository.path(), &["backtest", "impact", "--queries", "200"]).answer();
    assert!(text.starts_with("partners: further files, asked of its own past: 200 changes"), "{text}");
    assert!(text.contains("MAP against TARMAQ") && text.contains("complete changes"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn a_history_too_short_is_said_to_be() {
    let sandbox = Sandbox::new();
    for (name, history) in [("newborn", partners(0)), ("young", partners(20))] {
        let repository = sandbox.repository(name, &history);
        let text = unsnarl(&sandbox, repository.path(), &["backtest", "impact"]).answer();
        assert!(text.contains("too little to learn from"), "{text}");
        let text = unsnarl(&sandbox, repository.path(), &["backtest", "impact", "--format", "json"]).answer();
        let found = fitting(&text, &faces::backtest::schema());
        assert_eq!((&found["queries"], &found["closure"]), (&0.into(), &Value::Null));
    }
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("backtest-impact.schema.json", &faces::backtest::schema());
}
