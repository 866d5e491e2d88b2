//! The `warraq` program: all of it is in the library's `cli` room.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    warraq::cli::run()
}
