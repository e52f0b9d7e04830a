//! Whether a restructuring removed complexity, moved it, or added to it.
//!
//! | coordination | process load | verdict |
//! |---|---|---|
//! | fell | did not rise | removed |
//! | fell | rose | moved: into process |
//! | rose | fell | moved: out of process into coordination |
//! | rose | did not fall | added |
//! | as before | rose, and nothing of it fell | added |
//! | as before | otherwise | cannot tell |
//!
//! Coordination is that of today's structure; where that is as before, what the ownership files of the time asked decides,
//! for what moves code to those who change it shows there alone. Process load is approvals, rules, pipelines, handoffs,
//! lead time, and coordination as files asked it where that rises against today's.

use measures::{
    compare::{Comparison, Line, Unit},
    stats::discovery,
};

/// The false discovery rate over all lines of a comparison.
const DISCOVERY_RATE: f64 = 0.05;
/// A count is exact, so any difference is one; it is said to move from a tenth on, and from so many.
const COUNT_MOVES_FROM: f64 = 0.1;
const FEWEST_COUNTED: f64 = 3.0;

/// How a line moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It fell.
    Fell,
    /// Its own interval lies below nothing, and that of so many lines together does not.
    PerhapsFell,
    /// It did not move beyond chance.
    AsBefore,
    /// Its own interval lies above nothing, and that of so many lines together does not.
    PerhapsRose,
    /// It rose.
    Rose,
    /// A side has no value.
    Untold,
}

impl Way {
    /// The words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fell => "fell",
            Self::PerhapsFell => "perhaps fell",
            Self::AsBefore => "as before",
            Self::PerhapsRose => "perhaps rose",
            Self::Rose => "rose",
            Self::Untold => "cannot tell",
        }
    }
}

/// The verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Coordination fell, and process load did not rise.
    Removed,
    /// One fell while the other rose.
    Moved,
    /// Something rose, and nothing fell for it.
    Added,
    /// Coordination did not move beyond chance, and process load not, or less, or both ways.
    CannotTell,
}

impl Word {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Added => "added",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// What is said of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The verdict.
    pub word: Word,
    /// How each line moved, in their order.
    pub ways: Vec<Way>,
    /// The lines of coordination and process load that fell and were weighed, as positions.
    pub fell: Vec<usize>,
    /// Those that rose.
    pub rose: Vec<usize>,
}

/// Judges a comparison.
pub fn judge(comparison: &Comparison) -> Verdict {
    let lines = &comparison.lines;
    let p: Vec<f64> = lines.iter().filter_map(|line| line.p).collect();
    let mut q = discovery::q_values(&p, p.len()).into_iter();
    let ways: Vec<Way> = lines.iter().map(|line| way(line, line.p.and_then(|_| q.next()))).collect();
    let of = |name: &str, wanted: Way| {
        lines.iter().zip(&ways).position(|(line, way)| line.measure == name && *way == wanted)
    };
    let coordination = |wanted: Way, other: Way| {
        of("coordination", wanted).or_else(|| {
            let today_moves = of("coordination", other).is_some();
            of("coordination_then", wanted).filter(|_| !today_moves)
        })
    };
    let fell = coordination(Way::Fell, Way::Rose);
    // What today's structure says decides; the files of the time only where it says nothing.
    let rose = if fell.is_some() { None } else { coordination(Way::Rose, Way::Fell) };
    const PROCESS: [&str; 6] = [
        "approvals_then",
        "ownership_rules",
        "manifest_rules",
        "workflow_files",
        "handoffs",
        "lead_time_hours",
    ];
    // Where every change needs one approval of each team, approvals are coordination by another name: one proof, not two.
    let differs =
        |name: &str| lines.iter().find(|line| line.measure == name).and_then(|line| line.difference);
    let twice = differs("approvals_then")
        .zip(differs("coordination_then"))
        .is_some_and(|(approvals, further)| (approvals - further).abs() < 1e-9)
        && of("coordination", Way::Fell).is_none();
    let weighed = |name: &&&str| !(twice && **name == "approvals_then");
    let process = |wanted: Way| {
        PROCESS.iter().filter(weighed).filter_map(|name| of(name, wanted)).collect::<Vec<usize>>()
    };
    let mut more = process(Way::Rose);
    if of("coordination", Way::Fell).is_some() {
        more.extend(of("coordination_then", Way::Rose));
    }
    let less = process(Way::Fell);
    let (word, fell, rose) = match (fell, rose) {
        (Some(fell), _) if more.is_empty() => (Word::Removed, vec![fell], Vec::new()),
        (Some(fell), _) => (Word::Moved, vec![fell], more),
        (None, Some(rose)) if less.is_empty() => {
            (Word::Added, Vec::new(), std::iter::once(rose).chain(more).collect())
        }
        (None, Some(rose)) => (Word::Moved, less, std::iter::once(rose).chain(more).collect()),
        (None, None) if less.is_empty() && !more.is_empty() => (Word::Added, Vec::new(), more),
        (None, None) => (Word::CannotTell, less, more),
    };
    Verdict { word, ways, fell, rose }
}

