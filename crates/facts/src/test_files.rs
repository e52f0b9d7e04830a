//! Which files are tests, as far as a path tells: by the directories and names test runners of the languages look for.

/// Whether a file is a test by where it lies or what it is called.
pub fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let in_tests = path.split('/').rev().skip(1).any(|part| {
        matches!(
            part,
            "tests"
                | "test"
                | "Tests"
                | "__tests__"
                | "__mocks__"
                | "testing"
                | "testdata"
                | "testFixtures"
                | "e2e"
                | "spec"
                | "benches"
        )
    });
    // Source sets of the JVM family: `src/commonTest`, `src/integrationTest`.
    let sets = path.split("src/").skip(1).filter_map(|rest| rest.split_once('/'));
    let is_jvm = [".java", ".kt", ".scala"].iter().any(|ending| name.ends_with(ending));
    let in_test_set = is_jvm && sets.into_iter().any(|(set, _)| set == "it" || set.ends_with("Test"));
    in_tests
        || in_test_set
        || (is_jvm && ["Test", "Tests", "Spec", "Suite"].iter().any(|ending| stem.ends_with(ending)))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("_tests")
        || stem.ends_with("_spec")
        || stem == "conftest"
        || name.contains(".test.")
        || name.contains(".spec.")
        || stem.ends_with("_unittest")
        || ((name.ends_with(".cs") || name.ends_with(".swift"))
            && path.split('/').rev().skip(1).any(|part| {
                part.ends_with("Tests")
                    || part.ends_with(".Test")
                    || part == "Test"
                    || part.ends_with("Specs")
            }))
}

#[cfg(test)]
mod tests {
    use super::is_test;

    #[test]
    fn paths_tell() {
        for path in [
            "tests/shop.rs",
            "billing/test_pdf.py",
            "billing/pdf_test.go",
            "src/__tests__/pdf.tsx",
            "src/pdf.spec.ts",
            "core/src/test/java/PdfTest.java",
            "core/src/integrationTest/kotlin/Pdf.kt",
            "conftest.py",
            "Shop.Tests/Pdf.cs",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in ["src/testing.rs", "contest/pdf.py", "src/latest/pdf.rs", "attest.go", "", "Suite.py"] {
            assert!(!is_test(path), "{path}");
        }
    }
}
