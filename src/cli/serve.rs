//! `warraq serve`: the index over HTTP, and its page.

use std::env::VarError;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use super::Outcome;
use super::args::ServeArgs;
use super::config::Config;
use super::tables::read_tables;
use super::tell::say;
use super::watch;
use crate::error::{Error, Result};
use crate::serve::{Options, Patience, SHORTEST_TOKEN, Token};

/// The token, for those who would not write it to a file.
const TOKEN_VARIABLE: &str = "WARRAQ_TOKEN";

/// Serves until it is interrupted.
pub fn serve(config: &Config, args: ServeArgs) -> Result<Outcome> {
    let tables = read_tables(&args.tables)?;
    let token = token(args.token_file.as_deref())?;
    config.prepare_index()?;
    // Until it is dropped, at the end of the server.
    let _watch = match args.watch {
        Some(how) => Some(watch::start(config, how, config.update_options())?),
        None => None,
    };
    let options = Options {
        address: SocketAddr::new(args.address, args.port),
        allow_hosts: args.allow_host,
        token,
        threads: config.threads,
        time: args.timeout,
        patience: args.client_timeout.map_or_else(Patience::default, Patience::of),
    };
    let ready = |address: SocketAddr| {
        say(format_args!("serving on http://{address}/ (Ctrl-C ends it)"));
    };
    crate::serve::serve(
        config.location().clone(),
        tables,
        options,
        ready,
        |line: &str| say(line),
        interrupted(),
    )?;
    Ok(Outcome::Found)
}

/// Done when the process is told to end.
pub async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without signals the process ends as the system does it.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

fn token(file: Option<&Path>) -> Result<Option<Token>> {
    let (text, from) = match (file, std::env::var(TOKEN_VARIABLE)) {
        (Some(path), _) => {
            let text = fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
            (text, path.display().to_string())
        }
        (None, Ok(text)) if !text.is_empty() => (text, TOKEN_VARIABLE.to_owned()),
        (None, Err(VarError::NotUnicode(_))) => {
            return Err(Error::Usage(format!("{TOKEN_VARIABLE}: a token is UTF-8")));
        }
        (None, Ok(_) | Err(VarError::NotPresent)) => return Ok(None),
    };
    let token = Token::new(text.trim()).ok_or_else(|| {
        Error::Usage(format!("{from}: a token has at least {SHORTEST_TOKEN} bytes"))
    })?;
    Ok(Some(token))
}
