use crate::testing::{broken, edges};

const MANIFEST: &str = "[package]\nname = \"my-own\"\nedition = \"2021\"\n[dependencies]\nserde_json = \"1\"\nother = { path = \"other\" }\nnick = { path = \"other\", package = \"other\" }\n";

/// The edges of `src/lib.rs` in a package with some modules and a dependency.
fn of_library(text: &str) -> Vec<String> {
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", text),
        (
            "src/a.rs",
            "pub struct A; pub mod b; pub use b::Deep; pub(crate) use self::b::*; macro_rules! inner { () => {} }",
        ),
        (
            "src/a/b.rs",
            "pub struct Deep; pub fn deep() {} pub mod inside { pub struct Within; } pub enum E { V }",
        ),
        ("src/data.txt", ""),
        ("src/part.rs", "pub struct Part; use crate::a::A;"),
        ("src/elsewhere/x.rs", ""),
        ("other/Cargo.toml", "[package]\nname = \"other\"\n[lib]\nname = \"called\"\n"),
        (
            "other/src/lib.rs",
            "#[macro_export] macro_rules! shout { () => {} }\npub mod deeper;\npub use deeper::*;\n",
        ),
        ("other/src/deeper.rs", "pub struct Far; pub fn far() {}"),
    ];
    let own = edges(&files).into_iter().filter_map(|edge| Some(edge.strip_prefix("src/lib.rs:")?.to_owned()));
    own.collect()
}

#[test]
fn modules_lead_to_their_files() {
    assert_eq!(of_library("mod a;"), ["1 -> src/a.rs"]);
    assert_eq!(of_library("#[path = \"elsewhere/x.rs\"]\nmod x;"), ["2 -> src/elsewhere/x.rs"]);
    assert_eq!(
        of_library("#[cfg_attr(unix, path = \"elsewhere/x.rs\")] pub(crate) mod x;"),
        ["1 -> src/elsewhere/x.rs"]
    );
    assert_eq!(of_library("mod a { mod b; }"), ["1 -> src/a/b.rs"]);
    assert_eq!(of_library("mod none;"), ["1 -> unresolved no file for the module none"]);
    assert_eq!(
        of_library("choose! { if #[cfg(x)] { mod a; } else { mod none; } }"),
        ["1 -> src/a.rs", "1 -> unresolved no file for the module none"]
    );
}

#[test]
fn uses_are_followed_to_the_definition() {
    let of = |uses: &str| of_library(&format!("mod a;\n{uses}")).split_off(1);
    assert_eq!(of("use a::A;"), ["2 -> src/a.rs"]);
    assert_eq!(
        of("use crate::a::{A, b::{self, deep as d}, Deep};"),
        ["2 -> src/a.rs", "2 -> src/a/b.rs", "2 -> src/a/b.rs", "2 -> src/a/b.rs"]
    );
    // A function and a module called the same: code calls the one and goes on through the other.
    let both = "mod t { pub mod a { pub use crate::a::b::deep; } pub fn a() {} } use t::a as one; fn f() { one::deep(); t::a() }";
    assert_eq!(of(both), ["2 -> src/a/b.rs", "2 -> src/a/b.rs"]);
    assert_eq!(of("use self::a::deep;"), ["2 -> src/a/b.rs"]);
    assert_eq!(of("mod m { use super::a::b::inside::Within; }"), ["2 -> src/a/b.rs"]);
    assert_eq!(of("use a::b::E::*;"), ["2 -> src/a/b.rs"]);
    assert_eq!(of("use a::made_by_a_macro;"), ["2 -> src/a.rs"]);
    assert_eq!(of("use r#a::A;"), ["2 -> src/a.rs"]);
    assert_eq!(
        of("use unknown::X;"),
        ["2 -> unresolved neither a module nor a dependency is called unknown"]
    );
    assert_eq!(of("use super::X;"), ["2 -> unresolved there is no module above"]);
    assert_eq!(
        of("use a::a::a::a;\nuse x::y; use y::x;"),
        [
            "2 -> src/a.rs",
            "3 -> unresolved neither a module nor a dependency is called x",
            "3 -> unresolved neither a module nor a dependency is called y"
        ]
    );
}

