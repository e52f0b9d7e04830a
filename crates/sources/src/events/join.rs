//! Requests joined to changes, and actors to people.
//!
//! A request is its change by, in this order: the commit that merged it, the one it was squashed to, the last commit of
//! its branch, its number in the change's message. Where several changes name a number, a backport say, it is the one
//! nearest to the merge. A request that was closed while a change with its number arrived was merged by hand: forges call
//! such requests closed.
//!
//! An actor is a person by a no-reply address that holds their login, or by an address the forge says they commit from;
//! nobody is guessed.

use std::{cell::OnceCell, collections::BTreeMap};

use facts::{
    Actor, ChangeId, CommitId, Event, EventKind, Facts, FileId, Omission, Omitted, PersonId, PersonKind,
    Request, Reviews,
    time::{DAY, Seconds},
};
use rustc_hash::FxHashMap;

use super::{
    fields::address_hash,
    told::{Settled, Told, ToldEvent, ToldRequest},
};
use crate::git::forge_login;

/// A change with a request's number that arrived within so long of the request's end is that request.
const BY_HAND_DAYS: Seconds = 7 * DAY;

/// What was joined, and how.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// The requests, by number.
    pub reviews: Reviews,
    /// Requests merged, by what joined each to its change.
    pub joined_by: BTreeMap<&'static str, u64>,
    /// Requests merged whose change is not in this history.
    pub without_change: u64,
    /// What was left out.
    pub ledger: Vec<Omission>,
}

/// How the last commits of merged branches are learned.
pub type Tips<'t> = dyn Fn() -> FxHashMap<CommitId, ChangeId> + 't;

/// Joins what was told to a history; what happened after `until` is left out.
///
/// `tips` tells the last commits of merged branches and the change each became; it is asked when nothing else helps.
pub fn join(told: &Told, facts: &Facts, tips: &Tips<'_>, until: Option<Seconds>) -> Joined {
    let history = History::new(facts, tips);
    let people = People::new(facts);
    let mut joined = Joined::default();
    let mut actors = Actors { told, people, rows: BTreeMap::new(), actors: Vec::new() };
    let (mut unopened, mut own_remarks) = (0, 0);
    for (&number, request) in &told.requests {
        let mut settled = request.settle();
        let Some(opened_at) = settled.opened_at else {
            unopened += 1;
            continue;
        };
        if until.is_some_and(|until| opened_at > until) {
            continue;
        }
        cut(&mut settled, until);
        own_remarks += settled.own_remarks;
        let found = history.find(number, request, &settled);
        if let Some((change, how)) = found {
            *joined.joined_by.entry(how).or_default() += 1;
            merged_by_hand(&mut settled, facts.changes.merged_at[change.index()]);
        } else if settled.merged_at.is_some() {
            joined.without_change += 1;
        }
        let change = found.map(|(change, _)| change);
        let (files, files_complete) = history.files(change, request);
        let seen_at = request.seen_at.unwrap_or(opened_at).max(opened_at);
        joined.reviews.requests.push(Request {
            number,
            change,
            author: settled.author.as_deref().map(|login| actors.row(login)),
            files,
            files_complete,
            written_at: request.written_at,
            opened_at,
            merged_at: settled.merged_at,
            closed_at: settled.closed_at,
            seen_at: until.map_or(seen_at, |until| seen_at.min(until)),
            events: settled.events.iter().map(|event| actors.event(event)).collect(),
        });
    }
    joined.reviews.actors = actors.actors;
    for (count, why) in [
        (unopened, "requests of which no file says when they were opened (createdAt, created_at)"),
        (
            joined.without_change,
            "merged requests have no change in this history: other branches took them, or it ends before",
        ),
        (own_remarks, "remarks of authors on their own requests: answers, no reviews"),
    ] {
        if count > 0 {
            joined.ledger.push(Omission::new(Omitted::ReviewEvents, count, why));
        }
    }
    joined
}

