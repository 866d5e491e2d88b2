//! An index that is searched while it changes: its newest whole state, and threads that answer
//! over it, for those who serve others.

mod state;
mod workers;

pub use state::{Follower, Live, State};
pub use workers::{Desk, Gone, Refusal, Workers};
