//! Mining: from a repository to facts, in one pass over the trees.
//!
//! ```text
//!             mainline, as it is read      chunks of neighbours            in order
//! this thread ─────────────────────▶ queue ─────────────────────▶ workers ──────────▶ this thread
//!     └─ then reads the branches the merges brought                                   assembles tables
//! ```
//!
//! Each worker takes a run of neighbouring commits, so that the tree it compared last is the one it needs next.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
};

use facts::{CommitId, Facts, Omitted, Participation, Repository, Unit, UnitChoice};
use gix::ObjectId;
use regex::bytes::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    assemble::{Assembler, Compared, RawIdentity, note},
    head::Head,
    identity,
    lines::LineCounter,
    objects::Objects,
    open::Source,
    renames::{self, Budget},
    touched::Touched,
    tree_diff::TreeDiff,
    unit::Shape,
    walk::{Arrival, Commit, Signatures, Walker},
};

/// Neighbouring commits a worker takes at a time.
const CHUNK: usize = 128;

/// What decides the facts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The unit asked for; `None` picks one from the repository's shape. `Ticket` is joined later from changes.
    pub unit: Option<Unit>,
    /// What a ticket key looks like; group 1, where there is one, is the key.
    pub ticket_pattern: Regex,
    /// Whether to look for renames.
    pub renames: bool,
    /// Whether to count lines.
    pub lines: bool,
    /// Worker threads, at least one.
    pub threads: usize,
}

/// Told how far mining is; called from several threads.
pub trait Progress: Sync {
    /// `done` of `total` changes have been compared.
    fn compared(&self, done: u64, total: u64);
}

/// For those who do not want to know.
impl Progress for () {
    fn compared(&self, _: u64, _: u64) {}
}

/// Facts without people settled, ready to be kept and added to.
#[derive(Clone, Debug)]
pub struct Mined {
    /// The facts; people and participations are settled.
    pub facts: Facts,
    /// What they were settled from.
    pub identity: RawIdentity,
}

/// Mines everything, or only what is new since `earlier`.
///
/// `earlier` is used when its head lies on the mainline of the repository and its unit is still the one asked
/// for; in any doubt everything is mined anew. The result is the same either way.
pub fn mine(
    source: &Source,
    head: &Head,
    settings: &Settings,
    earlier: Option<Mined>,
    progress: &dyn Progress,
) -> Mined {
    let repository = source.repository.to_thread_local();
    let earlier_head = earlier.as_ref().and_then(|mined| mined.facts.repository.head);
    let until = earlier_head.and_then(|head| ObjectId::try_from(head.as_bytes()).ok());
    let mut signatures = Signatures::default();
    if let Some(mined) = &earlier {
        signatures = Signatures::new(mined.identity.signatures.clone());
    }
    let mut walker = Walker::new(&repository, &settings.ticket_pattern, signatures);
    let (jobs, queue) = mpsc::channel();
    let (results, done) = mpsc::channel();
    let crew = Crew {
        source,
        settings,
        progress,
        queue: Mutex::new(queue),
        skip_below: AtomicUsize::new(0),
        compared: AtomicU64::new(0),
        total: AtomicU64::new(0),
    };
    let assembler = std::thread::scope(|workers| {
        for _ in 0..settings.threads.max(1) {
            let (crew, results) = (&crew, results.clone());
            workers.spawn(move || crew.work(&results));
        }
        drop(results);
        let mut ahead = Ahead::new(jobs);
        let streamed = settings.unit != Some(Unit::Commit);
        let (mainline, met) = walker.mainline(source.head, until, |commit| {
            if streamed {
                ahead.follow(commit);
            }
        });
        // The choice is made over the whole mainline, as it would be from scratch.
        let before = earlier
            .as_ref()
            .filter(|_| met)
            .map_or(Shape::default(), |mined| Shape::of_choice(&mined.facts.unit));
        let unit = choose_unit(settings.unit, before.and(Shape::of(&mainline)));
        let earlier =
            earlier.filter(|mined| met && walker.missing == 0 && unit.unit == mined.facts.unit.unit);
        if earlier.is_none() && until.is_some() {
            crew.skip_below.store(usize::MAX, Ordering::Relaxed);
            return None;
        }
        let seen = match until {
            Some(head) if mainline.iter().any(|commit| commit.is_merge) => walker.ancestors(head),
            _ => FxHashSet::default(),
        };
        let mut assembler = match earlier {
            Some(mined) => Assembler::resume(mined.facts, mined.identity),
            None => Assembler::resume(Facts::default(), RawIdentity::default()),
        };
        run(&crew, ahead, done, &mut walker, mainline, seen, unit.unit, &mut assembler);
        assembler.facts.unit = unit;
        Some(assembler)
    });
    match assembler {
        Some(assembler) => settle(source, head, assembler),
        None => mine(source, head, settings, None, progress),
    }
}

