//! Threads that answer, each with an engine of its own.
//!
//! Whoever asks waits without a thread. The queue is bounded: where more wait than can be answered
//! soon, the next are refused. Work whose asker has gone is passed over.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::state::Live;
use crate::index::OpenIndex;
use crate::search::{Engine, Tables};

/// How many may wait for each thread.
const WAITING: usize = 32;
/// How long an idle thread keeps an index that has been replaced.
const IDLE: Duration = Duration::from_secs(1);

/// What a thread works with.
pub struct Desk<'a> {
    pub index: &'a OpenIndex,
    pub engine: Engine<'a>,
    /// The number of the index's state.
    pub number: u64,
}

/// Given a desk, or the reason why there is no index.
type Task = Box<dyn FnOnce(Result<&mut Desk<'_>, &str>) + Send>;

/// Why there is no answer.
#[derive(Debug)]
pub enum Refusal {
    /// Too many wait already.
    Busy,
    /// There is no index at the moment; the reason.
    NoIndex(String),
    /// The work failed in a way that nobody foresaw.
    Broken,
}

/// See the module. Dropped, it waits for the work in hand.
pub struct Workers {
    tasks: Option<SyncSender<Task>>,
    threads: Vec<JoinHandle<()>>,
}

/// Raised when whoever asked has gone.
#[derive(Clone, Default)]
pub struct Gone(pub Arc<AtomicBool>);

impl Gone {
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Raises the flag when the one who waits is dropped.
struct Waiting(Gone);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

impl Workers {
    /// # Errors
    /// A thread cannot be started.
    pub fn start(
        live: &Arc<Live>,
        tables: &Arc<Tables>,
        threads: usize,
    ) -> std::io::Result<Workers> {
        let threads = threads.max(1);
        let (tasks, waiting) = sync_channel::<Task>(threads * WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let start = |number| {
            let (live, tables, waiting) = (live.clone(), tables.clone(), waiting.clone());
            std::thread::Builder::new()
                .name(format!("search-{number}"))
                .spawn(move || work(&live, &tables, &waiting))
        };
        let threads = (0..threads).map(start).collect::<std::io::Result<_>>()?;
        Ok(Workers { tasks: Some(tasks), threads })
    }

    /// Has some work done and waits for it. `work` is told whether nobody waits for it any more.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>, &Gone) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let gone = Gone::default();
        let _waiting = Waiting(gone.clone());
        let (task, answer) = prepare(work, gone);
        let tasks = self.tasks.as_ref().ok_or(Refusal::Broken)?;
        tasks.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::Busy,
            TrySendError::Disconnected(_) => Refusal::Broken,
        })?;
        answer.await.map_err(|_| Refusal::Broken)?
    }

    /// Hands some work on, waiting for a place in the queue; not for the threads that serve.
    ///
    /// # Errors
    /// Nobody works any more.
    pub fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>, &Gone) -> T + Send + 'static,
        gone: Gone,
    ) -> Result<oneshot::Receiver<Result<T, Refusal>>, Refusal> {
        let (task, answer) = prepare(work, gone);
        let tasks = self.tasks.as_ref().ok_or(Refusal::Broken)?;
        tasks.send(task).map_err(|_| Refusal::Broken)?;
        Ok(answer)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.tasks = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

fn prepare<T: Send + 'static>(
    work: impl FnOnce(&mut Desk<'_>, &Gone) -> T + Send + 'static,
    gone: Gone,
) -> (Task, oneshot::Receiver<Result<T, Refusal>>) {
    let (answer, answered) = oneshot::channel();
    let task: Task = Box::new(move |desk| {
        if gone.is_raised() {
            return;
        }
        let outcome = match desk {
            Ok(desk) => Ok(work(desk, &gone)),
            Err(reason) => Err(Refusal::NoIndex(reason.to_owned())),
        };
        // Nobody may wait any more.
        let _ = answer.send(outcome);
    });
    (task, answered)
}

enum Next {
    Task(Task),
    Nothing,
    End,
}

fn next(waiting: &Mutex<Receiver<Task>>) -> Next {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    match waiting.recv_timeout(IDLE) {
        Ok(task) => Next::Task(task),
        Err(RecvTimeoutError::Timeout) => Next::Nothing,
        Err(RecvTimeoutError::Disconnected) => Next::End,
    }
}

fn work(live: &Live, tables: &Tables, waiting: &Mutex<Receiver<Task>>) {
    // Taken up before the index is opened anew, so that nothing is held while there is nothing to do.
    let mut taken: Option<Task> = None;
    loop {
        let task = match taken.take() {
            Some(task) => task,
            None => match next(waiting) {
                Next::Task(task) => task,
                Next::Nothing => continue,
                Next::End => return,
            },
        };
        let state = live.state();
        let index = match &state.index {
            Ok(index) => index,
            Err(reason) => {
                task(Err(reason));
                continue;
            }
        };
        let engine = Engine::with_tables(index, tables.borrow());
        let mut desk = Desk { index, engine, number: state.number };
        let mut sound = run(task, &mut desk);
        // An engine that stopped in the middle of something is not asked again.
        while sound {
            match next(waiting) {
                Next::Task(task) if live.state().number == state.number => {
                    sound = run(task, &mut desk);
                }
                Next::Task(task) => {
                    taken = Some(task);
                    break;
                }
                Next::Nothing if live.state().number == state.number => {}
                Next::Nothing => break,
                Next::End => return,
            }
        }
    }
}

fn run(task: Task, desk: &mut Desk<'_>) -> bool {
    catch_unwind(AssertUnwindSafe(|| task(Ok(desk)))).is_ok()
}
