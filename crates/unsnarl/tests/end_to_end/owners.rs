//! `unsnarl owners`: the contract, every dialect without a repository, and what history says beside it.

use std::{fs, io::Write as _, process::Stdio};

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::stage::{Run, finish, json, program, unsnarl};

const DAY: i64 = 86_400;
const START: i64 = 1_672_617_600;

/// Two years of a shop: Ana writes billing, Bo writes web, Cy came to billing lately.
pub(crate) fn shop(codeowners: &str) -> History {
    let mut history = History::default();
    let mut first = Commit::new("begin").at(START).write(".github/CODEOWNERS", codeowners);
    for directory in ["billing", "web", "docs"] {
        for number in 0..4 {
            first =
                first.write(format!("{directory}/f{number}.rs"), format!("fn {directory}{number}() {{}}\n"));
        }
    }
    history.commit("main", first);
    for number in 0..240i64 {
        let (name, email, directory) = match number % 4 {
            0 if number > 160 => ("Cy Mori", "cy@shop.example", "billing"),
            0 | 2 => ("Ana Lopes", "ana@shop.example", "billing"),
            _ => ("Bo Ek", "bo@shop.example", "web"),
        };
        let path = format!("{directory}/f{}.rs", number % 3);
        let commit = Commit::new(format!("work {number}"))
            .by(name, email)
            .at(START + (number + 1) * 3 * DAY)
            .write(path, format!("fn {directory}() {{ {number} }}\n"));
        history.commit("main", commit);
    }
    history
}

pub(crate) const RULES: &str = "\
# who answers
*            @shop/all
/billing/    @shop/payments
/web/        @bo
/web/f3.rs   @shop/web @shop/payments
/docs/
";

pub(crate) fn answers(text: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(text).expect("owners are JSON").as_array().expect("an array").clone()
}

fn ask(sandbox: &Sandbox, repository: &Repository, arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["owners", "--format", "json"], arguments].concat();
    answers(&unsnarl(sandbox, repository.path(), &arguments).answer())
}

#[test]
fn the_contract_holds() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let all = ask(&sandbox, &repository, &["billing/f0.rs", "web/f3.rs", "docs/f0.rs", "Cargo.toml"]);
    for answer in &all {
        for field in ["path", "owners", "kind", "source", "line", "rule", "overridden", "steward", "agrees"] {
            assert!(answer.get(field).is_some(), "{field} in {answer}");
        }
    }
    assert_eq!(all[0]["owners"], serde_json::json!(["@shop/payments"]));
    assert_eq!((all[0]["source"].as_str(), all[0]["line"].as_u64()), (Some(".github/CODEOWNERS"), Some(3)));
    assert_eq!(all[0]["rule"], "/billing/");
    assert_eq!(all[0]["overridden"][0]["rule"], "*");
    assert_eq!(all[1]["owners"], serde_json::json!(["@shop/web", "@shop/payments"]));
    assert_eq!(all[1]["overridden"].as_array().map(Vec::len), Some(2));
    assert_eq!((all[2]["kind"].as_str(), all[2]["line"].as_u64()), (Some("unowned"), Some(6)));
    assert_eq!((all[3]["exists"].as_bool(), all[3]["line"].as_u64()), (Some(false), Some(2)));
}

#[test]
fn paths_come_from_standard_input_directories_and_where_one_is() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let mut child = program(&sandbox)
        .current_dir(repository.path())
        .args(["owners", "--stdin", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"./web/f0.rs\r\n\nbilling/f1.rs\n").unwrap();
    let given = answers(&String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap());
    let paths: Vec<&str> = given.iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["web/f0.rs", "billing/f1.rs"]);
    assert_eq!(
        ask(&sandbox, &repository, &["billing/"]).len(),
        4,
        "a directory stands for what lies below it"
    );
    fs::create_dir(repository.path().join("web")).unwrap();
    let inside = unsnarl(&sandbox, &repository.path().join("web"), &["owners", "--format", "json", "f0.rs"]);
    assert_eq!(answers(&inside.answer())[0]["path"], "web/f0.rs");
    let summary = unsnarl(&sandbox, repository.path(), &["owners", "."]).answer();
    assert!(summary.contains("@shop/payments") && summary.contains("nobody, by rule"), "{summary}");
}