/// Takes out what happened after a moment.
fn cut(settled: &mut Settled, until: Option<Seconds>) {
    let Some(until) = until else { return };
    let before = |at: &Seconds| *at <= until;
    settled.merged_at = settled.merged_at.filter(before);
    settled.closed_at = settled.closed_at.filter(before);
    settled.events.retain(|event| event.at <= until);
}

/// A closed request that has a change was merged when it was closed.
fn merged_by_hand(settled: &mut Settled, arrived_at: Seconds) {
    if settled.merged_at.is_some() {
        return;
    }
    let at = settled.closed_at.unwrap_or(arrived_at);
    let closing =
        settled.events.iter().find(|event| event.kind == EventKind::Closed && event.at == at).cloned();
    if let Some(closing) = &closing {
        settled.events.remove(closing);
    }
    let actor = closing.and_then(|event| event.actor);
    settled.events.insert(ToldEvent { at, kind: EventKind::Merged, actor });
    settled.merged_at = Some(at);
    settled.closed_at = Some(at);
}

/// A history, by what a request may name.
struct History<'f> {
    facts: &'f Facts,
    by_commit: FxHashMap<CommitId, ChangeId>,
    tips: OnceCell<FxHashMap<CommitId, ChangeId>>,
    learn_tips: &'f Tips<'f>,
    by_number: FxHashMap<u32, Vec<ChangeId>>,
    /// The file each path is, or last was.
    files: FxHashMap<facts::PathId, FileId>,
}

impl<'f> History<'f> {
    fn new(facts: &'f Facts, learn_tips: &'f Tips<'f>) -> Self {
        let changes = &facts.changes;
        let mut by_number: FxHashMap<u32, Vec<ChangeId>> = FxHashMap::default();
        for change in changes.ids() {
            if let Some(number) = changes.pull_request[change.index()] {
                by_number.entry(number).or_default().push(change);
            }
        }
        let by_commit = changes.ids().map(|change| (changes.commit[change.index()], change)).collect();
        let touches = (0..facts.touches.len()).map(|at| facts.touches.row(at));
        let files = touches.map(|touch| (touch.path, touch.file)).collect();
        Self { facts, by_commit, tips: OnceCell::new(), learn_tips, by_number, files }
    }

    /// The change a request became, and what told it.
    fn find(
        &self,
        number: u64,
        request: &ToldRequest,
        settled: &Settled,
    ) -> Option<(ChangeId, &'static str)> {
        let ended_at = settled.closed_at?;
        let known = |id: Option<CommitId>| id.and_then(|id| self.by_commit.get(&id).copied());
        if settled.merged_at.is_some() {
            let tip = |id: &CommitId| self.tips.get_or_init(self.learn_tips).get(id).copied();
            let head = || known(request.head_commit).or_else(|| tip(&request.head_commit?));
            let told = known(request.merge_commit).map(|change| (change, "merge commit"));
            let told = told.or_else(|| Some((known(request.squash_commit)?, "squashed commit")));
            if let Some(found) = told.or_else(|| Some((head()?, "last commit of its branch"))) {
                return Some(found);
            }
        }
        let away = |change: &ChangeId| (self.facts.changes.merged_at[change.index()] - ended_at).abs();
        let named = self.by_number.get(&u32::try_from(number).ok()?)?;
        let nearest = named.iter().copied().min_by_key(|change| (away(change), *change))?;
        (away(&nearest) <= BY_HAND_DAYS).then_some(())?;
        let how = if settled.merged_at.is_some() {
            "number in its message"
        } else {
            "number, though the forge calls it closed"
        };
        Some((nearest, how))
    }

    /// The files of a request, and whether they are all.
    fn files(&self, change: Option<ChangeId>, request: &ToldRequest) -> (Vec<FileId>, bool) {
        let (mut files, complete): (Vec<FileId>, bool) = match (change, &request.files) {
            (Some(change), _) => {
                let touches = self.facts.touches.of(change);
                (touches.map(|at| self.facts.touches.row(at).file).collect(), true)
            }
            (None, None) => (Vec::new(), false),
            (None, Some(told)) => {
                let known = |path: &String| self.files.get(&self.facts.paths.get(path.as_bytes())?).copied();
                let files: Vec<FileId> = told.paths.iter().filter_map(known).collect();
                let complete = told.complete && files.len() == told.paths.len();
                (files, complete)
            }
        };
        files.sort_unstable();
        files.dedup();
        (files, complete)
    }
}

