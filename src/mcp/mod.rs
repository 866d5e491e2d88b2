//! The index as tools of a language-model agent, over the Model Context Protocol.
//!
//! An agent reads what strangers wrote: results say that they are quotations and no instructions,
//! and carry what is needed to cite them. No tool takes a path or changes anything.

mod cut;
mod shapes;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::{Error, Result};
use crate::index::Location;
use crate::live::{Live, Workers};
use crate::search::Tables;
use tools::Tools;

/// Bytes of a message of the client, at the most.
const MOST_MESSAGE: usize = 1 << 20;

/// How the index is given to agents.
pub struct Options {
    /// Search threads.
    pub threads: usize,
    /// For a search, which then answers with what it has.
    pub time: Duration,
}

/// Answers the messages of `input` on `output` until the client closes it or `stop` is done. `say`
/// is told lines about what goes wrong.
///
/// # Errors
/// There is no index, or the client does not speak the protocol.
pub fn serve(
    location: Location,
    tables: Tables,
    options: &Options,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
    say: impl Fn(&str) + Send + Sync + 'static,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let failed = |error| Error::io("the server", error);
    let live = Arc::new(Live::open(location)?);
    let workers =
        Workers::start(&live, &Arc::new(tables), options.threads, options.time).map_err(failed)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let follower = live.follow(say).map_err(failed)?;
    let served = runtime.block_on(async {
        let transport = AsyncRwTransport::new(input, output).with_max_line_length(MOST_MESSAGE);
        let serving = async {
            let broken = |what: String| {
                Err(Error::Usage(format!(
                    "the client does not speak the Model Context Protocol: {what}"
                )))
            };
            match Tools::new(workers).serve(transport).await {
                Ok(running) => match running.waiting().await {
                    Ok(_) => Ok(()),
                    Err(error) => broken(error.to_string()),
                },
                // Closed before anything was asked.
                Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
                // What came may be long, and is not for a terminal.
                Err(ServerInitializeError::ExpectedInitializeRequest(_)) => {
                    broken("its first request is not `initialize`".to_owned())
                }
                Err(error) => broken(error.to_string()),
            }
        };
        tokio::select! {
            served = serving => served,
            () = stop => Ok(()),
        }
    });
    drop(follower);
    // A read of standard input cannot be called off.
    runtime.shutdown_background();
    served
}
