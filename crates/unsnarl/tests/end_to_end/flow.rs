//! `unsnarl flow`, `drift` and `capacity`: how long changes take, what moves, what more people bring.

use std::fs;

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox, random::Random};

use crate::stage::{Run, is_published, unsnarl};

const DAY: i64 = 86_400;
const START: i64 = 1_600_000_000;
const OWNERS: &str = "/a/ @shop/a\n/b/ @shop/b\n/c/ @shop/c\n";

/// Changes that were carried over: written some hours before they were committed. What needs another team takes
/// `price` times as long, and `together` of a hundred do; the later the more, by `drift` a change.
fn shop(changes: i64, price: f64, together: i64, drift: f64) -> History {
    let mut random = Random::new(7);
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("begin").at(START).by("Ana", "ana@shop.example").write("CODEOWNERS", OWNERS),
    );
    for at in 1..=changes {
        let moment = START + at * DAY;
        let home = ["a", "b", "c"][(at % 3) as usize];
        let other = ["b", "c", "a"][(at % 3) as usize];
        let chance = together as f64 + drift * at as f64;
        let both = (random.below(1_000) as f64) < chance * 10.0;
        // A spread of e to the half either way, around eight hours.
        let noise = ((random.below(2_001) as f64 / 1_000.0) - 1.0) * 0.5;
        let hours = 8.0 * noise.exp() * if both { price } else { 1.0 };
        let who = ["Ana", "Bo", "Cy"][(at % 3) as usize];
        let mut commit = Commit::new(format!("change {at}"))
            .by(who, format!("{}@shop.example", who.to_lowercase()))
            .at(moment - (hours * 3600.0) as i64)
            .committed_by("Merge", "merge@shop.example")
            .committed_at(moment)
            .write(format!("{home}/{}.py", at % 5), format!("X = {at}\n"));
        if both {
            commit = commit.write(format!("{other}/{}.py", at % 5), format!("X = {at}\n"));
        }
        history.commit("main", commit);
    }
    history
}

fn run(sandbox: &Sandbox, repository: &Repository, arguments: &[&str]) -> Run {
    unsnarl(sandbox, repository.path(), arguments)
}

fn json(sandbox: &Sandbox, repository: &Repository, command: &str) -> Value {
    let text = run(sandbox, repository, &[command, "--format", "json", "--dialect", "github"]).answer();
    let value: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["schema"], format!("unsnarl.{command}/1"));
    value
}

#[test]
fn a_planted_price_is_recovered() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(600, 2.0, 30, 0.0));
    let flow = json(&sandbox, &repository, "flow");
    assert!(flow["usable_share"].as_f64().expect("a share") > 0.95, "{flow}");
    let median = flow["lead_time_of_one_team"]["median_hours"].as_f64().expect("hours");
    assert!((7.0..9.0).contains(&median), "{median}");
    let price = &flow["price"];
    let interval: Vec<f64> =
        price["interval"].as_array().expect("two ends").iter().filter_map(Value::as_f64).collect();
    assert!(interval[0] <= 2.0 && 2.0 <= interval[1], "{price}");
    assert!(interval[0] > 1.8 && interval[1] < 2.2, "{price}");
    assert!(flow["boundaries"][0]["days_a_year"].as_f64().expect("days") > 1.0, "{flow}");
    let text = run(&sandbox, &repository, &["flow", "--dialect", "github"]).answer();
    assert!(text.contains("one more team, at equal size") && text.contains("lead time     × "), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100) && text.lines().count() <= 40, "{text}");
    assert!(text.contains("unsnarl events import"), "{text}");
    assert!(text.contains("in the last year that was"), "{text}");
}

