//! The action and its scripts, each run as a step of GitHub Actions runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use testkit::repo::{Repository, Sandbox};

use super::shop::{BREAKS, EXEMPTION, HOLDS, ROOT, merged, ours, search_path};
use crate::yaml;

/// What a step left behind.
struct Step {
    code: Option<i32>,
    out: String,
    err: String,
    outputs: String,
}

impl Step {
    fn output(&self, name: &str) -> Option<&str> {
        self.outputs.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    }
}

/// Runs one of our scripts as GitHub does, with a `gh` and a `jq` that answer as they are told.
fn step(sandbox: &Sandbox, repository: &Repository, script: &str, variables: &[(&str, &str)]) -> Step {
    let outputs = sandbox.path().join("outputs");
    fs::write(&outputs, "").expect("the sandbox is writable");
    let mut command = sandbox.command("bash");
    command
        .arg(Path::new(ROOT).join(script))
        .current_dir(repository.path())
        .env("PATH", search_path(&[stubs(sandbox)]))
        .env("GITHUB_OUTPUT", &outputs)
        .env("GITHUB_STEP_SUMMARY", sandbox.path().join("summary"))
        .env("GITHUB_ACTION_PATH", ROOT)
        .env("GITHUB_REPOSITORY", "acme/shop")
        .env("RUNNER_TEMP", sandbox.path())
        .env("UNSNARL_BINARY", env!("CARGO_BIN_EXE_unsnarl"))
        .envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output().expect("bash is installed");
    Step {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("it writes UTF-8"),
        err: String::from_utf8(output.stderr).expect("it writes UTF-8"),
        outputs: fs::read_to_string(outputs).expect("it was written above"),
    }
}

/// `gh` writes down how it was called and answers with $GH_ANSWER; `jq` gives back the file it is given.
fn stubs(sandbox: &Sandbox) -> PathBuf {
    let directory = sandbox.path().join("stubs");
    fs::create_dir_all(&directory).expect("the sandbox is writable");
    for (name, text) in [
        (
            "gh",
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$RUNNER_TEMP/calls\"\n[ \"$GH_ANSWER\" != refused ] || exit 1\n[ -z \"$GH_ANSWER\" ] || printf '%b\\n' \"$GH_ANSWER\"\n",
        ),
        ("jq", "#!/bin/sh\ncat \"$2\"\n"),
    ] {
        let place = directory.join(name);
        fs::write(&place, text).expect("the sandbox is writable");
        let status = Command::new("chmod").arg("+x").arg(&place).status().expect("chmod is installed");
        assert!(status.success());
    }
    directory
}

#[test]
fn the_action_uses_every_input_and_pastes_none_into_a_script() {
    let text = ours("action.yml");
    let action = yaml::read(&text);
    let runs = text.split("\nruns:").nth(1).unwrap();
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(runs.contains(&format!("inputs.{name} ")), "{name} is used");
        assert!(input["description"].is_string() && input["default"].is_string(), "{name}");
    }
    let steps = action["runs"]["steps"].as_array().unwrap();
    let ids: Vec<&str> = steps.iter().filter_map(|step| step["id"].as_str()).collect();
    for part in text.split("steps.").skip(1) {
        let id = part.split('.').next().unwrap();
        assert!(ids.contains(&id), "{id} is a step");
    }
    for step in steps {
        let Some(run) = step["run"].as_str() else { continue };
        assert!(!run.contains("${{"), "{run}");
        assert_eq!(step["shell"], "bash");
        let Some(script) = run.split("ci/").nth(1).map(|rest| format!("ci/{}", rest.trim_end_matches('"')))
        else {
            continue;
        };
        let script = ours(&script);
        assert!(script.starts_with("#!/usr/bin/env bash\n") && script.contains("set -euo pipefail"));
        for name in step["env"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()) {
            // gh reads its token by itself.
            assert!(name == "GH_TOKEN" || script.contains(name), "{name} is used");
        }
    }
}

