//! Many tests at once: the false discovery rate of Benjamini and Hochberg (1995).

/// Turns p-values into q-values; `tests` is how many tests were made, those with p = 1 need not be listed.
pub fn q_values(p: &[f64], tests: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut q = vec![1.0; p.len()];
    let mut lowest: f64 = 1.0;
    for (rank, &at) in order.iter().enumerate().rev() {
        lowest = lowest.min(p[at] * tests.max(p.len()) as f64 / (rank + 1) as f64);
        q[at] = lowest;
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.false_discovery_control([.01, .04, .03, .005])`.
    #[test]
    fn is_that_of_scipy() {
        let q = q_values(&[0.01, 0.04, 0.03, 0.005], 4);
        for (q, expected) in q.iter().zip([0.02, 0.04, 0.04, 0.02]) {
            assert!((q - expected).abs() < 1e-12);
        }
        assert_eq!(q_values(&[0.01], 10), [0.1]);
        assert_eq!(q_values(&[], 10), [0.0; 0]);
    }
}
