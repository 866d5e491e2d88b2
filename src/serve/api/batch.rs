//! `POST /api/v1/batch`: lines of queries in, lines of answers out, in their order and as they come.
//!
//! A thread of its own reads the body, hands the queries to the search threads and passes the
//! answers on; a few queries are under way at a time, so that whoever types does not wait behind a
//! batch. Nothing is held but these.

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::params::{NoParams, Params};
use super::search::MOST_HITS;
use crate::eval::{QueryLine, QueryReader};
use crate::live::{Gone, Refusal};
use crate::output::BatchAnswer;
use crate::output::json::write_batch_answer;
use crate::search::Request;
use crate::serve::App;
use crate::serve::problem::Problem;

/// Queries under way for each search thread.
const AHEAD: usize = 2;
/// Answers that wait for the client to take them.
const UNSENT: usize = 16;
const KIND: &str = "application/x-ndjson";

/// Answers a batch.
pub async fn batch(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    // A form of another site could not send this kind without asking first.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case(KIND)) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("send lines of JSON as Content-Type: {KIND}"),
        ));
    }
    let place = app.batches.clone().try_acquire_owned().map_err(|_| Refusal::Busy)?;
    let mut parts = body.into_data_stream().map(|part| part.map_err(io::Error::other));
    // Asked for here, so that who expects `100 Continue` gets it before the answer begins, and who
    // sends nothing that can be read gets a problem.
    let first = match parts.next().await {
        Some(Err(_)) => return Err(Problem::bad_request("the body cannot be read")),
        first => first,
    };
    let input = SyncIoBridge::new(StreamReader::new(tokio_stream::iter(first).chain(parts)));
    let (answers, taken) = channel::<io::Result<Bytes>>(UNSENT);
    tokio::task::spawn_blocking(move || {
        let gone = Gone::default();
        // Fails when the client has gone or the server ends: there is nobody to tell.
        let _ = run(&app, BufReader::new(input), &answers, &gone);
        gone.0.store(true, Ordering::Relaxed);
        drop(place);
    });
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(KIND))];
    Ok((kind, Body::from_stream(ReceiverStream::new(taken))).into_response())
}

type Answered = oneshot::Receiver<Result<Vec<u8>, Refusal>>;

/// The client takes no more.
struct Ended;

fn run(
    app: &App,
    input: BufReader<impl io::Read>,
    answers: &Sender<io::Result<Bytes>>,
    gone: &Gone,
) -> Result<(), Ended> {
    let ahead = AHEAD * app.threads;
    let mut under_way: VecDeque<Pending> = VecDeque::with_capacity(ahead);
    let mut queries = QueryReader::named("body", input);
    loop {
        // What is there to read is read on; before waiting for more, all that is asked is answered.
        let all = !queries.has_line_at_hand();
        while under_way.len() >= ahead || all && !under_way.is_empty() {
            let Some(first) = under_way.pop_front() else { break };
            send(first, answers)?;
        }
        let Some(line) = queries.next() else {
            break;
        };
        under_way.push_back(match line {
            Ok(line) => submit(app, line, gone),
            Err(bad) => Pending::Done(error_line(&bad.id, "", &bad.problem.message)),
        });
    }
    under_way.into_iter().try_for_each(|pending| send(pending, answers))
}

enum Pending {
    Done(Vec<u8>),
    Asked(QueryLine, Answered),
}

fn submit(app: &App, line: QueryLine, gone: &Gone) -> Pending {
    let defaults = Request {
        total: false,
        correct: false,
        openings: false,
        ..Request::new(line.query.clone())
    };
    let mut request = match defaults.with_options(&line.options) {
        Ok(request) => request,
        Err(message) => return Pending::Done(error_line(&line.id, &line.query, &message)),
    };
    request.limit = request.limit.min(MOST_HITS);
    let asked = line.clone();
    let submitted = app.workers.submit(
        move |desk| {
            let outcome = desk.engine.search(&request).map_err(|error| Problem::from(error).detail);
            answer_line(&line, outcome.as_ref().map_err(String::as_str))
        },
        gone.clone(),
    );
    match submitted {
        Ok(answered) => Pending::Asked(asked, answered),
        Err(refusal) => {
            Pending::Done(error_line(&asked.id, &asked.query, &Problem::from(refusal).detail))
        }
    }
}

fn send(pending: Pending, answers: &Sender<io::Result<Bytes>>) -> Result<(), Ended> {
    let line = match pending {
        Pending::Done(line) => line,
        Pending::Asked(line, answered) => {
            let outcome = answered.blocking_recv().unwrap_or(Err(Refusal::Broken));
            outcome.unwrap_or_else(|refusal| {
                error_line(&line.id, &line.query, &Problem::from(refusal).detail)
            })
        }
    };
    answers.blocking_send(Ok(line.into())).map_err(|_| Ended)
}

fn answer_line(line: &QueryLine, outcome: Result<&crate::search::hit::Answer, &str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let answer = BatchAnswer { id: &line.id, query: &line.query, outcome };
    // Writing to memory does not fail.
    let _ = write_batch_answer(&mut bytes, &answer);
    bytes
}

fn error_line(id: &serde_json::Value, query: &str, message: &str) -> Vec<u8> {
    let line =
        QueryLine { line: 0, id: id.clone(), query: query.to_owned(), options: Default::default() };
    answer_line(&line, Err(message))
}
