//! Git history as facts, read with gix's object store and our own tree walk and rename detection.
//!
//! | file | does |
//! |---|---|
//! | [`mod@open`] | opens a repository, names the commit to end at |
//! | `walk` | orders history: the mainline and what each of its commits brought |
//! | `unit` | picks the unit of change from the repository's shape |
//! | `tree_diff`, `renames`, `similarity`, `lines` | what differs between two trees |
//! | `object`, `objects`, `message` | reads commits, trees and messages |
//! | `identity` | who is who |
//! | `assemble` | rows become tables |
//! | [`mod@mine`] | all of it, in parallel, and only what is new |
//! | `head` | the files that live at the head |
//! | `base` | the commit a change left its base at |
//! | `forge` | what of a repository a forge would name: its address, the tips of its branches |
//! | `checkout` | the files somebody works on |
//! | `tags` | what was tagged, and which changes it contains |

mod assemble;
mod base;
mod checkout;
mod forge;
mod head;
mod identity;
mod ignored;
mod lines;
mod message;
mod mine;
mod object;
mod objects;
mod open;
mod renames;
mod similarity;
mod tags;
mod touched;
mod tree_diff;
mod unit;
mod walk;

pub use assemble::{Credit, RawIdentity};
pub use base::{BaseError, merge_base};
pub use checkout::{Checkout, Listed, Side};
pub use head::{Head, Listing};
pub(crate) use identity::{forge_login, kind_of_login};
pub use ignored::ignored_revisions;
pub use mine::{Mined, Progress, Settings, mine, settle_people};
pub use open::{Described, Found, OpenError, Source, open};
pub use tags::{Tagged, read_tags};

/// What a ticket key looks like unless told otherwise: `SHOP-812`.
pub const DEFAULT_TICKET_PATTERN: &str = r"(?-u:\b)([A-Z][A-Z0-9]{1,9}-[0-9]{1,9})(?-u:\b)";
