//! Before and after: two stretches of equally many changes, on either side of a restructuring, and what differs.
//!
//! ```text
//!   ──────●──────────[ before: n changes ] REV1 ... REV2 [ after: n changes ]──────────●──▶
//!          180 days at most                 left out              180 days at most
//! ```
//!
//! Changes of one week resemble each other, so weeks are drawn, not changes (the block bootstrap of Künsch 1989, blocks
//! apart). Its deviation, each side's with the √(k / (k − 1)) that few blocks want, goes into Welch's interval of the
//! difference. A deviation is never less than one count more or less would make: no side is certain because it is short.
//!
//! Two yardsticks of coordination: today's structure on both sides tells how people changed what they do; the ownership
//! files of each change's time tell what the files asked. What moves code to those who change it shows in the second alone.

use std::collections::BTreeMap;

use facts::{
    Basis, ChangeId, Lens,
    time::{DAY, Seconds},
};

use crate::{
    description::Description,
    handoffs::Handoffs,
    independence,
    lead_time::{self, LeadTimes},
    process_load::{Loads, Sort},
    rework,
    stats::{interval, quantile::median, random::Random},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "compare",
    question: "Did a restructuring remove complexity, or move it?",
    definition: "As many changes before the first revision as after the second, at most 180 days either way. Coordination and independence by today's structure; coordination and approvals by the ownership files of each change's time; rules, owners and pipeline files at the end of each side; handoffs, rework, and the median lead time. Each with before, after, and the difference with its 95 % interval, by drawing weeks. Removed: coordination fell and no process load rose. Moved: it fell and approvals, rules, pipelines, handoffs or lead time rose. Added: something rose and nothing fell for it. Else it cannot be told. Lines are held together at a false discovery rate of 5 %; counts move from three and a tenth on.",
    reads: &["changes", "touches", "files", "participations", "modules", "teams", "memberships", "ownership"],
    unit: "each line in its own",
    source: "the block bootstrap: Künsch 1989; Welch 1947; Benjamini and Hochberg 1995",
    limits: "Before and after, not cause: other people, releases and seasons lie between, too. By today's structure files count where they lie now; what moves code to those who change it shows only by the files of the time, where owners are declared. Small effects want many changes.",
};

/// A side reaches no further than this.
pub const WINDOW_DAYS: i64 = 180;
/// Fewer changes than this on a side compare nothing.
pub const FEWEST_CHANGES: usize = 30;
/// Fewer weeks than this are no blocks to draw from; equal runs of changes stand in for them.
pub const FEWEST_BLOCKS: usize = 8;
const DRAWS: usize = 1000;
const SEED: u64 = 0x5eed_0011;

/// A moment of a history: a change on the mainline, or only a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The change, where the revision is one.
    pub change: Option<ChangeId>,
    /// When.
    pub at: Seconds,
}

/// One stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its changes, oldest first.
    pub changes: Vec<ChangeId>,
    /// When its first and last reached the mainline.
    pub span: (Seconds, Seconds),
}

/// A side has too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLittle {
    /// Changes that count within the window before the first revision.
    pub before: usize,
    /// And after the second.
    pub after: usize,
}

/// What a line is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Further teams a change.
    Teams,
    /// A share in 0..=1.
    Share,
    /// Approvals a change.
    Approvals,
    /// Hours.
    Hours,
    /// A count, known exactly.
    Count,
}

/// One thing compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What is measured.
    pub measure: &'static str,
    /// In what.
    pub unit: Unit,
    /// Its value on each side; `None` where it cannot be told.
    pub values: [Option<f64>; 2],
    /// What each value rests on: numerator and denominator; of a median nothing and its values.
    pub counts: [(f64, f64); 2],
    /// After less before.
    pub difference: Option<f64>,
    /// Its 95 % interval; `None` for counts, which are exact.
    pub interval: Option<(f64, f64)>,
    /// The chance of a difference as large where there is none.
    pub p: Option<f64>,
}

/// Everything compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Before and after.
    pub sides: [Side; 2],
    /// Whether calendar weeks were drawn, or equal runs of changes for want of weeks.
    pub by_week: bool,
    /// What was compared.
    pub lines: Vec<Line>,
    /// Of the files touched before, those that have since moved to another directory: touches, of all touches.
    pub moved: (u64, u64),
}

