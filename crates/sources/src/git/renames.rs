//! Renames: which deleted path came back under another name, as `git log -M` decides it.
//!
//! ```text
//! deleted D, added A
//!   1. same object id              every pair, no blob read; the same base name wins, then path order
//!   2. same base name, unique      accepted from a similarity of 75 %
//!   3. every remaining pair        the four best sources a target, best score first, from 50 %
//! ```
//!
//! Steps 2 and 3 read blobs. They are skipped where blobs are missing, and step 3 where a change has more
//! pairs than the budget: both are counted. The order and the tie-breaks are git's, so that the result can be
//! compared with git line by line (`diffcore-rename.c`, git 2.47).

use facts::TouchKind;
use rustc_hash::FxHashMap;

use super::{
    similarity::{Fingerprint, MAX_SCORE, sizes_rule_out},
    tree_diff::{Difference, Side},
};

const MINIMUM: u64 = MAX_SCORE / 2;
const MINIMUM_SAME_NAME: u64 = MINIMUM + (MAX_SCORE - MINIMUM) / 2;
const CANDIDATES_PER_TARGET: usize = 4;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Compare contents for at most this many (source, target) pairs of one change.
    pub(crate) pairs: u64,
    /// Never read a blob larger than this; it may still be renamed unchanged.
    pub(crate) blob_bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        // 1,000 × 1,000 is git's own `diff.renameLimit`; 16 MiB of text is past anything written by hand.
        Self { pairs: 1_000_000, blob_bytes: 16 << 20 }
    }
}

/// Where blobs come from.
pub(crate) trait Blobs {
    /// The size of a blob; `None` when it is missing.
    fn size(&self, id: &gix::oid) -> Option<u64>;
    /// Reads a blob into `buffer`; `false` when it is missing.
    fn read(&self, id: &gix::oid, buffer: &mut Vec<u8>) -> bool;
}

/// What rename detection could not look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// Pairs of paths not compared for the budget.
    pub(crate) pairs_over_budget: u64,
    /// Blobs that are not in the object store.
    pub(crate) missing_blobs: u64,
}

/// A difference with its source, when it is a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawTouch {
    pub(crate) path: Vec<u8>,
    pub(crate) kind: TouchKind,
    pub(crate) previous_path: Option<Vec<u8>>,
    pub(crate) old: Option<Side>,
    pub(crate) new: Option<Side>,
}

/// Turns differences into touches without looking for renames.
pub(crate) fn without_renames(differences: Vec<Difference>) -> Vec<RawTouch> {
    differences
        .into_iter()
        .map(|difference| RawTouch {
            kind: difference.kind(),
            path: difference.path,
            previous_path: None,
            old: difference.old,
            new: difference.new,
        })
        .collect()
}

/// Turns differences into touches, joining each rename's two halves.
pub(crate) fn with_renames(
    differences: Vec<Difference>,
    blobs: &impl Blobs,
    budget: Budget,
    skipped: &mut Skipped,
) -> Vec<RawTouch> {
    let has = |kind| differences.iter().any(|difference| difference.kind() == kind);
    if !has(TouchKind::Added) || !has(TouchKind::Deleted) {
        return without_renames(differences);
    }
    let mut pairing = Pairing::new(&differences);
    pairing.match_ids();
    pairing.match_similar(blobs, budget, skipped);
    let source_of = pairing.finish();
    let moved_away: rustc_hash::FxHashSet<usize> = source_of.values().copied().collect();
    differences
        .iter()
        .enumerate()
        .filter(|(at, _)| !moved_away.contains(at))
        .map(|(at, difference)| {
            let source = source_of.get(&at).map(|&source| &differences[source]);
            RawTouch {
                path: difference.path.clone(),
                kind: if source.is_some() { TouchKind::Renamed } else { difference.kind() },
                previous_path: source.map(|source| source.path.clone()),
                old: source.map_or(difference.old, |source| source.old),
                new: difference.new,
            }
        })
        .collect()
}

/// One half of a possible rename.
#[derive(Debug)]
struct Half<'a> {
    at: usize,
    base_name: &'a [u8],
    side: Side,
    /// For a target its source, for a source whether it is used.
    partner: Option<usize>,
}

