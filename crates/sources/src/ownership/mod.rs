//! Ownership files, one file a dialect. No two dialects share a matcher: they differ where it matters.
//!
//! | dialect | written in | several rules match |
//! |---|---|---|
//! | [`github`] | `CODEOWNERS` | the last one decides |
//! | [`gitlab`] | `CODEOWNERS` | the last one of each section decides; all sections must agree |
//! | [`kubernetes`] | `OWNERS`, `OWNERS_ALIASES` | approvers add up towards the root |
//! | [`gerrit`] | `OWNERS` | owners add up towards the root |
//! | [`maintainers`] | `MAINTAINERS` | every section applies, the deepest pattern first |
//! | [`backstage`] | `catalog-info.yaml` | the nearest directory decides |
//! | [`declared`] | `unsnarl.toml`, `module.toml` | the most specific pattern decides |
//!
//! A new dialect is one file here and one line in [`DIALECTS`].

mod backstage;
mod declared;
pub mod emit;
mod gerrit;
mod github;
mod gitlab;
mod index;
mod kubernetes;
mod layers;
mod maintainers;
mod resolver;
mod rules;

pub use layers::{Layer, Layers, dialect_names};
pub use resolver::{DIALECTS, Dialect, Found, detect, read};
pub use rules::{Candidate, Claim, Decision, Fate, Problem, Resolver, Rule, Rules};

/// Larger ownership files are not read, whatever the dialect.
pub(crate) const LIMIT_BYTES: usize = 16 << 20;
