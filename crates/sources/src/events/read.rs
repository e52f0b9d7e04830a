//! Reads exports: JSON, an array or one value a line, plain or gzipped; what each value is, is told by what it holds.
//!
//! Values are taken one by one, so that a file may be larger than memory. A file that breaks off keeps what was whole.
//! Whatever names another repository is left out and counted: a file of GH Archive holds everybody's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{self, BufRead, BufReader, Read},
};

use flate2::bufread::MultiGzDecoder;
use serde::{
    Deserialize as _,
    de::{
        DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::Value;

use super::{archive, fields::repository_of_url, github, gitlab, told::Told};

/// The forms that are understood, in a sentence.
pub const FORMS: &str = "gh pr list --json, GitHub's REST arrays of pulls, issues, issue events, reviews or commits, GraphQL answers, \
    GH Archive lines, GitLab's REST arrays of merge requests, notes or state events, GitLab's project export";

/// Keys of a value that nobody knows, so many at most.
const KEYS_SHOWN: usize = 6;

/// A file that broke off or is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub file: String,
    /// The line at which it broke, from 1.
    pub line: u64,
    /// The byte, from 0, in the text as it is unpacked.
    pub byte: u64,
    /// How.
    pub why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: line {}, byte {}: {}", self.file, self.line, self.byte, self.why)
    }
}

/// All that was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What was told of the repository that was meant.
    pub told: Told,
    /// The forms that were met.
    pub forms: BTreeSet<&'static str>,
    /// Files that broke off.
    pub broken: Vec<Broken>,
    /// What was left out: a sentence after a number, and the number.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Values of other repositories, by their names.
    pub elsewhere: BTreeMap<String, u64>,
    /// The first value that nobody knows.
    pub unknown: Option<String>,
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NothingRead {
    /// A file is no JSON, or broke off before its first value was whole.
    #[error("failed to read {0}")]
    Broken(Broken),
    /// It is JSON, and none of the forms.
    #[error("failed to read {0}")]
    Unknown(String),
    /// All of it is about other repositories.
    #[error("failed to import: every request is of another repository, {elsewhere}; this one is {own}")]
    Elsewhere {
        /// Theirs.
        elsewhere: String,
        /// Ours.
        own: String,
    },
    /// Several repositories, and nobody said which is meant.
    #[error("failed to import: the requests are of {0} repositories, {1}; which is meant is not told")]
    Several(usize, String),
    /// Files without a request.
    #[error("failed to import: the files hold no request, review or event of one")]
    Empty,
}

/// What a form's reader fills.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    /// Names of the repository, lower case; empty where nobody said them.
    wanted: Vec<String>,
    /// What this file told, by repository in lower case; empty where the file does not name one.
    file: BTreeMap<String, Told>,
    /// What all files before told.
    all: BTreeMap<String, Told>,
    reading: Reading,
    requests_of_ids: BTreeMap<u64, u64>,
    logins_of_numbers: BTreeMap<u64, String>,
    state_events: Vec<(u64, Value)>,
}

impl Gathering {
    /// Where to put what is told of a repository; `None` when it is not the one that is meant.
    pub(super) fn of(&mut self, named: Option<&str>, url: Option<&str>) -> Option<&mut Told> {
        let name = named.map(str::to_owned).or_else(|| url.and_then(repository_of_url));
        let key = name.as_deref().unwrap_or_default().to_lowercase();
        if !key.is_empty() && !self.wanted.is_empty() && !self.wanted.contains(&key) {
            *self.reading.elsewhere.entry(name.unwrap_or_default()).or_default() += 1;
            return None;
        }
        let told = self.file.entry(key).or_default();
        if told.repository.is_none() {
            told.repository = name;
        }
        Some(told)
    }

    pub(super) fn note_form(&mut self, form: &'static str) {
        self.reading.forms.insert(form);
    }

    pub(super) fn skip(&mut self, why: &'static str) {
        self.skip_many(why, 1);
    }

    pub(super) fn skip_many(&mut self, why: &'static str, count: u64) {
        if count > 0 {
            *self.reading.skipped.entry(why).or_default() += count;
        }
    }

