//! Connections: accepted, bounded in number and time, and ended in good order.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// Connections at a time.
const CONNECTIONS: usize = 512;
/// Bytes of the head of a request.
const HEAD_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// After an error of accepting, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);
/// For a first request that may have been sent when the server is told to end.
const LAST_CHANCE: Duration = Duration::from_millis(200);

/// How long is waited for a client.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request to come, and between two requests of a connection.
    pub head: Duration,
    /// Between two parts of a body.
    pub body: Duration,
    /// For a response to be taken.
    pub write: Duration,
    /// For requests under way when the server is told to end.
    pub end: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            head: Duration::from_secs(15),
            body: Duration::from_secs(30),
            write: Duration::from_secs(30),
            end: Duration::from_secs(5),
        }
    }
}

impl Patience {
    /// The same for everything.
    pub fn of(time: Duration) -> Patience {
        Patience { head: time, body: time, write: time, end: time }
    }
}

/// Serves until `stop` is done, then lets requests under way end. `ending` turns true with `stop`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    ending: watch::Receiver<bool>,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .half_close(false);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let under_way = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream) = tokio::select! {
            () = &mut stop => break,
            (place, accepted) = accepted => match (place, accepted) {
                (Ok(place), Ok((stream, _))) => (place, stream),
                _ => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        let asked = Arc::new(AtomicBool::new(false));
        let service = service(router.clone(), asked.clone());
        let connection = http.serve_connection(io(stream, patience.write), service);
        let connection = under_way.watch(connection);
        let unused = unused(ending.clone(), asked);
        tokio::spawn(async move {
            tokio::select! {
                // A client that breaks off or talks nonsense is no news.
                _ = connection => {}
                () = unused => {}
            }
            drop(place);
        });
    }
    drop(listener);
    // Whoever has not ended by then is cut off.
    let _ = tokio::time::timeout(patience.end, under_way.shutdown()).await;
}

/// Done when the server ends and nothing was ever asked of a connection, as of those that browsers
/// open ahead: it would be waited for as if a request were under way.
async fn unused(mut ending: watch::Receiver<bool>, asked: Arc<AtomicBool>) {
    // An error means that nobody can say any more that it ends.
    let _ = ending.wait_for(|ending| *ending).await;
    tokio::time::sleep(LAST_CHANCE).await;
    if asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

fn io(stream: TcpStream, write: Duration) -> TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>> {
    // Answers are small; each goes out at once.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write));
    TokioIo::new(Box::pin(stream))
}

fn service(
    router: Router,
    asked: Arc<AtomicBool>,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = Infallible,
        Future: Send,
    > + Clone,
> {
    TowerToHyperService::new(router.map_request(move |request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        request.map(Body::new)
    }))
}
