//! `unsnarl events fetch`: pull requests from GitHub itself, page by page, each kept as it arrives.
//!
//! The first fetch reads everything, later ones what was updated since the last began. A fetch that is interrupted goes on
//! behind the last page that was kept.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use facts::time;
use forge::{Client, Patience, Pulls, Token};
use sources::events::{
    NothingRead, Reader, Reading, Told,
    kept::{self, Unfinished},
    moment, written,
};

use super::{Answer, At, Store};
use crate::{error::Error, picture};

/// Where the token is looked for, in this order.
const TOKENS: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

/// What `--help` says of the token.
const ABOUT_TOKEN: &str = "The token is taken from GITHUB_TOKEN, else GH_TOKEN. It is sent to the forge alone, over TLS, \
    and neither kept nor shown. It needs to read pull requests, and no more.";

/// Arguments of `unsnarl events fetch`.
#[derive(Debug, Args)]
#[command(after_help = ABOUT_TOKEN)]
pub(super) struct Fetch {
    /// The repository on GitHub [default: as fetched before, else what its remote says]
    #[arg(long, value_name = "OWNER/NAME")]
    github: Option<String>,
    /// Read what was updated from this day on [default: since the last fetch, else all]
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Where the interface is: https://HOST/api for a GitHub of your own
    #[arg(long, value_name = "URL", default_value = "https://api.github.com")]
    api_url: String,
    /// The longest single wait for the forge's limit
    #[arg(long, value_name = "MINUTES", default_value_t = 61)]
    longest_wait: u64,
    #[command(flatten)]
    at: At,
}

impl Fetch {
    pub(super) fn run(self) -> Result<(), Error> {
        let store = Store::open(&self.at)?;
        let (owner, name) = self.repository(&store)?;
        let since = self.since()?;
        let token = self.token()?;
        let say = |text: &str| anstream::eprintln!("{}", faces::plain::plain(text));
        let patience =
            Patience { longest_wait: Duration::from_secs(self.longest_wait.saturating_mul(60)), say: &say };
        let client = Client::new(&self.api_url, token, patience)?;
        let (cache, fetch, told) = begin(&store, &format!("github {owner}/{name}"), since)?;
        let reading = self.read(&client, (&owner, &name), &cache, fetch, told)?;
        let (reading, new) = store.settle(&cache, reading)?;
        Answer::of(&self.at, Some((reading, new)))?.print(self.at.format)
    }

    /// Owner and name, as asked for, as kept, as the remote says.
    fn repository(&self, store: &Store) -> Result<(String, String), Error> {
        let wrong = |value: &str, why: &str| Error::Option {
            option: "--github",
            value: value.to_owned(),
            why: why.to_owned(),
        };
        let kept = store.told.repository.as_deref();
        let asked = self.github.as_deref();
        if let (Some(asked), Some(kept)) = (asked, kept)
            && !asked.eq_ignore_ascii_case(kept)
        {
            return Err(Error::OtherRepository { asked: asked.to_owned(), kept: kept.to_owned() });
        }
        let remote = store.source.forge_name();
        let Some(full) = asked.or(kept).or(remote.as_deref()) else {
            return Err(wrong("", "no remote names a repository; expected OWNER/NAME"));
        };
        let sound = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        match full.split_once('/') {
            Some((owner, name)) if sound(owner) && sound(name) => Ok((owner.to_owned(), name.to_owned())),
            _ => Err(wrong(full, "expected OWNER/NAME")),
        }
    }

    fn since(&self) -> Result<Option<time::Seconds>, Error> {
        let Some(text) = &self.since else { return Ok(None) };
        let why = "expected a date as 2024-12-31".to_owned();
        let day =
            time::parse_date(text).ok_or(Error::Option { option: "--since", value: text.clone(), why })?;
        Ok(Some(day))
    }

