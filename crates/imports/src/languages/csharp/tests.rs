//! Every row of the table, where a name is a type and where it is not, and what is not as it should be.

use crate::testing::{broken, edges};

const DECLARED: &[(&str, &str)] = &[
    ("lib/A.cs", "namespace N.Lib;\npublic class A { public enum Kind { X } }\n"),
    (
        "lib/AT.cs",
        "namespace N.Lib { public sealed record A<T>(T Value); public delegate List<int> Made<T>(T t); }\n",
    ),
    ("lib/MarkAttribute.cs", "namespace N.Lib;\nclass MarkAttribute : Attribute { }\n"),
    (
        "lib/Texts.cs",
        "namespace N.Lib;\nstatic class Texts { public static string Shout(this string s) => s; }\n",
    ),
];

/// What one file of the namespace `N` names in these.
fn of(text: &str) -> Vec<String> {
    let mut files = DECLARED.to_vec();
    files.push(("app/M.cs", text));
    edges(&files).into_iter().filter_map(|edge| edge.strip_prefix("app/M.cs:").map(str::to_owned)).collect()
}

#[test]
fn usings_make_types_visible_and_are_nothing_by_themselves() {
    assert_eq!(of("using N.Lib;\nnamespace N;\nclass M { A a; }\n"), ["3 -> lib/A.cs"]);
    assert_eq!(of("using N.Lib;\nnamespace N;\n"), [""; 0]);
    assert_eq!(of("namespace N;\nclass M { A a; }\n"), [""; 0]);
    assert_eq!(of("namespace N.Lib.Inner { class M { A a; } }\n"), ["1 -> lib/A.cs"]);
    assert_eq!(of("namespace N;\nusing Lib;\nclass M { A a; }\n"), ["3 -> lib/A.cs"]);
    assert_eq!(
        of("using System.Linq;\nusing Xunit.Abstractions.More;\n"),
        ["1 -> external System", "2 -> external Xunit.Abstractions"]
    );
}

#[test]
fn static_usings_and_aliases_name_a_file() {
    assert_eq!(of("using static N.Lib.A;\nclass M { Kind kind; }\n"), ["1 -> lib/A.cs"]);
    assert_eq!(of("using B = N.Lib.A;\nclass M { B b; }\n"), ["1 -> lib/A.cs"]);
    assert_eq!(of("using L = N.Lib;\nclass M { L.A a; }\n"), ["2 -> lib/A.cs"]);
    assert_eq!(of("using B = N.Lib.A<int>;\nclass M { B b; }\n"), ["1 -> lib/AT.cs"]);
    let lost = "1 -> unresolved no file declares it in N.Lib; it may be generated";
    assert_eq!(of("using static N.Lib.Lost;\n"), [lost]);
}

#[test]
fn full_names_need_no_using() {
    assert_eq!(of("class M { N.Lib.A a; }\n"), ["1 -> lib/A.cs"]);
    assert_eq!(of("class M { object a = global::N.Lib.A.Kind.X; }\n"), ["1 -> lib/A.cs"]);
    assert_eq!(of("namespace N.Other;\nclass M { Lib.A a; }\n"), ["2 -> lib/A.cs"]);
}

#[test]
fn a_type_is_told_by_where_it_stands() {
    let types = [
        "A a;",
        "A? a;",
        "A[] a;",
        "void F(A a) { }",
        "void F() { new A(); }",
        "void F() { var a = (A)x; }",
        "bool F() => x is A;",
        "bool F() => x is not A or null;",
        "object F() => typeof(A);",
        "object F() => A.Kind.X;",
        "List<A> a;",
        "void F() { G.H<int, A>(1); }",
        "void F() { try { } catch (A) { } }",
        "void F<T>() where T : A { }",
        "class I : A { }",
        "record R(int x) : A(x);",
        "string s = $\"{A.Kind.X}\";",
        "void F() { foreach (A a in b) { } }",
        "(int X, A Y) F() => x;",
        "A F() => x;",
        "object F() => x switch { A => 1 };",
        "string A.B => x;",
    ];
    for text in types {
        assert_eq!(of(&format!("using N.Lib;\nclass M {{ {text} }}\n")), ["2 -> lib/A.cs"], "{text}");
    }
    let others = [
        "int A { get; set; }",
        "List<int> A { get; }",
        "void F() { x.A(); }",
        "void F() { A(); }",
        "object F() => x?.A;",
        "void F() { new X { A = 1 }; }",
        "void F() { G(A: 1); }",
        "object F() => A;",
        "void F() { G(A); }",
        "int A; void F() { A.G(); }",
        "string s = \"A.Kind\"; // A.Kind",
        "int? A = 1;",
        "bool F() => A < 1 && b > 2;",
        "bool F() => 1 < A;",
        "string s = @\"\"\"A.B\"\"\"; char c = '\"'; string t = \"\"\" new A() \"\"\";",
    ];
    for text in others {
        assert_eq!(of(&format!("using N.Lib;\nclass M {{ {text} }}\n")), [""; 0], "{text}");
    }
}

