//! All that forges told, by number of request: merged from many files, in any order, the same twice as once.

use std::collections::{BTreeMap, BTreeSet};

use facts::{CommitId, EventKind, PersonKind, time::Seconds};

/// A forge closes what it merges, too, and notes that within so long; one thing, told twice.
const ONE_MOMENT: Seconds = 60;

/// All that was told of one repository's requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What the forge calls the repository, `owner/name`; `None` where no file said so.
    pub repository: Option<String>,
    /// Those who did something, by login.
    pub actors: BTreeMap<String, ToldActor>,
    /// The requests, by number.
    pub requests: BTreeMap<u64, ToldRequest>,
    /// Up to when a forge was read completely: what was updated before is here. `None` where files alone were read.
    pub fetched_until: Option<Seconds>,
}

/// What was told of one actor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldActor {
    /// What kind of participant.
    pub kind: PersonKind,
    /// Addresses they commit from, as numbers that do not show them.
    pub addresses: BTreeSet<u64>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToldEvent {
    /// When.
    pub at: Seconds,
    /// What.
    pub kind: EventKind,
    /// The login of who did it, or who was asked.
    pub actor: Option<String>,
}

/// How a request stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// When it stood so: the later of two wins.
    pub at: Seconds,
    /// When it was merged.
    pub merged_at: Option<Seconds>,
    /// When it was closed, merged or not.
    pub closed_at: Option<Seconds>,
}

/// Files a request touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldFiles {
    /// Their paths; untrusted text.
    pub paths: BTreeSet<String>,
    /// Whether these are all.
    pub complete: bool,
}

/// What was told of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldRequest {
    /// Who opened it.
    pub author: Option<String>,
    /// When its first commit was written.
    pub written_at: Option<Seconds>,
    /// When it was opened.
    pub opened_at: Option<Seconds>,
    /// How it stood when last seen.
    pub state: Option<State>,
    /// When the forge was asked last, as far as that is known.
    pub seen_at: Option<Seconds>,
    /// The commit that merged it.
    pub merge_commit: Option<CommitId>,
    /// The one commit it was squashed to.
    pub squash_commit: Option<CommitId>,
    /// The last commit of its branch.
    pub head_commit: Option<CommitId>,
    /// The files it touches.
    pub files: Option<ToldFiles>,
    /// What happened, as told.
    pub events: BTreeSet<ToldEvent>,
}

impl Told {
    /// Notes an actor; one that was once known to be no human stays so.
    pub(super) fn actor(&mut self, login: &str, kind: PersonKind) {
        let actor = self.actors.entry(login.to_owned()).or_default();
        actor.kind = actor.kind.max(kind);
    }

    /// The request of a number, new where it was not told of.
    pub(super) fn request(&mut self, number: u64) -> &mut ToldRequest {
        self.requests.entry(number).or_default()
    }

    /// Adds what was told elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.repository = self.repository.take().or(other.repository);
        self.fetched_until = self.fetched_until.max(other.fetched_until);
        for (login, actor) in other.actors {
            self.actor(&login, actor.kind);
            self.actors.entry(login).or_default().addresses.extend(actor.addresses);
        }
        for (number, request) in other.requests {
            self.request(number).merge(request);
        }
    }

    /// Notes that every request was seen at a moment.
    pub fn seen(&mut self, at: Seconds) {
        for request in self.requests.values_mut() {
            request.seen_at = request.seen_at.max(Some(at));
        }
    }

    /// Notes that nothing here that was seen at `since` or later has changed until a moment.
    pub fn unchanged(&mut self, since: Option<Seconds>, at: Seconds) {
        for request in self.requests.values_mut().filter(|request| request.seen_at >= since) {
            request.seen_at = request.seen_at.max(Some(at));
        }
    }

    /// The latest moment anything here names.
    pub(super) fn latest(&self) -> Option<Seconds> {
        let moments = self.requests.values().flat_map(|request| {
            let state = request.state.map(|state| state.at);
            request.events.iter().map(|event| event.at).chain(state).chain(request.opened_at)
        });
        moments.max()
    }
}

impl ToldRequest {
    /// Notes something that happened.
    pub(super) fn event(&mut self, at: Option<Seconds>, kind: EventKind, actor: Option<String>) {
        if let Some(at) = at {
            self.events.insert(ToldEvent { at, kind, actor });
        }
    }

    /// Notes how it stood; what was seen later wins.
    pub(super) fn stood(&mut self, state: State) {
        let of = |state: &State| (state.at, state.merged_at, state.closed_at);
        if self.state.as_ref().is_none_or(|known| of(known) <= of(&state)) {
            self.state = Some(state);
        }
    }

    /// Adds what was told elsewhere of the same request.
    pub fn merge(&mut self, other: Self) {
        let later = other.state.map(|state| state.at) >= self.state.map(|state| state.at);
        let pick = |mine: Option<CommitId>, theirs: Option<CommitId>| {
            if later { theirs.or(mine) } else { mine.or(theirs) }
        };
        self.merge_commit = pick(self.merge_commit, other.merge_commit);
        self.squash_commit = pick(self.squash_commit, other.squash_commit);
        self.head_commit = pick(self.head_commit, other.head_commit);
        self.author = self.author.take().or(other.author);
        self.written_at = earlier(self.written_at, other.written_at);
        self.opened_at = earlier(self.opened_at, other.opened_at);
        self.seen_at = self.seen_at.max(other.seen_at);
        self.files = match (self.files.take(), other.files) {
            (Some(mine), Some(theirs)) => Some(mine.or(theirs, later)),
            (mine, theirs) => mine.or(theirs),
        };
        if let Some(state) = other.state {
            self.stood(state);
        }
        self.events.extend(other.events);
    }

