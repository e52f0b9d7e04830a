//! Where in code a name stands for a type.

use crate::lex::Token;

/// Keywords a type may follow; behind any other word stands a name that is being declared.
const BEFORE_TYPES: &[&str] = &[
    "abstract",
    "and",
    "as",
    "async",
    "await",
    "case",
    "checked",
    "const",
    "delegate",
    "do",
    "else",
    "equals",
    "event",
    "explicit",
    "extern",
    "file",
    "fixed",
    "from",
    "goto",
    "implicit",
    "in",
    "internal",
    "is",
    "join",
    "let",
    "new",
    "not",
    "on",
    "operator",
    "or",
    "out",
    "override",
    "params",
    "partial",
    "private",
    "protected",
    "public",
    "readonly",
    "ref",
    "required",
    "return",
    "scoped",
    "sealed",
    "select",
    "stackalloc",
    "static",
    "this",
    "throw",
    "unsafe",
    "using",
    "virtual",
    "volatile",
    "when",
    "where",
    "yield",
];

/// Words that stand behind a value as operators do.
const OPERATORS: &[&str] = &[
    "and",
    "as",
    "ascending",
    "descending",
    "equals",
    "in",
    "into",
    "is",
    "on",
    "or",
    "switch",
    "when",
    "with",
];

/// Keywords behind which a type stands alone.
const ASK_FOR_TYPE: &[&str] = &["and", "as", "case", "is", "new", "not", "or", "stackalloc"];

/// How a name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// As a type.
    Type,
    /// It may be a type, or a member that is called as one: `Name.x`.
    Head,
    /// As the name of a member or variable that is declared here.
    Declared,
    /// As a value, or a member of something.
    Other,
}

/// What is around a name besides its neighbours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    /// Within the arguments of a generic, a list of base types or of constraints.
    pub(super) types: bool,
    /// Where attributes stand.
    pub(super) attribute: bool,
}

/// How the word at `at` is used; `generic` says where its type arguments end.
pub(super) fn position(tokens: &[Token<'_>], at: usize, generic: Option<usize>, around: Around) -> Position {
    let token = |at: Option<usize>| at.and_then(|at| tokens.get(at));
    let (before, twice_before) = (token(at.checked_sub(1)), token(at.checked_sub(2)));
    let is = |token: Option<&Token<'_>>, text: &str| token.is_some_and(|token| token.is(text));
    let any = |token: Option<&Token<'_>>, of: &str| of.split(' ').any(|text| is(token, text));
    let word = |token: Option<&Token<'_>>, of: &[&str]| {
        token.is_some_and(|token| token.is_word() && of.contains(&token.text))
    };
    let behind = generic.map_or(at + 1, |end| end + 1);
    let (next, twice_next) = (tokens.get(behind), tokens.get(behind + 1));
    let adjacent = next.is_some_and(|next| tokens[behind - 1].end() == next.at as usize);

    if is(before, ".") && !is(twice_before, ".") {
        return Position::Other;
    }
    let qualifies = is(next, ".") && generic.is_none();
    if before.is_some_and(Token::is_word) && !word(before, BEFORE_TYPES) {
        return if qualifies { Position::Head } else { Position::Declared };
    }
    let ends_statement = any(next, "{ = ; ( , )");
    if any(before, "> ] ? )") && ends_statement && !around.types {
        let compared = is(next, "=") && is(twice_next, "=") || is(before, ")");
        return if compared { Position::Other } else { Position::Declared };
    }
    if is(next, ":") && !is(twice_next, ":") && any(before, "( ,") && !around.types {
        return Position::Other;
    }
    let asked = word(before, ASK_FOR_TYPE);
    if around.types || asked || is(before, "operator") {
        return Position::Type;
    }
    if around.attribute && any(before, "[ , :") {
        return if is(next, "=") { Position::Other } else { Position::Type };
    }
    match next.map_or("", |next| next.text) {
        "(" => Position::Other,
        _ if generic.is_some() => Position::Type,
        "." if is(twice_next, ".") => Position::Other,
        "." => Position::Head,
        "?" if adjacent && !any(twice_next, ". [ ?") => Position::Type,
        "[" if any(twice_next, "] ,") => Position::Type,
        "@" | "*" if adjacent || is(next, "@") => Position::Type,
        ")" if is(before, "(") => match twice_before {
            Some(one) if one.is_word() => match one.text {
                "typeof" | "sizeof" | "default" | "catch" => Position::Type,
                "nameof" => Position::Head,
                "return" | "await" | "in" | "is" | "as" => Position::Type,
                _ => Position::Other,
            },
            Some(one) if one.is(">") && !is(token(at.checked_sub(3)), "=") => Position::Other,
            Some(one) if one.is(")") || one.is("]") => Position::Other,
            _ if tokens.get(at + 2).is_some_and(casts) => Position::Type,
            _ => Position::Other,
        },
        "=" if is(twice_next, ">") && any(before, "{ ,") => Position::Head,
        _ if next.is_some_and(Token::is_word) && !word(next, OPERATORS) => Position::Type,
        _ => Position::Other,
    }
}

/// Whether a token can begin what is cast to the type in the parentheses before it.
fn casts(token: &Token<'_>) -> bool {
    !matches!(token.kind, crate::lex::Kind::Mark) || matches!(token.text, "(" | "!" | "~" | "@")
}

/// Where the type arguments that begin at a `<` end, and how many there are.
pub(super) fn arguments(tokens: &[Token<'_>], open: usize) -> Option<(usize, usize)> {
    if !tokens.get(open)?.is("<") {
        return None;
    }
    let (mut angles, mut others, mut count) = (0usize, 0usize, 1usize);
    for (at, token) in tokens.iter().enumerate().skip(open).take(300) {
        match token.text {
            "<" => angles += 1,
            ">" if tokens[at - 1].is("=") => return None,
            ">" if angles == 1 => return (others == 0).then_some((at, count)),
            ">" => angles -= 1,
            "(" | "[" => others += 1,
            ")" | "]" => others = others.checked_sub(1)?,
            "," if angles == 1 && others == 0 => count += 1,
            "," | "." | "?" | ":" | "*" | "@" => {}
            _ if token.is_word() => {}
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(BEFORE_TYPES.is_sorted() && OPERATORS.is_sorted() && ASK_FOR_TYPE.is_sorted());
    }
}
