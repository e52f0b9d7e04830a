//! Structure nobody declared, read from what the history shows.

pub(crate) mod activity;
pub(crate) mod modules;
pub(crate) mod stewards;
pub(crate) mod teams;