#[test]
fn every_output_of_the_check_that_is_asked_for_is_given() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, BREAKS, "");
    let variables =
        [("GITHUB_EVENT_NAME", "pull_request"), ("UNSNARL_SARIF", "true"), ("PULL_HEAD", "not the merge")];
    let step = step(&sandbox, &repository, "ci/github-check.sh", &variables);
    let text = ours("action.yml");
    for name in text.split("steps.check.outputs.").skip(1) {
        let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap();
        assert!(step.output(name).is_some(), "{name}: {}", step.outputs);
    }
    let log = fs::read_to_string(step.output("sarif-file").unwrap()).unwrap();
    let log: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log["version"], "2.1.0");
}

#[test]
fn a_pull_request_answers_for_what_it_brings() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, BREAKS, "");
    let topic = repository.text(&["rev-parse", "topic"]);
    let main = repository.text(&["rev-parse", "main^1"]);
    // Two commits are enough for a merge commit.
    let shallow = repository.clone_to("shallow", &["--depth=2", "--branch=main"]);
    let pull = |base: &str| -> Vec<(&str, String)> {
        vec![
            ("GITHUB_EVENT_NAME", "pull_request".to_owned()),
            ("UNSNARL_BASE", base.to_owned()),
            ("PULL_HEAD", topic.clone()),
            ("PULL_BASE", main.clone()),
        ]
    };
    for (repository, base, errors) in
        [(&shallow, "auto", 1), (&repository, "auto", 1), (&repository, "none", 2), (&repository, "topic", 1)]
    {
        let variables = pull(base);
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let step = step(&sandbox, repository, "ci/github-check.sh", &variables);
        assert_eq!(
            (step.code, step.output("code"), step.output("holds")),
            (Some(0), Some("1"), Some("false")),
            "{}",
            step.err
        );
        assert_eq!(step.out.matches("::error ").count(), errors, "{base}: {}", step.out);
        assert!(
            fs::read_to_string(step.output("comment-file").unwrap())
                .unwrap()
                .starts_with("<!-- unsnarl check -->")
        );
    }
    // The branch itself, checked out on purpose: what it is compared with is its base.
    repository.git(&["checkout", "--quiet", "topic"]);
    let variables = pull("auto");
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let step = step(&sandbox, &repository, "ci/github-check.sh", &variables);
    assert!(step.out.contains("file=billing/pdf.py") && !step.out.contains("billing/tax.py"), "{}", step.out);
}

#[test]
fn a_clone_that_is_too_shallow_fails_and_says_how_deep_it_must_be() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, HOLDS, "");
    let main = repository.text(&["rev-parse", "main^1"]);
    let shallow = repository.clone_to("shallow", &["--depth=1", "--branch=main"]);
    let variables = [("GITHUB_EVENT_NAME", "pull_request"), ("PULL_BASE", main.as_str())];
    let step = step(&sandbox, &shallow, "ci/github-check.sh", &variables);
    assert_eq!((step.code, step.output("holds")), (Some(2), None));
    assert!(step.err.contains("fetch-depth: 2"), "{}", step.err);
}

#[test]
fn merge_groups_have_a_base_and_pushes_none() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, HOLDS, "");
    let base = repository.text(&["rev-parse", "main^1"]);
    let queue = [("GITHUB_EVENT_NAME", "merge_group"), ("QUEUE_BASE", base.as_str())];
    let queued = step(&sandbox, &repository, "ci/github-check.sh", &queue);
    assert_eq!(queued.output("holds"), Some("true"), "{}{}", queued.out, queued.err);
    let pushed = step(&sandbox, &repository, "ci/github-check.sh", &[("GITHUB_EVENT_NAME", "push")]);
    assert_eq!(pushed.output("holds"), Some("false"));
    let output = sandbox.path().join("a file");
    let formats = [
        ("UNSNARL_FORMAT", "junit"),
        ("UNSNARL_OUTPUT", output.to_str().unwrap()),
        ("UNSNARL_PATH", "billing"),
    ];
    let written = step(&sandbox, &repository, "ci/github-check.sh", &formats);
    assert_eq!((written.out.as_str(), written.output("code")), ("", Some("1")), "{}", written.err);
    assert!(fs::read_to_string(output).unwrap().contains("<testsuites"));
    assert!(fs::read_to_string(sandbox.path().join("summary")).unwrap().contains("unsnarl check"));
}

