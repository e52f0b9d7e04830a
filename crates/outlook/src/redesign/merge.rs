//! Two modules that never change apart are one: a boundary nobody keeps costs a crossing each time.

use std::collections::BTreeMap;

use facts::{
    FileId, ModuleId,
    moves::{Move, Parts, is_directory},
};

use super::{
    Ground, Proposal, Why,
    interface::Found,
    judge::{Judge, Shift},
    layout::{Layout, Level, party_of},
    past::{Past, Slice},
    search::{holds, id},
};

/// The smaller one changes with the larger at least so often.
const LEAST_TOGETHER: f64 = 0.75;
/// And changes at all.
const FEWEST_CHANGES: u64 = 15;
/// What is merged may be this share of all changes: a module that is everything always changes alone.
const MOST_LOAD: f64 = 1.0 / 3.0;

/// Pairs of modules that never change apart, those that meet most often first.
pub(crate) fn find(ground: &Ground<'_>, past: &Past, parts: &Parts<'_>, seed: u64) -> Found {
    let structure = ground.lens.structure;
    let mut layout = Layout::new(ground.lens, Level::Modules);
    let named = |module: ModuleId| is_directory(&structure.modules[module.index()].name);
    let mut found = Found::default();
    let counts = Counts::new(past, &past.fit, &layout);
    let mut pairs: Vec<(u64, ModuleId, ModuleId)> = Vec::new();
    for (&(a, b), &together) in &counts.pairs {
        let (small, large) = if counts.of(a) <= counts.of(b) { (a, b) } else { (b, a) };
        let own = counts.of(small);
        let often = together as f64 >= LEAST_TOGETHER * own as f64;
        let merged = (own + counts.of(large) - together) as f64;
        let one_owner = ground.lens.ownership.basis == facts::Basis::None || {
            often && parts.usual_sets(structure, small) == parts.usual_sets(structure, large)
        };
        if often
            && own >= FEWEST_CHANGES
            && merged <= MOST_LOAD * past.fit.len() as f64
            && one_owner
            && named(small)
            && named(large)
        {
            pairs.push((together, small, large));
        }
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, small, large) in pairs {
        found.tried += 1;
        let files: Vec<FileId> =
            ground.places.files.ids().filter(|&file| structure.module(file) == Some(small)).collect();
        let shift = Shift { files, to: layout.claim_of(party_of(large)) };
        let judge = Judge::new(past, &layout, seed);
        let in_sample = judge.gain(&shift, &past.fit);
        let validation = judge.gain(&shift, &past.validation);
        if holds(&in_sample, &validation).is_some() {
            found.refused += 1;
            continue;
        }
        let held_out = (past.held_out.len() > 0).then(|| judge.gain(&shift, &past.held_out));
        let name = |module: ModuleId| structure.modules[module.index()].name.clone();
        let moves = vec![Move::Merge { module: name(small), into: name(large) }];
        let training = past.training();
        let rows = past.rows_of(&shift.files, &training);
        let with = judge.savings(&shift, &training).iter().filter(|(_, saved)| *saved > 0).count();
        found.proposals.push(Proposal {
            id: id(&moves),
            moves,
            last_resort: false,
            counted_in: Level::Modules,
            why: Why {
                changes: rows.len() as u64,
                with: with as u64,
                alone: (rows.len() - with) as u64,
                from: vec![Level::Modules.party(party_of(small))],
                to: Some(Level::Modules.party(party_of(large))),
                hides: Vec::new(),
                users: 0,
            },
            in_sample,
            validation,
            held_out,
            effects: Vec::new(),
            examples: past.examples(&judge.savings(&shift, &past.whole())),
        });
    }
    found
}

/// How often modules change, and change together.
struct Counts {
    modules: BTreeMap<ModuleId, u64>,
    pairs: BTreeMap<(ModuleId, ModuleId), u64>,
}

impl Counts {
    fn new(past: &Past, slice: &Slice, layout: &Layout) -> Self {
        let mut out = Self { modules: BTreeMap::new(), pairs: BTreeMap::new() };
        let mut needs = Vec::new();
        for row in slice.from..slice.to {
            layout.needs(past.files(row as u32).iter().map(|&file| layout.of(file)), &mut needs);
            for (at, a) in needs.iter().enumerate() {
                *out.modules.entry(ModuleId(a.0)).or_default() += 1;
                for b in &needs[at + 1..] {
                    *out.pairs.entry((ModuleId(a.0), ModuleId(b.0))).or_default() += 1;
                }
            }
        }
        out
    }

    fn of(&self, module: ModuleId) -> u64 {
        self.modules.get(&module).copied().unwrap_or(0)
    }
}
