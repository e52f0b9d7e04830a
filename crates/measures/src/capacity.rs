//! Capacity: what more people bring, month by month, by the Universal Scalability Law, and what they cost each other.
//!
//! A description of what was, not a law of teams: people are no processors, and who joins a system that grows is not
//! drawn at random. It says nothing of any person.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Lens, PersonId, PersonKind, time};

use crate::{
    description::Description,
    stats::{
        quantile::quantile,
        random::Random,
        scaling::{self, Observation, Resampling, Scaling},
    },
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "capacity",
    question: "What do more people bring, and what do they cost each other?",
    definition: "Changes a month against the people who wrote one, fitted by the Universal Scalability Law X(N) = γN / (1 + σ(N − 1) + κN(N − 1)): γ what one alone brings, σ what cannot be done at the same time, κ what each costs every other. Intervals by drawing runs of six months. The number of people from which most came, √((1 − σ)/κ), is told only where its interval is finite; else no limit is visible. Beside it the elasticity of coordination: by how many per cent the further teams a month's changes needed rise with one per cent more people, the slope of ln on ln with its interval; above one, coordination grows faster than people. --data CSV fits anybody's people and throughput.",
    reads: &["changes", "participations", "teams", "ownership"],
    unit: "changes a month; people; shares",
    source: "Gunther 1993 and 2007, \"Guerrilla Capacity Planning\"; Akaike's criterion by Hurvich and Tsai 1989; the circular block bootstrap by Politis and Romano 1992",
    limits: "A description of the months that were, no law of teams: who joins a system that grows is not drawn at random, and changes are not of one size. Twelve months and three numbers of people are the least. Says nothing of any person.",
};

/// Months drawn together by the bootstrap: the next month is like this one.
const BLOCK_MONTHS: usize = 6;
const DRAWS: usize = 400;
const SEED: u64 = 0x5eed_0006;
/// Fewer months than this have no curve.
pub const FEWEST_MONTHS: usize = 12;

/// One month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Month {
    /// Its first moment.
    pub at: time::Seconds,
    /// People who wrote a change in it.
    pub people: u64,
    /// Changes in it.
    pub changes: u64,
    /// Further teams its changes needed, added up.
    pub coordination: u64,
}

/// What more people bring.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// The months, oldest first, without the first and the last, which are cut.
    pub months: Vec<Month>,
    /// The curve, with its intervals; `None` with too few months or sizes.
    pub scaling: Option<Scaling>,
    /// By how many per cent the load of coordination rises with one per cent more people, with its 95 % interval.
    pub elasticity: Option<(f64, f64, f64)>,
}

/// Reads it through a lens.
pub fn compute(lens: &Lens<'_>) -> Capacity {
    let mut authors: BTreeMap<usize, Vec<PersonId>> = BTreeMap::new();
    for part in lens.facts.participations.iter().filter(|part| part.role.wrote()) {
        if lens.facts.people.kind[part.person.index()] == PersonKind::Human {
            authors.entry(part.change.index()).or_default().push(part.person);
        }
    }
    let mut months: BTreeMap<(i32, u32), (BTreeSet<PersonId>, u64, u64)> = BTreeMap::new();
    for &change in &lens.counted {
        let Some(at) = lens.at(change) else { continue };
        let (year, month, _) = time::civil(at);
        let (people, changes, coordination) = months.entry((year, month)).or_default();
        people.extend(authors.get(&change.index()).into_iter().flatten());
        *changes += 1;
        *coordination += lens.teams_of(change).len().saturating_sub(1) as u64;
    }
    let mut months: Vec<Month> = months
        .into_iter()
        .map(|((year, month), (people, changes, coordination))| Month {
            at: time::midnight(year, month, 1),
            people: people.len() as u64,
            changes,
            coordination,
        })
        .filter(|month| month.people > 0)
        .collect();
    // The first and the last month are cut by the history, not by what happened in them.
    months.pop();
    if !months.is_empty() {
        months.remove(0);
    }
    let data: Vec<Observation> =
        months.iter().map(|month| (month.people as f64, month.changes as f64)).collect();
    Capacity { scaling: of_numbers(&data), elasticity: elasticity(&months), months }
}

/// The curve of people and throughput somebody else has.
pub fn of_numbers(data: &[Observation]) -> Option<Scaling> {
    if data.len() < FEWEST_MONTHS.min(6) {
        return None;
    }
    let block = if data.len() >= FEWEST_MONTHS { BLOCK_MONTHS } else { 1 };
    scaling::scaling(data, Resampling { block, draws: DRAWS, seed: SEED })
}

/// Months without coordination or with one person say nothing of the price of more. A month is like the last one, so
/// the interval is that of runs of months drawn together.
fn elasticity(months: &[Month]) -> Option<(f64, f64, f64)> {
    let rows: Vec<(f64, f64)> = months
        .iter()
        .filter(|month| month.coordination > 0 && month.people > 1)
        .map(|month| ((month.people as f64).ln(), (month.coordination as f64).ln()))
        .collect();
    if rows.len() < FEWEST_MONTHS {
        return None;
    }
    let all: Vec<usize> = (0..rows.len()).collect();
    let value = slope(&rows, &all)?;
    let mut random = Random::new(SEED);
    let mut drawn: Vec<f64> = (0..DRAWS)
        .filter_map(|_| slope(&rows, &random.blocks(rows.len(), BLOCK_MONTHS, rows.len())))
        .collect();
    if drawn.len() < DRAWS / 2 {
        return None;
    }
    Some((value, quantile(&mut drawn, 0.025)?, quantile(&mut drawn, 0.975)?))
}

/// The least-squares slope over some rows; `None` where all are of one size.
fn slope(rows: &[(f64, f64)], drawn: &[usize]) -> Option<f64> {
    let mean =
        |of: fn(&(f64, f64)) -> f64| drawn.iter().map(|&at| of(&rows[at])).sum::<f64>() / drawn.len() as f64;
    let (x, y) = (mean(|row| row.0), mean(|row| row.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| {
        drawn.iter().map(|&at| of(rows[at].0 - x, rows[at].1 - y)).sum::<f64>()
    };
    let spread = sum(&|dx, _| dx * dx);
    (spread > 1e-9).then(|| sum(&|dx, dy| dx * dy) / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Load that grows as people to the power of one and a half, with noise of which half is the last month's.
    #[test]
    fn a_planted_elasticity_lies_in_its_interval() {
        let mut held = 0;
        for seed in 0..60 {
            let mut random = Random::new(seed);
            let mut noise = 0.0;
            let months: Vec<Month> = (0..120)
                .map(|at| {
                    noise = 0.5 * noise + 0.2 * random.normal();
                    let people = 20.0 + f64::from(at) + 10.0 * random.share();
                    let load = 5.0 * people.powf(1.5) * f64::exp(noise);
                    Month { at: 0, people: people as u64, changes: 1, coordination: load as u64 }
                })
                .collect();
            let (value, low, high) = elasticity(&months).expect("there is enough");
            assert!((value - 1.5).abs() < 0.4 && low < value && value < high, "{seed}: {value}");
            held += u32::from(low <= 1.5 && 1.5 <= high);
        }
        assert!(held >= 51, "{held} of 60");
    }

    #[test]
    fn one_size_has_no_elasticity() {
        let month = Month { at: 0, people: 5, changes: 1, coordination: 3 };
        assert_eq!(elasticity(&[month; 30]), None);
        assert_eq!(elasticity(&[month; 5]), None);
    }
}
