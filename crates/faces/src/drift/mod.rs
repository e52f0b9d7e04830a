//! What moves: as text here, as JSON in `json`.

mod json;

use std::{collections::BTreeSet, fmt::Write as _};

use anstyle::{AnsiColor, Style};
use facts::{ChangeId, Lens, counts::grouped, time};
use measures::{
    Subject,
    around::Around,
    drift::{Better, Details, Series},
    stats::steps::Step,
};
use verdicts::drift::{Said, Word};

pub(crate) use json::{SeriesDocument, document};
pub use json::{json, schema};

use crate::{
    plain::{cut, plain, shortened, wrapped},
    series,
};

const COLUMNS: usize = 100;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
/// Series of modules and teams shown.
const MOST: usize = 12;
/// Steps of a series shown, the latest.
const STEPS: usize = 3;

/// Series with what is said of each.
pub struct Drift<'a> {
    /// The repository's name, or the file's.
    pub name: &'a str,
    /// What subjects are called and what lies around steps; `None` for numbers somebody else has.
    pub lens: Option<&'a Lens<'a>>,
    /// The series.
    pub series: &'a [Series],
    /// What is said of each.
    pub said: &'a [Said],
    /// What else is told of each.
    pub details: &'a [Details],
}

/// One series with all that is known of it.
struct Row<'a> {
    series: &'a Series,
    said: &'a Said,
    details: &'a Details,
}

impl<'a> Drift<'a> {
    fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        let told = self.said.iter().zip(self.details);
        self.series.iter().zip(told).map(|(series, (said, details))| Row { series, said, details })
    }
}

/// For the terminal; `all` shows every series of a part, the steady ones too.
pub fn text(drift: &Drift<'_>, all: bool) -> String {
    let mut out =
        format!("{BOLD}{}{BOLD:#}: what moves, since when, and how surely\n", shortened(drift.name, 50));
    if drift.series.is_empty() {
        out.push_str("\ntoo little data: eight windows of 25 changes are the least\n");
        return out;
    }
    out.push('\n');
    let (of_system, parts): (Vec<Row<'_>>, Vec<Row<'_>>) =
        drift.rows().partition(|row| row.series.subject == Subject::System);
    let mut named = BTreeSet::new();
    of_system.iter().for_each(|row| whole(drift, row, &mut named, &mut out));
    if !parts.is_empty() {
        of_parts(drift, &parts, all, &mut out);
    }
    let _ = write!(out, "\n{DIM}{}{DIM:#}", wrapped(&footer(drift.series), 0, 0, COLUMNS));
    out
}

/// How the windows were cut and what the words hold.
fn footer(series: &[Series]) -> String {
    let windows = series.iter().map(|one| one.points.len()).max().unwrap_or(0);
    let counts = || series.iter().flat_map(|one| &one.points).map(|point| point.n);
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    if windows == 0 {
        return "too little data: no row".to_owned();
    }
    let changes = match (least, most) {
        (_, 1) => {
            return format!("{windows} points; of the words that something moves at most 5 % are chance");
        }
        (least, most) if least == most => grouped(least),
        (least, most) => format!("{} to {}", grouped(least), grouped(most)),
    };
    format!(
        "each point is a window of equally many changes ({changes}), up to {windows} of them; values are medians of three: \
         the first, or those before it began to move, and the last; or the levels of steps. Of the words that something \
         moves at most 5 % are chance; steady is no proof of rest. `unsnarl drift --compare ID~1 ID` asks what one \
         restructuring did"
    )
}

/// A series of the system: all that is known of it. A restructuring is named once, under the first step it may have made.
fn whole(drift: &Drift<'_>, row: &Row<'_>, named: &mut BTreeSet<ChangeId>, out: &mut String) {
    let Row { series, said, details } = row;
    let style = style(said.word);
    let (slope, interval) = series::slope(series).filter(|_| said.word.moves()).unwrap_or_default();
    let line = format!(
        "  {:<15} {style}{:<10}{style:#} {DIM}{:<24}{DIM:#} {:<19} {}",
        series::measure_name(series),
        said.word.name(),
        series::sparkline(series, 24),
        ends(series, said),
        slope
    );
    let _ = writeln!(out, "{}", line.trim_end());
    if said.word.moves() {
        let since = series::since(series).map_or(String::new(), |since| format!("{since}; "));
        detail(&format!("{since}{slope} (95 % {interval})"), out);
    }
    let earlier = series.steps.len().saturating_sub(STEPS);
    for (step, around) in series.steps.iter().zip(&details.around).skip(earlier) {
        detail(&step_in_words(series, step), out);
        for one in around.iter().filter(|one| named.insert(one.change)) {
            let _ = writeln!(out, "      {DIM}{}{DIM:#}", restructuring(drift, one));
        }
    }
    if said.word.moves()
        && series.better != Better::Neither
        && let Some(outlook) = &details.outlook
    {
        detail(&series::outlook(series, outlook), out);
    }
}

