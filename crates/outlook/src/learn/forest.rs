//! Gradient-boosted trees for a yes or a no: each small tree corrects the logistic error of those before it (Friedman 2001), its
//! splits chosen over binned columns by the gain of second order with shrunken leaves (Chen and Guestrin 2016).
//!
//! Nothing is drawn at random: the same examples give the same trees.

use serde::{Deserialize, Serialize};

/// What is told of one example, a number a column.
pub type Row<const N: usize> = [f32; N];

/// One example: its row, and whether it is a yes.
#[derive(Clone, Copy, Debug)]
pub struct Example<const N: usize> {
    /// What is told of it.
    pub row: Row<N>,
    /// Whether it is a yes.
    pub yes: bool,
}

/// How trees grow.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// How many trees.
    pub trees: usize,
    /// Splits from root to leaf.
    pub depth: usize,
    /// How much of its correction each tree makes, 0 to 1.
    pub rate: f64,
    /// The least curvature in a leaf: p(1 − p) over its examples.
    pub leaf: f64,
    /// How strongly leaves are drawn to 0.
    pub shrink: f64,
}

/// One place of a tree: a question, or an answer where both ways lead to the root.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
struct Node {
    column: u32,
    /// Values up to this go left.
    up_to: f32,
    left: u32,
    right: u32,
    value: f64,
}

/// Boosted trees.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Forest<const N: usize> {
    base: f64,
    trees: Vec<Vec<Node>>,
}

/// Most bins a column.
const BINS: usize = 192;

impl<const N: usize> Forest<N> {
    /// Learns from examples; of none, or of one kind alone, every answer is the same.
    pub fn fit(examples: &[Example<N>], growth: Growth) -> Self {
        let count = examples.len() as f64;
        let yes = examples.iter().filter(|one| one.yes).count() as f64;
        let share = if count > 0.0 { (yes / count).clamp(1e-4, 1.0 - 1e-4) } else { 1e-4 };
        let base = (share / (1.0 - share)).ln();
        let mut forest = Self { base, trees: Vec::new() };
        if yes <= 0.0 || yes >= count {
            return forest;
        }
        let binned = Binned::new(examples);
        let mut scores = vec![base; examples.len()];
        let mut slopes = vec![(0.0, 0.0); examples.len()];
        for _ in 0..growth.trees {
            for ((slope, one), &score) in slopes.iter_mut().zip(examples).zip(&scores) {
                let p = logistic(score);
                *slope = (p - f64::from(u8::from(one.yes)), p * (1.0 - p));
            }
            let (tree, leaf_of) = grow(&binned, &slopes, growth);
            if tree.len() == 1 {
                break;
            }
            scores.iter_mut().zip(leaf_of).for_each(|(score, leaf)| *score += tree[leaf as usize].value);
            forest.trees.push(tree);
        }
        forest
    }

    /// The log odds of a yes.
    pub fn score(&self, row: &Row<N>) -> f64 {
        self.base + self.trees.iter().map(|tree| answer(tree, row)).sum::<f64>()
    }
}

/// The probability of log odds.
pub fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

fn answer<const N: usize>(tree: &[Node], row: &Row<N>) -> f64 {
    let mut at = 0;
    loop {
        let node = &tree[at];
        if node.left == 0 {
            return node.value;
        }
        at = if row[node.column as usize] <= node.up_to { node.left } else { node.right } as usize;
    }
}

/// Columns in bins.
struct Binned<const N: usize> {
    /// Upper ends of each column's bins but the last, rising.
    ends: Vec<Vec<f32>>,
    /// The bins of each example, one a column.
    bins: Vec<[u8; N]>,
}

impl<const N: usize> Binned<N> {
    fn new(examples: &[Example<N>]) -> Self {
        let ends: Vec<Vec<f32>> = (0..N).map(|column| ends(examples, column)).collect();
        let bin =
            |one: &Example<N>, column: usize| ends[column].partition_point(|&end| end < one.row[column]);
        let bins = examples.iter().map(|one| std::array::from_fn(|column| bin(one, column) as u8)).collect();
        Self { ends, bins }
    }
}

