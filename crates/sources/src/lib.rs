//! How it is learned: the only input I/O. Every source returns facts, and what was skipped.
//!
//! | module | learns |
//! |---|---|
//! | [`apply`] | nothing: it writes moves down in the words of what was read |
//! | [`git`] | changes, touches, files, people and participations, from the object store |
//! | [`events`] | what forges say of their pull requests, from exported files |
//! | [`manifest`] | what `unsnarl.toml` and `module.toml` declare |
//! | [`ownership`] | declared owners, one file a dialect |
//! | `build` | declared modules, one row a build system |
//! | `inferred` | modules, teams and stewards that nobody declared |
//! | [`structure`] | the last three, joined |
//! | [`rulebook`] | what every ownership rule does |
//! | [`then`] | ownership as it stood at each change |
//! | [`patch`] | moves, from a file that says them |
//! | [`tree`] | files of a commit or directory, links followed |
//! | [`store`] | what was learned before, from Parquet |
//! | [`languages`] | what a path's name tells |

pub mod apply;
mod build;
pub mod events;
pub mod git;
mod inferred;
pub mod languages;
pub mod manifest;
pub mod ownership;
pub mod patch;
mod people;
mod roster;
pub mod rulebook;
pub mod store;
pub mod structure;
pub mod then;
pub mod tree;
mod yaml;
