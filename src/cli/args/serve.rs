//! Arguments of the commands that serve others.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{TableArgs, WatchArg, parse_seconds};

/// Serve the index over HTTP, with a page to search and read
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    warraq serve                             the page at http://127.0.0.1:8642/\n  \
    warraq serve --port 9000 --index ~/idx\n  \
    warraq serve --watch                     and keep the index up to date\n  \
    warraq serve --address 0.0.0.0 --token-file ~/.warraq-token --allow-host books.example\n  \
    curl 'http://127.0.0.1:8642/api/v1/search?q=Konishi+retreat&limit=3'\n\n\
    The API is described at /api/v1/openapi.json. On any address but the own machine's a token is\n\
    needed, of --token-file or of the variable WARRAQ_TOKEN; programs send it as bearer token, people\n\
    sign in once. There is no encryption: put a proxy in front that has it.")]
pub struct ServeArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub address: std::net::IpAddr,

    /// The port to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value = "8642")]
    pub port: u16,

    /// A name by which this server is called, such as that of a proxy before it
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,

    /// A file with the token that whoever asks must know
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,

    /// Bring the index up to date whenever its sources change; the page shows it by itself
    ///
    /// `--watch=poll` looks at all files every few seconds, for file systems that announce no
    /// changes.
    #[arg(
        long,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto"
    )]
    pub watch: Option<WatchArg>,

    /// Seconds for one search, which then answers with what it has
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub timeout: Duration,

    /// Seconds for a client to send the next part of its request or take the answer; for tests
    #[arg(long, value_name = "SECONDS", hide = true, value_parser = parse_seconds)]
    pub client_timeout: Option<Duration>,

    #[command(flatten)]
    pub tables: TableArgs,
}

/// Give the index to an agent as tools, over the Model Context Protocol
#[derive(Debug, Args)]
#[command(after_help = "Example of an agent's configuration:\n  \
    {\"mcpServers\": {\"warraq\": {\"command\": \"warraq\", \"args\": [\"mcp\", \"--index\", \"/home/me/idx\"]}}}\n\n\
    It speaks over standard input and output until the input is closed. Tools: search, read_passage,\n\
    read_article, list_articles. Nothing can be changed through them, and no file named.")]
pub struct McpArgs {
    /// Seconds for one search, which then answers with what it has
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub timeout: Duration,

    #[command(flatten)]
    pub tables: TableArgs,
}
