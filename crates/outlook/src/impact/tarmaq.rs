//! TARMAQ (Rolfsnes, Di Alesio, Behjati, Moonen, Binkley 2016): rules from the past changes that share most with the query.
//!
//! Query {a, b, c}; past changes {a, b, x}, {a, b, x, y}, {b, c, x}, {a, z}: the most any shares is two. The rules are {a, b} → x
//! (support 2, confidence 2/2), {a, b} → y (1, 1/2) and {b, c} → x (1, 1/1). A file stands where its best rule puts it: x before y;
//! z is in no rule.

use facts::FileId;
use rustc_hash::FxHashMap;

use super::{
    past::Past,
    ranking::{Ranking, ranked},
};

/// Further files by the support, then the confidence of their best rule; empty where no file of the query has a past with others.
pub fn rank(past: &Past, query: &[FileId]) -> Ranking {
    let mut shared: FxHashMap<u32, u32> = FxHashMap::default();
    for file in query {
        for &position in past.changes_of(*file) {
            *shared.entry(position).or_default() += 1;
        }
    }
    // Changes without anything beyond the query give no rule.
    shared.retain(|&position, &mut shared| past.files_of(position).len() > shared as usize);
    let Some(&most) = shared.values().max() else { return Ranking::new() };
    let mut rests_on: FxHashMap<Vec<FileId>, u32> = FxHashMap::default();
    let mut support: FxHashMap<(Vec<FileId>, FileId), u32> = FxHashMap::default();
    for (&position, _) in shared.iter().filter(|(_, shared)| **shared == most) {
        let (mut common, further): (Vec<FileId>, Vec<FileId>) =
            past.files_of(position).iter().partition(|file| query.contains(file));
        common.sort_unstable();
        for file in further {
            *support.entry((common.clone(), file)).or_default() += 1;
        }
        *rests_on.entry(common).or_default() += 1;
    }
    let mut best: FxHashMap<FileId, (u32, f64)> = FxHashMap::default();
    for ((common, file), support) in support {
        let rule = (support, f64::from(support) / f64::from(rests_on[&common]));
        let held = best.entry(file).or_insert(rule);
        if rule > *held {
            *held = rule;
        }
    }
    best.retain(|file, _| past.place_of(*file).is_some());
    ranked(best.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{super::planted, *};

    /// The example above: a, b, c are 0, 1, 2 and x, y, z are 3, 4, 5.
    #[test]
    fn rules_rest_on_the_most_that_is_shared() {
        let facts = planted::history(40, &[vec![0, 1, 3], vec![0, 1, 3, 4], vec![1, 2, 3], vec![0, 5]]);
        planted::through(&facts, |lens| {
            let past = Past::whole(lens);
            assert_eq!(rank(&past, &planted::ids(&[0, 1, 2])), planted::ids(&[3, 4]));
            assert_eq!(rank(&past, &planted::ids(&[5])), planted::ids(&[0]));
            assert_eq!(rank(&past, &planted::ids(&[9])), [], "it has no past");
        });
    }

    /// {0, 1} → 3 rests on two changes and holds in one (1, 1/2); {0, 2} → 4 on one (1, 1/1): confidence parts equal support.
    #[test]
    fn confidence_settles_equal_support() {
        let facts = planted::history(40, &[vec![0, 1, 3], vec![0, 1, 5], vec![0, 2, 4]]);
        planted::through(&facts, |lens| {
            let found = rank(&Past::whole(lens), &planted::ids(&[0, 1, 2]));
            assert_eq!(found[0], FileId(4));
            assert_eq!(found.len(), 3);
        });
    }
}
