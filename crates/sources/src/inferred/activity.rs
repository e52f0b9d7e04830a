//! Who works on what, with today's work weighing more than that of years ago.

use facts::{Facts, ModuleId, PersonId, PersonKind, time::Seconds};
use rustc_hash::FxHashMap;

/// Work loses half its weight in a year: long enough that a quiet quarter changes no team, short enough that those
/// who left two years ago do not decide who works together now.
const HALF_LIFE_SECONDS: f64 = 365.0 * 86_400.0;

/// Weight of each person in each module, and how many changes each person made lately.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    /// By person: (module, weight), sorted by module.
    pub(crate) of_person: Vec<Vec<(ModuleId, f64)>>,
    /// Changes within the last two years of the history.
    pub(crate) recent_changes: Vec<u32>,
}

/// Weighs the changes of people; bots, agents, bulk and ignored changes do not count.
pub(crate) fn weigh(facts: &Facts, module_of_file: &[Option<ModuleId>]) -> Activity {
    let mut of_person: Vec<FxHashMap<ModuleId, f64>> = vec![FxHashMap::default(); facts.people.len()];
    let mut recent_changes = vec![0; facts.people.len()];
    let end = last_moment(facts);
    let mut modules: Vec<ModuleId> = Vec::new();
    let mut authors: Vec<PersonId> = Vec::new();
    let mut part = 0;
    for change in facts.changes.ids() {
        authors.clear();
        while let Some(next) = facts.participations.get(part).filter(|next| next.change <= change) {
            let human = facts.people.kind[next.person.index()] == PersonKind::Human;
            if next.change == change && next.role.wrote() && human {
                authors.push(next.person);
            }
            part += 1;
        }
        let row = change.index();
        if facts.changes.bulk[row] || facts.changes.ignored[row] || authors.is_empty() {
            continue;
        }
        modules.clear();
        modules
            .extend(facts.touches.of(change).filter_map(|at| module_of_file[facts.touches.file[at].index()]));
        modules.sort_unstable();
        modules.dedup();
        authors.sort_unstable();
        authors.dedup();
        let age = end.saturating_sub(facts.changes.merged_at[row]).max(0) as f64;
        let weight = (-age / HALF_LIFE_SECONDS).exp2() / (modules.len().max(1) * authors.len()) as f64;
        for &person in &authors {
            recent_changes[person.index()] += u32::from(age <= 2.0 * HALF_LIFE_SECONDS);
            for &module in &modules {
                *of_person[person.index()].entry(module).or_default() += weight;
            }
        }
    }
    let of_person = of_person
        .into_iter()
        .map(|modules| {
            let mut modules: Vec<(ModuleId, f64)> = modules.into_iter().collect();
            modules.sort_unstable_by_key(|&(module, _)| module);
            modules
        })
        .collect();
    Activity { of_person, recent_changes }
}

/// When the history ends: the latest date but for the last hundredth, which may be wrong clocks.
fn last_moment(facts: &Facts) -> Seconds {
    let mut moments = facts.changes.merged_at.clone();
    if moments.is_empty() {
        return 0;
    }
    let at = (moments.len() - 1) * 99 / 100;
    *moments.select_nth_unstable(at).1
}
