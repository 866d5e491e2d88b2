//! Makes `data/lexicon.bin` from `data/lexicon.tsv`. Run it in the project's folder after a change
//! of the table or of the analysis: `cargo run --example build-lexicon`.

use std::path::Path;

use warraq::crosslingual::build_lexicon;
use warraq::error::{Error, Result};

fn main() -> Result<()> {
    let table = Path::new("data/lexicon.tsv");
    let compact = Path::new("data/lexicon.bin");
    let text = std::fs::read_to_string(table).map_err(|source| Error::io(table, source))?;
    let bytes = build_lexicon(&text)?;
    std::fs::write(compact, bytes).map_err(|source| Error::io(compact, source))
}
