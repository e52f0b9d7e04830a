//! `unsnarl simulate`: a planted bottleneck is found, what is otherwise matters where it should, and what cannot be said is
//! not.

use std::fs;

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox, random::Random};

use crate::stage::{Run, fitting, is_published, unsnarl};

const HOUR: f64 = 3_600.0;
const DAY: i64 = 86_400;
const START: i64 = 1_600_000_000;
const OWNERS: &str = "/a/ @shop/a\n/b/ @shop/b\n/c/ @shop/c\n";
const MEMBERS: &str = "team,person\n@shop/a,ana@shop.example\n@shop/a,abe@shop.example\n@shop/a,ada@shop.example\n@shop/b,bo@shop.example\n@shop/c,cy@shop.example\n@shop/c,cid@shop.example\n@shop/c,col@shop.example\n";

/// A number in 0..1, never 0.
fn share(random: &mut Random) -> f64 {
    (random.below(1_000_000) as f64 + 0.5) / 1_000_000.0
}

fn exponential(random: &mut Random) -> f64 {
    -share(random).ln()
}

/// Three changes a day for two years. Most are by three people of one team; a third of those wait for Bo, who takes them one
/// by one, and a sixth for a team of three that answers soon. From the second year on all takes `later` times as long.
fn shop(later: f64) -> History {
    let mut random = Random::new(9);
    let mut made: Vec<(i64, i64, &str, Vec<&str>)> = Vec::new();
    let mut bo_is_free = 0.0_f64;
    for at in 0..2_100 {
        let begun = f64::from(at) * 8.0 + exponential(&mut random);
        let own = 1.0 + 3.0 * exponential(&mut random);
        let (who, touched): (&str, Vec<&str>) = match random.below(60) {
            0..15 => (["ana", "abe", "ada"][random.below(3)], vec!["a", "b"]),
            15..23 => (["ana", "abe", "ada"][random.below(3)], vec!["a", "c"]),
            23..50 => (["ana", "abe", "ada"][random.below(3)], vec!["a"]),
            50..54 => ("bo", vec!["b"]),
            _ => (["cy", "cid", "col"][random.below(3)], vec!["c"]),
        };
        let asked = begun + own;
        let done = match touched[..] {
            ["a", "b"] => {
                bo_is_free = bo_is_free.max(asked) + 22.0 * exponential(&mut random);
                bo_is_free
            }
            ["a", "c"] => asked + 2.0 * exponential(&mut random),
            _ => asked,
        };
        let hours = (done - begun) * if at > 1_000 { later } else { 1.0 };
        let begun = START + (begun * HOUR) as i64;
        made.push((begun + (hours * HOUR) as i64, begun, who, touched));
    }
    made.sort();
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("begin").at(START - DAY).by("Ana", "ana@shop.example").write("CODEOWNERS", OWNERS),
    );
    for (number, (merged, begun, who, touched)) in made.into_iter().enumerate() {
        let mut commit = Commit::new(format!("change {number}"))
            .by(who, format!("{who}@shop.example"))
            .at(begun)
            .committed_by("Merge", "merge@shop.example")
            .committed_at(merged);
        for team in touched {
            commit = commit.write(format!("{team}/{}/x.py", number % 3), format!("X = {number}\n"));
        }
        history.commit("main", commit);
    }
    history
}

/// A shop, and the table of its members beside it.
fn stage(name: &str, history: &History) -> (Sandbox, Repository) {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository(name, history);
    fs::write(sandbox.path().join("members.csv"), MEMBERS).expect("the sandbox can be written");
    (sandbox, repository)
}

fn run(sandbox: &Sandbox, repository: &Repository, more: &[&str]) -> Run {
    let members = sandbox.path().join("members.csv");
    let members = members.to_str().expect("temporary paths are UTF-8");
    let arguments = [&["simulate", "--dialect", "github", "--teams", members], more].concat();
    unsnarl(sandbox, repository.path(), &arguments)
}

