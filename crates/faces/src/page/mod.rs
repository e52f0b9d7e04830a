//! One page to look at together: rooms that open into each other, and history replayed under other owners.
//!
//! The page is a program built from `web/` and embedded here, a document it reads, and nothing else: no network, no font.
//! Text that others wrote reaches it as JSON alone, and the program makes text of it, never markup; the content security
//! policy lets this one script and this one style be, by their digests.

mod columns;
mod payload;

use measures::{capacity::Capacity, extent::Extent};
use outlook::atoms::Atoms;

use crate::{
    Report,
    plain::{is_unseen, plain},
};

const SCRIPT: &str = include_str!("../../assets/page.js");
const STYLE: &str = include_str!("../../assets/page.css");
/// Digests of the two, as the policy names them; written with them.
const DIGESTS: &str = include_str!("../../assets/page.csp");

/// What the page shows beside the report.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The report.
    pub report: &'a Report<'a>,
    /// How much there is of every module and file.
    pub extent: &'a Extent,
    /// History fit for replays; `None` where no move of today's changes what is counted.
    pub atoms: Option<&'a Atoms>,
    /// What more people bring.
    pub capacity: &'a Capacity,
}

/// The page with everything it shows.
pub fn render(page: &Page<'_>) -> String {
    whole(&page.report.facts.repository.name, &document(page), "", &policy())
}

/// The page as a server hands it out: it asks now and then whether this is still its version.
pub fn live(page: &Page<'_>, version: u64) -> String {
    let name = &page.report.facts.repository.name;
    let head = format!("<meta name=\"unsnarl-version\" content=\"{version}\">");
    whole(name, &document(page), &head, &live_policy())
}

/// What a page of a server may do: ask that server, too.
pub fn live_policy() -> String {
    format!("{}; connect-src 'self'", policy())
}

/// What the page reads: the report, as `report --json` writes it, and under `page` what is drawn of it.
pub fn document(page: &Page<'_>) -> String {
    visible(&payload::of(page).to_string())
}

/// JSON in which nothing can end the element it stands in, and nothing is unseen.
fn visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '<' || is_unseen(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn whole(name: &str, document: &str, head: &str, policy: &str) -> String {
    let name = escape(name);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">{head}\
         <title>{name}: how change moves</title><style>{STYLE}</style></head>\n<body>\
         <div id=\"app\"><noscript>This page is drawn by the script inside it. <code>unsnarl report</code> says the same as text, <code>unsnarl report --md</code> as Markdown.</noscript></div>\
         <script id=\"document\" type=\"application/json\">{document}</script>\
         <script>{SCRIPT}</script></body></html>\n"
    )
}

/// What the page may do: run its own script, wear its own style, and nothing else.
fn policy() -> String {
    let digests = DIGESTS.trim();
    format!(
        "default-src 'none'; {digests}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
}

/// Text that means nothing to HTML, in content and in attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out() {
        let bad = "\"><img src=x onerror=alert(1)>'\u{202e}\x1b[31m</script>";
        let page = whole(bad, "{}", "", &policy());
        let title =
            &page[page.find("<title>").expect("it has one")..page.find("</title>").expect("it has one")];
        assert!(!title["<title>".len()..].contains(['<', '>', '"', '\'', '\u{1b}', '\u{202e}']), "{title}");
    }

    #[test]
    fn json_stays_what_it_is() {
        let text = serde_json::json!({ "a": "</script>\u{202e}gnp\u{1b}\u{feff}\u{1f600}é" });
        let seen = visible(&text.to_string());
        assert!(!seen.contains(['<', '\u{202e}', '\u{1b}', '\u{feff}']), "{seen}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&seen).expect("it is JSON"), text);
    }

    #[test]
    fn what_is_embedded_cannot_end_its_element() {
        for (name, text) in [("script", SCRIPT), ("style", STYLE)] {
            assert!(!text.contains(&format!("</{name}")) && !text.contains("<!--"), "{name}");
            assert!(!text.is_empty());
        }
    }
}