#[test]
fn reviews_approve_what_they_have_seen() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, BREAKS, EXEMPTION);
    let head = repository.text(&["rev-parse", "topic"]);
    for (reviews, holds) in [
        (format!("ana\tAPPROVED\t{head}"), "true"),
        (format!("ana\tCHANGES_REQUESTED\tolder\nana\tAPPROVED\t{head}\nbo\tDISMISSED\t{head}"), "true"),
        (format!("ana\tAPPROVED\t{head}\nana\tCHANGES_REQUESTED\t{head}"), "false"),
        ("ana\tAPPROVED\tolder".to_owned(), "false"),
        (format!("bo\tAPPROVED\t{head}"), "false"),
        (String::new(), "false"),
    ] {
        let variables = [
            ("GITHUB_EVENT_NAME", "pull_request_review"),
            ("UNSNARL_APPROVED_BY", "reviews"),
            ("PULL_NUMBER", "7"),
            ("PULL_HEAD", &head),
            ("GH_ANSWER", &reviews),
        ];
        let step = step(&sandbox, &repository, "ci/github-check.sh", &variables);
        assert_eq!(step.output("holds"), Some(holds), "{reviews:?}: {}{}", step.out, step.err);
    }
    let named =
        [("GITHUB_EVENT_NAME", "pull_request"), ("UNSNARL_APPROVED_BY", "@nobody\n@acme/architects\n")];
    assert_eq!(step(&sandbox, &repository, "ci/github-check.sh", &named).output("holds"), Some("true"));
}

#[test]
fn what_an_event_says_is_never_run() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, HOLDS, "");
    let mark = sandbox.path().join("mark");
    let evil = format!("$(touch {0}); `touch {0}`; \"; touch {0}; --accept\n--accept", mark.display());
    for name in [
        "UNSNARL_BASE",
        "UNSNARL_PATH",
        "UNSNARL_FORMAT",
        "UNSNARL_APPROVED_BY",
        "PULL_HEAD",
        "QUEUE_BASE",
        "UNSNARL_VERSION",
    ] {
        let variables = [("GITHUB_EVENT_NAME", "merge_group"), (name, evil.as_str())];
        step(&sandbox, &repository, "ci/github-check.sh", &variables);
        let key = step(&sandbox, &repository, "ci/github-version.sh", &variables);
        assert_eq!(key.outputs.lines().count(), 1, "{}", key.outputs);
        assert!(!mark.exists() && !repository.path().join(".unsnarl").exists(), "{name}");
    }
}

#[test]
fn one_comment_is_kept_and_only_our_own() {
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, HOLDS, "");
    let calls = sandbox.path().join("calls");
    for (answer, holds, expected) in [
        ("", "false", Some("repos/acme/shop/issues/7/comments -F body=@comment.md")),
        ("", "true", None),
        ("IC_1\\nIC_2", "true", Some("-f id=IC_1 -F body=@comment.md")),
        ("IC_1", "false", Some("-f id=IC_1 -F body=@comment.md")),
    ] {
        fs::write(&calls, "").unwrap();
        let variables = [
            ("PULL_NUMBER", "7"),
            ("COMMENT_FILE", "comment.md"),
            ("CHECK_HOLDS", holds),
            ("GH_ANSWER", answer),
        ];
        let step = step(&sandbox, &repository, "ci/github-comment.sh", &variables);
        let calls = fs::read_to_string(&calls).unwrap();
        assert_eq!(
            (step.code, calls.matches("body=@").count()),
            (Some(0), usize::from(expected.is_some())),
            "{calls}{}",
            step.err
        );
        assert!(expected.is_none_or(|expected| calls.contains(expected)), "{calls}");
        assert!(calls.contains("viewerDidAuthor") && calls.contains(faces::check::MARKER));
    }
    let variables =
        [("PULL_NUMBER", "7"), ("COMMENT_FILE", "c"), ("CHECK_HOLDS", "false"), ("GH_ANSWER", "refused")];
    let refused = step(&sandbox, &repository, "ci/github-comment.sh", &variables);
    assert_eq!(refused.code, Some(0));
    assert!(refused.out.contains("::notice title=unsnarl check::"), "{}", refused.out);
}
