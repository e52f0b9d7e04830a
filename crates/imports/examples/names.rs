//! Prints what files name, as written: `cargo run --example names < list-of-paths`, for comparing with other readers.

use std::io::{BufRead, Write, stdin, stdout};

fn main() -> std::io::Result<()> {
    let mut out = stdout().lock();
    for path in stdin().lock().lines() {
        let path = path?;
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        for (line, scope, name) in imports::names(&path, &text) {
            writeln!(out, "{path}\t{line}\t{}\t{name}", scope.join(" "))?;
        }
    }
    Ok(())
}
