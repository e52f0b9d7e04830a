//! Linux MAINTAINERS: sections of fields; every section whose patterns match applies, the deepest pattern first.
//!
//! ```text
//! NETWORKING DRIVERS
//! M:  Ana <ana@example.org>     a maintainer: owns
//! S:  Maintained                the status
//! F:  drivers/net/              everything below
//! F:  drivers/of/of_net.c       that file, and any other path of equal depth that begins so
//! F:  */net/*                   exactly two directories deep
//! X:  drivers/net/wireless/     voids the whole section for these
//! N:  [^a-z]net                 a regular expression anywhere in the path
//! K:  \bnetdev\b                a regular expression on the content
//! ```
//!
//! As `scripts/get_maintainer.pl` reads it: in `F:` and `X:` a `.` is a dot, `*` any run of characters, slashes
//! included, `?` one character, the rest a regular expression, anchored at the start and not at the end. A pattern
//! that ends in a slash matches everything below; any other only paths with as many slashes as it has. A pattern
//! without wildcard and dot that names a directory gets its slash. A section's depth is that of its last pattern
//! that matches, 0 for `N:`. White space in `N:` and `K:` does nothing (Perl's `x`).
//!
//! A section is a team: its name stands for its `M:` entries. The deepest section with a maintainer is the one a change
//! needs; the others are told. Lines without a field are titles; several in a row keep the last, as the script does.

use regex::bytes::{Regex, RegexBuilder};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Candidate, Claim, Decision, Fate, Resolver, Rule, Rules,
    resolver::{Dialect, Found, Source, directories_up},
};
use crate::tree::{self, Tree};

pub(super) const DIALECT: Dialect =
    Dialect { name: "maintainers", title: "Linux MAINTAINERS", file: "MAINTAINERS", find, read, write };

fn find(tree: &dyn Tree) -> Found {
    let found = Found::first_of(tree, &["MAINTAINERS"]);
    let content =
        found.places.first().and_then(|place| tree::read_through_links(tree, place).ok()).unwrap_or_default();
    let has = |field: u8| content.split(|&byte| byte == b'\n').any(|line| line.starts_with(&[field, b':']));
    if has(b'F') && has(b'M') { found } else { Found::default() }
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let mut directories = FxHashSet::default();
    for path in source.tree.paths() {
        for directory in directories_up(path) {
            if !directories.insert(directory.to_vec()) {
                break;
            }
        }
    }
    let mut file = Maintainers::default();
    for (number, _, content) in source.contents(&mut file.rules) {
        file.parse(number, &content, &directories);
    }
    Box::new(file)
}

#[derive(Debug, Default)]
struct Maintainers {
    rules: Rules,
    sections: Vec<Section>,
    /// Patterns by the first part of every path they can match.
    by_first_part: FxHashMap<Vec<u8>, Vec<Pattern>>,
    anywhere: Vec<Pattern>,
}

#[derive(Debug, Default)]
struct Section {
    title: String,
    status: Option<String>,
    maintainers: Vec<String>,
    files: Vec<(u32, String)>,
    excluded: Vec<(u32, String)>,
    names: Vec<(u32, String)>,
    keywords: Vec<(u32, String)>,
    /// Compiled exclusions and keywords.
    voids: Vec<Pattern>,
    contents: Vec<(Regex, u32)>,
}

#[derive(Clone, Debug)]
struct Pattern {
    section: u32,
    rule: u32,
    /// Its place among the patterns of its section: the last that matches gives the depth.
    order: u32,
    depth: i32,
    /// What every matching path begins with.
    prefix: Vec<u8>,
    /// The whole pattern where `prefix` is not all of it.
    regex: Option<Regex>,
    /// Slashes a path must have; `None` for everything below a directory.
    slashes: Option<usize>,
}

impl Pattern {
    fn matches(&self, path: &[u8], slashes: usize) -> bool {
        self.slashes.is_none_or(|wanted| wanted == slashes)
            && path.starts_with(&self.prefix)
            && self.regex.as_ref().is_none_or(|regex| regex.is_match(path))
    }
}

