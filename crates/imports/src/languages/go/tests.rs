use crate::testing::{broken, edges};

const MODULE: (&str, &str) =
    ("go.mod", "module example.org/m\n\nrequire (\n\tgithub.com/x/y/v2 v2.0.0 // indirect\n)\n");

/// The edges of `main.go` in a module with some packages.
fn of_main(text: &str) -> Vec<String> {
    let files = [
        MODULE,
        ("main.go", text),
        (
            "other.go",
            "package main\nconst (\n\tLow = iota\n\tHigh\n)\nvar count int\ntype box[T any] struct{ held T }\nfunc help() {}\n",
        ),
        ("a/a.go", "package a\nfunc F() {}\nfunc init() {}\n"),
        ("a/b.go", "package a\ntype T struct{}\nvar v, W = 1, 2\n"),
        ("a/b_test.go", "package a\nfunc InTest() {}\n"),
        ("go-odd/x.go", "package strange\nfunc G() {}\n"),
        ("os/one_linux.go", "package os\nfunc Open() {}\n"),
        ("os/one_windows.go", "//go:build windows\n\npackage os\nfunc Open() {}\n"),
        ("only/a_test.go", "package only\n"),
        ("data/x.txt", ""),
        ("vendor/github.com/x/y/v2/y.go", "package y\n"),
    ];
    let main = edges(&files).into_iter().filter_map(|edge| Some(edge.strip_prefix("main.go:")?.to_owned()));
    main.collect()
}

#[test]
fn what_is_taken_says_which_file() {
    assert_eq!(of_main("package main\nimport \"example.org/m/a\"\nvar x = a.F"), ["2 -> a/a.go"]);
    assert_eq!(of_main("package main\nimport \"example.org/m/a\"\nvar x a.T"), ["2 -> a/b.go"]);
    assert_eq!(
        of_main("package main\nimport b \"example.org/m/a\"\nvar x = b.W + b.F()"),
        ["2 -> a/a.go", "2 -> a/b.go"]
    );
    // What nobody defines may be generated: the package stands for itself.
    assert_eq!(of_main("package main\nimport \"example.org/m/a\"\nvar x = a.Z"), ["2 -> a/a.go"]);
    assert_eq!(of_main("package main\nimport \"example.org/m/a\"\nvar x = a.InTest"), ["2 -> a/a.go"]);
}

#[test]
fn imports_of_every_form() {
    assert_eq!(of_main("package main\nimport (\n\t_ \"example.org/m/a\"\n)"), ["3 -> a/a.go"]);
    assert_eq!(of_main("package main\nimport . \"example.org/m/a\"\nvar x T"), ["2 -> a/b.go"]);
    assert_eq!(
        of_main("package main\nimport \"example.org/m/go-odd\"\nvar x = strange.G"),
        ["2 -> go-odd/x.go"]
    );
    assert_eq!(of_main("package main\nimport (\"fmt\"; `C`)"), ["2 -> external std", "2 -> external C"]);
    assert_eq!(of_main("package main\nimport \"github.com/x/y/v2/z\""), ["2 -> external github.com/x/y/v2"]);
    assert_eq!(
        of_main("package main\nimport \"github.com/other/one/two\""),
        ["2 -> external github.com/other/one"]
    );
    assert_eq!(of_main("package main\nimport \"gopkg.in/yaml.v3\""), ["2 -> external gopkg.in/yaml.v3"]);
    assert_eq!(
        of_main("package main\nimport \"example.org/m/none\""),
        ["2 -> unresolved no directory none/; it may be generated"]
    );
    assert_eq!(
        of_main("package main\nimport \"example.org/m/data\""),
        ["2 -> unresolved no Go file in data/; they may be generated"]
    );
    assert_eq!(
        of_main("package main\nimport \"example.org/m/only\""),
        ["2 -> unresolved only/ holds no Go file but tests"]
    );
    assert_eq!(of_main("package main\n//go:embed data/x.txt data/*.json\nvar x string"), ["2 -> data/x.txt"]);
}

#[test]
fn every_platform_is_read() {
    let text = "package main\nimport \"example.org/m/os\"\nvar x = os.Open";
    assert_eq!(of_main(text), ["2 -> os/one_linux.go", "2 -> os/one_windows.go"]);
}

#[test]
fn files_of_a_package_use_each_other() {
    assert_eq!(of_main("package main\nfunc f() { help() }"), ["2 -> other.go"]);
    assert_eq!(
        of_main("package main\nfunc f(x ...box[int]) (count int) { return High + x.count }"),
        ["2 -> other.go", "2 -> other.go"]
    );
    assert_eq!(of_main("package main\nvar x = count.y.z"), ["2 -> other.go"]);
    assert_eq!(of_main("package main\nfunc help() {}\nvar x = help"), [""; 0]);
    assert_eq!(
        of_main("package main\nvar x = map[int]string{\n\tLow: \"\"}\nvar y = T{High: 1}"),
        ["3 -> other.go"]
    );
    assert_eq!(
        of_main("package main\nfunc f() {\n\tswitch g() {\n\tcase 1, High:\n\t}\n}"),
        ["4 -> other.go"]
    );
}

