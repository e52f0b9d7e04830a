//! `unsnarl drift --compare`: removed, moved, added, or nothing to tell.

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox, random::Random};

use crate::stage::{Run, is_published, unsnarl};

const DAY: i64 = 86_400;
const START: i64 = 1_600_000_000;
const EACH: i64 = 200;
const FULL: &str = "/a/ @shop/a\n/b/ @shop/b\n/c/ @shop/c\n";

/// A system of three teams on either side of a restructuring.
struct Plan {
    /// Ownership files at the begin, and those of the restructuring.
    owners: [&'static str; 2],
    /// How many changes of a hundred need a second team, before and after.
    together: [usize; 2],
    /// A shared directory whose files the restructuring moves to those who change them.
    move_shared: bool,
}

/// A repository, one change every half a day, and the commit of the restructuring by the tag `knot`.
fn repository(sandbox: &Sandbox, name: &str, plan: &Plan) -> Repository {
    let mut random = Random::new(11);
    let mut history = History::default();
    let ana = |message: String, at: i64| Commit::new(message).at(at).by("Ana", "ana@shop.example");
    let mut begin = ana("begin".to_owned(), START).write("CODEOWNERS", plan.owners[0]);
    for team in ["a", "b", "c"] {
        for file in 0..5 {
            begin = begin.write(format!("{team}/{file}.py"), format!("{team} {file}\n").repeat(20));
        }
        if plan.move_shared {
            begin = begin.write(format!("shared/{team}.py"), format!("shared {team}\n").repeat(20));
        }
    }
    history.commit("main", begin);
    for at in 0..2 * EACH {
        let side = usize::from(at >= EACH);
        let moment = START + (at + 1) * DAY / 2;
        if at == EACH {
            let mut knot = ana("untie the knot".to_owned(), moment - 60).write("CODEOWNERS", plan.owners[1]);
            for team in ["a", "b", "c"] {
                if plan.move_shared {
                    knot = knot.rename(format!("shared/{team}.py"), format!("{team}/shared.py"));
                }
            }
            history.commit("main", knot);
        }
        let home = ["a", "b", "c"][(at % 3) as usize];
        let other = ["b", "c", "a"][(at % 3) as usize];
        let who = ["Ana", "Bo", "Cy"][(at % 3) as usize];
        let content = |file: &str| format!("{file}\n").repeat(20) + &format!("{at}\n");
        let mut commit = Commit::new(format!("change {at}"))
            .by(who, format!("{}@shop.example", who.to_lowercase()))
            .at(moment)
            .write(format!("{home}/{}.py", at % 5), content(home));
        if random.percent(plan.together[side]) {
            let path = match (plan.move_shared, side) {
                (false, _) => format!("{other}/{}.py", at % 5),
                (true, 0) => format!("shared/{home}.py"),
                (true, _) => format!("{home}/shared.py"),
            };
            commit = commit.write(path, content("shared"));
        }
        history.commit("main", commit);
    }
    let repository = sandbox.repository(name, &history);
    let knot = repository.text(&["log", "--format=%H", "--grep=untie the knot"]);
    repository.git(&["tag", "knot", &knot]);
    repository
}

fn compare(sandbox: &Sandbox, repository: &Repository, more: &[&str]) -> Run {
    let arguments = [&["drift", "--compare", "knot", "knot", "--dialect", "github"], more].concat();
    unsnarl(sandbox, repository.path(), &arguments)
}

fn json(sandbox: &Sandbox, repository: &Repository) -> Value {
    let text = compare(sandbox, repository, &["--format", "json"]).answer();
    let value: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["schema"], "unsnarl.compare/1");
    value
}

fn line<'v>(compared: &'v Value, measure: &str) -> &'v Value {
    let lines = compared["lines"].as_array().expect("lines");
    lines.iter().find(|line| line["measure"] == measure).expect("the line is there")
}

