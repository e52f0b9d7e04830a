//! `unsnarl owners`: who answers for a path, by which rule, and whether that is how it is.

use std::{
    io::BufRead as _,
    path::{Path, PathBuf},
};

use clap::Args;
use faces::owners::{Answer, CandidateView, ClaimView, Part, RuleView};
use facts::{FileId, Lens, TeamId};
use measures::{Method, ownership_clarity::Stewardship};
use rustc_hash::FxHashMap;
use sources::{
    manifest,
    ownership::{Dialect, Fate, Layer, Layers, Rules, detect},
    tree::{Files, Tree},
};

use super::{TextOrJson, audit, print};
use crate::{
    error::Error,
    paths::{self, Roots},
    picture::{self, Known, Look, Names},
};

/// Arguments of `unsnarl owners`.
#[derive(Debug, Args)]
pub(crate) struct Owners {
    /// Files, or directories for everything below them; relative to where you are
    #[arg(value_name = "PATH", required_unless_present_any = ["stdin", "audit"])]
    paths: Vec<String>,
    /// Read paths from standard input, one a line
    #[arg(long)]
    stdin: bool,
    /// Hold every rule against the tree and its history: what is unowned, dead, shadowed, void or not true
    #[arg(long, conflicts_with_all = ["paths", "stdin", "explain", "people", "ownership"])]
    audit: bool,
    /// With --audit: every finding, not the first of each kind
    #[arg(long, requires = "audit")]
    all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    /// Show every rule that speaks of the path, in order, and what became of it
    #[arg(long)]
    explain: bool,
    /// Name the people who know a file, too
    #[arg(long)]
    people: bool,
    /// Judge by this ownership file or directory of them alone, without a repository
    #[arg(long, value_name = "FILE|DIR")]
    ownership: Option<PathBuf>,
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".")]
    repository: PathBuf,
    #[command(flatten)]
    look: Look,
}

impl Owners {
    pub(crate) fn run(self) -> Result<(), Error> {
        if self.audit {
            let text = audit::run(&self.repository, &self.look, self.format == TextOrJson::Json, self.all)?;
            return print(&text);
        }
        let mut paths = self.paths.clone();
        if self.stdin {
            for line in std::io::stdin().lock().split(b'\n') {
                let line = line
                    .map_err(|error| Error::Read { path: "standard input".into(), why: error.to_string() })?;
                let line = line.strip_suffix(b"\r").unwrap_or(&line);
                if !line.is_empty() {
                    paths.push(String::from_utf8_lossy(line).into_owned());
                }
            }
        }
        let (answers, whole) = match &self.ownership {
            Some(file) => (self.by_file(file, &paths)?, true),
            None => self.by_repository(paths)?,
        };
        match self.format {
            TextOrJson::Json => print(&faces::owners::json(&answers)),
            TextOrJson::Text if whole && answers.len() <= 40 => print(&faces::owners::text(&answers)),
            TextOrJson::Text => print(&faces::owners::summary(&answers)),
        }
    }

    /// By ownership files alone.
    fn by_file(&self, file: &Path, paths: &[String]) -> Result<Vec<Answer>, Error> {
        let fail = |why: String| Error::Read { path: file.to_owned(), why };
        let only = picture::dialect(self.look.dialect())?;
        let is_directory = std::fs::metadata(file).map_err(|error| fail(error.to_string()))?.is_dir();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let alias = only.map_or(name.as_str(), |dialect| dialect.file);
        let tree = Files::list(file, alias).map_err(|error| fail(error.to_string()))?;
        let dialect = match only.or_else(|| detect(&tree).first().map(|(dialect, _)| *dialect)) {
            Some(dialect) => dialect,
            None => return Err(fail("its dialect cannot be told; name it with --dialect".to_owned())),
        };
        let layers = Layers::read(&tree, &manifest::read(&tree).manifest, Some(dialect));
        let rules = layers.layers.first().map(|layer| layer.resolver.rules());
        if let Some(problem) = rules.and_then(|rules| rules.problems.first()) {
            let more = rules.map_or(0, |rules| rules.problems.len() - 1);
            let more = if more == 0 { String::new() } else { format!(" ({more} more)") };
            let at = if problem.line == 0 { String::new() } else { format!(":{}", problem.line) };
            let text = format!("warning: {}{at}: {}{more}", problem.file, problem.why);
            anstream::eprintln!("{}", faces::plain::plain(&text));
        }
        let shown = if is_directory { None } else { Some(file.to_string_lossy().into_owned()) };
        let names = Names::default();
        let view = View { layers: &layers, names: &names, source: shown.as_deref(), explain: self.explain };
        Ok(paths.iter().map(|path| view.answer(paths::normal(path).as_bytes())).collect())
    }

