//! `unsnarl manifest`: look after `unsnarl.toml`.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use faces::{document::written, plain::plain};
use sources::{
    git::{self, Head},
    manifest::{self, Mistake, NESTED_FILE, ROOT_FILE},
    ownership::{
        Dialect, Layers,
        emit::{self, Emitted},
    },
    tree::{Files, Tree},
};

use super::{plural, print, unified, write};
use crate::{error::Error, picture};

/// Arguments of `unsnarl manifest`.
#[derive(Debug, Args)]
pub(crate) struct ManifestCommand {
    #[command(subcommand)]
    command: Task,
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".", global = true)]
    repository: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Say what is wrong with the manifest, by file and line; exit 1 when something is
    Validate,
    /// Lay unsnarl.toml and every module.toml out anew, comments and order kept
    Fmt {
        /// Change nothing; exit 1 when something would change
        #[arg(long)]
        check: bool,
    },
    /// Print what all manifest files together declare, as JSON
    Show,
    /// Print the JSON Schema of unsnarl.toml
    Schema,
    /// Write ownership out as a forge reads it; prints a diff, and changes nothing without --write
    Emit {
        /// github, gitlab, kubernetes, gerrit or backstage
        #[arg(long)]
        dialect: String,
        /// Where, for dialects of one file [default: where it is now, else the usual place]
        #[arg(long, value_name = "FILE")]
        path: Option<String>,
        /// Read ownership from this dialect [default: as every command does]
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// Write the files
        #[arg(long)]
        write: bool,
    },
}

impl ManifestCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        let place = Place::find(&self.repository)?;
        match self.command {
            Task::Schema => print(&written(&manifest::schema())),
            Task::Validate => validate(&place),
            Task::Fmt { check } => format_all(&place, check),
            Task::Show => show(&place),
            Task::Emit { dialect, path, from, write } => {
                emit_to(&place, &dialect, path.as_deref(), from.as_deref(), write)
            }
        }
    }
}

/// The work tree as it stands: tracked files, with manifests and ownership files as they are on disk.
struct Place {
    root: PathBuf,
    tree: Box<dyn Tree>,
}

impl Place {
    fn find(path: &Path) -> Result<Self, Error> {
        match git::open(path, None) {
            Ok(source) => {
                let head = Head::read(&source);
                let Some(root) = source.work_tree.clone() else {
                    return Ok(Self { root: path.to_owned(), tree: Box::new(head) });
                };
                let tree = OnDisk::new(head, &root);
                Ok(Self { root, tree: Box::new(tree) })
            }
            // A manifest can be looked after before the first commit, or outside of git.
            Err(git::OpenError::NoSuchDirectory(path)) => Err(git::OpenError::NoSuchDirectory(path).into()),
            Err(_) => {
                let fail =
                    |error: std::io::Error| Error::Read { path: path.to_owned(), why: error.to_string() };
                Ok(Self {
                    root: path.to_owned(),
                    tree: Box::new(Files::list(path, ROOT_FILE).map_err(fail)?),
                })
            }
        }
    }
}

/// A commit's files, read from the work tree where they are there.
struct OnDisk {
    head: Head,
    paths: Vec<Vec<u8>>,
    root: PathBuf,
}

impl OnDisk {
    fn new(head: Head, root: &Path) -> Self {
        let mut paths = head.paths().to_vec();
        for place in [
            ROOT_FILE,
            "CODEOWNERS",
            ".github/CODEOWNERS",
            ".gitlab/CODEOWNERS",
            "docs/CODEOWNERS",
            "OWNERS_ALIASES",
        ] {
            if root.join(place).is_file() {
                paths.push(place.as_bytes().to_vec());
            }
        }
        paths.sort();
        paths.dedup();
        paths.retain(|path| root.join(String::from_utf8_lossy(path).as_ref()).symlink_metadata().is_ok());
        Self { head, paths, root: root.to_owned() }
    }
}

impl Tree for OnDisk {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        if self.head.is_link(path) {
            return self.head.read_file(path);
        }
        std::fs::read(self.root.join(String::from_utf8_lossy(path).as_ref()))
            .map_err(|error| error.to_string())
    }

    fn is_link(&self, path: &[u8]) -> bool {
        self.head.is_link(path)
    }
}

fn manifests(place: &Place) -> Vec<String> {
    let nested = format!("/{NESTED_FILE}");
    let paths = place.tree.paths().iter().map(|path| String::from_utf8_lossy(path).into_owned());
    paths.filter(|path| path == ROOT_FILE || path == NESTED_FILE || path.ends_with(&nested)).collect()
}

fn none_here() -> Error {
    Error::NoManifest { file: ROOT_FILE }
}

fn validate(place: &Place) -> Result<(), Error> {
    let read = manifest::read(place.tree.as_ref());
    let files = manifests(place);
    if files.is_empty() {
        return Err(none_here());
    }
    let mut out = String::new();
    for mistake in &read.mistakes {
        show_mistake(place, mistake, &mut out);
    }
    let wrong = read.mistakes.iter().filter(|mistake| !mistake.warning).count();
    let warnings = read.mistakes.len() - wrong;
    if wrong == 0 {
        let _ = writeln!(
            out,
            "sound: {}, {}, {} in {}{}",
            plural(read.manifest.modules.len(), "module"),
            plural(read.manifest.teams.len(), "team"),
            plural(read.manifest.rules.len() + read.manifest.change_rules.len(), "rule"),
            files.join(", "),
            if warnings == 0 { String::new() } else { format!("; warnings: {warnings}") }
        );
    }
    print(&out)?;
    if wrong > 0 { Err(Error::Found) } else { Ok(()) }
}

