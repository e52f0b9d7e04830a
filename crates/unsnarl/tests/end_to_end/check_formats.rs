//! `unsnarl check --format …` and `--comment`: every format from the program itself.

use std::fs;

use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::stage::{is_published, unsnarl};

const MANIFEST: &str = r#"version = 1
[[module]]
id = "billing"
paths = ["billing/**"]
depends_on = []
[[module]]
id = "web"
paths = ["web/**"]
"#;

/// Each format with a word that only it has.
const FORMATS: [(&str, &str); 8] = [
    ("text", "error[U101"),
    ("json", "\"unsnarl.check/1\""),
    ("sarif", "\"ruleId\": \"U101\""),
    ("github", "::error file=billing/pdf.py,line=1,col=6,"),
    ("gitlab", "\"check_name\": \"U101 undeclared-dependency\""),
    ("junit", "<testsuites"),
    ("rdjson", "\"diagnostics\""),
    ("markdown", "| broken | where |"),
];

fn shop(sandbox: &Sandbox, pdf: &str) -> Repository {
    let mut history = History::default();
    let commit = Commit::new("a shop")
        .write("unsnarl.toml", MANIFEST)
        .write("web/__init__.py", "")
        .write("web/render.py", "import web\n")
        .write("billing/__init__.py", "")
        .write("billing/pdf.py", pdf);
    history.commit("main", commit);
    let repository = sandbox.repository("shop", &history);
    repository.git(&["reset", "--hard", "--quiet", "main"]);
    repository
}

#[test]
fn every_format_says_what_is_broken_and_exits_alike() {
    let sandbox = Sandbox::new();
    let repository = shop(&sandbox, "from web.render import pdf\n");
    for (format, word) in FORMATS {
        let run = unsnarl(&sandbox, repository.path(), &["check", "--format", format]);
        assert_eq!((run.code(), run.err.as_str()), (Some(1), ""), "{format}");
        let text = String::from_utf8(run.out).unwrap();
        assert!(text.contains(word), "{format}: {text}");
        assert!(text.contains("depends on"), "{format}: {text}");
    }
}

#[test]
fn every_format_of_a_check_that_holds_is_an_answer() {
    let sandbox = Sandbox::new();
    let repository = shop(&sandbox, "import billing\n");
    for (format, _) in FORMATS {
        let text = unsnarl(&sandbox, repository.path(), &["check", "--format", format]).answer();
        assert!(!text.trim().is_empty(), "{format}");
    }
}

#[test]
fn a_comment_stands_beside_the_answer_and_is_the_same_again() {
    let sandbox = Sandbox::new();
    let repository = shop(&sandbox, "from web.render import pdf\n");
    let place = sandbox.path().join("comment.md");
    let mut comments = Vec::new();
    for _ in 0..2 {
        let arguments = ["check", "--format", "github", "--comment", "../comment.md"];
        let run = unsnarl(&sandbox, repository.path(), &arguments);
        assert_eq!(run.code(), Some(1), "{}", run.err);
        assert!(String::from_utf8(run.out).unwrap().starts_with("::error "));
        comments.push(fs::read_to_string(&place).unwrap());
    }
    assert_eq!(comments[0], comments[1]);
    assert!(
        comments[0].starts_with("<!-- unsnarl check -->\n### ❌ unsnarl check: 1 violation\n"),
        "{}",
        comments[0]
    );
    let nowhere = unsnarl(&sandbox, repository.path(), &["check", "--comment", "none/comment.md"]);
    assert_eq!(nowhere.code(), Some(2), "{}", nowhere.err);
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("check.schema.json", &faces::check::json::schema());
}