/// The sides of a restructuring: as many changes after its end as before its begin.
pub fn sides(lens: &Lens<'_>, first: Edge, second: Edge) -> Result<[Side; 2], TooLittle> {
    const WINDOW: Seconds = WINDOW_DAYS * DAY;
    let dated = || lens.counted.iter().filter_map(|&change| Some((change, lens.at(change)?)));
    let is_before = |change: ChangeId, at: Seconds| first.change.map_or(at < first.at, |edge| change < edge);
    let is_after = |change: ChangeId, at: Seconds| second.change.map_or(at > second.at, |edge| change > edge);
    let before: Vec<(ChangeId, Seconds)> =
        dated().filter(|&(change, at)| is_before(change, at) && at >= first.at - WINDOW).collect();
    let after: Vec<(ChangeId, Seconds)> =
        dated().filter(|&(change, at)| is_after(change, at) && at <= second.at + WINDOW).collect();
    let changes = before.len().min(after.len());
    if changes < FEWEST_CHANGES {
        return Err(TooLittle { before: before.len(), after: after.len() });
    }
    let side = |changes: &[(ChangeId, Seconds)]| Side {
        changes: changes.iter().map(|(change, _)| *change).collect(),
        span: changes
            .iter()
            .fold((Seconds::MAX, Seconds::MIN), |(low, high), (_, at)| (low.min(*at), high.max(*at))),
    };
    Ok([side(&before[before.len() - changes..]), side(&after[..changes])])
}

/// Compares two sides: by today's structure through `today`, and by the ownership files of each change's time through
/// `then`, where such files ever were.
pub fn compute(today: &Lens<'_>, then: Option<&Lens<'_>>, sides: [Side; 2]) -> Comparison {
    let weeks = [0, 1].map(|side| weeks(today, &sides[side]));
    let by_week = weeks.iter().all(|weeks| weeks.len() >= FEWEST_BLOCKS);
    let blocks = if by_week { weeks } else { [0, 1].map(|side| runs(&sides[side].changes)) };
    let then = then.filter(|lens| lens.ownership.basis == Basis::Declared);
    let mut lines = Vec::new();
    let teams = |lens: &Lens<'_>, change: ChangeId| lens.teams_of(change).len() as f64;
    let further = |lens: &Lens<'_>, change| ((teams(lens, change) - 1.0).max(0.0), 1.0);
    let has_teams = independence::alone(today).is_none();
    if has_teams {
        lines.push(ratio("coordination", Unit::Teams, &blocks, |change| further(today, change)));
    }
    if let Some(then) = then {
        lines.push(ratio("coordination_then", Unit::Teams, &blocks, |change| further(then, change)));
    }
    if has_teams {
        let alone = |change| (f64::from(u8::from(teams(today, change) < 2.0)), 1.0);
        lines.push(ratio("independence", Unit::Share, &blocks, alone));
    }
    if let Some(then) = then {
        let approvals = |change| (f64::from(then.approvals_of(change)), 1.0);
        lines.push(ratio("approvals_then", Unit::Approvals, &blocks, approvals));
    }
    lines.extend(load(today, &sides));
    if let Some(handoffs) = Handoffs::new(today) {
        // Groups know fewer of those who worked before: a side of which they know few would seem to hand on less.
        let speak = sides.iter().all(|side| handoffs.speak(&side.changes));
        let counts = |change| if speak { pair(handoffs.of(change)) } else { (0.0, 0.0) };
        lines.push(ratio("handoffs", Unit::Share, &blocks, counts));
    }
    let counts = rework::counts(today);
    lines.push(ratio("rework", Unit::Share, &blocks, |change| pair(counts[change.index()])));
    lines.extend(lead_time(today, &blocks));
    let moved = moved(today, &sides[0]);
    Comparison { sides, by_week, lines, moved }
}

fn pair((count, of): (u64, u64)) -> (f64, f64) {
    (count as f64, of as f64)
}

type Blocks = Vec<Vec<ChangeId>>;