    /// By everything the repository shows; the flag says whether each path was named by itself.
    fn by_repository(&self, given: Vec<String>) -> Result<(Vec<Answer>, bool), Error> {
        let known = picture::learn(&self.repository, &self.look, Method::Decayed)?;
        let (paths, whole) = meant(&known, &given, self.stdin)?;
        Ok((answers(&known, &paths, self.explain, self.people), whole))
    }
}

/// The files that paths as given mean, everything below a directory; the flag says whether each was named by itself.
pub(crate) fn meant(known: &Known, given: &[String], from_root: bool) -> Result<(Vec<Vec<u8>>, bool), Error> {
    let mut paths: Vec<Vec<u8>> = Vec::new();
    let mut whole = true;
    let roots =
        Roots { prefix: &known.prefix, paths: known.head.paths(), work_tree: known.work_tree.as_deref() };
    for path in given {
        let path = if from_root { paths::normal(path) } else { roots.rooted(path)? };
        let directory = [path.trim_end_matches('/').as_bytes(), b"/"].concat();
        let everything = path.is_empty() || path == ".";
        let below: Vec<&Vec<u8>> =
            known.head.paths().iter().filter(|one| everything || one.starts_with(&directory)).collect();
        if below.is_empty() || from_root {
            paths.push(path.into_bytes());
        } else {
            whole = false;
            paths.extend(below.into_iter().cloned());
        }
    }
    Ok((paths, whole))
}

/// Answers for paths of a repository.
pub(crate) fn answers(known: &Known, paths: &[Vec<u8>], explain: bool, people: bool) -> Vec<Answer> {
    let lens = Lens::new(&known.facts, &known.structure, known.structure.ownership(), known.range);
    let view = View { layers: &known.declared.layers, names: &known.names, source: None, explain };
    let files = Touched::new(known, &lens, paths);
    let mut reality = Reality {
        known,
        stewardship: Stewardship::new(&lens),
        work: FxHashMap::default(),
        agreements: FxHashMap::default(),
        lens: &lens,
    };
    paths
        .iter()
        .map(|path| {
            let mut answer = view.answer(path);
            if paths.len() <= 1_000 {
                view.add_content(known, path, &mut answer);
            }
            reality.add(path, &files, people && !known.names.are_hidden(), &mut answer);
            answer.note = nobody_says(&known.declared.layers).or(answer.note);
            answer
        })
        .collect()
}

/// The answer of ownership files alone.
pub(crate) fn by_rules(layers: &Layers, path: &[u8]) -> Answer {
    let names = Names::default();
    let mut answer = View { layers, names: &names, source: None, explain: false }.answer(path);
    answer.note = nobody_says(layers);
    answer
}

fn nobody_says(layers: &Layers) -> Option<String> {
    let none = layers.layers.is_empty();
    none.then(|| "no file here says who owns anything (unsnarl init drafts one)".to_owned())
}

/// What ownership files say.
struct View<'a> {
    layers: &'a Layers,
    names: &'a Names,
    /// The one file everything stands in, as the user named it.
    source: Option<&'a str>,
    explain: bool,
}

