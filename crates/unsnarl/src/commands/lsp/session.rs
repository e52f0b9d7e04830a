//! One editor from `initialize` to `exit`: what it holds open, what it asked, what it was told.
//!
//! While somebody types nothing is looked at; after a pause the latest text is, and what was found of an older one is
//! thrown away.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use faces::{
    check::editor::{Mark, Severity},
    editor::Partner,
    owners::Answer,
};
use gen_lsp_types::{
    CodeLens, CodeLensOptions, CodeLensParams, Command, Contents, Diagnostic, DiagnosticSeverity,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, Hover, HoverParams,
    InitializeResult, MarkupContent, MarkupKind, Position, PositionEncodingKind, PublishDiagnosticsParams,
    Range, Save, ServerCapabilities, ServerInfo, TextDocumentSyncKind, TextDocumentSyncOptions, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Event,
    desk::{Found, Open, Seen},
    document::{self, Encoding},
    guarded,
    past::Past,
    uri,
    wire::{Client, Incoming, Wrong},
};
use crate::error::Error;

/// How long nobody types before what was typed is looked at.
const PAUSE: Duration = Duration::from_millis(150);

/// Files that decide what is held, wherever they lie.
const WATCHED: [&str; 6] = [
    "**/unsnarl.toml",
    "**/module.toml",
    "**/CODEOWNERS",
    "**/OWNERS",
    "**/OWNERS_ALIASES",
    "**/.unsnarl/debt/**",
];

/// Those who do the work.
pub(super) struct Workers {
    /// Takes open documents, and whether the disk may hold another tree than it did.
    pub(super) desk: Sender<(Vec<Open>, bool)>,
    /// Takes paths.
    pub(super) past: Sender<String>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Open,
    ShutDown,
}

/// A document that is open.
struct Document {
    file: Option<PathBuf>,
    version: i32,
    text: Arc<String>,
    /// What was found in it last, of this text or an earlier one.
    seen: Option<Seen>,
    /// What history says of it.
    past: Option<Past>,
    /// What the editor shows, and of which text.
    published: Option<(i32, Vec<Mark>)>,
}

/// What was asked of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    Lens,
    Hover,
}

/// One session; `start` is handed the editor's workspace.
pub(super) struct Session<W, S> {
    client: Client<W>,
    start: S,
    workers: Option<Workers>,
    stage: Stage,
    encoding: Encoding,
    can_refresh: bool,
    can_watch: bool,
    documents: BTreeMap<String, Document>,
    /// Marked files that are not open.
    elsewhere: BTreeSet<String>,
    /// Asked before anything was found.
    waiting: Vec<(Value, String, Want)>,
    /// When to look.
    due: Option<Instant>,
    /// Whether the next look is at the whole tree.
    again: bool,
    /// Whether somebody is looking.
    busy: bool,
    /// Paths history is being asked for.
    asked: BTreeSet<String>,
    /// Whether what was told of history has changed.
    stale: bool,
    /// What was said of the whole.
    noted: BTreeSet<String>,
}

/// Whether a session goes on.
enum Then {
    GoOn,
    End,
}

impl<W: Write, S: FnMut(Option<PathBuf>) -> Workers> Session<W, S> {
    pub(super) fn new(out: W, start: S) -> Self {
        Self {
            client: Client::new(out),
            start,
            workers: None,
            stage: Stage::New,
            encoding: Encoding::Utf16,
            can_refresh: false,
            can_watch: false,
            documents: BTreeMap::new(),
            elsewhere: BTreeSet::new(),
            waiting: Vec::new(),
            due: None,
            again: false,
            busy: false,
            asked: BTreeSet::new(),
            stale: false,
            noted: BTreeSet::new(),
        }
    }

    /// Answers until the editor is done.
    pub(super) fn run(mut self, events: &Receiver<Event>) -> Result<(), Error> {
        while let Some(event) = self.next(events) {
            if let Then::End = self.take(event).map_err(Error::Stdout)? {
                break;
            }
        }
        if self.stage == Stage::ShutDown { Ok(()) } else { Err(Error::Abandoned) }
    }

