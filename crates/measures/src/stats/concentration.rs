//! How unevenly a whole is spread over its parts.

/// The Gini coefficient of non-negative amounts, 0 (even) to 1 − 1/n; `None` when there is nothing to share.
pub fn gini(amounts: &[f64]) -> Option<f64> {
    let total: f64 = amounts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut sorted = amounts.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let ranked: f64 = sorted.iter().zip(1..).map(|(amount, rank)| amount * f64::from(rank)).sum();
    Some((2.0 * ranked / (n * total) - (n + 1.0) / n).max(0.0))
}

/// The smallest number of parts that hold half of the whole.
pub fn parts_for_half(amounts: &[f64]) -> usize {
    let total: f64 = amounts.iter().sum();
    let mut sorted = amounts.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut held = 0.0;
    sorted
        .iter()
        .take_while(|amount| {
            let short = held < total / 2.0 - 1e-12 * total;
            held += **amount;
            short
        })
        .count()
}

/// How many equal parts would be as spread out: the exponential of the entropy of shares (Hill 1973, "Diversity and
/// Evenness"); `None` when there is nothing to share.
pub fn effective(amounts: &[f64]) -> Option<f64> {
    let total: f64 = amounts.iter().sum();
    (total > 0.0).then(|| {
        let shares = amounts.iter().filter(|amount| **amount > 0.0).map(|amount| amount / total);
        shares.map(|share| -share * share.ln()).sum::<f64>().exp()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_cases() {
        assert_eq!(gini(&[1.0, 1.0, 1.0, 1.0]), Some(0.0));
        assert!((gini(&[0.0, 0.0, 0.0, 4.0]).unwrap() - 0.75).abs() < 1e-12);
        assert!((gini(&[1.0, 2.0, 3.0]).unwrap() - 2.0 / 9.0).abs() < 1e-12);
        assert_eq!(gini(&[0.0]), None);
        assert_eq!(gini(&[]), None);
        assert_eq!(parts_for_half(&[1.0, 5.0, 1.0, 1.0]), 1);
        assert_eq!(parts_for_half(&[1.0, 1.0, 1.0, 1.0]), 2);
        assert_eq!(parts_for_half(&[]), 0);
        assert!((effective(&[2.0, 2.0, 2.0, 0.0]).unwrap() - 3.0).abs() < 1e-12);
        assert_eq!(effective(&[0.0]), None);
    }
}
