//! What the names in a Go declaration are: defined by it, local to a part of it, fields, labels, or free.
//!
//! ```text
//! func (c *client) send(key string) error {   client is free, c and key are local up to the last brace,
//!     config := config{key: key}              send is a method; config is local from the next line on, its key a field
//! ```

use rustc_hash::FxHashMap;

use super::scan::{begins_statement, is_keyword};
use crate::lex::{Kind, Token, partners};

/// What brackets hold, where that says what names in them are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Fields,
    Methods,
    /// Values by keys that are values themselves.
    Keyed,
    Else,
}

/// How many tokens are looked at for the end of a statement or type: people write fewer, and time stays linear.
const FAR: usize = 200;

/// The names of one declaration.
pub(super) struct Scopes<'s> {
    /// What the declaration adds to the package.
    pub(super) defines: Vec<&'s str>,
    /// Where brackets close that open here; a token itself where there is none.
    partner: Vec<usize>,
    /// Tokens that declare or select, and use nothing.
    declares: Vec<bool>,
    /// From where to where a name is local.
    locals: FxHashMap<&'s str, Vec<(usize, usize)>>,
}

impl<'s> Scopes<'s> {
    pub(super) fn new(tokens: &[Token<'s>]) -> Self {
        let mut scopes = Self {
            defines: Vec::new(),
            partner: partners(tokens),
            declares: vec![false; tokens.len()],
            locals: FxHashMap::default(),
        };
        scopes.read(tokens);
        // Sorted by where they begin, each with the last end so far: what is within any is before that end.
        for all in scopes.locals.values_mut() {
            all.sort_unstable();
            let mut last = 0;
            for (_, to) in all {
                last = last.max(*to);
                *to = last;
            }
        }
        scopes
    }

    /// Whether the word at a token means something from outside of the declaration.
    pub(super) fn is_free(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let is = |at: Option<usize>, mark: &str| at.is_some_and(|at| tokens[at].is(mark));
        // `a.b`, but not `...b`.
        let selected = is(at.checked_sub(1), ".") && !is(at.checked_sub(2), ".");
        let local = || {
            let Some(all) = self.locals.get(tokens[at].text) else { return false };
            let before = all.partition_point(|&(from, _)| from <= at);
            before > 0 && at < all[before - 1].1
        };
        !selected && !self.declares[at] && !local()
    }

    fn read(&mut self, tokens: &[Token<'s>]) {
        let mut open: Vec<(usize, Holds)> = Vec::new();
        let mut keyed = vec![false; tokens.len()];
        // How deep the `case` is whose colon is still to come.
        let mut case = None;
        for (at, token) in tokens.iter().enumerate() {
            let end = open.last().map_or(tokens.len(), |&(open, _)| self.partner[open]);
            let holds = open.last().map_or(Holds::Else, |&(_, holds)| holds);
            match (token.kind, token.text) {
                (Kind::Mark, "(" | "[" | "{") => {
                    open.push((at, held(tokens, at, keyed[at])));
                    if token.is("[") {
                        self.mark_keyed(tokens, at, &mut keyed);
                    }
                }
                (Kind::Mark, ")" | "]" | "}") => {
                    open.pop();
                }
                (Kind::Mark, ":") if is_define(tokens, at) => self.short_variables(tokens, at, end),
                (Kind::Mark, ":") if case == Some(open.len()) => case = None,
                (Kind::Mark, ":") => {
                    // A key or a label, but not in `case a:` or `x[a:b]`.
                    let key = at.checked_sub(1).filter(|&key| tokens[key].is_word());
                    let first =
                        |key: usize| key == 0 || tokens[key - 1].is(",") || begins_statement(tokens, key);
                    let in_brace = open.last().is_some_and(|&(open, _)| tokens[open].is("{"));
                    if let Some(key) = key.filter(|&key| in_brace && holds != Holds::Keyed && first(key)) {
                        self.declares[key] = true;
                    }
                }
                (Kind::Word, "case") => case = Some(open.len()),
                (Kind::Word, "func") => self.signature(tokens, at),
                (Kind::Word, "var" | "const" | "type") => self.specs(tokens, at, end, open.is_empty()),
                (Kind::Word, "break" | "continue" | "goto") => {
                    if let Some(label) = tokens.get(at + 1).filter(|label| label.line == token.line)
                        && label.is_word()
                    {
                        self.declares[at + 1] = true;
                    }
                }
                (Kind::Word, _) if holds == Holds::Fields && begins_statement(tokens, at) => {
                    self.fields(tokens, at);
                }
                (Kind::Word, _)
                    if holds == Holds::Methods
                        && begins_statement(tokens, at)
                        && tokens.get(at + 1).is_some_and(|next| next.is("(")) =>
                {
                    self.declares[at] = true;
                    self.parameters(tokens, at + 1);
                }
                _ => {}
            }
        }
    }

    fn declare(&mut self, name: &Token<'s>, at: usize, from: usize, to: usize) {
        self.declares[at] = true;
        if name.text != "_" {
            self.locals.entry(name.text).or_default().push((from, to));
        }
    }

    /// `a, b :=`: local behind the statement.
    fn short_variables(&mut self, tokens: &[Token<'s>], colon: usize, end: usize) {
        // By the usual form, a literal's brace stands at its type, a block's apart.
        let literal = |brace: usize| tokens[brace - 1].end() == tokens[brace].at as usize;
        let line = tokens[colon].line;
        let mut from = colon + 2;
        for _ in 0..FAR {
            match tokens.get(from).filter(|_| from < end) {
                Some(token) if token.line == line && !token.is(";") && (!token.is("{") || literal(from)) => {
                    from = self.partner[from] + 1;
                }
                _ => break,
            }
        }
        let mut at = colon;
        while let Some(name) = at.checked_sub(1).filter(|&name| tokens[name].is_word()) {
            self.declare(&tokens[name], name, from.min(end), end);
            match name.checked_sub(1).filter(|&comma| tokens[comma].is(",")) {
                Some(comma) => at = comma,
                None => break,
            }
        }
    }

    /// `func (r T) f[P any](a, b T) (c T) {`: from a `func` on, the names in all of its brackets.
    fn signature(&mut self, tokens: &[Token<'s>], func: usize) {
        let is = |at: usize, mark: &str| tokens.get(at).is_some_and(|token| token.is(mark));
        let mut groups = Vec::new();
        let mut at = func + 1;
        if func == 0 {
            if is(at, "(") {
                groups.push(at);
                at = self.partner[at] + 1;
            } else if let Some(name) = tokens.get(at) {
                self.defines.push(name.text);
            }
            if let Some(name) = self.declares.get_mut(at) {
                *name = true;
            }
            at += 1;
            if is(at, "[") {
                groups.push(at);
                at = self.partner[at] + 1;
            }
        }
        while is(at, "(") && groups.len() < 4 {
            groups.push(at);
            at = self.partner[at] + 1;
        }
        // The body, behind a result that is one type.
        let line = tokens.get(at.saturating_sub(1)).map_or(0, |token| token.line);
        for _ in 0..FAR {
            let of_result = |token: &&Token<'_>| {
                token.line == line
                    && (token.is_word() || matches!(token.text, "." | "*" | "[" | "(" | "<" | "-"))
            };
            if tokens.get(at).filter(of_result).is_none() {
                break;
            }
            let block = is(at, "struct") || is(at, "interface");
            at = self.partner[at + usize::from(block && is(at + 1, "{"))] + 1;
        }
        let to = if is(at, "{") { self.partner[at] } else { at.min(tokens.len()) };
        // Type parameters are known in the signature, the others in the body alone.
        for group in groups {
            let from = if tokens[group].is("[") { func } else { at };
            self.names_of(tokens, group, from, to);
        }
        if func == 0 && is(1, "(") {
            self.receiver_types(tokens, to);
        }
    }

    /// The names of `func (r *T[K, V])` are parameters of the type.
    fn receiver_types(&mut self, tokens: &[Token<'s>], to: usize) {
        for at in 1..self.partner[1] {
            if tokens[at].is("[") {
                let inner = at + 1..self.partner[at].max(at + 1);
                let names = tokens.iter().enumerate().take(inner.end).skip(inner.start);
                for (inner, name) in names.filter(|(_, name)| name.is_word()) {
                    self.declare(name, inner, 0, to);
                }
                return;
            }
        }
    }

    /// Names in the parameters and results of a method without a body: known nowhere.
    fn parameters(&mut self, tokens: &[Token<'s>], group: usize) {
        self.names_of(tokens, group, 0, 0);
        let results = self.partner[group] + 1;
        if tokens.get(results).is_some_and(|token| token.is("(")) {
            self.names_of(tokens, results, 0, 0);
        }
    }

    /// `(a, b T, c U)`: names where one of the parts is a name and a type, else types.
    fn names_of(&mut self, tokens: &[Token<'s>], group: usize, from: usize, to: usize) {
        let close = self.partner[group];
        let mut firsts = Vec::new();
        let mut named = false;
        let mut at = group + 1;
        while at < close {
            let first = at;
            while at < close && !tokens[at].is(",") {
                at = self.partner[at] + 1;
            }
            let is_name = tokens[first].is_word() && !is_keyword(tokens[first].text);
            if is_name {
                firsts.push(first);
                named |= self.names_type(tokens, first, at);
            }
            at += 1;
        }
        if named {
            firsts.into_iter().for_each(|first| self.declare(&tokens[first], first, from, to));
        }
    }

    /// Whether a word is followed by a type of its own: `a T`, `a []T`, but not `a.T`, `a[T]` or `a`.
    fn names_type(&self, tokens: &[Token<'_>], word: usize, end: usize) -> bool {
        let next = word + 1;
        if next >= end || tokens[next].kind == Kind::Text {
            return false;
        }
        match tokens[next].text {
            // `...T` has three.
            "." => tokens.get(next + 1).is_some_and(|token| token.is(".")),
            "[" => self.partner[next] + 1 < end,
            _ => true,
        }
    }

    /// `a, b T` in a struct; a type alone is embedded.
    fn fields(&mut self, tokens: &[Token<'_>], first: usize) {
        let line = tokens[first].line;
        let mut end = first;
        let ends = |token: &Token<'_>| token.is(";") || token.is("}") || token.kind == Kind::Text;
        while tokens.get(end).is_some_and(|token| token.line == line && !ends(token)) {
            end = self.partner[end] + 1;
        }
        let mut last = first;
        while tokens.get(last + 1).is_some_and(|token| token.is(","))
            && tokens.get(last + 2).is_some_and(Token::is_word)
        {
            last += 2;
        }
        if last > first || self.names_type(tokens, last, end) {
            (first..=last).step_by(2).for_each(|at| self.declares[at] = true);
        }
    }

    /// `var a, b T`, `const ( … )`, `type T[P any] …`.
    fn specs(&mut self, tokens: &[Token<'s>], keyword: usize, end: usize, top: bool) {
        // In `switch x := y.(type)` it declares nothing.
        let group = tokens.get(keyword + 1).filter(|next| next.is("(")).map(|_| keyword + 1);
        let firsts: Vec<usize> = match group {
            Some(group) => self.within(group).filter(|&at| begins_statement(tokens, at)).collect(),
            None => vec![keyword + 1],
        };
        for first in firsts {
            let mut at = first;
            while let Some(name) = tokens.get(at).filter(|name| name.is_word() && !is_keyword(name.text)) {
                if top {
                    self.declares[at] = true;
                    if name.text != "_" {
                        self.defines.push(name.text);
                    }
                } else {
                    // A type is known in itself, a variable is not.
                    let from = if tokens[keyword].is("type") { at } else { self.line_end(tokens, at) };
                    self.declare(name, at, from, end);
                }
                at += 1;
                if !tokens.get(at).is_some_and(|token| token.is(",")) {
                    break;
                }
                at += 1;
            }
            if tokens[keyword].is("type") && tokens.get(at).is_some_and(|token| token.is("[")) {
                let to = self.line_end(tokens, at);
                self.names_of(tokens, at, first, to);
            }
        }
    }

    /// The tokens within a bracket that are in no other.
    fn within(&self, group: usize) -> impl Iterator<Item = usize> {
        let close = self.partner[group];
        let next = |at: usize| self.partner[at] + 1;
        std::iter::successors(Some(group + 1), move |&at| Some(next(at))).take_while(move |&at| at < close)
    }

    /// Where the line of a token ends, brackets as a whole.
    fn line_end(&self, tokens: &[Token<'_>], mut at: usize) -> usize {
        for _ in 0..FAR {
            let line = tokens[self.partner[at]].line;
            at = self.partner[at] + 1;
            if tokens.get(at).is_none_or(|token| token.line > line) {
                break;
            }
        }
        at
    }

    /// For `map[K]V{`, `[...]V{`: what the brace holds has values for keys.
    fn mark_keyed(&self, tokens: &[Token<'_>], bracket: usize, keyed: &mut [bool]) {
        let map = bracket.checked_sub(1).is_some_and(|before| tokens[before].is("map"));
        let array = self.partner[bracket] == bracket + 1
            || tokens.get(bracket + 1).is_some_and(|token| token.is(".") || token.kind == Kind::Number);
        let mut at = self.partner[bracket] + 1;
        for _ in 0..FAR {
            let Some(token) = tokens.get(at).filter(|_| map || array) else { return };
            match token.text {
                "struct" | "interface" if tokens.get(at + 1).is_some_and(|next| next.is("{")) => {
                    at = self.partner[at + 1] + 1;
                }
                "{" => {
                    keyed[at] = true;
                    return;
                }
                "[" | "(" => at = self.partner[at] + 1,
                "." | "*" => at += 1,
                _ if token.is_word() => at += 1,
                _ => return,
            }
        }
    }
}

/// What an opening bracket holds.
fn held(tokens: &[Token<'_>], at: usize, keyed: bool) -> Holds {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
    match (tokens[at].text, before) {
        _ if keyed => Holds::Keyed,
        ("{", "struct") => Holds::Fields,
        ("{", "interface") => Holds::Methods,
        _ => Holds::Else,
    }
}

/// Whether a colon is of `:=`.
fn is_define(tokens: &[Token<'_>], colon: usize) -> bool {
    tokens.get(colon + 1).is_some_and(|equals| equals.is("=") && equals.at == tokens[colon].at + 1)
}
