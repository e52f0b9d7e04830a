//! How well further files would have been predicted, as text and as JSON.

mod json;

use std::fmt::Write as _;

use anstyle::Style;
use measures::UnitOfValue;
use outlook::impact::backtest::{Backtest, Bin, Estimate, Scores};

pub use self::json::{json, schema};
use crate::{
    numbers::{count, interval, percent, plural},
    plain::{plain, wrapped},
};

/// Characters a line.
const COLUMNS: usize = 100;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// For the terminal.
pub fn text(name: &str, backtest: &Backtest) -> String {
    let mut out = format!(
        "{BOLD}{}{BOLD:#}: further files, asked of its own past: {}\n",
        plain(name),
        plural(backtest.queries as u64, "change")
    );
    match &backtest.model {
        Some(model) => {
            let fading = match model.half_life() {
                Some(half) => format!("what is {} old counts half", plural(half as u64, "change")),
                None => "the past does not fade".to_owned(),
            };
            let learned = plural(model.questions() as u64, "change");
            let how = format!(
                "half of each is shown, the rest is to be found; learned from {learned} before them; {fading}"
            );
            out.push_str(&wrapped(&how, 0, 0, COLUMNS));
            figures(&mut out, backtest);
        }
        None => {
            out.push_str("\ntoo little to learn from: eighty changes of two to thirty files are the least\n")
        }
    }
    if !backtest.ledger.is_empty() {
        out.push_str("\nLeft out\n");
    }
    for line in &backtest.ledger {
        out.push_str(&wrapped(&format!("{} {}", count(line.count), line.why), 2, 4, COLUMNS));
    }
    out
}

fn figures(out: &mut String, backtest: &Backtest) {
    let _ = writeln!(
        out,
        "\n{BOLD}         {:<23}{:<23}{:<23}says anything{BOLD:#}",
        "MAP", "recall in 10", "first is right"
    );
    let rows: [(&str, &Scores); 3] =
        [("unsnarl", &backtest.unsnarl), ("TARMAQ", &backtest.tarmaq), ("ROSE", &backtest.rose)];
    for (name, scores) in rows {
        let [map, recall, first, any] =
            [scores.map, scores.recall_at_10, scores.precision_at_1, scores.applicability].map(of_share);
        let map = decimal(scores.map).unwrap_or(map);
        let _ = writeln!(out, "{name:<9}{map:<23}{recall:<23}{first:<23}{any}");
    }
    for (name, against) in ["TARMAQ", "ROSE"].iter().zip(&backtest.against) {
        if let (Some(difference), Some(ratio)) = (decimal(against.difference), decimal(against.ratio)) {
            let _ = writeln!(out, "  MAP against {name}: {difference} by difference, {ratio} by ratio");
        }
    }
    let _ = writeln!(
        out,
        "\n{BOLD}Can its probabilities be taken at their word?{BOLD:#} they are off by {} on average",
        of_share(backtest.calibration_error)
    );
    for (at, bin) in backtest.reliability.iter().enumerate().filter(|(_, bin)| bin.suggestions > 0.0) {
        let _ = writeln!(out, "{}", reliability(at, bin));
    }
    let _ = writeln!(
        out,
        "\n{BOLD}Does it know when a change is complete?{BOLD:#} silent on {} of complete changes",
        of_share(backtest.closure)
    );
    let _ = writeln!(
        out,
        "  speaks up on {} of halves; its first file is then right in {}",
        of_share(backtest.spoken),
        of_share(backtest.right_when_spoken)
    );
}

fn reliability(at: usize, bin: &Bin) -> String {
    let share = bin.right / bin.suggestions;
    format!(
        "  said {:>3}–{:<3} %  {:>5} on average, {:>5} true  {DIM}{} of {}{DIM:#}",
        at * 10,
        at * 10 + 10,
        percent(bin.probability / bin.suggestions),
        percent(share),
        count(bin.right as u64),
        plural(bin.suggestions as u64, "suggestion")
    )
}

/// `71 % (69–73 %)`.
fn of_share(estimate: Estimate) -> String {
    let Some(value) = estimate.value else { return "–".to_owned() };
    // An interval without width tells nothing.
    let beside = interval(UnitOfValue::Share, estimate.interval.filter(|(low, high)| low < high));
    percent(value) + &beside.map(|beside| format!(" ({beside})")).unwrap_or_default()
}

/// `0.564 (0.541–0.587)`.
fn decimal(estimate: Estimate) -> Option<String> {
    let (low, high) = estimate.interval?;
    Some(format!("{:.3} ({low:.3}–{high:.3})", estimate.value?))
}
