//! Ruby as tokens. What a `/`, `%`, `?` or `<<` begins depends on whether a value or an operator may stand there, which is
//! told by the token before and by the white space around.

use crate::lex::{
    Heredoc, HoleMarks, Kind, Lexicon, Quote, RareText, Rarities, Token, nothing_special, tokens_with,
};

const LEXICON: Lexicon = Lexicon {
    line_comments: &["#"],
    block_comments: &[],
    nested_comments: false,
    quotes: &[
        Quote { lines: true, ..Quote::plain("\"") }.hole("#{", b'}'),
        Quote { lines: true, ..Quote::plain("'") },
        Quote { lines: true, ..Quote::plain("`") }.hole("#{", b'}'),
    ],
    word_marks: b"@$",
    special: nothing_special,
};

const RARITIES: Rarities = Rarities { comment, text, heredoc };

/// Code within a text.
const HOLE: HoleMarks = ("#{", b'}');

/// Words behind which a value begins.
const BEFORE_VALUES: [&str; 22] = [
    "if", "unless", "while", "until", "elsif", "when", "in", "and", "or", "not", "return", "then", "do",
    "else", "case", "puts", "yield", "break", "next", "rescue", "ensure", "begin",
];

/// The tokens of a file, up to `__END__`.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    tokens_with(before_data(text), &LEXICON, &RARITIES)
}

/// What stands before a line `__END__`.
fn before_data(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "__END__" && line.starts_with("__END__") {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// `=begin` to `=end`, each at the begin of its line.
fn comment(source: &str, at: usize) -> Option<usize> {
    let rest = &source[at..];
    let begins_line = at == 0 || source.as_bytes()[at - 1] == b'\n';
    if !begins_line || !rest.starts_with("=begin") {
        return None;
    }
    let end = rest.find("\n=end").map_or(rest.len(), |end| end + 1);
    Some(end + rest[end..].find('\n').unwrap_or(rest.len() - end))
}

/// What stands between a token and an offset: white space and comments.
fn gap<'s>(before: &Token<'_>, source: &'s str, at: usize) -> &'s str {
    source.get(before.end()..at).unwrap_or_default()
}

/// Whether a value may begin at an offset.
fn value_may_begin(before: Option<&Token<'_>>, source: &str, at: usize) -> bool {
    let Some(before) = before else { return true };
    let gap = gap(before, source, at);
    // No operator that could be taken for a text begins a line.
    if gap.contains('\n') {
        return true;
    }
    match before.kind {
        Kind::Text | Kind::Number => false,
        Kind::Mark => !matches!(before.text, ")" | "]" | "}" | "."),
        Kind::Word if BEFORE_VALUES.contains(&before.text) => true,
        // `name /x/` passes a value where `name / x` and `name/x` divide; variables and constants take none.
        Kind::Word => {
            let lower = before.text.starts_with(|c: char| c.is_lowercase() || c == '_');
            let next = source.as_bytes().get(at + 1).copied().unwrap_or(b' ');
            lower && before.text != "def" && !gap.is_empty() && !matches!(next, b' ' | b'=' | b'\n' | b'\r')
        }
    }
}

fn text(before: Option<&Token<'_>>, source: &str, at: usize) -> Option<RareText> {
    let rest = &source[at..];
    match rest.as_bytes().first()? {
        b'/' if value_may_begin(before, source, at) => {
            // A longer one is more likely a division that was taken for a pattern.
            let (length, closed) = delimited(&rest[1..], '/', '/', 4_096);
            closed.then_some((length + 1, Some(HOLE)))
        }
        b'%' if value_may_begin(before, source, at) => percent(rest),
        b'?' => {
            let touches = before.is_some_and(|before| before.is_word() && gap(before, source, at).is_empty());
            let next = rest.chars().nth(1).filter(|c| !c.is_whitespace() && !touches)?;
            let length = 1 + next.len_utf8() + usize::from(next == '\\');
            let after = rest.get(length..)?.chars().next();
            let one = !after.is_some_and(|c| c.is_alphanumeric() || c == '_');
            (one && value_may_begin(before, source, at)).then_some((length, None))
        }
        b'$' => rest.chars().nth(1).filter(|c| c.is_ascii_punctuation() && *c != '_').map(|_| (2, None)),
        // Operators as symbols.
        b':' if before.is_none_or(|before| {
            !gap(before, source, at).is_empty() || !(before.is_word() || before.is(":"))
        }) =>
        {
            let operator =
                ["<<", "/", "%", "`", "[]", "=~", "!"].iter().find(|one| rest[1..].starts_with(**one));
            operator.map(|operator| (1 + operator.len(), None))
        }
        _ => None,
    }
}

/// `%w[…]`, `%q(…)`, `%r{…}`, `%(…)` and their like.
fn percent(rest: &str) -> Option<RareText> {
    let after = &rest[1..];
    let sort = after.chars().next()?;
    let (skip, open) = if "wWiIqQrsx".contains(sort) {
        (1, after[1..].chars().next().filter(|c| c.is_ascii_punctuation())?)
    } else {
        (0, Some(sort).filter(|c| "([{<|!^/".contains(*c))?)
    };
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        same => same,
    };
    let length = 2 + skip + delimited(&after[skip + 1..], open, close, usize::MAX).0;
    Some((length, Some(HOLE).filter(|_| !"wiqs".contains(sort))))
}

/// How long a text is with its closing delimiter, and whether it has one within so many bytes.
fn delimited(rest: &str, open: char, close: char, most: usize) -> (usize, bool) {
    let (mut depth, mut code, mut escaped, mut last) = (0usize, 0usize, false, ' ');
    for (at, c) in rest.char_indices().take_while(|(at, _)| *at < most) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if code > 0 || (c == '{' && last == '#') {
            match c {
                '{' => code += 1,
                '}' => code -= 1,
                _ => {}
            }
        } else if c == close {
            if depth == 0 {
                return (at + c.len_utf8(), true);
            }
            depth -= 1;
        } else if c == open {
            depth += 1;
        }
        last = c;
    }
    (rest.len(), false)
}

