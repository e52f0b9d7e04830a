//! YAML as keys and values, line by line: enough for files in which people name paths.

/// A value with the keys that lead to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    /// As `services.web.build`; items of lists add nothing.
    pub(super) keys: String,
    /// Without quotes; empty where deeper lines hold it.
    pub(super) value: &'t str,
    pub(super) line: u32,
}

impl Entry<'_> {
    /// The last key.
    pub(super) fn key(&self) -> &str {
        self.keys.rsplit('.').next().unwrap_or(&self.keys)
    }

    /// What leads to the last key.
    pub(super) fn holder(&self) -> &str {
        self.keys.rsplit_once('.').map_or("", |(holder, _)| holder)
    }
}

/// Every value; texts over many lines are left out.
pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut out = Vec::new();
    let mut open: Vec<(usize, &str)> = Vec::new();
    // A text over many lines runs as long as lines are set in deeper.
    let mut text_in: Option<usize> = None;
    for (line, whole) in (1..).zip(text.lines()) {
        let mut rest = whole.trim_start_matches(' ');
        let mut column = whole.len() - rest.len();
        if rest.is_empty() || text_in.is_some_and(|least| column > least) {
            continue;
        }
        text_in = None;
        if rest.starts_with('#') || rest.starts_with("---") {
            continue;
        }
        // An item is as deep as its dash for what follows it, one deeper than the key above for what it holds.
        let mut item = false;
        while let Some(inner) = rest.strip_prefix("- ") {
            let inner = inner.trim_start_matches(' ');
            if !item {
                open.retain(|(at, _)| *at <= column);
            }
            item = true;
            column += rest.len() - inner.len();
            rest = inner;
        }
        let (key, value) = split(rest);
        open.retain(|(at, _)| *at < column);
        if let Some(key) = key {
            open.push((column, key));
        }
        let keys = open.iter().map(|(_, key)| *key).collect::<Vec<_>>().join(".");
        if value.starts_with(['|', '>']) {
            text_in = Some(if key.is_some() { column } else { column.saturating_sub(2) });
            continue;
        }
        // `[a, b]`
        if let Some(items) = value.strip_prefix('[').and_then(|items| items.strip_suffix(']')) {
            let items = items.split(',').map(|item| unquoted(item.trim())).filter(|item| !item.is_empty());
            out.extend(items.map(|value| Entry { keys: keys.clone(), value, line }));
            continue;
        }
        out.push(Entry { keys, value: unquoted(value), line });
    }
    out
}

/// `key: value`, or a value alone.
fn split(text: &str) -> (Option<&str>, &str) {
    let text = text.split(" #").next().unwrap_or(text).trim_end();
    if text.starts_with(['"', '\'']) {
        let quote = &text[..1];
        return match text[1..].split_once(quote) {
            Some((key, rest)) if rest.starts_with(':') => (Some(key), rest[1..].trim()),
            _ => (None, text),
        };
    }
    match text.split_once(": ") {
        Some((key, value)) => (Some(key.trim()), value.trim()),
        None => match text.strip_suffix(':') {
            Some(key) => (Some(key), ""),
            None => (None, text),
        },
    }
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        entries(text)
            .into_iter()
            .map(|entry| format!("{}:{}={}", entry.line, entry.keys, entry.value))
            .collect()
    }

    #[test]
    fn keys_lead_to_values() {
        assert_eq!(
            read("a:\n  b: \"c\" # d\n  e:\n  - f\n  - g: h\n    i: 'j'\nk: l"),
            ["1:a=", "2:a.b=c", "3:a.e=", "4:a.e=f", "5:a.e.g=h", "6:a.e.i=j", "7:k=l"]
        );
        assert_eq!(read("a:\n- b\n- c: d\ne: [f, 'g']"), ["1:a=", "2:a=b", "3:a.c=d", "4:e=f", "4:e=g"]);
    }

    #[test]
    fn long_texts_are_left_out() {
        assert_eq!(read("a: |\n  b: c\n\n  d\ne:\n- |-\n  f: g\n- h"), ["5:e=", "8:e=h"]);
    }
}
