//! The command line: arguments become configuration, each subcommand is one file, errors become
//! an exit status. Nothing below this room reads the environment or ends the process.

pub mod args;
mod batch;
mod commands;
mod config;
mod counts;
mod eval;
mod expand;
mod export;
mod fault;
mod index;
mod interrupt;
mod mcp;
mod progress;
mod report;
mod search;
mod serve;
mod show;
mod similar;
mod stats;
mod suggest;
mod tables;
mod tell;
mod verify;
mod watch;

use std::io;
use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;

use crate::error::{Error, Result};
use crate::text::sanitize::is_unsafe;
use config::Config;
use tell::{say, say_result};

/// Bytes of an argument that a message may repeat as it is.
const PLAIN_ARGUMENT: usize = 1000;

/// How a command ended: grep's three states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was found or done.
    Found,
    /// Nothing was found.
    NothingFound,
    /// It was stopped, with this exit status; what was done is kept.
    Interrupted(u8),
    /// It went through, but something was skipped or could not be answered.
    Incomplete,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let config = Config::new(&cli.global);
    let goes_on = matches!(cli.command, Command::Index(_) | Command::Mcp(_) | Command::Serve(_));
    match fault::guard(config.location(), goes_on, || run_command(&config, cli.command)) {
        Ok(Outcome::Found) => ExitCode::SUCCESS,
        Ok(Outcome::NothingFound) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(2),
        Ok(Outcome::Interrupted(status)) => ExitCode::from(status),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(error);
            ExitCode::from(2)
        }
    }
}

/// What the arguments lack, or the help that they ask for.
fn refuse(error: &clap::Error) -> ExitCode {
    let plain = |arg: std::ffi::OsString| {
        arg.len() <= PLAIN_ARGUMENT && !arg.to_string_lossy().chars().any(is_unsafe)
    };
    if error.use_stderr() && !std::env::args_os().all(plain) {
        // Without the colours, from which what was typed cannot be told.
        error.to_string().lines().for_each(say_result);
    } else {
        // To nobody, where nobody reads.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn run_command(config: &Config, command: Command) -> Result<Outcome> {
    match command {
        Command::Index(args) => index::index(config, args),
        Command::Remove(args) => index::remove(config, args),
        Command::Optimize(_) => index::optimize(config),
        Command::Search(args) => search::search(config, args),
        Command::Batch(args) => batch::batch(config, args),
        Command::Show(args) => show::show(config, &args),
        Command::Eval(args) => eval::eval(config, args),
        Command::Export(args) => export::export(config, &args),
        Command::Expand(args) => expand::expand(config, &args),
        Command::Similar(args) => similar::similar(config, &args),
        Command::Suggest(args) => suggest::suggest(config, &args),
        Command::Mcp(args) => mcp::mcp(config, &args),
        Command::Serve(args) => serve::serve(config, args),
        Command::Stats(args) => stats::stats(config, &args),
        Command::Verify(args) => verify::verify(config, &args),
        Command::Completions(args) => commands::completions(&args),
        Command::Man(_) => commands::manual(),
    }
}

/// Whoever read our output has seen enough.
fn is_broken_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

/// An error of writing to standard output.
fn output_error(error: io::Error) -> Error {
    Error::io("standard output", error)
}

/// Standard output, buffered.
fn stdout() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Writes to standard output and flushes it.
fn print(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<()> {
    let mut out = stdout();
    write(&mut out).and_then(|()| io::Write::flush(&mut out)).map_err(output_error)
}
