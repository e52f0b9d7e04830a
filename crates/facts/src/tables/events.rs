//! `events`: what a forge says of each pull request: who opened, reviewed, approved and merged it, and when.
//!
//! Git does not hold this; it is imported (`unsnarl events`). A request that is open, or was closed without a merge, has no
//! change. Logins are not addresses: a participant is joined to a person of the history only where the forge or the
//! history says who it is.

use crate::{ChangeId, FileId, PersonId, PersonKind, time::Seconds};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It was opened, perhaps as a draft.
    Opened,
    /// It is a draft no longer.
    Ready,
    /// It became a draft again.
    Drafted,
    /// Somebody, or a team, was asked to review it.
    ReviewRequested,
    /// It was reviewed without a verdict.
    Reviewed,
    /// A reviewer asked for changes.
    ChangesRequested,
    /// A reviewer approved it.
    Approved,
    /// It reached its branch.
    Merged,
    /// It was closed without reaching it.
    Closed,
    /// It was opened again.
    Reopened,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Opened,
        Self::Ready,
        Self::Drafted,
        Self::ReviewRequested,
        Self::Reviewed,
        Self::ChangesRequested,
        Self::Approved,
        Self::Merged,
        Self::Closed,
        Self::Reopened,
    ];

    /// The name in the fact tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Ready => "ready",
            Self::Drafted => "drafted",
            Self::ReviewRequested => "review-requested",
            Self::Reviewed => "reviewed",
            Self::ChangesRequested => "changes-requested",
            Self::Approved => "approved",
            Self::Merged => "merged",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether somebody looked at it: with a verdict or without.
    pub fn is_review(self) -> bool {
        matches!(self, Self::Reviewed | Self::ChangesRequested | Self::Approved)
    }
}

/// Somebody as a forge knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The login, or `team:` and the team's slug where a team was asked; untrusted text.
    pub login: String,
    /// Who that is in the history; `None` where nothing says so.
    pub person: Option<PersonId>,
    /// What kind of participant.
    pub kind: PersonKind,
}

/// One thing that happened to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// When.
    pub at: Seconds,
    /// What.
    pub kind: EventKind,
    /// Who did it, or who was asked; an index into [`Reviews::actors`], `None` for nobody that is known any more.
    pub actor: Option<u32>,
}

/// One pull request, merge request or change under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number in the forge.
    pub number: u64,
    /// The change it became; `None` for one that is open, was closed, or went elsewhere.
    pub change: Option<ChangeId>,
    /// Who opened it; an index into [`Reviews::actors`].
    pub author: Option<u32>,
    /// Files it touches as far as history knows them: those of its change, else those the forge names. Sorted.
    pub files: Vec<FileId>,
    /// Whether [`files`](Self::files) are all of them.
    pub files_complete: bool,
    /// When its first commit was written, where that is told.
    pub written_at: Option<Seconds>,
    /// When it was opened.
    pub opened_at: Seconds,
    /// When it was merged.
    pub merged_at: Option<Seconds>,
    /// When it was closed, merged or not.
    pub closed_at: Option<Seconds>,
    /// When the forge was asked: what was open then has waited at least so long.
    pub seen_at: Seconds,
    /// What happened, oldest first; [`EventKind::Opened`] and, where it was, [`EventKind::Merged`] or
    /// [`EventKind::Closed`] among them.
    pub events: Vec<Event>,
}

impl Request {
    /// Whether it was open when the forge was asked.
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none() && self.merged_at.is_none()
    }
}

/// Every request that was imported, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviews {
    /// Those who did something.
    pub actors: Vec<Actor>,
    /// The requests.
    pub requests: Vec<Request>,
}
