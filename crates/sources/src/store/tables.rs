//! Each table as columns: how it is written, and how it is read back.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, DictionaryArray, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt32Array, UInt64Array,
    builder::{ListBuilder, StringBuilder},
    cast::AsArray,
    types::{Int32Type, TimestampMillisecondType, UInt32Type, UInt64Type},
};
use facts::{
    ChangeId, ChangeTable, CommitId, Facts, FileId, FileTable, MessageKind, Participation, PeopleTable,
    PersonId, PersonKind, Role, Touch, TouchKind, TouchTable, paths,
};
use twox_hash::XxHash3_64;

use crate::{
    git::{Credit, RawIdentity},
    languages,
};

/// Why a table cannot be read back.
pub(super) type Bad = String;

fn batch(columns: Vec<(&str, ArrayRef, bool)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one table have one length")
}

fn words<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<DictionaryArray<Int32Type>>())
}

fn moments(values: impl Iterator<Item = i64>) -> ArrayRef {
    let milliseconds: Vec<i64> = values.map(|seconds| seconds.saturating_mul(1000)).collect();
    Arc::new(TimestampMillisecondArray::from(milliseconds).with_timezone("UTC"))
}

fn numbers(values: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(values))
}

fn rows(count: usize) -> ArrayRef {
    numbers(0..u32::try_from(count).expect("tables have at most u32::MAX rows"))
}

pub(super) fn changes(facts: &Facts) -> RecordBatch {
    let table = &facts.changes;
    let ids = |ids: &[Option<CommitId>]| -> ArrayRef {
        Arc::new(ids.iter().map(|id| id.map(|id| id.to_string())).collect::<StringArray>())
    };
    let unit = facts.unit.unit.name();
    batch(vec![
        ("change", rows(table.len()), false),
        ("repo", words(table.commit.iter().map(|_| facts.repository.name.as_str())), false),
        (
            "commit",
            Arc::new(StringArray::from_iter_values(table.commit.iter().map(CommitId::to_string))),
            false,
        ),
        ("parent", ids(&table.parent), true),
        ("unit", words(table.commit.iter().map(|_| unit)), false),
        ("authored_at", moments(table.authored_at.iter().copied()), false),
        ("committed_at", moments(table.committed_at.iter().copied()), false),
        ("merged_at", moments(table.merged_at.iter().copied()), false),
        ("commits", numbers(table.commits.iter().copied()), false),
        ("files", numbers(table.files.iter().copied()), false),
        ("bulk", Arc::new(BooleanArray::from(table.bulk.clone())), false),
        ("ignored", Arc::new(BooleanArray::from(table.ignored.clone())), false),
        ("revert_of", ids(&table.revert_of), true),
        ("ticket", Arc::new(table.ticket.iter().map(Option::as_deref).collect::<StringArray>()), true),
        ("pull_request", Arc::new(table.pull_request.iter().copied().collect::<UInt32Array>()), true),
        ("message_kind", words(table.message_kind.iter().map(|kind| kind.name())), false),
        (
            "subject",
            Arc::new(StringArray::from_iter_values((0..table.len()).map(|row| table.title(row)))),
            false,
        ),
    ])
}

pub(super) fn touches(facts: &Facts) -> RecordBatch {
    let table = &facts.touches;
    let names: Vec<String> =
        (0..facts.paths.len()).map(|at| facts.paths.text(facts::PathId::from_index(at))).collect();
    let name = |id: facts::PathId| names[id.index()].as_str();
    let lines = |pick: fn((u32, u32)) -> u32| -> ArrayRef {
        let none = || Arc::new(std::iter::repeat_n(None, table.len()).collect::<UInt32Array>());
        if table.lines.is_empty() {
            return none();
        }
        Arc::new(table.lines.iter().map(|lines| lines.map(pick)).collect::<UInt32Array>())
    };
    batch(vec![
        ("change", numbers(table.change.iter().map(|id| id.0)), false),
        ("file", numbers(table.file.iter().map(|id| id.0)), false),
        ("path", words(table.path.iter().map(|&id| name(id))), false),
        ("kind", words(table.kind.iter().map(|kind| kind.name())), false),
        (
            "previous_path",
            Arc::new(
                table.previous_path.iter().map(|id| id.map(name)).collect::<DictionaryArray<Int32Type>>(),
            ),
            true,
        ),
        ("added", lines(|(added, _)| added), true),
        ("deleted", lines(|(_, deleted)| deleted), true),
    ])
}

