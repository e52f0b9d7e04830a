//! Source code as tokens: words, texts, marks. What imports, declarations and names need of a language is its tokens.
//!
//! ```text
//! import a.b.C // why      ──▶   import  a  .  b  .  C
//! val s = "x ${f("y")} z"  ──▶   val  s  =  «x »  f  (  «y»  )
//! ```
//!
//! A [`Lexicon`] says how a language writes comments and texts; everything else is the same for all. Comments and white
//! space are left out, code inside of a text (`${…}`) is code. It takes time linear in the text whatever the text is:
//! nothing is tried twice, nothing recurses, what is not closed ends with the line or the file.

/// What stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A literal text, without its quotes; where code interrupts it, only what stands before.
    Text,
    /// A number.
    Number,
    /// One punctuation character.
    Mark,
}

/// A piece of source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    pub(crate) text: &'s str,
    /// From 1.
    pub(crate) line: u32,
    /// Where it begins in the source, in bytes; for a text, behind its quote.
    pub(crate) at: u32,
}

impl Token<'_> {
    /// Whether it is this word or mark.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, Kind::Word | Kind::Mark)
    }

    /// Whether it is a word.
    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    /// Where it ends in the source; for a text, before its closing quote.
    pub(crate) fn end(&self) -> usize {
        self.at as usize + self.text.len()
    }
}

/// How one sort of text is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quote {
    pub(crate) open: &'static str,
    pub(crate) close: &'static str,
    /// `\` takes the next character out of meaning.
    pub(crate) escapes: bool,
    /// The closing quote written twice is one of the text.
    pub(crate) doubles: bool,
    /// It may run over lines; else an unclosed one ends with its line.
    pub(crate) lines: bool,
    /// What opens and closes code within it, as `${` and `}`. An opener of one character written twice is text.
    pub(crate) hole: Option<(&'static str, u8)>,
    /// Holes only where a word stands right in front, as Scala's `s"…"`.
    pub(crate) only_prefixed: bool,
}

impl Quote {
    /// A text on one line with escapes.
    pub(crate) const fn plain(quote: &'static str) -> Self {
        Self {
            open: quote,
            close: quote,
            escapes: true,
            doubles: false,
            lines: false,
            hole: None,
            only_prefixed: false,
        }
    }

    /// A text that may run over lines and knows no escapes.
    pub(crate) const fn raw(open: &'static str, close: &'static str) -> Self {
        Self { open, close, escapes: false, doubles: false, lines: true, hole: None, only_prefixed: false }
    }

    /// The same with code between these.
    pub(crate) const fn hole(self, open: &'static str, close: u8) -> Self {
        Self { hole: Some((open, close)), ..self }
    }
}

/// How a language writes comments and texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexicon {
    /// What begins a comment to the end of the line.
    pub(crate) line_comments: &'static [&'static str],
    /// What begins and ends a comment.
    pub(crate) block_comments: &'static [(&'static str, &'static str)],
    /// Whether block comments hold block comments.
    pub(crate) nested_comments: bool,
    /// Texts, those with longer openers first.
    pub(crate) quotes: &'static [Quote],
    /// Characters of words besides letters, digits and `_`.
    pub(crate) word_marks: &'static [u8],
    /// How many bytes are one text of a sort [`quotes`](Self::quotes) cannot tell; given the token before and the rest.
    pub(crate) special: fn(Option<&Token<'_>>, &str) -> Option<usize>,
}

/// No special texts.
pub(crate) fn nothing_special(_before: Option<&Token<'_>>, _rest: &str) -> Option<usize> {
    None
}

/// `'x'`, `'\n'`, `'\u{1F}'`: a character, where a lone `'` begins something else (a lifetime, a symbol).
pub(crate) fn character(_before: Option<&Token<'_>>, rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escaped) = inner.strip_prefix('\\') {
        let skip = escaped.chars().next()?.len_utf8();
        let line = escaped.split('\n').next().unwrap_or(escaped);
        return line.get(skip..)?.find('\'').filter(|at| *at < 12).map(|at| 2 + skip + at + 1);
    }
    let length = inner.chars().next().filter(|c| *c != '\'')?.len_utf8();
    inner[length..].starts_with('\'').then_some(length + 2)
}

