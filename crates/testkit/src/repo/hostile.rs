//! A history whose every name is written by somebody who means harm to whoever shows it: authors, paths, modules, teams and
//! messages that are markup, script, addresses, templates, or names that programs keep for themselves.

use super::{Commit, History, history::START};

/// What is put wherever a name can stand. None holds a line's end, which a manifest would not let through.
pub const NAMES: [&str; 16] = [
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "\"><script>alert(1)<",
    "' onmouseover='alert(1)",
    "<!--<script>",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "`alert(1)`",
    "__proto__",
    "constructor",
    "toString",
    "%3Cscript%3Ealert(1)",
    "&lt;b&gt;&#60;i&#62;",
    "[x](javascript:alert(1))|`b`",
    "\u{202e}gnp.exe\u{2066}",
];

/// Five years of work on as many modules as there are names, two by two beyond chance, owned by as many teams.
pub fn history() -> History {
    let mut history = History::default();
    let mut first = Commit::new("</script><script>alert(1)</script>").at(START);
    let mut owners = String::from("version = 1\n");
    for (at, name) in NAMES.iter().enumerate() {
        owners.push_str(&format!(
            "[[team]]\nid = {name:?}\n[[module]]\nid = {name:?}\npaths = [\"m{at}/**\"]\nowner = {name:?}\n"
        ));
        first = first.write(file(at), "0");
    }
    // A debug string is a basic string of TOML but for the braces of its escapes.
    let owners = owners.replace("\\u{202e}", "\\u202e").replace("\\u{2066}", "\\u2066").replace("\\'", "'");
    history.commit("main", first.write("unsnarl.toml", owners));
    for number in 0..800_usize {
        let (at, name) = (number % NAMES.len(), NAMES[number / 3 % NAMES.len()]);
        let message = format!("{name} {number}\n\n</script><script>alert(1)</script>\u{1b}[31m");
        // Git strips angle brackets from names it is given, but not from names that others wrote.
        let author = name.replace(['<', '>', '\n'], " ");
        let mut commit = Commit::new(message)
            .by(format!("{author} {}", at / 2), format!("p{}@shop.example", at / 2))
            .at(START + number as i64 * 24 * 3600)
            .write(file(at), format!("{number}"));
        if number % 5 != 0 {
            commit = commit.write(file(at ^ 1), format!("{number}"));
        }
        history.commit("main", commit);
    }
    history
}

/// A file of a module, its name as bad as the module's.
fn file(module: usize) -> String {
    format!("m{module}/{}/code.rs", NAMES[module])
}
