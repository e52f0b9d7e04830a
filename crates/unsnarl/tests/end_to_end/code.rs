//! What code says: dependencies at any revision, boundaries, and input nobody wrote by hand.

use std::collections::BTreeSet;

use testkit::repo::{
    Commit, History, Repository, Sandbox,
    planted::{Plan, plant},
};

use crate::stage::{json, unsnarl};

/// The edges of a tree as the contract gives them, without the header.
fn edges(sandbox: &Sandbox, repository: &Repository, options: &[&str]) -> Vec<csv::StringRecord> {
    let arguments = [&["deps", "--level", "file", "--format", "csv"], options].concat();
    let text = unsnarl(sandbox, repository.path(), &arguments).answer();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = ["from_file", "to_file", "to_external", "kind", "line", "specifier", "language", "reason"];
    assert_eq!(reader.headers().expect("there is a header"), &header[..]);
    reader.records().map(|row| row.expect("the table is CSV")).collect()
}

/// `from -> to` of every edge that means a file.
fn between_files(rows: &[csv::StringRecord]) -> BTreeSet<String> {
    rows.iter().filter(|row| !row[1].is_empty()).map(|row| format!("{} -> {}", &row[0], &row[1])).collect()
}

fn shop() -> History {
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("the beginning")
            .at(1_577_900_000)
            .write("shop/__init__.py", "")
            .write("shop/order.py", "from shop import user\nimport os\n")
            .write("shop/user.py", ""),
    );
    history.commit(
        "main",
        Commit::new("next year")
            .at(1_609_900_000)
            .rename("shop/user.py", "shop/people.py")
            .write("shop/order.py", "from shop import people\nimport os, requests\nimport shop.gone\n")
            .write("tests/test_order.py", "from shop.order import x\n"),
    );
    history
}

#[test]
fn every_name_is_a_file_external_or_unresolved_with_the_reason() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop());
    let rows = edges(&sandbox, &repository, &[]);
    let row = |specifier: &str| {
        rows.iter().find(|row| &row[5] == specifier).unwrap_or_else(|| panic!("{specifier}: {rows:?}"))
    };
    assert_eq!(between_files(&rows).len(), 2);
    assert_eq!((&row("requests")[2], &row("requests")[4], &row("requests")[7]), ("requests", "2", ""));
    assert_eq!((&row("shop.gone")[1], &row("shop.gone")[2]), ("", ""));
    assert!(row("shop.gone")[7].contains("no file"), "{rows:?}");
    let test = rows.iter().find(|row| &row[0] == "tests/test_order.py").expect("tests are read");
    assert_eq!((&test[1], &test[3]), ("shop/order.py", "test"));
}

#[test]
fn any_revision_can_be_read() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop());
    let then = between_files(&edges(&sandbox, &repository, &["--as-of", "2020-12-31"]));
    assert_eq!(then, BTreeSet::from(["shop/order.py -> shop/user.py".to_owned()]));
    let now = between_files(&edges(&sandbox, &repository, &[]));
    assert!(now.contains("shop/order.py -> shop/people.py"), "{now:?}");
    // Read from what the other run kept, and from nothing.
    assert_eq!(now, between_files(&edges(&sandbox, &repository, &[])));
    assert_eq!(now, between_files(&edges(&sandbox, &repository, &["--no-cache", "--threads", "1"])));
}

#[test]
fn graphs_are_what_they_say() {
    let sandbox = Sandbox::new();
    let system = plant(Plan { changes: 900, pairs: 3, leaky: 1, stable: 2, ..Plan::default() });
    let repository = sandbox.repository("shop", &system.history);
    for command in ["deps", "coupling"] {
        let answer =
            |format: &str| unsnarl(&sandbox, repository.path(), &[command, "--format", format]).answer();
        let value: serde_json::Value = serde_json::from_str(&answer("json")).expect("it is JSON");
        assert_eq!(value["schema"], format!("unsnarl.{command}/1"));
        assert!(answer("dot").starts_with(if command == "deps" { "digraph" } else { "graph" }));
        assert!(answer("mermaid").starts_with("graph LR\n"));
        assert!(answer("graphml").contains("<edge source=\"packages/m0"), "{command}");
        assert!(csv::Reader::from_reader(answer("csv").as_bytes()).records().count() >= 3, "{command}");
        let text = answer("text");
        assert!(text.lines().all(|line| line.chars().count() <= 130), "{text}");
    }
    let files = unsnarl(&sandbox, repository.path(), &["coupling", "--level", "file", "--format", "csv"]);
    assert!(files.answer().starts_with("a,b,level,kind,"));
    let teams = unsnarl(&sandbox, repository.path(), &["coupling", "--level", "team"]).answer();
    assert!(teams.contains("pairs of teams"), "{teams}");
}

