//! The same number over all counted changes, over the last year, and by calendar period.

use facts::{ChangeId, Lens, ModuleId};
use rustc_hash::FxHashSet;

use crate::{Estimate, Point, stats::interval};

/// A share of changes: whole, recent, series.
pub(crate) struct Over {
    pub(crate) whole: Estimate,
    pub(crate) recent: Option<Estimate>,
    pub(crate) series: Vec<Point>,
}

/// The share of changes for which `holds` says yes; changes for which it says `None` are not asked about.
pub(crate) fn share(lens: &Lens<'_>, holds: impl Fn(ChangeId) -> Option<bool>) -> Over {
    over(lens, |changes| share_of(changes, &holds))
}

/// Whether a change over several modules touches one of these pairs, each in order; others are not asked about.
pub(crate) fn touches_pair(
    lens: &Lens<'_>,
    change: ChangeId,
    wanted: &FxHashSet<(ModuleId, ModuleId)>,
) -> Option<bool> {
    let modules = lens.modules_of(change);
    let mut pairs =
        modules.iter().enumerate().flat_map(|(at, &a)| modules[at + 1..].iter().map(move |&b| (a, b)));
    (modules.len() > 1).then(|| pairs.any(|pair| wanted.contains(&pair)))
}

/// The mean of `value` over changes.
pub(crate) fn mean(lens: &Lens<'_>, value: impl Fn(ChangeId) -> Option<f64>) -> Over {
    over(lens, |changes| mean_of(changes, &value))
}

pub(crate) fn share_of(changes: &[ChangeId], holds: impl Fn(ChangeId) -> Option<bool>) -> Estimate {
    let hits: Vec<bool> = changes.iter().filter_map(|&change| holds(change)).collect();
    let count = hits.iter().filter(|hit| **hit).count() as f64;
    let value = (!hits.is_empty()).then(|| count / hits.len() as f64);
    Estimate { value, interval: interval::share(&hits), count, of: hits.len() as u64 }
}

pub(crate) fn mean_of(changes: &[ChangeId], value: impl Fn(ChangeId) -> Option<f64>) -> Estimate {
    let values: Vec<f64> = changes.iter().filter_map(|&change| value(change)).collect();
    let count: f64 = values.iter().sum();
    let mean = (!values.is_empty()).then(|| count / values.len() as f64);
    let interval = interval::mean(&values).map(|(low, high)| (low.max(0.0), high));
    Estimate { value: mean, interval, count, of: values.len() as u64 }
}

/// The share of things of which a change brings any number: hits and things of each.
pub(crate) fn ratio(lens: &Lens<'_>, counts: impl Fn(ChangeId) -> (u64, u64)) -> Over {
    over(lens, |changes| ratio_of(&changes.iter().map(|&change| counts(change)).collect::<Vec<_>>()))
}

/// The same of hits and things that are counted already, those of one change together.
pub(crate) fn ratio_of(counts: &[(u64, u64)]) -> Estimate {
    let (hits, of) = counts.iter().fold((0, 0), |(hits, of), (own, all)| (hits + own, of + all));
    Estimate {
        value: (of > 0).then(|| hits as f64 / of as f64),
        interval: interval::clustered(counts),
        count: hits as f64,
        of,
    }
}

fn over(lens: &Lens<'_>, estimate: impl Fn(&[ChangeId]) -> Estimate) -> Over {
    let recent = lens.recent();
    Over {
        whole: estimate(&lens.counted),
        recent: (!recent.is_empty()).then(|| estimate(&recent)),
        series: series(lens, estimate),
    }
}

/// One point a period; the first and the last are partial unless history fills them.
pub(crate) fn series(lens: &Lens<'_>, estimate: impl Fn(&[ChangeId]) -> Estimate) -> Vec<Point> {
    let Some((since, until)) = lens.span else { return Vec::new() };
    const WEEK: i64 = 7 * facts::time::DAY;
    lens.periods()
        .into_iter()
        .map(|(period, changes)| {
            let partial = since > period.start + WEEK || until < period.end - WEEK;
            Point { estimate: estimate(&changes), period, partial }
        })
        .collect()
}