#[test]
fn the_report_says_what_one_more_team_costs() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(600, 2.0, 30, 0.0));
    let text = run(&sandbox, &repository, &["report", "--dialect", "github"]).answer();
    let second = text.lines().nth(1).expect("two lines");
    assert!(
        second.starts_with("one more team: a change takes ×") && second.contains(" days in the last year"),
        "{second}"
    );
    let report = crate::stage::json(&sandbox, &repository, &["--dialect", "github"]);
    let price = &report["price"];
    let (low, high) = (price["interval"][0].as_f64(), price["interval"][1].as_f64());
    assert!(low < Some(2.0) && Some(2.0) < high && low > Some(1.8) && high < Some(2.2), "{price}");
    assert!(price["days_a_year"].as_f64() > Some(1.0), "{price}");
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("flow.schema.json", &faces::flow::schema());
}

#[test]
fn where_there_is_no_price_none_is_told() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(600, 1.0, 30, 0.0));
    let flow = json(&sandbox, &repository, "flow");
    assert_eq!(flow["price"], Value::Null);
    assert!(flow["price_note"].as_str().expect("a reason").contains("no difference"), "{flow}");
}

#[test]
fn squashed_histories_are_silent() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    for at in 0..100 {
        let commit = Commit::new("x").by("Ana", "ana@shop.example").at(START + at * DAY);
        history.commit("main", commit.write("a/x.py", format!("{at}")));
    }
    let repository = sandbox.repository("squashed", &history);
    let flow = json(&sandbox, &repository, "flow");
    assert_eq!(flow["usable_share"], 0.0);
    assert_eq!(flow["lead_time"]["median_hours"], Value::Null);
    let text = run(&sandbox, &repository, &["flow"]).answer();
    assert!(text.contains("0 of 100 changes tell") && text.contains("too few to say"), "{text}");
}

/// Commits of some days, each written so many seconds before it was committed.
fn carried(days: impl Iterator<Item = i64>, before: impl Fn(i64) -> i64) -> History {
    let mut history = History::default();
    for (at, day) in (0..).zip(days) {
        let moment = START + day * DAY;
        let commit = Commit::new(format!("change {at}"))
            .by("Ana", "ana@shop.example")
            .committed_by("Merge", "merge@shop.example")
            .at(moment - before(at))
            .committed_at(moment);
        history.commit("main", commit.write(format!("a/{}.py", at % 7), format!("{at}")));
    }
    history
}

#[test]
fn odd_histories_are_answered_and_what_tells_nothing_is_said() {
    let hours = |at: i64| 3_600 * (1 + at % 9);
    let cases = [
        // Rebased: two hundred commits with one date.
        ("rebased", carried((0..200).map(|_| 0), |at| DAY * (1 + at)), 0, "one go"),
        // Imported: each commit written and committed at once.
        ("imported", carried(0..200, |_| 0), 0, "in place"),
        // Committers whose clock is a day behind.
        ("skewed", carried(0..200, |at| if at < 80 { -DAY } else { hours(at) }), 120, "clock"),
        // Old work that came in years later.
        ("late", carried(0..200, |at| if at < 80 { 900 * DAY } else { hours(at) }), 120, "two years"),
        // One month old.
        ("young", carried(0..30, |at| if at == 0 { 0 } else { hours(at) }), 29, "in place"),
        // Ten years of silence in between.
        (
            "gaps",
            carried((-3_700..-3_650).chain(0..49), |at| if at == 0 { 0 } else { hours(at) }),
            98,
            "in place",
        ),
    ];
    let sandbox = Sandbox::new();
    for (name, history, told, word) in cases {
        let repository = sandbox.repository(name, &history);
        let flow = json(&sandbox, &repository, "flow");
        assert_eq!(flow["usable_changes"], told, "{name}: {flow}");
        let mut ledger = flow["ledger"].as_array().expect("lines").iter();
        let said = ledger.any(|line| line["why"].as_str().is_some_and(|why| why.contains(word)));
        assert!(said, "{name}: {flow}");
        assert_eq!(flow["price"], Value::Null, "{name}: there is one team");
        let speaks = told >= 30;
        assert_eq!(flow["lead_time"]["median_hours"].is_number(), speaks, "{name}");
        let text = run(&sandbox, &repository, &["flow"]).answer();
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{name}: {text}");
    }
}

