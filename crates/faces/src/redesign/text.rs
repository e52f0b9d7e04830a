//! A redesign for the terminal: at most a hundred columns.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{
    moves::{Move, Part},
    time::date,
};
use outlook::redesign::{Because, Gain, Level, Proposal, Refused, Verdict};

use super::{Backtest, Shown};
use crate::{
    moves::line,
    numbers::{count, percent, plural},
    plain::{cut, shortened, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COLUMNS: usize = 100;
/// Refused moves that are shown where none helps, and where some do.
const REFUSED_ALONE: usize = 5;
const REFUSED_BESIDE: usize = 2;

/// For the terminal.
pub fn render(shown: &Shown<'_>) -> String {
    let mut out = String::new();
    head(shown, &mut out);
    for (at, proposal) in shown.redesign.proposals.iter().enumerate() {
        show(shown, at + 1, proposal, &mut out);
    }
    together(shown, &mut out);
    refused(shown, &mut out);
    foot(shown, &mut out);
    out
}

/// The same with the other ways.
pub fn backtest(backtest: &Backtest<'_>) -> String {
    let mut out = render(&backtest.shown);
    if backtest.baselines.is_empty() {
        return out;
    }
    let _ = writeln!(
        out,
        "\n{BOLD}other ways, in the same year{BOLD:#}{DIM}: moves of as many touches, and fresh cuts with as many parties in effect;\n  a cut replaces every boundary{DIM:#}\n  {:<18} {:>14} {:>14} {:>18}",
        "", "saved per 100", "needed per 100", "parties in effect"
    );
    for one in backtest.baselines {
        let hundred = |value: Option<f64>| value.map_or("–".to_owned(), |value| signed(value * 100.0, 2));
        let effective = one.effective.map_or("–".to_owned(), |value| format!("{value:.2}"));
        let _ = writeln!(
            out,
            "  {:<18} {:>14} {:>14} {:>18}",
            one.name.replace('_', " "),
            hundred(one.gain),
            hundred(one.further),
            effective
        );
    }
    out
}

/// `team` or `module`.
pub(crate) fn parties(level: Level) -> &'static str {
    match level {
        Level::Teams => "team",
        Level::Modules => "module",
    }
}

fn head(shown: &Shown<'_>, out: &mut String) {
    let redesign = shown.redesign;
    let name = shortened(&shown.lens.facts.repository.name, 30);
    let party = parties(redesign.level);
    let answer = match redesign.proposals.len() as u64 {
        0 => nothing(shown),
        many => format!("{}{}", plural(many, "move"), all_together(shown)),
    };
    for (at, line) in wrapped(&format!("{name}: {answer}"), 0, 2, COLUMNS).lines().enumerate() {
        let _ = if at == 0 { writeln!(out, "{BOLD}{line}{BOLD:#}") } else { writeln!(out, "{line}") };
    }
    if redesign.level == Level::Modules && redesign.verdict != Verdict::OneParty {
        out.push_str(
            "no two teams show, so modules are counted: what a change must touch beside the first\n",
        );
    }
    if redesign.level == Level::Teams && shown.lens.ownership.basis == facts::Basis::Inferred {
        out.push_str(
            "teams are groups of people who change the same modules, named for what they change most\n",
        );
    }
    let [fit, validation, held_out] = &redesign.base;
    let slice = |name: &str, base: &outlook::redesign::Base| match base.span {
        Some((from, to)) => format!("{name} {} changes {} to {}", count(base.changes), date(from), date(to)),
        None => format!("{name} nothing"),
    };
    let line = format!(
        "{}; {}; {}",
        slice("found on", fit),
        slice("held to", validation),
        slice("judged by", held_out)
    );
    let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&line, 0, 2, COLUMNS));
    if held_out.changes > 0 {
        let share = percent(held_out.alone as f64 / held_out.changes as f64);
        let _ = writeln!(out, "as it is, {share} of the changes that judge need one {party} at most");
    }
}

