//! Names, paths and messages written by somebody who means harm: shown, never obeyed.

use std::fs;

use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::stage::{json, table, unsnarl};

const SCRIPT: &str = "<script>alert(1)</script>";

/// A history, and on top of it a commit whose author git itself would not have let through.
fn repository(sandbox: &Sandbox) -> Repository {
    let repository = sandbox.repository("shop", &history());
    let tree = repository.text(&["rev-parse", "main~1^{tree}"]);
    let parent = repository.text(&["rev-parse", "main"]);
    let author = format!("{SCRIPT} \x1b[31m <eve@shop.example> 1700000000 +0000");
    let commit = format!("tree {tree}\nparent {parent}\nauthor {author}\ncommitter {author}\n\n{SCRIPT}\n");
    repository.raw_commit("main", commit.as_bytes());
    repository
}

fn history() -> History {
    let mut history = History::default();
    for number in 0..8 {
        history.commit(
            "main",
            Commit::new(format!("{SCRIPT} \x1b[31mred\x1b[0m \u{202e}back \" onmouseover=x {number}"))
                .by("Eve \x1b]0;title\x07\" onload=x", "\"onerror=x@shop.example")
                .write("src/<script>/a\nb\"c.rs", format!("{number}"))
                .write(&b"src/caf\xe9/\xff.rs"[..], format!("{number}"))
                .write("\x1b[2Jclear/x.rs", format!("{number}")),
        );
    }
    history
}

#[test]
fn the_terminal_sees_no_control_character() {
    let sandbox = Sandbox::new();
    let repository = repository(&sandbox);
    let text = unsnarl(&sandbox, repository.path(), &["report"]).answer();
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn the_page_and_markdown_hold_no_foreign_markup() {
    let sandbox = Sandbox::new();
    let repository = repository(&sandbox);
    unsnarl(&sandbox, repository.path(), &["report", "--html", "p.html", "--md", "p.md"]).answer();
    let page = fs::read_to_string(repository.path().join("p.html")).unwrap();
    assert_eq!(page.matches("<script").count(), 2, "only the page's own: what it shows, and what shows it");
    assert!(!page.contains("<img") && !page.contains('\u{1b}') && page.contains("Content-Security-Policy"));
    assert!(
        page.contains("default-src 'none'; script-src 'sha256-"),
        "nothing is fetched, nothing else is run"
    );
    assert!(!page.contains("https://") && !page.replace("http://www.w3.org/", "").contains("http://"));
    let markdown = fs::read_to_string(repository.path().join("p.md")).unwrap();
    assert!(!markdown.contains("<script") && !markdown.contains('\u{1b}'));
}

#[test]
fn machine_formats_keep_every_byte() {
    let sandbox = Sandbox::new();
    let repository = repository(&sandbox);
    let rows = table(&sandbox, &repository, "touches", &[]);
    let paths: Vec<&str> = rows.iter().take(3).map(|row| &row[2]).collect();
    assert_eq!(paths, ["\x1b[2Jclear/x.rs", "src/<script>/a\nb\"c.rs", "\"src/caf\\351/\\377.rs\""]);
    assert_eq!(json(&sandbox, &repository, &[])["counts"]["changes"], 9);
}

#[test]
fn no_address_leaves_in_json() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &testkit::repo::planted::plant(Default::default()).history);
    let text = unsnarl(&sandbox, repository.path(), &["report", "--format", "json"]).answer();
    assert!(!text.contains("@shop.example"));
}
