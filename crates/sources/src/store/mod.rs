//! Facts on disk: Parquet files that DuckDB, Polars and Spark read as they are. The cache is the open format.
//!
//! ```text
//! <cache>/facts-<settings>-<head>/    one generation, never changed once it is there
//!     meta.json                       format, settings, head, unit, ledger; length and checksum of every file
//!     changes.parquet touches.parquet files.parquet people.parquet participations.parquet
//!     signatures.parquet credits.parquet     who is who before `.mailmap`, for the next run
//! <cache>/code-<commit>-…  years-…  scans-…    what was read from code, see [`code`] and [`kept`]
//! <cache>/tmp-<pid>-<n>/              a generation being written; renamed into place when it is whole
//! ```
//!
//! Any doubt about a generation makes it no generation: the caller mines anew. Nothing here can be lost that the
//! repository does not hold.

pub mod code;
pub mod export;
mod generation;
pub mod kept;
mod tables;

pub use generation::{Miss, StoreError, load, number, save};