/// People by what a forge knows of them.
struct People {
    by_login: FxHashMap<String, PersonId>,
    by_address: FxHashMap<u64, PersonId>,
}

impl People {
    fn new(facts: &Facts) -> Self {
        let mut people = Self { by_login: FxHashMap::default(), by_address: FxHashMap::default() };
        for person in facts.people.ids() {
            for email in &facts.people.emails[person.index()] {
                people.by_address.entry(address_hash(email)).or_insert(person);
                if let Some(login) = forge_login(email) {
                    people.by_login.entry(login).or_insert(person);
                }
            }
        }
        people
    }
}

/// Actors, each a row from when it is first met.
struct Actors<'t> {
    told: &'t Told,
    people: People,
    rows: BTreeMap<String, u32>,
    actors: Vec<Actor>,
}

impl Actors<'_> {
    fn row(&mut self, login: &str) -> u32 {
        if let Some(&row) = self.rows.get(login) {
            return row;
        }
        let told = self.told.actors.get(login);
        let by_address = || told?.addresses.iter().find_map(|hash| self.people.by_address.get(hash).copied());
        let person = self.people.by_login.get(login).copied().or_else(by_address);
        let row = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        let kind = told.map_or(PersonKind::Human, |told| told.kind);
        self.actors.push(Actor { login: login.to_owned(), person, kind });
        self.rows.insert(login.to_owned(), row);
        row
    }

    fn event(&mut self, event: &ToldEvent) -> Event {
        let actor = event.actor.as_deref().map(|login| self.row(login));
        Event { at: event.at, kind: event.kind, actor }
    }
}

#[cfg(test)]
mod tests {
    use facts::{Change, Touch, TouchKind};

    use super::*;
    use crate::events::State;

    fn id(digit: char) -> CommitId {
        CommitId::from_hex(&digit.to_string().repeat(40)).expect("40 digits are an id")
    }

    /// Changes `1`, `2`, … of one file each, at days 1, 2, …, with the numbers given.
    fn history(numbers: &[Option<u32>]) -> Facts {
        let mut facts = Facts::default();
        for (at, &number) in numbers.iter().enumerate() {
            let day = (at as i64 + 1) * DAY;
            let commit = id(char::from(b'1' + at as u8));
            facts.changes.push(Change { files: 1, pull_request: number, ..Change::new(commit, day) });
            let path = facts.paths.intern(format!("f{at}").as_bytes());
            facts.touches.push(Touch {
                change: ChangeId::from_index(at),
                file: FileId::from_index(at),
                path,
                kind: TouchKind::Added,
                previous_path: None,
            });
        }
        facts.touches.index(numbers.len());
        facts.people.name.push("Ana".into());
        facts.people.emails.push(vec!["7+ana@users.noreply.github.com".into(), "ana@shop.example".into()]);
        facts.people.kind.push(PersonKind::Human);
        facts
    }

    fn merged(day: i64) -> ToldRequest {
        let at = day * DAY;
        ToldRequest {
            author: Some("ana".into()),
            opened_at: Some(at - DAY / 2),
            state: Some(State { at, merged_at: Some(at), closed_at: Some(at) }),
            ..ToldRequest::default()
        }
    }

    fn joined(facts: &Facts, request: ToldRequest) -> Joined {
        let mut told = Told::default();
        told.requests.insert(9, request);
        join(&told, facts, &|| FxHashMap::from_iter([(id('e'), ChangeId(1))]), None)
    }