/// Tickets join changes, so their facts begin as changes.
fn base(unit: Unit) -> Unit {
    if unit == Unit::Ticket { Unit::Change } else { unit }
}

fn choose_unit(asked: Option<Unit>, shape: Shape) -> UnitChoice {
    match asked {
        None => shape.pick(),
        Some(unit) => {
            UnitChoice { unit: base(unit), picked: false, why: "asked for".into(), shape: shape.numbers() }
        }
    }
}

/// Finishes the tables: living files, people.
fn settle(source: &Source, head: &Head, mut assembler: Assembler) -> Mined {
    assembler.facts.repository = Repository {
        name: source.name.clone(),
        head: CommitId::from_bytes(source.head.as_bytes()),
        shallow: source.shallow,
    };
    let (facts, mut identity) = assembler.finish(&head.sizes());
    identity.renumber();
    let mut mined = Mined { facts, identity };
    settle_people(&mut mined, &head.read_file(b".mailmap").unwrap_or_default());
    mined
}

/// Settles who is who by the mailmap given; call again when only the mailmap changed.
pub fn settle_people(mined: &mut Mined, mailmap: &[u8]) {
    let identities = identity::resolve(&mined.identity.signatures, mailmap);
    let mut participations: Vec<Participation> = mined
        .identity
        .credits
        .iter()
        .map(|credit| Participation {
            change: credit.change,
            role: credit.role,
            person: identities.person_of[credit.signature as usize],
            at: credit.at,
        })
        .collect();
    participations.sort_unstable();
    participations.dedup_by_key(|part| (part.change, part.role, part.person));
    // An author is no co-author of the same change.
    let mut authors: Vec<facts::PersonId> = Vec::new();
    let mut change = None;
    participations.retain(|part| {
        if change != Some(part.change) {
            change = Some(part.change);
            authors.clear();
        }
        if part.role == facts::Role::Author {
            authors.push(part.person);
        }
        part.role != facts::Role::CoAuthor || !authors.contains(&part.person)
    });
    mined.facts.people = identities.people;
    mined.facts.participations = participations;
}

/// A comparison to make: a commit against its first parent.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    tree: ObjectId,
    parent: Parent,
}

#[derive(Clone, Copy, Debug)]
enum Parent {
    /// A root: everything is new.
    None,
    Tree(ObjectId),
    /// A commit that was not read in this run.
    Commit(ObjectId),
}

#[expect(clippy::too_many_arguments, reason = "one caller; the parts of one run, taken apart by ownership")]
fn run(
    crew: &Crew<'_>,
    ahead: Ahead,
    done: mpsc::Receiver<(usize, Vec<Compared>)>,
    walker: &mut Walker<'_>,
    mainline: Vec<Commit>,
    mut seen: FxHashSet<ObjectId>,
    unit: Unit,
    assembler: &mut Assembler,
) {
    let (arrivals, order) = if unit == Unit::Commit {
        let arrivals = walker.arrivals(mainline, &mut seen);
        let comparisons = single_comparisons(&arrivals);
        crew.total.store(comparisons.len() as u64, Ordering::Relaxed);
        let order = ahead.instead(&comparisons);
        crew.skip_below.store(order.start, Ordering::Relaxed);
        (arrivals, order.collect())
    } else {
        crew.total.store(mainline.len() as u64, Ordering::Relaxed);
        let order = ahead.finish(mainline.last());
        (walker.arrivals(mainline, &mut seen), order)
    };
    let mut ordered = InOrder::new(done, order);
    for arrival in &arrivals {
        push(assembler, arrival, unit, &mut ordered);
    }
    note(
        &mut assembler.facts.ledger,
        Omitted::MissingTrees,
        walker.missing,
        "commits named as parents are missing or damaged; history ends before them (git fsck)",
    );
    assembler.identity.signatures = std::mem::take(&mut walker.signatures.list);
}

