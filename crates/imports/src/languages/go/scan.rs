//! What a Go file says: its package, its imports, what it defines, and the names it uses without defining them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::scopes::Scopes;
use crate::{
    Name, Scan,
    lex::{Kind, Lexicon, Quote, Token, balanced, nothing_special, tokens},
};

const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[Quote::plain("\""), Quote::raw("`", "`"), Quote::plain("'")],
    word_marks: b"",
    special: nothing_special,
};

/// The first symbol of a name that is a file to embed.
pub(super) const EMBED: &str = "go:embed";

/// Imports have their local name as symbol where they give one. Names used are soft: `name` alone, or `name.` with what
/// is selected from it as symbols.
pub(super) fn scan(_path: &str, text: &str) -> Scan {
    let tokens = tokens(text, &LEXICON);
    let mut out = Scan { broken: !balanced(&tokens), ..Scan::default() };
    match tokens.as_slice() {
        [package, name, ..] if package.is("package") => name.text.clone_into(&mut out.package),
        _ => out.broken = true,
    }
    let mut uses = Uses::default();
    for declaration in declarations(&tokens) {
        match declaration[0].text {
            "import" => out.names.extend(imports(declaration)),
            _ => {
                let scopes = Scopes::new(declaration);
                out.defines.extend(scopes.defines.iter().map(|name| (*name).to_owned()));
                uses.collect(declaration, &scopes);
            }
        }
    }
    uses.into_names(&mut out);
    out.names.extend(embeds(text));
    out
}

/// Whether a statement begins at a token, given that one may begin there at all.
pub(super) fn begins_statement(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return true };
    let ends_line = || match (before.kind, before.text) {
        (Kind::Mark, ")" | "]" | "}") => true,
        // `x++` ends a statement, `x +` does not.
        (Kind::Mark, "+" | "-") => at > 1 && tokens[at - 2].is(before.text),
        (Kind::Mark, _) => false,
        (Kind::Word, word) => {
            !is_keyword(word) || matches!(word, "break" | "continue" | "fallthrough" | "return")
        }
        _ => true,
    };
    before.is("{") || before.is("(") || before.is(";") || (before.line < tokens[at].line && ends_line())
}

/// The declarations of a file, each from its keyword on.
fn declarations<'t, 's>(tokens: &'t [Token<'s>]) -> Vec<&'t [Token<'s>]> {
    let mut begins = Vec::new();
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (Kind::Mark, "(" | "[" | "{") => depth += 1,
            (Kind::Mark, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            (Kind::Word, "import" | "func" | "type" | "var" | "const")
                if depth == 0 && begins_statement(tokens, at) =>
            {
                begins.push(at);
            }
            _ => {}
        }
    }
    let ends = begins.iter().skip(1).copied().chain([tokens.len()]);
    begins.iter().zip(ends).map(|(&begin, end)| &tokens[begin..end]).collect()
}

fn imports(declaration: &[Token<'_>]) -> Vec<Name> {
    let paths = declaration.iter().enumerate().filter(|(_, token)| token.kind == Kind::Text);
    let import = paths.map(|(at, path)| {
        let local = &declaration[at - 1];
        let renamed = local.line == path.line && (local.is(".") || (local.is_word() && !local.is("import")));
        Name {
            text: path.text.to_owned(),
            symbols: if renamed { vec![local.text.to_owned()] } else { Vec::new() },
            line: path.line,
            ..Name::default()
        }
    });
    import.collect()
}

/// The files of `//go:embed` lines; patterns name no file.
fn embeds(text: &str) -> Vec<Name> {
    if !text.contains("//go:embed ") {
        return Vec::new();
    }
    let lines = text.lines().zip(1..);
    let directives = lines.filter_map(|(line, number)| Some((line.strip_prefix("//go:embed ")?, number)));
    let files = directives.flat_map(|(files, line)| files.split_whitespace().map(move |file| (file, line)));
    let name = |(file, line): (&str, u32)| Name {
        text: file.trim_matches(['"', '`']).to_owned(),
        symbols: vec![EMBED.to_owned()],
        line,
        soft: true,
        ..Name::default()
    };
    files.map(name).collect()
}

/// Names used, each with the first line.
#[derive(Default)]
struct Uses<'s> {
    alone: FxHashMap<&'s str, u32>,
    selected: FxHashMap<&'s str, (u32, FxHashSet<&'s str>)>,
}

impl<'s> Uses<'s> {
    fn collect(&mut self, tokens: &[Token<'s>], scopes: &Scopes<'_>) {
        for (at, token) in tokens.iter().enumerate() {
            if !token.is_word() || is_known(token.text) || !scopes.is_free(tokens, at) {
                continue;
            }
            match tokens.get(at + 1..at + 3) {
                Some([dot, member]) if dot.is(".") && member.is_word() => {
                    let selected =
                        self.selected.entry(token.text).or_insert((token.line, FxHashSet::default()));
                    selected.1.insert(member.text);
                }
                _ => {
                    self.alone.entry(token.text).or_insert(token.line);
                }
            }
        }
    }

    fn into_names(self, out: &mut Scan) {
        let own: FxHashSet<&str> = out.defines.iter().map(String::as_str).collect();
        let name = |text: String, line, symbols| Name { text, symbols, line, soft: true, ..Name::default() };
        let mut names: Vec<Name> = Vec::new();
        for (text, line) in self.alone {
            if !own.contains(text) {
                names.push(name(text.to_owned(), line, Vec::new()));
            }
        }
        for (text, (line, members)) in self.selected {
            if !own.contains(text) {
                let mut members: Vec<String> = members.into_iter().map(str::to_owned).collect();
                members.sort_unstable();
                names.push(name(format!("{text}."), line, members));
            }
        }
        names.sort_unstable_by(|a, b| (a.line, &a.text).cmp(&(b.line, &b.text)));
        out.names.extend(names);
    }
}

/// Keywords, and what is known everywhere and defined by nobody. Of the latter those that packages do define,
/// such as `min`, are not here.
pub(super) fn is_known(word: &str) -> bool {
    is_keyword(word)
        || matches!(
            word,
            "_" | "nil"
                | "true"
                | "false"
                | "iota"
                | "string"
                | "bool"
                | "byte"
                | "rune"
                | "int"
                | "int8"
                | "int16"
                | "int32"
                | "int64"
                | "uint"
                | "uint8"
                | "uint16"
                | "uint32"
                | "uint64"
                | "uintptr"
                | "float32"
                | "float64"
                | "error"
                | "len"
                | "make"
                | "append"
                | "panic"
        )
}

pub(super) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "break"
            | "case"
            | "chan"
            | "const"
            | "continue"
            | "default"
            | "defer"
            | "else"
            | "fallthrough"
            | "for"
            | "func"
            | "go"
            | "goto"
            | "if"
            | "import"
            | "interface"
            | "map"
            | "package"
            | "range"
            | "return"
            | "select"
            | "struct"
            | "switch"
            | "type"
            | "var"
    )
}
