//! Dockerfiles: what is copied from the build context.

use super::{Place, for_building, if_there, reference};
use crate::{Language, Scan};

const ENDINGS: [&str; 5] = ["Dockerfile", "Dockerfile.*", ".dockerfile", "Containerfile", ".Dockerfile"];

pub(super) const LANGUAGE: Language =
    Language { name: "dockerfile", endings: &ENDINGS, descends: false, scan };

fn scan(_path: &str, text: &str) -> Scan {
    let mut names = Vec::new();
    for (line, instruction) in instructions(text) {
        let Some((word, rest)) = instruction.trim_start().split_once([' ', '\t']) else { continue };
        if !(word.eq_ignore_ascii_case("COPY") || word.eq_ignore_ascii_case("ADD")) {
            continue;
        }
        // What another stage made is not of the tree.
        let words: Vec<&str> = rest.split_whitespace().collect();
        if words.iter().any(|word| word.starts_with("--from") || word.starts_with("<<")) {
            continue;
        }
        let trim = |word: &&str| word.trim_matches(['[', ']', ',', '"']).to_owned();
        let mut paths: Vec<String> = words.iter().filter(|word| !word.starts_with("--")).map(trim).collect();
        // The last one is where it goes.
        paths.pop();
        let plain = |path: &&String| !path.contains(['$', '*', '?', '[', ':']) && !path.is_empty();
        for path in paths.iter().filter(plain) {
            let places = [(Place::Here, path.as_str()), (Place::Root, path.as_str())];
            names.push(for_building(if_there(reference(path, line, &places))));
        }
    }
    Scan { names, ..Scan::default() }
}

/// Lines with those that `\` joins to them, and the number of the first.
fn instructions(text: &str) -> Vec<(u32, String)> {
    let mut out: Vec<(u32, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with('#') {
            continue;
        }
        let (part, more) = line.trim_end().strip_suffix('\\').map_or((line, false), |part| (part, true));
        match out.last_mut().filter(|_| goes_on) {
            Some((_, instruction)) => {
                instruction.push(' ');
                instruction.push_str(part);
            }
            None => out.push((number, part.to_owned())),
        }
        goes_on = more;
    }
    out
}
