//! What attributes say that bears on names.

use crate::lex::{Kind, Token};

/// What attributes say of the item behind them.
#[derive(Default)]
pub(super) struct Attributes<'s> {
    /// It is for tests.
    pub(super) test: bool,
    /// Where its file lies.
    pub(super) path: Option<&'s str>,
    /// A macro other crates may call.
    pub(super) exports: bool,
    /// A crate all macros are taken from.
    pub(super) uses_macros: bool,
}

impl<'s> Attributes<'s> {
    /// Adds what one attribute says, and returns a name it defines.
    pub(super) fn read(&mut self, attribute: &[Token<'s>]) -> Option<&'s str> {
        let whole: String = attribute.iter().take(40).map(|token| token.text).collect();
        self.test |= is_test(attribute, &whole);
        self.exports |= whole.starts_with("macro_export");
        self.uses_macros |= whole.starts_with("macro_use");
        self.path = path_of(attribute).or(self.path);
        attribute.get(2).filter(|_| whole.starts_with("proc_macro_derive(")).map(|derive| derive.text)
    }
}

/// `#[path = "…"]`, also as one of several.
fn path_of<'s>(attribute: &[Token<'s>]) -> Option<&'s str> {
    let at = attribute
        .windows(3)
        .position(|run| run[0].is("path") && run[1].is("=") && run[2].kind == Kind::Text)?;
    let first = &attribute[0];
    (first.is("path") || first.is("cfg_attr")).then(|| attribute[at + 2].text)
}

/// Whether an attribute keeps what it is said of to tests.
fn is_test(attribute: &[Token<'_>], whole: &str) -> bool {
    let all_of = || {
        let mut depth = 0usize;
        attribute.iter().any(|token| {
            match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 2 && token.is("test")
        })
    };
    let name = whole.split('(').next().unwrap_or(whole);
    whole == "cfg(test)"
        || (whole.starts_with("cfg(all(") && all_of())
        || name == "test"
        || name == "bench"
        || name.ends_with("::test")
}
