//! `unsnarl check`: hold the structure in place.
//!
//! ```text
//! tree ──manifest, owners, dependencies──▶ rules ──▶ violations ──debt, exemptions, base──▶ verdict ──▶ exit 0 │ 1
//! ```

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use faces::check::{Accepted, Checked, Scope};
use facts::{CommitId, Standing, dependencies::Target, manifest::Manifest};
use sources::{
    git::{self, Checkout, Side, Source},
    manifest::ROOT_FILE,
    tree::Tree as _,
};
use verdicts::{
    check::{self, Before, Check, State},
    debt::{self, Debt, Key},
    rules::{self, Ground, Held, Violation, change as change_rules},
};

use super::{plural, print, write};
use crate::{
    change,
    code::Kept,
    error::Error,
    paths::Roots,
    picture::{self, Known, Look},
    standing::{Looked, ignored_debt},
};

const CUT_OFF: &str = "history is cut off in this clone, so rules on it see a part: git fetch --unshallow (in CI fetch-depth: 0) brings all of it";

/// More than these are read in the manifest itself.
const MOST_LOOSENED: usize = 8;

/// Arguments of `unsnarl check`.
#[derive(Debug, Args)]
pub(crate) struct CheckCommand {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Report only what is new since this branch or commit was left
    #[arg(long, value_name = "BASE")]
    diff: Option<String>,
    /// Look at what is staged, and report only what is new since HEAD
    #[arg(long, conflicts_with_all = ["diff", "as_of"])]
    staged: bool,
    /// Read this file from standard input instead of from disk, and report on it alone, as editors do
    #[arg(long, value_name = "PATH", conflicts_with_all = ["diff", "staged", "as_of", "accept"])]
    stdin_filename: Option<PathBuf>,
    /// Record what is broken today, take out what no longer is, and write down what moved
    #[arg(long, conflicts_with_all = ["diff", "staged", "as_of"])]
    accept: bool,
    /// With --accept: record what is new, too
    #[arg(long, requires = "accept")]
    grow: bool,
    /// Say how often the rules on change would have fired on the last changes, those of the manifest or, where it has
    /// none, some to begin with; exit 0
    #[arg(long, value_name = "CHANGES", num_args = 0..=1, require_equals = true, default_missing_value = "200", conflicts_with_all = ["diff", "staged", "stdin_filename", "accept"])]
    backtest: Option<usize>,
    /// Who approved this change, as an owner or a person is written; exemptions of their rules count
    #[arg(long, value_name = "NAME")]
    approved_by: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the check as a comment on a pull request to this file, too; the same bytes as long as nothing changes
    #[arg(long, value_name = "FILE", conflicts_with = "accept")]
    comment: Option<PathBuf>,
    /// Show every violation, not the first ten of each rule
    #[arg(long)]
    all: bool,
    /// Keep what stands in this file, or below this directory
    #[arg(skip)]
    below: Option<String>,
    #[command(flatten)]
    look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// For other programs: unsnarl.check/1, its schema in docs/check.schema.json
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
    /// A GitLab Code Quality report
    Gitlab,
    /// JUnit XML, for Jenkins and most other CI systems
    Junit,
    /// The format of reviewdog
    Rdjson,
    /// A table for people
    Markdown,
}

impl Format {
    fn render(self, checked: &Checked<'_>, all: bool) -> String {
        match self {
            Self::Text => faces::check::text(checked, all),
            Self::Json => faces::check::json::render(checked),
            Self::Sarif => faces::check::sarif(checked),
            Self::Github => faces::check::github(checked),
            Self::Gitlab => faces::check::gitlab(checked),
            Self::Junit => faces::check::junit(checked),
            Self::Rdjson => faces::check::rdjson(checked),
            Self::Markdown => faces::check::markdown(checked, all),
        }
    }
}

