//! Impact for the terminal.

use std::fmt::Write as _;

use anstyle::Style;
use measures::UnitOfValue;

use super::{BoundaryView, FileView, HitRate, Impact, PaceView, SplitView, TeamView};
use crate::{
    numbers::{count, hours, interval, number, percent, plural},
    plain::{cut, plain, shortened, wrapped},
};

/// Characters a line.
const COLUMNS: usize = 100;
/// Lines of each part.
const MOST_TEAMS: usize = 6;
const MOST_BOUNDARIES: usize = 4;
const MOST_FILES: usize = 6;
const MOST_TESTS: usize = 3;
const MOST_DECISIONS: usize = 3;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The whole answer; `all` shows every line.
pub fn render(impact: &Impact, all: bool) -> String {
    let most = |most: usize| if all { usize::MAX } else { most };
    let modules = match impact.modules.as_slice() {
        [] => String::new(),
        [one] => format!(" in {}", plain(&one.name)),
        many => format!(" in {}", plural(many.len() as u64, "module")),
    };
    let mut out = format!(
        "{BOLD}{}{BOLD:#}: {}{modules} {DIM}by history up to {}{DIM:#}\n",
        plain(&impact.repository),
        shortened(&impact.asked, 60),
        plain(&impact.history)
    );
    if impact.touched.is_empty() {
        out.push_str("\nnothing differs, so nobody and nothing is needed\n");
        notes(&mut out, impact);
        return out;
    }
    notes(&mut out, impact);
    teams(&mut out, impact, most(MOST_TEAMS));
    boundaries(&mut out, &impact.boundaries, most(MOST_BOUNDARIES));
    further(&mut out, impact, &most);
    for decision in impact.decisions.iter().take(most(MOST_DECISIONS)) {
        let title = decision.title.as_ref().map_or(String::new(), |title| format!(": {title}"));
        let text =
            format!("bound by {} ({}), for {}{title}", decision.rule, decision.place, decision.because);
        out.push_str(&wrapped(&text, 0, 2, COLUMNS));
    }
    people(&mut out, impact);
    match &impact.lead_time {
        Some(pace) => out.push_str(&wrapped(&pace_line(pace), 0, 2, COLUMNS)),
        None => out.push_str("how long: history does not tell (unsnarl flow says why)\n"),
    }
    split(&mut out, impact, all);
    if let Some(rate) = &impact.hit_rate {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", rate_line(rate));
    }
    out
}

fn notes(out: &mut String, impact: &Impact) {
    for note in &impact.notes {
        out.push_str(&wrapped(&format!("note: {note}"), 0, 2, COLUMNS));
    }
}

fn teams(out: &mut String, impact: &Impact, most: usize) {
    let needed: Vec<&TeamView> = impact.teams.iter().filter(|team| team.needed).collect();
    let touched: Vec<&TeamView> = impact.teams.iter().filter(|team| !team.needed).collect();
    let asks = impact.approvals.filter(|_| !needed.is_empty());
    let asks = asks.map_or(String::new(), |asks| format!(", {}", plural(u64::from(asks), "approval")));
    let inferred = if needed.iter().any(|team| team.basis == "inferred") {
        ", inferred from who makes the changes"
    } else {
        ""
    };
    let _ = match needed.as_slice() {
        [] => writeln!(out, "\n{BOLD}Owners: none known{BOLD:#}"),
        _ => writeln!(out, "\n{BOLD}Needs {}{BOLD:#}{asks}{inferred}", plural(needed.len() as u64, "team")),
    };
    let longest = needed.iter().take(most).map(|team| team.name.chars().count()).max().unwrap_or(0);
    let width = longest.min(44);
    for team in needed.iter().take(most) {
        let rule = team.rule.as_ref().map_or(String::new(), |rule| format!("  {DIM}{}{DIM:#}", plain(rule)));
        let first = if team.files == 1 { "" } else { ", first " };
        let files = if team.files == 1 { String::new() } else { plural(team.files, "file") };
        let name = shortened(&team.name, width);
        let path = shortened(&team.path, 40);
        let _ = writeln!(out, "  {name:<width$}  {files}{first}{path}{rule}");
    }
    more(out, needed.len(), most, "team");
    if !touched.is_empty() {
        let name = |team: &&TeamView| {
            let inferred = if team.basis == "inferred" { " (makes most changes there)" } else { "" };
            format!("{}{inferred}", shortened(&team.name, 50))
        };
        let names: Vec<String> = touched.iter().take(most).map(name).collect();
        let more = match touched.len().saturating_sub(most) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        out.push_str(&wrapped(&format!("touched: {}{more}", names.join(", ")), 2, 4, COLUMNS));
    }
    if impact.unowned > 0 && !needed.is_empty() {
        let _ = writeln!(
            out,
            "  {} {} no owner",
            plural(impact.unowned, "file"),
            if impact.unowned == 1 { "has" } else { "have" }
        );
    }
    if let Some(note) = &impact.teams_note {
        out.push_str(&wrapped(note, 2, 4, COLUMNS));
    }
}

