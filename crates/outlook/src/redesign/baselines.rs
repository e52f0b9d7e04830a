//! What else one could have done: other ways to the same amount of change, and fresh cuts at equal concentration.
//!
//! | name | is |
//! |---|---|
//! | `leiden_moves` | files whose community by what changes together has another owner go to that owner, those most at home there first, until as many touches move as by the proposals |
//! | `directory_moves` | files whose directory mostly has another owner go to that owner, the busiest first, until the same |
//! | `random_moves` | equally active files moved the same way: the mean of the controls |
//! | `leiden` | a fresh cut by communities, its resolution such that as many parties share the work in effect as after the proposals |
//! | `directories` | a fresh cut by directories, the busiest cut on until the same |
//!
//! Fresh cuts are compared on files that changes before the cut touch and somebody owns, theirs and ours alike.

use std::collections::BTreeMap;

use facts::FileId;
use leiden_rs::{GraphDataBuilder, Leiden, LeidenConfig};
use measures::stats::concentration;
use rustc_hash::FxHashMap;

use super::{
    Ground, Options, Redesign,
    layout::{Layout, NOBODY},
    past::{Past, Slice},
};

/// One other way.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// See the module.
    pub name: &'static str,
    /// Of moves, what they save in the held-out year, in parties per change.
    pub gain: Option<f64>,
    /// Of cuts, parties needed beyond the first per change of the held-out year.
    pub further: Option<f64>,
    /// How many parties share the work evenly, in effect.
    pub effective: Option<f64>,
    /// Touches before the cut of the files that get another owner.
    pub moved_touches: u64,
}

/// A redesign, and what else could have been done.
pub fn baselines(ground: &Ground<'_>, options: Options) -> (Redesign, Vec<Baseline>) {
    let found = super::find(ground, options);
    let (redesign, shifts) = (found.redesign, found.taken);
    if shifts.is_empty() || found.past.held_out.len() == 0 {
        return (redesign, Vec::new());
    }
    let rivals = Rivals { past: &found.past, layout: &found.layout, ground };
    let plan = found.layout.after(&shifts);
    let moved: u64 = shifts.iter().flat_map(|shift| &shift.files).map(|&file| rivals.touches(file)).sum();
    let effective = rivals.effective(|file| plan.of(file));
    let graph = rivals.graph(&found.past.training());
    let mut out = vec![
        Baseline {
            name: "proposals",
            gain: Some(rivals.gain(&plan)),
            further: Some(rivals.further(|file| plan.of(file))),
            effective: Some(effective),
            moved_touches: moved,
        },
        Baseline {
            name: "as_it_is",
            gain: Some(0.0),
            further: Some(rivals.further(|file| found.layout.of(file))),
            effective: Some(rivals.effective(|file| found.layout.of(file))),
            moved_touches: 0,
        },
    ];
    let controls: Vec<f64> = redesign.proposals[..shifts.len()]
        .iter()
        .filter_map(|one| Some(one.held_out.as_ref()?.control.as_ref()?.mean))
        .collect();
    out.push(Baseline {
        name: "random_moves",
        gain: (controls.len() == shifts.len()).then(|| controls.iter().sum()),
        further: None,
        effective: None,
        moved_touches: moved,
    });
    if let Some(communities) = graph.communities(1.0) {
        out.push(rivals.moves("leiden_moves", &rivals.by_community(&communities, &graph), moved));
    }
    out.push(rivals.moves("directory_moves", &rivals.by_directory(), moved));
    if let Some(cut) = rivals.leiden_cut(&graph, effective) {
        out.push(rivals.cut("leiden", &cut));
    }
    out.push(rivals.cut("directories", &rivals.directory_cut(effective)));
    (redesign, out)
}

struct Rivals<'a> {
    past: &'a Past,
    layout: &'a Layout,
    ground: &'a Ground<'a>,
}

/// Files and how often they change together, each change's weight shared over its pairs.
struct Together {
    files: Vec<FileId>,
    edges: Vec<(usize, usize, f64)>,
}

