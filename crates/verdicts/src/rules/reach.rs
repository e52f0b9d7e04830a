//! What leads where through others: one search backwards from the ends serves every start.

use std::collections::VecDeque;

use super::ground::Ground;

/// Files from which some end can be reached, each with the next file on a shortest way.
pub(super) struct Reach {
    next: Vec<u32>,
}

const NOT: u32 = u32::MAX;

impl Reach {
    /// Searches backwards from the ends, through files that may be passed.
    pub(super) fn back_from(
        ground: &Ground<'_>,
        ends: impl Iterator<Item = u32>,
        may_pass: impl Fn(u32) -> bool,
    ) -> Self {
        let files = ground.standing.paths.len();
        // Who names each file: the pairs turned round, in order.
        let mut first = vec![0u32; files + 1];
        ground.pairs.iter().for_each(|pair| first[pair.to as usize + 1] += 1);
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut named_by = vec![0u32; ground.pairs.len()];
        let mut filled = first.clone();
        for pair in &ground.pairs {
            named_by[filled[pair.to as usize] as usize] = pair.from;
            filled[pair.to as usize] += 1;
        }
        let mut next = vec![NOT; files];
        let mut open: VecDeque<u32> = VecDeque::new();
        for end in ends {
            next[end as usize] = end;
            open.push_back(end);
        }
        while let Some(file) = open.pop_front() {
            for &before in &named_by[first[file as usize] as usize..first[file as usize + 1] as usize] {
                if next[before as usize] == NOT && may_pass(before) {
                    next[before as usize] = file;
                    open.push_back(before);
                }
            }
        }
        Self { next }
    }

    /// Whether an end can be reached from the file; ends reach themselves.
    pub(super) fn has(&self, file: u32) -> bool {
        self.next[file as usize] != NOT
    }

    /// A shortest way: the start, the file it names first, and on to an end.
    pub(super) fn chain(&self, start: u32, mut file: u32) -> Vec<u32> {
        let mut out = vec![start, file];
        while self.next[file as usize] != file && self.next[file as usize] != NOT {
            file = self.next[file as usize];
            out.push(file);
        }
        out
    }
}

/// A way in words, its middle left out where it is long.
pub(super) fn way(ground: &Ground<'_>, chain: &[u32]) -> String {
    const MOST: usize = 5;
    let text = |file: &u32| ground.standing.text(*file);
    if chain.len() <= MOST {
        return chain.iter().map(text).collect::<Vec<_>>().join(" → ");
    }
    let (start, end) = (&chain[..2], &chain[chain.len() - 2..]);
    let start = start.iter().map(text).collect::<Vec<_>>().join(" → ");
    let end = end.iter().map(text).collect::<Vec<_>>().join(" → ");
    format!("{start} → … {} more … → {end}", chain.len() - 4)
}
