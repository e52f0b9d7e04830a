//! What forges say of their pull requests, from the files they export: read, kept beside the facts, joined to the history.
//!
//! | file | does |
//! |---|---|
//! | [`told`] | all that was told, merged and settled, before any history is looked at |
//! | [`mod@read`] | streams values out of files, told apart by their content |
//! | `github`, `archive`, `gitlab` | the forms, one forge a file |
//! | `fields` | what all forms share: moments, logins, addresses |
//! | [`kept`] | the file in the cache |
//! | [`mod@join`] | a request to its change, an actor to its person |

mod archive;
mod fields;
mod github;
mod gitlab;
pub mod join;
pub mod kept;
pub mod read;
pub mod told;

pub use fields::{moment, written};
pub use join::{Joined, join};
pub use read::{Broken, NothingRead, Reader, Reading};
pub use told::{State, Told, ToldActor, ToldEvent, ToldFiles, ToldRequest};
