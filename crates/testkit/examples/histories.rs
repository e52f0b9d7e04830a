//! Repositories for tests that are no Rust: `histories DIRECTORY` makes `declared`, `inferred`, `hostile`, `large`, `single` and
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
        ("single", single),
        ("empty", History::default()),
    ];
    let sandbox = Sandbox::new();
    for (name, history) in histories {
        let repository = sandbox.init(name, &["--bare", "--initial-branch=main"], &history);
        std::fs::rename(repository.path(), directory.join(name)).expect("the directory is on the same disk");
    }
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
