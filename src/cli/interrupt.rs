//! Ctrl-C: the first asks a run to stop in good order, the second ends the process at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::error::{Error, Result};

/// What a signal is added to for the exit status, as shells do.
const STATUS_OF_SIGNALS: i32 = 128;

/// The signals that have come since it was installed.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    came: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Takes over the signals that end a process, for as long as it lives.
    ///
    /// # Errors
    /// As the system gives them.
    pub fn install() -> Result<Interrupt> {
        let interrupt = Interrupt::default();
        let failed = |error| Error::io("signals", error);
        for signal in [SIGINT, SIGTERM] {
            let status = STATUS_OF_SIGNALS + signal;
            // Actions run in this order: the first signal finds the flag down and raises it.
            flag::register_conditional_shutdown(signal, status, interrupt.came.clone())
                .map_err(failed)?;
            flag::register_usize(signal, interrupt.signal.clone(), signal as usize)
                .map_err(failed)?;
            flag::register(signal, interrupt.came.clone()).map_err(failed)?;
        }
        Ok(interrupt)
    }

    pub fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }

    /// The exit status of a process that ends because of the signal.
    pub fn status(&self) -> u8 {
        let signal = self.signal.load(Ordering::Relaxed) as i32;
        (STATUS_OF_SIGNALS + signal).try_into().unwrap_or(u8::MAX)
    }
}
