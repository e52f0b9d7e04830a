//! Real repositories, made by feeding `git fast-import`: byte-exact paths, names, dates and merges, in milliseconds.
//!
//! | module | makes |
//! |---|---|
//! | [`history`] | the stream: commits, merges, renames, odd entries |
//! | [`hostile`] | names, paths and messages that mean harm |
//! | [`wild`] | random histories with everything git allows in them |
//! | [`planted`] | systems with known modules, teams and couplings |
//!
//! Nothing here reads the user's home, configuration, clock or locale.

pub mod history;
pub mod hostile;
pub mod planted;
pub mod random;
pub mod wild;

use std::{
    ffi::OsStr,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

pub use history::{Commit, History, Mark};

/// A directory of its own with a home of its own; removed when dropped.
#[derive(Debug)]
pub struct Sandbox {
    root: tempfile::TempDir,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// An empty one.
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("the temporary directory is writable");
        std::fs::create_dir(root.path().join("home")).expect("a new directory is writable");
        Self { root }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// A program that sees this sandbox for its home, and nothing of the user's.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        hermetic(&mut command, &self.path().join("home"));
        command.current_dir(self.path());
        command
    }

    /// A repository with a work tree that is not checked out.
    pub fn repository(&self, name: &str, history: &History) -> Repository {
        self.init(name, &["--initial-branch=main"], history)
    }

    /// The same with `git init` told more, such as `--bare` or `--object-format=sha256`.
    pub fn init(&self, name: &str, options: &[&str], history: &History) -> Repository {
        let repository = Repository { home: self.path().join("home"), path: self.path().join(name) };
        run(self.command("git").arg("init").arg("--quiet").args(options).arg(&repository.path));
        repository.import(history);
        repository
    }
}

/// A repository in a [`Sandbox`].
#[derive(Clone, Debug)]
pub struct Repository {
    home: PathBuf,
    path: PathBuf,
}

impl Repository {
    /// Its directory: the work tree, or the git directory of a bare one.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its git directory.
    pub fn git_directory(&self) -> PathBuf {
        PathBuf::from(self.text(&["rev-parse", "--absolute-git-dir"]))
    }

    /// Appends a stream of commits. The work tree is not touched.
    pub fn import(&self, history: &History) {
        if !history.is_empty() {
            self.feed(&["fast-import", "--quiet", "--force"], history.stream());
        }
    }

    /// What `git ARGUMENTS` prints; panics when it fails.
    pub fn git(&self, arguments: &[&str]) -> Vec<u8> {
        run(self.command().args(arguments))
    }

    /// The same as text without the line's end.
    pub fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.git(arguments)).trim_end().to_owned()
    }

    /// `git ARGUMENTS` with bytes on its standard input.
    pub fn feed(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is installed");
        let written = child.stdin.take().expect("stdin is piped").write_all(input);
        let output = child.wait_with_output().expect("a started child can be waited for");
        assert!(written.is_ok() && output.status.success(), "{}", complaint(arguments, &output));
        output.stdout
    }

    /// Writes a commit object as it stands, however odd, and makes `branch` end at it; returns its id.
    pub fn raw_commit(&self, branch: &str, object: &[u8]) -> String {
        let id = self.feed(&["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], object);
        let id = String::from_utf8_lossy(&id).trim_end().to_owned();
        self.git(&["update-ref", &format!("refs/heads/{branch}"), &id]);
        id
    }

    /// A clone beside it, with the options given: `--bare`, `--depth=3`, `--filter=blob:none`.
    pub fn clone_to(&self, name: &str, options: &[&str]) -> Self {
        self.git(&["config", "uploadpack.allowFilter", "true"]);
        let path = self.home.parent().expect("home lies in the sandbox").join(name);
        let url = format!("file://{}", self.git_directory().display());
        run(self.command().args(["clone", "--quiet", "--no-checkout"]).args(options).arg(url).arg(&path));
        Self { home: self.home.clone(), path }
    }

    /// A linked work tree beside it, without files.
    pub fn worktree(&self, name: &str, revision: &str) -> Self {
        let path = self.home.parent().expect("home lies in the sandbox").join(name);
        run(self
            .command()
            .args(["worktree", "add", "--quiet", "--detach", "--no-checkout"])
            .arg(&path)
            .arg(revision));
        Self { home: self.home.clone(), path }
    }

    /// Deletes one object, as a damaged disk would.
    pub fn lose(&self, revision: &str) {
        let id = self.text(&["rev-parse", revision]);
        let objects = self.git_directory().join("objects");
        self.unpack(&objects);
        std::fs::remove_file(objects.join(&id[..2]).join(&id[2..])).expect("unpacked objects are loose");
    }

    /// Makes every object loose.
    fn unpack(&self, objects: &Path) {
        let packs: Vec<PathBuf> = std::fs::read_dir(objects.join("pack"))
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "pack"))
            .collect();
        for pack in packs {
            // Git unpacks only what it does not have, so the pack must leave the store first.
            let bytes = std::fs::read(&pack).expect("a listed pack can be read");
            std::fs::remove_file(&pack).expect("a listed pack can be removed");
            let _ = std::fs::remove_file(pack.with_extension("idx"));
            self.feed(&["unpack-objects", "-q"], &bytes);
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        hermetic(&mut command, &self.home);
        command.current_dir(&self.path);
        command
    }
}

/// Takes the user's environment away: home, configuration, locale, clock zone, prompts.
pub fn hermetic(command: &mut Command, home: &Path) {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()))
        .env("HOME", home)
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_AUTHOR_NAME", "Fixed Author")
        .env("GIT_AUTHOR_EMAIL", "author@shop.example")
        .env("GIT_AUTHOR_DATE", "1700000000 +0000")
        .env("GIT_COMMITTER_NAME", "Fixed Committer")
        .env("GIT_COMMITTER_EMAIL", "committer@shop.example")
        .env("GIT_COMMITTER_DATE", "1700000000 +0000");
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().expect("git is installed");
    let arguments: Vec<_> = command.get_args().map(|one| one.to_string_lossy().into_owned()).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    assert!(output.status.success(), "{}", complaint(&arguments, &output));
    output.stdout
}

fn complaint(arguments: &[&str], output: &Output) -> String {
    format!("git {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr))
}
