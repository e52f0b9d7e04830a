//! Documents for other programs: one object, and the schema of it.

use serde::Serialize;

/// JSON with a final newline. Control characters that JSON lets stand are escaped, too: a terminal may act on them, and
/// what is written to one takes them out.
pub fn written(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document).expect("documents hold only what JSON can say");
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        match c {
            '\u{7f}'..='\u{9f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_still_mean_what_they_did() {
        let subject = "a\u{1b}b\u{7f}c\u{9b}dé\u{a0}";
        let text = written(&[subject]);
        assert_eq!(text, "[\n  \"a\\u001bb\\u007fc\\u009bdé\u{a0}\"\n]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).expect("it is JSON"), [subject]);
    }
}
