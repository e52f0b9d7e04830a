//! `unsnarl serve`: the page of a repository as it stands, for nobody but this machine.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
};

use testkit::repo::{Commit, History, Repository, Sandbox, planted};

use crate::stage::{is_published, json, program, shown, unsnarl};

/// A server, ended with the test.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn of(sandbox: &Sandbox, repository: &Repository) -> Self {
        let mut child = program(sandbox)
            .args(["serve", "--quiet"])
            .arg(repository.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was compiled");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped"))
            .read_line(&mut line)
            .expect("it says where it is");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address }
    }

    /// Status, head and body of an answer.
    fn ask(&self, method: &str, path: &str, host: &str, more: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let answer = String::from_utf8(answer).expect("answers are text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, head.to_lowercase(), body.to_owned())
    }

    fn get(&self, path: &str) -> String {
        let (status, _, body) = self.ask("GET", path, &self.address, "");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.get(path)).expect("it is JSON")
    }
}

fn shop() -> (Sandbox, Repository) {
    let sandbox = Sandbox::new();
    let plan = planted::Plan { modules: 8, pairs: 2, changes: 300, codeowners: true, ..Default::default() };
    let repository = sandbox.repository("shop", &planted::plant(plan).history);
    (sandbox, repository)
}

#[test]
fn it_shows_what_the_report_says_and_follows_the_repository() {
    let (sandbox, repository) = shop();
    let server = Server::of(&sandbox, &repository);
    let page = server.get("/");
    assert!(
        page.contains("<meta name=\"unsnarl-version\" content=\"1\">") && page.contains("connect-src 'self'")
    );
    assert_eq!(shown(&page), server.json("/api/page"));
    assert_eq!(server.json("/api/report"), json(&sandbox, &repository, &[]));
    assert_eq!(server.json("/api/version")["version"], 1);
    let mut more = History::default();
    more.commit("main", Commit::new("one more").continuing("main").write("packages/m00/src/more.ts", "1"));
    repository.import(&more);
    assert_eq!(server.json("/api/version")["version"], 2);
    assert_eq!(server.json("/api/version")["version"], 2, "nothing moved since");
    assert_eq!(server.json("/api/report"), json(&sandbox, &repository, &[]));
}

#[test]
fn others_get_nothing() {
    let (sandbox, repository) = shop();
    let server = Server::of(&sandbox, &repository);
    let own = server.address.clone();
    for (method, host, more, status) in [
        ("GET", own.as_str(), "", 200),
        ("HEAD", own.as_str(), "", 200),
        ("GET", "evil.example", "", 403),
        ("GET", "127.0.0.1", "", 403),
        ("GET", own.as_str(), "Origin: http://evil.example\r\n", 403),
        ("GET", own.as_str(), "Origin: null\r\n", 403),
        ("POST", own.as_str(), "Content-Length: 0\r\n", 405),
        ("OPTIONS", own.as_str(), "Origin: http://evil.example\r\n", 403),
    ] {
        let (told, head, body) = server.ask(method, "/api/report", host, more);
        assert_eq!(told, status, "{method} {host} {more}");
        assert!(status == 200 || !body.contains("unsnarl.report"), "{body}");
        for kept in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "cross-origin-resource-policy: same-origin",
            "cache-control: no-store",
        ] {
            assert!(head.contains(kept), "{kept}: {head}");
        }
        assert!(!head.contains("access-control-allow"), "{head}");
    }
    assert_eq!(server.ask("GET", "/etc/passwd", &own, "").0, 404);
    assert_eq!(server.ask("GET", "/../../etc/passwd", &own, "").0, 404);
}

#[test]
fn a_repository_that_went_is_said_and_comes_back() {
    let (sandbox, repository) = shop();
    let server = Server::of(&sandbox, &repository);
    let away = sandbox.path().join("away");
    std::fs::rename(repository.path(), &away).expect("the sandbox is writable");
    let (status, _, body) = server.ask("GET", "/", &server.address, "");
    assert_eq!(status, 503, "{body}");
    std::fs::rename(&away, repository.path()).expect("the sandbox is writable");
    assert!(server.get("/").starts_with("<!doctype html>"));
}

#[test]
fn what_it_answers_is_described() {
    let (sandbox, repository) = shop();
    let server = Server::of(&sandbox, &repository);
    let text = server.get("/api/openapi.json");
    is_published("serve.openapi.json", &text);
    let described: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    for path in described["paths"].as_object().expect("paths").keys() {
        let (status, head, _) = server.ask("GET", path, &server.address, "");
        assert_eq!(status, 200, "{path}");
        let kind =
            described["paths"][path]["get"]["responses"]["200"]["content"].as_object().expect("a kind");
        let kind = kind.keys().next().expect("a kind");
        assert!(head.contains(&format!("content-type: {kind}")), "{path}: {head}");
    }
}

#[test]
fn what_is_no_repository_and_what_is_no_port_is_said_at_once() {
    let (sandbox, repository) = shop();
    let error = unsnarl(&sandbox, sandbox.path(), &["serve", "nowhere"]).refusal();
    assert!(error.contains("nowhere"), "{error}");
    let server = Server::of(&sandbox, &repository);
    let port = server.address.rsplit(':').next().expect("a port").to_owned();
    let error = unsnarl(&sandbox, repository.path(), &["serve", "--quiet", "--port", &port]).refusal();
    assert!(error.contains("--port") && error.contains("hint"), "{error}");
}
