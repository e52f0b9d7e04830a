//! One page to look at together: rooms that open into each other, and history replayed under other owners.
//!
//! The page is a program built from `web/` and embedded here, a document it reads, and nothing else: no network, no font.
//! Text that others wrote reaches it as JSON alone, and the program makes text of it, never markup; the content security
//! policy lets this one script and this one style be, by their digests.

mod columns;
mod payload;

use measures::{capacity::Capacity, extent::Extent};
use outlook::atoms::Atoms;

use crate::Report;

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
    whole(&page.report.facts.repository.name, &document(page), "")
}

/// What the page reads: the report, as `report --json` writes it, and under `page` what is drawn of it.
pub fn document(page: &Page<'_>) -> String {
    // Nothing in it can end the element it stands in.
    payload::of(page).to_string().replace('<', "\\u003c")
}

fn whole(name: &str, document: &str, connect: &str) -> String {
    let name = crate::html::escape(name);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\
         <title>{name}: how change moves</title><style>{STYLE}</style></head>\n<body>\
         <div id=\"app\"><noscript>This page is drawn by the script inside it. <code>unsnarl report</code> says the same as text, <code>unsnarl report --md</code> as Markdown.</noscript></div>\
         <script id=\"document\" type=\"application/json\">{document}</script>\
         <script>{SCRIPT}</script></body></html>\n",
        policy(connect)
    )
}

/// What the page may do: run its own script, wear its own style, and nothing else.
fn policy(connect: &str) -> String {
    let digests = DIGESTS.trim();
    format!(
        "default-src 'none'; {digests}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'{connect}"
    )
}