pub(super) fn files(facts: &Facts) -> RecordBatch {
    let table = &facts.files;
    batch(vec![
        ("file", rows(table.len()), false),
        (
            "path",
            Arc::new(StringArray::from_iter_values(table.path.iter().map(|&id| facts.paths.text(id)))),
            false,
        ),
        ("born", numbers(table.born.iter().map(|id| id.0)), false),
        ("died", Arc::new(table.died.iter().map(|id| id.map(|id| id.0)).collect::<UInt32Array>()), true),
        ("language", Arc::new(table.language.iter().copied().collect::<DictionaryArray<Int32Type>>()), true),
        ("generated", Arc::new(BooleanArray::from(table.generated.clone())), false),
        ("bytes", Arc::new(table.bytes.iter().copied().collect::<UInt64Array>()), true),
    ])
}

pub(super) fn people(facts: &Facts) -> RecordBatch {
    let table = &facts.people;
    let mut emails = ListBuilder::new(StringBuilder::new());
    for list in &table.emails {
        list.iter().for_each(|email| emails.values().append_value(email));
        emails.append(true);
    }
    // Where addresses are hidden the name, which is a number then, tells people apart.
    let hash = |(list, name): (&Vec<String>, &String)| {
        format!("{:016x}", XxHash3_64::oneshot(list.first().unwrap_or(name).as_bytes()))
    };
    let hashes = table.emails.iter().zip(&table.name).map(hash);
    batch(vec![
        ("person", rows(table.len()), false),
        ("name", Arc::new(StringArray::from_iter_values(&table.name)), false),
        ("email_hash", Arc::new(StringArray::from_iter_values(hashes)), false),
        ("emails", Arc::new(emails.finish()), false),
        ("kind", words(table.kind.iter().map(|kind| kind.name())), false),
    ])
}

pub(super) fn participations(facts: &Facts) -> RecordBatch {
    let table = &facts.participations;
    batch(vec![
        ("change", numbers(table.iter().map(|part| part.change.0)), false),
        ("person", numbers(table.iter().map(|part| part.person.0)), false),
        ("role", words(table.iter().map(|part| part.role.name())), false),
        ("at", moments(table.iter().map(|part| part.at)), false),
    ])
}

pub(super) fn signatures(identity: &RawIdentity) -> RecordBatch {
    let (names, emails): (Vec<&[u8]>, Vec<&[u8]>) =
        identity.signatures.iter().map(|(name, email)| (name.as_slice(), email.as_slice())).unzip();
    let column = |values: Vec<&[u8]>| -> ArrayRef { Arc::new(BinaryArray::from_iter_values(values)) };
    batch(vec![
        ("signature", rows(identity.signatures.len()), false),
        ("name", column(names), false),
        ("email", column(emails), false),
    ])
}

pub(super) fn credits(identity: &RawIdentity) -> RecordBatch {
    let table = &identity.credits;
    batch(vec![
        ("change", numbers(table.iter().map(|credit| credit.change.0)), false),
        ("role", words(table.iter().map(|credit| credit.role.name())), false),
        ("signature", numbers(table.iter().map(|credit| credit.signature)), false),
        ("at", moments(table.iter().map(|credit| credit.at)), false),
    ])
}

/// A column by name, or which one is missing.
struct Columns<'b>(&'b RecordBatch);