    /// The request as one story: opened once, merged or closed as it stood last, nothing told twice.
    pub(super) fn settle(&self) -> Settled {
        let mut settled =
            Settled { opened_at: self.opened_at, author: self.author.clone(), ..Settled::default() };
        let first = |kind: EventKind| self.events.iter().find(|event| event.kind == kind);
        if let Some(opened) = first(EventKind::Opened) {
            settled.opened_at = earlier(settled.opened_at, Some(opened.at));
            settled.author = settled.author.take().or_else(|| opened.actor.clone());
        }
        let merged = first(EventKind::Merged);
        settled.merged_at = self.state.and_then(|state| state.merged_at).or(merged.map(|event| event.at));
        settled.closed_at = self.closed_at().or(settled.merged_at);
        for event in &self.events {
            let own_remark =
                event.kind == EventKind::Reviewed && event.actor.is_some() && event.actor == settled.author;
            settled.own_remarks += u64::from(own_remark);
            let closes = event.kind == EventKind::Closed
                && settled.merged_at.is_some_and(|at| (event.at - at).abs() <= ONE_MOMENT);
            if !own_remark && !closes && !matches!(event.kind, EventKind::Opened | EventKind::Merged) {
                settled.events.insert(event.clone());
            }
        }
        if let Some(at) = settled.opened_at {
            let actor = settled.author.clone();
            settled.events.insert(ToldEvent { at, kind: EventKind::Opened, actor });
        }
        if let Some(at) = settled.merged_at {
            let mut known = self.events.iter().filter(|event| event.kind == EventKind::Merged);
            let actor = known.find_map(|event| event.actor.clone());
            settled.events.insert(ToldEvent { at, kind: EventKind::Merged, actor });
        } else if let Some(at) = settled.closed_at {
            settled.events.insert(ToldEvent { at, kind: EventKind::Closed, actor: None });
        }
        settled.forget_the_nameless();
        settled
    }

    /// When it was closed: as it stood last, else as its events end.
    fn closed_at(&self) -> Option<Seconds> {
        match self.state {
            Some(state) => state.closed_at,
            None => {
                let ends = |kind| matches!(kind, EventKind::Closed | EventKind::Reopened);
                let last = self.events.iter().rfind(|event| ends(event.kind))?;
                (last.kind == EventKind::Closed).then_some(last.at)
            }
        }
    }
}

impl ToldFiles {
    /// All files where one list has all, else those of the later.
    fn or(self, other: Self, other_is_later: bool) -> Self {
        match (self.complete, other.complete) {
            (true, false) => self,
            (false, true) => other,
            _ if other_is_later => other,
            _ => self,
        }
    }
}

/// A request as one story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) author: Option<String>,
    pub(super) opened_at: Option<Seconds>,
    pub(super) merged_at: Option<Seconds>,
    pub(super) closed_at: Option<Seconds>,
    pub(super) events: BTreeSet<ToldEvent>,
    /// Remarks of the author on their own request: answers, no reviews.
    pub(super) own_remarks: u64,
}

impl Settled {
    /// Drops events without an actor that are there with one.
    fn forget_the_nameless(&mut self) {
        let named: BTreeSet<(Seconds, EventKind)> = self
            .events
            .iter()
            .filter(|event| event.actor.is_some())
            .map(|event| (event.at, event.kind))
            .collect();
        self.events.retain(|event| event.actor.is_some() || !named.contains(&(event.at, event.kind)));
    }
}

fn earlier(a: Option<Seconds>, b: Option<Seconds>) -> Option<Seconds> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: Seconds, kind: EventKind, actor: Option<&str>) -> ToldEvent {
        ToldEvent { at, kind, actor: actor.map(str::to_owned) }
    }

    #[test]
    fn a_merge_is_told_once() {
        let request = ToldRequest {
            author: Some("ana".into()),
            opened_at: Some(100),
            state: Some(State { at: 900, merged_at: Some(500), closed_at: Some(500) }),
            events: BTreeSet::from([
                event(500, EventKind::Closed, Some("bo")),
                event(501, EventKind::Merged, Some("bo")),
                event(300, EventKind::Approved, Some("bo")),
                event(310, EventKind::Reviewed, Some("ana")),
                event(300, EventKind::Approved, None),
            ]),
            ..ToldRequest::default()
        };
        let settled = request.settle();
        let expected = [
            event(100, EventKind::Opened, Some("ana")),
            event(300, EventKind::Approved, Some("bo")),
            event(500, EventKind::Merged, Some("bo")),
        ];
        assert_eq!(settled.events.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!((settled.own_remarks, settled.closed_at), (1, Some(500)));
    }

    #[test]
    fn the_later_state_wins_in_either_order() {
        let closed = ToldRequest {
            state: Some(State { at: 10, merged_at: None, closed_at: Some(9) }),
            ..ToldRequest::default()
        };
        let reopened = ToldRequest {
            state: Some(State { at: 20, merged_at: None, closed_at: None }),
            ..ToldRequest::default()
        };
        for (first, second) in [(&closed, &reopened), (&reopened, &closed)] {
            let mut both = first.clone();
            both.merge(second.clone());
            assert_eq!(both.settle().closed_at, None);
        }
    }

    #[test]
    fn without_a_state_the_events_tell_how_it_ended() {
        let mut request = ToldRequest::default();
        request.event(Some(1), EventKind::Opened, Some("ana".into()));
        request.event(Some(5), EventKind::Closed, None);
        assert_eq!(request.settle().closed_at, Some(5));
        request.event(Some(6), EventKind::Reopened, None);
        let settled = request.settle();
        assert_eq!(
            (settled.closed_at, settled.opened_at, settled.author.as_deref()),
            (None, Some(1), Some("ana"))
        );
    }
}