fn boundaries(out: &mut String, boundaries: &[BoundaryView], most: usize) {
    if boundaries.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}Crosses {}{BOLD:#}", plural_boundaries(boundaries.len()));
    for one in boundaries.iter().take(most) {
        let pair = format!("{} ~ {}", shortened(&one.a, 30), shortened(&one.b, 30));
        let _ = writeln!(
            out,
            "  {:<10} {pair}  {DIM}{}{DIM:#}",
            plain(&one.kind),
            cut(&tie(one), 88 - pair.chars().count().min(66))
        );
    }
    more(out, boundaries.len(), most, "boundary");
}

fn plural_boundaries(number: usize) -> String {
    if number == 1 { "1 boundary".to_owned() } else { format!("{} boundaries", count(number as u64)) }
}

/// `36 changes touched both, 12 by chance; neither names the other`.
pub(super) fn tie(one: &BoundaryView) -> String {
    let together = match (one.shared, one.expected) {
        (Some(shared), Some(expected)) => {
            format!("{} shared, {} by chance; ", count(shared), number(expected))
        }
        _ => "change apart; ".to_owned(),
    };
    let names = match (one.a_names_b, one.b_names_a) {
        (0, 0) if one.kind == "unknown" || one.kind == "mechanical" => String::new(),
        (0, 0) => "neither names the other".to_owned(),
        (there, 0) => format!("the first names the other {}×", count(there)),
        (0, back) => format!("the second names the other {}×", count(back)),
        (there, back) => format!("each names the other, {}×", count(there + back)),
    };
    (together + &names).trim_end_matches("; ").to_owned()
}

fn further(out: &mut String, impact: &Impact, most: &impl Fn(usize) -> usize) {
    let (missing, others): (Vec<&FileView>, Vec<&FileView>) =
        impact.code().partition(|file| !impact.nothing_more && file.probability >= impact.said_from);
    let list = |out: &mut String, files: &[&FileView], most: usize| {
        files.iter().take(most).for_each(|file| line(out, file));
        more(out, files.len(), most, "file");
    };
    out.push('\n');
    if !missing.is_empty() {
        let _ = writeln!(out, "{BOLD}Likely to be missing{BOLD:#}");
        list(out, &missing, most(MOST_FILES));
    } else if let Some(said) = nothing_missing(impact) {
        out.push_str(&wrapped(&said, 0, 2, COLUMNS));
    }
    if !others.is_empty() {
        let _ = writeln!(
            out,
            "{BOLD}Went along before{BOLD:#} {DIM}(said to be missing from {} on){DIM:#}",
            percent(impact.said_from)
        );
        let most = if missing.is_empty() { most(MOST_FILES) } else { most(MOST_FILES / 2) };
        list(out, &others, most);
    }
    if !impact.tests.is_empty() {
        let _ = writeln!(out, "{BOLD}Tests that go with it{BOLD:#}");
        impact.tests.iter().take(most(MOST_TESTS)).for_each(|file| line(out, file));
    }
}

/// That nothing is said to be missing of a whole change, where something was learned; `None` where that cannot be said.
pub(super) fn nothing_missing(impact: &Impact) -> Option<String> {
    if !impact.nothing_more || !impact.whole || impact.hit_rate.is_none() {
        return None;
    }
    let likeliest = impact.files.first().map_or_else(
        || "no further file is likely".to_owned(),
        |first| {
            format!(
                "the likeliest further file stands at {}, and {} is the bar here",
                percent(first.probability),
                percent(impact.said_from)
            )
        },
    );
    Some(format!("Nothing is said to be missing: {likeliest}"))
}

