//! Flow for the terminal: at most a hundred columns, and one screen unless all is asked for.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{Basis, Lens, counts::grouped};
use measures::{party::Party, price::Price, review::Phase, stats::survival::Quantile, took::Took};

use super::{Flow, ledger, name};
use crate::{
    numbers::{hours, percent, plural},
    plain::{cut, plain, shortened, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Lines of a list, and of the ledger.
const MOST: usize = 5;
const MOST_LEFT_OUT: usize = 3;
const COLUMNS: usize = 100;

/// For the terminal; `all` shows every line.
pub fn render(flow: &Flow<'_>, all: bool) -> String {
    let shown = if all { usize::MAX } else { MOST };
    let mut out = String::new();
    head(flow, &mut out);
    left_out(flow, if all { usize::MAX } else { MOST_LEFT_OUT }, &mut out);
    table(flow, &mut out);
    waiting(flow, shown, &mut out);
    if flow.times.speak() {
        price(flow, &mut out);
        boundaries(flow, shown, &mut out);
    }
    if flow.reviews.is_none() {
        out.push_str(
            "\nno review events: `unsnarl events import` would tell pickup, review and approval times\n",
        );
    }
    out
}

fn head(flow: &Flow<'_>, out: &mut String) {
    let times = flow.times;
    let told = times.told.len() as u64;
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#}: {} of {} changes tell how long they took{}{}",
        shortened(&flow.lens.facts.repository.name, 30),
        grouped(told),
        grouped(times.of),
        times.usable_share().map_or(String::new(), |share| format!(" ({})", percent(share))),
        match (times.by_events, told - times.by_events) {
            (0, _) => String::new(),
            (by_events, by_git) =>
                format!(", {} by review events, {} by git", grouped(by_events), grouped(by_git)),
        }
    );
}

fn left_out(flow: &Flow<'_>, shown: usize, out: &mut String) {
    let mut lines: Vec<_> = ledger(flow).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    for line in lines.iter().take(shown) {
        let _ = writeln!(out, "  {DIM}{:>7} {}{DIM:#}", grouped(line.count), cut(&line.why, COLUMNS - 10));
    }
    more(lines.len(), shown, out);
}

/// Every stretch of the way, one a line.
fn table(flow: &Flow<'_>, out: &mut String) {
    let mut rows: Vec<(&str, Took)> = Vec::new();
    if flow.times.speak() {
        rows.push(("written to mainline", flow.whole));
        rows.push(("  one team", flow.alone));
        rows.push(("  more teams", flow.together));
        rows.push(("  nobody's files", flow.unowned));
    } else {
        out.push_str("\ntoo few to say how long a change takes here; review events would tell\n");
    }
    for one in flow.reviews.iter().flat_map(|reviews| reviews.phases) {
        let name = match one.phase {
            Phase::Coding => "written to opened",
            Phase::Pickup => "waiting for a first review",
            Phase::Review => "first review to last approval",
            Phase::Approved => "approved to merged",
        };
        rows.push((name, one.took));
    }
    if let Some(release) = flow.release {
        rows.push(("mainline to the first tag", release.any));
        if release.early > 0 {
            rows.push(("  to the first final tag", release.last));
        }
    }
    rows.retain(|(_, took)| took.waits > 0);
    if rows.is_empty() {
        return;
    }
    let heads = ("how long it takes", "half within (95 %)", "nine of ten", "n", "open");
    let _ = writeln!(
        out,
        "\n{BOLD}{:<34}{BOLD:#}{:<30} {:<13} {:>8} {:>7}",
        heads.0, heads.1, heads.2, heads.3, heads.4
    );
    for (name, took) in rows {
        let open = if took.open > 0 { grouped(took.open) } else { String::new() };
        let line = format!("  {name:<32}{}{open:>8}", measured(took, 30));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if let Some(release) = flow.release {
        let early = match release.early {
            0 => String::new(),
            early => format!("; {} by name", plural(early, "pre-release")),
        };
        let line = format!(
            "{}: {} on the mainline, {} on branches off it{early}; changes of five years",
            plural(release.tags, "tag"),
            grouped(release.on_mainline),
            grouped(release.on_branches),
        );
        let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&line, 2, 4, COLUMNS));
    }
}

/// Median, ninetieth percentile and number, in columns.
fn measured(took: Took, width: usize) -> String {
    let within = |quantile: Option<Quantile>| match quantile {
        Some(Quantile { value, low: Some(low), high: Some(high) }) => {
            format!("{} ({})", hours(value), between(low, high))
        }
        Some(Quantile { value, .. }) => hours(value),
        None => "not yet".to_owned(),
    };
    let nine = took.p90.map_or_else(|| "not yet".to_owned(), |p90| hours(p90.value));
    format!("{:<width$} {nine:<13} {:>8}", within(took.median), grouped(took.waits))
}

