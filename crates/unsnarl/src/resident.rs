//! A repository held ready between questions: learned once, and again only when what it rests on moved.
//!
//! ```text
//! question ──▶ head, manifests, review events as they were? ──yes──▶ what is known ──▶ answer
//!                                 └──no──▶ learned anew, kept facts used ──┘
//! ```
//!
//! Every answer is the one a run that begins now would give; asking whether anything moved takes milliseconds.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use faces::impact::Impact;
use facts::CommitId;
use measures::Method;
use sources::{
    events::kept,
    git::{self, Source},
};

use crate::{
    asked::{self, Ask},
    change,
    code::Kept,
    error::Error,
    foresight::Foresight,
    impact,
    picture::{self, Judged, Known, Look, Years},
};

/// A repository between questions.
pub(crate) struct Resident {
    path: PathBuf,
    look: Look,
    held: Option<Held>,
    /// The same repository up to where a change in hand began.
    before: Option<(CommitId, Box<Resident>)>,
}

/// What was learned, as deep as it was asked for.
struct Held {
    known: Known,
    beside: Vec<Mark>,
    judged: Option<Judged>,
    foresight: Option<Foresight>,
    /// Whether the whole report of it was handed out.
    shown: bool,
}

/// What tells a file from what it becomes; `None` where there is none.
type Mark = Option<(u64, SystemTime)>;

impl Resident {
    /// A repository that nothing was asked of yet; nothing is opened before that.
    pub(crate) fn new(path: &Path, look: Look) -> Self {
        Self { path: path.to_owned(), look, held: None, before: None }
    }

    /// Its history and structure as they stand.
    pub(crate) fn known(&mut self) -> Result<&Known, Error> {
        Ok(&self.fresh()?.known)
    }

