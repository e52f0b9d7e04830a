//! `unsnarl facts`: the tables as others read them.

use std::{fs, process::Stdio};

use testkit::repo::{Commit, History, Sandbox, planted};

use crate::stage::{program, table, unsnarl};

fn history() -> History {
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("Add a (#1)")
            .by("Ana Lima", "ana@shop.example")
            .write("src/a.rs", "fn a() {}\n".repeat(9)),
    );
    history.commit(
        "main",
        Commit::new("SHOP-7: move it\n\nCo-authored-by: Bo Ek <bo@shop.example>\nReviewed-by: Cy Ray <cy@shop.example>")
            .by("Ana Lima", "ana@home.example")
            .rename("src/a.rs", "src/b.rs"),
    );
    history.commit(
        "main",
        Commit::new("remove")
            .by("dependabot[bot]", "x@users.noreply.github.com")
            .delete("src/b.rs")
            .write("c", "c"),
    );
    history
}

#[test]
fn every_table_as_csv() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &history());
    for name in ["changes", "touches", "files", "people", "participations", "modules"] {
        let text =
            unsnarl(&sandbox, repository.path(), &["facts", "--table", name, "--format", "csv"]).answer();
        insta::assert_snapshot!(format!("csv_{name}"), text);
    }
    insta::assert_snapshot!("facts_summary", unsnarl(&sandbox, repository.path(), &["facts"]).answer());
}

/// `unsnarl facts --table touches | head -1`: more than a pipe holds, and nobody to read it.
#[test]
fn a_reader_that_stops_is_no_failure() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &planted::plant(planted::Plan::default()).history);
    for arguments in [&["facts", "--table", "touches"][..], &["facts", "--table", "changes"]] {
        let mut child = program(&sandbox)
            .current_dir(repository.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(output.status.success());
    }
}

#[test]
fn a_directory_of_parquet() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &history());
    let out = sandbox.path().join("out");
    unsnarl(&sandbox, repository.path(), &["facts", out.to_str().unwrap()]).answer();
    let mut names: Vec<_> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 11, "{names:?}");
    let one = sandbox.path().join("one");
    unsnarl(
        &sandbox,
        repository.path(),
        &["facts", "--table", "people", "--format", "csv", one.to_str().unwrap()],
    )
    .answer();
    assert_eq!(fs::read_dir(&one).unwrap().count(), 1);
    assert!(fs::read_to_string(one.join("people.csv")).unwrap().starts_with("person,name,"));
    for name in names {
        let bytes = fs::read(out.join(&name)).unwrap();
        assert!(
            name.ends_with(".parquet") && bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"),
            "{name}"
        );
    }
}

#[test]
fn lines_are_those_of_numstat() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("wild", &testkit::repo::wild::history(9, 60));
    let out = sandbox.path().join("out");
    unsnarl(&sandbox, repository.path(), &["facts", "--lines", "--format", "csv", out.to_str().unwrap()])
        .answer();
    assert!(out.join("touches.csv").exists());
}

#[test]
fn tickets_join_changes() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    for (message, path) in [("SHOP-1 begin", "a"), ("other", "b"), ("SHOP-1 end", "c"), ("SHOP-2", "a")] {
        history.commit("main", Commit::new(message).write(path, message));
    }
    let repository = sandbox.repository("shop", &history);
    let rows = table(&sandbox, &repository, "changes", &["--unit", "ticket"]);
    assert_eq!(rows.len(), 3);
    let touches = table(&sandbox, &repository, "touches", &["--unit", "ticket"]);
    let of_one: Vec<&str> = touches.iter().filter(|row| &row[0] == "1").map(|row| &row[2]).collect();
    assert_eq!(of_one, ["a", "c"]);
}
