//! `unsnarl check`: adopted in a repository that breaks its rules, and held from then on.

use std::{fs, path::Path};

use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::stage::{Run, unsnarl};

/// A manifest under which the shop holds.
pub(crate) const MANIFEST: &str = "\
version = 1

[[team]]
id = \"payments\"
handles = [\"@shop/payments\"]
members = [{ person = \"ana@shop.example\" }]

[[module]]
id = \"billing\"
paths = [\"billing/**\"]
owner = \"payments\"
depends_on = [\"ledger\"]

[[module]]
id = \"ledger\"
paths = [\"ledger/**\"]
depends_on = []

[[module]]
id = \"web\"
paths = [\"web/**\"]
depends_on = [\"billing\"]
";

/// A shop of three modules, checked out: web → billing → ledger.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) repository: Repository,
}

impl Shop {
    /// With a manifest under which it holds.
    pub(crate) fn new() -> Self {
        let shop = Self::bare_of_rules();
        shop.write("unsnarl.toml", MANIFEST);
        shop.commit("rules");
        shop
    }

    /// Without a manifest.
    pub(crate) fn bare_of_rules() -> Self {
        let sandbox = Sandbox::new();
        let mut history = History::default();
        history.commit(
            "main",
            Commit::new("a shop")
                .write("ledger/__init__.py", "")
                .write("ledger/book.py", "TOTAL = 0\n")
                .write("billing/__init__.py", "")
                .write("billing/api.py", "from ledger import book\n\n\ndef bill():\n    return book.TOTAL\n")
                .write("billing/pdf.py", "from billing import api\n")
                .write("web/__init__.py", "")
                .write("web/cart.py", "from billing import api\n"),
        );
        let repository = sandbox.repository("shop", &history);
        repository.git(&["checkout", "--quiet", "--force", "main"]);
        Self { sandbox, repository }
    }

    /// With one dependency recorded that breaks a rule: billing/pdf.py names web/cart.py.
    pub(crate) fn in_debt() -> Self {
        let shop = Self::bare_of_rules();
        shop.write("billing/pdf.py", "import web.cart\n");
        shop.write("unsnarl.toml", MANIFEST);
        shop.commit("rules and what breaks them");
        let run = shop.check(&["--accept"]);
        assert_eq!(run.code(), Some(0), "{}", run.err);
        shop.commit("debt");
        shop
    }

    pub(crate) fn path(&self) -> &Path {
        self.repository.path()
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it lies in the shop")).expect("the shop is writable");
        fs::write(path, content).expect("the shop is writable");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_default()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.repository.git(&["add", "--all"]);
        let who = ["-c", "user.name=Ana", "-c", "user.email=ana@shop.example"];
        self.repository.git(&[&who[..], &["commit", "--quiet", "--allow-empty", "-m", message]].concat());
    }

    pub(crate) fn check(&self, options: &[&str]) -> Run {
        unsnarl(&self.sandbox, self.path(), &[&["check"], options].concat())
    }

    /// What a check that holds says.
    pub(crate) fn holds(&self, options: &[&str]) -> String {
        self.check(options).answer()
    }

    /// What a check that fails says.
    pub(crate) fn fails(&self, options: &[&str]) -> String {
        let run = self.check(options);
        let out = String::from_utf8(run.out.clone()).expect("it is text");
        assert_eq!(run.code(), Some(1), "{out}{}", run.err);
        out
    }
}

const DEBT: &str = ".unsnarl/debt/billing.txt";

#[test]
fn what_a_failure_says() {
    let shop = Shop::new();
    shop.write("billing/pdf.py", "import os\nimport web.cart\n");
    let text = shop.fails(&["--diff", "HEAD"]);
    let commit = shop.repository.text(&["rev-parse", "HEAD"]);
    insta::assert_snapshot!("check_diff", text.replace(&commit[..10], "COMMIT"));
    insta::assert_snapshot!("check_tree", shop.fails(&[]));
}

#[test]
fn debt_only_shrinks() {
    let shop = Shop::in_debt();
    assert!(shop.read(DEBT).ends_with("U101 billing/pdf.py -> web/cart.py\n"), "{}", shop.read(DEBT));
    shop.holds(&[]);
    // A rule that has debt takes no more, whether it is committed or not, unless it is asked to.
    shop.write("billing/api.py", "import web.cart\n");
    for _ in 0..2 {
        let refused = shop.check(&["--accept"]);
        assert_eq!(refused.code(), Some(1));
        assert!(refused.err.contains("only shrinks") && refused.err.contains("--grow"), "{}", refused.err);
        assert!(refused.err.contains("billing/api.py:1: U101: "), "{}", refused.err);
        assert_eq!(shop.read(DEBT).matches("U101").count(), 1);
        shop.commit("worse");
    }
    let grown = shop.check(&["--accept", "--grow"]).answer();
    assert!(grown.contains("recorded 2 violations") && grown.contains("1 added"), "{grown}");
    shop.holds(&[]);
    shop.commit("more debt");
    // Against the commit before it, growth is a violation of its own, and the owner of the module may approve it.
    let text = shop.fails(&["--diff", "HEAD~3"]);
    assert!(text.contains("U304 grown-debt") && text.contains("2 recorded, all still so; +1"), "{text}");
    assert!(shop.fails(&["--diff", "HEAD~3", "--approved-by", "@shop/web"]).contains("U304"));
    for who in ["payments", "@shop/payments", "ana@shop.example"] {
        shop.holds(&["--diff", "HEAD~3", "--approved-by", who]);
    }
}

/// A rule nobody breaks has no debt, and what breaks it today is no debt of yesterday.
#[test]
fn what_is_being_written_is_not_recorded() {
    let shop = Shop::new();
    shop.write("billing/pdf.py", "import web.cart\n");
    let refused = shop.check(&["--accept"]);
    assert_eq!(refused.code(), Some(1), "{}", refused.err);
    assert!(!shop.path().join(".unsnarl").exists());
    // A rule that is being adopted is another matter: what it meets was there.
    shop.commit("it is there now");
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n[[rule]]\nid = \"none\"\ntype = \"acyclic\"\n"));
    let adopted = shop.check(&["--accept"]).answer();
    assert!(adopted.contains("recorded 3 violations"), "{adopted}");
    shop.holds(&[]);
}

/// Taking a module out of depends_on, or calling one by another name, is adopting again.
#[test]
fn a_rule_that_is_tightened_may_bring_its_debt_along() {
    let shop = Shop::in_debt();
    let tighter = MANIFEST.replace("depends_on = [\"billing\"]", "depends_on = []");
    shop.write("unsnarl.toml", &tighter);
    assert!(shop.fails(&[]).contains("--> web/cart.py:1:6"));
    let recorded = shop.check(&["--accept"]).answer();
    assert!(recorded.contains("recorded 2 violations") && recorded.contains("1 added"), "{recorded}");
    shop.holds(&["--diff", "HEAD"]);
    shop.write("unsnarl.toml", &tighter.replace("id = \"web\"\npaths", "id = \"shop\"\npaths"));
    let renamed = shop.check(&["--accept"]).answer();
    assert!(renamed.contains("(2 files), 2 before: the same, written anew; commit it"), "{renamed}");
    assert!(shop.check(&["--accept"]).answer().starts_with("nothing to write down: 2 violations"));
    shop.holds(&["--diff", "HEAD"]);
}

#[test]
fn debt_that_is_paid_off_is_taken_out() {
    let shop = Shop::in_debt();
    shop.write("billing/pdf.py", "");
    let text = shop.fails(&[]);
    assert!(text.contains("U303 stale-debt") && text.contains(&format!("--> {DEBT}:3")), "{text}");
    assert!(shop.fails(&["--diff", "HEAD"]).contains("U303"));
    let paid = shop.check(&["--accept"]).answer();
    assert_eq!(paid, "nothing is recorded any more: 1 paid off; commit what was taken out\n");
    assert!(!shop.path().join(DEBT).exists());
    shop.holds(&[]);
    let text = shop.holds(&["--diff", "HEAD"]);
    assert!(text.contains("nothing recorded any more; -1 by this change, 1 before"), "{text}");
    assert_eq!(shop.check(&["--accept"]).answer(), "nothing is broken, and nothing is recorded\n");
}

#[test]
fn a_file_that_moved_takes_its_debt_along() {
    let shop = Shop::in_debt();
    fs::create_dir(shop.path().join("billing/print")).unwrap();
    fs::rename(shop.path().join("billing/pdf.py"), shop.path().join("billing/print/pdf.py")).unwrap();
    for options in [&[][..], &["--diff", "HEAD"]] {
        assert!(shop.holds(options).contains("1 under another path"), "{options:?}");
    }
    assert!(shop.check(&["--accept"]).answer().contains("1 moved"));
    assert!(shop.read(DEBT).contains("U101 billing/print/pdf.py -> web/cart.py"));
    shop.holds(&["--diff", "HEAD"]);
}

#[test]
fn debt_may_be_the_defining_side_s() {
    let shop = Shop::in_debt();
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n[check]\ncharge = \"defining\"\n"));
    shop.holds(&[]);
    shop.check(&["--accept"]).answer();
    assert!(!shop.path().join(DEBT).exists() && shop.read(".unsnarl/debt/web.txt").contains("U101 billing"));
    shop.holds(&["--diff", "HEAD"]);
}

#[test]
fn a_strict_module_has_no_debt() {
    let shop = Shop::in_debt();
    shop.write(
        "unsnarl.toml",
        &MANIFEST.replace("owner = \"payments\"\n", "owner = \"payments\"\nstrict = true\n"),
    );
    let text = shop.fails(&[]);
    assert!(text.contains("U305 debt-in-strict-module") && text.contains("`billing` is strict"), "{text}");
    shop.write("billing/pdf.py", "");
    shop.check(&["--accept"]).answer();
    shop.holds(&[]);
}

/// Two branches that each leave their mark in a record are told where to look.
#[test]
fn debt_that_cannot_be_read_is_an_error() {
    let shop = Shop::in_debt();
    let text = shop.read(DEBT);
    shop.write(
        DEBT,
        &format!("{text}<<<<<<< HEAD\nU101 billing/api.py -> web/cart.py\n=======\n>>>>>>> theirs\n"),
    );
    for options in [&[][..], &["--accept"], &["--diff", "HEAD"]] {
        let error = shop.check(options).refusal();
        assert!(error.contains(&format!("{DEBT}:4: a merge left its conflict marks")), "{error}");
    }
    shop.write(DEBT, "what is this\n");
    assert!(shop.check(&[]).refusal().contains(&format!("{DEBT}:1: it should read")));
}

/// What is recorded where git does not look is recorded for nobody.
#[test]
fn debt_that_git_ignores_is_said() {
    let shop = Shop::bare_of_rules();
    shop.write(".gitignore", ".*\n!.gitignore\n");
    shop.write("billing/pdf.py", "import web.cart\n");
    shop.write("unsnarl.toml", MANIFEST);
    shop.commit("rules");
    let run = shop.check(&["--accept"]);
    assert_eq!(run.code(), Some(0));
    assert!(run.err.contains("git ignores .unsnarl") && run.err.contains("git add --force"), "{}", run.err);
    assert!(shop.fails(&[]).contains("1 file of recorded debt not read"));
    shop.repository.git(&["add", "--force", ".unsnarl"]);
    assert!(!shop.holds(&[]).contains("not read"));
}

#[test]
fn rules_may_be_allowed_or_told() {
    let shop = Shop::new();
    shop.write("billing/pdf.py", "import web.cart\n");
    for word in ["U101", "undeclared-dependency"] {
        shop.write("unsnarl.toml", &format!("{MANIFEST}\n[check]\nallow = [\"{word}\"]\n"));
        let text = shop.holds(&[]);
        assert!(text.contains("not held, by [check] allow: "), "{text}");
        shop.write("unsnarl.toml", &format!("{MANIFEST}\n[check]\nwarn = [\"{word}\"]\n"));
        let text = shop.holds(&[]);
        assert!(text.contains("warning[U101") && text.contains("holds, 1 warning"), "{text}");
    }
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n[check]\nallow = [\"undeclared-dependancy\"]\n"));
    let error = shop.check(&[]).refusal();
    assert!(error.contains("unsnarl.toml:24: `undeclared-dependancy` is no rule"), "{error}");
    let mistakes = unsnarl(&shop.sandbox, shop.path(), &["manifest", "validate"]);
    let out = String::from_utf8_lossy(&mistakes.out).into_owned() + &mistakes.err;
    assert!(out.contains("undeclared-dependency"), "{out}");
}

#[test]
fn no_manifest_or_a_broken_one_is_an_error() {
    let shop = Shop::bare_of_rules();
    let error = shop.check(&[]).refusal();
    assert!(error.contains("no unsnarl.toml") && error.contains("unsnarl init"), "{error}");
    shop.write("unsnarl.toml", "version = 1\n[[module]]\nid = \"billing\"\npahts = [\"billing/**\"]\n");
    let error = shop.check(&[]).refusal();
    assert!(error.contains("unsnarl.toml:4: unknown key `pahts`"), "{error}");
    shop.write("unsnarl.toml", "version = 1\n[[module]\n");
    assert!(shop.check(&["--accept"]).refusal().contains("unsnarl.toml:2"));
}

#[test]
fn what_matches_nothing_fails() {
    let shop = Shop::new();
    shop.write("unsnarl.toml", &MANIFEST.replace("ledger/**", "leger/**"));
    let text = shop.fails(&[]);
    assert!(text.contains("`leger/**` of module `ledger` matches no file"), "{text}");
    assert!(shop.check(&["--accept"]).err.contains("not debt of the code"));
    // One that names nothing at all anywhere is a check that sees nothing.
    let blind = Shop::bare_of_rules();
    blind.write("unsnarl.toml", MANIFEST);
    for file in ["billing/api.py", "billing/pdf.py", "web/cart.py"] {
        blind.write(file, "");
    }
    assert!(blind.fails(&[]).contains("U307 nothing-resolved"));
}

/// What the guide and the pages of rules show as a manifest is one: every key and value is known.
#[test]
fn examples_are_manifests() {
    let shop = Shop::bare_of_rules();
    let guide = include_str!("../../../../docs/guide/manifest.md");
    let blocks = guide.split("```toml\n").skip(1).filter_map(|block| block.split("```").next());
    let mut examples: Vec<String> = blocks.map(str::to_owned).collect();
    assert!(!examples.is_empty());
    let of_rules = verdicts::rules::all().into_iter().map(|rule| rule.example);
    examples
        .extend(of_rules.filter(|text| text.starts_with('[')).map(|text| format!("version = 1\n{text}\n")));
    for example in examples {
        shop.write("unsnarl.toml", &example);
        let run = unsnarl(&shop.sandbox, shop.path(), &["manifest", "validate"]);
        let out = String::from_utf8_lossy(&run.out).into_owned() + &run.err;
        // Names an example does not declare, and paths the shop does not have, are no mistakes of it.
        for word in ["unknown key", "should be", "expected", "known values"] {
            assert!(!out.contains(word), "{example}\n{out}");
        }
    }
}
