//! The tree as it is being written: what `unsnarl check --stdin-filename` would find in each open file, and who owns it.
//!
//! ```text
//! disk ──whole, where it may lie otherwise──▶ tree ◀──one file at a time, while somebody types── editor
//!                                              └──rules, owners──▶ marks
//! ```
//!
//! While somebody types, what other files name stands as it was when the tree was read last. Manifests count as they are
//! saved, for half a manifest would take back what it holds; their own mistakes show as they are written.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use faces::{
    check::{
        Checked, Scope,
        editor::{Mark, Severity},
    },
    owners::Answer,
};
use imports::Scans;
use sources::{
    git::{self, Checkout, Side, Source},
    manifest::{self, Mistake},
    tree::{Overlaid, holds},
};

use crate::{
    code::Kept,
    commands::{check, owners},
    error::Error,
    picture::{self, Look},
    standing::Looked,
};

/// A document that is open.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// As the editor names it.
    pub(super) uri: String,
    /// Its file, where it is one.
    pub(super) file: Option<PathBuf>,
    /// The editor's number of this text.
    pub(super) version: i32,
    /// What stands in it.
    pub(super) text: Arc<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// By the name of each document that was looked at.
    pub(super) seen: BTreeMap<String, Seen>,
    /// Files that are not open and that nothing can be held by, by name.
    pub(super) elsewhere: BTreeMap<String, Vec<Mark>>,
    /// Why nothing is held, where nothing is.
    pub(super) note: Option<String>,
}

/// What was found in one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Of which text.
    pub(super) version: i32,
    /// Its path from the root; `None` for what is no part of the tree.
    pub(super) path: Option<String>,
    /// What is broken in it.
    pub(super) marks: Vec<Mark>,
    /// Who owns it.
    pub(super) owned: Option<Answer>,
}

/// A repository somebody works in.
pub(super) struct Desk {
    path: PathBuf,
    look: Look,
    scans: Option<Scans>,
    held: Option<Held>,
}

/// The tree, with every open document in place of its file.
struct Held {
    source: Source,
    root: PathBuf,
    looked: Looked,
    /// What each document said, by path from the root; `None` for one that is no part of the tree.
    texts: BTreeMap<PathBuf, (Option<String>, Arc<String>)>,
}

impl Desk {
    /// A desk on which nothing lies yet.
    pub(super) fn new(path: &Path, look: Look) -> Self {
        Self { path: path.to_owned(), look, scans: None, held: None }
    }

    /// Looks at open documents; `again` where the disk may hold another tree than it did.
    pub(super) fn look(&mut self, open: &[Open], again: bool) -> Found {
        let begun = std::time::Instant::now();
        let held = if again { None } else { self.held.take() };
        let held = held.and_then(|held| self.typed(held, open));
        picture::say(&self.look, &format!("{:>9.1?} typed text read", begun.elapsed()));
        let held = match held.map_or_else(|| self.read(open), Ok) {
            Ok(held) => held,
            Err(error) => return Found::nothing(open, error.to_string()),
        };
        picture::say(&self.look, &format!("{:>9.1?} tree at hand", begun.elapsed()));
        let found = held.found(open);
        picture::say(&self.look, &format!("{:>9.1?} looked at", begun.elapsed()));
        self.held = Some(held);
        found
    }

    /// Reads the whole tree.
    fn read(&mut self, open: &[Open]) -> Result<Held, Error> {
        let source = git::open(&self.path, None)?;
        let root = source.work_tree.clone().ok_or(Error::NoWorkTree)?;
        let mut checkout = Checkout::read(&source, Side::WorkTree);
        let mut texts = BTreeMap::new();
        for (file, text) in files(open) {
            let path = check::inside(file, &source).ok();
            // What lies on disk and is not listed is ignored by git.
            let path = path.filter(|path| holds(&checkout, path.as_bytes()) || !file.exists());
            if let Some(path) = path.as_ref().filter(|path| !is_manifest(path)) {
                checkout.replace(path.as_bytes(), text.as_bytes().to_vec());
            }
            texts.insert(file.to_owned(), (path, Arc::clone(text)));
        }
        let caches = picture::cache_directories(&source, &self.look);
        let kept = Kept { caches: &caches, threads: picture::threads(&self.look), say: &|_| {} };
        let scans = self.scans.get_or_insert_with(|| kept.scans());
        let dependencies = kept.read_and_keep(&checkout, scans).0;
        let looked = Looked::of(checkout, dependencies, None);
        Ok(Held { source, root, looked, texts })
    }

