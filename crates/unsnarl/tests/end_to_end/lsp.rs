//! `unsnarl lsp`, asked by a client that frames messages with rust-analyzer's own library, over the program's pipes.

use std::{
    fs,
    io::{BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use testkit::repo::{
    Commit, History, Repository, Sandbox,
    planted::{self, Plan},
};

use crate::{
    check::Shop,
    stage::{program, unsnarl},
};

/// No answer takes as long; a test that waits longer has failed.
const LONGEST: Duration = Duration::from_secs(60);

/// An editor.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    heard: Receiver<Message>,
    /// What was heard while something else was waited for.
    held: Vec<Message>,
    asked: i32,
}

impl Editor {
    /// Starts a server and says nothing yet.
    fn silent(sandbox: &Sandbox, directory: &Path) -> Self {
        let mut child = program(sandbox)
            .current_dir(directory)
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was compiled");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (said, heard) = channel();
        thread::spawn(move || {
            // What is no message on standard output ends the reading, and with it the test.
            while let Ok(Some(message)) = Message::read(&mut output) {
                if said.send(message).is_err() {
                    return;
                }
            }
        });
        Self { child, input, heard, held: Vec::new(), asked: 0 }
    }

    fn open_in(sandbox: &Sandbox, directory: &Path, capabilities: Value) -> Self {
        let mut editor = Self::silent(sandbox, directory);
        let params = json!({ "capabilities": capabilities, "rootUri": null });
        let result = editor.ask("initialize", params).expect("it can be initialized");
        assert_eq!(result["serverInfo"]["name"], "unsnarl");
        assert_eq!(result["capabilities"]["textDocumentSync"]["change"], 2);
        editor.note("initialized", json!({}));
        editor
    }

    fn open(shop: &Shop) -> Self {
        Self::open_in(&shop.sandbox, shop.path(), refreshing())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("it was not closed");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    fn raw(&mut self, body: &str) {
        self.bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn send(&mut self, message: Message) {
        message.write(self.input.as_mut().expect("it was not closed")).expect("the server reads");
    }

    fn note(&mut self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params }.into());
    }

    fn request(&mut self, method: &str, params: Value) -> RequestId {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        self.send(Request { id: id.clone(), method: method.to_owned(), params }.into());
        id
    }

    /// The answer to a request, or the code of why there is none.
    fn answer(&mut self, id: &RequestId) -> Result<Value, i32> {
        let own = |message: &Message| matches!(message, Message::Response(own) if own.id == *id);
        let Message::Response(Response { response_result, .. }) = self.wait(own) else { unreachable!() };
        response_result.map_err(|error| error.code)
    }

    fn ask(&mut self, method: &str, params: Value) -> Result<Value, i32> {
        let id = self.request(method, params);
        self.answer(&id)
    }

    fn wait(&mut self, wanted: impl Fn(&Message) -> bool) -> Message {
        if let Some(at) = self.held.iter().position(&wanted) {
            return self.held.remove(at);
        }
        loop {
            let message = self.heard.recv_timeout(LONGEST);
            let message = message.unwrap_or_else(|_| panic!("nothing more is heard: {:?}", self.held));
            if wanted(&message) {
                return message;
            }
            self.held.push(message);
        }
    }

    /// What a notification of the server says.
    fn told(&mut self, method: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let own = |message: &Message| matches!(message, Message::Notification(one) if one.method == method && wanted(&one.params));
        let Message::Notification(one) = self.wait(own) else { unreachable!() };
        one.params
    }

    /// What is next published for a document.
    fn marks(&mut self, uri: &str) -> Value {
        self.told("textDocument/publishDiagnostics", |params| params["uri"] == uri)
    }

    /// What is published for a text of a document.
    fn marks_of(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let told = self.told("textDocument/publishDiagnostics", |params| {
            params["uri"] == uri && params["version"] == version
        });
        told["diagnostics"].as_array().expect("diagnostics are a list").clone()
    }

    fn did_open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "python", "version": 1, "text": text });
        self.note("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn did_change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.note("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    fn did_save(&mut self, uri: &str) {
        self.note("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    }

    /// The line above a document's code; `None` where there is none.
    fn lens(&mut self, uri: &str) -> Option<String> {
        let lenses = self.ask("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
        let lenses = lenses.expect("it can be asked");
        assert!(lenses.as_array().is_some_and(|all| all.len() <= 1), "{lenses}");
        let lens = lenses.get(0)?;
        assert_eq!(lens["range"]["start"], json!({ "line": 0, "character": 0 }));
        assert_eq!(lens["command"]["command"], "");
        lens["command"]["title"].as_str().map(str::to_owned)
    }

    fn hover(&mut self, uri: &str, line: u32) -> Option<String> {
        let position = json!({ "line": line, "character": 0 });
        let params = json!({ "textDocument": { "uri": uri }, "position": position });
        let hover = self.ask("textDocument/hover", params).expect("it can be asked");
        hover["contents"]["value"].as_str().map(str::to_owned)
    }

    /// Waits until history was told, where that changes what is shown.
    fn refreshed(&mut self) {
        self.wait(
            |message| matches!(message, Message::Request(one) if one.method == "workspace/codeLens/refresh"),
        );
    }

    /// Ends as the protocol has it.
    fn leave(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        assert_eq!(self.ask("textDocument/codeLens", json!({})), Err(-32600), "it was shut down");
        self.note("exit", Value::Null);
        assert_eq!(self.code(), Some(0));
    }

    fn code(&mut self) -> Option<i32> {
        self.child.wait().expect("a started child can be waited for").code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refreshing() -> Value {
    json!({ "workspace": { "codeLens": { "refreshSupport": true } } })
}

fn uri(root: &Path, path: &str) -> String {
    format!("file://{}/{path}", root.canonicalize().expect("it exists").display())
}

fn codes(marks: &[Value]) -> Vec<&str> {
    marks.iter().map(|mark| mark["code"].as_str().expect("every mark has a code")).collect()
}

#[test]
fn what_is_typed_is_marked_and_taken_back() {
    let shop = Shop::new();
    let mut editor = Editor::open(&shop);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "from billing import api\n");
    assert!(editor.marks_of(&pdf, 1).is_empty());
    let typed = json!([
        { "range": { "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 0 } }, "text": "s = 'é𐐀'; import web.crt\n" },
        { "range": { "start": { "line": 1, "character": 23 }, "end": { "line": 1, "character": 23 } }, "text": "a" },
    ]);
    editor.did_change(&pdf, 2, typed);
    let marks = editor.marks_of(&pdf, 2);
    let [mark] = marks.as_slice() else { panic!("{marks:?}") };
    assert_eq!(
        (&mark["code"], &mark["severity"], &mark["source"]),
        (&json!("U101"), &json!(1), &json!("unsnarl"))
    );
    let range = json!({ "start": { "line": 1, "character": 18 }, "end": { "line": 1, "character": 26 } });
    assert_eq!(mark["range"], range, "in UTF-16 units");
    let message = mark["message"].as_str().expect("it says something");
    assert!(message.starts_with("`billing` depends on `web`") && message.contains("\nhelp: "), "{message}");
    assert_eq!(mark["data"]["explain"], "unsnarl explain U101");
    // The disk still holds.
    shop.holds(&[]);
    let taken_back = json!([{ "range": { "start": { "line": 1, "character": 0 }, "end": { "line": 9, "character": 0 } }, "text": "" }]);
    editor.did_change(&pdf, 3, taken_back);
    assert!(editor.marks_of(&pdf, 3).is_empty());
    editor.leave();
}

#[test]
fn the_editor_says_how_columns_are_counted() {
    let shop = Shop::new();
    let capabilities = json!({ "general": { "positionEncodings": ["utf-32", "utf-8", "utf-16"] } });
    let mut editor = Editor::open_in(&shop.sandbox, shop.path(), capabilities);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "s = 'é𐐀'; import web.cart\n");
    let marks = editor.marks_of(&pdf, 1);
    assert_eq!(marks[0]["range"]["start"], json!({ "line": 0, "character": 21 }), "in bytes");
    editor.leave();
}

/// What is typed in one go is not looked at letter by letter, and what is shown never goes back.
#[test]
fn the_latest_text_wins() {
    let shop = Shop::new();
    let mut editor = Editor::open(&shop);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "");
    assert!(editor.marks_of(&pdf, 1).is_empty());
    for version in 2..200 {
        editor.did_change(&pdf, version, json!([{ "text": "import web.cart\n" }]));
    }
    editor.did_change(&pdf, 200, json!([{ "text": "x = 1\nimport web.cart\n" }]));
    let mut shown = vec![1];
    let last = loop {
        let marks = editor.marks(&pdf);
        shown.push(marks["version"].as_i64().expect("it has a version"));
        if shown.last() == Some(&200) {
            break marks;
        }
    };
    assert!(shown.is_sorted() && shown.len() < 100, "{shown:?}");
    assert_eq!(last["diagnostics"][0]["range"]["start"]["line"], 1);
    editor.leave();
}

/// Rule and line of everything the check finds in a text.
fn found(shop: &Shop, path: &str, text: &str) -> Vec<(String, u64)> {
    let mut child = program(&shop.sandbox)
        .current_dir(shop.path())
        .args(["check", "--stdin-filename", path, "--format", "rdjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was compiled");
    child.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads what it is given");
    let output = child.wait_with_output().expect("a started child can be waited for");
    let told: Value = serde_json::from_slice(&output.stdout).expect("the check is JSON");
    let one = |one: &Value| {
        let code = one["code"]["value"].as_str().expect("it has a code");
        (code[..4].to_owned(), one["location"]["range"]["start"]["line"].as_u64().unwrap_or(1))
    };
    told["diagnostics"].as_array().expect("it is a list").iter().map(one).collect()
}

/// One file read again gives what reading the whole tree gives.
#[test]
fn an_editor_is_told_what_the_check_finds() {
    let shop = Shop::new();
    shop.write(
        "unsnarl.toml",
        &(shop.read("unsnarl.toml") + "\n[[rule]]\nid = \"no-new-cycles\"\ntype = \"acyclic\"\n"),
    );
    let mut editor = Editor::open(&shop);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "");
    assert!(editor.marks_of(&pdf, 1).is_empty());
    let texts = [
        "import web.cart\n",
        "import web\n\nfrom web import cart\nimport ledger.book\n",
        "from . import api\n",
        "def broken(:\nimport web.cart\n",
        "",
    ];
    for (version, text) in (2..).zip(texts) {
        editor.did_change(&pdf, version, json!([{ "text": text }]));
        let marks = editor.marks_of(&pdf, version);
        let mut marks: Vec<(String, u64)> = marks
            .iter()
            .map(|mark| {
                let line = mark["range"]["start"]["line"].as_u64().expect("lines are numbers");
                (mark["code"].as_str().expect("every mark has a code").to_owned(), line + 1)
            })
            .collect();
        // The check names the first place of each violation, an editor marks all.
        let told = found(&shop, "billing/pdf.py", text);
        marks.retain(|mark| told.contains(mark) || !told.iter().any(|(code, _)| *code == mark.0));
        marks.sort();
        let mut told = told;
        told.sort();
        assert_eq!(marks, told, "{text}");
    }
    editor.leave();
}

#[test]
fn recorded_debt_is_a_hint_and_an_exemption_is_silent() {
    let shop = Shop::in_debt();
    let mut editor = Editor::open(&shop);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "import web.cart\n");
    let marks = editor.marks_of(&pdf, 1);
    assert_eq!((codes(&marks), &marks[0]["severity"]), (vec!["U101"], &json!(4)));
    assert!(
        marks[0]["message"].as_str().is_some_and(|text| text.starts_with("recorded debt: ")),
        "{marks:?}"
    );
    let exempt = "\n[[exemption]]\nrule = \"U101\"\npath = \"billing/api.py\"\nreason = \"moving\"\nowner = \"payments\"\nuntil = 2999-01-01\n";
    let manifest = shop.read("unsnarl.toml") + exempt;
    shop.write("unsnarl.toml", &manifest);
    let api = uri(shop.path(), "billing/api.py");
    editor.did_open(&api, "import web.cart\n");
    editor.did_save(&uri(shop.path(), "unsnarl.toml"));
    // Before the manifest was read again it was marked, and afterwards it is not.
    let told = editor.told("textDocument/publishDiagnostics", |params| {
        params["uri"] == api && params["diagnostics"].as_array().is_some_and(Vec::is_empty)
    });
    assert_eq!(told["version"], 1);
    editor.leave();
}

#[test]
fn a_manifest_that_breaks_is_marked_itself() {
    let shop = Shop::new();
    let mut editor = Editor::open(&shop);
    let (pdf, manifest) = (uri(shop.path(), "billing/pdf.py"), uri(shop.path(), "unsnarl.toml"));
    editor.did_open(&pdf, "import web.cart\n");
    assert_eq!(codes(&editor.marks_of(&pdf, 1)), ["U101"]);
    let whole = shop.read("unsnarl.toml");
    let broken = whole.replacen("depends_on = [\"ledger\"]", "depends_on = [\"leger\"]", 1);
    let line = broken.lines().position(|line| line == "[[module]]").expect("there are modules");
    // Saved by another program: it is marked though it is not open, and nothing is held by it.
    shop.write("unsnarl.toml", &broken);
    editor.note("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": manifest, "type": 2 }] }));
    let told = editor.marks(&manifest);
    assert_eq!(told["diagnostics"][0]["range"]["start"]["line"], line, "{told}");
    assert!(told["diagnostics"][0]["message"].as_str().is_some_and(|text| text.contains("ledger")), "{told}");
    assert!(editor.marks_of(&pdf, 1).is_empty());
    // Mended in the editor it is no longer marked; what holds is what is saved.
    editor.did_open(&manifest, &broken);
    assert_eq!(editor.marks_of(&manifest, 1)[0]["range"]["start"]["line"], line);
    editor.did_change(&manifest, 2, json!([{ "text": whole }]));
    assert!(editor.marks_of(&manifest, 2).is_empty());
    shop.write("unsnarl.toml", &whole);
    editor.did_save(&manifest);
    assert_eq!(codes(&editor.marks_of(&pdf, 1)), ["U101"]);
    editor.did_change(&manifest, 3, json!([{ "text": "version = \n" }]));
    assert_eq!(codes(&editor.marks_of(&manifest, 3)), ["manifest"]);
    editor.leave();
}

