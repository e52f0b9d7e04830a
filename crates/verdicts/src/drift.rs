//! Whether what moves is said to: a word for every series, with the false discovery rate held.
//!
//! The series of the system are judged together, those of its modules and teams together apart from them: with a
//! hundred modules beside them the few series of the system would have to be surer than alone, and what is said of the
//! system would hang on how finely it is cut.

use measures::{
    Subject,
    drift::{Better, Series},
    stats::{discovery, onset::How},
};

/// The false discovery rate over the series of the system, and over those of its parts.
const DISCOVERY_RATE: f64 = 0.05;

/// A word for a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It moves the good way.
    Improving,
    /// It does not move beyond chance, and never stepped.
    Steady,
    /// It moves the bad way.
    Worsening,
    /// It rises, and neither way is the good one.
    Rising,
    /// It falls, and neither way is the good one.
    Falling,
    /// It stepped the good way and does not move otherwise.
    Improved,
    /// It stepped the bad way and does not move otherwise.
    Worsened,
    /// It stepped up, and neither way is the good one.
    Rose,
    /// It stepped down, and neither way is the good one.
    Fell,
    /// There are too few points.
    TooLittleData,
}

impl Word {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Improving => "improving",
            Self::Steady => "steady",
            Self::Worsening => "worsening",
            Self::Rising => "rising",
            Self::Falling => "falling",
            Self::Improved => "improved",
            Self::Worsened => "worsened",
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::TooLittleData => "too little data",
        }
    }

    /// Whether it is better now than it was.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Improving | Self::Improved)
    }

    /// Whether it is worse now than it was.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Worsening | Self::Worsened)
    }

    /// Whether it is on its way still.
    pub fn moves(self) -> bool {
        matches!(self, Self::Improving | Self::Worsening | Self::Rising | Self::Falling)
    }

    /// Whether it stands elsewhere than it did.
    pub fn says_something(self) -> bool {
        !matches!(self, Self::Steady | Self::TooLittleData)
    }

    fn of(better: Better, up: bool, moves: bool) -> Self {
        match (better, up, moves) {
            (Better::Neither, true, true) => Self::Rising,
            (Better::Neither, false, true) => Self::Falling,
            (Better::Neither, true, false) => Self::Rose,
            (Better::Neither, false, false) => Self::Fell,
            (better, up, true) if (better == Better::More) == up => Self::Improving,
            (_, _, true) => Self::Worsening,
            (better, up, false) if (better == Better::More) == up => Self::Improved,
            (_, _, false) => Self::Worsened,
        }
    }
}

/// What is said of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// The word.
    pub word: Word,
    /// The word of its trend alone, as if it had no steps.
    pub trend: Word,
    /// The chance of such a trend in a series that does not move, over all that were judged with it; `None` without a
    /// trend.
    pub q: Option<f64>,
}

impl Said {
    /// From where to where: over its steps where it stepped, from its onset where it moves and that is known, else over
    /// all its windows. `None` without points.
    pub fn ends(&self, series: &Series) -> Option<(f64, f64)> {
        match (series.steps.first(), series.steps.last()) {
            (Some(first), Some(last)) if self.word.says_something() && !self.word.moves() => {
                Some((first.before, last.after))
            }
            _ if self.word.moves() => series.ends_since_onset().or_else(|| series.ends()),
            _ => series.ends(),
        }
    }
}

/// What is said of each of some series.
pub fn say(series: &[Series]) -> Vec<Said> {
    let q_of = |system: bool| {
        let family = series.iter().filter(|one| (one.subject == Subject::System) == system);
        let p: Vec<f64> = family.filter_map(|one| one.trend.map(|trend| trend.p)).collect();
        discovery::q_values(&p, p.len()).into_iter()
    };
    let (mut of_system, mut of_parts) = (q_of(true), q_of(false));
    series
        .iter()
        .map(|one| {
            let Some(trend) = one.trend else {
                return Said { word: Word::TooLittleData, trend: Word::TooLittleData, q: None };
            };
            let q = if one.subject == Subject::System { of_system.next() } else { of_parts.next() };
            let moves = q.is_some_and(|q| q <= DISCOVERY_RATE) && trend.line.slope != 0.0;
            let trend = if moves { Word::of(one.better, trend.line.slope > 0.0, true) } else { Word::Steady };
            // Flat, a step, and flat again has a trend, too, and says nothing by it.
            let at_once = one.onset.is_some_and(|onset| onset.how == How::Step);
            let word = match stepped(one) {
                Some(up) if !moves || at_once => Word::of(one.better, up, false),
                _ => trend,
            };
            Said { word, trend, q }
        })
        .collect()
}

/// Whether its steps leave it above or below where it stood before them; `None` where it never stepped, or is back: by
/// what is left of the largest step, less than half.
fn stepped(series: &Series) -> Option<bool> {
    let net = series.steps.last()?.after - series.steps.first()?.before;
    let largest = series.steps.iter().map(|step| (step.after - step.before).abs()).fold(0.0, f64::max);
    (net.abs() >= largest / 2.0 && net != 0.0).then_some(net > 0.0)
}

#[cfg(test)]
mod tests {
    use facts::{ModuleId, time::DAY};
    use measures::drift::{Point, of_points};

    use super::*;

    fn series(better: Better, subject: Subject, value: impl Fn(usize) -> f64) -> Series {
        // A little of everything, without memory.
        let wobble = |at: usize| ((at * 7_919) % 13) as f64 / 100.0;
        let point = |at: usize| Point { at: at as i64 * 30 * DAY, value: value(at) + wobble(at), n: 25 };
        Series { subject, ..of_points("x", better, (0..30).map(point).collect()) }
    }

    #[test]
    fn words_follow_what_is_good() {
        let rise = |at: usize| at as f64 / 10.0;
        for (better, word) in [
            (Better::More, Word::Improving),
            (Better::Less, Word::Worsening),
            (Better::Neither, Word::Rising),
        ] {
            assert_eq!(say(&[series(better, Subject::System, rise)])[0].word, word);
        }
        assert_eq!(say(&[series(Better::More, Subject::System, |_| 1.0)])[0].word, Word::Steady);
    }

    /// Up at the end for good: a step. Up for a while and back: as it was.
    #[test]
    fn a_step_without_a_trend_is_in_the_past() {
        let last = |from: usize, to: usize| {
            let at = move |at: usize| if (from..to).contains(&at) { 1.0 } else { 0.0 };
            let series = series(Better::Less, Subject::System, at);
            assert!(!series.steps.is_empty(), "{series:?}");
            say(&[series])[0].word
        };
        assert_eq!(last(26, 30), Word::Worsened);
        assert_eq!(last(8, 25), Word::Steady);
    }

    /// What is said of the system does not hang on how many modules there are.
    #[test]
    fn parts_are_a_family_of_their_own() {
        let slow = |at: usize| at as f64 / 400.0;
        let system = series(Better::More, Subject::System, slow);
        let alone = say(std::slice::from_ref(&system))[0];
        let module = |at: usize| series(Better::More, Subject::Module(ModuleId::from_index(at)), |_| 0.0);
        let all: Vec<Series> = std::iter::once(system).chain((0..50).map(module)).collect();
        assert_eq!(say(&all)[0], alone);
        assert!(say(&all)[1..].iter().all(|said| said.word == Word::Steady));
    }
}
