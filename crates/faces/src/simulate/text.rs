//! A simulation for the terminal: thirty lines of a hundred columns.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{TeamId, counts::grouped, time};
use outlook::simulate::{
    Approval, Calibrated, Curve, More, Scenario, Standard, WhatIf,
    answer::{Answer, Figure, RUNS},
    check::Match,
};
use verdicts::trust::Trust;

use super::{Shown, Simulated, called};
use crate::{
    numbers::{hours, percent, plural},
    plain::{cut, plain, shortened, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COLUMNS: usize = 100;
/// Of the first column.
const NAME: usize = 39;

/// For the terminal.
pub fn render(simulated: &Simulated<'_>) -> String {
    let name = shortened(simulated.repository, 30);
    let (calibrated, trust) = match simulated.calibrated {
        Ok(one) => one,
        Err(why) => {
            let mut out = format!("{BOLD}{name}{BOLD:#}: cannot be simulated here\n\n");
            out.push_str(&wrapped(why, 0, 0, COLUMNS));
            if !simulated.times.speak() {
                out.push_str(
                    "review events would tell (unsnarl events import); unsnarl flow says what git tells\n",
                );
            }
            return out;
        }
    };
    let mut out = head(&name, calibrated);
    verdict(&mut out, calibrated, trust);
    match simulated.shown {
        Shown::Nothing => {
            if simulated.moved {
                out.push_str("lead times moved since what was learned; unsnarl drift says what moves, and since when\n");
            }
            let _ = writeln!(
                out,
                "\nso nothing is said of what would be otherwise; {BOLD}--anyway{BOLD:#} says it all the same"
            );
        }
        Shown::Standard(standard) => {
            what_ifs(&mut out, calibrated, &standard.scenarios);
            let moved: Vec<&Scenario> = standard.scenarios.iter().take(2).collect();
            parts(&mut out, calibrated, &moved);
            curves(&mut out, calibrated, standard);
        }
        Shown::Asked(asked) => {
            what_ifs(&mut out, calibrated, asked);
            parts(&mut out, calibrated, &asked.iter().collect::<Vec<_>>());
        }
    }
    if !matches!(simulated.shown, Shown::Nothing) {
        limits(&mut out, simulated, calibrated);
    }
    out
}

fn head(name: &str, calibrated: &Calibrated) -> String {
    let split = calibrated.split;
    let line = format!(
        "{} up to {}{} through {}, learned from {} before that tell lead times",
        plural(calibrated.model.within(split.held_out).len() as u64, "change"),
        time::date(split.held_out.until - 1),
        if calibrated.told_no_more { " (since then too few tell)" } else { "" },
        plural(calibrated.asked.len() as u64, "team"),
        grouped(calibrated.learned as u64),
    );
    let lines = wrapped(&format!("{name}: {line}"), 0, 2, COLUMNS);
    // Wrapping takes styles out, so the name is put in bold after it.
    lines.replacen(name, &format!("{BOLD}{name}{BOLD:#}"), 1)
}

fn verdict(out: &mut String, calibrated: &Calibrated, trust: Trust) {
    let check = &calibrated.check;
    let said = match trust {
        Trust::Reproduces => "reproduces how long changes took that it has not seen",
        Trust::Roughly => {
            "roughly reproduces how long changes took that it has not seen: directions hold, sizes may not"
        }
        Trust::Not => "cannot be trusted here: it does not give how long changes took that it has not seen",
    };
    let _ = writeln!(out, "{BOLD}{said}{BOLD:#}");
    let _ = writeln!(
        out,
        "  {:<27}{:>7}  {:<24} {:<22} D",
        "seen → simulated", "n", "half within", "nine of ten"
    );
    matched(out, "all that tell", &check.all);
    if let Some(waiting) = &check.waiting {
        matched(out, "those that need other teams", waiting);
    }
    let fit = &calibrated.fit;
    let between = |(low, high): (f64, f64)| {
        if low == high { hours(low) } else { format!("{} to {}", hours(low), hours(high)) }
    };
    let (low, high) = fit.range(|one| one.at_once);
    let ways = match fit.kept.len() {
        1 => "One way fits best".to_owned(),
        many => format!("{many} ways fit alike"),
    };
    let line = format!(
        "D: Kolmogorov and Smirnov (by chance; repeating the past {:.3}). {ways}: a look every {}, half within {}, {} answered at once",
        check.by_repeating,
        between(fit.range(|one| one.away)),
        between(fit.range(|one| one.look)),
        if low == high { percent(low) } else { format!("{} to {}", percent(low), percent(high)) },
    );
    let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&line, 2, 2, COLUMNS));
}

