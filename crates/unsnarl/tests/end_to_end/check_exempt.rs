//! Exemptions: what they excuse, until when, and who may grant them.

use crate::check::{MANIFEST, Shop};

fn exempting(expires: &str) -> String {
    format!(
        "{MANIFEST}\n[[exemption]]\nrule = \"U101\"\nfrom = \"billing/pdf.py\"\nto = \"web\"\nreason = \"PDF rendering moves\"\nowner = \"payments\"\nexpires = {expires}\n"
    )
}

fn broken(shop: &Shop) {
    shop.write("billing/pdf.py", "import web.cart\n");
}

#[test]
fn an_exemption_excuses_until_its_last_day() {
    let shop = Shop::new();
    broken(&shop);
    shop.write("unsnarl.toml", &exempting("2999-12-31"));
    let text = shop.holds(&[]);
    assert!(text.contains("holds (1 exempt)"), "{text}");
    // It speaks of that file alone.
    shop.write("billing/api.py", "import web.cart\n");
    assert!(shop.fails(&[]).contains("--> billing/api.py:1:8"));
    shop.write("billing/api.py", "");
    shop.write("unsnarl.toml", &exempting("2001-01-31"));
    let text = shop.fails(&[]);
    assert!(text.contains("U301 expired-exemption") && text.contains("ended on 2001-01-31"), "{text}");
    assert!(text.contains("U101 undeclared-dependency"), "{text}");
}

#[test]
fn an_exemption_that_exempts_nothing_is_told() {
    let shop = Shop::new();
    shop.write("unsnarl.toml", &exempting("2999-12-31"));
    let text = shop.holds(&[]);
    assert!(text.contains("warning[U306") && text.contains("exempts nothing"), "{text}");
}

#[test]
fn a_malformed_exemption_is_an_error() {
    let shop = Shop::new();
    let whole = exempting("2999-12-31");
    for (from, to) in [
        ("reason = \"PDF rendering moves\"\n", ""),
        ("expires = 2999-12-31\n", ""),
        ("expires = 2999-12-31\n", "expires = \"never\"\n"),
        ("owner = \"payments\"\nexpires", "expires"),
        ("rule = \"U101\"", "rule = \"U999\""),
    ] {
        shop.write("unsnarl.toml", &whole.replace(from, to));
        let error = shop.check(&[]).refusal();
        assert!(error.contains("failed to use the manifest: 1 mistake\n  unsnarl.toml:"), "{from} {error}");
    }
}

/// Whoever breaks a rule must not be the one who excuses it.
#[test]
fn an_exemption_of_the_change_itself_needs_the_owner_of_the_rule() {
    let shop = Shop::new();
    broken(&shop);
    shop.write("unsnarl.toml", &exempting("2999-12-31"));
    let text = shop.fails(&["--diff", "HEAD"]);
    assert!(text.contains("U308 self-granted-exemption") && text.contains("payments must approve"), "{text}");
    assert!(shop.fails(&["--diff", "HEAD", "--approved-by", "@shop/web"]).contains("U308"));
    for who in ["payments", "@shop/payments", "ana@shop.example"] {
        shop.holds(&["--diff", "HEAD", "--approved-by", who]);
    }
    // Merged first, it governs what comes after.
    shop.write("billing/pdf.py", "from billing import api\n");
    shop.commit("the exemption alone");
    broken(&shop);
    shop.holds(&["--diff", "HEAD"]);
}

/// What leads nowhere is exempt by where it starts.
#[test]
fn an_unowned_path_can_be_exempt() {
    let shop = Shop::new();
    let asking = format!("{MANIFEST}\n[ownership]\nrequire_owner = [\"web/**\", \"billing/**\"]\n");
    shop.write("unsnarl.toml", &asking);
    let text = shop.fails(&[]);
    assert!(text.contains("U201 unowned-path") && text.contains("`web/cart.py` has no owner"), "{text}");
    let exempt = asking
        + "\n[[exemption]]\nrule = \"unowned-path\"\nfrom = \"web/**\"\nto = \"**\"\nreason = \"a team is being found\"\nowner = \"payments\"\nexpires = 2999-12-31\n";
    shop.write("unsnarl.toml", &exempt);
    assert!(shop.holds(&[]).contains("(2 exempt)"));
}

/// What a change takes back of the rules is its right, and nobody has to look for it.
#[test]
fn a_rule_that_a_change_loosens_is_told() {
    let shop = Shop::new();
    broken(&shop);
    let looser = MANIFEST.replace("depends_on = [\"ledger\"]", "depends_on = [\"ledger\", \"web\"]");
    shop.write("unsnarl.toml", &format!("{looser}\n[check]\nallow = [\"U109\"]\n"));
    let text = shop.holds(&["--diff", "HEAD"]);
    let told =
        "note: this change also changes what is held: `billing` may depend on `web`; U109 is not held\n";
    assert!(text.contains(told), "{text}");
    shop.commit("looser");
    assert!(!shop.holds(&["--diff", "HEAD"]).contains("note:"));
}