/// Where a column's bins end, so that about as many examples lie in each.
fn ends<const N: usize>(examples: &[Example<N>], column: usize) -> Vec<f32> {
    let mut values: Vec<f32> = examples.iter().map(|one| one.row[column]).collect();
    values.sort_unstable_by(f32::total_cmp);
    let mut ends: Vec<f32> = (1..BINS).map(|bin| values[bin * values.len() / BINS]).collect();
    ends.dedup();
    // A column's last value ends no bin: nothing lies above it.
    if ends.last() == values.last() {
        ends.pop();
    }
    ends
}

/// The slope and curvature of the error over some examples.
type Sum = (f64, f64);

/// Those sums by column and bin.
type Sums<const N: usize> = [[Sum; BINS]; N];

/// A node while a tree grows: the examples in it, and their sums.
struct Open<const N: usize> {
    node: usize,
    rows: Vec<u32>,
    sums: Box<Sums<N>>,
}

/// The best way to part a node.
#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    column: usize,
    bin: usize,
}

/// One tree, level by level, and the leaf each example ends in.
fn grow<const N: usize>(binned: &Binned<N>, slopes: &[Sum], growth: Growth) -> (Vec<Node>, Vec<u32>) {
    let mut tree = vec![Node::default()];
    let mut leaf_of = vec![0u32; slopes.len()];
    let rows: Vec<u32> = (0..slopes.len() as u32).collect();
    let mut level = vec![Open { node: 0, sums: sums(binned, slopes, &rows), rows }];
    for depth in 0..=growth.depth {
        let mut next = Vec::new();
        for open in level {
            let split =
                if depth < growth.depth { best_split(&open.sums, &binned.ends, growth) } else { None };
            let Some(split) = split else {
                // Every column's bins hold the same examples.
                let (slope, curve) = whole(&open.sums[0]);
                tree[open.node].value = -growth.rate * slope / (curve + growth.shrink);
                open.rows.iter().for_each(|&row| leaf_of[row as usize] = open.node as u32);
                continue;
            };
            let left = tree.len();
            tree.extend([Node::default(); 2]);
            tree[open.node] = Node {
                column: split.column as u32,
                up_to: binned.ends[split.column][split.bin],
                left: left as u32,
                right: left as u32 + 1,
                value: 0.0,
            };
            next.extend(part(open, split, left, binned, slopes));
        }
        level = next;
    }
    (tree, leaf_of)
}

/// The two sides of a split; the larger one's sums are what the smaller one's leave of the whole.
fn part<const N: usize>(
    open: Open<N>,
    split: Split,
    left: usize,
    binned: &Binned<N>,
    slopes: &[Sum],
) -> [Open<N>; 2] {
    let Open { rows, sums: mut rest, .. } = open;
    let goes_left = |row: &u32| usize::from(binned.bins[*row as usize][split.column]) <= split.bin;
    let (lefts, rights): (Vec<u32>, Vec<u32>) = rows.into_iter().partition(goes_left);
    let left_is_small = lefts.len() <= rights.len();
    let small = sums(binned, slopes, if left_is_small { &lefts } else { &rights });
    for (rest, small) in rest.as_flattened_mut().iter_mut().zip(small.as_flattened()) {
        *rest = (rest.0 - small.0, rest.1 - small.1);
    }
    let (of_left, of_right) = if left_is_small { (small, rest) } else { (rest, small) };
    [Open { node: left, rows: lefts, sums: of_left }, Open { node: left + 1, rows: rights, sums: of_right }]
}

fn sums<const N: usize>(binned: &Binned<N>, slopes: &[Sum], rows: &[u32]) -> Box<Sums<N>> {
    let mut sums = Box::new([[(0.0, 0.0); BINS]; N]);
    for &row in rows {
        let slope = slopes[row as usize];
        for (column, &bin) in sums.iter_mut().zip(&binned.bins[row as usize]) {
            let sum = &mut column[usize::from(bin)];
            *sum = (sum.0 + slope.0, sum.1 + slope.1);
        }
    }
    sums
}

