//! Co-change that fades: S(x) = Σ over past changes t containing x of (|t∩Q|/|Q|)² · 2^(−age/h) / √(|t|−1).
//!
//! Q is the query, age how many changes ago t was, h the half-life in changes. A change that shares most of the query says most, a
//! large one little of each of its files, an old one little of today.
//!
//! Query {a, b}, h = 10; past changes, the latest last: {a, b, c}, {a, c}. The age of the latest is 1: S(c) = 1² · 2^(−2/10) / √2 +
//! (1/2)² · 2^(−1/10) / √1 = 0.616 + 0.233 = 0.849.

use facts::FileId;
use rustc_hash::FxHashMap;

use super::{
    past::Past,
    ranking::{Ranking, ranked},
};

/// The half-lives a repository's own is chosen from, in changes; the last does not fade.
pub const HALF_LIVES: [f64; 5] = [50.0, 200.0, 800.0, 3_200.0, f64::INFINITY];

/// What is left of a change's say at an age, by each half-life.
#[derive(Clone, Debug)]
pub struct Fading(Vec<[f32; HALF_LIVES.len()]>);

impl Fading {
    /// Ages from 0 to and with `oldest` changes.
    pub fn new(oldest: usize) -> Self {
        Self((0..=oldest).map(|age| HALF_LIVES.map(|half| (-(age as f64) / half).exp2() as f32)).collect())
    }

    /// What is left at an age.
    pub fn at(&self, age: u32) -> &[f32; HALF_LIVES.len()] {
        &self.0[age as usize]
    }
}

/// Further files by S with one half-life.
pub fn rank(past: &Past, query: &[FileId], half_life: f64) -> Ranking {
    let mut shared: FxHashMap<u32, u32> = FxHashMap::default();
    let mut order: Vec<u32> = Vec::new();
    for file in query {
        for &position in past.changes_of(*file) {
            let shared = shared.entry(position).or_default();
            if *shared == 0 {
                order.push(position);
            }
            *shared += 1;
        }
    }
    let mut sums: FxHashMap<FileId, f64> = FxHashMap::default();
    for position in order {
        let files = past.files_of(position);
        let share = f64::from(shared[&position]) / query.len() as f64;
        let age = (past.len() as u32 - position) as f64;
        let said = share * share * (-age / half_life).exp2() / ((files.len() - 1) as f64).sqrt();
        for &file in files.iter().filter(|file| !query.contains(file)) {
            *sums.entry(file).or_default() += said;
        }
    }
    sums.retain(|file, _| past.place_of(*file).is_some());
    ranked(sums.into_iter().collect())
}
