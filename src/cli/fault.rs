//! Faults of the program itself, such as damage to the index may bring about: one line and an exit
//! status, as for any other error.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use crate::error::{Error, Result};
use crate::text::sanitize::to_one_line;

/// Runs a command. With `RUST_BACKTRACE` a fault is shown as Rust shows it.
pub fn guard<T>(command: impl FnOnce() -> Result<T>) -> Result<T> {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value.is_empty() || value == "0") {
        set_hook(Box::new(|fault| {
            let payload = fault.payload();
            let message = payload.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
            let message = message.unwrap_or("without a message");
            let place = fault.location().map(|place| format!(" ({place})")).unwrap_or_default();
            eprintln!("warraq: internal fault: {}{place}", to_one_line(message));
        }));
    }
    // What the command was at work on is not looked at again: the process ends.
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        Err(Error::Usage("`warraq verify` tells whether the index is damaged".to_owned()))
    })
}
