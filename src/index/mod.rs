//! The index on disk: its schema, how it is brought up to its sources, how it is opened.
//!
//! What lies in the index is told by tantivy's commits alone: a commit's payload names the
//! manifest of sources that belongs to it, and the forward files are segment files like any other.
//! Nothing outside this room and `search` knows of tantivy.

mod bits;
mod categories;
mod change;
mod commit;
mod contents;
mod date_terms;
mod deleted;
mod directory;
mod document;
mod durable;
mod export;
mod failure;
mod file_sink;
pub mod forward;
mod hashing;
mod ingest;
mod layout;
mod listing;
mod location;
mod manifest;
mod mapped;
mod merge;
mod newer;
mod plan;
mod reader;
mod record;
mod recovery;
mod repair;
mod report;
mod run;
mod schema;
mod seal;
mod segment;
mod state;
mod stats;
mod survey;
mod taken;
mod tally;
mod tape;
mod tape_maker;
mod term_column;
mod term_walk;
mod text_words;
mod update;
mod verify;
mod verify_sources;

pub use bits::Bits;
pub use categories::{category_range, category_terms, compared_part};
pub use change::{Change, UpdateOptions};
pub use date_terms::{DateRanges, TermRange, date_of_number, year_of_term};
pub use document::infobox_keys;
pub use ingest::CommitAfter;
pub use layout::Layout;
pub use location::{Location, Version};
pub use manifest::{FileEntry, Manifest, Payload, Root, Totals};
pub use mapped::Standing;
pub use merge::optimize;
pub use reader::{Address, IndexTerm, OpenIndex};
pub use record::{Head, Record};
pub use repair::repair;
pub use report::{Advance, Interruption, Observer, Report, Unobserved};
pub use schema::{Fields, INFOBOX_SEPARATOR};
pub use segment::Segment;
pub use stats::{Holdings, SourceStats, Stats, holdings, stats};
pub use survey::Source;
pub use tape::REGION_GAP;
pub use term_column::TermColumn;
pub use term_walk::{Place, PostingsReader, walk_terms};
pub use update::{is_stale, sources, update};
pub use verify::{Damage, Extent, Verification, verify, verify_observed};
