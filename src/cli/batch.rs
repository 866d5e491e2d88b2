//! `warraq batch`: many queries over one open index, on all cores, answered in their order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex};

use super::args::{BatchArgs, BatchFormat};
use super::config::Config;
use super::search::{deadline, request};
use super::tables::read_tables;
use super::tell::say;
use super::{Outcome, output_error, stdout};
use crate::error::{Error, Result};
use crate::eval::{BadQuery, QueryLine, QueryReader};
use crate::index::OpenIndex;
use crate::output::{self, BatchAnswer};
use crate::search::{Engine, UserTables};

/// Groups of queries that wait for each thread, at the most.
const QUEUE: usize = 2;
/// Queries of a group, at the most: to hand them on one by one would cost as much as a quick answer.
const TOGETHER: u64 = 32;

/// A query with its place in the order of answers.
struct Task {
    place: u64,
    line: std::result::Result<QueryLine, BadQuery>,
}

/// What threads wait for: a group, or `None` for the end.
type Next = Option<Vec<Task>>;

/// An answer as it will be printed.
struct Done {
    bytes: Vec<u8>,
    failed: bool,
}

/// Answers a file of queries.
pub fn batch(config: &Config, args: BatchArgs) -> Result<Outcome> {
    let input = open(&args.file)?;
    let tables = read_tables(&args.options.tables)?;
    let index = config.open_index()?;
    let threads = config.threads;
    let (tasks, waiting) = sync_channel::<Next>(QUEUE * threads);
    let (done, finished) = sync_channel::<Vec<(u64, Done)>>(QUEUE * threads);
    // The queue goes when the last thread that works on it does, so that nobody fills it in vain.
    let waiting = Arc::new(Mutex::new(waiting));
    let end = tasks.clone();
    // Not waited for: it may stand still in its input for as long as that stays open.
    std::thread::spawn(move || read(input, &tasks, threads));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (done, waiting) = (done.clone(), waiting.clone());
            let tables = tables.borrow();
            let args = &args;
            scope.spawn(move || work(index, tables, args, waiting, done));
        }
        drop((done, waiting));
        let outcome = print_in_order(&finished);
        // Whoever still works has nobody to tell: sending fails and they stop. Whoever waits for
        // a query is told that there will be none.
        drop(finished);
        if outcome.is_err() {
            send_end(&end, threads);
        }
        outcome
    })
}

type Input = BufReader<Box<dyn Read + Send>>;

fn open(path: &Path) -> Result<Input> {
    if path.as_os_str() == "-" {
        return Ok(BufReader::new(Box::new(io::stdin())));
    }
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    Ok(BufReader::new(Box::new(file)))
}

/// Reads queries and hands them on in groups, which grow: a few queries are shared by all threads.
/// Nobody who writes query by query waits for a group to be full.
fn read(input: Input, tasks: &SyncSender<Next>, threads: usize) {
    let mut queries = QueryReader::new(input);
    let mut group = Vec::new();
    let mut place = 0;
    while let Some(line) = queries.next() {
        group.push(Task { place, line });
        place += 1;
        let size = (place / (4 * threads as u64)).clamp(1, TOGETHER);
        let full = group.len() as u64 >= size;
        if (full || !queries.has_line_at_hand())
            && tasks.send(Some(std::mem::take(&mut group))).is_err()
        {
            return;
        }
    }
    send_end(tasks, threads);
}

fn send_end(tasks: &SyncSender<Next>, threads: usize) {
    for _ in 0..threads {
        // Fails when they are gone already.
        if tasks.send(None).is_err() {
            return;
        }
    }
}

fn work(
    index: &OpenIndex,
    tables: UserTables<'_>,
    args: &BatchArgs,
    waiting: Arc<Mutex<Receiver<Next>>>,
    done: SyncSender<Vec<(u64, Done)>>,
) {
    let mut engine = Engine::with_tables(index, tables);
    loop {
        let next = waiting.lock().ok().and_then(|waiting| waiting.recv().ok());
        let Some(group) = next.flatten() else {
            return;
        };
        let answers = group.into_iter().map(|Task { place, line }| {
            let answered = match line {
                Ok(line) => answer(&mut engine, args, line),
                Err(bad) => write(
                    args.format,
                    &BatchAnswer { id: &bad.id, query: "", outcome: Err(&bad.problem.message) },
                ),
            };
            (place, answered)
        });
        if done.send(answers.collect()).is_err() {
            return;
        }
    }
}

fn answer(engine: &mut Engine, args: &BatchArgs, line: QueryLine) -> Done {
    let asked = request(&args.options, line.query.clone()).with_options(&line.options);
    let outcome = asked.and_then(|mut request| {
        request.total = false;
        request.correct = false;
        request.openings = false;
        request.snippets = args.format != BatchFormat::Trec;
        engine.set_deadline(deadline(&args.options));
        engine.search(&request).map_err(|error| error.to_string())
    });
    write(
        args.format,
        &BatchAnswer {
            id: &line.id,
            query: &line.query,
            outcome: outcome.as_ref().map_err(String::as_str),
        },
    )
}

fn write(format: BatchFormat, answer: &BatchAnswer) -> Done {
    let mut bytes = Vec::new();
    let written = match format {
        BatchFormat::Jsonl => output::json::write_batch_answer(&mut bytes, answer),
        BatchFormat::Tsv => output::tsv::write_batch_answer(&mut bytes, answer),
        BatchFormat::Trec => output::trec::write_batch_answer(&mut bytes, answer),
    };
    let partial = answer.outcome.ok().filter(|answer| answer.partial);
    let mut failed = answer.outcome.is_err() || partial.is_some();
    let problem = answer.outcome.err();
    let problem = problem.or(partial.and_then(|answer| answer.notes.last()).map(String::as_str));
    if let Some(message) = problem
        && format != BatchFormat::Jsonl
    {
        // These formats have no room for what went wrong.
        say(format_args!("query {}: {message}", output::id_text(answer.id)));
    }
    failed |= written.is_err();
    Done { bytes, failed }
}

/// Prints answers in the order of their queries as soon as all before them are there.
fn print_in_order(finished: &Receiver<Vec<(u64, Done)>>) -> Result<Outcome> {
    let mut out = stdout();
    let mut early: BTreeMap<u64, Done> = BTreeMap::new();
    let mut next = 0;
    let mut any_failed = false;
    loop {
        // Whoever waits for the last answer sees it as soon as there is nothing more to write.
        let received = match finished.try_recv() {
            Err(TryRecvError::Empty) => {
                out.flush().map_err(output_error)?;
                finished.recv().ok()
            }
            Ok(done) => Some(done),
            Err(TryRecvError::Disconnected) => None,
        };
        let Some(answers) = received else {
            break;
        };
        early.extend(answers);
        while let Some(done) = early.remove(&next) {
            any_failed |= done.failed;
            out.write_all(&done.bytes).map_err(output_error)?;
            next += 1;
        }
    }
    out.flush().map_err(output_error)?;
    Ok(if any_failed { Outcome::Incomplete } else { Outcome::Found })
}
