//! `unsnarl mcp` over real pipes: asked by the official client, and told what no client should say.

mod client;
mod hostile;

use std::fs;

use testkit::repo::{
    Repository, Sandbox,
    planted::{Plan, Planted, plant},
};

/// `m00` uses `m05`, which it does not list.
const MANIFEST: &str = "\
version = 1

[[module]]
id = \"m00\"
paths = [\"packages/m00/**\"]
depends_on = [\"m01\"]

[[module]]
id = \"m01\"
paths = [\"packages/m01/**\"]
depends_on = []

[[module]]
id = \"m05\"
paths = [\"packages/m05/**\"]
";

/// Ten packages: m00 and m05 change together and one names the other, m01 and m06, and m02 and m07, change together and
/// none does; m00 names m01, and they change apart.
fn shop(sandbox: &Sandbox) -> (Repository, Planted) {
    let plan = Plan {
        modules: 10,
        pairs: 3,
        leaky: 1,
        stable: 1,
        changes: 1200,
        codeowners: true,
        ..Plan::default()
    };
    let planted = plant(plan);
    let repository = sandbox.repository("shop", &planted.history);
    repository.git(&["checkout", "--quiet", "--force", "main"]);
    (repository, planted)
}

fn write(repository: &Repository, path: &str, content: &str) {
    fs::write(repository.path().join(path), content).expect("the work tree can be written");
}