impl<'b> Columns<'b> {
    fn any(&self, name: &str) -> Result<&'b ArrayRef, Bad> {
        self.0.column_by_name(name).ok_or_else(|| format!("column `{name}` is missing"))
    }

    fn numbers(&self, name: &str) -> Result<&'b UInt32Array, Bad> {
        self.any(name)?
            .as_primitive_opt::<UInt32Type>()
            .ok_or_else(|| format!("column `{name}` holds no numbers"))
    }

    fn flags(&self, name: &str) -> Result<Vec<bool>, Bad> {
        let column =
            self.any(name)?.as_boolean_opt().ok_or_else(|| format!("column `{name}` holds no flags"))?;
        Ok(column.iter().map(|flag| flag.unwrap_or(false)).collect())
    }

    fn seconds(&self, name: &str) -> Result<Vec<i64>, Bad> {
        let column = self
            .any(name)?
            .as_primitive_opt::<TimestampMillisecondType>()
            .ok_or_else(|| format!("column `{name}` holds no moments"))?;
        Ok(column.values().iter().map(|milliseconds| milliseconds / 1000).collect())
    }

    fn strings(&self, name: &str) -> Result<&'b StringArray, Bad> {
        self.any(name)?.as_string_opt::<i32>().ok_or_else(|| format!("column `{name}` holds no text"))
    }

    /// A dictionary column, each distinct word turned into a value once; nulls stay `None`.
    fn words<T: Copy>(
        &self,
        name: &str,
        mut turn: impl FnMut(&str) -> Option<T>,
    ) -> Result<Vec<Option<T>>, Bad> {
        let wrong = || format!("column `{name}` holds no dictionary of text");
        let column = self.any(name)?.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
        let values = column.values().as_string_opt::<i32>().ok_or_else(wrong)?;
        let turned: Vec<Option<T>> = values.iter().map(|word| word.and_then(&mut turn)).collect();
        column
            .keys()
            .iter()
            .map(|key| match key {
                None => Ok(None),
                Some(key) => match turned.get(key as usize).copied().flatten() {
                    Some(value) => Ok(Some(value)),
                    None => Err(format!("column `{name}` holds a word that is not known")),
                },
            })
            .collect()
    }

    fn commits(&self, name: &str) -> Result<Vec<Option<CommitId>>, Bad> {
        self.strings(name)?
            .iter()
            .map(|text| match text {
                None => Ok(None),
                Some(text) => {
                    CommitId::from_hex(text).map(Some).ok_or_else(|| format!("`{name}` holds no commit id"))
                }
            })
            .collect()
    }
}

/// All of a column that may have no holes.
fn whole<T>(column: Vec<Option<T>>, name: &str) -> Result<Vec<T>, Bad> {
    column.into_iter().collect::<Option<Vec<T>>>().ok_or_else(|| format!("column `{name}` has holes"))
}

pub(super) fn read_changes(batch: &RecordBatch) -> Result<ChangeTable, Bad> {
    let columns = Columns(batch);
    Ok(ChangeTable {
        commit: whole(columns.commits("commit")?, "commit")?,
        parent: columns.commits("parent")?,
        authored_at: columns.seconds("authored_at")?,
        committed_at: columns.seconds("committed_at")?,
        merged_at: columns.seconds("merged_at")?,
        commits: columns.numbers("commits")?.values().to_vec(),
        files: columns.numbers("files")?.values().to_vec(),
        bulk: columns.flags("bulk")?,
        ignored: columns.flags("ignored")?,
        revert_of: columns.commits("revert_of")?,
        ticket: columns.strings("ticket")?.iter().map(|text| text.map(str::to_owned)).collect(),
        pull_request: columns.numbers("pull_request")?.iter().collect(),
        message_kind: whole(columns.words("message_kind", MessageKind::from_name)?, "message_kind")?,
        subject: columns.strings("subject")?.iter().map(|text| text.unwrap_or_default().to_owned()).collect(),
        titles_hidden: false,
    })
}

/// Reads touches, interning their paths; `changes` and `files` bound the ids.
pub(super) fn read_touches(
    batch: &RecordBatch,
    known: &mut paths::Paths,
    changes: usize,
    files: usize,
) -> Result<TouchTable, Bad> {
    let columns = Columns(batch);
    let change = columns.numbers("change")?.values();
    let file = columns.numbers("file")?.values();
    if !change.is_sorted() || change.last().is_some_and(|&last| last as usize >= changes) {
        return Err("touches are not in the order of changes".into());
    }
    if file.iter().any(|&file| file as usize >= files) {
        return Err("a touch names a file that is not there".into());
    }
    let path =
        whole(columns.words("path", |text| Some(known.intern(&paths::parse_displayed(text))))?, "path")?;
    let previous =
        columns.words("previous_path", |text| Some(known.intern(&paths::parse_displayed(text))))?;
    let kind = whole(columns.words("kind", TouchKind::from_name)?, "kind")?;
    let mut table = TouchTable::default();
    for at in 0..batch.num_rows() {
        table.push(Touch {
            change: ChangeId(change[at]),
            file: FileId(file[at]),
            path: path[at],
            kind: kind[at],
            previous_path: previous[at],
        });
    }
    table.index(changes);
    let (added, deleted) = (columns.numbers("added")?, columns.numbers("deleted")?);
    if added.null_count() < added.len() {
        table.lines = added.iter().zip(deleted).map(|(added, deleted)| Some((added?, deleted?))).collect();
    }
    Ok(table)
}

