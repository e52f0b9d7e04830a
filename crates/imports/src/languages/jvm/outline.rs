//! What a file of the JVM family declares and which names it uses from elsewhere, as its tokens are passed.
//!
//! ```text
//! class A<T> : B { class C; C x; T y; D z }   ──▶   declares A, A.C   uses B (as the supertype of A), D
//! ```
//!
//! Bodies are frames. A use is kept by its name until the frames around it close: a frame that closes takes with it the
//! uses of what it declares, wherever in it that was. Each use is added once and taken once, so it takes linear time.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Declared;
use crate::{Name, Scan};

/// Types within types within types: deeper ones are not told.
const DEEPEST: usize = 12;

/// What a body is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::languages) enum Body {
    /// A file or a package.
    Package,
    /// A type, whose members have names.
    Type,
    /// Brackets, functions, anything that nobody can name from outside.
    Code,
}

struct Frame<'s> {
    body: Body,
    /// Types around it, as `A.B`; none within code.
    path: Option<String>,
    depth: usize,
    /// Uses from here on are within it.
    from: usize,
    declares: Vec<&'s str>,
    /// What its heading declares, and from where on: types within a type are not seen in its heading.
    parameters: (usize, Vec<&'s str>),
    /// Whether constants of an enumeration are listed in it at this point.
    constants: bool,
    header: Option<Header<'s>>,
}

/// A declaration whose body has not begun.
struct Header<'s> {
    name: &'s str,
    body: Body,
    from: usize,
    declares: Vec<&'s str>,
    constants: bool,
    supertypes: bool,
    angles: usize,
}

/// A file as far as its tokens have been passed.
pub(in crate::languages) struct Outline<'s> {
    frames: Vec<Frame<'s>>,
    uses: FxHashMap<&'s str, Vec<(usize, u32)>>,
    passed: usize,
    paths: FxHashMap<String, u32>,
    members: FxHashMap<&'s str, u32>,
    supertypes: Vec<(String, String, u32)>,
    declared: FxHashSet<&'s str>,
    pub(in crate::languages) scan: Scan,
}

impl<'s> Outline<'s> {
    pub(in crate::languages) fn new() -> Self {
        let file = Frame {
            body: Body::Package,
            path: Some(String::new()),
            depth: 0,
            from: 0,
            declares: Vec::new(),
            parameters: (0, Vec::new()),
            constants: false,
            header: None,
        };
        Self {
            frames: vec![file],
            uses: FxHashMap::default(),
            passed: 0,
            paths: FxHashMap::default(),
            members: FxHashMap::default(),
            supertypes: Vec::new(),
            declared: FxHashSet::default(),
            scan: Scan::default(),
        }
    }