fn matched(out: &mut String, name: &str, one: &Match) {
    let _ = writeln!(
        out,
        "  {name:<27}{:>7}  {:<24} {:<22} {:.3} ({:.3})",
        grouped(one.changes as u64),
        format!("{} → {}", hours(one.seen.0), hours(one.simulated.0)),
        format!("{} → {}", hours(one.seen.1), hours(one.simulated.1)),
        one.distance,
        one.by_chance
    );
}

/// One thing otherwise, in words.
fn words(calibrated: &Calibrated, what_if: WhatIf) -> String {
    let team = |team: TeamId| {
        calibrated.model.desks.get(team.index()).map_or_else(String::new, |desk| plain(called(desk)))
    };
    let signed =
        |number: i32| if number < 0 { format!("−{}", number.unsigned_abs()) } else { format!("+{number}") };
    let people = |more: More| match more {
        More::People(more @ (1 | -1)) => format!("{} person", signed(more)),
        More::People(more) => format!("{} people", signed(more)),
        More::Share(share) => format!("{} % people", signed((share * 100.0).round() as i32)),
    };
    match what_if {
        WhatIf::Approvals(kind, more) => format!(
            "{} more approval{}, {}",
            if more == 1 { "one".to_owned() } else { more.to_string() },
            if more == 1 { "" } else { "s" },
            match kind {
                Approval::OfAnother => "of another team",
                Approval::OfTheSame => "of the same team",
            }
        ),
        WhatIf::MergeQueue(queue) if queue.batch > 1 => {
            format!("a merge queue, {} by {}", minutes(queue.minutes), queue.batch)
        }
        WhatIf::MergeQueue(queue) => format!("a merge queue, {} each", minutes(queue.minutes)),
        WhatIf::Split(one, parts) => format!("{} in {parts} teams", shortened(&team(one), NAME - 11)),
        WhatIf::Merge(a, b) => {
            let half = (NAME - 14) / 2;
            format!("{} + {}, one team", shortened(&team(a), half), shortened(&team(b), half))
        }
        WhatIf::People(one, more) => {
            let whom = one.map_or("every team".to_owned(), |one| shortened(&team(one), NAME - 14));
            format!("{}, {whom}", people(more))
        }
        WhatIf::Load(factor) => format!("×{factor} changes"),
        WhatIf::Moves(moves) => plural(u64::from(moves), "move"),
    }
}

fn minutes(minutes: f64) -> String {
    plural(minutes.round().max(1.0) as u64, "minute")
}

/// All that is otherwise in a scenario.
fn title(calibrated: &Calibrated, scenario: &Scenario) -> String {
    match scenario.what_ifs.as_slice() {
        [] => "as it is".to_owned(),
        [one] => words(calibrated, *one),
        many => format!("all {} at once", many.len()),
    }
}

fn what_ifs(out: &mut String, calibrated: &Calibrated, scenarios: &[Scenario]) {
    let Some(as_it_is) = scenarios.first() else { return };
    for scenario in scenarios.iter().filter(|scenario| scenario.what_ifs.len() > 1) {
        let all: Vec<String> = scenario.what_ifs.iter().map(|&one| words(calibrated, one)).collect();
        let _ = write!(out, "\n{}", wrapped(&format!("with {}", all.join("; ")), 0, 2, COLUMNS));
    }
    let _ = writeln!(
        out,
        "\n{BOLD}{:<NAME$}{BOLD:#}  {:<25} {:<24} others",
        "what if", "half within", "nine of ten"
    );
    let mut strained = false;
    for scenario in scenarios {
        let answer = &scenario.answer;
        let against = |figure: Figure, factor: Figure| {
            let took = short(figure.value);
            if scenario.what_ifs.is_empty() { took } else { format!("{took} {}", times(factor)) }
        };
        let over = answer.overloaded() * 2 >= RUNS;
        strained |= over;
        let _ = writeln!(
            out,
            "  {:<NAME$}{:<25} {:<24} {:>6}{}",
            cut(&title(calibrated, scenario), NAME - 1),
            against(answer.median(), answer.median_against(&as_it_is.answer)),
            against(answer.p90(), answer.p90_against(&as_it_is.answer)),
            percent(answer.waiting().value),
            if over { " !" } else { "" }
        );
    }
    let note = "others: share of time beside own work; × against as it is, in brackets nine of ten runs";
    let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(note, 2, 2, COLUMNS));
    for scenario in scenarios {
        if let Some(found) = scenario.answer.found().filter(|found| *found < 1.0) {
            let title = title(calibrated, scenario);
            let line = format!("{title}: {} find a team to ask, the others are left out", percent(found));
            let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&line, 2, 2, COLUMNS));
        }
    }
    if strained {
        let note = "! more is asked of some queue than it can give: times grow with the time simulated";
        let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(note, 2, 2, COLUMNS));
    }
}

