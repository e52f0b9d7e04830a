//! Edits worth trying: what is often needed together with another party, to that party.
//!
//! Units are modules, directories, single files and seams: files of one module that change with another party rather
//! than with their own. A seam cannot be found file by file, for a change is saved only when every file of it that needs
//! the first party goes along; so files are ranked by what they would bring if all others came, and those that bring
//! nothing in that company are let go again, the least first.

use std::collections::BTreeMap;

use facts::{FileId, ModuleId, moves::is_directory};
use rustc_hash::FxHashMap;

use super::{
    Ground,
    judge::{Judge, Shift},
    layout::{Layout, Level, NOBODY, Party, party_of},
    past::Past,
};

/// A unit of fewer touches tells nothing.
const FEWEST_TOUCHES: usize = 8;
/// Parties tried for each unit, those it is most often needed with.
const DESTINATIONS: usize = 3;
/// A seam begins with so many files at most, and ends with so many.
const SEAM_BEGINS: usize = 40;
const SEAM_ENDS: usize = 12;

/// What is moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Module(ModuleId),
    /// Its path, without slashes at its ends.
    Directory(String),
    /// Files of one module.
    Files(ModuleId),
}

/// One edit to try.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) what: What,
    pub(crate) to: Party,
    pub(crate) shift: Shift,
}

impl Candidate {
    /// Lines somebody has to write and remember for it.
    pub(crate) fn rules(&self) -> usize {
        match self.what {
            What::Module(_) | What::Directory(_) => 1,
            What::Files(_) => self.shift.files.len(),
        }
    }
}

/// Every edit worth trying; claims of destinations are added to the layout.
pub(crate) fn find(ground: &Ground<'_>, past: &Past, layout: &mut Layout, level: Level) -> Vec<Candidate> {
    let finder = Finder { ground, past, layout, level, living_of: living_of_modules(ground) };
    let mut found: Vec<(What, Vec<FileId>, Party)> = Vec::new();
    let modules = finder.modules();
    if level == Level::Teams {
        let names = &ground.lens.structure.modules;
        for (module, files) in modules.iter().enumerate().filter(|(at, _)| is_directory(&names[*at].name)) {
            for to in finder.destinations(files) {
                found.push((What::Module(ModuleId::from_index(module)), files.clone(), to));
            }
        }
    }
    for (directory, files) in finder.directories() {
        if !finder.is_a_part(&files) {
            continue;
        }
        for to in finder.destinations(&files) {
            found.push((What::Directory(directory.clone()), files.clone(), to));
        }
    }
    for (module, files) in modules.iter().enumerate() {
        let module = ModuleId::from_index(module);
        for &file in files.iter().filter(|file| finder.lives(**file)) {
            if past.rows(file, &past.fit).len() >= FEWEST_TOUCHES {
                for to in finder.destinations(&[file]) {
                    found.push((What::Files(module), vec![file], to));
                }
            }
        }
        for to in finder.destinations(files) {
            found.push((What::Files(module), finder.seam_begins(files, to), to));
        }
    }
    let mut out = Vec::new();
    for (what, files, to) in found {
        if level == Level::Teams && !matches!(what, What::Files(_)) && !one_owner(ground, layout, &files) {
            continue;
        }
        let shift = Shift { files, to: layout.claim_of(to) };
        let seam = matches!(what, What::Files(_)) && shift.files.len() > 1;
        let shift = if seam { settle_seam(past, layout, shift) } else { Some(shift) };
        out.extend(shift.map(|shift| Candidate { what, to, shift }));
    }
    out
}

