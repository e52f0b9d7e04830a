//! Ownership files, one file a dialect. No two dialects share a matcher: they differ where it matters.

mod github;
mod pattern;

pub use github::{CodeOwners, Rule, parse};

/// Where GitHub looks, in this order; the first that exists counts, the others do nothing.
pub const GITHUB_PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// GitHub does not load a larger file.
pub const GITHUB_LIMIT_BYTES: usize = 3 << 20;
