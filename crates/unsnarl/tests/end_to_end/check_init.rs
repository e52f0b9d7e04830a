//! From `unsnarl init` to a check that holds.

use crate::{check::Shop, stage::unsnarl};

/// A shop whose directories are modules by their build files.
fn built() -> Shop {
    let shop = Shop::bare_of_rules();
    for module in ["billing", "ledger", "web"] {
        shop.write(&format!("{module}/pyproject.toml"), &format!("[project]\nname = \"{module}\"\n"));
    }
    shop.commit("build files");
    shop
}

fn init(shop: &Shop, options: &[&str]) -> String {
    let run = unsnarl(&shop.sandbox, shop.path(), &[&["init"], options].concat());
    assert_eq!(run.code(), Some(0), "{}", run.err);
    shop.read("unsnarl.toml")
}

/// From the first day on: drafted, committed, held; what is new fails by file, line and column.
#[test]
fn a_draft_holds_at_once_and_fails_what_is_new() {
    let shop = built();
    // The ledger uses who uses it: a circle, the only thing an adopter has to record.
    shop.write("ledger/book.py", "import billing.api\n");
    shop.commit("a circle");
    let run = unsnarl(&shop.sandbox, shop.path(), &["init"]);
    assert!(run.err.contains("unsnarl check"), "{}", run.err);
    shop.commit("unsnarl.toml");
    let first = shop.fails(&[]);
    assert!(first.contains("U109 module-cycle (no-new-cycles)") && !first.contains("error[U101"), "{first}");
    let recorded = shop.check(&["--accept"]).answer();
    assert_eq!(
        recorded,
        "recorded 2 violations in .unsnarl/debt (2 files), 0 before: 2 added; commit it\nby rule no-new-cycles 2\n"
    );
    shop.commit("debt");
    assert!(shop.holds(&[]).ends_with("holds (2 recorded)\n"));
    // Within the module, and along what is there already.
    shop.write("billing/pdf.py", "from billing import api\nimport ledger.book\n");
    shop.holds(&[]);
    shop.holds(&["--diff", "HEAD"]);
    shop.write("web/cart.py", "from billing import api\nimport ledger.book\n");
    for options in [&[][..], &["--diff", "HEAD"]] {
        let text = shop.fails(options);
        assert!(text.contains("--> web/cart.py:2:8") && text.contains("^^^^^^^^^^^"), "{text}");
        assert!(text.contains("`web` depends on `ledger`"), "{text}");
    }
}

/// What tests use is not observed, and of what cannot be read nothing is said.
#[test]
fn only_code_that_was_read_is_observed() {
    let shop = built();
    shop.write("web/test_cart.py", "import ledger.book\n");
    shop.write("prose/pyproject.toml", "[project]\nname = \"prose\"\n");
    shop.write("prose/story.txt", "once\n");
    shop.write("spec/pyproject.toml", "[project]\nname = \"spec\"\n");
    shop.write("spec/test_all.py", "import web.cart\n");
    shop.commit("tests and prose");
    let manifest = init(&shop, &[]);
    let of = |id: &str| {
        let module = manifest.split(&format!("id = \"{id}\"\n")).nth(1).unwrap_or_default();
        let module = module.split("[[").next().unwrap_or_default();
        module.lines().find(|line| line.starts_with("depends_on")).map(str::to_owned)
    };
    assert_eq!(of("billing").as_deref(), Some("depends_on = [\"ledger\"]  # observed"), "{manifest}");
    assert_eq!(of("ledger").as_deref(), Some("depends_on = []  # observed"));
    assert_eq!(of("web").as_deref(), Some("depends_on = [\"billing\"]  # observed"));
    assert_eq!((of("prose"), of("spec")), (None, None), "{manifest}");
    shop.holds(&[]);
}

/// Where an ownership file is finer than modules are, the draft does not contradict it.
#[test]
fn a_draft_does_not_contradict_the_ownership_file() {
    let shop = built();
    shop.write("CODEOWNERS", "/billing/ @shop/payments\n/billing/pdf.py @shop/web\n/web/ @shop/web\n");
    shop.commit("owners");
    let manifest = init(&shop, &[]);
    assert!(manifest.contains("sources = [\"CODEOWNERS\"]\n"), "{manifest}");
    assert!(shop.holds(&[]).ends_with("holds\n"));
    // Where it is not, the manifest answers for what the file leaves out.
    let plain = built();
    plain.write("CODEOWNERS", "/billing/ @shop/payments\n/web/ @shop/web\n");
    plain.commit("owners");
    assert!(init(&plain, &[]).contains("sources = [\"CODEOWNERS\", \"manifest\"]\n"));
    assert!(plain.holds(&[]).ends_with("holds\n"));
}

/// Scripts that know nothing of each other are no mistake of the check.
#[test]
fn code_in_which_nothing_names_anything_holds() {
    let shop = built();
    for file in ["billing/api.py", "billing/pdf.py", "web/cart.py"] {
        shop.write(file, "import os\n");
    }
    shop.commit("scripts");
    let manifest = init(&shop, &[]);
    assert!(manifest.contains("allow = [\"nothing-resolved\"]"), "{manifest}");
    shop.holds(&[]);
}

#[test]
fn what_is_merged_is_observed_and_what_is_there_stays() {
    let shop = built();
    let mine = "version = 1\n\n[[module]]\nid = \"billing\"\npaths = [\"billing/**\"]\n";
    shop.write("unsnarl.toml", mine);
    let merged = init(&shop, &["--merge"]);
    assert!(merged.starts_with(mine) && !merged.contains("no-new-cycles"), "{merged}");
    assert!(merged.contains("depends_on = [\"billing\"]  # observed"), "{merged}");
    assert_eq!(init(&shop, &["--merge"]), merged);
    shop.holds(&[]);
}
