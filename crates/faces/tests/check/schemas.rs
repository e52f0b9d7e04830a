//! The schema of each JSON format: SARIF's own, as the crate serde-sarif ships it; ours, as published; and those of
//! GitLab and reviewdog, written down from what they publish.

use std::{process::Command, sync::LazyLock};

use jsonschema::Validator;
use serde_json::Value;

/// GitLab's Code Quality report, from docs.gitlab.com/ci/testing/code_quality (fields, severities).
static GITLAB: LazyLock<Validator> = LazyLock::new(|| read(include_str!("schemas/gitlab.schema.json")));
/// reviewdog's DiagnosticResult, from proto/rdf/reviewdog.proto.
static RDJSON: LazyLock<Validator> = LazyLock::new(|| read(include_str!("schemas/rdjson.schema.json")));
static OWN: LazyLock<Validator> = LazyLock::new(|| read(include_str!("../../../../docs/check.schema.json")));
static SARIF: LazyLock<Validator> = LazyLock::new(|| read(&sarif()));

fn read(schema: &str) -> Validator {
    let schema = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema can be used")
}

/// The schema as OASIS publishes it, which lies beside the code of serde-sarif.
#[expect(
    clippy::disallowed_methods,
    reason = "a schema of several thousand lines that a crate ships is not copied"
)]
fn sarif() -> String {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        let output = command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        let output = output.expect("cargo runs these tests");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("cargo writes UTF-8")
    };
    let metadata = run(&["metadata", "--offline", "--format-version", "1", "--filter-platform", &host()]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let own = packages.iter().find(|one| one["name"] == "serde-sarif");
    let manifest = own.and_then(|one| one["manifest_path"].as_str()).expect("serde-sarif is a dependency");
    let path = std::path::Path::new(manifest).with_file_name("src").join("schema.json");
    let schema = std::fs::read_to_string(path).expect("serde-sarif ships the schema");
    // The pattern of a language, which we never write, has a bracket too many, and strict readers refuse it.
    schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")
}

fn host() -> String {
    let output = Command::new(env!("CARGO")).args(["--version", "--verbose"]).output();
    let text = String::from_utf8(output.expect("cargo runs these tests").stdout).expect("cargo writes UTF-8");
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("cargo says what it runs on").to_owned()
}

/// Holds a document to its schema.
fn valid(validator: &Validator, text: &str) -> Value {
    assert!(text.ends_with('\n') && !text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    let document: Value = serde_json::from_str(text).expect("it is JSON");
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

pub(crate) fn own(text: &str) -> Value {
    valid(&OWN, text)
}

pub(crate) fn sarif_log(text: &str) -> Value {
    let document = valid(&SARIF, text);
    serde_json::from_value::<serde_sarif::sarif::Sarif>(document.clone()).expect("SARIF can be read");
    document
}

pub(crate) fn gitlab(text: &str) -> Value {
    let document = valid(&GITLAB, text);
    let issues = document.as_array().expect("a list");
    let names: std::collections::BTreeSet<Option<&str>> =
        issues.iter().map(|one| one["fingerprint"].as_str()).collect();
    assert_eq!(names.len(), issues.len(), "GitLab shows the first of those that share a fingerprint");
    document
}

pub(crate) fn rdjson(text: &str) -> Value {
    valid(&RDJSON, text)
}

#[test]
fn the_schemas_refuse_what_is_none() {
    for (validator, text) in [
        (&*OWN, r#"{"schema": "unsnarl.check/1"}"#),
        (&*SARIF, r#"{"version": "2.1.0", "runs": [{"results": [{"kind": "broken"}]}]}"#),
        (&*GITLAB, r#"[{"description": "x"}]"#),
        (
            &*GITLAB,
            r#"[{"description": "x", "check_name": "x", "fingerprint": "x", "severity": "error", "location": {"path": "a", "lines": {"begin": 1}}}]"#,
        ),
        (
            &*RDJSON,
            r#"{"diagnostics": [{"message": "x", "location": {"path": "a", "range": {"start": {"line": 0}}}}]}"#,
        ),
        (&*RDJSON, r#"{"diagnostics": [{"message": "x", "location": {"path": "a"}, "severity": "error"}]}"#),
    ] {
        let document = serde_json::from_str(text).expect("it is JSON");
        assert!(!validator.is_valid(&document), "{text}");
    }
}
