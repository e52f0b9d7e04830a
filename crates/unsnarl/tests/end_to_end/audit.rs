//! `unsnarl owners --audit`: every planted fault is found, and none where none was planted.

use serde_json::Value;
use testkit::repo::{Commit, History, Sandbox};

use crate::{owners::shop, stage::unsnarl};

const DAY: i64 = 86_400;
const START: i64 = 1_672_617_600;

fn audit(history: &History, options: &[&str]) -> Value {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop", history);
    let arguments = [&["owners", "--audit", "--format", "json"], options].concat();
    serde_json::from_str(&unsnarl(&sandbox, repository.path(), &arguments).answer())
        .expect("an audit is JSON")
}

/// Findings as `kind line`, for those of a line, else `kind`.
fn found(audit: &Value) -> Vec<String> {
    let findings = audit["findings"].as_array().expect("findings are a list");
    let mut out: Vec<String> = findings
        .iter()
        .map(|one| match one["line"].as_u64() {
            Some(line) => format!("{} {line}", one["kind"].as_str().expect("it is as the test wrote it")),
            None => one["kind"].as_str().expect("it is as the test wrote it").to_owned(),
        })
        .collect();
    out.sort();
    out
}

fn of<'a>(audit: &'a Value, kind: &str) -> &'a Value {
    let findings = audit["findings"].as_array().expect("findings are a list");
    findings.iter().find(|one| one["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {audit}"))
}

#[test]
fn a_system_without_faults_has_none() {
    let teams = "version = 1\n[[team]]\nid = \"payments\"\nhandles = [\"@shop/payments\"]\nmembers = [{ person = \"ana@shop.example\" }, { person = \"Cy Mori\" }]\n[[team]]\nid = \"web\"\nhandles = [\"@shop/web\"]\nmembers = [{ person = \"bo@shop.example\" }]\n";
    let mut history = shop("* @shop/web\n/billing/ @shop/payments\n");
    history.commit("main", Commit::new("teams").at(START + 800 * DAY).write("unsnarl.toml", teams));
    let audit = audit(&history, &[]);
    assert_eq!(found(&audit), [""; 0], "{audit}");
    assert_eq!(audit["coverage"]["files"], audit["coverage"]["owned_files"]);
    assert_eq!(audit["schema"], "unsnarl.audit/1");
}

#[test]
fn every_planted_fault_is_found() {
    let rules = "\
/billing/old/   @shop/payments
/billing/       @shop/payments
/biling/f0.rs   @shop/payments
/web/f1.rs      @ana
/web/           @bo
/web/           @bo @shop/web
/web/f2.rs      @ghost
/gone/          @shop/web
not-a-rule      nobody
";
    let mut history = shop(rules);
    let moved = |commit: Commit, number: usize| {
        commit.rename(format!("billing/f{number}.rs"), format!("ledger/f{number}.rs"))
    };
    history.commit("main", Commit::new("more").at(START + 730 * DAY).write("gone/a.rs", "fn gone() { 1 }\n"));
    history.commit("main", Commit::new("less").at(START + 731 * DAY).delete("gone/a.rs"));
    history.commit("main", (0..4).fold(Commit::new("move").at(START + 732 * DAY), moved));
    history.commit(
        "main",
        Commit::new("another file").at(START + 733 * DAY).write("CODEOWNERS", "* @nobody/reads-this\n"),
    );
    let audit = audit(&history, &[]);
    let all = found(&audit);
    for wanted in [
        "broken 9",        // an owner that is none
        "broken",          // a second CODEOWNERS
        "dead 1",          // never was
        "dead 2",          // moved away
        "dead 3",          // a slip of the pen
        "dead 8",          // deleted
        "duplicated 5",    // written twice
        "shadowed 4",      // overridden by a later line
        "unknown-owner 7", // nobody of that name
        "unowned",         // ledger/ and docs/
        "opaque",          // who is in @shop/web
    ] {
        assert!(all.iter().any(|one| one == wanted), "{wanted} in {all:?}");
    }
    let moved = audit["findings"].as_array().unwrap().iter().find(|one| one["line"] == 2).unwrap();
    assert!(moved["instead"].as_str().unwrap().starts_with("/ledger/ @shop/payments"), "{moved}");
    let slip = audit["findings"].as_array().unwrap().iter().find(|one| one["line"] == 3).unwrap();
    assert!(slip["instead"].as_str().unwrap().contains("delete it"), "billing/f0.rs has moved, too: {slip}");
    let unowned = of(&audit, "unowned");
    assert!(unowned["instead"].as_str().unwrap().contains("/ledger/ "), "{unowned}");
    assert!(unowned["share"].as_f64().unwrap() > 0.3, "half of the work is billing's: {unowned}");
    let coverage = &audit["coverage"];
    let number = |name: &str| coverage[name].as_u64().unwrap();
    assert_eq!(number("files"), number("owned_files") + number("exempt_files") + number("unowned_files"));
}

