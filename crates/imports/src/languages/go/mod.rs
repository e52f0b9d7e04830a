//! Go, by its tokens.
//!
//! | written | means |
//! |---|---|
//! | `import "m/a"`, `import b "m/a"` | each file of that package that defines something taken from it: `a.F`, `b.T` |
//! | `import _ "m/a"` | the files of that package with a `func init` |
//! | `import . "m/a"` | the files of that package that define a name used here |
//! | `F()`, `T{}`, `v.x` | the file of the own package that defines `F`, `T`, `v` |
//! | `//go:embed a.txt` | that file |
//! | `import "C"` | external, as `C`; what the comment above it includes is not read |
//!
//! An import path names a directory. The directory is found by the longest module path that begins it, of every
//! `go.mod` of the tree, and of the `replace` directives that lead to directories; where several modules are called the
//! same, the file's own module and its replacements come first, then those of a `go.work`, then the others. In a tree
//! without a `go.mod` the path of its root is what most imports agree upon. Whatever no module of the tree begins is
//! external, by the module its `go.mod` requires for it, whether it is vendored or not; the standard library is `std`.
//!
//! What a package is called in code is what its files say, not how its directory is called. Its files are taken
//! together whatever their build constraints, be they `//go:build` or the ends of file names; something defined once a
//! platform means every file that defines it. Tests of a package see its tests; `package x_test` is a package of its own.
//! A package nothing can be found in (what is taken may be generated) stands for the file called as it is, or its first.
//!
//! Uses within a package count where the name is defined by another file of it and by nothing nearer: parameters,
//! variables, fields and labels are told apart by their scopes.
//!
//! Not told: methods and fields, as whose they are needs types; keys of literals where they are constants, unless a map
//! or an array is written out in front of them; patterns of `//go:embed`; assembly.

mod modules;
mod packages;
mod scan;
mod scopes;
#[cfg(test)]
mod tests;

pub(super) use packages::resolver;

use crate::Language;

pub(super) const LANGUAGE: Language =
    Language { name: "go", endings: &[".go"], descends: false, scan: scan::scan };
