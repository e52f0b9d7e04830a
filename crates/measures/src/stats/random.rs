//! Random numbers decided by a seed alone: splitmix64 (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom
//! Number Generators"). Near seeds give unrelated numbers. For resampling, never for secrets.

/// A stream of random numbers; the same seed gives the same stream.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An index in `0..count`; 0 of nothing.
    pub fn below(&mut self, count: usize) -> usize {
        // The high half of a product is even to within count / 2⁶⁴, which no resampling can see.
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// A number in 0..1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal number (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.share()).cos()
    }

    /// A waiting time of mean one, whatever has been waited already.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.share()).ln()
    }

    /// `length` indices into `0..count` in runs of `block` neighbours that begin anywhere and go round the end: the
    /// circular block bootstrap (Politis and Romano 1992), which keeps the likeness of neighbours.
    pub fn blocks(&mut self, count: usize, block: usize, length: usize) -> Vec<usize> {
        let mut drawn = Vec::with_capacity(length);
        while drawn.len() < length && count > 0 {
            let start = self.below(count);
            let run = block.max(1).min(length - drawn.len());
            drawn.extend((0..run).map(|step| (start + step) % count));
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generator's published first outputs for seed 1234567.
    #[test]
    fn is_splitmix64() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn stays_in_its_bounds() {
        let mut random = Random::new(7);
        let mean = (0..2000).map(|_| random.normal()).sum::<f64>() / 2000.0;
        assert!(mean.abs() < 0.1, "{mean}");
        let mean = (0..2000).map(|_| random.exponential()).sum::<f64>() / 2000.0;
        assert!((mean - 1.0).abs() < 0.1, "{mean}");
        assert!((0..1000).all(|_| random.below(3) < 3));
        assert_eq!(random.below(0), 0);
        let drawn = random.blocks(5, 3, 7);
        assert_eq!(drawn.len(), 7);
        assert_eq!(drawn[1], (drawn[0] + 1) % 5);
        assert!(random.blocks(0, 3, 7).is_empty());
    }
}
