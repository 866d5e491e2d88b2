//! From a query to the passages that answer it.
//!
//! [`Engine`] shows the way of a query: it is parsed, compiled to a plan, the first stage finds
//! candidates, the second ranks them again, and the hits are loaded and marked. Results hold no
//! type of the index's library.

mod by_date;
mod compile;
mod count_facets;
mod deadline;
mod engine;
mod expand;
mod facet_terms;
pub mod facets;
mod filter;
pub mod hit;
mod marker;
mod narrow;
mod options;
mod order;
mod plan;
mod positions;
pub mod rank;
mod reading;
mod recent;
mod request;
mod retrieve;
mod second_stage;
mod similar;
pub mod snippet;
mod sounding;
mod suggest;
mod tables;
mod vocabulary;
pub mod weights;

pub use deadline::Deadline;
pub use engine::Engine;
pub use expand::UserTables;
pub use marker::Marker;
pub use reading::{
    ArticleList, ListedArticle, MOST_PASSAGES, ReadPassage, Reading, list_articles, read,
    read_article, read_passage,
};
pub use request::{Expand, Rank, Request, Sort};
pub use sounding::match_names;
pub use suggest::{Suggestion, suggest};
pub use tables::Tables;
