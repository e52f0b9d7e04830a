//! The formats of a check, each held to what is published of it.

mod cases;
mod formats;
mod hostile;
mod read;
mod schemas;
