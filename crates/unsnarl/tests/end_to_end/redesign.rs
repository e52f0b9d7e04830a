//! `unsnarl redesign`: what is tied into a history is found, held to what came after, and written down where that is wanted.

use std::fs;

use serde_json::{Value, json};
use testkit::repo::{Commit, History, random::Random};

use crate::stage::{Run, Stage, fitting, is_published, unsnarl};

const HOUR: i64 = 3_600;
const START: i64 = 1_600_000_000;
/// Three years of the history lie before it.
const CUT: &str = "2023-09-14";
const CHANGES: i64 = 1_600;
/// Four years and a bit.
const STEP: i64 = 22 * HOUR;
const OWNERS: &str = "\
# who answers
/m0/ @shop/a
/m1/ @shop/a
/m2/ @shop/b
/m3/ @shop/b
/m4/ @shop/c
/m5/ @shop/c
";

/// Six modules of three teams. A team's two modules go together often; m1, of team a, changes with m2 of team b instead.
/// After `quiet`, nothing but m5 changes.
fn history(quiet: Option<i64>) -> History {
    let mut random = Random::new(11);
    let mut history = History::default();
    let mut first = Commit::new("begin").by("Ana", "ana@shop.example").at(START).write("CODEOWNERS", OWNERS);
    for module in 0..6 {
        for file in 0..6 {
            first = first.write(format!("m{module}/f{file}.py"), "X = 0\n");
        }
    }
    history.commit("main", first);
    for at in 1..CHANGES {
        let module = random.below(6);
        let partner = match module {
            0 => None,
            1 => (random.below(10) < 7).then_some(2),
            own => (random.below(10) < 4).then_some(own ^ 1),
        };
        let files = [Some(module), partner].into_iter().flatten();
        let mut touched: Vec<String> =
            files.map(|module| format!("m{module}/f{}.py", random.below(6))).collect();
        if quiet.is_some_and(|quiet| at > quiet) {
            touched = vec![format!("m5/f{}.py", random.below(6))];
        }
        let person = ["Ana", "Bo", "Cy"][random.below(3)];
        let commit = Commit::new(format!("change {at}"))
            .by(person, format!("{}@shop.example", person.to_lowercase()))
            .at(START + at * STEP);
        let commit = touched.iter().fold(commit, |commit, path| commit.write(path, format!("X = {at}\n")));
        history.commit("main", commit);
    }
    history
}

fn checked_out(history: &History) -> Stage {
    let stage = Stage::of(history);
    stage.repository.git(&["reset", "-q", "--hard"]);
    stage
}

fn run(stage: &Stage, arguments: &[&str]) -> Run {
    unsnarl(&stage.sandbox, stage.repository.path(), arguments)
}

/// What a run printed that tells on standard error what it did, and did it.
fn shown(run: Run) -> String {
    assert_eq!(run.code(), Some(0), "{}", run.err);
    assert!(run.err.contains("read back"), "{}", run.err);
    String::from_utf8(run.out).expect("it is UTF-8")
}

fn found(stage: &Stage, arguments: &[&str]) -> Value {
    let arguments = [&["redesign", "--format", "json"], arguments].concat();
    fitting(&run(stage, &arguments).answer(), &faces::redesign::schema())
}

#[test]
fn the_schema_is_published() {
    is_published("redesign.schema.json", &faces::redesign::schema());
}