impl CheckCommand {
    /// A check as a server is asked for one: of the work tree, of what is new since a base, or of what is staged; `below`
    /// names the file or directory it is about, from the root.
    pub(crate) fn asked(
        path: PathBuf,
        look: Look,
        diff: Option<String>,
        staged: bool,
        below: Option<String>,
    ) -> Self {
        Self {
            path,
            diff,
            staged,
            stdin_filename: None,
            accept: false,
            grow: false,
            backtest: None,
            approved_by: Vec::new(),
            format: Format::Json,
            comment: None,
            all: true,
            below,
            look,
        }
    }

    pub(crate) fn run(self) -> Result<(), Error> {
        let shown = self.hold(|checked| {
            if let Some(file) = &self.comment {
                write(file, &faces::check::comment(checked))?;
            }
            print(&self.format.render(checked, self.all))?;
            if checked.check.failures().next().is_some() { Err(Error::Found) } else { Ok(()) }
        });
        shown.map(Option::unwrap_or_default)
    }

    /// Holds the rules and hands what was found to `show`; a backtest and an acceptance show themselves and give `None`.
    pub(crate) fn hold<T>(
        &self,
        show: impl FnOnce(&Checked<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        if self.path.is_file() {
            return Err(Error::NotADirectory { path: self.path.clone() });
        }
        let source = &git::open(&self.path, self.look.as_of())?;
        let caches = picture::cache_directories(source, &self.look);
        let begun = std::time::Instant::now();
        let say = |what: &str| picture::say(&self.look, &format!("{:>9.1?} {what}", begun.elapsed()));
        let kept = &Kept { caches: &caches, threads: picture::threads(&self.look), say: &say };
        let only = picture::dialect(self.look.dialect())?;
        let side = match (self.staged, self.look.as_of()) {
            (true, _) => Side::Staged,
            (false, Some(_)) => Side::Commit(source.head()),
            (false, None) => Side::WorkTree,
        };
        let alone = self.stdin_filename.as_deref().map(|path| given(path, source)).transpose()?;
        let base = match (&self.diff, self.staged) {
            (Some(base), _) => Some(git::merge_base(source, base)?),
            (None, true) => Some(source.head()),
            (None, false) => None,
        };
        // The tree of the base is read beside that of today.
        let (now, then) = std::thread::scope(|scope| {
            let then =
                base.map(|commit| scope.spawn(move || Looked::read(kept.commit(source, commit), kept, only)));
            let mut checkout = match side {
                Side::Commit(commit) => kept.commit(source, commit),
                side => Checkout::read(source, side),
            };
            if let Some((path, content)) = &alone {
                checkout.replace(path.as_bytes(), content.clone());
            }
            say("files listed");
            let now = Looked::read(checkout, kept, only);
            let then = then.map(|then| then.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            (now, then)
        });
        say("trees read");
        sound(&now)?;
        let below = self.below.as_deref().map(|given| below(given, source, &now)).transpose()?.flatten();
        let debt = now.debt().map_err(unreadable)?;
        let owner = |path: &[u8]| now.owner(path);
        let known = if base.is_none() && alone.is_none() { self.history(&now, None)? } else { None };
        let contested = match &known {
            Some(known) if now.declared.manifest.ownership.require_lead => {
                change::contested(&change::lens_of(known), &now.declared.manifest)
            }
            _ => Vec::new(),
        };
        let ground = Ground::new(
            &now.declared.manifest,
            &now.standing,
            &owner,
            Some(&now.book),
            &now.emitted,
            &contested,
            picture::now(),
        );
        if let Some(most) = self.backtest {
            return self.backtest(&ground, &now, source, most).map(|()| None);
        }
        let mut held = rules::hold(&ground);
        say("rules held");
        let before = then.as_ref().map(|then| before(&now, then));
        if let (Some(then), Some((before, differing))) = (&then, &before) {
            let known = self.history(&now, base)?;
            change::hold_on_change(&ground, then, differing, &before.renamed, known.as_ref(), &mut held);
        } else if let Some(known) = &known {
            change::hold_on_window(&ground, known, &mut held);
        }
        let mut check =
            check::judge(&ground, held, &debt, before.as_ref().map(|(before, _)| before), &self.approved_by);
        say("judged");
        if let Some(path) = alone.as_ref().map(|(path, _)| path).or(below.as_ref()) {
            only_in(&mut check, path);
        }
        if self.accept {
            let then = Looked::read(kept.commit(source, source.head()), kept, only);
            let (before, _) = self::before(&now, &then);
            return self.write_down(source, &ground, &check, &debt, &before).map(|()| None);
        }
        let scope = match (&alone, base, &before) {
            (Some((path, _)), ..) => Scope::File(path.clone()),
            (None, Some(commit), Some((_, differing))) => Scope::Change {
                base: self.diff.clone().unwrap_or_else(|| "HEAD".to_owned()),
                commit: commit.to_string()[..10].to_owned(),
                files: differing.len() as u64,
            },
            _ => Scope::Tree,
        };
        let mut notes = notes(source, &now, side);
        notes.extend(before.as_ref().and_then(|(before, _)| loosened(&before.manifest, &now)));
        if source.shallow && change_rules::needs_history(&now.declared.manifest, base.is_some()) {
            notes.push(CUT_OFF.to_owned());
        }
        let texts = Texts::new(&now.checkout);
        let line = |path: &str, line: u32| texts.line(path, line);
        let checked = Checked {
            repository: &source.name,
            check: &check,
            manifest: &now.declared.manifest,
            scope,
            line: &line,
            notes: &notes,
            version: env!("CARGO_PKG_VERSION"),
        };
        show(&checked).map(Some)
    }

    /// History, where a rule of the manifest looks at it.
    fn history(&self, now: &Looked, base: Option<CommitId>) -> Result<Option<Known>, Error> {
        let manifest = &now.declared.manifest;
        if self.backtest.is_none() && !change_rules::needs_history(manifest, base.is_some()) {
            return Ok(None);
        }
        let mut known = change::learn(&self.path, &self.look, base)?;
        if base.is_none() {
            known.read_code(&self.look, picture::Years::Skip);
        }
        Ok(Some(known))
    }

    /// What rules on change would have done.
    fn backtest(&self, ground: &Ground<'_>, now: &Looked, source: &Source, most: usize) -> Result<(), Error> {
        let Some(known) = self.history(now, None)? else { return Ok(()) };
        let (rules, changes, proposed) = change::backtest(ground, &now.declared.layers, &known, most);
        let mut notes = Vec::new();
        if changes == 0 {
            notes.push("no change counts in this history, so nothing could be asked".to_owned());
        }
        if source.shallow {
            notes.push(CUT_OFF.to_owned());
        }
        let tested = faces::check::backtest::Tested {
            repository: &source.name,
            facts: &known.facts,
            changes,
            proposed,
            rules: &rules,
            notes: &notes,
        };
        match self.format {
            Format::Text => print(&faces::check::backtest::text(&tested, self.all)),
            Format::Json => print(&faces::check::backtest::json(&tested)),
            other => Err(Error::Option {
                option: "--format",
                value: other
                    .to_possible_value()
                    .map_or_else(String::new, |value| value.get_name().to_owned()),
                why: "a backtest is told as text or json".to_owned(),
            }),
        }
    }

    /// Writes today's debt down; what would grow needs to be asked for.
    fn write_down(
        &self,
        source: &Source,
        ground: &Ground<'_>,
        check: &Check,
        debt: &Debt,
        at_head: &Before,
    ) -> Result<(), Error> {
        let Some(root) = &source.work_tree else { return Err(Error::NoWorkTree) };
        let known: BTreeSet<&str> = debt.entries.keys().map(|key| key.rule.as_str()).collect();
        let mut kept: Vec<(Key, Option<&str>)> = Vec::new();
        let (mut added, mut moved) = (0, 0);
        let mut refused = Vec::new();
        for one in &check.outcomes {
            let key = Key::of(&one.violation);
            let may = check::may_be_recorded(one.violation.rule);
            // Debt is what a rule met when it was adopted: not what breaks it afterwards, nor what is being written.
            let was_so = at_head.broke(&key) || check::looks_at_history(one.violation.rule);
            let first = !known.contains(key.rule.as_str()) && was_so;
            let settled = !first && !at_head.broken_by_new_rules(&key);
            match &one.state {
                State::Recorded => {}
                State::Moved(_) => moved += 1,
                State::New if may && one.violation.level == facts::manifest::Level::Error => {
                    if settled && !self.grow {
                        refused.push(one);
                        continue;
                    }
                    added += 1;
                }
                _ => continue,
            }
            let module = ground.charged(&one.violation);
            kept.push((key, module.map(|module| ground.manifest.modules[module as usize].id.as_str())));
        }
        if !refused.is_empty() {
            // A record is written whole or not at all: what is refused may be what was recorded under another name.
            let refused = refused.iter().map(|one| in_a_line(&one.violation)).collect();
            return Err(Error::NotRecorded { left: Vec::new(), refused });
        }
        let keys: BTreeSet<&Key> = kept.iter().map(|(key, _)| key).collect();
        let after = keys.len() as u64;
        let mut by_rule: BTreeMap<String, u64> = BTreeMap::new();
        for key in keys {
            *by_rule.entry(key.rule.clone()).or_default() += 1;
        }
        let files = debt::write(kept.into_iter());
        let written = put(root, &files, debt)?;
        print(&faces::check::accepted(&Accepted {
            before: check.delta.recorded,
            after,
            added,
            paid_off: check.delta.stale,
            moved,
            files: files.len() as u64,
            written,
            by_rule,
        }))?;
        if let Some(told) = ignored(&ignored_debt(root, &Checkout::read(source, Side::WorkTree))) {
            anstream::eprintln!("warning: {}", faces::plain::plain(&told));
        }
        let left = check
            .failures()
            .filter(|one| !check::may_be_recorded(one.rule))
            .filter(|one| one.rule.code != "U303");
        let left: Vec<String> = left.map(in_a_line).collect();
        if left.is_empty() { Ok(()) } else { Err(Error::NotRecorded { left, refused: Vec::new() }) }
    }
}

/// What was not looked at, and why.
fn notes(source: &Source, now: &Looked, side: Side) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(why) = now.checkout.unlisted() {
        notes.push(format!("untracked files were not looked at: {why}"));
    }
    let skipped: Vec<&(Vec<u8>, String)> =
        now.standing.dependencies.languages.iter().flat_map(|one| &one.skipped).collect();
    if let [(path, why), ..] = skipped.as_slice() {
        notes.push(format!(
            "{} of code not read, so what it names is not held; `{}` first: {why}",
            plural(skipped.len(), "file"),
            String::from_utf8_lossy(path)
        ));
    }
    if side == Side::WorkTree
        && let Some(root) = &source.work_tree
        && let unread = ignored_debt(root, &now.checkout)
        && let Some(told) = ignored(&unread)
    {
        notes.push(format!("{} of recorded debt not read: {told}", plural(unread.len(), "file")));
    }
    notes
}

/// Debt that is not committed is recorded nowhere but here. Adding it by force is the one way out that works whatever
/// line of .gitignore swallows it: a directory that is ignored as a whole cannot be opened again by a later line.
fn ignored(files: &[String]) -> Option<String> {
    let (first, rest) = files.split_first()?;
    let directory =
        |path: &str| path.rsplit_once('/').map_or(String::new(), |(directory, _)| directory.to_owned());
    let all = match rest {
        [] => first.clone(),
        rest => rest.iter().fold(directory(first), |mut common, path| {
            while !path.starts_with(&format!("{common}/")) {
                common = directory(&common);
            }
            common
        }),
    };
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let (first, all) = (in_shell(first), in_shell(&all));
    Some(format!(
        "git ignores {first}{more}, so that nobody else gets it: git add --force {all} \
         (git check-ignore -v {first} says which line of which file ignores it)"
    ))
}

/// A path as a shell takes it.
fn in_shell(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-%+@".contains(c));
    if plain { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// What the change takes back of what is held, in one sentence; `None` where it takes back nothing.
fn loosened(before: &Manifest, now: &Looked) -> Option<String> {
    let all = verdicts::loosened(before, &now.declared.manifest);
    let shown = all.iter().take(MOST_LOOSENED).cloned().collect::<Vec<_>>().join("; ");
    match all.len() {
        0 => None,
        1..=MOST_LOOSENED => Some(format!("this change also changes what is held: {shown}")),
        many => {
            Some(format!("this change also changes what is held: {shown}; and {} more", many - MOST_LOOSENED))
        }
    }
}

/// Writes the files of debt that are not as they should be and takes away those of no debt; gives how many.
fn put(root: &Path, files: &BTreeMap<String, String>, debt: &Debt) -> Result<u64, Error> {
    let mut written = 0;
    for (file, text) in files {
        let place = root.join(file);
        if std::fs::read_to_string(&place).is_ok_and(|there| there == *text) {
            continue;
        }
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent).map_err(|source| Error::Write { path: place.clone(), source })?;
        }
        write(&place, text)?;
        written += 1;
    }
    for file in debt.files.iter().filter(|file| !files.contains_key(*file)) {
        let place = root.join(file);
        std::fs::remove_file(&place).map_err(|source| Error::Write { path: place.clone(), source })?;
        written += 1;
    }
    Ok(written)
}

/// `billing/pdf.py:3: U101: what is broken`.
fn in_a_line(one: &Violation) -> String {
    let place = one.sites.first().map_or(String::new(), |site| match site.line {
        0 => format!("{}: ", site.path),
        line => format!("{}:{line}: ", site.path),
    });
    format!("{place}{}: {}", one.rule.code, one.what)
}

/// The file an editor holds, by its path from the root.
fn given(path: &Path, source: &Source) -> Result<(String, Vec<u8>), Error> {
    let inside = inside(path, source)?;
    let mut content = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut content);
    read.map_err(|error| Error::Read { path: PathBuf::from("standard input"), why: error.to_string() })?;
    Ok((inside, content))
}