/// What few languages have besides what a [`Lexicon`] says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rarities {
    /// How many bytes of the source from an offset are a comment of a sort the lexicon cannot tell.
    pub(crate) comment: fn(&str, usize) -> Option<usize>,
    /// Whether a text begins at an offset, given the token before.
    pub(crate) text: fn(Option<&Token<'_>>, &str, usize) -> Option<RareText>,
    /// Whether a text that stands below its line is announced at an offset, given the token before.
    pub(crate) heredoc: for<'s> fn(Option<&Token<'_>>, &'s str, usize) -> Option<Heredoc<'s>>,
}

/// How many bytes a text has, and what opens and closes code within it.
pub(crate) type RareText = (usize, Option<HoleMarks>);

/// What opens and closes code within a text.
pub(crate) type HoleMarks = (&'static str, u8);

impl Rarities {
    pub(crate) const NONE: Self =
        Self { comment: |_, _| None, text: |_, _, _| None, heredoc: |_, _, _| None };
}

/// `<<~SQL`: a text that begins on the next line and ends with a line that begins with a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heredoc<'s> {
    /// How many bytes announce it.
    pub(crate) opener: usize,
    /// What ends it.
    pub(crate) word: &'s str,
    /// Whether white space may stand before that word.
    pub(crate) indented: bool,
    /// Whether that word must have its line to itself.
    pub(crate) alone: bool,
    /// What opens and closes code within it.
    pub(crate) hole: Option<HoleMarks>,
}

impl Heredoc<'_> {
    /// Where the text ends, and where the code goes on, counted from the begin of the text.
    fn end(&self, body: &str) -> (usize, usize) {
        let mut at = 0;
        for line in body.split_inclusive('\n') {
            let begin = if self.indented { line.len() - line.trim_start().len() } else { 0 };
            if let Some(rest) = line[begin..].strip_prefix(self.word)
                && (rest.trim_end_matches(['\n', '\r']).is_empty()
                    || (!self.alone && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')))
            {
                return (at, at + begin + self.word.len());
            }
            at += line.len();
        }
        (at, at)
    }
}

/// A hole that is open: the text goes on when it closes.
struct Hole {
    within: Within,
    close: u8,
    depth: usize,
}

/// The text a hole is in.
#[derive(Clone, Copy)]
enum Within {
    Quote(Quote),
    /// It ends here, and code goes on there.
    Until {
        hole: HoleMarks,
        end: usize,
        next: usize,
    },
}

/// More texts within the code of texts are written by programs.
const DEEPEST_TEXT: usize = 8;

/// The tokens of a source, in order.
pub(crate) fn tokens<'s>(source: &'s str, lexicon: &Lexicon) -> Vec<Token<'s>> {
    tokens_with(source, lexicon, &Rarities::NONE)
}

/// The same, for a language with rarities.
pub(crate) fn tokens_with<'s>(source: &'s str, lexicon: &Lexicon, rarities: &Rarities) -> Vec<Token<'s>> {
    let out = Vec::with_capacity(source.len() / 6);
    let mut lexer =
        Lexer { source, lexicon, rarities, at: 0, line: 1, holes: Vec::new(), announced: Vec::new(), out };
    lexer.run();
    lexer.out
}

struct Lexer<'s, 'l> {
    source: &'s str,
    lexicon: &'l Lexicon,
    rarities: &'l Rarities,
    at: usize,
    line: u32,
    holes: Vec<Hole>,
    /// Texts that begin on the next line.
    announced: Vec<Heredoc<'s>>,
    out: Vec<Token<'s>>,
}

