//! Running unsnarl, and what is true of every run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use testkit::repo::{History, Repository, Sandbox};

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
    code: Option<i32>,
}

impl Run {
    fn new(output: Output) -> Self {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!err.contains("panicked"), "{err}");
        Self { out: output.stdout, err, code: output.status.code() }
    }

    /// How it ended.
    pub(crate) fn code(&self) -> Option<i32> {
        self.code
    }

    /// Standard output of a run that gave an answer and had nothing to complain about.
    pub(crate) fn answer(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        assert_eq!(self.err, "", "an answer in a pipe leaves standard error empty");
        String::from_utf8(self.out).expect("every face writes UTF-8")
    }

    /// The complaint of a run that could not: exit 2, nothing on standard output, an error and a way out.
    pub(crate) fn refusal(self) -> String {
        assert_eq!(self.code, Some(2), "{}", self.err);
        assert_eq!(String::from_utf8_lossy(&self.out), "");
        assert!(self.err.starts_with("error: ") && self.err.contains("\nhint: "), "{}", self.err);
        self.err
    }
}

/// A repository, and the sandbox it lies in.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) repository: Repository,
}

impl Stage {
    /// A shop with this history.
    pub(crate) fn of(history: &History) -> Self {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("shop", history);
        Self { sandbox, repository }
    }

    /// Where what forges told is kept.
    pub(crate) fn events_path(&self) -> PathBuf {
        self.repository.git_directory().join("unsnarl/events.jsonl")
    }

    /// What forges told; empty where nothing is kept.
    pub(crate) fn kept(&self) -> String {
        fs::read_to_string(self.events_path()).unwrap_or_default()
    }
}

/// The program, to be run in this sandbox.
pub(crate) fn program(sandbox: &Sandbox) -> Command {
    sandbox.command(env!("CARGO_BIN_EXE_unsnarl"))
}

/// Runs it in a directory.
pub(crate) fn unsnarl(sandbox: &Sandbox, directory: &Path, arguments: &[&str]) -> Run {
    finish(program(sandbox).current_dir(directory).args(arguments))
}

/// Runs what was prepared.
pub(crate) fn finish(command: &mut Command) -> Run {
    Run::new(command.stdin(Stdio::null()).output().expect("the program was compiled"))
}

/// One table as CSV rows without the header.
pub(crate) fn table(
    sandbox: &Sandbox,
    repository: &Repository,
    name: &str,
    options: &[&str],
) -> Vec<csv::StringRecord> {
    let arguments = [&["facts", "--table", name, "--format", "csv"], options].concat();
    let text = unsnarl(sandbox, repository.path(), &arguments).answer();
    csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.expect("the table is CSV")).collect()
}

/// The report as JSON.
pub(crate) fn json(sandbox: &Sandbox, repository: &Repository, options: &[&str]) -> serde_json::Value {
    let arguments = [&["report", "--format", "json"], options].concat();
    let text = unsnarl(sandbox, repository.path(), &arguments).answer();
    serde_json::from_str(&text).expect("the report is JSON")
}

/// What a page shows: the document inside it.
pub(crate) fn shown(page: &str) -> serde_json::Value {
    let (_, document) =
        page.split_once("<script id=\"document\" type=\"application/json\">").expect("a page");
    let (document, _) = document.split_once("</script>").expect("the document ends");
    serde_json::from_str(document).expect("the document is JSON")
}

/// How many things of a kind the ledger says were left out; `None` when it has no such line.
pub(crate) fn left_out(report: &serde_json::Value, what: &str) -> Option<u64> {
    let ledger = report["ledger"].as_array().expect("the ledger is a list");
    ledger
        .iter()
        .find(|line| line["what"] == what)
        .map(|line| line["count"].as_u64().expect("counts are whole"))
}

/// Every table and the report in one string, to be compared between runs.
pub(crate) fn everything(sandbox: &Sandbox, repository: &Repository, options: &[&str]) -> String {
    let mut out = String::new();
    for name in
        ["changes", "touches", "files", "people", "participations", "modules", "memberships", "ownership"]
    {
        let arguments = [&["facts", "--table", name], options].concat();
        out.push_str(&unsnarl(sandbox, repository.path(), &arguments).answer());
    }
    let arguments = [&["report", "--format", "json"], options].concat();
    out + &unsnarl(sandbox, repository.path(), &arguments).answer()
}

/// A document, held to the schema of its kind.
pub(crate) fn fitting(text: &str, schema: &str) -> serde_json::Value {
    let document = serde_json::from_str(text).expect("it is JSON");
    let schema = serde_json::from_str(schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    document
}

/// Whether a page of docs/ is what the program makes today.
pub(crate) fn is_published(page: &str, fresh: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    if std::env::var_os("UNSNARL_UPDATE").is_some() {
        fs::write(&path, fresh).expect("docs/ can be written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(published == fresh, "docs/{page} is stale: UNSNARL_UPDATE=1 cargo nextest run writes it anew");
}
