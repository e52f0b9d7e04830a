//! Lines of a CODEOWNERS file, GitHub's and GitLab's: the owners of a line that is there, or a further line that wins.
//!
//! The last line that matches decides, in GitLab within its section. A further line therefore stands right behind the
//! last one that speaks of any of its files, beside its relatives; where another section must agree, too, that section
//! excludes them. Whether it says what it should is read back by the caller.

use facts::FileId;

use super::Whole;
use crate::ownership::{Layers, Rules, emit};

/// Files that get the same owners.
pub(super) struct Target {
    /// Their places among the living files.
    pub(super) files: Vec<usize>,
    /// The same as directories and files.
    pub(super) wholes: Vec<Whole>,
    /// Any of these, as written.
    pub(super) owners: Vec<String>,
}

/// One edit of a file.
pub(super) struct Edit<'a> {
    pub(super) dialect: &'a str,
    pub(super) text: &'a str,
    pub(super) target: &'a Target,
}

/// What is done to a line, by its number from 1.
enum Stroke {
    /// It gets other owners.
    Owners(u32),
    /// A line follows it; the first line of all follows line 0.
    Behind(u32, String),
}

impl Edit<'_> {
    /// The first of the ways to write it that `right` takes.
    pub(super) fn written(
        &self,
        layers: &Layers,
        living: &[(String, FileId)],
        right: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let layer = layers.layers.first()?;
        let rules = layer.resolver.rules();
        let mut sections: Vec<Option<String>> = Vec::new();
        for &at in &self.target.files {
            let decision = layer.resolver.decide(living[at].0.as_bytes());
            for claim in decision.claims.iter().filter(|claim| claim.required) {
                let section = rules.rules[claim.rule as usize].section.clone();
                if !sections.contains(&section) {
                    sections.push(section);
                }
            }
        }
        if self.dialect == "gitlab" {
            // Those that ask for one approval alone come first by being tried; the unnamed one is always there.
            if !sections.contains(&None) {
                sections.push(None);
            }
        } else {
            sections = vec![None];
        }
        let spoken: Vec<u32> = self.spoken(layers, living);
        for home in &sections {
            let others: Vec<&Option<String>> =
                sections.iter().filter(|one| *one != home && self.holds(rules, one)).collect();
            if let Some(strokes) = self.lines_that_decide(layers, living, home).filter(|_| others.is_empty())
            {
                let text = self.drawn(&strokes);
                if right(&text) {
                    return Some(text);
                }
            }
            for replace in [true, false] {
                let mut strokes = Vec::new();
                for whole in &self.target.wholes {
                    let line = self.line_of(rules, home, whole).filter(|_| replace);
                    strokes.push(match line {
                        Some(line) => Stroke::Owners(line),
                        None => {
                            let place = self.place(rules, home, &spoken);
                            Stroke::Behind(place, self.aligned(place, &self.pattern(whole)))
                        }
                    });
                    for other in &others {
                        let line = format!("!{}", self.pattern(whole));
                        strokes.push(Stroke::Behind(self.place(rules, other, &spoken), line));
                    }
                }
                let text = self.drawn(&strokes);
                if right(&text) {
                    return Some(text);
                }
                // The owners may be those of the heading, or nobody's words at all: without exclusions then.
                if !others.is_empty() {
                    strokes
                        .retain(|stroke| !matches!(stroke, Stroke::Behind(_, line) if line.starts_with('!')));
                    let text = self.drawn(&strokes);
                    if right(&text) {
                        return Some(text);
                    }
                }
            }
        }
        None
    }

    /// Other owners for every line that decides one of the files; `None` where what comes to be there later would be
    /// decided otherwise, by a wildcard or because a directory has no line.
    fn lines_that_decide(
        &self,
        layers: &Layers,
        living: &[(String, FileId)],
        home: &Option<String>,
    ) -> Option<Vec<Stroke>> {
        let layer = &layers.layers[0];
        let rules = layer.resolver.rules();
        let has_line = |whole: &Whole| !whole.is_directory || self.line_of(rules, home, whole).is_some();
        if !self.target.wholes.iter().all(has_line) {
            return None;
        }
        let mut lines: Vec<u32> = Vec::new();
        for &at in &self.target.files {
            let decision = layer.resolver.decide(living[at].0.as_bytes());
            let decides = |rule: &&crate::ownership::Rule| same(&rule.section, home);
            let rule = decision.claims.iter().map(|claim| &rules.rules[claim.rule as usize]).find(decides)?;
            if !rule.pattern.contains('/') || rule.pattern.contains(['*', '?', '[']) {
                return None;
            }
            lines.push(rule.line);
        }
        lines.sort_unstable();
        lines.dedup();
        Some(lines.into_iter().map(Stroke::Owners).collect())
    }

    fn holds(&self, rules: &Rules, section: &Option<String>) -> bool {
        rules.rules.iter().any(|rule| same(&rule.section, section))
    }

    /// Every rule that speaks of one of the files.
    fn spoken(&self, layers: &Layers, living: &[(String, FileId)]) -> Vec<u32> {
        let paths = self.target.files.iter().map(|&at| living[at].0.as_bytes());
        let mut rules: Vec<u32> =
            paths.flat_map(|path| layers.layers[0].resolver.candidates(path)).map(|one| one.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The last line of a section with this very pattern.
    fn line_of(&self, rules: &Rules, section: &Option<String>, whole: &Whole) -> Option<u32> {
        let written = self.pattern(whole);
        let bare = |pattern: &str| {
            pattern.trim_start_matches('/').trim_end_matches("**").trim_end_matches('/').to_owned()
        };
        let same_pattern = |pattern: &str| pattern.contains('/') && bare(pattern) == bare(&written);
        let own =
            rules.rules.iter().filter(|rule| same(&rule.section, section) && same_pattern(&rule.pattern));
        own.map(|rule| rule.line).max()
    }

    /// The line behind which a further one of a section wins.
    fn place(&self, rules: &Rules, section: &Option<String>, spoken: &[u32]) -> u32 {
        let own = |rule: &u32| same(&rules.rules[*rule as usize].section, section);
        let related =
            spoken.iter().filter(|rule| own(rule)).map(|&rule| rules.rules[rule as usize].line).max();
        let all = || {
            (0..rules.rules.len() as u32).filter(|rule| own(rule)).map(|rule| rules.rules[rule as usize].line)
        };
        related.or_else(|| all().max()).unwrap_or_else(|| match section {
            None if self.dialect == "github" => u32::MAX,
            // Behind the comments the file begins with.
            _ => self.text.lines().take_while(|line| line.starts_with('#')).count() as u32,
        })
    }

    fn pattern(&self, whole: &Whole) -> String {
        let escaped = match self.dialect {
            "gitlab" => emit::gitlab_escape(&whole.path),
            _ => emit::github_escape(&whole.path),
        };
        format!("/{escaped}{}", if whole.is_directory { "/" } else { "" })
    }

    /// A further line, its owners below those of the line it follows.
    fn aligned(&self, place: u32, pattern: &str) -> String {
        let before =
            (place as usize).checked_sub(1).and_then(|at| self.text.lines().nth(at)).unwrap_or_default();
        let column = before.split_once(char::is_whitespace).map_or(0, |(pattern, rest)| {
            let space = rest.len() - rest.trim_start().len();
            pattern.chars().count() + space
        });
        format!("{pattern:<column$} {}", self.target.owners.join(" "))
    }

    /// The text with these strokes; everything else byte for byte.
    fn drawn(&self, strokes: &[Stroke]) -> String {
        let ending = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut out = String::with_capacity(self.text.len() + 80 * strokes.len());
        let behind = |out: &mut String, number: u32| {
            for stroke in strokes {
                if let Stroke::Behind(line, text) = stroke
                    && *line == number
                {
                    if !out.is_empty() && !out.ends_with('\n') {
                        out.push_str(ending);
                    }
                    out.push_str(text);
                    out.push_str(ending);
                }
            }
        };
        behind(&mut out, 0);
        for (number, line) in (1u32..).zip(self.text.split_inclusive('\n')) {
            match strokes.iter().any(|stroke| matches!(stroke, Stroke::Owners(own) if *own == number)) {
                true => out.push_str(&self.with_owners(line)),
                false => out.push_str(line),
            }
            behind(&mut out, number);
        }
        behind(&mut out, u32::MAX);
        out
    }

    /// A line with other owners: its pattern, the space behind it, and its comment stay.
    fn with_owners(&self, line: &str) -> String {
        let body = line.trim_end_matches(['\r', '\n']);
        let indent = body.len() - body.trim_start().len();
        let mut escaped = false;
        let pattern = body[indent..].find(|c: char| {
            let ends = c.is_whitespace() && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let pattern = pattern.map_or(body.len(), |at| indent + at);
        let rest = &body[pattern..];
        let space = &rest[..rest.len() - rest.trim_start().len()];
        let space = if space.is_empty() { " " } else { space };
        let comment = rest.find('#').filter(|_| self.dialect == "github").map_or("", |at| {
            let before = rest[..at].trim_end().len();
            &rest[before..]
        });
        format!("{}{space}{}{comment}{}", &body[..pattern], self.target.owners.join(" "), &line[body.len()..])
    }
}

/// Sections of one name are one, whatever its case.
fn same(a: &Option<String>, b: &Option<String>) -> bool {
    a.as_deref().map(str::to_lowercase) == b.as_deref().map(str::to_lowercase)
}