impl<'s> Lexer<'s, '_> {
    fn run(&mut self) {
        let bytes = self.source.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.at += 1;
                    if !self.announced.is_empty() {
                        self.heredocs();
                    }
                }
                b' ' | b'\t' | b'\r' | 0x0c => self.at += 1,
                _ if self.is_word_start(byte) => self.word(),
                b'0'..=b'9' => self.number(),
                _ if self.comment()
                    || self.heredoc()
                    || self.rare_text()
                    || self.special()
                    || self.quote() => {}
                _ => self.mark(byte),
            }
        }
    }

    fn is_word_start(&self, byte: u8) -> bool {
        byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 || self.lexicon.word_marks.contains(&byte)
    }

    fn is_word_byte(&self, byte: u8) -> bool {
        self.is_word_start(byte) || byte.is_ascii_digit()
    }

    fn push(&mut self, kind: Kind, from: usize, to: usize) {
        // Files over a mebibyte are not read.
        let at = u32::try_from(from).unwrap_or(u32::MAX);
        self.out.push(Token { kind, text: &self.source[from..to], line: self.line, at });
    }

    fn word(&mut self) {
        let from = self.at;
        // `r"…"` and its like are told by the language; they begin as words do.
        if self.rare_text() || self.special() {
            return;
        }
        let bytes = self.source.as_bytes();
        while bytes.get(self.at).is_some_and(|&byte| self.is_word_byte(byte)) {
            self.at += 1;
        }
        self.push(Kind::Word, from, self.at);
    }

    fn number(&mut self) {
        let from = self.at;
        let bytes = self.source.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let next = bytes.get(self.at + 1).copied().unwrap_or(0);
            // 1.5, but not 1..2 and not 1.max()
            let joins =
                (byte == b'.' && next.is_ascii_digit()) || (byte == b'\'' && next.is_ascii_alphanumeric());
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || joins) {
                break;
            }
            self.at += 1;
        }
        self.push(Kind::Number, from, self.at);
    }

    fn mark(&mut self, byte: u8) {
        if let Some(hole) = self.holes.last_mut() {
            let open = match hole.close {
                b'}' => b'{',
                b')' => b'(',
                _ => b'[',
            };
            if byte == open {
                hole.depth += 1;
            } else if byte == hole.close {
                if hole.depth == 0 {
                    let within = hole.within;
                    self.holes.pop();
                    self.at += 1;
                    match within {
                        Within::Quote(quote) => self.rest_of_text(quote, true),
                        Within::Until { hole, end, next } => self.rest_until(hole, end, next),
                    }
                    return;
                }
                hole.depth -= 1;
            }
        }
        self.push(Kind::Mark, self.at, self.at + 1);
        self.at += 1;
    }

    /// Passes over a comment.
    fn comment(&mut self) -> bool {
        let rest = &self.source.as_bytes()[self.at..];
        if let Some(length) = (self.rarities.comment)(self.source, self.at) {
            let length = length.clamp(1, rest.len());
            self.line += newlines(&rest[..length]);
            self.at += length;
            return true;
        }
        if self.lexicon.line_comments.iter().any(|open| rest.starts_with(open.as_bytes())) {
            self.at += memchr(b'\n', rest);
            return true;
        }
        let found =
            self.lexicon.block_comments.iter().find(|(open, _)| rest.starts_with(open.as_bytes())).copied();
        let Some((open, close)) = found else { return false };
        let (mut at, mut depth) = (open.len(), 1);
        while at < rest.len() && depth > 0 {
            if rest[at..].starts_with(close.as_bytes()) {
                depth -= 1;
                at += close.len();
            } else if self.lexicon.nested_comments && rest[at..].starts_with(open.as_bytes()) {
                depth += 1;
                at += open.len();
            } else {
                self.line += u32::from(rest[at] == b'\n');
                at += 1;
            }
        }
        self.at += at;
        true
    }

    fn special(&mut self) -> bool {
        let rest = &self.source[self.at..];
        let Some(length) = (self.lexicon.special)(self.out.last(), rest) else { return false };
        let end = self.at + length.min(rest.len());
        self.push(Kind::Text, self.at, end);
        self.line += newlines(&self.source.as_bytes()[self.at..end]);
        self.at = end;
        true
    }

    /// Notes a text that begins on the next line; here it is an empty one.
    fn heredoc(&mut self) -> bool {
        let found = (self.rarities.heredoc)(self.out.last(), self.source, self.at);
        let Some(heredoc) = found else { return false };
        if !self.is_deep() {
            self.announced.push(heredoc);
        }
        self.at = (self.at + heredoc.opener).min(self.source.len());
        self.push(Kind::Text, self.at, self.at);
        true
    }

    /// A text that only the language can tell, up to the first code within it.
    fn rare_text(&mut self) -> bool {
        let found = (self.rarities.text)(self.out.last(), self.source, self.at);
        let Some((length, hole)) = found else { return false };
        let end = (self.at + length).min(self.source.len());
        self.push(Kind::Text, self.at, end);
        match hole.filter(|_| !self.is_deep()) {
            Some(hole) => self.rest_until(hole, end, end),
            None => self.pass_until(end, end),
        }
        true
    }

    /// Whether the code stands in so many texts that further ones are not looked into.
    fn is_deep(&self) -> bool {
        self.holes.iter().filter(|hole| matches!(hole.within, Within::Until { .. })).count() >= DEEPEST_TEXT
    }

    /// Passes over the first text announced on the line before, up to the first code within it.
    fn heredocs(&mut self) {
        let heredoc = self.announced.remove(0);
        let (end, next) = heredoc.end(&self.source[self.at..]);
        let (end, next) = (self.at + end, self.at + next);
        match heredoc.hole {
            Some(hole) => self.rest_until(hole, end, next),
            None => self.pass_until(end, next),
        }
    }

    fn pass_until(&mut self, end: usize, next: usize) {
        self.line += newlines(&self.source.as_bytes()[self.at.min(end)..end]);
        self.at = next.max(self.at);
    }

    fn rest_until(&mut self, hole: HoleMarks, end: usize, next: usize) {
        let bytes = self.source.as_bytes();
        let mut at = self.at;
        while at < end {
            if bytes[at] == b'\\' {
                at += 2;
            } else if bytes[at..end].starts_with(hole.0.as_bytes()) {
                self.line += newlines(&bytes[self.at..at]);
                self.at = at + hole.0.len();
                let within = Within::Until { hole, end, next };
                self.holes.push(Hole { within, close: hole.1, depth: 0 });
                return;
            } else {
                at += 1;
            }
        }
        self.pass_until(end, next);
    }

    fn quote(&mut self) -> bool {
        let rest = &self.source.as_bytes()[self.at..];
        let found = self.lexicon.quotes.iter().find(|quote| rest.starts_with(quote.open.as_bytes()));
        let Some(&(mut quote)) = found else { return false };
        let adjacent = self.at > 0 && self.is_word_byte(self.source.as_bytes()[self.at - 1]);
        if quote.only_prefixed && !adjacent {
            quote.hole = None;
        }
        self.at += quote.open.len();
        self.rest_of_text(quote, false);
        true
    }

    /// From within a text to its end, or to code inside of it.
    fn rest_of_text(&mut self, quote: Quote, again: bool) {
        let bytes = self.source.as_bytes();
        let (from, line) = (self.at, self.line);
        let close = quote.close.as_bytes();
        let mut lines = 0;
        let (end, next) = loop {
            let Some(&byte) = bytes.get(self.at) else { break (self.at, self.at) };
            let rest = &bytes[self.at..];
            if byte == b'\n' {
                if !quote.lines {
                    break (self.at, self.at);
                }
                lines += 1;
            } else if rest.starts_with(close) {
                if quote.doubles && rest[close.len()..].starts_with(close) {
                    self.at += 2 * close.len();
                    continue;
                }
                // `""""` closes `"""` one later: the first quote is of the text.
                let longer = close.len() > 1 && rest.get(close.len()) == close.last();
                if !longer {
                    break (self.at, self.at + close.len());
                }
            } else if let Some((open, closes)) =
                quote.hole.filter(|(open, _)| rest.starts_with(open.as_bytes()))
            {
                let twice = open.len() == 1 && rest[1..].starts_with(open.as_bytes());
                if !twice {
                    let end = self.at;
                    self.at += open.len();
                    self.holes.push(Hole { within: Within::Quote(quote), close: closes, depth: 0 });
                    self.text(from, end, line, again);
                    self.line += lines;
                    return;
                }
                self.at += 1;
            } else if byte == b'\\' && quote.escapes {
                lines += u32::from(rest.get(1) == Some(&b'\n'));
                self.at += 1;
            }
            self.at = (self.at + 1).min(bytes.len());
        };
        self.at = next;
        self.text(from, end, line, again);
        self.line += lines;
    }

    fn text(&mut self, from: usize, to: usize, line: u32, again: bool) {
        if !again {
            let at = u32::try_from(from).unwrap_or(u32::MAX);
            // An escape at the very end may have led past a character's first byte.
            let text = self.source.get(from..to).unwrap_or_default();
            self.out.push(Token { kind: Kind::Text, text, line, at });
        }
    }
}