    /// GitLab's number of a request among all of an instance.
    pub(super) fn note_id(&mut self, id: u64, number: u64) {
        self.requests_of_ids.insert(id, number);
    }

    /// GitLab's number of an account.
    pub(super) fn note_login(&mut self, number: u64, login: String) {
        self.logins_of_numbers.insert(number, login);
    }

    /// A state event, to be given to its request when all requests are known.
    pub(super) fn later(&mut self, id: u64, event: Value) {
        self.state_events.push((id, event));
    }

    fn take(&mut self, value: &Value, place: &dyn Fn() -> String) {
        if let Some(values) = value.as_array() {
            return values.iter().for_each(|value| self.take(value, place));
        }
        let known = value.is_object()
            && (archive::take(value, self) || gitlab::take(value, self) || github::take(value, self));
        if !known {
            self.skip("values are in no form that is known");
            if self.reading.unknown.is_none() {
                self.reading.unknown = Some(format!("{}: {}", place(), described(value)));
            }
        }
    }

    /// Closes a file: its requests were seen no earlier than the latest moment it names.
    fn close_file(&mut self) {
        for (key, mut told) in std::mem::take(&mut self.file) {
            if let Some(latest) = told.latest() {
                told.seen(latest);
            }
            self.all.entry(key).or_default().merge(told);
        }
    }
}

/// What an unknown value looks like.
fn described(value: &Value) -> String {
    match value.as_object() {
        None => {
            format!("expected an object, found `{}`", value.to_string().chars().take(20).collect::<String>())
        }
        Some(object) if object.is_empty() => "it is an empty object".to_owned(),
        Some(object) => {
            let keys: Vec<&str> = object.keys().map(String::as_str).take(KEYS_SHOWN).collect();
            let more = if object.len() > KEYS_SHOWN { ", …" } else { "" };
            format!("its keys, {}{more}, are of no form that is known", keys.join(", "))
        }
    }
}

/// Reads files one after the other.
#[derive(Debug, Default)]
pub struct Reader {
    gathering: Gathering,
}

impl Reader {
    /// A reader of what is told of the repository with these names; of whichever it is, where there is none.
    pub fn new(names: &[String]) -> Self {
        let wanted = names.iter().map(|name| name.to_lowercase()).collect();
        Self { gathering: Gathering { wanted, ..Gathering::default() } }
    }

    /// Reads a file; `name` is what it is called.
    pub fn file(&mut self, name: &str, input: impl Read) {
        let broken = self.stream(name, input).err();
        self.gathering.reading.broken.extend(broken);
        self.gathering.close_file();
    }

    /// Takes one value that was asked for; `name` is where.
    pub fn value(&mut self, name: &str, value: &Value) {
        self.gathering.take(value, &|| name.to_owned());
        self.gathering.close_file();
    }

    fn stream(&mut self, name: &str, input: impl Read) -> Result<(), Broken> {
        let broken = |line, byte, why| Broken { file: name.to_owned(), line, byte, why };
        let mut packed = BufReader::with_capacity(1 << 16, input);
        let start = packed.fill_buf().map_err(|error| broken(1, 0, error.to_string()))?;
        let mut text: Counted<Box<dyn BufRead + '_>> = if start.starts_with(&[0x1f, 0x8b]) {
            Counted::new(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(packed))))
        } else {
            Counted::new(Box::new(packed))
        };
        loop {
            match text.skip_space() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(broken(text.line, text.byte, damaged(&error))),
            }
            let line = text.line;
            let gathering = &mut self.gathering;
            let mut deserializer = serde_json::Deserializer::from_reader(&mut text);
            let elements =
                Elements(&mut |value: &Value| gathering.take(value, &|| format!("`{name}`: line {line}")));
            if let Err(error) = elements.deserialize(&mut deserializer) {
                return Err(broken(text.line, text.byte, in_plain_words(&error)));
            }
        }
    }

    /// What all files told of the one repository that is meant.
    pub fn finish(self) -> Result<Reading, NothingRead> {
        let Gathering {
            wanted, mut all, mut reading, requests_of_ids, logins_of_numbers, state_events, ..
        } = self.gathering;
        let mut told = all.remove("").unwrap_or_default();
        let names: Vec<String> = all.values().filter_map(|told| told.repository.clone()).collect();
        if wanted.is_empty() && names.len() > 1 {
            return Err(NothingRead::Several(names.len(), few(&names)));
        }
        all.into_values().for_each(|one| told.merge(one));
        for (id, event) in state_events {
            match requests_of_ids.get(&id) {
                Some(&number) => {
                    let mut request = super::ToldRequest::default();
                    gitlab::state_event(&event, &mut request, &mut told);
                    told.request(number).merge(request);
                }
                None => {
                    *reading
                        .skipped
                        .entry("state events belong to merge requests that are in no file")
                        .or_default() += 1
                }
            }
        }
        rename(&mut told, &logins_of_numbers);
        reading.told = told;
        // Commits alone tell who is who.
        if !reading.told.requests.is_empty() || !reading.told.actors.is_empty() {
            return Ok(reading);
        }
        Err(if !reading.elsewhere.is_empty() {
            let names: Vec<String> = reading.elsewhere.into_keys().collect();
            NothingRead::Elsewhere { elsewhere: few(&names), own: few(&wanted) }
        } else if let Some(broken) = reading.broken.into_iter().next() {
            NothingRead::Broken(broken)
        } else if let Some(unknown) = reading.unknown {
            NothingRead::Unknown(unknown)
        } else {
            NothingRead::Empty
        })
    }
}

