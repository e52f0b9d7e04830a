//! Files in an order, and how good that order is.

use facts::FileId;

/// Files, the likeliest first.
pub type Ranking = Vec<FileId>;

/// Puts files in the order of their keys, larger first; what is equal stands in an order that hangs on nothing but the file and is
/// neither that of age nor of names.
pub fn ranked<K: PartialOrd>(mut scored: Vec<(FileId, K)>) -> Ranking {
    scored.sort_by(|a, b| {
        let by_key = b.1.partial_cmp(&a.1).unwrap_or(std::cmp::Ordering::Equal);
        by_key.then_with(|| shuffled(a.0).cmp(&shuffled(b.0)))
    });
    scored.into_iter().map(|(file, _)| file).collect()
}

/// A number as good as drawn, decided by the file (the finalizer of MurmurHash3, which maps no two numbers to one).
pub fn shuffled(file: FileId) -> u32 {
    let mut mixed = file.0 ^ 0x9e37_79b9;
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
    mixed ^ (mixed >> 16)
}

/// Average precision over all relevant files: the mean, over them, of the share of relevant ones up to where each stands; 0 for one
/// that does not stand there. 0 to 1; 0 where nothing is relevant.
pub fn average_precision(ranking: &[FileId], relevant: &[FileId]) -> f64 {
    let (mut found, mut sum) = (0.0, 0.0);
    for (at, file) in ranking.iter().enumerate() {
        if relevant.contains(file) {
            found += 1.0;
            sum += found / (at + 1) as f64;
        }
    }
    if relevant.is_empty() { 0.0 } else { sum / relevant.len() as f64 }
}

/// The share of relevant files among the first `most`, 0 to 1.
pub fn recall(ranking: &[FileId], relevant: &[FileId], most: usize) -> f64 {
    let found = ranking.iter().take(most).filter(|file| relevant.contains(file)).count();
    if relevant.is_empty() { 0.0 } else { found as f64 / relevant.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(ids: &[u32]) -> Vec<FileId> {
        ids.iter().map(|&id| FileId(id)).collect()
    }

    /// Of three relevant files one stands first, one third, one nowhere: (1/1 + 2/3 + 0) / 3.
    #[test]
    fn average_precision_counts_what_is_missing() {
        let ranking = files(&[7, 1, 8, 2]);
        assert!((average_precision(&ranking, &files(&[7, 8, 9])) - 5.0 / 9.0).abs() < 1e-12);
        assert_eq!(average_precision(&[], &files(&[7])), 0.0);
        assert_eq!(average_precision(&ranking, &[]), 0.0);
        assert!((recall(&ranking, &files(&[7, 8, 9]), 2) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn equal_keys_have_one_order() {
        let order = ranked((0..20).map(|id| (FileId(id), 1.0)).collect());
        assert_eq!(order, ranked((0..20).rev().map(|id| (FileId(id), 1.0)).collect()));
        assert_ne!(order, files(&(0..20).collect::<Vec<u32>>()));
        assert_eq!(ranked(vec![(FileId(1), 0.5), (FileId(2), 2.0)]), files(&[2, 1]));
    }
}
