//! What `unsnarl check` says when something is amiss: each message names what to do about it, and what it names works.

use std::fs;

use testkit::repo::Sandbox;

use crate::{
    check::{MANIFEST, Shop},
    stage::unsnarl,
};

const DEBT: &str = ".unsnarl/debt/billing.txt";
const BROKEN: &str = "import web.cart\n";

#[test]
fn debt_that_cannot_be_read_is_told_with_its_own_way_out() {
    let shop = Shop::in_debt();
    let text = shop.read(DEBT);
    shop.write(DEBT, &format!("{text}<<<<<<< HEAD\n"));
    let error = shop.check(&[]).refusal();
    assert!(error.contains("hint: take the marks out and keep the lines of both sides"), "{error}");
    shop.write(DEBT, "U101\n");
    assert!(shop.check(&[]).refusal().contains("hint: mend the line"));
    fs::write(shop.path().join(DEBT), [0xff, 0xfe]).unwrap();
    let error = shop.check(&[]).refusal();
    assert!(error.contains(&format!("{DEBT}: it is not UTF-8")) && !error.contains(":0"), "{error}");
}

/// Whatever line of .gitignore swallows debt, the command that is named brings it in.
#[test]
fn ignored_debt_is_named_truly_and_the_remedy_works() {
    for (ignores, module, named) in [
        (".*\n!.gitignore\n", "billing", ".unsnarl/debt/billing.txt"),
        ("build/\n", "build/billing", ".unsnarl/debt/build/billing.txt"),
        ("*.txt\n", "my billing", "'.unsnarl/debt/my billing.txt'"),
    ] {
        let shop = Shop::bare_of_rules();
        shop.write("billing/pdf.py", BROKEN);
        let manifest = MANIFEST.replace("id = \"billing\"", &format!("id = \"{module}\""));
        shop.write("unsnarl.toml", &manifest.replace("[\"billing\"]", &format!("[\"{module}\"]")));
        shop.commit("rules");
        shop.write(".gitignore", ignores);
        let run = shop.check(&["--accept"]);
        assert_eq!(run.code(), Some(0), "{}", run.err);
        assert!(run.err.contains(&format!("git ignores {named}, so")), "{}", run.err);
        assert!(
            run.err.contains(&format!("git add --force {named} (git check-ignore -v {named}")),
            "{}",
            run.err
        );
        shop.repository.git(&["add", "--force", named.trim_matches('\'')]);
        assert!(!shop.holds(&[]).contains("not read"));
    }
}

#[test]
fn every_mistake_of_a_broken_manifest_is_told() {
    let shop = Shop::new();
    shop.write(
        "unsnarl.toml",
        &format!("{MANIFEST}\n[check]\nallow = [\"U999\"]\nwarn = [\"undeclared-dependancy\"]\n"),
    );
    let error = shop.check(&[]).refusal();
    assert!(error.contains("the manifest: 2 mistakes"), "{error}");
    assert!(
        error.contains(": `U999` is no rule")
            && error.contains("hint: did you mean `undeclared-dependency`?"),
        "{error}"
    );
    assert!(!error.contains("unsnarl init"), "{error}");
    let many: String = (0..12).map(|at| format!("key{at} = 1\n")).collect();
    shop.write("unsnarl.toml", &format!("version = 1\n{many}"));
    let error = shop.check(&[]).refusal();
    assert!(error.contains("unsnarl.toml:11: unknown key `key9`") && error.contains("and 2 more"), "{error}");
    let none = Shop::bare_of_rules();
    assert!(none.check(&[]).refusal().contains("hint: unsnarl init writes one"));
}