#[test]
fn every_candidate_is_explained_in_order() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let text = unsnarl(&sandbox, repository.path(), &["owners", "web/f3.rs", "--explain"]).answer();
    insta::assert_snapshot!("owners_explain", text);
}

#[test]
fn people_are_named_only_when_asked_for() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let quiet = unsnarl(&sandbox, repository.path(), &["owners", "billing/f0.rs"]).answer();
    assert!(!quiet.contains("Ana Lopes"), "{quiet}");
    let named = unsnarl(&sandbox, repository.path(), &["owners", "billing/f0.rs", "--people"]).answer();
    assert!(named.contains("Ana Lopes") || named.contains("Cy Mori"), "{named}");
    let shared = ["owners", "billing/f0.rs", "web/f3.rs", "--people", "--anonymous-teams", "--explain"];
    let shared = unsnarl(&sandbox, repository.path(), &shared).answer();
    assert!(!shared.contains('@') && !shared.contains("Ana") && shared.contains("team-"), "{shared}");
    let report = unsnarl(&sandbox, repository.path(), &["report", "--anonymous-teams"]).answer();
    assert!(!report.contains("@shop"), "{report}");
}

/// What history says of a declared team once somebody says who is in it, and since when.
#[test]
fn declared_and_real_are_held_against_each_other() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let agrees = |rows: &str| {
        fs::write(repository.path().join("teams.csv"), rows).unwrap();
        ask(&sandbox, &repository, &["billing/f0.rs", "--teams", "teams.csv"])[0]["agrees"].clone()
    };
    assert_eq!(
        ask(&sandbox, &repository, &["billing/f0.rs"])[0]["agrees"],
        Value::Null,
        "nobody says who is in it"
    );
    let all =
        "team,person\n@shop/payments,ana@shop.example\n@shop/payments,Cy Mori\n@shop/web,bo@shop.example\n";
    assert_eq!(agrees(all), true);
    assert_eq!(agrees("@shop/payments,bo@shop.example\n@shop/web,Ana Lopes\n@shop/web,Cy Mori\n"), false);
    // Those who left two years ago did none of last year's work for the team.
    let left = "@shop/payments,ana@shop.example,,2023-01-31\n@shop/payments,Cy Mori,,2023-01-31\n@shop/web,ana@shop.example,2023-02-01\n@shop/web,Cy Mori,2023-02-01\n";
    assert_eq!(agrees(left), false);
    fs::write(repository.path().join("teams.csv"), "@shop/payments,ana,yesterday\n").unwrap();
    let refused = unsnarl(&sandbox, repository.path(), &["owners", ".", "--teams", "teams.csv"]);
    assert!(refused.err.contains("line 1") && refused.err.contains("yesterday"), "{}", refused.err);
}

