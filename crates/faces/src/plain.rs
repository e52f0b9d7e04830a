//! Untrusted text made safe to show: names, paths and messages come from strangers.

/// The text without control characters, escape sequences and marks that change the direction of reading.
///
/// Every face but the machine formats shows text through this.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' || c == '\t' || c == '\r' { ' ' } else { c })
        .filter(|&c| !is_unseen(c))
        .collect()
}

/// Whether a character is no part of what is read.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control() || turns_direction(c)
}

/// Bidirectional controls, zero-width characters and other marks that are not seen but change what is seen.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{061c}')
}

/// The text in at most `width` characters, its middle left out where it is longer: the ends of a path tell most.
pub fn shortened(text: &str, width: usize) -> String {
    let text = plain(text);
    let length = text.chars().count();
    if length <= width {
        return text;
    }
    let keep = width.saturating_sub(1);
    let tail = keep * 2 / 3;
    let head: String = text.chars().take(keep - tail).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{head}…{end}")
}

/// A sentence in at most `width` characters, cut at its end.
pub fn cut(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut short: String = text.chars().take(width - 1).collect();
    short.push('…');
    short
}

/// A sentence in at most `width` characters: what stands in brackets at its end goes first.
pub fn sentence(text: &str, width: usize) -> String {
    let text = plain(text);
    match text.rfind(" (") {
        Some(at) if text.ends_with(')') && text.chars().count() > width => cut(&text[..at], width),
        _ => cut(&text, width),
    }
}

/// A text on lines of at most `width` characters, cut between words: the first begins after `indent` spaces, every
/// other after `hanging`. A word that is longer has a line of its own. Ends with a newline.
pub fn wrapped(text: &str, indent: usize, hanging: usize, width: usize) -> String {
    let mut out = " ".repeat(indent);
    let mut column = indent;
    let mut begun = false;
    for word in plain(text).split_whitespace() {
        let length = word.chars().count();
        if begun && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(hanging));
            column = hanging;
        } else if begun {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        begun = true;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unseen_is_left() {
        assert_eq!(plain("a\x1b[31mb\u{202e}c\nd\u{0}e"), "a[31mbc de");
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("services/billing/api/v1/handlers.rs", 20).chars().count(), 20);
        assert_eq!(sentence("ten of them (10 of 12)", 22), "ten of them (10 of 12)");
        assert_eq!(sentence("ten of them (10 of 12)", 21), "ten of them");
    }

    proptest::proptest! {
        #[test]
        fn widths_hold(text in ".*", width in 1usize..60) {
            let short = shortened(&text, width);
            proptest::prop_assert!(short.chars().count() <= width);
            proptest::prop_assert!(!short.chars().any(char::is_control));
        }

        #[test]
        fn wrapping_keeps_every_word(text in "[a-z ]{0,200}", width in 10usize..60) {
            let lines = wrapped(&text, 2, 4, width);
            proptest::prop_assert!(lines.split_whitespace().eq(text.split_whitespace()));
            let fits = |line: &str| line.chars().count() <= width || line.split_whitespace().count() == 1;
            proptest::prop_assert!(lines.lines().all(fits));
        }
    }
}
