//! Another structure, from a file: a manifest, an ownership file, or moves over the structure there is.
//!
//! ```text
//! *.toml         in place of unsnarl.toml
//! *.json         moves over today's structure
//! anything else  an ownership file, in place of the one there is; it alone says who owns what
//! ```

use std::{collections::BTreeMap, path::Path};

use facts::{
    Lens, Ownership, Structure,
    manifest::Manifest,
    moves::{Misfit, Move, Part, Parts},
};
use sources::{
    manifest::{ROOT_FILE, suggest},
    ownership::{Dialect, detect},
    patch,
    structure::{self, Declared},
    tree::Overlaid,
};

use crate::{
    error::Error,
    picture::{self, Known, Look},
};

/// Larger files are not read.
const LIMIT_BYTES: u64 = 16 << 20;
/// Names that an error or a note lists.
const MOST_NAMES: usize = 8;

/// A structure that could be.
pub(crate) struct Alternative {
    pub(crate) structure: Structure,
    /// What it is, in a few words.
    pub(crate) what: String,
    /// The moves that lead to it; empty where it stands in a file of its own.
    pub(crate) moves: Vec<Move>,
    /// What a reader should know of it.
    pub(crate) notes: Vec<String>,
    /// Whether ownership was read anew.
    anew: bool,
}

impl Alternative {
    /// Today's structure.
    pub(crate) fn today(known: &Known) -> Self {
        Self {
            structure: known.structure.clone(),
            what: "today's structure".to_owned(),
            moves: Vec::new(),
            notes: Vec::new(),
            anew: false,
        }
    }

    /// The structure a file stands for; of an answer with proposals those that are named.
    pub(crate) fn read(known: &Known, look: &Look, file: &Path, proposals: &[String]) -> Result<Self, Error> {
        let text = bytes(file)?;
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let name =
            file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into());
        if ending.as_deref() != Some("json")
            && let Some(asked) = proposals.first()
        {
            let why = format!("it holds no proposals, and `{asked}` was asked for");
            let hint = "--proposal names one of an answer of unsnarl redesign --format json";
            return Err(failed(file, why, Some(hint.to_owned())));
        }
        match ending.as_deref() {
            Some("json") => Self::moved(known, file, &name, &text, proposals),
            Some("toml") => Self::declared(known, look, file, name, text),
            _ => Self::owned(known, look, file, name, text),
        }
    }

    fn moved(known: &Known, file: &Path, name: &str, text: &[u8], asked: &[String]) -> Result<Self, Error> {
        let moves = patch::read(text, asked)
            .map_err(|error| failed(file, error.to_string(), error.hint.or_else(|| Some(HELP.to_owned()))))?;
        let structure = laid(known, &moves).map_err(|unfit| unfit.in_file(file))?;
        let number = if moves.len() == 1 { "1 move".to_owned() } else { format!("{} moves", moves.len()) };
        let what = format!("{name} ({number})");
        Ok(Self { structure, what, moves, notes: Vec::new(), anew: false })
    }

    fn declared(known: &Known, look: &Look, file: &Path, name: String, text: Vec<u8>) -> Result<Self, Error> {
        let only = picture::dialect(look.dialect())?;
        let (mut declared, structure) = read_over(known, look, ROOT_FILE.as_bytes(), text, only)?;
        for mistake in declared.mistakes.iter_mut().filter(|mistake| mistake.file == ROOT_FILE) {
            mistake.file = file.display().to_string();
        }
        if declared.mistakes.iter().any(|mistake| !mistake.warning) {
            return Err(Error::Mistakes(declared.mistakes.into_iter().filter(|one| !one.warning).collect()));
        }
        let (empty, all) = empty_modules(known, &structure, &declared.manifest);
        if all == 0 {
            let hint = "unsnarl init --stdout drafts one from what the repository shows".to_owned();
            return Err(failed(file, "it declares no module".to_owned(), Some(hint)));
        }
        if empty.len() == all {
            let why = format!("it does not fit: none of its modules holds a file ({})", some(&empty));
            let hint = "patterns are written from the root of the repository, as `services/billing/**`";
            return Err(failed(file, why, Some(hint.to_owned())));
        }
        let mut notes = Vec::new();
        if !empty.is_empty() {
            notes.push(format!(
                "{} of the {all} modules of {name} without a file here: {}",
                empty.len(),
                some(&empty)
            ));
        }
        Ok(Self { structure, what: name, moves: Vec::new(), notes, anew: true })
    }

    fn owned(known: &Known, look: &Look, file: &Path, name: String, text: Vec<u8>) -> Result<Self, Error> {
        let asked = picture::dialect(look.dialect())?;
        let Some((dialect, place)) = dialect_of(known, &name, &text, asked) else {
            let why =
                "it is no manifest (.toml), no moves (.json), and its dialect of ownership cannot be told";
            return Err(failed(
                file,
                why.to_owned(),
                Some("--dialect github, or another, names it".to_owned()),
            ));
        };
        let (declared, structure) = read_over(known, look, &place, text, Some(dialect))?;
        let rules = declared.layers.layers.first().map(|layer| layer.resolver.rules());
        let problems = rules.map_or(&[][..], |rules| rules.problems.as_slice());
        let owned = structure.declared.as_ref().is_some_and(|own| {
            known.facts.files.ids().any(|id| known.facts.files.alive(id) && !own.owners(id).is_empty())
        });
        if !owned {
            let why = match problems.first() {
                Some(first) => format!("it gives no file here an owner; line {}: {}", first.line, first.why),
                None => "it gives no file here an owner".to_owned(),
            };
            let hint = format!("it was read as {}; --dialect names another", dialect.title);
            return Err(failed(file, why, Some(hint)));
        }
        let mut notes = Vec::new();
        if let Some(first) = problems.first() {
            let (number, s) = (problems.len(), if problems.len() == 1 { " does" } else { "s do" });
            notes.push(format!("{number} line{s} nothing in {name}; line {}: {}", first.line, first.why));
        }
        Ok(Self { structure, what: name, moves: Vec::new(), notes, anew: true })
    }
}