fn memchr(byte: u8, bytes: &[u8]) -> usize {
    bytes.iter().position(|one| *one == byte).unwrap_or(bytes.len())
}

fn newlines(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// Whether every bracket is closed by one of its kind, in order: a sign that a file was read as it is meant.
pub(crate) fn balanced(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    let closes = |token: &Token<'_>| match token.text {
        ")" => Some("("),
        "]" => Some("["),
        "}" => Some("{"),
        _ => None,
    };
    for token in tokens.iter().filter(|token| token.kind == Kind::Mark) {
        if let "(" | "[" | "{" = token.text {
            open.push(token.text);
        } else if let Some(opener) = closes(token)
            && open.pop() != Some(opener)
        {
            return false;
        }
    }
    open.is_empty()
}

/// For every token itself, and for an opening bracket where it closes; one that is not closed does so at the last token.
pub(crate) fn partners(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut out: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Mark) {
        match token.text {
            "(" | "[" | "{" => open.push(at),
            ")" | "]" | "}" => {
                if let Some(opener) = open.pop() {
                    out[opener] = at;
                }
            }
            _ => {}
        }
    }
    open.into_iter().for_each(|opener| out[opener] = tokens.len() - 1);
    out
}

/// The words of a path from a token on, as `a . b . C`, with what separates them: how it reads without white space, and
/// the token behind it.
pub(crate) fn path(tokens: &[Token<'_>], mut at: usize, separator: &str) -> (String, usize) {
    let mut out = String::new();
    let marks = separator.len();
    loop {
        match tokens.get(at) {
            Some(token) if token.is_word() => out.push_str(token.text.trim_matches('`')),
            _ => return (out, at),
        }
        at += 1;
        let follows = tokens.get(at..at + marks).is_some_and(|run| {
            run.iter()
                .zip(separator.chars())
                .all(|(token, mark)| token.kind == Kind::Mark && token.text.starts_with(mark))
        });
        if !(follows && tokens.get(at + marks).is_some_and(Token::is_word)) {
            return (out, at);
        }
        out.push_str(separator);
        at += marks;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KOTLIN: Lexicon = Lexicon {
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        quotes: &[
            Quote::raw("\"\"\"", "\"\"\"").hole("${", b'}'),
            Quote::plain("\"").hole("${", b'}'),
            Quote::plain("'"),
        ],
        word_marks: b"`",
        special: nothing_special,
    };

    fn texts(source: &str) -> Vec<&str> {
        tokens(source, &KOTLIN).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_space_are_left_out() {
        assert_eq!(texts("a /* b /* c */ \n d */ e // f\ng"), ["a", "e", "g"]);
        assert_eq!(tokens("a /* \n */ b", &KOTLIN)[1].line, 2);
    }

    #[test]
    fn code_in_a_text_is_code() {
        assert_eq!(
            texts(r#"s = "x ${f("y") + "{"} z" + t"#),
            ["s", "=", "x ", "f", "(", "y", ")", "+", "{", "+", "t"]
        );
        assert_eq!(texts(r#""a \" b" c"#), [r#"a \" b"#, "c"]);
        assert_eq!(texts("\"\"\"a \"b\" ${c}\n\"\"\"\" d"), ["a \"b\" ", "c", "d"]);
    }

    #[test]
    fn what_is_not_closed_ends_with_its_line() {
        assert_eq!(texts("\"a\nb"), ["a", "b"]);
        assert_eq!(texts("\"\\"), ["\\"]);
        assert_eq!(texts("/* a"), [""; 0]);
        assert_eq!(texts("1.5e3 1..2 0xff_u8"), ["1.5e3", "1", ".", ".", "2", "0xff_u8"]);
    }

    #[test]
    fn characters_are_not_lifetimes() {
        assert_eq!(character(None, "'a'"), Some(3));
        assert_eq!(character(None, r"'\''"), Some(4));
        assert_eq!(character(None, r"'\u{1F600}' x"), Some(11));
        assert_eq!(character(None, "'a, 'b'"), None);
        assert_eq!(character(None, "'é'"), Some(4));
    }

    #[test]
    fn brackets_have_partners() {
        assert_eq!(partners(&tokens("( a [ ] )", &KOTLIN)), [4, 1, 3, 3, 4]);
        assert_eq!(partners(&tokens(") ( a { b", &KOTLIN)), [0, 4, 2, 4, 4]);
        assert_eq!(partners(&[]), [0usize; 0]);
    }

    #[test]
    fn paths_are_read_across_white_space() {
        let all = tokens("import a . b\n.C;", &KOTLIN);
        assert_eq!(path(&all, 1, "."), ("a.b.C".to_owned(), 6));
        assert_eq!(path(&all, 6, ".").0, "");
    }

    /// Ruby's, as far as these tests go.
    const RARITIES: Rarities = Rarities {
        comment: |source, at| {
            source[at..].starts_with("=begin").then(|| source[at..].find("=end").unwrap_or(6) + 4)
        },
        text: |_, source, at| source[at..].starts_with("%%").then_some((2, None)),
        heredoc: |_, source, at| {
            let word = source[at..].strip_prefix("<<~")?.split(|c: char| !c.is_alphanumeric()).next()?;
            let opener = 3 + word.len();
            Some(Heredoc { opener, word, indented: true, alone: true, hole: Some(("${", b'}')) })
        },
    };

    #[test]
    fn texts_below_their_line_are_passed_over() {
        let source = "f(<<~A, <<~B, c)\nno ${d} no\n  A\nno\nB\ne\n=begin\n=end\nf";
        let all = tokens_with(source, &KOTLIN, &RARITIES);
        let texts: Vec<&str> = all.iter().map(|token| token.text).collect();
        assert_eq!(texts, ["f", "(", "", ",", "", ",", "c", ")", "d", "e", "f"]);
        assert_eq!(all.iter().map(|token| token.line).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 1, 1, 1, 2, 6, 9]);
    }

    proptest! {
        #[test]
        fn any_text_below_its_line_is_read_to_its_end(source in "[aA${}\"<~\\\\\n\u{e9} ]{0,60}") {
            let all = tokens_with(&source, &KOTLIN, &RARITIES);
            let lines = source.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
            prop_assert!(all.iter().all(|token| token.line >= 1 && token.line <= lines));
        }

        #[test]
        fn any_text_is_read_to_its_end(source in "[ab${}\"'/*\\\\\n\u{e9} ]{0,60}") {
            let all = tokens(&source, &KOTLIN);
            prop_assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
            let lines = source.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
            prop_assert!(all.iter().all(|token| token.line >= 1 && token.line <= lines));
        }
    }
}
