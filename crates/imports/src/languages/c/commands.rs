//! Include roots as `compile_commands.json` says.

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::project::{Project, directories_up, join, resolve};

/// Roots of the files that are compiled by themselves.
#[derive(Debug, Default)]
pub(super) struct Commands {
    by_file: FxHashMap<u32, Vec<Root>>,
}

#[derive(Debug)]
struct Root {
    directory: String,
    /// For names in quotes alone.
    quoted: bool,
}

impl Commands {
    pub(super) fn read(project: &Project<'_>) -> Self {
        let mut out = Self::default();
        for file in project.files_called("compile_commands.json") {
            let content = project.read(file).unwrap_or_default();
            let entries: Vec<Value> = serde_json::from_slice(&content).unwrap_or_default();
            entries.iter().for_each(|entry| out.add(project, entry));
        }
        out
    }

    fn add(&mut self, project: &Project<'_>, entry: &Value) {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let directory = text("directory");
        let Some(path) = absolute(directory, text("file")) else { return };
        // The tree was somewhere else when it was built: where is told by a file whose path ends as one of the tree.
        let within = |above: &&str| project.find(path[above.len()..].trim_start_matches('/')).is_some();
        let mut above: Vec<&str> = directories_up(&path).skip(1).collect();
        above.reverse();
        let Some(tree) = above.into_iter().find(within) else { return };
        let Some(file) = project.find(path[tree.len()..].trim_start_matches('/')) else { return };
        let local = |root: &str| {
            let root = absolute(directory, root)?;
            let rest = root.strip_prefix(tree)?;
            (rest.is_empty() || rest.starts_with('/') || tree.is_empty())
                .then(|| rest.trim_start_matches('/').to_owned())
        };
        let roots = roots(&arguments(entry))
            .into_iter()
            .filter_map(|(root, quoted)| Some(Root { directory: local(&root)?, quoted }));
        self.by_file.entry(file).or_default().extend(roots);
    }

    /// The file a name stands for in a file that is compiled by itself.
    pub(super) fn find(&self, project: &Project<'_>, from: u32, spec: &str, system: bool) -> Option<u32> {
        let roots = self.by_file.get(&from)?.iter().filter(|root| !(system && root.quoted));
        roots.filter_map(|root| project.find(&resolve("", &join(&root.directory, spec))?)).next()
    }
}

/// A path without its first `/`.
fn absolute(directory: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    if path.starts_with('/') { resolve("", &path) } else { resolve(&directory.replace('\\', "/"), &path) }
}

fn arguments(entry: &Value) -> Vec<String> {
    match entry.get("arguments").and_then(Value::as_array) {
        Some(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => words(entry.get("command").and_then(Value::as_str).unwrap_or_default()),
    }
}

/// The words of a command line.
fn words(command: &str) -> Vec<String> {
    let (mut out, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('\\', None | Some('"')) => word.extend(characters.next()),
            (c, None) if c.is_whitespace() => out.push(std::mem::take(&mut word)),
            (c, _) => word.push(c),
        }
    }
    out.push(word);
    out.retain(|word| !word.is_empty());
    out
}

/// The directories that arguments say to search, in order, and whether for names in quotes alone.
fn roots(arguments: &[String]) -> Vec<(String, bool)> {
    let (mut quoted, mut plain, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        at += 1;
        let options = ["-iquote", "-isystem", "-idirafter", "-I", "/I"];
        let Some(option) = options.into_iter().find(|option| argument.starts_with(option)) else { continue };
        let mut root = argument[option.len()..].to_owned();
        if root.is_empty() {
            root = arguments.get(at).cloned().unwrap_or_default();
            at += 1;
        }
        match option {
            "-iquote" => quoted.push((root, true)),
            "-isystem" | "-idirafter" => last.push((root, false)),
            _ => plain.push((root, false)),
        }
    }
    quoted.into_iter().chain(plain).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_read_as_a_shell_would() {
        assert_eq!(
            words(r#"cc -I"a b" '-Ic d' -DX=\"y\" e\ f.c"#),
            ["cc", "-Ia b", "-Ic d", "-DX=\"y\"", "e f.c"]
        );
    }

    #[test]
    fn roots_for_quotes_come_first_and_those_of_the_system_last() {
        let arguments = ["-isystem", "s", "-Ia", "-I", "b", "-iquote", "q", "-o", "x"].map(str::to_owned);
        let all = roots(&arguments);
        let named: Vec<&str> = all.iter().map(|(root, _)| root.as_str()).collect();
        assert_eq!(named, ["q", "a", "b", "s"]);
        assert_eq!(all.iter().filter(|(_, quoted)| *quoted).count(), 1);
    }
}