/// Everything behind one proposal.
pub(crate) fn page(shown: &Shown<'_>, one: &Proposal) -> String {
    let moves: Vec<String> = one.moves.iter().map(line).collect();
    let mut out = wrapped(&format!("{}: {}", one.id, moves.join("; ")), 0, 2, COLUMNS);
    for part in one.moves.iter().filter_map(files) {
        part.iter().for_each(|path| out.push_str(&format!("  {}\n", shortened(path, COLUMNS - 2))));
    }
    if !one.why.hides.is_empty() {
        out.push_str("\nWhat it would hide\n");
        one.why.hides.iter().for_each(|path| out.push_str(&format!("  {}\n", shortened(path, COLUMNS - 2))));
    }
    let _ = write!(out, "\nWhy\n{}", wrapped(&why(shown, one), 2, 2, COLUMNS));
    let _ = writeln!(
        out,
        "\n{:<34} {:>7} {:>6} {:>5} {:>7} {:>15} {:>9}",
        format!("Saved, in {}s per 100 changes", parties(one.counted_in)),
        "changes",
        "fewer",
        "more",
        "gain",
        "95 %",
        "at random"
    );
    let slices = [
        ("  where it was found", Some(&one.in_sample)),
        ("  where it had to hold", Some(&one.validation)),
        ("  in a year it has not seen", one.held_out.as_ref()),
    ];
    for (name, gain) in slices {
        let Some(gain) = gain else { continue };
        let band = gain.interval.map_or("–".to_owned(), between);
        let control = gain.control.as_ref().map_or("–".to_owned(), |own| signed(own.mean * 100.0, 2));
        let _ = writeln!(
            out,
            "{name:<34} {:>7} {:>6} {:>5} {:>7} {band:>15} {control:>9}",
            count(gain.changes),
            count(gain.fewer),
            count(gain.more),
            signed(gain.gain * 100.0, 2)
        );
    }
    if !one.effects.is_empty() {
        let _ = writeln!(
            out,
            "\n{:<48} {:>21} {:>21}",
            "Whose work changes", "changes that need it", "and nobody else"
        );
    }
    for effect in &one.effects {
        let _ = writeln!(
            out,
            "  {:<46} {:>21} {:>21}",
            shortened(&shown.party(effect.party), 46),
            format!("{} → {}", count(effect.needed.0), count(effect.needed.1)),
            format!("{} → {}", count(effect.alone.0), count(effect.alone.1))
        );
    }
    out
}

/// The files a move names; a directory or a module names itself.
fn files(one: &Move) -> Option<&[String]> {
    match one {
        Move::Give { part: Part::Files(files), .. }
        | Move::Share { part: Part::Files(files), .. }
        | Move::Relocate { part: Part::Files(files), .. }
        | Move::Split { part: Part::Files(files), .. }
        | Move::Interface { files, .. } => Some(files),
        _ => None,
    }
}

/// What the proposals that can be taken together save, else what the first does.
fn all_together(shown: &Shown<'_>) -> String {
    let redesign = shown.redesign;
    let first = &redesign.proposals[0];
    let (many, gains) = match redesign.steps.last() {
        Some(step) => (step.proposals, (step.held_out.as_ref(), &step.validation)),
        None => (1, (first.held_out.as_ref(), &first.validation)),
    };
    let party = parties(if redesign.steps.is_empty() { first.counted_in } else { redesign.level });
    let whom = match (many, redesign.proposals.len() as u64) {
        (1, 1) => "it saves".to_owned(),
        (few, all) if few == all => "they save".to_owned(),
        (1, _) => "the first saves".to_owned(),
        (few, _) => format!("the first {few} save"),
    };
    let (gain, when) = match gains {
        (Some(gain), _) if redesign.is_judged() => {
            (gain, format!("in the {} not seen ", time_that_judges(shown)))
        }
        _ => return format!(" proposed; {}", too_little_after(shown)),
    };
    let band = gain.interval.map_or(String::new(), |(low, high)| {
        let chance = if low <= 0.0 { ", which may be chance" } else { "" };
        format!(" (95 % {} to {}{chance})", signed(low * 100.0, 1), signed(high * 100.0, 1))
    });
    format!(" proposed; {when}{whom} {} {party}s per 100 changes{band}", signed(gain.gain * 100.0, 1))
}

