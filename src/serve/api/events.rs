//! `GET /api/v1/events`: tells when the index is another.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use crate::serve::App;
use crate::serve::problem::Problem;

/// A line that keeps the connection from looking dead.
const ALIVE_EVERY: Duration = Duration::from_secs(20);

/// An event `index` with `{"generation": N}` at once and at each change, until the server ends.
pub async fn events(
    State(app): State<App>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place = app.listeners.clone().try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many listen for events already")
    })?;
    let changes = WatchStream::new(app.live.subscribe()).map(Some);
    // The server waits for responses under way; this one would have no end.
    let end = WatchStream::new(app.ending.clone()).filter(|ending| *ending).map(|_| None);
    let events = changes.merge(end).take_while(Option::is_some).filter_map(move |number| {
        // Held for as long as the stream is.
        let _place = &place;
        let data = format!("{{\"generation\":{}}}", number?);
        Some(Ok(Event::default().event("index").data(data)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}
