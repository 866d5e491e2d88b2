//! The command line as clap sees it: names, help and examples, nothing else.

mod keep;
mod serve;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use keep::{ExportArgs, VerifyArgs};
pub use serve::{McpArgs, ServeArgs};

use crate::source::Columns;

/// Search a pile of English and Arabic articles by passages.
#[derive(Debug, Parser)]
#[command(
    name = "warraq",
    version,
    about = "Search a pile of English and Arabic articles by passages",
    long_about = "Search a pile of English and Arabic articles by passages.\n\n\
        Articles are cut into passages, indexed, and the best passages for a query are shown. \
        Without any preparation `warraq search` indexes the folder `corpus/` into `index/`.",
    after_help = "Examples:\n  \
        warraq search \"Konishi retreat\"        the best passages, in the terminal\n  \
        warraq search حصار هانجو                the same in Arabic\n  \
        warraq search --format json rice        for scripts\n  \
        warraq index ~/articles --index ~/idx   index another folder\n  \
        warraq batch queries.tsv                many queries at once\n\n\
        Exit status: 0 something was found, 1 nothing was found, 2 an error."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Folder of the index
    #[arg(
        long,
        value_name = "DIR",
        env = "WARRAQ_INDEX",
        global = true,
        help_heading = "Global options",
        value_hint = clap::ValueHint::DirPath
    )]
    pub index: Option<PathBuf>,

    /// Say more about what is done, on standard error (twice: still more)
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Global options")]
    pub verbose: u8,

    /// Threads to work with [default: all cores]
    #[arg(long, value_name = "N", global = true, help_heading = "Global options", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,

    /// When to use colours [default: auto, which obeys NO_COLOR]
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        help_heading = "Global options",
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: ColorWhen,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Index(IndexArgs),
    Remove(RemoveArgs),
    Optimize(OptimizeArgs),
    Search(SearchArgs),
    Batch(BatchArgs),
    Show(ShowArgs),
    Serve(ServeArgs),
    Mcp(McpArgs),
    Eval(EvalArgs),
    Expand(ExpandArgs),
    Similar(SimilarArgs),
    Suggest(SuggestArgs),
    Stats(StatsArgs),
    Export(ExportArgs),
    Verify(VerifyArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Add articles to the index, or bring it up to date
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq index                             the folder corpus/\n  \
    warraq index ~/articles notes.md         a folder and a file\n  \
    warraq index dump.jsonl.zst --passages whole\n  \
    warraq index news.csv --columns id=ARTICLE,title=HEAD,text=LEAD+BODY\n  \
    warraq index ~/articles --watch          and go on while files change\n  \
    curl … | warraq index - --name dump --format jsonl\n\n\
    Files may be compressed (gzip, bzip2, zstd) and in other encodings than UTF-8.\n\
    A second run reads only what changed. Other sources in the index stay.\n\
    Ctrl-C stops at the next article and keeps what is done; the same command again goes on from\n\
    there, also within a file. A second Ctrl-C ends at once.\n\
    Exit status: 0 everything was indexed, 2 something was skipped, 130 interrupted; with --watch 0\n\
    when it ends by Ctrl-C or SIGTERM, 130 or 143 when this cuts a run short.")]
pub struct IndexArgs {
    /// Files and folders; `-` is standard input [default: corpus]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// How the files are written
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub format: FormatArg,

    /// Cut articles into passages, or keep each record whole
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub passages: PassagesArg,

    /// Which columns of CSV and TSV are what, where their names do not say it
    ///
    /// Of id, title, text, url and lang those that are needed. Several columns of text are joined:
    /// `text=lead+body`.
    #[arg(long, value_name = "WHAT=NAME,…", value_parser = Columns::parse)]
    pub columns: Option<Columns>,

    /// The name under which standard input is indexed
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Build the index anew from its sources, even where nothing changed
    #[arg(long)]
    pub rebuild: bool,

    /// Make the index small: about half the size, but ranking takes five times as long
    ///
    /// Updates keep it small; --rebuild without --compact makes it quick again.
    #[arg(long)]
    pub compact: bool,

    /// Go on: bring the index up to date whenever its sources change, until Ctrl-C
    ///
    /// Without PATH all sources of the index are watched, and with it too. `--watch=poll` looks at
    /// all files every few seconds, for file systems that announce no changes.
    #[arg(
        long,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto"
    )]
    pub watch: Option<WatchArg>,

    /// Say nothing while the index is made
    #[arg(long)]
    pub no_progress: bool,

    /// Keep what is done after each so many bytes of sources, for tests
    #[arg(long, value_name = "BYTES", hide = true)]
    pub commit_after: Option<u64>,
}

/// Formats of articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// By the file's ending
    Auto,
    /// Plain or wiki text
    Text,
    Markdown,
    /// One article or passage a line
    Jsonl,
    /// A wiki's XML dump
    Mediawiki,
    /// One article a row, with commas between the columns that the first row names
    Csv,
    /// The same with tabs
    Tsv,
    /// A web page
    Html,
}

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchArg {
    /// The system announces them; where it cannot, as `poll`
    Auto,
    /// By looking at all files every few seconds
    Poll,
}

