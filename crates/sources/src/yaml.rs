//! Just enough YAML for ownership files, with line numbers and with bounds.
//!
//! The parser is saphyr's; this builds a small tree from its events. Nesting deeper than [`MAX_DEPTH`] and more nodes
//! than [`MAX_NODES`] are refused. What an alias stands for counts as if it were written out, so that no file can grow
//! beyond that while it is read.

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser};

/// No ownership file nests deeper.
const MAX_DEPTH: usize = 32;
/// No ownership file says more.
const MAX_NODES: usize = 1 << 20;

/// A value and the line it begins on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Text as written; `null`, numbers and booleans too.
    Text(String),
    List(Vec<Node>),
    /// Keys as written, each with its line, in file order.
    Map(Vec<(String, u32, Node)>),
}

impl Node {
    /// How many values it is made of.
    fn size(&self) -> usize {
        1 + match &self.value {
            Value::Text(_) => 0,
            Value::List(items) => items.iter().map(Self::size).sum(),
            Value::Map(entries) => entries.iter().map(|(_, _, node)| 1 + node.size()).sum(),
        }
    }

    /// The value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The line of a key of a map, and its value.
    pub(crate) fn entry(&self, key: &str) -> Option<(u32, &Node)> {
        self.map().iter().find(|(known, _, _)| known == key).map(|(_, line, node)| (*line, node))
    }

    /// The entries of a map; empty for anything else.
    pub(crate) fn map(&self) -> &[(String, u32, Node)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a list; empty for anything else.
    pub(crate) fn list(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// Text; `None` for anything else and for null.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !matches!(text.as_str(), "" | "~" | "null") => Some(text),
            _ => None,
        }
    }

    /// Whether it is the word `true`.
    pub(crate) fn is_true(&self) -> bool {
        self.text() == Some("true")
    }
}

/// The documents of a YAML stream, or the line and reason it cannot be read.
pub(crate) fn parse(content: &[u8]) -> Result<Vec<Node>, (u32, String)> {
    let text = std::str::from_utf8(content).map_err(|error| {
        let line = content[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        (line_number(line), "the file is not UTF-8".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| (line_number(error.marker().line()), error.info().to_owned()))?;
        builder.push(event, line_number(span.start.line()))?;
    }
    Ok(builder.documents)
}

fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// A collection that is not closed yet, with its anchor (0 for none) and line.
#[derive(Debug)]
enum Open {
    List(usize, u32, Vec<Node>),
    /// With the key whose value comes next.
    Map(usize, u32, Vec<(String, u32, Node)>, Option<(String, u32)>),
}

#[derive(Debug, Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    nodes: usize,
    /// What aliases stand for.
    anchored: FxHashMap<usize, Node>,
}

impl Builder {
    fn push(&mut self, event: Event<'_>, line: u32) -> Result<(), (u32, String)> {
        self.count(1, line)?;
        if self.open.len() > MAX_DEPTH {
            return Err((line, format!("the file nests deeper than {MAX_DEPTH} levels")));
        }
        match event {
            Event::Scalar(text, _, anchor, _) => {
                let node = Node { line, value: Value::Text(text.into_owned()) };
                self.keep(anchor, &node)?;
                self.value(node);
            }
            Event::Alias(anchor) => {
                let node = self.anchored.get(&anchor).cloned();
                let node = node.ok_or((line, "an alias stands for itself".to_owned()))?;
                self.count(node.size(), line)?;
                self.value(node);
            }
            Event::SequenceStart(anchor, _) => self.open.push(Open::List(anchor, line, Vec::new())),
            Event::MappingStart(anchor, _) => self.open.push(Open::Map(anchor, line, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, more: usize, line: u32) -> Result<(), (u32, String)> {
        self.nodes += more;
        if self.nodes > MAX_NODES {
            return Err((line, format!("the file says more than {MAX_NODES} things")));
        }
        Ok(())
    }

    /// Keeps what has an anchor for the aliases that follow.
    fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), (u32, String)> {
        if anchor > 0 {
            self.count(node.size(), node.line)?;
            self.anchored.insert(anchor, node.clone());
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), (u32, String)> {
        let (anchor, node) = match self.open.pop() {
            Some(Open::List(anchor, line, items)) => (anchor, Node { line, value: Value::List(items) }),
            Some(Open::Map(anchor, line, entries, _)) => (anchor, Node { line, value: Value::Map(entries) }),
            None => return Ok(()),
        };
        self.keep(anchor, &node)?;
        self.value(node);
        Ok(())
    }

    fn value(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::List(_, _, items)) => items.push(node),
            Some(Open::Map(_, _, entries, key)) => match key.take() {
                Some((name, line)) => entries.push((name, line, node)),
                None => {
                    *key = Some((
                        if let Value::Text(text) = node.value { text } else { String::new() },
                        node.line,
                    ))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept() {
        let documents = parse(b"a:\n  - x\n  - y\nb: {c: true}\n---\nd: ~\n").unwrap();
        assert_eq!(documents.len(), 2);
        let (line, list) = documents[0].entry("a").unwrap();
        assert_eq!(
            (line, list.list().len(), list.list()[1].line, list.list()[1].text()),
            (1, 2, 3, Some("y"))
        );
        assert!(documents[0].get("b").unwrap().get("c").unwrap().is_true());
        assert_eq!(documents[1].get("d").unwrap().text(), None);
    }

    #[test]
    fn what_would_grow_or_sink_is_refused() {
        assert!(parse("[".repeat(10_000).as_bytes()).is_err());
        let nested = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
        assert!(parse(nested.as_bytes()).is_err());
        assert_eq!(parse(b"a: b\nc: \xff\n").unwrap_err().0, 2);
        let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        let read = parse(bomb.as_bytes()).unwrap();
        let c = read[0].get("c").unwrap().list();
        assert_eq!(c[1].list()[0].list()[1].text(), Some("x"), "aliases stand for what was anchored");
        let level =
            |at: usize| format!("l{}: &l{} [{}]\n", at + 1, at + 1, vec![format!("*l{at}"); 10].join(", "));
        let bomb = format!("l0: &l0 [x]\n{}", (0..9).map(level).collect::<String>());
        assert!(parse(bomb.as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(content in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = parse(&content);
        }
    }
}
