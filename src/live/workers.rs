//! Threads that answer, each with an engine of its own.
//!
//! Whoever asks waits without a thread. The queue is bounded: where more wait than can be answered
//! soon, the next are refused. Work whose asker has gone is passed over. Before each work is looked
//! whether the files of the index are what they were; a panic ends the work, not the thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::state::Live;
use crate::index::{OpenIndex, Standing};
use crate::search::{Deadline, Engine, Tables};

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
    /// For each search.
    time: Duration,
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
    /// Threads for searches that take at most `time` each and then answer with what they have.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(
        live: &Arc<Live>,
        tables: &Arc<Tables>,
        threads: usize,
        time: Duration,
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
        Ok(Workers { tasks: Some(tasks), time, threads })
    }

    /// Has some work done and waits for it. Where nobody waits any more, its searches end.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let gone = Gone::default();
        let _waiting = Waiting(gone.clone());
        let (task, answer) = prepare(work, gone, self.time);
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
        work: impl FnOnce(&mut Desk<'_>) -> T + Send + 'static,
        gone: Gone,
    ) -> Result<oneshot::Receiver<Result<T, Refusal>>, Refusal> {
        let (task, answer) = prepare(work, gone, self.time);
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
    work: impl FnOnce(&mut Desk<'_>) -> T + Send + 'static,
    gone: Gone,
    time: Duration,
) -> (Task, oneshot::Receiver<Result<T, Refusal>>) {
    let (answer, answered) = oneshot::channel();
    let task: Task = Box::new(move |desk| {
        if gone.is_raised() {
            return;
        }
        let outcome = match desk {
            Ok(desk) => {
                let deadline = Deadline::after(time).or_cancelled(gone.0.clone());
                desk.engine.set_deadline(deadline);
                Ok(work(desk))
            }
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
        let mut next_task = Some(task);
        while let Some(task) = next_task.take() {
            if index.standing() == Standing::Changed {
                live.give_up(&state);
                taken = Some(task);
                break;
            }
            // An engine that stopped in the middle of something is not asked again.
            if !run(task, &mut desk) {
                break;
            }
            while next_task.is_none() && live.state().number == state.number {
                match next(waiting) {
                    Next::Task(task) => next_task = Some(task),
                    Next::Nothing => {}
                    Next::End => return,
                }
            }
            if live.state().number != state.number {
                taken = next_task.take();
            }
        }
    }
}

fn run(task: Task, desk: &mut Desk<'_>) -> bool {
    catch_unwind(AssertUnwindSafe(|| task(Ok(desk)))).is_ok()
}
