//! ROSE (Zimmermann, Weißgerber, Diehl, Zeller 2004): rules from the past changes that hold the whole query.
//!
//! Query {a, b}; past changes {a, b, c}, {a, b, c, d}, {a, e}: the first two hold it, c stands in both (confidence 2/2), d in one
//! (1/2), and e is in no rule. The rules of one query share what they rest on, so that confidence and support rank alike.

use facts::FileId;
use rustc_hash::FxHashMap;

use super::{
    past::Past,
    ranking::{Ranking, ranked},
};

/// Further files by confidence, then support; empty where no past change holds the whole query.
pub fn rank(past: &Past, query: &[FileId]) -> Ranking {
    let rarest = query.iter().min_by_key(|file| past.changes_of(**file).len());
    let Some(&rarest) = rarest else { return Ranking::new() };
    let mut support: FxHashMap<FileId, u32> = FxHashMap::default();
    for &position in past.changes_of(rarest) {
        let files = past.files_of(position);
        if query.iter().all(|file| files.contains(file)) {
            for &file in files.iter().filter(|file| !query.contains(file)) {
                *support.entry(file).or_default() += 1;
            }
        }
    }
    support.retain(|file, _| past.place_of(*file).is_some());
    ranked(support.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{super::planted, *};

    /// The example above, a to e being 0 to 4; many small files are there from the start.
    #[test]
    fn rules_rest_on_the_whole_query() {
        let facts = planted::history(40, &[vec![0, 1, 2], vec![0, 1, 2, 3], vec![0, 4]]);
        planted::through(&facts, |lens| {
            let past = Past::whole(lens);
            assert_eq!(rank(&past, &planted::ids(&[0, 1])), planted::ids(&[2, 3]));
            assert_eq!(rank(&past, &planted::ids(&[1, 4])), [], "no change holds both");
            assert_eq!(rank(&past, &[]), []);
        });
    }
}
