//! How it is shown: pure functions from a [`Report`] to bytes. Faces compute no number.

pub mod agent;
pub mod audit;
pub mod backtest;
pub mod capacity;
pub mod check;
pub mod compare;
pub mod coupling;
pub mod deps;
pub mod document;
pub mod draft;
pub mod drawing;
pub mod drift;
pub mod editor;
pub mod explain;
pub mod flow;
pub mod impact;
pub mod json;
mod ledger;
pub mod manifest;
pub mod markdown;
pub mod moves;
mod moving;
mod names;
mod numbers;
pub mod owners;
pub mod page;
pub mod plain;
pub mod redesign;
pub mod replay;
pub mod report;
pub mod rules;
mod series;
pub mod simulate;
pub mod text;

pub use report::Report;
