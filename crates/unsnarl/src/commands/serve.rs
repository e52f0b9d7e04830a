//! `unsnarl serve`: the page, live, on this machine alone.
//!
//! ```text
//! request ──Host, Origin──▶ a thread of its own ──▶ does what it rests on stand? ──yes──▶ the page there is
//!                                                                    └──no──▶ learned anew, built anew
//! ```
//!
//! The page asks every few seconds for the number of its version; asking costs milliseconds while nothing moves. Whoever is not this
//! page, on this address, gets nothing: names of hosts that others point here and pages of others are refused.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, Response, StatusCode, header},
    middleware::{self, Next},
    routing::get,
};
use clap::Args;
use tokio::{net::TcpListener, runtime::Builder, task::spawn_blocking};

use super::{print, report};
use crate::{error::Error, picture::Look, resident::Resident};

/// What the server answers, for other programs.
const OPENAPI: &str = include_str!("serve.openapi.json");
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Arguments of `unsnarl serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The port on 127.0.0.1 [default: any that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[command(flatten)]
    look: Look,
}

impl Serve {
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut desk = Desk { resident: Resident::new(&self.path, self.look), shown: Shown::default() };
        // Whatever is wrong with the repository is said before anybody opens a page.
        desk.shown()?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::Stdout)?;
        runtime.block_on(listen(self.port, Arc::new(Mutex::new(desk))))
    }
}

async fn listen(port: u16, desk: Arc<Mutex<Desk>>) -> Result<(), Error> {
    let fail = |why: std::io::Error| Error::Listen { port, why };
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    let routes = Router::new()
        .route("/", get(|State(desk): State<Asked>| answer(desk, HTML, |shown| shown.page.clone())))
        .route(
            "/api/page",
            get(|State(desk): State<Asked>| answer(desk, JSON, |shown| shown.document.clone())),
        )
        .route(
            "/api/report",
            get(|State(desk): State<Asked>| answer(desk, JSON, |shown| shown.report.clone())),
        )
        .route("/api/version", get(|State(desk): State<Asked>| answer(desk, JSON, Shown::told_version)))
        .route("/api/openapi.json", get(|| async { response(StatusCode::OK, JSON, OPENAPI.to_owned()) }))
        .fallback(|| async {
            response(StatusCode::NOT_FOUND, TEXT, "nothing is here; / is the page\n".to_owned())
        })
        .with_state(desk)
        .layer(middleware::from_fn_with_state(address.port(), guard));
    print(&format!("http://{address}/\n"))?;
    axum::serve(listener, routes).await.map_err(fail)
}

type Asked = Arc<Mutex<Desk>>;

/// One repository, and the page as it was last built.
struct Desk {
    resident: Resident,
    shown: Shown,
}

/// What was built of one state of the repository.
#[derive(Default)]
struct Shown {
    version: u64,
    page: String,
    document: String,
    report: String,
}

impl Shown {
    fn told_version(&self) -> String {
        format!("{{\"version\":{}}}", self.version)
    }
}

impl Desk {
    /// The page as the repository stands now.
    fn shown(&mut self) -> Result<&Shown, Error> {
        let version = self.shown.version + 1;
        let built = self.resident.whole(|report| {
            report::page(report, |page| Shown {
                version,
                page: faces::page::live(page, version),
                document: faces::page::document(page),
                report: faces::json::render(report),
            })
        })?;
        if let Some(built) = built {
            self.shown = built;
        }
        Ok(&self.shown)
    }
}

/// Answers from what stands now; what cannot be answered is said, and the next question may be.
async fn answer(desk: Asked, kind: &'static str, what: fn(&Shown) -> String) -> Response<Body> {
    let answered = spawn_blocking(move || {
        let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.shown().map(what).map_err(|error| error.to_string())
    })
    .await;
    match answered {
        Ok(Ok(text)) => response(StatusCode::OK, kind, text),
        Ok(Err(why)) => response(StatusCode::SERVICE_UNAVAILABLE, TEXT, faces::plain::plain(&why)),
        Err(_) => response(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "this is a bug in unsnarl".to_owned()),
    }
}

fn response(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(text))
        .expect("names and values of these headers are fixed")
}

/// Lets nobody in who came by another name or from another page, and tells browsers to keep what they get to themselves.
async fn guard(State(port): State<u16>, request: Request, next: Next) -> Response<Body> {
    let mut response = match refusal(request.method(), request.headers(), port) {
        Some((status, why)) => response(status, TEXT, why.to_owned()),
        None => next.run(request).await,
    };
    let refused = response.status();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    if refused == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, header::HeaderValue::from_static("GET, HEAD"));
    }
    if let Ok(policy) = faces::page::live_policy().parse() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn refusal(method: &Method, headers: &HeaderMap, port: u16) -> Option<(StatusCode, &'static str)> {
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let value = |name| headers.get(name).map(|value: &header::HeaderValue| value.as_bytes());
    let own = |text: &[u8]| names.iter().any(|name| name.as_bytes() == text);
    let from = |origin: &[u8]| origin.strip_prefix(b"http://").is_some_and(own);
    if !value(header::HOST).is_some_and(own) {
        return Some((StatusCode::FORBIDDEN, "this address is not asked for by that name"));
    }
    if value(header::ORIGIN).is_some_and(|origin| !from(origin)) {
        return Some((StatusCode::FORBIDDEN, "pages of others get nothing here"));
    }
    if method != Method::GET && method != Method::HEAD {
        return Some((StatusCode::METHOD_NOT_ALLOWED, "nothing can be changed here"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_page_on_this_address_is_let_in() {
        let asked = |method: Method, host: Option<&'static str>, origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
                if let Some(value) = value {
                    headers.insert(name, header::HeaderValue::from_static(value));
                }
            }
            refusal(&method, &headers, 4000).is_none()
        };
        assert!(asked(Method::GET, Some("127.0.0.1:4000"), None));
        assert!(asked(Method::HEAD, Some("localhost:4000"), Some("http://localhost:4000")));
        assert!(!asked(Method::POST, Some("localhost:4000"), None));
        for host in [
            None,
            Some("evil.example"),
            Some("127.0.0.1"),
            Some("127.0.0.1:4001"),
            Some("localhost:4000.evil.example"),
        ] {
            assert!(!asked(Method::GET, host, None), "{host:?}");
        }
        for origin in ["null", "http://evil.example", "https://localhost:4000", "http://localhost:4001"] {
            assert!(!asked(Method::GET, Some("localhost:4000"), Some(origin)), "{origin}");
        }
    }
}
