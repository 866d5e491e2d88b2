//! Drives the real program over the four real articles, as a person or a script would, and looks
//! at the library from outside.
//!
//! Each desk is a temporary folder with its own copy of `corpus/`; the repository's own `index/`
//! is never written.

mod access;
mod analysis;
mod at_once;
mod batch;
mod bounds;
mod categories;
mod compact;
mod dates;
mod deadline;
mod determinism;
mod duplicates;
mod export;
mod facets;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod faults;
mod formats;
mod hostile;
mod index;
mod json;
mod layering;
mod library;
mod long_runs;
mod marks;
mod mcp;
mod mediawiki;
mod mixed_load;
mod narrowing;
mod page;
mod ranking;
mod recovery;
mod search;
mod serve;
mod serve_damage;
mod serve_guard;
mod serve_hostile;
mod serve_live;
mod server;
mod support;
mod synonyms;
mod syntax;
mod time;
mod upgrade;
mod verify;
mod verify_sources;
mod watch;