#[test]
fn what_untangles_is_removed() {
    let sandbox = Sandbox::new();
    let plan = Plan { owners: [FULL, FULL], together: [50, 5], move_shared: false };
    let repository = repository(&sandbox, "shop", &plan);
    let compared = json(&sandbox, &repository);
    assert_eq!(compared["verdict"]["word"], "removed", "{compared}");
    let coordination = line(&compared, "coordination");
    assert_eq!(coordination["way"], "fell");
    let interval: Vec<f64> =
        coordination["interval"].as_array().expect("two ends").iter().filter_map(Value::as_f64).collect();
    assert!(interval[0] <= -0.45 && -0.45 <= interval[1], "{coordination}");
    assert_eq!(coordination["before"]["of"], 200.0);
    let text = compare(&sandbox, &repository, &[]).answer();
    assert!(text.contains("\nremoved: coordination ("), "{text}");
    assert!(text.lines().count() <= 30 && text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn what_moves_to_those_who_change_it_is_removed_too() {
    let sandbox = Sandbox::new();
    let shared = "/a/ @shop/a\n/b/ @shop/b\n/c/ @shop/c\n/shared/ @shop/platform\n";
    let plan = Plan { owners: [shared, FULL], together: [60, 60], move_shared: true };
    let compared = json(&sandbox, &repository(&sandbox, "shop", &plan));
    assert_eq!(line(&compared, "coordination")["way"], "as before", "moved files count where they are");
    assert_eq!(line(&compared, "coordination_then")["way"], "fell");
    assert_eq!(compared["verdict"]["word"], "removed", "{compared}");
    assert!(compared["moved"]["touches"].as_u64().expect("a count") > 80, "{compared}");
}

#[test]
fn what_turns_into_approvals_is_moved() {
    let sandbox = Sandbox::new();
    // Before, one team's code asked for approval; since, everybody's does.
    let plan = Plan { owners: ["/c/ @shop/c\n", FULL], together: [50, 5], move_shared: false };
    let repository = repository(&sandbox, "shop", &plan);
    let compared = json(&sandbox, &repository);
    assert_eq!(compared["verdict"]["word"], "moved", "{compared}");
    assert_eq!(line(&compared, "coordination")["way"], "fell");
    assert_eq!(line(&compared, "approvals_then")["way"], "rose");
    assert_eq!(
        (
            &line(&compared, "ownership_rules")["before"]["value"],
            &line(&compared, "ownership_rules")["after"]["value"]
        ),
        (&Value::from(1.0), &Value::from(3.0))
    );
    let text = compare(&sandbox, &repository, &[]).answer();
    assert!(text.contains("\nmoved: coordination (") && text.contains("but approvals a change ("), "{text}");
}

#[test]
fn where_nothing_changed_nothing_is_told() {
    let sandbox = Sandbox::new();
    let plan = Plan { owners: [FULL, FULL], together: [30, 30], move_shared: false };
    let repository = repository(&sandbox, "shop", &plan);
    let compared = json(&sandbox, &repository);
    assert_eq!(compared["verdict"]["word"], "cannot tell", "{compared}");
    for line in compared["lines"].as_array().expect("lines") {
        assert!(!["fell", "rose"].contains(&line["way"].as_str().expect("a word")), "{line}");
    }
}

#[test]
fn what_entangles_is_added() {
    let sandbox = Sandbox::new();
    let plan = Plan { owners: [FULL, FULL], together: [5, 50], move_shared: false };
    let compared = json(&sandbox, &repository(&sandbox, "shop", &plan));
    assert_eq!(compared["verdict"]["word"], "added", "{compared}");
}

#[test]
fn bad_input_says_what_is_wrong() {
    let sandbox = Sandbox::new();
    let plan = Plan { owners: [FULL, FULL], together: [30, 30], move_shared: false };
    let repository = repository(&sandbox, "shop", &plan);
    let shallow = repository.clone_to("shallow", &["--depth=20"]);
    let of = |repository: &Repository, first: &str, second: &str| {
        unsnarl(&sandbox, repository.path(), &["drift", "--compare", first, second])
    };
    for (run, words, hint) in [
        (of(&repository, "nowhere", "knot"), "`nowhere`", "git log"),
        (of(&repository, "HEAD", "knot"), "HEAD comes after knot", "OLDER NEWER"),
        (of(&repository, "knot", "HEAD~3"), "after; 30 on either side", "further from the ends"),
        (of(&repository, "HEAD~395", "knot"), "lie within 180 days before", "further from the ends"),
        (of(&shallow, "HEAD~10", "HEAD~10"), "failed to compare", "git fetch --unshallow"),
    ] {
        assert_eq!(run.code(), Some(2), "{words}");
        assert!(run.err.contains(words) && run.err.contains(hint), "{words}: {}", run.err);
    }
    let alone = unsnarl(&sandbox, repository.path(), &["drift", "--compare", "knot"]);
    assert_eq!(alone.code(), Some(2));
}

#[test]
fn the_schema_of_comparisons_is_that_of_the_program() {
    is_published("compare.schema.json", &faces::compare::schema());
}
