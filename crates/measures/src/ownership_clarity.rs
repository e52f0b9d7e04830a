//! Ownership clarity: does each module have an owner, and does that owner do the work?
//!
//! | declared ownership | state |
//! |---|---|
//! | a rule takes ownership away from most of the module's recent touches | `exempt` |
//! | no owner for most of the module's recent touches | `unowned` |
//! | nobody of the owners is known among the authors | `unknown` |
//! | owners' share below 20 %, one other group's above 50 % | `absent` |
//! | several owners, none of whom makes half of the changes, or owners' share below half | `contested` |
//! | otherwise | `agreed` |
//!
//! Without declared ownership the state is read from the groups that change the module: `led` where one makes more
//! than half of its recent changes, else `contested`. A module with fewer than five recent changes is `quiet`.

use std::collections::BTreeMap;

use facts::{
    Basis, ChangeId, Lens, ModuleId, Ownership, PersonId, TeamId,
    structure::{Membership, TeamKind},
    time::Seconds,
};

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, concentration::authors_of_changes,
    description::Description, over, stats::interval,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "ownership_clarity",
    question: "Is ownership defined, and is it real?",
    definition: "Per module, over the last 365 days: unowned, exempt (the file says that nobody owns it), unknown, absent (the owner makes under 20 % of the changes while another group makes over half), contested (no owner leads) or agreed. Without declared ownership: led by one group (over half of the changes) or contested. Modules with fewer than five changes are quiet. The value is the share of recent module changes in modules that are agreed or led.",
    reads: &["changes", "touches", "participations", "modules", "teams", "memberships", "ownership"],
    unit: "share of recent module changes, 0 to 1",
    source: "declared owner against steward; Greiler, Herzig, Czerwonka 2015",
    limits: "Who is in a team written as @org/team cannot be seen from the repository: such modules are unknown, not absent. People who changed little are in no group.",
};

const QUIET_BELOW: u64 = 5;
const ABSENT_BELOW: f64 = 0.2;
const LEADS_ABOVE: f64 = 0.5;

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let authors = authors_of_changes(lens);
    let teams_of_person = TeamsOfPerson::new(lens);
    let declared = lens.structure.declared.as_ref();
    let parts = parts(lens, &lens.recent(), &authors, &teams_of_person);
    let whole = clarity(&parts);
    let asked = whole.of;
    let tellable = declared.is_some() || lens.structure.inferred.basis != Basis::None;
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: if declared.is_some() { Basis::Declared } else { lens.structure.inferred.basis },
        whole: if tellable { whole } else { Estimate::default() },
        recent: None,
        series: if tellable {
            over::series(lens, |changes| clarity(&self::parts(lens, changes, &authors, &teams_of_person)))
        } else {
            Vec::new()
        },
        quantities: ["agreed", "led", "contested", "absent", "unowned", "exempt", "unknown", "quiet"]
            .into_iter()
            .map(|state| {
                let modules = parts.iter().filter(|part| part.state == Some(state)).count();
                Quantity { name: state, value: Some(modules as f64) }
            })
            .collect(),
        notes: notes(tellable, asked),
        parts: if tellable { parts } else { Vec::new() },
        ledger: Vec::new(),
    }
}

/// Every module with its state over some changes, the busiest first.
fn parts(
    lens: &Lens<'_>,
    changes: &[ChangeId],
    authors: &[Vec<PersonId>],
    teams_of_person: &TeamsOfPerson,
) -> Vec<Part> {
    let mut by_module: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.modules.len()];
    for &change in changes {
        lens.modules_of(change).iter().for_each(|module| by_module[module.index()].push(change));
    }
    let declared = lens.structure.declared.as_ref();
    let mut parts: Vec<Part> = lens
        .structure
        .module_ids()
        .filter(|module| !by_module[module.index()].is_empty())
        .map(|module| {
            let changes = &by_module[module.index()];
            let work = work_of_teams(lens, changes, authors, teams_of_person);
            judge(lens, module, changes, &work, declared, authors, teams_of_person)
        })
        .collect();
    parts.sort_by(|a, b| b.estimate.of.cmp(&a.estimate.of).then_with(|| a.subject.cmp(&b.subject)));
    parts
}

