//! What a file names, and which file is meant: one file a language.
//!
//! ```text
//! files ──scan──▶ names as written ──resolve──▶ files of the tree │ packages outside │ unresolved, with the reason
//!         (each file by itself)      (with what the whole tree declares)
//! ```
//!
//! A new language is one file in [`mod@languages`] and one line in its registry. Languages that can name each other's files
//! are a family and are resolved together.

mod languages;
mod lex;
mod project;
mod scans;
#[cfg(test)]
mod testing;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
};

use facts::dependencies::{Dependencies, Dependency, DependencyKind, LanguageCoverage, ReadFile, Target};
use serde::{Deserialize, Serialize};

pub use project::Files;
use project::Project;
pub use scans::Scans;

/// Changes with every change of how code is read.
pub const VERSION: &str = env!("UNSNARL_IMPORTS_VERSION");

/// The names of the languages there are.
pub fn languages() -> Vec<&'static str> {
    languages::FAMILIES.iter().flat_map(|family| family.languages).map(|language| language.name).collect()
}

/// Larger files are written by programs, and are not read.
const LIMIT_BYTES: usize = 1 << 20;
/// Deeper brackets are written by programs, or to make others fall over.
const DEEPEST: usize = 1_000;
/// Parsers of some languages descend as deep as the code nests; this is address space, used as far as it is touched.
const STACK_BYTES: usize = 1 << 30;

/// Something a file names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Name {
    /// As written.
    text: String,
    /// What is taken from it, where the language says so.
    symbols: Vec<String>,
    /// Where in the file it is named, for languages in which that changes what it means.
    scope: Vec<String>,
    #[serde(with = "scans::kind")]
    kind: DependencyKind,
    line: u32,
    /// It declares the file to be a part of this one, as `mod a;`, which is no dependency.
    contains: bool,
    /// Used without an import: it counts only where it turns out to mean a file.
    soft: bool,
}

/// What a file says of itself and of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Scan {
    /// The language it is written in.
    #[serde(skip)]
    language: &'static str,
    /// The package it declares to belong to.
    package: String,
    /// What it names.
    names: Vec<Name>,
    /// What others may take from it.
    defines: Vec<String>,
    /// Whether it has mistakes.
    broken: bool,
}

/// A name with what it means.
struct Meant<'s> {
    name: &'s Name,
    target: Target<u32>,
}

/// One language.
struct Language {
    name: &'static str,
    /// How its files' names end.
    endings: &'static [&'static str],
    /// Whether its parser descends as deep as the code nests.
    descends: bool,
    /// What a file says, by its path and its text.
    scan: fn(&str, &str) -> Scan,
}

/// Languages that can name each other's files.
struct Family {
    languages: &'static [Language],
    resolver: for<'p> fn(&'p Project<'p>, &'p [(u32, Scan)]) -> Resolver<'p>,
}

/// What finds the files a family's names mean.
type Resolver<'p> = Box<dyn Resolve + 'p>;

/// Finds the files names mean.
trait Resolve: Sync {
    /// What each name of a file means.
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>);
    /// When what a file names is needed at the most, by what the file is built into.
    fn kind_of(&self, _file: u32) -> DependencyKind {
        DependencyKind::Runtime
    }
}

/// Reads every file of a known language and finds what each name means; files are numbered by [`Files::paths`].
///
/// What is in `scans` already is not read again; afterwards it holds what was met this time, and nothing else.
pub fn read(files: &dyn Files, threads: usize, scans: &mut Scans) -> Dependencies<u32> {
    let project = Project::new(files);
    let mut out = Dependencies::default();
    let mut earlier = std::mem::take(scans);
    for family in languages::FAMILIES {
        read_family(family, &project, None, threads, (&mut earlier, scans), &mut out);
    }
    in_order(out)
}

/// Reads some files and finds what each of their names means; what other files name is not asked.
///
/// What the others declare is taken from `scans`, which should hold them: what it does not hold is read again. Costs
/// what the families of these files cost, and little of that where the others are held.
pub fn read_some(files: &dyn Files, paths: &[&str], threads: usize, scans: &mut Scans) -> Dependencies<u32> {
    let project = Project::new(files);
    let mut out = Dependencies::default();
    for family in languages::FAMILIES {
        let endings = || family.languages.iter().flat_map(|language| language.endings);
        let own = |path: &&&str| endings().any(|ending| project::ends(path, ending));
        let only: Vec<u32> = paths.iter().filter(own).filter_map(|path| project.find(path)).collect();
        if !only.is_empty() {
            let mut earlier =
                scans.split_off(family.languages.iter().map(|language| language.name).collect());
            read_family(family, &project, Some(&only), threads, (&mut earlier, scans), &mut out);
        }
    }
    in_order(out)
}