impl View<'_> {
    fn answer(&self, path: &[u8]) -> Answer {
        let mut answer =
            Answer { path: String::from_utf8_lossy(path).into_owned(), kind: "none", ..Answer::default() };
        let decided = self.layers.decide(path);
        if let Some((at, decision)) = &decided {
            let layer = &self.layers.layers[*at];
            let rules = layer.resolver.rules();
            answer.dialect = Some(layer.dialect.name);
            answer.owners = self.owners(layer, &decision.owners());
            answer.kind = if answer.owners.is_empty() { "unowned" } else { "declared" };
            let first = self.rule(layer, decision.claims[0].rule);
            (answer.source, answer.line, answer.rule) =
                (Some(first.source), Some(first.line), Some(first.rule));
            answer.claims = decision
                .claims
                .iter()
                .map(|claim| ClaimView {
                    rule: RuleView {
                        owners: self.owners(layer, &claim.owners),
                        ..self.rule(layer, claim.rule)
                    },
                    approvals: claim.approvals,
                    required: claim.required,
                    status: rules.rules[claim.rule as usize].status.clone(),
                })
                .collect();
        }
        self.add_candidates(path, decided.map(|(at, _)| at), &mut answer);
        answer
    }

    fn add_candidates(&self, path: &[u8], decided: Option<usize>, answer: &mut Answer) {
        let mut all = Vec::new();
        for (at, layer) in self.layers.layers.iter().enumerate() {
            let answered = decided.is_none_or(|decided| at <= decided);
            for candidate in layer.resolver.candidates(path) {
                let rule = self.rule(layer, candidate.rule);
                let by = |by: u32| {
                    let by = self.rule(layer, by);
                    format!("{}:{}", by.source, by.line)
                };
                let (fate, by) = match candidate.fate {
                    _ if !answered => ("not asked", None),
                    Fate::Decides => ("decides", None),
                    Fate::Adds => ("adds", None),
                    Fate::Overridden(rule) => ("overridden", Some(by(rule))),
                    Fate::Excluded(rule) => ("excluded", Some(by(rule))),
                    Fate::Stopped(rule) => ("stopped", Some(by(rule))),
                };
                if !matches!(fate, "decides" | "adds") {
                    answer.overridden.push(rule.clone());
                }
                all.push(CandidateView { rule, dialect: layer.dialect.name, fate, by });
            }
        }
        if answer.kind == "none"
            && let Some(exclusion) = all.iter().find(|one| one.fate == "decides")
        {
            answer.kind = "unowned";
            answer.source = Some(exclusion.rule.source.clone());
            answer.line = Some(exclusion.rule.line);
            answer.rule = Some(exclusion.rule.rule.clone());
        }
        answer.candidates = self.explain.then_some(all);
    }

    /// Claims that the file's content brings.
    fn add_content(&self, known: &Known, path: &[u8], answer: &mut Answer) {
        for layer in self.layers.layers.iter().filter(|layer| layer.dialect.name == "maintainers") {
            let Ok(content) = known.head.read(path) else { continue };
            for claim in layer.resolver.decide_by_content(&content) {
                let rule =
                    RuleView { owners: self.owners(layer, &claim.owners), ..self.rule(layer, claim.rule) };
                for owner in &rule.owners {
                    if !answer.owners.contains(owner) {
                        answer.owners.push(owner.clone());
                    }
                }
                answer.claims.push(ClaimView { rule, approvals: 1, required: false, status: None });
            }
        }
    }

    fn rule(&self, layer: &Layer, rule: u32) -> RuleView {
        let rules = layer.resolver.rules();
        let one = &rules.rules[rule as usize];
        RuleView {
            source: self.source.map_or_else(|| rules.file_of(rule).to_owned(), str::to_owned),
            line: one.line,
            rule: one.pattern.clone(),
            owners: self.written(layer, &one.owners),
            section: one.section.clone(),
        }
    }

    /// Owners as people read them: what is only a way of writing several names is taken apart.
    fn owners(&self, layer: &Layer, owners: &[u32]) -> Vec<String> {
        let rules: &Rules = layer.resolver.rules();
        if self.names.are_hidden() || !is_shorthand(layer.dialect) {
            return rules.names_of(owners).into_iter().map(|name| self.names.of(name)).collect();
        }
        rules.expanded(owners).into_iter().map(str::to_owned).collect()
    }

    /// Owners of a rule; a group without members by its name, for the rule does name somebody.
    fn written(&self, layer: &Layer, owners: &[u32]) -> Vec<String> {
        match self.owners(layer, owners) {
            none if none.is_empty() => {
                layer.resolver.rules().names_of(owners).into_iter().map(|name| self.names.of(name)).collect()
            }
            some => some,
        }
    }
}

/// Whether groups of a dialect are a way of writing their members rather than owners themselves.
fn is_shorthand(dialect: Dialect) -> bool {
    matches!(dialect.name, "kubernetes" | "maintainers")
}

/// The files asked about, and the touches of each.
struct Touched {
    files: FxHashMap<Vec<u8>, FileId>,
    touches: FxHashMap<FileId, Vec<u32>>,
}

