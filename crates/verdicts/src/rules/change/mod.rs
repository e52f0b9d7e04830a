//! Rules on how change happens: held against one change, or against the history of a window.
//!
//! ```text
//! one change   teams · approvals · boundaries it crosses · partners it leaves out      unsnarl check --diff, --staged
//! a window     independence of modules · hidden constraints that became significant   unsnarl check
//! ```
//!
//! [`mod@backtest`] says how often a rule would have fired on the changes there were, before anybody turns it on.

mod approvals;
pub mod backtest;
mod boundary;
mod hidden;
mod independence;
mod partner;
mod teams;

use facts::{ChangeId, FileId, Lens, Manifest, manifest::ChangeRule};

use super::{Ground, Held, Rule, RuleUse, Site, Violation};

pub use backtest::{Backtest, Fired, backtest};
pub use partner::Companions;

/// Every rule on change, by code.
pub(crate) const RULES: [&Rule; 6] =
    [&teams::RULE, &boundary::RULE, &partner::RULE, &hidden::RULE, &independence::RULE, &approvals::RULE];

/// Days a rule looks back unless it says otherwise.
const WINDOW_DAYS: u32 = 365;

/// Whom a set of paths needs by what is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The smallest set of owners that covers every owned path, each with the first path that needs it.
    pub teams: Vec<(String, String)>,
    /// How many approvals they must give.
    pub approvals: u32,
    /// Whether the set is the smallest for certain: beyond twelve candidates it is found step by step.
    pub exact: bool,
}

/// One change as these rules see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What it is called in a sentence: `this change`; one of the past, which stands beside, `it`.
    pub name: String,
    /// The paths it touches, as they are called today; sorted.
    pub paths: Vec<String>,
    /// The files of them that history knows.
    pub files: Vec<FileId>,
    /// The declared modules it touches; sorted.
    pub modules: Vec<u32>,
    /// Whom it needs.
    pub needs: Needs,
}

/// History as these rules see it.
pub struct History<'a> {
    /// What counts of it, and whose it is.
    pub lens: &'a Lens<'a>,
    /// What changed with what.
    pub companions: Companions,
}

impl<'a> History<'a> {
    /// Sorts what counts of a history.
    pub fn new(lens: &'a Lens<'a>) -> Self {
        Self { lens, companions: Companions::new(lens) }
    }
}

/// Holds the rules of a manifest against one change. `history` is what was before it; where there is none, rules that
/// need it say so by matching nothing.
pub fn hold_on_change(ground: &Ground<'_>, change: &Seen, history: Option<&History<'_>>, held: &mut Held) {
    for rule in &ground.manifest.change_rules {
        if !concerns(ground, rule, change) {
            continue;
        }
        let end = history.map_or(0, |history| history.lens.counted.len());
        for (of, found, looked) in on_change(ground, rule, change, history, end) {
            held.uses.push(used(of, rule, looked));
            held.violations.extend(found);
        }
    }
}

/// Holds those rules of a manifest that look at a window of history.
pub fn hold_on_window(ground: &Ground<'_>, history: &History<'_>, held: &mut Held) {
    let end = history.lens.counted.len();
    for rule in &ground.manifest.change_rules {
        if let Some(least) = rule.min_independence {
            let (found, looked) = independence::hold(ground, rule, least, history, end);
            held.uses.push(used(&independence::RULE, rule, looked));
            held.violations.extend(found);
        }
        if rule.no_new_hidden_constraint {
            let (found, looked) = hidden::hold(ground, rule, history);
            held.uses.push(used(&hidden::RULE, rule, looked));
            held.violations.extend(found);
        }
    }
}

/// Whether any rule of a manifest looks at history, of those that are held against a change or against a tree.
pub fn needs_history(manifest: &Manifest, on_a_change: bool) -> bool {
    let rules = &manifest.change_rules;
    if on_a_change {
        return rules.iter().any(|rule| rule.usual_partner.is_some());
    }
    manifest.ownership.require_lead
        || rules.iter().any(|rule| rule.min_independence.is_some() || rule.no_new_hidden_constraint)
}

/// What each part of a rule that looks at one change says of it; `end` is how many changes were before.
fn on_change(
    ground: &Ground<'_>,
    rule: &ChangeRule,
    change: &Seen,
    history: Option<&History<'_>>,
    end: usize,
) -> Vec<(&'static Rule, Vec<Violation>, String)> {
    let mut out = Vec::new();
    if let Some(most) = rule.max_teams {
        let looked =
            format!("{} of at most {most}", crate::audit::count(change.needs.teams.len() as u64, "team"));
        out.push((&teams::RULE, teams::hold(ground, rule, most, change).into_iter().collect(), looked));
    }
    if let Some(most) = rule.max_approvals {
        let looked = format!(
            "{} of at most {most}",
            crate::audit::count(u64::from(change.needs.approvals), "approval")
        );
        out.push((
            &approvals::RULE,
            approvals::hold(ground, rule, most, change).into_iter().collect(),
            looked,
        ));
    }
    if rule.no_undeclared_boundary {
        let found = boundary::hold(ground, rule, change);
        let looked = crate::audit::count(change.modules.len() as u64, "module") + " touched";
        out.push((&boundary::RULE, found, looked));
    }
    if let Some(least) = rule.usual_partner {
        let (found, looked) = match history {
            Some(history) => partner::hold(ground, rule, least, change, history, end),
            None => (Vec::new(), "history was not read".to_owned()),
        };
        out.push((&partner::RULE, found, looked));
    }
    out
}

/// Whether a rule speaks of a change.
fn concerns(ground: &Ground<'_>, rule: &ChangeRule, change: &Seen) -> bool {
    let named = |module: &u32| rule.modules.contains(&ground.manifest.modules[*module as usize].id);
    rule.modules.is_empty() || change.modules.iter().any(named)
}

fn used(of: &'static Rule, rule: &ChangeRule, matched: String) -> RuleUse {
    RuleUse { rule: of, contract: Some(rule.id.clone()), matched, count: 1 }
}

/// A violation by a change as a whole.
fn by_change(
    ground: &Ground<'_>,
    of: &'static Rule,
    rule: &ChangeRule,
    change: &Seen,
    (what, way_out): (String, String),
    sites: Vec<String>,
) -> Violation {
    let first = sites.first().cloned().unwrap_or_default();
    Violation {
        contract: Some(rule.id.clone()),
        level: rule.level,
        from: change.name.clone(),
        sites: sites.into_iter().map(|path| Site { path, ..Site::default() }).collect(),
        because: rule.because.clone(),
        ..ground.at(of, (&first, 0), &first, what, way_out)
    }
}

/// The changes of a window that ends before the change at `end`, as positions among those that count.
fn window(lens: &Lens<'_>, rule: &ChangeRule, end: usize, days: u32) -> std::ops::Range<usize> {
    let counted = &lens.counted[..end];
    let at = |change: &ChangeId| lens.at(*change);
    let Some(last) = counted.iter().rev().find_map(at) else { return 0..end };
    let since = last - i64::from(rule.window_days.unwrap_or(days)) * facts::time::DAY;
    // Changes stand in the order in which they reached the mainline, which is nearly that of their dates.
    let first = counted.iter().rposition(|change| lens.at(*change).is_some_and(|at| at < since));
    first.map_or(0, |first| first + 1)..end
}
