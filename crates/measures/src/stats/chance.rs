//! How often two columns of a 0/1 table meet by chance, when rows keep their exact sizes.
//!
//! The table has a row a change and a column a module. By chance means: a row of size k holds any k columns, a
//! set S with probability proportional to the product of its columns' weights; the weights are such that every
//! column keeps its number of rows in expectation. This is conditional Bernoulli sampling (Chen, Dempster and Liu
//! 1994, Biometrika 81), the bipartite configuration model with row sums held exactly.
//!
//! Why not the plain bipartite configuration model (Saracco et al. 2017): it holds row sums in expectation only, so
//! a row of size 1 still expects half a pair. Where most changes touch one module, it expects several times more
//! meetings than there can be, and hides real ones (docs/decisions/0003).
//!
//! With e_k the k-th elementary symmetric polynomial of the weights w:
//!
//! ```text
//! π_m(k)  = w_m · e_{k−1}(w without m) / e_k(w)             chance that a row of size k holds m
//! π_ab(k) = w_a · w_b · e_{k−2}(w without a, b) / e_k(w)    chance that it holds both
//! ```

/// Stop when no column's expected number of rows is off by more than this part.
const PRECISION: f64 = 1e-8;
const ITERATIONS: usize = 500;
/// Removing one weight from the polynomials subtracts; past this share of a term the result is computed afresh.
const GUARD: f64 = 0.3;

/// A fitted table.
#[derive(Clone, Debug)]
pub struct Chance {
    weights: Vec<f64>,
    /// Rows of each size, from size 0.
    rows: Vec<u64>,
    /// Elementary symmetric polynomials of all weights, from degree 0.
    all: Vec<f64>,
}

impl Chance {
    /// Fits weights to column totals, given how many rows there are of each size (`rows[k]` rows of size k).
    ///
    /// The totals must add up to the rows' sizes. Columns with a total of 0 get weight 0.
    pub fn fit(columns: &[u64], rows: &[u64]) -> Self {
        debug_assert_eq!(columns.iter().sum::<u64>(), rows.iter().zip(0..).map(|(n, k)| n * k).sum::<u64>());
        let mut rows = rows.to_vec();
        while rows.last() == Some(&0) {
            rows.pop();
        }
        let total = columns.iter().sum::<u64>().max(1) as f64;
        let weights = columns.iter().map(|&count| count as f64 / total).collect();
        let mut chance = Self { weights, rows, all: Vec::new() };
        chance.all = polynomials(chance.weights.iter().copied(), chance.rows.len());
        for _ in 0..ITERATIONS {
            if chance.improve(columns) < PRECISION {
                break;
            }
        }
        chance
    }

    /// One step of the fixed point w_m ← d_m / Σ_k rows_k · e_{k−1}(without m) / e_k; returns the largest miss.
    fn improve(&mut self, columns: &[u64]) -> f64 {
        let mut worst: f64 = 0.0;
        let mut next = vec![0.0; self.weights.len()];
        for (at, &count) in columns.iter().enumerate().filter(|&(_, &count)| count > 0) {
            let without = self.without(&[at], &self.all);
            let rate: f64 = (1..self.rows.len())
                .filter(|&size| self.rows[size] > 0)
                .map(|size| self.rows[size] as f64 * without[size - 1] / self.all[size])
                .sum();
            let expected = self.weights[at] * rate;
            worst = worst.max((expected / count as f64 - 1.0).abs());
            next[at] = if rate > 0.0 { count as f64 / rate } else { self.weights[at] };
        }
        // Only ratios matter; a sum of one keeps every polynomial far from overflow.
        let sum: f64 = next.iter().sum();
        if sum.is_finite() && sum > 0.0 {
            next.iter_mut().for_each(|weight| *weight /= sum);
            self.weights = next;
            self.all = polynomials(self.weights.iter().copied(), self.rows.len());
        }
        worst
    }

    /// The chance that a row of each present size holds both columns: (rows of that size, chance).
    pub fn pair(&self, a: usize, b: usize) -> Vec<(u64, f64)> {
        if self.weights[a] <= 0.0 || self.weights[b] <= 0.0 {
            return Vec::new();
        }
        let first = self.without(&[a], &self.all);
        let both = self.without(&[a, b], &first);
        (2..self.rows.len())
            .filter(|&size| self.rows[size] > 0)
            .map(|size| {
                let chance = self.weights[a] * self.weights[b] * both[size - 2] / self.all[size];
                (self.rows[size], chance.clamp(0.0, 1.0))
            })
            .collect()
    }