/// The weeks of a side that hold a change.
fn weeks(lens: &Lens<'_>, side: &Side) -> Blocks {
    const WEEK: Seconds = 7 * DAY;
    let mut weeks: BTreeMap<Seconds, Vec<ChangeId>> = BTreeMap::new();
    for &change in &side.changes {
        if let Some(at) = lens.at(change) {
            weeks.entry((at - side.span.0) / WEEK).or_default().push(change);
        }
    }
    weeks.into_values().collect()
}

/// Runs of equally many changes.
fn runs(changes: &[ChangeId]) -> Blocks {
    let bound = |at: usize| at * changes.len() / FEWEST_BLOCKS;
    (0..FEWEST_BLOCKS).map(|at| changes[bound(at)..bound(at + 1)].to_vec()).collect()
}

/// The standard deviation of a statistic over draws of as many blocks as there are.
fn deviation(blocks: usize, statistic: impl Fn(&[usize]) -> Option<f64>) -> Option<f64> {
    let mut random = Random::new(SEED);
    let drawn: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let drawn: Vec<usize> = (0..blocks).map(|_| random.below(blocks)).collect();
            statistic(&drawn)
        })
        .collect();
    if drawn.len() < DRAWS / 2 || blocks < 2 {
        return None;
    }
    let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
    let spread: f64 = drawn.iter().map(|value| (value - mean).powi(2)).sum();
    let few = blocks as f64 / (blocks as f64 - 1.0);
    Some((spread / (drawn.len() - 1) as f64 * few).sqrt())
}

/// A ratio of sums over changes.
fn ratio(
    measure: &'static str,
    unit: Unit,
    blocks: &[Blocks; 2],
    counts: impl Fn(ChangeId) -> (f64, f64),
) -> Line {
    let add = |(count, of): (f64, f64), (own, all): (f64, f64)| (count + own, of + all);
    let share = |(count, of): (f64, f64)| (of > 0.0).then(|| count / of);
    let mut totals = [(0.0, 0.0); 2];
    let mut errors = [None; 2];
    for side in [0, 1] {
        let sums: Vec<(f64, f64)> = blocks[side]
            .iter()
            .map(|block| block.iter().map(|&change| counts(change)).fold((0.0, 0.0), add))
            .collect();
        totals[side] = sums.iter().copied().fold((0.0, 0.0), add);
        let drawn = |drawn: &[usize]| share(drawn.iter().map(|&at| sums[at]).fold((0.0, 0.0), add));
        errors[side] = deviation(sums.len(), drawn).map(|error| error.max(1.0 / totals[side].1.max(1.0)));
    }
    settle(measure, unit, totals.map(share), totals, errors, blocks)
}

fn settle(
    measure: &'static str,
    unit: Unit,
    values: [Option<f64>; 2],
    counts: [(f64, f64); 2],
    errors: [Option<f64>; 2],
    blocks: &[Blocks; 2],
) -> Line {
    let difference = values[0].zip(values[1]).map(|(before, after)| after - before);
    let degrees = [0, 1].map(|side| blocks[side].len() as f64 - 1.0);
    let told = difference
        .zip(errors[0].zip(errors[1]))
        .map(|(difference, (before, after))| interval::welch(difference, [before, after], degrees));
    Line {
        measure,
        unit,
        values,
        counts,
        difference,
        interval: told.map(|(interval, _)| interval),
        p: told.map(|(_, p)| p),
    }
}

/// How much was written before the first change of the restructuring, and at the end of the side after it.
fn load(lens: &Lens<'_>, sides: &[Side; 2]) -> Vec<Line> {
    let loads = Loads::new(lens.facts);
    let at = [0, 1].map(|side| sides[side].changes.last().map(|&last| loads.after(last)).unwrap_or_default());
    let sorts: [Sort; 4] = [
        ("ownership_rules", |load| load.ownership_rules),
        ("owners", |load| load.owners),
        ("manifest_rules", |load| load.manifest_rules),
        ("workflow_files", |load| Some(load.workflow_files)),
    ];
    let line = |(measure, of): Sort| {
        let values = [0, 1].map(|side| of(&at[side]).map(|count| count as f64));
        Line {
            measure,
            unit: Unit::Count,
            values,
            counts: values.map(|value| (value.unwrap_or(0.0), 1.0)),
            difference: values[0].zip(values[1]).map(|(before, after)| after - before),
            interval: None,
            p: None,
        }
    };
    sorts.into_iter().map(line).collect()
}

