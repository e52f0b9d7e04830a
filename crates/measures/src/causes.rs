//! What is likely behind a hidden constraint, as far as its files tell.
//!
//! Read from the file pairs that carry it, by their names and, where they are handed in, their texts. A cause is a
//! guess with its evidence: the pair, and what both of its files hold.

use facts::{FileId, Lens};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Coupling, CouplingKind, FilePair, mechanical};

/// What two files may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseKind {
    /// At least half of the smaller file's lines stand in the larger: one was copied from the other.
    Copy,
    /// One declares a schema: an interface definition, a query, a migration.
    Schema,
    /// One is configuration, the other code.
    Configuration,
    /// Both hold the same rare words: a name, a key, a constant written twice.
    SharedText,
    /// One is a test, the other what it tests.
    Test,
    /// Both have one name: versions or variants of one thing side by side.
    Twin,
    /// One is documentation.
    Documentation,
}

impl CauseKind {
    /// The name in JSON `causes[].kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Schema => "schema",
            Self::Configuration => "configuration",
            Self::Test => "test",
            Self::SharedText => "shared-text",
            Self::Twin => "twin",
            Self::Documentation => "documentation",
        }
    }
}

/// A likely cause with the file pair that shows it best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the files may have in common.
    pub kind: CauseKind,
    /// The pair that met most often.
    pub pair: FilePair,
    /// Meetings of all pairs with this cause among those that carry the coupling.
    pub meetings: u64,
    /// Words both files hold, which few others do; at most three.
    pub words: Vec<String>,
    /// Lines both files hold, of the smaller's; nothing where texts were not read.
    pub lines: Option<(u64, u64)>,
}

/// Lines shorter than this say nothing.
const SHORTEST_LINE: usize = 8;
/// Fewer lines in common are a coincidence.
const FEWEST_LINES: u64 = 10;
/// Words shorter than this are everybody's.
const SHORTEST_WORD: usize = 6;
/// A word in more of the files looked at is everybody's, too.
const COMMONEST: usize = 3;
/// Names that files of every module have.
const EVERYWHERE: [&str; 12] = [
    "__init__",
    "build",
    "dockerfile",
    "index",
    "lib",
    "license",
    "main",
    "makefile",
    "mod",
    "package",
    "readme",
    "setup",
];
/// Causes kept a coupling.
const KEPT: usize = 2;

/// The files whose texts would tell.
pub fn wanted(couplings: &[Coupling]) -> Vec<FileId> {
    let hidden = couplings.iter().filter(|one| one.kind == CouplingKind::Hidden);
    let mut files: Vec<FileId> =
        hidden.flat_map(|one| &one.file_pairs).flat_map(|pair| [pair.a, pair.b]).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Looks for causes of every hidden constraint.
pub fn settle(lens: &Lens<'_>, couplings: &mut [Coupling], texts: &FxHashMap<FileId, String>) {
    let tests: FxHashSet<FileId> = lens
        .facts
        .dependencies
        .iter()
        .flat_map(|all| &all.files)
        .filter(|one| one.test)
        .map(|one| one.file)
        .collect();
    let words: FxHashMap<FileId, FxHashMap<&str, bool>> =
        texts.iter().map(|(&file, text)| (file, words(text))).collect();
    let mut common: FxHashMap<&str, usize> = FxHashMap::default();
    for own in words.values() {
        own.keys().for_each(|word| *common.entry(word).or_default() += 1);
    }
    let look = Look { lens, texts, tests, words, common };
    for coupling in couplings.iter_mut().filter(|one| one.kind == CouplingKind::Hidden) {
        let mut causes: Vec<Cause> = Vec::new();
        let by_form = |file| mechanical::is_mechanical(lens.facts, file);
        for &pair in coupling.file_pairs.iter().filter(|pair| !by_form(pair.a) && !by_form(pair.b)) {
            let Some(cause) = look.cause(pair) else { continue };
            match causes.iter_mut().find(|known| known.kind == cause.kind) {
                Some(known) => known.meetings += cause.meetings,
                None => causes.push(cause),
            }
        }
        causes.sort_by(|a, b| b.meetings.cmp(&a.meetings).then(a.kind.cmp(&b.kind)));
        causes.truncate(KEPT);
        coupling.causes = causes;
    }
}

struct Look<'l, 't> {
    lens: &'l Lens<'l>,
    texts: &'t FxHashMap<FileId, String>,
    tests: FxHashSet<FileId>,
    /// The telling words of each file, and whether one stands in quotes.
    words: FxHashMap<FileId, FxHashMap<&'t str, bool>>,
    /// How many of the files looked at hold a word.
    common: FxHashMap<&'t str, usize>,
}

impl Look<'_, '_> {
    fn cause(&self, pair: FilePair) -> Option<Cause> {
        let (a, b) = (self.path(pair.a), self.path(pair.b));
        let lines = self.lines(pair);
        let words = self.shared_words(pair);
        let either = |what: fn(&str) -> bool| what(&a) != what(&b);
        let kind = if lines.is_some_and(|(alike, of)| alike >= FEWEST_LINES && alike * 2 >= of) {
            CauseKind::Copy
        } else if is_documentation(&a) || is_documentation(&b) {
            CauseKind::Documentation
        } else if is_schema(&a) || is_schema(&b) {
            CauseKind::Schema
        } else if either(is_configuration) {
            CauseKind::Configuration
        } else if !words.is_empty() {
            CauseKind::SharedText
        } else if self.tests.contains(&pair.a) != self.tests.contains(&pair.b) {
            CauseKind::Test
        } else if !EVERYWHERE.contains(&stem(&a)) && stem(&a) == stem(&b) {
            CauseKind::Twin
        } else {
            return None;
        };
        Some(Cause { kind, pair, meetings: u64::from(pair.shared), words, lines })
    }

    fn path(&self, file: FileId) -> String {
        self.lens.facts.paths.text(self.lens.facts.files.path[file.index()]).to_lowercase()
    }

    /// Lines of the smaller file that the other has, too, and how many it has.
    fn lines(&self, pair: FilePair) -> Option<(u64, u64)> {
        let telling = |file| {
            let lines = self.texts.get(&file)?.lines().map(str::trim);
            Some(lines.filter(|line| line.len() >= SHORTEST_LINE).collect::<Vec<_>>())
        };
        let (mut a, mut b) = (telling(pair.a)?, telling(pair.b)?);
        if a.len() > b.len() {
            std::mem::swap(&mut a, &mut b);
        }
        let mut left: FxHashMap<&str, u32> = FxHashMap::default();
        b.iter().for_each(|line| *left.entry(line).or_default() += 1);
        let alike = a.iter().filter(|line| match left.get_mut(**line) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        });
        Some((alike.count() as u64, a.len() as u64))
    }

    /// Words of both files that hardly any other file looked at has; quoted ones first, then the longest.
    fn shared_words(&self, pair: FilePair) -> Vec<String> {
        let (Some(a), Some(b)) = (self.words.get(&pair.a), self.words.get(&pair.b)) else {
            return Vec::new();
        };
        let rare = |word: &str| self.common.get(word).is_some_and(|count| *count <= COMMONEST);
        let mut words: Vec<(&str, bool)> = a
            .iter()
            .filter_map(|(&word, &quoted)| Some((word, quoted || *b.get(word)?)))
            .filter(|&(word, quoted)| b.contains_key(word) && rare(word) && (quoted || is_a_key(word)))
            .collect();
        words.sort_by(|x, y| y.1.cmp(&x.1).then(y.0.len().cmp(&x.0.len())).then(x.0.cmp(y.0)));
        words.truncate(3);
        words.into_iter().map(|(word, _)| word.to_owned()).collect()
    }
}

