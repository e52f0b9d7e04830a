//! What could be otherwise: each a small transformation of the [`Model`].

use facts::{ModuleId, TeamId};
use rustc_hash::FxHashMap;

use super::model::{Approval, MergeQueue, Model};

/// One thing that is otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WhatIf {
    /// Every change needs further approvals of a kind.
    Approvals(Approval, u32),
    /// Every change passes a queue in the end.
    MergeQueue(MergeQueue),
    /// One team becomes several, each with some of its modules and of its people.
    Split(TeamId, u32),
    /// Two teams become one.
    Merge(TeamId, TeamId),
    /// A team, or each of them, has more people.
    People(Option<TeamId>, More),
    /// So many changes come for each that came.
    Load(f64),
    /// So many moves on the structure, as [`Model::other`] has them.
    Moves(u32),
}

/// How many more; fewer below zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum More {
    /// People.
    People(i32),
    /// A share of those there are.
    Share(f64),
}

/// A team cannot be split into so many: it answers for fewer modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFewModules {
    /// The team.
    pub team: TeamId,
    /// Modules it answers for.
    pub modules: usize,
}

impl Model {
    /// The same with one thing otherwise.
    pub fn under(&self, what_if: WhatIf) -> Result<Self, TooFewModules> {
        let mut model = self.clone();
        match model.today(what_if) {
            WhatIf::Approvals(kind, more) => model.further.extend((0..more).map(|_| kind)),
            WhatIf::MergeQueue(queue) => model.merge_queue = Some(queue),
            WhatIf::Split(team, parts) => model.split(team, parts as usize)?,
            WhatIf::Merge(kept, gone) => model.merge(kept, gone),
            WhatIf::People(team, more) => model.staff(team, more),
            WhatIf::Load(factor) => model.load *= factor,
            WhatIf::Moves(_) => {
                let other = std::mem::take(&mut model.other);
                model = model.with_teams(|change| other.get(change.index()).map_or(&[][..], Vec::as_slice));
            }
        }
        Ok(model)
    }

    /// The same of the teams that stand for those that were merged.
    fn today(&self, what_if: WhatIf) -> WhatIf {
        let now = |team: TeamId| self.merged_into.get(&team).copied().unwrap_or(team);
        match what_if {
            WhatIf::Split(team, parts) => WhatIf::Split(now(team), parts),
            WhatIf::Merge(a, b) => WhatIf::Merge(now(a), now(b)),
            WhatIf::People(team, more) => WhatIf::People(team.map(now), more),
            other => other,
        }
    }

    /// Two teams, one queue: what needs either needs the one, and whoever is at home in either is at home in it.
    fn merge(&mut self, kept: TeamId, gone: TeamId) {
        if kept == gone {
            return;
        }
        let renamed = |team: &mut TeamId| {
            if *team == gone {
                *team = kept;
            }
        };
        for case in &mut self.cases {
            case.home.iter_mut().for_each(renamed);
            case.teams.iter_mut().for_each(renamed);
            case.pieces.iter_mut().for_each(|(team, _)| renamed(team));
            case.settle();
        }
        self.merged_into.values_mut().for_each(renamed);
        self.merged_into.insert(gone, kept);
        self.desks[kept.index()].people += self.desks[gone.index()].people;
        self.ask_anew();
    }

    /// Modules are dealt out, the busiest first, each to the part with the least to do; people likewise. Whoever was at
    /// home is at home in the part that most of their team's changes here touch.
    fn split(&mut self, team: TeamId, parts: usize) -> Result<(), TooFewModules> {
        let mut changes: FxHashMap<ModuleId, usize> = FxHashMap::default();
        for case in &self.cases {
            for (_, module) in case.pieces.iter().filter(|(own, _)| *own == team) {
                *changes.entry(*module).or_default() += 1;
            }
        }
        if changes.len() < parts {
            return Err(TooFewModules { team, modules: changes.len() });
        }
        let mut modules: Vec<(ModuleId, usize)> = changes.into_iter().collect();
        modules.sort_by_key(|&(module, changes)| (std::cmp::Reverse(changes), module));
        let ids: Vec<TeamId> = std::iter::once(team)
            .chain((1..parts).map(|part| TeamId::from_index(self.desks.len() + part - 1)))
            .collect();
        let mut load = vec![0; parts];
        let mut part_of: FxHashMap<ModuleId, TeamId> = FxHashMap::default();
        for (module, changes) in modules {
            let lightest = (0..parts).min_by_key(|&part| load[part]).unwrap_or(0);
            load[lightest] += changes;
            part_of.insert(module, ids[lightest]);
        }
        let whole = self.desks[team.index()].clone();
        for (part, id) in ids.iter().enumerate() {
            let people = (whole.people as usize + parts - 1 - part) / parts;
            let name = format!("{} {}/{parts}", whole.name, part + 1);
            let desk = super::model::Desk { name, people: people.max(1) as u32, ..whole.clone() };
            match self.desks.get_mut(id.index()) {
                Some(own) => *own = desk,
                None => self.desks.push(desk),
            }
        }
        for case in &mut self.cases {
            case.part(team, &part_of);
        }
        self.ask_anew();
        Ok(())
    }