#[test]
fn mistakes_are_told_in_words() {
    let shop = Shop::new();
    let layers = "[layers]\norder = [\"ui\", \"domain\", \"ui\"]\nclosed = [\"domain\", \"domain\"]\n";
    let rules = "[[change_rule]]\nid = \"few\"\nmax_teams = -1\n";
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n{layers}{rules}"));
    let error = shop.check(&[]).refusal();
    for told in [
        "unsnarl.toml:25: `ui` stands twice in `order`",
        "unsnarl.toml:26: `domain` stands twice in `closed`",
        "unsnarl.toml:29: `max_teams`: expected a whole number from 0 on, not -1",
    ] {
        assert!(error.contains(told), "{told}: {error}");
    }
    shop.write(
        "unsnarl.toml",
        &format!("{MANIFEST}\n[[rule]]\nid = \"apart\"\ntype = \"independence\"\nfrom = [\"web\"]\n"),
    );
    let error = shop.check(&[]).refusal();
    assert!(error.contains("lacks `from`: two or more that may not depend on each other"), "{error}");
}

#[test]
fn hints_name_the_command_that_was_run() {
    let shop = Shop::new();
    let file = shop.check(&["billing/pdf.py"]).refusal();
    assert!(file.contains("takes a directory") && file.contains("--stdin-filename"), "{file}");
    let outside = shop.check(&["--stdin-filename", "../elsewhere.py"]).refusal();
    assert!(outside.contains("unsnarl check PATH") && !outside.contains("-C PATH"), "{outside}");
    let sandbox = Sandbox::new();
    let nowhere = unsnarl(&sandbox, sandbox.path(), &["check"]).refusal();
    assert!(nowhere.contains("hint: ") && !nowhere.contains("report"), "{nowhere}");
}

#[test]
fn a_base_that_is_none_is_told_in_words() {
    let shop = Shop::new();
    let error = shop.check(&["--diff", "HEAD~500"]).refusal();
    assert!(error.contains("`HEAD~500`: history ends before that"), "{error}");
    for base in ["HEAD~500", "main^2", "0123456789abcdef", "main:billing", "a b"] {
        let error = shop.check(&["--diff", base]).refusal();
        assert!(!error.contains("git fetch") && !error.contains("delegate"), "{base}: {error}");
    }
    assert!(shop.check(&["--diff", "origin/release-2"]).refusal().contains("git fetch origin release-2"));
}

#[test]
fn a_closed_layer_is_to_be_gone_through() {
    let shop = Shop::new();
    let layers = "[layers]\norder = [\"ui\", \"application\", \"domain\"]\nclosed = [\"application\"]\n";
    let manifest = MANIFEST
        .replace("depends_on = [\"billing\"]", "layer = \"ui\"")
        .replace("depends_on = [\"ledger\"]", "layer = \"application\"")
        .replace("depends_on = []", "layer = \"domain\"");
    shop.write("unsnarl.toml", &format!("{manifest}\n{layers}"));
    shop.write("web/cart.py", "from ledger import book\n");
    let text = shop.fails(&[]);
    assert!(text.contains("help: go through layer application, which is closed"), "{text}");
    assert!(!text.contains("let the lower layer"), "{text}");
    shop.write("web/cart.py", "from billing import api\n");
    shop.write("ledger/book.py", "from billing import api\n");
    assert!(shop.fails(&[]).contains("help: let the lower layer define"));
}

/// What is not shown of a step of a circle adds up to the pairs of files it rests on.
#[test]
fn a_step_of_a_circle_counts_all_its_pairs() {
    let shop = Shop::bare_of_rules();
    for at in 0..120 {
        shop.write(&format!("ledger/part{at:03}.py"), "from billing import api\n");
    }
    let open = MANIFEST.lines().filter(|line| !line.starts_with("depends_on")).collect::<Vec<_>>().join("\n");
    shop.write("unsnarl.toml", &format!("{open}\n[[rule]]\nid = \"none\"\ntype = \"acyclic\"\n"));
    let text = shop.fails(&[]);
    assert!(text.contains("this step rests on 120 pairs of files"), "{text}");
    assert!(text.contains("ledger/part003.py:1 and 116 more"), "{text}");
    let run = shop.check(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&run.out).expect("it is JSON");
    let step = json["outcomes"].as_array().unwrap().iter().find(|one| one["from"] == "ledger").unwrap();
    assert_eq!((step["sites"].as_array().unwrap().len(), &step["sites_in_all"]), (100, &120.into()));
}

