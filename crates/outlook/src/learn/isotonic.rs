//! Isotonic regression: scores to probabilities that never fall where the score rises (Zadrozny and Elkan 2002), by pooling adjacent
//! violators (Ayer et al. 1955), with straight lines between the middles of the pools.

use serde::{Deserialize, Serialize};

/// A map from scores to probabilities.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Isotonic {
    /// The mean score of each pool, rising.
    scores: Vec<f64>,
    /// Its share of hits, not falling.
    shares: Vec<f64>,
}

struct Pool {
    score: f64,
    hits: f64,
    count: f64,
}

/// A pool of fewer examples says little of its share.
const FEWEST: f64 = 20.0;

impl Isotonic {
    /// Fits scores and whether each was a hit; of nothing, every probability is 0.
    ///
    /// Every pool holds twenty examples or more, and each share counts one hit and one miss more than were seen (Laplace),
    /// so that no probability is 0 or 1.
    pub fn fit(examples: &[(f64, bool)]) -> Self {
        let mut sorted = examples.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut pools: Vec<Pool> = Vec::new();
        // What has one score has one probability.
        for same in sorted.chunk_by(|a, b| a.0 == b.0) {
            let count = same.len() as f64;
            let hits = same.iter().filter(|one| one.1).count() as f64;
            pools.push(Pool { score: same[0].0 * count, hits, count });
            while let [.., before, last] = pools.as_slice()
                && (before.hits * last.count >= last.hits * before.count || before.count < FEWEST)
            {
                merge_last(&mut pools);
            }
        }
        while pools.len() > 1 && pools.last().is_some_and(|last| last.count < FEWEST) {
            merge_last(&mut pools);
        }
        Self {
            scores: pools.iter().map(|pool| pool.score / pool.count).collect(),
            shares: pools.iter().map(|pool| (pool.hits + 1.0) / (pool.count + 2.0)).collect(),
        }
        .rising()
    }

    /// Laplace's correction may turn the order of small pools: the larger share of those before holds.
    fn rising(mut self) -> Self {
        for at in 1..self.shares.len() {
            self.shares[at] = self.shares[at].max(self.shares[at - 1]);
        }
        self
    }

    /// The probability of a score, 0 to 1.
    pub fn probability(&self, score: f64) -> f64 {
        let above = self.scores.partition_point(|&at| at <= score);
        match (above.checked_sub(1), self.scores.get(above)) {
            (None, None) => 0.0,
            (None, Some(_)) => self.shares[0],
            (Some(below), None) => self.shares[below],
            (Some(below), Some(&next)) => {
                let way = (score - self.scores[below]) / (next - self.scores[below]);
                self.shares[below] + way * (self.shares[above] - self.shares[below])
            }
        }
    }
}

fn merge_last(pools: &mut Vec<Pool>) {
    if let (Some(last), Some(before)) = (pools.pop(), pools.last_mut()) {
        before.score += last.score;
        before.hits += last.hits;
        before.count += last.count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty misses at 0, forty at 1 of which half hit, forty hits at 2: shares 1/42, 21/42 and 41/42.
    #[test]
    fn shares_are_those_of_the_pools() {
        let examples: Vec<(f64, bool)> =
            (0..120).map(|at| (f64::from(at / 40), at >= 80 || (at >= 40 && at % 2 == 0))).collect();
        let map = Isotonic::fit(&examples);
        for (score, share) in [(-1.0, 1.0), (0.0, 1.0), (1.0, 21.0), (2.0, 41.0), (9.0, 41.0)] {
            assert!((map.probability(score) - share / 42.0).abs() < 1e-12, "{score}");
        }
        assert!((map.probability(0.5) - 11.0 / 42.0).abs() < 1e-12, "half way between two pools");
    }

    #[test]
    fn nothing_is_certain_of_nothing() {
        assert_eq!(Isotonic::fit(&[]).probability(3.0), 0.0);
        assert!((Isotonic::fit(&[(1.0, true)]).probability(3.0) - 2.0 / 3.0).abs() < 1e-12);
    }

    proptest::proptest! {
        #[test]
        fn never_falls(examples in proptest::collection::vec((0.0..1.0_f64, proptest::bool::ANY), 0..300)) {
            let map = Isotonic::fit(&examples);
            let found: Vec<f64> = (0..50).map(|at| map.probability(f64::from(at) / 40.0)).collect();
            proptest::prop_assert!(found.windows(2).all(|two| two[0] <= two[1] + 1e-12));
            proptest::prop_assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }
}