/// Hands out comparisons while the mainline is still being read, newest first.
struct Ahead {
    jobs: mpsc::Sender<(usize, Vec<Comparison>)>,
    chunk: Vec<Comparison>,
    sent: usize,
    /// The tree of the commit read last.
    tree: Option<ObjectId>,
}

impl Ahead {
    fn new(jobs: mpsc::Sender<(usize, Vec<Comparison>)>) -> Self {
        Self { jobs, chunk: Vec::with_capacity(CHUNK), sent: 0, tree: None }
    }

    /// The next commit of the mainline: first parent of the one before.
    fn follow(&mut self, commit: &Commit) {
        if let Some(tree) = self.tree.replace(commit.tree) {
            self.add(Comparison { tree, parent: Parent::Tree(commit.tree) });
        }
    }

    fn add(&mut self, comparison: Comparison) {
        self.chunk.push(comparison);
        if self.chunk.len() == CHUNK {
            self.send();
        }
    }

    /// Results are wanted oldest first, so that is how they stand in a chunk.
    fn send(&mut self) {
        let mut chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
        chunk.reverse();
        // A worker that is gone has panicked, and the scope will say so.
        let _ = self.jobs.send((self.sent, chunk));
        self.sent += 1;
    }

    /// No commit follows `last`; gives the order in which the chunks make history.
    fn finish(mut self, last: Option<&Commit>) -> Vec<usize> {
        if let Some(commit) = last {
            let parent = commit.first_parent.map_or(Parent::None, Parent::Commit);
            self.add(Comparison { tree: commit.tree, parent });
        }
        if !self.chunk.is_empty() {
            self.send();
        }
        (0..self.sent).rev().collect()
    }

    /// What was handed out is not wanted after all; these are, in this order.
    fn instead(self, comparisons: &[Comparison]) -> std::ops::Range<usize> {
        let mut next = self.sent;
        for chunk in comparisons.chunks(CHUNK) {
            let _ = self.jobs.send((next, chunk.to_vec()));
            next += 1;
        }
        self.sent..next
    }
}

fn push(assembler: &mut Assembler, arrival: &Arrival, unit: Unit, compared: &mut InOrder) {
    if unit != Unit::Commit {
        let compared = compared.next();
        assembler.push_arrival(arrival, compared);
        return;
    }
    let mut merges = 0;
    for commit in arrival.branch.iter().chain([&arrival.commit]) {
        if commit.is_merge {
            merges += 1;
        } else {
            let compared = compared.next();
            assembler.push_single(commit, compared);
        }
    }
    note(
        &mut assembler.facts.ledger,
        Omitted::MergeCommits,
        merges,
        "merge commits are no change of their own in this unit; what they merge counts commit by commit",
    );
}

/// Each commit that is no merge against its first parent, in order of arrival.
fn single_comparisons(arrivals: &[Arrival]) -> Vec<Comparison> {
    let all = || arrivals.iter().flat_map(|arrival| arrival.branch.iter().chain([&arrival.commit]));
    let trees: FxHashMap<ObjectId, ObjectId> = all().map(|commit| (commit.id, commit.tree)).collect();
    all().filter(|commit| !commit.is_merge).map(|commit| comparison(commit, &trees)).collect()
}