fn json(sandbox: &Sandbox, repository: &Repository, more: &[&str]) -> Value {
    let text = run(sandbox, repository, &[&["--format", "json"], more].concat()).answer();
    fitting(&text, &faces::simulate::schema())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn fits_the_screen(text: &str) {
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(text.lines().count() <= 30, "{} lines\n{text}", text.lines().count());
}

#[test]
fn a_planted_bottleneck_is_found() {
    let (sandbox, repository) = stage("shop", &shop(1.0));
    let found = json(&sandbox, &repository, &[]);
    assert_ne!(found["trust"], "not", "{:#}", found["check"]);
    assert!(number(&found["check"]["all"]["distance"]) < 0.15, "{:#}", found["check"]);
    assert_eq!(found["more_people"]["team"], "@shop/b");
    let teams = found["teams"].as_array().expect("teams");
    assert_eq!(teams.iter().map(|team| &team["name"]).collect::<Vec<_>>(), ["@shop/b", "@shop/c"]);

    let with = |options: &[&str]| json(&sandbox, &repository, options)["scenarios"][1].clone();
    let there = with(&["--people", "@shop/b=+1"]);
    assert!(number(&there["p90_factor"]["high"]) < 0.9, "{there:#}");
    let elsewhere = with(&["--people", "@shop/c=+3"]);
    assert!(number(&elsewhere["p90_factor"]["value"]) > 0.9, "{elsewhere:#}");
    assert!(number(&there["p90_factor"]["high"]) < number(&elsewhere["p90_factor"]["low"]), "{elsewhere:#}");

    let as_it_is = &found["scenarios"][0]["where_time_goes"];
    let approvals = with(&["--approvals", "+1"]);
    let parts = &approvals["where_time_goes"];
    assert!(number(&approvals["median_factor"]["low"]) > 1.0, "{approvals:#}");
    assert!(number(&parts["waiting"]) > 1.3 * number(&as_it_is["waiting"]), "{approvals:#}");
    assert_eq!(parts["own_work"], as_it_is["own_work"], "nothing is taken from the author");
    let merged = with(&["--merge", "@shop/a,@shop/b"]);
    assert!(number(&merged["where_time_goes"]["waiting"]) < 0.3 * number(&as_it_is["waiting"]), "{merged:#}");
    let all =
        with(&["--merge-queue", "30x4", "--load", "x1.5", "--split", "@shop/b=2", "--own-approvals", "1"]);
    assert_eq!(all["what_ifs"].as_array().map(Vec::len), Some(4));
    assert!(number(&all["n"]) > 1.4 * number(&found["scenarios"][0]["n"]), "{all:#}");
    assert!(number(&all["where_time_goes"]["merging"]) >= 0.5, "{all:#}");
}

#[test]
fn one_screen_says_it_and_one_seed_says_the_same() {
    let (sandbox, repository) = stage("shop", &shop(1.0));
    let text = run(&sandbox, &repository, &[]).answer();
    fits_the_screen(&text);
    assert!(
        text.contains("one more approval, of another team") && text.contains("more people in @shop/b"),
        "{text}"
    );
    assert_eq!(text, run(&sandbox, &repository, &["--threads", "1"]).answer());
    assert_ne!(text, run(&sandbox, &repository, &["--seed", "2"]).answer());
    let asked = run(&sandbox, &repository, &["--people", "+10%", "--load", "2"]).answer();
    fits_the_screen(&asked);
    assert!(asked.contains("with +10 % people, every team; ×2 changes"), "{asked}");
    let hidden = run(&sandbox, &repository, &["--anonymous-teams"]).answer();
    assert!(hidden.contains("team-2") && !hidden.contains("@shop"), "{hidden}");
}

#[test]
fn a_history_that_turned_is_not_trusted() {
    let (sandbox, repository) = stage("shop", &shop(10.0));
    let found = json(&sandbox, &repository, &[]);
    assert_eq!((&found["trust"], &found["scenarios"]), (&"not".into(), &Value::Array(Vec::new())));
    let text = run(&sandbox, &repository, &["--approvals", "+1"]).answer();
    assert!(text.contains("cannot be trusted here") && text.contains("lead times moved"), "{text}");
    assert!(!text.contains("what if"), "{text}");
    let anyway = run(&sandbox, &repository, &["--anyway"]).answer();
    assert!(anyway.contains("cannot be trusted here") && anyway.contains("what if"), "{anyway}");
}

#[test]
fn what_cannot_be_simulated_is_said_to_be() {
    let commits = |count: i64, took: i64| {
        let mut history = History::default();
        for at in 0..count {
            let merged = START + at * DAY;
            let who = ["ana", "bo"][(at % 2) as usize];
            let commit = Commit::new("x")
                .by(who, format!("{who}@shop.example"))
                .at(merged - took)
                .committed_by("Merge", "merge@shop.example")
                .committed_at(merged)
                .write(format!("{}/x.py", ["a", "b"][(at % 2) as usize]), format!("{at}"));
            history.commit("main", if at == 0 { commit.write("CODEOWNERS", OWNERS) } else { commit });
        }
        history
    };
    let mut free = History::default();
    free.commit("main", Commit::new("x").write("x.py", "1"));
    for (name, history, word) in [
        ("unowned", free, "no team is declared"),
        ("newborn", commits(10, 3_600), "10 of 10 changes tell"),
        ("squashed", commits(300, 0), "0 of 300 changes tell"),
        ("alone", commits(900, 3_600), "nothing queues"),
        ("short", commits(60, 3_600), "too few to learn from"),
    ] {
        let (sandbox, repository) = stage(name, &history);
        let text = unsnarl(&sandbox, repository.path(), &["simulate", "--dialect", "github"]).answer();
        assert!(text.contains("cannot be simulated here") && text.contains(word), "{name}: {text}");
        let found = json(&sandbox, &repository, &[]);
        assert!(found["cannot"].is_string() && found["trust"].is_null(), "{name}: {found:#}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let (sandbox, repository) = stage("shop", &shop(1.0));
    for (options, word) in [
        (&["--people", "@shop/bb=+2"][..], "did you mean `@shop/b`"),
        (&["--people", "nobody=+2"], "there are `@shop/a`, `@shop/b`, `@shop/c`"),
        (&["--people", "@shop/b=2"], "how many more or fewer"),
        (&["--people", "@shop/b=+x"], "how many more or fewer"),
        (&["--people", "+NaN%"], "how many more or fewer"),
        (&["--approvals", "0"], "+1 to +20"),
        (&["--approvals", "many"], "+1 to +20"),
        (&["--own-approvals", "99"], "+1 to +20"),
        (&["--merge-queue", "0"], "expected minutes"),
        (&["--merge-queue", "30x"], "expected minutes"),
        (&["--split", "@shop/b=1"], "2 to 20"),
        (&["--split", "@shop/b"], "into how many"),
        (&["--split", "@shop/b=9"], "touch 3 modules of it"),
        (&["--merge", "@shop/b"], "two teams"),
        (&["--merge", "@shop/b,@shop/b"], "same team"),
        (&["--load", "x0"], "a factor"),
        (&["--load", "inf"], "a factor"),
    ] {
        let said = run(&sandbox, &repository, &[options, &["--anyway"]].concat()).refusal();
        assert!(said.contains(word), "{options:?}: {said}");
    }
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("simulate.schema.json", &faces::simulate::schema());
}
