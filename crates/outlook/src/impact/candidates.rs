//! The files a change might need beside those in hand, and what history says of each with them.

use facts::{Facts, FileId, PersonId};
use rustc_hash::FxHashSet;

use super::{
    decay::{Fading, HALF_LIVES},
    past::Past,
    ranking::shuffled,
    signals::{Row, View},
};

/// The half-life of what is not S itself: the third.
pub(super) const MIDDLE: usize = 2;
/// That of what never fades but in ages: the fourth.
const LONG: usize = 3;
/// So many candidates are looked at, those with the largest S first; half as many of those on which history is silent.
const MOST: usize = 150;
/// So many candidates a directory of the query gives where history is silent, those that came last.
const NEIGHBOURS: usize = 20;
/// A stem that more files have says nothing.
const NAMESAKES: usize = 12;
/// The files of so many of the latest changes are candidates.
const LATEST: u32 = 8;
/// A file's own memory: so many of its latest changes, halved every fourth.
const OWN_CHANGES: usize = 16;
const OWN_HALF_LIFE: f32 = 4.0;
/// Changes of one author further apart are no one piece of work.
const APART: u32 = 50;
/// What an author worked on lately: so many changes, no older than this, the files of the latest being candidates.
const BY_AUTHOR: usize = 10;
const OLDEST_BY_AUTHOR: u32 = 400;
const LATEST_BY_AUTHOR: usize = 4;
/// No candidate, and one of the query's own files.
const NONE: u32 = u32::MAX;
const IN_HAND: u32 = u32::MAX - 1;

/// A file that might be needed, and what speaks for it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The file.
    pub file: FileId,
    /// S by each half-life.
    pub fading: [f32; HALF_LIVES.len()],
    /// Every signal.
    pub row: Row,
}

/// A change in hand.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Its files as far as they are known; those that were there before it.
    pub files: &'a [FileId],
    /// Paths of files that it adds.
    pub new: &'a [&'a [u8]],
    /// Who makes it; `None` where that is not known.
    pub author: Option<PersonId>,
}

/// What history says of one candidate.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// S by each half-life.
    pub(super) fading: [f32; HALF_LIVES.len()],
    /// As S, but each change by the share of the query it has alone, and by that over its further files.
    pub(super) plain: f32,
    pub(super) small: f32,
    /// Changes with files of the query.
    pub(super) count: f32,
    /// The most files of the query it changed with at once, and how often with so many.
    pub(super) most_shared: f32,
    pub(super) at_most_shared: f32,
    /// How many changes ago it last did.
    pub(super) youngest: u32,
    /// What the same author changed next to changes of the query.
    pub(super) beside: f32,
    /// Files of the query it changed with.
    pub(super) linked: f32,
    /// How often it changes when a file of the query does: the most, the sum, and how probably with none of them.
    pub(super) best: f32,
    pub(super) sum: f32,
    pub(super) with_none: f32,
    /// The same over each file's own latest changes.
    pub(super) lately: f32,
    pub(super) lately_sum: f32,
    /// How much the author worked on it lately, and how many of their changes ago; 0 where they did not.
    pub(super) by_author: f32,
    pub(super) author_age: f32,
}

impl Said {
    const NOTHING: Self = Self {
        fading: [0.0; HALF_LIVES.len()],
        plain: 0.0,
        small: 0.0,
        count: 0.0,
        most_shared: 0.0,
        at_most_shared: 0.0,
        youngest: u32::MAX,
        beside: 0.0,
        linked: 0.0,
        best: 0.0,
        sum: 0.0,
        with_none: 1.0,
        lately: 0.0,
        lately_sum: 0.0,
        by_author: 0.0,
        author_age: 0.0,
    };
}

/// Room for answers, kept from question to question.
#[derive(Clone, Debug)]
pub struct Room {
    fading: Fading,
    /// How many files of the query a change has, by position.
    shared: Vec<u16>,
    /// Where a file stands among the candidates.
    slot: Vec<u32>,
    /// How much a file changed with one of the query.
    with_one: Vec<f32>,
    found: Vec<FileId>,
    said: Vec<Said>,
}