#[test]
fn a_module_of_the_wrong_team_is_found_replayed_and_written_down() {
    let stage = checked_out(&history(None));
    let told = found(&stage, &[]);
    assert_eq!((&told["verdict"], &told["counted_in"]), (&json!("moves"), &json!("teams")), "{told:#}");
    let first = &told["proposals"][0];
    let give = json!([{"kind": "give", "module": "m1", "to": "@shop/b"}]);
    assert_eq!((&first["kind"], &first["moves"]), (&json!("give"), &give), "{first:#}");
    let held = &first["held_out"];
    assert!(
        held["gain"].as_f64().expect("a gain") > 0.05 && held["interval"][0].as_f64().expect("an end") > 0.0
    );
    assert_eq!(held["changes"], told["as_it_is"]["held_out"]["changes"]);
    assert!(held["gain"].as_f64() > held["control"]["mean"].as_f64());
    let text = run(&stage, &["redesign"]).answer();
    assert!(text.contains("1. give the module m1 to @shop/b"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    // The answer is a file of moves, and a replay of the last year saves what was said.
    fs::write(stage.repository.path().join("answer.json"), told.to_string()).expect("it can be written");
    let id = first["id"].as_str().expect("an id");
    let until = ["replay", "--with", "answer.json", "--proposal", id, "--format", "json", "--since", CUT];
    let replayed: Value = serde_json::from_str(&run(&stage, &until).answer()).expect("it is JSON");
    let count = |side: &str| replayed[side]["coordination"]["count"].as_f64().expect("a count");
    let days = (count("before") - count("after")) - held["saved"].as_f64().expect("a number");
    assert!(days.abs() <= 2.0, "a day more or less at the cut: {replayed:#}");
    // The diff alone writes nothing; written down, the owner is the new one and nothing is left to give.
    let diff = shown(run(&stage, &["redesign", "--diff", "--proposal", id]));
    assert!(diff.contains("-/m1/ @shop/a") && diff.contains("+/m1/ @shop/b"), "{diff}");
    let owners = || fs::read_to_string(stage.repository.path().join("CODEOWNERS")).expect("it is there");
    assert_eq!(owners(), OWNERS);
    shown(run(&stage, &["redesign", "--apply", "--proposal", id]));
    assert_eq!(owners(), OWNERS.replace("/m1/ @shop/a", "/m1/ @shop/b"));
    stage.repository.git(&["commit", "-qam", "give m1 to b"]);
    assert!(run(&stage, &["owners", "m1/f0.py"]).answer().contains("@shop/b"));
    let again = found(&stage, &[]);
    let gives_it = |one: &Value| one["moves"][0]["module"] == "m1";
    assert!(!again["proposals"].as_array().expect("a list").iter().any(gives_it), "{again:#}");
}

/// Whatever comes after the cut changes nothing of what is proposed, nor of what it was held to.
#[test]
fn nothing_after_the_cut_is_known_to_what_proposes() {
    let before_cut = (1_694_649_600 - START) / STEP;
    let [lively, quiet] = [None, Some(before_cut)].map(|quiet| {
        let stage = checked_out(&history(quiet));
        found(&stage, &["--cut", CUT])
    });
    assert_eq!(lively["structure"], "cut");
    assert!(lively["hidden"].as_u64().expect("a number") > 100);
    let proposing = |told: &Value| {
        let parts =
            |one: &Value| ["id", "moves", "because", "in_sample", "validation"].map(|key| one[key].clone());
        let proposals: Vec<_> = told["proposals"].as_array().expect("a list").iter().map(parts).collect();
        (proposals, told["refused"].clone(), told["tried"].clone())
    };
    assert_eq!(proposing(&lively), proposing(&quiet));
    let [was, is] =
        [&lively, &quiet].map(|told| told["proposals"][0]["held_out"]["saved"].as_i64().expect("a number"));
    assert!(was > 10 && is == 0, "{was} {is}");
}

#[test]
fn same_seed_same_bytes_whatever_the_threads_and_the_cache() {
    let stage = checked_out(&history(None));
    let answer = |more: &[&str]| run(&stage, &[&["redesign", "--format", "json"], more].concat()).answer();
    let fresh = answer(&["--no-cache", "--threads", "1"]);
    assert_eq!(fresh, answer(&["--threads", "4"]));
    assert_eq!(fresh, answer(&[]), "kept facts say the same");
    let other: Value = serde_json::from_str(&answer(&["--seed", "8"])).expect("it is JSON");
    let told: Value = serde_json::from_str(&fresh).expect("it is JSON");
    assert_eq!(told["proposals"][0]["moves"], other["proposals"][0]["moves"], "a seed decides draws alone");
    assert_ne!(told["proposals"][0]["held_out"]["interval"], other["proposals"][0]["held_out"]["interval"]);
}

#[test]
fn a_backtest_stands_beside_other_ways() {
    let stage = checked_out(&history(None));
    let told = run(&stage, &["backtest", "redesign", "--cut", CUT, "--format", "json"]).answer();
    let told = fitting(&told, &faces::redesign::schema());
    let gain = |name: &str| {
        let all = told["baselines"].as_array().expect("a list");
        let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {told:#}"));
        one["gain"].as_f64().expect("a gain")
    };
    for other in ["random_moves", "directory_moves"] {
        assert!(gain("proposals") > gain(other), "{other}: {told:#}");
    }
    assert!(gain("proposals") >= gain("leiden_moves"), "{told:#}");
    let text = run(&stage, &["backtest", "redesign", "--cut", CUT]).answer();
    assert!(text.contains("other ways, in the same year") && text.contains("leiden moves"), "{text}");
}

#[test]
fn where_nothing_can_be_proposed_that_is_the_answer() {
    let verdict = |stage: &Stage| {
        let text = run(stage, &["redesign"]).answer();
        (found(stage, &[])["verdict"].as_str().expect("a word").to_owned(), text)
    };
    // Ten changes.
    let mut few = History::default();
    for at in 0..10 {
        let commit = Commit::new("change").at(START + at * HOUR).write("CODEOWNERS", OWNERS);
        few.commit("main", commit.write("m1/a.py", format!("{at}\n")).write("m2/a.py", format!("{at}\n")));
    }
    let (word, text) = verdict(&checked_out(&few));
    assert_eq!(word, "too_little");
    assert!(text.contains("too little history before"), "{text}");
    // One team for everything, and one module.
    let mut alone = History::default();
    for at in 0..900 {
        let commit = Commit::new("change").at(START + at * 40 * HOUR).write("CODEOWNERS", "* @shop/all\n");
        alone.commit("main", commit.write(format!("f{}.py", at % 7), format!("{at}\n")));
    }
    let (word, text) = verdict(&checked_out(&alone));
    assert_eq!(word, "one_party");
    assert!(text.contains("there is nothing to move"), "{text}");
    // A manifest that does not fit the tree: said, and what is there is judged.
    let stage = checked_out(&alone);
    let manifest = "version = 1\n[[team]]\nid = \"x\"\n[[module]]\nid = \"gone\"\npaths = [\"nowhere/**\"]\nowner = \"x\"\n";
    fs::write(stage.repository.path().join("unsnarl.toml"), manifest).expect("it can be written");
    assert_eq!(verdict(&stage).0, "one_party");
    let diff = run(&stage, &["redesign", "--diff"]);
    assert!(diff.err.contains("no move is proposed"), "{}", diff.err);
}

#[test]
fn mistakes_are_named() {
    let stage = checked_out(&history(None));
    for (arguments, wanted) in [
        (&["redesign", "--cut", "soon"][..], "expected a date as 2024-12-31"),
        (&["redesign", "--cut", "1999-01-01"], "no change lies before it"),
        (&["redesign", "--proposal", "move-0"], "no proposal is called so; there are move-"),
        (&["redesign", "--most", "0"], "0"),
        (&["redesign", "--apply", "--cut", CUT], "cannot be used with"),
        (&["simulate", "--with", "CODEOWNERS"], "a simulation takes moves"),
        (&["simulate", "--proposal", "x"], "--with"),
    ] {
        let failed = run(&stage, arguments);
        assert!(failed.err.contains(wanted), "{arguments:?}: {}", failed.err);
    }
}

/// The report shows the same moves, with the same figure.
#[test]
fn a_report_says_what_to_do_first() {
    let stage = checked_out(&history(None));
    let told = found(&stage, &[]);
    let report: Value =
        serde_json::from_str(&run(&stage, &["report", "--format", "json"]).answer()).expect("it is JSON");
    let few = report["do_first"]["proposals"].as_array().expect("a list");
    assert!(!few.is_empty() && few.len() <= 3);
    assert_eq!(few[0], told["proposals"][0]);
    let text = run(&stage, &["report"]).answer();
    let page = run(&stage, &["explain", few[0]["id"].as_str().expect("an id")]).answer();
    for wanted in
        ["give the module m1 to @shop/b", "in a year it has not seen", "@shop/b", "git show ID opens one"]
    {
        assert!(page.contains(wanted), "{page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    assert!(text.contains("What to do first") && text.contains("give m1 to @shop/b"), "{text}");
}
