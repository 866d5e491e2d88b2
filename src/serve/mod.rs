//! The index over HTTP: an API for programs and a page for people.
//!
//! `server` accepts connections, `guard` says who may ask, `routes` says which path leads where,
//! `api/` reads parameters and has `workers` answer, each with an engine over the index as `live`
//! has it. Nothing here reads the environment, prints or ends the process.

mod api;
mod guard;
mod metrics;
mod openapi;
mod page;
mod problem;
mod routes;
mod server;
mod token;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::error::{Error, Result};
use crate::index::Location;
use crate::live::{Live, Workers};
use crate::search::Tables;
use guard::Guard;
use metrics::Metrics;
pub use server::Patience;
pub use token::{SHORTEST as SHORTEST_TOKEN, Token};

/// Batches at a time.
const BATCHES: usize = 4;
/// Clients that listen for events at a time: fewer than connections, which these hold for long.
const LISTENERS: usize = 256;

/// How to serve.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// Names by which this server may be called, besides its address and `localhost`.
    pub allow_hosts: Vec<String>,
    pub token: Option<Token>,
    /// Search threads.
    pub threads: usize,
    /// For a search, which then answers with what it has.
    pub time: Duration,
    /// With clients.
    pub patience: Patience,
}

/// What every handler knows.
#[derive(Clone)]
struct App(Arc<Shared>);

struct Shared {
    live: Arc<Live>,
    workers: Workers,
    metrics: Arc<Metrics>,
    token: Option<Token>,
    threads: usize,
    batches: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    /// Turns true when the server ends.
    ending: watch::Receiver<bool>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Serves an index until `stop` is done. `ready` is told the address that is listened on, `say`
/// lines about what goes wrong meanwhile.
///
/// # Errors
/// There is no index, or the address cannot be listened on.
pub fn serve(
    location: Location,
    tables: Tables,
    options: Options,
    ready: impl FnOnce(SocketAddr),
    say: impl Fn(&str) + Send + Sync + 'static,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    if options.token.is_none() && !options.address.ip().is_loopback() {
        return Err(Error::Usage(format!(
            "{} can be reached from other machines: give a token with --token-file, or serve on 127.0.0.1",
            options.address
        )));
    }
    let failed = |error| Error::io("the server", error);
    let live = Arc::new(Live::open(location)?);
    let workers =
        Workers::start(&live, &Arc::new(tables), options.threads, options.time).map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(failed)?;
    let follower = live.follow(say).map_err(failed)?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(options.address)
            .await
            .map_err(|error| cannot_listen(options.address, &error))?;
        let address = listener.local_addr().map_err(failed)?;
        let (end, ending) = watch::channel(false);
        let guard = Arc::new(Guard {
            address,
            allow_hosts: options.allow_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            token: options.token.clone(),
        });
        let app = App(Arc::new(Shared {
            live: live.clone(),
            workers,
            metrics: Arc::new(Metrics::new()),
            token: options.token,
            threads: options.threads,
            batches: Arc::new(Semaphore::new(BATCHES)),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
            ending: ending.clone(),
        }));
        let mut stop = pin!(async {
            stop.await;
            end.send_replace(true);
        });
        // Signals are caught from here on, before anybody is told that there is a server.
        let at_once = poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await;
        ready(address);
        if !at_once {
            let router = routes::router(app, guard, options.patience);
            server::serve(listener, router, options.patience, ending, stop).await;
        }
        Ok(())
    });
    drop(follower);
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Error {
    Error::Usage(match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("{address} is taken by another program: choose another port with --port")
        }
        _ => format!("{address} cannot be listened on: {error}"),
    })
}
