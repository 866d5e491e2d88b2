//! tantivy as its examples use it, as a peer to measure against: stock tokenizers and stemmers, a
//! field for each language, the query parser over both, the default store and merge policy.
//!
//! `raw-tantivy index FILE DIR THREADS`, `raw-tantivy batch QUERIES DIR` (a query a line; ten
//! hits each, their records loaded), `raw-tantivy search DIR WORD…`, `raw-tantivy answer DIR` (a
//! query a line on standard input, a line of ids for each).

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{
    IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer,
};
use tantivy::{Index, ReloadPolicy, Searcher, TantivyDocument};

const MEMORY_PER_THREAD: usize = 100 << 20;
const HITS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["index", file, folder, threads] => index(file, folder, threads.parse()?),
        ["batch", queries, folder] => {
            let lines = BufReader::new(File::open(queries)?).lines();
            let queries = lines.collect::<Result<Vec<String>, _>>()?;
            let mut out = BufWriter::new(std::io::stdout().lock());
            search(folder, queries.into_iter(), |number, hits| write_run(&mut out, number, hits))
        }
        ["search", folder, words @ ..] => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            search(folder, std::iter::once(words.join(" ")), |number, hits| {
                write_run(&mut out, number, hits)
            })
        }
        ["answer", folder] => {
            let queries = std::io::stdin().lines().map_while(Result::ok);
            search(folder, queries, |_, hits| {
                let ids: Vec<&str> = hits.iter().map(|(_, id)| id.as_str()).collect();
                println!("{}", ids.join(" "));
                Ok(())
            })
        }
        _ => Err("usage: raw-tantivy index|batch|search …".into()),
    }
}

fn schema() -> Schema {
    let mut schema = Schema::builder();
    let text = |tokenizer: &str| {
        TextOptions::default().set_stored().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        )
    };
    schema.add_text_field("id", STRING | STORED);
    schema.add_text_field("title", STORED);
    schema.add_text_field("en", text("en_stem"));
    schema.add_text_field("ar", text("ar_stem"));
    schema.build()
}

fn register(index: &Index) {
    let arabic = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::Arabic))
        .build();
    index.tokenizers().register("ar_stem", arabic);
}

fn index(file: &str, folder: &str, threads: usize) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let schema = schema();
    let field = |name: &str| schema.get_field(name);
    let (id, title, en, ar) = (field("id")?, field("title")?, field("en")?, field("ar")?);
    let index = Index::create_in_dir(folder, schema.clone())?;
    register(&index);
    let mut writer = index.writer_with_num_threads(threads, threads * MEMORY_PER_THREAD)?;
    for line in BufReader::new(File::open(file)?).lines() {
        let record: serde_json::Value = serde_json::from_str(&line?)?;
        let text = |key: &str| record[key].as_str().unwrap_or_default();
        let body = if text("lang") == "ar" { ar } else { en };
        let mut document = TantivyDocument::new();
        document.add_text(id, text("id"));
        document.add_text(title, text("title"));
        document.add_text(body, format!("{}\n{}", text("title"), text("text")));
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

/// Scores and ids.
type Hits = Vec<(f32, String)>;

fn write_run(out: &mut impl Write, number: usize, hits: &Hits) -> std::io::Result<()> {
    for (rank, (score, id)) in hits.iter().enumerate() {
        writeln!(out, "{} Q0 {id} {} {score} raw-tantivy", number + 1, rank + 1)?;
    }
    Ok(())
}

fn search(
    folder: &str,
    queries: impl Iterator<Item = String>,
    mut answer: impl FnMut(usize, &Hits) -> std::io::Result<()>,
) -> Result<(), Box<dyn Error>> {
    let index = Index::open_in_dir(Path::new(folder))?;
    register(&index);
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher: Searcher = reader.searcher();
    let schema = index.schema();
    let id = schema.get_field("id")?;
    let fields = vec![schema.get_field("en")?, schema.get_field("ar")?];
    let parser = QueryParser::for_index(&index, fields);
    for (number, query) in queries.enumerate() {
        let (query, _) = parser.parse_query_lenient(&query);
        let hits = searcher.search(&query, &TopDocs::with_limit(HITS).order_by_score())?;
        let mut found = Hits::with_capacity(HITS);
        for (score, address) in hits {
            let record: TantivyDocument = searcher.doc(address)?;
            let id = record.get_first(id).and_then(|value| value.as_str()).unwrap_or_default();
            found.push((score, id.to_owned()));
        }
        answer(number, &found)?;
    }
    Ok(())
}