fn waiting(flow: &Flow<'_>, shown: usize, out: &mut String) {
    let Some(reviews) = &flow.reviews else { return };
    let queues = &reviews.waiting.queues;
    if queues.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{BOLD}who waits for whom{BOLD:#} {:<22}{:<26} {:<11} {:>6} {:>4}",
        "(first review)", "half within (95 %)", "nine of ten", "n", "now"
    );
    for one in queues.iter().take(shown) {
        let pair = if one.from == one.on {
            cut(&format!("{}, themselves", called(flow.lens, one.from)), 38)
        } else {
            sides(called(flow.lens, one.from), " for ", called(flow.lens, one.on), 38)
        };
        let now = if one.now > 0 { grouped(one.now) } else { String::new() };
        let nine = one.took.p90.map_or_else(|| "not yet".to_owned(), |p90| hours(p90.value));
        let line = format!(
            "  {:<38} {:<26} {nine:<11} {:>6} {now:>4}",
            pair,
            median(one.took, 26),
            grouped(one.took.waits)
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    more(queues.len(), shown, out);
    if queues.iter().any(|one| one.from == Party::NoTeam) {
        let _ = writeln!(out, "  {DIM}--teams CSV says who is in which team{DIM:#}");
    }
}

/// The median with its interval where that fits.
fn median(took: Took, width: usize) -> String {
    let Some(median) = took.median else { return "not yet".to_owned() };
    let short = hours(median.value);
    let (Some(low), Some(high)) = (median.low, median.high) else { return short };
    let long = format!("{short} ({})", between(low, high));
    if long.chars().count() <= width { long } else { short }
}

fn price(flow: &Flow<'_>, out: &mut String) {
    let _ = writeln!(out, "\n{BOLD}one more team{BOLD:#}, at equal size, kind and quarter, in five years");
    priced("lead time", flow.price, out);
    if let Some(reviews) = &flow.reviews {
        priced("first review", reviews.price, out);
    }
}

fn priced(what: &str, price: Result<&Price, &str>, out: &mut String) {
    let _ = match price {
        Ok(price) => writeln!(
            out,
            "  {what:<13} {BOLD}× {:.2}{BOLD:#} (95 % {:.2} to {:.2}); {} changes, {} of more teams{}",
            price.factor,
            price.interval.0,
            price.interval.1,
            grouped(price.changes),
            grouped(price.together),
            if price.factor < 1.0 { "; no cost shows" } else { "" }
        ),
        Err(why) => writeln!(out, "  {what:<13} {}", cut(why, COLUMNS - 16)),
    };
}

fn boundaries(flow: &Flow<'_>, shown: usize, out: &mut String) {
    if !flow.costs.is_empty() {
        let days: f64 = flow.costs.iter().map(|cost| cost.days).sum();
        let _ = writeln!(
            out,
            "\n{BOLD}in the last year{BOLD:#} that was {} of lead time over {}; the dearest",
            days_of(days),
            if flow.costs.len() == 1 {
                "one boundary".to_owned()
            } else {
                format!("{} boundaries", flow.costs.len())
            }
        );
        for cost in flow.costs.iter().take(shown) {
            let took = flow.boundaries.iter().find(|one| one.parties == cost.parties);
            let median = took.and_then(|one| one.took.median);
            let _ = writeln!(
                out,
                "  {:<46} {:>12} {:>11}{}",
                pair(flow.lens, cost.parties, 46),
                plural(cost.changes, "change"),
                days_of(cost.days),
                median
                    .map_or(String::new(), |median| format!("  {DIM}median {}{DIM:#}", hours(median.value)))
            );
        }
        more(flow.costs.len(), shown, out);
    } else if !flow.boundaries.is_empty() {
        let _ = writeln!(
            out,
            "\n{BOLD}{:<44}{BOLD:#} {:<29} {:<13} {:>8}",
            if flow.lens.ownership.basis == Basis::Inferred {
                "where groups meet"
            } else {
                "where teams meet"
            },
            "half within (95 %)",
            "nine of ten",
            "n"
        );
        for one in flow.boundaries.iter().take(shown) {
            let _ = writeln!(out, "  {:<42} {}", pair(flow.lens, one.parties, 42), measured(one.took, 29));
        }
        more(flow.boundaries.len(), shown, out);
    }
}

fn more(all: usize, shown: usize, out: &mut String) {
    if all > shown {
        let _ = writeln!(out, "  {DIM}{} more; --all shows every one{DIM:#}", all - shown);
    }
}

/// A party in few words: that groups are groups is said by the word inferred, not by each name.
fn called<'a>(lens: &Lens<'a>, party: Party) -> &'a str {
    match party {
        Party::NoTeam => "no known team",
        party => {
            let name = name(lens, party);
            name.strip_prefix("group ").unwrap_or(name)
        }
    }
}

fn pair(lens: &Lens<'_>, (a, b): (Party, Party), width: usize) -> String {
    if a == b {
        return cut(&format!("{} among themselves", called(lens, a)), width);
    }
    sides(called(lens, a), " ↔ ", called(lens, b), width)
}

/// Two names in at most `width` characters; the longer gives way first.
fn sides(a: &str, joint: &str, b: &str, width: usize) -> String {
    let room = width - joint.chars().count();
    let (left, right) = (plain(a).chars().count(), plain(b).chars().count());
    let for_left = if left <= room / 2 { left } else { (room / 2).max(room.saturating_sub(right)) };
    format!("{}{joint}{}", shortened(a, for_left), shortened(b, room - for_left))
}

/// Two lengths, their unit once where they share it: `21–24`, `23 hours–4 days`.
fn between(low: f64, high: f64) -> String {
    let (low, high) = (hours(low), hours(high));
    let number = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let unit = |text: &str| text.split(' ').nth(1).unwrap_or_default().trim_end_matches('s').to_owned();
    if unit(&low) == unit(&high) {
        format!("{}–{}", number(&low), number(&high))
    } else {
        format!("{low}–{high}")
    }
}

fn days_of(days: f64) -> String {
    if days < 10.0 { format!("{days:.1} days") } else { plural(days.round() as u64, "day") }
}
