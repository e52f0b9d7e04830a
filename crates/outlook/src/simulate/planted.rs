//! A made-up history whose bottleneck and parameters are known.

use facts::{ModuleId, TeamId, time::DAY};
use measures::stats::random::Random;

use super::{
    answer::{Answer, Setting},
    check::{Split, check},
    fit::{Fit, fit},
    flow::{Parameters, flow},
    model::{
        Approval, Case, MergeQueue, Model, Stretch,
        tests::{case, model},
    },
    whatif::{More, WhatIf},
};

const HOME: TeamId = TeamId(0);
const BOTTLENECK: TeamId = TeamId(1);
const CALM: TeamId = TeamId(2);
const TRUE: Parameters = Parameters { away: 24.0, look: 1.0, spread: 0.5, at_once: 0.2 };
const BEGIN: i64 = 1_600_000_000;

/// Changes of one team, two a day for two years; of ten, four need a team of one person that is asked for most of what it
/// can give, and two a team of eight.
fn history() -> Model {
    let mut random = Random::new(5);
    let mut now = BEGIN as f64 / 3600.0;
    let cases: Vec<Case> = (0..1_500)
        .map(|at| {
            now += random.exponential() * 12.0;
            let teams: &[u32] = match random.below(10) {
                0..4 => &[0, 1],
                4 | 5 => &[0, 2],
                _ => &[0],
            };
            let merged = (now * 3600.0) as i64;
            let pieces = vec![(HOME, ModuleId(0)), (BOTTLENECK, ModuleId(1 + at % 2))];
            Case { begun: now, merged, pieces, ..case(at, &[0], teams) }
        })
        .collect();
    model(&[3, 1, 8], cases)
}

fn year(at: i64) -> Stretch {
    Stretch { since: BEGIN + at * 365 * DAY, until: BEGIN + (at + 1) * 365 * DAY }
}

/// The history with lead times as they come of these parameters, times a factor in the second year.
fn told(parameters: Parameters, later: f64) -> Model {
    let mut model = history();
    let all: Vec<usize> = (0..model.cases.len()).collect();
    for one in flow(&model, &all, parameters, 77).passed {
        let case = &mut model.cases[one.case];
        let hours = one.parts.whole() * if year(0).holds(case.merged) { 1.0 } else { later };
        case.told = Some(hours);
    }
    model
}

fn known() -> Fit {
    Fit { best: TRUE, distance: 0.0, kept: vec![TRUE] }
}

fn ask(model: &Model, fit: &Fit) -> Answer {
    Setting { stretch: year(1), fit, seed: 1 }.answer(model, |_| true)
}

#[test]
fn people_help_at_the_bottleneck_and_nowhere_else() {
    let (own, fit) = (history(), known());
    let as_it_is = ask(&own, &fit);
    assert!(as_it_is.waited(BOTTLENECK.index()) > 10.0 * as_it_is.waited(CALM.index()));
    let with = |team, more| {
        let model = own.under(WhatIf::People(Some(team), More::People(more))).unwrap();
        ask(&model, &fit)
    };
    let (there, elsewhere) = (with(BOTTLENECK, 1), with(CALM, 1));
    assert!(there.p90_against(&as_it_is).high < 0.7, "{:?}", there.p90_against(&as_it_is));
    assert!(there.parts().others() < 0.7 * as_it_is.parts().others());
    assert!(elsewhere.p90_against(&as_it_is).value > 0.97, "{:?}", elsewhere.p90_against(&as_it_is));
    // Each buys less than the one before.
    let (eight, nine) = (with(BOTTLENECK, 8), with(BOTTLENECK, 9));
    assert!(nine.p90_against(&eight).value > 0.85 && there.p90_against(&as_it_is).value < 0.6);
}

#[test]
fn a_further_approval_adds_waiting_and_takes_none_away() {
    let (own, fit) = (history(), known());
    let as_it_is = ask(&own, &fit);
    for kind in [Approval::OfAnother, Approval::OfTheSame] {
        let answer = ask(&own.under(WhatIf::Approvals(kind, 1)).unwrap(), &fit);
        let (before, after) = (as_it_is.parts(), answer.parts());
        assert!((before.own - after.own).abs() < 1e-9, "own work is what it was");
        assert!(after.others() > 1.3 * before.others(), "{kind:?}: {before:?} {after:?}");
        assert!(answer.median_against(&as_it_is).low > 1.0);
    }
    // What asks the bottleneck more than it can give is told.
    let many = ask(&own.under(WhatIf::Load(2.0)).unwrap(), &fit);
    assert!(many.overloaded() * 2 > super::answer::RUNS && as_it_is.overloaded() == 0);
    assert!(many.utilisation(BOTTLENECK.index()).low > 1.0);
}