#[test]
fn globs_bring_what_is_public() {
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "mod hub;\nuse hub::Thing;\nuse hub::made;\n"),
        ("src/hub.rs", "mod one; mod two; pub use one::*; pub use two::*;"),
        ("src/hub/one.rs", "use crate::hub::Thing; use serde_json::made; fn f(x: Thing) {}"),
        ("src/hub/two.rs", "pub struct Thing; mod t { use super::*; fn f(x: Thing) {} }"),
    ];
    let all = edges(&files);
    let of =
        |from: &str| all.iter().filter(|edge| edge.starts_with(from)).map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("src/lib.rs:2"), ["src/lib.rs:2 -> src/hub/two.rs"]);
    assert_eq!(of("src/lib.rs:3"), ["src/lib.rs:3 -> src/hub.rs"]);
    assert_eq!(
        of("src/hub/one.rs"),
        ["src/hub/one.rs:1 -> src/hub/two.rs", "src/hub/one.rs:1 -> external serde_json"]
    );
    assert_eq!(of("src/hub/two.rs"), [""; 0]);
}

#[test]
fn crates_are_found_by_the_names_they_have_in_code() {
    assert_eq!(of_library("use serde_json::Value;"), ["1 -> external serde_json"]);
    assert_eq!(of_library("use std::fmt; use core::mem;"), ["1 -> external std", "1 -> external std"]);
    assert_eq!(of_library("use called::Far;"), ["1 -> other/src/deeper.rs"]);
    assert_eq!(of_library("use nick::deeper;"), ["1 -> other/src/deeper.rs"]);
    assert_eq!(of_library("use ::called::far;"), ["1 -> other/src/deeper.rs"]);
    assert_eq!(of_library("extern crate called;"), ["1 -> other/src/lib.rs"]);
    assert_eq!(
        of_library("extern crate called as c; fn f() { c::far() }"),
        ["1 -> other/src/lib.rs", "1 -> other/src/deeper.rs"]
    );
    assert_eq!(
        of_library("extern crate rustc_lexer; use rustc_lexer::x;"),
        ["1 -> external rustc_lexer", "1 -> external rustc_lexer"]
    );
    assert_eq!(
        of_library("extern crate self as me; mod a; use me::a::A;"),
        ["1 -> src/a.rs", "1 -> src/a.rs"]
    );
}

#[test]
fn paths_in_code_count_where_they_lead_into_the_tree() {
    let of = |code: &str| of_library(&format!("mod a;\n{code}")).split_off(1);
    assert_eq!(
        of("fn f() { a::b::deep(); x.a::<a::A>(); serde_json::to_string(); unknown::f() }"),
        ["2 -> src/a/b.rs", "2 -> src/a.rs"]
    );
    assert_eq!(of("fn f() { println!(\"{}\", a::b::deep()) }"), ["2 -> src/a/b.rs"]);
    assert_eq!(of("macro_rules! m { () => { $crate::a::deep(); use x::y; mod z; } }"), ["2 -> src/a/b.rs"]);
    assert_eq!(
        of("#[derive(a::A)] struct S<'a>(&'a str, char); const C: char = 'a'; const T: &str = r#\"a::A\"#;"),
        ["2 -> src/a.rs"]
    );
    assert_eq!(of("fn f() { ::called::far() }"), ["2 -> other/src/deeper.rs"]);
    assert_eq!(
        of("use a::*; fn f(x: Deep) { deep(); Own::new(); g() } struct Own; fn g() {}"),
        ["2 -> src/a.rs", "2 -> src/a/b.rs", "2 -> src/a/b.rs"]
    );
}

#[test]
fn macros_lead_to_their_rules() {
    assert_eq!(of_library("#[macro_use] mod a; fn f() { inner!() }"), ["1 -> src/a.rs", "1 -> src/a.rs"]);
    assert_eq!(of_library("fn f() { called::shout!() }"), ["1 -> other/src/lib.rs"]);
    assert_eq!(of_library("use called::shout; fn f() { shout!() }"), ["1 -> other/src/lib.rs"]);
    assert_eq!(
        of_library("#[macro_use]\nextern crate called;\nfn f() { shout!() }"),
        ["2 -> other/src/lib.rs", "3 -> other/src/lib.rs"]
    );
    assert_eq!(of_library("macro_rules! own { () => {} } fn f() { own!(); unknown!() }"), [""; 0]);
}

#[test]
fn included_files_are_named() {
    assert_eq!(of_library("const T: &str = include_str!(\"data.txt\");"), ["1 -> src/data.txt"]);
    assert_eq!(
        of_library(
            "const T: &[u8] = include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/src/data.txt\"));"
        ),
        ["1 -> src/data.txt"]
    );
    assert_eq!(
        of_library("include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));"),
        ["1 -> unresolved the build script writes it"]
    );
    assert_eq!(of_library("const T: &str = include_str!(\"none.txt\");"), ["1 -> unresolved no such file"]);
    // A text that is code elsewhere defines nothing here.
    assert_eq!(
        of_library("const T: &str = include_str!(\"part.rs\"); mod m { use super::*; fn f(x: Part) {} }"),
        ["1 -> src/part.rs"]
    );
    assert_eq!(of_library("#![doc = include_str!(\"data.txt\")]"), ["1 -> src/data.txt (dev)"]);
    // What it defines, the module that includes it has.
    assert_eq!(
        of_library("mod a; include!(\"part.rs\"); mod m { use super::Part; }"),
        ["1 -> src/a.rs", "1 -> src/part.rs", "1 -> src/part.rs"]
    );
}

