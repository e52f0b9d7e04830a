//! Gradle: `settings.gradle` names the projects of a build; a project need carry no file of its own.

use bstr::ByteSlice;

use super::Declared;
use crate::tree::Tree;

/// The directories that settings files include and that exist.
pub(super) fn included(tree: &dyn Tree, skipped: &mut dyn FnMut(String)) -> Vec<Declared> {
    let mut out = Vec::new();
    for path in tree.paths() {
        let Some(root) = [&b"settings.gradle"[..], b"settings.gradle.kts"]
            .iter()
            .find_map(|name| path.strip_suffix(*name))
            .filter(|root| root.is_empty() || root.ends_with(b"/"))
        else {
            continue;
        };
        match tree.read(path) {
            Ok(content) => {
                for project in projects(&content) {
                    let mut directory = root.to_vec();
                    directory.extend(project);
                    if exists(tree, &directory) {
                        out.push(Declared { directory, from: "settings.gradle" });
                    }
                }
            }
            Err(why) => skipped(format!("failed to read `{}`: {why}", facts::paths::display(path))),
        }
    }
    out
}

fn exists(tree: &dyn Tree, directory: &[u8]) -> bool {
    let mut prefix = directory.to_vec();
    prefix.push(b'/');
    let at = tree.paths().partition_point(|path| path.as_slice() < prefix.as_slice());
    tree.paths().get(at).is_some_and(|path| path.starts_with(&prefix))
}

/// The quoted names after each `include`, as directories: `':connect:api'` is `connect/api`.
fn projects(content: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut listing = false;
    for line in content.lines() {
        let line = line.split_str("//").next().unwrap_or_default().trim();
        let starts = line.strip_prefix(b"include").is_some_and(|rest| {
            rest.first().is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'(' | b'\'' | b'"'))
        });
        // A list goes on over the lines that end in a comma or stand in open parentheses.
        if !starts && !listing {
            continue;
        }
        let mut quoted = line.split(|&byte| byte == b'\'' || byte == b'"').skip(1).step_by(2);
        out.extend(quoted.by_ref().map(|name| name.trim_start_with(|c| c == ':').replace(":", "/")));
        listing = line.ends_with(b",")
            || (line.ends_with(b"("))
            || (listing && !line.ends_with(b")") && line.is_empty());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_read_over_lines() {
        let content = b"rootProject.name = 'x'\ninclude 'a',\n    'b:c', // note\n    'd'\nincludeBuild 'no'\ninclude(\n  \":e\",\n  \"f\"\n)\nproject(':g')\n";
        let names: Vec<String> =
            projects(content).into_iter().map(|name| String::from_utf8(name).unwrap()).collect();
        assert_eq!(names, ["a", "b/c", "d", "e", "f"]);
    }
}
