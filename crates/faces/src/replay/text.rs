//! A replay for the terminal.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{Basis, Lens, counts::grouped, structure::TeamKind, time};
use measures::{Estimate, UnitOfValue};
use outlook::replay::{BoundaryReplayed, Flip, Line};

use super::{Replayed, notes};
use crate::{
    moves,
    numbers::number,
    plain::{cut, shortened, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COLUMNS: usize = 100;
/// Lines of each list.
const MOST_MOVES: usize = 3;
const MOST_FLIPS: usize = 2;
const MOST_TEAMS: usize = 4;
const MOST_BOUNDARIES: usize = 3;
/// Below this difference a share has a digit behind the point.
const SMALL: f64 = 0.1;

/// The answer first, then what it rests on.
pub fn render(shown: &Replayed<'_>) -> String {
    let mut out = String::new();
    for (at, line) in wrapped(&answer(shown), 0, 0, COLUMNS).lines().enumerate() {
        let _ = if at == 0 { writeln!(out, "{BOLD}{line}{BOLD:#}") } else { writeln!(out, "{line}") };
    }
    out.push_str(&format!("{DIM}{}{DIM:#}", wrapped(&what(shown), 0, 0, COLUMNS)));
    for one in shown.moves.iter().take(MOST_MOVES) {
        let _ = writeln!(out, "  {}", cut(&moves::line(one), COLUMNS - 2));
    }
    more(&mut out, shown.moves.len(), MOST_MOVES);
    out.push('\n');
    values(shown, &mut out);
    flips(shown, &mut out);
    teams(shown, &mut out);
    boundaries(shown, &mut out);
    out.push('\n');
    for note in notes(shown) {
        out.push_str(&format!("{DIM}{}{DIM:#}", wrapped(&note, 0, 2, COLUMNS)));
    }
    out
}

/// `independence 61 % → 66 % (+5.1 points, 95 % 4.2 to 6.0): …`
fn answer(shown: &Replayed<'_>) -> String {
    let replay = shown.replay;
    let line = &replay.independence;
    let told = match line.whole.difference {
        Some(_) => format!("independence {} ({})", both(line), difference(line, true)),
        None => format!("independence {}", both(line)),
    };
    let of = grouped(replay.changes);
    match (replay.fewer, replay.more) {
        _ if replay.alone != [None, None] && replay.modules.whole.difference.is_none() => {
            format!("{told}: it cannot be told where fewer than two teams own what changes")
        }
        _ if replay.alone != [None, None] => {
            let modules = &replay.modules;
            format!(
                "modules a change {} ({}); fewer than two teams own what changes, so nothing is told of teams",
                both(modules),
                difference(modules, true)
            )
        }
        (0, 0) => format!("{told}; none of {of} changes would have needed fewer teams, or more"),
        (fewer, more) => format!(
            "{told}; {} of {of} changes would have needed fewer teams, {} more",
            grouped(fewer),
            grouped(more)
        ),
    }
}

/// What is held against what, and how much of the tree it concerns.
fn what(shown: &Replayed<'_>) -> String {
    let [before, after] = shown.names.map(|name| shortened(name, 40));
    let moved = shown.replay.moved;
    let name = cut(&shown.lenses[0].facts.repository.name, 30);
    let concerned = match (moved.owners, moved.modules) {
        (0, 0) => "nothing is another's".to_owned(),
        (owners, 0) => format!("other owners for {} of {} files", grouped(owners), grouped(moved.files)),
        (0, modules) => format!("another module for {} of {} files", grouped(modules), grouped(moved.files)),
        (owners, modules) => format!(
            "of {} files {} get other owners, {} another module",
            grouped(moved.files),
            grouped(owners),
            grouped(modules)
        ),
    };
    format!("{name}: {after} instead of {before}; {concerned}")
}

fn values(shown: &Replayed<'_>, out: &mut String) {
    let replay = shown.replay;
    let _ = writeln!(
        out,
        "  {DIM}{:<25}{:>10}{:>10}  {:<31}last year{DIM:#}",
        "", "before", "after", "difference (95 %)"
    );
    let lines = [
        ("independence", &replay.independence),
        ("further teams a change", &replay.coordination),
        ("approvals a change", &replay.approvals),
        ("modules a change", &replay.modules),
    ];
    let same = |line: &Line| line.whole.difference == Some(0.0);
    let told = |line: &Line| line.whole.values.iter().any(|own| own.value.is_some());
    let lines = lines.into_iter().filter(|(_, line)| told(line));
    for (name, line) in lines.filter(|(name, line)| *name != "modules a change" || !same(line)) {
        let [before, after] = [0, 1].map(|side| value(line, line.whole.values[side]));
        let recent = line.recent.map_or(String::new(), |recent| {
            let [before, after] = recent.values.map(|own| value(line, own));
            format!("{before} → {after}")
        });
        let row = format!("  {name:<25}{before:>10}{after:>10}  {:<31}{recent}", difference(line, false));
        let _ = writeln!(out, "{}", row.trim_end());
    }
    match &replay.price {
        Ok(priced) if priced.price.factor <= 1.0 => {
            let factor = priced.price.factor;
            let why = format!(
                "changes of more teams take no longer here (× {factor:.2} each), so they cost no days"
            );
            let _ = writeln!(out, "  {DIM}{why}{DIM:#}");
        }
        Ok(priced) => {
            let [before, after] = priced.days.map(|days| grouped(days.round() as u64));
            let _ = writeln!(
                out,
                "  {:<25}{before:>10}{after:>10}  at × {:.2} of lead time for each further team",
                "days of lead time a year", priced.price.factor
            );
        }
        Err(why) => {
            let why = format!("days of lead time cannot be told: {why}");
            let _ = writeln!(out, "  {DIM}{}{DIM:#}", cut(&why, COLUMNS - 2));
        }
    }
}

fn flips(shown: &Replayed<'_>, out: &mut String) {
    let replay = shown.replay;
    let sorts = [
        (&replay.freed, "becomes independent", "become independent"),
        (&replay.bound, "is independent no longer", "are independent no longer"),
    ];
    let sorts: Vec<_> = sorts.into_iter().filter(|(flips, ..)| !flips.is_empty()).collect();
    out.push_str(if sorts.is_empty() { "" } else { "\n" });
    for (flips, one, several) in &sorts {
        let told = if flips.len() == 1 {
            format!("1 change {one}")
        } else {
            format!("{} changes {several}, last", grouped(flips.len() as u64))
        };
        let _ = writeln!(out, "{BOLD}{told}{BOLD:#}");
        for flip in flips.iter().take(MOST_FLIPS.div_ceil(sorts.len())) {
            let _ = writeln!(out, "  {}", flipped(shown.lenses[0], flip));
            let _ = writeln!(out, "    {}", needs(shown, flip));
        }
    }
}

fn flipped(lens: &Lens<'_>, flip: &Flip) -> String {
    let changes = &lens.facts.changes;
    let day = lens.at(flip.change).map_or_else(|| "no date".to_owned(), time::date);
    let subject = cut(changes.title(flip.change.index()), 70);
    format!("{} {day} {subject}", changes.commit[flip.change.index()].short())
}

/// Whom a change needs before and after; names are shortened where they would not fit a line.
fn needs(shown: &Replayed<'_>, flip: &Flip) -> String {
    let side = |names: &[String], width: usize| match names {
        [] => "nobody".to_owned(),
        [one] => shortened(bare(shown, one), 2 * width),
        [one, two] => {
            format!("{} and {}", shortened(bare(shown, one), width), shortened(bare(shown, two), width))
        }
        [one, rest @ ..] => format!("{} and {} more", shortened(bare(shown, one), 2 * width), rest.len()),
    };
    let line = |width: usize| format!("{} → {}", side(&flip.teams[0], width), side(&flip.teams[1], width));
    let whole = line(COLUMNS);
    if whole.chars().count() <= COLUMNS - 4 { whole } else { line(20) }
}

/// A team's name without the organisation that all of them share.
fn bare<'n>(shown: &Replayed<'_>, name: &'n str) -> &'n str {
    let organisation = |name: &str| name.split_once('/').map(|(organisation, _)| organisation.to_owned());
    let teams = || {
        let all = shown.lenses.iter().flat_map(|lens| &lens.structure.teams);
        all.filter(|team| team.kind == TeamKind::Team && team.source.basis == Basis::Declared)
    };
    let first =
        teams().next().and_then(|team| organisation(&team.name)).filter(|first| first.starts_with('@'));
    match first {
        Some(first) if teams().all(|team| organisation(&team.name).as_ref() == Some(&first)) => {
            name.strip_prefix(&first).and_then(|name| name.strip_prefix('/')).unwrap_or(name)
        }
        _ => name,
    }
}

fn teams(shown: &Replayed<'_>, out: &mut String) {
    let side = |own: Estimate| match own.value {
        Some(share) => format!("{:.0} % of {}", share * 100.0, grouped(own.of)),
        None => "none".to_owned(),
    };
    let rows = shown.replay.teams.iter().map(|team| (team, team.independence.map(side)));
    let differing: Vec<_> = rows.filter(|(_, [before, after])| before != after).collect();
    if differing.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}teams{BOLD:#}, of the changes that need them those that need nobody else");
    for (team, [before, after]) in differing.iter().take(MOST_TEAMS) {
        let _ = writeln!(out, "  {:<44}{before:>16} → {after}", shortened(bare(shown, &team.name), 42));
    }
    more(out, differing.len(), MOST_TEAMS);
}

fn boundaries(shown: &Replayed<'_>, out: &mut String) {
    let differing: Vec<&BoundaryReplayed> = shown
        .replay
        .boundaries
        .iter()
        .filter(|one| one.cost[0] != one.cost[1] || one.changes[0] != one.changes[1])
        .collect();
    if differing.is_empty() {
        return;
    }
    let _ = writeln!(out, "{BOLD}boundaries{BOLD:#}, changes that need both");
    for one in differing.iter().take(MOST_BOUNDARIES) {
        let [a, b] = [&one.names.0, &one.names.1].map(|name| shortened(bare(shown, name), 32));
        let names = format!("{a} ~ {b}");
        let [before, after] = one.changes.map(grouped);
        let days =
            one.days.filter(|days| days.iter().any(|days| *days >= 0.5)).map_or(String::new(), |days| {
                let [before, after] = days.map(|days| grouped(days.round() as u64));
                format!("; days {before} → {after}")
            });
        let _ = writeln!(out, "  {names:<66}{before:>6} → {after}{days}");
    }
    more(out, differing.len(), MOST_BOUNDARIES);
}

fn more(out: &mut String, all: usize, shown: usize) {
    if all > shown {
        let _ = writeln!(out, "  {DIM}and {} more (--format json){DIM:#}", all - shown);
    }
}

/// Both values of a line.
fn both(line: &Line) -> String {
    let [before, after] = line.whole.values.map(|own| value(line, own));
    format!("{before} → {after}")
}

fn value(line: &Line, estimate: Estimate) -> String {
    match (line.unit, estimate.value) {
        (_, None) => "–".to_owned(),
        (UnitOfValue::Share, Some(share)) => {
            let small = line.whole.difference.is_some_and(|difference| difference.abs() < SMALL);
            format!("{:.*} %", usize::from(small), share * 100.0)
        }
        (_, Some(value)) if value.fract() == 0.0 => number(value),
        (_, Some(value)) => format!("{value:.2}"),
    }
}

fn difference(line: &Line, with_words: bool) -> String {
    let Some(difference) = line.whole.difference else { return "–".to_owned() };
    if difference == 0.0 && line.whole.interval.is_none_or(|interval| interval == (0.0, 0.0)) {
        return "no difference".to_owned();
    }
    let share = line.unit == UnitOfValue::Share;
    let signed = |value: f64| {
        let fine = usize::from(difference.abs() < 0.000_5);
        let shown = if share {
            format!("{:.*}", 1 + fine, value.abs() * 100.0)
        } else {
            format!("{:.3}", value.abs())
        };
        // A minus before what is rounded to nothing says something that is not so.
        let nothing = shown.chars().all(|c| matches!(c, '0' | '.'));
        format!(
            "{}{shown}",
            if nothing {
                ""
            } else if value < 0.0 {
                "−"
            } else {
                "+"
            }
        )
    };
    let unit = if share { " points" } else { "" };
    match line.whole.interval {
        Some((low, high)) if with_words => {
            format!("{}{unit}, 95 % {} to {}", signed(difference), signed(low), signed(high))
        }
        Some((low, high)) => format!("{}{unit} ({} to {})", signed(difference), signed(low), signed(high)),
        None => format!("{}{unit}", signed(difference)),
    }
}
