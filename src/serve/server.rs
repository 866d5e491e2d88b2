//! Connections: accepted, bounded in number and time, and ended in good order.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
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
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// Connections at a time.
const CONNECTIONS: usize = 512;
/// For the head of a request to come, and between two requests of a connection.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// For a response to be taken.
const WRITE_TIME: Duration = Duration::from_secs(30);
/// For requests under way when the server is told to end.
const END_TIME: Duration = Duration::from_secs(5);
/// Bytes of the head of a request.
const HEAD_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// After an error of accepting, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is done, then lets requests under way end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
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
        let connection = http.serve_connection(io(stream), service(router.clone()));
        let connection = under_way.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off or talks nonsense is no news.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    // Whoever has not ended by then is cut off.
    let _ = tokio::time::timeout(END_TIME, under_way.shutdown()).await;
}

fn io(stream: TcpStream) -> TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>> {
    // Answers are small; each goes out at once.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIME));
    TokioIo::new(Box::pin(stream))
}

fn service(
    router: Router,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = Infallible,
        Future: Send,
    > + Clone,
> {
    TowerToHyperService::new(
        router.map_request(|request: Request<Incoming>| request.map(Body::new)),
    )
}
