//! The manifest: `unsnarl.toml` at the root and `module.toml` beside the code.
//!
//! [`read`] gives what they declare and every mistake in them. A file with mistakes declares nothing: half a
//! manifest would hold half of a structure in place and look like the whole.

mod check;
mod format;
mod keys;
mod parse;
mod schema;
mod sense;
mod teams_csv;

pub use check::{Mistake, suggest};
pub use format::format;
pub use parse::{Read, read};
pub use schema::schema;
pub use teams_csv::{TeamRow, parse as parse_teams_csv};

/// The root manifest's name.
pub const ROOT_FILE: &str = "unsnarl.toml";
/// The name of a manifest beside the code.
pub const NESTED_FILE: &str = "module.toml";

/// Larger manifests are not read.
const LIMIT_BYTES: usize = 4 << 20;
