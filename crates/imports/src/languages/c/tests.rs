//! Every row of the table, what several files may stand for, and what is not as it should be.

use crate::testing::{broken, edges};

#[test]
fn the_file_beside_comes_first_and_roots_after() {
    let found = edges(&[
        ("a/x.c", "#include \"y.h\"\n# include <y.h>\n#include \"../b/z.h\"\n#include \"sub\\\\w.h\"\n"),
        ("a/y.h", ""),
        ("a/sub/w.h", ""),
        ("b/z.h", "#pragma once\n#include \"z.h\"\n"),
        ("include/y.h", ""),
    ]);
    assert_eq!(found, ["a/x.c:1 -> a/y.h", "a/x.c:2 -> a/y.h", "a/x.c:3 -> b/z.h", "a/x.c:4 -> a/sub/w.h"]);
}

#[test]
fn headers_of_the_system_and_of_others_are_external() {
    let found = edges(&[
        (
            "a.cpp",
            "#include <stdio.h>\n#include <vector>\n#include \"sys/types.h\"\n#include <boost/any.hpp>\n",
        ),
        ("b.cpp", "#include <zlib.h>\n#include \"zlib.h\"\n#include \"absl/x.h\"\n#include \"lost.h\"\n"),
        ("compat/stdio.h", "#include_next <stdio.h>\n"),
    ]);
    assert_eq!(
        found,
        [
            "a.cpp:1 -> external std",
            "a.cpp:2 -> external std",
            "a.cpp:3 -> external std",
            "a.cpp:4 -> external boost",
            "b.cpp:1 -> external zlib",
            "b.cpp:2 -> external zlib",
            "b.cpp:3 -> external absl",
            "b.cpp:4 -> unresolved no file of the tree ends with lost.h; it may be generated",
            "compat/stdio.h:1 -> external std",
        ]
    );
}

#[test]
fn a_tree_that_is_the_library_has_its_headers() {
    let found = edges(&[
        ("include/stdio.h", ""),
        ("include/vendor/internal.h", ""),
        ("src/puts.c", "#include <stdio.h>\n#include <vendor/internal.h>\n"),
    ]);
    assert_eq!(found, ["src/puts.c:1 -> include/stdio.h", "src/puts.c:2 -> include/vendor/internal.h"]);
}

#[test]
fn of_several_roots_the_one_in_use_is_meant_then_the_nearest() {
    let found = edges(&[
        ("lib/one/include/log.h", ""),
        ("lib/one/main.c", "#include <log.h>\n"),
        ("src/deep/main.c", "#include \"net.h\"\n#include \"log.h\"\n"),
        ("src/deep/vendor/log.h", ""),
        ("src/log.h", ""),
        ("src/net.h", ""),
    ]);
    let expected = ["lib/one/main.c:1 -> lib/one/include/log.h", "src/deep/main.c:1 -> src/net.h"];
    assert_eq!(found[..2], expected);
    assert_eq!(found[2], "src/deep/main.c:2 -> src/log.h");
}

#[test]
fn commands_say_the_roots_of_the_files_they_speak_of() {
    let commands = r#"[
        {"directory": "/home/x/tree/build", "file": "../a.c", "command": "cc -I../far -I ../near -c ../a.c"},
        {"directory": "/home/x/tree", "file": "sub/b.c", "arguments": ["cc", "-iquote", "near", "-isystem", "far"]}
    ]"#;
    let found = edges(&[
        ("a.c", "#include \"h.h\"\n"),
        ("build/compile_commands.json", commands),
        ("far/h.h", ""),
        ("near/h.h", ""),
        ("sub/b.c", "#include \"h.h\"\n#include <h.h>\n"),
    ]);
    assert_eq!(found, ["a.c:1 -> far/h.h", "sub/b.c:1 -> near/h.h", "sub/b.c:2 -> far/h.h"]);
}

