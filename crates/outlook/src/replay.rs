//! Another structure laid over the history there was: what the same changes would have needed.
//!
//! ```text
//!              changes, oldest first     1  2  3  4  5  6
//!   before     teams each needs          2  1  2  1  3  1
//!   after      teams each would need     1  1  2  2  2  1
//!              independent, after less   +1  0  0 −1  0  0
//!              before, change by change
//! ```
//!
//! Both structures are laid over the same changes, so that what differs is told change by change: the interval of a
//! difference is that of the mean of the differences ([`interval::mean`], honest about runs), far narrower than two
//! intervals side by side. Teams, modules and boundaries are the same on both sides when they are called the same.
//!
//! A structure that stands for nothing on a side (fewer than two teams own what changes) has no independence there, and
//! nothing differs from it.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Basis, ChangeId, FileId, Lens, TeamId, structure::TeamKind};
use measures::{
    Estimate, UnitOfValue, independence,
    lead_time::LeadTimes,
    party::Party,
    price::{self, Price},
    stats::interval,
};

/// What another structure would have changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// Changes that count, the same on both sides.
    pub changes: u64,
    /// The share of changes that need at most one team.
    pub independence: Line,
    /// Further teams a change.
    pub coordination: Line,
    /// Approvals a change.
    pub approvals: Line,
    /// Modules a change.
    pub modules: Line,
    /// Why nobody needs anybody on a side; `None` where two teams own what changes.
    pub alone: [Option<&'static str>; 2],
    /// Changes that touch nothing anybody owns.
    pub unowned: [u64; 2],
    /// Changes that would have needed fewer teams.
    pub fewer: u64,
    /// Changes that would have needed more.
    pub more: u64,
    /// Changes that would have become independent, the newest first.
    pub freed: Vec<Flip>,
    /// Changes that would no longer have been independent, the newest first.
    pub bound: Vec<Flip>,
    /// Teams; those whose work differs most first. Single people are not among them.
    pub teams: Vec<TeamReplayed>,
    /// Where two teams meet; what differs most first. Single people are one party.
    pub boundaries: Vec<BoundaryReplayed>,
    /// What coordination cost in the last year and would have cost, or why that cannot be told.
    pub price: Result<Priced, String>,
    /// How much of the tree is concerned.
    pub moved: Moved,
}

/// One measure on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// In what.
    pub unit: UnitOfValue,
    /// Over every change that counts.
    pub whole: Compared,
    /// Over those of the last year.
    pub recent: Option<Compared>,
}

/// Two values over the same changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compared {
    /// Before and after.
    pub values: [Estimate; 2],
    /// After less before; `None` where either is undefined.
    pub difference: Option<f64>,
    /// Its 95 % interval, of the differences change by change.
    pub interval: Option<(f64, f64)>,
}

/// A change whose independence hangs on the structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flip {
    /// The change.
    pub change: ChangeId,
    /// Whom it needs before and after, by name.
    pub teams: [Vec<String>; 2],
}

/// A team on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamReplayed {
    /// Its name.
    pub name: String,
    /// Of the changes that need it, those that need only it: the denominator is its load.
    pub independence: [Estimate; 2],
}

/// A pair of teams on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundaryReplayed {
    /// The parties by name, in order.
    pub names: (String, String),
    /// Further teams its changes cost ([`measures::coordination`]), before and after.
    pub cost: [f64; 2],
    /// Changes that need both.
    pub changes: [u64; 2],
    /// Days of lead time a year, where a price can be told.
    pub days: Option<[f64; 2]>,
}

/// What coordination cost, by the price that held before.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    /// What one more team costs.
    pub price: Price,
    /// Days of lead time in the last year, before and after.
    pub days: [f64; 2],
}

/// How much of the tree another structure concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Living files.
    pub files: u64,
    /// Those of them with other owners.
    pub owners: u64,
    /// Those of them in another module.
    pub modules: u64,
}