impl Maintainers {
    fn parse(&mut self, file: u32, content: &[u8], directories: &FxHashSet<Vec<u8>>) {
        let mut title = String::new();
        let mut section: Option<Section> = None;
        for (at, line) in content.split(|&byte| byte == b'\n').enumerate() {
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            let line = String::from_utf8_lossy(line);
            let Some((field, value)) = field(&line) else {
                if !line.trim().is_empty() {
                    if let Some(done) = section.take() {
                        self.close(file, done, directories);
                    }
                    title = line.trim().to_owned();
                }
                continue;
            };
            let section =
                section.get_or_insert_with(|| Section { title: title.clone(), ..Section::default() });
            let value = value.to_owned();
            match field {
                'M' => section.maintainers.push(value),
                'S' => section.status = Some(value),
                'F' => section.files.push((number, value)),
                'X' => section.excluded.push((number, value)),
                'N' => section.names.push((number, value)),
                'K' => section.keywords.push((number, value)),
                _ => {}
            }
        }
        if let Some(done) = section.take() {
            self.close(file, done, directories);
        }
    }

    fn close(&mut self, file: u32, mut section: Section, directories: &FxHashSet<Vec<u8>>) {
        let id = u32::try_from(self.sections.len()).expect("files are bounded, so their sections are");
        let owners = if section.maintainers.is_empty() {
            Vec::new()
        } else {
            // Two sections may share a title; each is a team of its own.
            let mut name = section.title.clone();
            while self.rules.groups.contains_key(&name) {
                name.push('+');
            }
            self.rules.groups.insert(name.clone(), section.maintainers.clone());
            self.rules.name_all([name])
        };
        let mut order = 0;
        for (field, lines) in
            [("F", section.files.clone()), ("X", section.excluded.clone()), ("N", section.names.clone())]
        {
            for (line, text) in lines {
                order += 1;
                let rule = self.rule(file, line, &format!("{field}: {text}"), &section, &owners);
                let compiled = if field == "N" { name(&text) } else { pattern(&text, directories) };
                let (prefix, regex, slashes, depth) = match compiled {
                    Ok(compiled) => compiled,
                    Err(why) => {
                        self.rules.problem(file, line, why);
                        continue;
                    }
                };
                let pattern = Pattern { section: id, rule, order, depth, prefix, regex, slashes };
                if field == "X" {
                    section.voids.push(pattern);
                } else {
                    match pattern.prefix.iter().position(|&byte| byte == b'/') {
                        Some(slash) => {
                            self.by_first_part
                                .entry(pattern.prefix[..slash].to_vec())
                                .or_default()
                                .push(pattern);
                        }
                        None => self.anywhere.push(pattern),
                    }
                }
            }
        }
        for (line, text) in section.keywords.clone() {
            let rule = self.rule(file, line, &format!("K: {text}"), &section, &owners);
            match expression(&text) {
                Ok(regex) => section.contents.push((regex, rule)),
                Err(why) => self.rules.problem(file, line, why),
            }
        }
        self.sections.push(section);
    }

    fn rule(&mut self, file: u32, line: u32, text: &str, section: &Section, owners: &[u32]) -> u32 {
        self.rules.push(Rule {
            file,
            line,
            pattern: text.to_owned(),
            owners: owners.to_vec(),
            section: Some(section.title.clone()),
            status: section.status.clone(),
        })
    }

    /// The patterns that match, each with the exclusion that voids its section; by section, in file order.
    fn matching(&self, path: &[u8]) -> Vec<(&Pattern, Option<u32>)> {
        let slashes = path.iter().filter(|&&byte| byte == b'/').count();
        let first = path.split(|&byte| byte == b'/').next().unwrap_or_default();
        let filed = self.by_first_part.get(first).map_or(&[][..], Vec::as_slice);
        let mut hits: Vec<&Pattern> =
            filed.iter().chain(&self.anywhere).filter(|pattern| pattern.matches(path, slashes)).collect();
        hits.sort_by_key(|pattern| (pattern.section, pattern.order));
        hits.into_iter()
            .map(|pattern| {
                let voids = &self.sections[pattern.section as usize].voids;
                (pattern, voids.iter().find(|void| void.matches(path, slashes)).map(|void| void.rule))
            })
            .collect()
    }

