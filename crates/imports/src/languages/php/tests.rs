use crate::testing::edges;

const COMPOSER: (&str, &str) =
    ("composer.json", r#"{"autoload": {"psr-4": {"App\\": "src/"}}, "require": {"app/date-tools": "*"}}"#);

/// The edges of `src/A.php` with this text, among files that declare what it may name.
fn of(code: &str) -> Vec<String> {
    let files = [
        COMPOSER,
        (
            "composer.lock",
            r#"{"packages": [{"name": "acme/log", "autoload": {"psr-4": {"Acme\\Log\\": "src"}}}]}"#,
        ),
        ("src/A.php", code),
        ("src/B.php", "<?php namespace App; class B {}"),
        ("src/C/D.php", "<?php namespace App\\C; interface D {} "),
        ("src/C/E.php", "<?php namespace App\\C { #[\\Attribute] final class E {} }"),
        (
            "src/f.php",
            "<?php namespace App; const LIMIT = 1; function f() {} if (!function_exists('g')) { function g() {} }",
        ),
        ("lib/legacy.php", "<?php define('BASE', dirname(__DIR__) . '/'); class Legacy {} function old() {}"),
        ("tests/B.php", "<?php namespace App; class B {}"),
        ("vendor/x/Y.php", "<?php namespace X; class Y {}"),
    ];
    let all = edges(&files).into_iter().filter_map(|edge| edge.strip_prefix("src/A.php:").map(str::to_owned));
    all.filter(|edge| !edge.is_empty()).collect()
}

#[test]
fn imports_mean_files_or_packages() {
    let code = "<p>it's\n<?php\nnamespace App;\nuse App\\B;\nuse App\\C\\{D, E as F};\nuse App\\C;\nuse Acme\\Log\\L, Other\\O, X\\Y;\nuse Throwable;\n";
    assert_eq!(
        of(code),
        [
            "4 -> src/B.php",
            "5 -> src/C/D.php",
            "5 -> src/C/E.php",
            "7 -> external acme/log",
            "7 -> external Other",
            "7 -> external X",
            "8 -> external php",
        ]
    );
    assert_eq!(
        of("<?php use App\\Gone, App\\DateTools\\T;"),
        [
            "1 -> unresolved no file declares App\\Gone, which a composer.json says is here",
            "1 -> external app/date-tools",
        ]
    );
}

#[test]
fn functions_and_constants_are_imported() {
    assert_eq!(of("<?php use function App\\f; use const App\\LIMIT; f();"), ["1 -> src/f.php"; 3]);
    assert_eq!(of("<?php namespace App;\nf(); $x->f(); X::f(); function h() {}"), ["2 -> src/f.php"]);
    // Looked up in no namespace at last; stand-ins are not meant.
    assert_eq!(of("<?php namespace App; old(); g(); \\old();"), ["1 -> lib/legacy.php"; 2]);
}

#[test]
fn names_are_used_in_many_places() {
    for code in [
        "new B;",
        "B::x();",
        "class A extends B {}",
        "class A implements \\Countable, B {}",
        "$x instanceof B;",
        "try {} catch (\\E | B $e) {}",
        "try {} catch (B) {}",
        "class A { use B { x as y; } }",
        "#[Q(1), B(x: 2)] class A {}",
        "function a(?B $b) {}",
        "function a(int $i, B &...$b) {}",
        "function &a(#[Q] B|null $b) {}",
        "fn (): ?B => 1;",
        "$f = function () use ($x): int|B {};",
        "class A { private readonly \\X|B $b; }",
        "class A { function __construct(private B $b) {} }",
        "echo \"{$a[B::class]} it's\";",
        "$x = <<<T\n {$a->b(new B)} it's\n  T;",
        "namespace\\B::x();",
        "$x = new class extends B {};",
    ] {
        let lines: Vec<String> = of(&format!("<?php namespace App; {code}"));
        assert!(lines.len() == 1 && lines[0].ends_with("-> src/B.php"), "{code}: {lines:?}");
    }
    for code in [
        "'B';",
        "// B::x\n",
        "/* new B */",
        "$x->B;",
        "fn ($x) => B & $x;",
        "foo(B: 1);",
        "B;",
        "?> new B <?php",
    ] {
        assert_eq!(of(&format!("<?php namespace App; {code}")), [""; 0], "{code}");
    }
}

#[test]
fn aliases_and_namespaces_say_what_is_meant() {
    assert_eq!(
        of("<?php namespace Z;\nuse App\\C as N;\nnew N\\D; new n\\e; new B; new \\App\\B;"),
        ["3 -> src/C/D.php", "3 -> src/C/E.php", "3 -> src/B.php",]
    );
    assert_eq!(of("<?php\nnew Legacy;"), ["2 -> lib/legacy.php"]);
}

#[test]
fn paths_are_put_together() {
    assert_eq!(
        of("<?php require 'B.php'; include_once __DIR__ . '/C/D.php';"),
        ["1 -> src/B.php", "1 -> src/C/D.php"]
    );
    assert_eq!(of("<?php require(dirname(__FILE__, 2) . '/lib/legacy.php');"), ["1 -> lib/legacy.php"]);
    assert_eq!(of("<?php require dirname(dirname(__FILE__)) . '/lib/legacy.php';"), ["1 -> lib/legacy.php"]);
    assert_eq!(
        of("<?php require BASE . 'lib/legacy.php'; require $x . '/y.php'; require \"a/$b.php\";"),
        ["1 -> lib/legacy.php"]
    );
    assert_eq!(
        of("<?php require __DIR__ . '/../vendor/autoload.php'; require 'PEAR/x.php';"),
        ["1 -> external composer", "1 -> external PEAR",]
    );
    assert_eq!(
        of("<?php require __DIR__ . '/gone.php';"),
        ["1 -> unresolved no file src/gone.php: it may be generated"]
    );
}

#[test]
fn strange_files_are_read() {
    assert_eq!(of(""), [""; 0]);
    assert_eq!(of("no code"), [""; 0]);
    assert_eq!(of("<?php\r\nnamespace App;\r\nnew B;\r\n"), ["3 -> src/B.php"]);
    assert_eq!(of("<?php namespace App; function ( fn (( use {{ #[ catch ( new B"), ["1 -> src/B.php"]);
    assert_eq!(of(&format!("<?php namespace App; {} new B", "fn(".repeat(20_000))), ["1 -> src/B.php"]);
    assert_eq!(
        of("<?php namespace App; class Ünï extends B { function Größe(B $b) {} }"),
        ["1 -> src/B.php"]
    );
    assert!(super::super::scan("", "<?php f(").broken);
}