const HELP: &str = r#"{"moves": [{"kind": "give", "directory": "billing/pdf", "to": "@shop/web"}]}"#;

/// Two structures through the same kind of ownership each, before and after.
pub(crate) fn lenses<'a>(known: &'a Known, sides: [&'a Alternative; 2]) -> [Lens<'a>; 2] {
    let [before, after] = sides.map(|side| &side.structure);
    let lens = |structure: &'a Structure, ownership: &'a Ownership| {
        Lens::new(&known.facts, structure, ownership, known.range)
    };
    // Whoever gives an ownership file asks about that file, even where it could not tell by itself.
    match (&after.declared, &before.declared) {
        (Some(own), before_own) if sides[1].anew && after.declared_cannot_tell.is_some() => {
            let before_own = before_own.as_ref().unwrap_or(&before.inferred);
            [lens(before, before_own), lens(after, own)]
        }
        _ => [lens(before, before.ownership()), lens(after, after.ownership())],
    }
}

/// A move that does not fit.
pub(crate) struct Unfit {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) why: String,
    pub(crate) hint: String,
}

impl Unfit {
    fn in_file(self, file: &Path) -> Error {
        failed(file, format!("move {}: {}", self.number, self.why), Some(self.hint))
    }
}

/// The structure that moves lead to from today's.
pub(crate) fn laid(known: &Known, moves: &[Move]) -> Result<Structure, Unfit> {
    let parts = Parts::new(&known.facts);
    if let Ok(structure) = parts.apply(&known.structure, moves) {
        return Ok(structure);
    }
    // Once more, one by one: which of them does not fit was not told.
    let mut structure = known.structure.clone();
    for (at, one) in moves.iter().enumerate() {
        structure = parts
            .apply(&structure, std::slice::from_ref(one))
            .map_err(|misfit| unfit(known, &structure, at + 1, one, &misfit))?;
    }
    Ok(structure)
}

fn unfit(known: &Known, structure: &Structure, number: usize, one: &Move, misfit: &Misfit) -> Unfit {
    let named = |kind: &str, name: &str, mut all: Vec<&str>| {
        let near = suggest(name, all.iter().copied());
        let near = near.or_else(|| all.iter().copied().find(|one| one.contains(name)));
        all.sort_unstable();
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if all.is_empty() => format!("there is no {kind} here at all"),
            None => format!("{kind}s here are {}", some(&all)),
        };
        (format!("there is no {kind} `{name}`"), hint)
    };
    let (why, hint) = match misfit {
        Misfit::Team(name) => {
            let basis = structure.ownership().basis;
            let own = structure.teams.iter().filter(|team| team.source.basis == basis);
            named("team", name, own.map(|team| team.name.as_str()).collect())
        }
        Misfit::Module(name) => {
            named("module", name, structure.modules.iter().map(|module| module.name.as_str()).collect())
        }
        Misfit::Nothing(part) => {
            let (thing, path) = match part {
                Part::Module(name) => (format!("the module `{name}` holds no file"), name.clone()),
                Part::Directory(path) => (format!("there never was a directory `{path}`"), path.clone()),
                Part::Files(paths) => {
                    (format!("there never was a file `{}`", paths.join("`, `")), paths.concat())
                }
            };
            let paths: Vec<String> =
                known.head.paths().iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
            let near = suggest(&path, paths.iter().map(String::as_str));
            let hint = near.map(|near| format!("a file here is `{near}`"));
            (thing, hint.unwrap_or_else(|| "paths are written from the root of the repository".to_owned()))
        }
        Misfit::Taken(name) => (
            format!("there is a module `{name}` already"),
            "relocate moves code to a module that is there".to_owned(),
        ),
        Misfit::Itself(name) => {
            (format!("`{name}` cannot become a part of itself"), "name two modules".to_owned())
        }
    };
    Unfit { number, why: format!("{}: {why}", faces::moves::line(one)), hint }
}

