//! JSON-RPC through a pipe, one `Content-Length` frame a message. What is no message costs one answer, never the server.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::{Value, json};

/// Longer headers are none.
const LONGEST_HEADER: u64 = 8 << 10;
/// Longer messages are not read; no editor holds a file of that size.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// What is wrong with a message, by the codes of JSON-RPC and of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Parse = -32700,
    Request = -32600,
    Method = -32601,
    Parameters = -32602,
    Internal = -32603,
    NotInitialized = -32002,
    Cancelled = -32800,
}

/// A message that came.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Incoming {
    /// It waits for an answer.
    Request { id: Value, method: String, params: Value },
    /// It waits for none.
    Notification { method: String, params: Value },
    /// An answer to what was asked of the other side.
    Response,
    /// No message; what to answer.
    Wrong { id: Value, wrong: Wrong, why: String },
}

/// The next message; `None` where there will be no more. Lines that are no header are passed over.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if let (true, Some(length)) = (line.is_empty(), length) {
            return body(input, length);
        }
        if let Some(announced) = content_length(line) {
            length = Some(announced);
        }
    }
}

fn content_length(line: &[u8]) -> Option<u64> {
    let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
    name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
}

fn body(input: &mut impl BufRead, length: u64) -> io::Result<Option<Incoming>> {
    let mut whole = input.by_ref().take(length);
    if length > LONGEST_MESSAGE {
        let passed = io::copy(&mut whole, &mut io::sink())?;
        let why = format!("a message of {length} bytes; more than {LONGEST_MESSAGE} are not read");
        let wrong = Incoming::Wrong { id: Value::Null, wrong: Wrong::Request, why };
        return Ok((passed == length).then_some(wrong));
    }
    let mut content = Vec::new();
    whole.read_to_end(&mut content)?;
    Ok((content.len() as u64 == length).then(|| decode(&content)))
}

fn decode(content: &[u8]) -> Incoming {
    let wrong = |id: &Value, wrong, why: &str| Incoming::Wrong { id: id.clone(), wrong, why: why.to_owned() };
    let message: Value = match serde_json::from_slice(content) {
        Ok(message) => message,
        Err(error) => return wrong(&Value::Null, Wrong::Parse, &format!("it is no JSON: {error}")),
    };
    let Value::Object(mut message) = message else {
        return wrong(&Value::Null, Wrong::Request, "a message is an object");
    };
    let id = message.remove("id");
    if id.as_ref().is_some_and(|id| !(id.is_string() || id.is_i64() || id.is_u64() || id.is_null())) {
        return wrong(&Value::Null, Wrong::Request, "an id is a string or a whole number");
    }
    let params = message.remove("params").unwrap_or_default();
    match (message.remove("method"), id) {
        (Some(Value::String(method)), None) => Incoming::Notification { method, params },
        (Some(Value::String(method)), Some(id)) => Incoming::Request { id, method, params },
        (None, Some(_)) if message.contains_key("result") || message.contains_key("error") => {
            Incoming::Response
        }
        (_, id) => wrong(&id.unwrap_or_default(), Wrong::Request, "it names no method"),
    }
}

/// The other side, to be written to.
pub(super) struct Client<W> {
    out: W,
    asked: u64,
}