/// `<<~WORD`, `<<-WORD`, `<<WORD`, with quotes around the word or without.
fn heredoc<'s>(before: Option<&Token<'_>>, source: &'s str, at: usize) -> Option<Heredoc<'s>> {
    let after = source[at..].strip_prefix("<<")?;
    let indented = after.starts_with(['~', '-']);
    let word = &after[usize::from(indented)..];
    let quote = word.chars().next().filter(|c| "\"'`".contains(*c));
    let (word, opener) = match quote {
        Some(quote) => {
            let word = word[1..].split(quote).next().filter(|word| !word.contains('\n'))?;
            (word, 4 + usize::from(indented) + word.len())
        }
        None => {
            let length = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
            // `list <<name` appends.
            let upper = word.starts_with(|c: char| c.is_uppercase() || c == '_');
            (&word[..length], Some(2 + usize::from(indented) + length).filter(|_| indented || upper)?)
        }
    };
    let begins = word.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if !begins || !value_may_begin(before, source, at) {
        return None;
    }
    Some(Heredoc { opener, word, indented, alone: true, hole: (quote != Some('\'')).then_some(HOLE) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn a_slash_divides_or_begins_a_pattern() {
        assert_eq!(texts("a / b / C"), ["a", "/", "b", "/", "C"]);
        assert_eq!(texts("a/b # 'c"), ["a", "/", "b"]);
        assert_eq!(texts("if /x'y/ =~ z"), ["if", "/x'y/", "=", "~", "z"]);
        assert_eq!(texts("split /'/, 2"), ["split", "/'/", ",", "2"]);
        assert_eq!(texts("[1] / 2 + '/'"), ["[", "1", "]", "/", "2", "+", "/"]);
        assert_eq!(texts("x = /a#{b('/')}\\/c/i"), ["x", "=", "/a#{b('/')}\\/c/", "b", "(", "/", ")", "i"]);
    }

    #[test]
    fn percent_signs_begin_texts() {
        assert_eq!(texts("%w[a' [b] c] d"), ["%w[a' [b] c]", "d"]);
        assert_eq!(texts("f %(a (\") b), c"), ["f", "%(a (\") b)", ",", "c"]);
        assert_eq!(texts("a % (b)"), ["a", "%", "(", "b", ")"]);
    }

    #[test]
    fn single_characters_and_globals_are_no_quotes() {
        assert_eq!(texts("x == ?' ? $' : $\""), ["x", "=", "=", "?'", "?", "$'", ":", "$\""]);
        assert_eq!(texts("empty? ? 'a' : b"), ["empty", "?", "?", "a", ":", "b"]);
        assert_eq!(texts("inject(:/) + :'a b'"), ["inject", "(", ":/", ")", "+", ":", "a b"]);
    }

    #[test]
    fn texts_below_their_line_are_texts() {
        let text = "f(<<~A, <<-'B'.strip)\n it's #{c}\n  A\n #{d}\nB\ne << F\nclass << self\n";
        let all =
            ["f", "(", "", ",", "", ".", "strip", ")", "c", "e", "<", "<", "F", "class", "<", "<", "self"];
        assert_eq!(texts(text), all);
    }

    #[test]
    fn documents_and_data_are_left_out() {
        assert_eq!(texts("a\n=begin\nit's\n=end it's\nb\n__END__\nit's"), ["a", "b"]);
        assert_eq!(texts("=begin\nx"), [""; 0]);
    }
}