#[test]
fn owners_are_held_against_the_work() {
    let manifest = "version = 1\n[[team]]\nid = \"payments\"\nhandles = [\"@shop/payments\"]\nmembers = [{ person = \"ana@shop.example\" }, { person = \"Cy Mori\" }]\n[[team]]\nid = \"web\"\nhandles = [\"@shop/web\"]\nmembers = [{ person = \"bo@shop.example\" }]\n[ownership]\nrequire_owner = [\"docs/**\"]\n";
    let mut history = shop("/billing/ @shop/web\n/web/ @shop/web\n");
    history.commit("main", Commit::new("teams").at(START + 800 * DAY).write("unsnarl.toml", manifest));
    let audit = audit(&history, &[]);
    let absent = of(&audit, "absent");
    assert_eq!(absent["severity"], "high");
    assert!(
        absent["title"].as_str().unwrap().starts_with("billing: @shop/web had a hand in 0 %"),
        "{absent}"
    );
    assert!(absent["instead"].as_str().unwrap().starts_with("/billing/ @shop/payments"), "{absent}");
    assert_eq!(of(&audit, "required")["files"], 4);
}

#[test]
fn whoever_left_is_found_and_whoever_is_known_by_an_account_is_not() {
    let mut history = shop("/billing/ @dee\n/web/ @bobek\n");
    let mut early = History::default();
    early.commit(
        "main",
        Commit::new("early").by("Dee Sun", "dee@shop.example").at(START - DAY).write("a.rs", "a\n"),
    );
    // The account signs a trailer by itself and is the front of an address.
    for number in 0..3 {
        let message = format!("pair {number}\n\nCo-authored-by: bobek <bobek@users.noreply.github.com>\n");
        let commit = Commit::new(message).by("Bo Bek", "bobek@shop.example").at(START + (400 + number) * DAY);
        history.commit("main", commit.write("web/f0.rs", format!("pair {number}\n")));
    }
    history.commit(
        "main",
        Commit::new("late")
            .by("Bo Bek", "bobek@shop.example")
            .at(START + 750 * DAY)
            .write("web/f0.rs", "late\n"),
    );
    history.commit(
        "main",
        Commit::new("dee").by("Dee Sun", "dee@shop.example").at(START + 10 * DAY).write("docs/f0.rs", "d\n"),
    );
    let audit = audit(&history, &[]);
    let left: Vec<&Value> =
        audit["findings"].as_array().unwrap().iter().filter(|one| one["kind"] == "left-owner").collect();
    assert_eq!(left.len(), 1, "{audit}");
    assert!(
        left[0]["title"].as_str().unwrap().starts_with("@dee has had no part in a change since 2023-01"),
        "{left:?}"
    );
}

#[test]
fn sources_that_disagree_are_told() {
    let catalog = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: web\nspec:\n  owner: frontend\n";
    let mut history = shop("* @shop/all\n/billing/ @shop/payments\n/web/ @shop/web\n");
    let agreeing = catalog.replace("frontend", "payments");
    history.commit(
        "main",
        Commit::new("catalog")
            .at(START + 800 * DAY)
            .write("web/catalog-info.yaml", catalog)
            .write("billing/catalog-info.yaml", agreeing),
    );
    let audit = audit(&history, &[]);
    let conflict = of(&audit, "conflicting");
    assert!(conflict["title"].as_str().unwrap().contains("group:default/frontend"), "{conflict}");
    assert_eq!(conflict["files"], 5, "group:default/payments is @shop/payments: {audit}");
    assert_eq!(found(&audit).iter().filter(|one| one.starts_with("conflicting")).count(), 1);
}

#[test]
fn sections_and_groups_that_are_void() {
    let rules = "[Data]\n/nowhere/ @shop/data\n/never/ @shop/data\n[Docs]\n/docs/\n[Rest] @shop/all\n*\n!/web/f0.rs\n";
    let mut history = shop("");
    history.commit(
        "main",
        Commit::new("sections")
            .at(START + 800 * DAY)
            .delete(".github/CODEOWNERS")
            .write(".gitlab/CODEOWNERS", rules),
    );
    let all = audit(&history, &[]);
    let void: Vec<String> = found(&all).into_iter().filter(|one| one.starts_with("void")).collect();
    assert_eq!(void, ["void 2", "void 5"], "{all}");
    let mut history = shop("");
    history.commit(
        "main",
        Commit::new("owners")
            .at(START + 800 * DAY)
            .delete(".github/CODEOWNERS")
            .write("OWNERS", "approvers:\n- keepers\n")
            .write("web/OWNERS", "approvers:\n- bo\n")
            .write("OWNERS_ALIASES", "aliases:\n  keepers: []\n"),
    );
    let all = audit(&history, &[]);
    let void = of(&all, "void");
    assert_eq!((void["severity"].as_str(), void["line"].as_u64()), (Some("high"), Some(1)), "{void}");
}

#[test]
fn the_text_reads_and_can_be_shared() {
    let sandbox = Sandbox::new();
    let repository =
        sandbox.repository("shop", &shop("/web/ @ghost\n/billing/ @shop/payments\n/gone/ @shop/payments\n"));
    let text = unsnarl(&sandbox, repository.path(), &["owners", "--audit"]).answer();
    insta::assert_snapshot!("audit", text);
    let shared = unsnarl(&sandbox, repository.path(), &["owners", "--audit", "--anonymous-teams"]).answer();
    assert!(!shared.contains("ghost") && !shared.contains("@shop") && !shared.contains("Ana"), "{shared}");
}