/// `year`, or of a young history `120 days`.
pub(crate) fn time_that_judges(shown: &Shown<'_>) -> String {
    shown.redesign.days_that_judge().map_or("year".to_owned(), |days| format!("{days} days"))
}

/// Why nothing judges.
fn too_little_after(shown: &Shown<'_>) -> String {
    let held_out = &shown.redesign.base[2];
    match held_out.span {
        Some((from, to)) => format!(
            "{} in {} days after the cut are too few to judge",
            plural(held_out.changes, "change"),
            (to - from) / facts::time::DAY
        ),
        None => "nothing lies after the cut to judge".to_owned(),
    }
}

/// A number with a sign where it is below zero.
fn signed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    if value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        format!("−{text}")
    } else {
        text
    }
}

/// `2.08 to 3.10`, per 100 changes.
fn between((low, high): (f64, f64)) -> String {
    format!("{} to {}", signed(low * 100.0, 2), signed(high * 100.0, 2))
}

/// Why nothing is proposed.
pub(crate) fn nothing(shown: &Shown<'_>) -> String {
    let redesign = shown.redesign;
    let (party, cut) = (parties(redesign.level), date(redesign.cut));
    match redesign.verdict {
        Verdict::TooLittle => format!(
            "too little history before {cut} to propose anything: {} count",
            plural(redesign.base[0].changes + redesign.base[1].changes, "change")
        ),
        Verdict::OneParty => {
            format!("every change before {cut} needs one {party} at most: there is nothing to move")
        }
        Verdict::Moves if !redesign.proposals.is_empty() => {
            format!("{}; unsnarl redesign shows what was found", too_little_after(shown))
        }
        Verdict::Moves | Verdict::NoMoveHelps => {
            format!("no move helps here: of {} tried, none held", count(redesign.tried))
        }
    }
}

fn show(shown: &Shown<'_>, number: usize, one: &Proposal, out: &mut String) {
    let moves: Vec<String> = one.moves.iter().map(line).collect();
    let _ =
        write!(out, "\n{BOLD}{}{BOLD:#}", wrapped(&format!("{number}. {}", moves.join("; ")), 0, 3, COLUMNS));
    let _ = write!(out, "{}", wrapped(&why(shown, one), 3, 3, COLUMNS));
    let _ = write!(out, "{}", wrapped(&judged(shown, one), 3, 3, COLUMNS));
    let kept = format!(
        "found with {}, kept {} where it had to hold{}",
        hundred(one.in_sample.gain),
        hundred(one.validation.gain),
        price(shown, one)
    );
    let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&kept, 3, 3, COLUMNS));
    if one.last_resort {
        out.push_str("   nothing else helped: a further owner saves asking, and leaves nobody responsible\n");
    }
    if let Some(worse) = worse(shown, one) {
        let _ = write!(out, "{}", wrapped(&worse, 3, 3, COLUMNS));
    }
    let _ = writeln!(out, "   {DIM}{}{DIM:#}", one.id);
}

/// What the year after says, in one sentence.
pub(crate) fn judged(shown: &Shown<'_>, one: &Proposal) -> String {
    match &one.held_out {
        Some(gain) if shown.redesign.is_judged() => {
            let doubt =
                if gain.interval.is_some_and(|(low, _)| low <= 0.0) { "; that may be chance" } else { "" };
            format!("in the {} it has not seen {}{doubt}", time_that_judges(shown), saves(gain, one))
        }
        _ => format!("{}; where it had to hold {}", too_little_after(shown), saves(&one.validation, one)),
    }
}

