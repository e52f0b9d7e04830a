//! Shell scripts: other scripts that are read or run.

use rustc_hash::FxHashMap;

use super::{Place, if_there, reference};
use crate::{Language, Name, Scan};

pub(super) const LANGUAGE: Language =
    Language { name: "shell", endings: &[".sh", ".bash", ".zsh"], descends: false, scan };

/// A path from the script's own directory or from the root.
#[derive(Clone)]
struct Seen {
    from_root: bool,
    path: String,
}

fn scan(_path: &str, text: &str) -> Scan {
    let mut known: FxHashMap<&str, Seen> = FxHashMap::default();
    let mut names = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.starts_with('#') {
            continue;
        }
        if let Some((variable, value)) = assigned(content) {
            match seen(value, &known) {
                Some(at) => known.insert(variable, at),
                None => known.remove(variable),
            };
            continue;
        }
        names.extend(commands(content).into_iter().filter_map(|command| script(command, &known, line)));
    }
    Scan { names, ..Scan::default() }
}

/// `A=value`, `export A=value`
fn assigned(content: &str) -> Option<(&str, &str)> {
    let words = ["export ", "local ", "readonly ", "declare -r "];
    let content = words.iter().find_map(|word| content.strip_prefix(word)).unwrap_or(content);
    let (variable, value) = content.split_once('=')?;
    let is_name =
        !variable.is_empty() && variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((variable, value.trim()))
}

/// What a line runs, one after the other.
fn commands(content: &str) -> Vec<&str> {
    let words = ["if ", "then ", "else ", "exec ", "! ", "time "];
    let mut out = Vec::new();
    // What is in `$(…)` is part of a word.
    for command in outside(content, &["&&", "||", ";"]) {
        let mut command = command.trim();
        while let Some(rest) = words.iter().find_map(|word| command.strip_prefix(word)) {
            command = rest.trim_start();
        }
        out.push(command);
    }
    out
}

/// The parts of a text between separators that stand outside of quotes and brackets.
fn outside<'t>(text: &'t str, separators: &[&str]) -> Vec<&'t str> {
    let (mut out, mut from, mut depth, mut quote, mut at) = (Vec::new(), 0, 0usize, None, 0);
    while let Some(c) = text[at..].chars().next() {
        match (c, quote) {
            ('(', _) => depth += 1,
            (')', _) => depth = depth.saturating_sub(1),
            ('"' | '\'', None) if depth == 0 => quote = Some(c),
            (c, Some(open)) if depth == 0 && c == open => quote = None,
            _ => {}
        }
        let separator = separators.iter().find(|separator| text[at..].starts_with(**separator));
        match separator.filter(|_| depth == 0 && quote.is_none()) {
            Some(separator) => {
                out.push(&text[from..at]);
                at += separator.len();
                from = at;
            }
            None => at += c.len_utf8(),
        }
    }
    out.push(&text[from..]);
    out
}

/// The script a command reads or runs.
fn script(command: &str, known: &FxHashMap<&str, Seen>, line: u32) -> Option<Name> {
    let mut words = outside(command, &[" ", "\t"]).into_iter().filter(|word| !word.is_empty());
    let first = words.next()?;
    let written = match first {
        "source" | "." => words.next()?,
        // `-c` takes code.
        "bash" | "sh" | "zsh" => {
            let word = words.find(|word| !word.starts_with('-') || word.ends_with('c'))?;
            Some(word).filter(|word| !word.starts_with('-'))?
        }
        // Run by its path.
        path if path.trim_matches('"').ends_with(".sh") && path.contains('/') => path,
        _ => return None,
    };
    let plain = written.trim_matches(['"', '\'']);
    let name = match seen(written, known) {
        Some(Seen { from_root: true, path }) => reference(plain, line, &[(Place::Root, &path)]),
        Some(Seen { path, .. }) => reference(plain, line, &[(Place::Here, &path)]),
        None if is_plain(plain) => reference(plain, line, &[(Place::Here, plain), (Place::Root, plain)]),
        None => return None,
    };
    Some(if_there(name))
}

fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with(['/', '-', '~'])
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
}

/// What an expression means that begins with the script's directory, the root, or a variable that is one of those:
/// `$(dirname "$0")/x`, `"$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"`, `${ROOT}/x`.
fn seen(written: &str, known: &FxHashMap<&str, Seen>) -> Option<Seen> {
    let written = written.trim_matches('"');
    // What stands behind the last bracket is appended as it is.
    let end = match variable(written) {
        Some((_, rest)) => written.len() - rest.len(),
        None => written.rfind([')', '}'])? + 1,
    };
    let (head, tail) = written.split_at(end);
    let tail = tail.trim_matches(['"', '/']);
    if !(tail.is_empty() || is_plain(tail)) {
        return None;
    }
    let base = base(head, known)?;
    // Each `dirname` leads up by one, the one that makes a directory of the script aside; so does each `/..`.
    let of_script = head.contains("$0") || head.contains("${0") || head.contains("BASH_SOURCE");
    let ups = head.matches("dirname").count() + head.matches("/..").count()
        - usize::from(of_script && head.contains("dirname"));
    let path = format!("{}{}/{tail}", base.path, "/..".repeat(ups));
    Some(Seen { path, ..base })
}

/// `${A}` or `$A` and what follows.
fn variable(written: &str) -> Option<(&str, &str)> {
    let name = written.strip_prefix('$')?;
    if let Some(braced) = name.strip_prefix('{') {
        return braced.split_once('}').filter(|(name, _)| is_name(name));
    }
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    (length > 0 && is_name(&name[..length])).then(|| name.split_at(length))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn base(head: &str, known: &FxHashMap<&str, Seen>) -> Option<Seen> {
    let script = head.contains("$0") || head.contains("${0") || head.contains("BASH_SOURCE");
    if script && (head.contains("dirname") || head.contains("%/*")) {
        return Some(Seen { from_root: false, path: String::new() });
    }
    if head.contains("git rev-parse --show-toplevel") {
        return Some(Seen { from_root: true, path: String::new() });
    }
    // The only variable in it.
    let mut inner = head.match_indices('$').filter_map(|(at, _)| variable(&head[at..]));
    let (name, _) = inner.next()?;
    known.get(name).filter(|_| inner.next().is_none()).cloned()
}
