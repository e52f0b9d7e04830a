//! `unsnarl replay`: another structure over the history there was, and moves written down.

use std::fs;

use serde_json::{Value, json};
use testkit::repo::{Commit, History};

use crate::stage::{Run, Stage, fitting, is_published, unsnarl};

const DAY: i64 = 86_400;
const OWNERS: &str = "# who answers\n/billing/ @shop/pay\n/web/ @shop/web\n";
/// The pdf goes from pay to web.
const MOVES: &str = r#"{"moves": [{"kind": "give", "directory": "billing/pdf", "to": "@shop/web"}]}"#;

/// Two teams, and a directory of the one that changes with the other.
///
/// ```text
///                 begin  1  2  3  4  5
/// billing/a.py      x    x           x
/// billing/pdf/c.py  x       x  x     x
/// web/d.py          x       x  x  x
/// teams before      2    1  2  2  1  1
/// teams after       2    1  1  1  1  2
/// ```
fn history() -> History {
    let mut history = History::default();
    let files = ["billing/a.py", "billing/pdf/c.py", "web/d.py"];
    let commit = |at: i64, touched: &[usize]| {
        let commit =
            Commit::new(format!("change {at}")).at(1_600_000_000 + at * DAY).by("Ana", "ana@shop.example");
        touched
            .iter()
            .fold(commit, |commit, &file| commit.write(files[file], format!("{file} at {at}\n").repeat(9)))
    };
    history.commit("main", commit(0, &[0, 1, 2]).write("CODEOWNERS", OWNERS));
    for (at, touched) in [vec![0], vec![1, 2], vec![1, 2], vec![2], vec![0, 1]].iter().enumerate() {
        history.commit("main", commit(at as i64 + 1, touched));
    }
    history
}

/// A shop with its work tree.
fn checked_out(history: &History) -> Stage {
    let stage = Stage::of(history);
    stage.repository.git(&["reset", "-q", "--hard"]);
    stage
}

/// A shop with files that could stand for another structure.
fn stage(files: &[(&str, &str)]) -> Stage {
    let stage = checked_out(&history());
    for (name, text) in files {
        fs::write(stage.repository.path().join(name), text).expect("the work tree can be written");
    }
    stage
}

fn replay(stage: &Stage, arguments: &[&str]) -> Run {
    unsnarl(&stage.sandbox, stage.repository.path(), &[&["replay"], arguments].concat())
}

