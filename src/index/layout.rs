//! How an index is laid out on disk: for speed, or for size.

use tantivy::IndexSettings;
use tantivy::store::{Compressor, ZstdCompressor};

/// Which of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Stored passages are quick to load, and the forward files hold the words of each.
    #[default]
    Fast,
    /// Stored passages are compressed well, many together; the words of a passage are read from its
    /// text, which is analysed again.
    Compact,
}

/// Bytes of stored passages that are compressed together: few, for a search loads few …
const FAST_BLOCK_BYTES: usize = 8 << 10;
/// … or many, as more compress better.
const COMPACT_BLOCK_BYTES: usize = 64 << 10;
/// Higher levels save a twentieth more and take ten times as long.
const COMPACT_LEVEL: i32 = 9;

impl Layout {
    /// The layout of an index with these settings: it is told by how passages are compressed, so
    /// that nothing can contradict it.
    pub fn of(settings: &IndexSettings) -> Layout {
        match settings.docstore_compression {
            Compressor::Zstd(_) => Layout::Compact,
            _ => Layout::Fast,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Layout::Fast => "fast",
            Layout::Compact => "compact",
        }
    }

    pub fn settings(self) -> IndexSettings {
        let compact = Compressor::Zstd(ZstdCompressor { compression_level: Some(COMPACT_LEVEL) });
        IndexSettings {
            docstore_compression: match self {
                Layout::Fast => Compressor::Lz4,
                Layout::Compact => compact,
            },
            docstore_blocksize: self.block_bytes(),
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        }
    }

    pub fn block_bytes(self) -> usize {
        match self {
            Layout::Fast => FAST_BLOCK_BYTES,
            Layout::Compact => COMPACT_BLOCK_BYTES,
        }
    }
}
