//! The formats that are no JSON, read as their readers read them.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use quick_junit::{Report, TestCaseStatus};

/// JUnit XML: passed, failed, skipped.
pub(crate) fn junit(text: &str) -> (usize, usize, usize) {
    let in_xml = |c: char| matches!(c, '\n' | '\t' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(in_xml), "{text:?}");
    let report = Report::deserialize_from_str(text).expect("it is JUnit XML");
    let cases: Vec<_> = report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
    let count = |is: &dyn Fn(&TestCaseStatus) -> bool| cases.iter().filter(|case| is(&case.status)).count();
    assert_eq!(report.tests, cases.len());
    let failed = count(&|status| matches!(status, TestCaseStatus::NonSuccess { .. }));
    assert_eq!(report.failures, failed);
    let skipped = count(&|status| matches!(status, TestCaseStatus::Skipped { .. }));
    (cases.len() - failed - skipped, failed, skipped)
}

/// A workflow command, read as GitHub's runner reads it: kind, properties, message.
pub(crate) struct Command {
    pub(crate) kind: String,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) message: String,
}

/// Workflow commands, one a line and nothing else.
pub(crate) fn github(text: &str) -> Vec<Command> {
    assert!(!text.contains('\r'), "{text:?}");
    let back = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    let commands = text.lines().map(|line| {
        let body = line.strip_prefix("::").expect("every line is a command");
        let (head, message) = body.split_once("::").expect("the head of a command ends");
        let (kind, properties) = head.split_once(' ').expect("every command has properties");
        let properties = properties.split(',').map(|pair| {
            let (name, value) = pair.split_once('=').expect("a property has a value");
            (name.to_owned(), back(&value.replace("%3A", ":").replace("%2C", ",")))
        });
        Command { kind: kind.to_owned(), properties: properties.collect(), message: back(message) }
    });
    commands.collect()
}

/// What a page of Markdown comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Cells of each row of the one table, its head first.
    pub(crate) cells: Vec<usize>,
    /// Everything that is read, code among it.
    pub(crate) text: String,
    /// What is read outside of code, where a forge looks for mentions and references.
    pub(crate) outside_code: String,
}

/// GitHub-flavoured Markdown of which nothing foreign may become markup.
pub(crate) fn markdown(text: &str) -> Page {
    let mut page = Page::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut in_code = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => page.cells.push(0),
            Event::Start(Tag::TableCell) => *page.cells.last_mut().expect("cells stand in rows") += 1,
            Event::Text(part) => {
                page.text.push_str(&part);
                if !in_code {
                    page.outside_code.push_str(&part);
                }
            }
            Event::InlineHtml(tag) if &*tag == "<code>" => in_code = true,
            Event::InlineHtml(tag) if &*tag == "</code>" => in_code = false,
            Event::Html(html) => {
                let own = [
                    "<!-- unsnarl check -->",
                    "<details><summary>What each rule looked at</summary>",
                    "</details>",
                ];
                assert!(own.contains(&html.trim()), "{html}");
            }
            Event::Code(code) => assert!(!code.is_empty()),
            Event::SoftBreak | Event::HardBreak => page.text.push(' '),
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::Table(_)
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::HtmlBlock,
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Table
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::TableCell
                | TagEnd::List(_)
                | TagEnd::Item
                | TagEnd::Strong
                | TagEnd::HtmlBlock,
            ) => {}
            other => panic!("{other:?} in {text}"),
        }
    }
    assert!(!in_code, "{text}");
    page
}
