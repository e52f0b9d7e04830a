//! A missing interface: files of a module that several others use, and that drag their users along when they change.
//!
//! ```text
//!  ┌ module ────────┐            changes touch `rates` and those who use it: if outsiders went through `api`,
//!  │ api            │◀── a       what changes behind it would need the module's owner alone
//!  │ rates  ◀───────┼─── a, b, c
//!  └────────────────┘
//! ```
//!
//! What an interface would save is a bound: it counts the users that changed along with what it would hide, as if each
//! had changed for that reason alone.

use facts::{
    FileId, ModuleId,
    moves::{Move, is_directory},
};
use rustc_hash::FxHashMap;

use super::{
    Ground, Proposal, Why,
    judge::{Control, Gain, Judge},
    layout::{Layout, Level, Party, party_of},
    past::{Past, Slice},
    search::{holds, id},
};
use measures::stats::random::Random;

/// A file that was changed along with its users less often leaks nothing.
const FEWEST_TOGETHER: usize = 3;
/// What only one other party uses is better moved to it.
const FEWEST_PARTIES: usize = 2;
/// Files that stand for their directory, by their names without ending.
const DOORS: [&str; 7] = ["lib", "mod", "main", "__init__", "index", "package-info", "api"];
/// What one interface would hide, at most.
const MOST_HIDDEN: usize = 15;
/// Files named as the interface.
const MOST_NAMED: usize = 8;
/// An interface is more work than a line in a file.
const FEWEST_SAVED: i64 = 12;
const LEAST_GAIN: f64 = 0.004;

/// What came of looking for interfaces.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) proposals: Vec<Proposal>,
    pub(crate) tried: u64,
    pub(crate) refused: u64,
}

/// Modules whose insides drag their users along, the most gain first.
pub(crate) fn find(
    ground: &Ground<'_>,
    past: &Past,
    layout: &Layout,
    level: Level,
    users: &FxHashMap<FileId, Vec<FileId>>,
    seed: u64,
) -> Found {
    let finder = Finder { ground, past, layout, level, users, judge: Judge::new(past, layout, seed), seed };
    let structure = ground.lens.structure;
    let mut used: Vec<Vec<FileId>> = vec![Vec::new(); structure.modules.len()];
    for &file in users.keys().filter(|file| ground.places.files.alive(**file)) {
        if let Some(module) = structure.module(file) {
            used[module.index()].push(file);
        }
    }
    let mut found = Found::default();
    for (at, mut files) in used.into_iter().enumerate() {
        let module = ModuleId::from_index(at);
        if !is_directory(&structure.modules[at].name) {
            continue;
        }
        files.sort_unstable();
        let Some(leaks) = finder.leaks(module, &files) else { continue };
        found.tried += 1;
        match finder.propose(module, &files, leaks) {
            Some(proposal) => found.proposals.push(proposal),
            None => found.refused += 1,
        }
    }
    found.proposals.sort_by(|a, b| b.in_sample.saved.cmp(&a.in_sample.saved).then_with(|| a.id.cmp(&b.id)));
    found
}

struct Finder<'a> {
    ground: &'a Ground<'a>,
    past: &'a Past,
    layout: &'a Layout,
    level: Level,
    users: &'a FxHashMap<FileId, Vec<FileId>>,
    judge: Judge<'a>,
    seed: u64,
}