impl Rivals<'_> {
    fn touches(&self, file: FileId) -> u64 {
        self.past.rows(file, &self.past.training()).len() as u64
    }

    /// Files both sides are compared on.
    fn counts(&self, file: FileId) -> bool {
        self.layout.of(file) != NOBODY && self.touches(file) > 0
    }

    /// What another layout saves in the held-out year, per change.
    fn gain(&self, after: &Layout) -> f64 {
        let slice = &self.past.held_out;
        let before = super::search::base(self.past, self.layout, slice);
        let after = super::search::base(self.past, after, slice);
        (before.further as f64 - after.further as f64) / slice.len().max(1) as f64
    }

    /// Labels needed beyond the first, per change of the held-out year, over the files that count.
    fn further(&self, label: impl Fn(FileId) -> u32) -> f64 {
        let slice = &self.past.held_out;
        let mut labels = Vec::new();
        let mut further = 0;
        for row in slice.from..slice.to {
            labels.clear();
            let files = self.past.files(row as u32).iter();
            labels.extend(files.filter(|file| self.counts(**file)).map(|file| label(*file)));
            labels.sort_unstable();
            labels.dedup();
            further += labels.len().saturating_sub(1);
        }
        further as f64 / slice.len().max(1) as f64
    }

    fn effective(&self, label: impl Fn(FileId) -> u32) -> f64 {
        let mut touches: BTreeMap<u32, f64> = BTreeMap::new();
        for at in 0..self.layout.claim_of_file.len() {
            let file = FileId::from_index(at);
            if self.counts(file) {
                *touches.entry(label(file)).or_default() += self.touches(file) as f64;
            }
        }
        let touches: Vec<f64> = touches.into_values().collect();
        concentration::effective(&touches).unwrap_or(0.0)
    }

    fn graph(&self, training: &Slice) -> Together {
        let mut number: FxHashMap<FileId, usize> = FxHashMap::default();
        let mut files = Vec::new();
        let mut weights: FxHashMap<(usize, usize), f64> = FxHashMap::default();
        for row in training.from..training.to {
            let own: Vec<usize> = self
                .past
                .files(row as u32)
                .iter()
                .filter(|file| self.counts(**file))
                .map(|&file| {
                    *number.entry(file).or_insert_with(|| {
                        files.push(file);
                        files.len() - 1
                    })
                })
                .collect();
            let weight = 1.0 / own.len().saturating_sub(1).max(1) as f64;
            for (at, &a) in own.iter().enumerate() {
                for &b in &own[at + 1..] {
                    *weights.entry((a.min(b), a.max(b))).or_default() += weight;
                }
            }
        }
        let mut edges: Vec<(usize, usize, f64)> =
            weights.into_iter().map(|((a, b), weight)| (a, b, weight)).collect();
        edges.sort_by_key(|edge| (edge.0, edge.1));
        Together { files, edges }
    }

    /// Files that should go elsewhere, with where and how strongly.
    fn by_community(&self, communities: &[usize], graph: &Together) -> Vec<(f64, FileId, u32)> {
        let mut owners: BTreeMap<usize, BTreeMap<u32, u64>> = BTreeMap::new();
        for (at, &file) in graph.files.iter().enumerate() {
            let claims = owners.entry(communities[at]).or_default();
            *claims.entry(self.layout.of(file)).or_default() += self.touches(file);
        }
        let most = |claims: &BTreeMap<u32, u64>| {
            claims
                .iter()
                .max_by_key(|(claim, touches)| (**touches, std::cmp::Reverse(**claim)))
                .map(|(claim, _)| *claim)
        };
        let owner: BTreeMap<usize, u32> =
            owners.iter().filter_map(|(community, claims)| Some((*community, most(claims)?))).collect();
        let mut pull = vec![0.0; graph.files.len()];
        for &(a, b, weight) in &graph.edges {
            for (own, other) in [(a, b), (b, a)] {
                let to = owner[&communities[own]];
                let claim = self.layout.of(graph.files[other]);
                if claim == to {
                    pull[own] += weight;
                } else if claim == self.layout.of(graph.files[own]) {
                    pull[own] -= weight;
                }
            }
        }
        let mut out: Vec<(f64, FileId, u32)> = graph
            .files
            .iter()
            .enumerate()
            .map(|(at, &file)| (pull[at], file, owner[&communities[at]]))
            .filter(|(_, file, to)| self.layout.of(*file) != *to)
            .collect();
        out.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        out
    }

    fn directory(&self, file: FileId) -> &[u8] {
        let places = self.ground.places;
        let path = places.paths.bytes(places.files.path[file.index()]);
        &path[..path.iter().rposition(|byte| *byte == b'/').unwrap_or(0)]
    }

    fn by_directory(&self) -> Vec<(f64, FileId, u32)> {
        let files =
            || (0..self.layout.claim_of_file.len()).map(FileId::from_index).filter(|file| self.counts(*file));
        let mut owners: BTreeMap<&[u8], BTreeMap<u32, u64>> = BTreeMap::new();
        for file in files() {
            *owners.entry(self.directory(file)).or_default().entry(self.layout.of(file)).or_default() +=
                self.touches(file);
        }
        let mut out: Vec<(f64, FileId, u32)> = files()
            .filter_map(|file| {
                let claims = &owners[self.directory(file)];
                let (&to, _) =
                    claims.iter().max_by_key(|(claim, touches)| (**touches, std::cmp::Reverse(**claim)))?;
                (to != self.layout.of(file)).then_some((self.touches(file) as f64, file, to))
            })
            .collect();
        out.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        out
    }

    /// The first of some moves, until as much is moved.
    fn moves(&self, name: &'static str, wanted: &[(f64, FileId, u32)], touches: u64) -> Baseline {
        let mut layout = self.layout.clone();
        let mut moved = 0;
        for &(_, file, to) in wanted {
            if moved >= touches {
                break;
            }
            moved += self.touches(file);
            layout.claim_of_file[file.index()] = to;
        }
        Baseline {
            name,
            gain: Some(self.gain(&layout)),
            further: None,
            effective: Some(self.effective(|file| layout.of(file))),
            moved_touches: moved,
        }
    }

    /// Communities at the resolution that comes nearest to an effective number.
    fn leiden_cut(&self, graph: &Together, wanted: f64) -> Option<FxHashMap<FileId, u32>> {
        let (mut low, mut high) = (-6.0_f64, 8.0_f64);
        let mut best: Option<(f64, FxHashMap<FileId, u32>)> = None;
        for _ in 0..10 {
            let middle = (low + high) / 2.0;
            let communities = graph.communities(middle.exp2())?;
            let labels: FxHashMap<FileId, u32> = graph
                .files
                .iter()
                .zip(&communities)
                .map(|(&file, &community)| (file, community as u32))
                .collect();
            let effective = self.effective(|file| labels.get(&file).copied().unwrap_or(u32::MAX));
            let far = (effective - wanted).abs();
            if best.as_ref().is_none_or(|(nearest, _)| far < *nearest) {
                best = Some((far, labels));
            }
            if effective < wanted { low = middle } else { high = middle }
        }
        best.map(|(_, labels)| labels)
    }

    /// Directories, the busiest cut into those below it until the effective number is reached.
    fn directory_cut(&self, wanted: f64) -> FxHashMap<FileId, u32> {
        let places = self.ground.places;
        let files: Vec<FileId> = (0..self.layout.claim_of_file.len())
            .map(FileId::from_index)
            .filter(|file| self.counts(*file))
            .collect();
        let path = |file: FileId| places.paths.bytes(places.files.path[file.index()]);
        // The first so many directories of a path.
        let prefix = |file: FileId, depth: usize| -> Vec<u8> {
            let parts: Vec<&[u8]> = path(file).split(|byte| *byte == b'/').collect();
            let depth = depth.min(parts.len().saturating_sub(1));
            parts[..depth].join(&b'/')
        };
        let mut depth: FxHashMap<FileId, usize> = files.iter().map(|&file| (file, 0)).collect();
        let mut settled: Vec<Vec<u8>> = Vec::new();
        loop {
            let mut touches: BTreeMap<Vec<u8>, (f64, Vec<FileId>)> = BTreeMap::new();
            for &file in &files {
                let entry = touches.entry(prefix(file, depth[&file])).or_default();
                entry.0 += self.touches(file) as f64;
                entry.1.push(file);
            }
            let shares: Vec<f64> = touches.values().map(|(own, _)| *own).collect();
            let reached = concentration::effective(&shares).unwrap_or(0.0) >= wanted;
            let busiest = touches
                .iter()
                .filter(|(name, _)| !settled.contains(name))
                .max_by(|a, b| a.1.0.total_cmp(&b.1.0).then_with(|| b.0.cmp(a.0)))
                .map(|(name, (_, files))| (name.clone(), files.clone()));
            let Some((name, own)) = busiest.filter(|_| !reached) else {
                let mut out = FxHashMap::default();
                for (number, (_, files)) in touches.into_values().enumerate() {
                    files.into_iter().for_each(|file| {
                        out.insert(file, number as u32);
                    });
                }
                return out;
            };
            let deepens = own.iter().any(|&file| prefix(file, depth[&file] + 1) != name);
            if deepens {
                own.iter().for_each(|file| *depth.entry(*file).or_default() += 1);
            } else {
                settled.push(name);
            }
        }
    }

    fn cut(&self, name: &'static str, labels: &FxHashMap<FileId, u32>) -> Baseline {
        let label = |file: FileId| labels.get(&file).copied().unwrap_or(u32::MAX);
        Baseline {
            name,
            gain: None,
            further: Some(self.further(label)),
            effective: Some(self.effective(label)),
            moved_touches: 0,
        }
    }
}

impl Together {
    /// Leiden's communities by modularity at a resolution.
    fn communities(&self, resolution: f64) -> Option<Vec<usize>> {
        let mut graph = GraphDataBuilder::new(self.files.len());
        for &(a, b, weight) in &self.edges {
            graph.add_edge(a, b, weight).ok()?;
        }
        let config = LeidenConfig {
            seed: Some(7),
            resolution,
            parallel_local_moving_threshold: None,
            parallel_aggregation_threshold: None,
            ..LeidenConfig::default()
        };
        let found = Leiden::new(config).run(&graph.build().ok()?).ok()?;
        Some((0..self.files.len()).map(|node| found.partition.community_of(node)).collect())
    }
}
