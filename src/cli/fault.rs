//! Faults of the program itself, such as damage that no opening could notice may bring about: one line
//! and an exit status, as for any other error.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Arc, Mutex, PoisonError};

use super::tell::say;
use crate::error::{Error, Result};
use crate::index::{Extent, Location, Unobserved, verify_observed};

/// Runs a command. Where it breaks down, the error says what of the index at `location` is damaged, if
/// anything is. `goes_on`: threads may break down while the command goes on, so each fault is said as
/// soon as it is met. With `RUST_BACKTRACE` a fault is shown as Rust shows it.
pub fn guard<T>(
    location: &Location,
    goes_on: bool,
    command: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let first = Arc::new(Mutex::new(None));
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value.is_empty() || value == "0") {
        let first = first.clone();
        set_hook(Box::new(move |fault| {
            let payload = fault.payload();
            let message = payload.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
            let message = message.unwrap_or("without a message");
            let place = fault.location().map(|place| format!(" ({place})")).unwrap_or_default();
            let message = format!("internal fault: {message}{place}");
            if goes_on {
                say(&message);
            }
            first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(message);
        }));
    }
    // What the command was at work on is not looked at again: the process ends.
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let message = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(damage(location).unwrap_or_else(|| {
            Error::Usage(message.unwrap_or_else(|| "internal fault".to_owned()))
        }))
    })
}

/// What is damaged of an index, if it is.
fn damage(location: &Location) -> Option<Error> {
    let look = || verify_observed(location, Extent::Index, &Unobserved);
    let found = catch_unwind(AssertUnwindSafe(look)).ok()?.ok()?;
    let damage = found.damage.into_iter().next()?;
    Some(Error::damaged(damage.path, damage.what))
}