fn comparison(commit: &Commit, trees: &FxHashMap<ObjectId, ObjectId>) -> Comparison {
    let parent = match commit.first_parent {
        None => Parent::None,
        Some(id) => trees.get(&id).map_or(Parent::Commit(id), |&tree| Parent::Tree(tree)),
    };
    Comparison { tree: commit.tree, parent }
}

/// What the workers share.
struct Crew<'a> {
    source: &'a Source,
    settings: &'a Settings,
    progress: &'a dyn Progress,
    queue: Mutex<mpsc::Receiver<(usize, Vec<Comparison>)>>,
    /// Chunks before this one are no longer wanted.
    skip_below: AtomicUsize,
    compared: AtomicU64,
    /// Comparisons there will be; 0 until that is known.
    total: AtomicU64,
}

impl Crew<'_> {
    fn work(&self, results: &mpsc::Sender<(usize, Vec<Compared>)>) {
        let mut worker = Worker {
            objects: Objects::new(&self.source.repository),
            trees: TreeDiff::default(),
            lines: self.settings.lines.then(LineCounter::default),
            renames: self.settings.renames.then(Budget::default),
            buffer: Vec::new(),
        };
        loop {
            let next = self.queue.lock().expect("no worker panics while it holds the queue").recv();
            let Ok((at, chunk)) = next else { return };
            if at < self.skip_below.load(Ordering::Relaxed) {
                continue;
            }
            let compared: Vec<Compared> = chunk.iter().map(|comparison| worker.compare(comparison)).collect();
            let done =
                self.compared.fetch_add(compared.len() as u64, Ordering::Relaxed) + compared.len() as u64;
            let total = self.total.load(Ordering::Relaxed);
            if total > 0 {
                self.progress.compared(done.min(total), total);
            }
            if results.send((at, compared)).is_err() {
                return;
            }
        }
    }
}

struct Worker {
    objects: Objects,
    trees: TreeDiff,
    lines: Option<LineCounter>,
    renames: Option<Budget>,
    buffer: Vec<u8>,
}

impl Worker {
    fn compare(&mut self, comparison: &Comparison) -> Compared {
        let parent = match comparison.parent {
            Parent::None => None,
            Parent::Tree(tree) => Some(tree),
            Parent::Commit(id) => match self.objects.tree_of(&id, &mut self.buffer) {
                Some(tree) => Some(tree),
                None => return Compared { unreadable_trees: 1, ..Compared::default() },
            },
        };
        let mut differences = Vec::new();
        self.trees.compare(&self.objects, parent.as_deref(), Some(&comparison.tree), &mut differences);
        let mut skipped = renames::Skipped::default();
        let mut touches = match self.renames {
            Some(budget) => renames::with_renames(differences, &self.objects, budget, &mut skipped),
            None => renames::without_renames(differences),
        };
        touches.sort_by(|a, b| a.path.cmp(&b.path));
        let lines = match &mut self.lines {
            Some(counter) => touches.iter().map(|touch| counter.count(touch, &self.objects)).collect(),
            None => Vec::new(),
        };
        let touches = Touched::new(&touches);
        Compared { touches, lines, skipped, unreadable_trees: self.trees.take_unreadable() }
    }
}

/// Hands results on in the order in which history made them.
struct InOrder {
    done: mpsc::Receiver<(usize, Vec<Compared>)>,
    early: BTreeMap<usize, Vec<Compared>>,
    current: std::vec::IntoIter<Compared>,
    order: std::vec::IntoIter<usize>,
}

impl InOrder {
    fn new(done: mpsc::Receiver<(usize, Vec<Compared>)>, order: Vec<usize>) -> Self {
        Self { done, early: BTreeMap::new(), current: Vec::new().into_iter(), order: order.into_iter() }
    }

    fn next(&mut self) -> Compared {
        loop {
            if let Some(next) = self.current.next() {
                return next;
            }
            let wanted = self.order.next().expect("every comparison was handed out");
            self.current = loop {
                if let Some(chunk) = self.early.remove(&wanted) {
                    break chunk.into_iter();
                }
                let (at, compared) = self.done.recv().expect("workers answer every comparison or panic");
                self.early.insert(at, compared);
            };
        }
    }
}
