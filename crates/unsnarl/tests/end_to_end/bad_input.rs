//! Repositories that are empty, cut short, damaged or odd: an answer, or an error that names the way out.

use std::fs;

use testkit::repo::{Commit, History, Sandbox, planted, wild};

use crate::stage::{finish, json, left_out, program, table, unsnarl};

fn three_commits() -> History {
    let mut history = History::default();
    for number in 0..3 {
        history.commit(
            "main",
            Commit::new(format!("change {number}")).write(format!("src/{number}.rs"), "fn f() {}\n"),
        );
    }
    history
}

#[test]
fn no_repository() {
    let sandbox = Sandbox::new();
    let error = unsnarl(&sandbox, sandbox.path(), &["report"]).refusal();
    assert!(error.contains("not a git repository"), "{error}");
    let error = unsnarl(&sandbox, sandbox.path(), &["report", "nowhere"]).refusal();
    assert!(error.contains("no such directory"), "{error}");
}

#[test]
fn no_commit_at_all() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("empty", &History::default());
    let error = unsnarl(&sandbox, repository.path(), &["report"]).refusal();
    assert!(error.contains("no commits yet"), "{error}");
}

#[test]
fn an_unborn_branch_beside_others() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("unborn", &three_commits());
    repository.git(&["symbolic-ref", "HEAD", "refs/heads/not-yet"]);
    let error = unsnarl(&sandbox, repository.path(), &["report"]).refusal();
    assert!(error.contains("not-yet") && error.contains("--as-of main"), "{error}");
    assert_eq!(json(&sandbox, &repository, &["--as-of", "main"])["counts"]["changes"], 3);
}

#[test]
fn one_commit() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history.commit("main", Commit::new("all of it").write("a.rs", "fn a() {}\n"));
    let repository = sandbox.repository("one", &history);
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["counts"]["changes"], 1);
    assert_eq!(report["measures"]["independence"]["value"], serde_json::Value::Null);
    assert_eq!(report["structure"]["ownership"], "none");
    assert!(unsnarl(&sandbox, repository.path(), &["report"]).answer().contains("1 change"));
}

#[test]
fn detached_bare_and_linked() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    repository.git(&["update-ref", "--no-deref", "HEAD", "main~1"]);
    assert_eq!(
        json(&sandbox, &repository, &[])["counts"]["changes"],
        2,
        "a detached HEAD is where history ends"
    );
    let bare = repository.clone_to("bare.git", &["--bare"]);
    let report = json(&sandbox, &bare, &["--as-of", "main"]);
    assert_eq!(
        (report["counts"]["changes"].as_u64(), report["repository"].as_str()),
        (Some(3), Some("bare"))
    );
    let linked = repository.worktree("linked", "main");
    assert_eq!(json(&sandbox, &linked, &[])["counts"]["changes"], 3);
}

#[test]
fn a_shallow_clone_says_where_it_is_cut() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    let shallow = repository.clone_to("shallow", &["--depth=2"]);
    let report = json(&sandbox, &shallow, &[]);
    assert_eq!(left_out(&report, "shallow-boundary"), Some(1));
    assert_eq!(report["counts"]["counted_changes"], 1, "what the cut end seems to add is no change");
    shallow.git(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(
        json(&sandbox, &shallow, &[])["counts"]["counted_changes"],
        3,
        "what was kept is not believed"
    );
}

#[test]
fn a_clone_without_blobs() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let body = "line\n".repeat(40);
    history.commit("main", Commit::new("one").write("old.rs", &body).write("same.rs", "other\n"));
    history.commit("main", Commit::new("two").delete("old.rs").write("new.rs", format!("{body}more\n")));
    let whole = sandbox.repository("whole", &history);
    let partial = whole.clone_to("partial", &["--filter=blob:none", "--bare"]);
    let renames = |repository| {
        table(&sandbox, repository, "touches", &[]).iter().filter(|row| &row[3] == "renamed").count()
    };
    assert_eq!(renames(&whole), 1);
    assert_eq!(renames(&partial), 0);
    assert!(left_out(&json(&sandbox, &partial, &[]), "missing-blobs").is_some_and(|count| count > 0));
}

#[test]
fn a_missing_tree_costs_its_changes_and_is_said() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    repository.lose("main~1:src");
    let report = json(&sandbox, &repository, &[]);
    assert!(left_out(&report, "missing-trees").is_some_and(|count| count > 0), "{report}");
    assert_eq!(report["counts"]["changes"], 3);
}

#[test]
fn a_missing_commit() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    let first = repository.text(&["rev-parse", "main~1"]);
    repository.lose("main~1");
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["counts"]["changes"], 1, "history ends where it cannot be read on");
    assert!(left_out(&report, "missing-trees").is_some_and(|count| count > 0));
    let error = unsnarl(&sandbox, repository.path(), &["report", "--as-of", &first]).refusal();
    assert!(error.contains("failed to"), "{error}");
}

#[test]
fn sha_256() {
    let sandbox = Sandbox::new();
    let repository =
        sandbox.init("modern", &["--object-format=sha256", "--initial-branch=main"], &three_commits());
    let rows = table(&sandbox, &repository, "touches", &[]);
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row[1].len() == 64), "{rows:?}");
}

