//! What no client should say, line by line into a plain pipe.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use serde_json::{Value, json};
use testkit::repo::{Repository, Sandbox};

use super::shop;
use crate::stage::program;

/// Writes all of it, closes the pipe, and gives what was said and how it ended.
fn tell(sandbox: &Sandbox, repository: &Repository, input: &[u8]) -> (Vec<Value>, Output) {
    let mut command = program(sandbox);
    command.arg("mcp").current_dir(repository.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program was compiled");
    let mut pipe = child.stdin.take().expect("stdin is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().expect("a started child can be waited for");
    writer.join().expect("writing does not panic").expect("the server reads to the end");
    let said = String::from_utf8(output.stdout.clone()).expect("the protocol is UTF-8");
    let lines = said.lines().map(|line| serde_json::from_str(line).expect("nothing but JSON is said"));
    let lines: Vec<Value> = lines.collect();
    assert!(lines.iter().all(|line| line["jsonrpc"] == "2.0"), "{said}");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !complaints.contains("panicked"), "{complaints}");
    (lines, output)
}

fn answer_to(said: &[Value], id: impl Into<Value>) -> &Value {
    let id = id.into();
    said.iter().find(|line| line["id"] == id).unwrap_or_else(|| panic!("no answer to {id}: {said:#?}"))
}

fn request(id: impl Into<Value>, method: &str, params: Value) -> Vec<u8> {
    let line = json!({"jsonrpc": "2.0", "id": id.into(), "method": method, "params": params});
    (line.to_string() + "\n").into_bytes()
}

fn initialize(id: u64) -> Vec<u8> {
    let client = json!({"name": "nobody", "version": "0"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    request(id, "initialize", params)
}

#[test]
fn whatever_is_said_the_next_question_is_answered() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let long = "x".repeat(1 << 20);
    let lines: Vec<Vec<u8>> = [
        "garbage",
        "",
        "\r",
        "\u{feff}{}",
        "null",
        "42",
        "[]",
        "{}",
        "[{},{}]",
        "\"initialize\"",
        "{\"jsonrpc\":\"2.0\"",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1e999,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":123456789012345678901234567890,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":-9223372036854775808,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"tools/list\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"tools/list\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"method\":\"tools/call\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"c\",\"method\":\"tools/call\",\"params\":[1,2]}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"tools/call\",\"params\":{\"name\":7}}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"e\",\"method\":\"tools/call\",\"params\":{\"name\":\"owners\",\"arguments\":\"all\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"f\",\"method\":\"tools/call\",\"params\":{\"name\":\"owners\",\"arguments\":{\"paths\":[\"a\\u0000b\"]}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"g\",\"method\":\"tools/call\",\"params\":{\"name\":\"explain\",\"arguments\":{\"id\":\"\\u001b[2J\\u202e\"}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"h\",\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"no\"}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"nobody asked\"}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/../../x\"}",
    ]
    .into_iter()
    .map(|line| line.as_bytes().to_vec())
    .chain([
        b"\xff\xfe\x00\x01".to_vec(),
        "[".repeat(100_000).into_bytes(),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":".to_owned() + &"{\"a\":".repeat(10_000)).into_bytes(),
        format!("{{\"jsonrpc\":\"2.0\",\"id\":\"{long}\",\"method\":\"{long}\"}}").into_bytes(),
        format!("{{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"tools/call\",\"params\":{{\"name\":\"{long}\"}}}}").into_bytes(),
    ])
    .collect();
    let mut input = initialize(1_000_000);
    for (at, line) in lines.iter().enumerate() {
        input.extend(line);
        input.push(b'\n');
        input.extend(request(at as u64, "ping", json!({})));
    }
    input.extend(request(
        "last",
        "tools/call",
        json!({"name": "owners", "arguments": {"paths": ["packages/m00/package.json"]}}),
    ));
    let (said, _) = tell(&sandbox, &repository, &input);
    for at in 0..lines.len() as u64 {
        assert_eq!(answer_to(&said, at)["result"], json!({}), "after line {at}");
    }
    assert_eq!(answer_to(&said, "last")["result"]["isError"], false);
    assert!(answer_to(&said, "i")["error"]["message"].as_str().is_some_and(|told| told.len() < 300));
    let refusal = &answer_to(&said, "g")["result"]["content"][0]["text"];
    assert!(refusal.as_str().is_some_and(|told| !told.contains(['\u{1b}', '\u{202e}'])), "{refusal}");
}

#[test]
fn unknown_methods_are_refused_by_their_code() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let mut input = initialize(0);
    for (at, method) in ["tools/delete", "resources/read", "prompts/get", "shutdown", ""].iter().enumerate() {
        let named = json!({"name": "x", "uri": "file:///etc/passwd"});
        input.extend(request(at as u64 + 1, method, named));
    }
    let (said, _) = tell(&sandbox, &repository, &input);
    for at in 1..=5u64 {
        assert_eq!(answer_to(&said, at)["error"]["code"], -32601, "{said:#?}");
    }
}

#[test]
fn nothing_a_client_begins_with_ends_the_server() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let mut input = b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n".to_vec();
    input.extend(b"{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}\n");
    input.extend(request(1, "tools/list", json!({})));
    input.extend(initialize(2));
    input.extend(initialize(3));
    input.extend(request(4, "tools/call", json!({"name": "explain", "arguments": {"id": "U101"}})));
    let (said, _) = tell(&sandbox, &repository, &input);
    assert!(answer_to(&said, 1)["result"]["tools"].is_array());
    assert_eq!(answer_to(&said, 3)["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answer_to(&said, 4)["result"]["isError"], false);
}

#[test]
fn a_version_nobody_knows_is_answered_with_one_that_is() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let client = json!({"name": "nobody", "version": "0"});
    let params = json!({"protocolVersion": "9999-99-99", "capabilities": {}, "clientInfo": client});
    let mut input = request(1, "initialize", params);
    input.extend(request(2, "tools/call", json!({"name": "explain", "arguments": {"id": "U101"}})));
    let (said, _) = tell(&sandbox, &repository, &input);
    let version = answer_to(&said, 1)["result"]["protocolVersion"].as_str().unwrap_or_default();
    assert!(version.starts_with("202"), "{version}");
    let answer = &answer_to(&said, 2)["result"];
    assert_eq!((&answer["isError"], &answer["resultType"]), (&json!(false), &Value::Null));
}

#[test]
fn half_a_message_is_no_message() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let whole = initialize(1);
    let (said, output) = tell(&sandbox, &repository, &whole[..whole.len() / 2]);
    assert_eq!((said.len(), output.status.code()), (0, Some(0)));
    let (said, _) = tell(&sandbox, &repository, b"");
    assert!(said.is_empty());
}

#[test]
fn a_line_without_end_is_not_gathered() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let mut input = initialize(1);
    input.extend(vec![b'{'; 20 << 20]);
    input.push(b'\n');
    input.extend(request(2, "ping", json!({})));
    let (said, _) = tell(&sandbox, &repository, &input);
    assert_eq!(answer_to(&said, 2)["result"], json!({}));
}