#[test]
fn what_is_nearer_is_meant() {
    let none = |text: &str| assert_eq!(of_main(text), [""; 0], "{text}");
    none("package main\nfunc f(help int) int { return help }");
    none(
        "package main\nfunc (help *T) count(box, Low int) (High int) { return help.count + box + Low + High }",
    );
    none("package main\nfunc f() {\n\thelp, count := 1, 2\n\tg(help, count)\n}");
    none("package main\nfunc f() {\n\tfor help := range x { g(help) }\n\tvar count int\n\tg(count)\n}");
    none("package main\ntype t struct {\n\thelp, count int\n\tbox []int `a`\n\tLow func(High int)\n}");
    none("package main\ntype t interface {\n\thelp(count int) (Low int)\n}");
    none("package main\nfunc f[box any](x box) {\nhelp:\n\tfor { continue help }\n}");
    none("package main\nfunc f() { g(func(help int) { h(help) }) }");
    none("package main\nvar x = T{help: 1, count: 2}\nvar y = z.help.count");
    none("package main\nfunc f() {\n\thelp, count := &t{}, &t{box: 1}\n\tg(help, count)\n}");
    // Before it is declared, and behind its block, the outer one is meant.
    assert_eq!(of_main("package main\nfunc f() {\n\thelp := help()\n\t_ = help\n}"), ["3 -> other.go"]);
    assert_eq!(
        of_main("package main\nfunc f() {\n\t{\n\t\thelp := 1\n\t\t_ = help\n\t}\n\thelp()\n}"),
        ["7 -> other.go"]
    );
    assert_eq!(
        of_main("package main\ntype t struct {\n\tbox[int]\n\t*help\n}"),
        ["3 -> other.go", "4 -> other.go"]
    );
}

#[test]
fn tests_see_tests() {
    let files = [
        MODULE,
        ("a/a.go", "package a\nfunc F() {}\n"),
        ("a/in_test.go", "package a\nfunc Helper() { F() }\n"),
        (
            "a/out_test.go",
            "package a_test\nimport \"example.org/m/a\"\nvar x = a.F(a.Helper)\nvar y = shared\n",
        ),
        ("a/shared_test.go", "package a_test\nvar shared = 1\n"),
        ("a/program.go", "//go:build ignore\n\npackage main\nfunc F() {}\nfunc main() { Helper() }\n"),
    ];
    assert_eq!(
        edges(&files),
        [
            "a/in_test.go:2 -> a/a.go (test)",
            "a/out_test.go:2 -> a/a.go (test)",
            "a/out_test.go:2 -> a/in_test.go (test)",
            "a/out_test.go:4 -> a/shared_test.go (test)",
        ]
    );
}

#[test]
fn modules_of_a_tree_see_each_other() {
    let file = (
        "go.mod",
        "module m // why\nreplace (\n\t\"n\" v1 => ./elsewhere\n\tx.org/p => ../outside\n)\nrequire x.org/p v1\n",
    );
    let files = [
        file,
        ("main.go", "package main\nimport (\n\"n/z\"\n\"x.org/p/q\"\n\"o\"\n\"w\"\n\"m/sub\"\n)\n"),
        ("elsewhere/z/z.go", "package z"),
        ("o/go.mod", "module o"),
        ("o/o.go", "package o"),
        ("sub/go.mod", "module m/sub"),
        ("sub/s.go", "package sub\nimport \"m/unknown\""),
        ("go.work", "go 1.21\nuse (\n\t.\n\t./o\n)\nreplace w => ./o/w"),
        ("o/w/w.go", "package w"),
    ];
    assert_eq!(
        edges(&files),
        [
            "main.go:3 -> elsewhere/z/z.go",
            "main.go:4 -> external x.org/p",
            "main.go:5 -> o/o.go",
            "main.go:6 -> o/w/w.go",
            "main.go:7 -> sub/s.go",
            "sub/s.go:2 -> unresolved no directory unknown/; it may be generated",
        ]
    );
}

#[test]
fn the_own_module_is_nearest() {
    let files = [
        ("a/go.mod", "module m"),
        ("a/main.go", "package main\nimport \"m/x\""),
        ("a/x/x.go", "package x"),
        ("b/go.mod", "module m"),
        ("b/main.go", "package main\nimport \"m/x\""),
        ("b/x/x.go", "package x"),
    ];
    assert_eq!(edges(&files), ["a/main.go:2 -> a/x/x.go", "b/main.go:2 -> b/x/x.go"]);
}

#[test]
fn a_tree_without_modules_agrees_on_its_root() {
    let files = [
        ("a/a.go", "package a\nimport (\n\"github.com/o/r/b\"\n\"github.com/p/q\"\n\"./b\"\n)"),
        ("a/b/b.go", "package b"),
        ("b/b.go", "package b"),
        ("c/c.go", "package c\nimport \"github.com/o/r/b\""),
    ];
    assert_eq!(
        edges(&files),
        [
            "a/a.go:3 -> b/b.go",
            "a/a.go:4 -> external github.com/p/q",
            "a/a.go:5 -> a/b/b.go",
            "c/c.go:2 -> b/b.go",
        ]
    );
}

#[test]
fn whatever_the_text_it_is_read() {
    assert_eq!(of_main("package main\r\nimport \"example.org/m/a\"\r\nvar x = a.F\r\n"), ["2 -> a/a.go"]);
    assert_eq!(of_main("package main\nfunc größe() { help() }\n"), ["2 -> other.go"]);
    assert_eq!(of_main("package main\nfunc f( { help()\nimport \"example.org/m/a\""), ["2 -> other.go"]);
    assert_eq!(broken(&[("a.go", "package a\nfunc f() {")]), 1);
    assert_eq!(broken(&[("a.go", "")]), 1);
    assert_eq!(broken(&[("a.go", "package a")]), 0);
    for piece in ["func(", "[]", "x:=", "map[", "struct{", "type(", "var x ", "x,", "func x", "case "] {
        let text = format!("package main\nfunc f() {{ {} help", piece.repeat(50_000));
        assert_eq!(broken(&[("a.go", &text)]), 1, "{piece}");
    }
}
