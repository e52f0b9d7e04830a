//! A small system made by hand: module m has one file, and each team owns as many modules as are its.

use facts::{
    Actor, Basis, Change, ChangeId, CommitId, Event, EventKind, Facts, FileId, Lens, Module, ModuleId,
    Ownership, Participation, PersonId, PersonKind, Request, Reviews, Role, Structure, Team, TeamId, Touch,
    TouchKind,
    lens::Range,
    structure::{Membership, Source, TeamKind},
    time::{DAY, Seconds},
};

/// When everything is looked at.
pub(crate) const NOW: Seconds = 1_700_000_000;
/// The first moment of the story that requests tell.
pub(crate) const START: Seconds = NOW - 100 * DAY;
/// Seconds in an hour.
pub(crate) const HOUR: Seconds = 3600;

/// Facts under construction; person p is in team p, and module m is owned by team m.
pub(crate) struct Shop {
    pub(crate) facts: Facts,
    pub(crate) structure: Structure,
}

impl Shop {
    /// So many teams, each with one module and one person.
    pub(crate) fn new(teams: u32) -> Self {
        let mut facts = Facts::default();
        for module in 0..teams {
            let path = facts.paths.intern(format!("m{module}/a.rs").as_bytes());
            let file = facts.files.push(path, ChangeId(0));
            facts.files.language[file.index()] = Some("Rust");
            facts.people.name.push(format!("p{module}"));
            facts.people.emails.push(Vec::new());
            facts.people.kind.push(PersonKind::Human);
        }
        let source = Source { basis: Basis::Declared, from: "test".into() };
        let team = |at| Team { name: format!("@shop/{at}"), kind: TeamKind::Team, source: source.clone() };
        let module = |at| Module { name: format!("m{at}"), source: source.clone() };
        let member = |at| Membership { team: TeamId(at), person: PersonId(at), since: None, until: None };
        let structure = Structure {
            modules: (0..teams).map(module).collect(),
            module_of_file: (0..teams).map(|at| Some(ModuleId(at))).collect(),
            teams: (0..teams).map(team).collect(),
            memberships: (0..teams).map(member).collect(),
            declared: Some(Ownership {
                basis: Basis::Declared,
                sets: (0..teams).map(|at| vec![TeamId(at)]).collect(),
                set_of_file: (0..teams).map(Some).collect(),
                ..Ownership::default()
            }),
            ..Structure::default()
        };
        Self { facts, structure }
    }

    /// Adds a change of some modules, written and merged then.
    pub(crate) fn change(&mut self, modules: &[u32], written: Seconds, merged: Seconds) -> ChangeId {
        let change = ChangeId::from_index(self.facts.changes.len());
        let mut id = [0; 20];
        id[..4].copy_from_slice(&change.0.to_be_bytes());
        let commit = CommitId::from_bytes(&id).expect("twenty bytes");
        let files = modules.len() as u32;
        self.facts.changes.push(Change { authored_at: written, files, ..Change::new(commit, merged) });
        for &module in modules {
            let path = self.facts.files.path[module as usize];
            let touch =
                Touch { change, file: FileId(module), path, kind: TouchKind::Modified, previous_path: None };
            self.facts.touches.push(touch);
        }
        let author = PersonId(modules.first().copied().unwrap_or_default());
        self.facts.participations.push(Participation {
            change,
            role: Role::Author,
            person: author,
            at: written,
        });
        change
    }

    /// Adds a request by the actor of that number. Actors 0, 1, … are the people; `bot` and `guest` are further.
    pub(crate) fn request(
        &mut self,
        author: u32,
        change: Option<ChangeId>,
        story: &[(Seconds, EventKind, u32)],
    ) -> &mut Request {
        let people = self.facts.people.len() as u32;
        let reviews = self.facts.reviews.get_or_insert_with(|| {
            let person =
                |at| Actor { login: format!("p{at}"), person: Some(PersonId(at)), kind: PersonKind::Human };
            let mut actors: Vec<Actor> = (0..people).map(person).collect();
            actors.push(Actor { login: "bot".into(), person: None, kind: PersonKind::Bot });
            actors.push(Actor { login: "guest".into(), person: None, kind: PersonKind::Human });
            Reviews { actors, requests: Vec::new() }
        });
        let event = |&(hours, kind, actor): &(Seconds, EventKind, u32)| Event {
            at: START + hours * HOUR,
            kind,
            actor: Some(actor),
        };
        let events: Vec<Event> = story.iter().map(event).collect();
        let last = |kind: EventKind| events.iter().filter(|one| one.kind == kind).map(|one| one.at).max();
        let merged_at = last(EventKind::Merged);
        let reopened = last(EventKind::Reopened);
        let closed_at =
            merged_at.or(last(EventKind::Closed).filter(|at| reopened.is_none_or(|again| again < *at)));
        reviews.requests.push(Request {
            number: reviews.requests.len() as u64 + 1,
            change,
            author: Some(author),
            files: Vec::new(),
            files_complete: true,
            written_at: None,
            opened_at: START,
            merged_at,
            closed_at,
            seen_at: NOW,
            events,
        });
        reviews.requests.last_mut().expect("one was just added")
    }

    /// The actor that is a bot.
    pub(crate) fn bot(&self) -> u32 {
        self.facts.people.len() as u32
    }

    /// The actor whom nobody knows.
    pub(crate) fn guest(&self) -> u32 {
        self.bot() + 1
    }

    /// Looks at it.
    pub(crate) fn seen<T>(&mut self, look: impl FnOnce(&Lens<'_>) -> T) -> T {
        self.facts.touches.index(self.facts.changes.len());
        let range = Range { now: NOW, ..Range::default() };
        look(&Lens::new(&self.facts, &self.structure, self.structure.ownership(), range))
    }
}