/// Tags on the mainline and on a branch that left it, annotated, light and packed; of trees none.
#[test]
fn release_runs_to_the_first_tag_that_contains_a_change() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let mut marks = Vec::new();
    for at in 0..40 {
        let commit = Commit::new(format!("change {at}")).at(START + at * DAY);
        marks.push(history.commit("main", commit.write("a/x.py", format!("{at}"))));
    }
    // A branch leaves after change 9, is worked on for two days and tagged there.
    let fix = Commit::new("fix").from(marks[9]).at(START + 11 * DAY).write("a/y.py", "1");
    history.commit("release", fix);
    let repository = sandbox.repository("tagged", &history);
    let commits = repository.text(&["rev-list", "--reverse", "main"]);
    let commit = |at: usize| commits.lines().nth(at).expect("it is there");
    repository.text(&["tag", "v0.1", commit(4)]);
    let fixed = repository.text(&["rev-parse", "release"]);
    let tagger = format!("tagger R <r@shop.example> {} +0000", START + 12 * DAY);
    let annotated = format!("object {fixed}\ntype commit\ntag v0.2\n{tagger}\n\nsecond\n");
    let id = repository.feed(&["mktag"], annotated.as_bytes());
    repository.text(&["update-ref", "refs/tags/v0.2", String::from_utf8_lossy(&id).trim()]);
    repository.text(&["pack-refs", "--all"]);
    repository.text(&["tag", "v0.3-rc1", commit(29)]);
    repository.text(&["tag", "tree", "main^{tree}"]);
    let flow = json(&sandbox, &repository, "flow");
    let ledger = flow["ledger"].as_array().expect("lines").iter();
    let lost: Vec<&Value> = ledger.filter(|line| line["what"] == "unreadable-objects").collect();
    assert_eq!((lost.len(), &lost[0]["count"]), (1, &Value::from(1)), "the tag of a tree: {flow}");
    let release = &flow["release"];
    assert_eq!(release["tags"], 3, "{release}");
    assert_eq!(
        (&release["tags_on_mainline"], &release["tags_on_branches"]),
        (&Value::from(2), &Value::from(1))
    );
    assert_eq!(release["pre_releases"], 1);
    // Changes 0 to 4 were there before the first tag; 5 to 9 are in v0.2 of day 12, 10 to 29 in v0.3-rc1 of day 29, the
    // last ten in none.
    assert_eq!((&release["any"]["n"], &release["any"]["open"]), (&Value::from(35), &Value::from(10)));
    assert_eq!((&release["final"]["n"], &release["final"]["open"]), (&Value::from(35), &Value::from(30)));
    assert_eq!(release["final"]["median_hours"], Value::Null, "five of 35 are in a final tag");
    let young = flow["ledger"].as_array().expect("lines").iter().any(|line| line["count"] == 5);
    assert!(young, "those before the first tag are said: {flow}");
}

#[test]
fn planted_drift_is_found_and_quiet_is_quiet() {
    let of = |drift: &Value, measure: &str| {
        let all = drift["series"].as_array().expect("series").iter();
        let mut own = all.filter(|one| one["measure"] == measure && one["subject"]["kind"] == "system");
        own.next().expect("the system has it")["trend"]["word"].clone()
    };
    let sandbox = Sandbox::new();
    // From one change of twenty to nearly half of them, in two years.
    let moving = sandbox.repository("moving", &shop(900, 1.0, 5, 0.05));
    let drift = json(&sandbox, &moving, "drift");
    assert_eq!(of(&drift, "independence"), "worsening", "{drift}");
    assert_eq!(of(&drift, "coordination"), "worsening");
    let point = &drift["series"][0]["points"][0];
    assert!(point["at"].is_string() && point["value"].is_number() && point["n"].is_number(), "{point}");
    let text = run(&sandbox, &moving, &["drift", "--dialect", "github"]).answer();
    assert!(text.contains("independence") && text.contains("worsening"), "{text}");
    let quiet = sandbox.repository("quiet", &shop(900, 1.0, 20, 0.0));
    let drift = json(&sandbox, &quiet, "drift");
    for measure in ["independence", "coordination", "lead_time_hours"] {
        assert_eq!(of(&drift, measure), "steady", "{measure}");
    }
}

