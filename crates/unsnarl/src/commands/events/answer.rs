//! What is said of what is kept, as text and as JSON.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use faces::plain::plain;
use facts::{EventKind, Omitted, PersonKind, Reviews, counts::grouped, time};
use measures::Method;
use serde_json::json;
use sources::{
    events::{Joined, Reading, kept},
    git,
};

use super::At;
use crate::{
    commands::{TextOrJson, plural, print},
    error::Error,
    picture::{self, Known},
    reviews,
};

/// The form of the JSON answer.
pub(super) const SCHEMA: &str = "unsnarl.events/1";

/// What is said after an import.
pub(super) struct Answer {
    known: Known,
    read: Option<(Reading, usize)>,
    place: Option<PathBuf>,
    repository: Option<String>,
}

impl Answer {
    pub(super) fn of(at: &At, read: Option<(Reading, usize)>) -> Result<Self, Error> {
        let known = picture::learn(&at.path, &at.look(), Method::Decayed)?;
        let source = git::open(&at.path, None)?;
        let found = reviews::kept(&source, &at.look())
            .map_err(|(path, error)| Error::Read { path, why: error.to_string() })?;
        let (place, repository) = match found {
            Some((cache, kept)) => (Some(kept::file(&cache)), kept.told.repository),
            None => (None, None),
        };
        Ok(Self { known, read, place, repository })
    }

    pub(super) fn print(&self, format: TextOrJson) -> Result<(), Error> {
        let counts = match (&self.known.facts.reviews, &self.known.joined) {
            (Some(reviews), Some(joined)) => Counts::of(reviews, joined),
            _ => Counts::default(),
        };
        print(&match format {
            TextOrJson::Text => self.text(&counts),
            TextOrJson::Json => pretty(&self.json(&counts)),
        })
    }

    /// What was left out: while reading, and while joining.
    fn ledger(&self) -> Vec<(u64, String)> {
        let mut lines = Vec::new();
        if let Some((reading, _)) = &self.read {
            for broken in &reading.broken {
                lines.push((1, format!("file broke off, and what came before is kept: {broken}")));
            }
            lines.extend(reading.skipped.iter().map(|(&why, &count)| (count, why.to_owned())));
            if let Some(unknown) = &reading.unknown {
                lines.push((1, format!("of them, the first: {unknown}")));
            }
            let elsewhere: u64 = reading.elsewhere.values().sum();
            if let Some(first) = reading.elsewhere.keys().next() {
                let more = plural(reading.elsewhere.len(), "other repository").replace("ys", "ies");
                lines.push((elsewhere, format!("things are of {more}, `{first}` first")));
            }
        }
        let joining = self.known.facts.ledger.iter().filter(|line| line.what == Omitted::ReviewEvents);
        lines.extend(joining.map(|line| (line.count, line.why.clone())));
        lines
    }

    fn text(&self, counts: &Counts) -> String {
        let Some(place) = &self.place else {
            return "no review events are kept; unsnarl events import FILE... reads them\n".to_owned();
        };
        let mut out = String::new();
        let of = self.repository.as_ref().map_or(String::new(), |name| format!(" of {name}"));
        let new =
            self.read.as_ref().map_or(String::new(), |(_, new)| format!(", {} new", grouped(*new as u64)));
        let _ = writeln!(out, "{}{of}{new}", plural(counts.requests as usize, "request"));
        let mut line = |head: &str, text: &str| {
            let _ = writeln!(out, "  {head:<8} {}", plain(text));
        };
        if let Some((reading, _)) = &self.read {
            let forms: Vec<&str> = reading.forms.iter().copied().collect();
            line("read", &forms.join(", "));
        }
        line("kept", &place.display().to_string());
        let share = match counts.merged {
            0 => String::new(),
            all => format!(" ({:.1} %)", 100.0 * counts.joined as f64 / all as f64),
        };
        let (merged, joined) = (grouped(counts.merged), grouped(counts.joined));
        line("merged", &format!("{merged}, of which {joined} are changes of this history{share}"));
        if counts.merged > 0 && counts.joined == 0 {
            line("", "is it what another repository exported? unsnarl events forget removes it");
        }
        for (how, count) in &counts.joined_by {
            line("", &format!("{} by {how}", grouped(*count)));
        }
        line(
            "open",
            &format!(
                "{}{}",
                grouped(counts.open),
                counts.seen.map_or(String::new(), |at| format!(", seen up to {}", time::date(at)))
            ),
        );
        line("closed", &format!("{} without a merge", grouped(counts.closed)));
        for (at, chunk) in counts.events.chunks(4).enumerate() {
            let words: Vec<String> =
                chunk.iter().map(|(name, count)| format!("{} {name}", grouped(*count))).collect();
            line(if at == 0 { "events" } else { "" }, &words.join(", "));
        }
        line(
            "actors",
            &format!(
                "{}: {} bots or agents, {} teams, {} others, of whom {} are joined to people of the history",
                grouped(counts.actors),
                grouped(counts.programs),
                grouped(counts.teams),
                grouped(counts.humans),
                grouped(counts.people)
            ),
        );
        let ledger = self.ledger();
        if !ledger.is_empty() {
            out.push_str("left out\n");
        }
        for (count, why) in ledger {
            let _ = writeln!(out, "  {:>8}  {}", grouped(count), plain(&why));
        }
        out
    }

