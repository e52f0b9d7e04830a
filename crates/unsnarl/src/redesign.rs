//! What a redesign is found on: the structure that is there and the changes before a cut.
//!
//! Without a cut asked for, moves are proposed on today's structure from what lies more than a year back, so that the last
//! year judges them and they can be made today. With one, the structure, too, is that of the cut: whoever proposes knows
//! nothing of what came after.

use faces::redesign::Shown;
use facts::{
    Facts, Lens, Structure,
    dependencies::Dependencies,
    time::{DAY, Seconds, date, parse_date, plausible},
};
use measures::{lead_time::LeadTimes, price};
use outlook::redesign::{self, Ground, Options, Redesign};
use sources::{git::Head, structure};

use crate::{
    error::Error,
    picture::{self, Known, Look, Years},
};

/// Moves proposed at most, where nothing else is asked for.
pub(crate) const MOST: usize = 5;
/// Decides every random draw, where nothing else is asked for.
pub(crate) const SEED: u64 = 7;
/// The last so many days judge, of a young history its last quarter.
const HELD_OUT_DAYS: i64 = 365;

/// The structure as it stood at a cut.
struct Then {
    structure: Structure,
    places: Facts,
    dependencies: Option<Dependencies>,
}

/// Everything a redesign is found on.
pub(crate) struct Standing<'a> {
    known: &'a Known,
    then: Option<Then>,
    cut: Seconds,
}

impl<'a> Standing<'a> {
    /// Today's structure, the last year hidden.
    pub(crate) fn today(known: &'a mut Known, look: &Look) -> Self {
        if known.facts.dependencies.is_none() {
            known.read_code(look, Years::Skip);
        }
        let known = &*known;
        let standing = Self { known, then: None, cut: 0 };
        let (begin, end) = standing.lens().span.unwrap_or((known.range.now, known.range.now));
        let held_out = (HELD_OUT_DAYS * DAY).min((end - begin) / 4);
        Self { cut: end + 1 - held_out, ..standing }
    }

    /// The structure as it stood at the beginning of a day, all from it on hidden.
    pub(crate) fn at(known: &'a Known, look: &Look, day: &str) -> Result<Self, Error> {
        let wrong = |why: String| Error::Option { option: "--cut", value: day.to_owned(), why };
        let cut = parse_date(day).ok_or_else(|| wrong("expected a date as 2024-12-31".to_owned()))?;
        let before = known.facts.changes.merged_at.iter().filter(|at| **at < cut).count();
        let Some(commit) = before.checked_sub(1).map(|last| known.facts.changes.commit[last]) else {
            return Err(wrong("no change lies before it".to_owned()));
        };
        let last = known.facts.changes.merged_at.iter().filter(|at| plausible(**at, known.range.now)).max();
        if let Some(last) = last.filter(|last| **last < cut) {
            return Err(wrong(format!(
                "no change lies after it that could judge; the last is of {}",
                date(*last)
            )));
        }
        let head = Head::read_at(known.source(), commit);
        let places = known.facts.before(before);
        let declared = structure::read_declared(&head, picture::dialect(look.dialect())?, Vec::new());
        let structure = structure::read_structure(&places, &head, &declared);
        let dependencies = Some(known.code_at(look, &head, &places));
        Ok(Self { known, then: Some(Then { structure, places, dependencies }), cut })
    }

    /// What is known.
    pub(crate) fn known(&self) -> &'a Known {
        self.known
    }

    /// Whether the structure is that of the cut.
    pub(crate) fn is_of_the_cut(&self) -> bool {
        self.then.is_some()
    }

    /// The lens to look through.
    pub(crate) fn lens(&self) -> Lens<'_> {
        let structure = self.structure();
        Lens::new(&self.known.facts, structure, structure.ownership(), self.known.range)
    }

    fn structure(&self) -> &Structure {
        // Where changes are judged by the files of their time, what can be moved is today's.
        let today = self.known.today.as_ref().unwrap_or(&self.known.structure);
        self.then.as_ref().map_or(today, |then| &then.structure)
    }

    /// The ground, seen through [`Self::lens`].
    pub(crate) fn ground<'l>(&'l self, lens: &'l Lens<'l>) -> Ground<'l> {
        let (places, dependencies) = match &self.then {
            Some(then) => (&then.places, then.dependencies.as_ref()),
            None => (&self.known.facts, self.known.facts.dependencies.as_ref()),
        };
        Ground { lens, places, dependencies, cut: self.cut }
    }
}

/// What was found on today's structure.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    redesign: Redesign,
    days: Option<f64>,
}

impl Found {
    /// Looks for few moves, as `unsnarl redesign` does where nothing else is asked for.
    pub(crate) fn today(known: &mut Known, look: &Look) -> Self {
        let standing = Standing::today(known, look);
        let lens = standing.lens();
        let redesign = redesign::redesign(&standing.ground(&lens), Options { most: MOST, seed: SEED });
        Self { redesign, days: days(&lens) }
    }

    /// As a report shows it; `lens` is one over the same structure.
    pub(crate) fn shown<'a>(&'a self, lens: &'a Lens<'a>) -> Shown<'a> {
        Shown { redesign: &self.redesign, lens, structure_at_cut: false, days: self.days, seed: SEED }
    }
}

/// Days of lead time a further team costs, where history tells.
pub(crate) fn days(lens: &Lens<'_>) -> Option<f64> {
    let times = LeadTimes::new(lens);
    let price = price::price(lens, &times).ok()?;
    price::days_per_further_team(lens, &times, &price)
}
