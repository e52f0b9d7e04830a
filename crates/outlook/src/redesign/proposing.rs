//! A candidate that holds, said as a proposal: its moves by name, why, whose work changes, and the changes behind it.

use std::collections::BTreeMap;

use facts::{
    FileId, ModuleId,
    moves::{Move, Part, is_directory},
};

use super::{
    Effect, PartyId, Proposal, Why,
    candidates::{Candidate, What},
    judge::{Gain, Shift},
    layout::{Level, Party},
    search::{Search, id},
};

impl Search<'_> {
    /// The proposal, judged by the year after the cut.
    pub(super) fn propose(
        &self,
        candidate: &Candidate,
        moves: Vec<Move>,
        in_sample: Gain,
        validation: Gain,
    ) -> Proposal {
        let judge = &self.judge;
        let slice = &self.past.held_out;
        let held_out = (slice.len() > 0).then(|| judge.gain(&candidate.shift, slice));
        Proposal {
            id: id(&moves),
            moves,
            last_resort: false,
            counted_in: self.level,
            why: self.why(candidate),
            in_sample,
            validation,
            held_out,
            effects: self.effects(&candidate.shift),
            examples: self.past.examples(&self.judge.savings(&candidate.shift, &self.past.whole())),
        }
    }

    fn why(&self, candidate: &Candidate) -> Why {
        let training = self.past.training();
        let rows = self.past.rows_of(&candidate.shift.files, &training);
        let mut needs = Vec::new();
        let (mut with, mut alone) = (0, 0);
        for &row in &rows {
            self.layout.needs(self.past.files(row).iter().map(|&file| self.layout.of(file)), &mut needs);
            with += u64::from(needs.len() > 1 && needs.contains(&candidate.to));
            alone += u64::from(needs.len() <= 1 && !needs.contains(&candidate.to));
        }
        Why {
            changes: rows.len() as u64,
            with,
            alone,
            from: self.owners(&candidate.shift.files),
            to: Some(self.level.party(candidate.to)),
            hides: Vec::new(),
            users: 0,
        }
    }

    /// Who answers for some files, the one for most touches first.
    fn owners(&self, files: &[FileId]) -> Vec<PartyId> {
        let training = self.past.training();
        let mut touches: BTreeMap<Party, usize> = BTreeMap::new();
        for &file in files {
            let own = self.past.rows(file, &training).len();
            for party in self.layout.sets(self.layout.of(file)).iter().flatten().filter(|_| own > 0) {
                *touches.entry(*party).or_default() += own;
            }
        }
        let mut owners: Vec<(usize, Party)> = touches.into_iter().map(|(party, own)| (own, party)).collect();
        owners.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        owners.into_iter().map(|(_, party)| self.level.party(party)).collect()
    }

    fn effects(&self, shift: &Shift) -> Vec<Effect> {
        let slice = if self.past.held_out.len() > 0 { &self.past.held_out } else { &self.past.validation };
        let judge = &self.judge;
        let before = judge.loads(None, slice, self.parties());
        let after = judge.loads(Some(shift), slice, self.parties());
        let mut out: Vec<Effect> = before
            .into_iter()
            .zip(after)
            .enumerate()
            .filter(|(_, (before, after))| before != after)
            .map(|(party, (before, after))| Effect {
                party: self.level.party(Party::from_index(party)),
                needed: (before.0, after.0),
                alone: (before.1, after.1),
            })
            .collect();
        let grows = |effect: &Effect| effect.needed.1 as i64 - effect.needed.0 as i64;
        out.sort_by(|a, b| grows(b).cmp(&grows(a)).then(a.party.cmp(&b.party)));
        out
    }

    /// The moves a candidate stands for.
    pub(super) fn moves(&self, candidate: &Candidate) -> Vec<Move> {
        let structure = self.ground.lens.structure;
        let part = self.part(candidate);
        if self.level == Level::Modules {
            let module = structure.modules[candidate.to.index()].name.clone();
            return vec![Move::Relocate { part, module }];
        }
        let team = structure.teams[candidate.to.index()].name.clone();
        let What::Files(module) = candidate.what else { return vec![Move::Give { part, team }] };
        if let Some(to) = self.home(candidate) {
            return vec![Move::Relocate { part, module: structure.modules[to.index()].name.clone() }];
        }
        let own = &structure.modules[module.index()].name;
        if candidate.shift.files.len() > 2 && self.is_much_of(candidate, module) && is_directory(own) {
            let name = self.new_name(own);
            return vec![Move::Split { part, name, team: Some(team) }];
        }
        vec![Move::Give { part, team }]
    }

    pub(super) fn part(&self, candidate: &Candidate) -> Part {
        let structure = self.ground.lens.structure;
        match &candidate.what {
            What::Module(module) => Part::Module(structure.modules[module.index()].name.clone()),
            What::Directory(path) => Part::Directory(path.clone()),
            What::Files(_) => Part::Files(self.ground.paths(&candidate.shift.files)),
        }
    }

    /// The module of the receiving team that the files change with most, if their code may go there.
    fn home(&self, candidate: &Candidate) -> Option<ModuleId> {
        let structure = self.ground.lens.structure;
        let training = self.past.training();
        let mut met: BTreeMap<ModuleId, u64> = BTreeMap::new();
        for row in self.past.rows_of(&candidate.shift.files, &training) {
            let mut modules: Vec<ModuleId> = self
                .past
                .files(row)
                .iter()
                .filter(|file| self.layout.of(**file) == candidate.shift.to)
                .filter_map(|file| structure.module(*file))
                .collect();
            modules.sort_unstable();
            modules.dedup();
            modules.into_iter().for_each(|module| *met.entry(module).or_default() += 1);
        }
        let (&to, _) = met.iter().max_by_key(|(module, met)| (**met, std::cmp::Reverse(**module)))?;
        let sets = self.parts.usual_sets(structure, to);
        let goes_to = match sets.as_slice() {
            [set] => self.ground.lens.ownership.sets[*set as usize] == [candidate.to],
            _ => false,
        };
        (goes_to
            && is_directory(&structure.modules[to.index()].name)
            && self.design.may_go(&candidate.shift.files, to))
        .then_some(to)
    }

    /// Whether the files make a fifth of the module's touches or more.
    fn is_much_of(&self, candidate: &Candidate, module: ModuleId) -> bool {
        let training = self.past.training();
        let touches = |files: &mut dyn Iterator<Item = FileId>| -> usize {
            files.map(|file| self.past.rows(file, &training).len()).sum()
        };
        let structure = self.ground.lens.structure;
        let mut own = self.ground.places.files.ids().filter(|&file| structure.module(file) == Some(module));
        touches(&mut candidate.shift.files.iter().copied()) * 5 >= touches(&mut own)
    }

    /// A name no module has.
    fn new_name(&self, module: &str) -> String {
        let taken = |name: &str| self.ground.lens.structure.modules.iter().any(|module| module.name == name);
        let names = std::iter::once(format!("{module}-seam"))
            .chain((2..).map(|number| format!("{module}-seam-{number}")));
        names.into_iter().find(|name| !taken(name)).expect("there are fewer modules than numbers")
    }
}
