//! Repositories for tests that are no Rust: `histories DIRECTORY` makes `declared`, `inferred`, `hostile`, `large`, `parts`, `single` and
//! `empty` in it.

use std::path::PathBuf;

use testkit::repo::{Commit, History, Sandbox, hostile, planted};

fn main() {
    let directory = PathBuf::from(std::env::args_os().nth(1).expect("a directory to make them in"));
    let plan = planted::Plan { changes: 1500, pairs: 6, leaky: 3, stable: 6, ..Default::default() };
    let planted = |plan| planted::plant(plan).history;
    let mut single = History::default();
    single.commit("main", Commit::new("the beginning").write("src/a.rs", "fn a() {}"));
    let histories = [
        ("declared", planted(planted::Plan { codeowners: true, ..plan })),
        ("inferred", planted(plan)),
        ("hostile", hostile::history()),
        (
            "large",
            large(planted::Plan { modules: 2000, pairs: 200, changes: 4000, noise_percent: 40, ..plan }),
        ),
        ("parts", parts()),
        ("single", single),
        ("empty", History::default()),
    ];
    let sandbox = Sandbox::new();
    for (name, history) in histories {
        let repository = sandbox.init(name, &["--bare", "--initial-branch=main"], &history);
        std::fs::rename(repository.path(), directory.join(name)).expect("the directory is on the same disk");
    }
}

/// Three modules of three teams, each with directories of which one is changed mostly with another module; one of them is
/// called what no one can see.
fn parts() -> History {
    let mut history = History::default();
    let unseen = "web/\u{202e}ipa";
    let owners = "/billing/ @shop/pay\n/web/ @shop/web\n/docs/ @shop/docs\n";
    let modules = ["billing", "web", "docs"];
    let declared =
        modules.map(|name| format!("[[module]]\nid = \"{name}\"\npaths = [\"{name}/**\"]\n")).concat();
    let begin = Commit::new("declare it").write(".github/CODEOWNERS", owners);
    history.commit("main", begin.write("unsnarl.toml", format!("version = 1\n{declared}")));
    // Which files a change touches; each line as often as it says, over and over.
    let kinds: [(usize, &[&str]); 7] = [
        (5, &["billing/tax/rates.py", "billing/tax/rules.py"]),
        (4, &["billing/pdf/page.py", "web/ui/print.js"]),
        (3, &["billing/pdf/font.py", unseen]),
        (4, &["web/ui/print.js", "web/ui/view.js"]),
        (3, &[unseen, "web/ui/view.js"]),
        (2, &["docs/guide/tax.md", "billing/tax/rules.py"]),
        (3, &["docs/guide/tax.md", "docs/site/index.md"]),
    ];
    for number in 0..40 {
        for (each, (often, files)) in kinds.iter().enumerate() {
            if number % 6 < *often {
                let file =
                    |path: &str| if path == unseen { format!("{path}/call.js") } else { path.to_owned() };
                let change = Commit::new(format!("change {number} of kind {each}"));
                let change = files.iter().fold(change, |change, path| {
                    change.write(file(path), format!("line {number} of {each}\n"))
                });
                history.commit("main", change);
            }
        }
    }
    history
}

/// Modules declared one by one, and a hundred teams that share them.
fn large(plan: planted::Plan) -> History {
    let planted::Planted { mut history, modules, .. } = planted::plant(plan);
    let teams = (0..100).map(|team| format!("[[team]]\nid = \"team-{team}\"\n"));
    let modules = modules.iter().enumerate().map(|(at, module)| {
        let team = at / 4 % 100;
        format!("[[module]]\nid = \"{module}\"\npaths = [\"{module}/**\"]\nowner = \"team-{team}\"\n")
    });
    let manifest: String = std::iter::once("version = 1\n".to_owned()).chain(teams).chain(modules).collect();
    history.commit("main", Commit::new("declare it").write("unsnarl.toml", manifest));
    history
}
