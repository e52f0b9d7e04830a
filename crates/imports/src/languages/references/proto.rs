//! Protocol Buffers: `import "a/b.proto";`, and files made from one, which say so at their head.

use super::{Place, for_building, if_there, reference};
use crate::{
    Language, Name, Scan,
    lex::{Kind, Lexicon, Quote, balanced, nothing_special, tokens},
};

const ENDINGS: [&str; 17] = [
    ".proto",
    ".pb.go",
    ".pb.gw.go",
    ".pb.validate.go",
    ".pb.h",
    ".pb.cc",
    ".pb.rs",
    ".pb.swift",
    ".pb.dart",
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
    "_pb.rb",
    "_pb.js",
    "_pb.d.ts",
    "_pb.ts",
    ".pb.ts",
];

pub(super) const LANGUAGE: Language = Language { name: "proto", endings: &ENDINGS, descends: false, scan };

const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[Quote::plain("\""), Quote::plain("'")],
    word_marks: b"",
    special: nothing_special,
};

/// How many lines of a generated file are its head.
const HEAD_LINES: usize = 40;

fn scan(path: &str, text: &str) -> Scan {
    if !path.ends_with(".proto") {
        return Scan { names: made_from(text).into_iter().collect(), ..Scan::default() };
    }
    let tokens = tokens(text, &LEXICON);
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let starts = at == 0 || tokens[at - 1].is(";") || tokens[at - 1].is("}");
        if !(token.is("import") && starts) {
            continue;
        }
        let skip = usize::from(tokens.get(at + 1).is_some_and(|next| next.is("public") || next.is("weak")));
        if let Some(file) = tokens.get(at + 1 + skip).filter(|file| file.kind == Kind::Text) {
            names.push(reference(file.text, token.line, &[(Place::Anywhere, file.text)]));
        }
    }
    Scan { names, broken: !balanced(&tokens), ..Scan::default() }
}

/// `// source: a/b.proto`, `@generated from file a/b.proto`
fn made_from(text: &str) -> Option<Name> {
    for (at, line) in text.lines().take(HEAD_LINES).enumerate() {
        let behind = ["source: ", "from file "].iter().find_map(|words| line.split_once(words));
        let Some(file) = behind.and_then(|(_, behind)| behind.split([' ', '"']).next()) else { continue };
        if file.ends_with(".proto") {
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            return Some(for_building(if_there(reference(file, line, &[(Place::Anywhere, file)]))));
        }
    }
    None
}
