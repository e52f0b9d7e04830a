//! What a check looks at: the work tree, the index, a commit, an editor's text; and what it compares with.

use std::{
    fs,
    io::Write as _,
    process::{Output, Stdio},
};

use testkit::repo::{Commit, History, Sandbox};

use crate::{
    check::{MANIFEST, Shop},
    stage::{program, unsnarl},
};

const BROKEN: &str = "import web.cart\n";

#[test]
fn the_index_is_looked_at_and_not_the_disk() {
    let shop = Shop::new();
    shop.write("billing/pdf.py", BROKEN);
    assert!(shop.holds(&["--staged"]).contains("0 files differ"));
    shop.repository.git(&["add", "--all"]);
    shop.write("billing/pdf.py", "");
    shop.holds(&[]);
    let text = shop.fails(&["--staged"]);
    assert!(text.contains("--> billing/pdf.py:1:8") && text.contains("1 | import web.cart"), "{text}");
}

fn typed(shop: &Shop, path: &str, text: &str) -> Output {
    let mut child = program(&shop.sandbox)
        .current_dir(shop.path())
        .args(["check", "--stdin-filename", path])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was compiled");
    child.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads what it is given");
    child.wait_with_output().expect("a started child can be waited for")
}

#[test]
fn what_an_editor_holds_is_looked_at_alone() {
    let shop = Shop::new();
    // What is broken elsewhere is not the editor's affair.
    shop.write("billing/api.py", BROKEN);
    let output = typed(&shop, "billing/pdf.py", "import os\nimport web.cart\n");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("--> billing/pdf.py:2:8") && !text.contains("billing/api.py"), "{text}");
    assert_eq!(typed(&shop, "billing/pdf.py", "import os\n").status.code(), Some(0));
    // A file that is not there yet.
    assert_eq!(typed(&shop, "billing/new.py", BROKEN).status.code(), Some(1));
    let outside = typed(&shop, "../elsewhere.py", BROKEN);
    assert_eq!(outside.status.code(), Some(2), "{}", String::from_utf8_lossy(&outside.stderr));
}

#[test]
fn an_untracked_file_counts_and_an_ignored_one_does_not() {
    let shop = Shop::new();
    shop.write("billing/new.py", BROKEN);
    assert!(shop.fails(&[]).contains("--> billing/new.py:1:8"));
    assert!(shop.fails(&["--diff", "HEAD"]).contains("1 violation;"));
    shop.write(".gitignore", "new.py\n");
    shop.holds(&[]);
    shop.holds(&["--diff", "HEAD"]);
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_there() {
    let shop = Shop::new();
    shop.repository.git(&["sparse-checkout", "set", "--cone", "billing"]);
    assert!(!shop.path().join("web/cart.py").exists());
    shop.holds(&[]);
    shop.write("billing/pdf.py", BROKEN);
    assert!(shop.fails(&[]).contains("`billing` depends on `web`"));
}

#[cfg(unix)]
#[test]
fn a_link_is_not_read_for_the_file_it_leads_to() {
    let shop = Shop::new();
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, shop.path().join(at)).unwrap();
    // A loop, one that leads out, and one to a file that may name what this module may not.
    link("loop.py", "ledger/loop.py");
    link("/etc/passwd", "ledger/out.py");
    link("../web/cart.py", "ledger/cart.py");
    shop.holds(&[]);
    shop.commit("links");
    shop.holds(&["--diff", "HEAD^"]);
}

#[test]
fn a_bare_repository_is_looked_at_where_its_history_ends() {
    let shop = Shop::new();
    let bare = shop.repository.clone_to("bare", &["--bare"]);
    let run = unsnarl(&shop.sandbox, bare.path(), &["check"]);
    assert!(run.answer().ends_with("holds\n"));
    let refused = unsnarl(&shop.sandbox, bare.path(), &["check", "--accept"]).refusal();
    assert!(refused.contains("needs a work tree"), "{refused}");
}

#[test]
fn an_empty_repository_has_nothing_to_hold() {
    let sandbox = Sandbox::new();
    let empty = sandbox.repository("empty", &History::default());
    unsnarl(&sandbox, empty.path(), &["check"]).refusal();
    fs::write(empty.path().join("unsnarl.toml"), MANIFEST).unwrap();
    unsnarl(&sandbox, empty.path(), &["check", "--accept"]).refusal();
    let one = sandbox.repository("one", &{
        let mut history = History::default();
        history.commit("main", Commit::new("nothing but rules").write("unsnarl.toml", "version = 1\n"));
        history
    });
    one.git(&["checkout", "--quiet", "--force", "main"]);
    let run = unsnarl(&sandbox, one.path(), &["check"]);
    assert_eq!(run.code(), Some(1), "what asks for nothing holds nothing: {}", run.err);
    assert!(String::from_utf8_lossy(&run.out).contains("declares no module and asks for nothing"));
}

/// What the base broke since the branch was left is not the branch's.
#[test]
fn a_base_that_went_on_is_met_where_it_was_left() {
    let shop = Shop::new();
    shop.repository.git(&["checkout", "--quiet", "-b", "feature"]);
    shop.write("billing/pdf.py", BROKEN);
    shop.commit("mine");
    shop.repository.git(&["checkout", "--quiet", "main"]);
    shop.write("billing/api.py", BROKEN);
    shop.commit("theirs");
    shop.repository.git(&["checkout", "--quiet", "feature"]);
    let text = shop.fails(&["--diff", "main"]);
    assert!(text.contains("billing/pdf.py:1") && !text.contains("billing/api.py"), "{text}");
    assert!(text.contains("1 file differs"), "{text}");
}

#[test]
fn a_base_that_leads_nowhere_is_an_error() {
    let shop = Shop::new();
    let error = shop.check(&["--diff", "origin/main"]).refusal();
    assert!(error.contains("the base `origin/main`") && error.contains("git fetch origin main"), "{error}");
    shop.repository.git(&["checkout", "--quiet", "--orphan", "island"]);
    shop.commit("from nowhere");
    let error = shop.check(&["--diff", "main"]).refusal();
    assert!(error.contains("no common ancestor") && error.contains("--diff origin/main"), "{error}");
}

/// CI clones one commit; what it takes to compare is said to the number.
#[test]
fn a_shallow_clone_is_told_how_much_to_fetch() {
    let shop = Shop::new();
    shop.repository.git(&["checkout", "--quiet", "-b", "feature"]);
    shop.write("billing/pdf.py", BROKEN);
    shop.commit("mine");
    let one = shop.repository.clone_to("one", &["--depth=1", "--branch=feature"]);
    one.git(&["checkout", "--quiet", "--force", "feature"]);
    for base in ["HEAD^", "origin/main"] {
        let error = unsnarl(&shop.sandbox, one.path(), &["check", "--diff", base]).refusal();
        assert!(error.contains("fetch-depth: 2") && error.contains("--unshallow"), "{error}");
    }
    let two = shop.repository.clone_to("two", &["--depth=2", "--branch=feature"]);
    two.git(&["checkout", "--quiet", "--force", "feature"]);
    let run = unsnarl(&shop.sandbox, two.path(), &["check", "--diff", "HEAD^"]);
    assert_eq!(run.code(), Some(1), "{}", run.err);
    assert!(String::from_utf8_lossy(&run.out).contains("billing/pdf.py:1:8"));
    // Without a base a clone of one commit is all it takes.
    assert_eq!(unsnarl(&shop.sandbox, one.path(), &["check"]).code(), Some(1));
}
