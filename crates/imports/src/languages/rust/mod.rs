//! Rust, by its tokens.
//!
//! | written | means |
//! |---|---|
//! | `mod a;` | the file of that module, by `#[path]` where it has one; of the kind `contains`, for a part is no dependency |
//! | `use a::b::C;`, each name of a list by itself | the file that defines it, `pub use` and globs followed |
//! | `a::b::f()`, `a::b::T` in code and in macros | the same, where it leads into the tree |
//! | `T`, `f()` in a file that takes in names by `*` | the same, where one of the globs brings it |
//! | `m!(…)` | the file of its `macro_rules!`: of the same crate, or exported by one that is named |
//! | `extern crate a;` | the root of that crate |
//! | `include!("a")`, `include_str!`, `include_bytes!` | that file, as seen from this one or from `CARGO_MANIFEST_DIR` |
//!
//! Modules are followed from the roots each `Cargo.toml` gives: library, binaries, tests, examples, benches, build script.
//! A path begins with `crate`, `self`, `super`, a name of its module, or a crate: one of the package's dependencies by
//! the name it has in code, which is the one it is renamed to, else that of its library. Dependencies by `path`, inherited
//! from the workspace, or patched to a `path` lead into the tree; the others are external, by the name of the package;
//! `std`, `core` and `alloc` are `std`. In the edition of 2015 `use` begins at the root of the crate. Where what is taken
//! cannot be found (a macro may define it), the module named is meant. An included file belongs to the module that
//! includes it. Files no `Cargo.toml` leads to, such as cases of tests, are roots with the dependencies of the package
//! they lie in.
//!
//! What stands below `#[cfg(test)]` or `#[test]`, in tests, benches and examples is for tests, also in files that only such
//! modules lead to; a build script and what documentation includes is for development. All of `cfg` is read: a name it
//! chooses for means every file it may come from. In macros called within functions, and in the rules of macros, names
//! count where they mean a file.
//!
//! Not told: methods and fields, as whose they are needs types; names that macros put together; `#[path]` on a module with
//! a body, and all but the last of several `#[cfg_attr(…, path)]`; what a build script writes.

mod attributes;
mod crates;
mod manifest;
mod names;
mod scan;
#[cfg(test)]
mod tests;
mod tokens;
mod uses;

pub(super) use names::resolver;

use crate::Language;

pub(super) const LANGUAGE: Language =
    Language { name: "rust", endings: &[".rs"], descends: false, scan: scan::scan };