fn line(out: &mut String, file: &FileView) {
    let path = shortened(&file.path, 50);
    let probability = format!("{:.0} %", file.probability * 100.0);
    let why = match (file.because.first(), file.evidence) {
        (Some(change), _) => {
            let date = change.date.as_ref().map_or(String::new(), |date| format!(" {date}"));
            format!("{}{date} {}", change.commit, change.subject)
        }
        (None, Some(evidence)) => evidence.to_owned(),
        (None, None) => String::new(),
    };
    let room = COLUMNS - 10 - path.chars().count();
    let _ = writeln!(out, "  {probability:>5}  {path}  {DIM}{}{DIM:#}", cut(&why, room.max(12)));
}

fn people(out: &mut String, impact: &Impact) {
    for one in &impact.people {
        let names: Vec<String> = one.names.iter().map(|name| shortened(name, 30)).collect();
        let team = one.team.as_ref().map_or(String::new(), |team| format!(" of {}", shortened(team, 40)));
        let of = match one.of {
            of if of > one.names.len() as u64 => format!(" (any of {} who know these parts)", count(of)),
            _ => String::new(),
        };
        out.push_str(&wrapped(&format!("can answer{team}: {}{of}", names.join(", ")), 0, 2, COLUMNS));
    }
}

/// `likely lead time: 2 days (1 day to 3 days; 214 changes of two teams and 4–10 files); of all changes 19 hours`.
pub(super) fn pace_line(pace: &PaceView) -> String {
    let Some(median) = pace.median_hours else {
        return format!(
            "likely lead time: not half of {} changes of {} are in yet",
            count(pace.n),
            pace.like
        );
    };
    let band = match pace.median_interval {
        Some([Some(low), Some(high)]) => format!("{} to {}; ", time(low), time(high)),
        _ => String::new(),
    };
    let all = pace.median_of_all_hours.map_or(String::new(), |all| format!("; of all changes {}", time(all)));
    format!("likely lead time: {} ({band}{} changes of {}){all}", time(median), count(pace.n), pace.like)
}

/// Hours as people say them, days with a decimal where they are few.
fn time(long: f64) -> String {
    if (48.0..240.0).contains(&long) { format!("{:.1} days", long / 24.0) } else { hours(long) }
}

fn split(out: &mut String, impact: &Impact, all: bool) {
    if let Some(parts) = &impact.split {
        let _ = writeln!(
            out,
            "{BOLD}Could be {}{BOLD:#}, each of one team: no file of one hangs on a file of another",
            plural(parts.len() as u64, "change")
        );
        for part in parts {
            out.push_str(&wrapped(&part_line(part, if all { usize::MAX } else { 3 }), 2, 4, COLUMNS));
        }
    } else if let Some(why) = &impact.split_note {
        out.push_str(&wrapped(&format!("cannot be parted by team: {why}"), 0, 2, COLUMNS));
    }
}

/// `@acme/web: cart.ts, basket.ts and 3 more`.
pub(super) fn part_line(part: &SplitView, most: usize) -> String {
    let team = part.team.as_deref().unwrap_or("nobody");
    let files: Vec<&str> = part.files.iter().take(most).map(String::as_str).collect();
    let more = match part.files.len().saturating_sub(most) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{team}: {}{more}", files.join(", "))
}

/// `here the first file named was right in 57 % (51–63 %) of 250 later changes; probabilities are off by 3 %`.
pub(crate) fn rate_line(rate: &HitRate) -> String {
    let first = rate.first_right.map_or("–".to_owned(), percent);
    let band = rate.first_right_interval.map(|[low, high]| (low, high)).filter(|(low, high)| low < high);
    let band = interval(UnitOfValue::Share, band).map_or(String::new(), |band| format!(" ({band})"));
    let off = rate
        .calibration_error
        .map_or(String::new(), |off| format!("; probabilities are off by {}", percent(off)));
    format!(
        "here the first file named was right in {first}{band} of {} later changes{off}",
        count(rate.questions)
    )
}

fn more(out: &mut String, number: usize, most: usize, thing: &str) {
    if let Some(more) = number.checked_sub(most).filter(|more| *more > 0) {
        let things = match (thing, more) {
            (one, 1) => one.to_owned(),
            ("boundary", _) => "boundaries".to_owned(),
            (one, _) => format!("{one}s"),
        };
        let _ = writeln!(out, "  and {} more {things} (--all)", count(more as u64));
    }
}