/// Two files that always change together, and one that never does.
fn partners() -> (Sandbox, Repository) {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    for step in 0..160 {
        let text = format!("STEP = {step}\n");
        let mut commit = Commit::new(format!("step {step}")).by("Ana", "ana@shop.example");
        if step == 0 {
            commit = commit.write("CODEOWNERS", "/billing/ @shop/payments\n").write("notes.md", "alone\n");
        }
        let commit = match step % 2 {
            0 => commit.write("billing/pdf.py", &text).write("billing/page.py", &text),
            _ => commit.write("web/cart.py", &text).write("web/item.py", &text),
        };
        history.commit("main", commit);
    }
    let repository = sandbox.repository("shop", &history);
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    (sandbox, repository)
}

#[test]
fn owner_and_partners_stand_above_the_code() {
    let (sandbox, shop) = partners();
    let mut editor = Editor::open_in(&sandbox, shop.path(), refreshing());
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "STEP = 0\n");
    // At once by rule, with partners as soon as history was learned.
    assert!(editor.lens(&pdf).is_some_and(|line| line.starts_with("owner: @shop/payments")));
    editor.refreshed();
    let line = editor.lens(&pdf).expect("it has an owner");
    let (owner, with) = line.split_once(" · usually changes with: ").expect("it has a partner");
    assert_eq!(owner, "owner: @shop/payments");
    assert!(with.starts_with("page.py (") && with.contains(" %)"), "{line}");
    let page = editor.hover(&pdf, 0).expect("it has an owner");
    assert!(page.starts_with("owner: @shop/payments, by CODEOWNERS:1 /billing/\n"), "{page}");
    assert!(page.contains(" % billing/page.py"), "{page}");
    assert_eq!(editor.hover(&pdf, 1), None, "further down there is code");
    // What nobody owns and what lies in no commit.
    let (notes, new) = (uri(shop.path(), "notes.md"), uri(shop.path(), "billing/new.py"));
    editor.did_open(&notes, "alone\n");
    assert!(editor.lens(&notes).is_some_and(|line| line.starts_with("owner: nobody")));
    editor.did_open(&new, "");
    assert_eq!(editor.lens(&new).as_deref(), Some("owner: @shop/payments"));
    editor.leave();
}

