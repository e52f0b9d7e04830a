//! Runs that end early, by a signal or for want of room, and the run after them.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use testkit::repo::{Repository, Sandbox, planted};

use crate::stage::{everything, finish, json, left_out, program, unsnarl};

fn system(sandbox: &Sandbox) -> Repository {
    sandbox.repository("shop", &planted::plant(planted::Plan { changes: 3000, ..Default::default() }).history)
}

/// Begins a run that cannot end by itself: it says more than a pipe holds, and nobody reads it.
fn start(sandbox: &Sandbox, repository: &Repository) -> Child {
    program(sandbox)
        .current_dir(repository.path())
        .args(["facts", "--table", "touches"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program was compiled")
}

/// Waits for something to be so; gives up after a minute.
fn wait_until(so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing happened for a minute");
        std::thread::yield_now();
    }
}

#[test]
fn ctrl_c_at_any_moment_leaves_nothing_that_misleads() {
    let sandbox = Sandbox::new();
    let repository = system(&sandbox);
    let answer = everything(&sandbox, &repository, &["--no-cache"]);
    let touches = unsnarl(&sandbox, repository.path(), &["facts", "--table", "touches", "--no-cache"]);
    assert!(touches.out.len() > 1 << 17, "a pipe holds 64 KiB");
    let cache = repository.git_directory().join("unsnarl");
    // At once; while the cache comes into being; when a generation is in place.
    let moments: [&dyn Fn() -> bool; 3] = [&|| true, &|| cache.exists(), &|| {
        fs::read_dir(&cache).is_ok_and(|mut entries| entries.next().is_some())
    }];
    for moment in moments {
        let _ = fs::remove_dir_all(&cache);
        let mut child = start(&sandbox, &repository);
        wait_until(moment);
        let told = sandbox.command("sh").arg("-c").arg(format!("kill -INT {}", child.id())).status();
        assert!(told.expect("there is a shell").success());
        assert_eq!(child.wait().expect("the child is ours").signal(), Some(2));
        assert!(everything(&sandbox, &repository, &[]) == answer);
    }
}

#[test]
fn a_killed_run_leaves_nothing_that_misleads() {
    let sandbox = Sandbox::new();
    let repository = system(&sandbox);
    let answer = everything(&sandbox, &repository, &["--no-cache"]);
    let cache = repository.git_directory().join("unsnarl");
    for _ in 0..3 {
        let _ = fs::remove_dir_all(&cache);
        let mut child = start(&sandbox, &repository);
        wait_until(|| cache.exists());
        child.kill().expect("it waits to be read");
        assert_eq!(child.wait().expect("the child is ours").signal(), Some(9));
        assert!(everything(&sandbox, &repository, &[]) == answer);
    }
}

/// Runs with no file allowed to grow: every write to a file fails as on a full disk.
fn without_room(sandbox: &Sandbox, repository: &Repository, arguments: &[&str]) -> crate::stage::Run {
    let mut shell = sandbox.command("sh");
    shell.current_dir(repository.path());
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_unsnarl")]);
    finish(shell.args(arguments))
}

#[test]
fn a_full_disk_costs_the_cache_and_nothing_else() {
    let sandbox = Sandbox::new();
    let repository = system(&sandbox);
    let text = without_room(&sandbox, &repository, &["report", "--format", "json"]).answer();
    let report: serde_json::Value = serde_json::from_str(&text).expect("the report is JSON");
    assert_eq!(left_out(&report, "cache"), Some(1));
    let fresh = json(&sandbox, &repository, &["--no-cache"]);
    assert_eq!(report["measures"], fresh["measures"]);
    assert_eq!(json(&sandbox, &repository, &[]), fresh, "the next run finds nothing half written");
}

#[test]
fn a_full_disk_leaves_an_older_page_as_it_was() {
    let sandbox = Sandbox::new();
    let repository = system(&sandbox);
    let page = repository.path().join("page.html");
    fs::write(&page, "the older page").expect("the sandbox is writable");
    let error =
        without_room(&sandbox, &repository, &["report", "--no-cache", "--html", "page.html"]).refusal();
    assert!(error.contains("page.html"), "{error}");
    assert_eq!(fs::read_to_string(&page).expect("it is still there"), "the older page");
    let names: Vec<_> = fs::read_dir(repository.path())
        .expect("the sandbox can be listed")
        .map(|entry| entry.expect("the sandbox can be listed").file_name())
        .filter(|name| name != ".git" && name != "page.html")
        .collect();
    assert!(names.is_empty(), "left behind: {names:?}");
}