/// What the year after says, in a few words: `2.1 (1.1 to 3.3)`; parties saved per 100 changes.
pub(crate) fn brief(one: &Proposal) -> String {
    let gain = one.held_out.as_ref().unwrap_or(&one.validation);
    let band = gain.interval.map_or(String::new(), |(low, high)| {
        format!(" ({} to {})", signed(low * 100.0, 1), signed(high * 100.0, 1))
    });
    let bound = if matches!(one.moves.first(), Some(Move::Interface { .. })) { "at most " } else { "" };
    format!("{bound}{}{band}", signed(gain.gain * 100.0, 1))
}

fn price(shown: &Shown<'_>, one: &Proposal) -> String {
    let gain = one.held_out.as_ref().unwrap_or(&one.validation);
    let days = shown.days.filter(|_| one.counted_in == Level::Teams).and_then(|days| gain.days_a_year(days));
    days.map_or(String::new(), |days| format!("; about {days:.0} days of lead time a year"))
}

fn hundred(gain: f64) -> String {
    format!("{} per 100 changes", signed(gain * 100.0, 2))
}

/// `41 of 1,234 changes need fewer teams, 3 more: 3.1 per 100 (95 % 2.2 to 4.0; at random 0.3)`.
fn saves(gain: &Gain, one: &Proposal) -> String {
    let party = parties(one.counted_in);
    let bound = if matches!(one.moves.first(), Some(Move::Interface { .. })) { "at most " } else { "" };
    let more = if gain.more > 0 { format!(", {} need more", count(gain.more)) } else { String::new() };
    let mut beside = Vec::new();
    beside.extend(gain.interval.map(|band| format!("95 % {}", between(band))));
    if let Some(control) = &gain.control {
        beside.push(format!("equally active files moved at random {}", signed(control.mean * 100.0, 2)));
    }
    let beside = if beside.is_empty() { String::new() } else { format!(" ({})", beside.join("; ")) };
    let saved = match gain.saved {
        saved if saved == gain.fewer as i64 => String::new(),
        saved => {
            let s = if saved.abs() == 1 { "" } else { "s" };
            format!(", {} {party}{s} saved in all", signed(saved as f64, 0))
        }
    };
    format!(
        "{bound}{} of {} changes need fewer {party}s{more}{saved}: {}{beside}",
        count(gain.fewer),
        count(gain.changes),
        hundred(gain.gain)
    )
}

/// Why, in one sentence.
pub(crate) fn why(shown: &Shown<'_>, one: &Proposal) -> String {
    let why = &one.why;
    let changes = plural(why.changes, "change");
    let names = |parties: &[outlook::redesign::PartyId]| match parties {
        [] => "nobody".to_owned(),
        [only] => shown.party(*only),
        [first, rest @ ..] => format!("{} and {}", shown.party(*first), plural(rest.len() as u64, "other")),
    };
    let to = why.to.map_or(String::new(), |party| shown.party(party));
    match one.moves.first() {
        Some(Move::Interface { module, .. }) => format!(
            "{} of {changes} to {} changed who uses them from outside {}, too; {} there would have to go another way",
            count(why.with),
            listed(&why.hides),
            crate::plain::plain(module),
            plural(why.users, "file")
        ),
        Some(Move::Merge { .. }) => {
            format!("of {changes} to {}, {} touched {to}, too", names(&why.from), count(why.with))
        }
        _ => match one.counted_in {
            Level::Teams => format!(
                "of {changes} to it before the cut {} needed {to}, too, and {} its owner ({}) alone",
                count(why.with),
                count(why.alone),
                names(&why.from)
            ),
            Level::Modules => format!(
                "of {changes} to it before the cut {} touched {to}, too, and {} its own module ({}) alone",
                count(why.with),
                count(why.alone),
                names(&why.from)
            ),
        },
    }
}