#[test]
fn an_owner_that_moves_is_seen_when_the_file_is_saved() {
    let (sandbox, shop) = partners();
    let mut editor = Editor::open_in(&sandbox, shop.path(), json!({}));
    let (pdf, owners) = (uri(shop.path(), "billing/pdf.py"), uri(shop.path(), "CODEOWNERS"));
    editor.did_open(&pdf, "STEP = 0\n");
    assert!(editor.lens(&pdf).is_some_and(|line| line.starts_with("owner: @shop/payments")));
    fs::write(shop.path().join("CODEOWNERS"), "* @shop/all\n").expect("the shop is writable");
    editor.did_save(&owners);
    // A document opened now is looked at after what was saved.
    let page = uri(shop.path(), "billing/page.py");
    editor.did_open(&page, "STEP = 0\n");
    assert!(editor.lens(&page).is_some_and(|line| line.starts_with("owner: @shop/all")));
    assert!(editor.lens(&pdf).is_some_and(|line| line.starts_with("owner: @shop/all")));
    editor.leave();
}

#[test]
fn what_is_no_part_of_the_tree_is_left_alone() {
    let shop = Shop::new();
    shop.write(".gitignore", "made/\n");
    shop.write("made/gen.py", "import web.cart\n");
    let mut editor = Editor::open(&shop);
    let root = shop.path().canonicalize().expect("it exists");
    let outside = root.parent().expect("it lies in a sandbox").display().to_string();
    for uri in [
        "untitled:Untitled-1".to_owned(),
        format!("file://{outside}/elsewhere.py"),
        format!("file://{outside}/none/elsewhere.py"),
        format!("file://{}/../elsewhere.py", root.display()),
        format!("file://{}/made/gen.py", root.display()),
        "file:///%00".to_owned(),
        "file:///%ff.py".to_owned(),
        "http://shop.example/a.py".to_owned(),
        String::new(),
    ] {
        editor.did_open(&uri, "import web.cart\n");
        assert!(editor.marks_of(&uri, 1).is_empty(), "{uri}");
        assert_eq!((editor.lens(&uri), editor.hover(&uri, 0)), (None, None), "{uri}");
    }
    // Odd names are names all the same.
    shop.write("billing/a b#é.py", "");
    for odd in ["billing/a%20b%23%C3%A9.py", "billing/new%3F.py"] {
        let odd = uri(shop.path(), odd);
        editor.did_open(&odd, "import web.cart\n");
        assert_eq!(codes(&editor.marks_of(&odd, 1)), ["U101"], "{odd}");
    }
    let binary = uri(shop.path(), "billing/api.py");
    editor.did_open(&binary, "\u{0}\u{1}\u{fffd}");
    assert!(editor.marks_of(&binary, 1).is_empty());
    editor.leave();
}