#[test]
fn each_line_of_new_debt_is_another_sentence() {
    let shop = Shop::in_debt();
    shop.write("billing/api.py", BROKEN);
    shop.write("billing/two.py", BROKEN);
    shop.commit("worse");
    shop.check(&["--accept", "--grow"]).answer();
    let run = shop.check(&["--diff", "HEAD~1", "--format", "github"]);
    let text = String::from_utf8(run.out).unwrap();
    for from in ["billing/api.py", "billing/two.py"] {
        assert!(text.contains(&format!("::this change records new debt, {from} -> web/cart.py: ")), "{text}");
    }
}

#[test]
fn what_history_cannot_say_is_said() {
    let shop = Shop::new();
    let rules = "[[change_rule]]\nid = \"few\"\nmax_teams = 2\n[[change_rule]]\nid = \"budget\"\nmin_independence = 0.5\nmodules = [\"web\"]\nwindow = \"1d\"\n";
    shop.write("unsnarl.toml", &format!("{MANIFEST}\n{rules}"));
    let text = shop.holds(&[]);
    assert!(text.contains("held with --diff: few"), "{text}");
    shop.write("billing/pdf.py", "");
    shop.commit("mine");
    assert!(!shop.holds(&["--diff", "HEAD^"]).contains("held with --diff"));
    let text = shop.holds(&["--backtest"]);
    assert!(text.contains("U401 few: max_teams = 2  would never have fired on "), "{text}");
    assert!(!text.contains("note:") && !text.contains("fired on 0"), "{text}");
    let one = shop.repository.clone_to("one", &["--depth=1", "--branch=main"]);
    one.git(&["checkout", "--quiet", "--force", "main"]);
    let text = unsnarl(&shop.sandbox, one.path(), &["check", "--backtest"]).answer();
    assert!(text.contains("note: history is cut off in this clone"), "{text}");
    assert!(text.contains("note: no change counts") && text.contains("there was no change to ask"), "{text}");
    let json = unsnarl(&shop.sandbox, one.path(), &["check", "--backtest", "--format", "json"]).answer();
    assert!(json.contains("\"notes\": ["), "{json}");
    let text = unsnarl(&shop.sandbox, one.path(), &["check"]).answer();
    assert!(text.contains("web: no change in the window"), "{text}");
}

/// With git's union driver two branches that pay off neighbouring lines meet without a conflict, and `--accept` takes
/// out what the union brought back.
#[test]
fn neighbouring_lines_that_are_paid_off_merge_by_union() {
    let shop = Shop::bare_of_rules();
    shop.write(".gitattributes", ".unsnarl/debt/** merge=union\n");
    for file in ["api", "pdf", "tax"] {
        shop.write(&format!("billing/{file}.py"), BROKEN);
    }
    shop.write("unsnarl.toml", MANIFEST);
    shop.commit("rules and what breaks them");
    shop.check(&["--accept"]).answer();
    shop.commit("debt");
    for (branch, file) in [("one", "api"), ("two", "pdf")] {
        shop.repository.git(&["checkout", "--quiet", "-b", branch, "main"]);
        shop.write(&format!("billing/{file}.py"), "");
        shop.check(&["--accept"]).answer();
        shop.commit("paid off");
    }
    let who = ["-c", "user.name=Ana", "-c", "user.email=ana@shop.example"];
    shop.repository.git(&[&who[..], &["merge", "--quiet", "-m", "both", "one"]].concat());
    assert!(!shop.read(DEBT).contains("<<<"), "{}", shop.read(DEBT));
    shop.check(&["--accept"]).answer();
    let lines: Vec<String> =
        shop.read(DEBT).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    assert_eq!(lines, ["U101 billing/tax.py -> web/cart.py"]);
    shop.holds(&[]);
}
