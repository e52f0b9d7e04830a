//! Co-change that fades: S(x) = Σ over past changes t containing x of (|t∩Q|/|Q|)² · 2^(−age/h) / √(|t|−1).
//!
//! Q is the query, age how many changes ago t was, h the half-life in changes. A change that shares most of the query says most, a
//! large one little of each of its files, an old one little of today.
//!
//! Query {a, b}, h = 10; past changes, the latest last: {a, b, c}, {a, c}. The age of the latest is 1: S(c) = 1² · 2^(−2/10) / √2 +
//! (1/2)² · 2^(−1/10) / √1 = 0.616 + 0.233 = 0.849.

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

#[cfg(test)]
mod tests {
    use facts::FileId;

    use super::super::{
        candidates::{Query, Room},
        past::Past,
        planted,
    };

    /// The example above, with a file d that changed once with a, later.
    #[test]
    fn s_by_hand() {
        let facts = planted::history(40, &[vec![0, 1, 2], vec![0, 2], vec![0, 3]]);
        planted::through(&facts, |lens| {
            let past = Past::whole(lens);
            let query = planted::ids(&[0, 1]);
            let candidates = Room::new(&facts).candidates(
                &facts,
                &past,
                Query { files: &query, new: &[], author: None },
                0,
            );
            let s = |file: u32, half: usize| {
                let one = candidates.iter().find(|one| one.file == FileId(file)).expect("a candidate");
                f64::from(one.fading[half])
            };
            // Ages 3, 2 and 1 at a half-life of 50; the last half-life does not fade.
            let c = (-3.0_f64 / 50.0).exp2() / 2.0_f64.sqrt() + 0.25 * (-2.0_f64 / 50.0).exp2();
            assert!((s(2, 0) - c).abs() < 1e-6);
            assert!((s(3, 0) - 0.25 * (-1.0_f64 / 50.0).exp2()).abs() < 1e-6);
            assert!((s(2, 4) - (0.5_f64.sqrt() + 0.25)).abs() < 1e-6);
            assert_eq!(candidates[0].file, FileId(2), "the largest S stands first");
        });
    }
}