#[test]
fn without_rules_or_a_repository_it_says_so_and_stays() {
    let shop = Shop::bare_of_rules();
    let mut editor = Editor::open(&shop);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "import web.cart\n");
    assert!(editor.marks_of(&pdf, 1).is_empty());
    let note = editor.told("window/logMessage", |_| true);
    assert!(note["message"].as_str().is_some_and(|text| text.contains("no unsnarl.toml")), "{note}");
    assert!(editor.hover(&pdf, 0).is_some_and(|page| page.contains("unsnarl init")));
    editor.leave();

    let sandbox = Sandbox::new();
    let nowhere = sandbox.path().join("nowhere");
    fs::create_dir(&nowhere).expect("the sandbox is writable");
    let mut editor = Editor::open_in(&sandbox, &nowhere, json!({}));
    let file = uri(&nowhere, "a.py");
    editor.did_open(&file, "import b\n");
    assert!(editor.marks_of(&file, 1).is_empty());
    let note = editor.told("window/logMessage", |_| true);
    assert!(note["message"].as_str().is_some_and(|text| text.contains("repository")), "{note}");
    assert_eq!(editor.lens(&file), None);
    editor.leave();
}

#[test]
fn a_workspace_is_where_the_editor_says() {
    let shop = Shop::new();
    let mut editor = Editor::silent(&shop.sandbox, shop.sandbox.path());
    let folders = json!([{ "uri": uri(shop.path(), ""), "name": "shop" }]);
    let capabilities = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let params =
        json!({ "capabilities": capabilities, "workspaceFolders": folders, "rootUri": "file:///none" });
    editor.ask("initialize", params).expect("it can be initialized");
    editor.note("initialized", json!({}));
    let asked = editor.wait(|message| matches!(message, Message::Request(_)));
    let Message::Request(asked) = asked else { unreachable!() };
    assert_eq!(asked.method, "client/registerCapability");
    editor.send(Response { id: asked.id, response_result: Ok(Value::Null) }.into());
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "import web.cart\n");
    assert_eq!(codes(&editor.marks_of(&pdf, 1)), ["U101"]);
    // Closed, it shows nothing.
    editor.note("textDocument/didClose", json!({ "textDocument": { "uri": pdf } }));
    assert_eq!(editor.marks(&pdf)["diagnostics"], json!([]));
    assert_eq!(editor.lens(&pdf), None);
    editor.leave();
}