/// Files of one dialect each, a path, and who answers for it.
#[test]
fn every_dialect_answers_without_a_repository() {
    let sandbox = Sandbox::new();
    let place = sandbox.path().join("plain");
    fs::create_dir(&place).unwrap();
    for (dialect, file, content, path, owners, line) in [
        ("github", "CODEOWNERS", "* @a\n/src/ @b @c\n", "src/x.rs", &["@b", "@c"][..], 2),
        ("gitlab", "CODEOWNERS", "* @a\n[Docs] @d\n*.md\n", "x.md", &["@a", "@d"], 1),
        ("kubernetes", "OWNERS", "approvers:\n- alice\n- bob\n", "a/b.go", &["alice", "bob"], 1),
        ("gerrit", "OWNERS", "a@x.org\nper-file *.md=b@x.org\n", "r.md", &["b@x.org", "a@x.org"], 2),
        (
            "maintainers",
            "MAINTAINERS",
            "NET\nM:\tAna <ana@x.org>\nF:\tnet/\n",
            "net/a.c",
            &["Ana <ana@x.org>"],
            3,
        ),
        (
            "backstage",
            "catalog-info.yaml",
            "kind: Component\nmetadata:\n  name: x\nspec:\n  owner: team-x\n",
            "src/a.ts",
            &["group:default/team-x"],
            5,
        ),
        (
            "manifest",
            "unsnarl.toml",
            "version = 1\n[[team]]\nid = \"t\"\n[[module]]\nid = \"m\"\npaths = [\"m/**\"]\nowner = \"t\"\n",
            "m/a.rs",
            &["t"],
            6,
        ),
    ] {
        fs::write(place.join(file), content).unwrap();
        let run = |named: bool| {
            let mut arguments = vec!["owners", "--format", "json", "--ownership", file, path];
            if named {
                arguments.extend(["--dialect", dialect]);
            }
            answers(&unsnarl(&sandbox, &place, &arguments).answer())
        };
        let all = run(true);
        let mut found: Vec<&str> =
            all[0]["owners"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let mut wanted = owners.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{dialect}");
        assert_eq!(all[0]["line"], line, "{dialect}");
        assert_eq!(all[0]["dialect"], dialect);
        if dialect != "gitlab" {
            assert_eq!(run(false)[0]["dialect"], dialect, "told by what is in it");
        }
        fs::remove_file(place.join(file)).unwrap();
    }
}

#[test]
fn a_path_that_is_not_there_and_one_of_another_case() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let all = ask(&sandbox, &repository, &["Billing/F0.rs"]);
    assert!(all[0]["note"].as_str().unwrap().contains("`billing/f0.rs` differs in case alone"), "{}", all[0]);
    let error = unsnarl(&sandbox, repository.path(), &["owners", "x", "--dialect", "githib"]).refusal();
    assert!(error.contains("known are manifest, github"), "{error}");
    let error = finish(program(&sandbox).current_dir(repository.path()).arg("owners"));
    assert!(error.err.contains("<PATH>"), "{}", error.err);
}

#[test]
fn paths_that_are_absolute_outside_or_nowhere() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    let place = repository.path();
    let absolute = place.join("billing/f0.rs").to_string_lossy().into_owned();
    let all = ask(&sandbox, &repository, &[&absolute]);
    assert_eq!((all[0]["path"].as_str(), all[0]["line"].as_u64()), (Some("billing/f0.rs"), Some(3)));
    for path in ["../elsewhere", "/elsewhere", "billing/../../elsewhere"] {
        let error = unsnarl(&sandbox, place, &["owners", path]).refusal();
        assert!(error.contains("outside the repository"), "{error}");
    }
    let summary = unsnarl(&sandbox, place, &["owners", "billing", "biling"]).answer();
    assert!(summary.contains("biling: there is no such file"), "{summary}");
}

#[test]
fn where_nobody_says_who_owns_the_answer_names_the_way_out() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history
        .commit("main", Commit::new("begin").write("a/b.rs", "fn b() {}\n").write("a/c.rs", "fn c() {}\n"));
    let repository = sandbox.repository("bare", &history);
    for path in ["a", "a/b.rs"] {
        let text = unsnarl(&sandbox, repository.path(), &["owners", path]).answer();
        assert_eq!(text.matches("unsnarl init drafts one").count(), 1, "{text}");
        assert!(!text.contains("knows it"), "one group of everybody is no news: {text}");
    }
}

/// A group that nobody is in is named all the same: the rule does not say "nobody".
#[test]
fn a_group_without_members_is_named() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let commit = Commit::new("begin")
        .write("OWNERS", "approvers:\n- ana\n")
        .write("OWNERS_ALIASES", "aliases:\n  web-people:\n")
        .write("web/OWNERS", "approvers:\n- web-people\n")
        .write("web/a.rs", "fn a() {}\n");
    history.commit("main", commit);
    let repository = sandbox.repository("shop", &history);
    let all = ask(&sandbox, &repository, &["--explain", "web/a.rs"]);
    assert_eq!(all[0]["owners"], serde_json::json!(["ana"]));
    assert_eq!(all[0]["candidates"][0]["owners"], serde_json::json!(["web-people"]));
}

#[test]
fn a_manifest_that_counts_for_nothing_is_said_with_every_answer() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(RULES));
    fs::write(repository.path().join("unsnarl.toml"), "version = 1\n[[module]\n").unwrap();
    for arguments in [&["owners", "billing/f0.rs"][..], &["report"], &["facts", "--table", "modules"]] {
        let run = unsnarl(&sandbox, repository.path(), arguments);
        assert_eq!(run.code(), Some(0), "{}", run.err);
        assert!(
            run.err.starts_with("warning: 1 mistake in the manifest") && run.err.contains("unsnarl.toml:2"),
            "{}",
            run.err
        );
    }
}