    /// One pattern a section that applies, deepest first.
    fn applying(&self, path: &[u8]) -> Vec<&Pattern> {
        let mut last: Vec<&Pattern> = Vec::new();
        for (pattern, voided) in self.matching(path) {
            if voided.is_some() {
                continue;
            }
            match last.last_mut() {
                Some(known) if known.section == pattern.section => *known = pattern,
                _ => last.push(pattern),
            }
        }
        last.sort_by_key(|pattern| std::cmp::Reverse(pattern.depth));
        last
    }
}

impl Resolver for Maintainers {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let mut needed = false;
        let mut claims: Vec<Claim> = self
            .applying(path)
            .into_iter()
            .map(|pattern| {
                let owners = self.rules.rules[pattern.rule as usize].owners.clone();
                let required = !needed && !owners.is_empty();
                needed |= required;
                Claim { rule: pattern.rule, owners, approvals: 1, required }
            })
            .collect();
        claims.sort_by_key(|claim| !claim.required);
        Decision { claims }
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        let decision = self.decide(path);
        let decisive = decision.claims.first().map(|claim| claim.rule);
        let mut hits = self.matching(path);
        hits.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.depth));
        hits.iter()
            .map(|(pattern, voided)| {
                let fate = match voided {
                    Some(by) => Fate::Excluded(*by),
                    None if Some(pattern.rule) == decisive => Fate::Decides,
                    None => Fate::Adds,
                };
                Candidate { rule: pattern.rule, fate }
            })
            .collect()
    }

    fn is_told_by_path(&self, rule: u32) -> bool {
        !self.rules.rules[rule as usize].pattern.starts_with("K:")
    }

    fn decide_by_content(&self, content: &[u8]) -> Vec<Claim> {
        let keywords = self.sections.iter().flat_map(|section| &section.contents);
        keywords
            .filter(|(regex, _)| regex.is_match(content))
            .map(|&(_, rule)| Claim {
                rule,
                owners: self.rules.rules[rule as usize].owners.clone(),
                approvals: 1,
                required: false,
            })
            .collect()
    }
}

/// The letter and value of a field line.
fn field(line: &str) -> Option<(char, &str)> {
    let mut chars = line.chars();
    let letter = chars.next().filter(char::is_ascii_uppercase)?;
    let value = chars.as_str().strip_prefix(':')?;
    Some((letter, value.trim()))
}

type Compiled = (Vec<u8>, Option<Regex>, Option<usize>, i32);

/// An `F:` or `X:` pattern.
fn pattern(text: &str, directories: &FxHashSet<Vec<u8>>) -> Result<Compiled, String> {
    let mut text = text.to_owned();
    // The script asks for the directory after it has escaped dots, so one with a dot in its name is never found.
    if !text.ends_with('/') && !text.contains(['.', '*', '?']) && directories.contains(text.as_bytes()) {
        text.push('/');
    }
    let slashes = text.bytes().filter(|&byte| byte == b'/').count();
    let depth = match () {
        () if text.starts_with('*') => -1,
        () if text.ends_with('/') => slashes as i32,
        () => slashes as i32 + 1,
    };
    let special = |c: char| !(c.is_alphanumeric() || "/_-., @~%=:#&".contains(c));
    let end = text.find(special).unwrap_or(text.len());
    // A character that a quantifier may follow belongs to what is quantified.
    let quantified = text[end..].starts_with(['+', '{', '|', ')']);
    let end = if quantified { 0 } else { end };
    let regex = if end == text.len() {
        None
    } else {
        let translated = text.replace('.', "\\.").replace('*', ".*").replace('?', ".");
        let built =
            RegexBuilder::new(&format!("^(?:{translated})")).unicode(false).size_limit(1 << 20).build();
        Some(built.map_err(|_| format!("`{text}` is no pattern that can be used"))?)
    };
    let wanted = (!text.ends_with('/')).then_some(slashes);
    Ok((text.as_bytes()[..end].to_vec(), regex, wanted, depth))
}

/// An `N:` expression.
fn name(text: &str) -> Result<Compiled, String> {
    Ok((Vec::new(), Some(expression(text)?), None, 0))
}

