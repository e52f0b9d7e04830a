//! The second run: whatever is kept, the answer is that of mining from scratch.

use std::{
    fs,
    path::{Path, PathBuf},
};

use testkit::repo::{Commit, History, Repository, Sandbox, planted, wild};

use crate::stage::{everything, unsnarl};

/// What is kept never changes what is said.
fn same_as_from_scratch(sandbox: &Sandbox, repository: &Repository) -> String {
    let kept = everything(sandbox, repository, &[]);
    let fresh = everything(sandbox, repository, &["--no-cache"]);
    assert!(kept == fresh, "{}", first_difference(&kept, &fresh));
    kept
}

fn first_difference(left: &str, right: &str) -> String {
    left.lines()
        .zip(right.lines())
        .find(|(left, right)| left != right)
        .map_or("one is longer".into(), |(left, right)| format!("kept:  {left}\nfresh: {right}"))
}

#[test]
fn a_second_run_says_the_same() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("wild", &wild::history(20, 80));
    assert_eq!(same_as_from_scratch(&sandbox, &repository), same_as_from_scratch(&sandbox, &repository));
    assert!(repository.git_directory().join("unsnarl").is_dir());
}

#[test]
fn new_commits_are_added_to_what_is_kept() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("wild", &wild::history(21, 80));
    same_as_from_scratch(&sandbox, &repository);
    let mut more = History::default();
    let mut tip = more.commit("main", Commit::new("go on").continuing("main").write("new/one", "1\n2\n3\n"));
    let topic = more.commit(
        "topic",
        Commit::new("beside").from(tip).by("New Person", "new@shop.example").write("new/two", "2"),
    );
    tip = more.commit("main", Commit::new("rename").from(tip).rename("new/one", "new/uno"));
    more.commit(
        "main",
        Commit::new("Merge topic").from(tip).merge(topic).write("new/two", "2").delete("src"),
    );
    repository.import(&more);
    let after = same_as_from_scratch(&sandbox, &repository);
    assert!(after.contains("new/uno") && after.contains("New Person"));
}

/// The design of earlier years is read once, not with every commit; what could change it makes it read again.
#[test]
fn earlier_designs_are_kept_by_what_they_rest_on() {
    let sandbox = Sandbox::new();
    let plan = planted::Plan { changes: 600, leaky: 3, stable: 6, pairs: 6, ..Default::default() };
    let repository = sandbox.repository("system", &planted::plant(plan).history);
    let cache = repository.git_directory().join("unsnarl");
    let designs = || {
        let name = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("years-"))
        };
        files_below(&cache).iter().filter(|path| name(path)).count()
    };
    let report = |options: &[&str]| {
        let asked = [&["report", "--format", "json", "--quiet"], options].concat();
        unsnarl(&sandbox, repository.path(), &asked).answer()
    };
    let add = |change: Commit| {
        let last: i64 = repository.text(&["log", "-1", "--format=%ct"]).trim().parse().expect("seconds");
        let mut more = History::default();
        more.commit("main", change.continuing("main").at(last + 60));
        repository.import(&more);
    };
    let first = report(&[]);
    assert!(first.contains("\"propagation_cost\"") && designs() == 1, "{}", designs());
    add(Commit::new("go on").write("packages/m00/src/new.ts", "export const one = 1;\n"));
    assert_eq!((report(&[]) == report(&["--no-cache"]), designs()), (true, 1));
    // What is no code any more counts in no year.
    add(Commit::new("to text").rename("packages/m00/src/part0.ts", "packages/m00/src/part0.txt"));
    assert_eq!((report(&[]) == report(&["--no-cache"]), designs()), (true, 2));
}

#[test]
fn a_rewritten_history_is_mined_anew() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("wild", &wild::history(22, 60));
    let before = same_as_from_scratch(&sandbox, &repository);
    repository.import(&wild::history(23, 60));
    assert_ne!(same_as_from_scratch(&sandbox, &repository), before);
    repository.git(&["update-ref", "refs/heads/main", "main~20"]);
    same_as_from_scratch(&sandbox, &repository);
}