#[test]
fn what_is_generated_is_what_it_is_generated_from() {
    let found = edges(&[
        ("api/a.proto", ""),
        ("config.h.in", ""),
        (
            "main.cc",
            "#include \"api/a.pb.h\"\n#include <config.h>\n#include \"ui_form.h\"\n#include \"b.pb.h\"\n",
        ),
        ("ui/form.ui", ""),
    ]);
    assert_eq!(
        found,
        [
            "main.cc:1 -> api/a.proto",
            "main.cc:2 -> config.h.in",
            "main.cc:3 -> ui/form.ui",
            "main.cc:4 -> unresolved no file of the tree ends with b.pb.h; it may be generated",
        ]
    );
}

#[test]
fn macros_branches_comments_and_texts() {
    let text = "#define H \"a.h\"\n#include H\n#include OTHER\n#if 0\n#include \"b.h\"\n#else\n#include \"c.h\"\n#endif\n\
                // #include \"b.h\"\n/*\n#include \"b.h\"\n*/ char *s = \"\\\n#include <b.h>\";\n#if __has_include(<b.h>)\n\
                #endif\n#error don't\n#include \\\n  \"d.h\"\n#embed \"e.bin\"\n";
    let found = edges(&[("a.h", ""), ("b.h", ""), ("c.h", ""), ("d.h", ""), ("e.bin", ""), ("x.c", text)]);
    assert_eq!(
        found,
        [
            "x.c:2 -> a.h",
            "x.c:3 -> unresolved a macro says which file",
            "x.c:7 -> c.h",
            "x.c:17 -> d.h",
            "x.c:19 -> e.bin",
        ]
    );
}

#[test]
fn modules_are_found_by_name() {
    let found = edges(&[
        (
            "impl.cpp",
            "module;\n#include <vector>\nmodule a.b;\nimport :part;\nimport \"h.h\";\nimport <map>;\n",
        ),
        (
            "main.cc",
            "import std;\nimport a.b; int import = 1;\nauto s = R\"x(\nimport a.b;\n)x\";\nmodule lost;\n",
        ),
        ("part.cppm", "export module a.b:part;\n"),
        ("a.ixx", "export module a.b;\nexport import :part;\n"),
        ("h.h", ""),
    ]);
    assert_eq!(
        found,
        [
            "a.ixx:2 -> part.cppm",
            "impl.cpp:2 -> external std",
            "impl.cpp:3 -> a.ixx",
            "impl.cpp:4 -> part.cppm",
            "impl.cpp:5 -> h.h",
            "impl.cpp:6 -> external std",
            "main.cc:1 -> external std",
            "main.cc:2 -> a.ixx",
            "main.cc:6 -> unresolved no file exports the module lost",
        ]
    );
}

#[test]
fn frameworks_hold_their_headers_anywhere() {
    let found = edges(&[
        ("App/main.m", "#import <Kit/View.h>\n@import Kit;\n@import UIKit;\n#import <Kit/Kit-Swift.h>\n"),
        ("Kit/Classes/View.h", ""),
        ("Kit/Public/Kit/Kit.h", ""),
    ]);
    assert_eq!(
        found,
        [
            "App/main.m:1 -> Kit/Classes/View.h",
            "App/main.m:2 -> Kit/Public/Kit/Kit.h",
            "App/main.m:3 -> external UIKit",
            "App/main.m:4 -> external Kit",
        ]
    );
}

#[test]
fn strange_files_are_read() {
    assert_eq!(edges(&[("é.h", ""), ("x.c", "#include \"é.h\"\r\n#include <é.h>\r\n")]).len(), 2);
    let deep = format!("{}\n#include \"y.h\"\n", "{".repeat(200_000));
    assert_eq!(edges(&[("x.cc", &deep), ("y.h", "")]), ["x.cc:2 -> y.h"]);
    assert_eq!(
        broken(&[("a.c", "#if A\n"), ("b.c", "#endif\n"), ("c.c", "#else\n"), ("d.c", "#if A\n#endif\n")]),
        3
    );
    assert_eq!(
        edges(&[("a.c", ""), ("b.c", "#include\n"), ("c.c", "#"), ("d.cc", "import"), ("e.m", "@import")]),
        [""; 0]
    );
}