fn expression(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).unicode(false).ignore_whitespace(true).size_limit(1 << 20).build();
    built.map_err(|_| format!("`{text}` is no regular expression that can be used here"))
}

/// A pattern, and whose section it belongs into.
fn write(directory: &str, whole: bool, owner: &str) -> String {
    let slash = if directory.is_empty() { "" } else { "/" };
    let star = if whole && !directory.is_empty() { "" } else { "*" };
    format!("F:\t{directory}{slash}{star}  in the section {owner}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::literal::LiteralTree;

    const FILE: &str = "List of maintainers\n\nTips\n\nNETWORKING\nM:\tNet <net@x.org>\nM:\tNat <nat@x.org>\nS:\tMaintained\nF:\tnet/\nF:\tdrivers/net\nX:\tdrivers/net/wireless/\nN:\tnet dev\nK:\t\\bnetdev_\n\nWIRELESS\nM:\tWi <wi@x.org>\nF:\tdrivers/net/wireless/\n\nONE FILE\nM:\tFo <fo@x.org>\nF:\tkernel/foo.c\nF:\tkernel/irq?[0-3].c\n\nTWO DEEP\nM:\tDeep <de@x.org>\nF:\t*/net/*\n\nORPHANS\nS:\tOrphan\nF:\tkernel/\n\nTHE REST\nM:\tLinus <li@x.org>\nF:\t*\nF:\t*/\n";

    fn read_file() -> Box<dyn Resolver> {
        let tree = LiteralTree::new(&[("MAINTAINERS", FILE), ("drivers/net/a.c", ""), ("kernel/foo.c", "")]);
        read(&Source { tree: &tree, places: &[b"MAINTAINERS".to_vec()] })
    }

    fn sections(path: &str) -> Vec<String> {
        let file = read_file();
        file.decide(path.as_bytes())
            .claims
            .iter()
            .map(|claim| {
                let rule = &file.rules().rules[claim.rule as usize];
                format!(
                    "{}{}",
                    rule.section.clone().unwrap_or_default(),
                    if claim.required { "!" } else { "" }
                )
            })
            .collect()
    }

    #[test]
    fn the_deepest_section_comes_first() {
        assert_eq!(sections("net/ipv4/tcp.c"), ["NETWORKING!", "THE REST"]);
        assert_eq!(
            sections("drivers/net/a.c"),
            ["NETWORKING!", "TWO DEEP", "THE REST"],
            "a directory gets its slash"
        );
        assert_eq!(sections("drivers/net/wireless/x.c"), ["WIRELESS!", "THE REST"], "X: voids the section");
        assert_eq!(sections("a/b/netdev.c"), ["NETWORKING!", "THE REST"], "N: ignores white space");
        assert_eq!(sections("README"), ["THE REST!"]);
    }

    #[test]
    fn patterns_are_anchored_at_the_start_alone() {
        assert_eq!(sections("kernel/foo.c"), ["ONE FILE!", "ORPHANS", "THE REST"]);
        assert_eq!(sections("kernel/foo.conf"), ["ONE FILE!", "ORPHANS", "THE REST"]);
        assert_eq!(
            sections("kernel/foo.c/x"),
            ["THE REST!", "ORPHANS"],
            "as many slashes as the pattern has"
        );
        assert_eq!(sections("kernel/fooxc"), ["THE REST!", "ORPHANS"], "a dot is a dot");
        assert_eq!(sections("kernel/irqx2.c"), ["ONE FILE!", "ORPHANS", "THE REST"]);
        assert_eq!(sections("arch/net/x/y.c"), ["THE REST!"], "two slashes exactly");
    }

    #[test]
    fn a_section_stands_for_its_maintainers() {
        let file = read_file();
        let decision = file.decide(b"net/x.c");
        assert_eq!(
            file.rules().expanded(&decision.owners()),
            ["Net <net@x.org>", "Nat <nat@x.org>", "Linus <li@x.org>"]
        );
        let by_content = file.decide_by_content(b"int netdev_open();");
        assert_eq!(by_content.len(), 1);
        assert!(file.decide_by_content(b"int xnetdev_open();").is_empty());
    }
}