    #[test]
    fn each_trace_leads_to_the_change() {
        let facts = history(&[Some(9), Some(4), Some(9), None]);
        let cases = [
            (ToldRequest { merge_commit: Some(id('4')), ..merged(4) }, Some(3), "merge commit"),
            (ToldRequest { squash_commit: Some(id('4')), ..merged(4) }, Some(3), "squashed commit"),
            (ToldRequest { head_commit: Some(id('e')), ..merged(2) }, Some(1), "last commit of its branch"),
            (merged(3), Some(2), "number in its message"),
            (merged(1), Some(0), "number in its message"),
            (merged(100), None, ""),
        ];
        for (request, change, how) in cases {
            let joined = joined(&facts, request);
            assert_eq!(joined.reviews.requests[0].change.map(|change| change.0), change, "{how}");
            assert_eq!(joined.joined_by.keys().next().copied().unwrap_or_default(), how);
            assert_eq!(joined.without_change, u64::from(change.is_none()));
        }
    }

    #[test]
    fn what_was_closed_while_its_change_arrived_was_merged() {
        let facts = history(&[Some(9)]);
        let closed = |day: i64| {
            let at = day * DAY;
            let mut request = ToldRequest {
                opened_at: Some(DAY / 2),
                state: Some(State { at, merged_at: None, closed_at: Some(at) }),
                ..ToldRequest::default()
            };
            request.event(Some(at), EventKind::Closed, Some("bo".into()));
            joined(&facts, request).reviews
        };
        let by_hand = closed(2);
        assert_eq!(by_hand.requests[0].merged_at, Some(2 * DAY));
        let kinds: Vec<_> =
            by_hand.requests[0].events.iter().map(|event| (event.kind, event.actor)).collect();
        assert_eq!(kinds, [(EventKind::Opened, None), (EventKind::Merged, Some(0))]);
        let given_up = closed(50);
        assert_eq!((given_up.requests[0].merged_at, given_up.requests[0].change), (None, None));
    }

    #[test]
    fn actors_are_people_by_login_or_address_and_never_by_guess() {
        let facts = history(&[None]);
        let mut told = Told::default();
        told.actor("ana-work", PersonKind::Human);
        told.actors
            .get_mut("ana-work")
            .expect("it was just noted")
            .addresses
            .insert(address_hash("Ana@Shop.example"));
        told.requests.insert(1, merged(1));
        for (at, login) in ["ana-work", "anab", "team:core"].into_iter().enumerate() {
            told.request(1).event(Some(DAY / 2 + at as i64), EventKind::Approved, Some(login.into()));
        }
        let joined = join(&told, &facts, &FxHashMap::default, None);
        let people: Vec<_> = joined
            .reviews
            .actors
            .iter()
            .map(|actor| (actor.login.as_str(), actor.person.map(|person| person.0)))
            .collect();
        assert_eq!(people, [("ana", Some(0)), ("ana-work", Some(0)), ("anab", None), ("team:core", None)]);
    }

    #[test]
    fn what_came_later_is_not_there_yet() {
        let facts = history(&[Some(9)]);
        let mut told = Told::default();
        told.requests.insert(9, merged(10));
        told.requests.insert(10, merged(20));
        let joined = join(&told, &facts, &FxHashMap::default, Some(9 * DAY + DAY * 3 / 4));
        assert_eq!(joined.reviews.requests.len(), 1);
        let request = &joined.reviews.requests[0];
        assert!(request.is_open() && request.events.len() == 1, "{request:?}");
        assert_eq!(request.seen_at, 9 * DAY + DAY / 2);
    }

    #[test]
    fn files_are_those_of_the_change_or_those_the_forge_names() {
        let facts = history(&[Some(9), None]);
        assert_eq!(joined(&facts, merged(1)).reviews.requests[0].files, [FileId(0)]);
        let open = |paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let files = Some(super::super::ToldFiles { paths, complete: true });
            let request = ToldRequest { opened_at: Some(DAY), files, ..ToldRequest::default() };
            let request = joined(&facts, request).reviews.requests[0].clone();
            (request.files, request.files_complete)
        };
        assert_eq!(open(&["f1", "f0"]), (vec![FileId(0), FileId(1)], true));
        assert_eq!(open(&["f1", "new"]), (vec![FileId(1)], false));
    }
}