fn read(stage: &Stage, arguments: &[&str]) -> Value {
    let text = replay(stage, &[arguments, &["--format", "json"]].concat()).answer();
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn a_change_of_owner_by_hand() {
    let stage = stage(&[("moves.json", MOVES)]);
    let told = read(&stage, &["--with", "moves.json"]);
    assert_eq!((&told["schema"], &told["changes"]), (&json!("unsnarl.replay/1"), &json!(6)));
    let counts = |side: &str, measure: &str| {
        let value = &told[side][measure];
        (value["count"].as_f64().expect("a count"), value["of"].as_u64().expect("a denominator"))
    };
    assert_eq!([counts("before", "independence"), counts("after", "independence")], [(3.0, 6), (4.0, 6)]);
    assert_eq!([counts("before", "coordination"), counts("after", "coordination")], [(3.0, 6), (2.0, 6)]);
    assert_eq!([counts("before", "approvals"), counts("after", "approvals")], [(9.0, 6), (8.0, 6)]);
    let difference = told["difference"]["independence"]["value"].as_f64().expect("a difference");
    assert!((difference - 1.0 / 6.0).abs() < 1e-12);
    let flipped = &told["flipped"];
    assert_eq!((&flipped["fewer_teams"], &flipped["more_teams"]), (&json!(2), &json!(1)));
    let subjects = |sort: &str| {
        let changes = flipped[sort]["changes"].as_array().expect("changes");
        changes.iter().map(|change| change["subject"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(subjects("became_independent"), ["change 3", "change 2"]);
    assert_eq!(subjects("lost_independence"), ["change 5"]);
    assert_eq!(flipped["lost_independence"]["changes"][0]["after"], json!(["@shop/pay", "@shop/web"]));
    let loads: Vec<Value> = told["per_team"]
        .as_array()
        .expect("teams")
        .iter()
        .map(|team| json!([team["team"], team["before"]["of"], team["after"]["of"]]))
        .collect();
    // pay: begin, 1, 2, 3, 5, then begin, 1, 5; web: begin, 2, 3, 4, and 5 then, too.
    assert_eq!(loads, [json!(["@shop/pay", 5, 3]), json!(["@shop/web", 4, 5])]);
    let boundary = &told["per_boundary"][0];
    assert_eq!((&boundary["a"], &boundary["b"]), (&json!("@shop/pay"), &json!("@shop/web")));
    assert_eq!((&boundary["before"]["changes"], &boundary["after"]["changes"]), (&json!(3), &json!(2)));
    assert_eq!(told["files"], json!({"files": 4, "other_owners": 1, "other_module": 0}));
    assert!(told["price"].is_null() && told["price_note"].is_string());
    assert_eq!(told["moves"], serde_json::from_str::<Value>(MOVES).expect("it is JSON")["moves"]);
}

#[test]
fn the_answer_comes_first_and_fits_a_screen() {
    let stage = stage(&[("moves.json", MOVES)]);
    let text = replay(&stage, &["--with", "moves.json"]).answer();
    assert!(text.lines().count() <= 30 && text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
}

/// A manifest, an ownership file and moves that say the same.
#[test]
fn three_ways_to_say_it_are_one() {
    let manifest = r#"version = 1
[[module]]
id = "billing"
paths = ["billing/**"]
owner = "@shop/pay"
[[module]]
id = "pdf"
paths = ["billing/pdf/**"]
owner = "@shop/web"
[[module]]
id = "web"
paths = ["web/**"]
owner = "@shop/web"
"#;
    let owners = format!("{OWNERS}/billing/pdf/ @shop/web\n");
    let stage = stage(&[("moves.json", MOVES), ("other.toml", manifest), ("CODEOWNERS.new", &owners)]);
    let [moves, declared, owned] =
        ["moves.json", "other.toml", "CODEOWNERS.new"].map(|file| read(&stage, &["--with", file]));
    for key in ["flipped", "per_team", "per_boundary"] {
        assert_eq!(moves[key], declared[key], "{key}");
        assert_eq!(moves[key], owned[key], "{key}");
    }
    for measure in ["independence", "coordination", "approvals"] {
        for side in ["before", "after", "difference"] {
            assert_eq!(moves[side][measure], declared[side][measure], "{side} {measure}");
            assert_eq!(moves[side][measure], owned[side][measure], "{side} {measure}");
        }
    }
    // Held against each other, nothing differs; the other way round everything is.
    let same = read(&stage, &["--with", "CODEOWNERS.new", "--against", "moves.json"]);
    assert_eq!(same["difference"]["independence"], json!({"value": 0.0, "interval": [0.0, 0.0]}));
    fs::write(stage.repository.path().join("CODEOWNERS.old"), OWNERS).expect("the work tree can be written");
    let back = read(&stage, &["--with", "CODEOWNERS.old", "--against", "moves.json"]);
    assert_eq!(back["before"]["independence"], moves["after"]["independence"]);
    assert_eq!(
        back["flipped"]["lost_independence"]["count"],
        moves["flipped"]["became_independent"]["count"]
    );
}

#[test]
fn proposals_are_replayed_one_by_one() {
    let proposals = r#"{"schema": "unsnarl.redesign/1", "proposals": [
        {"id": "give-pdf", "moves": [{"kind": "give", "directory": "billing/pdf", "to": "@shop/web"}]},
        {"id": "give-web", "moves": [{"kind": "give", "directory": "web", "to": "@shop/pay"}]}]}"#;
    let stage = stage(&[("redesign.json", proposals)]);
    let independent = |more: &[&str]| {
        read(&stage, &[&["--with", "redesign.json"], more].concat())["after"]["independence"]["count"].clone()
    };
    assert_eq!(independent(&["--proposal", "give-pdf"]), json!(4.0));
    assert_eq!(independent(&[]), json!(2.0), "1 and 4; the pdf alone is web's");
    let all = read(&stage, &["--with", "redesign.json", "--proposal", "give-web"]);
    assert!(all["after"]["independence"]["value"].is_null(), "one owner of everything");
    assert_eq!(all["after"]["undefined"], "one owner stands for all that changes");
    let refusal = replay(&stage, &["--with", "redesign.json", "--proposal", "give-pfd"]).refusal();
    assert!(
        refusal.contains("there is no proposal `give-pfd`") && refusal.contains("did you mean `give-pdf`?")
    );
}

#[test]
fn what_cannot_be_laid_over_history_says_why() {
    let stage = stage(&[
        ("broken.json", "{\"moves\": ["),
        (
            "team.json",
            r#"{"moves": [{"kind": "give", "directory": "web", "to": "@shop/pay"}, {"kind": "give", "directory": "web", "to": "@shop/wed"}]}"#,
        ),
        ("directory.json", r#"{"moves": [{"kind": "give", "directory": "billng", "to": "@shop/web"}]}"#),
        (
            "both.json",
            r#"{"moves": [{"kind": "give", "module": "web", "files": ["web/d.py"], "to": "@shop/web"}]}"#,
        ),
        ("mistaken.toml", "version = 1\n[[module]]\nid = \"web\"\npath = [\"web/**\"]\n"),
        (
            "elsewhere.toml",
            "version = 1\n[[module]]\nid = \"api\"\npaths = [\"services/api/**\"]\nowner = \"@shop/api\"\n",
        ),
        ("none.toml", "version = 1\n"),
        ("CODEOWNERS.none", "/services/ @shop/api\n"),
        ("notes.txt", "web is theirs\n"),
    ]);
    let table = [
        ("missing.json", "failed to lay `missing.json` over history: No such file"),
        (".", "it is a directory"),
        (
            "broken.json",
            "failed to lay `broken.json` over history: it is not JSON: EOF while parsing a list at line 1",
        ),
        (
            "team.json",
            "move 2: give web/ to @shop/wed: there is no team `@shop/wed`\nhint: did you mean `@shop/web`?",
        ),
        ("directory.json", "move 1: give billng/ to @shop/web: there never was a directory `billng`"),
        ("both.json", "moves[0]: it holds both `module` and `files`"),
        ("mistaken.toml", "mistaken.toml:4: unknown key `path`"),
        ("elsewhere.toml", "it does not fit: none of its modules holds a file (`api`)"),
        ("none.toml", "it declares no module"),
        ("CODEOWNERS.none", "it gives no file here an owner"),
        ("notes.txt", "its dialect of ownership cannot be told\nhint: --dialect github"),
    ];
    for (file, expected) in table {
        let refusal = replay(&stage, &["--with", file]).refusal();
        assert!(refusal.contains(expected), "{file}: {refusal}");
    }
    let refusal = replay(&stage, &["--with", "team.json", "--structure", "then"]).refusal();
    assert!(refusal.contains("a replay lays one structure over all of history"), "{refusal}");
    let refusal = replay(&stage, &["--with", "none.toml", "--proposal", "x"]).refusal();
    assert!(refusal.contains("it holds no proposals"), "{refusal}");
}

#[test]
fn little_to_go_by_is_said_and_not_made_up() {
    let manifest = "version = 1\n[[module]]\nid = \"all\"\npaths = [\"**\"]\n[[module]]\nid = \"gone\"\npaths = [\"gone/**\"]\n";
    let stage = stage(&[("moves.json", MOVES), ("other.toml", manifest)]);
    // One module, no owners of its own: those of today stay.
    let told = read(&stage, &["--with", "other.toml"]);
    assert_eq!(told["difference"]["independence"]["value"], json!(0.0));
    let notes = told["notes"].to_string();
    assert!(notes.contains("1 of the 2 modules of other.toml without a file here: `gone`"), "{notes}");
    assert_eq!(told["after"]["modules"]["value"], json!(1.0));
    // Nothing counts.
    let told = read(&stage, &["--with", "moves.json", "--since", "2024-01-01"]);
    assert_eq!((&told["changes"], &told["difference"]["independence"]["value"]), (&json!(0), &Value::Null));
    let text = replay(&stage, &["--with", "moves.json", "--since", "2024-01-01"]).answer();
    assert!(text.starts_with("independence – → –: "), "{text}");
    // Nobody is declared: there is no team to give anything to.
    let mut history = History::default();
    history.commit("main", Commit::new("begin").by("Ana", "ana@shop.example").write("web/d.py", "d\n"));
    let bare = Stage::of(&history);
    fs::write(bare.repository.path().join("moves.json"), MOVES.replace("billing/pdf", "web"))
        .expect("written");
    let refusal = replay(&bare, &["--with", "moves.json"]).refusal();
    assert!(
        refusal.contains("there is no team `@shop/web`\nhint: there is no team here at all"),
        "{refusal}"
    );
}

#[test]
fn names_are_hidden_where_that_is_asked() {
    let owners = format!("{OWNERS}/billing/pdf/ @shop/paper\n");
    let stage = stage(&[("moves.json", MOVES), ("CODEOWNERS.new", &owners)]);
    for file in ["moves.json", "CODEOWNERS.new"] {
        let told = read(&stage, &["--with", file, "--anonymous-teams"]);
        assert!(!told.to_string().contains("@shop"), "{told}");
    }
    let told = read(&stage, &["--with", "CODEOWNERS.new", "--anonymous-teams"]);
    let teams: Vec<&Value> =
        told["per_team"].as_array().expect("teams").iter().map(|team| &team["team"]).collect();
    assert_eq!(teams.len(), 3, "who is new is another: {told}");
}

#[test]
fn the_schema_is_published_and_holds() {
    is_published("replay.schema.json", &faces::replay::schema());
    let stage = stage(&[("moves.json", MOVES)]);
    let text = replay(&stage, &["--with", "moves.json", "--format", "json"]).answer();
    fitting(&text, &faces::replay::schema());
}

/// What is read, written and read again is the same.
#[test]
fn moves_are_read_as_they_are_written() {
    let text = r#"{"moves": [
        {"kind": "give", "module": "a", "to": "@x/y"}, {"kind": "share", "directory": "a/b", "to": "@x/y"},
        {"kind": "relocate", "files": ["a/c", "a/ d\"e"], "to": "b"}, {"kind": "merge", "module": "a", "to": "b"},
        {"kind": "split", "directory": "a/b", "name": "n"}, {"kind": "split", "files": ["z"], "name": "n", "to": "t"},
        {"kind": "interface", "module": "a", "files": ["a/api"]}]}"#;
    let moves = sources::patch::read(text.as_bytes(), &[]).expect("they are moves");
    let records: Vec<faces::moves::MoveRecord> = moves.iter().map(Into::into).collect();
    let written = faces::document::written(&json!({"moves": records}));
    assert_eq!(sources::patch::read(written.as_bytes(), &[]), Ok(moves));
    assert_eq!(serde_json::from_str::<Value>(&written).ok(), serde_json::from_str::<Value>(text).ok());
}

/// The owners of a path as `unsnarl owners` tells them of the last commit.
fn owners(stage: &Stage, path: &str) -> Value {
    let text =
        unsnarl(&stage.sandbox, stage.repository.path(), &["owners", path, "--format", "json"]).answer();
    serde_json::from_str::<Value>(&text).expect("it is JSON")[0]["owners"].clone()
}

fn file(stage: &Stage, name: &str) -> String {
    fs::read_to_string(stage.repository.path().join(name)).expect("it is there")
}

/// Standard output and error of a run that ended well.
fn both(run: Run) -> (String, String) {
    assert_eq!(run.code(), Some(0), "{}", run.err);
    (String::from_utf8(run.out).expect("it is UTF-8"), run.err)
}

#[test]
fn moves_are_shown_and_then_written() {
    let stage = stage(&[("moves.json", MOVES)]);
    let (diff, told) = both(replay(&stage, &["--with", "moves.json", "--diff"]));
    let expected = "--- a/CODEOWNERS\n+++ b/CODEOWNERS\n@@ -1,3 +1,4 @@\n # who answers\n /billing/ @shop/pay\n+/billing/pdf/ @shop/web\n /web/ @shop/web\n";
    assert_eq!(diff, expected);
    assert_eq!(told, "owners and modules of 4 paths read back: 1 file; --apply writes\n");
    assert_eq!(file(&stage, "CODEOWNERS"), OWNERS, "nothing is written to show it");
    let (diff, told) = both(replay(&stage, &["--with", "moves.json", "--apply"]));
    assert_eq!(diff, expected);
    assert!(told.ends_with("1 file written\n"), "{told}");
    assert_eq!(stage.repository.text(&["status", "--porcelain", "-uno"]), " M CODEOWNERS");
    stage.repository.git(&["commit", "-q", "-m", "give the pdf to web", "--", "CODEOWNERS"]);
    assert_eq!(owners(&stage, "billing/pdf/c.py"), json!(["@shop/web"]));
    assert_eq!(owners(&stage, "billing/a.py"), json!(["@shop/pay"]));
    let (diff, told) = both(replay(&stage, &["--with", "moves.json", "--apply"]));
    assert_eq!(
        (diff.as_str(), told.as_str()),
        ("", "owners and modules of 4 paths read back: nothing to write\n")
    );
}

#[test]
fn a_manifest_that_is_being_written_is_written_on() {
    let manifest = "version = 1\n\n# Money.\n[[module]]\nid = \"billing\"\npaths = [\"billing/**\"]\nowner = \"@shop/pay\" # for now\n\n[[module]]\nid = \"web\"\npaths = [\"web/**\"]\nowner = \"@shop/web\"\n";
    let begin = || {
        stage(&[
            ("unsnarl.toml", manifest),
            ("moves.json", r#"{"moves": [{"kind": "give", "module": "billing", "to": "@shop/web"}]}"#),
            ("merge.json", r#"{"moves": [{"kind": "merge", "module": "billing", "to": "web"}]}"#),
        ])
    };
    let stage = begin();
    both(replay(&stage, &["--with", "moves.json", "--apply"]));
    assert_eq!(
        file(&stage, "unsnarl.toml"),
        manifest.replace("\"@shop/pay\" # for now", "\"@shop/web\" # for now")
    );
    assert_eq!(owners(&stage, "billing/a.py"), json!(["@shop/web"]));
    let stage = begin();
    both(replay(&stage, &["--with", "merge.json", "--apply"]));
    assert!(file(&stage, "unsnarl.toml").ends_with(
        "\n[[module]]\nid = \"web\"\npaths = [\"web/**\", \"billing/**\"]\nowner = \"@shop/web\"\n"
    ));
}

#[test]
fn what_cannot_be_written_leaves_everything_as_it_was() {
    let stage = stage(&[("moves.json", MOVES), ("CODEOWNERS.new", OWNERS)]);
    let edited = format!("{OWNERS}/docs/ @shop/docs\n");
    fs::write(stage.repository.path().join("CODEOWNERS"), &edited).expect("the work tree can be written");
    let refusal = replay(&stage, &["--with", "moves.json", "--apply"]).refusal();
    assert!(refusal.contains("`CODEOWNERS`: it stands otherwise in the work tree"), "{refusal}");
    assert_eq!(file(&stage, "CODEOWNERS"), edited);
    let refusal = replay(&stage, &["--with", "CODEOWNERS.new", "--apply"]).refusal();
    assert!(refusal.contains("it is written down already"), "{refusal}");
    let refusal = replay(&stage, &["--with", "moves.json", "--apply", "--anonymous-teams"]).refusal();
    assert!(refusal.contains("hidden names cannot be written down"), "{refusal}");
    let bare = stage.repository.clone_to("bare", &["--bare"]);
    let moves = stage.repository.path().join("moves.json");
    let moves = moves.to_str().expect("a path of this test");
    let refusal = unsnarl(&stage.sandbox, bare.path(), &["replay", "--with", moves, "--apply"]).refusal();
    assert!(refusal.contains("this needs a work tree"), "{refusal}");
    let (diff, _) = both(unsnarl(&stage.sandbox, bare.path(), &["replay", "--with", moves, "--diff"]));
    assert!(diff.contains("+/billing/pdf/ @shop/web"), "{diff}");
}

/// The script moves what it says, whatever the paths hold, and nothing runs it but its reader.
#[test]
fn code_moves_by_a_script_alone() {
    let odd = "billing/it's $(touch gone) `touch gone`; #.py";
    let mut history = history();
    let at = 1_600_000_000 + 9 * DAY;
    let build = |directory: &str| format!("{directory}/package.json");
    let commit = Commit::new("odd").at(at).by("Ana", "ana@shop.example").write(odd, "odd\n");
    history.commit("main", commit.write(build("billing"), "{}").write(build("web"), "{}"));
    let stage = checked_out(&history);
    let moves = json!({"moves": [
        {"kind": "relocate", "directory": "billing/pdf", "to": "web"}, {"kind": "relocate", "files": [odd], "to": "web"}]});
    let root = stage.repository.path();
    fs::write(root.join("moves.json"), moves.to_string()).expect("the work tree can be written");
    let (shown, told) = both(replay(&stage, &["--with", "moves.json", "--apply"]));
    assert!(shown.starts_with("#!/bin/sh\n") && told.contains("nothing to write"), "{shown}{told}");
    assert!(root.join(odd).exists() && !root.join("moves.sh").exists(), "nothing was run");
    let (shown, _) = both(replay(&stage, &["--with", "moves.json", "--script", "moves.sh"]));
    assert_eq!(shown, "");
    let status =
        std::process::Command::new("sh").arg("moves.sh").current_dir(root).status().expect("sh is there");
    assert!(status.success());
    assert!(root.join("web/pdf/c.py").exists() && root.join(odd.replace("billing", "web")).exists());
    assert!(!root.join(odd).exists() && !root.join("gone").exists());
}
