//! `warraq mcp`: tools for agents over standard input and output.

use super::Outcome;
use super::args::McpArgs;
use super::config::Config;
use super::serve::interrupted;
use super::tables::read_tables;
use super::tell::say;
use crate::error::Result;
use crate::mcp::Options;

/// Serves until standard input is closed.
pub fn mcp(config: &Config, args: &McpArgs) -> Result<Outcome> {
    let tables = read_tables(&args.tables)?;
    config.prepare_index()?;
    crate::mcp::serve(
        config.location().clone(),
        tables,
        &Options { threads: config.threads, time: args.timeout },
        tokio::io::stdin(),
        tokio::io::stdout(),
        |line: &str| say(line),
        interrupted(),
    )?;
    Ok(Outcome::Found)
}