/// What is declared where a file stands in place of another, laid over the history.
fn read_over(
    known: &Known,
    look: &Look,
    place: &[u8],
    text: Vec<u8>,
    only: Option<Dialect>,
) -> Result<(Declared, Structure), Error> {
    let base = known.tree();
    let tree = Overlaid::new(&base, BTreeMap::from([(place.to_vec(), text)]));
    let declared = structure::read_declared(&tree, only, picture::team_rows_of(look)?);
    let mut structure = structure::read_structure(&known.facts, &tree, &declared);
    call_as_known(known, &declared.manifest, &mut structure);
    known.names.hide(&mut structure);
    Ok((declared, structure))
}

/// Calls a manifest's teams as today's structure does, where one of their handles is a team of it: what has another name alone
/// is no other team.
fn call_as_known(known: &Known, manifest: &Manifest, structure: &mut Structure) {
    for team in &mut structure.teams {
        let Some(declared) = manifest.teams.iter().find(|one| one.id == team.name) else { continue };
        let is_same = |name: &str| declared.handles.iter().any(|handle| handle.eq_ignore_ascii_case(name));
        if let Some(own) = known.structure.teams.iter().find(|own| is_same(&own.name)) {
            team.name = own.name.clone();
        }
    }
}

/// The dialect of an ownership file and where it would stand: as asked, as it is called, else what is there.
fn dialect_of(known: &Known, name: &str, text: &[u8], asked: Option<Dialect>) -> Option<(Dialect, Vec<u8>)> {
    let layers = &known.declared.layers;
    let here =
        layers.layers.iter().filter_map(|layer| Some((layer.dialect, layer.found.places.first()?.clone())));
    let here: Vec<(Dialect, Vec<u8>)> = here.chain(layers.unused.iter().cloned()).collect();
    let place_of = |dialect: Dialect| {
        let known = here.iter().find(|(own, _)| own.name == dialect.name);
        known.map_or_else(|| dialect.file.as_bytes().to_vec(), |(_, place)| place.clone())
    };
    if let Some(dialect) = asked {
        return Some((dialect, place_of(dialect)));
    }
    let called = name.to_lowercase();
    if called.contains("codeowners") {
        let forge = here.iter().find(|(dialect, _)| dialect.file == "CODEOWNERS");
        if let Some((dialect, place)) = forge {
            return Some((*dialect, place.clone()));
        }
    }
    let file = ["CODEOWNERS", "OWNERS", "MAINTAINERS", "catalog-info.yaml"]
        .into_iter()
        .find(|file| called.contains(&file.to_lowercase()))?;
    let base = known.tree();
    let tree = Overlaid::new(&base, BTreeMap::from([(file.as_bytes().to_vec(), text.to_vec())]));
    let found = detect(&tree).into_iter().map(|(dialect, _)| dialect).find(|dialect| dialect.file == file)?;
    Some((found, place_of(found)))
}

/// Modules of the root manifest that hold no living file, and how many modules it declares.
fn empty_modules(known: &Known, structure: &Structure, manifest: &Manifest) -> (Vec<String>, usize) {
    let mut holds = vec![false; structure.modules.len()];
    for file in known.facts.files.ids().filter(|&file| known.facts.files.alive(file)) {
        if let Some(module) = structure.module(file) {
            holds[module.index()] = true;
        }
    }
    let own: Vec<&str> = manifest
        .modules
        .iter()
        .filter(|module| module.place.file == ROOT_FILE)
        .map(|module| module.id.as_str())
        .collect();
    let held =
        |id: &str| structure.modules.iter().zip(&holds).any(|(module, holds)| module.name == id && *holds);
    (own.iter().filter(|id| !held(id)).map(|id| (*id).to_owned()).collect(), own.len())
}

/// The first few names, and how many more there are.
fn some<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect();
    let more = names.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("`{}`{more}", shown.join("`, `"))
}

fn bytes(file: &Path) -> Result<Vec<u8>, Error> {
    let fail =
        |why: String| failed(file, why, Some("name a manifest, an ownership file or moves".to_owned()));
    let about = std::fs::metadata(file).map_err(|error| fail(error.to_string()))?;
    if about.is_dir() {
        return Err(fail("it is a directory".to_owned()));
    }
    if about.len() > LIMIT_BYTES {
        return Err(fail(format!("it is larger than {} MiB", LIMIT_BYTES >> 20)));
    }
    std::fs::read(file).map_err(|error| fail(error.to_string()))
}

fn failed(file: &Path, why: String, hint: Option<String>) -> Error {
    let hint = hint.unwrap_or_else(|| "unsnarl replay --help says what a file may hold".to_owned());
    Error::Alternative { path: file.to_owned(), why, hint }
}
