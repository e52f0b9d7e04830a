//! What each request went through, in hours.
//!
//! ```text
//! written ──coding──▶ opened ┄┄draft┄┄▶ ready ──pickup──▶ first review ──review──▶ last approval ──approved──▶ merged
//! ```
//!
//! A review is one by a person other than the author; what programs say, and what authors say of their own, is none.
//! While a request is a draft nobody is kept waiting, unless somebody was asked all the same; while it is closed nobody
//! waits for anything. What was open when the forge was asked, or was closed without a merge, waited at least so long.

use facts::{
    Actor, ChangeId, Event, EventKind, Lens, Omission, Omitted, PersonKind, Request, Reviews,
    time::{Seconds, plausible},
};

use crate::stats::survival::Wait;

/// A stretch of a request's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// From the first commit written to the request opened.
    Coding,
    /// From opened, and no draft, to the first review.
    Pickup,
    /// From the first review to the last approval.
    Review,
    /// From the last approval to the merge.
    Approved,
}

impl Phase {
    /// Every phase, in the order in which a request goes through them.
    pub const ALL: [Self; 4] = [Self::Coding, Self::Pickup, Self::Review, Self::Approved];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Coding => "coding",
            Self::Pickup => "pickup",
            Self::Review => "review",
            Self::Approved => "approved",
        }
    }
}

/// One request's way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Journey {
    /// Its row in [`Reviews::requests`].
    pub request: usize,
    /// The change it became.
    pub change: Option<ChangeId>,
    /// Whether it is still open.
    pub open: bool,
    waits: [Option<Wait>; 4],
}

impl Journey {
    /// How long a phase took, in hours; `None` where it did not come to that, or nothing tells.
    pub fn wait(&self, phase: Phase) -> Option<Wait> {
        self.waits[phase as usize]
    }
}

/// The ways of all requests that count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journeys {
    /// By row of the request.
    pub told: Vec<Journey>,
    /// Requests in all.
    pub of: u64,
    /// What was left out.
    pub ledger: Vec<Omission>,
}

/// What is counted on the way, for the ledger.
#[derive(Default)]
struct Left {
    programs: u64,
    outside: u64,
    not_counted: u64,
    elsewhere: u64,
    skewed: u64,
    early: u64,
    late_written: u64,
    unreviewed: u64,
    unapproved: u64,
    as_draft: u64,
}

impl Journeys {
    /// Follows every request; `None` where nothing was imported.
    pub fn new(lens: &Lens<'_>) -> Option<Self> {
        let reviews = lens.facts.reviews.as_ref()?;
        let mut counted = vec![false; lens.facts.changes.len()];
        lens.counted.iter().for_each(|change| counted[change.index()] = true);
        let mut left = Left::default();
        let mut told = Vec::new();
        for (row, request) in reviews.requests.iter().enumerate() {
            if counts(lens, reviews, request, &counted, &mut left) {
                told.push(travel(reviews, row, request, &mut left));
            }
        }
        Some(Self { told, of: reviews.requests.len() as u64, ledger: left.ledger() })
    }

    /// Every wait of a phase.
    pub fn waits(&self, phase: Phase) -> Vec<Wait> {
        self.told.iter().filter_map(|journey| journey.wait(phase)).collect()
    }
}

fn counts(lens: &Lens<'_>, reviews: &Reviews, request: &Request, counted: &[bool], left: &mut Left) -> bool {
    let author = actor(reviews, request.author);
    let (opened, end) = (request.opened_at, end(request));
    let why = if author.is_some_and(|author| author.kind == PersonKind::Bot) {
        &mut left.programs
    } else if request.change.is_none() && request.merged_at.is_some() {
        &mut left.elsewhere
    } else if request.change.is_some_and(|change| counted.get(change.index()) != Some(&true)) {
        &mut left.not_counted
    } else if request.change.is_none() && !lens.range.holds(opened) {
        &mut left.outside
    } else if end < opened || !plausible(opened, lens.range.now) {
        &mut left.skewed
    } else {
        return true;
    };
    *why += 1;
    false
}

fn actor(reviews: &Reviews, at: Option<u32>) -> Option<&Actor> {
    at.and_then(|at| reviews.actors.get(at as usize))
}

/// When a request's way ended, or was last seen.
fn end(request: &Request) -> Seconds {
    request.merged_at.or(request.closed_at).unwrap_or(request.seen_at)
}

/// Whether a review is one by a person other than the author.
fn by_another(reviews: &Reviews, request: &Request, event: &Event) -> bool {
    let author = actor(reviews, request.author);
    match actor(reviews, event.actor) {
        // An account that is gone is somebody's, and the author's only if that one is gone, too.
        None => author.is_some(),
        Some(reviewer) => {
            let same_person =
                reviewer.person.is_some() && author.is_some_and(|author| author.person == reviewer.person);
            reviewer.kind == PersonKind::Human && event.actor != request.author && !same_person
        }
    }
}