#[test]
fn hostile_messages_cost_an_answer_at_most() {
    let shop = Shop::new();
    let mut editor = Editor::silent(&shop.sandbox, shop.path());
    assert_eq!(editor.ask("textDocument/hover", json!({})), Err(-32002), "nothing comes before initialize");
    editor.note("textDocument/didOpen", json!({}));
    editor.bytes(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n\xff\xfe\x00\r\n");
    editor.bytes(b"Content-Length: -5\r\n\r\n");
    editor
        .ask("initialize", json!({ "capabilities": { "general": 7, "workspace": [] }, "rootUri": 3 }))
        .expect("what is odd is passed over");
    assert_eq!(editor.ask("initialize", json!({})), Err(-32600));
    for method in ["textDocument/codeLens", "textDocument/hover"] {
        for params in [Value::Null, json!([]), json!({ "textDocument": 1 }), json!("x")] {
            assert_eq!(editor.ask(method, params.clone()), Err(-32602), "{method} {params}");
        }
        let unknown =
            json!({ "textDocument": { "uri": "file:///x" }, "position": { "line": 0, "character": 0 } });
        assert!(editor.ask(method, unknown).is_ok_and(|answer| answer.is_null() || answer == json!([])));
    }
    for method in ["textDocument/definition", "$/nothing", "", "workspace/executeCommand"] {
        assert_eq!(editor.ask(method, json!({})), Err(-32601), "{method}");
    }
    for method in ["didOpen", "didChange", "didSave", "didClose"] {
        for params in [
            Value::Null,
            json!([1]),
            json!({ "textDocument": { "uri": 1 } }),
            json!({ "textDocument": { "uri": "file:///x", "version": 1 }, "contentChanges": [{}] }),
        ] {
            editor.note(&format!("textDocument/{method}"), params);
        }
    }
    editor.raw(&"[".repeat(1 << 20));
    editor.raw(r#"{"jsonrpc":"2.0","result":null}"#);
    editor.raw(r#"[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]"#);
    editor.raw(r#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99}}"#);
    // The client's library knows no answer without an id; what comes is looked at by the unit tests.
    let mut editor = Editor::open(&shop);
    let pdf = uri(shop.path(), "billing/pdf.py");
    editor.did_open(&pdf, "");
    let end = json!({ "line": u32::MAX, "character": u32::MAX });
    editor.did_change(&pdf, 2, json!([
        { "range": { "start": end, "end": { "line": 0, "character": 0 } }, "text": "import web.cart" },
        { "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } }, "text": "\u{0}" },
        { "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } }, "text": "" },
    ]));
    assert_eq!(codes(&editor.marks_of(&pdf, 2)), ["U101"]);
    let huge = format!("{}\nimport web.cart\n", "(".repeat(1 << 20));
    editor.did_change(&pdf, 3, json!([{ "text": huge }]));
    editor.marks_of(&pdf, 3);
    editor.did_change(&pdf, 4, json!([{ "text": "import web.cart\n" }]));
    assert_eq!(codes(&editor.marks_of(&pdf, 4)), ["U101"]);
    editor.leave();
}

/// What is wrong with a message that names no id is answered without one, and the next message is heard.
#[test]
fn an_answer_without_an_id_is_null() {
    let shop = Shop::new();
    let mut child = program(&shop.sandbox)
        .current_dir(shop.path())
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was compiled");
    let mut input = child.stdin.take().expect("it is piped");
    for body in ["{", "[]", r#"{"id":1.5,"method":"x"}"#, r#"{"id":9,"method":"x"}"#] {
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
    }
    drop(input);
    let output = child.wait_with_output().expect("a started child can be waited for");
    let text = String::from_utf8(output.stdout).expect("messages are UTF-8");
    for (id, code) in [("null", -32700), ("null", -32600), ("9", -32002)] {
        assert!(text.contains(&format!("\"id\":{id},\"error\":{{\"code\":{code},")), "{text}");
    }
    assert_eq!(text.matches("Content-Length: ").count(), 4);
    assert_eq!(output.status.code(), Some(1), "the editor went without a word");
}

#[test]
fn how_it_ended_is_told_by_the_exit_code() {
    let shop = Shop::new();
    let mut editor = Editor::open(&shop);
    editor.note("exit", Value::Null);
    assert_eq!(editor.code(), Some(1), "nobody asked to shut down");
    let mut editor = Editor::open(&shop);
    editor.input.take();
    assert_eq!(editor.code(), Some(1), "the editor went away");
    let mut editor = Editor::open(&shop);
    assert_eq!(editor.ask("shutdown", Value::Null), Ok(Value::Null));
    editor.input.take();
    assert_eq!(editor.code(), Some(0));
    let mut editor = Editor::silent(&shop.sandbox, shop.path());
    editor.bytes(b"Content-Length: 100\r\n\r\n{\"half\":");
    editor.input.take();
    assert_eq!(editor.code(), Some(1));
    let run = unsnarl(&shop.sandbox, shop.path(), &["lsp"]);
    assert_eq!((run.code(), run.out.len()), (Some(1), 0));
    assert_eq!(run.err, "error: the editor went away without asking to shut down\n");
}

/// What is asked before anything was found is answered in time, or not at all where it is taken back.
#[test]
fn a_question_can_be_taken_back() {
    let planted = planted::plant(Plan { modules: 8, pairs: 2, changes: 200, ..Plan::default() });
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop", &planted.history);
    shop.git(&["checkout", "--quiet", "--force", "main"]);
    let mut editor = Editor::open_in(&sandbox, shop.path(), json!({}));
    let file = uri(shop.path(), "packages/m00/src/new.ts");
    let params = json!({ "textDocument": { "uri": file } });
    editor.did_open(&file, "");
    let (kept, taken) = (
        editor.request("textDocument/codeLens", params.clone()),
        editor.request("textDocument/codeLens", params),
    );
    editor.note("$/cancelRequest", json!({ "id": 3 }));
    assert!(editor.answer(&kept).is_ok());
    // Either it was answered before it was taken back, or it was not.
    assert!(editor.answer(&taken).map_or_else(|code| code == -32800, |lenses| lenses.is_array()));
    editor.leave();
}