/// The share of module changes that lie where ownership is agreed or led; quiet, unknown and exempt modules are not
/// asked about.
fn clarity(parts: &[Part]) -> Estimate {
    let changes = |wanted: &dyn Fn(&str) -> bool| -> u64 {
        parts.iter().filter(|part| part.state.is_some_and(wanted)).map(|part| part.estimate.of).sum()
    };
    let clear = changes(&|state| matches!(state, "agreed" | "led"));
    let asked = changes(&|state| !matches!(state, "quiet" | "unknown" | "exempt"));
    Estimate {
        value: (asked > 0).then(|| clear as f64 / asked as f64),
        interval: interval::wilson(clear as f64, asked as f64),
        count: clear as f64,
        of: asked,
    }
}

fn notes(tellable: bool, asked: u64) -> Vec<String> {
    if !tellable {
        vec!["no owners are declared, and no two groups of people show".to_owned()]
    } else if asked == 0 {
        vec!["who is in the declared teams cannot be seen from the repository, so whether owners do the work cannot be told".to_owned()]
    } else {
        Vec::new()
    }
}

/// The memberships of each person; those with days count on those days alone.
pub(crate) struct TeamsOfPerson(Vec<Vec<Membership>>);

impl TeamsOfPerson {
    pub(crate) fn new(lens: &Lens<'_>) -> Self {
        let mut teams = vec![Vec::new(); lens.facts.people.len()];
        for membership in &lens.structure.memberships {
            teams[membership.person.index()].push(*membership);
        }
        Self(teams)
    }

    pub(crate) fn at(&self, person: PersonId, moment: Option<Seconds>) -> impl Iterator<Item = TeamId> + '_ {
        self.0[person.index()].iter().filter(move |one| one.covers(moment)).map(|one| one.team)
    }
}

/// Changes of each team's people; a change with several authors is split between them.
fn work_of_teams(
    lens: &Lens<'_>,
    changes: &[ChangeId],
    authors: &[Vec<PersonId>],
    teams_of_person: &TeamsOfPerson,
) -> Vec<f64> {
    let mut work = vec![0.0; lens.structure.teams.len()];
    for &change in changes {
        let authors = &authors[change.index()];
        for author in authors {
            for team in teams_of_person.at(*author, lens.at(change)) {
                work[team.index()] += 1.0 / authors.len() as f64;
            }
        }
    }
    work
}

fn judge(
    lens: &Lens<'_>,
    module: ModuleId,
    changes: &[ChangeId],
    work: &[f64],
    declared: Option<&Ownership>,
    authors: &[Vec<PersonId>],
    teams_of_person: &TeamsOfPerson,
) -> Part {
    let total = changes.len() as f64;
    let lead =
        stewards(lens).into_iter().max_by(|a, b| work[a.index()].total_cmp(&work[b.index()]).then(b.cmp(a)));
    let lead_share = lead.map_or(0.0, |lead| work[lead.index()] / total);
    let quiet = (changes.len() as u64) < QUIET_BELOW;
    let (state, owner_share) = match declared {
        _ if quiet => ("quiet", None),
        Some(declared) => {
            declared_state(lens, declared, module, changes, authors, teams_of_person, lead_share)
        }
        None if lead_share > LEADS_ABOVE => ("led", None),
        None => ("contested", None),
    };
    Part {
        subject: Subject::Module(module),
        estimate: Estimate {
            value: Some(lead_share),
            interval: None,
            count: lead_share * total,
            of: changes.len() as u64,
        },
        share: None,
        state: Some(state),
        quantities: vec![
            Quantity { name: "lead_share", value: lead.map(|_| lead_share) },
            Quantity { name: "lead_team", value: lead.map(|lead| f64::from(lead.0)) },
            Quantity { name: "owner_share", value: owner_share },
            Quantity { name: "recent_changes", value: Some(total) },
        ],
        evidence: Evidence {
            changes: changes.iter().rev().take(10).copied().collect(),
            changes_in_all: changes.len() as u64,
            files: Vec::new(),
        },
    }
}

