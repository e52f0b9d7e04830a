//! `unsnarl events fetch` against a server on this machine that answers as GitHub would.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use testkit::repo::{Commit, History};

use crate::stage::{Run, Stage, finish, program};

const TOKEN: &str = "ghp_4kR9secretsecretsecret";

/// An answer of the server.
#[derive(Clone)]
struct Answer {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// Bytes of the body that are sent before the connection breaks.
    cut: Option<usize>,
    /// Whether the connection stays open after that.
    hangs: bool,
}

impl Answer {
    fn new(status: &'static str, body: impl ToString) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string(), cut: None, hangs: false }
    }

    fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn cut(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }
}

/// What the server was asked.
#[derive(Clone, Debug)]
struct Question {
    head: String,
    variables: Value,
}

/// Gives its answers in order, one a question, the last for ever; then remembers what it was asked.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Question>>>,
}

impl Server {
    fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the test is set up");
        let url = format!("http://{}", listener.local_addr().expect("the test is set up"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(question) = read(&stream) else { continue };
                let at = {
                    let mut seen = seen.lock().expect("the test is set up");
                    seen.push(question);
                    seen.len() - 1
                };
                write(stream, &answers[at.min(answers.len() - 1)]);
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<Question> {
        self.asked.lock().expect("the test is set up").clone()
    }
}

fn read(stream: &TcpStream) -> Option<Question> {
    let mut input = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if input.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())?;
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    assert!(body["query"].as_str()?.contains("pullRequests"));
    Some(Question { head, variables: body["variables"].clone() })
}

fn write(mut stream: TcpStream, answer: &Answer) {
    let headers: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "HTTP/1.1 {}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        answer.status,
        answer.body.len()
    );
    let sent = answer.cut.unwrap_or(answer.body.len());
    let _ =
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body.as_bytes()[..sent]));
    if answer.hangs {
        // Until the other side gives up.
        let _ = stream.read(&mut [0]);
    }
}

/// Ends a process that would otherwise wait for ever.
fn kill(mut child: std::process::Child) {
    child.kill().expect("it still waits");
    child.wait().expect("a killed process ends");
}

fn history() -> History {
    let mut history = History::default();
    for number in 1..=3_i64 {
        let commit = Commit::new(format!("Change (#{number})")).by("Ana Lima", "ana@shop.example");
        history.commit("main", commit.at(1_704_067_200 + number * 86_400).write(format!("f{number}"), "x"));
    }
    history
}

impl Stage {
    fn fetch(&self, server: &Server, options: &[&str]) -> Run {
        let run = finish(
            program(&self.sandbox)
                .current_dir(self.repository.path())
                .env("GITHUB_TOKEN", TOKEN)
                .args([
                    "events",
                    "fetch",
                    "--github",
                    "shop/shop",
                    "--format",
                    "json",
                    "--api-url",
                    &server.url,
                ])
                .args(options),
        );
        let out = String::from_utf8_lossy(&run.out);
        assert!(!out.contains("ghp_") && !run.err.contains("ghp_"), "{out}{}", run.err);
        for entry in fs::read_dir(self.repository.git_directory().join("unsnarl")).into_iter().flatten() {
            let path = entry.expect("the test is set up").path();
            if path.is_file() {
                let bytes = fs::read(&path).expect("the test is set up");
                assert!(!String::from_utf8_lossy(&bytes).contains("ghp_"), "{}", path.display());
            }
        }
        run
    }

    fn pages_are_left(&self) -> bool {
        self.repository.git_directory().join("unsnarl/events.fetch.jsonl").exists()
    }
}

fn told(run: Run) -> Value {
    assert_eq!(run.code(), Some(0), "{}", run.err);
    serde_json::from_slice(&run.out).expect("the test is set up")
}

