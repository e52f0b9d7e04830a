//! What people run by themselves: the pre-commit hook, and the command lines of the guide.

use std::{fs, process::Stdio};

use testkit::repo::Sandbox;

use super::shop::{BREAKS, HOLDS, merged, ours};
use crate::{
    stage::{program, unsnarl},
    yaml,
};

#[test]
fn the_pre_commit_hook_holds_what_is_staged() {
    let hooks = yaml::read(&ours(".pre-commit-hooks.yaml"));
    let hook = &hooks[0];
    assert_eq!(
        (hook["id"].as_str(), hook["pass_filenames"].as_str()),
        (Some("unsnarl-check"), Some("false"))
    );
    let entry: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').collect();
    assert_eq!(entry[0], "unsnarl");
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, HOLDS, "");
    fs::write(repository.path().join("billing/pdf.py"), BREAKS).unwrap();
    assert_eq!(unsnarl(&sandbox, repository.path(), &entry[1..]).code(), Some(0), "it is not staged");
    repository.git(&["add", "billing/pdf.py"]);
    assert_eq!(unsnarl(&sandbox, repository.path(), &entry[1..]).code(), Some(1));
}

/// Command lines of the guide as they stand there; redirections and what is behind a pipe are the shell's.
#[test]
fn the_guide_says_what_the_program_takes() {
    let guide = ours("docs/guide/check-in-ci.md");
    let sandbox = Sandbox::new();
    let repository = merged(&sandbox, HOLDS, "");
    repository.git(&["update-ref", "refs/remotes/origin/main", "main^1"]);
    let lines: Vec<&str> =
        guide.lines().filter_map(|line| Some(&line[line.find("unsnarl check ")?..])).collect();
    let mut run = 0;
    for line in lines.iter().filter(|line| !line.contains('`')) {
        let line = line.split(['>', '|', '#', '<', ';']).next().unwrap();
        let words: Vec<&str> =
            line.split_whitespace().skip(1).map(|word| word.trim_matches(['"', '\''])).collect();
        let words: Vec<&str> =
            words.into_iter().map(|word| if word == "FILE" { "billing/tax.py" } else { word }).collect();
        let mut command = program(&sandbox);
        command.current_dir(repository.path()).args(&words).stdin(Stdio::null());
        let output = command.output().expect("the program was compiled");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{line}: {err}");
        run += 1;
    }
    assert!(run >= 6, "{lines:?}");
}