/// A path from the root of the work tree, whether or not there is such a file.
pub(crate) fn inside(path: &Path, source: &Source) -> Result<String, Error> {
    let outside = || Error::Outside { path: path.to_owned(), elsewhere: "unsnarl check PATH" };
    let root = source.work_tree.as_ref().ok_or(Error::NoWorkTree)?;
    let whole = std::path::absolute(path).map_err(|_| outside())?;
    let parent = whole.parent().and_then(|parent| parent.canonicalize().ok()).ok_or_else(outside)?;
    let name = whole.file_name().ok_or_else(outside)?;
    let inside = parent.join(name).strip_prefix(root).map(Path::to_owned).map_err(|_| outside())?;
    let parts: Vec<String> =
        inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    Ok(parts.join("/"))
}

/// What rules that need no history say of a tree that stands alone.
pub(crate) fn held(now: &Looked) -> Result<Check, Error> {
    sound(now)?;
    let debt = now.debt().map_err(unreadable)?;
    let owner = |path: &[u8]| now.owner(path);
    let manifest = &now.declared.manifest;
    let ground =
        Ground::new(manifest, &now.standing, &owner, Some(&now.book), &now.emitted, &[], picture::now());
    Ok(check::judge(&ground, rules::hold(&ground), &debt, None, &[]))
}