    fn top(&mut self) -> &mut Frame<'s> {
        self.frames.last_mut().expect("the file's own frame is closed last")
    }

    /// What the innermost body is of.
    pub(in crate::languages) fn body(&self) -> Body {
        self.frames.last().map_or(Body::Package, |frame| frame.body)
    }

    /// Whether the constants of an enumeration are listed here.
    pub(in crate::languages) fn among_constants(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.constants)
    }

    /// The list of constants is over.
    pub(in crate::languages) fn end_constants(&mut self) {
        self.top().constants = false;
    }

    /// A declaration begins: of a type, or of a function, which has parameters.
    pub(in crate::languages) fn begin(&mut self, name: &'s str, body: Body, constants: bool) {
        self.end_header();
        let from = self.passed + 1;
        let (supertypes, angles, declares) = (false, 0, Vec::new());
        self.top().header = Some(Header { name, body, from, declares, constants, supertypes, angles });
    }

    /// The declaration is over, with or without a body.
    pub(in crate::languages) fn end_header(&mut self) {
        if let Some(header) = self.top().header.take() {
            self.forget(&header.declares, header.from);
        }
    }

    /// Whether a declaration has begun here whose body has not.
    pub(in crate::languages) fn in_header(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.header.is_some())
    }

    /// Supertypes follow.
    pub(in crate::languages) fn expect_supertypes(&mut self) {
        if let Some(header) = self.top().header.as_mut().filter(|header| header.body == Body::Type) {
            header.supertypes = true;
        }
    }

    /// Type arguments open (`1`) or close (`-1`).
    pub(in crate::languages) fn angle(&mut self, by: isize) {
        if let Some(header) = self.top().header.as_mut() {
            header.angles = header.angles.saturating_add_signed(by);
        }
    }

    /// Whether a type named here is one the declared type extends.
    pub(in crate::languages) fn at_supertype(&self) -> bool {
        let header = self.frames.last().and_then(|frame| frame.header.as_ref());
        header.is_some_and(|header| header.supertypes && header.angles == 0)
    }

    /// A bracket or body opens.
    pub(in crate::languages) fn open(&mut self, is_body: bool) {
        let header = if is_body { self.top().header.take() } else { None };
        // The next use is one further.
        let from = self.passed + 1;
        let outer = self.top();
        let (outer_path, depth) = (outer.path.clone(), outer.depth);
        let mut frame = Frame {
            body: Body::Code,
            path: None,
            depth,
            from,
            declares: Vec::new(),
            parameters: (0, Vec::new()),
            constants: false,
            header: None,
        };
        if let Some(header) = header {
            frame.parameters = (header.from, header.declares);
            frame.constants = header.constants;
            if header.body != Body::Code {
                frame.body = header.body;
                frame.path = outer_path.filter(|_| depth < DEEPEST).map(|path| match header.body {
                    Body::Type => join(&path, header.name),
                    _ => path,
                });
                frame.depth += 1;
            }
        }
        self.frames.push(frame);
    }

    /// The body of a package opens that is not the file's.
    pub(in crate::languages) fn open_package(&mut self, package: &str) {
        self.open(false);
        let frame = self.top();
        frame.body = Body::Package;
        frame.path = Some(format!("{package}/"));
    }

    /// The innermost bracket or body closes.
    pub(in crate::languages) fn close(&mut self) {
        self.end_header();
        if self.frames.len() > 1
            && let Some(frame) = self.frames.pop()
        {
            self.forget(&frame.declares, frame.from);
            self.forget(&frame.parameters.1, frame.parameters.0);
        }
    }

    /// How many brackets and bodies are open.
    pub(in crate::languages) fn depth(&self) -> usize {
        self.frames.len()
    }

    fn forget(&mut self, names: &[&'s str], from: usize) {
        for name in names {
            if let Some(uses) = self.uses.get_mut(name) {
                while uses.last().is_some_and(|(at, _)| *at >= from) {
                    uses.pop();
                }
            }
        }
    }

    /// A name means something of the file's own from here to the end of the body.
    pub(in crate::languages) fn declare(&mut self, name: &'s str) {
        self.declared.insert(name);
        self.top().declares.push(name);
    }

    /// A name means something of the file's own in the body around the innermost bracket, as what a loop runs over.
    pub(in crate::languages) fn declare_around(&mut self, name: &'s str) {
        self.declared.insert(name);
        let around = self.frames.len().saturating_sub(2);
        self.frames[around].declares.push(name);
    }

    /// A parameter of the declaration that has begun, here or outside of the bracket this stands in.
    pub(in crate::languages) fn declare_parameter(&mut self, name: &'s str) {
        self.declared.insert(name);
        let at = self.frames.len() - 1;
        let begun = |frame: &Frame<'_>| frame.header.is_some();
        let at = if !begun(&self.frames[at]) && at > 0 && begun(&self.frames[at - 1]) { at - 1 } else { at };
        let frame = &mut self.frames[at];
        match frame.header.as_mut() {
            Some(header) => header.declares.push(name),
            None => frame.declares.push(name),
        }
    }

    /// Something others can name, if it stands where they can.
    pub(in crate::languages) fn define(&mut self, sort: Declared, name: &'s str) {
        if let Some(path) = &self.top().path {
            let text = sort.written(&join(path, name));
            self.scan.defines.push(text);
        }
    }

    /// A simple name is used.
    pub(in crate::languages) fn use_name(&mut self, name: &'s str, line: u32) {
        self.passed += 1;
        let at = self.passed;
        self.uses.entry(name).or_default().push((at, line));
    }

    /// A name is used that no declaration in the file can change.
    pub(in crate::languages) fn use_path(&mut self, path: String, line: u32) {
        self.paths.entry(path).or_insert(line);
    }

    /// A name is used as that of a member of something.
    pub(in crate::languages) fn use_member(&mut self, name: &'s str, line: u32) {
        self.members.entry(name).or_insert(line);
    }

    /// The type that is being declared extends this one.
    pub(in crate::languages) fn use_supertype(&mut self, path: &str, line: u32) {
        let frame = self.top();
        if let (Some(outer), Some(header)) = (&frame.path, &frame.header) {
            let own = join(outer, header.name);
            self.supertypes.push((own, path.to_owned(), line));
        }
    }

    /// What was found, once all tokens have been passed.
    pub(in crate::languages) fn finish(mut self) -> Scan {
        while self.frames.len() > 1 {
            self.close();
        }
        self.end_header();
        let own = std::mem::take(&mut self.top().declares);
        self.forget(&own, 0);
        let soft = |text: String, line, scope| Name { text, line, scope, soft: true, ..Name::default() };
        let mut names: Vec<Name> = Vec::new();
        let uses = self.uses.iter().filter_map(|(name, uses)| Some((*name, uses.first()?.1)));
        names.extend(uses.map(|(name, line)| soft(name.to_owned(), line, Vec::new())));
        names.extend(self.paths.into_iter().map(|(path, line)| soft(path, line, Vec::new())));
        let own: FxHashSet<&str> = self.scan.defines.iter().map(String::as_str).collect();
        // The declaration of an extension reads as a use of it.
        let is_own = |name: &str| own.contains(format!(".{name}()").as_str());
        let members = self.members.iter().filter(|(name, _)| !is_own(name));
        names.extend(members.map(|(name, line)| soft(format!(".{name}"), *line, Vec::new())));
        let supertypes = self.supertypes.into_iter();
        names.extend(supertypes.map(|(own, path, line)| soft(path, line, vec![format!("{own} extends")])));
        names.sort_by(|a, b| (a.line, &a.text, &a.scope).cmp(&(b.line, &b.text, &b.scope)));
        let package = format!("{}.", self.scan.package);
        for name in self.scan.names.iter_mut().filter(|name| !name.soft) {
            let begins = |path: &str| self.declared.contains(path.split('.').next().unwrap_or_default());
            if name.text.strip_prefix(&package).is_some_and(begins) {
                name.scope.push("own".to_owned());
            } else if begins(&name.text) {
                name.scope.push("value".to_owned());
            }
        }
        self.scan.names.append(&mut names);
        self.scan
    }
}

/// A member's path.
fn join(path: &str, name: &str) -> String {
    // The members of a companion are reached as those of its type.
    if name.is_empty() {
        return path.to_owned();
    }
    let dot = if path.is_empty() || path.ends_with('/') { "" } else { "." };
    format!("{path}{dot}{name}")
}

/// Whether a name is written as types are.
pub(in crate::languages) fn is_type_name(name: &str) -> bool {
    name.chars().find(|c| *c != '_' && *c != '`').is_some_and(|c| !c.is_lowercase())
}
