//! Arguments of the commands that keep an index safe.

use std::path::PathBuf;

use clap::Args;

/// Write all passages of the index as JSON Lines, which `warraq index` reads back as they are
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq export -o passages.jsonl\n  \
    warraq export | zstd > passages.jsonl.zst\n  \
    warraq export | warraq index - --name copy --format jsonl --index other")]
pub struct ExportArgs {
    /// Write to a file instead of standard output; it appears when it is complete
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}
