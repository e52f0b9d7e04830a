//! Who is needed for which file, in a form that a thousand edits can be tried on: teams, or modules where no teams show.
//!
//! ```text
//! file ──claim──▶ sets of alternatives ──smallest cover──▶ parties a change needs
//! ```

use facts::{FileId, Lens, ModuleId, Structure, TeamId, lens::smallest_cover};
use rustc_hash::FxHashMap;

use super::judge::Shift;

/// Whose work is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Teams that must be asked.
    Teams,
    /// Modules that must be touched; where no two teams show.
    Modules,
}

impl Level {
    /// `teams` or `modules`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Teams => "teams",
            Self::Modules => "modules",
        }
    }
}

/// A team or a module, by its number.
pub(crate) type Party = TeamId;

/// The claim of a file nobody owns.
pub(crate) const NOBODY: u32 = 0;

/// Who is needed for each file.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// By file.
    pub(crate) claim_of_file: Vec<u32>,
    /// Each claim's sets of alternatives.
    claims: Vec<Vec<Vec<Party>>>,
    /// The only party that can answer a claim, where there is one.
    only: Vec<Option<Party>>,
    known: FxHashMap<Vec<Vec<Party>>, u32>,
}

impl Layout {
    fn empty() -> Self {
        let mut out = Self {
            claim_of_file: Vec::new(),
            claims: Vec::new(),
            only: Vec::new(),
            known: FxHashMap::default(),
        };
        out.claim(Vec::new());
        out
    }

    /// Teams by the ownership a lens looks through, modules by its structure.
    pub(crate) fn new(lens: &Lens<'_>, level: Level) -> Self {
        let mut out = Self::empty();
        for file in lens.facts.files.ids() {
            let sets = match level {
                Level::Teams => {
                    lens.ownership.sets(file).map(|set| lens.ownership.sets[set as usize].clone()).collect()
                }
                Level::Modules => module_party(lens.structure, file).into_iter().collect(),
            };
            let claim = out.claim(sets);
            out.claim_of_file.push(claim);
        }
        out
    }

    /// The number of a claim.
    pub(crate) fn claim(&mut self, mut sets: Vec<Vec<Party>>) -> u32 {
        sets.retain(|set| !set.is_empty());
        sets.sort_unstable();
        sets.dedup();
        if let Some(&known) = self.known.get(&sets) {
            return known;
        }
        let number = self.claims.len() as u32;
        self.only.push(match sets.as_slice() {
            [set] if set.len() == 1 => Some(set[0]),
            _ => None,
        });
        self.claims.push(sets.clone());
        self.known.insert(sets, number);
        number
    }

    /// The claim of one party alone.
    pub(crate) fn claim_of(&mut self, party: Party) -> u32 {
        self.claim(vec![vec![party]])
    }

    /// How many claims there are.
    pub(crate) fn claims(&self) -> usize {
        self.claims.len()
    }

    /// The same once edits are made, one after another.
    pub(crate) fn after<'s>(&self, shifts: impl IntoIterator<Item = &'s Shift>) -> Self {
        let mut out = self.clone();
        for shift in shifts {
            shift.files.iter().for_each(|file| out.claim_of_file[file.index()] = shift.to);
        }
        out
    }

    /// The sets of a claim.
    pub(crate) fn sets(&self, claim: u32) -> &[Vec<Party>] {
        &self.claims[claim as usize]
    }

    /// The only party that can answer a claim.
    pub(crate) fn only(&self, claim: u32) -> Option<Party> {
        self.only[claim as usize]
    }

    /// The claim of a file.
    pub(crate) fn of(&self, file: FileId) -> u32 {
        self.claim_of_file[file.index()]
    }

    /// The parties some claims need, sorted; `out` is cleared first.
    pub(crate) fn needs(&self, claims: impl Iterator<Item = u32> + Clone, out: &mut Vec<Party>) {
        out.clear();
        let mut open = false;
        for claim in claims.clone() {
            match self.only[claim as usize] {
                Some(party) => out.push(party),
                None => open |= claim != NOBODY,
            }
        }
        if open {
            let sets = claims.flat_map(|claim| &self.claims[claim as usize]).map(Vec::as_slice);
            let mut sets: Vec<&[Party]> = sets.collect();
            sets.sort_unstable();
            sets.dedup();
            *out = smallest_cover(sets.into_iter()).0;
            return;
        }
        out.sort_unstable();
        out.dedup();
    }
}

fn module_party(structure: &Structure, file: FileId) -> Option<Vec<Party>> {
    structure.module(file).map(|module| vec![party_of(module)])
}

/// A module as a party.
pub(crate) fn party_of(module: ModuleId) -> Party {
    TeamId(module.0)
}
