//! Capacity, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use facts::time;
use measures::{
    capacity::{Capacity, Month},
    stats::scaling::{Criteria, Scaling},
};
use serde_json::{Value, json};

use crate::plain::plain;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// For the terminal; `over` says what was observed, as `152 months`.
pub fn text(name: &str, capacity: &Capacity, over: &str) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}: what more people bring, over {over}\n", plain(name));
    let Some(scaling) = &capacity.scaling else {
        out.push_str("\ntoo little data for a curve: twelve months, or six rows, with three different numbers of people are the least\n");
        return out;
    };
    let curve = scaling.curve;
    let _ = writeln!(
        out,
        "\n  one alone brings {:.1} a month\n  contention   {:.4} (95 % {:.4} to {:.4}): what cannot be done at the same time\n  coherence    {:.6} (95 % {:.6} to {:.6}): what each costs every other",
        curve.gamma,
        curve.sigma,
        scaling.sigma.0,
        scaling.sigma.1,
        curve.kappa,
        scaling.kappa.0,
        scaling.kappa.1
    );
    let _ = match scaling.peak {
        Some((peak, low, high)) => writeln!(
            out,
            "\n{BOLD}the most comes from {peak:.0} people{BOLD:#} (95 % {low:.0} to {high:.0}); more bring less, by this description of the past"
        ),
        None => {
            writeln!(out, "\n{BOLD}no limit visible{BOLD:#}: within what was seen, more people brought more")
        }
    };
    if let Some(law) = scaling.criteria.map(best) {
        let _ = writeln!(
            out,
            "  {DIM}of three laws the {law} one describes these numbers best for its parameters (AICc){DIM:#}"
        );
    }
    if let Some((value, low, high)) = capacity.elasticity {
        let _ = writeln!(
            out,
            "\none per cent more people came with {value:.2} % (95 % {low:.2} to {high:.2}) more need of other teams{}",
            if low > 1.0 {
                ":\nmore than in proportion"
            } else if high < 1.0 {
                ":\nless than in proportion"
            } else {
                ""
            }
        );
    }
    let _ = writeln!(
        out,
        "\n{DIM}a description of months, not a law of teams, and nothing about any person{DIM:#}"
    );
    out
}

fn best(criteria: Criteria) -> &'static str {
    let all = [("linear", criteria.linear), ("Amdahl", criteria.amdahl), ("universal", criteria.universal)];
    all.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).map_or("linear", |(name, _)| name)
}

/// One object, `unsnarl.capacity/1`.
pub fn json(name: &str, capacity: &Capacity, rows: usize) -> String {
    format!("{:#}\n", value(name, capacity, rows))
}

/// The same as a value.
pub(crate) fn value(name: &str, capacity: &Capacity, rows: usize) -> Value {
    let month = |month: &Month| {
        json!({
            "at": time::date(month.at),
            "people": month.people,
            "changes": month.changes,
            "coordination": month.coordination,
        })
    };
    let fit = |scaling: &Scaling| {
        json!({
            "gamma": scaling.curve.gamma,
            "sigma": scaling.curve.sigma,
            "sigma_interval": [scaling.sigma.0, scaling.sigma.1],
            "kappa": scaling.curve.kappa,
            "kappa_interval": [scaling.kappa.0, scaling.kappa.1],
            "peak": scaling.peak.map(|(peak, _, _)| peak),
            "peak_interval": scaling.peak.map(|(_, low, high)| [low, high]),
            "aicc": scaling.criteria.map(|criteria| json!({
                "linear": criteria.linear,
                "amdahl": criteria.amdahl,
                "universal": criteria.universal,
            })),
            "best": scaling.criteria.map(best),
        })
    };
    let elasticity: Option<Value> =
        capacity.elasticity.map(|(value, low, high)| json!({"value": value, "interval": [low, high]}));
    json!({
        "schema": "unsnarl.capacity/1",
        "name": name,
        "rows": rows,
        "scaling": capacity.scaling.as_ref().map(fit),
        "coordination_elasticity": elasticity,
        "months": capacity.months.iter().map(month).collect::<Vec<_>>(),
    })
}
