//! Terraform: the modules a configuration calls, and the files it reads.

use super::{Place, or_within, reference};
use crate::{
    Language, Name, Scan,
    lex::{Heredoc, Kind, Lexicon, Quote, Rarities, Token, balanced, nothing_special, tokens_with},
};

pub(super) const LANGUAGE: Language =
    Language { name: "terraform", endings: &[".tf", ".tofu"], descends: false, scan };

const LEXICON: Lexicon = Lexicon {
    line_comments: &["#", "//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[Quote::plain("\"").hole("${", b'}')],
    word_marks: b"",
    special: nothing_special,
};

const RARITIES: Rarities = Rarities { heredoc, ..Rarities::NONE };

/// `<<EOT`, `<<-EOT`
fn heredoc<'s>(_before: Option<&Token<'_>>, source: &'s str, at: usize) -> Option<Heredoc<'s>> {
    let after = source[at..].strip_prefix("<<")?;
    let word = after.strip_prefix('-').unwrap_or(after);
    let length = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
    let opener = source.len() - at - word.len() + length;
    let hole = Some(("${", b'}'));
    (length > 0).then_some(Heredoc { opener, word: &word[..length], indented: true, alone: true, hole })
}

/// Functions that read a file.
const READS: [&str; 8] = [
    "file",
    "templatefile",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "filemd5",
    "filesha1",
    "filesha256",
];

/// What modules usually hold; the first of them stands for one.
const MODULE: [&str; 6] =
    ["main.tf", "main.tofu", "variables.tf", "outputs.tf", "versions.tf", "providers.tf"];

fn scan(_path: &str, text: &str) -> Scan {
    let tokens = tokens_with(text, &LEXICON, &RARITIES);
    let mut names = Vec::new();
    let (mut depth, mut module) = (0usize, None);
    for (at, token) in tokens.iter().enumerate() {
        let is = |ahead: usize, mark: &str| tokens.get(at + ahead).is_some_and(|token| token.is(mark));
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth = depth.saturating_sub(1);
            module = module.filter(|begin| depth > *begin);
        } else if token.is("module") && is(2, "{") {
            module = Some(depth);
        } else if token.is("source") && module == depth.checked_sub(1) && module.is_some() && is(1, "=") {
            names.extend(literal(text, tokens.get(at + 2)).map(|source| called(source, token.line)));
        } else if READS.contains(&token.text) && token.kind == Kind::Word && is(1, "(") {
            names.extend(literal(text, tokens.get(at + 2)).and_then(|path| read(path, token.line)));
        }
    }
    Scan { names, broken: !balanced(&tokens), ..Scan::default() }
}

/// A text with the code in it, up to its closing quote.
fn literal<'s>(text: &'s str, token: Option<&Token<'_>>) -> Option<&'s str> {
    let begin = token.filter(|token| token.kind == Kind::Text)?.at as usize;
    text.get(begin..)?.split(['"', '\n']).next()
}

fn called(source: &str, line: u32) -> Name {
    if source.starts_with("./") || source.starts_with("../") {
        return or_within(reference(source, line, &[(Place::Here, source)]), &MODULE);
    }
    // `owner/name/provider//part`, `git::https://host/x?ref=y`
    let whole = source.split('?').next().unwrap_or(source);
    reference(source, line, &[(Place::Outside, whole)])
}

/// A path below the module; others depend on where it is run from.
fn read(path: &str, line: u32) -> Option<Name> {
    let below = path.strip_prefix("${path.module}/").filter(|below| !below.contains("${"))?;
    Some(reference(path, line, &[(Place::Here, below)]))
}