#[test]
fn what_is_for_tests_is_told() {
    let of = |code: &str| of_library(&format!("mod a;\n{code}")).split_off(1);
    assert_eq!(
        of("#[cfg(test)] mod t { use crate::a::A; } use a::A;"),
        ["2 -> src/a.rs (test)", "2 -> src/a.rs"]
    );
    assert_eq!(
        of("#[test] fn t() { a::b::deep() } fn f() { a::deep() }"),
        ["2 -> src/a/b.rs (test)", "2 -> src/a/b.rs"]
    );
    assert_eq!(of("#[cfg(test)] use a::A; use a::Deep;"), ["2 -> src/a.rs (test)", "2 -> src/a/b.rs"]);
    assert_eq!(
        of("#[cfg(all(test, unix))] use a::A; #[cfg(not(test))] use a::A; #[cfg(any(test, unix))] use a::A;"),
        ["2 -> src/a.rs (test)", "2 -> src/a.rs", "2 -> src/a.rs"]
    );
    assert_eq!(
        of("struct S { #[cfg(test)] x: a::A, y: a::Deep }"),
        ["2 -> src/a.rs (test)", "2 -> src/a/b.rs"]
    );
    assert_eq!(
        of("fn f() { #[cfg(test)] let x = { a::A }; a::deep() }"),
        ["2 -> src/a.rs (test)", "2 -> src/a/b.rs"]
    );
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "pub mod a; #[cfg(test)] mod only_tests;"),
        ("src/a.rs", "pub struct A;"),
        ("src/only_tests.rs", "use crate::a::A;"),
        ("src/main.rs", "use my_own::a::A;"),
        ("build.rs", "#[path = \"src/a.rs\"] mod shared;"),
        ("tests/it/main.rs", "mod helper; use my_own::a::A;"),
        ("tests/it/helper.rs", "use serde_json::x;"),
        ("examples/e.rs", "use my_own::a::A;"),
        ("benches/b.rs", "use my_own::a;"),
        ("src/bin/tool.rs", "use my_own::a;"),
    ];
    assert_eq!(
        edges(&files),
        [
            "benches/b.rs:1 -> src/a.rs (test)",
            "build.rs:1 -> src/a.rs",
            "examples/e.rs:1 -> src/a.rs (test)",
            "src/bin/tool.rs:1 -> src/a.rs",
            "src/lib.rs:1 -> src/a.rs",
            "src/lib.rs:1 -> src/only_tests.rs",
            "src/main.rs:1 -> src/a.rs",
            "src/only_tests.rs:1 -> src/a.rs (test)",
            "tests/it/helper.rs:1 -> external serde_json (test)",
            "tests/it/main.rs:1 -> tests/it/helper.rs",
            "tests/it/main.rs:1 -> src/a.rs (test)",
        ]
    );
}

#[test]
fn what_cfg_chooses_is_all_meant() {
    let files = [
        ("Cargo.toml", MANIFEST),
        (
            "src/lib.rs",
            "#[cfg(unix)] #[path = \"unix.rs\"]\nmod imp;\n#[cfg(windows)] #[path = \"windows.rs\"]\nmod imp;\nuse imp::open;\n",
        ),
        ("src/unix.rs", "pub fn open() {}"),
        ("src/windows.rs", "pub fn open() {}"),
    ];
    assert_eq!(
        edges(&files),
        [
            "src/lib.rs:2 -> src/unix.rs",
            "src/lib.rs:4 -> src/windows.rs",
            "src/lib.rs:5 -> src/unix.rs",
            "src/lib.rs:5 -> src/windows.rs",
        ]
    );
}