    /// Polynomials without some columns; `known` are those without all but the last of them.
    fn without(&self, columns: &[usize], known: &[f64]) -> Vec<f64> {
        let weight = self.weights[columns[columns.len() - 1]];
        let mut out = Vec::with_capacity(known.len());
        out.push(1.0);
        for degree in 1..known.len() {
            let taken = weight * out[degree - 1];
            if taken > GUARD * known[degree] {
                let others = self.weights.iter().enumerate().filter(|(at, _)| !columns.contains(at));
                return polynomials(others.map(|(_, &weight)| weight), known.len());
            }
            out.push(known[degree] - taken);
        }
        out
    }
}

/// Elementary symmetric polynomials of degree 0 to `length` − 1; sums of positive terms only.
fn polynomials(weights: impl Iterator<Item = f64>, length: usize) -> Vec<f64> {
    let mut out = vec![0.0; length.max(1)];
    out[0] = 1.0;
    for weight in weights.filter(|&weight| weight > 0.0) {
        for degree in (1..out.len()).rev() {
            out[degree] += weight * out[degree - 1];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(chance: &Chance, a: usize, b: usize) -> f64 {
        chance.pair(a, b).iter().map(|&(rows, chance)| rows as f64 * chance).sum()
    }

    #[test]
    fn equal_columns_share_evenly() {
        // Four columns, ten rows of two: each of six pairs is expected 10/6 times.
        let chance = Chance::fit(&[5, 5, 5, 5], &[0, 0, 10]);
        assert!((expected(&chance, 0, 3) - 10.0 / 6.0).abs() < 1e-9);
    }

    #[test]
    fn rows_of_one_expect_no_pair() {
        let chance = Chance::fit(&[50, 50], &[0, 100]);
        assert_eq!(expected(&chance, 0, 1), 0.0);
    }

    #[test]
    fn a_column_in_every_row_is_no_surprise() {
        // The hub is in all 30 rows of two; every other column meets it each time.
        let chance = Chance::fit(&[30, 10, 20], &[0, 0, 30]);
        assert!((expected(&chance, 0, 1) - 10.0).abs() < 0.05, "{}", expected(&chance, 0, 1));
        assert!(expected(&chance, 1, 2) < 0.05);
    }

    /// All tables of two rows with sizes 1 and 2 over three columns, weights 1:2:3, counted by hand:
    /// π_01(2) = 2/11, π_02(2) = 3/11, π_12(2) = 6/11.
    #[test]
    fn pair_chances_are_those_of_the_enumeration() {
        let chance = Chance { weights: vec![1.0, 2.0, 3.0], rows: vec![0, 0, 1], all: vec![1.0, 6.0, 11.0] };
        for (a, b, numerator) in [(0, 1, 2.0), (0, 2, 3.0), (1, 2, 6.0)] {
            assert!((expected(&chance, a, b) - numerator / 11.0).abs() < 1e-12);
        }
    }

    proptest::proptest! {
        /// Rows keep their sizes exactly, so expected pairs add up to the pairs there are.
        #[test]
        fn expected_pairs_add_up(rows in proptest::collection::vec(proptest::collection::btree_set(0usize..12, 1..6), 5..60)) {
            let mut columns = vec![0u64; 12];
            let mut sizes = vec![0u64; 7];
            let mut pairs = 0;
            for row in &rows {
                row.iter().for_each(|&column| columns[column] += 1);
                sizes[row.len()] += 1;
                pairs += row.len() * (row.len() - 1) / 2;
            }
            let chance = Chance::fit(&columns, &sizes);
            let sum: f64 = (0..12).flat_map(|a| (a + 1..12).map(move |b| (a, b))).map(|(a, b)| expected(&chance, a, b)).sum();
            proptest::prop_assert!((sum - pairs as f64).abs() < 1e-6 * (pairs as f64).max(1.0), "{} {}", sum, pairs);
        }
    }
}
