//! Generations: written whole or not at all, read whole or not at all.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use arrow_array::RecordBatch;
use facts::{CommitId, Facts, Omission, Omitted, Repository, Unit, UnitChoice};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::Compression,
    file::properties::{EnabledStatistics, WriterProperties},
};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use super::tables;
use crate::git::Mined;

/// Raised with every change of the tables or of what mining puts into them.
const FORMAT: u32 = 3;
/// Generations kept a setting: the head and a few others someone looked at.
const KEPT: usize = 4;
/// A temporary directory this old belongs to no living run.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Why there is nothing to load.
#[derive(Debug, PartialEq, Eq)]
pub enum Miss {
    /// Nothing was ever kept for these settings.
    Nothing,
    /// Something was, and cannot be trusted.
    Doubt(String),
}

/// Why nothing could be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("failed to write `{path}`: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Its words.
        source: io::Error,
    },
    /// The Parquet library refused.
    #[error("failed to write {table}: {why}")]
    Parquet {
        /// Which table.
        table: &'static str,
        /// Its words.
        why: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Meta {
    format: u32,
    settings: String,
    head: String,
    repository: String,
    shallow: bool,
    unit: String,
    unit_picked: bool,
    unit_why: String,
    shape: [u64; 3],
    ledger: Vec<(String, u64, String)>,
    files: BTreeMap<String, FileMeta>,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct FileMeta {
    bytes: u64,
    xxh3: u64,
}

/// Loads the generation of `head`, or else the latest one kept for these settings.
pub fn load(cache: &Path, settings: &str, head: CommitId) -> Result<Mined, Miss> {
    let mut doubts = Vec::new();
    let exact = cache.join(name(settings, head));
    let others = generations(cache, settings).into_iter().map(|(_, path)| path).filter(|path| *path != exact);
    for directory in std::iter::once(exact.clone()).chain(others) {
        if !directory.is_dir() {
            continue;
        }
        match read(&directory, settings) {
            Ok(mined) => return Ok(mined),
            Err(why) => doubts.push(format!("{}: {why}", directory.display())),
        }
    }
    if doubts.is_empty() { Err(Miss::Nothing) } else { Err(Miss::Doubt(doubts.join("; "))) }
}

/// Keeps facts; another run that was faster wins, which is the same.
pub fn save(cache: &Path, settings: &str, head: CommitId, mined: &Mined) -> Result<(), StoreError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { path, source }
    };
    fs::create_dir_all(cache).map_err(io(cache))?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = cache.join(format!("tmp-{}-{number}", std::process::id()));
    let target = cache.join(name(settings, head));
    let written = write(&temporary, settings, head, mined).and_then(|()| {
        if target.exists() && read(&target, settings).is_err() {
            fs::remove_dir_all(&target).map_err(io(&target))?;
        }
        match fs::rename(&temporary, &target) {
            Err(_) if target.is_dir() => Ok(()),
            other => other.map_err(io(&target)),
        }
    });
    let _ = fs::remove_dir_all(&temporary);
    if written.is_ok() {
        sweep(cache, settings, &target);
    }
    written
}

fn name(settings: &str, head: CommitId) -> String {
    format!("{}{}", prefix(settings), &head.to_string()[..16])
}

fn prefix(settings: &str) -> String {
    format!("facts-{:016x}-", number(settings))
}

/// Settings as a number.
pub fn number(settings: &str) -> u64 {
    XxHash3_64::oneshot(settings.as_bytes())
}