/// Lays two structures over the same changes. Both lenses look at the same facts and range.
pub fn replay(before: &Lens<'_>, after: &Lens<'_>) -> Replay {
    let sides = [before, after];
    let alone = sides.map(independence::alone);
    let (freed, bound) = if alone == [None, None] { flips(sides) } else { Default::default() };
    let teams = |lens: &Lens<'_>, change| lens.teams_of(change).len();
    let count = |holds: &dyn Fn(ChangeId) -> bool| {
        before.counted.iter().filter(|&&change| holds(change)).count() as u64
    };
    let (price, days) = match priced(sides) {
        Ok((priced, days)) => (Ok(priced), Some(days)),
        Err(why) => (Err(why), None),
    };
    let [independence, coordination, approvals, modules] = lines(sides, alone.map(|why| why.is_none()));
    Replay {
        changes: before.counted.len() as u64,
        independence,
        coordination,
        approvals,
        modules,
        alone,
        unowned: sides.map(|lens| count(&|change| lens.teams_of(change).is_empty())),
        fewer: count(&|change| teams(after, change) < teams(before, change)),
        more: count(&|change| teams(after, change) > teams(before, change)),
        freed,
        bound,
        teams: of_teams(sides),
        boundaries: boundaries(sides, days.as_ref()),
        price,
        moved: moved(sides),
    }
}