/// A pull request that was opened on its day of January 2024 and merged the day after.
fn pull(number: u64, updated: &str) -> Value {
    let day = |day: u64| format!("2024-01-{day:02}T00:00:00Z");
    json!({
        "number": number, "createdAt": day(number), "updatedAt": updated, "mergedAt": day(number + 1), "closedAt": day(number + 1),
        "changedFiles": 1, "headRefOid": "f".repeat(40), "author": { "__typename": "User", "login": "ana" }, "mergedBy": null, "mergeCommit": null,
        "commits": { "nodes": [{ "commit": { "authoredDate": day(number), "author": { "email": "ana@shop.example", "user": { "login": "ana" } } } }] },
        "files": { "pageInfo": { "hasNextPage": false }, "nodes": [{ "path": format!("f{number}") }] },
        "reviews": { "pageInfo": { "hasNextPage": false }, "nodes": [{ "state": "APPROVED", "submittedAt": day(number), "author": { "login": "bo" } }] },
        "timelineItems": { "pageInfo": { "hasNextPage": false }, "nodes": [] },
    })
}

fn page(pulls: &[Value], next: Option<&str>) -> Answer {
    Answer::new(
        "200 OK",
        json!({ "data": { "repository": { "nameWithOwner": "shop/shop", "pullRequests": {
            "pageInfo": { "hasNextPage": next.is_some(), "endCursor": next.unwrap_or("end") }, "nodes": pulls,
        } } } }),
    )
}

fn three() -> [Value; 3] {
    [pull(3, "2024-02-03T00:00:00Z"), pull(2, "2024-02-02T00:00:00Z"), pull(1, "2024-02-01T00:00:00Z")]
}

#[test]
fn pages_follow_each_other() {
    let stage = Stage::of(&history());
    let [third, second, first] = three();
    let server = Server::new(vec![page(&[third, second], Some("c1")), page(&[first], None)]);
    let answer = told(stage.fetch(&server, &[]));
    assert_eq!((&answer["requests"], &answer["joined"]), (&json!(3), &json!(3)), "{answer}");
    assert_eq!(answer["actors"]["joined_to_people"], 1);
    let asked = server.asked();
    assert_eq!(
        asked.iter().map(|one| one.variables["after"].clone()).collect::<Vec<_>>(),
        [json!(null), json!("c1")]
    );
    assert_eq!((&asked[0].variables["owner"], &asked[0].variables["name"]), (&json!("shop"), &json!("shop")));
    assert!(
        asked[0].head.starts_with("POST /graphql ") && asked[0].head.contains(TOKEN),
        "{}",
        asked[0].head
    );
    assert!(stage.kept().contains("\"fetched_until\":\"2024-02-03T00:00:00Z\"") && !stage.pages_are_left());
    assert!(!stage.kept().contains('@'));
}

#[test]
fn the_next_fetch_reads_what_was_updated_since() {
    let stage = Stage::of(&history());
    let [third, second, first] = three();
    told(stage.fetch(&Server::new(vec![page(&[third.clone(), first], None)]), &[]));
    let mut updated = second;
    updated["updatedAt"] = "2024-03-01T00:00:00Z".into();
    // Its second page would hold older ones alone, and is not asked for.
    let server = Server::new(vec![page(&[updated, third, pull(1, "2024-02-01T00:00:00Z")], Some("c1"))]);
    let answer = told(stage.fetch(&server, &[]));
    assert_eq!((&answer["requests"], &answer["new"]), (&json!(3), &json!(1)));
    assert_eq!(server.asked().len(), 1);
    assert!(stage.kept().contains("\"fetched_until\":\"2024-03-01T00:00:00Z\""));
}

