//! The page's part on work that is passed on, done again, or held up by what is written for it.

use std::fmt::Write as _;

use super::{
    escape,
    tables::{begin, end, number, quantity},
};
use crate::{Report, names, numbers};

/// Rows of a table.
const ROWS: usize = 30;

pub(super) fn section(report: &Report<'_>, out: &mut String) {
    out.push_str("<section id=\"work\"><h2>Work that is passed on or comes back</h2>");
    handoffs(report, out);
    rework(report, out);
    process(report, out);
    out.push_str("</section>");
}

fn handoffs(report: &Report<'_>, out: &mut String) {
    let one = &report.picture.handoffs;
    if one.whole.value.is_none() {
        let why = one.notes.first().map_or("No handoff can be told here.", String::as_str);
        let _ = write!(out, "<p>Handoffs: {}.</p>", escape(why.trim_end_matches('.')));
        return;
    }
    let told = |name: &str| one.quantities.iter().find(|one| one.name == name).and_then(|one| one.value);
    let _ = write!(
        out,
        "<p>Of the files touched again within 14 days, {} went to another team than the last; were the teams of each module's touches shuffled, {} would. In the last year it was {}. The teams of both sides must be known, and those of most authors of the time; {} times they were not.</p>",
        escape(&numbers::estimate(one, &one.whole)),
        told("share_by_chance").map_or("–".to_owned(), numbers::percent),
        one.recent.as_ref().map_or("–".to_owned(), |recent| escape(&numbers::estimate(one, recent))),
        told("passes_untold").map_or("–".to_owned(), numbers::number)
    );
    begin(
        "Pairs of teams by how often files pass between them",
        &["Teams", "#Share", "#Passed", "#By chance", "#Changes", "#Written by both"],
        out,
    );
    for part in one.parts.iter().take(ROWS) {
        let _ = write!(out, "<tr><td class=\"name\">{}</td>", escape(&names::subject(report, &part.subject)));
        number(part.share, part.share.map_or("–".to_owned(), numbers::percent), out);
        number(Some(part.estimate.count), numbers::number(part.estimate.count), out);
        for name in ["by_chance", "changes", "changes_of_both"] {
            let value = quantity(part, name);
            number(value, value.map_or("–".to_owned(), |value| numbers::number(value.round())), out);
        }
        out.push_str("</tr>");
    }
    end(out);
}

fn rework(report: &Report<'_>, out: &mut String) {
    let one = &report.picture.rework;
    if one.whole.value.is_none() {
        return;
    }
    let told = |name: &str| one.quantities.iter().find(|one| one.name == name).and_then(|one| one.value);
    let reverts = told("revert_share").map_or("–".to_owned(), numbers::percent);
    let _ = write!(
        out,
        "<p>{} of touches have their file touched again within 14 days by another change, and {} of changes ({}) revert another. Touching a file again is not by itself bad: compare with what it was.</p>",
        escape(&numbers::estimate(one, &one.whole)),
        escape(&reverts),
        told("reverts").map_or("–".to_owned(), numbers::number)
    );
    begin(
        "Modules by files soon touched again",
        &["Module", "#Share of touches", "#Again", "#Touches", "#Reverts"],
        out,
    );
    for part in one.parts.iter().take(ROWS) {
        let _ = write!(out, "<tr><td class=\"name\">{}</td>", escape(&names::subject(report, &part.subject)));
        let share = part.estimate.value;
        number(share, share.map_or("–".to_owned(), numbers::percent), out);
        number(Some(part.estimate.count), numbers::number(part.estimate.count), out);
        number(Some(part.estimate.of as f64), numbers::count(part.estimate.of), out);
        let reverts = quantity(part, "reverts");
        number(reverts, reverts.map_or("–".to_owned(), numbers::number), out);
        out.push_str("</tr>");
    }
    end(out);
}

fn process(report: &Report<'_>, out: &mut String) {
    let one = &report.picture.process_load;
    if one.parts.is_empty() {
        return;
    }
    begin("What is written for changes to pass", &["What", "#Now", "#A year ago"], out);
    for part in &one.parts {
        let _ = write!(out, "<tr><td class=\"name\">{}</td>", part.state.unwrap_or("–"));
        number(Some(part.estimate.count), numbers::number(part.estimate.count), out);
        let before = quantity(part, "a_year_ago");
        number(before, before.map_or("–".to_owned(), numbers::number), out);
        out.push_str("</tr>");
    }
    end(out);
}
