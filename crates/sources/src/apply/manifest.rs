//! Edits of a manifest that keep its comments, its order and everything they do not concern.

use toml_edit::{Array, ArrayOfTables, Decor, DocumentMut, Item, Table, Value, value};

use crate::manifest::ROOT_FILE;

/// A manifest file that is being edited.
pub(super) struct Edit {
    document: DocumentMut,
    nested: bool,
}

impl Edit {
    /// Opens one.
    pub(super) fn of(text: &str, file: &str) -> Result<Self, String> {
        let document = text.parse::<DocumentMut>().map_err(|error| error.message().to_owned())?;
        if document.get("module").is_some_and(|item| !item.is_array_of_tables()) {
            return Err("its modules are not written as [[module]], and are not edited".to_owned());
        }
        Ok(Self { document, nested: file != ROOT_FILE })
    }

    /// The text as it is now.
    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }

    /// A pattern from the root, as this file writes it.
    fn written(&self, glob: &str) -> String {
        if self.nested { format!("//{glob}") } else { glob.to_owned() }
    }

    fn module(&mut self, id: &str) -> Result<&mut Table, String> {
        let modules = self.document.get_mut("module").and_then(Item::as_array_of_tables_mut);
        let own = modules.into_iter().flat_map(ArrayOfTables::iter_mut).find(|table| is(table, id));
        own.ok_or_else(|| format!("it has no module `{id}`"))
    }

    /// A module's owner.
    pub(super) fn set_owner(&mut self, id: &str, owner: &str) -> Result<(), String> {
        set(self.module(id)?, "owner", owner.into());
        Ok(())
    }

    /// What others may use of a module.
    pub(super) fn set_interface(&mut self, id: &str, files: &[String]) -> Result<(), String> {
        let files: Array = files.iter().map(|file| self.written(file)).collect();
        set(self.module(id)?, "interface", Value::Array(files));
        Ok(())
    }

    /// A further module, behind the others.
    pub(super) fn add_module(
        &mut self,
        id: &str,
        globs: &[String],
        owner: Option<&str>,
    ) -> Result<(), String> {
        let paths: Array = globs.iter().map(|glob| self.written(glob)).collect();
        let mut table = Table::new();
        table.insert("id", value(id));
        table.insert("paths", value(paths));
        if let Some(owner) = owner {
            table.insert("owner", value(owner));
        }
        table.decor_mut().set_prefix("\n");
        let modules = self.document.entry("module").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let modules = modules.as_array_of_tables_mut().ok_or("its modules are not written as [[module]]")?;
        modules.push(table);
        Ok(())
    }

    /// Further patterns of a module.
    pub(super) fn add_paths(&mut self, id: &str, globs: &[String]) -> Result<(), String> {
        let globs: Vec<String> = globs.iter().map(|glob| self.written(glob)).collect();
        let nested = self.nested;
        let table = self.module(id)?;
        if !table.contains_key("paths") {
            // Everything beside the file was meant, and is still.
            let all: Array = if nested { ["**"].into_iter().collect() } else { Array::new() };
            table.insert("paths", value(all));
        }
        let paths = table.get_mut("paths").and_then(Item::as_array_mut).ok_or("`paths` is no list")?;
        let held = |paths: &Array, glob: &str| paths.iter().any(|own| own.as_str() == Some(glob));
        for glob in &globs {
            if !held(paths, glob) {
                push(paths, glob);
            }
        }
        Ok(())
    }

    /// A module is gone.
    pub(super) fn remove(&mut self, id: &str) -> Result<(), String> {
        let modules = self.document.get_mut("module").and_then(Item::as_array_of_tables_mut);
        let modules = modules.ok_or_else(|| format!("it has no module `{id}`"))?;
        let at = modules
            .iter()
            .position(|table| is(table, id))
            .ok_or_else(|| format!("it has no module `{id}`"))?;
        modules.remove(at);
        Ok(())
    }

    /// What names a module names another.
    pub(super) fn rename(&mut self, from: &str, to: &str) -> Result<(), String> {
        let lists: [(&str, &[&str]); 3] = [
            ("module", &["depends_on", "visible_to"]),
            ("rule", &["from", "to"]),
            ("change_rule", &["modules"]),
        ];
        for (tables, keys) in lists {
            for table in tables_of(&mut self.document, tables) {
                // A module may always use itself.
                let own = (tables == "module" && is(table, to)).then_some(to);
                for key in keys {
                    if let Some(list) = table.get_mut(key).and_then(Item::as_array_mut) {
                        rename_in(list, from, to, own);
                    }
                }
            }
        }
        for table in tables_of(&mut self.document, "exemption") {
            for key in ["from", "to"] {
                if table.get(key).and_then(Item::as_str) == Some(from) {
                    set(table, key, to.into());
                }
            }
        }
        Ok(())
    }
}

fn is(table: &Table, id: &str) -> bool {
    table.get("id").and_then(Item::as_str) == Some(id)
}

fn tables_of<'d>(document: &'d mut DocumentMut, key: &str) -> impl Iterator<Item = &'d mut Table> {
    document.get_mut(key).and_then(Item::as_array_of_tables_mut).into_iter().flat_map(ArrayOfTables::iter_mut)
}

/// A value in place of another, its comment kept.
/// How a draft's note on a value begins.
const GUESS: &str = "# guess:";

fn set(table: &mut Table, key: &str, new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let mut decor = old.decor().clone();
            // What unsnarl init noted of the value that was is not true of the new one; what people wrote stays.
            if decor
                .suffix()
                .and_then(|own| own.as_str())
                .is_some_and(|own| own.trim_start().starts_with(GUESS))
            {
                decor.set_suffix("");
            }
            *old = new;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, Item::Value(new));
        }
    }
}

/// One more entry, laid out as the last.
fn push(list: &mut Array, entry: &str) {
    let mut new = Value::from(entry);
    let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
    let last =
        list.iter().last().map(|last| last.decor().prefix().and_then(|own| own.as_str()).unwrap_or_default());
    let line = last.and_then(|prefix| prefix.rfind('\n').map(|at| prefix[at..].to_owned()));
    match (last.is_some(), line) {
        // On a line of its own; a comment behind the last entry stays there.
        (true, Some(line)) => {
            let comment = trailing.rfind('\n').map_or("", |at| &trailing[..at]).to_owned();
            let end = trailing.rfind('\n').map_or(trailing.as_str(), |at| &trailing[at..]).to_owned();
            *new.decor_mut() = Decor::new(format!("{comment}{line}"), "");
            list.set_trailing(end);
            list.set_trailing_comma(true);
        }
        (true, None) => *new.decor_mut() = Decor::new(" ", ""),
        (false, _) => {}
    }
    list.push_formatted(new);
}

/// One name in place of another in a list; what then stands there twice, or is the module itself, goes.
fn rename_in(list: &mut Array, from: &str, to: &str, own: Option<&str>) {
    let Some(at) = list.iter().position(|entry| entry.as_str() == Some(from)) else { return };
    let twice = list.iter().any(|entry| entry.as_str() == Some(to)) || own == Some(to);
    if !twice {
        list.replace(at, to);
        return;
    }
    let decor = list.get(at).map(|entry| entry.decor().clone());
    list.remove(at);
    // What follows the first entry stood behind a comma and a space.
    if let (0, Some(decor), Some(first)) = (at, decor, list.get_mut(0)) {
        *first.decor_mut() = decor;
    }
}
