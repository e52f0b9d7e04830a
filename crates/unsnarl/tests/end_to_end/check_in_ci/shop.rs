//! A pull request to check, and where our own files lie.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use testkit::repo::{Commit, History, Repository, Sandbox};

pub(super) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
pub(super) const HOLDS: &str = "import billing\n";
pub(super) const BREAKS: &str = "from web.render import pdf\n";

pub(super) fn ours(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(super) fn manifest(exemption: &str) -> String {
    format!(
        r#"version = 1
[[team]]
id = "architects"
handles = ["@acme/architects"]
members = [{{ person = "@ana" }}]
[[module]]
id = "billing"
paths = ["billing/**"]
owner = "architects"
depends_on = []
[[module]]
id = "web"
paths = ["web/**"]
{exemption}"#
    )
}

pub(super) const EXEMPTION: &str = r#"[[exemption]]
rule = "U101"
from = "billing"
to = "web"
reason = "PDF rendering moves in Q2"
owner = "architects"
expires = 2999-01-01
"#;

/// A pull request merged into its base, as forges check it out: `main`, `topic` made from its first commit, and HEAD at
/// the merge. `main` breaks a rule of its own in the meantime, which is not the pull request's doing.
pub(super) fn merged(sandbox: &Sandbox, pdf: &str, exemption: &str) -> Repository {
    let mut history = History::default();
    let first = Commit::new("a shop")
        .write("unsnarl.toml", manifest(""))
        .write("web/__init__.py", "")
        .write("web/render.py", "import web\n")
        .write("billing/__init__.py", "")
        .write("billing/tax.py", HOLDS);
    let first = history.commit("main", first);
    history.commit("main", Commit::new("in the meantime").write("billing/tax.py", BREAKS));
    let change = Commit::new("the change")
        .from(first)
        .write("billing/pdf.py", pdf)
        .write("unsnarl.toml", manifest(exemption));
    let topic = history.commit("topic", change);
    let merge = Commit::new("merge")
        .merge(topic)
        .write("billing/pdf.py", pdf)
        .write("unsnarl.toml", manifest(exemption));
    history.commit("main", merge);
    let repository = sandbox.repository("shop", &history);
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    repository
}

pub(super) fn search_path(first: &[PathBuf]) -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(first.iter().cloned().chain(std::env::split_paths(&rest)))
        .expect("no directory has a colon in its name")
}