/// Teams that can be stewards: those the inferred layer knows, else the groups.
pub(crate) fn stewards(lens: &Lens<'_>) -> Vec<TeamId> {
    let known: Vec<TeamId> = lens.structure.inferred.sets.iter().flatten().copied().collect();
    if !known.is_empty() {
        return known;
    }
    let is_group = |team: &TeamId| lens.structure.teams[team.index()].kind == TeamKind::Group;
    lens.structure.team_ids().filter(is_group).collect()
}

/// The state where ownership is declared, and the share of changes in which an owner had a hand.
fn declared_state(
    lens: &Lens<'_>,
    declared: &Ownership,
    module: ModuleId,
    changes: &[ChangeId],
    authors: &[Vec<PersonId>],
    teams_of_person: &TeamsOfPerson,
    lead_share: f64,
) -> (&'static str, Option<f64>) {
    let mut owners: Vec<TeamId> = Vec::new();
    let (mut owned, mut exempt, mut touched) = (0u64, 0u64, 0u64);
    for &change in changes {
        for at in lens.facts.touches.of(change) {
            let file = lens.facts.touches.file[at];
            if lens.structure.module(file) == Some(module) {
                touched += 1;
                let of_file = declared.owners(file);
                owned += u64::from(!of_file.is_empty());
                let ruled = declared.rule_of_file.get(file.index()).copied().flatten().is_some();
                exempt += u64::from(ruled && of_file.is_empty());
                owners.extend(of_file);
            }
        }
    }
    owners.sort_unstable();
    owners.dedup();
    if exempt * 2 > touched {
        return ("exempt", None);
    }
    if owned * 2 <= touched {
        return ("unowned", None);
    }
    standing(lens, &owners, changes, authors, teams_of_person, lead_share)
}

/// Whether owners do the work of some changes, and the share in which one of them had a hand.
fn standing(
    lens: &Lens<'_>,
    owners: &[TeamId],
    changes: &[ChangeId],
    authors: &[Vec<PersonId>],
    teams_of_person: &TeamsOfPerson,
    lead_share: f64,
) -> (&'static str, Option<f64>) {
    let has_members = |owner: &TeamId| lens.structure.memberships.iter().any(|one| one.team == *owner);
    let opaque =
        |owner: &TeamId| lens.structure.teams[owner.index()].kind == TeamKind::Team && !has_members(owner);
    if !owners.iter().any(has_members) || owners.iter().any(opaque) {
        return ("unknown", None);
    }
    let by = |wanted: &dyn Fn(TeamId) -> bool| {
        let hits = changes.iter().filter(|&&change| {
            let moment = lens.at(change);
            authors[change.index()].iter().any(|&author| teams_of_person.at(author, moment).any(wanted))
        });
        hits.count() as f64 / changes.len() as f64
    };
    let owner_share = by(&|team| owners.contains(&team));
    let most = owners.iter().map(|&owner| by(&|team| team == owner)).fold(0.0, f64::max);
    let state = if owner_share < ABSENT_BELOW && lead_share > LEADS_ABOVE {
        "absent"
    } else if most < LEADS_ABOVE && (owners.len() > 1 || owner_share < LEADS_ABOVE) {
        "contested"
    } else {
        "agreed"
    };
    (state, Some(owner_share))
}

/// Declared owners held against the work of the last year, module by module.
pub struct Stewardship<'l> {
    lens: &'l Lens<'l>,
    authors: Vec<Vec<PersonId>>,
    teams_of_person: TeamsOfPerson,
    recent: Vec<Vec<ChangeId>>,
}

