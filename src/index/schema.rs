//! The fields of the index and how each is analysed.

use tantivy::Index;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TextAnalyzer;

use super::tape::TapeTokenizer;

/// Changes whenever an index written before can no longer be read as it is.
pub const FORMAT_VERSION: u32 = 7;

const STEMS: &str = "warraq_stems";

/// Stands between an infobox key and a stem in the terms of [`Fields::infobox`], and between the two
/// spellings of [`Fields::category`].
pub const INFOBOX_SEPARATOR: char = '\u{1f}';

/// The one term of [`Fields::duplicate`].
pub const DUPLICATE: &str = "duplicate";

/// The name of the field that holds a passage's tape, from which the forward file is made too.
pub const TEXT: &str = "text";

/// The name of the column of earliest dates.
pub const EARLIEST: &str = "earliest";

/// Handles of the index's fields.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The passage's id, whole.
    pub id: Field,
    /// The article's id, whole.
    pub article: Field,
    /// The source that the passage came from, whole: what is deleted when a file changes.
    pub source: Field,
    /// Stems of title, section path, text and hidden words. Where they stand and in which form is
    /// in the forward file.
    pub text: Field,
    /// Stems of the title.
    pub title: Field,
    /// Stems of the section path.
    pub section: Field,
    /// `key␟stem` for the words of infobox values.
    pub infobox: Field,
    /// Infobox keys met, whole.
    pub infobox_key: Field,
    pub lang: Field,
    pub kind: Field,
    /// The years that section path and text mention, see `date_terms`.
    pub year: Field,
    /// The months and days that they mention.
    pub date: Field,
    /// The earliest date that they mention as a number, in a column.
    pub earliest: Field,
    /// The article's categories: `folded␟name`, see `categories`.
    pub category: Field,
    /// What an article says as a digest, whole, on the first passage of an article.
    pub content: Field,
    /// On every passage of a duplicate: `DUPLICATE`.
    pub duplicate: Field,
    /// All that is stored of the passage, see `record`.
    pub record: Field,
}

impl Fields {
    /// The schema and its handles.
    pub fn build() -> (Schema, Fields) {
        let indexed = |tokenizer: &str, option: IndexRecordOption| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option),
            )
        };
        let stems = || indexed(STEMS, IndexRecordOption::WithFreqs);
        let positions = IndexRecordOption::WithFreqsAndPositions;
        let mut builder = Schema::builder();
        let fields = Fields {
            id: builder.add_text_field("id", STRING),
            article: builder.add_text_field("article", STRING),
            source: builder.add_text_field("source", STRING),
            text: builder.add_text_field(TEXT, stems()),
            title: builder.add_text_field("title", stems()),
            section: builder.add_text_field("section", stems()),
            infobox: builder.add_text_field("infobox", indexed(STEMS, positions)),
            infobox_key: builder.add_text_field("infobox_key", STRING),
            lang: builder.add_text_field("lang", STRING),
            kind: builder.add_text_field("kind", STRING),
            year: builder.add_text_field("year", STRING),
            date: builder.add_text_field("date", STRING),
            earliest: builder.add_i64_field(EARLIEST, FAST),
            category: builder.add_text_field("category", STRING),
            content: builder.add_text_field("content", STRING),
            duplicate: builder.add_text_field("duplicate", STRING),
            record: builder.add_bytes_field("record", STORED),
        };
        (builder.build(), fields)
    }

    /// Gives an index the tokenizers that the schema names.
    pub fn register_tokenizers(index: &Index) {
        index.tokenizers().register(STEMS, TextAnalyzer::builder(TapeTokenizer).build());
    }
}