    fn json(&self, counts: &Counts) -> serde_json::Value {
        let ledger: Vec<_> =
            self.ledger().into_iter().map(|(count, why)| json!({ "count": count, "why": why })).collect();
        let named = |pairs: &[(&'static str, u64)]| -> serde_json::Value {
            pairs
                .iter()
                .map(|(name, count)| ((*name).to_owned(), json!(count)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        json!({
            "schema": SCHEMA,
            "repository": self.repository,
            "requests": counts.requests,
            "new": self.read.as_ref().map(|(_, new)| new),
            "merged": counts.merged,
            "joined": counts.joined,
            "joined_by": named(&counts.joined_by),
            "open": counts.open,
            "closed": counts.closed,
            "seen_at": counts.seen.map(time::date),
            "events": named(&counts.events),
            "actors": { "all": counts.actors, "programs": counts.programs, "teams": counts.teams, "joined_to_people": counts.people },
            "ledger": ledger,
        })
    }
}

/// What there is, counted.
#[derive(Default)]
struct Counts {
    requests: u64,
    merged: u64,
    joined: u64,
    joined_by: Vec<(&'static str, u64)>,
    open: u64,
    closed: u64,
    seen: Option<time::Seconds>,
    events: Vec<(&'static str, u64)>,
    actors: u64,
    programs: u64,
    teams: u64,
    humans: u64,
    people: u64,
}

impl Counts {
    fn of(reviews: &Reviews, joined: &Joined) -> Self {
        let count = |holds: &dyn Fn(&facts::Request) -> bool| {
            reviews.requests.iter().filter(|request| holds(request)).count() as u64
        };
        let mut by_kind: BTreeMap<EventKind, u64> = BTreeMap::new();
        for event in reviews.requests.iter().flat_map(|request| &request.events) {
            *by_kind.entry(event.kind).or_default() += 1;
        }
        let actors = || reviews.actors.iter();
        let is_team = |actor: &&facts::Actor| actor.login.starts_with("team:");
        let human =
            |actor: &&facts::Actor| actor.kind == PersonKind::Human && !actor.login.starts_with("team:");
        Self {
            requests: reviews.requests.len() as u64,
            merged: count(&|request| request.merged_at.is_some()),
            joined: count(&|request| request.merged_at.is_some() && request.change.is_some()),
            joined_by: joined.joined_by.iter().map(|(&how, &count)| (how, count)).collect(),
            open: count(&facts::Request::is_open),
            closed: count(&|request| request.merged_at.is_none() && request.closed_at.is_some()),
            seen: reviews.requests.iter().map(|request| request.seen_at).max(),
            events: by_kind.into_iter().map(|(kind, count)| (kind.name(), count)).collect(),
            actors: reviews.actors.len() as u64,
            programs: actors().filter(|actor| actor.kind != PersonKind::Human).count() as u64,
            teams: actors().filter(is_team).count() as u64,
            humans: actors().filter(human).count() as u64,
            people: actors().filter(human).filter(|actor| actor.person.is_some()).count() as u64,
        }
    }
}

pub(super) fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
