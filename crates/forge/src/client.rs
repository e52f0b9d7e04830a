//! One question over HTTP: who may ask, how long to wait, when to try again.
//!
//! | the forge says | what is done |
//! |---|---|
//! | 403 or 429 with `retry-after` | wait so long |
//! | 403 or 429 with `x-ratelimit-remaining: 0`, or GraphQL's `RATE_LIMITED` | wait until `x-ratelimit-reset` |
//! | 403 or 429 that speaks of a secondary limit | wait a minute, then two, and so on |
//! | 5xx, a connection that breaks, an answer cut short | try again after half a second, then one, and so on |
//! | anything else | give up, and say what it was |
//!
//! Every wait is said before it begins, and none is longer than was allowed.

use std::{
    fmt,
    sync::Arc,
    thread,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use ureq::{
    Agent,
    http::{HeaderMap, StatusCode},
    tls::{Certificate, RootCerts, TlsConfig},
};

use crate::error::{Error, minutes};

/// Failures in a row that are borne.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// What GitHub asks for after a secondary limit that names no time.
const SECONDARY_PAUSE: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(120);
/// Longer answers are no answers.
const LONGEST_ANSWER: u64 = 64 << 20;
/// More of what a server says is not repeated.
const LONGEST_WORDS: usize = 200;

/// A secret that is shown to nobody but the forge.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token, where it can be one.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::BadToken);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(secret)")
    }
}

/// How long one is willing to wait, and who is told.
pub struct Patience<'s> {
    /// The longest single wait that is accepted.
    pub longest_wait: Duration,
    /// Is told of every wait, before it begins.
    pub say: &'s dyn Fn(&str),
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience").field("longest_wait", &self.longest_wait).finish_non_exhaustive()
    }
}

/// Asks one forge.
#[derive(Debug)]
pub struct Client<'s> {
    agent: Agent,
    url: String,
    token: Token,
    patience: Patience<'s>,
}

/// What came back.
pub(crate) enum Answer {
    /// JSON.
    Value(Value),
    /// The forge gave up on the question: it may have been too much at once.
    TooMuch(String),
}

