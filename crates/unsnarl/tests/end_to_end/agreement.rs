//! Touches are git's, every commit, path and kind, on random histories with everything git allows in them.

use std::collections::BTreeSet;

use testkit::repo::{Commit, History, Repository, Sandbox, wild};

use crate::stage::table;

type Touch = (String, Vec<u8>, &'static str);

const BY_CHANGE: [&str; 2] = ["--first-parent", "-m"];
const BY_COMMIT: [&str; 1] = ["--no-merges"];

#[test]
fn touches_of_changes_are_those_of_git_log_first_parent() {
    for seed in 0..6 {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("wild", &wild::history(seed, 120));
        agree(&sandbox, &repository, "change", &BY_CHANGE);
    }
}

#[test]
fn touches_of_commits_are_those_of_git_log_no_merges() {
    for seed in 6..12 {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("wild", &wild::history(seed, 120));
        agree(&sandbox, &repository, "commit", &BY_COMMIT);
    }
}

#[test]
fn sha256_repositories_agree_too() {
    let sandbox = Sandbox::new();
    // Submodules of a SHA-256 repository are SHA-256, so this history goes without.
    let mut history = History::default();
    let first = history.commit("main", Commit::new("one").write("a", "1").write("b/c", "2"));
    let topic = history.commit("topic", Commit::new("two").from(first).write("b/d", "3"));
    history.commit("main", Commit::new("three").write("a", "4"));
    history.commit("main", Commit::new("merge").merge(topic).write("b/d", "3").delete("b/c"));
    let options = ["--initial-branch=main", "--object-format=sha256"];
    let repository = sandbox.init("modern", &options, &history);
    assert_eq!(repository.text(&["rev-parse", "main"]).len(), 64);
    agree(&sandbox, &repository, "change", &BY_CHANGE);
    agree(&sandbox, &repository, "commit", &BY_COMMIT);
}

#[test]
fn criss_cross_merges_and_octopuses_agree() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let root = history.commit("main", Commit::new("root").write("a", "0").write("b", "0"));
    let left = history.commit("left", Commit::new("left").from(root).write("a", "1"));
    let right = history.commit("right", Commit::new("right").from(root).write("b", "1"));
    let one = history.commit("left", Commit::new("cross").merge(right).write("b", "1"));
    let two = history.commit("right", Commit::new("criss").merge(left).write("a", "1"));
    let both = Commit::new("octopus").from(root).merge(one).merge(two).write("a", "1").write("b", "1");
    history.commit("main", both.write("c", "only here"));
    let repository = sandbox.repository("criss-cross", &history);
    agree(&sandbox, &repository, "change", &BY_CHANGE);
    agree(&sandbox, &repository, "commit", &BY_COMMIT);
}

fn agree(sandbox: &Sandbox, repository: &Repository, unit: &str, options: &[&str]) {
    let ours = ours(sandbox, repository, unit);
    let theirs = theirs(repository, options);
    assert!(!theirs.is_empty());
    let missing: Vec<_> = theirs.difference(&ours).collect();
    let invented: Vec<_> = ours.difference(&theirs).collect();
    assert!(missing.is_empty() && invented.is_empty(), "missing {missing:?}\ninvented {invented:?}");
}

fn ours(sandbox: &Sandbox, repository: &Repository, unit: &str) -> BTreeSet<Touch> {
    let rows = table(sandbox, repository, "touches", &["--no-renames", "--unit", unit]);
    let count = rows.len();
    let set: BTreeSet<Touch> = rows
        .iter()
        .map(|row| {
            let kind = match &row[3] {
                "added" => "A",
                "modified" => "M",
                "deleted" => "D",
                "type" => "T",
                other => panic!("a kind that git does not have here: {other}"),
            };
            (row[1].to_owned(), facts::paths::parse_displayed(&row[2]), kind)
        })
        .collect();
    assert_eq!(set.len(), count, "no touch stands twice");
    set
}

fn theirs(repository: &Repository, options: &[&str]) -> BTreeSet<Touch> {
    let arguments = ["log", "--raw", "-z", "--no-renames", "--abbrev=64", "--format=commit %H", "main"];
    let output = repository.git(&[&arguments[..], options].concat());
    let mut touches = BTreeSet::new();
    let mut commit = String::new();
    let mut fields = output.split(|&byte| byte == 0);
    while let Some(field) = fields.next() {
        let field = String::from_utf8_lossy(field);
        let field = field.trim_start_matches('\n');
        if let Some(id) = field.strip_prefix("commit ") {
            commit = id.to_owned();
        } else if field.starts_with(':') {
            let path = fields.next().expect("a path follows its modes").to_vec();
            let kind = match field.chars().next_back() {
                Some('A') => "A",
                Some('M') => "M",
                Some('D') => "D",
                Some('T') => "T",
                other => panic!("git told a status unheard of: {other:?}"),
            };
            touches.insert((commit.clone(), path, kind));
        }
    }
    touches
}