/// The file or directory a check is about, from the root; `None` for the root itself.
fn below(given: &str, source: &Source, now: &Looked) -> Result<Option<String>, Error> {
    let (paths, work_tree) = (now.checkout.paths(), source.work_tree.as_deref());
    let roots = Roots { prefix: &source.prefix, paths, work_tree };
    let path = roots.rooted(given)?.trim_end_matches('/').to_owned();
    if path.is_empty() || path == "." {
        return Ok(None);
    }
    // Of what is not there nothing is broken, and whoever misspelt it would believe that it holds.
    if !roots.holds(&path) {
        let why = "the tree has no such file, nor any below it".to_owned();
        return Err(Error::Read { path: given.into(), why });
    }
    Ok(Some(path))
}

/// A check on a manifest that cannot be read, or on none, holds nothing.
fn sound(now: &Looked) -> Result<(), Error> {
    let wrong: Vec<_> = now.declared.mistakes.iter().filter(|one| !one.warning).collect();
    if !wrong.is_empty() {
        return Err(Error::Mistakes(wrong.into_iter().cloned().collect()));
    }
    if now.declared.manifest.files.is_empty() {
        return Err(Error::NoManifest { file: ROOT_FILE });
    }
    Ok(())
}

fn unreadable(why: debt::Unreadable) -> Error {
    Error::Debt { file: why.file, line: why.line, why: why.why }
}