fn detail(text: &str, out: &mut String) {
    let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(text, 4, 6, COLUMNS));
}

fn ends(series: &Series, said: &Said) -> String {
    said.ends(series).map_or(String::new(), |(from, to)| series::from_to(series, from, to))
}

fn style(word: Word) -> Style {
    match word {
        bad if bad.is_bad() => BAD,
        good if good.is_good() => GOOD,
        _ => Style::new(),
    }
}

fn step_in_words(series: &Series, step: &Step) -> String {
    let (from, to) = series.interval_of(step);
    format!(
        "stepped {} to {}: {} → {}",
        time::date(from),
        time::date(to),
        series::value(series, step.before),
        series::value(series, step.after)
    )
}

fn restructuring(drift: &Drift<'_>, one: &Around) -> String {
    let Some(lens) = drift.lens else { return String::new() };
    let table = &lens.facts.changes;
    let row = one.change.index();
    let counts: Vec<String> = [(one.renamed, "renamed"), (one.added, "added"), (one.deleted, "deleted")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
    let files = format!(" ({} files)", counts.join(", "));
    let subject = cut(table.title(row), COLUMNS - 30 - files.chars().count());
    format!("{} {} {subject}{files}", table.commit[row].short(), time::date(table.merged_at[row]))
}

/// Series of modules and teams, those of one subject together: what goes wrong first, then what is surest.
fn of_parts(drift: &Drift<'_>, parts: &[Row<'_>], all: bool, out: &mut String) {
    let says = |row: &&Row<'_>| row.said.word.says_something();
    let _ = writeln!(
        out,
        "\n{BOLD}modules and teams{BOLD:#}: {} of {} series move or stepped",
        grouped(parts.iter().filter(says).count() as u64),
        grouped(parts.len() as u64)
    );
    let mut shown: Vec<&Row<'_>> = parts.iter().filter(|row| all || says(row)).collect();
    let rank = |row: &Row<'_>| {
        let word = row.said.word;
        (!word.is_bad(), !word.says_something(), row.said.q.unwrap_or(1.0))
    };
    shown.sort_by(|a, b| rank(a).partial_cmp(&rank(b)).unwrap_or(std::cmp::Ordering::Equal));
    let mut subjects: Vec<Subject> = Vec::new();
    for row in &shown {
        if !subjects.contains(&row.series.subject) {
            subjects.push(row.series.subject.clone());
        }
    }
    let most = if all { usize::MAX } else { MOST };
    let mut lines = 0;
    for subject in subjects {
        let own: Vec<&&Row<'_>> = shown.iter().filter(|row| row.series.subject == subject).collect();
        if lines + own.len() > most {
            break;
        }
        lines += own.len();
        let mut name = subject_name(drift.lens, &subject);
        for row in own {
            part(&std::mem::take(&mut name), row, out);
        }
    }
    if lines < shown.len() {
        let _ = writeln!(out, "  {DIM}{} more; --all shows every one{DIM:#}", shown.len() - lines);
    }
}

fn part(name: &str, row: &Row<'_>, out: &mut String) {
    let Row { series, said, .. } = row;
    let style = style(said.word);
    let when = match (series.onset, series.steps.last()) {
        // Where it may have begun before the record, no month is worth a column.
        (Some(onset), _) if said.word.moves() => match (onset.at, onset.earliest) {
            (0, _) => Some("all along".to_owned()),
            (_, 0) => None,
            (at, _) => series.points.get(at).map(|point| format!("since {}", series::month(point))),
        },
        (_, Some(step)) if said.word.says_something() => {
            let word = if series.steps.len() > 1 { "by" } else { "in" };
            series.points.get(step.at).map(|point| format!("{word} {}", series::month(point)))
        }
        _ => None,
    };
    let line = format!(
        "  {:<28} {:<12} {style}{:<9}{style:#} {DIM}{:<14}{DIM:#} {:<15} {}",
        shortened(name, 28),
        series::measure_name(series),
        said.word.name(),
        series::sparkline(series, 14),
        ends(series, said),
        when.unwrap_or_default()
    );
    let _ = writeln!(out, "{}", line.trim_end());
}

fn subject_name(lens: Option<&Lens<'_>>, subject: &Subject) -> String {
    let Some(lens) = lens else { return String::new() };
    match subject {
        Subject::Module(module) => plain(&lens.structure.modules[module.index()].name),
        Subject::Team(team) => plain(&lens.called(*team)),
        _ => String::new(),
    }
}