/// Modules and directories of one owner, each with a further owner: what any of them may answer needs no other.
pub(crate) fn shared(ground: &Ground<'_>, past: &Past, layout: &mut Layout) -> Vec<Candidate> {
    let finder = Finder { ground, past, layout, level: Level::Teams, living_of: living_of_modules(ground) };
    let names = &ground.lens.structure.modules;
    let modules = finder
        .modules()
        .into_iter()
        .enumerate()
        .filter(|(at, _)| is_directory(&names[*at].name))
        .map(|(at, files)| (What::Module(ModuleId::from_index(at)), files));
    let directories =
        finder.directories().into_iter().map(|(directory, files)| (What::Directory(directory), files));
    let mut found = Vec::new();
    for (what, files) in modules.chain(directories) {
        let mut claims: Vec<u32> = files.iter().map(|&file| layout.of(file)).collect();
        claims.sort_unstable();
        claims.dedup();
        let ([claim], false) = (claims.as_slice(), files.is_empty()) else { continue };
        let Some(owner) = layout.only(*claim) else { continue };
        for to in finder.destinations(&files) {
            found.push((what.clone(), files.clone(), owner, to));
        }
    }
    found
        .into_iter()
        .map(|(what, files, owner, to)| {
            let mut either = vec![owner, to];
            either.sort_unstable();
            let to_claim = layout.claim(vec![either]);
            Candidate { what, to, shift: Shift { files, to: to_claim } }
        })
        .collect()
}

/// Whether one claim holds for every living file that anybody owns: what several teams share is no team's to give.
fn one_owner(ground: &Ground<'_>, layout: &Layout, files: &[FileId]) -> bool {
    let living = files.iter().filter(|file| ground.places.files.alive(**file));
    let mut claims = living.map(|file| layout.of(*file)).filter(|claim| *claim != NOBODY);
    let first = claims.next();
    claims.all(|claim| Some(claim) == first)
}

struct Finder<'a> {
    ground: &'a Ground<'a>,
    past: &'a Past,
    layout: &'a Layout,
    level: Level,
    /// How many living files each module has.
    living_of: Vec<u64>,
}

fn living_of_modules(ground: &Ground<'_>) -> Vec<u64> {
    let structure = ground.lens.structure;
    let mut out = vec![0; structure.modules.len()];
    let living = ground.places.files.ids().filter(|&file| ground.places.files.alive(file));
    living.filter_map(|file| structure.module(file)).for_each(|module| out[module.index()] += 1);
    out
}

