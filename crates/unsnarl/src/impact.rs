//! What a change needs: its teams, what it crosses, what it has not touched yet, whom to ask, how long, and whether it can be parted.

use std::{
    cell::{Cell, OnceCell},
    collections::BTreeMap,
    hash::{Hash as _, Hasher as _},
};

use faces::impact::{
    BoundaryView, ChangeView, DecisionView, FileView, HitRate, Impact, ModuleView, PaceView, PeopleView,
    SplitView, TeamView, Touched,
};
use facts::{
    Basis, ChangeId, FileId, Lens, ModuleId, PathId, PersonId, TeamId,
    dependencies::{Dependencies, Target},
    globs::Glob,
    structure::Structure,
    time,
};
use imports::Scans;
use measures::{lead_time::LeadTimes, stats::survival::Quantile};
use outlook::impact::{
    Because, Past, Query, Suggestion,
    pace::{Pace, pace},
    rota::rota,
    split::{Split, split},
    suggest,
    wiring::Wiring,
};
use rustc_hash::{FxHashMap, FxHashSet};
use sources::tree::Tree as _;

use crate::{
    asked::{Asked, Touch},
    change::{self, Claim, Claims, Viewer},
    code::Kept,
    contract,
    foresight::Foresight,
    picture::Known,
};

/// Changes of more files are no question anything could be learned from.
const LEARNED_FROM: usize = 30;
/// Of more files nothing further is predicted, and no split is looked for.
pub(crate) const MOST_FILES: usize = 200;
/// Teams that are merely touched, in JSON.
const MOST_TOUCHED: usize = 20;
const MOST_BOUNDARIES: usize = 50;
/// Two files usually change together where one goes along in half of the other's changes, and in so many.
const USUAL: f64 = 0.5;
const USUAL_CHANGES: usize = 5;

/// A change with everything that is known of it.
struct Change<'a> {
    known: &'a Known,
    lens: Lens<'a>,
    asked: &'a Asked,
    /// Its paths, and the file of each where it was there before.
    paths: Vec<String>,
    files: Vec<Option<FileId>>,
    living: FxHashMap<PathId, FileId>,
    /// Reads what its files name in the tree with the change in it, where that is asked.
    kept: &'a Kept<'a>,
    scans: Cell<Option<Scans>>,
    dependencies: OnceCell<Dependencies<u32>>,
}

/// What the change that was asked about needs.
///
/// What was read of code before may be handed in, where somebody had the time to look it up.
pub(crate) fn impact(
    known: &Known,
    foresight: &Foresight,
    asked: &Asked,
    kept: &Kept<'_>,
    scans: Option<Scans>,
) -> Impact {
    let change = Change::new(known, asked, kept, scans);
    let lens = &change.lens;
    let mut out = Impact {
        repository: known.facts.repository.name.clone(),
        asked: match &asked.title {
            Some(title) if !known.facts.changes.titles_hidden => format!("{} “{title}”", asked.what),
            _ => asked.what.clone(),
        },
        history: known.source().head().short(),
        whole: asked.whole,
        notes: asked.notes.clone(),
        ..Impact::default()
    };
    if known.source().shallow {
        let cut = "history is cut off in this clone, so little of it answers: git fetch --unshallow (in CI fetch-depth: 0)";
        out.notes.insert(0, cut.to_owned());
    }
    let modules: Vec<Option<ModuleId>> = (0..change.paths.len()).map(|at| change.module(at)).collect();
    let name = |module: ModuleId| known.structure.modules[module.index()].name.clone();
    out.touched = (asked.touched.iter().zip(&modules))
        .map(|(touch, module)| Touched {
            path: touch.path.clone(),
            kind: touch.kind.name(),
            from: touch.before.clone(),
            module: module.map(name),
        })
        .collect();
    let mut counts: BTreeMap<ModuleId, u64> = BTreeMap::new();
    modules.iter().flatten().for_each(|module| *counts.entry(*module).or_default() += 1);
    out.modules =
        counts.iter().map(|(module, files)| ModuleView { name: name(*module), files: *files }).collect();
    out.modules.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.name.cmp(&b.name)));
    let touched: Vec<ModuleId> = counts.keys().copied().collect();

    let claims = change.claims();
    let cover = change.teams(&claims, &mut out);
    out.boundaries = boundaries(&known.structure, foresight, &touched);
    change.further(foresight, &touched, &mut out);
    out.decisions = change.decisions(&touched);
    out.people = change.people(&claims, &cover, &touched);
    let times = LeadTimes::new(lens);
    out.lead_time = pace(lens, &times, cover.len(), change.paths.len() as u64).map(|pace| pace_view(&pace));
    if cover.len() > 1 {
        change.split(&claims, &foresight.past, &mut out);
    }
    out
}

