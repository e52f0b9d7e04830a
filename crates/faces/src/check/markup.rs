//! Names from strangers in Markdown as forges render it: nothing in them is markup, and nobody is called by a mention.

use std::fmt::Write as _;

use crate::plain::plain;

/// A name as code, in which nothing is markup.
pub(crate) fn code(text: &str) -> String {
    format!("<code>{}</code>", entities(text))
}

/// Text in which nothing is markup, a reference or a mention: forges look for those in what is rendered, so each sign
/// that begins one is followed by a space that is not seen.
pub(crate) fn escape(text: &str) -> String {
    numbered(text, "&#8203;")
}

fn entities(text: &str) -> String {
    numbered(text, "")
}

/// Every character that could be markup where it stands as its number; what cannot be stays, so that the text can be
/// read as it is, too. No text begins a line.
fn numbered(text: &str, after_signs: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_harmless = match c {
            ' ' | ',' | ';' | '/' | '\'' | '+' | '-' | '(' | ')' | '"' | '=' => true,
            // Within a word it is a letter.
            '_' => before.is_alphanumeric() && next.is_alphanumeric(),
            // Not in `www.` and `https://`, which become links.
            '.' => !before.eq_ignore_ascii_case(&'w'),
            ':' => next.is_ascii_digit() || next == ' ',
            c => c.is_ascii_alphanumeric() || !c.is_ascii(),
        };
        if is_harmless {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
        if "@#!~%$&^".contains(c) {
            out.push_str(after_signs);
        }
        before = c;
    }
    out
}