/// How passages are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PassagesArg {
    /// Paragraphs, or a few short ones of one section
    Auto,
    /// Each record as it is
    Whole,
}

/// Merge the index into one segment, which is the quickest to search
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq optimize --index ~/idx            after many small updates\n\n\
    Takes about a fifth of the time of building the index, and for a while twice its space.")]
pub struct OptimizeArgs {}

/// Take sources out of the index
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// Files and folders that were indexed, or the name of a standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
}

/// What a search looks for and how it is ranked; shared by `search` and `batch`.
#[derive(Clone, Debug, Args)]
pub struct QueryArgs {
    /// How many passages to return
    #[arg(short = 'n', long = "limit", value_name = "N", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,

    /// Words only: no operator has any meaning
    #[arg(long)]
    pub plain: bool,

    /// Passages to leave out from the top
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub offset: u32,

    /// How to rank: in two stages, or by BM25 alone
    #[arg(long, value_name = "HOW", default_value = "two-stage", hide_default_value = true)]
    pub rank: RankArg,

    /// The order of hits: the best first, or by the earliest date that each passage mentions
    #[arg(long, value_name = "ORDER", default_value = "relevance", hide_default_value = true)]
    pub sort: SortArg,

    /// What words may become besides themselves [default: names,variants,translate,synonyms]
    #[arg(long, value_name = "WHAT", value_delimiter = ',', conflicts_with = "no_expand")]
    pub expand: Vec<ExpandArg>,

    /// Search the words alone: no names, spellings, translations or synonyms
    #[arg(long)]
    pub no_expand: bool,

    /// Leave out what words would become: this word, name or synonym (may be given several times)
    #[arg(long, value_name = "TERM")]
    pub without: Vec<String>,

    /// Only what this finds, in the query language; it scores and marks nothing (may be given
    /// several times, then all must be met)
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Vec<String>,

    #[command(flatten)]
    pub tables: TableArgs,

    /// At most so many passages of one article
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub per_article: Option<u32>,

    /// Show articles that say the same as another as well
    #[arg(long)]
    pub duplicates: bool,

    /// Stop a query after so many seconds (0.5, 2s, 300ms) and show what was found until then
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub timeout: Option<Duration>,
}

/// The longest time that can be asked for: a day.
const MOST_SECONDS: f64 = 86_400.0;

/// A number of seconds, which may have a fraction and a unit.
fn parse_seconds(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds = number.parse::<f64>().map(|number| number * unit).unwrap_or(f64::NAN);
    if seconds > 0.0 && seconds <= MOST_SECONDS {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err("a number of seconds above 0, at most 86400, such as 0.5, 2s or 300ms".to_owned())
}

/// Files of the user's own that say what words become.
#[derive(Clone, Debug, Args)]
pub struct TableArgs {
    /// Your own dictionary in dictd format, beside the built-in lexicon: its `.index` or `.dict`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub translate_dict: Option<PathBuf>,

    /// Your own synonyms: words and names that are equal, a group a line, with commas between them
    ///
    /// For example: `Sea of Japan, East Sea, بحر اليابان`. Lines that begin with `#` are comments.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub synonyms: Option<PathBuf>,
}

/// Ways to rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RankArg {
    /// BM25 finds candidates; order, nearness and spelling rank them
    TwoStage,
    /// The first stage alone
    Bm25,
}

/// Orders of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortArg {
    /// The best first
    Relevance,
    /// The earliest first, those without a date last
    Date,
    /// The latest first, those without a date last
    DateDesc,
}

/// What words may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExpandArg {
    /// Names in the other script
    Names,
    /// Other spellings in the same script
    Variants,
    /// Words of the other language
    Translate,
    /// Your own, of --synonyms
    Synonyms,
}

/// Search the passages
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq search Konishi retreat            any of the words; several arguments are one query\n  \
    warraq search '\"fire arrows\"'            a phrase\n  \
    warraq search '+Konishi -Pyongyang'      with the one, without the other\n  \
    warraq search 'commander:konishi'        in an infobox field\n  \
    warraq search 'pyong* lang:en'           a prefix, English passages only\n  \
    warraq search كوون يول                   Arabic\n  \
    warraq search 'siege year:1592..1598'    passages that mention one of these years\n  \
    warraq search --sort date konishi        in the order of the dates they mention\n  \
    warraq search --plain \"$question\"        a question pasted by a script\n  \
    warraq search --facets siege             with the years, articles, … of all that matches\n  \
    warraq search --filter lang:en siege     among English passages; ranked as without it\n  \
    warraq search --without انسحاب retreat   do not look for that translation\n  \
    warraq search --synonyms places.txt Acre  other names of places, from a file of yours\n\n\
    Query language: words are ORed; \"a phrase\"; \"a b\"~3; a NEAR/5 b; +must -not; AND OR NOT ( );\n\
    title: section: lang: kind: year: date: category: article: and infobox fields; commander:* has\n\
    that field; prefix*; fuzzy~; boost^2.\n\
    Exit status: 0 found, 1 nothing found, 2 error, or --timeout came before the end.")]