#[test]
fn a_longer_way_is_a_dependency_where_it_is_asked_for() {
    let sandbox = Sandbox::new();
    // m00 and its partner are bound, and m00 names m01 alone.
    let system = plant(Plan { pairs: 1, stable: 1, ..Plan::default() });
    let repository = sandbox.repository("shop", &system.history);
    let kinds = |via: &str| {
        let arguments = ["coupling", "--format", "json", "--via", via];
        let text = unsnarl(&sandbox, repository.path(), &arguments).answer();
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let all = value["couplings"].as_array().expect("a list").clone();
        all.iter().map(|one| one["kind"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("1"), ["hidden"]);
    assert_eq!(kinds("9"), ["hidden"], "no way leads from one to the other");
    assert_eq!(unsnarl(&sandbox, repository.path(), &["coupling", "--via", "0"]).code(), Some(2));
}

#[test]
fn code_that_is_broken_huge_deep_or_hostile_costs_itself_alone() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let deep = "(".repeat(200_000);
    let not_deep = "(".repeat(900);
    let wide: Vec<u8> = "import b\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let utf16 = [&[0xff, 0xfe][..], &wide].concat();
    let mut commit = Commit::new("all at once")
        .write("b.py", "import a\n")
        .write("a.py", "import b\nclass (:\n")
        .write("utf16.py", utf16)
        .write("binary.py", b"import b\0\0")
        .write("latin.py", &b"# caf\xe9\nimport b\n"[..])
        .write("minified.js", format!("import \"./x.js\";{}", "a();".repeat(3_000_000)))
        .write("deep.py", format!("import b\nx = {deep}"))
        .write("deep.js", format!("import \"./x.js\"; x = {deep}"))
        .write("nested.rs", format!("mod m; fn f() {{ {not_deep} }}"))
        .write("Open.java", "package p; class Open { String s = \"not closed")
        .write("open.cs", "namespace N { class C { /* never closed")
        .write("x.js", "export {}")
        .write("empty.go", "")
        .write_as("120000", "loop.py", "loop.py")
        .write_as("120000", "link.py", "b.py");
    for number in 0..3_000 {
        let next = (number + 1) % 3_000;
        commit = commit.write(format!("ring/f{number}.py"), format!("from . import f{next}\n"));
    }
    history.commit("main", commit);
    history.commit("main", Commit::new("one more").write("b.py", "import a  # again\n"));
    let repository = sandbox.repository("shop", &history);
    let rows = edges(&sandbox, &repository, &[]);
    let files = between_files(&rows);
    for edge in [
        "a.py -> b.py",
        "b.py -> a.py",
        "utf16.py -> b.py",
        "latin.py -> b.py",
        "ring/f2999.py -> ring/f0.py",
    ] {
        assert!(files.contains(edge), "{edge}");
    }
    assert!(!files.iter().any(|edge| edge.starts_with("deep.") || edge.starts_with("minified")));
    let text = unsnarl(&sandbox, repository.path(), &["deps", "--format", "json"]).answer();
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let skipped: Vec<(&str, &str)> = value["languages"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|language| language["skipped"].as_array().expect("a list"))
        .map(|one| (one["path"].as_str().unwrap_or(""), one["why"].as_str().unwrap_or("")))
        .collect();
    for (path, why) in [
        ("deep.py", "nests"),
        ("deep.js", "nests"),
        ("minified.js", "1 MiB"),
        ("binary.py", "binary"),
        ("loop.py", "link"),
    ] {
        assert!(skipped.iter().any(|(one, says)| *one == path && says.contains(why)), "{path}: {skipped:?}");
    }
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["cycles"][0]["files"], 3_000);
    assert_eq!(report["cycles"][0]["way_round"].as_array().map(Vec::len), Some(3_000));
}

#[test]
fn a_blob_that_is_missing_is_said_and_no_error() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop());
    repository.lose("main:shop/order.py");
    let text = unsnarl(&sandbox, repository.path(), &["deps", "--format", "json"]).answer();
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let skipped = &value["languages"][0]["skipped"][0];
    assert_eq!(skipped["path"], "shop/order.py");
    assert!(skipped["why"].as_str().is_some_and(|why| why.contains("not in this clone")), "{value}");
}
