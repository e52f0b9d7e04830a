//! Every row of the table, modules of packages and of directories, and what is not as it should be.

use crate::testing::{broken, edges};

const PACKAGE: &str = "let package = Package(name: \"p\", products: [.library(name: \"Lib\", targets: [\"Lib\"])], targets: [\
    .target(name: \"Lib\", dependencies: [.product(name: \"X\", package: \"x\")], path: \"Code/lib\"), .target(name: \"App\"),\
    .target(name: \"Umbrella\"), .systemLibrary(name: \"CShim\"), .testTarget(name: \"AppTests\")])\n";

const DECLARED: &[(&str, &str)] = &[
    ("Code/lib/A.swift", "public struct A { enum Kind { case x } }\n"),
    ("Code/lib/B.swift", "extension A { public struct B<T> {} }\n"),
    (
        "Code/lib/Mark.swift",
        "@freestanding(expression) public macro Mark() = #external()\npublic typealias Name = String\n",
    ),
    ("Package.swift", PACKAGE),
    ("Sources/CShim/shim.h", ""),
    ("Sources/Umbrella/All.swift", "@_exported import Lib\n"),
];

/// What one file of the module `App` names in these.
fn of(text: &str) -> Vec<String> {
    let mut files = DECLARED.to_vec();
    files.push(("Sources/App/main.swift", text));
    files.push(("Sources/App/Own.swift", "protocol Own {}\n"));
    let app = edges(&files).into_iter();
    app.filter_map(|edge| edge.strip_prefix("Sources/App/main.swift:").map(str::to_owned)).collect()
}

#[test]
fn imports_mean_the_files_of_what_is_named() {
    assert_eq!(of("import Lib\nlet a: A = b\n"), ["2 -> Code/lib/A.swift"]);
    assert_eq!(of("let a: A = b\n"), [""; 0]);
    assert_eq!(
        of("@testable import Lib\nimport Foundation\n"),
        ["1 -> Code/lib/A.swift", "2 -> external Foundation"]
    );
    assert_eq!(of("import struct Lib.A\n"), ["1 -> Code/lib/A.swift"]);
    assert_eq!(
        of("import Umbrella\nlet a = A()\n"),
        ["1 -> Sources/Umbrella/All.swift", "2 -> Code/lib/A.swift"]
    );
    assert_eq!(of("import CShim\nimport os.log\n"), ["1 -> Sources/CShim/shim.h", "2 -> external os"]);
}

#[test]
fn types_are_found_by_module_and_place() {
    assert_eq!(of("class M: Own {}\n"), ["1 -> Sources/App/Own.swift"]);
    assert_eq!(of("import Lib\nlet b: A.B<Int>\n"), ["2 -> Code/lib/A.swift", "2 -> Code/lib/B.swift"]);
    assert_eq!(of("import Lib\nlet b = Lib.A.Kind.x\n"), ["2 -> Code/lib/A.swift"]);
    assert_eq!(
        of("import Lib\nextension A { var b: B<Int>? { nil } }\n"),
        ["2 -> Code/lib/A.swift", "2 -> Code/lib/B.swift"]
    );
    assert_eq!(of("import Lib\nlet b: B<Int>\n"), ["1 -> Code/lib/A.swift"]);
    assert_eq!(of("import Lib\n@Mark var n: Name\n"), ["2 -> Code/lib/Mark.swift"]);
    assert_eq!(of("import Lib\nlet s = \"\\(A(x: \"y\")) z\"\n"), ["2 -> Code/lib/A.swift"]);
}

#[test]
fn what_is_called_as_a_type_and_is_none() {
    let others = [
        "func f<Own>(x: Own) {}",
        "protocol P { associatedtype Own }",
        "let s = \"Own\" // Own",
        "#if os(Own)\n#endif",
        "let x = y.Own",
        "/* /* */ Own */",
        "struct Own {}",
        "let s = #\"\\(Own)\"#",
        "let s = \"\"\"\n  Own \\\"\"\" Own\n  \"\"\"",
    ];
    for text in others {
        assert_eq!(of(text), [""; 0], "{text}");
    }
}

#[test]
fn directories_are_modules_where_no_package_says() {
    let files = [
        ("Demo.xcodeproj/project.pbxproj", ""),
        ("Demo/Models/Item.swift", "struct Item {}\n"),
        ("Demo/View.swift", "struct View { let item: Item }\n"),
        ("DemoTests/ItemTests.swift", "@testable import Demo\nlet item = Item()\n"),
        ("kit/Sources/Kit/Item.swift", "struct Item {}\n"),
        ("kit/Sources/Kit/Use.swift", "let item: Item\n"),
        ("kit/Sources/Other/Use.swift", "let item: Item\n"),
    ];
    let expected = [
        "Demo/View.swift:1 -> Demo/Models/Item.swift",
        "DemoTests/ItemTests.swift:2 -> Demo/Models/Item.swift (test)",
        "kit/Sources/Kit/Use.swift:1 -> kit/Sources/Kit/Item.swift",
    ];
    assert_eq!(edges(&files), expected);
}

#[test]
fn a_module_without_files_is_told() {
    let files = [
        ("Package.swift", "let p = [Target.target(name: \"C\", path: \"c\")]"),
        ("c/x.c", ""),
        ("Sources/M/x.swift", "import C\n"),
    ];
    let why = "Sources/M/x.swift:1 -> unresolved the module's directory holds no Swift file and no header";
    assert_eq!(edges(&files), [why]);
}

#[test]
fn strange_files_are_read() {
    let text = "\u{feff}#if A\r\nstruct Ü {\r\n#else\r\nstruct Ö {\r\n#endif\r\n  let ä: Ä }\r\n";
    assert_eq!(edges(&[("U.swift", text), ("Ä.swift", "struct Ä {}\r\n")]), ["U.swift:6 -> Ä.swift"]);
    assert_eq!(
        broken(&[
            ("a.swift", "struct A {\n"),
            ("b.swift", "struct B {}"),
            ("c.swift", ""),
            ("d.swift", text)
        ]),
        1
    );
    let deep = format!("let t: T = {}\n", "A<".repeat(100_000));
    assert_eq!(edges(&[("T.swift", "struct T {}"), ("X.swift", &deep)]), ["X.swift:1 -> T.swift"]);
    for text in ["import", "struct", "extension", "func f<", "typealias X", "A.", "@", "#if", "extension A."]
    {
        assert_eq!(edges(&[("a.swift", text)]), [""; 0], "{text}");
    }
}
