//! Measures on tables small enough to be worked by hand, and what must hold of every table.

use facts::{
    Basis, Change, ChangeId, CommitId, Facts, FileId, Lens, Module, ModuleId, Ownership, Participation,
    PersonId, PersonKind, Role, Structure, Team, TeamId, Touch, TouchKind,
    lens::Range,
    structure::{Membership, Source, TeamKind},
    time::DAY,
};
use measures::{Measurement, Parameters, Picture, Subject, measure};

/// A change as (author, touched modules); each module has one file, and team t owns modules 2t and 2t + 1.
type Row<'r> = (u32, &'r [u32]);

const MODULES: u32 = 8;
const NOW: i64 = 1_700_000_000;

fn facts(rows: &[Row<'_>]) -> Facts {
    let mut facts = Facts::default();
    for (number, (author, modules)) in rows.iter().enumerate() {
        let change = ChangeId::from_index(number);
        let mut id = [0; 20];
        id[..4].copy_from_slice(&change.0.to_be_bytes());
        let at = NOW - (rows.len() - number) as i64 * DAY;
        let commit = CommitId::from_bytes(&id).expect("twenty bytes");
        facts.changes.push(Change { files: modules.len() as u32, ..Change::new(commit, at) });
        for &module in *modules {
            let path = facts.paths.intern(format!("m{module}/a.rs").as_bytes());
            facts.touches.push(Touch {
                change,
                file: FileId(module),
                path,
                kind: TouchKind::Modified,
                previous_path: None,
            });
        }
        facts.participations.push(Participation {
            change,
            role: Role::Author,
            person: PersonId(*author),
            at,
        });
    }
    for module in 0..MODULES {
        let path = facts.paths.intern(format!("m{module}/a.rs").as_bytes());
        let file = facts.files.push(path, ChangeId(0));
        facts.files.language[file.index()] = Some("Rust");
    }
    for person in 0..10 {
        facts.people.name.push(format!("p{person}"));
        facts.people.emails.push(Vec::new());
        facts.people.kind.push(if person == 9 { PersonKind::Bot } else { PersonKind::Human });
    }
    facts.touches.index(rows.len());
    facts
}

fn structure() -> Structure {
    let source = Source { basis: Basis::Declared, from: "test".into() };
    let teams = MODULES / 2;
    Structure {
        modules: (0..MODULES).map(|at| Module { name: format!("m{at}"), source: source.clone() }).collect(),
        module_of_file: (0..MODULES).map(|at| Some(ModuleId(at))).collect(),
        teams: (0..teams)
            .map(|at| Team { name: format!("@t/{at}"), kind: TeamKind::Team, source: source.clone() })
            .collect(),
        declared: Some(Ownership {
            basis: Basis::Declared,
            sets: (0..teams).map(|at| vec![TeamId(at)]).collect(),
            set_of_file: (0..MODULES).map(|at| Some(at / 2)).collect(),
            ..Ownership::default()
        }),
        ..Structure::default()
    }
}

fn picture(rows: &[Row<'_>]) -> Picture {
    let (facts, structure) = (facts(rows), structure());
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range { now: NOW, ..Range::default() });
    measure(&lens, None, &lens, Parameters::default())
}

/// Modules 0 and 1 belong to team 0 or team 1; module 2 to team 1; module 3 needs two of team 2, and team 3 besides;
/// module 4 belongs to nobody.
fn negotiated() -> Structure {
    let mut structure = structure();
    let alternatives = vec![TeamId(0), TeamId(1)];
    structure.declared = Some(Ownership {
        basis: Basis::Declared,
        sets: vec![alternatives, vec![TeamId(1)], vec![TeamId(2)], vec![TeamId(3)]],
        approvals: vec![1, 1, 2, 1],
        set_of_file: vec![Some(0), Some(0), Some(1), Some(2), None, None, None, None],
        further_sets: [(FileId(3), vec![3])].into_iter().collect(),
        ..Ownership::default()
    });
    structure
}

#[test]
fn alternatives_are_counted_once_and_sections_add_up() {
    let rows: [Row<'_>; 5] = [(0, &[0]), (0, &[0, 1, 2]), (0, &[3]), (0, &[0, 3]), (0, &[4])];
    let (facts, structure) = (facts(&rows), negotiated());
    let range = Range { now: NOW, ..Range::default() };
    let lens = Lens::new(&facts, &structure, structure.ownership(), range);
    let needed: Vec<u32> = facts.changes.ids().map(|change| lens.approvals_of(change)).collect();
    assert_eq!(
        needed,
        [1, 1, 3, 4, 0],
        "team 1 alone covers the second; two of team 2 and one of team 3 the third"
    );
    let approvals = measure(&lens, None, &lens, Parameters::default()).approvals;
    assert_eq!((approvals.whole.value, approvals.whole.count, approvals.whole.of), (Some(9.0 / 5.0), 9.0, 5));
    let quantity = |name| approvals.quantities.iter().find(|one| one.name == name).and_then(|one| one.value);
    assert_eq!(quantity("changes_without"), Some(1.0));
    assert_eq!(quantity("changes_with_one"), Some(2.0));
    assert_eq!(quantity("changes_with_more"), Some(2.0));
    assert_eq!(quantity("most"), Some(4.0));
    let called: Vec<String> = structure.team_ids().map(|team| lens.called(team)).collect();
    assert_eq!(called, ["@t/0 or 1 other", "@t/1", "@t/2", "@t/3"], "team 1 owns something alone");
    let undeclared = Lens::new(&facts, &structure, &structure.inferred, range);
    assert_eq!(measure(&undeclared, None, &undeclared, Parameters::default()).approvals.whole.value, None);
}

#[test]
fn four_changes_by_hand() {
    // One team; one team over two modules; two teams; three teams.
    let picture = picture(&[(0, &[0]), (0, &[0, 1]), (1, &[0, 2]), (1, &[0, 2, 4])]);
    assert_eq!(picture.independence.whole.value, Some(0.5));
    assert_eq!(picture.locality.whole.value, Some(0.25));
    assert_eq!(picture.coordination.whole.value, Some(0.75), "(0 + 0 + 1 + 2) / 4");
    let shares: Vec<(Subject, f64)> =
        picture.coordination.parts.iter().map(|part| (part.subject.clone(), part.estimate.count)).collect();
    let pair = |a, b| Subject::TeamPair(TeamId(a), TeamId(b));
    // The change of three teams costs 2, 2/3 a pair.
    assert_eq!(shares, [(pair(0, 1), 1.0 + 2.0 / 3.0), (pair(0, 2), 2.0 / 3.0), (pair(1, 2), 2.0 / 3.0)]);
    assert_eq!(picture.concentration.parts[0].estimate.of, 4, "module 0 changed four times");
    assert_eq!(picture.concentration.parts[0].estimate.value, Some(0.5));
}

#[test]
fn bots_alone_do_not_count() {
    let picture = picture(&[(9, &[0, 2]), (0, &[0]), (0, &[2])]);
    assert_eq!((picture.independence.whole.value, picture.independence.whole.of), (Some(1.0), 2));
}

#[test]
fn nothing_and_one_team_are_undefined() {
    for rows in [&[][..], &[(0, &[0][..])], &[(0, &[0]), (1, &[0, 1])]] {
        let picture = picture(rows);
        assert_eq!(picture.independence.whole.value, None);
        assert_eq!(picture.coordination.whole.value, None, "nobody can need another");
        assert_eq!(picture.coordination.notes, picture.independence.notes);
        assert!(!picture.independence.notes.is_empty());
        assert!(picture.couplings.is_empty() && !picture.coupling.notes.is_empty());
    }
}

/// People 0 and 1 are of team 0, 2 and 3 of team 1; nobody knows of the others.
fn with_members() -> Structure {
    let members = [(0, 0), (1, 0), (2, 1), (3, 1)];
    let membership = |(person, team)| Membership {
        team: TeamId(team),
        person: PersonId(person),
        since: None,
        until: None,
    };
    Structure { memberships: members.into_iter().map(membership).collect(), ..structure() }
}

fn picture_of(facts: &Facts, structure: &Structure) -> Picture {
    let lens = Lens::new(facts, structure, structure.ownership(), Range { now: NOW, ..Range::default() });
    measure(&lens, None, &lens, Parameters::default())
}

fn quantity(measurement: &Measurement, name: &str) -> Option<f64> {
    measurement.quantities.iter().find(|one| one.name == name).expect("the measure has it").value
}

#[test]
fn work_passed_between_teams_is_counted_against_chance() {
    // Module 0: team 0, team 0, team 1, somebody unknown, team 1. Module 1: team 1, twice.
    let rows: [Row<'_>; 6] = [(0, &[0]), (1, &[0]), (2, &[0, 1]), (5, &[0]), (3, &[0]), (3, &[1])];
    let handoffs = picture_of(&facts(&rows), &with_members()).handoffs;
    assert_eq!((handoffs.whole.value, handoffs.whole.count, handoffs.whole.of), (Some(1.0 / 3.0), 1.0, 3));
    assert_eq!(handoffs.basis, Basis::Declared);
    // Of three touches of module 0 two are of team 0: two draws differ in two of three; module 1 never.
    let by_chance = 2.0 * (2.0 / 3.0) / 3.0;
    assert!((quantity(&handoffs, "share_by_chance").expect("it can be told") - by_chance).abs() < 1e-12);
    assert_eq!(quantity(&handoffs, "passes_untold"), Some(2.0), "before and after the unknown author");
    let part = &handoffs.parts[0];
    assert_eq!((&part.subject, part.share), (&Subject::TeamPair(TeamId(0), TeamId(1)), Some(1.0)));
    assert_eq!(
        (part.evidence.changes.as_slice(), part.evidence.files.as_slice()),
        (&[ChangeId(2)][..], &[FileId(0)][..])
    );
    let upwards = part.quantities.iter().find(|one| one.name == "from_first").and_then(|one| one.value);
    assert_eq!(upwards, Some(1.0));
}

#[test]
fn what_lies_a_fortnight_apart_is_no_handoff_and_no_rework() {
    for (days, passed) in [(14, 1), (15, 0)] {
        let rows: [Row<'_>; 3] = [(0, &[0]), (2, &[0]), (0, &[7])];
        let mut facts = facts(&rows);
        for (row, day) in [(0, 0), (1, days), (2, 60)] {
            facts.changes.merged_at[row] = NOW - (60 - day) * DAY;
        }
        let picture = picture_of(&facts, &with_members());
        assert_eq!(picture.handoffs.whole.of, passed, "{days} days");
        assert_eq!((picture.rework.whole.count, picture.rework.whole.of), (passed as f64, 2), "{days} days");
    }
}

#[test]
fn changes_of_several_teams_hand_on_within() {
    let rows: [Row<'_>; 3] = [(0, &[0]), (0, &[0]), (2, &[0])];
    let mut facts = facts(&rows);
    facts.participations.push(Participation {
        change: ChangeId(1),
        role: Role::CoAuthor,
        person: PersonId(3),
        at: NOW,
    });
    let handoffs = picture_of(&facts, &with_members()).handoffs;
    assert_eq!(quantity(&handoffs, "changes_of_several_teams"), Some(1.0));
    assert_eq!(quantity(&handoffs, "changes_of_known_teams"), Some(3.0));
    assert_eq!((handoffs.whole.value, handoffs.whole.of), (None, 0), "the middle change has no one team");
}

#[test]
fn without_two_known_teams_there_is_no_handoff_to_tell() {
    let rows: [Row<'_>; 2] = [(0, &[0]), (1, &[0])];
    for structure in [structure(), with_members()] {
        let handoffs = picture_of(&facts(&rows), &structure).handoffs;
        assert_eq!((handoffs.whole.value, handoffs.series.len()), (None, 0));
        assert!(!handoffs.notes.is_empty());
    }
}

#[test]
fn what_is_touched_again_or_reverted_is_rework() {
    // One change a day, so that only the first six of twenty have a fortnight behind them.
    let mut rows: Vec<Row<'_>> = vec![(0, &[0, 1]), (0, &[0]), (1, &[2])];
    rows.extend(vec![(0, &[7][..]); 17]);
    let mut facts = facts(&rows);
    facts.changes.revert_of[2] = Some(facts.changes.commit[0]);
    let rework = picture_of(&facts, &structure()).rework;
    // Asked: 0 and 1 of the first, 0, 2, and 7 thrice; again: 0 once, 7 thrice.
    assert_eq!((rework.whole.count, rework.whole.of), (4.0, 7));
    assert_eq!(quantity(&rework, "touched_again_by_others"), Some(0.0));
    assert_eq!(quantity(&rework, "reverts"), Some(1.0));
    assert_eq!(quantity(&rework, "median_days_to_revert"), Some(2.0));
    let parts: Vec<(&Subject, f64)> =
        rework.parts.iter().map(|one| (&one.subject, one.estimate.count)).collect();
    assert_eq!(parts[0], (&Subject::Module(ModuleId(7)), 3.0));
    let shares: f64 = rework.parts.iter().filter_map(|part| part.share).sum();
    assert!((shares - 1.0).abs() < 1e-12);
    // A lock file is nobody's work.
    facts.files.generated[7] = true;
    let rework = picture_of(&facts, &structure()).rework;
    assert_eq!((rework.whole.count, rework.whole.of), (1.0, 4));
    assert!(rework.ledger.iter().any(|line| line.count == 17));
}

#[test]
fn shuffled_labels_pass_what_chance_says() {
    let (mut passed, mut by_chance) = (0.0, 0.0);
    for seed in 1..=30 {
        // People 0 to 3, two a team, in no order.
        let rows: Vec<(u32, Vec<u32>)> =
            rows(seed, 300, false).into_iter().map(|(author, modules)| (author % 4, modules)).collect();
        let handoffs = picture_of(&facts(&borrowed(&rows)), &with_members()).handoffs;
        passed += handoffs.whole.count;
        by_chance += quantity(&handoffs, "share_by_chance").expect("two teams") * handoffs.whole.of as f64;
        let parts: f64 = handoffs.parts.iter().map(|part| part.estimate.count).sum();
        assert_eq!(parts, handoffs.whole.count, "seed {seed}");
    }
    assert!((passed / by_chance - 1.0).abs() < 0.03, "{passed} passed, {by_chance} by chance");
}

/// A small seeded generator: these tables are the same on every machine.
fn rows(seed: u64, count: usize, coupled: bool) -> Vec<(u32, Vec<u32>)> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = move |bound: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 33) % u64::from(bound)) as u32
    };
    (0..count)
        .map(|_| {
            // Module 0 is a hub that three changes in ten touch.
            let mut modules = vec![if below(10) < 3 { 0 } else { 1 + below(MODULES - 1) }];
            if coupled && modules[0] == 2 && below(10) < 4 {
                modules.push(7);
            }
            if below(10) < 3 {
                modules.push(below(MODULES));
            }
            modules.sort_unstable();
            modules.dedup();
            (below(9), modules)
        })
        .collect()
}

fn borrowed(rows: &[(u32, Vec<u32>)]) -> Vec<Row<'_>> {
    rows.iter().map(|(author, modules)| (*author, modules.as_slice())).collect()
}

#[test]
fn a_planted_pair_is_found_and_chance_is_not() {
    let (mut found, mut wrong) = (0, 0);
    for seed in 1..=40 {
        let couplings = picture(&borrowed(&rows(seed, 1500, true))).couplings;
        found += couplings.iter().filter(|one| (one.a, one.b) == (ModuleId(2), ModuleId(7))).count();
        wrong += couplings.iter().filter(|one| (one.a, one.b) != (ModuleId(2), ModuleId(7))).count();
        assert_eq!(picture(&borrowed(&rows(seed, 1500, false))).couplings.len(), 0, "seed {seed}");
    }
    assert!(found >= 36 && wrong <= 2, "{found} of 40 found, {wrong} made up");
}

#[test]
fn a_fading_pair_is_no_coupling_of_today_but_counts_its_windows() {
    let mut early = rows(3, 1500, true);
    early.extend(rows(4, 1500, false));
    let couplings = picture(&borrowed(&early)).couplings;
    let pair = couplings
        .iter()
        .find(|one| (one.a, one.b) == (ModuleId(2), ModuleId(7)))
        .expect("it was there for half of the time");
    assert!(pair.windows < pair.windows_of, "{} of {}", pair.windows, pair.windows_of);
}

#[test]
fn parts_add_up_to_the_whole() {
    for seed in 1..=20 {
        let picture = picture(&borrowed(&rows(seed, 300, false)));
        let parts: f64 = picture.coordination.parts.iter().map(|part| part.estimate.count).sum();
        assert!((parts - picture.coordination.whole.count).abs() < 1e-9);
        let shares: f64 = picture.coordination.parts.iter().filter_map(|part| part.share).sum();
        assert!((shares - 1.0).abs() < 1e-9);
    }
}

#[test]
fn relabelled_modules_give_the_same_numbers() {
    let original = rows(5, 1500, true);
    let relabelled: Vec<(u32, Vec<u32>)> = original
        .iter()
        .map(|(author, modules)| {
            let mut modules: Vec<u32> = modules.iter().map(|module| MODULES - 1 - module).collect();
            modules.sort_unstable();
            (*author, modules)
        })
        .collect();
    let (one, other) = (picture(&borrowed(&original)), picture(&borrowed(&relabelled)));
    assert_eq!(one.independence.whole, other.independence.whole);
    assert_eq!(one.locality.whole, other.locality.whole);
    let numbers = |picture: &Picture| {
        let mut all: Vec<(u64, i64)> =
            picture.couplings.iter().map(|one| (one.shared, (one.expected * 1e6).round() as i64)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(numbers(&one), numbers(&other));
}

#[test]
fn one_person_everywhere_is_a_truck_factor_of_one() {
    let alone: Vec<Row<'_>> = vec![(0, &[0, 1, 2, 3, 4, 5, 6, 7]); 10];
    let knowledge = picture(&alone).knowledge.whole;
    assert_eq!((knowledge.value, knowledge.interval), (Some(1.0), Some((1.0, 1.0))));
}