/// A change is judged by the files of the branch it came into, not by those it brings.
#[test]
fn changes_are_judged_by_the_files_of_their_time() {
    let sandbox = Sandbox::new();
    let mut history = shop("* @shop/all\n/billing/ @shop/payments\n");
    for number in 0..40i64 {
        let commit = Commit::new(format!("both {number}"))
            .at(START + (300 + number) * 3 * DAY)
            .write("billing/f0.rs", format!("b{number}"))
            .write("web/f0.rs", format!("w{number}"));
        history.commit("main", commit);
    }
    history.commit(
        "main",
        Commit::new("web has an owner").at(START + 1100 * DAY).write(
            ".github/CODEOWNERS",
            "* @shop/all\n/billing/ @shop/payments\n/billing/f0.rs @shop/payments @shop/web\n/web/ @shop/web\n",
        ),
    );
    let repository = sandbox.repository("shop", &history);
    let head = json(&sandbox, &repository, &[]);
    let then = json(&sandbox, &repository, &["--structure", "then"]);
    let approvals = |report: &Value| report["measures"]["approvals"]["value"].as_f64().unwrap();
    let counted = then["counts"]["counted_changes"].as_f64().unwrap();
    // By today's file @shop/web may approve both halves of the forty, and the first change, of everything, needs three.
    assert!((approvals(&head) - (counted + 2.0) / counted).abs() < 1e-9, "{}", approvals(&head));
    // Then the forty took two owners, and the first was judged by nothing.
    assert!((approvals(&then) - (counted - 1.0 + 40.0) / counted).abs() < 1e-9, "{}", approvals(&then));
    let today = &then["measures"]["approvals"]["quantities"];
    assert!(today.to_string().contains("by_todays_files"), "{today}");
    assert_eq!(then["independence_beside"]["value"], head["measures"]["independence"]["value"]);
}

/// Answers with warnings on standard error are answers all the same.
fn told(run: Run) -> (Vec<Value>, String) {
    (answers(&String::from_utf8(run.out.clone()).expect("it is as the test wrote it")), run.err)
}

