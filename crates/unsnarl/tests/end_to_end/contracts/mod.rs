//! What other tools say of the same trees: one table a tool, in `tests/contracts/*.json`.
//!
//! ```text
//! case ── tree, the other tool's configuration ──▶ theirs     recorded; bench/contracts/compare.py asks the tool anew
//!      └─ tree, unsnarl.toml ───────────────────▶ ours        what these tests hold
//! ```
//!
//! Both sides are lines: `a -> b -> c` is a way from file to file, `refused` says that the configuration was turned
//! down, `warning` that something was told and failed nothing. Ours are what `unsnarl check --accept` records, and the
//! codes of what cannot be recorded. A case without `differs` must say the same; one with it must not.

mod dependency_cruiser;
mod import_linter;
mod packwerk;
mod tach;

use std::{collections::BTreeSet, fs};

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::stage::unsnarl;

/// What is told of a module that lists one it does not use.
const UNUSED: &str = "warning U111";

/// How many cases agree with the other tool, and how many differ by design.
#[derive(Debug, PartialEq, Eq)]
struct Tally {
    agree: usize,
    differ: usize,
}

/// Holds every case of a table.
fn hold(table: &str) -> Tally {
    let table: Value = serde_json::from_str(table).expect("the table is JSON");
    let cases = table["cases"].as_array().expect("cases are a list");
    let mut tally = Tally { agree: 0, differ: 0 };
    let mut wrong = Vec::new();
    for case in cases {
        let name = format!("{}: {}", text(&case["contract"]), text(&case["name"]));
        let mut said = ask(&table, case);
        let ours: BTreeSet<String> = list(&case["ours"]).into_iter().collect();
        // Trees this small list much that they do not use; it is told where a case is about it.
        if !ours.contains(UNUSED) {
            said.lines.remove(UNUSED);
        }
        if said.lines != ours {
            wrong.push(format!("{name}\n  said     {:?}\n  expected {ours:?}\n{}", said.lines, said.printed));
            continue;
        }
        let theirs = list(&case["theirs"]);
        let settled = |line: &String| alike(line, case["by"] == "from");
        let agrees = ours.iter().map(settled).collect::<BTreeSet<_>>()
            == theirs.iter().map(settled).collect::<BTreeSet<_>>();
        if agrees == case["differs"].is_string() {
            wrong.push(format!(
                "{name}\n  ours   {ours:?}\n  theirs {theirs:?}\n  differs: {}",
                case["differs"]
            ));
        }
        // A way is the same way to its end, not in its first step alone.
        for way in theirs.iter().filter(|way| agrees && way.matches(" -> ").count() > 1) {
            if let Some(missing) = said.misses(way) {
                wrong.push(format!("{name}\n  no such way: {missing}\n{}", said.printed));
            }
        }
        *if agrees { &mut tally.agree } else { &mut tally.differ } += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    tally
}

/// What a check says of a case.
struct Said {
    lines: BTreeSet<String>,
    printed: String,
}

impl Said {
    /// A way that is not printed. Of several ways behind one dependency the shortest is, so its start and any end do.
    fn misses(&self, way: &str) -> Option<String> {
        let files: Vec<&str> = way.split(" -> ").collect();
        let way: Vec<&str> = files.iter().map(|file| file.trim_start_matches("external:")).collect();
        let start = way[..way.len() - 1].join(" → ");
        (!self.printed.contains(&start)).then_some(start)
    }
}

/// Lays out a case and checks it.
fn ask(table: &Value, case: &Value) -> Said {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("case", &laid_out(table, case));
    repository.git(&["reset", "--quiet", "--hard"]);
    let run = unsnarl(&sandbox, repository.path(), &["check", "--all"]);
    let holds = match run.code() {
        Some(2) => return Said { lines: BTreeSet::from(["refused".to_owned()]), printed: run.err },
        code => code == Some(0),
    };
    let printed = String::from_utf8_lossy(&run.out).into_owned() + &run.err;
    let mut lines = BTreeSet::new();
    if !holds {
        // What can be recorded is told by being recorded.
        let before = recorded(&repository);
        unsnarl(&sandbox, repository.path(), &["check", "--accept", "--grow"]);
        lines.extend(recorded(&repository).difference(&before).cloned());
    }
    for line in printed.lines() {
        let code = |mark: &str| line.strip_prefix(mark).and_then(|rest| rest.split([' ', ']']).next());
        if let Some(code) = code("warning[") {
            lines.insert(format!("warning {code}"));
        } else if let Some(code) = code("error[").filter(|code| code.starts_with("U3")) {
            lines.insert(code.to_owned());
        }
    }
    Said { lines, printed }
}

/// One commit with a case's tree, its own files over it, and its manifest.
fn laid_out(table: &Value, case: &Value) -> History {
    let tree = table["trees"][text(&case["tree"])].as_object().expect("the case names a tree");
    let own = case["files"].as_object();
    let kept = tree.iter().filter(|(path, _)| own.is_none_or(|own| !own.contains_key(*path)));
    let mut commit = Commit::new("as it stands");
    for (path, content) in kept.chain(own.into_iter().flatten()).filter(|(_, content)| !content.is_null()) {
        commit = commit.write(path, content_of(content));
    }
    let mut history = History::default();
    let manifest = format!("version = 1\n{}", content_of(&case["manifest"]));
    history.commit("main", commit.write("unsnarl.toml", manifest));
    history
}

/// Every line of recorded debt.
fn recorded(repository: &Repository) -> BTreeSet<String> {
    let list = repository.text(&["ls-files", "--cached", "--others", "-z", "--", ".unsnarl/debt"]);
    let files: BTreeSet<&str> = list.split('\0').filter(|path| !path.is_empty()).collect();
    let texts = files.iter().filter_map(|path| fs::read_to_string(repository.path().join(path)).ok());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// A line of either side as both can say it: a way by its first step or, where only its start is told, by that;
/// `refused`; `warning`.
fn alike(line: &str, by_start: bool) -> String {
    if line.starts_with("warning") {
        return "warning".to_owned();
    }
    if line.starts_with("U3") {
        return "refused".to_owned();
    }
    let (from, to) = match line.split_once(" -> ") {
        Some((from, rest)) => (from, rest.split(" -> ").next()),
        None => (line, None),
    };
    let from = from.rsplit(' ').next().unwrap_or(from);
    match to.filter(|_| !by_start) {
        Some(to) => format!("{from} -> {to}"),
        None => from.to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is text")
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().expect("it is a list").iter().map(|one| text(one).to_owned()).collect()
}

/// Lines, or one line; an empty text is an empty file.
fn content_of(value: &Value) -> String {
    match value {
        Value::Array(_) => list(value).join("\n") + "\n",
        _ if text(value).is_empty() => String::new(),
        _ => format!("{}\n", text(value)),
    }
}
