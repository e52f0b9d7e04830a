//! What is said of a change in hand: the further files it is likely to need, the tests that usually go with it, or that nothing more
//! is needed.

use facts::{ChangeId, FileId, Lens};

use super::{
    candidates::{Query, Room},
    model::{LEAST_SILENCE, Model, Ranked, SHOWN, is_silent},
    past::Past,
    predictor::Predictor,
};

/// So many tests are named.
const TESTS: usize = 5;
/// What is less likely is not worth a line.
const LEAST: f64 = 0.05;
/// Changes named as the reason of a suggestion.
const REASONS: usize = 3;
/// With few changes a share is drawn towards so much, with the weight of so many changes.
const PRIOR: f64 = 0.2;
const PRIOR_WEIGHT: f64 = 2.0;

/// A file that a change is likely to need, too.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The file.
    pub file: FileId,
    /// How probable it is that the change needs it, were half of the change in hand; 0 to 1.
    pub probability: f64,
    /// Why.
    pub because: Because,
}

/// Why a file is suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The past changes that say most for it, the strongest first, three at most.
    Changes(Vec<ChangeId>),
    /// History is silent, and it is called like a file in hand.
    Namesake,
    /// History is silent, and it lies beside a file in hand.
    Beside,
    /// History is silent, and a new file of the change names it.
    Named,
    /// History is silent, and it names a new file of the change.
    Naming,
    /// History is silent, and it changed lately.
    Lately,
}

/// What is said of a change in hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestions {
    /// Any files, the likeliest first.
    pub files: Vec<Suggestion>,
    /// Tests, the likeliest first.
    pub tests: Vec<Suggestion>,
    /// Whether the change looks complete.
    pub nothing_more: bool,
    /// What the likeliest would have to reach for it not to; 0.5 to 1.
    pub silence: f64,
}

/// What a predictor says of a change that is made now; `wired` are files that names tie to its new files, with what those say.
pub fn suggest(
    lens: &Lens<'_>,
    past: &Past,
    query: Query<'_>,
    predictor: &Predictor,
    wired: &[(FileId, f64, Because)],
) -> Suggestions {
    let ranked = match &predictor.model {
        Some(model) => model.rank(lens, past, &mut Room::new(lens.facts), query),
        None => counted(past, query),
    };
    let silence = predictor.model.as_ref().map_or(LEAST_SILENCE, Model::silence);
    let half_life = predictor.model.as_ref().map_or(f64::INFINITY, Model::half_life_in_changes);
    // With why, where it is not for history to say.
    let likely = ranked.into_iter().filter(|(_, probability)| *probability >= LEAST);
    let mut all: Vec<(FileId, f64, Option<&Because>)> =
        likely.map(|(file, probability)| (file, probability, None)).collect();
    for (file, probability, why) in wired {
        let one = (*file, *probability, Some(why));
        match all.iter_mut().find(|(known, ..)| known == file) {
            Some(known) if known.1 < *probability => *known = one,
            Some(_) => {}
            None if query.files.contains(file) || *probability < LEAST => {}
            None => all.push(one),
        }
    }
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let explained = |&(file, probability, why): &(FileId, f64, Option<&Because>)| Suggestion {
        file,
        probability,
        because: why.cloned().unwrap_or_else(|| because(past, query, file, half_life)),
    };
    let is_test = |file: FileId| {
        let path = past.place_of(file).map(|place| place.path);
        path.is_some_and(|path| facts::test_files::is_test(&lens.facts.paths.text(path)))
    };
    Suggestions {
        files: all.iter().take(SHOWN).map(explained).collect(),
        tests: all.iter().filter(|one| is_test(one.0)).take(TESTS).map(explained).collect(),
        nothing_more: is_silent(all.first().map(|first| first.1), silence),
        silence,
    }
}

/// Where there is too little to learn from: of a file's changes the share that touched the other, too, drawn towards a fifth; of
/// several files in hand the one that says most.
fn counted(past: &Past, query: Query<'_>) -> Vec<Ranked> {
    let mut best: Vec<Ranked> = Vec::new();
    for &own in query.files {
        let changes = past.changes_of(own);
        let mut with: Vec<FileId> =
            changes.iter().flat_map(|&position| past.files_of(position)).copied().collect();
        with.sort_unstable();
        for same in with.chunk_by(|a, b| a == b) {
            let gone = past.place_of(same[0]).is_none();
            if gone || query.files.contains(&same[0]) {
                continue;
            }
            let share = (same.len() as f64 + PRIOR * PRIOR_WEIGHT) / (changes.len() as f64 + PRIOR_WEIGHT);
            best.push((same[0], share));
        }
    }
    best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut seen = rustc_hash::FxHashSet::default();
    best.retain(|(file, _)| seen.insert(*file));
    best
}

fn because(past: &Past, query: Query<'_>, file: FileId, half_life: f64) -> Because {
    let changes = reasons(past, query, file, half_life);
    if !changes.is_empty() {
        return Because::Changes(changes);
    }
    let Some(place) = past.place_of(file) else { return Because::Lately };
    let there = query.files.iter().filter_map(|file| past.place_of(*file));
    let numbers: Vec<(Option<u32>, Option<u32>)> = there
        .map(|place| (Some(place.directory), Some(place.stem)))
        .chain(query.new.iter().map(|path| past.numbers_of(path)))
        .collect();
    if numbers.iter().any(|(_, stem)| *stem == Some(place.stem)) {
        Because::Namesake
    } else if numbers.iter().any(|(directory, _)| *directory == Some(place.directory)) {
        Because::Beside
    } else {
        Because::Lately
    }
}