/// Reads the files of a family and resolves what they name; with `only` what those name.
fn read_family(
    family: &Family,
    project: &Project<'_>,
    only: Option<&[u32]>,
    threads: usize,
    (earlier, scans): (&mut Scans, &mut Scans),
    out: &mut Dependencies<u32>,
) {
    let mut read = Vec::new();
    for language in family.languages {
        let own = project.files_ending(language.endings);
        if !own.is_empty() {
            out.languages.push(scan_all(language, project, &own, threads, earlier, scans, &mut read));
        }
    }
    if !read.is_empty() {
        read.sort_by_key(|(file, _)| *file);
        resolve_all(family, project, &read, only, threads, out);
    }
    read.into_iter().for_each(|(file, scan)| scans.keep(project, file, scan.language, Ok(scan)));
}

fn in_order(mut out: Dependencies<u32>) -> Dependencies<u32> {
    out.edges.sort_by_key(|edge| edge.from);
    out.files.sort_by_key(|one| one.file);
    // What two families read, as a document and as code, is read once.
    out.files.dedup_by_key(|one| one.file);
    out.languages.sort_by_key(|one| one.language);
    out
}

/// What the names of a family's files mean, or of some of them.
fn resolve_all(
    family: &Family,
    project: &Project<'_>,
    read: &[(u32, Scan)],
    only: Option<&[u32]>,
    threads: usize,
    out: &mut Dependencies<u32>,
) {
    let resolver = (family.resolver)(project, read);
    let asked: Vec<&(u32, Scan)> =
        read.iter().filter(|(file, _)| only.is_none_or(|only| only.contains(file))).collect();
    let mut edges: Vec<Vec<Dependency<u32>>> = Vec::new();
    edges.resize_with(asked.len(), Vec::new);
    in_parallel(&mut edges, threads.min(asked.len()), |at, edges| {
        let (from, scan) = asked[at];
        let mut meant = Vec::new();
        resolver.resolve(*from, scan, &mut meant);
        // What a test names, it names as a test.
        let at_most = if project.is_test(*from) { DependencyKind::Test } else { resolver.kind_of(*from) };
        edges.extend(meant.into_iter().map(|one| Dependency {
            from: *from,
            to: one.target,
            kind: match (one.name.contains, at_most) {
                (true, _) => DependencyKind::Contains,
                (false, DependencyKind::Runtime) => one.name.kind,
                (false, at_most) => at_most,
            },
            line: one.name.line,
            specifier: one.name.text.clone(),
            language: scan.language,
        }));
        edges.sort_by_key(|edge| edge.line);
    });
    out.edges.extend(edges.into_iter().flatten());
    out.files.extend(asked.iter().map(|(file, scan)| ReadFile {
        file: *file,
        language: scan.language,
        test: project.is_test(*file) || resolver.kind_of(*file) == DependencyKind::Test,
    }));
}

/// What a file names, as written: the line, where in the file, the name; by the way its path ends.
pub fn names(path: &str, text: &str) -> Vec<(u32, Vec<String>, String)> {
    let languages = languages::FAMILIES.iter().flat_map(|family| family.languages);
    let own = languages.filter(|language| language.endings.iter().any(|ending| project::ends(path, ending)));
    own.flat_map(|language| (language.scan)(path, text).names)
        .map(|name| (name.line, name.scope, name.text))
        .collect()
}

/// Scans the files of a language into `out`, and says how far they could be read.
fn scan_all(
    language: &'static Language,
    project: &Project<'_>,
    own: &[u32],
    threads: usize,
    earlier: &mut Scans,
    scans: &mut Scans,
    out: &mut Vec<(u32, Scan)>,
) -> LanguageCoverage {
    // Of longer files with one content the first takes what was kept; the others are read again.
    let mut read: Vec<Option<Result<Scan, String>>> =
        own.iter().map(|&file| earlier.take(project, file, language.name)).collect();
    scans.note_read_anew(read.iter().filter(|one| one.is_none()).count());
    in_parallel(&mut read, threads, |at, out| {
        out.get_or_insert_with(|| scan_one(language, project, own[at]));
    });
    let mut coverage =
        LanguageCoverage { language: language.name, files: own.len() as u64, ..LanguageCoverage::default() };
    for (&file, scan) in own.iter().zip(read.into_iter().flatten()) {
        match scan {
            Ok(scan) => {
                coverage.parsed += 1;
                coverage.broken += u64::from(scan.broken);
                out.push((file, scan));
            }
            Err(why) => {
                coverage.skipped.push((project.path(file).to_vec(), why.clone()));
                scans.keep(project, file, language.name, Err(why));
            }
        }
    }
    coverage
}

fn scan_one(language: &'static Language, project: &Project<'_>, file: u32) -> Result<Scan, String> {
    let content = project.read(file)?;
    if content.len() > LIMIT_BYTES {
        return Err(format!("it has {} bytes; files over 1 MiB are taken for generated", content.len()));
    }
    let text = text_of(&content)?;
    if language.descends && nests_too_deep(&text) {
        return Err(format!("it nests deeper than {DEEPEST} levels"));
    }
    let path = String::from_utf8_lossy(project.path(file));
    // A parser that gives up on a file must not take the run with it.
    let scan = catch_unwind(AssertUnwindSafe(|| (language.scan)(&path, &text)))
        .map_err(|_| "the parser gave up on it".to_owned())?;
    Ok(Scan { language: language.name, ..scan })
}