impl Finder<'_> {
    fn outside(&self, module: ModuleId, file: FileId) -> bool {
        self.ground.lens.structure.module(file) != Some(module)
    }

    /// Who uses a file from outside its module, sorted.
    fn users_outside(&self, module: ModuleId, file: FileId) -> Vec<FileId> {
        let mut users: Vec<FileId> = self.users.get(&file).into_iter().flatten().copied().collect();
        users.retain(|&user| self.outside(module, user) && self.layout.of(user) != self.layout.of(file));
        users.sort_unstable();
        users
    }

    /// Whether a file is what its directory is used by, by its name: the way in is nothing to hide.
    fn is_a_door(&self, file: FileId) -> bool {
        let places = self.ground.places;
        let path = places.paths.text(places.files.path[file.index()]);
        let name = path.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        DOORS.contains(&stem)
    }

    /// The files an interface would hide; `None` where they save too little.
    fn leaks(&self, module: ModuleId, used: &[FileId]) -> Option<Vec<FileId>> {
        let mut leaks: Vec<(usize, FileId)> = Vec::new();
        for &file in used {
            let users = self.users_outside(module, file);
            let mut parties: Vec<u32> = users.iter().map(|user| self.layout.of(*user)).collect();
            parties.sort_unstable();
            parties.dedup();
            if parties.len() < FEWEST_PARTIES || self.is_a_door(file) {
                continue;
            }
            let along =
                |row: &&u32| self.past.files(**row).iter().any(|other| users.binary_search(other).is_ok());
            let together = self.past.rows(file, &self.past.fit).iter().filter(along).count();
            if together >= FEWEST_TOGETHER {
                leaks.push((together, file));
            }
        }
        leaks.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        leaks.truncate(MOST_HIDDEN);
        let mut leaks: Vec<FileId> = leaks.into_iter().map(|(_, file)| file).collect();
        leaks.sort_unstable();
        let saved = |leaks: &[FileId]| -> i64 {
            self.savings(module, leaks, &self.past.fit).iter().map(|(_, saved)| i64::from(*saved)).sum()
        };
        let mut whole = saved(&leaks);
        while leaks.len() > 1 {
            let without = |at: usize| {
                let mut rest = leaks.clone();
                rest.remove(at);
                saved(&rest)
            };
            let (at, rest) = (0..leaks.len()).map(|at| (at, without(at))).max_by_key(|(_, rest)| *rest)?;
            if whole - rest >= 2 {
                break;
            }
            leaks.remove(at);
            whole = rest;
        }
        let enough = whole >= FEWEST_SAVED && whole as f64 >= LEAST_GAIN * self.past.fit.len() as f64;
        enough.then_some(leaks)
    }

    /// What each change would have saved, had those who use what is hidden not changed along with it.
    fn savings(&self, module: ModuleId, leaks: &[FileId], slice: &Slice) -> Vec<(u32, i32)> {
        let mut needs: Vec<Party> = Vec::new();
        let hidden: FxHashMap<FileId, Vec<FileId>> =
            leaks.iter().map(|&file| (file, self.users_outside(module, file))).collect();
        self.past
            .rows_of(leaks, slice)
            .into_iter()
            .map(|row| {
                let files = self.past.files(row);
                let uses = |user: FileId, file: &FileId| {
                    self.users.get(file).is_some_and(|users| users.contains(&user))
                };
                let spared = |file: FileId| {
                    self.outside(module, file)
                        && files.iter().any(|own| {
                            hidden.get(own).is_some_and(|users| users.binary_search(&file).is_ok())
                        })
                        // What it uses of the interface is a reason that stays.
                        && !files.iter().any(|own| {
                            !self.outside(module, *own) && !hidden.contains_key(own) && uses(file, own)
                        })
                };
                self.layout.needs(files.iter().map(|&file| self.layout.of(file)), &mut needs);
                let before = needs.len().max(1);
                let rest: Vec<u32> =
                    files.iter().filter(|file| !spared(**file)).map(|&file| self.layout.of(file)).collect();
                self.layout.needs(rest.iter().copied(), &mut needs);
                (row, before as i32 - needs.len().max(1) as i32)
            })
            .collect()
    }

    fn gain(&self, module: ModuleId, leaks: &[FileId], slice: &Slice) -> Gain {
        let mut gain = self.judge.plain(&self.savings(module, leaks, slice), slice);
        gain.control = self.control(leaks, slice);
        gain
    }

    /// Equally active files of other modules that are used from outside of theirs, hidden in the same way.
    fn control(&self, leaks: &[FileId], slice: &Slice) -> Option<Control> {
        let activity = |file: FileId| self.past.rows(file, slice).len();
        let moved: Vec<(usize, FileId)> =
            leaks.iter().map(|&file| (activity(file), file)).filter(|(own, _)| *own > 0).collect();
        let structure = self.ground.lens.structure;
        let mut pool: Vec<(usize, FileId)> = self
            .users
            .keys()
            .filter(|file| leaks.binary_search(file).is_err() && structure.module(**file).is_some())
            .map(|&file| (activity(file), file))
            .filter(|(own, _)| *own > 0)
            .collect();
        pool.sort_unstable();
        if moved.is_empty() || pool.len() < 2 * moved.len() {
            return None;
        }
        let random = Random::new(self.seed ^ 0x000f_ace5);
        let saved = |drawn: Vec<FileId>| -> i64 {
            let within = drawn.iter().filter_map(|&file| Some((structure.module(file)?, file)));
            let savings = within.flat_map(|(module, file)| self.savings(module, &[file], slice));
            savings.map(|(_, saved)| i64::from(saved)).sum()
        };
        Control::drawn((&moved, &pool), random, slice, false, saved)
    }

    /// The proposal, where it holds.
    fn propose(&self, module: ModuleId, used: &[FileId], leaks: Vec<FileId>) -> Option<Proposal> {
        let in_sample = self.gain(module, &leaks, &self.past.fit);
        let validation = self.gain(module, &leaks, &self.past.validation);
        if holds(&in_sample, &validation).is_some() {
            return None;
        }
        let slice = &self.past.held_out;
        let held_out = (slice.len() > 0).then(|| self.gain(module, &leaks, slice));
        let places = self.ground.places;
        let path = |file: &FileId| places.paths.text(places.files.path[file.index()]);
        let mut open: Vec<(usize, String)> = used
            .iter()
            .filter(|file| leaks.binary_search(file).is_err())
            .map(|file| (self.users_outside(module, *file).len(), path(file)))
            .filter(|(users, _)| *users > 0)
            .collect();
        open.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        open.truncate(MOST_NAMED);
        let mut files: Vec<String> = open.into_iter().map(|(_, path)| path).collect();
        files.sort();
        let name = self.ground.lens.structure.modules[module.index()].name.clone();
        let moves = vec![Move::Interface { module: name, files }];
        Some(Proposal {
            id: id(&moves),
            why: self.why(module, &leaks),
            effects: Vec::new(),
            examples: self.past.examples(&self.savings(module, &leaks, &self.past.whole())),
            moves,
            last_resort: false,
            counted_in: self.level,
            in_sample,
            validation,
            held_out,
        })
    }

    fn why(&self, module: ModuleId, leaks: &[FileId]) -> Why {
        let training = self.past.training();
        let savings = self.savings(module, leaks, &training);
        let from = match (self.level, self.layout.only(self.layout.of(leaks[0]))) {
            (Level::Teams, Some(team)) => vec![self.level.party(team)],
            (Level::Teams, None) => Vec::new(),
            (Level::Modules, _) => vec![self.level.party(party_of(module))],
        };
        Why {
            changes: savings.len() as u64,
            with: savings.iter().filter(|(_, saved)| *saved > 0).count() as u64,
            alone: 0,
            from,
            to: None,
            hides: self.ground.paths(leaks),
            users: self.users_today(module, leaks),
        }
    }

    /// Files outside that use what would be hidden, as it is.
    fn users_today(&self, module: ModuleId, leaks: &[FileId]) -> u64 {
        let mut users: Vec<FileId> =
            leaks.iter().flat_map(|&file| self.users_outside(module, file)).collect();
        users.sort_unstable();
        users.dedup();
        users.len() as u64
    }
}