#[test]
fn a_changed_mailmap_joins_people_of_kept_facts() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history.commit("main", Commit::new("one").by("Ana", "ana@old.example").write("a", "1"));
    history.commit("main", Commit::new("two").by("A. Lopes", "ana@new.example").write("a", "2"));
    let repository = sandbox.repository("names", &history);
    assert!(same_as_from_scratch(&sandbox, &repository).contains("\"people\": 2"));
    let mut mailmap = History::default();
    let line = "Ana Lopes <ana@new.example> Ana <ana@old.example>\n";
    let commit = Commit::new("who is who").by("A. Lopes", "ana@new.example").continuing("main");
    mailmap.commit("main", commit.write(".mailmap", line));
    repository.import(&mailmap);
    assert!(same_as_from_scratch(&sandbox, &repository).contains("\"people\": 1"));
}

#[test]
fn a_history_that_was_deepened_is_mined_anew() {
    let sandbox = Sandbox::new();
    let whole = sandbox.repository("whole", &wild::history(24, 60));
    let shallow = whole.clone_to("shallow", &["--depth=5"]);
    same_as_from_scratch(&sandbox, &shallow);
    shallow.git(&["fetch", "--quiet", "--deepen=10"]);
    same_as_from_scratch(&sandbox, &shallow);
    shallow.git(&["fetch", "--quiet", "--unshallow"]);
    same_as_from_scratch(&sandbox, &shallow);
}

#[test]
fn whatever_happens_to_kept_files_the_answer_stays() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("wild", &wild::history(25, 40));
    let answer = same_as_from_scratch(&sandbox, &repository);
    let cache = repository.git_directory().join("unsnarl");
    type Harm = (&'static str, fn(&Path));
    let harm: [Harm; 5] = [
        ("emptied", |file| fs::write(file, b"").expect("the cache is writable")),
        ("cut in half", |file| {
            let bytes = fs::read(file).expect("the cache can be read");
            fs::write(file, &bytes[..bytes.len() / 2]).expect("the cache is writable");
        }),
        ("one bit turned", |file| {
            let mut bytes = fs::read(file).expect("the cache can be read");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).expect("the cache is writable");
        }),
        ("filled with something else", |file| {
            fs::write(file, b"PAR1 this is no table").expect("the cache is writable");
        }),
        ("gone", |file| fs::remove_file(file).expect("the cache is writable")),
    ];
    let mut harmed = 0;
    for (what, do_it) in harm {
        // The names are taken before each round: a mended cache may have new ones.
        for file in files_below(&cache) {
            if file.exists() {
                do_it(&file);
                harmed += 1;
                let now = everything(&sandbox, &repository, &[]);
                assert!(now == answer, "{} {what}: {}", file.display(), first_difference(&now, &answer));
            }
        }
    }
    assert!(harmed >= 30, "only {harmed} files were harmed");
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(directory).expect("facts were kept") {
        let path = entry.expect("the cache can be listed").path();
        if path.is_dir() { out.extend(files_below(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

#[test]
fn threads_change_nothing() {
    let sandbox = Sandbox::new();
    let wild = sandbox.repository("wild", &wild::history(26, 400));
    let calm = sandbox
        .repository("calm", &planted::plant(planted::Plan { changes: 600, ..Default::default() }).history);
    for repository in [wild, calm] {
        let one = everything(&sandbox, &repository, &["--no-cache", "--threads", "1"]);
        for threads in ["2", "5"] {
            let more = everything(&sandbox, &repository, &["--no-cache", "--threads", threads]);
            assert!(one == more, "{threads} threads: {}", first_difference(&one, &more));
        }
    }
}

#[test]
fn what_was_asked_before_does_not_leak_into_the_next_answer() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("wild", &wild::history(27, 60));
    let settings: [&[&str]; 6] = [
        &[],
        &["--unit", "commit"],
        &["--no-renames"],
        &["--lines"],
        &["--as-of", "main~7"],
        &["--bulk", "2"],
    ];
    let fresh: Vec<String> = settings
        .iter()
        .map(|options| everything(&sandbox, &repository, &[*options, &["--no-cache"]].concat()))
        .collect();
    for _ in 0..2 {
        for (options, fresh) in settings.iter().zip(&fresh) {
            let kept = everything(&sandbox, &repository, options);
            assert!(kept == *fresh, "{options:?}: {}", first_difference(&kept, fresh));
        }
    }
}