/// The past changes that say most for a file: the largest terms of S.
fn reasons(past: &Past, query: Query<'_>, file: FileId, half_life: f64) -> Vec<ChangeId> {
    let mut terms: Vec<(f64, u32)> = Vec::new();
    for &position in past.changes_of(file) {
        let files = past.files_of(position);
        let shared = files.iter().filter(|other| query.files.contains(other)).count();
        if shared > 0 {
            let age = f64::from(past.len() as u32 - position);
            let further = ((files.len() - 1) as f64).sqrt();
            terms.push(((shared as f64).powi(2) * (-age / half_life).exp2() / further, position));
        }
    }
    terms.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    terms.into_iter().take(REASONS).map(|(_, position)| past.change(position)).collect()
}

#[cfg(test)]
mod tests {
    use facts::TouchKind;

    use super::{
        super::{planted, predictor::Lesson},
        *,
    };

    /// Twenty pairs, each always changed together.
    fn pairs(count: u32) -> Vec<Vec<u32>> {
        (0..count).map(|at| vec![at % 20 * 2, at % 20 * 2 + 1]).collect()
    }

    fn asked(facts: &facts::Facts, files: &[u32], new: &[&[u8]]) -> Suggestions {
        planted::through(facts, |lens| {
            let predictor = Lesson::of(lens).learn(lens);
            let query = Query { files: &planted::ids(files), new, author: None };
            suggest(lens, &Past::whole(lens), query, &predictor, &[])
        })
    }

    #[test]
    fn the_partner_is_told_with_the_changes_that_say_so_and_a_complete_change_is_left_alone() {
        for count in [30, 400] {
            let facts = planted::history(40, &pairs(count));
            let said = asked(&facts, &[6], &[]);
            assert_eq!(said.files[0].file, FileId(7), "{count}: {said:?}");
            if count == 400 {
                assert!(!said.nothing_more && said.files[0].probability > 0.7, "{said:?}");
            }
            let Because::Changes(because) = &said.files[0].because else { panic!("{said:?}") };
            for change in because {
                assert!(facts.touches.of(*change).any(|at| facts.touches.file[at] == FileId(6)));
            }
            let complete = asked(&facts, &[6, 7], &[]);
            assert!(complete.nothing_more, "{count}: {complete:?}");
        }
    }

    #[test]
    fn few_changes_are_counted_and_drawn_to_little() {
        let facts = planted::history(40, &[vec![0, 1], vec![0, 1], vec![0]]);
        let said = asked(&facts, &[0], &[]);
        assert_eq!(said.files.len(), 1, "the change that added all is bulk: {said:?}");
        assert_eq!((said.files[0].file, said.files[0].probability), (FileId(1), 2.4 / 5.0));
        assert!(said.nothing_more, "less likely than not");
        assert_eq!(said.silence, LEAST_SILENCE);
    }

    #[test]
    fn what_names_a_new_file_is_told_where_history_says_less() {
        let facts = planted::history(40, &pairs(400));
        planted::through(&facts, |lens| {
            let predictor = Lesson::of(lens).learn(lens);
            let query = Query { files: &planted::ids(&[6]), new: &[b"new.rs"], author: None };
            let wired = [
                (FileId(6), 0.9, Because::Named),
                (FileId(7), 0.1, Because::Named),
                (FileId(20), 0.3, Because::Naming),
            ];
            let said = suggest(lens, &Past::whole(lens), query, &predictor, &wired);
            let of = |file| said.files.iter().find(|one| one.file == FileId(file));
            assert!(of(6).is_none(), "it is in hand");
            assert!(matches!(of(7).unwrap().because, Because::Changes(_)), "history says more of it");
            assert_eq!((of(20).unwrap().probability, &of(20).unwrap().because), (0.3, &Because::Naming));
            assert!(said.files.is_sorted_by(|a, b| a.probability >= b.probability));
        });
    }

    #[test]
    fn of_a_new_file_names_and_places_speak() {
        let mut facts = planted::history(40, &pairs(400));
        planted::append(&mut facts, &[9], TouchKind::Deleted);
        facts.touches.index(facts.changes.len());
        // File 5 is dir5/5.rs; of 9 there is nothing left to suggest.
        let said = asked(&facts, &[], &[b"dir5/test_5.rs"]);
        assert!(said.files.iter().all(|one| one.file != FileId(9)), "{said:?}");
        planted::through(&facts, |lens| {
            let past = Past::whole(lens);
            let query = Query { files: &[], new: &[b"dir5/test_5.rs"], author: None };
            let why = |file| because(&past, query, FileId(file), f64::INFINITY);
            assert_eq!(why(5), Because::Namesake);
            assert_eq!(why(12), Because::Beside);
            assert_eq!(why(0), Because::Lately);
            let found = Room::new(&facts).candidates(&facts, &past, query, 2);
            assert!(found.iter().any(|one| one.file == FileId(12)), "what lies beside is looked at");
        });
    }
}