/// What a request waits for as its events pass.
struct State {
    draft: bool,
    asked: bool,
    closed: bool,
    /// Whether anybody was ever kept waiting.
    begun: bool,
    /// The event looked at last.
    at: Seconds,
    waited: Seconds,
    /// Stretches in which it was closed.
    closures: Vec<(Seconds, Seconds)>,
}

impl State {
    fn pass(&mut self, until: Seconds) {
        if self.waits() && until > self.at {
            self.begun = true;
            self.waited += until - self.at;
        }
        if self.closed {
            self.closures.push((self.at, until));
        }
        self.at = until;
    }

    fn waits(&self) -> bool {
        !self.closed && (!self.draft || self.asked)
    }

    /// Hours between two moments in which it was not closed.
    fn hours(&self, from: Seconds, to: Seconds) -> f64 {
        let shut: Seconds =
            self.closures.iter().map(|&(begin, end)| (end.min(to) - begin.max(from)).max(0)).sum();
        (to - from - shut).max(0) as f64 / 3600.0
    }
}

fn travel(reviews: &Reviews, row: usize, request: &Request, left: &mut Left) -> Journey {
    let (opened, end, merged) = (request.opened_at, end(request), request.merged_at.is_some());
    let mut events = request.events.clone();
    events.sort_unstable();
    events.dedup();
    let turns = |kind| matches!(kind, EventKind::Ready | EventKind::Drafted);
    let first_turn = events.iter().find(|event| turns(event.kind)).map(|event| event.kind);
    let mut state = State {
        draft: first_turn == Some(EventKind::Ready),
        asked: false,
        closed: false,
        begun: false,
        at: opened,
        waited: 0,
        closures: Vec::new(),
    };
    let (mut pickup, mut first_review, mut approval) = (None, None, None);
    for event in &events {
        if event.at < opened {
            left.early += 1;
        }
        if event.at < opened || event.at > end {
            continue;
        }
        state.pass(event.at);
        match event.kind {
            EventKind::Ready => state.draft = false,
            EventKind::Drafted => (state.draft, state.asked) = (true, false),
            EventKind::ReviewRequested => state.asked = true,
            EventKind::Closed => state.closed = true,
            EventKind::Reopened => state.closed = false,
            kind if kind.is_review() && by_another(reviews, request, event) => {
                if first_review.is_none() {
                    first_review = Some(event.at);
                    let begun = state.begun || state.waits();
                    pickup = begun.then(|| Wait { length: state.waited as f64 / 3600.0, ended: true });
                    left.as_draft += u64::from(!begun);
                }
                match kind {
                    EventKind::Approved => approval = Some(event.at),
                    // What was agreed to before is not, unless it was merged all the same.
                    EventKind::ChangesRequested if !merged => approval = None,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    state.pass(end);
    left.unreviewed += u64::from(merged && first_review.is_none());
    left.unapproved += u64::from(merged && first_review.is_some() && approval.is_none());
    if first_review.is_none() && !merged && state.begun {
        pickup = Some(Wait { length: state.waited as f64 / 3600.0, ended: false });
    }
    let ended = approval.is_some();
    let review = first_review
        .filter(|_| ended || !merged)
        .map(|from| Wait { length: state.hours(from, approval.unwrap_or(end)), ended });
    let approved = approval.map(|from| Wait { length: state.hours(from, end), ended: merged });
    let coding = request.written_at.and_then(|written| {
        left.late_written += u64::from(written > opened);
        (written <= opened).then(|| Wait { length: (opened - written) as f64 / 3600.0, ended: true })
    });
    Journey {
        request: row,
        change: request.change,
        open: request.is_open(),
        waits: [coding, pickup, review, approved],
    }
}

impl Left {
    fn ledger(&self) -> Vec<Omission> {
        let lines = [
            (Omitted::BotChanges, self.programs, "requests were opened by bots; bots wait for no one"),
            (Omitted::Other, self.elsewhere, "requests were merged, but not into what is looked at here"),
            (
                Omitted::Other,
                self.not_counted,
                "requests became changes that do not count, for the reasons above",
            ),
            (
                Omitted::OutsideRange,
                self.outside,
                "requests without a change were opened outside --since and --until",
            ),
            (
                Omitted::ImplausibleDates,
                self.skewed,
                "requests ended before they were opened, by somebody's clock",
            ),
            (
                Omitted::ImplausibleDates,
                self.early,
                "events lie before their request was opened; they are not looked at",
            ),
            (
                Omitted::Other,
                self.late_written,
                "requests were opened before their first commit was written: rewritten since, so coding is not told",
            ),
            (
                Omitted::Other,
                self.unreviewed,
                "requests were merged without a review by anybody else: no pickup to tell",
            ),
            (
                Omitted::Other,
                self.unapproved,
                "requests were reviewed and merged without an approval: review is not told",
            ),
            (
                Omitted::Other,
                self.as_draft,
                "requests were first reviewed as drafts: nobody was kept waiting",
            ),
        ];
        let line = |(what, count, why): (Omitted, u64, &str)| Omission::new(what, count, why);
        lines.into_iter().filter(|(_, count, _)| *count > 0).map(line).collect()
    }
}
