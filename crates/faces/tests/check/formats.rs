//! Each format of a check with a violation of each state, of one that holds, and of one that looked at nothing.

use faces::check::{self, MARKER};
use serde_json::{Value, json};
use verdicts::check::State;

use crate::{
    cases::{broken, empty, holds, violation},
    read, schemas,
};

#[test]
fn whole_outputs() {
    let case = broken();
    insta::assert_snapshot!("json", case.shown(check::json::render));
    // What rules say of themselves is theirs, and no matter of a format.
    let mut log = schemas::sarif_log(&case.shown(check::sarif));
    let rules = log.pointer_mut("/runs/0/tool/driver/rules").map(Value::take).unwrap();
    let codes: Vec<&str> = rules.as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(codes, ["U101", "U105", "U106", "U107", "U109", "U201"]);
    assert!(rules[0]["help"]["markdown"].as_str().unwrap().contains("```\n[[module]]"));
    insta::assert_snapshot!("sarif", serde_json::to_string_pretty(&log).unwrap());
    insta::assert_snapshot!("github", case.shown(check::github));
    insta::assert_snapshot!("gitlab", case.shown(check::gitlab));
    insta::assert_snapshot!("junit", case.shown(check::junit));
    insta::assert_snapshot!("rdjson", case.shown(check::rdjson));
    insta::assert_snapshot!("markdown", case.shown(|checked| check::markdown(checked, false)));
    insta::assert_snapshot!("comment_that_holds", holds().shown(check::comment));
}

#[test]
fn every_format_is_valid_with_and_without_violations() {
    for (case, failed, warned) in [(broken(), 4, 1), (holds(), 0, 0), (empty(), 0, 0)] {
        let all = case.check.outcomes.len();
        let own = schemas::own(&case.shown(check::json::render));
        assert_eq!(own["holds"], failed == 0);
        assert_eq!(own["outcomes"].as_array().unwrap().len(), all);
        let log = schemas::sarif_log(&case.shown(check::sarif));
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), all);
        assert_eq!(schemas::gitlab(&case.shown(check::gitlab)).as_array().unwrap().len(), all);
        let rdjson = schemas::rdjson(&case.shown(check::rdjson));
        assert_eq!(rdjson["diagnostics"].as_array().unwrap().len(), failed + warned);
        let (passed, junit_failed, skipped) = read::junit(&case.shown(check::junit));
        assert_eq!((junit_failed, skipped), (failed, warned));
        assert!(passed > 0, "a report without a case is an error to most readers");
        let commands = read::github(&case.shown(check::github));
        let count = |kind: &str| commands.iter().filter(|one| one.kind == kind).count();
        assert_eq!((count("error"), count("warning"), count("notice")), (failed, warned, 1));
        let page = read::markdown(&case.shown(|checked| check::markdown(checked, false)));
        assert_eq!(page.cells.len(), if failed == 0 { 0 } else { 1 + failed + warned });
    }
}

#[test]
fn debt_is_told_wherever_there_is_a_place_for_it() {
    let case = broken();
    let told = "3 recorded, 2 still so, 1 under another path";
    let text = case.shown(|checked| check::text(checked, false));
    assert!(text.contains(told), "{text}");
    assert_eq!(
        schemas::own(&case.shown(check::json::render))["debt"],
        json!({ "recorded": 3, "held": 2, "moved": 1, "stale": 1, "before": 4, "added": 1, "taken_out": 2 })
    );
    let log = schemas::sarif_log(&case.shown(check::sarif));
    assert!(log["runs"][0]["properties"]["debt"]["told"].as_str().unwrap().starts_with(told));
    assert!(read::github(&case.shown(check::github)).last().unwrap().message.contains(told));
    assert!(case.shown(check::junit).contains(r#"<property name="debt.stale" value="1"/>"#));
    for page in [case.shown(check::comment), case.shown(|checked| check::markdown(checked, false))] {
        assert!(read::markdown(&page).text.contains(told), "{page}");
    }
}

#[test]
fn what_is_excused_is_suppressed_in_sarif() {
    let log = schemas::sarif_log(&broken().shown(check::sarif));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<(Option<&str>, &str)> = results
        .iter()
        .map(|one| (one["suppressions"][0]["justification"].as_str(), one["baselineState"].as_str().unwrap()))
        .collect();
    assert!(told[..5].iter().all(|one| *one == (None, "new")), "{told:?}");
    assert_eq!(told[5], (Some("Recorded as debt by unsnarl check --accept."), "unchanged"));
    assert_eq!(told[6].1, "updated");
    assert_eq!(told[7], (Some("PDF rendering moves in Q2"), "new"));
    assert_eq!(told[8], (None, "unchanged"));
    // Without a base nothing is said of one.
    let log = schemas::sarif_log(&holds().shown(check::sarif));
    assert_eq!(log["runs"][0]["results"][0]["baselineState"], Value::Null);
}

#[test]
fn sarif_is_cut_where_code_scanning_takes_no_more() {
    let mut case = broken();
    let one = case.check.outcomes[5].clone();
    for at in 0..25_000 {
        let mut one = one.clone();
        one.violation.from = format!("billing/{at}.py");
        case.check.outcomes.push(one);
    }
    let text = case.shown(check::sarif);
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes.last().unwrap()["message"]["text"].as_str().unwrap().starts_with("9 results left out"));
}

#[test]
fn the_first_of_each_contract_is_annotated_before_the_second_of_any() {
    let mut case = empty();
    for (code, from) in
        [("U101", "a"), ("U101", "b"), ("U101", "c"), ("U103", "d"), ("U201", "e"), ("U201", "f")]
    {
        case.check
            .outcomes
            .push(verdicts::check::Outcome { violation: violation(code, from, ""), state: State::New });
    }
    let commands = read::github(&case.shown(check::github));
    let files: Vec<&str> = commands
        .iter()
        .filter_map(|one| {
            one.properties.iter().find(|(name, _)| name == "file").map(|(_, value)| value.as_str())
        })
        .collect();
    assert_eq!(files, ["a", "d", "e", "b", "f", "c"]);
}

#[test]
fn a_comment_is_short_where_all_holds_and_never_longer_than_a_forge_takes() {
    let case = holds();
    let comment = case.shown(check::comment);
    assert!(comment.starts_with(MARKER) && comment.lines().count() <= 8, "{comment}");
    assert_eq!(comment, case.shown(check::comment));
    let mut case = broken();
    let mut one = case.check.outcomes[0].clone();
    one.violation.what = "`<&|".repeat(400);
    case.check.outcomes.splice(0..0, std::iter::repeat_n(one, 400));
    let comment = case.shown(check::comment);
    assert!(comment.chars().count() < 65_536 && comment.contains(" more; the log of the job"));
    read::markdown(&comment);
    let all = case.shown(|checked| check::markdown(checked, true));
    assert_eq!(read::markdown(&all).cells.len(), 406);
}