fn way(line: &Line, q: Option<f64>) -> Way {
    let Some(difference) = line.difference else { return Way::Untold };
    let up = difference > 0.0;
    match (line.interval, q) {
        (Some((low, high)), Some(q)) => {
            let beyond_chance = low > 0.0 || high < 0.0;
            match (beyond_chance, q <= DISCOVERY_RATE) {
                (false, _) => Way::AsBefore,
                (true, true) if up => Way::Rose,
                (true, true) => Way::Fell,
                (true, false) if up => Way::PerhapsRose,
                (true, false) => Way::PerhapsFell,
            }
        }
        _ if line.unit == Unit::Count => {
            let before = line.values[0].unwrap_or(0.0);
            let moves = difference.abs() >= FEWEST_COUNTED.max(COUNT_MOVES_FROM * before);
            match (moves, up) {
                (false, _) => Way::AsBefore,
                (true, true) => Way::Rose,
                (true, false) => Way::Fell,
            }
        }
        _ => Way::Untold,
    }
}

#[cfg(test)]
mod tests {
    use measures::compare::Side;

    use super::*;

    /// A comparison of lines given by name and which way they moved for sure: −1, 0, 1.
    fn comparison(lines: &[(&'static str, i8)]) -> Comparison {
        let side = Side { changes: Vec::new(), span: (0, 0) };
        let line = |&(measure, way): &(&'static str, i8)| {
            let exact = measure.ends_with("_rules") || measure == "workflow_files";
            let difference = f64::from(way) * if exact { FEWEST_COUNTED } else { 1.0 };
            Line {
                measure,
                unit: if exact { Unit::Count } else { Unit::Teams },
                values: [Some(2.0), Some(2.0 + difference)],
                counts: [(2.0, 1.0), (2.0 + difference, 1.0)],
                difference: Some(difference),
                interval: (!exact).then_some((difference - 0.1, difference + 0.1)),
                p: (!exact).then_some(if way == 0 { 0.9 } else { 0.000_1 }),
            }
        };
        let lines = lines.iter().map(line).collect();
        Comparison { sides: [side.clone(), side], by_week: true, lines, moved: (0, 0) }
    }

    #[test]
    fn the_table_of_verdicts() {
        for (lines, word) in [
            (&[("coordination", -1), ("approvals_then", 0), ("ownership_rules", 0)][..], Word::Removed),
            (&[("coordination", -1), ("approvals_then", -1)], Word::Removed),
            (&[("coordination", -1), ("approvals_then", 1)], Word::Moved),
            (&[("coordination", -1), ("workflow_files", 1)], Word::Moved),
            (&[("coordination", -1), ("coordination_then", 1)], Word::Moved),
            (&[("coordination", 0), ("coordination_then", -1)], Word::Removed),
            (&[("coordination", 0), ("coordination_then", -1), ("handoffs", 1)], Word::Moved),
            (&[("coordination", 1), ("approvals_then", -1)], Word::Moved),
            (&[("coordination", 1), ("coordination_then", -1)], Word::Added),
            (&[("coordination", 1)], Word::Added),
            (&[("coordination", 0), ("ownership_rules", 1)], Word::Added),
            (&[("coordination", 0), ("handoffs", 1), ("lead_time_hours", -1)], Word::CannotTell),
            (&[("coordination", 0), ("rework", 1)], Word::CannotTell),
            (&[("coordination", 0), ("lead_time_hours", -1)], Word::CannotTell),
            (&[], Word::CannotTell),
        ] {
            let verdict = judge(&comparison(lines));
            assert_eq!(verdict.word, word, "{lines:?}");
            let said = !verdict.fell.is_empty() || !verdict.rose.is_empty();
            assert!(said || word == Word::CannotTell, "{lines:?}");
        }
    }

    #[test]
    fn one_doubtful_line_of_many_decides_nothing() {
        let mut many = comparison(&[("coordination", 0); 9]);
        let first = &mut many.lines[0];
        (first.difference, first.interval, first.p) = (Some(-1.0), Some((-1.9, -0.1)), Some(0.03));
        let verdict = judge(&many);
        assert_eq!((verdict.ways[0], verdict.word), (Way::PerhapsFell, Word::CannotTell));
    }
}
