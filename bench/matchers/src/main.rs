//! CODEOWNERS matchers side by side: the same file, the same paths, one thread, in one process.
//!
//!     git ls-files | cargo run --release --manifest-path bench/matchers/Cargo.toml -- CODEOWNERS [ROUNDS]
//!
//! Prints how long each takes to read the file and to name the owners of every path, the median of the rounds (5), and
//! on how many paths it names other owners than unsnarl.

use std::{
    io::BufRead,
    path::Path,
    time::{Duration, Instant},
};

use sources::{
    ownership::{Dialect, Found, read},
    tree::Files,
};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("usage: matchers CODEOWNERS [ROUNDS] < PATHS");
    let rounds: usize = arguments.next().map_or(5, |rounds| rounds.parse().expect("a number of rounds"));
    let paths: Vec<String> = std::io::stdin().lock().lines().map(|line| line.expect("paths are UTF-8")).collect();
    let text = std::fs::read_to_string(&file).expect("the file can be read");
    let rules = text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#')).count();
    println!("{rules} rules, {} paths\n", paths.len());
    println!("| matcher | read, ms | match, ms | paths a second | differ |\n|---|---:|---:|---:|---:|");
    let ours = unsnarl(&file, &paths, rounds);
    print("unsnarl", &ours, &ours);
    print("codeowners-rs 0.1.1 (hmarr)", &hmarr(&text, &paths, rounds), &ours);
    print("codeowners 0.1.3 (softprops)", &softprops(&text, &paths, rounds), &ours);
}

/// Times, and the owners of each path.
struct Run {
    read: Vec<Duration>,
    matched: Vec<Duration>,
    owners: Vec<Vec<String>>,
}

fn run<M>(
    paths: &[String],
    rounds: usize,
    read: impl Fn() -> M,
    owners: impl Fn(&M, &str) -> usize,
    names: impl Fn(&M, &str) -> Vec<String>,
) -> Run {
    let mut run = Run { read: Vec::new(), matched: Vec::new(), owners: Vec::new() };
    for round in 0..rounds {
        let begun = Instant::now();
        let matcher = read();
        run.read.push(begun.elapsed());
        let begun = Instant::now();
        let named: usize = paths.iter().map(|path| owners(&matcher, path)).sum();
        run.matched.push(begun.elapsed());
        std::hint::black_box(named);
        if round == 0 {
            run.owners = paths.iter().map(|path| names(&matcher, path)).collect();
        }
    }
    run
}

fn unsnarl(file: &str, paths: &[String], rounds: usize) -> Run {
    let dialect = Dialect::named("github").expect("a dialect of unsnarl");
    run(
        paths,
        rounds,
        || {
            let tree = Files::list(Path::new(file), "CODEOWNERS").expect("the file can be read");
            read(dialect, &tree, &Found { places: vec![b"CODEOWNERS".to_vec()], idle: Vec::new() })
        },
        |resolver, path| resolver.decide(path.as_bytes()).claims.first().map_or(0, |claim| claim.owners.len()),
        |resolver, path| {
            let decision = resolver.decide(path.as_bytes());
            resolver.rules().names_of(&decision.owners()).into_iter().map(str::to_owned).collect()
        },
    )
}

fn hmarr(text: &str, paths: &[String], rounds: usize) -> Run {
    run(
        paths,
        rounds,
        || codeowners_rs::parse(text).into_ruleset(),
        |rules, path| rules.owners(path).map_or(0, <[_]>::len),
        |rules, path| rules.owners(path).unwrap_or_default().iter().map(|owner| owner.value.clone()).collect(),
    )
}

fn softprops(text: &str, paths: &[String], rounds: usize) -> Run {
    run(
        paths,
        rounds,
        || codeowners_softprops::from_reader(text.as_bytes()),
        |owners, path| owners.of(path).map_or(0, Vec::len),
        |owners, path| owners.of(path).into_iter().flatten().map(ToString::to_string).collect(),
    )
}

fn print(name: &str, run: &Run, ours: &Run) {
    let median = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let (read, matched) = (median(&run.read), median(&run.matched));
    let differ = run.owners.iter().zip(&ours.owners).filter(|(a, b)| sorted(a) != sorted(b)).count();
    println!(
        "| {name} | {:.2} | {:.1} | {:.0} | {differ} |",
        read * 1e3,
        matched * 1e3,
        run.owners.len() as f64 / matched
    );
}

fn sorted(names: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}