#[test]
fn a_limit_is_waited_for() {
    let stage = Stage::of(&history());
    let [third, second, first] = three();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let limited = json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] });
    let server = Server::new(vec![
        Answer::new("403 Forbidden", json!({ "message": "You have exceeded a secondary rate limit" }))
            .header("retry-after", 0),
        page(&[third, second], Some("c1")),
        Answer::new("200 OK", limited).header("x-ratelimit-remaining", 0).header("x-ratelimit-reset", now),
        page(&[first], None),
    ]);
    let run = stage.fetch(&server, &[]);
    assert!(run.err.contains("the forge's limit is reached; waiting 0 seconds\n"), "{}", run.err);
    assert_eq!(run.err.lines().count(), 2, "{}", run.err);
    assert_eq!(told(run)["requests"], 3);
}

#[test]
fn a_limit_too_long_ends_the_run_and_the_next_goes_on() {
    let stage = Stage::of(&history());
    let [third, second, first] = three();
    let limited =
        Answer::new("429 Too Many Requests", json!({ "message": "slow down" })).header("retry-after", 4000);
    let run = stage.fetch(&Server::new(vec![page(&[third, second], Some("c1")), limited]), &[]);
    let refused = run.refusal();
    assert!(
        refused.contains("asks to wait 67 minutes") && refused.contains("goes on where it stopped"),
        "{refused}"
    );
    assert!(stage.kept().is_empty() && stage.pages_are_left());
    let server = Server::new(vec![page(&[first], None)]);
    let answer = told(stage.fetch(&server, &[]));
    assert_eq!((&answer["requests"], server.asked()[0].variables["after"].as_str()), (&json!(3), Some("c1")));
    assert!(stage.kept().contains("\"fetched_until\":\"2024-02-03T00:00:00Z\""), "as when it began");
}

#[test]
fn an_answer_cut_short_is_asked_for_again() {
    let stage = Stage::of(&history());
    let [third, second, first] = three();
    let cut = page(std::slice::from_ref(&first), None).cut(40);
    let server = Server::new(vec![
        page(&[third.clone(), second.clone()], Some("c1")),
        cut.clone(),
        page(std::slice::from_ref(&first), None),
    ]);
    let run = stage.fetch(&server, &[]);
    assert!(run.err.contains("the answer was cut short") && run.err.contains("trying again"), "{}", run.err);
    assert_eq!(told(run)["requests"], 3);
    // Again and again, it ends the run; what was whole is kept, and the next run goes on.
    let other = Stage::of(&history());
    let run = other.fetch(&Server::new(vec![page(&[third, second], Some("c1")), cut]), &[]);
    assert_eq!(run.code(), Some(2));
    assert!(run.err.contains("failed to reach") && run.err.contains("hint: run it again"), "{}", run.err);
    let server = Server::new(vec![page(&[first], None)]);
    told(other.fetch(&server, &[]));
    assert_eq!(server.asked()[0].variables["after"], "c1");
    assert_eq!(other.kept().lines().filter(|line| line.starts_with("{\"request\"")).count(), 3);
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let stage = Stage::of(&history());
    let [third, second, first] = three();
    let mut hanging = page(std::slice::from_ref(&first), None).cut(30);
    hanging.hangs = true;
    let server = Server::new(vec![page(&[third, second], Some("c1")), hanging]);
    let child = program(&stage.sandbox)
        .current_dir(stage.repository.path())
        .env("GITHUB_TOKEN", TOKEN)
        .args(["events", "fetch", "--github", "shop/shop", "--api-url", &server.url])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The second question comes when the first page is kept.
    while server.asked().len() < 2 {
        thread::yield_now();
    }
    kill(child);
    assert!(stage.pages_are_left() && stage.kept().is_empty());
    let server = Server::new(vec![page(&[first], None)]);
    assert_eq!(told(stage.fetch(&server, &[]))["requests"], 3);
    assert_eq!(server.asked()[0].variables["after"], "c1");
}