#[test]
fn ownership_files_that_are_large_broken_or_hostile() {
    let sandbox = Sandbox::new();
    let place = sandbox.path().join("plain");
    fs::create_dir(&place).unwrap();
    let judge = |file: &str, dialect: &str, content: &[u8], path: &str| {
        fs::write(place.join(file), content).unwrap();
        let arguments = ["owners", "--format", "json", "--ownership", file, "--dialect", dialect, path];
        told(unsnarl(&sandbox, &place, &arguments))
    };
    let (all, err) = judge("CODEOWNERS", "github", "/a/ @b\n".repeat(50 << 20 >> 3).as_bytes(), "a/b");
    assert!(err.contains("MiB") || err.contains("3 MB"), "{err}");
    assert_eq!(all[0]["kind"], "none", "what is not read decides nothing");
    let many: String = (0..100_000).map(|at| format!("/d{at}/ @o{at}\n")).collect();
    let (all, _) = judge("CODEOWNERS", "github", many.as_bytes(), "d77777/x");
    assert_eq!((all[0]["owners"][0].as_str(), all[0]["line"].as_u64()), (Some("@o77777"), Some(77_778)));
    // As many in the others: reading takes time by their number, not by its square.
    let each = |line: &dyn Fn(u32) -> String| (0..20_000).map(line).collect::<String>();
    for (file, dialect, content, path) in [
        ("CODEOWNERS", "gitlab", each(&|at| format!("[S{}]\n/d{at}/ @o{at}\n", at % 9)), "d7777/x"),
        ("OWNERS", "gerrit", each(&|at| format!("per-file f{at}.rs=o{at}@x.org\n")), "f7777.rs"),
        (
            "MAINTAINERS",
            "maintainers",
            each(&|at| format!("S{at}\nM:\to{at}@x.org\nF:\td{at}/\n\n")),
            "d7777/x",
        ),
        (
            "unsnarl.toml",
            "manifest",
            format!(
                "version = 1\n{}",
                each(&|at| format!(
                    "[[module]]\nid = \"m{at}\"\npaths = [\"d{at}/**\"]\nowner = \"@o{at}\"\n"
                ))
            ),
            "d7777/x",
        ),
    ] {
        let (all, _) = judge(file, dialect, content.as_bytes(), path);
        assert!(all[0]["owners"][0].as_str().is_some_and(|owner| owner.contains("o7777")), "{}", all[0]);
        fs::remove_file(place.join(file)).unwrap();
    }
    let (all, err) = judge("CODEOWNERS", "github", b"* @a\n/b/ @\xff\xfe\n/c/ @c\n", "c/x");
    assert_eq!(all[0]["owners"][0], "@c");
    assert!(err.contains("CODEOWNERS:2"), "{err}");
    let bomb = format!("{}b @x\n* @a\n/{}/z @y\n", "*a".repeat(2_000), "**/".repeat(500));
    let (all, _) = judge("CODEOWNERS", "github", bomb.as_bytes(), &"a".repeat(3_000));
    assert_eq!(all[0]["owners"][0], "@a");
    let (all, _) = judge("CODEOWNERS", "gitlab", bomb.as_bytes(), &"a".repeat(3_000));
    assert_eq!(all[0]["owners"][0], "@a");
    let (all, err) =
        judge("OWNERS", "kubernetes", format!("approvers: {}", "[".repeat(100_000)).as_bytes(), "a");
    assert_eq!(all[0]["kind"], "none");
    assert!(err.contains("counts for nothing"), "{err}");
    let level =
        |at: usize| format!("l{}: &l{} [{}]\n", at + 1, at + 1, vec![format!("*l{at}"); 10].join(", "));
    let aliases = format!("l0: &l0 [x]\n{}approvers: *l9\n", (0..9).map(level).collect::<String>());
    let (_, err) = judge("OWNERS", "kubernetes", aliases.as_bytes(), "a");
    assert!(err.contains("counts for nothing"), "an alias bomb: {err}");
    let (all, _) = judge("MAINTAINERS", "maintainers", b"A\nM:\ta@x.org\nF:\t((((\nF:\tsrc/\n", "src/a");
    assert_eq!(all[0]["owners"][0], "a@x.org");
    // Files that import each other.
    for (file, other) in [("a/OWNERS", "b"), ("b/OWNERS", "a")] {
        fs::create_dir_all(place.join(file).parent().unwrap()).unwrap();
        let content = format!("include /{other}/OWNERS\nfile:/{other}/OWNERS\n{other}@x.org\n");
        fs::write(place.join(file), content).unwrap();
    }
    fs::remove_file(place.join("OWNERS")).unwrap();
    let arguments = ["owners", "--format", "json", "--ownership", ".", "--dialect", "gerrit", "a/x"];
    let (all, _) = told(unsnarl(&sandbox, &place, &arguments));
    assert_eq!(all[0]["owners"].as_array().map(Vec::len), Some(2), "{}", all[0]);
}

#[test]
fn ownership_files_behind_links() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("linked")
            .write("own/ers", "* @linked\n")
            .write_as("120000", "CODEOWNERS", "own/ers")
            .write("a.rs", "fn a() {}\n"),
    );
    let repository = sandbox.repository("shop", &history);
    let all = ask(&sandbox, &repository, &["a.rs"]);
    assert_eq!(all[0]["owners"][0], "@linked");
    for target in ["../outside", "/etc/passwd", "CODEOWNERS"] {
        let mut history = History::default();
        let commit =
            Commit::new("astray").write_as("120000", "CODEOWNERS", target).write("a.rs", "fn a() {}\n");
        history.commit("main", commit);
        let repository = sandbox.repository(&format!("to{}", target.len()), &history);
        assert_eq!(ask(&sandbox, &repository, &["a.rs"])[0]["kind"], "none");
        let audit = unsnarl(&sandbox, repository.path(), &["owners", "--audit"]).answer();
        assert!(audit.contains("link"), "{audit}");
    }
}
