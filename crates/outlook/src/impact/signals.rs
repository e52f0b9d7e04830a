//! What speaks for a candidate, as numbers in a row: how it changed with the files in hand, how it moves by itself, where it lies
//! and what it is called.

use facts::{Facts, FileId};
use rustc_hash::FxHashMap;

use super::{
    candidates::{MIDDLE, Query, Said},
    decay::{Fading, HALF_LIVES},
    past::{Past, Place, parts},
};

/// How many signals there are.
pub const SIGNALS: usize = 42;

/// Every signal of one candidate.
pub type Row = [f32; SIGNALS];

/// Changes of a candidate's own that tell how busy it is.
const BUSY: usize = 200;
/// The signal of a candidate its author did not work on.
const NOT_BY_AUTHOR: f32 = 20.0;

/// One query, seen from its candidates.
pub(super) struct View<'a> {
    facts: &'a Facts,
    past: &'a Past,
    fading: &'a Fading,
    half_life: usize,
    places: Vec<Near<'a>>,
    size: f32,
    /// The largest S, by each half-life; the sum by that of the repository.
    largest: [f32; HALF_LIVES.len()],
    total: f32,
    candidates: usize,
    most_shared: f32,
    /// Changes of the query's busiest file.
    busiest: f32,
    /// How likely one of a directory's files changes when one of the query's directories does.
    towards: FxHashMap<u32, f32>,
}

impl<'a> View<'a> {
    pub(super) fn new<'s>(
        facts: &'a Facts,
        past: &'a Past,
        query: Query<'a>,
        fading: &'a Fading,
        all: impl Iterator<Item = &'s Said>,
        half_life: usize,
    ) -> Self {
        let mut largest = [0.0f32; HALF_LIVES.len()];
        let (mut total, mut most_shared, mut candidates) = (0.0, 0.0f32, 0);
        for said in all {
            largest.iter_mut().zip(said.fading).for_each(|(large, own)| *large = large.max(own));
            total += said.fading[half_life];
            most_shared = most_shared.max(said.most_shared);
            candidates += 1;
        }
        let there = query.files.iter().filter_map(|file| past.place_of(*file));
        let there = there.map(|place| Near::there(facts, past, place));
        let places: Vec<Near<'a>> = there.chain(query.new.iter().map(|path| Near::new(past, path))).collect();
        let towards = towards(past, &places, fading);
        let busiest = query.files.iter().map(|file| past.changes_of(*file).len()).max().unwrap_or(0) as f32;
        let size = (query.files.len() + query.new.len()) as f32;
        Self {
            facts,
            past,
            fading,
            half_life,
            places,
            size,
            largest,
            total,
            candidates,
            most_shared,
            busiest,
            towards,
        }
    }

    pub(super) fn row(&self, file: FileId, rank: usize, said: &Said) -> Row {
        let mut row = [0.0; SIGNALS];
        let groups =
            [&self.together(rank, said)[..], &self.alone(file, said), &self.place(file), &self.asked()];
        row.iter_mut().zip(groups.into_iter().flatten()).for_each(|(cell, &value)| *cell = value);
        row
    }

    /// How it changed with the query.
    fn together(&self, rank: usize, said: &Said) -> [f32; 28] {
        let [s0, s1, s2, s3, s4] = said.fading.map(|sum| (sum + 1e-4).ln());
        let mut shares = said.fading;
        shares.iter_mut().zip(self.largest).for_each(|(sum, large)| *sum /= large + 1e-6);
        let [r0, r1, r2, r3, r4] = shares;
        let now = self.past.len() as u32;
        [
            s0,
            s1,
            s2,
            s3,
            s4,
            r0,
            r1,
            r2,
            r3,
            r4,
            said.fading[self.half_life] / (self.total + 1e-6),
            rank as f32,
            said.count,
            said.most_shared / self.size,
            said.at_most_shared,
            said.most_shared - self.most_shared,
            (said.youngest.min(now) as f32 + 1.0).ln(),
            said.linked / self.size,
            said.best,
            said.sum / self.size,
            1.0 - said.with_none,
            said.lately,
            said.lately_sum / self.size,
            (said.plain + 1e-3).ln(),
            (said.small + 1e-3).ln(),
            (said.beside + 1e-4).ln(),
            said.by_author,
            if said.author_age == 0.0 { NOT_BY_AUTHOR } else { said.author_age },
        ]
    }

    /// How it moves by itself.
    fn alone(&self, file: FileId, said: &Said) -> [f32; 4] {
        let own = self.past.changes_of(file);
        let now = self.past.len() as u32;
        let last = own.last().map_or(now, |&position| now - position);
        let recent = own.iter().rev().take(BUSY).map(|&position| self.fading.at(now - position)[1]).sum();
        let count = own.len() as f32;
        [(last as f32 + 1.0).ln(), recent, said.count / (count + 0.5), (count + 1.0).ln()]
    }

    /// Where it lies and what it is called.
    fn place(&self, file: FileId) -> [f32; 7] {
        let Some(place) = self.past.place_of(file) else { return [0.0; 7] };
        let towards = self.towards.get(&place.directory).copied().unwrap_or(0.0);
        let visits = self.past.visits(place.directory).len() as f32;
        let part = (self.past.changes_of(file).len() as f32 + 0.2) / (visits + 1.0);
        let (mut near, mut same, mut stem, mut name, mut ending) = (0.0f32, 0.0, 0.0f32, 0.0f32, 0.0);
        for other in &self.places {
            near = near.max(nearness(self.past.directory_path(place.directory), other.directory));
            same += f32::from(u8::from(Some(place.directory) == other.number));
            let [stems, names, endings] = self.likeness(place, other);
            stem = stem.max(stems);
            name = name.max(names);
            ending += endings;
        }
        [towards, towards * part, near, same / self.size, stem, name, ending / self.size]
    }

    /// What was asked.
    fn asked(&self) -> [f32; 3] {
        [self.size, (self.candidates as f32 + 1.0).ln(), (self.busiest + 1.0).ln()]
    }

    /// How alike two names are: 1 for one stem, else half the share of their common beginning; 1 for one name in two
    /// directories; 1 for one ending.
    fn likeness(&self, a: Place, b: &Near<'_>) -> [f32; 3] {
        let (x, y) = (parts(self.facts.paths.bytes(a.path)).1, b.name);
        let begin = x.iter().zip(y).take_while(|(x, y)| x == y).count() as f32;
        let stem =
            if Some(a.stem) == b.stem { 1.0 } else { begin / (x.len().max(y.len()) as f32 + 1.0) / 2.0 };
        let ending = |name: &[u8]| name.iter().rposition(|&byte| byte == b'.').unwrap_or(name.len());
        let endings = x[ending(x)..] == y[ending(y)..];
        [stem, f32::from(u8::from(x == y)), f32::from(u8::from(endings))]
    }
}

