//! From files to a manifest.

use facts::{
    manifest::{
        ChangeRule, Charge, CheckSettings, DeclaredModule, DeclaredRule, DeclaredTeam, Exemption, Layers,
        Level, Manifest, Member, OwnershipSettings, Place,
    },
    time::DAY,
};
use toml_edit::{Document, Item, TableLike, Value};

use super::{
    LIMIT_BYTES, NESTED_FILE, ROOT_FILE,
    check::{self, Mistake, Text},
    keys, sense,
};
use crate::tree::{self, Tree};

/// A manifest and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// What the files without mistakes declare.
    pub manifest: Manifest,
    /// What is wrong, file by file, line by line; warnings among them.
    pub mistakes: Vec<Mistake>,
}

impl Read {
    /// Whether nothing but warnings was found.
    pub fn is_sound(&self) -> bool {
        self.mistakes.iter().all(|mistake| mistake.warning)
    }
}

/// Reads the manifests of a tree; empty where there is none.
pub fn read(tree: &dyn Tree) -> Read {
    let mut read = Read::default();
    let nested = tree.paths().iter().filter(|path| {
        path.ends_with(NESTED_FILE.as_bytes())
            && (path.len() == NESTED_FILE.len() || path[path.len() - NESTED_FILE.len() - 1] == b'/')
    });
    let root = tree::holds(tree, ROOT_FILE.as_bytes()).then(|| ROOT_FILE.as_bytes().to_vec());
    for path in root.into_iter().chain(nested.cloned()) {
        let file = String::from_utf8_lossy(&path).into_owned();
        let content = tree::read_through_links(tree, &path).and_then(|content| {
            if content.len() > LIMIT_BYTES {
                return Err(format!(
                    "it has {} bytes; more than {} MiB are not read",
                    content.len(),
                    LIMIT_BYTES >> 20
                ));
            }
            String::from_utf8(content).map_err(|_| "it is not UTF-8".to_owned())
        });
        match content {
            Ok(content) => push_file(&file, &content, &mut read),
            Err(what) => {
                read.mistakes.push(Mistake { file, line: 0, column: 0, what, hint: None, warning: false })
            }
        }
    }
    sense::check(&mut read, tree);
    read.mistakes.sort_by(|a, b| {
        let key = |one: &Mistake| (one.file != ROOT_FILE, one.file.clone(), one.line, one.column);
        key(a).cmp(&key(b))
    });
    read
}

fn push_file(file: &str, content: &str, read: &mut Read) {
    let text = Text::new(file, content);
    let document = match Document::parse(content) {
        Ok(document) => document,
        Err(error) => {
            let what = error.message().lines().collect::<Vec<_>>().join("; ");
            read.mistakes.push(text.mistake(error.span().or(Some(0..0)), what, None));
            return;
        }
    };
    let root = file == ROOT_FILE;
    let mut mistakes = Vec::new();
    let (name, keys) = if root { ("the manifest", keys::ROOT) } else { ("a module.toml", keys::NESTED) };
    check::table(&text, name, document.as_table(), Some(0..0), keys, &mut mistakes);
    if let Some(version) = document.get("version").and_then(Item::as_integer).filter(|&version| version != 1)
    {
        let span = document.get("version").and_then(Item::span);
        let what = format!("version {version} of the format is not known to this unsnarl");
        mistakes.push(text.mistake(span, what, Some("version = 1".to_owned())));
    }
    let broken = !mistakes.is_empty();
    read.mistakes.append(&mut mistakes);
    if !broken {
        let directory = file.strip_suffix(NESTED_FILE).filter(|_| !root).unwrap_or_default();
        Reader { text, directory }.take(document.as_table(), &mut read.manifest);
    }
}

/// Takes a file apart that fits the table of keys.
struct Reader<'a> {
    text: Text<'a>,
    /// Where the file lies, empty or with a slash at its end.
    directory: &'a str,
}

