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

/// Check that the index is what was written: every byte, and every passage
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq verify\n  \
    warraq verify --repair\n\n\
    The index is compared with its checksums and totals, and every passage with its source where that is\n\
    as it was when it was read.\n\
    Exit status: 0 it is whole, 1 something is damaged, 2 it could not be checked.")]
pub struct VerifyArgs {
    /// Build a damaged index anew from its sources; what is damaged is kept beside it
    #[arg(long)]
    pub repair: bool,

    /// Leave the sources out: they are not read, and the index is compared with its checksums alone
    #[arg(long)]
    pub no_sources: bool,

    /// Repair even where sources are not there any more, whose passages are then lost
    #[arg(long, requires = "repair")]
    pub accept_loss: bool,
}
