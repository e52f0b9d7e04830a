//! The tables, one file each.

mod changes;
mod events;
mod files;
mod past;
mod people;
mod process;
mod tags;
mod touches;

pub use changes::{Change, ChangeTable, CommitId, MessageKind, Unit, UnitChoice};
pub use events::{Actor, Event, EventKind, Request, Reviews};
pub use files::FileTable;
pub use people::{Participation, PeopleTable, PersonKind, Role};
pub use process::ProcessVersion;
pub use tags::Tag;
pub use touches::{Touch, TouchKind, TouchTable};

use crate::{
    Omission,
    dependencies::{Dependencies, Snapshot},
    paths::Paths,
};

/// Where the facts come from.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// The directory's name, for people.
    pub name: String,
    /// The commit the facts end at; `None` for a repository without commits.
    pub head: Option<CommitId>,
    /// Whether history is cut off (`git clone --depth`).
    pub shallow: bool,
}

/// Everything known about one repository's history.
///
/// Rows of [`changes`](Self::changes) are ordered oldest first. Identity is settled: a [`FileId`](crate::FileId)
/// is one file through its renames, a [`PersonId`](crate::PersonId) one person through their addresses.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Where the facts come from.
    pub repository: Repository,
    /// What a change is here, and why.
    pub unit: UnitChoice,
    /// Every path ever seen.
    pub paths: Paths,
    /// One row a change.
    pub changes: ChangeTable,
    /// One row a file in a change.
    pub touches: TouchTable,
    /// One row a file.
    pub files: FileTable,
    /// One row a person.
    pub people: PeopleTable,
    /// Who took part in what; sorted by change, then role, then person.
    pub participations: Vec<Participation>,
    /// Which file names which where history ends; `None` where it was not read.
    pub dependencies: Option<Dependencies>,
    /// The design as it stood at the ends of earlier years, oldest first; empty where it was not read.
    pub snapshots: Vec<Snapshot>,
    /// What a forge says of its pull requests; `None` where nothing was imported.
    pub reviews: Option<Reviews>,
    /// What ownership files and manifests asked, oldest first; `None` where earlier versions were not read.
    pub process: Option<Vec<ProcessVersion>>,
    /// What was tagged, in the order of time, then name; `None` where tags were not read.
    pub tags: Option<Vec<Tag>>,
    /// What mining left out.
    pub ledger: Vec<Omission>,
}
