//! An audit of ownership, as text and as JSON.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use facts::RuleBook;
use serde::Serialize;
use verdicts::{
    Severity,
    audit::{Audit, AuditFinding, AuditKind},
};

use crate::{
    document::written,
    numbers::{self, plural},
    plain::{cut, plain},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const HIGH: Style = AnsiColor::Red.on_default();
const MEDIUM: Style = AnsiColor::Yellow.on_default();
/// Findings of one kind shown in text.
const MOST: usize = 6;

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    repository: &'a str,
    sources: Vec<SourceView<'a>>,
    coverage: CoverageView,
    findings: Vec<FindingView<'a>>,
}

#[derive(Serialize)]
struct SourceView<'a> {
    dialect: &'a str,
    files: &'a [String],
    rules: u64,
    asked: bool,
}

#[derive(Serialize)]
struct CoverageView {
    files: u64,
    owned_files: u64,
    exempt_files: u64,
    unowned_files: u64,
    recent_touches: u64,
    owned_touches: u64,
    exempt_touches: u64,
    unowned_touches: u64,
}

#[derive(Serialize)]
struct FindingView<'a> {
    id: &'a str,
    kind: &'a str,
    severity: &'a str,
    source: Option<&'a str>,
    line: Option<u32>,
    title: &'a str,
    instead: &'a str,
    files: u64,
    share: Option<f64>,
    paths: &'a [String],
}

/// One object, `unsnarl.audit/1`.
pub fn json(repository: &str, book: &RuleBook, audit: &Audit) -> String {
    let of = |source: usize| book.rules.iter().filter(|rule| rule.source as usize == source).count() as u64;
    let sources = book.sources.iter().enumerate();
    let covered = audit.coverage;
    written(&Whole {
        schema: "unsnarl.audit/1",
        repository,
        sources: sources
            .map(|(at, source)| SourceView {
                dialect: source.dialect,
                files: &source.files,
                rules: of(at),
                asked: source.asked,
            })
            .collect(),
        coverage: CoverageView {
            files: covered.files,
            owned_files: covered.owned_files,
            exempt_files: covered.exempt_files,
            unowned_files: covered.files - covered.owned_files - covered.exempt_files,
            recent_touches: covered.touches,
            owned_touches: covered.owned_touches,
            exempt_touches: covered.exempt_touches,
            unowned_touches: covered.touches - covered.owned_touches - covered.exempt_touches,
        },
        findings: audit.findings.iter().map(view).collect(),
    })
}

fn view(finding: &AuditFinding) -> FindingView<'_> {
    FindingView {
        id: &finding.id,
        kind: finding.kind.name(),
        severity: finding.severity.name(),
        source: finding.place.as_ref().map(|(file, _)| file.as_str()),
        line: finding.place.as_ref().map(|&(_, line)| line).filter(|&line| line > 0),
        title: &finding.title,
        instead: &finding.instead,
        files: finding.files,
        share: finding.share,
        paths: &finding.paths,
    }
}

/// The summary: coverage, then findings by kind; `all` of them, or the first of each kind.
pub fn text(repository: &str, book: &RuleBook, audit: &Audit, all: bool) -> String {
    let mut out = String::new();
    header(repository, book, audit, &mut out);
    for kind in AuditKind::ALL {
        let own: Vec<&AuditFinding> = audit.findings.iter().filter(|finding| finding.kind == kind).collect();
        if own.is_empty() {
            continue;
        }
        let number = format!(": {}", numbers::count(own.len() as u64));
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}  {DIM}{}{number}{DIM:#}", kind.name(), kind.title());
        let most = if all { own.len() } else { MOST };
        for finding in own.iter().take(most) {
            let style = match finding.severity {
                Severity::High => HIGH,
                Severity::Medium => MEDIUM,
                Severity::Low => DIM,
            };
            let place = match &finding.place {
                Some((file, 0)) => format!("{file}  "),
                Some((file, line)) => format!("{file}:{line}  "),
                None => String::new(),
            };
            let _ = writeln!(
                out,
                "  {style}{:<6}{style:#} {}{}",
                finding.severity.name(),
                plain(&place),
                cut(&finding.title, 400)
            );
            let _ = writeln!(out, "         {DIM}→ {}{DIM:#}", plain(&finding.instead));
        }
        if own.len() > most {
            let _ =
                writeln!(out, "  {DIM}and {} more (--all){DIM:#}", numbers::count((own.len() - most) as u64));
        }
    }
    if audit.findings.is_empty() {
        let _ = writeln!(out, "\nNothing to mend.");
    }
    out
}

fn header(repository: &str, book: &RuleBook, audit: &Audit, out: &mut String) {
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#}: what is declared about ownership, held against the tree and its history",
        plain(repository)
    );
    for (at, source) in book.sources.iter().enumerate() {
        let rules = book.rules.iter().filter(|rule| rule.source as usize == at).count() as u64;
        let files = match source.files.as_slice() {
            [one] => plain(one),
            files => format!("{} files", numbers::count(files.len() as u64)),
        };
        let asked = if source.asked { "" } else { ", not asked: another source answers" };
        let _ = writeln!(out, "  {:<12} {} in {files}{asked}", source.dialect, plural(rules, "rule"));
    }
    if book.sources.is_empty() {
        let _ = writeln!(
            out,
            "  no ownership file of any dialect, and no manifest that names owners (unsnarl init writes one)"
        );
    }
    let covered = audit.coverage;
    let mut line = |name: &str, things: &str, all: u64, owned: u64, exempt: u64| {
        let share = |part: u64| numbers::percent(part as f64 / all.max(1) as f64);
        let exempt = match exempt {
            0 => String::new(),
            exempt => format!("; for {} nobody has to be asked, by rule", share(exempt)),
        };
        let (share, owned, all) = (share(owned), numbers::count(owned), numbers::count(all));
        let _ = writeln!(out, "  {name:<12} {share} of {things} owned ({owned} of {all}){exempt}");
    };
    line("today", "files", covered.files, covered.owned_files, covered.exempt_files);
    if covered.touches > 0 {
        line("last year", "touches", covered.touches, covered.owned_touches, covered.exempt_touches);
    }
}