/// Generations of these settings, the latest first.
fn generations(cache: &Path, settings: &str) -> Vec<(SystemTime, PathBuf)> {
    let prefix = prefix(settings);
    let Ok(entries) = fs::read_dir(cache) else { return Vec::new() };
    let mut found: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| {
            (
                entry.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH),
                entry.path(),
            )
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

/// Removes what nobody will ask for; failing to is no failure.
fn sweep(cache: &Path, settings: &str, just_written: &Path) {
    let old =
        generations(cache, settings).into_iter().map(|(_, path)| path).filter(|path| path != just_written);
    for path in old.skip(KEPT - 1) {
        let _ = fs::remove_dir_all(path);
    }
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.filter_map(Result::ok) {
        let stale = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STALE));
        if stale && entry.file_name().to_string_lossy().starts_with("tmp-") {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn write(directory: &Path, settings: &str, head: CommitId, mined: &Mined) -> Result<(), StoreError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { path, source }
    };
    fs::create_dir_all(directory).map_err(io(directory))?;
    let Mined { facts, identity } = mined;
    let mut files = BTreeMap::new();
    for (table, batch) in [
        ("changes", tables::changes(facts)),
        ("touches", tables::touches(facts)),
        ("files", tables::files(facts)),
        ("people", tables::people(facts)),
        ("participations", tables::participations(facts)),
        ("signatures", tables::signatures(identity)),
        ("credits", tables::credits(identity)),
    ] {
        let bytes = encode(&batch).map_err(|why| StoreError::Parquet { table, why })?;
        let file = format!("{table}.parquet");
        write_through(&directory.join(&file), &bytes).map_err(io(&directory.join(&file)))?;
        files.insert(file, FileMeta { bytes: bytes.len() as u64, xxh3: XxHash3_64::oneshot(&bytes) });
    }
    let meta = Meta {
        format: FORMAT,
        settings: settings.to_owned(),
        head: head.to_string(),
        repository: facts.repository.name.clone(),
        shallow: facts.repository.shallow,
        unit: facts.unit.unit.name().to_owned(),
        unit_picked: facts.unit.picked,
        unit_why: facts.unit.why.clone(),
        shape: facts.unit.shape,
        ledger: facts
            .ledger
            .iter()
            .map(|line| (line.what.name().to_owned(), line.count, line.why.clone()))
            .collect(),
        files,
    };
    let path = directory.join("meta.json");
    let text = serde_json::to_vec_pretty(&meta).expect("the meta data holds only strings and numbers");
    write_through(&path, &text).map_err(io(&path))
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write as _;
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A batch as a Parquet file in memory.
pub(super) fn encode(batch: &RecordBatch) -> Result<Vec<u8>, String> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by(concat!("unsnarl ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties))
        .map_err(|error| error.to_string())?;
    writer.write(batch).map_err(|error| error.to_string())?;
    writer.close().map_err(|error| error.to_string())?;
    Ok(out)
}

fn read(directory: &Path, settings: &str) -> Result<Mined, String> {
    let text = fs::read(directory.join("meta.json")).map_err(|error| error.to_string())?;
    let meta: Meta = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    if meta.format != FORMAT || meta.settings != settings {
        return Err("it was written by another version or with other settings".into());
    }
    let [changes, touches, files, people, participations, signatures, credits] = batches(directory, &meta)?;
    let changes = tables::read_changes(&changes)?;
    let count = changes.len();
    let mut facts = Facts { changes, ..Facts::default() };
    facts.files = tables::read_files(&files, &mut facts.paths, count)?;
    facts.touches = tables::read_touches(&touches, &mut facts.paths, count, facts.files.len())?;
    facts.people = tables::read_people(&people)?;
    facts.participations = tables::read_participations(&participations, count, facts.people.len())?;
    let identity = tables::read_identity(&signatures, &credits, count)?;
    facts.repository = Repository {
        name: meta.repository.clone(),
        head: Some(CommitId::from_hex(&meta.head).ok_or("the head is no commit id")?),
        shallow: meta.shallow,
    };
    facts.unit = UnitChoice {
        unit: Unit::from_name(&meta.unit).ok_or("the unit is not known")?,
        picked: meta.unit_picked,
        why: meta.unit_why.clone(),
        shape: meta.shape,
    };
    facts.ledger = meta
        .ledger
        .iter()
        .map(|(what, count, why)| Some(Omission::new(Omitted::from_name(what)?, *count, why.clone())))
        .collect::<Option<Vec<_>>>()
        .ok_or("the ledger has a line that is not known")?;
    Ok(Mined { facts, identity })
}

/// Decodes every table, each on a thread of its own: a second run does little else.
fn batches(directory: &Path, meta: &Meta) -> Result<[RecordBatch; 7], String> {
    const NAMES: [&str; 7] =
        ["changes", "touches", "files", "people", "participations", "signatures", "credits"];
    std::thread::scope(|scope| {
        let decoding = NAMES.map(|name| scope.spawn(move || table(directory, meta, name)));
        let mut decoded = Vec::with_capacity(NAMES.len());
        for one in decoding {
            // The Parquet library is fed bytes whose checksum was right; should it panic all the same, mining is safe.
            decoded.push(one.join().map_err(|_| "a table could not be decoded".to_owned())??);
        }
        decoded.try_into().map_err(|_| "a table is missing".to_owned())
    })
}

fn table(directory: &Path, meta: &Meta, name: &str) -> Result<RecordBatch, String> {
    let file = format!("{name}.parquet");
    let bytes = fs::read(directory.join(&file)).map_err(|error| format!("{file}: {error}"))?;
    let found = FileMeta { bytes: bytes.len() as u64, xxh3: XxHash3_64::oneshot(&bytes) };
    if meta.files.get(&file) != Some(&found) {
        return Err(format!("{file}: length or checksum differs"));
    }
    let bad = |error: &dyn std::fmt::Display| format!("{file}: {error}");
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).map_err(|error| bad(&error))?;
    let schema = reader.schema().clone();
    let rows = usize::try_from(reader.metadata().file_metadata().num_rows()).map_err(|error| bad(&error))?;
    let mut batches = reader.with_batch_size(rows.max(1)).build().map_err(|error| bad(&error))?;
    match batches.next() {
        None => Ok(RecordBatch::new_empty(schema)),
        Some(batch) => {
            let batch = batch.map_err(|error| bad(&error))?;
            if batch.num_rows() == rows { Ok(batch) } else { Err(format!("{file}: rows are missing")) }
        }
    }
}
