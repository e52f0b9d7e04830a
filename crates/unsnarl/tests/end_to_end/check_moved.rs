//! `unsnarl check`: what moved is told from what is new, and a record cannot be bent.

use crate::{
    check::{MANIFEST, Shop},
    stage::Run,
};

/// What a check that found something printed.
fn found(run: Run) -> String {
    assert_eq!(run.code(), Some(1), "{}{}", String::from_utf8_lossy(&run.out), run.err);
    String::from_utf8_lossy(&run.out).into_owned()
}

/// What a check that holds printed.
fn holds(run: Run) -> String {
    assert_eq!(run.code(), Some(0), "{}{}", String::from_utf8_lossy(&run.out), run.err);
    String::from_utf8_lossy(&run.out).into_owned()
}

#[test]
fn a_file_under_another_name_keeps_its_debt_everywhere() {
    let shop = Shop::in_debt();
    shop.repository.git(&["mv", "billing/pdf.py", "billing/print.py"]);
    shop.commit("another name");
    holds(shop.check(&["--diff", "HEAD^"]));
    assert!(holds(shop.check(&[])).contains("1 under another path"));
    holds(shop.check(&["--accept"]));
    assert!(shop.read(".unsnarl/debt/billing.txt").contains("billing/print.py -> web/cart.py"));
    holds(shop.check(&["--diff", "HEAD^"]));
    holds(shop.check(&[]));
}

#[test]
fn what_was_there_before_cannot_take_over_the_debt_of_another() {
    let shop = Shop::in_debt();
    shop.write("billing/a/index.py", "import web.cart\n");
    shop.write("billing/b/index.py", "X = 0\n");
    shop.commit("two of one name");
    assert_eq!(shop.check(&["--accept", "--grow"]).code(), Some(0));
    shop.commit("both recorded");
    shop.repository.git(&["rm", "--quiet", "billing/a/index.py"]);
    shop.write("billing/b/index.py", "import web.cart\n");
    shop.commit("one goes, the other begins");
    let text = found(shop.check(&["--diff", "HEAD^"]));
    assert!(text.contains("U101") && text.contains("billing/b/index.py"), "{text}");
    // Without a base nobody can know, and writing it down does not help: the record grew.
    holds(shop.check(&["--accept"]));
    shop.commit("written down");
    assert!(found(shop.check(&["--diff", "HEAD^^"])).contains("U304"));
}

#[test]
fn a_module_that_is_renamed_takes_its_debt_along() {
    let shop = Shop::bare_of_rules();
    let rule = "[[rule]]\nid = \"no-circles\"\ntype = \"acyclic\"\n";
    let manifest = format!("{}{rule}", MANIFEST.replace("depends_on = [\"ledger\"]", ""));
    shop.write("billing/pdf.py", "import web.cart\n");
    shop.write("unsnarl.toml", &manifest);
    shop.commit("a circle");
    holds(shop.check(&["--accept"]));
    shop.commit("recorded");
    shop.repository.git(&["mv", "web", "shopfront"]);
    shop.write("billing/pdf.py", "import shopfront.cart\n");
    shop.write("unsnarl.toml", &manifest.replace("web", "shopfront"));
    shop.commit("a better name");
    holds(shop.check(&["--diff", "HEAD^"]));
    holds(shop.check(&["--accept"]));
    shop.commit("written down");
    holds(shop.check(&["--diff", "HEAD^^"]));
    holds(shop.check(&[]));
}

#[test]
fn a_record_that_is_still_so_cannot_be_taken_out() {
    let shop = Shop::in_debt();
    shop.repository.git(&["rm", "--quiet", "-r", ".unsnarl"]);
    shop.commit("no more debt");
    let text = found(shop.check(&["--diff", "HEAD^"]));
    assert!(text.contains("U304") && text.contains("takes out a record that is still so"), "{text}");
    found(shop.check(&[]));
}

#[test]
fn owners_by_codeowners_may_approve_growth() {
    let shop = Shop::in_debt();
    shop.write("unsnarl.toml", &MANIFEST.replace("owner = \"payments\"\n", ""));
    shop.write("CODEOWNERS", "/billing/ @shop/payments\n/web/ @shop/web\n");
    shop.commit("owners elsewhere");
    shop.write("billing/tax.py", "import web.cart\n");
    shop.commit("more");
    assert_eq!(shop.check(&["--accept", "--grow"]).code(), Some(0));
    shop.commit("recorded");
    let text = found(shop.check(&["--diff", "HEAD^^"]));
    assert!(text.contains("U304") && text.contains("--approved-by @shop/payments"), "{text}");
    holds(shop.check(&["--diff", "HEAD^^", "--approved-by", "@shop/payments"]));
}

#[test]
fn an_exemption_a_change_adds_is_announced() {
    let shop = Shop::in_debt();
    let blanket = "[[exemption]]\nrule = \"U101\"\nfrom = \"**\"\nto = \"**\"\nreason = \"later\"\nowner = \"payments\"\nexpires = 2199-01-01\n";
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n{blanket}"));
    shop.commit("just in case");
    let text = holds(shop.check(&["--diff", "HEAD^"]));
    assert!(text.contains("** is exempt from U101 on the way to ** until 2199-01-01"), "{text}");
}

#[test]
fn code_that_is_not_read_is_named() {
    let shop = Shop::new();
    shop.write("billing/big.py", &format!("import web.cart\n{}", "# x\n".repeat(400_000)));
    let text = holds(shop.check(&[]));
    assert!(text.contains("1 file of code not read") && text.contains("billing/big.py"), "{text}");
}

#[test]
fn a_change_that_leaves_names_leading_nowhere_fails() {
    let shop = Shop::new();
    let names: String = (0..80).map(|at| format!("from ledger import m{at}\n")).collect();
    for at in 0..80 {
        shop.write(&format!("ledger/m{at}.py"), "X = 0\n");
    }
    shop.write("billing/many.py", &names);
    shop.commit("many names");
    // The package goes, and its files stay under another name nobody imports.
    shop.repository.git(&["mv", "ledger", "accounts"]);
    shop.write("unsnarl.toml", &MANIFEST.replace("ledger", "accounts"));
    shop.commit("renamed, and nothing else");
    let text = found(shop.check(&["--diff", "HEAD^"]));
    assert!(text.contains("U307") && text.contains("before this change"), "{text}");
}
