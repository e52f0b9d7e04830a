//! What was told, kept in the cache directory: `events.jsonl`, one JSON value a line, sorted, written whole or not at all.
//!
//! ```text
//! {"format":"unsnarl.review-events/1","repository":"shop/shop"}
//! {"actor":"ana","kind":"human","addresses":["9f86d081884c7d65"]}
//! {"request":12,"author":"ana","opened_at":"2024-01-31T12:30:00Z","events":[{"at":"…","kind":"approved","actor":"bo"}]}
//! ```
//!
//! It is tied to no commit: requests are joined to changes when facts are read, because history grows. Unlike everything
//! else in the cache it cannot be mined again, so a line that is damaged costs itself and no other.
//!
//! `events.fetch.jsonl` holds the pages of a fetch that is not at its end, in the same form, and after each page a line
//! with the place to go on at.

use std::{
    fs,
    io::{self, BufReader, Write as _},
    path::{Path, PathBuf},
};

use facts::{CommitId, EventKind, PersonKind, time::Seconds};
use serde::{Deserialize, Serialize};

use super::{
    fields::{moment, written},
    told::{State, Told, ToldActor, ToldEvent, ToldFiles, ToldRequest},
};

/// The form, raised with every change an older reader would misread.
const FORMAT: &str = "unsnarl.review-events/1";
const FILE: &str = "events.jsonl";
const LOCK_FILE: &str = ".events.lock";
const FETCH_FILE: &str = "events.fetch.jsonl";

/// What was read back.
#[derive(Debug, Default)]
pub struct Kept {
    /// What was told.
    pub told: Told,
    /// Lines that could not be read, and the first of them, from 1.
    pub damaged: u64,
    /// The first of them, from 1; 0 where there is none.
    pub first_damaged: u64,
}

/// A fetch that is not at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What is fetched: `github owner/name`.
    pub what: String,
    /// Only what was updated since then is read.
    pub since: Option<Seconds>,
    /// The latest update when the fetch began.
    pub newest: Option<Seconds>,
    /// Where to go on; `None` before the first page.
    pub cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Head(HeadLine),
    Actor(ActorLine),
    Request(Box<RequestLine>),
    Fetch(FetchLine),
}

