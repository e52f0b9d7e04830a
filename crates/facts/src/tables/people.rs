//! `people` and `participations`: who took part, in which role.

use crate::{ChangeId, PersonId, time::Seconds};

/// What kind of participant it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonKind {
    /// A person.
    #[default]
    Human,
    /// A program that acts by rule: dependency bumps, merge queues, release jobs.
    Bot,
    /// An AI coding agent.
    Agent,
}

impl PersonKind {
    /// `human`, `bot` or `agent`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Bot => "bot",
            Self::Agent => "agent",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Human, Self::Bot, Self::Agent].into_iter().find(|kind| kind.name() == name)
    }
}

/// What someone did in a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Wrote one of its commits.
    Author,
    /// `Co-authored-by`, `Co-developed-by`.
    CoAuthor,
    /// `Reviewed-by`, `Acked-by`, `Approved-by` and kin.
    Reviewer,
    /// `Tested-by`.
    Tester,
    /// `Reported-by`.
    Reporter,
    /// `Signed-off-by`.
    Signer,
    /// Put it on the mainline: author of the merge commit, or a committer other than the author.
    Merger,
}

impl Role {
    const ALL: [Self; 7] = [
        Self::Author,
        Self::CoAuthor,
        Self::Reviewer,
        Self::Tester,
        Self::Reporter,
        Self::Signer,
        Self::Merger,
    ];

    /// The name in the fact tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::CoAuthor => "co-author",
            Self::Reviewer => "reviewer",
            Self::Tester => "tester",
            Self::Reporter => "reporter",
            Self::Signer => "signer",
            Self::Merger => "merger",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role means having written part of the change.
    pub fn wrote(self) -> bool {
        matches!(self, Self::Author | Self::CoAuthor)
    }
}

/// One person in one role in one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Participation {
    /// The change.
    pub change: ChangeId,
    /// The role.
    pub role: Role,
    /// The person.
    pub person: PersonId,
    /// When: author date for authors, otherwise the change's own date.
    pub at: Seconds,
}

/// People, in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub struct PeopleTable {
    /// The name to show; untrusted text.
    pub name: Vec<String>,
    /// Every address, lower case, sorted; the first is the canonical one.
    pub emails: Vec<Vec<String>>,
    /// What kind of participant.
    pub kind: Vec<PersonKind>,
}

impl PeopleTable {
    /// How many people there are.
    pub fn len(&self) -> usize {
        self.name.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty()
    }

    /// Calls everybody by their number, and forgets the addresses.
    pub fn hide_names(&mut self) {
        self.name = (1..=self.len()).map(|number| format!("person-{number}")).collect();
        self.emails.iter_mut().for_each(Vec::clear);
    }

    /// Every row.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = PersonId> + use<> {
        (0..self.len()).map(PersonId::from_index)
    }
}
