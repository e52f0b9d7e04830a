//! How Rust is written, as far as tokens tell.

use crate::lex::{self, Lexicon, Quote, Token, character};

const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: true,
    quotes: &[Quote { lines: true, ..Quote::plain("\"") }],
    word_marks: b"",
    special,
};

/// Raw texts and characters.
fn special(before: Option<&Token<'_>>, rest: &str) -> Option<usize> {
    let raw = ["r", "br", "cr"].iter().find_map(|prefix| rest.strip_prefix(prefix));
    if let Some(raw) = raw.filter(|raw| raw.starts_with(['"', '#'])) {
        let marks = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw[marks..].strip_prefix('"')?;
        let close = format!("\"{}", &raw[..marks]);
        let end = inner.find(&close).map_or(inner.len(), |at| at + close.len());
        return Some(rest.len() - inner.len() + end);
    }
    character(before, rest)
}

/// The tokens of a source; `r#type` is the name `type`.
pub(super) fn read(source: &str) -> Vec<Token<'_>> {
    without_raw_marks(lex::tokens(source, &LEXICON))
}

fn without_raw_marks(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let raw = |at: usize| {
        let marks = tokens.get(at..at + 3);
        marks.is_some_and(|run| {
            run[0].is("r")
                && run[1].is("#")
                && run[2].is_word()
                && run[1].at as usize == run[0].end()
                && run[2].at as usize == run[1].end()
        })
    };
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        at += if raw(at) { 2 } else { 0 };
        out.push(tokens[at]);
        at += 1;
    }
    out
}

pub(super) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "as" | "async"
            | "await"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "pub"
            | "ref"
            | "return"
            | "self"
            | "Self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "type"
            | "unsafe"
            | "use"
            | "where"
            | "while"
            | "_"
    )
}

/// Macros of the standard library that everybody calls.
pub(super) fn is_known(name: &str) -> bool {
    matches!(
        name,
        "assert"
            | "assert_eq"
            | "assert_ne"
            | "cfg"
            | "concat"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "env"
            | "eprintln"
            | "format"
            | "format_args"
            | "panic"
            | "print"
            | "println"
            | "stringify"
            | "todo"
            | "unimplemented"
            | "unreachable"
            | "vec"
            | "write"
            | "writeln"
    )
}
