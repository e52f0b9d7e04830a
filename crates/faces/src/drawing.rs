//! Graphs for programs that draw: Graphviz, Mermaid, GraphML.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::plain::plain;

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// For Graphviz.
    Dot,
    /// For Markdown that draws.
    Mermaid,
    /// GraphML 1.0, for Gephi, yEd and networkx.
    GraphMl,
}

/// One line between two nodes.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) from: String,
    pub(crate) to: String,
    /// What stands beside it.
    pub(crate) label: String,
    pub(crate) weight: f64,
    /// Its kind, an attribute in GraphML.
    pub(crate) kind: &'static str,
    pub(crate) dashed: bool,
}

/// Nodes and lines.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    pub(crate) directed: bool,
    /// Sorted; every end of a line is among them.
    pub(crate) nodes: Vec<String>,
    pub(crate) lines: Vec<Line>,
}

impl Drawing {
    pub(crate) fn write(&self, notation: Notation) -> String {
        match notation {
            Notation::Dot => self.dot(),
            Notation::Mermaid => self.mermaid(),
            Notation::GraphMl => self.graphml(),
        }
    }

    fn dot(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", plain(text).replace('\\', "\\\\").replace('"', "\\\""));
        let (head, arrow) = if self.directed { ("digraph", "->") } else { ("graph", "--") };
        let mut out = format!("{head} unsnarl {{\n  rankdir=LR;\n  node [shape=box];\n");
        for node in &self.nodes {
            let _ = writeln!(out, "  {};", quoted(node));
        }
        for line in &self.lines {
            let style = if line.dashed { ", style=dashed" } else { "" };
            let (from, to, label) = (quoted(&line.from), quoted(&line.to), quoted(&line.label));
            let _ = writeln!(out, "  {from} {arrow} {to} [label={label}{style}];");
        }
        out.push_str("}\n");
        out
    }

    fn mermaid(&self) -> String {
        let escaped =
            |text: &str| plain(text).replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        let number: BTreeMap<&str, usize> =
            self.nodes.iter().enumerate().map(|(at, node)| (node.as_str(), at)).collect();
        let mut out = String::from("graph LR\n");
        for (node, at) in &number {
            let _ = writeln!(out, "  n{at}[\"{}\"]", escaped(node));
        }
        for line in &self.lines {
            let arrow = match (self.directed, line.dashed) {
                (true, false) => "-->",
                (true, true) => "-.->",
                (false, false) => "---",
                (false, true) => "-.-",
            };
            let (from, to) = (number[line.from.as_str()], number[line.to.as_str()]);
            let _ = writeln!(out, "  n{from} {arrow}|\"{}\"| n{to}", escaped(&line.label));
        }
        out
    }

    fn graphml(&self) -> String {
        let escaped = |text: &str| {
            plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
        };
        let direction = if self.directed { "directed" } else { "undirected" };
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n  \
             <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n  \
             <key id=\"kind\" for=\"edge\" attr.name=\"kind\" attr.type=\"string\"/>\n",
        );
        let _ = writeln!(out, "  <graph edgedefault=\"{direction}\">");
        for node in &self.nodes {
            let _ = writeln!(out, "    <node id=\"{}\"/>", escaped(node));
        }
        for line in &self.lines {
            let _ = writeln!(
                out,
                "    <edge source=\"{}\" target=\"{}\"><data key=\"weight\">{}</data><data key=\"kind\">{}</data></edge>",
                escaped(&line.from),
                escaped(&line.to),
                line.weight,
                line.kind
            );
        }
        out.push_str("  </graph>\n</graphml>\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing() -> Drawing {
        let line = Line {
            from: "a \"<b>\"".into(),
            to: "c\\d".into(),
            label: "3".into(),
            weight: 3.0,
            kind: "test",
            dashed: true,
        };
        Drawing { directed: true, nodes: vec!["a \"<b>\"".into(), "c\\d".into()], lines: vec![line] }
    }

    #[test]
    fn names_mean_nothing_to_any_notation() {
        let drawing = drawing();
        assert!(drawing.write(Notation::Dot).contains(r#""a \"<b>\"" -> "c\\d" [label="3", style=dashed];"#));
        assert!(drawing.write(Notation::Mermaid).contains("n0[\"a &quot;&lt;b&gt;&quot;\"]"));
        assert!(drawing.write(Notation::Mermaid).contains("n0 -.->|\"3\"| n1"));
        let xml = drawing.write(Notation::GraphMl);
        assert!(xml.contains("<edge source=\"a &quot;&lt;b&gt;&quot;\" target=\"c\\d\">"));
    }
}
