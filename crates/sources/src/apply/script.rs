//! Code that moves: a shell script of `git mv`, to be read before it is run.

use std::fmt::Write as _;

use facts::{FileId, Manifest, moves::Part};

/// One `git mv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    from: String,
    to: String,
}

impl Step {
    /// Where a path lies afterwards; `None` where it stays.
    pub(super) fn leads(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(&self.from)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", self.to))
    }
}

/// The steps that bring a part into a module's directory, or in one sentence why there are none.
pub(super) fn steps(
    part: &Part,
    module: &str,
    manifest: &Manifest,
    living: &[(String, FileId)],
) -> Result<Vec<Step>, String> {
    let holds = |path: &str| {
        let below = format!("{path}/");
        let at = living.partition_point(|(own, _)| own.as_str() < below.as_str());
        living.get(at).is_some_and(|(own, _)| own.starts_with(&below))
            || living.binary_search_by(|(own, _)| own.as_str().cmp(path)).is_ok()
    };
    let declared = manifest.modules.iter().find(|one| one.id == module);
    let directory = declared.and_then(|one| one.paths.iter().find_map(|(path, _)| path.strip_suffix("/**")));
    let directory = directory.filter(|path| !path.contains(['*', '?', '['])).unwrap_or(module);
    if !holds(directory) {
        return Err(format!("{module} has no directory of its own that code could move to"));
    }
    let sources: Vec<&str> = match part {
        Part::Directory(path) => vec![path],
        Part::Files(paths) => paths.iter().map(String::as_str).collect(),
        Part::Module(_) => return Err("a module is merged, not moved".to_owned()),
    };
    let mut steps: Vec<Step> = Vec::new();
    for from in sources {
        let name = from.rsplit('/').next().unwrap_or(from);
        let to = format!("{directory}/{name}");
        if to == from || from.starts_with(&format!("{directory}/")) {
            return Err(format!("`{from}` lies in {directory}/ already"));
        }
        if holds(&to) || steps.iter().any(|step| step.to == to) {
            return Err(format!("`{from}` cannot move: something lies at `{to}` already"));
        }
        if directory == from || directory.starts_with(&format!("{from}/")) {
            return Err(format!("`{from}` cannot move into itself"));
        }
        steps.push(Step { from: from.to_owned(), to });
    }
    Ok(steps)
}

/// The script; `None` where nothing moves.
pub(super) fn text(steps: &[Step]) -> Option<String> {
    if steps.is_empty() {
        return None;
    }
    let mut out = String::from(
        "#!/bin/sh\n\
         # Moves code to where the plan has it. Read it before you run it.\n\
         # Imports, build files and ownership that name the old paths are not rewritten.\n\
         set -eu\n\
         cd \"$(git rev-parse --show-toplevel)\"\n",
    );
    let mut made: Vec<&str> = Vec::new();
    for step in steps {
        let directory = step.to.rsplit_once('/').map_or("", |(above, _)| above);
        if !made.contains(&directory) {
            made.push(directory);
            let _ = writeln!(out, "mkdir -p -- {}", quoted(directory));
        }
        let _ = writeln!(out, "git mv -- {} {}", quoted(&step.from), quoted(&step.to));
    }
    Some(out)
}

/// A word no shell reads anything into.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn living(paths: &[&str]) -> Vec<(String, FileId)> {
        paths.iter().enumerate().map(|(at, path)| ((*path).to_owned(), FileId::from_index(at))).collect()
    }

    #[test]
    fn code_moves_into_the_directory_of_its_module() {
        let tree = living(&["billing/pdf/c", "billing/tax's", "web/d"]);
        let bare = Manifest::default();
        let pdf = Part::Directory("billing/pdf".into());
        let moved = steps(&pdf, "web", &bare, &tree).unwrap();
        assert_eq!(moved[0].leads("billing/pdf/c").as_deref(), Some("web/pdf/c"));
        assert_eq!(moved[0].leads("billing/pdfs"), None);
        let files = Part::Files(vec!["billing/tax's".into()]);
        let both: Vec<Step> = [moved, steps(&files, "web", &bare, &tree).unwrap()].concat();
        let script = text(&both).unwrap();
        let expected = "mkdir -p -- 'web'\ngit mv -- 'billing/pdf' 'web/pdf'\ngit mv -- 'billing/tax'\\''s' 'web/tax'\\''s'\n";
        assert!(script.ends_with(expected), "{script}");
        assert_eq!(text(&[]), None);
    }

    #[test]
    fn what_cannot_move_says_why() {
        let tree = living(&["a/b/c", "a/d", "web/b/e", "web/d"]);
        let why = |part: &Part, module: &str| steps(part, module, &Manifest::default(), &tree).unwrap_err();
        let b = Part::Directory("a/b".into());
        assert_eq!(why(&b, "web"), "`a/b` cannot move: something lies at `web/b` already");
        assert_eq!(why(&b, "a"), "`a/b` lies in a/ already");
        assert_eq!(why(&b, "(root)"), "(root) has no directory of its own that code could move to");
        assert_eq!(why(&Part::Directory("a".into()), "a/b"), "`a` cannot move into itself");
    }
}
