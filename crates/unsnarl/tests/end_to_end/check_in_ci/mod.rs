//! The pieces for CI: what they say can be read, and their scripts do what they say, run with the program itself.

mod github;
mod gitlab;
mod guide;
mod shop;
