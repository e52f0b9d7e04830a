//! `unsnarl drift`: a planted step is found where it is, with the restructuring that made it.

use serde_json::Value;
use testkit::repo::{Commit, History, Sandbox, random::Random};

use crate::stage::{fitting, is_published, json, shown, unsnarl};

const DAY: i64 = 86_400;
const START: i64 = 1_600_000_000;
const OWNERS: &str = "/a/ @shop/a\n/b/ @shop/b\n/c/ @shop/c\n";
const CHANGES: i64 = 900;
const STEP: i64 = 540;

fn day(at: i64) -> String {
    facts::time::date(START + at * DAY)
}

/// One change a day; of a hundred before [`STEP`] five need a second team, of those after it fifty. The day of the step
/// moves thirty files.
fn stepping() -> History {
    stepping_owned_by(OWNERS)
}

fn stepping_owned_by(owners: &str) -> History {
    let mut random = Random::new(3);
    let mut history = History::default();
    let mut first = Commit::new("begin").at(START).write("CODEOWNERS", owners);
    for file in 0..30 {
        first = first.write(format!("a/old/{file}.py"), format!("OLD_{file} = {file}\n"));
    }
    history.commit("main", first);
    for at in 1..=CHANGES {
        let home = ["a", "b", "c"][(at % 3) as usize];
        let other = ["b", "c", "a"][(at % 3) as usize];
        let both = random.below(100) < if at > STEP { 50 } else { 5 };
        let mut commit = Commit::new(format!("change {at}"))
            .by(["Ana", "Bo", "Cy"][(at % 3) as usize], "x@shop.example")
            .at(START + at * DAY)
            .write(format!("{home}/{}.py", at % 5), format!("X = {at}\n"));
        if both {
            commit = commit.write(format!("{other}/{}.py", at % 5), format!("X = {at}\n"));
        }
        history.commit("main", commit);
        if at == STEP {
            let mut commit = Commit::new("split a \u{1b}[31min two").at(START + at * DAY + 3_600);
            for file in 0..30 {
                commit = commit
                    .delete(format!("a/old/{file}.py"))
                    .write(format!("b/new/{file}.py"), format!("OLD_{file} = {file}\n"));
            }
            history.commit("main", commit);
        }
    }
    history
}

#[test]
fn a_planted_step_is_found_within_two_windows() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("stepping", &stepping());
    let text = unsnarl(&sandbox, repository.path(), &["drift", "--format", "json"]).answer();
    let drift: Value = serde_json::from_str(&text).expect("it is JSON");
    let series = &drift["series"][0];
    assert_eq!(
        (series["measure"].as_str(), series["subject"]["kind"].as_str()),
        (Some("independence"), Some("system"))
    );
    let word = series["trend"]["word"].as_str().expect("a word");
    assert_eq!(series["trend"]["told"], "worsened", "a step, and level since");
    let steps = series["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 1, "{steps:?}");
    // Thirty-six windows of twenty-five days.
    let (early, late) = (day(STEP - 50), day(STEP + 75));
    let at = steps[0]["at"].as_str().expect("a day");
    assert!((early.as_str()..=late.as_str()).contains(&at), "{at} is not within {early} to {late}");
    let levels = [&steps[0]["before"], &steps[0]["after"]].map(|level| level.as_f64().expect("a level"));
    assert!((0.9..=1.0).contains(&levels[0]) && (0.4..0.6).contains(&levels[1]), "{levels:?}");
    let change = &steps[0]["changes"][0];
    assert_eq!((change["renamed"].as_u64(), change["at"].as_str()), (Some(30), Some(day(STEP).as_str())));
    if word == "worsening" {
        let since = series["since"]["at"].as_str().expect("a day");
        assert!((early.as_str()..=late.as_str()).contains(&since), "{since}");
    }
    let forecast = &series["forecast"];
    let ends: Vec<f64> =
        forecast["interval"].as_array().expect("two ends").iter().filter_map(Value::as_f64).collect();
    let value = forecast["value"].as_f64().expect("a value");
    assert!(0.0 <= ends[0] && ends[0] <= value && value <= ends[1] && ends[1] <= 1.0, "{forecast}");
    assert!(forecast["backtest"]["forecasts"].as_u64() > Some(20), "{forecast}");
}

#[test]
fn the_page_names_the_restructuring_and_keeps_its_width() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("stepping", &stepping());
    let text = unsnarl(&sandbox, repository.path(), &["drift", "--all"]).answer();
    assert!(text.contains(&format!("{} split a [31min two (30 renamed files)", day(STEP))), "{text}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(text.contains("modules and teams: "), "{text}");
}

/// How changes to what one person owns move is nobody's business.
#[test]
fn single_owners_have_no_series() {
    let sandbox = Sandbox::new();
    let owners = OWNERS.replace("@shop/c", "@cy");
    let repository = sandbox.repository("owned", &stepping_owned_by(&owners));
    let text = unsnarl(&sandbox, repository.path(), &["drift", "--format", "json"]).answer();
    assert!(text.contains("@shop/a") && !text.contains("@cy"), "{text}");
    let text = unsnarl(&sandbox, repository.path(), &["drift", "--all"]).answer();
    assert!(text.contains("@shop/a") && !text.contains("@cy"), "{text}");
}

#[test]
fn the_report_s_first_lines_answer() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("stepping", &stepping());
    let text = unsnarl(&sandbox, repository.path(), &["report"]).answer();
    let mut lines = text.lines();
    let first = lines.next().expect("a line");
    assert!(first.starts_with("stepping still moves, but harder than it did: independence 9"), "{first}");
    // Commits made in place tell no lead time, and so no price.
    let second = lines.next().expect("a line");
    assert!(second.starts_with("one more team: ") && second.contains("too few"), "{second}");
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["moving"]["word"], "harder");
    assert_eq!(report["moving"]["because"][0], "independence");
    assert_eq!((&report["price"], report["price_note"].is_string()), (&Value::Null, true));
    let drift: Vec<&str> = report["drift"]
        .as_array()
        .expect("series")
        .iter()
        .filter_map(|one| one["measure"].as_str())
        .collect();
    assert_eq!(drift, ["independence", "coordination", "locality", "approvals", "changes_a_month", "rework"]);
    let page = std::fs::read_to_string({
        unsnarl(&sandbox, repository.path(), &["report", "--html", "r.html"]).answer();
        repository.path().join("r.html")
    })
    .expect("it was written");
    let page = shown(&page);
    assert!(
        page["drift"][0]["steps"].as_array().is_some_and(|steps| !steps.is_empty()),
        "{}",
        page["drift"][0]
    );
    assert_eq!(page["page"]["said"]["drift"][0]["name"], "independence");
    assert!(page["page"]["said"]["moving"].as_str().is_some_and(|said| said.contains("harder")));
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("drift.schema.json", &faces::drift::schema());
}

#[test]
fn every_drift_fits_its_schema() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("stepping", &stepping());
    let text = unsnarl(&sandbox, repository.path(), &["drift", "--format", "json"]).answer();
    fitting(&text, &faces::drift::schema());
}