    /// The next event; looks at what was typed when its time has come.
    fn next(&mut self, events: &Receiver<Event>) -> Option<Event> {
        loop {
            let Some(due) = self.due.filter(|_| !self.busy) else { return events.recv().ok() };
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.look();
                continue;
            }
            match events.recv_timeout(left) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn look(&mut self) {
        self.due = None;
        let open = |(uri, document): (&String, &Document)| Open {
            uri: uri.clone(),
            file: document.file.clone(),
            version: document.version,
            text: Arc::clone(&document.text),
        };
        let open = self.documents.iter().map(open).collect();
        let again = std::mem::take(&mut self.again);
        self.busy = self.workers.as_ref().is_some_and(|workers| workers.desk.send((open, again)).is_ok());
    }

    fn take(&mut self, event: Event) -> io::Result<Then> {
        match event {
            Event::Gone => return Ok(Then::End),
            Event::Said(message) => return self.hear(message),
            Event::Looked(found) => self.looked(found)?,
            Event::Remembered(past) => self.remembered(past)?,
        }
        Ok(Then::GoOn)
    }

    fn hear(&mut self, message: Incoming) -> io::Result<Then> {
        match message {
            Incoming::Wrong { id, wrong, why } => self.client.refuse(&id, wrong, &why)?,
            Incoming::Response => {}
            Incoming::Notification { method, .. } if method == "exit" => return Ok(Then::End),
            Incoming::Notification { .. } if self.stage != Stage::Open => {}
            Incoming::Notification { method, params } => {
                guarded(|| self.heed(&method, params)).unwrap_or_else(|why| self.log(1, &why))?;
            }
            Incoming::Request { id, method, params } => {
                let answered = guarded(|| self.answer(&id, &method, params));
                answered.unwrap_or_else(|why| self.client.refuse(&id, Wrong::Internal, &why))?;
            }
        }
        Ok(Then::GoOn)
    }

    fn answer(&mut self, id: &Value, method: &str, params: Value) -> io::Result<()> {
        match (self.stage, method) {
            (Stage::New, "initialize") => {
                let result = self.initialize(&params);
                self.client.answer(id, result)
            }
            (Stage::New, _) => self.client.refuse(id, Wrong::NotInitialized, "initialize comes first"),
            (Stage::ShutDown, _) => self.client.refuse(id, Wrong::Request, "it was shut down"),
            (Stage::Open, "initialize") => {
                self.client.refuse(id, Wrong::Request, "it was initialized already")
            }
            (Stage::Open, "shutdown") => {
                self.stage = Stage::ShutDown;
                self.client.answer(id, Value::Null)
            }
            (Stage::Open, "textDocument/codeLens") => match read::<CodeLensParams>(params) {
                Ok(params) => self.wanted(id, params.text_document.uri.0, Want::Lens),
                Err(why) => self.client.refuse(id, Wrong::Parameters, &why),
            },
            (Stage::Open, "textDocument/hover") => match read::<HoverParams>(params) {
                Ok(params) => {
                    let place = params.text_document_position_params;
                    // Further down there is code, and others know more of it.
                    if place.position.line > 0 {
                        return self.client.answer(id, Value::Null);
                    }
                    self.wanted(id, place.text_document.uri.0, Want::Hover)
                }
                Err(why) => self.client.refuse(id, Wrong::Parameters, &why),
            },
            (Stage::Open, _) => self.client.refuse(id, Wrong::Method, &format!("`{method}` is not known")),
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        let can = |pointer: &str| params.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
        let encodings = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let (encoding, kind) = match encodings.is_some_and(|all| all.iter().any(|one| one == "utf-8")) {
            true => (Encoding::Utf8, PositionEncodingKind::UTF8),
            false => (Encoding::Utf16, PositionEncodingKind::UTF16),
        };
        self.encoding = encoding;
        self.can_refresh = can("/capabilities/workspace/codeLens/refreshSupport");
        self.can_watch = can("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration");
        let named = |pointer: &str| params.pointer(pointer).and_then(Value::as_str);
        let root = named("/workspaceFolders/0/uri").or_else(|| named("/rootUri")).and_then(uri::file);
        self.workers = Some((self.start)(root.or_else(|| named("/rootPath").map(PathBuf::from))));
        self.stage = Stage::Open;
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        };
        value(InitializeResult {
            capabilities: ServerCapabilities {
                position_encoding: Some(kind),
                text_document_sync: Some(sync.into()),
                hover_provider: Some(true.into()),
                code_lens_provider: Some(CodeLensOptions::default()),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: "unsnarl".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    fn heed(&mut self, method: &str, params: Value) -> io::Result<()> {
        match method {
            "initialized" if self.can_watch => {
                let watchers: Vec<Value> =
                    WATCHED.iter().map(|pattern| json!({ "globPattern": pattern })).collect();
                let registration = json!({
                    "id": "unsnarl-files",
                    "method": "workspace/didChangeWatchedFiles",
                    "registerOptions": { "watchers": watchers },
                });
                self.client
                    .request("client/registerCapability", json!({ "registrations": [registration] }))?;
            }
            "textDocument/didOpen" => {
                let Ok(params) = read::<DidOpenTextDocumentParams>(params) else { return Ok(()) };
                let opened = params.text_document;
                let document = Document {
                    file: uri::file(&opened.uri.0),
                    version: opened.version,
                    text: Arc::new(opened.text),
                    seen: None,
                    past: None,
                    published: None,
                };
                self.documents.insert(opened.uri.0, document);
                self.due = Some(Instant::now());
            }
            "textDocument/didChange" => {
                let Ok(params) = read::<DidChangeTextDocumentParams>(params) else { return Ok(()) };
                let named = params.text_document;
                let Some(document) = self.documents.get_mut(&named.text_document_identifier.uri.0) else {
                    return Ok(());
                };
                for change in params.content_changes {
                    document::edit(&mut document.text, change, self.encoding);
                }
                document.version = named.version;
                self.due = Some(Instant::now() + PAUSE);
            }
            "textDocument/didSave" => {
                self.again = true;
                self.due = Some(Instant::now());
                // A commit may lie between.
                let paths: Vec<String> = self.documents.values().filter_map(Document::path).collect();
                paths.into_iter().for_each(|path| self.ask(path));
            }
            "textDocument/didClose" => {
                let Ok(params) = read::<DidCloseTextDocumentParams>(params) else { return Ok(()) };
                if self.documents.remove(&params.text_document.uri.0).is_some() {
                    self.again = true;
                    self.due = Some(Instant::now() + PAUSE);
                    self.publish(&params.text_document.uri.0, None, &[])?;
                    self.answer_waiting()?;
                }
            }
            "workspace/didChangeWatchedFiles" => {
                self.again = true;
                self.due = Some(Instant::now() + PAUSE);
            }
            "$/cancelRequest" => {
                let held = self.waiting.iter().position(|(id, _, _)| Some(id) == params.get("id"));
                if let Some((id, _, _)) = held.map(|at| self.waiting.remove(at)) {
                    self.client.refuse(&id, Wrong::Cancelled, "it was cancelled")?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what was found; what was found of an older text than there is now is not shown.
    fn looked(&mut self, found: Found) -> io::Result<()> {
        self.busy = false;
        for gone in std::mem::take(&mut self.elsewhere) {
            if !found.elsewhere.contains_key(&gone) {
                self.publish(&gone, None, &[])?;
            }
        }
        for (uri, marks) in &found.elsewhere {
            self.publish(uri, None, marks)?;
        }
        self.elsewhere = found.elsewhere.into_keys().collect();
        for (uri, seen) in found.seen {
            let Some(document) = self.documents.get_mut(&uri) else { continue };
            let is_new = document.path() != seen.path;
            let now = (seen.version, seen.marks.clone());
            document.seen = Some(seen);
            if now.0 == document.version && document.published.as_ref() != Some(&now) {
                document.published = Some(now.clone());
                self.publish(&uri, Some(now.0), &now.1)?;
            }
            let path = self.documents.get(&uri).and_then(Document::path).filter(|_| is_new);
            path.into_iter().for_each(|path| self.ask(path));
        }
        if let Some(note) = found.note {
            self.log(3, &note)?;
        }
        self.answer_waiting()
    }

    /// Asks history of a path; what was asked and is not answered yet is not asked again.
    fn ask(&mut self, path: String) {
        if let Some(workers) = &self.workers
            && self.asked.insert(path.clone())
        {
            let _ = workers.past.send(path);
        }
    }

    fn remembered(&mut self, past: Result<Box<Past>, String>) -> io::Result<()> {
        match past {
            Ok(past) => {
                self.asked.remove(&past.path);
                for document in self.documents.values_mut() {
                    if document.path().as_ref() == Some(&past.path) {
                        let before = document.said();
                        document.past = Some(Past::clone(&past));
                        self.stale |= before != document.said();
                    }
                }
            }
            Err(why) => {
                self.asked.clear();
                self.log(2, &why)?;
            }
        }
        if self.asked.is_empty() && std::mem::take(&mut self.stale) && self.can_refresh {
            self.client.request("workspace/codeLens/refresh", Value::Null)?;
        }
        Ok(())
    }

    /// Answers a question about a document now or, where nothing was found yet, as soon as something is.
    fn wanted(&mut self, id: &Value, uri: String, want: Want) -> io::Result<()> {
        if self.documents.get(&uri).is_some_and(|document| document.seen.is_none()) {
            self.waiting.push((id.clone(), uri, want));
            return Ok(());
        }
        let said = self.documents.get(&uri).and_then(Document::said);
        let answer = match want {
            Want::Lens => value(said.map(|(line, _)| lens(line)).into_iter().collect::<Vec<_>>()),
            Want::Hover => value(said.map(|(_, page)| hover(page))),
        };
        self.client.answer(id, answer)
    }

    fn answer_waiting(&mut self) -> io::Result<()> {
        for (id, uri, want) in std::mem::take(&mut self.waiting) {
            self.wanted(&id, uri, want)?;
        }
        Ok(())
    }

    fn publish(&mut self, uri: &str, version: Option<i32>, marks: &[Mark]) -> io::Result<()> {
        let diagnostics = marks.iter().map(|mark| diagnostic(mark, self.encoding)).collect();
        let params = PublishDiagnosticsParams { uri: Uri::from(uri), version, diagnostics };
        self.client.notify("textDocument/publishDiagnostics", value(params))
    }

    /// Says something once where the editor keeps such things: 1 a fault, 2 a warning, 3 for information.
    fn log(&mut self, kind: u8, message: &str) -> io::Result<()> {
        if !self.noted.insert(message.to_owned()) {
            return Ok(());
        }
        self.client
            .notify("window/logMessage", json!({ "type": kind, "message": faces::plain::plain(message) }))
    }
}

impl Document {
    /// Its path from the root.
    fn path(&self) -> Option<String> {
        self.seen.as_ref()?.path.clone()
    }

    /// The line above its code, and the same in full; `None` where it is no part of the tree.
    fn said(&self) -> Option<(String, String)> {
        let owned = self.seen.as_ref()?.owned.clone()?;
        let past = self.past.as_ref().map(|past| &past.answer);
        let answer = past.map_or(owned.clone(), |past| with_past(owned, past));
        let partners: &[Partner] = self.past.as_ref().map_or(&[], |past| &past.partners);
        Some((faces::editor::line(&answer, partners), faces::editor::page(&answer, partners)))
    }
}

/// Who owns a file by what is declared now, and whose work it is by what was committed.
fn with_past(owned: Answer, past: &Answer) -> Answer {
    Answer {
        module: owned.module.or_else(|| past.module.clone()),
        steward: past.steward.clone(),
        steward_share: past.steward_share,
        recent_changes: past.recent_changes,
        agrees: past.agrees,
        ..owned
    }
}

/// Parameters as a method has them, or what is wrong with them.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}

fn value(result: impl serde::Serialize) -> Value {
    serde_json::to_value(result).expect("types of the protocol are JSON")
}

fn lens(title: String) -> CodeLens {
    // Without a command an editor shows the line and nothing to click at.
    let command = Command { title, ..Command::default() };
    CodeLens { range: Range::default(), command: Some(command), data: None }
}

fn hover(page: String) -> Hover {
    let content = MarkupContent { kind: MarkupKind::PlainText, value: page };
    Hover { contents: Contents::MarkupContent(content), range: None }
}

fn diagnostic(mark: &Mark, encoding: Encoding) -> Diagnostic {
    let line = mark.line.saturating_sub(1);
    let columns = mark.columns.map(|columns| match encoding {
        Encoding::Utf16 => columns.utf16,
        Encoding::Utf8 => columns.bytes,
    });
    let at = |column: usize| Position { line, character: u32::try_from(column - 1).unwrap_or(u32::MAX) };
    let range = match columns {
        Some((start, end)) => Range { start: at(start), end: at(end) },
        None => Range { start: at(1), end: Position { line: line + 1, character: 0 } },
    };
    let severity = match mark.severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Hint => DiagnosticSeverity::Hint,
    };
    let rule = mark.code.starts_with('U');
    Diagnostic {
        range,
        severity: Some(severity),
        code: Some(mark.code.into()),
        source: Some("unsnarl".to_owned()),
        message: mark.message.clone().into(),
        data: rule.then(|| json!({ "explain": format!("unsnarl explain {}", mark.code) })),
        ..Diagnostic::default()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Mutex, mpsc::channel},
        thread,
    };

    use super::*;
    use crate::commands::lsp::wire;

    /// What a session wrote.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody fails while writing").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn note(method: &str, params: Value) -> Event {
        Event::Said(Incoming::Notification { method: method.to_owned(), params })
    }

    fn request(method: &str, params: Value) -> Event {
        Event::Said(Incoming::Request { id: json!(1), method: method.to_owned(), params })
    }

    fn found(open: &[Open], line: u32) -> Event {
        let message = "broken".to_owned();
        let mark = Mark { line, columns: None, severity: Severity::Error, code: "U101", message };
        let seen = Seen { version: open[0].version, marks: vec![mark], ..Seen::default() };
        Event::Looked(Found { seen: BTreeMap::from([(open[0].uri.clone(), seen)]), ..Found::default() })
    }

    /// Somebody types on while their first text is looked at.
    #[test]
    fn what_was_found_of_an_older_text_is_not_shown() {
        let (events, heard) = channel();
        let (desk, jobs) = channel();
        let (past, _asked) = channel();
        let written = Written::default();
        let out = written.clone();
        let session = thread::spawn(move || {
            let mut workers = Some(Workers { desk, past });
            let start = move |_| workers.take().expect("a session starts once");
            Session::new(out, start).run(&heard)
        });
        let say = |event| events.send(event).expect("the session goes on");
        let document = |version: i32| json!({ "uri": "file:///a.py", "languageId": "python", "version": version, "text": "" });
        say(request("initialize", json!({})));
        say(note("textDocument/didOpen", json!({ "textDocument": document(1) })));
        let (first, _) = jobs.recv().expect("it is looked at once it is open");
        let change = json!({ "textDocument": document(2), "contentChanges": [{ "text": "import b" }] });
        say(note("textDocument/didChange", change));
        say(found(&first, 7));
        let (second, again) = jobs.recv().expect("it is looked at after a pause");
        assert_eq!((second[0].version, second[0].text.as_str(), again), (2, "import b", false));
        say(found(&second, 8));
        say(note("textDocument/didSave", json!({ "textDocument": document(2) })));
        let (third, again) = jobs.recv().expect("what is saved is looked at");
        assert!(again, "the disk lies otherwise");
        say(found(&third, 8));
        say(request("shutdown", Value::Null));
        say(note("exit", Value::Null));
        session.join().expect("it does not fail").expect("it was asked to end");
        let written = written.0.lock().expect("nobody fails while writing").clone();
        let mut rest = written.as_slice();
        let all = std::iter::from_fn(|| wire::read(&mut rest).expect("a slice can be read"));
        let shown: Vec<(Value, Value)> = all
            .filter_map(|message| match message {
                Incoming::Notification { params, .. } => Some(params),
                _ => None,
            })
            .map(|params| {
                (params["version"].clone(), params["diagnostics"][0]["range"]["start"]["line"].clone())
            })
            .collect();
        assert_eq!(shown, [(json!(2), json!(7))], "once, and of the second text");
    }
}