pub struct SearchArgs {
    /// The query; several arguments are one query
    #[arg(value_name = "QUERY", required_unless_present = "filter")]
    pub query: Vec<String>,

    #[command(flatten)]
    pub options: QueryArgs,

    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: SearchFormat,

    /// Show the passages before and after each hit
    #[arg(long)]
    pub context: bool,

    /// Show what each word became and what it scored
    #[arg(long)]
    pub explain: bool,

    /// Show each language by itself
    #[arg(long, value_name = "BY")]
    pub group: Option<GroupArg>,

    /// Count what all that matches has in common: lang, kind, article, category, year, infobox
    #[arg(long)]
    pub facets: bool,

    /// Print only the number of passages found
    #[arg(long)]
    pub count: bool,
}

/// Ways to group hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupArg {
    /// By the language of the passage
    Lang,
}

/// Show passages that are like one, or like an article
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  warraq similar siege-of-busanjin.txt#3")]
pub struct SimilarArgs {
    /// Id of a passage or an article
    #[arg(value_name = "ID")]
    pub id: String,

    /// How many passages to return
    #[arg(short = 'n', long = "limit", value_name = "N", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,

    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: SearchFormat,
}

/// Complete a word from the words of the index
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  warraq suggest pyong")]
pub struct SuggestArgs {
    /// The beginning of a word, or a text whose last word is completed
    #[arg(value_name = "PREFIX", required = true)]
    pub prefix: Vec<String>,

    /// How many words to return
    #[arg(short = 'n', long = "limit", value_name = "N", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub limit: u32,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ShowFormat,
}

/// Formats of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SearchFormat {
    Human,
    Json,
    Jsonl,
    Tsv,
    Trec,
}

/// Answer many queries, in their order
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq batch queries.txt                 one query a line, or id<TAB>query\n  \
    warraq batch --format trec -n 100 --plain questions.tsv > run.txt\n  \
    printf '{\"id\":\"q1\",\"query\":\"rice\",\"limit\":3}\\n' | warraq batch -\n\n\
    A JSON line has \"query\" and may have \"id\", \"limit\", \"offset\", \"plain\", \"per_article\", \"duplicates\",\n\
    \"sort\", and as a string or a list of strings \"filter\" and \"without\".\n\
    Exit status: 0 all answered, 2 some line could not be, or not to the end (--timeout).")]
pub struct BatchArgs {
    /// File of queries; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-", value_hint = clap::ValueHint::FilePath)]
    pub file: PathBuf,

    #[command(flatten)]
    pub options: QueryArgs,

    /// How to print the answers
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: BatchFormat,
}

/// Formats of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BatchFormat {
    Jsonl,
    Tsv,
    Trec,
}

/// Show a whole passage or article
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq show siege-of-busanjin.txt        the article\n  \
    warraq show siege-of-busanjin.txt#3      one passage of it")]
pub struct ShowArgs {
    /// Id of a passage or an article
    #[arg(value_name = "ID")]
    pub id: String,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ShowFormat,
}

/// Measure how well passages are ranked
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq eval --queries q.tsv --qrels qrels.txt --index idx     the index against judgements\n  \
    warraq eval --run run.txt --qrels qrels.txt                   a TREC run against judgements\n  \
    warraq eval --run old.txt --run new.txt --qrels qrels.txt     two runs, query by query\n  \
    warraq eval --queries q.tsv --qrels qrels.txt --fail-under ndcg@10=0.60\n  \
    warraq eval --names names.tsv --index idx                     matching of names\n\n\
    Queries are taken as plain words. Exit status: 1 where a value is below --fail-under.")]
pub struct EvalArgs {
    /// Queries to search the index for: `id<TAB>query` or JSON Lines
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub queries: Option<PathBuf>,

    /// Judgements: TREC qrels
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub qrels: Option<PathBuf>,

    /// A TREC run; given twice, the second is compared with the first
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub run: Vec<PathBuf>,

    /// Names: Latin, a tab, Arabic spellings with `|` between them
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["queries", "run", "qrels"])]
    pub names: Option<PathBuf>,

    /// Measures (default: ndcg@10,mrr@10,map,p@5,recall@100)
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub measures: Vec<crate::eval::Measure>,

    /// Exit with 1 if an average is below this
    #[arg(long, value_name = "MEASURE=VALUE")]
    pub fail_under: Vec<String>,

    /// Print each query as well
    #[arg(long)]
    pub per_query: bool,

    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ShowFormat,

    #[command(flatten)]
    pub options: QueryArgs,
}

/// Show what words become: stems, spellings, names in the other script, translations, synonyms
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq expand Pyongyang حصار\n  \
    warraq expand --synonyms places.txt Acre")]
pub struct ExpandArgs {
    #[arg(value_name = "WORD", required = true)]
    pub words: Vec<String>,

    #[command(flatten)]
    pub tables: TableArgs,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ShowFormat,
}

/// Formats of `show` and `stats`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    Human,
    Json,
}

/// Show what the index holds
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ShowFormat,
}

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  warraq completions bash > ~/.local/share/bash-completion/completions/warraq"
)]
pub struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  warraq man > warraq.1 && man ./warraq.1")]
pub struct ManArgs {}