/// Gives accounts of which only the number was told the logins that another file told.
fn rename(told: &mut Told, logins: &BTreeMap<u64, String>) {
    let names: BTreeMap<String, &String> =
        logins.iter().map(|(&number, login)| (gitlab::placeholder(number), login)).collect();
    for (placeholder, login) in &names {
        if let Some(actor) = told.actors.remove(placeholder) {
            told.actor(login, actor.kind);
        }
    }
    let named = |actor: &mut Option<String>| {
        if let Some(login) = actor.as_ref().and_then(|actor| names.get(actor)) {
            *actor = Some((*login).clone());
        }
    };
    for request in told.requests.values_mut() {
        named(&mut request.author);
        let events = std::mem::take(&mut request.events);
        request.events = events
            .into_iter()
            .map(|mut event| {
                named(&mut event.actor);
                event
            })
            .collect();
    }
}

/// The first names of many.
fn few(names: &[String]) -> String {
    let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
    format!("{}{more}", names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// Why JSON could not be read, without the line, which is told beside it.
fn in_plain_words(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "it ends in the middle of a value".to_owned();
    }
    if error.is_io() {
        return damaged(&io::Error::other(error.to_string()));
    }
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    format!("it is no JSON: {text}")
}

/// Why bytes could not be read.
fn damaged(error: &io::Error) -> String {
    format!("it cannot be read further: {error}")
}

/// Hands on every element of an array, or the one value that is none.
struct Elements<'f>(&'f mut dyn FnMut(&Value));

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        while let Some(value) = array.next_element::<Value>()? {
            (self.0)(&value);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(map)).map_err(A::Error::custom)?;
        (self.0)(&value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        (self.0)(&Value::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        (self.0)(&value.into());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        (self.0)(&value.into());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        (self.0)(&value.into());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        (self.0)(&value.into());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        (self.0)(&value.into());
        Ok(())
    }
}

/// Counts lines and bytes as they are read.
struct Counted<R> {
    inner: R,
    line: u64,
    byte: u64,
}

impl<R: BufRead> Counted<R> {
    fn new(inner: R) -> Self {
        Self { inner, line: 1, byte: 0 }
    }