impl Finder<'_> {
    /// Whether a file is there where proposals are made.
    fn lives(&self, file: FileId) -> bool {
        self.ground.places.files.alive(file)
    }

    /// The files of each module, those that are gone, too.
    fn modules(&self) -> Vec<Vec<FileId>> {
        let structure = self.ground.lens.structure;
        let mut out = vec![Vec::new(); structure.modules.len()];
        for file in self.ground.places.files.ids() {
            if let Some(module) = structure.module(file) {
                out[module.index()].push(file);
            }
        }
        out
    }

    /// Directories that hold a living file and enough touches, each with every file below it.
    fn directories(&self) -> Vec<(String, Vec<FileId>)> {
        let places = self.ground.places;
        let mut below: BTreeMap<&[u8], Vec<FileId>> = BTreeMap::new();
        for file in places.files.ids() {
            let mut path = places.paths.bytes(places.files.path[file.index()]);
            while let Some(slash) = path.iter().rposition(|byte| *byte == b'/') {
                path = &path[..slash];
                below.entry(path).or_default().push(file);
            }
        }
        let touches = |files: &[FileId]| -> usize {
            files.iter().map(|&file| self.past.rows(file, &self.past.fit).len()).sum()
        };
        let mut out: Vec<(String, Vec<FileId>)> = Vec::new();
        for (path, files) in below {
            // A directory's name must be one that can be written down.
            let Ok(name) = std::str::from_utf8(path) else { continue };
            let lives = files.iter().any(|&file| self.lives(file));
            // A directory whose all lies in one below it is told by that one's parent alone.
            let repeats = out.last().is_some_and(|(_, last)| last.len() == files.len());
            if lives && !repeats && touches(&files) >= FEWEST_TOUCHES {
                out.push((name.to_owned(), files));
            }
        }
        out
    }

    /// Whether a directory is more than a module by another name and, where modules are counted, less than one: whole
    /// modules are merged by a rule of their own.
    fn is_a_part(&self, files: &[FileId]) -> bool {
        let structure = self.ground.lens.structure;
        let living = |file: &FileId| self.lives(*file);
        let mut inside = vec![0u64; structure.modules.len()];
        files.iter().filter(|file| living(file)).filter_map(|file| structure.module(*file)).for_each(
            |module| {
                inside[module.index()] += 1;
            },
        );
        let touched = inside.iter().filter(|count| **count > 0).count();
        let Some(first) = inside.iter().position(|count| *count > 0) else { return true };
        let whole = touched == 1 && inside[first] == self.living_of[first];
        !whole && (self.level == Level::Teams || touched == 1)
    }

    /// The parties some files are most often needed with, whoever answers for them now left out.
    fn destinations(&self, files: &[FileId]) -> Vec<Party> {
        let mut own: Vec<Party> = Vec::new();
        for &file in files {
            own.extend(self.layout.sets(self.layout.of(file)).iter().flatten());
        }
        own.sort_unstable();
        own.dedup();
        let single = (own.len() == 1).then(|| own[0]);
        let mut met: FxHashMap<Party, u32> = FxHashMap::default();
        let mut needs = Vec::new();
        for row in self.past.rows_of(files, &self.past.fit) {
            let claims = self.past.files(row).iter().map(|&file| self.layout.of(file));
            self.layout.needs(claims, &mut needs);
            if needs.len() > 1 {
                for party in needs.iter().filter(|party| Some(**party) != single) {
                    *met.entry(*party).or_default() += 1;
                }
            }
        }
        let mut met: Vec<(u32, Party)> = met
            .into_iter()
            .filter(|(party, _)| self.may_receive(*party))
            .map(|(party, count)| (count, party))
            .collect();
        met.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        met.into_iter().take(DESTINATIONS).filter(|(count, _)| *count >= 3).map(|(_, party)| party).collect()
    }

    /// Nothing is given to a single person, nor to what no directory names.
    fn may_receive(&self, party: Party) -> bool {
        let structure = self.ground.lens.structure;
        match self.level {
            Level::Teams => structure.teams[party.index()].kind != facts::structure::TeamKind::Person,
            Level::Modules => is_directory(&structure.modules[party.index()].name),
        }
    }

    /// The files of a module that would bring the most to a party if all others came along.
    fn seam_begins(&self, files: &[FileId], to: Party) -> Vec<FileId> {
        let mut worth: FxHashMap<FileId, f64> = FxHashMap::default();
        let mut needs = Vec::new();
        for row in self.past.rows_of(files, &self.past.fit) {
            let all = self.past.files(row);
            let claims = all.iter().map(|&file| self.layout.of(file));
            self.layout.needs(claims, &mut needs);
            let theirs = |file: &&FileId| self.layout.only(self.layout.of(**file)) != Some(to);
            let own: Vec<FileId> =
                all.iter().filter(theirs).filter(|file| self.layout.of(**file) != NOBODY).copied().collect();
            let share = 1.0 / own.len().max(1) as f64;
            let worth_of_one = match needs.as_slice() {
                [_, _] if needs.contains(&to) => share,
                [_] if own.len() > 1 => share - 1.0,
                _ => 0.0,
            };
            for file in own.into_iter().filter(|file| files.binary_search(file).is_ok()) {
                *worth.entry(file).or_default() += worth_of_one;
            }
        }
        let mut best: Vec<(f64, FileId)> = worth
            .into_iter()
            .filter(|&(file, worth)| worth > 0.5 && self.lives(file))
            .map(|(file, worth)| (worth, file))
            .collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut files: Vec<FileId> = best.into_iter().take(SEAM_BEGINS).map(|(_, file)| file).collect();
        files.sort_unstable();
        files
    }
}

/// Lets the files go that bring the least, until each left brings something and they are few; `None` below two.
fn settle_seam(past: &Past, layout: &Layout, mut shift: Shift) -> Option<Shift> {
    let judge = Judge::new(past, layout, 0);
    while shift.files.len() > 1 {
        let brings = (0..shift.files.len()).map(|at| (judge.brings(&shift, at, &past.fit), at));
        let (least, at) = brings.min()?;
        if least >= 2 && shift.files.len() <= SEAM_ENDS {
            break;
        }
        shift.files.remove(at);
    }
    (shift.files.len() > 1).then_some(shift)
}

/// The parties modules are, at the level of modules.
pub(crate) fn module_of(party: Party) -> ModuleId {
    let module = ModuleId(party.0);
    debug_assert_eq!(party_of(module), party);
    module
}