    fn token(&self) -> Result<Token, Error> {
        let found = TOKENS
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|token| !token.trim().is_empty());
        Ok(Token::new(&found.ok_or_else(|| forge::Error::NoToken(self.api_url.clone()))?)?)
    }

    /// Reads page after page, and keeps each.
    fn read(
        &self,
        client: &Client<'_>,
        (owner, name): (&str, &str),
        cache: &Path,
        mut fetch: Unfinished,
        mut told: Told,
    ) -> Result<Fetched, Error> {
        let failed = |source| Error::Write { path: kept::file(cache), source };
        let shown = !self.at.quiet && std::io::stderr().is_terminal();
        let seen_at = picture::now();
        let mut pulls = Pulls::new(client, owner, name, fetch.since.map(written), fetch.cursor.clone());
        let mut all = Reading::default();
        while let Some(page) = pulls.next_page()? {
            let mut reader = Reader::new(&[]);
            reader.value(&self.api_url, &page.answer);
            let mut reading = match reader.finish() {
                Ok(reading) => reading,
                Err(NothingRead::Empty) => Reading::default(),
                Err(error) => return Err(error.into()),
            };
            reading.told.seen(seen_at);
            fetch.newest = fetch.newest.or(page.newest.as_deref().and_then(moment));
            fetch.cursor = page.next;
            kept::add(cache, &reading.told, &fetch).map_err(failed)?;
            told.merge(std::mem::take(&mut reading.told));
            all.forms.append(&mut reading.forms);
            for (why, count) in reading.skipped {
                *all.skipped.entry(why).or_default() += count;
            }
            if shown {
                anstream::eprintln!("{} pull requests read", told.requests.len());
            }
        }
        all.told = told;
        Ok(Fetched { reading: all, fetch, seen_at })
    }
}

/// A fetch that came to its end.
struct Fetched {
    reading: Reading,
    fetch: Unfinished,
    seen_at: time::Seconds,
}

/// Goes on with a fetch that stopped, or begins one, in the first place that takes it.
fn begin(
    store: &Store,
    what: &str,
    asked: Option<time::Seconds>,
) -> Result<(PathBuf, Unfinished, Told), Error> {
    // A later day than that of the last fetch would leave a gap that nobody ever reads.
    let since = match (asked, store.told.fetched_until) {
        (Some(asked), Some(until)) => Some(asked.min(until)),
        (asked, until) => asked.or(until),
    };
    for cache in &store.caches {
        let found = kept::unfinished(cache)
            .map_err(|error| Error::Read { path: cache.clone(), why: error.to_string() })?;
        if let Some((fetch, told)) = found
            && fetch.what == what
            && fetch.cursor.is_some()
            && (asked.is_none() || fetch.since == since)
        {
            return Ok((cache.clone(), fetch, told));
        }
    }
    let fetch = Unfinished { what: what.to_owned(), since, newest: None, cursor: None };
    let mut refused = None;
    for cache in &store.caches {
        match kept::begin(cache, &fetch) {
            Ok(()) => return Ok((cache.clone(), fetch, Told::default())),
            Err(error) => refused = refused.or(Some(Error::Write { path: kept::file(cache), source: error })),
        }
    }
    Err(refused.unwrap_or_else(Store::nowhere))
}

impl Store {
    /// Merges a whole fetch into what is kept; how many requests are new.
    fn settle(self, cache: &Path, fetched: Fetched) -> Result<(Reading, usize), Error> {
        let Fetched { mut reading, fetch, seen_at } = fetched;
        let before = self.told.requests.len();
        let mut all = self.told;
        // What the forge did not name was not updated, and stands as it was seen.
        all.unchanged(fetch.since, seen_at);
        all.merge(std::mem::take(&mut reading.told));
        all.fetched_until = all.fetched_until.max(fetch.newest);
        kept::end(cache, &all).map_err(|source| Error::Write { path: kept::file(cache), source })?;
        Ok((reading, all.requests.len() - before))
    }
}