/// Where a file of the query lies, or a new one will.
struct Near<'a> {
    directory: &'a [u8],
    /// The number of its directory, where files lie or lay there.
    number: Option<u32>,
    stem: Option<u32>,
    name: &'a [u8],
}

impl<'a> Near<'a> {
    fn there(facts: &'a Facts, past: &'a Past, place: Place) -> Self {
        Self {
            directory: past.directory_path(place.directory),
            number: Some(place.directory),
            stem: Some(place.stem),
            name: parts(facts.paths.bytes(place.path)).1,
        }
    }

    fn new(past: &Past, path: &'a [u8]) -> Self {
        let (directory, name) = parts(path);
        let (number, stem) = past.numbers_of(path);
        Self { directory, number, stem, name }
    }
}

/// The share of path parts two directories have in common, from the root, 0 to 1; the root shares nothing with others.
fn nearness(a: &[u8], b: &[u8]) -> f32 {
    if a == b {
        return 1.0;
    }
    let split = |directory| <[u8]>::split(directory, |&byte| byte == b'/');
    let common = split(a).zip(split(b)).take_while(|(a, b)| a == b).count();
    common as f32 / split(a).count().max(split(b).count()) as f32
}

/// For each directory, how likely one of its files changes when a file in one of the query's does: the highest over those.
fn towards(past: &Past, places: &[Near<'_>], fading: &Fading) -> FxHashMap<u32, f32> {
    let mut best: FxHashMap<u32, f32> = FxHashMap::default();
    let mut from: Vec<u32> = places.iter().filter_map(|place| place.number).collect();
    from.sort_unstable();
    from.dedup();
    for &directory in &from {
        let mut with: FxHashMap<u32, f32> = FxHashMap::default();
        let mut whole = 0.0;
        for &position in past.visits(directory) {
            let left = fading.at(past.len() as u32 - position)[MIDDLE];
            whole += left;
            for &(other, files) in past.directories_of(position) {
                if other != directory || files > 1 {
                    *with.entry(other).or_default() += left;
                }
            }
        }
        for (other, sum) in with {
            let held = best.entry(other).or_default();
            *held = held.max(sum / (whole + 1.0));
        }
    }
    best
}