impl<W: Write> Client<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, asked: 0 }
    }

    /// Answers a request.
    pub(super) fn answer(&mut self, id: &Value, result: Value) -> io::Result<()> {
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": result }))
    }

    /// Says what was wrong with a request.
    pub(super) fn refuse(&mut self, id: &Value, wrong: Wrong, why: &str) -> io::Result<()> {
        let error = json!({ "code": wrong as i32, "message": why });
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "error": error }))
    }

    /// Says something unasked.
    pub(super) fn notify(&mut self, method: &str, params: Value) -> io::Result<()> {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Asks for something; nothing hangs on the answer.
    pub(super) fn request(&mut self, method: &str, params: Value) -> io::Result<()> {
        self.asked += 1;
        let id = format!("unsnarl-{}", self.asked);
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.write(&message)
    }

    fn write(&mut self, message: &Value) -> io::Result<()> {
        let text = message.to_string();
        write!(self.out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<Incoming> {
        std::iter::from_fn(|| read(&mut input).expect("a slice can be read")).collect()
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    fn wrong(body: &str) -> (Value, Wrong) {
        match all(framed(body).as_bytes()).as_slice() {
            [Incoming::Wrong { id, wrong, .. }] => (id.clone(), *wrong),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn messages_are_told_apart() {
        let text = [
            framed(r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"b":2}}"#),
            "content-length:15\ncontent-type: x\n\n{\"method\": \"n\"}".to_owned(),
            framed(r#"{"id":"unsnarl-1","result":null}"#),
            framed(r#"{"id":18446744073709551615,"method":"a"}"#),
        ];
        assert_eq!(
            all(text.concat().as_bytes()),
            [
                Incoming::Request { id: json!(1), method: "a".to_owned(), params: json!({ "b": 2 }) },
                Incoming::Notification { method: "n".to_owned(), params: Value::Null },
                Incoming::Response,
                Incoming::Request { id: json!(u64::MAX), method: "a".to_owned(), params: Value::Null },
            ]
        );
    }

    #[test]
    fn what_is_no_message_is_answered() {
        assert_eq!(wrong("{"), (Value::Null, Wrong::Parse));
        assert_eq!(wrong("\u{0}"), (Value::Null, Wrong::Parse));
        assert_eq!(wrong(&"[".repeat(100_000)), (Value::Null, Wrong::Parse));
        assert_eq!(wrong("[]"), (Value::Null, Wrong::Request));
        assert_eq!(wrong("null"), (Value::Null, Wrong::Request));
        assert_eq!(wrong(r#"{"id":[],"method":"a"}"#), (Value::Null, Wrong::Request));
        assert_eq!(wrong(r#"{"id":1.5,"method":"a"}"#), (Value::Null, Wrong::Request));
        assert_eq!(wrong(r#"{"id":7,"method":8}"#), (json!(7), Wrong::Request));
        assert_eq!(wrong(r#"{"id":7}"#), (json!(7), Wrong::Request));
        assert_eq!(wrong("{}"), (Value::Null, Wrong::Request));
    }

    #[test]
    fn after_garbage_comes_the_next_message() {
        let good = framed(r#"{"id":1,"method":"a"}"#);
        for garbage in [
            "hello\r\n".to_owned(),
            "\r\n\r\n".to_owned(),
            "Content-Length: -1\r\n\r\n".to_owned(),
            "Content-Length: many\r\n\r\n".to_owned(),
            "Content-Length: 99999999999999999999999\r\n\r\n".to_owned(),
            format!("{}\r\n", "x".repeat(100_000)),
            "\u{ff}: \u{ff}\r\n".to_owned(),
        ] {
            assert_eq!(all(format!("{garbage}{good}").as_bytes()).len(), 1, "{garbage:.60}");
        }
    }

    #[test]
    fn half_a_message_is_none_and_so_is_one_that_would_fill_the_memory() {
        assert!(all(b"Content-Length: 100\r\n\r\n{}").is_empty());
        assert!(all(b"Content-Length: 9000000000000000000\r\n\r\n{}").is_empty());
        assert!(all(b"Content-Length: 3").is_empty() && all(b"").is_empty());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut client = Client::new(Vec::new());
        client.request("workspace/codeLens/refresh", Value::Null).expect("memory takes it");
        client.notify("window/logMessage", json!({ "message": "é\n" })).expect("memory takes it");
        client.answer(&json!(1), Value::Null).expect("memory takes it");
        client.refuse(&json!("x"), Wrong::Method, "no").expect("memory takes it");
        let read = all(&client.out);
        assert_eq!(read.len(), 4);
        let Incoming::Request { id, params, .. } = &read[0] else { panic!("{read:?}") };
        assert_eq!((id, params), (&json!("unsnarl-1"), &Value::Null));
        assert_eq!(read[2..], [Incoming::Response, Incoming::Response]);
    }
}