/// `×1.2 (1.1–1.4)`.
fn times(figure: Figure) -> String {
    let digits = |value: f64| if value >= 10.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    if digits(figure.low) == digits(figure.high) {
        return format!("×{}", digits(figure.value));
    }
    format!("×{} ({}–{})", digits(figure.value), digits(figure.low), digits(figure.high))
}

fn parts(out: &mut String, calibrated: &Calibrated, scenarios: &[&Scenario]) {
    let _ = writeln!(
        out,
        "\n{BOLD}{:<NAME$}{BOLD:#}  {:>10} {:>9} {:>9} {:>9} {:>9}",
        "where the time of a change goes, mean", "own work", "waiting", "looked at", "last team", "merging"
    );
    for scenario in scenarios {
        let parts = scenario.answer.parts();
        let cell = |hours: f64| if hours == 0.0 { "–".to_owned() } else { short(hours) };
        let _ = writeln!(
            out,
            "  {:<NAME$}{:>10} {:>9} {:>9} {:>9} {:>9}",
            cut(&title(calibrated, scenario), NAME - 1),
            cell(parts.own),
            cell(parts.waiting),
            cell(parts.looked_at),
            cell(parts.last),
            cell(parts.merging)
        );
    }
}

/// Hours in few characters.
fn short(hours: f64) -> String {
    match hours {
        short if short < 1.0 => format!("{:.0} min", (short * 60.0).max(1.0)),
        short if short < 48.0 => format!("{short:.1} h"),
        long => format!("{:.1} d", long / 24.0),
    }
}

fn curves(out: &mut String, calibrated: &Calibrated, standard: &Standard) {
    let team = |team: TeamId| shortened(called(&calibrated.model.desks[team.index()]), 30);
    out.push('\n');
    if let (Some(busiest), Some(curve)) = (standard.busiest, &standard.people) {
        out.push_str(&wrapped(&more_people(&team(busiest), curve), 0, 2, COLUMNS));
    }
    let strained = standard.strained.map(|one| {
        let asked = |scenario: &Scenario| percent(scenario.answer.utilisation(one.index()).value);
        let further = standard.scenarios.get(1).map_or_else(String::new, asked);
        format!(
            "{} is asked for {} of what it can give, with one more approval for {further}",
            team(one),
            asked(&standard.scenarios[0]),
        )
    });
    let load = match standard.load.turns {
        Some(factor) => format!("from ×{factor} on more is asked of some team than it can give"),
        None => "up to twice as many no team is asked for more than it can give".to_owned(),
    };
    let strained = strained.map_or(String::new(), |one| format!("; as it is, {one}"));
    out.push_str(&wrapped(&format!("more changes: {load}{strained}"), 0, 2, COLUMNS));
}

/// Where adding people stops helping.
fn more_people(team: &str, curve: &Curve) -> String {
    let within = |answer: &Answer| {
        format!("half within {}, nine of ten {}", hours(answer.median().value), hours(answer.p90().value))
    };
    let now = curve.steps.first().map_or_else(String::new, |(_, answer)| within(answer));
    let then = |more: f64| {
        let found = curve.steps.iter().find(|(own, _)| *own == more);
        found.map_or_else(String::new, |(_, answer)| within(answer))
    };
    let last = curve.steps.last().map_or(0.0, |(more, _)| *more);
    match curve.turns {
        Some(0.0) => format!(
            "more people in {team}, where changes wait most: the first buys less than 2 % for those that need it ({now})"
        ),
        Some(more) => format!(
            "more people in {team}, where changes wait most: after +{more} the next buys less than 2 % for those that need it ({now}; then {})",
            then(more)
        ),
        None => format!(
            "more people in {team}, where changes wait most: up to +{last} each shortens those that need it ({now}; then {})",
            then(last)
        ),
    }
}

fn limits(out: &mut String, simulated: &Simulated<'_>, calibrated: &Calibrated) {
    let told = simulated.times.usable_share().map_or(String::new(), percent);
    let groups =
        if calibrated.inferred { " Groups are inferred: what must be asked may take longer." } else { "" };
    let waiting = match calibrated.observed {
        0 => "Waiting is calibrated, not observed".to_owned(),
        some => format!("Waiting is observed of {}", plural(some as u64, "change")),
    };
    let line = format!(
        "{waiting}; {told} of all changes tell lead times. Nobody adapts here, nothing is urgent, no day is free.{groups}"
    );
    let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&line, 0, 0, COLUMNS));
}
