//! PHP as tokens: what stands in `<?php … ?>`, `<?= … ?>`; the page around it is left out.

use crate::lex::{Heredoc, Lexicon, Quote, Rarities, Token, nothing_special, tokens_with};

const LEXICON: Lexicon = Lexicon {
    line_comments: &[],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[
        Quote { lines: true, ..Quote::plain("\"") }.hole("{$", b'}'),
        Quote { lines: true, ..Quote::plain("'") },
        Quote { lines: true, ..Quote::plain("`") }.hole("{$", b'}'),
    ],
    // `$` makes variables words of their own.
    word_marks: b"$",
    special: nothing_special,
};

const RARITIES: Rarities = Rarities { comment, heredoc, ..Rarities::NONE };

/// The tokens of a file.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    tokens_with(text, &LEXICON, &RARITIES)
}

/// The page before, between and after code; a comment, which ends with its line or with the code.
fn comment(source: &str, at: usize) -> Option<usize> {
    let rest = &source[at..];
    if let Some(behind) = rest.strip_prefix("?>") {
        return Some(2 + page(behind));
    }
    let opens = rest.starts_with("//") || (rest.starts_with('#') && !rest.starts_with("#["));
    if !opens {
        return None;
    }
    let line = rest.split('\n').next().unwrap_or(rest);
    Some(line.find("?>").unwrap_or(line.len()))
}

/// How much of a text stands before its next code, with what opens that.
pub(super) fn page(text: &str) -> usize {
    let mut at = 0;
    while let Some(open) = text[at..].find("<?") {
        at += open + 2;
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"=") {
            return at + 1;
        }
        if rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"php")) {
            return at + 3;
        }
    }
    text.len()
}

/// `<<<WORD`, `<<<"WORD"`, `<<<'WORD'`.
fn heredoc<'s>(_before: Option<&Token<'_>>, source: &'s str, at: usize) -> Option<Heredoc<'s>> {
    let after = source[at..].strip_prefix("<<<")?;
    let word = after.trim_start_matches([' ', '\t']);
    let quote = word.chars().next().filter(|c| "\"'".contains(*c));
    let word = &word[usize::from(quote.is_some())..];
    let length = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
    let quotes = usize::from(quote.is_some());
    let opener = source.len() - at - word.len() + length + quotes;
    let hole = (quote != Some('\'')).then_some(("{$", b'}'));
    (length > 0).then_some(Heredoc { opener, word: &word[..length], indented: true, alone: false, hole })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn pages_and_comments_are_left_out() {
        assert_eq!(
            texts("a // it's ?> it's <?= b # c's\n?>d<?xml ?><?php e /* ' */ #[F]"),
            ["a", "b", "e", "#", "[", "F", "]"]
        );
        assert_eq!(page("<p>it's <?php x"), 13);
        assert_eq!(page("<p>"), 3);
    }

    #[test]
    fn texts_hold_code_and_run_below_their_line() {
        assert_eq!(texts("\"a {$b[\"c\"]} d\" . $e"), ["a ", "b", "[", "c", "]", ".", "$e"]);
        assert_eq!(texts("f(<<<'X'\nit's {$a}\n  X, b);"), ["f", "(", "", ",", "b", ")", ";"]);
        assert_eq!(texts("<<<X\nit's {$a}\nX;"), ["", "a", ";"]);
    }
}