impl Room {
    /// Room for questions to this history.
    pub fn new(facts: &Facts) -> Self {
        Self {
            fading: Fading::new(facts.changes.len() + 1),
            shared: vec![0; facts.changes.len()],
            slot: vec![NONE; facts.files.len()],
            with_one: vec![0.0; facts.files.len()],
            found: Vec::new(),
            said: Vec::new(),
        }
    }

    /// The candidates for a query, those with the largest S by the half-life of that number first, then those on which
    /// history is silent.
    pub fn candidates(
        &mut self,
        facts: &Facts,
        past: &Past,
        query: Query<'_>,
        half_life: usize,
    ) -> Vec<Candidate> {
        for file in query.files {
            self.slot[file.index()] = IN_HAND;
        }
        let shared = self.together(past, query);
        self.one_by_one(past, query);
        self.beside(past, query, &shared);
        self.silent(past, query);
        self.by_author(past, query);
        let order = self.order(half_life);
        let view =
            View::new(facts, past, query, &self.fading, order.iter().map(|&at| &self.said[at]), half_life);
        let candidate = |(rank, &at): (usize, &usize)| {
            let (file, said) = (self.found[at], &self.said[at]);
            Candidate { file, fading: said.fading, row: view.row(file, rank, said) }
        };
        let candidates = order.iter().enumerate().map(candidate).collect();
        for position in shared {
            self.shared[position as usize] = 0;
        }
        for file in self.found.drain(..).chain(query.files.iter().copied()) {
            self.slot[file.index()] = NONE;
        }
        self.said.clear();
        candidates
    }