fn lines(sides: [&Lens<'_>; 2], owned: [bool; 2]) -> [Line; 4] {
    let recent = sides[0].recent();
    let line = |unit, value: &dyn Fn(ChangeId) -> [Option<f64>; 2]| Line {
        unit,
        whole: compared(unit, sides[0].counted.iter().map(|&change| value(change))),
        recent: (!recent.is_empty()).then(|| compared(unit, recent.iter().map(|&change| value(change)))),
    };
    let owned_value = |side: usize, value: f64| owned[side].then_some(value);
    let of_teams = |change: ChangeId, value: &dyn Fn(usize) -> f64| {
        [0, 1].map(|side| owned_value(side, value(sides[side].teams_of(change).len())))
    };
    [
        line(UnitOfValue::Share, &|change| of_teams(change, &|teams| f64::from(u8::from(teams <= 1)))),
        line(UnitOfValue::Teams, &|change| of_teams(change, &|teams| teams.saturating_sub(1) as f64)),
        line(UnitOfValue::Approvals, &|change| {
            // Nobody has to approve what nobody was declared for.
            let approvals = |side: usize| f64::from(sides[side].approvals_of(change));
            let declared = |side: usize| sides[side].ownership.basis == Basis::Declared;
            [0, 1].map(|side| declared(side).then(|| approvals(side)))
        }),
        line(UnitOfValue::Modules, &|change| {
            let modules = sides.map(|lens| lens.modules_of(change).len());
            // A change that lies in no module on a side has nothing to be compared.
            modules.map(|own| (modules.iter().all(|&own| own > 0)).then_some(own as f64))
        }),
    ]
}

fn compared(unit: UnitOfValue, values: impl Iterator<Item = [Option<f64>; 2]>) -> Compared {
    let values: Vec<[Option<f64>; 2]> = values.collect();
    let side = |side: usize| values.iter().filter_map(|pair| pair[side]).collect::<Vec<f64>>();
    let differences: Vec<f64> = values.iter().filter_map(|pair| Some(pair[1]? - pair[0]?)).collect();
    let difference = (!differences.is_empty()).then(|| mean(&differences));
    Compared {
        values: [0, 1].map(|at| estimate(unit, &side(at))),
        difference,
        interval: interval::mean(&differences),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn estimate(unit: UnitOfValue, values: &[f64]) -> Estimate {
    if values.is_empty() {
        return Estimate::default();
    }
    let interval = match unit {
        UnitOfValue::Share => interval::share(&values.iter().map(|&value| value > 0.5).collect::<Vec<_>>()),
        _ => interval::mean(values).map(|(low, high)| (low.max(0.0), high)),
    };
    let count = values.iter().sum();
    Estimate { value: Some(mean(values)), interval, count, of: values.len() as u64 }
}

/// Changes that become independent, and that cease to be.
fn flips([before, after]: [&Lens<'_>; 2]) -> (Vec<Flip>, Vec<Flip>) {
    let named = |lens: &Lens<'_>, change| {
        let name = |team: &TeamId| lens.structure.teams[team.index()].name.clone();
        let mut names: Vec<String> = lens.teams_of(change).iter().map(name).collect();
        names.sort();
        names
    };
    let (mut freed, mut bound) = (Vec::new(), Vec::new());
    for &change in before.counted.iter().rev() {
        let independent = [before, after].map(|lens| lens.teams_of(change).len() <= 1);
        let flip = || Flip { change, teams: [before, after].map(|lens| named(lens, change)) };
        match independent {
            [false, true] => freed.push(flip()),
            [true, false] => bound.push(flip()),
            _ => {}
        }
    }
    (freed, bound)
}

fn of_teams(sides: [&Lens<'_>; 2]) -> Vec<TeamReplayed> {
    let mut independent: BTreeMap<&str, [Vec<f64>; 2]> = BTreeMap::new();
    for (side, lens) in sides.into_iter().enumerate() {
        for &change in &lens.counted {
            let teams = lens.teams_of(change);
            for team in teams.iter().map(|team| &lens.structure.teams[team.index()]) {
                if team.kind != TeamKind::Person {
                    let own = independent.entry(&team.name).or_default();
                    own[side].push(f64::from(u8::from(teams.len() == 1)));
                }
            }
        }
    }
    let mut out: Vec<TeamReplayed> = independent
        .into_iter()
        .map(|(name, sides)| TeamReplayed {
            name: name.to_owned(),
            independence: sides.map(|values| estimate(UnitOfValue::Share, &values)),
        })
        .collect();
    let loads = |team: &TeamReplayed| team.independence.map(|own| own.of);
    out.sort_by_key(|team| {
        let [before, after] = loads(team);
        (std::cmp::Reverse(before.abs_diff(after)), std::cmp::Reverse(before.max(after)))
    });
    out
}

/// Two parties by name, in order.
type Pair = (String, String);

/// A pair of parties by name, in order: they are numbered otherwise on either side.
fn pair(lens: &Lens<'_>, (a, b): (Party, Party)) -> Pair {
    let name = |party: Party| match party {
        Party::Team(team) => lens.structure.teams[team.index()].name.clone(),
        Party::SingleOwners => "single owners".to_owned(),
        Party::NoTeam => "no known team".to_owned(),
    };
    let (a, b) = (name(a), name(b));
    if a <= b { (a, b) } else { (b, a) }
}

fn boundaries(sides: [&Lens<'_>; 2], days: Option<&Days>) -> Vec<BoundaryReplayed> {
    let mut all: BTreeMap<Pair, [(f64, u64); 2]> = BTreeMap::new();
    for (side, lens) in sides.into_iter().enumerate() {
        let mut own: BTreeMap<(Party, Party), (f64, u64)> = BTreeMap::new();
        for &change in &lens.counted {
            let teams = lens.teams_of(change);
            for (at, &a) in teams.iter().enumerate() {
                for &b in &teams[at + 1..] {
                    let (a, b) = (Party::of(lens, a), Party::of(lens, b));
                    own.entry((a.min(b), a.max(b))).or_default().0 += 2.0 / teams.len() as f64;
                }
            }
            for pair in Party::pairs(lens, teams) {
                own.entry(pair).or_default().1 += 1;
            }
        }
        for (parties, told) in own {
            all.entry(pair(lens, parties)).or_default()[side] = told;
        }
    }
    let mut out: Vec<BoundaryReplayed> = all
        .into_iter()
        .map(|(names, told)| BoundaryReplayed {
            cost: told.map(|(cost, _)| cost),
            changes: told.map(|(_, changes)| changes),
            days: days.map(|sides| [0, 1].map(|side| sides[side].get(&names).copied().unwrap_or(0.0))),
            names,
        })
        .collect();
    let size = |one: &BoundaryReplayed| (one.cost[1] - one.cost[0]).abs();
    out.sort_by(|x, y| {
        let most = |one: &BoundaryReplayed| one.cost[0].max(one.cost[1]);
        size(y).total_cmp(&size(x)).then_with(|| most(y).total_cmp(&most(x)))
    });
    out
}

/// Days of lead time at each boundary, before and after.
type Days = [BTreeMap<Pair, f64>; 2];

/// What coordination cost in the last year on either side, and at which boundaries.
fn priced([before, after]: [&Lens<'_>; 2]) -> Result<(Priced, Days), String> {
    let times = LeadTimes::new(before);
    let price = price::price(before, &times)?;
    let costs: Days = [before, after].map(|lens| {
        let costs = price::costs_under(before, lens, &times, &price);
        costs.into_iter().map(|cost| (pair(lens, cost.parties), cost.days)).collect()
    });
    let days = [0, 1].map(|side| costs[side].values().sum());
    Ok((Priced { price, days }, costs))
}

/// Living files with other owners, or in another module, by name.
fn moved(sides: [&Lens<'_>; 2]) -> Moved {
    let facts = sides[0].facts;
    let owners = |lens: &Lens<'_>, file: FileId| -> BTreeSet<Vec<String>> {
        let names = |set: u32| {
            let own = lens.ownership.sets[set as usize].iter();
            let mut names: Vec<String> =
                own.map(|team| lens.structure.teams[team.index()].name.clone()).collect();
            names.sort();
            names
        };
        lens.ownership.sets(file).map(names).collect()
    };
    let module = |lens: &Lens<'_>, file: FileId| {
        lens.structure.module(file).map(|module| lens.structure.modules[module.index()].name.clone())
    };
    let mut moved = Moved::default();
    for file in facts.files.ids().filter(|&file| facts.files.alive(file)) {
        moved.files += 1;
        moved.owners += u64::from(owners(sides[0], file) != owners(sides[1], file));
        moved.modules += u64::from(module(sides[0], file) != module(sides[1], file));
    }
    moved
}

#[cfg(test)]
mod tests {
    use facts::{Facts, Module, ModuleId, Ownership, Structure, Team, lens::Range, structure::Source};

    use super::*;
    use crate::impact::planted;

    fn structure(teams: &[&str], owner: &[usize], modules: &[&str], module: &[usize]) -> Structure {
        let source = || Source { basis: Basis::Declared, from: "CODEOWNERS".to_owned() };
        let team = |name: &&str| Team {
            name: (*name).to_owned(),
            kind: if name.contains('/') { TeamKind::Team } else { TeamKind::Person },
            source: source(),
        };
        let named = |name: &&str| Module { name: (*name).to_owned(), source: source() };
        Structure {
            modules: modules.iter().map(named).collect(),
            module_of_file: module.iter().map(|&at| Some(ModuleId::from_index(at))).collect(),
            teams: teams.iter().map(team).collect(),
            declared: Some(Ownership {
                basis: Basis::Declared,
                sets: (0..teams.len()).map(|at| vec![TeamId::from_index(at)]).collect(),
                set_of_file: owner.iter().map(|&at| Some(at as u32)).collect(),
                ..Ownership::default()
            }),
            ..Structure::default()
        }
    }

    fn laid(facts: &Facts, before: &Structure, after: &Structure) -> Replay {
        let lens = |structure| Lens::new(facts, structure, Structure::ownership(structure), Range::default());
        replay(&lens(before), &lens(after))
    }

    fn near(own: Option<f64>, expected: f64) {
        assert!(own.is_some_and(|own| (own - expected).abs() < 1e-9), "{own:?} is not {expected}");
    }

    /// Four files, two a team; file 1 goes from pay to web. The first change adds all four.
    #[test]
    fn by_hand() {
        let facts = planted::history(4, &[vec![0, 1], vec![1, 2], vec![0], vec![2, 3], vec![1]]);
        let before = structure(&["@s/pay", "@s/web"], &[0, 0, 1, 1], &["pay", "web"], &[0, 0, 1, 1]);
        // The same teams, numbered the other way round.
        let after = structure(&["@s/web", "@s/pay"], &[1, 0, 0, 0], &["web", "pay"], &[1, 1, 0, 0]);
        let replay = laid(&facts, &before, &after);
        assert_eq!((replay.changes, replay.fewer, replay.more), (6, 1, 1));
        let values = |line: &Line| line.whole.values.map(|own| (own.count, own.of));
        // Before {0,1}, {0}, {2,3}, {1} are independent; after {1,2}, {0}, {2,3}, {1}.
        assert_eq!(values(&replay.independence), [(4.0, 6); 2]);
        assert_eq!(values(&replay.coordination), [(2.0, 6); 2]);
        assert_eq!(values(&replay.approvals), [(8.0, 6); 2]);
        assert_eq!(values(&replay.modules), [(8.0, 6); 2], "modules stay");
        near(replay.independence.whole.difference, 0.0);
        // Differences 0, −1, +1, 0, 0, 0: deviation √(2/5), over √6, by the 97.5 % point of t with five degrees, 2.5706.
        let (low, high) = replay.independence.whole.interval.expect("six differences");
        assert!((low + high).abs() < 1e-9 && (high - 0.663_73).abs() < 1e-4, "{low} {high}");
        let flip = |flip: &Flip| (flip.change.0, flip.teams.clone());
        let (one, both) = (vec!["@s/web".to_owned()], vec!["@s/pay".to_owned(), "@s/web".to_owned()]);
        let freed: Vec<_> = replay.freed.iter().map(flip).collect();
        assert_eq!(freed, [(2, [both.clone(), one])]);
        let bound: Vec<_> = replay.bound.iter().map(flip).collect();
        assert_eq!(bound, [(1, [vec!["@s/pay".to_owned()], both])]);
        let teams: Vec<_> = replay
            .teams
            .iter()
            .map(|team| (team.name.as_str(), team.independence.map(|own| (own.count, own.of))))
            .collect();
        // pay: changes 0, 1, 2, 3, 5 before, 0, 1, 3 after; web: 0, 2, 4 before, 0, 1, 2, 4, 5 after.
        assert_eq!(teams, [("@s/pay", [(3.0, 5), (1.0, 3)]), ("@s/web", [(1.0, 3), (3.0, 5)])]);
        let [boundary] = replay.boundaries.as_slice() else { panic!("{:?}", replay.boundaries) };
        assert_eq!(boundary.names, ("@s/pay".to_owned(), "@s/web".to_owned()));
        assert_eq!((boundary.cost, boundary.changes, boundary.days), ([2.0; 2], [2; 2], None));
        assert_eq!(replay.moved, Moved { files: 4, owners: 1, modules: 0 });
        assert_eq!(replay.unowned, [0, 0]);
        assert!(replay.price.is_err(), "six changes tell no price");
    }

    #[test]
    fn one_owner_of_everything_is_undefined() {
        let facts = planted::history(4, &[vec![0, 2], vec![1]]);
        let two = structure(&["@s/pay", "@s/web"], &[0, 0, 1, 1], &["pay", "web"], &[0, 0, 1, 1]);
        let one = structure(&["@s/all"], &[0; 4], &["all"], &[0; 4]);
        let replay = laid(&facts, &two, &one);
        assert_eq!(replay.alone[0], None);
        assert_eq!(replay.alone[1], Some("one owner stands for all that changes"));
        let whole = &replay.independence.whole;
        near(whole.values[0].value, 1.0 / 3.0);
        assert_eq!((whole.values[1].value, whole.difference, whole.interval), (None, None, None));
        assert!(replay.freed.is_empty() && replay.bound.is_empty());
        assert_eq!((replay.fewer, replay.moved.owners, replay.moved.modules), (2, 4, 4));
        near(replay.modules.whole.difference, -2.0 / 3.0);
    }

    #[test]
    fn nothing_differs_from_itself_and_no_change_is_no_panic() {
        let two = structure(&["@s/pay", "ana", "bo"], &[0, 1, 2, 0], &["pay", "web"], &[0, 0, 1, 1]);
        let facts = planted::history(4, &vec![vec![0, 1, 2]; 200]);
        let replay = laid(&facts, &two, &two);
        assert_eq!(replay.independence.whole.difference, Some(0.0));
        assert_eq!(replay.independence.whole.interval, Some((0.0, 0.0)));
        assert_eq!((replay.fewer, replay.more, replay.moved.owners), (0, 0, 0));
        assert_eq!(replay.teams.len(), 1, "single people are not listed");
        let names: Vec<_> = replay.boundaries.iter().map(|one| one.names.1.as_str()).collect();
        assert_eq!(names, ["single owners"; 2]);
        // Of three teams each pair bears two thirds; ana and bo with pay are one boundary of two pairs.
        near(Some(replay.boundaries[0].cost[0]), 201.0 * 4.0 / 3.0);
        assert_eq!(replay.boundaries[0].changes, [201; 2]);
        let nothing = Facts::default();
        let replay = laid(&nothing, &structure(&[], &[], &[], &[]), &structure(&[], &[], &[], &[]));
        assert_eq!((replay.changes, replay.independence.whole.difference), (0, None));
    }

    /// The interval of a paired difference is narrower than those of the values: here by √(0.25 / 0.09).
    #[test]
    fn differences_are_paired() {
        let changes: Vec<Vec<u32>> = (0..600)
            .map(|at| match at % 10 {
                0..=3 => vec![0, 2],
                4 => vec![0, 1],
                _ => vec![3],
            })
            .collect();
        let facts = planted::history(4, &changes);
        let before = structure(&["@s/pay", "@s/web"], &[0, 1, 1, 1], &["pay", "web"], &[0, 0, 1, 1]);
        let after = structure(&["@s/pay", "@s/web"], &[0, 0, 1, 1], &["pay", "web"], &[0, 0, 1, 1]);
        let replay = laid(&facts, &before, &after);
        let whole = &replay.independence.whole;
        near(whole.difference, 60.0 / 601.0);
        let width = |interval: Option<(f64, f64)>| interval.map(|(low, high)| high - low).expect("enough");
        assert!(width(whole.interval) * 1.5 < width(whole.values[0].interval));
    }

    proptest::proptest! {
        /// Laid the other way round, everything is the other way round.
        #[test]
        fn before_and_after_change_places(
            changes in proptest::collection::vec(proptest::collection::vec(0u32..6, 1..4), 0..40),
            a in proptest::collection::vec(0usize..3, 6), b in proptest::collection::vec(0usize..3, 6),
        ) {
            let facts = planted::history(6, &changes.iter().map(|files| {
                let mut files = files.clone();
                files.sort_unstable();
                files.dedup();
                files
            }).collect::<Vec<_>>());
            let teams = ["@s/x", "@s/y", "ana"];
            let [a, b] = [a, b].map(|owners| structure(&teams, &owners, &teams, &owners));
            let (one, other) = (laid(&facts, &a, &b), laid(&facts, &b, &a));
            proptest::prop_assert_eq!((one.fewer, one.more), (other.more, other.fewer));
            proptest::prop_assert_eq!(one.freed.len(), other.bound.len());
            proptest::prop_assert_eq!(one.moved, other.moved);
            for (one, other) in [(&one.independence, &other.independence), (&one.coordination, &other.coordination), (&one.modules, &other.modules)] {
                let [before, after] = other.whole.values;
                proptest::prop_assert_eq!(one.whole.values, [after, before]);
                let turned = other.whole.difference.map(|value| 0.0 - value);
                proptest::prop_assert_eq!(one.whole.difference, turned);
            }
            let turn = |all: &[BoundaryReplayed]| {
                let mut all: Vec<_> = all.iter().map(|one| (one.names.clone(), one.changes)).collect();
                all.sort();
                all
            };
            let turned: Vec<_> = turn(&other.boundaries).into_iter().map(|(names, [x, y])| (names, [y, x])).collect();
            proptest::prop_assert_eq!(turn(&one.boundaries), turned);
        }
    }
}