impl<'a> Change<'a> {
    fn new(known: &'a Known, asked: &'a Asked, kept: &'a Kept<'a>, scans: Option<Scans>) -> Self {
        let facts = &known.facts;
        let alive = facts.files.ids().filter(|&file| facts.files.alive(file));
        let living: FxHashMap<PathId, FileId> =
            alive.map(|file| (facts.files.path[file.index()], file)).collect();
        let file = |touch: &Touch| {
            let path = touch.before.as_ref().unwrap_or(&touch.path);
            living.get(&facts.paths.get(path.as_bytes())?).copied()
        };
        let files = asked.touched.iter().map(file).collect();
        let paths = asked.touched.iter().map(|touch| touch.path.clone()).collect();
        Self {
            known,
            lens: change::lens_of(known),
            asked,
            paths,
            files,
            living,
            kept,
            scans: Cell::new(scans),
            dependencies: OnceCell::new(),
        }
    }

    /// The living file of a path.
    fn file_at(&self, path: &[u8]) -> Option<FileId> {
        self.living.get(&self.known.facts.paths.get(path)?).copied()
    }

    /// Paths of files that were not there before.
    fn new_paths(&self) -> impl Iterator<Item = &[u8]> {
        let all = self.paths.iter().zip(&self.files);
        all.filter(|(_, file)| file.is_none()).map(|(path, _)| path.as_bytes())
    }