    /// Passes over space between values; whether another value follows.
    fn skip_space(&mut self) -> io::Result<bool> {
        loop {
            let buffer = self.inner.fill_buf()?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let mark: &[u8] = b"\xef\xbb\xbf";
            let space = if self.byte == 0 && buffer.starts_with(mark) {
                mark.len()
            } else {
                buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
            };
            if space == 0 {
                return Ok(true);
            }
            self.count(space)?;
        }
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        let buffer = self.inner.fill_buf()?;
        self.line += buffer[..bytes].iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.byte += bytes as u64;
        self.inner.consume(bytes);
        Ok(())
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let buffer = self.inner.fill_buf()?;
        let bytes = buffer.len().min(out.len());
        out[..bytes].copy_from_slice(&buffer[..bytes]);
        self.count(bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &[u8]) -> Result<Reading, NothingRead> {
        let mut reader = Reader::new(&[]);
        reader.file("x", text);
        reader.finish()
    }

    fn pull(number: u64) -> String {
        json!({ "number": number, "createdAt": "2024-01-01T00:00:00Z", "mergedAt": null }).to_string()
    }

    #[test]
    fn values_stand_in_arrays_in_lines_or_one_after_the_other() {
        let (a, b) = (pull(1), pull(2));
        for text in [
            format!("[{a},{b}]"),
            format!("{a}\n{b}\n"),
            format!("{a}{b}"),
            format!("[{a}][{b}]"),
            format!("[[{a}],[{b}]]"),
            format!("\u{feff} [{a},\n {b}] \n"),
        ] {
            let reading = read(text.as_bytes()).expect("it is a form");
            assert_eq!(reading.told.requests.keys().copied().collect::<Vec<_>>(), [1, 2], "{text}");
            assert!(reading.broken.is_empty() && reading.skipped.is_empty());
        }
    }

    #[test]
    fn a_break_is_told_where_it_is() {
        let text = format!("{}\n{}\n{{\"number\": 3, oops", pull(1), pull(2));
        let reading = read(text.as_bytes()).expect("two are whole");
        assert_eq!(reading.told.requests.len(), 2);
        let broken = &reading.broken[0];
        assert_eq!((broken.line, broken.byte), (3, text.find("oops").expect("it is there") as u64 + 1));
        assert!(broken.why.starts_with("it is no JSON: "), "{broken}");
    }

    /// Keys that mean something to one of the forms, so that random values reach deep into all of them.
    const KEYS: [&str; 48] = [
        "number",
        "iid",
        "id",
        "author",
        "user",
        "login",
        "username",
        "createdAt",
        "created_at",
        "mergedAt",
        "merged_at",
        "closed_at",
        "updated_at",
        "state",
        "reviews",
        "commits",
        "nodes",
        "edges",
        "node",
        "commit",
        "files",
        "path",
        "data",
        "repository",
        "pullRequests",
        "timelineItems",
        "__typename",
        "event",
        "issue",
        "pull_request",
        "pull_request_url",
        "url",
        "type",
        "repo",
        "name",
        "payload",
        "action",
        "head",
        "base",
        "notes",
        "body",
        "system",
        "metrics",
        "author_id",
        "resource_type",
        "resource_id",
        "access_level",
        "merge_request_diff",
    ];
    const WORDS: [&str; 16] = [
        "2024-01-31T12:30:00Z",
        "ana",
        "",
        "APPROVED",
        "PullRequestEvent",
        "opened",
        "closed",
        "MergeRequest",
        "a/b",
        "https://api.github.com/repos/a/b/pulls/7",
        "ReviewRequestedEvent",
        "merged",
        "approved this merge request",
        "requested review from @ana",
        "\u{1b}[31m",
        "reviewed",
    ];

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (0u64..9).prop_map(Value::from),
            proptest::sample::select(&WORDS[..]).prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(proptest::sample::select(&KEYS[..]), inner, 0..8)
                    .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_value_makes_it_panic_and_order_means_nothing(all in proptest::collection::vec(values(), 1..6)) {
            let line = |value: &Value| format!("{value}\n");
            let there: String = all.iter().map(line).collect();
            let back: String = all.iter().rev().map(line).collect();
            let (there, back) = (read(there.as_bytes()), read(back.as_bytes()));
            if let (Ok(there), Ok(back)) = (&there, &back) {
                let kinds = |reading: &Reading| reading.told.requests.values().map(|one| one.settle().events.len()).collect::<Vec<_>>();
                prop_assert_eq!(kinds(there), kinds(back));
                prop_assert_eq!(&there.skipped, &back.skipped);
            }
            prop_assert_eq!(there.is_ok(), back.is_ok());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), packed in any::<bool>()) {
            let mark: &[u8] = if packed { &[0x1f, 0x8b, 8, 0] } else { b"[" };
            let _ = read(&[mark, &bytes].concat());
        }
    }
}
