//! The template for GitLab, its script run as a runner runs it.

use std::{fs, path::Path, process::Stdio};

use testkit::repo::Sandbox;

use super::shop::{BREAKS, EXEMPTION, merged, ours, search_path};
use crate::yaml;

#[test]
fn the_gitlab_template_holds_and_reports() {
    let text = ours("ci/unsnarl.gitlab-ci.yml");
    let template = yaml::read(&text);
    let job = &template["unsnarl"];
    for name in template["variables"].as_object().unwrap().keys() {
        assert!(text.matches(name.as_str()).count() > 1, "{name} is used");
    }
    let line = |part: &str| -> String {
        let lines = job[part].as_array().unwrap().iter();
        lines.map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
    };
    let script = format!("set -eo pipefail\n{}\n{}", line("before_script"), line("script"));
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, BREAKS, EXEMPTION);
    let merged_into = repository.text(&["rev-parse", "main^1"]);
    let made_from = repository.text(&["rev-parse", "topic^"]);
    let directory = Path::new(env!("CARGO_BIN_EXE_unsnarl")).parent().unwrap().to_owned();
    let run = |shell: &str, variables: &[(&str, &str)]| {
        let mut command = sandbox.command(shell);
        command.args(["-c", &script]).current_dir(repository.path()).envs(variables.iter().copied());
        command
            .env("PATH", search_path(std::slice::from_ref(&directory)))
            .env("CI_PROJECT_DIR", repository.path());
        let output = command.stdin(Stdio::null()).output().expect("a shell is installed");
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let names = "@acme/architects\n";
    for (variables, code) in [
        // Merged results and merge trains; a merge request on its own; an approval; a branch, held whole.
        (
            &[
                ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", merged_into.as_str()),
                ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &made_from),
            ][..],
            1,
        ),
        (&[("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", &merged_into), ("UNSNARL_APPROVED_BY", names)], 0),
        (&[("CI_MERGE_REQUEST_DIFF_BASE_SHA", &made_from), ("UNSNARL_APPROVED_BY", names)], 0),
        (&[("UNSNARL_BASE", "no-such-branch")], 2),
        (&[], 0),
    ] {
        let (ended, out) = run("bash", variables);
        assert_eq!(ended, Some(code), "{variables:?}: {out}");
        for file in job["artifacts"]["reports"]
            .as_object()
            .unwrap()
            .values()
            .chain(job["artifacts"]["paths"].as_array().unwrap())
        {
            let place = repository.path().join(file.as_str().unwrap());
            assert_eq!(code != 2, place.exists(), "{file}");
            if code != 2 {
                assert!(fs::metadata(&place).unwrap().len() > 0, "{file}");
                fs::remove_file(place).unwrap();
            }
        }
    }
}