/// What was broken before, by the rules of then and by those of now; and the files that differ.
fn before(now: &Looked, then: &Looked) -> (Before, Vec<Vec<u8>>) {
    let differing = now.checkout.differing(&then.checkout);
    let keys = |manifest: &Manifest, standing: &Standing| -> BTreeSet<Key> {
        let owner = |path: &[u8]| then.owner(path);
        let ground =
            Ground::new(manifest, standing, &owner, Some(&then.book), &then.emitted, &[], picture::now());
        let Held { violations, .. } = rules::hold(&ground);
        violations.iter().map(Key::of).collect()
    };
    let old = &then.declared.manifest;
    let by_old = keys(old, &then.standing);
    let by_rules_of_now = if *old == now.declared.manifest {
        by_old.clone()
    } else {
        let manifest = &now.declared.manifest;
        let standing =
            Standing::new(then.standing.paths.clone(), manifest, then.standing.dependencies.clone());
        keys(manifest, &standing)
    };
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    let moved = now.checkout.moved(&then.checkout, &differing);
    let before = Before {
        keys: by_old,
        by_rules_of_now,
        // What cannot be read recorded nothing.
        debt: then.debt().unwrap_or_default(),
        manifest: old.clone(),
        renamed: moved.into_iter().map(|(now, then)| (text(now), text(then))).collect(),
        added: differing
            .iter()
            .filter(|path| then.standing.find(path).is_none())
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect(),
        resolved: (then.standing.dependencies.files.len() as u64, resolved(&then.standing)),
    };
    (before, differing)
}

/// Names that lead to a file of the tree.
fn resolved(standing: &Standing) -> u64 {
    let leads = standing.dependencies.edges.iter().filter(|edge| matches!(edge.to, Target::File(_)));
    leads.count() as u64
}

/// Keeps what stands in one file, or below one directory.
fn only_in(check: &mut Check, path: &str) {
    let within =
        |site: &str| site.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    check.outcomes.retain(|one| one.violation.sites.iter().any(|site| within(&site.path)));
}

/// Lines of files as they stand, each file read once.
pub(crate) struct Texts<'a> {
    checkout: &'a Checkout,
    read: RefCell<BTreeMap<String, Option<String>>>,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(checkout: &'a Checkout) -> Self {
        Self { checkout, read: RefCell::default() }
    }

    pub(crate) fn line(&self, path: &str, line: u32) -> Option<String> {
        let mut read = self.read.borrow_mut();
        let text = read.entry(path.to_owned()).or_insert_with(|| {
            let content = self.checkout.read(path.as_bytes()).ok()?;
            (!content.contains(&0)).then(|| String::from_utf8_lossy(&content).into_owned())
        });
        text.as_ref()?.lines().nth(line.checked_sub(1)? as usize).map(str::to_owned)
    }
}