impl Half<'_> {
    fn regular_file(&self) -> bool {
        self.side.mode & 0o170_000 == 0o100_000
    }
}

#[derive(Debug)]
struct Pairing<'a> {
    sources: Vec<Half<'a>>,
    targets: Vec<Half<'a>>,
}

impl<'a> Pairing<'a> {
    fn new(differences: &'a [Difference]) -> Self {
        let half = |at: usize, side: Side| Half {
            at,
            base_name: differences[at].path.rsplit(|&byte| byte == b'/').next().unwrap_or_default(),
            side,
            partner: None,
        };
        let (mut sources, mut targets) = (Vec::new(), Vec::new());
        for (at, difference) in differences.iter().enumerate() {
            match (difference.old, difference.new) {
                (Some(old), None) => sources.push(half(at, old)),
                (None, Some(new)) => targets.push(half(at, new)),
                _ => {}
            }
        }
        // Git goes through both in the byte order of whole paths.
        let by_path = |a: &Half<'_>, b: &Half<'_>| differences[a.at].path.cmp(&differences[b.at].path);
        sources.sort_by(by_path);
        targets.sort_by(by_path);
        Self { sources, targets }
    }

    fn join(&mut self, source: usize, target: usize) {
        self.sources[source].partner = Some(target);
        self.targets[target].partner = Some(source);
    }

    /// Step 1.
    fn match_ids(&mut self) {
        let mut by_id: FxHashMap<gix::ObjectId, Vec<usize>> = FxHashMap::default();
        for (at, source) in self.sources.iter().enumerate() {
            by_id.entry(source.side.id).or_default().push(at);
        }
        for target in 0..self.targets.len() {
            let Some(candidates) = by_id.get(&self.targets[target].side.id) else { continue };
            let wanted = &self.targets[target];
            let mut free = candidates.iter().copied().filter(|&source| {
                let source = &self.sources[source];
                source.partner.is_none() && source.side.mode & 0o170_000 == wanted.side.mode & 0o170_000
            });
            let same_name = free.clone().find(|&source| self.sources[source].base_name == wanted.base_name);
            if let Some(source) = same_name.or_else(|| free.next()) {
                self.join(source, target);
            }
        }
    }

    fn open_sources(&self) -> Vec<usize> {
        (0..self.sources.len()).filter(|&at| self.sources[at].partner.is_none()).collect()
    }

    fn open_targets(&self) -> Vec<usize> {
        (0..self.targets.len()).filter(|&at| self.targets[at].partner.is_none()).collect()
    }

    /// Steps 2 and 3.
    fn match_similar(&mut self, blobs: &impl Blobs, budget: Budget, skipped: &mut Skipped) {
        let (open_sources, open_targets) = (self.open_sources(), self.open_targets());
        if open_sources.is_empty() || open_targets.is_empty() {
            return;
        }
        let mut contents = Contents::new(blobs, budget.blob_bytes);
        for (source, target) in self.unique_base_names(&open_sources, &open_targets) {
            if contents.score(&self.sources[source], &self.targets[target], MINIMUM) >= MINIMUM_SAME_NAME {
                self.join(source, target);
            }
        }
        let (open_sources, open_targets) = (self.open_sources(), self.open_targets());
        let pairs = open_sources.len() as u64 * open_targets.len() as u64;
        if pairs > budget.pairs {
            skipped.pairs_over_budget += pairs;
        } else if pairs > 0 {
            for (source, target) in self.best_pairs(&mut contents, &open_sources, &open_targets) {
                if self.sources[source].partner.is_none() && self.targets[target].partner.is_none() {
                    self.join(source, target);
                }
            }
        }
        skipped.missing_blobs += contents.missing;
    }

    /// Pairs whose base name is unique among the open sources and among the open targets.
    fn unique_base_names(&self, open_sources: &[usize], open_targets: &[usize]) -> Vec<(usize, usize)> {
        let unique = |halves: &[Half<'a>], open: &[usize]| {
            let mut by_name: FxHashMap<&'a [u8], Option<usize>> = FxHashMap::default();
            for &at in open {
                by_name.entry(halves[at].base_name).and_modify(|only| *only = None).or_insert(Some(at));
            }
            by_name
        };
        let targets = unique(&self.targets, open_targets);
        let sources = unique(&self.sources, open_sources);
        open_sources
            .iter()
            .filter(|&&at| sources.get(self.sources[at].base_name) == Some(&Some(at)))
            .filter_map(|&at| Some((at, (*targets.get(self.sources[at].base_name)?)?)))
            .collect()
    }

