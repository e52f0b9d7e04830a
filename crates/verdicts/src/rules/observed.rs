//! What modules depend on as a tree stands: what they would have to declare for it to hold.

use std::collections::BTreeSet;

use super::Ground;

/// The modules each module depends on by what counts for rules, as indices into the manifest's, sorted; `None` for a
/// module of which no file but tests was read, of which nothing is known.
pub fn observed(ground: &Ground<'_>) -> Vec<Option<Vec<u32>>> {
    let mut all: Vec<Option<BTreeSet<u32>>> = vec![None; ground.manifest.modules.len()];
    let read = ground.standing.dependencies.files.iter().filter(|one| !one.test);
    for module in read.filter_map(|one| ground.standing.module(one.file)) {
        all[module as usize].get_or_insert_default();
    }
    for (_, from, to) in ground.across() {
        if let (Some(from), Some(to)) = (from, to) {
            all[from as usize].get_or_insert_default().insert(to);
        }
    }
    all.into_iter().map(|one| one.map(|modules| modules.into_iter().collect())).collect()
}