/// What to do with a response.
enum Next {
    Done(Answer),
    Wait(Duration, &'static str),
    Again(String),
}

impl<'s> Client<'s> {
    /// Asks the GraphQL interface below `api_url`, over TLS unless it is this machine.
    pub fn new(api_url: &str, token: Token, patience: Patience<'s>) -> Result<Self, Error> {
        let bad = |why| Error::BadUrl { url: without_user(api_url), why };
        let (scheme, rest) =
            api_url.split_once("://").ok_or(bad("it is no address; https://api.github.com is one"))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        match scheme {
            _ if host.contains('@') => {
                return Err(bad("it holds a name or password; the token goes into GITHUB_TOKEN"));
            }
            "https" if !host.is_empty() => {}
            "http" if is_this_machine(host) => {}
            "http" => return Err(bad("over http the token could be read on its way; https keeps it")),
            _ => return Err(bad("expected https://HOST")),
        }
        let tls = TlsConfig::builder()
            .root_certs(if scheme == "https" {
                platform_certificates()
            } else {
                RootCerts::new_with_certs(&[])
            })
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // A redirect could take the token elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(ANSWER))
            .user_agent(concat!("unsnarl/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Ok(Self { agent, url: format!("{}/graphql", api_url.trim_end_matches('/')), token, patience })
    }

    /// Where it asks.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks, waits and tries again as the forge wishes.
    pub(crate) fn ask(&self, question: &Value) -> Result<Answer, Error> {
        let body = question.to_string();
        let (mut failures, mut secondary, mut limits) = (0, SECONDARY_PAUSE, 0);
        loop {
            match self.once(&body, secondary)? {
                Next::Done(answer) => return Ok(answer),
                Next::Wait(wait, why) => {
                    limits += 1;
                    // A limit that is never lifted, whatever one waits, is a refusal.
                    if wait > self.patience.longest_wait || limits > TRIES {
                        return Err(Error::LimitReached { wait });
                    }
                    secondary *= 2;
                    (self.patience.say)(&format!("{why}; waiting {}", minutes(wait)));
                    thread::sleep(wait);
                }
                Next::Again(why) => {
                    failures += 1;
                    if failures >= TRIES {
                        return Err(Error::Unreachable { url: self.url.clone(), why });
                    }
                    let pause = FIRST_PAUSE * 2_u32.pow(failures - 1);
                    (self.patience.say)(&format!("{why}; trying again"));
                    thread::sleep(pause);
                }
            }
        }
    }

    fn once(&self, body: &str, secondary: Duration) -> Result<Next, Error> {
        let sent = self
            .agent
            .post(&self.url)
            .header("authorization", format!("bearer {}", self.token.0))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .send(body);
        let mut response = match sent {
            Ok(response) => response,
            Err(ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl) => {
                return Err(Error::BadUrl {
                    url: without_user(&self.url),
                    why: "it is no address that can be asked",
                });
            }
            Err(error) => {
                let why = self.words(&error.to_string());
                return match why.split_once("invalid peer certificate") {
                    Some(_) => Err(Error::Untrusted(self.url.clone())),
                    None => Ok(Next::Again(why)),
                };
            }
        };
        let status = response.status();
        let headers = response.headers().clone();
        let text = match response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string() {
            Ok(text) => text,
            Err(error) => {
                return Ok(Next::Again(format!(
                    "the answer was cut short: {}",
                    self.words(&error.to_string())
                )));
            }
        };
        self.judge(status, &headers, &text, secondary)
    }

    fn judge(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        text: &str,
        secondary: Duration,
    ) -> Result<Next, Error> {
        let url = || self.url.clone();
        match status.as_u16() {
            200 => {}
            401 => return Err(Error::Unauthorised(url())),
            403 | 429 => {
                let said = self.said(text);
                let limited = status.as_u16() == 429 || said.to_lowercase().contains("rate limit");
                return match limit(headers) {
                    Some(wait) => Ok(Next::Wait(wait, "the forge's limit is reached")),
                    None if limited => Ok(Next::Wait(secondary, "the forge asks to go slower")),
                    None => Err(Error::Refused { url: url(), why: said }),
                };
            }
            404 => {
                return Err(Error::NoForge {
                    url: url(),
                    why: "there is nothing at that address (404)".to_owned(),
                });
            }
            502 | 504 => return Ok(Next::Done(Answer::TooMuch(format!("the forge answered {status}")))),
            500.. => return Ok(Next::Again(format!("the forge answered {status}"))),
            other => {
                let why = format!("it answered {other}: {}", self.said(text));
                return Err(Error::NoForge { url: url(), why });
            }
        }
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            if text.trim_start().starts_with('{') {
                return Ok(Next::Again("the answer was cut short".to_owned()));
            }
            return Err(Error::NoForge { url: url(), why: "what answers there speaks no JSON".to_owned() });
        };
        let errors = value["errors"].as_array().map_or(&[][..], Vec::as_slice);
        if errors
            .iter()
            .any(|error| error["type"] == "RATE_LIMITED" || error["extensions"]["code"] == "RATE_LIMITED")
        {
            let wait = limit(headers).unwrap_or(secondary);
            return Ok(Next::Wait(wait, "the forge's limit is reached"));
        }
        Ok(Next::Done(Answer::Value(value)))
    }

    /// What a server says of a failure, shortened.
    fn said(&self, text: &str) -> String {
        let value: Option<Value> = serde_json::from_str(text).ok();
        let message = value.as_ref().and_then(|value| value["message"].as_str());
        self.words(message.unwrap_or("it gave no reason"))
    }

    /// A stranger's words: one line, not long, and never the token.
    pub(crate) fn words(&self, text: &str) -> String {
        let clean = text.replace(&self.token.0, "(token)");
        clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect()
    }
}

/// Those whom this machine trusts.
fn platform_certificates() -> RootCerts {
    let found = rustls_native_certs::load_native_certs().certs;
    let owned: Vec<_> = found.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    RootCerts::from(owned)
}

/// How long the headers ask to wait; `None` when they speak of no limit.
fn limit(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(Duration::from_secs(seconds));
    }
    if number("x-ratelimit-remaining") != Some(0) {
        return None;
    }
    let reset = Duration::from_secs(number("x-ratelimit-reset")?);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // A second more, for clocks that differ.
    Some(reset.saturating_sub(now) + Duration::from_secs(1))
}

/// The loopback, by name or number.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An address without a name or password in it.
fn without_user(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            format!("{scheme}://{host}{path}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(url: &str) -> Result<Client<'static>, Error> {
        let token = Token::new("ghp_secret").expect("it is a token");
        Client::new(url, token, Patience { longest_wait: Duration::ZERO, say: &|_| {} })
    }

    #[test]
    fn the_token_travels_over_tls_alone() {
        for url in ["https://api.github.com", "http://127.0.0.1:80", "http://localhost:9/x", "http://[::1]:9"]
        {
            assert!(client(url).is_ok(), "{url}");
        }
        for url in [
            "http://api.github.com",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "https://u:p@host",
            "ftp://host",
            "api.github.com",
            "https://",
        ] {
            let error = client(url).expect_err("it is refused").to_string();
            assert!(!error.contains("u:p"), "{error}");
        }
    }

    #[test]
    fn the_token_is_in_no_words() {
        let client = client("https://api.github.com").expect("the address is sound");
        assert_eq!(client.words("your ghp_secret\n is bad"), "your (token) is bad");
        assert!(!format!("{client:?}").contains("ghp_secret"));
        assert!(Token::new("two words").is_err() && Token::new(" \n").is_err());
    }

    #[test]
    fn headers_tell_how_long_to_wait() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().expect("it is a header"));
            }
            limit(&headers)
        };
        assert_eq!(headers(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(
            headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")]),
            Some(Duration::from_secs(1))
        );
        assert_eq!(headers(&[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "1")]), None);
        assert_eq!(headers(&[]), None);
    }
}