impl Reader<'_> {
    fn take(&self, root: &dyn TableLike, manifest: &mut Manifest) {
        manifest.files.push(self.text.file.to_owned());
        if let Some(system) = root.get("system").and_then(Item::as_table_like) {
            manifest.system = text(system, "name");
            manifest.unit = text(system, "unit");
        }
        manifest.teams.extend(self.tables(root, "team").into_iter().map(|(table, place)| DeclaredTeam {
            id: text(table, "id").unwrap_or_default(),
            kind: text(table, "type"),
            handles: texts(table, "handles").unwrap_or_default(),
            members: members(table),
            place,
        }));
        manifest
            .modules
            .extend(self.tables(root, "module").into_iter().map(|(table, place)| self.module(table, place)));
        if let Some(layers) = root.get("layers").and_then(Item::as_table_like) {
            manifest.layers = Layers {
                order: texts(layers, "order").unwrap_or_default(),
                closed: texts(layers, "closed").unwrap_or_default(),
                transitive: flag(layers, "transitive"),
                place: self.place_of(root.get("layers")),
            };
        }
        manifest.rules.extend(self.tables(root, "rule").into_iter().map(|(table, place)| DeclaredRule {
            id: text(table, "id").unwrap_or_default(),
            kind: text(table, "type").unwrap_or_default(),
            from: texts(table, "from").unwrap_or_default(),
            to: texts(table, "to").unwrap_or_default(),
            transitive: flag(table, "transitive"),
            by_file: text(table, "level").as_deref() == Some("file"),
            level: severity(table),
            owner: text(table, "owner"),
            because: text(table, "because"),
            place,
        }));
        manifest.change_rules.extend(self.tables(root, "change_rule").into_iter().map(|(table, place)| {
            ChangeRule {
                id: text(table, "id").unwrap_or_default(),
                modules: texts(table, "modules").unwrap_or_default(),
                max_teams: number(table, "max_teams"),
                max_approvals: number(table, "max_approvals"),
                no_undeclared_boundary: flag(table, "no_undeclared_boundary"),
                usual_partner: share(table, "usual_partner"),
                no_new_hidden_constraint: flag(table, "no_new_hidden_constraint"),
                min_independence: share(table, "min_independence"),
                level: severity(table),
                window_days: text(table, "window").as_deref().and_then(check::days),
                because: text(table, "because"),
                place,
            }
        }));
        manifest.exemptions.extend(self.tables(root, "exemption").into_iter().map(|(table, place)| {
            Exemption {
                rule: text(table, "rule").unwrap_or_default(),
                from: text(table, "from").unwrap_or_default(),
                to: text(table, "to").unwrap_or_default(),
                reason: text(table, "reason").unwrap_or_default(),
                owner: text(table, "owner").unwrap_or_default(),
                expires: date(table, "expires").unwrap_or_default() + DAY,
                place,
            }
        }));
        if let Some(check) = root.get("check").and_then(Item::as_table_like) {
            manifest.check = CheckSettings {
                charge: match text(check, "charge").as_deref() {
                    Some("defining") => Charge::Defining,
                    _ => Charge::Depending,
                },
                kinds: texts(check, "kinds"),
                allow: texts(check, "allow").unwrap_or_default(),
                warn: texts(check, "warn").unwrap_or_default(),
                place: self.place_of(root.get("check")),
            };
        }
        if let Some(ownership) = root.get("ownership").and_then(Item::as_table_like) {
            manifest.ownership = OwnershipSettings {
                sources: texts(ownership, "sources"),
                emit: self
                    .tables(ownership, "emit")
                    .into_iter()
                    .map(|(table, _)| {
                        (text(table, "dialect").unwrap_or_default(), text(table, "path").unwrap_or_default())
                    })
                    .collect(),
                require_owner: texts(ownership, "require_owner").unwrap_or_default(),
                require_lead: flag(ownership, "require_lead"),
                teams: text(ownership, "teams"),
                place: self.place_of(root.get("ownership")),
            };
        }
    }

    fn module(&self, table: &dyn TableLike, place: Place) -> DeclaredModule {
        let line_of = |item: &Item| item.span().map_or(place.line, |span| self.text.at(span.start).0);
        let paths = table.get("paths").and_then(Item::as_array).map(|array| {
            array
                .iter()
                .filter_map(|value| {
                    let line = value.span().map_or(place.line, |span| self.text.at(span.start).0);
                    Some((self.rooted(value.as_str()?), line))
                })
                .collect()
        });
        DeclaredModule {
            id: text(table, "id").unwrap_or_default(),
            paths: paths.unwrap_or_else(|| {
                if self.text.file == ROOT_FILE { Vec::new() } else { vec![(self.rooted("**"), place.line)] }
            }),
            owner: table.get("owner").and_then(|item| Some((item.as_str()?.to_owned(), line_of(item)))),
            layer: text(table, "layer"),
            interface: texts(table, "interface")
                .unwrap_or_default()
                .iter()
                .map(|path| self.rooted(path))
                .collect(),
            depends_on: texts(table, "depends_on"),
            visible_to: texts(table, "visible_to"),
            strict: flag(table, "strict"),
            place,
        }
    }

    /// A pattern of this file, from the root.
    fn rooted(&self, pattern: &str) -> String {
        match pattern.strip_prefix("//") {
            Some(absolute) => absolute.to_owned(),
            None => format!("{}{}", self.directory, pattern.strip_prefix("./").unwrap_or(pattern)),
        }
    }

    fn place_of(&self, item: Option<&Item>) -> Place {
        let line = item.and_then(Item::span).map_or(0, |span| self.text.at(span.start).0);
        Place { file: self.text.file.to_owned(), line }
    }

    fn tables<'t>(&self, table: &'t dyn TableLike, key: &str) -> Vec<(&'t dyn TableLike, Place)> {
        let place = |span: Option<std::ops::Range<usize>>| Place {
            file: self.text.file.to_owned(),
            line: span.map_or(0, |span| self.text.at(span.start).0),
        };
        match table.get(key) {
            Some(Item::ArrayOfTables(array)) => {
                array.iter().map(|one| (one as &dyn TableLike, place(one.span()))).collect()
            }
            Some(Item::Value(Value::Array(array))) => array
                .iter()
                .filter_map(|one| Some((one.as_inline_table()? as &dyn TableLike, place(one.span()))))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn text(table: &dyn TableLike, key: &str) -> Option<String> {
    table.get(key).and_then(Item::as_str).map(str::to_owned)
}

fn texts(table: &dyn TableLike, key: &str) -> Option<Vec<String>> {
    let array = table.get(key)?.as_array()?;
    Some(array.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn flag(table: &dyn TableLike, key: &str) -> bool {
    table.get(key).and_then(Item::as_bool).unwrap_or(false)
}

fn share(table: &dyn TableLike, key: &str) -> Option<f64> {
    table.get(key).and_then(check::share)
}

fn severity(table: &dyn TableLike) -> Level {
    match text(table, "severity").as_deref() {
        Some("warning") => Level::Warning,
        _ => Level::Error,
    }
}

fn number(table: &dyn TableLike, key: &str) -> Option<u32> {
    table.get(key).and_then(Item::as_integer).and_then(|number| u32::try_from(number).ok())
}

fn date(table: &dyn TableLike, key: &str) -> Option<i64> {
    table.get(key).and_then(check::date)
}

fn members(table: &dyn TableLike) -> Vec<Member> {
    let one = |table: &dyn TableLike| Member {
        person: text(table, "person").unwrap_or_default(),
        since: date(table, "since"),
        until: date(table, "until").map(|day| day + DAY),
    };
    match table.get("members") {
        Some(Item::ArrayOfTables(array)) => array.iter().map(|table| one(table)).collect(),
        Some(Item::Value(Value::Array(array))) => array
            .iter()
            .map(|value| match value {
                Value::InlineTable(table) => one(table),
                value => {
                    Member { person: value.as_str().unwrap_or_default().to_owned(), ..Member::default() }
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}