    /// The files that were there before.
    fn known_files(&self) -> Vec<FileId> {
        let mut files: Vec<FileId> = self.files.iter().flatten().copied().collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// The module of a path; of a new file that of its neighbours.
    fn module(&self, at: usize) -> Option<ModuleId> {
        if let Some(file) = self.files[at] {
            return self.known.structure.module(file);
        }
        let all = self.known.head.paths();
        let mut directory = self.paths[at].as_str();
        while let Some((above, _)) = directory.rsplit_once('/') {
            directory = above;
            let below = format!("{directory}/");
            let first = all.partition_point(|path| path.as_slice() < below.as_bytes());
            let inside = all[first..].iter().take_while(|path| path.starts_with(below.as_bytes()));
            let module = inside
                .filter_map(|path| self.file_at(path))
                .find_map(|file| self.known.structure.module(file));
            if module.is_some() {
                return module;
            }
        }
        None
    }

    /// Whom its paths ask: by ownership files and the manifest, or where there are none by who makes the changes.
    fn claims(&self) -> Claims {
        let declared = &self.known.declared;
        if !declared.layers.layers.is_empty() {
            return Viewer::new(&declared.manifest, &declared.layers).claims(&self.paths);
        }
        let structure = &self.known.structure;
        let mut claims = Claims::default();
        for (at, file) in self.files.iter().enumerate() {
            let owners = file.map_or(&[][..], |file| structure.inferred.owners(file));
            let mut owners: Vec<TeamId> =
                owners.iter().map(|team| claims.number(&structure.teams[team.index()].name)).collect();
            owners.sort_unstable();
            if !owners.is_empty() {
                claims.all.push(Claim { owners, approvals: 1, path: at, place: None });
            }
        }
        claims
    }

    /// Tells who is needed and who is touched; gives who is needed.
    fn teams(&self, claims: &Claims, out: &mut Impact) -> Vec<TeamId> {
        let known = self.known;
        let structure = &known.structure;
        let is_declared = !known.declared.layers.layers.is_empty();
        let (cover, approvals, exact) = claims.cover();
        (out.approvals, out.smallest) = (is_declared.then_some(approvals), exact);
        let mut owned: Vec<usize> = claims.all.iter().map(|claim| claim.path).collect();
        owned.dedup();
        out.unowned = (self.paths.len() - owned.len()) as u64;
        let view = |team: TeamId| {
            let own: Vec<&Claim> = claims.all.iter().filter(|claim| claim.owners.contains(&team)).collect();
            let mut files: Vec<usize> = own.iter().map(|claim| claim.path).collect();
            files.dedup();
            let place = own.first().and_then(|claim| claim.place.as_ref());
            TeamView {
                name: known.names.of(&claims.names[team.index()]),
                needed: cover.contains(&team),
                basis: if is_declared { "declared" } else { "inferred" },
                files: files.len() as u64,
                path: own.first().map_or_else(String::new, |claim| self.paths[claim.path].clone()),
                rule: place
                    .map(|(file, line)| if *line == 0 { file.clone() } else { format!("{file}:{line}") }),
            }
        };
        let mut teams: Vec<TeamView> =
            (0..claims.names.len()).map(|at| view(TeamId::from_index(at))).collect();
        let order = |a: &TeamView, b: &TeamView| {
            b.needed.cmp(&a.needed).then(b.files.cmp(&a.files)).then_with(|| a.name.cmp(&b.name))
        };
        teams.sort_by(order);
        if is_declared {
            teams.extend(self.stewards(&teams));
        }
        teams.truncate(cover.len() + MOST_TOUCHED);
        out.teams = teams;
        out.teams_note = match (is_declared, &structure.declared_cannot_tell) {
            (true, Some(why)) => Some(why.clone()),
            (false, _) if structure.inferred.basis == Basis::None => {
                Some("no file here says who owns anything, and its people are one group (unsnarl init drafts owners)".to_owned())
            }
            (false, _) => {
                Some("no file here says who owns anything (unsnarl init drafts owners)".to_owned())
            }
            _ => None,
        };
        cover
    }

    /// Who makes most changes to the modules and is not asked.
    fn stewards(&self, asked: &[TeamView]) -> Vec<TeamView> {
        let structure = &self.known.structure;
        let mut out: Vec<TeamView> = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            let Some(file) = file.filter(|&file| structure.module(file).is_some()) else { continue };
            for team in structure.inferred.owners(file) {
                let name = &structure.teams[team.index()].name;
                if asked.iter().any(|one| one.name == *name) {
                    continue;
                }
                match out.iter_mut().find(|one| one.name == *name) {
                    Some(one) => one.files += 1,
                    None => out.push(TeamView {
                        name: name.clone(),
                        needed: false,
                        basis: "inferred",
                        files: 1,
                        path: self.paths[at].clone(),
                        rule: None,
                    }),
                }
            }
        }
        out
    }

    /// Further files and tests.
    fn further(&self, foresight: &Foresight, modules: &[ModuleId], out: &mut Impact) {
        let predictor = &foresight.predictor;
        out.hit_rate = predictor.hits.as_ref().map(HitRate::of);
        if self.paths.is_empty() {
            out.nothing_more = true;
            return;
        }
        let files = self.known_files();
        let new: Vec<&[u8]> = self.new_paths().collect();
        let many = self.paths.len();
        if many > MOST_FILES {
            out.notes.push(format!(
                "{many} files are no one change: further files are not predicted beyond {MOST_FILES}"
            ));
            out.nothing_more = true;
            return;
        }
        if many > LEARNED_FROM {
            out.notes.push(format!(
                "{many} files are more than any change it learned from has ({LEARNED_FROM}): take probabilities for an order"
            ));
        }
        if predictor.model.is_none() {
            out.notes.push(
                "too few changes to learn from (sixty of two to thirty files are the least): probabilities are shares of past changes, drawn to a fifth".to_owned(),
            );
        }
        let author = self.author(&foresight.past);
        let query = Query { files: &files, new: &new, author };
        let said = suggest(&self.lens, &foresight.past, query, predictor, &self.wired());
        (out.nothing_more, out.said_from) = (said.nothing_more, said.silence);
        out.files = said.files.iter().map(|one| self.file_view(one, modules)).collect();
        out.tests = said.tests.iter().map(|one| self.file_view(one, modules)).collect();
    }

