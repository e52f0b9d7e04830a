//! For tests only: real git repositories, and systems whose truth is known because it was planted.

pub mod repo;