#[test]
fn workspaces_are_read() {
    let files = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\"]\nexclude = [\"out\"]\n[workspace.package]\nedition = \"2021\"\n[workspace.dependencies]\nshort = { path = \"b\", package = \"long-name\" }\nsyn = { version = \"2\", package = \"syn-fork\" }\n[patch.crates-io]\npatched = { path = \"c\" }\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = \"a\"\nedition.workspace = true\n[dependencies]\nshort.workspace = true\nsyn = { workspace = true }\n[dev-dependencies]\npatched = \"1\"\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n[[bin]]\nname = \"x\"\npath = \"odd/x.rs\"\n",
        ),
        ("a/odd/x.rs", "use short::B;\nuse syn::C;\nuse patched::D;\nuse libc::e;\n"),
        ("b/Cargo.toml", "[package]\nname = \"long-name\"\n"),
        ("b/src/lib.rs", "pub struct B;"),
        ("c/Cargo.toml", "[package]\nname = \"patched\"\n"),
        ("c/src/lib.rs", "pub struct D;"),
        ("out/Cargo.toml", "[package]\nname = \"out\"\n[dependencies]\nshort.workspace = true\n"),
        ("out/src/main.rs", "extern crate short;\n"),
    ];
    assert_eq!(
        edges(&files),
        [
            "a/odd/x.rs:1 -> b/src/lib.rs",
            "a/odd/x.rs:2 -> external syn-fork",
            "a/odd/x.rs:3 -> c/src/lib.rs",
            "a/odd/x.rs:4 -> external libc",
            "out/src/main.rs:1 -> external short",
        ]
    );
}

#[test]
fn paths_of_2015_begin_at_the_root() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"old\"\n[dependencies]\nlog = \"0.4\"\n"),
        ("src/lib.rs", "#[macro_use]\nextern crate log;\nmod a;\nmod b;"),
        ("src/a.rs", "use b::B;\nuse log::x;\nfn f(x: ::b::B) {}"),
        ("src/b.rs", "pub struct B;"),
    ];
    assert_eq!(
        edges(&files),
        [
            "src/a.rs:1 -> src/b.rs",
            "src/a.rs:2 -> external log",
            "src/a.rs:3 -> src/b.rs",
            "src/lib.rs:2 -> external log",
            "src/lib.rs:3 -> src/a.rs",
            "src/lib.rs:4 -> src/b.rs",
        ]
    );
}

#[test]
fn strays_are_crates_of_their_own() {
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "pub struct Own;"),
        ("cases/one.rs", "mod two;\nuse my_own::Own;\nuse std::fmt;\nuse unknown::x;\nuse crate::gone::y;"),
        ("cases/two.rs", "use super::x;"),
    ];
    assert_eq!(
        edges(&files),
        [
            "cases/one.rs:1 -> cases/two.rs",
            "cases/one.rs:2 -> src/lib.rs",
            "cases/one.rs:3 -> external std",
            "cases/one.rs:4 -> unresolved no Cargo.toml leads to this file, so unknown cannot be told",
            "cases/one.rs:5 -> unresolved no Cargo.toml leads to this file, so crate cannot be told",
            "cases/two.rs:1 -> cases/one.rs",
        ]
    );
}

#[test]
fn whatever_the_text_it_is_read() {
    assert_eq!(of_library("mod a;\r\nuse a::A;\r\n"), ["1 -> src/a.rs", "2 -> src/a.rs"]);
    assert_eq!(of_library("mod a; fn größe() { a::b::deep() }"), ["1 -> src/a.rs", "1 -> src/a/b.rs"]);
    assert_eq!(
        of_library("mod a; use a::{A, ;\nfn f( { a::b::deep("),
        ["1 -> src/a.rs", "1 -> src/a.rs", "2 -> src/a/b.rs"]
    );
    assert_eq!(broken(&[("a.rs", "fn f() {")]), 1);
    assert_eq!(broken(&[("a.rs", "")]), 0);
    assert_eq!(
        broken(&[(
            "a.rs",
            "fn f<'a>(x: &'a [u8; 1]) { b'}'; r##\"}\"# \"##; '}'; \"\\\"}\"; /* /* } */ } */ }"
        )]),
        0
    );
    for piece in [
        "use a::{",
        "mod m {",
        "#[",
        "a::",
        "m!(",
        "#[cfg(test)]",
        "fn f ",
        "use ",
        "x::<",
        "r#",
        "'",
        "use b::*;",
        "use b::c;",
    ] {
        let text = format!("mod a; {}", piece.repeat(100_000 / piece.len()));
        assert_eq!(of_library(&text)[0], "1 -> src/a.rs", "{piece}");
    }
}

#[test]
fn a_module_is_a_part_and_no_dependency() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"p\""),
        ("src/lib.rs", "mod a;\nuse a::T;"),
        ("src/a.rs", "pub struct T;"),
    ];
    let read = crate::read(&crate::testing::Tree::new(&files), 1, &mut crate::Scans::default());
    let kinds: Vec<&str> = read.edges.iter().map(|edge| edge.kind.name()).collect();
    assert_eq!(kinds, ["contains", "runtime"]);
}