    /// The best candidates of every target, best first.
    fn best_pairs(
        &self,
        contents: &mut Contents<'_, impl Blobs>,
        open_sources: &[usize],
        open_targets: &[usize],
    ) -> Vec<(usize, usize)> {
        let mut all: Vec<Candidate> = Vec::new();
        for &target in open_targets {
            let mut best: Vec<Candidate> = Vec::with_capacity(CANDIDATES_PER_TARGET);
            for &source in open_sources {
                let (from, to) = (&self.sources[source], &self.targets[target]);
                let score = contents.score(from, to, MINIMUM);
                let candidate =
                    Candidate { score, same_name: from.base_name == to.base_name, source, target };
                keep_best(&mut best, candidate);
            }
            all.extend(best);
        }
        all.retain(|candidate| candidate.score >= MINIMUM);
        // Stable, so that ties stay in path order as git has them.
        all.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
        all.into_iter().map(|candidate| (candidate.source, candidate.target)).collect()
    }

    /// The source of each target, as positions in the differences.
    fn finish(self) -> FxHashMap<usize, usize> {
        self.targets.iter().filter_map(|target| Some((target.at, self.sources[target.partner?].at))).collect()
    }
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    target: usize,
}

impl Candidate {
    fn rank(&self) -> (u64, bool) {
        (self.score, self.same_name)
    }
}

/// Keeps the best four; a newcomer replaces the first of the worst only when it is better.
fn keep_best(best: &mut Vec<Candidate>, candidate: Candidate) {
    if best.len() < CANDIDATES_PER_TARGET {
        best.push(candidate);
        return;
    }
    let mut worst = 0;
    for at in 1..best.len() {
        if best[at].rank() < best[worst].rank() {
            worst = at;
        }
    }
    if best[worst].rank() < candidate.rank() {
        best[worst] = candidate;
    }
}

/// Sizes and fingerprints, each read once.
struct Contents<'a, B> {
    blobs: &'a B,
    blob_bytes: u64,
    sizes: FxHashMap<gix::ObjectId, Option<u64>>,
    fingerprints: FxHashMap<gix::ObjectId, Option<Fingerprint>>,
    buffer: Vec<u8>,
    missing: u64,
}

impl<'a, B: Blobs> Contents<'a, B> {
    fn new(blobs: &'a B, blob_bytes: u64) -> Self {
        Self {
            blobs,
            blob_bytes,
            sizes: FxHashMap::default(),
            fingerprints: FxHashMap::default(),
            buffer: Vec::new(),
            missing: 0,
        }
    }

    fn score(&mut self, source: &Half<'_>, target: &Half<'_>, minimum: u64) -> u64 {
        if !source.regular_file() || !target.regular_file() {
            return 0;
        }
        let (Some(from), Some(to)) = (self.size(source.side.id), self.size(target.side.id)) else { return 0 };
        if sizes_rule_out(from, to, minimum) || from.max(to) > self.blob_bytes {
            return 0;
        }
        self.load(source.side.id);
        self.load(target.side.id);
        match (&self.fingerprints[&source.side.id], &self.fingerprints[&target.side.id]) {
            (Some(from), Some(to)) => from.score(to),
            _ => 0,
        }
    }

    fn size(&mut self, id: gix::ObjectId) -> Option<u64> {
        *self.sizes.entry(id).or_insert_with(|| {
            let size = self.blobs.size(&id);
            self.missing += u64::from(size.is_none());
            size
        })
    }

    fn load(&mut self, id: gix::ObjectId) {
        if !self.fingerprints.contains_key(&id) {
            let fingerprint = self.blobs.read(&id, &mut self.buffer).then(|| Fingerprint::new(&self.buffer));
            self.missing += u64::from(fingerprint.is_none());
            self.fingerprints.insert(id, fingerprint);
        }
    }
}