#[test]
fn too_much_at_once_is_asked_for_in_parts() {
    let stage = Stage::of(&history());
    let timeout = "Something went wrong while executing your query. This may be the result of a timeout";
    let server = Server::new(vec![
        Answer::new("502 Bad Gateway", "<html>"),
        Answer::new("200 OK", json!({ "data": null, "errors": [{ "message": timeout }] })),
        page(&three(), None),
    ]);
    told(stage.fetch(&server, &[]));
    let sizes: Vec<_> = server.asked().iter().map(|one| one.variables["page"].clone()).collect();
    assert_eq!(sizes, [json!(50), json!(25), json!(12)]);
    // What is too much even in the smallest parts ends the run.
    let server = Server::new(vec![Answer::new("504 Gateway Timeout", "")]);
    let refused = stage.fetch(&server, &[]).refusal();
    assert!(refused.contains("504") && server.asked().len() == 5, "{refused}");
}

#[test]
fn refusals_are_told_with_the_way_out() {
    let not_found = json!({ "data": { "repository": null }, "errors": [{ "type": "NOT_FOUND", "message": "Could not resolve" }] });
    for (answer, words, hint) in [
        (
            Answer::new("401 Unauthorized", json!({ "message": format!("Bad credentials {TOKEN}") })),
            "the token is not accepted (401)",
            "gh auth status",
        ),
        (
            Answer::new("403 Forbidden", json!({ "message": format!("{TOKEN} may not") })),
            "(token) may not",
            "read access",
        ),
        (
            Answer::new("404 Not Found", json!({ "message": "Not Found" })),
            "nothing at that address (404)",
            "--api-url",
        ),
        (Answer::new("200 OK", not_found), "failed to find shop/shop", "read access"),
        (Answer::new("200 OK", "<html>hello"), "speaks no JSON", "--api-url"),
        (
            Answer::new("200 OK", json!({ "data": { "repository": { "pullRequests": {} } } })),
            "holds no pull requests",
            "--api-url",
        ),
        (
            Answer::new("302 Found", "").header("location", "https://evil.example/graphql"),
            "it answered 302",
            "--api-url",
        ),
    ] {
        let stage = Stage::of(&history());
        let server = Server::new(vec![answer]);
        let refused = stage.fetch(&server, &[]).refusal();
        assert!(refused.contains(words) && refused.contains(hint), "{refused}");
        assert_eq!(server.asked().len(), 1, "{words}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_before_it_is() {
    let stage = Stage::of(&history());
    let server = Server::new(vec![page(&[], None)]);
    let run = |environment: &[(&str, &str)], arguments: &[&str]| {
        finish(
            program(&stage.sandbox)
                .current_dir(stage.repository.path())
                .envs(environment.iter().copied())
                .args(["events", "fetch"])
                .args(arguments),
        )
        .refusal()
    };
    let token = [("GH_TOKEN", TOKEN)];
    let url = ["--github", "shop/shop", "--api-url", &server.url];
    assert!(run(&[], &url).contains("answers nobody without a token"));
    assert!(
        run(&[("GITHUB_TOKEN", " "), ("GH_TOKEN", "two words")], &url).contains("the token holds a space")
    );
    assert!(run(&token, &["--github", "shop"]).contains("expected OWNER/NAME"));
    assert!(run(&token, &["--github", "shop/../x"]).contains("expected OWNER/NAME"));
    assert!(run(&token, &[]).contains("no remote names a repository"));
    assert!(run(&token, &[&url[..], &["--since", "yesterday"]].concat()).contains("--since"));
    assert!(
        run(&token, &["--github", "shop/shop", "--api-url", "http://forge.example"])
            .contains("could be read on its way")
    );
    assert!(server.asked().is_empty());
    // An empty repository of requests is no failure, and another repository is not mixed in.
    told(stage.fetch(&server, &[]));
    told(stage.fetch(&Server::new(vec![page(&three(), None)]), &[]));
    let other = run(&token, &["--github", "shop/other", "--api-url", &server.url]);
    assert!(
        other.contains("what is kept here is of shop/shop") && other.contains("events forget"),
        "{other}"
    );
}
