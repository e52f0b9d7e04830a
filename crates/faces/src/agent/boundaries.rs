//! What modules are to each other: changing together or apart, with a dependency or without, allowed or not.

use std::fmt::Write as _;

use measures::{Boundary, BoundaryKind, Coupling};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Answer, ending};
use crate::{Report, json, numbers, plain::plain};

/// Pairs told.
const MOST: usize = 40;

/// Two modules, and whether the manifest lets them depend on each other.
pub struct Pair<'a> {
    /// What they are to each other.
    pub boundary: &'a Boundary,
    /// How they change together, where they do beyond chance.
    pub coupling: Option<&'a Coupling>,
    /// Whether the first may depend on the second; `None` where the manifest does not speak of it.
    pub a_may_use_b: Option<bool>,
    /// The same the other way round.
    pub b_may_use_a: Option<bool>,
}

/// Boundaries between modules.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// Hidden constraints first, then leaky interfaces, then the rest; the largest excess over chance first.
    boundaries: Vec<Row>,
    /// Pairs left out; 0 where none is.
    truncated: u64,
    /// What the reader must know in order not to be misled.
    notes: &'a [String],
}

#[derive(Serialize, JsonSchema)]
struct Row {
    a: String,
    b: String,
    /// `hidden` (they change together, and no code says why), `leaky` (one depends on the other, and they change together),
    /// `stable` (a dependency, and they change apart), `mechanical` or `unknown`.
    kind: &'static str,
    /// For `explain`; null where they change together no more often than chance.
    id: Option<String>,
    /// Changes that touch both.
    shared: Option<u64>,
    /// As many as chance explains.
    expected: Option<f64>,
    /// `shared / expected`.
    lift: Option<f64>,
    /// Shared changes of the last 365 days.
    recent_shared: Option<u64>,
    /// How often files of `a` name files of `b`, tests apart.
    a_names_b: u64,
    b_names_a: u64,
    /// The same in tests.
    a_names_b_in_tests: u64,
    b_names_a_in_tests: u64,
    /// Whether the manifest lets `a` depend on `b`; null where it does not speak of it.
    a_may_use_b: Option<bool>,
    b_may_use_a: Option<bool>,
}

/// The pairs in the order in which they are told.
pub fn answer(report: &Report<'_>, mut pairs: Vec<Pair<'_>>, notes: &[String]) -> Answer {
    let place = |kind: BoundaryKind| match kind {
        BoundaryKind::Hidden => 0,
        BoundaryKind::Leaky => 1,
        BoundaryKind::Unknown => 2,
        BoundaryKind::Stable | BoundaryKind::Independent => 3,
        BoundaryKind::Mechanical => 4,
    };
    let excess = |pair: &Pair<'_>| pair.coupling.map_or(0.0, |coupling| coupling.excess);
    pairs.sort_by(|one, other| {
        place(one.boundary.kind)
            .cmp(&place(other.boundary.kind))
            .then_with(|| excess(other).total_cmp(&excess(one)))
            .then_with(|| (one.boundary.a, one.boundary.b).cmp(&(other.boundary.a, other.boundary.b)))
    });
    let rows: Vec<Row> = pairs.iter().take(MOST).map(|pair| row(report, pair)).collect();
    let truncated = (pairs.len() - rows.len()) as u64;
    let mut text = format!("{}\n", told(pairs.len()));
    for row in &rows {
        line(row, &mut text);
    }
    ending(&mut text, notes, truncated, "name a module, a path or a kind to see fewer pairs");
    Answer::new(text, &Document { boundaries: rows, truncated, notes })
}

fn told(pairs: usize) -> String {
    match pairs {
        0 => "no such boundary: modules that are not listed are independent".to_owned(),
        1 => "1 boundary".to_owned(),
        many => format!("{} boundaries", numbers::count(many as u64)),
    }
}

fn row(report: &Report<'_>, pair: &Pair<'_>) -> Row {
    let name = |id: facts::ModuleId| report.structure.modules[id.index()].name.clone();
    let Pair { boundary, coupling, .. } = pair;
    Row {
        a: name(boundary.a),
        b: name(boundary.b),
        kind: boundary.kind.name(),
        id: coupling.map(|one| json::coupling_id(report, one)),
        shared: coupling.map(|one| one.shared),
        expected: coupling.map(|one| one.expected),
        lift: coupling.and_then(|one| one.lift.value),
        recent_shared: coupling.map(|one| one.recent_shared),
        a_names_b: boundary.a_names_b.code,
        b_names_a: boundary.b_names_a.code,
        a_names_b_in_tests: boundary.a_names_b.tests,
        b_names_a_in_tests: boundary.b_names_a.tests,
        a_may_use_b: pair.a_may_use_b,
        b_may_use_a: pair.b_may_use_a,
    }
}

/// `hidden  parser ~ xtask: 84 shared changes, 46 by chance (1.8×); coupling-1b2c`, and what the manifest forbids.
fn line(row: &Row, out: &mut String) {
    let (a, b) = (plain(&row.a), plain(&row.b));
    let arrow = match (row.a_names_b + row.a_names_b_in_tests > 0, row.b_names_a + row.b_names_a_in_tests > 0)
    {
        (true, true) => "↔",
        (true, false) => "→",
        (false, true) => "←",
        (false, false) => "~",
    };
    let _ = write!(out, "{:<10} {a} {arrow} {b}", row.kind);
    if let (Some(shared), Some(expected), Some(lift)) = (row.shared, row.expected, row.lift) {
        let shared = numbers::count(shared);
        let _ = write!(out, ": {shared} shared changes, {expected:.0} by chance ({lift:.1}×)");
    }
    for (from, to, may) in [(&a, &b, row.a_may_use_b), (&b, &a, row.b_may_use_a)] {
        if may == Some(false) {
            let _ = write!(out, "; {from} may not depend on {to}");
        }
    }
    if let Some(id) = &row.id {
        let _ = write!(out, "; {id}");
    }
    out.push('\n');
}