    /// Hands what is known, the code where history ends with it, and the report on it to `show`: couplings, boundaries,
    /// findings. Series of the design are empty, for the code of earlier years is not read.
    pub(crate) fn report<T>(
        &mut self,
        show: impl FnOnce(&Known, &faces::Report<'_>) -> T,
    ) -> Result<T, Error> {
        let look = self.look.clone();
        let held = self.fresh()?;
        if held.known.facts.dependencies.is_none() {
            held.known.read_code(&look, Years::Skip);
        }
        let lens = change::lens_of(&held.known);
        let judged = held.judged.get_or_insert_with(|| held.known.judge(&lens));
        Ok(show(&held.known, &judged.report(&lens)))
    }

    /// Looks for the few moves that would help, where nobody has yet: the next report has them.
    pub(crate) fn find_moves(&mut self) -> Result<(), Error> {
        let look = self.look.clone();
        let held = self.fresh()?;
        if !held.known.has_moves() {
            held.known.find_moves(&look);
            held.judged = None;
        }
        Ok(())
    }

    /// The whole report, as a run of its own gives it, handed to `show` where anything moved since it last was; `None` where
    /// nothing did.
    pub(crate) fn whole<T>(
        &mut self,
        show: impl FnOnce(&faces::Report<'_>) -> T,
    ) -> Result<Option<T>, Error> {
        let look = self.look.clone();
        let held = self.fresh()?;
        if held.shown {
            return Ok(None);
        }
        held.known.complete(&look)?;
        let lens = change::lens_of(&held.known);
        let judged = held.known.judge(&lens);
        let told = show(&judged.report(&lens));
        held.shown = true;
        Ok(Some(told))
    }

    /// What a change needs, with the `notes` of the history that answers.
    pub(crate) fn impact(
        &mut self,
        ask: Ask<'_>,
        notes: fn(&Known) -> Vec<String>,
    ) -> Result<(Impact, Vec<String>), Error> {
        let source = git::open(&self.path, self.look.as_of())?;
        let caches = picture::cache_directories(&source, &self.look);
        let kept = Kept { caches: &caches, threads: picture::threads(&self.look), say: &|_| {} };
        let asked = asked::understand(ask, &self.path, &source, &kept)?;
        let Some(base) = asked.base else {
            let (known, foresight) = self.foreseeing()?;
            return Ok((impact::impact(known, foresight, &asked, &kept, None), notes(known)));
        };
        if self.before.as_ref().is_none_or(|(commit, _)| *commit != base) {
            let before = Self::new(&self.path, self.look.as_of_commit(base));
            self.before = Some((base, Box::new(before)));
        }
        let (_, before) = self.before.as_mut().expect("it has just been put there");
        let (known, foresight) = before.foreseeing()?;
        Ok((impact::impact(known, foresight, &asked, &kept, None), notes(known)))
    }

    /// What is held, with what it says of the next change.
    pub(crate) fn foreseeing(&mut self) -> Result<(&Known, &Foresight), Error> {
        let look = self.look.clone();
        let held = self.fresh()?;
        let Held { known, foresight, .. } = held;
        let foresight = foresight.get_or_insert_with(|| Foresight::of(known, &look));
        Ok((known, foresight))
    }

    /// What is held, learned anew where it no longer stands.
    fn fresh(&mut self) -> Result<&mut Held, Error> {
        let source = git::open(&self.path, self.look.as_of())?;
        // Looked at before anything is learned, so that what is written meanwhile is seen by the next question.
        let beside = marks(&source, &self.look);
        let stands = |held: &Held| held.beside == beside && held.known.still_stands(&source, &self.look);
        if !self.held.as_ref().is_some_and(stands) {
            let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
            self.held = Some(Held { known, beside, judged: None, foresight: None, shown: false });
        }
        Ok(self.held.as_mut().expect("it was held already or has just been learned"))
    }
}

/// Files that answers rest on and no commit holds: review events, the table of teams.
fn marks(source: &Source, look: &Look) -> Vec<Mark> {
    let events = picture::event_directories(source, look).into_iter().map(|cache| kept::file(&cache));
    let mark = |path: PathBuf| {
        let known = std::fs::metadata(path).ok()?;
        Some((known.len(), known.modified().ok()?))
    };
    events.chain(look.teams().map(Path::to_owned)).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use testkit::repo::{
        Commit, History, Repository, Sandbox,
        planted::{self, Plan},
    };

    use super::*;

    fn resident(repository: &Repository) -> Resident {
        Resident::new(repository.path(), Look::whole(None, true))
    }

    /// The report as a run of its own gives it.
    fn anew(repository: &Repository) -> String {
        resident(repository).report(|_, report| faces::json::render(report)).expect("it is a repository")
    }

    fn held(resident: &mut Resident) -> String {
        resident.report(|_, report| faces::json::render(report)).expect("it is a repository")
    }

    fn shop() -> (Sandbox, Repository) {
        let sandbox = Sandbox::new();
        let planted = planted::plant(Plan { modules: 8, pairs: 2, changes: 400, ..Plan::default() });
        let repository = sandbox.repository("shop", &planted.history);
        (sandbox, repository)
    }

    fn commit(repository: &Repository, path: &str) {
        let mut more = History::default();
        more.commit(
            "main",
            Commit::new("one more").continuing("main").write(path, "export const more = 1;\n"),
        );
        repository.import(&more);
    }

    #[test]
    fn after_a_commit_it_answers_as_a_new_run_does() {
        let (_sandbox, repository) = shop();
        let mut resident = resident(&repository);
        let before = held(&mut resident);
        assert_eq!(before, anew(&repository));
        assert!(before.contains("\"packages/m00\"") && !before.contains("packages/m99"));
        commit(&repository, "packages/m00/src/more.ts");
        let after = held(&mut resident);
        assert_ne!(before, after);
        assert_eq!(after, anew(&repository));
    }

    #[test]
    fn nothing_is_learned_twice_while_nothing_moves() {
        let (_sandbox, repository) = shop();
        let mut resident = resident(&repository);
        let place = |known: &Known| std::ptr::from_ref(known.facts.paths.bytes(facts::PathId(0)));
        let known = resident.known().expect("it is a repository");
        let first = place(known);
        assert!(known.facts.dependencies.is_none(), "the code is read when it is asked for");
        let read = |known: &Known| (place(known), known.facts.dependencies.is_some());
        let asked = resident.report(|known, _| read(known)).expect("it is a repository");
        assert_eq!(asked, (first, true), "the same facts lie where they lay");
        assert_eq!(read(resident.known().expect("it is a repository")), (first, true));
    }

    #[test]
    fn an_edited_manifest_is_seen_and_so_is_its_end() {
        let (_sandbox, repository) = shop();
        let mut resident = resident(&repository);
        let modules = |resident: &mut Resident| -> Vec<String> {
            let known = resident.known().expect("it is a repository");
            known.declared.manifest.modules.iter().map(|one| one.id.clone()).collect()
        };
        assert!(modules(&mut resident).is_empty());
        let manifest = repository.path().join("unsnarl.toml");
        let write = |text: &str| std::fs::write(&manifest, text).expect("the work tree is writable");
        write("version = 1\n\n[[module]]\nid = \"sales\"\npaths = [\"packages/m00/**\"]\n");
        assert_eq!(modules(&mut resident), ["sales"]);
        write("version = 1\n\n[[module]]\nid = \"stock\"\npaths = [\"packages/m00/**\"]\n");
        assert_eq!(modules(&mut resident), ["stock"]);
        std::fs::remove_file(&manifest).expect("it was just written");
        assert!(modules(&mut resident).is_empty());
    }

    #[test]
    fn imported_review_events_are_seen() {
        let (_sandbox, repository) = shop();
        let mut resident = resident(&repository);
        assert!(resident.known().expect("it is a repository").joined.is_none());
        let kept = repository.git_directory().join("unsnarl");
        let told = "{\"format\":\"unsnarl.review-events/1\",\"repository\":\"shop/shop\"}\n{\"request\":1,\"author\":\"ana\"}\n";
        std::fs::write(kept.join("events.jsonl"), told).expect("the git directory is writable");
        assert!(resident.known().expect("it is a repository").joined.is_some());
    }

    #[test]
    fn a_repository_that_went_is_an_error_and_comes_back() {
        let (sandbox, repository) = shop();
        let mut resident = resident(&repository);
        let before = held(&mut resident);
        let (here, away) = (repository.path(), sandbox.path().join("away"));
        std::fs::rename(here, &away).expect("the sandbox is writable");
        assert!(matches!(resident.known(), Err(Error::Open(_))));
        std::fs::rename(&away, here).expect("the sandbox is writable");
        assert_eq!(held(&mut resident), before);
    }
}
