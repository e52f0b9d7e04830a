//! Where questions are answered: the repository held ready, one question at a time.

use std::{
    fmt,
    path::PathBuf,
    sync::{Mutex, MutexGuard},
};

use facts::{FileId, ModuleId, Omitted};
use rustc_hash::FxHashSet;
use sources::manifest;

use crate::{
    commands::owners,
    error::Error,
    picture::{Known, Look},
    resident::Resident,
};

/// The repository and how it is looked at.
pub(super) struct Desk {
    pub(super) path: PathBuf,
    pub(super) look: Look,
    pub(super) resident: Resident,
}

impl Desk {
    pub(super) fn new(path: PathBuf, look: Look) -> Self {
        Self { resident: Resident::new(&path, look.clone()), path, look }
    }

    /// The desk for one question. What a question that failed over a mistake of ours left behind is thrown away.
    pub(super) fn of(desk: &Mutex<Self>) -> MutexGuard<'_, Self> {
        desk.lock().unwrap_or_else(|poisoned| {
            desk.clear_poison();
            let mut left = poisoned.into_inner();
            left.resident = Resident::new(&left.path, left.look.clone());
            left
        })
    }
}

/// Why there is no answer, and the way out.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) what: String,
    pub(super) hint: Option<String>,
}

impl Refusal {
    /// A mistake of ours, of which standard error has more.
    pub(super) fn ours() -> Self {
        Self {
            what: "unsnarl failed over this question, which is a bug; the server goes on".to_owned(),
            hint: Some("ask something else, and report it with the server's standard error".to_owned()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let hint = match &error {
            Error::Outside { .. } => Some(
                "paths are relative to the root of the repository this server answers for; another needs a server of its own"
                    .to_owned(),
            ),
            error => error.hint(),
        };
        // Line by line, for a line's end is no control character here.
        let plain: Vec<String> = error.to_string().lines().map(faces::plain::plain).collect();
        Self { what: plain.join("\n"), hint }
    }
}

/// What every answer must say: a manifest with mistakes in it was not looked at as it was meant.
pub(super) fn notes(known: &Known) -> Vec<String> {
    let broken = known.declared.mistakes.iter().any(|mistake| !mistake.warning);
    // Mistakes are told before anything else about the manifest.
    let told = known.declared.ledger.iter().find(|line| line.what == Omitted::Manifest);
    told.filter(|_| broken).map(|line| format!("{} {}", line.count, line.why)).into_iter().collect()
}

/// The modules a question is about: one by its name, or those of the files a path means; `None` for all of them.
pub(super) fn modules(
    known: &Known,
    module: Option<&str>,
    path: Option<&String>,
) -> Result<Option<FxHashSet<ModuleId>>, Refusal> {
    let all = &known.structure.modules;
    match (module, path) {
        (None, None) => Ok(None),
        (Some(name), None) => {
            let at = all.iter().position(|one| one.name == name).ok_or_else(|| no_module(known, name))?;
            Ok(Some(FxHashSet::from_iter([ModuleId::from_index(at)])))
        }
        (None, Some(path)) => of_path(known, path).map(Some),
        (Some(_), Some(_)) => Err(Refusal {
            what: "a module and a path were named, and a question is about one of them".to_owned(),
            hint: Some("name the module, or a path in it".to_owned()),
        }),
    }
}

fn no_module(known: &Known, name: &str) -> Refusal {
    let names = || known.structure.modules.iter().map(|one| one.name.as_str());
    let near = manifest::suggest(name, names()).map(|near| format!("did you mean `{near}`? "));
    Refusal {
        what: format!("no module is called `{}`", faces::plain::cut(name, 100)),
        hint: Some(format!("{}a path names the module it lies in", near.unwrap_or_default())),
    }
}

/// The modules of the files a path means; none where they lie in no module.
fn of_path(known: &Known, path: &String) -> Result<FxHashSet<ModuleId>, Refusal> {
    let (paths, _) = owners::meant(known, std::slice::from_ref(path), false)?;
    let wanted: FxHashSet<&[u8]> = paths.iter().map(Vec::as_slice).collect();
    let facts = &known.facts;
    let meant = |file: &FileId| {
        facts.files.alive(*file) && wanted.contains(facts.paths.bytes(facts.files.path[file.index()]))
    };
    let files: Vec<FileId> = facts.files.ids().filter(meant).collect();
    if files.is_empty() {
        return Err(Refusal {
            what: format!("there is no `{}` in the last commit", faces::plain::cut(path, 200)),
            hint: Some("paths are relative to the root of the repository; a new file has no history yet, its directory may".to_owned()),
        });
    }
    Ok(files.into_iter().filter_map(|file| known.structure.module(file)).collect())
}
