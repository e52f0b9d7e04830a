//! Taking people away until half of the files are known to nobody.

use rustc_hash::FxHashMap;

/// How many can be taken away, always the one who holds the most (a file shared by two counts half), until more than half of the
/// files are stranded; `None` when no file has a knower.
///
/// Greedy, re-ranked after each step: an upper bound on the smallest such set, exact when it gives 1.
pub(super) fn greedy(knowers_of_files: &[Vec<u32>]) -> Option<u64> {
    let files: Vec<&Vec<u32>> = knowers_of_files.iter().filter(|knowers| !knowers.is_empty()).collect();
    if files.is_empty() {
        return None;
    }
    let mut files_of: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (at, knowers) in files.iter().enumerate() {
        knowers.iter().for_each(|&knower| files_of.entry(knower).or_default().push(at));
    }
    let mut left: Vec<usize> = files.iter().map(|knowers| knowers.len()).collect();
    let mut stranded = 0;
    let mut removed = 0;
    while stranded * 2 <= files.len() {
        // A file counts in full for its last knower and in part for one of several; 5,040 divides by 1 to 10, so the
        // sum does not depend on its order.
        let rank = |knower: &u32, own: &Vec<usize>| {
            let held: u64 =
                own.iter().filter(|&&file| left[file] > 0).map(|&file| 5_040 / left[file] as u64).sum();
            let known = own.iter().filter(|&&file| left[file] > 0).count();
            (held, known, std::cmp::Reverse(*knower))
        };
        let Some((&most, _)) = files_of.iter().max_by_key(|(knower, own)| rank(knower, own)) else { break };
        for file in files_of.remove(&most).unwrap_or_default() {
            left[file] -= 1;
            stranded += usize::from(left[file] == 0);
        }
        removed += 1;
    }
    Some(removed)
}

/// The same in the fixed order of how many files each knows, as the published tools do. `enough` is asked, before
/// each removal, whether the stranded files end it.
pub(super) fn fixed_order(knowers_of_files: &[Vec<u32>], enough: impl Fn(usize) -> bool) -> u64 {
    let mut known: FxHashMap<u32, u64> = FxHashMap::default();
    for knowers in knowers_of_files {
        knowers.iter().for_each(|&knower| *known.entry(knower).or_default() += 1);
    }
    let mut order: Vec<u32> = known.keys().copied().collect();
    order.sort_by_key(|knower| (std::cmp::Reverse(known[knower]), *knower));
    let mut left: Vec<usize> = knowers_of_files.iter().map(Vec::len).collect();
    let mut removed = 0;
    for most in order {
        if enough(left.iter().filter(|count| **count == 0).count()) {
            break;
        }
        for (file, knowers) in knowers_of_files.iter().enumerate() {
            left[file] -= usize::from(knowers.contains(&most));
        }
        removed += 1;
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greedy_strands_more_than_half() {
        assert_eq!(greedy(&[]), None);
        assert_eq!(greedy(&[vec![]]), None);
        assert_eq!(greedy(&[vec![1], vec![1], vec![1], vec![2]]), Some(1));
        assert_eq!(greedy(&[vec![1], vec![2], vec![3], vec![4]]), Some(3));
        assert_eq!(greedy(&[vec![1, 2], vec![1, 2], vec![3]]), Some(2));
    }
}