#[test]
fn submodules_are_touches_without_content() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history.commit("main", Commit::new("add").submodule("lib", &"a".repeat(40)).write("a", "a"));
    history.commit("main", Commit::new("move on").submodule("lib", &"b".repeat(40)));
    let repository = sandbox.repository("super", &history);
    let rows = table(&sandbox, &repository, "touches", &[]);
    let lib: Vec<&str> = rows.iter().filter(|row| &row[2] == "lib").map(|row| &row[3]).collect();
    assert_eq!(lib, ["added", "modified"]);
    unsnarl(&sandbox, repository.path(), &["report", "--lines"]).answer();
}

#[test]
fn absurd_dates_count_but_stand_in_no_series() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history.commit("main", Commit::new("now").write("a", "1"));
    let repository = sandbox.repository("times", &history);
    let parent = repository.text(&["rev-parse", "main"]);
    let tree = repository.text(&["rev-parse", "main^{tree}"]);
    for date in ["-86400", "4291747200", "99999999999999999999"] {
        let parent = repository.text(&["rev-parse", "main"]);
        let object = format!(
            "tree {tree}\nparent {parent}\nauthor A <a@b> {date} +0000\ncommitter A <a@b> {date} +0000\n\nodd\n"
        );
        repository.raw_commit("main", object.as_bytes());
    }
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(report["counts"]["changes"], 4);
    let rows = table(&sandbox, &repository, "changes", &[]);
    assert_eq!(&rows[1][7], "1969-12-31T00:00:00Z");
    assert!(!parent.is_empty());
}

#[test]
fn a_huge_message_and_a_wild_history() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let message = format!("long\n\n{}", "words and words \n".repeat(100 * 65_536));
    history.commit("main", Commit::new(&message).write("a", "1"));
    history.commit("main", Commit::new("short").write("a", "2"));
    let repository = sandbox.repository("long", &history);
    assert_eq!(json(&sandbox, &repository, &[])["counts"]["changes"], 2);
    let wild = sandbox.repository("wild", &wild::history(5, 60));
    unsnarl(&sandbox, wild.path(), &["report"]).answer();
}

/// A file where a directory should be refuses everyone, root too.
fn in_the_way(path: &std::path::Path) {
    fs::create_dir_all(path.parent().expect("it is below something")).expect("the sandbox is writable");
    fs::write(path, "in the way").expect("the sandbox is writable");
}

#[test]
fn a_read_only_git_directory_keeps_facts_in_the_users_cache() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    in_the_way(&repository.git_directory().join("unsnarl"));
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(left_out(&report, "cache"), None);
    let kept = sandbox.path().join("home/cache/unsnarl");
    assert_eq!(fs::read_dir(&kept).expect("it was made").count(), 1);
    assert_eq!(json(&sandbox, &repository, &[]), report);
}

#[test]
fn nowhere_to_keep_facts_costs_the_next_run_alone() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    in_the_way(&repository.git_directory().join("unsnarl"));
    in_the_way(&sandbox.path().join("home/cache/unsnarl"));
    let report = json(&sandbox, &repository, &[]);
    assert_eq!(left_out(&report, "cache"), Some(1));
    assert_eq!(report["counts"]["changes"], 3);
    let elsewhere = sandbox.path().join("elsewhere");
    let elsewhere = elsewhere.to_str().expect("sandboxes have plain names");
    assert_eq!(left_out(&json(&sandbox, &repository, &["--cache", elsewhere]), "cache"), None);
}

#[test]
fn a_damaged_cache_is_no_cache() {
    let sandbox = Sandbox::new();
    let system = planted::plant(planted::Plan { changes: 200, ..Default::default() });
    let repository = sandbox.repository("shop", &system.history);
    let answer = json(&sandbox, &repository, &["--no-cache"]);
    json(&sandbox, &repository, &[]);
    let cache = repository.git_directory().join("unsnarl");
    let entries = |directory: &std::path::Path| -> Vec<std::path::PathBuf> {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let mut files: Vec<_> = entries(&cache)
        .into_iter()
        .flat_map(|path| if path.is_dir() { entries(&path) } else { vec![path] })
        .collect();
    files.sort();
    assert_eq!(
        files.len(),
        8 + 4,
        "a generation of facts, what was read from code, what was learned: {files:?}"
    );
    for file in files {
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for damaged in [flipped, whole[..whole.len() / 2].to_vec(), Vec::new()] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(json(&sandbox, &repository, &[]), answer, "{}", file.display());
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(json(&sandbox, &repository, &[]), answer, "{} is gone", file.display());
    }
}

#[test]
fn options_that_make_no_sense() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &three_commits());
    for (arguments, says) in [
        (&["report", "--since", "yesterday"][..], "2024-12-31"),
        (&["report", "--since", "2024-06-01", "--until", "2024-05-31"], "before --since"),
        (&["report", "--as-of", "no-such-branch"], "no-such-branch"),
        (&["report", "--as-of", "1990-01-01"], "no commit is as old"),
        (&["report", "--ticket-pattern", "("], "--ticket-pattern"),
        (&["report", "--html", "no/such/dir/x.html"], "x.html"),
        (&["explain", "no-such-id"], "no-such-id"),
    ] {
        let error = unsnarl(&sandbox, repository.path(), arguments).refusal();
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
    assert!(finish(program(&sandbox).arg("repotr")).err.contains("similar subcommand"));
}
