//! `unsnarl lsp`: who owns the open file, what usually changes with it, and what breaks a rule, while it is written.
//!
//! ```text
//! editor ──stdin──▶ reader ─┐              ┌─▶ desk   the tree as it is being written: marks, owners
//!                           ├──▶ session ──┤
//! editor ◀──stdout──────────┘              └─▶ past   history: stewards, usual partners
//! ```
//!
//! Threads and channels, no runtime: one editor asks little, and what takes long is computing. The session alone writes to
//! standard output, and never waits for anything but the next event.

mod desk;
mod document;
mod past;
mod session;
mod uri;
mod wire;

use std::{
    io::{self, BufReader},
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::mpsc::{Sender, channel},
    thread,
};

use clap::Args;

use self::{
    desk::{Desk, Found, Open},
    past::Past,
    session::{Session, Workers},
    wire::Incoming,
};
use crate::{error::Error, picture::Look};

/// Arguments of `unsnarl lsp`.
#[derive(Debug, Args)]
pub(crate) struct Lsp {
    /// A directory inside a git repository [default: the editor's workspace, else the directory it was started in]
    path: Option<PathBuf>,
    /// Where facts are kept [default: unsnarl/ in the git directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Say on standard error how long each look at the tree takes
    #[arg(short, long)]
    verbose: bool,
    /// Speak over standard input and output, the only way there is; editors pass it
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Something the session waits for.
#[derive(Debug)]
enum Event {
    /// The editor says something.
    Said(Incoming),
    /// It says no more.
    Gone,
    /// The tree was looked at.
    Looked(Found),
    /// History was asked, or why it cannot be.
    Remembered(Result<Box<Past>, String>),
}

impl Lsp {
    pub(crate) fn run(self) -> Result<(), Error> {
        let (events, waited_for) = channel();
        let said = events.clone();
        thread::spawn(move || listen(&said));
        let start = |root: Option<PathBuf>| {
            let path = self.path.clone().or(root).unwrap_or_else(|| PathBuf::from("."));
            let look = Look::whole(self.cache.clone(), true).verbosely(self.verbose);
            employ(path, look, &events)
        };
        Session::new(io::stdout().lock(), start).run(&waited_for)
    }
}

/// Hands on what the editor says.
fn listen(said: &Sender<Event>) {
    let mut input = BufReader::new(io::stdin().lock());
    while let Ok(Some(message)) = wire::read(&mut input) {
        if said.send(Event::Said(message)).is_err() {
            return;
        }
    }
    let _ = said.send(Event::Gone);
}

/// Starts those who do the work.
fn employ(path: PathBuf, look: Look, events: &Sender<Event>) -> Workers {
    let (desk, jobs) = channel::<(Vec<Open>, bool)>();
    let (looked, remembered) = (events.clone(), events.clone());
    let (root, how) = (path.clone(), look.clone());
    thread::spawn(move || {
        let mut desk = Desk::new(&root, how);
        for (open, again) in jobs {
            let found = guarded(|| desk.look(&open, again));
            let found = found.unwrap_or_else(|why| Found::nothing(&open, why));
            if looked.send(Event::Looked(found)).is_err() {
                return;
            }
        }
    });
    let (past, asked) = channel::<String>();
    thread::spawn(move || {
        past::tell(&path, look, &asked, |past| {
            let _ = remembered.send(Event::Remembered(past.map(Box::new)));
        });
    });
    Workers { desk, past }
}

/// Does some work; a fault in it ends the work and nothing else.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let why = panic.downcast_ref::<&str>().map(|why| (*why).to_owned());
        let why = why.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        format!("unsnarl failed over it, which is a bug: {why}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_ends_nothing_else() {
        assert_eq!(guarded(|| 1), Ok(1));
        let why = guarded(|| -> u8 { panic!("at {}", 7) });
        assert_eq!(why, Err("unsnarl failed over it, which is a bug: at 7".to_owned()));
    }
}