    /// Reads what was typed since; `None` where that takes the whole tree.
    fn typed(&mut self, mut held: Held, open: &[Open]) -> Option<Held> {
        let scans = self.scans.as_mut()?;
        let kept = Kept { caches: &[], threads: picture::threads(&self.look), say: &|_| {} };
        for (file, text) in files(open) {
            match held.texts.get_mut(file) {
                Some((_, known)) if known == text => continue,
                Some((None, known)) => *known = Arc::clone(text),
                Some((Some(path), known)) => {
                    *known = Arc::clone(text);
                    if is_manifest(path) {
                        continue;
                    }
                    held.looked.retype(path, text, &kept, scans)?;
                }
                None => {
                    let path = check::inside(file, &held.source).ok();
                    if let Some(path) = path.as_ref().filter(|path| !is_manifest(path)) {
                        held.looked.retype(path, text, &kept, scans)?;
                    }
                    held.texts.insert(file.to_owned(), (path, Arc::clone(text)));
                }
            }
        }
        Some(held)
    }
}

/// Documents that are files.
fn files(open: &[Open]) -> impl Iterator<Item = (&Path, &Arc<String>)> {
    open.iter().filter_map(|one| Some((one.file.as_deref()?, &one.text)))
}

/// Whether a file declares what is held.
fn is_manifest(path: &str) -> bool {
    path == manifest::ROOT_FILE || path.rsplit('/').next() == Some(manifest::NESTED_FILE)
}

impl Held {
    fn found(&self, open: &[Open]) -> Found {
        let looked = &self.looked;
        let checked = check::held(looked);
        let mut found = Found::default();
        let mut wrong = mistakes(&looked.declared.mistakes);
        match &checked {
            Ok(_) => {}
            Err(Error::Debt { file, line, why }) => {
                let (code, message) = ("debt", why.clone());
                let mark = Mark { line: *line, columns: None, severity: Severity::Error, code, message };
                wrong.entry(file.clone()).or_default().push(mark);
            }
            // Each mistake shows at its place.
            Err(Error::Mistakes(_)) => {}
            Err(error) => found.note = Some(error.to_string()),
        }
        let texts = check::Texts::new(&looked.checkout);
        for one in open {
            let known = one.file.as_ref().and_then(|file| self.texts.get(file));
            let path = known.and_then(|(path, _)| path.clone());
            let mut seen = Seen { version: one.version, path, ..Seen::default() };
            if let Some(path) = &seen.path {
                if let Ok(check) = &checked {
                    seen.marks = faces::check::editor(
                        &Checked {
                            repository: &self.source.name,
                            check,
                            manifest: &looked.declared.manifest,
                            scope: Scope::File(path.clone()),
                            line: &|path, line| texts.line(path, line),
                            notes: &[],
                            version: env!("CARGO_PKG_VERSION"),
                        },
                        path,
                    );
                }
                let saved = wrong.remove(path).unwrap_or_default();
                seen.marks.extend(if is_manifest(path) { self.mistyped(path, &one.text) } else { saved });
                seen.owned = Some(self.owned(path));
            }
            found.seen.insert(one.uri.clone(), seen);
        }
        let named = |(path, marks): (String, _)| (super::uri::uri(&self.root.join(path)), marks);
        found.elsewhere = wrong.into_iter().map(named).collect();
        found
    }

    fn owned(&self, path: &str) -> Answer {
        let declared = &self.looked.declared;
        let mut answer = owners::by_rules(&declared.layers, path.as_bytes());
        let standing = &self.looked.standing;
        let module = standing.find(path.as_bytes()).and_then(|file| standing.module(file));
        answer.module = module.map(|module| declared.manifest.modules[module as usize].id.clone());
        answer
    }

    /// What is wrong with a manifest as it is being written.
    fn mistyped(&self, path: &str, text: &str) -> Vec<Mark> {
        let typed = BTreeMap::from([(path.as_bytes().to_vec(), text.as_bytes().to_vec())]);
        let read = manifest::read(&Overlaid::new(&self.looked.checkout, typed));
        mistakes(&read.mistakes).remove(path).unwrap_or_default()
    }
}

/// Mistakes of manifests as marks, by file.
fn mistakes(all: &[Mistake]) -> BTreeMap<String, Vec<Mark>> {
    let mut out: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for one in all {
        let hint = one.hint.as_ref().map_or(String::new(), |hint| format!("\nhint: {hint}"));
        let severity = if one.warning { Severity::Warning } else { Severity::Error };
        let message = format!("{}{hint}", one.what);
        let mark = Mark { line: one.line, columns: None, severity, code: "manifest", message };
        out.entry(one.file.clone()).or_default().push(mark);
    }
    out
}

impl Found {
    /// Nothing, and why.
    pub(super) fn nothing(open: &[Open], why: String) -> Self {
        let seen = |one: &Open| (one.uri.clone(), Seen { version: one.version, ..Seen::default() });
        Self { seen: open.iter().map(seen).collect(), note: Some(why), ..Self::default() }
    }
}