    /// What its files name, in the tree with the change in it.
    fn dependencies(&self) -> &Dependencies<u32> {
        self.dependencies.get_or_init(|| {
            let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
            let mut scans = self.scans.take().unwrap_or_else(|| self.kept.scans());
            match scans.is_empty() {
                // Then all of it is read, and kept.
                true => self.kept.dependencies(&self.asked.tree),
                false => self.kept.read_some(&self.asked.tree, &paths, &mut scans),
            }
        })
    }

    /// Files that names tie to the new files of the change, with how often such files came along before.
    fn wired(&self) -> Vec<(FileId, f64, Because)> {
        let all = self.asked.tree.paths();
        let file = |number: u32| self.file_at(&all[number as usize]);
        let is_new: FxHashSet<&[u8]> = self.new_paths().collect();
        if is_new.is_empty() {
            return Vec::new();
        }
        let names = |dependencies: &Dependencies<u32>| -> Vec<(u32, u32)> {
            let edges = dependencies.edges.iter();
            edges
                .filter_map(|edge| match edge.to {
                    Target::File(to) => Some((edge.from, to)),
                    _ => None,
                })
                .collect()
        };
        // What was added before is wired as the last commit has it; the new files as they stand now.
        let before = self.kept.commit(self.known.source(), self.known.source().head());
        let then = |number: u32| self.file_at(&before.paths()[number as usize]);
        let wired_before = names(&self.kept.dependencies(&before));
        let wiring = Wiring::of(
            &self.lens,
            wired_before.iter().filter_map(|&(from, to)| Some((then(from)?, then(to)?))),
        );
        let (named, naming) = (wiring.named.probability(), wiring.naming.probability());
        let new = |number: u32| is_new.contains(all[number as usize].as_slice());
        let mut wired: Vec<(FileId, f64, Because)> = names(self.dependencies())
            .into_iter()
            .filter_map(|(from, to)| match (new(from), new(to)) {
                (true, false) => Some((file(to)?, named?, Because::Named)),
                (false, true) => Some((file(from)?, naming?, Because::Naming)),
                _ => None,
            })
            .collect();
        wired.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        wired.dedup_by_key(|one| one.0);
        wired
    }

    /// Who makes the change, where that is a person this history knows.
    fn author(&self, past: &Past) -> Option<PersonId> {
        let (name, _) = self.asked.author.as_ref()?;
        let by_name = || self.known.facts.people.name.iter().position(|one| one == name && !name.is_empty());
        let found = self.author_by_address().or_else(|| by_name().map(PersonId::from_index));
        found.filter(|person| past.by(Some(*person)).next().is_some())
    }

    /// The person of the address the change carries.
    fn author_by_address(&self) -> Option<PersonId> {
        let (_, email) = self.asked.author.as_ref()?;
        let has = |emails: &Vec<String>| emails.iter().any(|one| one.eq_ignore_ascii_case(email));
        self.known.facts.people.emails.iter().position(has).map(PersonId::from_index)
    }

    fn file_view(&self, one: &Suggestion, modules: &[ModuleId]) -> FileView {
        let facts = &self.known.facts;
        let module = self.known.structure.module(one.file);
        let (because, evidence) = match &one.because {
            Because::Changes(changes) => {
                (changes.iter().map(|&change| self.change_view(change)).collect(), None)
            }
            Because::Namesake => (Vec::new(), Some("it is called like a file in hand")),
            Because::Beside => (Vec::new(), Some("it lies beside a file in hand")),
            Because::Named => (Vec::new(), Some("a new file names it")),
            Because::Naming => (Vec::new(), Some("it names a new file")),
            Because::Lately => (Vec::new(), Some("it changed lately")),
        };
        FileView {
            path: facts.paths.text(facts.files.path[one.file.index()]),
            probability: one.probability,
            because,
            evidence,
            elsewhere: module.is_some_and(|module| !modules.contains(&module)),
            module: module.map(|module| self.known.structure.modules[module.index()].name.clone()),
        }
    }

