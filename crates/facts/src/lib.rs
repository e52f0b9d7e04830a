//! What is known: a few tables of typed columns, and the lens that says whose each row is.
//!
//! Facts hold no formula and do no I/O. `sources` fills them, `measures` reads them.
//!
//! | module | holds |
//! |---|---|
//! | [`counts`] | counts as people read them |
//! | [`ids`] | `u32` newtypes, one a table |
//! | [`paths`] | repository paths as interned bytes |
//! | [`time`] | seconds since the epoch, calendar periods |
//! | [`tables`] | the tables, one file each |
//! | [`dependencies`] | what files name, and which file is meant |
//! | [`manifest`] | structure as somebody wrote it down |
//! | [`mod@standing`] | a tree as it stands: what rules are held against |
//! | [`BUILT_IN_RULES`] | what the rules are called |
//! | [`globs`] | the path patterns of a manifest |
//! | [`rulebook`] | ownership rules, and what each does in a tree |
//! | [`structure`] | modules, teams and ownership, declared or inferred |
//! | [`lens`] | change → modules, change → teams: the view every measure shares |
//! | [`test_files`] | which files are tests, by their paths |
//! | [`moves`] | small edits of a structure |
//! | [`units`] | changes joined by ticket |
//! | [`ledger`] | what was left out, and why |

mod built_in;
pub mod counts;
pub mod dependencies;
pub mod globs;
pub mod ids;
pub mod ledger;
pub mod lens;
pub mod manifest;
pub mod moves;
pub mod paths;
pub mod rulebook;
pub mod standing;
pub mod structure;
pub mod tables;
pub mod test_files;
pub mod time;
pub mod units;

pub use built_in::BUILT_IN_RULES;
pub use ids::{ChangeId, FileId, ModuleId, PathId, PersonId, TeamId};
pub use ledger::{Omission, Omitted};
pub use lens::Lens;
pub use manifest::Manifest;
pub use rulebook::RuleBook;
pub use standing::Standing;
pub use structure::{Basis, Module, Ownership, Structure, Team};
pub use tables::{
    Actor, Change, ChangeTable, CommitId, Event, EventKind, Facts, FileTable, MessageKind, Participation,
    PeopleTable, PersonKind, ProcessVersion, Repository, Request, Reviews, Role, Tag, Touch, TouchKind,
    TouchTable, Unit, UnitChoice,
};