/// Words that look made up for a purpose: with an underscore, a dash, a slash or a hump within; each with whether it
/// stands in quotes.
fn words(text: &str) -> FxHashMap<&str, bool> {
    let within = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'.');
    let bytes = text.as_bytes();
    let mut out: FxHashMap<&str, bool> = FxHashMap::default();
    let mut at = 0;
    while at < bytes.len() {
        if !within(bytes[at]) {
            at += 1;
            continue;
        }
        let end =
            bytes[at..].iter().position(|&byte| !within(byte)).map_or(bytes.len(), |length| at + length);
        let is_quote = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'))
        };
        let quoted = is_quote(at.checked_sub(1)) && is_quote(Some(end));
        let whole = &text[at..end];
        // `a.b.c` is a way through code; with a slash it is a name as a whole.
        let parts = if whole.contains('/') { vec![whole] } else { whole.split('.').collect() };
        let alone = parts.len() == 1;
        for word in parts {
            let word = word.trim_matches(['-', '/', '.']);
            if (SHORTEST_WORD..=60).contains(&word.len()) && is_telling(word) {
                *out.entry(word).or_default() |= quoted && alone;
            }
        }
        at = end;
    }
    out
}

fn is_telling(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let joined = word.contains(['_', '-', '/']);
    let hump =
        word.as_bytes().windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    letters * 2 > word.len() && (joined || hump)
}

/// Whether a word without quotes may be a key or a constant, and not just a name both sides use.
fn is_a_key(word: &str) -> bool {
    let shouts = word.contains('_') && !word.bytes().any(|byte| byte.is_ascii_lowercase());
    shouts || word.contains(['-', '/']) || (word.len() >= 16 && word.contains('_'))
}

fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |dot| &name[dot + 1..])
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

fn is_documentation(path: &str) -> bool {
    matches!(ending(path), "md" | "mdx" | "rst" | "adoc" | "asciidoc" | "txt" | "tex")
}

fn is_schema(path: &str) -> bool {
    let schemas = [
        "proto", "graphql", "graphqls", "gql", "sql", "thrift", "avsc", "avdl", "fbs", "capnp", "xsd",
        "wsdl", "prisma",
    ];
    schemas.contains(&ending(path))
        || ["openapi", "swagger", "/migrations/", ".schema."].iter().any(|part| path.contains(part))
}

fn is_configuration(path: &str) -> bool {
    let endings = [
        "yaml",
        "yml",
        "toml",
        "json",
        "json5",
        "ini",
        "cfg",
        "conf",
        "env",
        "properties",
        "xml",
        "tf",
        "hcl",
        "tpl",
    ];
    endings.contains(&ending(path)) || matches!(stem(path), "dockerfile" | "makefile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_words_are_made_up_for_a_purpose() {
        let found =
            words("const retry_limit = a.getFoo(\"X-Request-Id\", 12345_678); function return billing é");
        let mut found: Vec<(&str, bool)> = found.into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, [("X-Request-Id", true), ("getFoo", false), ("retry_limit", false)]);
        assert!(
            is_a_key("MAX_RETRIES")
                && is_a_key("x-request-id")
                && !is_a_key("retry_limit")
                && !is_a_key("getFoo")
        );
    }

    #[test]
    fn files_are_told_by_their_names() {
        assert!(is_schema("api/v1/user.proto") && is_schema("app/migrations/0001_users.py"));
        assert!(is_configuration("deploy/values.yaml") && is_configuration("dockerfile"));
        assert!(is_documentation("docs/a.md") && !is_documentation("src/a.rs"));
        assert_eq!((ending("a/b"), stem("a/b.test.ts")), ("", "b"));
    }
}