    fn change_view(&self, change: ChangeId) -> ChangeView {
        let changes = &self.known.facts.changes;
        ChangeView {
            commit: changes.commit[change.index()].short(),
            date: self.lens.at(change).map(time::date),
            subject: changes.title(change.index()).to_owned(),
        }
    }

    /// Rules that speak of its files and say why they are there.
    fn decisions(&self, modules: &[ModuleId]) -> Vec<DecisionView> {
        let manifest = &self.known.declared.manifest;
        let names: Vec<&str> =
            modules.iter().map(|module| self.known.structure.modules[module.index()].name.as_str()).collect();
        let layer = |name: &str| {
            let own = manifest.modules.iter().find(|module| module.id == name);
            own.and_then(|module| module.layer.as_deref())
        };
        let speaks = |word: &String| {
            names.iter().any(|name| {
                name == word || layer(name).is_some_and(|layer| word.strip_prefix("layer:") == Some(layer))
            }) || Glob::new(word)
                .is_ok_and(|glob| self.paths.iter().any(|path| glob.matches(path.as_bytes())))
        };
        let rules = manifest.rules.iter().filter(|rule| rule.from.iter().chain(&rule.to).any(speaks));
        let rules = rules.map(|rule| (&rule.id, rule.kind.clone(), &rule.because, &rule.place));
        let of_change = manifest
            .change_rules
            .iter()
            .filter(|rule| rule.modules.is_empty() || rule.modules.iter().any(speaks));
        let of_change =
            of_change.map(|rule| (&rule.id, "change rule".to_owned(), &rule.because, &rule.place));
        let view =
            |(id, kind, because, place): (&String, String, &Option<String>, &facts::manifest::Place)| {
                let because = because.clone()?;
                Some(DecisionView {
                    rule: id.clone(),
                    kind,
                    title: contract::title(&self.known.head, &because),
                    because,
                    place: format!("{}:{}", place.file, place.line),
                })
            };
        rules.chain(of_change).filter_map(view).collect()
    }

    /// Some of those who can answer.
    fn people(&self, claims: &Claims, cover: &[TeamId], modules: &[ModuleId]) -> Vec<PeopleView> {
        let known = self.known;
        if known.names.are_hidden() || self.paths.len() > MOST_FILES {
            return Vec::new();
        }
        let structure = &known.structure;
        let named = |team: &TeamId| {
            let name = &claims.names[team.index()];
            let by_owner = structure.team_of_owner.get(name).copied();
            by_owner
                .or_else(|| structure.teams.iter().position(|one| one.name == *name).map(TeamId::from_index))
        };
        let teams: Vec<TeamId> = cover.iter().filter_map(named).collect();
        let mut turn = rustc_hash::FxHasher::default();
        (known.source().head().as_bytes(), &self.paths).hash(&mut turn);
        let found =
            rota(&self.lens, &self.known_files(), modules, &teams, self.author_by_address(), turn.finish());
        let view = |one: &outlook::impact::rota::Rota| {
            let mut names: Vec<String> =
                one.people.iter().map(|person| known.facts.people.name[person.index()].clone()).collect();
            names.sort();
            PeopleView {
                team: one.team.map(|team| structure.teams[team.index()].name.clone()),
                names,
                of: one.of as u64,
            }
        };
        found.iter().map(view).collect()
    }

    /// The parts that need one team each, or why there are none.
    fn split(&self, claims: &Claims, past: &Past, out: &mut Impact) {
        if self.paths.len() > MOST_FILES {
            out.split_note = Some(format!("not looked for in more than {MOST_FILES} files"));
            return;
        }
        let mut owners: Vec<Vec<Vec<TeamId>>> = vec![Vec::new(); self.paths.len()];
        claims.all.iter().for_each(|claim| owners[claim.path].push(claim.owners.clone()));
        let mut links: Vec<(usize, usize)> = self.named_links();
        let in_code = links.len();
        links.extend(self.usual_links(past));
        match split(&owners, &links) {
            Split::Single => {}
            Split::Parts(parts) => {
                let view = |part: &outlook::impact::split::SplitPart| SplitView {
                    team: part.team.map(|team| self.known.names.of(&claims.names[team.index()])),
                    files: part.files.iter().map(|&at| self.paths[at].clone()).collect(),
                };
                out.split = Some(parts.iter().map(view).collect());
            }
            Split::Held(a, b) => {
                let how = match links[..in_code].contains(&(a, b)) {
                    true => format!("{} names {}", self.paths[a], self.paths[b]),
                    false => format!("{} and {} usually change together", self.paths[a], self.paths[b]),
                };
                out.split_note = Some(format!("{how}, and no one team answers for both"));
            }
            Split::Shared(at) => {
                out.split_note = Some(format!("{} alone needs more than one", self.paths[at]));
            }
        }
    }