/// Who knows a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowers {
    /// Teams with at least 5 % of its faded authorship, in 0..=1.
    pub teams: Vec<(TeamId, f64)>,
    /// People whose faded authorship is worth a quarter of a fresh change and half of the best knower's, by id.
    pub people: Vec<PersonId>,
}

/// What [`Stewardship`] says of owners and a module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// `agreed`, `contested`, `absent`, `unknown` or `quiet`, as the measure has them.
    pub state: &'static str,
    /// The share of the module's changes of the last year in which an owner had a hand; `None` when that is unknown.
    pub owner_share: Option<f64>,
    /// The module's changes in the last year.
    pub changes: u64,
}

impl<'l> Stewardship<'l> {
    /// Looks at the last year of a lens.
    pub fn new(lens: &'l Lens<'l>) -> Self {
        let mut recent: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.modules.len()];
        for change in lens.recent() {
            lens.modules_of(change).iter().for_each(|module| recent[module.index()].push(change));
        }
        Self { lens, authors: authors_of_changes(lens), teams_of_person: TeamsOfPerson::new(lens), recent }
    }

    /// The share of a module's changes of the last year each team's people made, and how many changes there were.
    pub fn work(&self, module: ModuleId) -> (Vec<f64>, u64) {
        let changes = &self.recent[module.index()];
        let mut work = work_of_teams(self.lens, changes, &self.authors, &self.teams_of_person);
        work.iter_mut().for_each(|share| *share /= changes.len().max(1) as f64);
        (work, changes.len() as u64)
    }

    /// Who knows a file, from the changes that touched it: authorship that loses half its weight in a year. A person
    /// in several teams counts for each.
    pub fn knowledge(&self, changes: impl Iterator<Item = ChangeId>) -> Knowers {
        const HALF_LIFE_DAYS: f64 = 365.0;
        let end = self.lens.span.map_or(0, |(_, until)| until);
        let mut of_team: BTreeMap<TeamId, f64> = BTreeMap::new();
        let mut of_person: BTreeMap<PersonId, f64> = BTreeMap::new();
        let mut all = 0.0;
        for change in changes {
            let Some(at) = self.lens.at(change) else { continue };
            let authors = &self.authors[change.index()];
            let age_days = (end - at).max(0) as f64 / facts::time::DAY as f64;
            let weight = (-age_days / HALF_LIFE_DAYS).exp2() / authors.len().max(1) as f64;
            for &author in authors {
                all += weight;
                *of_person.entry(author).or_default() += weight;
                for team in self.teams_of_person.at(author, Some(at)) {
                    *of_team.entry(team).or_default() += weight;
                }
            }
        }
        let known = |team: &TeamId| self.lens.structure.teams[team.index()].kind != TeamKind::Person;
        let most = of_person.values().copied().fold(0.0, f64::max);
        Knowers {
            teams: of_team
                .into_iter()
                .filter(|(team, weight)| known(team) && *weight >= 0.05 * all)
                .map(|(team, weight)| (team, weight / all))
                .collect(),
            people: of_person
                .into_iter()
                .filter(|&(_, weight)| weight >= 0.25 && weight >= 0.5 * most)
                .map(|(person, _)| person)
                .collect(),
        }
    }

    /// Whether these owners do the work of a module.
    pub fn agreement(&self, module: ModuleId, owners: &[TeamId]) -> Agreement {
        let changes = &self.recent[module.index()];
        if (changes.len() as u64) < QUIET_BELOW {
            return Agreement { state: "quiet", owner_share: None, changes: changes.len() as u64 };
        }
        let (work, _) = self.work(module);
        let lead_share = stewards(self.lens).iter().map(|team| work[team.index()]).fold(0.0, f64::max);
        let (state, owner_share) =
            standing(self.lens, owners, changes, &self.authors, &self.teams_of_person, lead_share);
        Agreement { state, owner_share, changes: changes.len() as u64 }
    }
}
