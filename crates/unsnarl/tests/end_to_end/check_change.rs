//! `unsnarl check`: rules on how change happens, and what they would have said before anybody turned them on.

use std::fs;

use testkit::repo::{Commit, History, Repository, Sandbox};

use crate::stage::{Run, unsnarl};

const DAY: i64 = 86_400;
const START: i64 = 1_700_000_000;

const MANIFEST: &str = "\
version = 1

[[team]]
id = \"payments\"
handles = [\"@shop/payments\"]
members = [{ person = \"ana@shop.example\" }]

[[team]]
id = \"web\"
handles = [\"@shop/web\"]
members = [{ person = \"bo@shop.example\" }]

[[team]]
id = \"books\"
members = [{ person = \"cy@shop.example\" }]

[[module]]
id = \"billing\"
paths = [\"billing/**\"]
owner = \"payments\"
depends_on = [\"ledger\"]

[[module]]
id = \"web\"
paths = [\"web/**\"]
owner = \"web\"
depends_on = [\"billing\"]

[[module]]
id = \"ledger\"
paths = [\"ledger/**\"]
owner = \"books\"
depends_on = []
";

/// Forty changes: `billing/tax.py` and `billing/rates.py` always together, the rest alone, and every tenth change of
/// `web` reaches into `ledger`.
fn shop(rules: &str) -> History {
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("begin")
            .by("Ana", "ana@shop.example")
            .at(START)
            .write("unsnarl.toml", format!("{MANIFEST}\n{rules}"))
            .write("billing/tax.py", "import ledger.book\n")
            .write("billing/rates.py", "RATES = 0\n")
            .write("web/cart.py", "import billing.tax\n")
            .write("ledger/book.py", "BOOK = 0\n"),
    );
    for at in 1..40i64 {
        let commit = Commit::new(format!("change {at}")).at(START + at * DAY);
        let commit = match at % 4 {
            0 => commit
                .by("Ana", "ana@shop.example")
                .write("billing/tax.py", format!("import ledger.book\nTAX = {at}\n"))
                .write("billing/rates.py", format!("RATES = {at}\n")),
            1 | 2 => commit
                .by("Bo", "bo@shop.example")
                .write("web/cart.py", format!("import billing.tax\nCART = {at}\n")),
            _ => {
                let commit =
                    commit.by("Cy", "cy@shop.example").write("ledger/book.py", format!("BOOK = {at}\n"));
                if at % 10 == 3 {
                    commit.write("web/cart.py", format!("import billing.tax\nCART = {at}\n"))
                } else {
                    commit
                }
            }
        };
        history.commit("main", commit);
    }
    history
}

fn repository(sandbox: &Sandbox, rules: &str) -> Repository {
    let repository = sandbox.repository("shop", &shop(rules));
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    repository
}

fn write(repository: &Repository, path: &str, content: &str) {
    fs::write(repository.path().join(path), content).expect("the work tree can be written");
}

fn check(sandbox: &Sandbox, repository: &Repository, arguments: &[&str]) -> Run {
    unsnarl(sandbox, repository.path(), &[&["check"], arguments].concat())
}

/// A check that found something: its text.
fn found(run: Run) -> String {
    assert_eq!(run.code(), Some(1), "{}", run.err);
    String::from_utf8(run.out).expect("text is UTF-8")
}

#[test]
fn a_change_that_needs_too_many_teams_fails() {
    let sandbox = Sandbox::new();
    let rule = "[[change_rule]]\nid = \"two\"\nmax_teams = 2\nbecause = \"each team is a queue\"\n";
    let repository = repository(&sandbox, rule);
    write(&repository, "billing/tax.py", "import ledger.book\nTAX = 99\n");
    write(&repository, "web/cart.py", "import billing.tax\nCART = 99\n");
    let two = check(&sandbox, &repository, &["--diff", "HEAD"]).answer();
    assert!(two.contains("two: 2 teams of at most 2"), "{two}");
    write(&repository, "ledger/book.py", "BOOK = 99\n");
    let three = found(check(&sandbox, &repository, &["--diff", "HEAD"]));
    assert!(three.contains("U401 too-many-teams (two)"), "{three}");
    assert!(three.contains("this change needs 3 teams: books, payments, web"), "{three}");
    assert!(three.contains("each team is a queue"), "{three}");
    // A tree as a whole is no change.
    check(&sandbox, &repository, &[]).answer();
}

#[test]
fn approvals_are_those_of_the_smallest_set() {
    let sandbox = Sandbox::new();
    let rule = "[[change_rule]]\nid = \"one\"\nmax_approvals = 1\nseverity = \"warning\"\n";
    let repository = repository(&sandbox, rule);
    write(&repository, "billing/tax.py", "import ledger.book\nTAX = 99\n");
    write(&repository, "web/cart.py", "import billing.tax\nCART = 99\n");
    let run = check(&sandbox, &repository, &["--diff", "HEAD"]);
    assert_eq!(run.code(), Some(0), "a warning fails nothing: {}", run.err);
    let text = String::from_utf8(run.out).expect("text is UTF-8");
    assert!(
        text.contains("warning[U406") && text.contains("this change needs 2 approvals of payments, web"),
        "{text}"
    );
}

#[test]
fn a_boundary_nobody_declared_is_told() {
    let sandbox = Sandbox::new();
    let rule = "[[change_rule]]\nid = \"along\"\nno_undeclared_boundary = true\n";
    let repository = repository(&sandbox, rule);
    write(&repository, "billing/tax.py", "import ledger.book\nTAX = 99\n");
    write(&repository, "ledger/book.py", "BOOK = 99\n");
    check(&sandbox, &repository, &["--diff", "HEAD"]).answer();
    write(&repository, "web/cart.py", "import billing.tax\nCART = 99\n");
    let text = found(check(&sandbox, &repository, &["--diff", "HEAD"]));
    assert!(text.contains("touches `web` and `ledger`, and neither declares"), "{text}");
    assert!(!text.contains("`billing` and `ledger`"), "{text}");
}

#[test]
fn a_usual_partner_that_is_left_out_is_told() {
    let sandbox = Sandbox::new();
    let rule = "[[change_rule]]\nid = \"partners\"\nusual_partner = 0.9\n";
    let repository = repository(&sandbox, rule);
    write(&repository, "billing/tax.py", "import ledger.book\nTAX = 99\n");
    let text = found(check(&sandbox, &repository, &["--diff", "HEAD"]));
    assert!(
        text.contains(
            "leaves out `billing/rates.py`, which went along in 10 of the last 10 changes of `billing/tax.py`"
        ),
        "{text}"
    );
    // With its partner nothing is missed, and committed it is the same change.
    write(&repository, "billing/rates.py", "RATES = 99\n");
    check(&sandbox, &repository, &["--diff", "HEAD"]).answer();
    repository.git(&["add", "billing/tax.py"]);
    let staged = found(check(&sandbox, &repository, &["--staged"]));
    assert!(staged.contains("leaves out `billing/rates.py`"), "{staged}");
    repository.git(&["commit", "--quiet", "--message", "half"]);
    repository.git(&["stash", "--quiet"]);
    let committed = found(check(&sandbox, &repository, &["--diff", "HEAD^"]));
    assert!(committed.contains("leaves out `billing/rates.py`"), "{committed}");
}

#[test]
fn a_budget_of_independence_is_held_on_the_tree() {
    let sandbox = Sandbox::new();
    let rule = |least: &str| {
        format!("[[change_rule]]\nid = \"alone\"\nmin_independence = {least}\nmodules = [\"web\"]\n")
    };
    let strict = repository(&sandbox, &rule("1.0"));
    // 24 of web's changes, some of which reach into ledger, and the first which is everybody's.
    let text = found(check(&sandbox, &strict, &[]));
    assert!(text.contains("U405 independence-below-budget (alone)"), "{text}");
    assert!(text.contains("changes of web got by with one team"), "{text}");
    let sandbox = Sandbox::new();
    let lenient = repository(&sandbox, &rule("0.5"));
    let text = check(&sandbox, &lenient, &[]).answer();
    assert!(text.contains("alone: one team: web"), "{text}");
}

#[test]
fn a_hidden_constraint_is_found_and_can_be_recorded() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let manifest = "version = 1\n[[module]]\nid = \"a\"\npaths = [\"a/**\"]\n[[module]]\nid = \"b\"\npaths = [\"b/**\"]\n[[module]]\nid = \"c\"\npaths = [\"c/**\"]\n[[module]]\nid = \"d\"\npaths = [\"d/**\"]\n[[change_rule]]\nid = \"open\"\nno_new_hidden_constraint = true\n";
    let mut first = Commit::new("begin").at(START).write("unsnarl.toml", manifest);
    for module in ["a", "b", "c", "d"] {
        first = first
            .write(format!("{module}/one.py"), "import other\n")
            .write(format!("{module}/other.py"), "X = 0\n");
    }
    history.commit("main", first.by("Ana", "ana@shop.example"));
    // a and b change together every time, c and d by themselves.
    for at in 1..200i64 {
        let commit = Commit::new(format!("change {at}")).at(START + at * DAY).by("Ana", "ana@shop.example");
        let text = format!("import other\nX = {at}\n");
        let commit = match at % 3 {
            0 => commit.write("a/one.py", &text).write("b/one.py", &text),
            1 => commit.write("c/one.py", &text),
            _ => commit.write("d/one.py", &text),
        };
        history.commit("main", commit);
    }
    let repository = sandbox.repository("hidden", &history);
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    let text = found(check(&sandbox, &repository, &[]));
    assert!(text.contains("U404 new-hidden-constraint (open)"), "{text}");
    assert!(text.contains("`a` and `b` changed together 67 times"), "{text}");
    assert!(!text.contains("`c`"), "{text}");
    check(&sandbox, &repository, &["--accept"]).answer();
    let text = check(&sandbox, &repository, &[]).answer();
    assert!(text.contains("1 recorded"), "{text}");
}

#[test]
fn a_backtest_says_how_often_rules_would_have_fired() {
    let sandbox = Sandbox::new();
    let none = repository(&sandbox, "");
    let text = check(&sandbox, &none, &["--backtest"]).answer();
    assert!(text.contains("the manifest has no [[change_rule]]"), "{text}");
    assert!(
        text.contains(
            "U402 along-declared-boundaries: no_undeclared_boundary = true  would have fired on 3 of 40"
        ),
        "{text}"
    );
    let sandbox = Sandbox::new();
    let own = repository(&sandbox, "[[change_rule]]\nid = \"mine\"\nmax_teams = 1\n");
    let text = check(&sandbox, &own, &["--backtest=20"]).answer();
    assert!(text.contains("on the last 20 changes") && text.contains("U401 mine: max_teams = 1"), "{text}");
    assert!(text.contains("it needs 2 teams: books, web"), "{text}");
    assert!(!text.contains("U402"), "{text}");
}

#[test]
fn a_module_nobody_leads_is_told_where_that_is_asked() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let manifest = |asks: &str| {
        let team = |id: &str, person: &str| {
            format!(
                "[[team]]\nid = \"{id}\"\nhandles = [\"@{id}\"]\nmembers = [{{ person = \"{person}@shop.example\" }}]\n"
            )
        };
        let teams = [team("x", "ana"), team("y", "bo"), team("z", "cy")].concat();
        format!(
            "version = 1\n{teams}[[module]]\nid = \"a\"\npaths = [\"a/**\"]\n[[module]]\nid = \"b\"\npaths = [\"b/**\"]\n{asks}"
        )
    };
    history.commit(
        "main",
        Commit::new("begin")
            .at(START)
            .by("Ana", "ana@shop.example")
            .write("unsnarl.toml", manifest("[ownership]\nrequire_lead = true\n"))
            .write("CODEOWNERS", "a/ @x @y @z\nb/ @x\n")
            .write("a/one.py", "import other\n")
            .write("a/other.py", "X = 0\n"),
    );
    // Three people who never meet elsewhere change `a` in turn; each has a module of their own.
    for at in 1..240i64 {
        let (name, mail) =
            [("Ana", "ana@shop.example"), ("Bo", "bo@shop.example"), ("Cy", "cy@shop.example")]
                [(at % 3) as usize];
        let path = if at % 2 == 0 { "a/one.py".to_owned() } else { format!("b{}/own.py", at % 3) };
        let commit = Commit::new(format!("change {at}")).at(START + at * DAY).by(name, mail);
        history.commit("main", commit.write(path, format!("import other\nX = {at}\n")));
    }
    history.commit(
        "main",
        Commit::new("b").at(START + 240 * DAY).by("Ana", "ana@shop.example").write("b/x.py", "X = 1\n"),
    );
    let repository = sandbox.repository("contested", &history);
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    let text = found(check(&sandbox, &repository, &[]));
    assert!(text.contains("U202 contested-owner") && text.contains("nobody leads `a`"), "{text}");
    assert!(!text.contains("nobody leads `b`"), "{text}");
    // It is recorded, and held to be so.
    check(&sandbox, &repository, &["--accept"]).answer();
    check(&sandbox, &repository, &[]).answer();
    write(&repository, "unsnarl.toml", &manifest(""));
    let text = found(check(&sandbox, &repository, &[]));
    assert!(text.contains("U303 stale-debt") && !text.contains("nobody leads"), "{text}");
}