#[test]
fn a_young_repository_has_too_little_data() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("young", &shop(20, 1.0, 20, 0.0));
    let drift = json(&sandbox, &repository, "drift");
    assert_eq!(drift["series"], Value::Array(Vec::new()));
    assert_eq!(json(&sandbox, &repository, "capacity")["scaling"], Value::Null);
    let text = run(&sandbox, &repository, &["drift"]).answer();
    assert!(text.contains("too little data"), "{text}");
}

#[test]
fn anybody_s_numbers_are_judged_alike() {
    let sandbox = Sandbox::new();
    let place = sandbox.path().join("numbers");
    fs::create_dir_all(&place).expect("the sandbox can be written");
    let rows: Vec<String> = (0..24)
        .map(|at| format!("20{:02}-{:02}-01,{}", 20 + at / 12, at % 12 + 1, at * 3 + at % 2))
        .collect();
    fs::write(place.join("series.csv"), format!("at,value\n{}\n", rows.join("\n")))
        .expect("it can be written");
    let text = unsnarl(&sandbox, &place, &["drift", "--data", "series.csv", "--format", "json"]).answer();
    let drift: Value = serde_json::from_str(&text).expect("it is JSON");
    let trend = &drift["series"][0]["trend"];
    assert_eq!(trend["word"], "rising", "{trend}");
    assert!((trend["slope_per_year"].as_f64().expect("a slope") - 36.0).abs() < 1.0, "{trend}");
    // X(N) of sigma 0.05, kappa 0.001: most from 31.
    let curve = |n: f64| 10.0 * n / (1.0 + 0.05 * (n - 1.0) + 0.001 * n * (n - 1.0));
    let rows: Vec<String> = (1..=40).map(|n| format!("{n},{}", curve(f64::from(n)))).collect();
    fs::write(place.join("people.csv"), format!("throughput,people\n{}\n", swapped(&rows)))
        .expect("it can be written");
    let text = unsnarl(&sandbox, &place, &["capacity", "--data", "people.csv", "--format", "json"]).answer();
    let fit: Value = serde_json::from_str::<Value>(&text).expect("it is JSON")["scaling"].clone();
    assert!((fit["sigma"].as_f64().expect("sigma") - 0.05).abs() < 1e-4, "{fit}");
    assert!((fit["kappa"].as_f64().expect("kappa") - 0.001).abs() < 1e-5, "{fit}");
    assert!((fit["peak"].as_f64().expect("a peak") - 30.8).abs() < 0.1, "{fit}");
}

fn swapped(rows: &[String]) -> String {
    let swap = |row: &String| {
        let (people, throughput) = row.split_once(',').expect("two columns");
        format!("{throughput},{people}")
    };
    rows.iter().map(swap).collect::<Vec<_>>().join("\n")
}

#[test]
fn numbers_that_are_none_are_an_error_with_their_line() {
    let sandbox = Sandbox::new();
    let place = sandbox.path().join("numbers");
    fs::create_dir_all(&place).expect("the sandbox can be written");
    for (command, content, word) in [
        ("drift", "at,value\n2024-01-01,x\n", "line 2"),
        ("drift", "at,value\nyesterday,1\n", "no day"),
        ("drift", "day,value\n2024-01-01,1\n", "no column `at`"),
        ("capacity", "people,throughput\n1,2\n3\n", "line 3"),
        ("capacity", "\u{0}\u{1}", "no column"),
    ] {
        fs::write(place.join("bad.csv"), content).expect("it can be written");
        let run = unsnarl(&sandbox, &place, &[command, "--data", "bad.csv"]);
        assert_eq!(run.code(), Some(2), "{content:?}");
        assert!(run.err.contains(word), "{content:?}: {}", run.err);
    }
}