/// The median hours of the changes that tell them, where both sides have enough of those.
fn lead_time(lens: &Lens<'_>, blocks: &[Blocks; 2]) -> Option<Line> {
    let told: BTreeMap<ChangeId, f64> = LeadTimes::new(lens).told.into_iter().collect();
    let hours = [0, 1].map(|side| {
        let block =
            |block: &Vec<ChangeId>| block.iter().filter_map(|change| told.get(change).copied()).collect();
        blocks[side].iter().map(block).collect::<Vec<Vec<f64>>>()
    });
    let middle = |side: usize, drawn: &[usize]| {
        let mut hours: Vec<f64> = drawn.iter().flat_map(|&at| hours[side][at].iter().copied()).collect();
        median(&mut hours)
    };
    let counts = [0, 1].map(|side| hours[side].iter().map(Vec::len).sum::<usize>());
    let all = [0, 1].map(|side| blocks[side].iter().map(Vec::len).sum::<usize>());
    let tell = |side: usize| {
        counts[side] >= lead_time::FEWEST_CHANGES
            && counts[side] as f64 >= lead_time::FEWEST_SHARE * all[side] as f64
    };
    if !(tell(0) && tell(1)) {
        return None;
    }
    let values = [0, 1].map(|side| middle(side, &(0..hours[side].len()).collect::<Vec<usize>>()));
    let errors = [0, 1].map(|side| deviation(hours[side].len(), |drawn| middle(side, drawn)));
    let counts = counts.map(|count| (0.0, count as f64));
    Some(settle("lead_time_hours", Unit::Hours, values, counts, errors, blocks))
}

/// Touches of a side in files that have since moved to another directory, of all its touches.
fn moved(lens: &Lens<'_>, side: &Side) -> (u64, u64) {
    let facts = lens.facts;
    let directory = |path: &[u8]| path.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    let (mut moved, mut all) = (0, 0);
    for at in side.changes.iter().flat_map(|&change| facts.touches.of(change)) {
        let then = facts.paths.bytes(facts.touches.path[at]);
        let today = facts.paths.bytes(facts.files.path[facts.touches.file[at].index()]);
        all += 1;
        moved += u64::from(then[..directory(then)] != today[..directory(today)]);
    }
    (moved, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sides of blocks that differ among themselves and not from each other: a difference is told as seldom as it says.
    #[test]
    fn alike_sides_differ_seldom() {
        for (blocks, most) in [(FEWEST_BLOCKS, 0.08), (26, 0.08)] {
            let mut random = Random::new(5);
            let rounds = 300;
            let wrong = (0..rounds)
                .filter(|_| {
                    let mut values: Vec<f64> = Vec::new();
                    let sides = [0, 1].map(|_| {
                        let block = |_| {
                            let own = 0.1 + 0.4 * random.share();
                            let first = values.len();
                            values.extend((0..8).map(|_| f64::from(u8::from(random.share() < own))));
                            (first..values.len()).map(ChangeId::from_index).collect()
                        };
                        (0..blocks).map(block).collect::<Blocks>()
                    });
                    let line = ratio("share", Unit::Share, &sides, |change| (values[change.index()], 1.0));
                    line.p.is_some_and(|p| p < 0.05)
                })
                .count();
            let share = wrong as f64 / f64::from(rounds);
            assert!(share > 0.01 && share < most, "{blocks} blocks: {share}");
        }
    }

    #[test]
    fn one_change_more_or_less_is_no_certainty() {
        let blocks = [0, 1].map(|side| vec![vec![ChangeId(side)]; 8]);
        let line = ratio("share", Unit::Share, &blocks, |change| (f64::from(change.0) / 8.0, 1.0));
        let (low, high) = line.interval.expect("both sides have a value");
        assert!(low < 0.0 && high > 0.125, "{line:?}");
        let none = ratio("share", Unit::Share, &blocks, |_| (0.0, 0.0));
        assert_eq!((none.difference, none.interval, none.p), (None, None, None));
    }
}