#[test]
fn generic_types_attributes_and_extensions() {
    assert_eq!(of("using N.Lib;\nclass M { A<int> a; Made<int> b; }\n"), ["2 -> lib/AT.cs"]);
    assert_eq!(of("using N.Lib;\n[Mark]\nclass M { }\n"), ["2 -> lib/MarkAttribute.cs"]);
    assert_eq!(of("using N.Lib;\nclass M { void F([Mark(1)] int x) { } }\n"), ["2 -> lib/MarkAttribute.cs"]);
    assert_eq!(of("using N.Lib;\nclass M { void F<[Mark] T>() { } }\n"), ["2 -> lib/MarkAttribute.cs"]);
    assert_eq!(of("using N.Lib;\nclass M { string s = \"a\".Shout(); }\n"), ["2 -> lib/Texts.cs"]);
    assert_eq!(of("class M { string s = \"a\".Shout(); }\n"), [""; 0]);
    assert_eq!(of("using N.Lib;\nclass M { void Shout() { } void F() { this.Shout(); } }\n"), [""; 0]);
}

#[test]
fn an_extension_called_where_none_is_visible_is_something_else_too() {
    let caller = "using N.Lib;\nclass M { string s = \"a\".Shout(); }\n";
    let mut files = DECLARED.to_vec();
    files.push(("app/M.cs", caller));
    assert_eq!(edges(&files).iter().filter(|edge| edge.starts_with("app/")).count(), 1);
    files.push(("other/O.cs", "class O { string s = Library.Thing.Shout(); }\n"));
    assert_eq!(edges(&files).iter().filter(|edge| edge.starts_with("app/")).count(), 0);
}

#[test]
fn projects_say_what_is_visible() {
    let files = [
        (
            "a/A.csproj",
            "<Project><ItemGroup><ProjectReference Include=\"..\\b\\B.csproj\" /></ItemGroup></Project>",
        ),
        ("a/X.cs", "namespace N;\nclass X { T t; U u; V v; }\n"),
        ("b/B.csproj", "<Project><ItemGroup><Using Include=\"W\" /></ItemGroup></Project>"),
        ("b/T.cs", "namespace N;\nclass T { V v; Z z; }\n"),
        ("c/C.csproj", "<Project />"),
        ("c/U.cs", "namespace N;\nclass U { }\n"),
        ("shared/V.cs", "namespace N;\nclass V { }\nclass T { }\n"),
        ("shared/Z.cs", "namespace W;\nclass Z { }\n"),
    ];
    let expected = [
        "a/X.cs:2 -> b/T.cs",
        "a/X.cs:2 -> shared/V.cs",
        "b/T.cs:2 -> shared/V.cs",
        "b/T.cs:2 -> shared/Z.cs",
    ];
    assert_eq!(edges(&files), expected);
}

#[test]
fn global_usings_hold_for_their_project() {
    let files = [
        ("a/A.csproj", "<Project />"),
        ("a/Usings.cs", "global using N;\n"),
        ("a/X.cs", "class X { T t; }\n"),
        ("b/B.csproj", "<Project />"),
        ("b/Y.cs", "class Y { T t; }\n"),
        ("t/T.cs", "namespace N;\nclass T { }\n"),
    ];
    assert_eq!(edges(&files), ["a/X.cs:1 -> t/T.cs"]);
}

#[test]
fn a_partial_type_stands_for_the_file_called_so() {
    let files = [
        ("P.More.cs", "partial class P { class In { } }\n"),
        ("P.cs", "partial class P { In i; }\n"),
        ("Q.cs", "class Q : P { }\n"),
    ];
    assert_eq!(edges(&files), ["P.cs:1 -> P.More.cs", "Q.cs:1 -> P.cs"]);
}

#[test]
fn tests_are_told_by_their_project() {
    let files = [("src/T.cs", "class T { }\n"), ("src/N.Tests/X.cs", "class X { T t; }\n")];
    assert_eq!(edges(&files), ["src/N.Tests/X.cs:1 -> src/T.cs (test)"]);
}

#[test]
fn strange_files_are_read() {
    let text = "\u{feff}using N;\r\n#if A\r\nclass Ü {\r\n#else\r\nclass Ö {\r\n#endif\r\n  Ä ä; }\r\n";
    assert_eq!(edges(&[("U.cs", text), ("Ä.cs", "namespace N;\r\nclass Ä { }\r\n")]), ["U.cs:7 -> Ä.cs"]);
    assert_eq!(broken(&[("a.cs", "class A {\n"), ("b.cs", "class B { }"), ("c.cs", ""), ("d.cs", text)]), 1);
    let texts = "class E { string a = $\"{b} c\"; string d = $@\"{e:0}\"\" \\\"; char f = '\\''; string g = $$\"\"\"{ {{h}} }\"\"\"; }";
    assert_eq!(broken(&[("e.cs", texts)]), 0);
    let deep = format!("class X {{ T t; {}\n", "List<".repeat(100_000));
    assert_eq!(edges(&[("T.cs", "class T { }"), ("X.cs", &deep)]), ["X.cs:1 -> T.cs"]);
    for text in
        ["using", "using X =", "namespace", "class", "delegate", "global::", "record R(", "a.", "[", "A<"]
    {
        assert_eq!(edges(&[("a.cs", text)]), [""; 0], "{text}");
    }
}