/// Content as text: UTF-8 or, by its mark, UTF-16; bytes that are neither are replaced.
fn text_of(content: &[u8]) -> Result<std::borrow::Cow<'_, str>, String> {
    let wide = |pair: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = content[2..].chunks_exact(2).map(|two| pair([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units).into()
    };
    match content {
        [0xff, 0xfe, ..] => Ok(wide(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Ok(wide(u16::from_be_bytes)),
        _ if memchr::memchr(0, &content[..content.len().min(8_000)]).is_some() => {
            Err("it is binary".to_owned())
        }
        _ => {
            let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
            Ok(std::str::from_utf8(content).map_or_else(|_| String::from_utf8_lossy(content), Into::into))
        }
    }
}

/// How many bytes are such. The compiler turns this into vector instructions, as long as a sum fits a byte and `is`
/// does not branch.
fn count(text: &str, is: impl Fn(u8) -> bool) -> usize {
    let sums = text.as_bytes().chunks(255);
    sums.map(|chunk| usize::from(chunk.iter().map(|&byte| u8::from(is(byte))).sum::<u8>())).sum()
}

/// Whether brackets, or operators that stand before their operand, run deeper than anybody writes.
fn nests_too_deep(text: &str) -> bool {
    // Most files have too few of them, and counting is many times faster than following.
    let opening = count(text, |byte| (byte == b'(') | (byte == b'[') | (byte == b'{'));
    let operators = count(text, |byte| {
        (byte == b'!') | (byte == b'~') | (byte == b'-') | (byte == b'+') | (byte == b'*') | (byte == b'&')
    });
    if opening <= DEEPEST && operators <= 10 * DEEPEST {
        return false;
    }
    let (mut depth, mut run) = (0usize, 0usize);
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match byte {
            b'!' | b'~' | b'-' | b'+' | b'*' | b'&' => run += 1,
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => run = 0,
        }
        depth > DEEPEST || run > 10 * DEEPEST
    })
}

/// Fills `out` from several threads; `work` is told which entry.
fn in_parallel<T: Send>(out: &mut [T], threads: usize, work: impl Fn(usize, &mut T) + Sync) {
    let next = AtomicUsize::new(0);
    let slots: Vec<std::sync::Mutex<&mut T>> = out.iter_mut().map(std::sync::Mutex::new).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let run = || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(slot) = slots.get(at) else { return };
                    if let Ok(mut slot) = slot.lock() {
                        work(at, &mut slot);
                    }
                }
            };
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
            thread.spawn_scoped(scope, run).expect("threads can be started");
        }
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Files whose content is their id.
    struct Told {
        paths: Vec<Vec<u8>>,
        texts: BTreeMap<Vec<u8>, String>,
    }

    impl Told {
        fn new(files: &[(&str, &str)]) -> Self {
            let texts: BTreeMap<Vec<u8>, String> =
                files.iter().map(|(path, text)| (path.as_bytes().to_vec(), (*text).to_owned())).collect();
            Self { paths: texts.keys().cloned().collect(), texts }
        }
    }

    impl Files for Told {
        fn paths(&self) -> &[Vec<u8>] {
            &self.paths
        }

        fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
            Ok(self.texts[path].clone().into_bytes())
        }

        fn id(&self, path: &[u8]) -> Option<&[u8]> {
            self.texts.get(path).map(String::as_bytes)
        }
    }

    #[test]
    fn one_file_read_again_is_as_if_all_were() {
        let before = [
            ("a/one.py", "from a import two\n"),
            ("a/two.py", ""),
            ("web/cart.ts", "import './item'\n"),
            ("web/item.ts", ""),
        ];
        for (path, text) in [
            ("a/one.py", "import a.two\nimport os\n"),
            ("a/one.py", ""),
            ("a/two.py", "from a import one\n"),
            ("web/cart.ts", "import './item'\nimport './none'\n"),
            ("web/item.ts", "const = ;"),
        ] {
            let mut scans = Scans::default();
            let mut held = read(&Told::new(&before), 1, &mut scans);
            let after = before.map(|(own, kept)| if own == path { (own, text) } else { (own, kept) });
            let now = Told::new(&after);
            let file = now.paths.iter().position(|own| own == path.as_bytes()).unwrap() as u32;
            held.replace(file, read_some(&now, &[path], 1, &mut scans));
            let mut anew = Scans::default();
            assert_eq!(held, read(&now, 1, &mut anew), "{path}: {text}");
            assert_eq!(scans.encode(), anew.encode(), "what was read before is not held for ever");
            assert!(scans.read_anew() <= before.len() + 1, "the others are not read again");
        }
    }

    #[test]
    fn a_file_of_no_language_names_nothing() {
        let files = Told::new(&[("a.py", "import b"), ("b.py", ""), ("notes.txt", "import b")]);
        let mut scans = Scans::default();
        assert_eq!(read_some(&files, &["notes.txt"], 1, &mut scans), Dependencies::default());
        assert_eq!(read_some(&files, &["none.py"], 1, &mut scans), Dependencies::default());
        assert_eq!(read_some(&files, &["a.py"], 1, &mut scans).edges.len(), 1);
    }
}