#[derive(Serialize, Deserialize)]
struct HeadLine {
    format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched_until: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ActorLine {
    actor: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct FetchLine {
    fetch: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct RequestLine {
    request: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<String>,
    /// When it stood so.
    #[serde(skip_serializing_if = "Option::is_none")]
    stood_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squash_commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head_commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files_complete: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventLine>,
}

#[derive(Serialize, Deserialize)]
struct EventLine {
    at: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
}

/// The file in a cache directory.
pub fn file(cache: &Path) -> PathBuf {
    cache.join(FILE)
}

/// What is kept in a cache directory; `None` when nothing was ever imported.
pub fn load(cache: &Path) -> io::Result<Option<Kept>> {
    let opened = match fs::File::open(file(cache)) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    read(BufReader::new(opened)).map(|(kept, _)| Some(kept))
}

/// Keeps what was told, in place of what was kept.
pub fn save(cache: &Path, told: &Told) -> io::Result<()> {
    fs::create_dir_all(cache)?;
    let temporary = cache.join(format!(".{FILE}.{}", std::process::id()));
    let write = || {
        let mut out = io::BufWriter::new(fs::File::create(&temporary)?);
        let fetched_until = told.fetched_until.map(written);
        line(
            &mut out,
            &HeadLine { format: FORMAT.to_owned(), repository: told.repository.clone(), fetched_until },
        )?;
        rows(&mut out, told)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&temporary, file(cache))
    };
    let done = write();
    if done.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    done
}

/// The right to write into a cache directory, given up when it is dropped; `None` when another run has it.
///
/// Where the file system knows no locks, everybody has it.
pub fn lock(cache: &Path) -> io::Result<Option<fs::File>> {
    fs::create_dir_all(cache)?;
    let file = fs::OpenOptions::new().create(true).append(true).open(cache.join(LOCK_FILE))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(Some(file)),
    }
}

/// Removes all that is kept; whether there was anything.
pub fn forget(cache: &Path) -> io::Result<bool> {
    let mut there = false;
    for name in [FILE, FETCH_FILE, LOCK_FILE] {
        match fs::remove_file(cache.join(name)) {
            Ok(()) => there |= name != LOCK_FILE,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there)
}

/// A fetch that did not come to its end, and what it read.
pub fn unfinished(cache: &Path) -> io::Result<Option<(Unfinished, Told)>> {
    let opened = match fs::File::open(cache.join(FETCH_FILE)) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let (kept, fetch) = read(BufReader::new(opened))?;
    Ok(fetch.map(|fetch| (fetch, kept.told)))
}

/// Begins a fetch anew.
pub fn begin(cache: &Path, fetch: &Unfinished) -> io::Result<()> {
    fs::create_dir_all(cache)?;
    let mut out = fs::File::create(cache.join(FETCH_FILE))?;
    line(&mut out, &HeadLine { format: FORMAT.to_owned(), repository: None, fetched_until: None })?;
    line(&mut out, &fetch_line(fetch))
}

/// Adds a page and where to go on; a page that is cut off by a crash is read again.
pub fn add(cache: &Path, page: &Told, fetch: &Unfinished) -> io::Result<()> {
    let mut bytes = Vec::new();
    // Should the last run have died in the middle of a line, this page begins on one of its own.
    bytes.push(b'\n');
    rows(&mut bytes, page)?;
    line(&mut bytes, &fetch_line(fetch))?;
    let mut out = fs::OpenOptions::new().append(true).open(cache.join(FETCH_FILE))?;
    out.write_all(&bytes)?;
    out.sync_data()
}

/// Ends a fetch: what was kept, and all its pages, in one.
pub fn end(cache: &Path, told: &Told) -> io::Result<()> {
    save(cache, told)?;
    fs::remove_file(cache.join(FETCH_FILE))
}

fn fetch_line(fetch: &Unfinished) -> FetchLine {
    FetchLine {
        fetch: fetch.what.clone(),
        since: fetch.since.map(written),
        newest: fetch.newest.map(written),
        cursor: fetch.cursor.clone(),
    }
}

fn line(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn rows(out: &mut impl io::Write, told: &Told) -> io::Result<()> {
    for (login, actor) in &told.actors {
        let addresses = actor.addresses.iter().map(|hash| format!("{hash:016x}")).collect();
        line(out, &ActorLine { actor: login.clone(), kind: actor.kind.name().to_owned(), addresses })?;
    }
    told.requests.iter().try_for_each(|(&number, request)| line(out, &request_line(number, request)))
}

fn request_line(number: u64, request: &ToldRequest) -> RequestLine {
    let commit = |id: Option<CommitId>| id.map(|id| id.to_string());
    let events = request.events.iter().map(|event| EventLine {
        at: written(event.at),
        kind: event.kind.name().to_owned(),
        actor: event.actor.clone(),
    });
    let state = request.state;
    RequestLine {
        request: number,
        author: request.author.clone(),
        written_at: request.written_at.map(written),
        opened_at: request.opened_at.map(written),
        merged_at: state.and_then(|state| state.merged_at).map(written),
        closed_at: state.and_then(|state| state.closed_at).map(written),
        stood_at: state.map(|state| written(state.at)),
        seen_at: request.seen_at.map(written),
        merge_commit: commit(request.merge_commit),
        squash_commit: commit(request.squash_commit),
        head_commit: commit(request.head_commit),
        files: request.files.as_ref().map(|files| files.paths.iter().cloned().collect()),
        files_complete: request.files.as_ref().map(|files| files.complete),
        events: events.collect(),
    }
}

fn read(input: impl io::BufRead) -> io::Result<(Kept, Option<Unfinished>)> {
    let mut kept = Kept::default();
    let mut fetch = None;
    for (at, text) in input.split(b'\n').enumerate() {
        let text = text?;
        if text.trim_ascii().is_empty() {
            continue;
        }
        let known = parsed(&text).and_then(|line| take(line, &mut kept.told));
        match known {
            Some(Taken::Row) => {}
            Some(Taken::Fetch(found)) => fetch = Some(found),
            Some(Taken::OtherFormat(format)) => {
                let why = format!("it is in the form `{format}`, and this version reads {FORMAT}");
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            None => {
                kept.damaged += 1;
                if kept.first_damaged == 0 {
                    kept.first_damaged = at as u64 + 1;
                }
            }
        }
    }
    Ok((kept, fetch))
}

/// A line as what its first key says it is; requests, nearly all of them, without a look at the others.
fn parsed(text: &[u8]) -> Option<Line> {
    if text.starts_with(b"{\"request\":") {
        serde_json::from_slice(text).ok().map(Line::Request)
    } else {
        serde_json::from_slice(text).ok()
    }
}

enum Taken {
    Row,
    Fetch(Unfinished),
    OtherFormat(String),
}

/// Takes a line; `None` when it holds something that was never written.
fn take(line: Line, told: &mut Told) -> Option<Taken> {
    let at = |text: &Option<String>| match text {
        None => Some(None),
        Some(text) => moment(text).map(Some),
    };
    match line {
        Line::Head(head) if head.format != FORMAT => return Some(Taken::OtherFormat(head.format)),
        Line::Head(head) => {
            told.repository = head.repository;
            told.fetched_until = at(&head.fetched_until)?;
        }
        Line::Actor(line) => {
            let addresses: Option<_> =
                line.addresses.iter().map(|hash| u64::from_str_radix(hash, 16).ok()).collect();
            let actor = ToldActor { kind: PersonKind::from_name(&line.kind)?, addresses: addresses? };
            let one = Told { actors: [(line.actor, actor)].into(), ..Told::default() };
            told.merge(one);
        }
        Line::Request(line) => {
            let number = line.request;
            let request = request(*line)?;
            told.request(number).merge(request);
        }
        Line::Fetch(line) => {
            return Some(Taken::Fetch(Unfinished {
                since: at(&line.since)?,
                newest: at(&line.newest)?,
                what: line.fetch,
                cursor: line.cursor,
            }));
        }
    }
    Some(Taken::Row)
}

fn request(line: RequestLine) -> Option<ToldRequest> {
    let at = |text: &Option<String>| match text {
        None => Some(None),
        Some(text) => moment(text).map(Some),
    };
    let commit = |text: &Option<String>| match text {
        None => Some(None),
        Some(text) => CommitId::from_hex(text).map(Some),
    };
    let event = |line: EventLine| {
        Some(ToldEvent { at: moment(&line.at)?, kind: EventKind::from_name(&line.kind)?, actor: line.actor })
    };
    let (merged_at, closed_at) = (at(&line.merged_at)?, at(&line.closed_at)?);
    let state = at(&line.stood_at)?.map(|at| State { at, merged_at, closed_at });
    let complete = line.files_complete.unwrap_or(false);
    Some(ToldRequest {
        written_at: at(&line.written_at)?,
        opened_at: at(&line.opened_at)?,
        state,
        seen_at: at(&line.seen_at)?,
        merge_commit: commit(&line.merge_commit)?,
        squash_commit: commit(&line.squash_commit)?,
        head_commit: commit(&line.head_commit)?,
        files: line.files.map(|paths| ToldFiles { paths: paths.into_iter().collect(), complete }),
        events: line.events.into_iter().map(event).collect::<Option<_>>()?,
        author: line.author,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> Told {
        let mut told =
            Told { repository: Some("shop/shop".into()), fetched_until: Some(77), ..Told::default() };
        told.actor("ana", PersonKind::Human);
        told.actor("dependabot", PersonKind::Bot);
        told.actors.get_mut("ana").unwrap().addresses.insert(3);
        let request = told.request(12);
        request.author = Some("ana".into());
        request.opened_at = Some(100);
        request.head_commit = CommitId::from_hex(&"a".repeat(40));
        request.stood(State { at: 300, merged_at: Some(300), closed_at: None });
        request.files = Some(ToldFiles { paths: ["a\u{1b}[31m".to_owned()].into(), complete: true });
        request.event(Some(200), EventKind::Approved, None);
        told
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let place = tempfile::tempdir().expect("a directory can be made");
        assert!(load(place.path()).unwrap().is_none());
        save(place.path(), &told()).unwrap();
        let kept = load(place.path()).unwrap().unwrap();
        assert_eq!((kept.told, kept.damaged), (told(), 0));
        let held = lock(place.path()).unwrap();
        assert!(held.is_some() && lock(place.path()).unwrap().is_none());
        drop(held);
        assert!(lock(place.path()).unwrap().is_some());
        assert!(forget(place.path()).unwrap());
        assert!(!forget(place.path()).unwrap());
    }

    #[test]
    fn a_damaged_line_costs_itself() {
        let place = tempfile::tempdir().expect("a directory can be made");
        save(place.path(), &told()).unwrap();
        let text = fs::read_to_string(file(place.path())).unwrap();
        fs::write(file(place.path()), text.replace("\"bot\"", "\"robot\"")).unwrap();
        let kept = load(place.path()).unwrap().unwrap();
        assert_eq!((kept.damaged, kept.first_damaged, kept.told.requests.len()), (1, 3, 1));
        fs::write(file(place.path()), text.replace("events/1", "events/9")).unwrap();
        assert!(load(place.path()).unwrap_err().to_string().contains("unsnarl.review-events/9"));
    }

    #[test]
    fn a_fetch_goes_on_where_it_stopped() {
        let place = tempfile::tempdir().expect("a directory can be made");
        let cache = place.path();
        let mut fetch = Unfinished { what: "github a/b".into(), since: None, newest: Some(9), cursor: None };
        begin(cache, &fetch).unwrap();
        fetch.cursor = Some("page 1".into());
        add(cache, &told(), &fetch).unwrap();
        // Killed in the middle of the next page.
        let mut out = fs::OpenOptions::new().append(true).open(cache.join(FETCH_FILE)).unwrap();
        out.write_all(b"\n{\"request\":13,\"auth").unwrap();
        let (found, pages) = unfinished(cache).unwrap().unwrap();
        assert_eq!((&found, pages.requests.keys().copied().collect::<Vec<_>>()), (&fetch, vec![12]));
        let mut more = Told::default();
        more.request(13).opened_at = Some(1);
        add(cache, &more, &fetch).unwrap();
        let (_, pages) = unfinished(cache).unwrap().unwrap();
        assert_eq!(pages.requests.keys().copied().collect::<Vec<_>>(), [12, 13]);
        end(cache, &pages).unwrap();
        assert!(unfinished(cache).unwrap().is_none() && load(cache).unwrap().is_some());
    }
}