fn whole(sums: &[Sum; BINS]) -> Sum {
    sums.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

/// The best split of a node; ties go to the first column and the lowest bin.
fn best_split<const N: usize>(sums: &Sums<N>, ends: &[Vec<f32>], growth: Growth) -> Option<Split> {
    let mut best: Option<Split> = None;
    for (column, sums) in sums.iter().enumerate() {
        if let Some(split) = best_bin(sums, ends[column].len(), column, growth)
            && best.is_none_or(|best| split.gain > best.gain)
        {
            best = Some(split);
        }
    }
    best
}

/// The bin of one column after which a node is parted best.
fn best_bin(sums: &[Sum; BINS], ends: usize, column: usize, growth: Growth) -> Option<Split> {
    let worth = |slope: f64, curve: f64| slope * slope / (curve + growth.shrink);
    let total = whole(sums);
    let unparted = worth(total.0, total.1);
    let mut left = (0.0, 0.0);
    let mut best: Option<Split> = None;
    for (bin, one) in sums.iter().enumerate().take(ends) {
        left = (left.0 + one.0, left.1 + one.1);
        let right = (total.0 - left.0, total.1 - left.1);
        if left.1 < growth.leaf || right.1 < growth.leaf {
            continue;
        }
        let gain = worth(left.0, left.1) + worth(right.0, right.1) - unparted;
        if gain > 1e-9 && best.is_none_or(|best| gain > best.gain) {
            best = Some(Split { gain, column, bin });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use measures::stats::random::Random;

    use super::*;

    const GROWTH: Growth = Growth { trees: 60, depth: 3, rate: 0.2, leaf: 1.0, shrink: 1.0 };

    /// Yes where exactly one of two columns is high, which no sum of single columns tells; the third is noise.
    fn either(seed: u64, count: usize) -> Vec<Example<3>> {
        let mut random = Random::new(seed);
        (0..count)
            .map(|_| {
                let row = [0; 3].map(|_| random.share() as f32);
                Example { row, yes: (row[0] > 0.5) != (row[1] > 0.5) }
            })
            .collect()
    }

    #[test]
    fn learns_what_two_columns_say_together() {
        let forest = Forest::fit(&either(1, 2_000), GROWTH);
        let unseen = either(2, 500);
        let right = unseen.iter().filter(|one| (forest.score(&one.row) > 0.0) == one.yes).count();
        assert!(right > 470, "{right} of 500");
    }

    #[test]
    fn of_one_kind_alone_nothing_is_learned() {
        let yes: Vec<Example<1>> = (0..50).map(|at| Example { row: [at as f32], yes: true }).collect();
        let forest = Forest::fit(&yes, GROWTH);
        assert_eq!(forest.score(&[1.0]), forest.score(&[40.0]));
        assert!(logistic(forest.score(&[1.0])) > 0.999);
        assert!(logistic(Forest::<1>::fit(&[], GROWTH).score(&[1.0])) < 0.001);
    }

    /// One split, one leaf a side: three yes of four left and none of four right, the base is 3/8; the leaves are
    /// −Σ(p − y) / (Σ p(1 − p) + 1).
    #[test]
    fn one_split_by_hand() {
        let yes = [true, true, true, false, false, false, false, false];
        let examples: Vec<Example<1>> = yes
            .iter()
            .enumerate()
            .map(|(at, &yes)| Example { row: [if at < 4 { 0.0 } else { 1.0 }], yes })
            .collect();
        let forest = Forest::fit(&examples, Growth { trees: 1, depth: 1, rate: 1.0, leaf: 0.1, shrink: 1.0 });
        let (p, base) = (0.375_f64, (0.375_f64 / 0.625).ln());
        let curve = 4.0 * p * (1.0 - p) + 1.0;
        assert!((forest.score(&[0.0]) - (base + (3.0 - 4.0 * p) / curve)).abs() < 1e-12);
        assert!((forest.score(&[1.0]) - (base - 4.0 * p / curve)).abs() < 1e-12);
    }
}
