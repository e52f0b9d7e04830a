//! A document as the editor holds it: its text, edited piece by piece.

use std::sync::Arc;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent};

/// How columns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// In UTF-16 units, as every editor can.
    Utf16,
    /// In bytes, where the editor offers it.
    Utf8,
}

/// Takes a change into a text. A place behind the end of a line or of the text is that end, as the protocol has it.
pub(super) fn edit(text: &mut Arc<String>, change: TextDocumentContentChangeEvent, encoding: Encoding) {
    match change {
        TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
            let Range { start, end } = change.range;
            let start = offset(text, start, encoding);
            let end = offset(text, end, encoding).max(start);
            Arc::make_mut(text).replace_range(start..end, &change.text);
        }
        TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
            *text = Arc::new(change.text);
        }
    }
}

fn offset(text: &str, at: Position, encoding: Encoding) -> usize {
    let mut begin = 0;
    for _ in 0..at.line {
        match end_of_line(&text[begin..]) {
            Some((_, next)) => begin += next,
            None => return text.len(),
        }
    }
    let rest = &text[begin..];
    let line = &rest[..end_of_line(rest).map_or(rest.len(), |(end, _)| end)];
    begin + column(line, at.character, encoding)
}

/// Where a line ends and the next one begins; `None` for the last.
fn end_of_line(text: &str) -> Option<(usize, usize)> {
    let end = text.find(['\n', '\r'])?;
    let both = text[end..].starts_with("\r\n");
    Some((end, end + if both { 2 } else { 1 }))
}

fn column(line: &str, character: u32, encoding: Encoding) -> usize {
    let mut left = character as usize;
    for (at, c) in line.char_indices() {
        let width = match encoding {
            Encoding::Utf16 => c.len_utf16(),
            Encoding::Utf8 => c.len_utf8(),
        };
        // A place within a character is its beginning.
        if left < width {
            return at;
        }
        left -= width;
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::{TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument};

    use super::*;

    #[expect(deprecated, reason = "the type has no constructor that leaves the old length out")]
    fn edited(text: &str, (from, to): ((u32, u32), (u32, u32)), new: &str, encoding: Encoding) -> String {
        let position = |(line, character)| Position { line, character };
        let change = TextDocumentContentChangePartial {
            range: Range { start: position(from), end: position(to) },
            range_length: None,
            text: new.to_owned(),
        };
        let mut text = Arc::new(text.to_owned());
        edit(&mut text, change.into(), encoding);
        text.to_string()
    }

    #[test]
    fn a_piece_is_replaced_where_the_editor_means_it() {
        let utf16 = |text, range, new| edited(text, range, new, Encoding::Utf16);
        assert_eq!(utf16("one\ntwo\n", ((1, 0), (1, 3)), "2"), "one\n2\n");
        assert_eq!(utf16("one\r\ntwo\rthree", ((2, 0), (2, 9)), "3"), "one\r\ntwo\r3");
        assert_eq!(utf16("é𐐀x", ((0, 3), (0, 4)), "y"), "é𐐀y");
        assert_eq!(edited("é𐐀x", ((0, 6), (0, 7)), "y", Encoding::Utf8), "é𐐀y");
        assert_eq!(utf16("a\nb", ((0, 1), (1, 0)), ""), "ab");
        assert_eq!(utf16("", ((0, 0), (0, 0)), "new\n"), "new\n");
    }

    #[test]
    fn a_place_that_is_none_is_the_nearest() {
        let utf16 = |text, range, new| edited(text, range, new, Encoding::Utf16);
        assert_eq!(utf16("one\ntwo", ((0, 99), (0, 99)), "!"), "one!\ntwo");
        assert_eq!(utf16("one", ((u32::MAX, u32::MAX), (u32::MAX, 0)), "!"), "one!");
        assert_eq!(utf16("𐐀", ((0, 1), (0, 1)), "!"), "!𐐀");
        assert_eq!(edited("é", ((0, 1), (0, 1)), "!", Encoding::Utf8), "!é");
        assert_eq!(utf16("abc", ((0, 2), (0, 1)), "!"), "ab!c", "an end before its beginning is it");
    }

    #[test]
    fn the_whole_is_replaced_and_what_was_handed_out_stays() {
        let mut text = Arc::new("old".to_owned());
        let held = Arc::clone(&text);
        let whole = TextDocumentContentChangeWholeDocument { text: "new".to_owned() };
        edit(&mut text, whole.into(), Encoding::Utf16);
        assert_eq!((text.as_str(), held.as_str()), ("new", "old"));
    }
}