fn listed(paths: &[String]) -> String {
    match paths {
        [] => "it".to_owned(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {}", plural(rest.len() as u64, "more file")),
    }
}

/// Who is needed more often, and who loses work done without others.
fn worse(shown: &Shown<'_>, one: &Proposal) -> Option<String> {
    let more = one.effects.iter().filter(|effect| effect.needed.1 > effect.needed.0).take(2).map(|effect| {
        let (before, after) = (count(effect.needed.0), count(effect.needed.1));
        format!("{} is needed by {after} changes in place of {before}", shown.party(effect.party))
    });
    let less =
        one.effects.iter().rev().filter(|effect| effect.alone.1 < effect.alone.0).take(1).map(|effect| {
            let (before, after) = (count(effect.alone.0), count(effect.alone.1));
            format!("{} does {after} alone in place of {before}", shown.party(effect.party))
        });
    let all: Vec<String> = more.chain(less).collect();
    (!all.is_empty()).then(|| format!("what it costs: {}", all.join("; ")))
}

/// Moves against gain.
fn together(shown: &Shown<'_>, out: &mut String) {
    let steps = &shown.redesign.steps;
    if steps.len() < 2 {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}together{BOLD:#}{DIM}, saved per 100 changes{DIM:#}");
    let _ = writeln!(out, "  {:>5} {:>9} {:>9} {:>26}", "moves", "found", "held to", "year it has not seen");
    for step in steps {
        let held = step.held_out.as_ref().map_or("–".to_owned(), |gain| {
            let interval = gain.interval.map_or(String::new(), |band| format!(" ({})", between(band)));
            format!("{}{interval}", signed(gain.gain * 100.0, 2))
        });
        let _ = writeln!(
            out,
            "  {:>5} {:>9.2} {:>9.2} {held:>26}",
            step.moves,
            step.in_sample.gain * 100.0,
            step.validation.gain * 100.0
        );
    }
}

fn refused(shown: &Shown<'_>, out: &mut String) {
    let redesign = shown.redesign;
    if redesign.refused.is_empty() {
        return;
    }
    let most = if redesign.proposals.is_empty() { REFUSED_ALONE } else { REFUSED_BESIDE };
    let _ = writeln!(
        out,
        "\n{BOLD}not proposed{BOLD:#}{DIM}, though it looked good: {}{DIM:#}",
        plural(redesign.refused_in_all, "move")
    );
    for one in redesign.refused.iter().take(most) {
        let moves: Vec<String> = one.moves.iter().map(line).collect();
        let _ = writeln!(out, "  {}", cut(&moves.join("; "), COLUMNS - 2));
        let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&refusal(one), 4, 6, COLUMNS));
    }
    let shown = redesign.refused.len().min(most) as u64;
    if redesign.refused_in_all > shown {
        let _ = writeln!(
            out,
            "  {DIM}and {} more (--format json){DIM:#}",
            count(redesign.refused_in_all - shown)
        );
    }
}

fn refusal(one: &Refused) -> String {
    let [found, held] = [&one.in_sample, &one.validation].map(|gain| signed(gain.gain * 100.0, 2));
    let why = match one.because {
        Because::Uncertain => "it may save nothing",
        Because::Fades => "it fades",
        Because::Chance => "equally active files moved at random save as much",
        Because::Design => {
            "code may not go there: a cycle would close, a package be torn, or it is used elsewhere"
        }
        Because::Load => "who would take it would answer for too much",
        Because::Overlaps => "what is proposed does most of it already",
    };
    format!("{why}; saved {found} per 100 where it was found, {held} where it had to hold")
}

fn foot(shown: &Shown<'_>, out: &mut String) {
    let redesign = shown.redesign;
    if redesign.proposals.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "\n{DIM}{}{DIM:#}",
        wrapped(
            "history replayed: it bounds what would have been needed, for people would also have behaved differently; unsnarl replay --with lays a move over all of it",
            0,
            0,
            COLUMNS
        )
    );
}
