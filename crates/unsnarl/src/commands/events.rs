//! `unsnarl events`: what a forge says of pull requests, beside what git says.

mod answer;
mod fetch;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use faces::plain::plain;
use serde_json::json;
use sources::{
    events::{Reader, Told, kept},
    git::{self, Source},
};

use self::answer::{Answer, SCHEMA, pretty};
use super::{TextOrJson, print};
use crate::{
    error::Error,
    picture::{self, Look},
    reviews,
};

/// Arguments of `unsnarl events`.
#[derive(Debug, Args)]
pub(crate) struct EventsCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Read exports of GitHub, GitLab or GH Archive, told apart by what is in them
    Import(Import),
    /// Ask GitHub for what was updated since it was asked last; the one command that uses the network
    Fetch(fetch::Fetch),
    /// What is kept, and how much of it is joined to the history
    Show(Show),
    /// Remove all that is kept
    Forget(Forget),
}

#[derive(Debug, Args)]
struct Import {
    /// JSON, an array or one value a line, plain or gzipped; - is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the forge calls the repository [default: as imported before, else what its remote says]
    #[arg(long, value_name = "OWNER/NAME")]
    name: Vec<String>,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
struct Show {
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
struct Forget {
    #[command(flatten)]
    at: At,
}

/// Which repository, and how the answer is printed.
#[derive(Debug, Args)]
struct At {
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    /// Where facts and review events are kept [default: unsnarl/ in the git directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// No progress bar
    #[arg(short, long)]
    quiet: bool,
}

impl At {
    /// The whole history, as the report looks at it unless told otherwise.
    fn look(&self) -> Look {
        Look::whole(self.cache.clone(), self.quiet)
    }
}

impl EventsCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        match self.what {
            What::Import(import) => import.run(),
            What::Fetch(fetch) => fetch.run(),
            What::Show(show) => show.run(),
            What::Forget(forget) => forget.run(),
        }
    }
}

impl Import {
    fn run(self) -> Result<(), Error> {
        let store = Store::open(&self.at)?;
        let mut reader = Reader::new(&store.names(&self.name));
        for file in &self.files {
            if file == Path::new("-") {
                reader.file("-", io::stdin().lock());
            } else {
                let opened = fs::File::open(file)
                    .map_err(|error| Error::Read { path: file.clone(), why: error.to_string() })?;
                reader.file(&file.display().to_string(), opened);
            }
        }
        let mut reading = reader.finish()?;
        let told = std::mem::take(&mut reading.told);
        let new = store.keep(told)?;
        Answer::of(&self.at, Some((reading, new)))?.print(self.at.format)
    }
}

impl Show {
    fn run(self) -> Result<(), Error> {
        Answer::of(&self.at, None)?.print(self.at.format)
    }
}

impl Forget {
    fn run(self) -> Result<(), Error> {
        let source = git::open(&self.at.path, None)?;
        let mut removed = Vec::new();
        for cache in picture::event_directories(&source, &self.at.look()) {
            let there =
                kept::forget(&cache).map_err(|source| Error::Write { path: kept::file(&cache), source })?;
            removed.extend(there.then(|| kept::file(&cache)));
        }
        print(&match self.at.format {
            TextOrJson::Json => pretty(&json!({ "schema": SCHEMA, "removed": removed })),
            TextOrJson::Text if removed.is_empty() => "no review events were kept\n".to_owned(),
            TextOrJson::Text => removed
                .iter()
                .map(|path| format!("removed {}\n", plain(&path.display().to_string())))
                .collect(),
        })
    }
}

/// What is kept of a repository, and where more is kept.
struct Store {
    source: Source,
    caches: Vec<PathBuf>,
    told: Told,
    /// Held while this is to be written.
    _lock: fs::File,
}

/// Locks the first place that can be written.
fn lock(caches: &[PathBuf]) -> Result<fs::File, Error> {
    let mut refused = None;
    for cache in caches {
        match kept::lock(cache) {
            Ok(Some(lock)) => return Ok(lock),
            Ok(None) => return Err(Error::Busy { path: kept::file(cache) }),
            Err(source) => refused = refused.or(Some(Error::Write { path: kept::file(cache), source })),
        }
    }
    Err(refused.unwrap_or_else(Store::nowhere))
}

impl Store {
    fn open(at: &At) -> Result<Self, Error> {
        let source = git::open(&at.path, None)?;
        let mut caches = picture::event_directories(&source, &at.look());
        let lock = lock(&caches)?;
        let found = reviews::kept(&source, &at.look())
            .map_err(|(path, error)| Error::Read { path, why: error.to_string() })?;
        let told = match found {
            None => Told::default(),
            // What is there already grows where it is.
            Some((cache, kept)) => {
                caches.retain(|other| *other != cache);
                caches.insert(0, cache);
                kept.told
            }
        };
        Ok(Self { source, caches, told, _lock: lock })
    }

    /// What the repository may be called in files: as asked for, as before, as its remote says.
    fn names(&self, asked: &[String]) -> Vec<String> {
        if !asked.is_empty() {
            return asked.to_vec();
        }
        self.told.repository.clone().or_else(|| self.source.forge_name()).into_iter().collect()
    }

    /// Merges and keeps; how many requests are new.
    fn keep(self, told: Told) -> Result<usize, Error> {
        let before = self.told.requests.len();
        let mut all = self.told;
        all.merge(told);
        let mut refused = None;
        for cache in &self.caches {
            match kept::save(cache, &all) {
                Ok(()) => return Ok(all.requests.len() - before),
                Err(source) => refused = refused.or(Some((kept::file(cache), source))),
            }
        }
        Err(refused.map_or_else(Self::nowhere, |(path, source)| Error::Write { path, source }))
    }

    /// Nothing takes what is to be kept.
    fn nowhere() -> Error {
        let source = io::Error::other("there is no place to keep it; --cache DIR names one");
        Error::Write { path: PathBuf::from("events.jsonl"), source }
    }
}
