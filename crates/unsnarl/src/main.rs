//! unsnarl: where change gets stuck, and what would undo the knot.
//!
//! The only place that prints and exits.

mod alternative;
mod apply;
mod asked;
mod change;
mod code;
mod commands;
mod contract;
mod error;
mod foresight;
mod impact;
mod observed;
mod paths;
mod picture;
mod progress;
mod redesign;
mod resident;
mod reviews;
mod standing;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;

/// See where change gets stuck: ownership, boundaries and coupling, from git history.
#[derive(Debug, Parser)]
#[command(name = "unsnarl", version, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers; everything else is a mistake in the call.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match arguments.command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