pub(super) fn read_files(
    batch: &RecordBatch,
    known: &mut paths::Paths,
    changes: usize,
) -> Result<FileTable, Bad> {
    let columns = Columns(batch);
    let born = columns.numbers("born")?;
    let died = columns.numbers("died")?;
    if born
        .values()
        .iter()
        .chain(died.iter().flatten().collect::<Vec<_>>().iter())
        .any(|&id| id as usize >= changes)
    {
        return Err("a file was born or died in a change that is not there".into());
    }
    let names = columns.strings("path")?;
    let path: Vec<_> =
        names.iter().map(|text| known.intern(&paths::parse_displayed(text.unwrap_or_default()))).collect();
    let bytes =
        columns.any("bytes")?.as_primitive_opt::<UInt64Type>().ok_or("column `bytes` holds no numbers")?;
    Ok(FileTable {
        language: path.iter().map(|&id| languages::of_path(known.bytes(id))).collect(),
        path,
        born: born.values().iter().map(|&id| ChangeId(id)).collect(),
        died: died.iter().map(|id| id.map(ChangeId)).collect(),
        generated: columns.flags("generated")?,
        bytes: bytes.iter().collect(),
    })
}

pub(super) fn read_people(batch: &RecordBatch) -> Result<PeopleTable, Bad> {
    let columns = Columns(batch);
    let lists = columns.any("emails")?.as_list_opt::<i32>().ok_or("column `emails` holds no lists")?;
    let emails = lists
        .iter()
        .map(|list| {
            let list = list.ok_or("column `emails` has holes")?;
            let texts = list.as_string_opt::<i32>().ok_or("column `emails` holds no text")?;
            Ok(texts.iter().flatten().map(str::to_owned).collect())
        })
        .collect::<Result<Vec<Vec<String>>, &str>>()?;
    Ok(PeopleTable {
        name: columns.strings("name")?.iter().map(|text| text.unwrap_or_default().to_owned()).collect(),
        emails,
        kind: whole(columns.words("kind", PersonKind::from_name)?, "kind")?,
    })
}

pub(super) fn read_participations(
    batch: &RecordBatch,
    changes: usize,
    people: usize,
) -> Result<Vec<Participation>, Bad> {
    let columns = Columns(batch);
    let (change, person) = (columns.numbers("change")?.values(), columns.numbers("person")?.values());
    let role = whole(columns.words("role", Role::from_name)?, "role")?;
    let at = columns.seconds("at")?;
    let table: Vec<Participation> = (0..batch.num_rows())
        .map(|row| Participation {
            change: ChangeId(change[row]),
            role: role[row],
            person: PersonId(person[row]),
            at: at[row],
        })
        .collect();
    let inside = |part: &Participation| part.change.index() < changes && part.person.index() < people;
    if table.is_sorted() && table.iter().all(inside) {
        Ok(table)
    } else {
        Err("participations are out of order".into())
    }
}

pub(super) fn read_identity(
    signatures: &RecordBatch,
    credits: &RecordBatch,
    changes: usize,
) -> Result<RawIdentity, Bad> {
    let columns = Columns(signatures);
    let bytes = |name: &str| {
        columns.any(name)?.as_binary_opt::<i32>().ok_or_else(|| format!("column `{name}` holds no bytes"))
    };
    let (names, emails) = (bytes("name")?, bytes("email")?);
    let list: Vec<(Vec<u8>, Vec<u8>)> = names
        .iter()
        .zip(emails.iter())
        .map(|(name, email)| (name.unwrap_or_default().to_vec(), email.unwrap_or_default().to_vec()))
        .collect();
    let columns = Columns(credits);
    let (change, signature) = (columns.numbers("change")?.values(), columns.numbers("signature")?.values());
    let role = whole(columns.words("role", Role::from_name)?, "role")?;
    let at = columns.seconds("at")?;
    if change.iter().any(|&id| id as usize >= changes)
        || signature.iter().any(|&id| id as usize >= list.len())
        || !change.is_sorted()
    {
        return Err("credits are out of order".into());
    }
    let credits = (0..credits.num_rows())
        .map(|row| Credit {
            change: ChangeId(change[row]),
            role: role[row],
            signature: signature[row],
            at: at[row],
        })
        .collect();
    Ok(RawIdentity { signatures: list, credits })
}
