//! What a path's name tells: its programming language, and whether a tool wrote the file.
//!
//! Names and extensions only; no blob is read. The list follows GitHub Linguist's `programming` type for the
//! languages one meets; markup, data and prose are no language here, so a file with a language is source code.

/// The programming language a path's name tells; `None` for data, prose and unknown names.
pub fn of_path(path: &[u8]) -> Option<&'static str> {
    let name = file_name(path);
    if let Some(&(_, language)) = BY_NAME.iter().find(|(known, _)| name == known.as_bytes()) {
        return Some(language);
    }
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    let extension = &name[dot + 1..];
    if extension.is_empty() || extension.len() > 10 {
        return None;
    }
    let mut lower = [0; 10];
    let lower = &mut lower[..extension.len()];
    lower.copy_from_slice(extension);
    lower.make_ascii_lowercase();
    BY_EXTENSION.binary_search_by(|(known, _)| known.as_bytes().cmp(lower)).ok().map(|at| BY_EXTENSION[at].1)
}

/// Whether a path names something a tool writes: lock files, snapshots, vendored, minified or generated code.
pub fn is_generated(path: &[u8]) -> bool {
    let name = file_name(path);
    LOCK_FILES.iter().any(|lock| name == lock.as_bytes())
        || GENERATED_ENDINGS.iter().any(|ending| name.ends_with(ending.as_bytes()))
        || GENERATED_STARTS.iter().any(|start| name.starts_with(start.as_bytes()))
        || path[..path.len() - name.len()]
            .split(|&byte| byte == b'/')
            .any(|part| GENERATED_DIRECTORIES.iter().any(|directory| part == directory.as_bytes()))
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

const LOCK_FILES: &[&str] = &[
    "Cargo.lock",
    "Gemfile.lock",
    "Gopkg.lock",
    "MODULE.bazel.lock",
    "Package.resolved",
    "Pipfile.lock",
    "Podfile.lock",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "flake.lock",
    "glide.lock",
    "go.sum",
    "go.work.sum",
    "gradle.lockfile",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pubspec.lock",
    "uv.lock",
    "yarn.lock",
];

const GENERATED_ENDINGS: &[&str] = &[
    ".designer.cs",
    ".g.cs",
    ".g.dart",
    ".freezed.dart",
    ".gen.go",
    ".gen.ts",
    ".generated.cs",
    ".generated.ts",
    ".map",
    ".min.css",
    ".min.js",
    ".pb.cc",
    ".pb.go",
    ".pb.gw.go",
    ".pb.h",
    ".pb.html",
    ".snap",
    "_generated.go",
    "_generated.rs",
    "_grpc.pb.go",
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
    "_string.go",
];

const GENERATED_STARTS: &[&str] = &["bindata.", "zz_generated."];

const GENERATED_DIRECTORIES: &[&str] =
    &["__snapshots__", "Godeps", "bower_components", "generated", "node_modules", "third_party", "vendor"];

const BY_NAME: &[(&str, &str)] = &[
    ("BUILD", "Starlark"),
    ("BUILD.bazel", "Starlark"),
    ("CMakeLists.txt", "CMake"),
    ("Dockerfile", "Dockerfile"),
    ("GNUmakefile", "Makefile"),
    ("Gemfile", "Ruby"),
    ("Jenkinsfile", "Groovy"),
    ("Makefile", "Makefile"),
    ("Rakefile", "Ruby"),
    ("WORKSPACE", "Starlark"),
    ("configure.ac", "M4"),
    ("makefile", "Makefile"),
];

/// Sorted by extension, for binary search; a test holds it to that.
const BY_EXTENSION: &[(&str, &str)] = &[
    ("adb", "Ada"),
    ("ads", "Ada"),
    ("as", "ActionScript"),
    ("asm", "Assembly"),
    ("astro", "Astro"),
    ("awk", "Awk"),
    ("bash", "Shell"),
    ("bat", "Batchfile"),
    ("bzl", "Starlark"),
    ("c", "C"),
    ("cc", "C++"),
    ("cjs", "JavaScript"),
    ("cl", "Common Lisp"),
    ("clj", "Clojure"),
    ("cljc", "Clojure"),
    ("cljs", "Clojure"),
    ("cmake", "CMake"),
    ("coffee", "CoffeeScript"),
    ("cpp", "C++"),
    ("cr", "Crystal"),
    ("cs", "C#"),
    ("css", "CSS"),
    ("cts", "TypeScript"),
    ("cu", "Cuda"),
    ("cxx", "C++"),
    ("d", "D"),
    ("dart", "Dart"),
    ("el", "Emacs Lisp"),
    ("elm", "Elm"),
    ("erb", "Ruby"),
    ("erl", "Erlang"),
    ("ex", "Elixir"),
    ("exs", "Elixir"),
    ("f90", "Fortran"),
    ("fish", "Shell"),
    ("fs", "F#"),
    ("fsx", "F#"),
    ("glsl", "GLSL"),
    ("go", "Go"),
    ("gradle", "Groovy"),
    ("groovy", "Groovy"),
    ("h", "C"),
    ("hh", "C++"),
    ("hpp", "C++"),
    ("hrl", "Erlang"),
    ("hs", "Haskell"),
    ("hx", "Haxe"),
    ("hxx", "C++"),
    ("idr", "Idris"),
    ("java", "Java"),
    ("jl", "Julia"),
    ("js", "JavaScript"),
    ("jsx", "JavaScript"),
    ("kt", "Kotlin"),
    ("kts", "Kotlin"),
    ("less", "Less"),
    ("lhs", "Haskell"),
    ("lisp", "Common Lisp"),
    ("lua", "Lua"),
    ("m", "Objective-C"),
    ("m4", "M4"),
    ("mjs", "JavaScript"),
    ("mk", "Makefile"),
    ("ml", "OCaml"),
    ("mli", "OCaml"),
    ("mm", "Objective-C"),
    ("mts", "TypeScript"),
    ("nim", "Nim"),
    ("nix", "Nix"),
    ("pas", "Pascal"),
    ("php", "PHP"),
    ("pl", "Perl"),
    ("pm", "Perl"),
    ("proto", "Protocol Buffer"),
    ("ps1", "PowerShell"),
    ("psm1", "PowerShell"),
    ("purs", "PureScript"),
    ("py", "Python"),
    ("pyi", "Python"),
    ("pyx", "Cython"),
    ("r", "R"),
    ("rake", "Ruby"),
    ("rb", "Ruby"),
    ("rkt", "Racket"),
    ("rs", "Rust"),
    ("s", "Assembly"),
    ("sass", "Sass"),
    ("sc", "Scala"),
    ("scala", "Scala"),
    ("scm", "Scheme"),
    ("scss", "SCSS"),
    ("sh", "Shell"),
    ("sol", "Solidity"),
    ("sql", "SQL"),
    ("sv", "SystemVerilog"),
    ("svelte", "Svelte"),
    ("swift", "Swift"),
    ("tcl", "Tcl"),
    ("tf", "HCL"),
    ("thrift", "Thrift"),
    ("ts", "TypeScript"),
    ("tsx", "TypeScript"),
    ("v", "Verilog"),
    ("vala", "Vala"),
    ("vb", "Visual Basic"),
    ("vhd", "VHDL"),
    ("vim", "Vim Script"),
    ("vue", "Vue"),
    ("wat", "WebAssembly"),
    ("wgsl", "WGSL"),
    ("yy", "Yacc"),
    ("zig", "Zig"),
    ("zsh", "Shell"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_sorted() {
        assert!(BY_EXTENSION.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn names_tell_the_language() {
        for (path, language) in [
            ("src/main.rs", Some("Rust")),
            ("a/B.JAVA", Some("Java")),
            ("Makefile", Some("Makefile")),
            ("README.md", None),
            ("no_extension", None),
            (".gitignore", None),
            ("trailing.", None),
            ("", None),
        ] {
            assert_eq!(of_path(path.as_bytes()), language, "{path}");
        }
    }

    #[test]
    fn tools_write_these() {
        for path in ["Cargo.lock", "web/yarn.lock", "api/v1/a.pb.go", "vendor/x/y.go", "t/__snapshots__/a.js"]
        {
            assert!(is_generated(path.as_bytes()), "{path}");
        }
        for path in ["src/vendor.rs", "lock.rs", "src/generate.go", "locks/mod.rs"] {
            assert!(!is_generated(path.as_bytes()), "{path}");
        }
    }
}