    fn staff(&mut self, team: Option<TeamId>, more: More) {
        for (at, desk) in self.desks.iter_mut().enumerate() {
            if team.is_none_or(|team| team.index() == at) {
                let people = match more {
                    More::People(more) => f64::from(desk.people) + f64::from(more),
                    More::Share(share) => f64::from(desk.people) * (1.0 + share),
                };
                desk.people = people.round().max(1.0) as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::model::tests::{case, model};

    fn teams(model: &Model, at: usize) -> (Vec<u32>, Vec<u32>) {
        let plain = |teams: &[TeamId]| teams.iter().map(|team| team.0).collect();
        (plain(&model.cases[at].home), plain(&model.cases[at].teams))
    }

    #[test]
    fn merged_teams_need_each_other_no_more() {
        let model = model(&[2, 3, 1], [case(0, &[0], &[0, 1]), case(1, &[2], &[1])]);
        let merged = model.under(WhatIf::Merge(TeamId(0), TeamId(1))).unwrap();
        assert_eq!(teams(&merged, 0), (vec![0], vec![0]));
        assert_eq!(teams(&merged, 1), (vec![2], vec![0]));
        assert!(!merged.cases[0].waits() && merged.cases[1].waits());
        assert_eq!(merged.desks[0].people, 5);
        let all = merged.under(WhatIf::Merge(TeamId(1), TeamId(2))).unwrap();
        assert_eq!(teams(&all, 1), (vec![0], vec![0]), "who was merged stands for the others");
        assert_eq!(all.desks[0].people, 6);
        assert_eq!(model.under(WhatIf::Merge(TeamId(1), TeamId(1))).unwrap().desks[1].people, 3);
    }

    #[test]
    fn a_team_is_split_by_what_it_answers_for() {
        let mut one = case(0, &[0], &[0, 1]);
        one.pieces = vec![(TeamId(0), ModuleId(5)), (TeamId(0), ModuleId(6)), (TeamId(1), ModuleId(7))];
        let mut two = case(1, &[1], &[0]);
        two.pieces = vec![(TeamId(0), ModuleId(6))];
        let model = model(&[5, 1], [one, two]);
        let split = model.under(WhatIf::Split(TeamId(0), 2)).unwrap();
        assert_eq!(split.desks.iter().map(|desk| desk.people).collect::<Vec<_>>(), [3, 1, 2]);
        // The busier module goes first, to the part that keeps the number.
        assert_eq!(teams(&split, 0), (vec![0], vec![0, 1, 2]));
        assert_eq!(teams(&split, 1), (vec![1], vec![0]));
        let too_many = model.under(WhatIf::Split(TeamId(0), 3)).unwrap_err();
        assert_eq!(too_many.modules, 2);
    }

    #[test]
    fn people_come_and_go_but_one_stays() {
        let model = model(&[2, 10], []);
        let people = |team, more| {
            let changed = model.under(WhatIf::People(team, more)).unwrap();
            changed.desks.iter().map(|desk| desk.people).collect::<Vec<_>>()
        };
        assert_eq!(people(Some(TeamId(0)), More::People(2)), [4, 10]);
        assert_eq!(people(Some(TeamId(0)), More::People(-7)), [1, 10]);
        assert_eq!(people(None, More::Share(0.1)), [2, 11]);
    }
}
