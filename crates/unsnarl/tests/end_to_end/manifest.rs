//! `unsnarl init` and `unsnarl manifest`: a manifest that is written, held right, laid out and written out again.

use std::fs;

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::{
    owners::{RULES, answers, shop},
    stage::{Run, unsnarl},
};

const SOUND: &str = "\
version = 1  # the only one there is

[system]
name = \"shop\"

[[team]]
id = \"payments\"
handles = [\"@shop/payments\"]
members = [{ person = \"ana@shop.example\", since = 2023-01-01 }, { person = \"Cy Mori\" }]

[[team]]
id = \"web\"
handles = [\"@shop/web\"]
members = [{ person = \"bo@shop.example\" }]

# Money moves here.
[[module]]
id = \"billing\"
paths = [\"billing/**\"]
owner = \"payments\"

[[module]]
id = \"web\"
paths = [\"web/**\"]
owner = \"web\"
";

fn write(repository: &Repository, path: &str, content: &str) {
    let path = repository.path().join(path);
    fs::create_dir_all(path.parent().expect("it is as the test wrote it"))
        .expect("it is as the test wrote it");
    fs::write(path, content).expect("it is as the test wrote it");
}

fn manifest(sandbox: &Sandbox, repository: &Repository, arguments: &[&str]) -> Run {
    unsnarl(sandbox, repository.path(), &[&["manifest"], arguments].concat())
}

/// A repository whose work tree is checked out.
fn checked_out(sandbox: &Sandbox, history: &History) -> Repository {
    let repository = sandbox.repository("shop", history);
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    repository
}

#[test]
fn a_sound_manifest_is_sound_and_shown() {
    let sandbox = Sandbox::new();
    let repository = checked_out(&sandbox, &shop(""));
    write(&repository, "unsnarl.toml", SOUND);
    let told = manifest(&sandbox, &repository, &["validate"]).answer();
    assert_eq!(told, "sound: 2 modules, 2 teams, 0 rules in unsnarl.toml\n");
    let shown: Value = serde_json::from_str(&manifest(&sandbox, &repository, &["show"]).answer()).unwrap();
    assert_eq!(shown["modules"][0]["at"], serde_json::json!({"file": "unsnarl.toml", "line": 17}));
    assert_eq!(shown["teams"][0]["members"][0]["since"], "2023-01-01");
    // Its modules and teams are those of the report, before it is committed.
    let report: Value =
        serde_json::from_str(&unsnarl(&sandbox, repository.path(), &["report", "--format", "json"]).answer())
            .unwrap();
    assert!(report["structure"]["modules"].to_string().contains("\"billing\""), "{}", report["structure"]);
    assert!(report["ledger"].to_string().contains("work tree"), "the edited manifest is told");
    assert_eq!(report["structure"]["ownership"], "declared");
}

#[test]
fn mistakes_point_at_the_line_and_at_the_way_out() {
    let sandbox = Sandbox::new();
    let repository = checked_out(&sandbox, &shop(""));
    let wrong = "\
version = 1
[[team]]
id = \"payments\"
handels = [\"@shop/payments\"]
type = \"stream-alligned\"
[[module]]
id = \"billing\"
paths = [\"/billing/**\", 7]
owner = \"paymets\"
depends_on = [\"web\"]
[[exemption]]
rule = \"none\"
from = \"a\"
to = \"b\"
reason = \"later\"
owner = \"payments\"
expires = \"soon\"
[[module]]
id = \"billing\"
paths = [\"web/**\"]
";
    write(&repository, "unsnarl.toml", wrong);
    let run = manifest(&sandbox, &repository, &["validate"]);
    insta::assert_snapshot!("manifest_mistakes", String::from_utf8(run.out.clone()).unwrap());
    assert_eq!(run.code(), Some(1));
    for broken in ["version = 1\n[[module]\n", "version = 2\n", "\u{0}", "version = 1\nversion = 1\n"] {
        write(&repository, "unsnarl.toml", broken);
        let run = manifest(&sandbox, &repository, &["validate"]);
        assert_eq!(run.code(), Some(1), "{broken}");
        assert!(String::from_utf8_lossy(&run.out).starts_with("unsnarl.toml:"), "{broken}");
        // Nothing is lost: the rest of the repository is reported on, and the ledger says what was not read.
        let report = unsnarl(&sandbox, repository.path(), &["report", "--format", "json"]);
        assert!(String::from_utf8_lossy(&report.out).contains("unsnarl manifest validate"), "{broken}");
        assert!(report.err.starts_with("warning: "), "{broken}");
    }
    fs::write(repository.path().join("unsnarl.toml"), b"version = 1\n# \xff\n").unwrap();
    assert_eq!(manifest(&sandbox, &repository, &["validate"]).code(), Some(1), "not UTF-8");
}

#[test]
fn layout_is_kept_right_and_comments_are_kept() {
    let sandbox = Sandbox::new();
    let repository = checked_out(&sandbox, &shop(""));
    let untidy = SOUND
        .replace("id = ", "id   =  ")
        .replace("\n\n[[", "\n\n\n\n[[")
        .replace("paths = [", "paths = [  ");
    write(&repository, "unsnarl.toml", &untidy);
    let run = manifest(&sandbox, &repository, &["fmt", "--check"]);
    assert_eq!(
        (run.code(), fs::read_to_string(repository.path().join("unsnarl.toml")).unwrap()),
        (Some(1), untidy)
    );
    manifest(&sandbox, &repository, &["fmt"]).answer();
    let tidy = fs::read_to_string(repository.path().join("unsnarl.toml")).unwrap();
    assert_eq!(tidy, SOUND, "laid out as it was before it was made untidy");
    assert_eq!(manifest(&sandbox, &repository, &["fmt", "--check"]).answer(), "");
}

#[test]
fn a_module_beside_the_code_is_part_of_the_whole() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &{
        let mut history = shop("");
        let nested =
            "[[module]]\nid = \"docs\"\npaths = [\"**\"]\nowner = \"web\"\nvisible_to = [\"billing\"]\n";
        history.commit(
            "main",
            Commit::new("nested").write("docs/module.toml", nested).write("unsnarl.toml", SOUND),
        );
        history
    });
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    let shown: Value = serde_json::from_str(&manifest(&sandbox, &repository, &["show"]).answer()).unwrap();
    let docs = shown["modules"].as_array().unwrap().iter().find(|module| module["id"] == "docs").unwrap();
    assert_eq!(docs["paths"], serde_json::json!(["docs/**"]));
    let arguments = ["owners", "--format", "json", "docs/f0.rs"];
    let all = answers(&unsnarl(&sandbox, repository.path(), &arguments).answer());
    assert_eq!(
        (all[0]["owners"][0].as_str(), all[0]["source"].as_str()),
        (Some("web"), Some("docs/module.toml"))
    );
}

#[test]
fn init_writes_what_holds_and_writes_over_nothing() {
    let sandbox = Sandbox::new();
    let repository = checked_out(&sandbox, &shop(RULES));
    let printed = unsnarl(&sandbox, repository.path(), &["init", "--stdout"]).answer();
    assert!(!repository.path().join("unsnarl.toml").exists());
    insta::assert_snapshot!(
        "init",
        printed.replace(&repository.text(&["rev-parse", "HEAD"])[..12], "COMMIT")
    );
    let run = unsnarl(&sandbox, repository.path(), &["init"]);
    assert_eq!(run.code(), Some(0), "{}", run.err);
    let written = fs::read_to_string(repository.path().join("unsnarl.toml")).unwrap();
    assert_eq!(written, printed);
    assert!(manifest(&sandbox, &repository, &["validate"]).answer().starts_with("sound: "));
    assert_eq!(
        manifest(&sandbox, &repository, &["fmt", "--check"]).answer(),
        "",
        "it is laid out as fmt would"
    );
    let error = unsnarl(&sandbox, repository.path(), &["init"]).refusal();
    assert!(error.contains("nothing that is there is written over"), "{error}");
    assert_eq!(fs::read_to_string(repository.path().join("unsnarl.toml")).unwrap(), written);
    // The same owner for every path as before there was a manifest.
    let owners = |dialect: &str| {
        let arguments = ["owners", "--format", "json", "billing", "web", "--dialect", dialect];
        let all = answers(&unsnarl(&sandbox, repository.path(), &arguments).answer());
        all.iter().map(|one| one["owners"].to_string().replace("@shop/", "")).collect::<Vec<_>>()
    };
    assert_eq!(owners("manifest")[..4], owners("github")[..4]);
}

#[test]
fn merging_keeps_every_byte_that_was_there() {
    let sandbox = Sandbox::new();
    let repository = checked_out(&sandbox, &shop(RULES));
    let mine =
        "version = 1   # mine\n\n[[module]]\nid='billing' # theirs in truth\npaths = [ \"billing/**\" ]";
    write(&repository, "unsnarl.toml", mine);
    let run = unsnarl(&sandbox, repository.path(), &["init", "--merge"]);
    assert_eq!(run.code(), Some(0), "{}", run.err);
    let merged = fs::read_to_string(repository.path().join("unsnarl.toml")).unwrap();
    assert!(merged.starts_with(mine), "{merged}");
    assert!(merged.contains("id = \"web\"") && merged.matches("billing/**").count() == 1, "{merged}");
    assert!(manifest(&sandbox, &repository, &["validate"]).answer().starts_with("sound: "));
    let again = unsnarl(&sandbox, repository.path(), &["init", "--merge"]);
    assert!(again.err.contains("added 0 modules"), "{}", again.err);
    assert_eq!(fs::read_to_string(repository.path().join("unsnarl.toml")).unwrap(), merged);
    write(&repository, "unsnarl.toml", "version = 1\nmodule = [{ id = \"a\", paths = [\"billing/**\"] }]\n");
    let error = unsnarl(&sandbox, repository.path(), &["init", "--merge"]).refusal();
    assert!(error.contains("write modules as [[module]]"), "{error}");
}

/// Ownership written out in another dialect and read back is the same for every path.
#[test]
fn ownership_survives_being_written_out() {
    let rules =
        "*.rs @shop/rust\n/billing/ @shop/payments\n/billing/f1.rs @bo @cy\n/web/*.md\n/docs/ @shop/docs\n";
    for (dialect, files) in [
        ("github", &["CODEOWNERS"][..]),
        ("gitlab", &["CODEOWNERS"]),
        ("kubernetes", &["OWNERS", "OWNERS_ALIASES"]),
        ("gerrit", &["OWNERS"]),
        ("backstage", &["catalog-info.yaml"]),
    ] {
        let sandbox = Sandbox::new();
        let mut history = shop("");
        // Gerrit knows addresses alone, and a catalog one owner a directory.
        let (source, manifest_text) = match dialect {
            "gerrit" => (
                "/billing/ ana@shop.example\n/billing/f1.rs bo@shop.example cy@shop.example\n/docs/ bo@shop.example\n",
                None,
            ),
            "backstage" => ("", Some(SOUND.to_owned())),
            "kubernetes" => (
                "",
                Some(
                    SOUND
                        .replace("ana@shop.example", "@ana")
                        .replace("Cy Mori", "@cy")
                        .replace("bo@shop.example", "@bo"),
                ),
            ),
            _ => (rules, None),
        };
        let mut commit = Commit::new("rules").delete(".github/CODEOWNERS").write("a b/c#d.rs", "x\n");
        commit = if source.is_empty() { commit } else { commit.write("docs/CODEOWNERS", source) };
        commit = manifest_text.map_or(commit.clone(), |text| commit.clone().write("unsnarl.toml", text));
        history.commit("main", commit);
        let repository = checked_out(&sandbox, &history);
        let before =
            owners_of_all(&sandbox, &repository, if source.is_empty() { "manifest" } else { "github" });
        let dry = manifest(&sandbox, &repository, &["emit", "--dialect", dialect]);
        assert_eq!(dry.code(), Some(0), "{dialect}: {}", dry.err);
        assert!(dry.err.contains("the same owner for all"), "{dialect}: {}", dry.err);
        assert!(String::from_utf8_lossy(&dry.out).contains("+++ "), "{dialect} shows a diff");
        assert_eq!(repository.text(&["status", "--porcelain"]), "", "{dialect} writes nothing unasked");
        let wrote = manifest(&sandbox, &repository, &["emit", "--dialect", dialect, "--write"]);
        assert_eq!(wrote.code(), Some(0), "{dialect}: {}", wrote.err);
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "-m", "emitted"]);
        let names = repository.text(&["ls-files"]);
        assert!(files.iter().all(|file| names.contains(file)), "{dialect}: {names}");
        let after = owners_of_all(&sandbox, &repository, dialect);
        for (path, owners) in &before {
            let bare = |names: &Vec<String>| {
                let mut names: Vec<String> = names.iter().map(|name| bare(name)).collect();
                names.sort();
                names.dedup();
                names
            };
            let found = &after.iter().find(|(other, _)| other == path).expect("the file is still there").1;
            assert_eq!(members(&bare(found)), members(&bare(owners)), "{dialect} {path}");
        }
    }
}

/// Members of the teams of [`SOUND`], which Kubernetes writes as aliases.
fn members(names: &[String]) -> Vec<String> {
    let mut out: Vec<String> = names
        .iter()
        .flat_map(|name| match name.as_str() {
            "payments" => vec!["ana".to_owned(), "cy".to_owned()],
            "web" => vec!["bo".to_owned()],
            name => vec![name.to_owned()],
        })
        .collect();
    out.sort();
    out
}

fn bare(name: &str) -> String {
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    name.trim_start_matches('@').to_lowercase()
}

fn owners_of_all(sandbox: &Sandbox, repository: &Repository, dialect: &str) -> Vec<(String, Vec<String>)> {
    let arguments = ["owners", ".", "--format", "json", "--dialect", dialect];
    let all = answers(&unsnarl(sandbox, repository.path(), &arguments).answer());
    all.iter()
        .filter(|one| one["path"].as_str().expect("it is as the test wrote it").ends_with(".rs"))
        .map(|one| {
            let owners = one["owners"].as_array().expect("it is as the test wrote it").iter();
            (
                one["path"].as_str().expect("it is as the test wrote it").to_owned(),
                owners.map(|name| name.as_str().expect("it is as the test wrote it").to_owned()).collect(),
            )
        })
        .collect()
}

#[test]
fn what_a_dialect_cannot_say_is_told_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let repository =
        checked_out(&sandbox, &shop("[Docs]\n/docs/ @shop/docs\n[Code]\n/docs/f0.rs @shop/web\n"));
    fs::rename(repository.path().join(".github/CODEOWNERS"), repository.path().join("CODEOWNERS")).unwrap();
    fs::create_dir(repository.path().join(".gitlab")).unwrap();
    fs::rename(repository.path().join("CODEOWNERS"), repository.path().join(".gitlab/CODEOWNERS")).unwrap();
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "-m", "to GitLab"]);
    let error = manifest(&sandbox, &repository, &["emit", "--dialect", "github", "--write"]).refusal();
    assert!(error.contains("docs/f0.rs"), "two sections must agree, and GitHub has none: {error}");
    assert_eq!(repository.text(&["status", "--porcelain"]), "");
    let error = manifest(&sandbox, &repository, &["emit", "--dialect", "maintainers"]).refusal();
    assert!(error.contains("github, gitlab, kubernetes, gerrit, backstage"), "{error}");
}

/// docs/manifest.schema.json is what the program prints.
#[test]
fn the_published_schema_is_the_program_s() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", &shop(""));
    let schema = manifest(&sandbox, &repository, &["schema"]).answer();
    crate::stage::is_published("manifest.schema.json", &schema);
}
