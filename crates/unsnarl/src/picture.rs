//! From a path to a whole picture: open, mine or load, read the structure, look through the lens, measure.

use std::{
    collections::BTreeMap,
    hash::{Hash as _, Hasher as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::{Args, ValueEnum};
use facts::{
    CommitId, Facts, FileId, Lens, Omission, Omitted, Structure, Team, TeamId, Unit,
    dependencies::{Dependencies, Snapshot},
    lens::Range,
    moves::Move,
    structure::TeamKind,
    time, units,
};
use measures::{Method, Parameters, Picture, causes};
use outlook::impact::backtest::Hits;
use rustc_hash::FxHashMap;
use sources::{
    events::Joined,
    git::{self, Head, Mined, Source},
    manifest::{self, TeamRow},
    ownership::{self, Dialect},
    store,
    structure::{self, Declared},
    then,
    tree::Overlaid,
};
use verdicts::{Finding, drift::Said};

use crate::{
    change, code, commands::graph::Level, error::Error, foresight, progress::Bar, redesign::Found, reviews,
};

/// Changes of more files are bulk unless told otherwise.
const BULK_FILES: u32 = 30;

/// What every command that looks at history takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Look {
    /// Where history ends: a revision, or a date as 2024-12-31 [default: HEAD]
    #[arg(long, value_name = "REV|DATE")]
    as_of: Option<String>,
    /// Count changes from this day on
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Count changes up to and with this day
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// What one change is
    #[arg(long, value_enum, default_value_t = UnitName::Auto)]
    unit: UnitName,
    /// What a ticket key looks like; group 1 is the key
    #[arg(long, value_name = "REGEX")]
    ticket_pattern: Option<String>,
    /// Changes of more files than this are bulk and count for nothing but the ledger
    #[arg(long, value_name = "FILES", default_value_t = BULK_FILES)]
    bulk: u32,
    /// Take a renamed file for a deleted and an added one
    #[arg(long)]
    no_renames: bool,
    /// Count lines added and deleted; reads every blob
    #[arg(long)]
    lines: bool,
    /// Read ownership from this dialect alone: manifest, github, gitlab, kubernetes, gerrit, maintainers, backstage
    /// [default: the manifest, then what is found]
    #[arg(long, value_name = "NAME")]
    dialect: Option<String>,
    /// A table of who is in which team, its columns team,person and, where known, since,until
    #[arg(long, value_name = "CSV")]
    teams: Option<PathBuf>,
    /// Which ownership files judge a change
    #[arg(long, value_enum, default_value_t = When::Head)]
    structure: When,
    /// Call teams and owners team-1, team-2 and so on
    #[arg(long)]
    anonymous_teams: bool,
    /// Call teams, owners and people by numbers and show no message of a change, for sharing
    #[arg(long)]
    pseudonymous: bool,
    /// Worker threads [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Where facts are kept [default: unsnarl/ in the git directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Neither read nor keep facts
    #[arg(long, conflicts_with = "cache")]
    no_cache: bool,
    /// No progress bar
    #[arg(short, long)]
    quiet: bool,
    /// Say on standard error what is read from where, and how long it takes
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// Those where history ends, so that a series is comparable in itself
    Head,
    /// Those that stood when the change was made
    Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UnitName {
    /// Picks from the repository's shape, and says what and why
    Auto,
    /// A first-parent commit; a merge stands for its branch
    Change,
    /// Every commit that is no merge
    Commit,
    /// All changes that name the same ticket
    Ticket,
}

impl UnitName {
    /// What the manifest says, where nothing else was asked for.
    fn or_declared(self, declared: Option<&str>) -> Self {
        match (self, declared) {
            (Self::Auto, Some(name)) => Self::from_str(name, true).unwrap_or(Self::Auto),
            (asked, _) => asked,
        }
    }

    fn unit(self) -> Option<Unit> {
        match self {
            Self::Auto => None,
            Self::Change => Some(Unit::Change),
            Self::Commit => Some(Unit::Commit),
            Self::Ticket => Some(Unit::Ticket),
        }
    }
}

impl Look {
    /// The whole history, its changes as they are picked and kept where it is not said otherwise.
    pub(crate) fn whole(cache: Option<PathBuf>, quiet: bool) -> Self {
        Self {
            as_of: None,
            since: None,
            until: None,
            unit: UnitName::Auto,
            ticket_pattern: None,
            bulk: BULK_FILES,
            no_renames: false,
            lines: false,
            dialect: None,
            teams: None,
            structure: When::Head,
            anonymous_teams: false,
            pseudonymous: false,
            threads: None,
            cache,
            no_cache: false,
            quiet,
            verbose: false,
        }
    }

    /// Whether teams and owners are called by numbers, and people not at all.
    pub(crate) fn hides_names(&self) -> bool {
        self.anonymous_teams || self.pseudonymous
    }

    /// Refuses to write hidden names down.
    pub(crate) fn must_know_names(&self) -> Result<(), Error> {
        if !self.hides_names() {
            return Ok(());
        }
        Err(Error::Option {
            option: if self.pseudonymous { "--pseudonymous" } else { "--anonymous-teams" },
            value: "true".to_owned(),
            why: "hidden names cannot be written down".to_owned(),
        })
    }

    /// The same, saying what is read and how long it takes where that is wanted.
    pub(crate) fn verbosely(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// The same for a history that ends at a commit.
    pub(crate) fn as_of_commit(&self, commit: CommitId) -> Self {
        Self { as_of: Some(commit.to_string()), ..self.clone() }
    }

    /// The same with each change judged by the ownership files of its time, too.
    pub(crate) fn judged_then(&self) -> Self {
        Self { structure: When::Then, ..self.clone() }
    }

    /// Where history ends, where that was said.
    pub(crate) fn as_of(&self) -> Option<&str> {
        self.as_of.as_deref()
    }

    /// The table of team members, where one was given.
    pub(crate) fn teams(&self) -> Option<&Path> {
        self.teams.as_deref()
    }

    /// Whether each change is judged by the ownership files of its time.
    pub(crate) fn judges_then(&self) -> bool {
        self.structure == When::Then
    }

    /// The dialect asked for.
    pub(crate) fn dialect(&self) -> Option<&str> {
        self.dialect.as_deref()
    }
}

/// Whether the code of earlier years is read, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Years {
    Read,
    Skip,
}

/// Files touched less often can couple with nothing.
const FEWEST_TOUCHES: usize = 5;

/// More versions of ownership files are read only when changes are judged by them.
const MOST_VERSIONS: usize = 100;

/// Facts and the structure laid over them.
pub(crate) struct Known {
    pub(crate) facts: Facts,
    pub(crate) structure: Structure,
    pub(crate) range: Range,
    /// What is declared, before it was laid over the files.
    pub(crate) declared: Declared,
    /// The tree where history ends.
    pub(crate) head: Head,
    /// Where the opened path lies in the work tree, from its root.
    pub(crate) prefix: String,
    /// The work tree, where there is one.
    pub(crate) work_tree: Option<PathBuf>,
    /// The repository.
    source: Source,
    /// Manifests as the work tree has them, where they stand otherwise than at the head.
    edited: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Tells facts read with these settings from others.
    settings: u64,
    /// What names are shown.
    pub(crate) names: Names,
    /// Today's structure, where changes are judged by that of their time.
    pub(crate) today: Option<Structure>,
    /// The same history by commit, for the published knowledge algorithms.
    by_commit: Option<Facts>,
    method: Method,
    /// How often the further files of a change are predicted right, where that was asked.
    hits: Option<Hits>,
    /// The few moves that would help, where they were looked for.
    moves: Option<Found>,
    /// Up to how many names from file to file are a dependency.
    pub(crate) via: u32,
    /// How requests of a forge were joined to changes; `None` where nothing was imported.
    pub(crate) joined: Option<Joined>,
}

/// Longer files are not looked into for what others hold, too.
const LONGEST_TEXT: usize = 256 << 10;

/// Learns all there is to know about the repository at `path`.
pub(crate) fn learn(path: &Path, look: &Look, method: Method) -> Result<Known, Error> {
    let range = range(look)?;
    let only = dialect(look.dialect.as_deref())?;
    let rows = team_rows_of(look)?;
    let source = git::open(path, look.as_of.as_deref())?;
    let head = Head::read(&source);
    let edited = edited_manifests(&source, &head, look);
    let manifests: Vec<String> =
        edited.keys().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
    let tree = Overlaid::new(&head, edited.clone());
    let mut declared = structure::read_declared(&tree, only, rows);
    // Whoever wrote a manifest believes that it counts: every answer without it would mislead them.
    for line in declared.ledger.iter().filter(|line| line.what == Omitted::Manifest) {
        anstream::eprintln!("warning: {}", faces::plain::plain(&format!("{} {}", line.count, line.why)));
    }
    if let Some(first) = manifests.first() {
        let why = format!(
            "manifest files stand otherwise in the work tree than in the last commit, `{first}` first; those of the work tree were read"
        );
        declared.ledger.push(Omission::new(Omitted::Manifest, manifests.len() as u64, why));
    }
    let unit = look.unit.or_declared(declared.manifest.unit.as_deref());
    let (mut facts, settings) = history(&source, &head, look, unit.unit())?;
    let joined = reviews::learn(&source, &mut facts, look);
    if unit == UnitName::Ticket {
        facts = units::by_ticket(facts);
    }
    mark(&mut facts, &head, look.bulk);
    let by_commit = match method {
        Method::Decayed => None,
        Method::Avelino | Method::JetBrains => Some(history(&source, &head, look, Some(Unit::Commit))?.0),
    };
    let mut structure = structure::read_structure(&facts, &tree, &declared);
    let mut today = None;
    if look.structure == When::Then {
        today = Some(structure.clone());
        let then = then::read(&source, &facts, &head, only);
        say(look, &format!("{} versions of the ownership files", then.process.len()));
        structure::judge_by_then(&mut structure, &facts, &then);
        facts.process = Some(then.process);
    }
    let mut names = Names::default();
    if look.pseudonymous {
        // Messages name people.
        facts.changes.titles_hidden = true;
    }
    if look.hides_names() {
        names = Names::anonymous(&mut structure);
        if let Some(today) = &mut today {
            Names::anonymous(today);
        }
    }
    let prefix = source.prefix.clone();
    let work_tree = source.work_tree.clone();
    drop(tree);
    Ok(Known {
        facts,
        structure,
        range,
        declared,
        head,
        prefix,
        work_tree,
        source,
        edited,
        settings,
        names,
        today,
        by_commit,
        method,
        hits: None,
        moves: None,
        via: 1,
        joined,
    })
}

impl Known {
    /// The repository.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The tree where history ends, with manifests as the work tree has them.
    pub(crate) fn tree(&self) -> Overlaid<'_> {
        Overlaid::new(&self.head, self.edited.clone())
    }

    /// Tells what is known from what would be known with other settings or another structure of the same commit.
    pub(crate) fn number(&self) -> u64 {
        let mut hasher = rustc_hash::FxHasher::default();
        self.settings.hash(&mut hasher);
        (self.range.since, self.range.until, self.via).hash(&mut hasher);
        for module in &self.structure.modules {
            module.name.hash(&mut hasher);
        }
        self.structure.module_of_file.hash(&mut hasher);
        (&self.facts.changes.bulk, &self.facts.changes.ignored).hash(&mut hasher);
        hasher.finish()
    }

    /// Reads the code: which file names which where history ends and, `years`, how the design stood before.
    pub(crate) fn read_code(&mut self, look: &Look, years: Years) {
        let (dependencies, snapshots) = self.code(look, years);
        self.facts.dependencies = Some(dependencies);
        self.facts.snapshots = snapshots;
    }

    /// Which file names which in another tree of the repository, over the files as they lay there.
    pub(crate) fn code_at(&self, look: &Look, head: &Head, facts: &Facts) -> Dependencies {
        let caches = cache_directories(&self.source, look);
        let kept = code::Kept { caches: &caches, threads: threads(look), say: &|_| {} };
        code::Reader { source: &self.source, kept }.head(head, facts)
    }

    /// Reads the code and, beside it, learns how often the further files of a change are predicted right.
    pub(crate) fn read_code_and_hits(&mut self, look: &Look) {
        let caches = cache_directories(&self.source, look);
        let lens = change::lens_of(self);
        let (code, hits) = std::thread::scope(|scope| {
            let learning = scope.spawn(|| foresight::predictor(&lens, &caches).hits);
            let code = self.code(look, Years::Read);
            (code, learning.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        (self.facts.dependencies, self.facts.snapshots) = (Some(code.0), code.1);
        self.hits = hits;
    }

    /// Reads and finds everything a whole report holds.
    pub(crate) fn complete(&mut self, look: &Look) -> Result<(), Error> {
        self.read_code_and_hits(look);
        self.read_process(look)?;
        self.find_moves(look);
        Ok(())
    }

    fn code(&self, look: &Look, years: Years) -> (Dependencies, Vec<Snapshot>) {
        let begun = std::time::Instant::now();
        let caches = cache_directories(&self.source, look);
        let kept = code::Kept { caches: &caches, threads: threads(look), say: &|_| {} };
        let reader = code::Reader { source: &self.source, kept };
        let dependencies = reader.head(&self.head, &self.facts);
        say(look, &format!("read {} dependencies in {:?}", dependencies.edges.len(), begun.elapsed()));
        if years == Years::Skip {
            return (dependencies, Vec::new());
        }
        let snapshots = reader.years(&self.facts, self.settings, self.range.now);
        say(look, &format!("read {} earlier designs after {:?}", snapshots.len(), begun.elapsed()));
        (dependencies, snapshots)
    }

    /// Whether the few moves that would help were looked for.
    pub(crate) fn has_moves(&self) -> bool {
        self.moves.is_some()
    }

    /// Looks for the few moves that would help, judged by the last year.
    pub(crate) fn find_moves(&mut self, look: &Look) {
        let begun = std::time::Instant::now();
        self.moves = Some(Found::today(self, look));
        say(look, &format!("looked for moves in {:?}", begun.elapsed()));
    }

    /// Reads how much process was written, version by version, where that is not known and no long work.
    pub(crate) fn read_process(&mut self, look: &Look) -> Result<(), Error> {
        if self.facts.process.is_none() {
            let only = dialect(look.dialect())?;
            self.facts.process = then::versions(&self.source, &self.facts, &self.head, only, MOST_VERSIONS);
        }
        Ok(())
    }

    /// Reads what was tagged, and gives what could not be followed. A history that ends in the past knows no later tags.
    pub(crate) fn read_tags(&mut self, look: &Look) -> Vec<Omission> {
        let begun = std::time::Instant::now();
        let mut tagged = git::read_tags(&self.source, &self.facts);
        if look.as_of().is_some() {
            let last = self.facts.changes.merged_at.last().copied().unwrap_or(i64::MIN);
            tagged.tags.retain(|tag| tag.at <= last);
        }
        say(look, &format!("read {} tags in {:?}", tagged.tags.len(), begun.elapsed()));
        self.facts.tags = Some(tagged.tags);
        tagged.ledger
    }

    /// Lays a finer or coarser structure over the same history: files, or what teams own, as modules.
    pub(crate) fn regroup(&mut self, level: Level) {
        match level {
            Level::File => self.structure = self.structure.by_file(&self.facts, FEWEST_TOUCHES),
            Level::Module => {}
            Level::Team => self.structure = self.structure.by_team(),
        }
    }

    /// Whether a run that began now would begin with the same history, manifests and day.
    pub(crate) fn still_stands(&self, source: &Source, look: &Look) -> bool {
        source.head() == self.source.head()
            && source.view == self.source.view
            && now() / time::DAY == self.range.now / time::DAY
            && edited_manifests(source, &self.head, look) == self.edited
    }

    /// Measures and judges, and hands the report to `show`.
    pub(crate) fn report<T>(&self, show: impl FnOnce(&faces::Report<'_>) -> T) -> T {
        let lens = change::lens_of(self);
        let judged = self.judge(&lens);
        show(&judged.report(&lens))
    }

    /// Measures and judges.
    pub(crate) fn judge(&self, lens: &Lens<'_>) -> Judged {
        // The other layer, where there are two: the figure that was not chosen stands beside the one that was.
        let other = match &self.structure.declared {
            Some(declared) if declared.sets_of_touch.is_some() => {
                self.today.as_ref().and_then(|today| today.declared.as_ref())
            }
            Some(declared) if self.structure.declared_cannot_tell.is_some() => Some(declared),
            Some(_) => Some(&self.structure.inferred),
            None => None,
        };
        let beside = other.map(|other| Lens::new(&self.facts, &self.structure, other, self.range));
        let mut picture = self.measure(lens, beside.as_ref());
        let texts = self.texts(&causes::wanted(&picture.couplings));
        causes::settle(lens, &mut picture.couplings, &texts);
        let findings: Vec<Finding> = verdicts::findings(lens, &picture);
        let said = verdicts::drift::say(&picture.drift);
        let lately = picture.lately.as_ref().map_or(&[][..], |(_, series)| series);
        let said_lately = verdicts::drift::say(lately);
        let (hits, moves) = (self.hits.clone(), self.moves.clone());
        Judged { picture, findings, said, said_lately, hits, moves }
    }

    /// The texts of files where history ends, as far as they are texts.
    fn texts(&self, files: &[FileId]) -> FxHashMap<FileId, String> {
        let text = |&file: &FileId| {
            let path = self.facts.paths.bytes(self.facts.files.path[file.index()]);
            let content = self.head.read_file(path).ok().filter(|_| self.facts.files.alive(file))?;
            let whole = content.len() <= LONGEST_TEXT && !content.contains(&0);
            whole.then(|| (file, String::from_utf8_lossy(&content).into_owned()))
        };
        files.iter().filter_map(text).collect()
    }

    fn measure(&self, lens: &Lens<'_>, beside: Option<&Lens<'_>>) -> Picture {
        let parameters = Parameters { method: self.method, via: self.via };
        match &self.by_commit {
            None => measures::measure(lens, beside, lens, parameters),
            Some(commits) => {
                let bare = Structure::default();
                let by_commit = Lens::new(commits, &bare, &bare.inferred, self.range);
                measures::measure(lens, beside, &by_commit, parameters)
            }
        }
    }
}

/// Everything a report holds beside what is known.
pub(crate) struct Judged {
    picture: Picture,
    findings: Vec<Finding>,
    said: Vec<Said>,
    said_lately: Vec<Said>,
    hits: Option<Hits>,
    moves: Option<Found>,
}

impl Judged {
    /// The report of it; `lens` is the one it was measured through, or one made alike.
    pub(crate) fn report<'a>(&'a self, lens: &'a Lens<'a>) -> faces::Report<'a> {
        faces::Report {
            facts: lens.facts,
            structure: lens.structure,
            lens,
            picture: &self.picture,
            said: &self.said,
            said_lately: &self.said_lately,
            findings: &self.findings,
            hits: self.hits.as_ref(),
            do_first: self.moves.as_ref().map(|found| found.shown(lens)),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Names of teams as they are shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    shown: Option<BTreeMap<String, String>>,
}

impl Names {
    /// Renames every team of a structure to `team-N`, every group that was found to `group-N`, by their place.
    fn anonymous(structure: &mut Structure) -> Self {
        Self::renamed(structure, |at, team| format!("{}-{}", called(team), at + 1))
    }

    /// Renames the teams of another structure likewise; those that are new to it are numbered after the others.
    pub(crate) fn hide(&self, structure: &mut Structure) {
        let Some(known) = &self.shown else { return };
        let number = |name: &String| name.rsplit_once('-')?.1.parse::<usize>().ok();
        let mut last = known.values().filter_map(number).max().unwrap_or(0);
        Self::renamed(structure, |_, team| {
            known.get(&team.name).cloned().unwrap_or_else(|| {
                last += 1;
                format!("{}-{last}", called(team))
            })
        });
    }

    fn renamed(structure: &mut Structure, mut name_of: impl FnMut(usize, &Team) -> String) -> Self {
        let mut shown = BTreeMap::new();
        for (at, team) in structure.teams.iter_mut().enumerate() {
            let name = name_of(at, team);
            shown.insert(std::mem::replace(&mut team.name, name.clone()), name);
        }
        for (written, team) in &structure.team_of_owner {
            shown.insert(written.clone(), structure.teams[team.index()].name.clone());
        }
        // What is shown can be looked up as it is shown.
        for (at, team) in structure.teams.iter().enumerate() {
            structure.team_of_owner.insert(team.name.clone(), TeamId::from_index(at));
        }
        if let Some(why) = &mut structure.declared_cannot_tell {
            // The longest first, for one name may begin another.
            let mut names: Vec<(&String, &String)> = shown.iter().collect();
            names.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
            for (written, shown) in names {
                *why = why.replace(written.as_str(), shown);
            }
        }
        for one in &mut structure.unresolved {
            one.person = "somebody".to_owned();
        }
        Self { shown: Some(shown) }
    }

    /// A team's or owner's name as it is shown.
    pub(crate) fn of(&self, name: &str) -> String {
        match &self.shown {
            None => name.to_owned(),
            Some(shown) => shown.get(name).cloned().unwrap_or_else(|| "somebody".to_owned()),
        }
    }

    /// A move with the team's name as it is shown.
    pub(crate) fn of_move(&self, one: &Move) -> Move {
        let mut one = one.clone();
        match &mut one {
            Move::Give { team, .. } | Move::Share { team, .. } | Move::Split { team: Some(team), .. } => {
                *team = self.of(team);
            }
            _ => {}
        }
        one
    }

    /// Whether names are hidden.
    pub(crate) fn are_hidden(&self) -> bool {
        self.shown.is_some()
    }
}

/// What a team is called whose name is hidden.
fn called(team: &Team) -> &'static str {
    match team.kind {
        TeamKind::Group => "group",
        TeamKind::Team | TeamKind::Person => "team",
    }
}

/// The dialect of a name given on the command line.
pub(crate) fn dialect(name: Option<&str>) -> Result<Option<Dialect>, Error> {
    let Some(name) = name else { return Ok(None) };
    let unknown = || Error::Option {
        option: "--dialect",
        value: name.to_owned(),
        why: format!("known are {}", ownership::dialect_names().join(", ")),
    };
    Dialect::named(name).ok_or_else(unknown).map(Some)
}

/// The rows of the table of team members, where one was given.
pub(crate) fn team_rows_of(look: &Look) -> Result<Vec<TeamRow>, Error> {
    Ok(look.teams.as_deref().map(team_rows).transpose()?.unwrap_or_default())
}

/// The rows of a `team,person` table; a row that cannot be read is an error, for nobody else would tell.
fn team_rows(path: &Path) -> Result<Vec<TeamRow>, Error> {
    let content =
        std::fs::read(path).map_err(|error| Error::Read { path: path.to_owned(), why: error.to_string() })?;
    let (rows, wrong) = manifest::parse_teams_csv(&content);
    match wrong.first() {
        Some((line, why)) => Err(Error::Read { path: path.to_owned(), why: format!("line {line}: {why}") }),
        None => Ok(rows),
    }
}

/// Manifests that stand otherwise in the work tree than at the head: somebody is writing them. The past has none.
fn edited_manifests(source: &Source, head: &Head, look: &Look) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let Some(root) = source.work_tree.as_ref().filter(|_| look.as_of.is_none()) else {
        return BTreeMap::new();
    };
    let ending = format!("/{}", manifest::NESTED_FILE);
    let nested = |path: &&Vec<u8>| path.ends_with(ending.as_bytes());
    let root_file = manifest::ROOT_FILE.as_bytes().to_vec();
    let paths = head.paths().iter().filter(nested).chain([&root_file]);
    paths
        .filter_map(|path| {
            let content = std::fs::read(root.join(String::from_utf8_lossy(path).as_ref())).ok()?;
            (head.read_file(path).ok().as_deref() != Some(&content)).then(|| (path.clone(), content))
        })
        .collect()
}

/// The moment of this run.
pub(crate) fn now() -> time::Seconds {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64)
}

fn range(look: &Look) -> Result<Range, Error> {
    let day = |option: &'static str, value: &Option<String>, after: i64| match value {
        None => Ok(None),
        Some(text) => match time::parse_date(text) {
            Some(start) => Ok(Some(start + after)),
            None => Err(Error::Option {
                option,
                value: text.clone(),
                why: "expected a date as 2024-12-31".into(),
            }),
        },
    };
    let range = Range {
        since: day("--since", &look.since, 0)?,
        until: day("--until", &look.until, time::DAY)?,
        now: now(),
    };
    if let (Some(since), Some(until), Some(text)) = (range.since, range.until, &look.until)
        && since >= until
    {
        let why = "it lies before --since, and no change can lie between them".to_owned();
        return Err(Error::Option { option: "--until", value: text.clone(), why });
    }
    Ok(range)
}

/// Loads what is kept, mines what is new, keeps the result; with what tells facts of these settings from others.
fn history(source: &Source, head: &Head, look: &Look, unit: Option<Unit>) -> Result<(Facts, u64), Error> {
    let begun = std::time::Instant::now();
    let pattern = look.ticket_pattern.as_deref().unwrap_or(git::DEFAULT_TICKET_PATTERN);
    let ticket_pattern = regex::bytes::Regex::new(pattern).map_err(|error| Error::Option {
        option: "--ticket-pattern",
        value: pattern.to_owned(),
        why: error.to_string().lines().last().unwrap_or_default().trim().to_owned(),
    })?;
    let (renames, lines) = (!look.no_renames, look.lines);
    let settings = git::Settings { unit, ticket_pattern, renames, lines, threads: threads(look) };
    let asked = unit.map_or("auto", |unit| if unit == Unit::Ticket { "change" } else { unit.name() });
    // Everything that changes the facts of a commit; the version, because extraction may differ between versions.
    let key = format!(
        "unsnarl {} unit={asked} renames={} lines={} view={:016x} ticket={pattern}",
        env!("CARGO_PKG_VERSION"),
        !look.no_renames,
        look.lines,
        source.view,
    );
    let number = store::number(&key);
    let caches = cache_directories(source, look);
    let commit = source.head();
    let earlier = caches.iter().find_map(|cache| match store::load(cache, &key, commit) {
        Ok(mined) => Some(mined),
        Err(store::Miss::Nothing) => None,
        Err(store::Miss::Doubt(why)) => {
            say(look, &format!("kept facts are not used: {why}"));
            None
        }
    });
    if let Some(mined) = earlier.as_ref().filter(|mined| mined.facts.repository.head == Some(commit)) {
        say(look, &format!("loaded {} changes in {:?}", mined.facts.changes.len(), begun.elapsed()));
        return Ok((earlier.expect("it was just looked at").facts, number));
    }
    let bar = Bar::new(look.quiet);
    let mined = git::mine(source, head, &settings, earlier, &bar);
    bar.finish();
    say(look, &format!("mined {} changes in {:?}", mined.facts.changes.len(), begun.elapsed()));
    Ok((keep(&caches, &key, commit, mined, look), number))
}

pub(crate) fn threads(look: &Look) -> usize {
    look.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Keeps facts in the first place that takes them; where none does, the ledger says so.
fn keep(caches: &[PathBuf], key: &str, commit: facts::CommitId, mined: Mined, look: &Look) -> Facts {
    let begun = std::time::Instant::now();
    let mut refused = None;
    for cache in caches {
        match store::save(cache, key, commit, &mined) {
            Ok(()) => {
                say(look, &format!("kept in {} after {:?}", cache.display(), begun.elapsed()));
                return mined.facts;
            }
            Err(error) => refused = Some(error),
        }
    }
    let mut facts = mined.facts;
    if let Some(error) = refused {
        let why = format!(
            "facts could not be kept, so the next run mines again ({error}); --cache DIR names another place"
        );
        facts.ledger.push(Omission::new(Omitted::Cache, 1, why));
    }
    facts
}

/// Where facts are kept: as told, else in the git directory, else in the user's cache, else nowhere.
pub(crate) fn cache_directories(source: &Source, look: &Look) -> Vec<PathBuf> {
    match &look.cache {
        _ if look.no_cache => Vec::new(),
        Some(directory) => vec![directory.clone()],
        None => std::iter::once(source.git_directory.join("unsnarl")).chain(user_cache(source)).collect(),
    }
}

/// Where review events are kept, which cannot be mined again: as told, else beside the facts, whether those are kept or not.
pub(crate) fn event_directories(source: &Source, look: &Look) -> Vec<PathBuf> {
    cache_directories(source, &Look { no_cache: false, ..look.clone() })
}

/// A directory of this repository's own below the user's cache.
fn user_cache(source: &Source) -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?;
    let whole = source.git_directory.canonicalize().ok()?;
    // Two repositories of one name must not share: their path is part of the name.
    let path: String =
        whole.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let tail: String = path.chars().rev().take(150).collect::<Vec<_>>().into_iter().rev().collect();
    Some(base.join("unsnarl").join(tail))
}

/// Marks what today's limit calls bulk, and what `.git-blame-ignore-revs` at the head names.
fn mark(facts: &mut Facts, head: &Head, bulk: u32) {
    let named = head.read_file(b".git-blame-ignore-revs").unwrap_or_default();
    let named = git::ignored_revisions(&named);
    for row in 0..facts.changes.len() {
        facts.changes.bulk[row] = facts.changes.files[row] > bulk;
        facts.changes.ignored[row] |= named.contains(&facts.changes.commit[row]);
    }
}

pub(crate) fn say(look: &Look, text: &str) {
    if look.verbose {
        anstream::eprintln!("{}", faces::plain::plain(text));
    }
}
