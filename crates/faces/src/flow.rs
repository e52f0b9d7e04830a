//! How long changes take, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{Lens, counts::grouped};
use measures::{
    lead_time::{Boundary, LeadTimes},
    party::Party,
    price::{Cost, Price},
    stats::survival::Quantile,
    took::Took,
};
use serde_json::{Value, json};

use crate::{numbers::percent, plain::plain};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Boundaries shown.
const MOST: usize = 10;

/// Flow with everything its faces show.
pub struct Flow<'a> {
    /// The history.
    pub lens: &'a Lens<'a>,
    /// What it tells.
    pub times: &'a LeadTimes,
    /// How long changes took: all of them,
    pub whole: Took,
    /// those that need one team,
    pub alone: Took,
    /// those that need more.
    pub together: Took,
    /// Where teams meet, the most changes first.
    pub boundaries: &'a [Boundary],
    /// What one more team costs, or why that cannot be told.
    pub price: Result<&'a Price, &'a str>,
    /// What each boundary costs a year, the dearest first.
    pub costs: &'a [Cost],
}

/// For the terminal; `all` shows every boundary.
pub fn text(flow: &Flow<'_>, all: bool) -> String {
    let times = flow.times;
    let told = times.told.len() as u64;
    let mut out = format!(
        "{BOLD}{}{BOLD:#}: {} of {} changes tell how long they took{}\n",
        plain(&flow.lens.facts.repository.name),
        grouped(told),
        grouped(times.of),
        times.usable_share().map_or(String::new(), |share| format!(" ({})", percent(share)))
    );
    for line in &times.ledger {
        let _ = writeln!(out, "  {DIM}{:>7} {}{DIM:#}", grouped(line.count), plain(&line.why));
    }
    if !times.speak() {
        out.push_str("\ntoo few to say how long a change takes here; review events would tell\n");
        return out;
    }
    let _ = writeln!(out, "\n{BOLD}lead time{BOLD:#}, from the first commit written to the mainline");
    for (name, took) in [("all", flow.whole), ("one team", flow.alone), ("more teams", flow.together)] {
        if took.waits > 0 {
            let _ = writeln!(out, "  {name:<11}{}", took_in_words(took));
        }
    }
    let _ = match flow.price {
        Ok(price) if price.factor < 1.0 => writeln!(
            out,
            "\n{BOLD}one more team{BOLD:#} costs no time that shows: at equal size, kind and quarter such changes were faster\n  {DIM}× {:.2} (95 % {:.2} to {:.2}), on {} changes of the last five years, {} of them of more than one team{DIM:#}",
            price.factor,
            price.interval.0,
            price.interval.1,
            grouped(price.changes),
            grouped(price.together)
        ),
        Ok(price) => writeln!(
            out,
            "\n{BOLD}one more team{BOLD:#} multiplies it by {BOLD}{:.2}{BOLD:#} (95 % {:.2} to {:.2}), at equal size, kind and quarter\n  {DIM}on {} changes of the last five years, {} of them of more than one team{DIM:#}",
            price.factor,
            price.interval.0,
            price.interval.1,
            grouped(price.changes),
            grouped(price.together)
        ),
        Err(why) => writeln!(out, "\n{BOLD}one more team{BOLD:#}: {}", plain(why)),
    };
    boundaries(flow, all, &mut out);
    out
}

fn boundaries(flow: &Flow<'_>, all: bool, out: &mut String) {
    let shown = if all { usize::MAX } else { MOST };
    if !flow.costs.is_empty() {
        let days: f64 = flow.costs.iter().map(|cost| cost.days).sum();
        let _ = writeln!(
            out,
            "\n{BOLD}in the last year{BOLD:#} that was {} of waiting over {} boundaries; the dearest",
            days_of(days),
            flow.costs.len()
        );
        for cost in flow.costs.iter().take(shown) {
            let took = flow.boundaries.iter().find(|one| one.parties == cost.parties);
            let median = took.and_then(|one| one.took.median);
            let _ = writeln!(
                out,
                "  {:<52} {:>4} changes {:>9}{}",
                pair(flow.lens, cost.parties),
                grouped(cost.changes),
                days_of(cost.days),
                median.map_or(String::new(), |median| format!("  {DIM}median {}{DIM:#}", span(median.value)))
            );
        }
        more(flow.costs.len(), shown, out);
    } else if !flow.boundaries.is_empty() {
        let _ = writeln!(out, "\n{BOLD}where teams meet{BOLD:#}");
        for one in flow.boundaries.iter().take(shown) {
            let _ = writeln!(out, "  {:<52} {}", pair(flow.lens, one.parties), took_in_words(one.took));
        }
        more(flow.boundaries.len(), shown, out);
    }
}