impl Touched {
    fn new(known: &Known, lens: &Lens<'_>, paths: &[Vec<u8>]) -> Self {
        let facts = &known.facts;
        let wanted: rustc_hash::FxHashSet<&[u8]> = paths.iter().map(Vec::as_slice).collect();
        let files: FxHashMap<Vec<u8>, FileId> = facts
            .files
            .ids()
            .filter(|&file| facts.files.alive(file))
            .map(|file| (facts.paths.bytes(facts.files.path[file.index()]), file))
            .filter(|(path, _)| wanted.contains(path))
            .map(|(path, file)| (path.to_vec(), file))
            .collect();
        let mut touches: FxHashMap<FileId, Vec<u32>> =
            files.values().map(|&file| (file, Vec::new())).collect();
        for &change in &lens.counted {
            for at in facts.touches.of(change) {
                if let Some(own) = touches.get_mut(&facts.touches.file[at]) {
                    own.push(change.0);
                }
            }
        }
        Self { files, touches }
    }
}

/// What history says.
struct Reality<'a> {
    known: &'a Known,
    lens: &'a Lens<'a>,
    stewardship: Stewardship<'a>,
    work: FxHashMap<facts::ModuleId, (Vec<f64>, u64)>,
    agreements: FxHashMap<(facts::ModuleId, Vec<TeamId>), measures::ownership_clarity::Agreement>,
}

impl Reality<'_> {
    fn add(&mut self, path: &[u8], files: &Touched, people: bool, answer: &mut Answer) {
        let known = self.known;
        let structure = &known.structure;
        answer.exists = Some(sources::tree::holds(&known.head, path));
        if answer.exists == Some(false) {
            answer.note = Some(missing(known, path));
        }
        let Some(&file) = files.files.get(path) else { return };
        let team_name = |team: TeamId| structure.teams[team.index()].name.clone();
        if let Some(module) = structure.module(file) {
            answer.module = Some(structure.modules[module.index()].name.clone());
            let stewardship = &self.stewardship;
            let (work, changes) = self.work.entry(module).or_insert_with(|| stewardship.work(module));
            answer.recent_changes = Some(*changes);
            if let [steward, ..] = structure.inferred.owners(file) {
                answer.steward = Some(team_name(*steward));
                answer.steward_share = Some(work[steward.index()]);
            }
            let mut owners: Vec<TeamId> = Vec::new();
            if let Some(declared) = &structure.declared {
                owners.extend(declared.sets(file).flat_map(|set| &declared.sets[set as usize]));
            }
            owners.sort_unstable();
            owners.dedup();
            if !owners.is_empty() {
                let agreement = *self
                    .agreements
                    .entry((module, owners))
                    .or_insert_with_key(|(module, owners)| stewardship.agreement(*module, owners));
                answer.owner_share = agreement.owner_share;
                answer.agreement = Some(agreement.state);
                answer.agrees = match agreement.state {
                    "agreed" => Some(true),
                    "absent" | "contested" => Some(false),
                    _ => None,
                };
            }
        }
        let weights =
            self.stewardship.knowledge(files.touches[&file].iter().map(|&change| facts::ChangeId(change)));
        let mut teams: Vec<(TeamId, f64)> = weights.teams;
        teams.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        // Where everybody is one group, that the group knows a file says nothing.
        if structure.inferred.basis == facts::Basis::None && structure.declared.is_none() {
            teams.clear();
        }
        answer.knows = teams.into_iter().map(|(team, share)| Part { team: team_name(team), share }).collect();
        if people {
            let mut names: Vec<String> = weights
                .people
                .iter()
                .map(|person| self.lens.facts.people.name[person.index()].clone())
                .collect();
            names.sort();
            answer.people = Some(names);
        }
    }
}

/// What is wrong with a path that is not in the tree.
fn missing(known: &Known, path: &[u8]) -> String {
    let same = |one: &&Vec<u8>| one.eq_ignore_ascii_case(path);
    match known.head.paths().iter().find(same) {
        Some(other) => format!(
            "there is no such file; `{}` differs in case alone, and patterns mind case",
            String::from_utf8_lossy(other)
        ),
        None => "there is no such file; this is who would answer for it".to_owned(),
    }
}
