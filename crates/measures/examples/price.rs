//! The price of one more team on two hundred planted systems of each kind: how often its 95 % interval holds the truth,
//! and how often none is told where there is none. The figures are in docs/benchmarks.md.

#[path = "../tests/flow/planted.rs"]
mod planted;
#[path = "../tests/flow/shop.rs"]
mod shop;

use std::io::Write;

use measures::price::Price;
use planted::{By, planted, told};

const SEEDS: u64 = 200;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for (name, by) in [("git", By::Git), ("events", By::Events)] {
        for truth in [2.5, 1.0] {
            let (mut lead_time, mut pickup) = (Score::default(), Score::default());
            for seed in 0..SEEDS {
                let told = told(planted(truth, by, seed));
                lead_time.add(&told.lead_time, truth);
                told.pickup.iter().for_each(|price| pickup.add(price, truth));
            }
            writeln!(out, "{name} × {truth}: lead time {}", lead_time.said())?;
            if pickup.of > 0 {
                writeln!(out, "{name} × {truth}: pickup {}", pickup.said())?;
            }
        }
    }
    Ok(())
}

/// How often the truth was told.
#[derive(Default)]
struct Score {
    of: u64,
    /// The interval holds the truth, or nothing is told where there is nothing.
    right: u64,
    factors: Vec<f64>,
}

impl Score {
    fn add(&mut self, price: &Result<Price, String>, truth: f64) {
        self.of += 1;
        self.right += u64::from(match price {
            Ok(price) => price.interval.0 <= truth && truth <= price.interval.1,
            Err(_) => truth == 1.0,
        });
        self.factors.extend(price.as_ref().ok().map(|price| price.factor));
    }

    fn said(&self) -> String {
        let mean = self.factors.iter().sum::<f64>() / self.factors.len().max(1) as f64;
        format!("right in {} of {}; told {} times, mean × {mean:.2}", self.right, self.of, self.factors.len())
    }
}