fn more(all: usize, shown: usize, out: &mut String) {
    if all > shown {
        let _ = writeln!(out, "  {DIM}{} more; --all shows every one{DIM:#}", all - shown);
    }
}

fn pair(lens: &Lens<'_>, (a, b): (Party, Party)) -> String {
    crate::plain::shortened(&format!("{} + {}", name(lens, a), name(lens, b)), 52)
}

/// What a party is called; single people by nothing but their kind.
fn name<'a>(lens: &Lens<'a>, party: Party) -> &'a str {
    match party {
        Party::Team(team) => &lens.structure.teams[team.index()].name,
        Party::SingleOwners => "single owners",
        Party::NoTeam => "people of no known team",
    }
}

fn took_in_words(took: Took) -> String {
    let within = |quantile: Option<Quantile>| match quantile {
        Some(Quantile { value, low: Some(low), high: Some(high) }) => {
            format!("{} (95 % {} to {})", span(value), span(low), span(high))
        }
        Some(Quantile { value, .. }) => span(value),
        None => "not known".to_owned(),
    };
    let changes = if took.waits == 1 { "change" } else { "changes" };
    format!(
        "half within {}, nine of ten within {}; {} {changes}",
        within(took.median),
        took.p90.map_or_else(|| "an unknown time".to_owned(), |p90| span(p90.value)),
        grouped(took.waits)
    )
}

/// Hours as people say them.
pub(crate) fn span(hours: f64) -> String {
    match hours {
        short if short < 1.0 => format!("{:.0} minutes", (short * 60.0).max(1.0)),
        short if short < 48.0 => format!("{short:.0} hours"),
        long => format!("{:.0} days", long / 24.0),
    }
}

fn days_of(days: f64) -> String {
    if days < 10.0 { format!("{days:.1} days") } else { format!("{} days", grouped(days.round() as u64)) }
}

/// One object, `unsnarl.flow/1`. Hours and shares are numbers; what cannot be told is null.
pub fn json(flow: &Flow<'_>) -> String {
    let times = flow.times;
    let speaks = times.speak();
    let boundaries: Vec<Value> = flow
        .boundaries
        .iter()
        .map(|one| {
            let cost = flow.costs.iter().find(|cost| cost.parties == one.parties);
            json!({
                "a": name(flow.lens, one.parties.0),
                "b": name(flow.lens, one.parties.1),
                "lead_time": took(one.took, true),
                "recent_changes": cost.map(|cost| cost.changes),
                "days_a_year": cost.map(|cost| cost.days),
            })
        })
        .collect();
    let ledger: Vec<Value> = times
        .ledger
        .iter()
        .chain(&flow.lens.ledger)
        .map(|line| json!({"what": line.what.name(), "count": line.count, "why": line.why}))
        .collect();
    let price = flow.price.ok().map(|price| {
        json!({
            "factor": price.factor,
            "interval": [price.interval.0, price.interval.1],
            "n": price.changes,
            "n_of_more_teams": price.together,
        })
    });
    let whole = json!({
        "schema": "unsnarl.flow/1",
        "repository": flow.lens.facts.repository.name,
        "ownership": flow.lens.ownership.basis.name(),
        "changes": times.of,
        "usable_changes": times.told.len(),
        "usable_share": times.usable_share(),
        "lead_time": took(flow.whole, speaks),
        "lead_time_of_one_team": took(flow.alone, speaks),
        "lead_time_of_more_teams": took(flow.together, speaks),
        "price": price,
        "price_note": flow.price.err(),
        "boundaries": if speaks { boundaries } else { Vec::new() },
        "ledger": ledger,
    });
    format!("{whole:#}\n")
}

fn took(took: Took, speaks: bool) -> Value {
    let hours = |quantile: Option<Quantile>| quantile.filter(|_| speaks).map(|one| one.value);
    let interval =
        |quantile: Option<Quantile>| quantile.filter(|_| speaks).map(|one| json!([one.low, one.high]));
    json!({
        "median_hours": hours(took.median),
        "median_interval": interval(took.median),
        "p90_hours": hours(took.p90),
        "p90_interval": interval(took.p90),
        "n": took.waits,
    })
}
