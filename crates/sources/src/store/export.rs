//! Facts for others: every table as CSV or Parquet.
//!
//! CSV is RFC 4180 with a header line; a cell is the value itself, quoted only where the format asks for it, so that
//! nothing is lost. A path that is no UTF-8 is written as git quotes it ([`facts::paths::display`]).

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::{
    Array, ArrayRef, RecordBatch, StringArray, UInt32Array, UInt64Array,
    cast::AsArray,
    types::{Int32Type, TimestampMillisecondType, UInt32Type, UInt64Type},
};
use arrow_schema::DataType;
use facts::{Event, Facts, Ownership, Request, Structure, dependencies::Target, time};

use super::{generation::encode, tables};

/// Every table, in the order in which they are written.
pub const TABLES: [&str; 11] = [
    "changes",
    "touches",
    "files",
    "people",
    "participations",
    "modules",
    "teams",
    "memberships",
    "ownership",
    "dependencies",
    "events",
];

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The file ending.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Writes one table.
pub fn table(
    facts: &Facts,
    structure: &Structure,
    name: &str,
    format: Format,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Csv if name == "touches" => touches_csv(facts, out),
        Format::Csv => csv_of(&batch(facts, structure, name)?, out),
        Format::Parquet => {
            let bytes = encode(&batch(facts, structure, name)?).map_err(io::Error::other)?;
            out.write_all(&bytes)
        }
    }
}

/// Writes tables into a directory, each file whole or not at all; returns what was written.
pub fn directory(
    facts: &Facts,
    structure: &Structure,
    tables: &[&str],
    format: Format,
    directory: &Path,
) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(directory)?;
    tables
        .iter()
        .map(|name| {
            let path = directory.join(format!("{name}.{}", format.ending()));
            let temporary = directory.join(format!(".{name}.{}.{}", format.ending(), std::process::id()));
            let written = (|| {
                let mut out = io::BufWriter::new(fs::File::create(&temporary)?);
                table(facts, structure, name, format, &mut out)?;
                out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
                fs::rename(&temporary, &path)
            })();
            if written.is_err() {
                let _ = fs::remove_file(&temporary);
            }
            written.map(|()| path)
        })
        .collect()
}

/// The contract: change, commit, path, kind, previous_path.
fn touches_csv(facts: &Facts, out: &mut dyn io::Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["change", "commit", "path", "kind", "previous_path"]).map_err(refused)?;
    for at in 0..facts.touches.len() {
        let touch = facts.touches.row(at);
        csv.write_record([
            touch.change.0.to_string().as_str(),
            &facts.changes.commit[touch.change.index()].to_string(),
            &facts.paths.text(touch.path),
            touch.kind.name(),
            &touch.previous_path.map_or(String::new(), |path| facts.paths.text(path)),
        ])
        .map_err(refused)?;
    }
    csv.flush()
}

fn csv_of(batch: &RecordBatch, out: &mut dyn io::Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(batch.schema().fields().iter().map(|field| field.name().as_str())).map_err(refused)?;
    for row in 0..batch.num_rows() {
        csv.write_record(batch.columns().iter().map(|column| cell(column, row))).map_err(refused)?;
    }
    csv.flush()
}