    /// Which candidates are looked at, and in which order.
    fn order(&self, half_life: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.found.len()).collect();
        order.sort_unstable_by(|&a, &b| {
            let (x, y) = (&self.said[a], &self.said[b]);
            let by_s = y.fading[half_life].total_cmp(&x.fading[half_life]);
            let by_s = by_s.then_with(|| y.beside.total_cmp(&x.beside));
            by_s.then_with(|| shuffled(self.found[a]).cmp(&shuffled(self.found[b])))
        });
        let (spoken, silent): (Vec<usize>, Vec<usize>) =
            order.into_iter().partition(|&at| self.said[at].count > 0.0);
        spoken.into_iter().take(MOST).chain(silent.into_iter().take(MOST / 2)).collect()
    }

    /// What is said of a file; `None` where it is in hand already or does not exist.
    fn of(&mut self, past: &Past, file: FileId) -> Option<&mut Said> {
        let slot = self.slot[file.index()];
        if slot == NONE {
            past.place_of(file)?;
            self.slot[file.index()] = self.found.len() as u32;
            self.found.push(file);
            self.said.push(Said::NOTHING);
            return self.said.last_mut();
        }
        // The mark of a file in hand is no place.
        self.said.get_mut(slot as usize)
    }

    /// What changed together with files of the query; the positions of the changes that did.
    fn together(&mut self, past: &Past, query: Query<'_>) -> Vec<u32> {
        let mut shared: Vec<u32> = Vec::new();
        for file in query.files {
            for &position in past.changes_of(*file) {
                if self.shared[position as usize] == 0 {
                    shared.push(position);
                }
                self.shared[position as usize] += 1;
            }
        }
        for &position in &shared {
            let files = past.files_of(position);
            let common = f32::from(self.shared[position as usize]);
            let share = common / query.files.len() as f32;
            let age = past.len() as u32 - position;
            let left = *self.fading.at(age);
            let further = (files.len().max(2) - 1) as f32;
            for &file in files {
                let Some(one) = self.of(past, file) else { continue };
                let s = share * share / further.sqrt();
                one.fading.iter_mut().zip(left).for_each(|(sum, left)| *sum += s * left);
                one.plain += share * left[LONG];
                one.small += share * left[LONG] / further;
                one.count += 1.0;
                one.youngest = one.youngest.min(age);
                if common > one.most_shared {
                    (one.most_shared, one.at_most_shared) = (common, 0.0);
                }
                one.at_most_shared += f32::from(u8::from(common == one.most_shared));
            }
        }
        shared
    }

    /// How often a candidate changes when a file of the query does, file by file.
    fn one_by_one(&mut self, past: &Past, query: Query<'_>) {
        let mut touched: Vec<FileId> = Vec::new();
        for file in query.files {
            let changes = past.changes_of(*file);
            let mut whole = 0.0;
            for &position in changes {
                let left = self.fading.at(past.len() as u32 - position)[MIDDLE];
                whole += left;
                self.add(past, position, left, &mut touched);
            }
            for other in touched.drain(..) {
                let share = self.take(other) / (whole + 0.5);
                let Some(one) = self.said.get_mut(self.slot[other.index()] as usize) else { continue };
                one.linked += 1.0;
                one.best = one.best.max(share);
                one.sum += share;
                one.with_none *= 1.0 - share.min(0.999);
            }
            let mut whole = 0.0;
            for (back, &position) in changes.iter().rev().take(OWN_CHANGES).enumerate() {
                let left = (-(back as f32) / OWN_HALF_LIFE).exp2();
                whole += left;
                self.add(past, position, left, &mut touched);
            }
            for other in touched.drain(..) {
                let share = self.take(other) / (whole + 0.5);
                let Some(one) = self.said.get_mut(self.slot[other.index()] as usize) else { continue };
                one.lately = one.lately.max(share);
                one.lately_sum += share;
            }
        }
    }

    fn add(&mut self, past: &Past, position: u32, left: f32, touched: &mut Vec<FileId>) {
        for &other in past.files_of(position) {
            // What has faded to nothing says nothing.
            if self.slot[other.index()] < IN_HAND && left > 0.0 {
                if self.with_one[other.index()] == 0.0 {
                    touched.push(other);
                }
                self.with_one[other.index()] += left;
            }
        }
    }

    fn take(&mut self, other: FileId) -> f32 {
        std::mem::take(&mut self.with_one[other.index()])
    }

    /// What the same author changed just before or after: work over several changes.
    fn beside(&mut self, past: &Past, query: Query<'_>, shared: &[u32]) {
        for &position in shared {
            let share = f32::from(self.shared[position as usize]) / query.files.len() as f32;
            for next in past.beside(position).filter(|next| next.abs_diff(position) <= APART) {
                let files = past.files_of(next);
                let left = self.fading.at(past.len() as u32 - next)[MIDDLE];
                let said = share * share * left / (files.len() as f32).sqrt();
                for &file in files {
                    if let Some(one) = self.of(past, file) {
                        one.beside += said;
                    }
                }
            }
        }
    }

    /// Files on which history is silent: those that lie beside the query, are called like it, or changed just now.
    fn silent(&mut self, past: &Past, query: Query<'_>) {
        let mut more: Vec<FileId> = Vec::new();
        let mut seen: FxHashSet<u32> = FxHashSet::default();
        let there = query.files.iter().filter_map(|file| past.place_of(*file));
        let there = there.map(|place| (Some(place.directory), Some(place.stem)));
        for (directory, stem) in there.chain(query.new.iter().map(|path| past.numbers_of(path))) {
            if let Some(directory) = directory.filter(|&directory| seen.insert(directory)) {
                more.extend(past.inhabitants(directory).rev().take(NEIGHBOURS));
            }
            if let Some(stem) = stem
                && past.namesakes(stem).take(NAMESAKES + 1).count() <= NAMESAKES
            {
                more.extend(past.namesakes(stem));
            }
        }
        let length = past.len() as u32;
        for position in length.saturating_sub(LATEST)..length {
            more.extend(past.files_of(position));
        }
        for file in more {
            let _ = self.of(past, file);
        }
    }

    /// What the author of the change worked on lately.
    fn by_author(&mut self, past: &Past, query: Query<'_>) {
        for (back, position) in past.by(query.author).take(BY_AUTHOR).enumerate() {
            let age = past.len() as u32 - position;
            if age > OLDEST_BY_AUTHOR {
                break;
            }
            let said = (-(back as f32) / 3.0).exp2() * self.fading.at(age)[0];
            for &file in past.files_of(position) {
                if back >= LATEST_BY_AUTHOR && self.slot[file.index()] == NONE {
                    continue;
                }
                if let Some(one) = self.of(past, file) {
                    if one.author_age == 0.0 {
                        one.author_age = back as f32 + 1.0;
                    }
                    one.by_author += said;
                }
            }
        }
    }
}
