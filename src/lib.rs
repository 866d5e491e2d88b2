//! Full-text passage search for collections of English and Arabic articles.
//!
//! Articles are cut into passages, the passages are indexed, and queries find the best of them:
//!
//! ```text
//! file ──source──▶ Article ──passage──▶ Passage ──analysis──▶ words ──index──▶ segments
//! query ──query──▶ tree ────────────────analysis──▶ words ──search──▶ Hit ──output──▶ bytes
//! ```
//!
//! [`analysis`] is the one room that both ways pass through, so that text and query are folded by
//! the same code. Modules import one another in one direction only, in the order of the list in
//! `docs/architecture.md`.
//!
//! # Example
//! ```no_run
//! use warraq::index::{Location, OpenIndex};
//! use warraq::search::{Engine, Request};
//!
//! # fn main() -> warraq::error::Result<()> {
//! let index = OpenIndex::open(&Location::new("index"))?;
//! let answer = Engine::new(&index).search(&Request::new("Konishi retreat"))?;
//! for hit in answer.hits {
//!     println!("{} {}", hit.score, hit.id);
//! }
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]
// Nothing that input can reach ends the process, and standard error is `cli::tell`'s. Tests may.
#![cfg_attr(
    not(test),
    deny(
        clippy::dbg_macro,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod analysis;
pub mod cli;
pub mod crosslingual;
pub mod dates;
pub mod error;
pub mod eval;
pub mod index;
pub mod lang;
pub mod live;
pub mod mcp;
pub mod model;
pub mod output;
pub mod passage;
pub mod query;
pub mod search;
pub mod serve;
pub mod source;
pub mod text;
pub mod watch;