/// The writer's own error, whose kind tells a reader that stopped from a disk that is full.
fn refused(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A value as text; null is empty, a list is separated by spaces.
fn cell(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::UInt32 => column.as_primitive::<UInt32Type>().value(row).to_string(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Timestamp(..) => {
            moment(column.as_primitive::<TimestampMillisecondType>().value(row) / 1000)
        }
        DataType::Dictionary(..) => {
            let dictionary = column.as_dictionary::<Int32Type>();
            let key = usize::try_from(dictionary.keys().value(row)).unwrap_or(0);
            dictionary.values().as_string::<i32>().value(key).to_owned()
        }
        DataType::List(_) => {
            let list = column.as_list::<i32>().value(row);
            list.as_string::<i32>().iter().flatten().collect::<Vec<_>>().join(" ")
        }
        other => unreachable!("no fact table has a column of type {other}"),
    }
}

/// RFC 3339 in UTC.
fn moment(at: time::Seconds) -> String {
    let rest = at.rem_euclid(time::DAY);
    format!("{}T{:02}:{:02}:{:02}Z", time::date(at), rest / 3600, rest / 60 % 60, rest % 60)
}

fn batch(facts: &Facts, structure: &Structure, name: &str) -> io::Result<RecordBatch> {
    Ok(match name {
        "changes" => tables::changes(facts),
        "touches" => tables::touches(facts),
        "files" => files(facts, structure),
        "people" => tables::people(facts),
        "participations" => tables::participations(facts),
        "modules" => modules(structure),
        "teams" => teams(structure),
        "memberships" => memberships(structure),
        "ownership" => ownership(facts, structure),
        "dependencies" => dependencies(facts),
        "events" => events(facts),
        other => {
            let why = format!("there is no table `{other}`; there are {}", TABLES.join(", "));
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
    })
}

fn text<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn ids(values: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(values))
}

fn columns(columns: Vec<(&str, ArrayRef, bool)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one table have one length")
}

/// The files as they are kept, with the module each belongs to.
fn files(facts: &Facts, structure: &Structure) -> RecordBatch {
    let kept = tables::files(facts);
    let schema = kept.schema();
    let names = schema.fields().iter().map(|field| (field.name().as_str(), field.is_nullable()));
    let mut all: Vec<(&str, ArrayRef, bool)> = names
        .zip(kept.columns())
        .map(|((name, nullable), column)| (name, column.clone(), nullable))
        .collect();
    let modules = facts.files.ids().map(|file| structure.module(file).map(|module| module.0));
    all.push(("module", Arc::new(modules.collect::<UInt32Array>()), true));
    columns(all)
}

fn modules(structure: &Structure) -> RecordBatch {
    let all = &structure.modules;
    columns(vec![
        ("module", ids((0..).take(all.len())), false),
        ("name", text(all.iter().map(|one| one.name.as_str())), false),
        ("basis", text(all.iter().map(|one| one.source.basis.name())), false),
        ("source", text(all.iter().map(|one| one.source.from.as_str())), false),
    ])
}

fn teams(structure: &Structure) -> RecordBatch {
    let all = &structure.teams;
    columns(vec![
        ("team", ids((0..).take(all.len())), false),
        ("name", text(all.iter().map(|one| one.name.as_str())), false),
        ("basis", text(all.iter().map(|one| one.source.basis.name())), false),
        ("source", text(all.iter().map(|one| one.source.from.as_str())), false),
    ])
}

fn memberships(structure: &Structure) -> RecordBatch {
    let all = &structure.memberships;
    let moments = |pick: fn(&facts::structure::Membership) -> Option<i64>| -> ArrayRef {
        let values: arrow_array::TimestampMillisecondArray =
            all.iter().map(|one| pick(one).map(|seconds| seconds.saturating_mul(1000))).collect();
        Arc::new(values.with_timezone("UTC"))
    };
    columns(vec![
        ("team", ids(all.iter().map(|one| one.team.0)), false),
        ("person", ids(all.iter().map(|one| one.person.0)), false),
        ("since", moments(|one| one.since), true),
        ("until", moments(|one| one.until), true),
    ])
}

/// One row a file and owner; declared and inferred ownership one after the other.
fn ownership(facts: &Facts, structure: &Structure) -> RecordBatch {
    let (mut file, mut team, mut basis, mut source, mut line) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let layers: Vec<&Ownership> = structure.declared.iter().chain([&structure.inferred]).collect();
    for layer in layers {
        for id in facts.files.ids() {
            let rule =
                layer.rule_of_file.get(id.index()).copied().flatten().map(|rule| &layer.rules[rule as usize]);
            for owner in layer.owners(id) {
                file.push(id.0);
                team.push(owner.0);
                basis.push(layer.basis.name());
                source.push(rule.map_or("history", |rule| rule.file.as_str()));
                line.push(rule.map(|rule| rule.line));
            }
        }
    }
    let head = facts.repository.head.map_or(String::new(), |head| head.to_string());
    columns(vec![
        ("as_of", text(file.iter().map(|_| head.as_str())), false),
        ("file", ids(file.iter().copied()), false),
        ("team", ids(team.into_iter()), false),
        ("basis", text(basis.into_iter()), false),
        ("source", text(source.into_iter()), false),
        ("line", Arc::new(line.into_iter().collect::<UInt32Array>()), true),
    ])
}

/// One row a name in the code and what it means; no row where no code was read.
fn dependencies(facts: &Facts) -> RecordBatch {
    let edges = facts.dependencies.as_ref().map_or(&[][..], |all| &all.edges);
    let head = facts.repository.head.map_or(String::new(), |head| head.to_string());
    let optional = |values: Vec<Option<&str>>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    let to_file = edges.iter().map(|edge| match edge.to {
        Target::File(file) => Some(file.0),
        _ => None,
    });
    let external = edges.iter().map(|edge| match &edge.to {
        Target::External(name) => Some(name.as_str()),
        _ => None,
    });
    let reason = edges.iter().map(|edge| match &edge.to {
        Target::Unresolved(why) => Some(why.as_str()),
        _ => None,
    });
    columns(vec![
        ("as_of", text(edges.iter().map(|_| head.as_str())), false),
        ("from_file", ids(edges.iter().map(|edge| edge.from.0)), false),
        ("to_file", Arc::new(to_file.collect::<UInt32Array>()), true),
        ("to_external", optional(external.collect()), true),
        ("kind", text(edges.iter().map(|edge| edge.kind.name())), false),
        ("line", ids(edges.iter().map(|edge| edge.line)), false),
        ("specifier", text(edges.iter().map(|edge| edge.specifier.as_str())), false),
        ("language", text(edges.iter().map(|edge| edge.language)), false),
        ("reason", optional(reason.collect()), true),
    ])
}

/// One row a thing that happened to a request; logins are left out, an actor is a number.
fn events(facts: &Facts) -> RecordBatch {
    let reviews = facts.reviews.as_ref();
    let requests = reviews.map_or(&[][..], |reviews| &reviews.requests);
    let rows: Vec<(&Request, &Event)> = requests
        .iter()
        .flat_map(|request| request.events.iter().map(move |event| (request, event)))
        .collect();
    let actor = |event: &Event| reviews.and_then(|reviews| reviews.actors.get(event.actor? as usize));
    let moments = |values: Vec<i64>| -> ArrayRef {
        let values = values.into_iter().map(|seconds| seconds.saturating_mul(1000));
        Arc::new(arrow_array::TimestampMillisecondArray::from_iter_values(values).with_timezone("UTC"))
    };
    let optional = |values: Vec<Option<u32>>| -> ArrayRef { Arc::new(UInt32Array::from(values)) };
    let kinds: StringArray =
        rows.iter().map(|(_, event)| actor(event).map(|actor| actor.kind.name())).collect();
    let numbers = UInt64Array::from_iter_values(rows.iter().map(|(request, _)| request.number));
    columns(vec![
        ("request", Arc::new(numbers), false),
        ("change", optional(rows.iter().map(|(request, _)| Some(request.change?.0)).collect()), true),
        ("kind", text(rows.iter().map(|(_, event)| event.kind.name())), false),
        ("at", moments(rows.iter().map(|(_, event)| event.at).collect()), false),
        ("actor", optional(rows.iter().map(|(_, event)| event.actor).collect()), true),
        ("actor_kind", Arc::new(kinds), true),
        ("person", optional(rows.iter().map(|(_, event)| Some(actor(event)?.person?.0)).collect()), true),
        ("seen_at", moments(rows.iter().map(|(request, _)| request.seen_at).collect()), false),
    ])
}