#[test]
fn one_team_of_two_waits_for_itself_no_more() {
    let (own, fit) = (history(), known());
    let merged = ask(&own.under(WhatIf::Merge(HOME, BOTTLENECK)).unwrap(), &fit);
    assert!(merged.parts().others() < 0.3 * ask(&own, &fit).parts().others());
    let setting = Setting { stretch: year(1), fit: &fit, seed: 1 };
    assert_eq!(setting.dearest(&own), Some((HOME, BOTTLENECK)));
}

#[test]
fn a_merge_queue_is_passed_by_all() {
    let (own, fit) = (history(), known());
    let queued = |batch| {
        let queue = MergeQueue { minutes: 60.0, batch };
        ask(&own.under(WhatIf::MergeQueue(queue)).unwrap(), &fit)
    };
    let (single, batched) = (queued(1), queued(8));
    assert!(single.parts().merging >= 1.0 && single.median_against(&ask(&own, &fit)).low > 1.0);
    assert!(batched.parts().merging < single.parts().merging);
    assert!(single.waited(own.desks.len()) > 0.0);
}

#[test]
fn parts_add_up_and_seeds_decide() {
    let own = history();
    let all: Vec<usize> = own.within(year(0));
    let merging = own.under(WhatIf::MergeQueue(MergeQueue { minutes: 30.0, batch: 2 })).unwrap();
    let once = flow(&merging, &all, TRUE, 3);
    assert!(once.passed.iter().all(|one| {
        let parts = one.parts;
        [parts.own, parts.waiting, parts.looked_at, parts.last, parts.merging]
            .iter()
            .all(|&hours| hours >= 0.0)
    }));
    assert_eq!(once.passed, flow(&merging, &all, TRUE, 3).passed);
    assert_ne!(once.passed, flow(&merging, &all, TRUE, 4).passed);
    let more = flow(&own.under(WhatIf::Load(1.5)).unwrap(), &all, TRUE, 3).passed.len();
    assert!((all.len() * 14 / 10..all.len() * 16 / 10).contains(&more), "{more} of {}", all.len());
}

fn learned(model: &Model) -> (Fit, Split) {
    let split = Split { learned: year(0), held_out: year(1) };
    (fit(model, &model.within(split.learned), 1).unwrap(), split)
}

#[test]
fn what_made_a_history_is_found_and_holds_on_the_next_year() {
    let model = told(TRUE, 1.0);
    let (fit, split) = learned(&model);
    assert!(fit.distance < 0.1, "{fit:?}");
    let check = check(&model, &fit, split, 2).unwrap();
    assert!(check.all.distance < 0.1, "{check:?}");
    assert!(check.waiting.unwrap().distance < 0.1, "{check:?}");
    // The bottleneck is asked for about as much as it was.
    let asked = |fit: &Fit| ask(&model, fit).utilisation(BOTTLENECK.index()).value;
    let (found, truth) = (asked(&fit), asked(&known()));
    assert!((found - truth).abs() < 0.25, "{found} is not {truth}");
}

/// Reviews are seen where lead times tell nothing of them: own work that is as long as anything.
#[test]
fn observed_waits_are_believed() {
    let mut model = told(TRUE, 1.0);
    let all = model.within(year(0));
    for one in flow(&model, &all, TRUE, 78).passed {
        let case = &mut model.cases[one.case];
        if case.waits() {
            case.reviewed = [Some(one.parts.waiting), Some(one.parts.looked_at + one.parts.last)];
        }
        case.told = Some(500.0);
    }
    let (fit, _) = learned(&model);
    assert_eq!((fit.best.away, fit.best.at_once), (TRUE.away, TRUE.at_once), "{fit:?}");
}

#[test]
fn another_regime_is_not_reproduced() {
    let model = told(TRUE, 10.0);
    let (fit, split) = learned(&model);
    let check = check(&model, &fit, split, 2).unwrap();
    assert!(check.all.distance > 0.3 && check.by_repeating > 0.3, "{check:?}");
}
