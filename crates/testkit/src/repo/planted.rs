//! A system whose truth is known: modules, the people who work on each, and the pairs that change together.
//!
//! ```text
//! every change:  a home module, one of its people, one to three of its files
//!   + noise %    another module picked at random by activity: what chance alone brings together
//!   + pair %     the partner, when the home is one end of a planted pair: what must be found
//! ```
//!
//! The first files of some modules name the first file of another: the first `leaky` of the planted pairs, and `stable`
//! pairs more that change apart.

use super::{Commit, History, history::START, random::Random};

const DAY: i64 = 24 * 3600;
const FILES_A_MODULE: usize = 6;
const PEOPLE_A_TEAM: usize = 4;
const MODULES_A_TEAM: usize = 4;

/// What to plant.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Decides everything that is random.
    pub seed: u64,
    /// How many modules.
    pub modules: usize,
    /// How many pairs of them change together; at most half as many as there are modules.
    pub pairs: usize,
    /// How many changes, over three years.
    pub changes: usize,
    /// Out of a hundred changes of a pair's end, how many touch the other end too.
    pub together_percent: usize,
    /// Out of a hundred changes, how many touch another module for no reason.
    pub noise_percent: usize,
    /// How many of those pairs also have a dependency.
    pub leaky: usize,
    /// How many other pairs of modules have a dependency and change apart.
    pub stable: usize,
    /// Whether a CODEOWNERS file declares the teams.
    pub codeowners: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 1,
            modules: 20,
            pairs: 5,
            changes: 2000,
            together_percent: 35,
            noise_percent: 12,
            leaky: 0,
            stable: 0,
            codeowners: false,
        }
    }
}

/// What was planted.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The commits, on `main`.
    pub history: History,
    /// Module directories, as `packages/m03`.
    pub modules: Vec<String>,
    /// Pairs of module directories that change together, each in order; the first ones have a dependency.
    pub pairs: Vec<(String, String)>,
    /// Pairs of module directories with a dependency that change apart, each in order.
    pub stable: Vec<(String, String)>,
}

/// Plants a system: an npm workspace with a package a module.
pub fn plant(plan: Plan) -> Planted {
    assert!(plan.pairs * 2 <= plan.modules, "a module is in one pair at most");
    let mut random = Random::new(plan.seed);
    let modules: Vec<String> = (0..plan.modules).map(|at| format!("packages/m{at:02}")).collect();
    // Partners lie half the list apart, so that no two of one team are a pair.
    let partner = |at: usize| {
        let half = plan.modules / 2;
        let other = if at < half { at + half } else { at - half };
        (at.min(other) < plan.pairs && at.max(other) < half * 2).then_some(other)
    };
    let leaky = (0..plan.leaky.min(plan.pairs)).filter_map(|at| Some((at, partner(at)?)));
    // Neighbours are never partners.
    let stable: Vec<(usize, usize)> = (0..plan.stable.min(plan.modules - 1)).map(|at| (at, at + 1)).collect();
    let named: Vec<(usize, usize)> = leaky.chain(stable.iter().copied()).collect();
    let content = |module: usize, number: usize, last: String| -> String {
        let imports = named.iter().filter(|(user, _)| *user == module && number == 0);
        let lines =
            imports.map(|(_, used)| format!("import * as m{used} from \"../../m{used:02}/src/part0\";\n"));
        lines.collect::<String>() + &last
    };
    let mut history = History::default();
    history.commit("main", founding(&modules, plan.codeowners, &content));
    for number in 0..plan.changes {
        let at = START + DAY + number as i64 * 3 * 365 * DAY / plan.changes as i64;
        let home = by_activity(&mut random, plan.modules);
        let mut touched = vec![home];
        if let Some(other) = partner(home)
            && random.percent(plan.together_percent)
        {
            touched.push(other);
        }
        if random.percent(plan.noise_percent) {
            touched.push(by_activity(&mut random, plan.modules));
        }
        touched.sort_unstable();
        touched.dedup();
        let team = home / MODULES_A_TEAM;
        let person = team * PEOPLE_A_TEAM + random.below(PEOPLE_A_TEAM);
        let mut commit = Commit::new(format!("work {number}"))
            .by(format!("Person {person:02}"), format!("p{person:02}@shop.example"))
            .at(at);
        for module in touched {
            for _ in 0..1 + random.below(3) {
                let which = random.below(FILES_A_MODULE);
                let text = content(module, which, format!("export const change = {number};\n"));
                commit = commit.write(file(&modules[module], which), text);
            }
        }
        history.commit("main", commit);
    }
    let pairs =
        (0..plan.pairs).filter_map(|at| Some((modules[at].clone(), modules[partner(at)?].clone()))).collect();
    let stable = stable.iter().map(|&(user, used)| (modules[user].clone(), modules[used].clone())).collect();
    Planted { history, modules, pairs, stable }
}

fn founding(
    modules: &[String],
    codeowners: bool,
    content: &impl Fn(usize, usize, String) -> String,
) -> Commit {
    let mut commit = Commit::new("the beginning")
        .write("package.json", r#"{ "name": "shop", "private": true, "workspaces": ["packages/*"] }"#);
    for (at, module) in modules.iter().enumerate() {
        let name = module.trim_start_matches("packages/");
        commit = commit.write(format!("{module}/package.json"), format!("{{ \"name\": \"{name}\" }}\n"));
        for number in 0..FILES_A_MODULE {
            let text = content(at, number, format!("export const born = \"{at}-{number}\";\n"));
            commit = commit.write(file(module, number), text);
        }
    }
    if codeowners {
        let rules: String = modules
            .iter()
            .enumerate()
            .map(|(at, module)| format!("/{module}/ @shop/team-{}\n", at / MODULES_A_TEAM))
            .collect();
        commit = commit.write(".github/CODEOWNERS", rules);
    }
    commit
}

fn file(module: &str, number: usize) -> String {
    format!("{module}/src/part{number}.ts")
}

/// Modules are not equally busy: the lower of two draws makes early ones up to twice as likely as the mean.
fn by_activity(random: &mut Random, modules: usize) -> usize {
    random.below(modules).min(random.below(modules))
}