fn show_mistake(place: &Place, mistake: &Mistake, out: &mut String) {
    let kind = if mistake.warning { "warning" } else { "error" };
    let at = if mistake.line == 0 {
        String::new()
    } else {
        format!(":{}:{}", mistake.line, mistake.column.max(1))
    };
    let _ = writeln!(out, "{}{at}: {kind}: {}", plain(&mistake.file), plain(&mistake.what));
    let text = place.tree.read(mistake.file.as_bytes()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    if let Some(line) = mistake.line.checked_sub(1).and_then(|at| text.lines().nth(at as usize)) {
        let _ = writeln!(out, "{:>6} | {}", mistake.line, plain(line));
    }
    if let Some(hint) = &mistake.hint {
        let _ = writeln!(out, "  hint: {}", plain(hint));
    }
}

fn format_all(place: &Place, check: bool) -> Result<(), Error> {
    let files = manifests(place);
    if files.is_empty() {
        return Err(none_here());
    }
    let mut changed = Vec::new();
    for file in files {
        let path = place.root.join(&file);
        let fail = |why: String| Error::Read { path: path.clone(), why };
        let text = place.tree.read(file.as_bytes()).map_err(fail)?;
        let text = String::from_utf8(text).map_err(|_| fail("it is not UTF-8".to_owned()))?;
        let formatted = manifest::format(&text).map_err(fail)?;
        if formatted != text {
            if !check {
                write(&path, &formatted)?;
            }
            changed.push(file);
        }
    }
    match (changed.is_empty(), check) {
        (true, _) => Ok(()),
        (false, true) => {
            print(&format!("would lay out anew: {}\n", changed.join(", ")))?;
            Err(Error::Found)
        }
        (false, false) => print(&format!("laid out anew: {}\n", changed.join(", "))),
    }
}

fn show(place: &Place) -> Result<(), Error> {
    let read = manifest::read(place.tree.as_ref());
    if read.manifest.files.is_empty() {
        if !read.mistakes.is_empty() {
            return Err(Error::Mistakes(read.mistakes));
        }
        return Err(none_here());
    }
    print(&faces::manifest::json(&read.manifest))
}

fn emit_to(
    place: &Place,
    dialect: &str,
    path: Option<&str>,
    from: Option<&str>,
    writes: bool,
) -> Result<(), Error> {
    let known = ["github", "gitlab", "kubernetes", "gerrit", "backstage"];
    let Some(dialect) = Dialect::named(dialect).filter(|one| known.contains(&one.name)) else {
        return Err(Error::Option {
            option: "--dialect",
            value: dialect.to_owned(),
            why: format!("ownership can be written as {}", known.join(", ")),
        });
    };
    let tree = place.tree.as_ref();
    let manifest = manifest::read(tree).manifest;
    let path = path.map(str::to_owned).or_else(|| {
        let wanted =
            manifest.ownership.emit.iter().find(|(name, path)| name == dialect.name && !path.is_empty());
        wanted.map(|(_, path)| path.clone())
    });
    let layers = Layers::read(tree, &manifest, picture::dialect(from)?);
    if layers.layers.is_empty() {
        return Err(Error::Manifest { what: "nobody declares who owns anything here".to_owned() });
    }
    let emitted = emit::emit(dialect, path.as_deref(), tree, &layers, &manifest);
    if !emitted.unsaid.is_empty() {
        return Err(Error::Unsaid { dialect: dialect.title, unsaid: emitted.unsaid });
    }
    let diff = diff(tree, &emitted);
    print(&diff)?;
    let changed = diff.lines().filter(|line| line.starts_with("+++ ")).count();
    let told = format!(
        "the same owner for all {} paths, read back; {changed} of {} files change{}",
        emitted.checked,
        emitted.files.len(),
        if changed > 0 && !writes { "; --write writes them" } else { "" }
    );
    anstream::eprintln!("{told}");
    if writes { write_all(place, &emitted) } else { Ok(()) }
}

fn diff(tree: &dyn Tree, emitted: &Emitted) -> String {
    let mut out = String::new();
    for (path, content) in &emitted.files {
        let old = tree
            .read(path.as_bytes())
            .map(|old| String::from_utf8_lossy(&old).into_owned())
            .unwrap_or_default();
        out.push_str(&unified(path, &old, content));
    }
    out
}

fn write_all(place: &Place, emitted: &Emitted) -> Result<(), Error> {
    for (path, content) in &emitted.files {
        let path = place.root.join(path);
        let fail = |source| Error::Write { path: path.clone(), source };
        if content.is_empty() {
            if path.symlink_metadata().is_ok() {
                std::fs::remove_file(&path).map_err(fail)?;
            }
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        write(&path, content)?;
    }
    Ok(())
}