    /// Which of its files name which, in the tree with the change in it.
    fn named_links(&self) -> Vec<(usize, usize)> {
        let all = self.asked.tree.paths();
        let number = |path: &String| all.binary_search_by(|one| one.as_slice().cmp(path.as_bytes())).ok();
        let place: FxHashMap<u32, usize> =
            self.paths.iter().enumerate().filter_map(|(at, path)| Some((number(path)? as u32, at))).collect();
        let dependencies = self.dependencies();
        let link = |edge: &facts::dependencies::Dependency<u32>| match edge.to {
            Target::File(to) => Some((*place.get(&edge.from)?, *place.get(&to)?)),
            _ => None,
        };
        let mut links: Vec<(usize, usize)> =
            dependencies.edges.iter().filter_map(link).filter(|(a, b)| a != b).collect();
        links.sort_unstable();
        links.dedup();
        links
    }

    /// Which of its files usually change together.
    fn usual_links(&self, past: &Past) -> Vec<(usize, usize)> {
        let place: FxHashMap<FileId, usize> =
            self.files.iter().enumerate().filter_map(|(at, file)| Some(((*file)?, at))).collect();
        let mut links = Vec::new();
        for (&file, &at) in &place {
            let changes = past.changes_of(file);
            let mut with: BTreeMap<usize, usize> = BTreeMap::new();
            for &position in changes {
                for other in past.files_of(position).iter().filter(|other| **other != file) {
                    if let Some(&other) = place.get(other) {
                        *with.entry(other).or_default() += 1;
                    }
                }
            }
            let usual = |(_, count): &(usize, usize)| {
                *count >= USUAL_CHANGES && *count as f64 >= USUAL * changes.len() as f64
            };
            links.extend(with.into_iter().filter(usual).map(|(other, _)| (at.min(other), at.max(other))));
        }
        links.sort_unstable();
        links.dedup();
        links
    }
}

fn boundaries(structure: &Structure, foresight: &Foresight, modules: &[ModuleId]) -> Vec<BoundaryView> {
    let name = |module: ModuleId| structure.modules[module.index()].name.clone();
    let ties = foresight.ties.between(modules);
    ties.into_iter()
        .take(MOST_BOUNDARIES)
        .map(|tie| {
            let (a, b) = tie.modules();
            BoundaryView {
                a: name(a),
                b: name(b),
                kind: tie.kind().name().to_owned(),
                shared: tie.together.map(|(shared, _)| shared),
                expected: tie.together.map(|(_, expected)| expected),
                a_names_b: tie.a_names_b,
                b_names_a: tie.b_names_a,
            }
        })
        .collect()
}

fn pace_view(pace: &Pace) -> PaceView {
    let teams = match pace.teams {
        0 => "files without an owner",
        1 => "one team",
        2 => "two teams",
        _ => "three teams and more",
    };
    let files = match pace.files {
        Some((1, Some(1))) => ", one file".to_owned(),
        Some((from, Some(to))) => format!(", {from}–{to} files"),
        Some((from, None)) => format!(", {from} files and more"),
        None => String::new(),
    };
    let ends = |quantile: Quantile| [quantile.low, quantile.high];
    PaceView {
        like: format!("{teams}{files}"),
        median_hours: pace.like.median.map(|median| median.value),
        median_interval: pace.like.median.map(ends),
        p90_hours: pace.like.p90.map(|p90| p90.value),
        n: pace.like.waits,
        median_of_all_hours: pace.all.median.map(|median| median.value),
        n_of_all: pace.all.waits,
    }
}
