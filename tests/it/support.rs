//! Desks to work at, and the program as a child process.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long a child may take before a test calls it stuck.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// File names of the four articles.
pub const HAENGJU: &str = "battle-of-haengju.ar.txt";
pub const BUSANJIN: &str = "siege-of-busanjin.txt";
pub const PYONGYANG_1592: &str = "siege-of-pyongyang-1592.txt";
pub const PYONGYANG_1593: &str = "siege-of-pyongyang-1593.txt";
pub const ARTICLES: [&str; 4] = [HAENGJU, BUSANJIN, PYONGYANG_1592, PYONGYANG_1593];

/// The folder of the four articles in the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program under test: the one that was built with the tests, or that of `WARRAQ_BINARY`, such as
/// an optimised build for a long run.
pub fn program() -> PathBuf {
    let given = std::env::var_os("WARRAQ_BINARY").map(PathBuf::from);
    given.unwrap_or_else(|| env!("CARGO_BIN_EXE_warraq").into())
}

/// The text of one of the four articles.
pub fn article(name: &str) -> String {
    fs::read_to_string(repository().join("corpus").join(name)).unwrap()
}

/// What a run of the program left.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!err.contains("panicked") && !err.contains("internal fault"), "{err}");
        let out = String::from_utf8(output.stdout).expect("output is UTF-8");
        Run { code: output.status.code(), out, err }
    }
}

impl Run {
    /// Demands an exit status.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Demands that standard error holds something.
    #[track_caller]
    pub fn says(self, part: &str) -> Run {
        assert!(self.err.contains(part), "{part:?} is not in {self:?}");
        self
    }

    /// Demands that standard error is empty.
    #[track_caller]
    pub fn quiet(self) -> Run {
        assert_eq!(self.err, "");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn json_lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.out.lines().map(parse).collect()
    }

    /// Column `n` of tab-separated output.
    pub fn column(&self, n: usize) -> Vec<&str> {
        self.out.lines().map(|line| line.split('\t').nth(n).unwrap_or("")).collect()
    }
}

/// A temporary folder that the program runs in.
pub struct Desk {
    folder: TempDir,
    /// Name the index, so that it is not brought up to date by each command.
    names_index: bool,
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap(), names_index: false }
    }

    /// A folder with the four articles in `corpus/` and no index.
    pub fn new() -> Desk {
        let desk = Desk::empty();
        for name in ARTICLES {
            desk.write(&format!("corpus/{name}"), article(name));
        }
        desk
    }

    /// A folder with the four articles, indexed.
    pub fn indexed() -> Desk {
        let desk = Desk::new();
        desk.run(["index"]).exits(0);
        desk
    }

    /// One indexed desk for all tests that only read; taken down after the last of them.
    pub fn shared() -> Arc<Desk> {
        static SHARED: Mutex<Weak<Desk>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let desk = Arc::new(Desk { names_index: true, ..Desk::indexed() });
            *shared = Arc::downgrade(&desk);
            desk
        })
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file and the folders above it.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn remove_file(&self, relative: &str) {
        fs::remove_file(self.path(relative)).unwrap();
    }

    /// The program, to be run in this folder without the caller's settings.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["WARRAQ_INDEX", "NO_COLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        if self.names_index {
            command.env("WARRAQ_INDEX", "index");
        }
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        run_within(self.command().args(args), PATIENCE)
    }

    /// Runs with something on standard input.
    pub fn run_with_input<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: impl AsRef<[u8]>,
    ) -> Run {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(input.as_ref()).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        run_within(self.command().args(args).stdin(file), PATIENCE)
    }

    /// The JSON answer to a query that is expected to find something.
    #[track_caller]
    pub fn answer(&self, args: &[&str]) -> Value {
        self.run(["search", "--format", "json"].iter().chain(args)).exits(0).json()
    }

    /// The ids of a query's hits, the best first; none where nothing is found.
    #[track_caller]
    pub fn ids(&self, args: &[&str]) -> Vec<String> {
        let run = self.run(["search", "--format", "tsv"].iter().chain(args));
        assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
        run.column(2).into_iter().map(str::to_owned).collect()
    }

    /// How many passages a query finds.
    #[track_caller]
    pub fn count(&self, args: &[&str]) -> u64 {
        let run = self.run(["search", "--count"].iter().chain(args));
        assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
        run.out.trim().parse().unwrap_or_else(|_| panic!("{run:?}"))
    }
}

/// Runs a command to its end, or kills it and fails.
#[track_caller]
pub fn run_within(command: &mut Command, limit: Duration) -> Run {
    finish(start(command), limit)
}

/// Starts a command with its output caught.
pub fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    loop {
        match command.spawn() {
            // A child of another test still holds the copy of the program open for writing.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(Duration::from_millis(5));
            }
            child => return child.unwrap(),
        }
    }
}

/// Waits for a child, or kills it and fails.
#[track_caller]
pub fn finish(child: Child, limit: Duration) -> Run {
    let id = child.id().to_string();
    let (done, waiting) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    match waiting.recv_timeout(limit) {
        Ok(output) => output.unwrap().into(),
        Err(_) => {
            let _ = Command::new("kill").args(["-9", &id]).status();
            panic!("no end within {limit:?}");
        }
    }
}

/// Sends a signal to a child: `-INT`, `-TERM`, `-STOP`.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Says that a test is passed over.
pub fn skip(why: &str) {
    tell(&format!("SKIPPED: {why}"));
}

/// Says something of a test, which is seen although the test passes.
pub fn tell(what: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // What `eprintln!` writes is shown of tests that fail alone.
    let _ = writeln!(std::io::stderr(), "{test}: {what}");
}

/// Whether every place is to be tried at which a fault can be, rather than some: `WARRAQ_FAULTS=all`.
pub fn every_fault() -> bool {
    std::env::var_os("WARRAQ_FAULTS").is_some_and(|value| value == "all")
}

/// Waits until something holds, or fails.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Makes the child an ordinary user where the tests are run by root, whom permissions do not stop.
///
/// The program is copied to the desk, for the user may not be able to look into the target folder.
pub fn as_ordinary_user(desk: &Desk) -> Command {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let own = desk.folder.path().metadata().unwrap();
    if own.uid() != 0 {
        return desk.command();
    }
    let copy = desk.path("warraq");
    if !copy.exists() {
        fs::copy(program(), &copy).unwrap();
        fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(desk.folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = Command::new(copy);
    command.current_dir(desk.folder.path()).stdin(Stdio::null()).env_remove("WARRAQ_INDEX");
    command.uid(65_534).gid(65_534);
    command
}

/// The array of an answer's hits.
#[track_caller]
pub fn hits(answer: &Value) -> &Vec<Value> {
    answer["hits"].as_array().unwrap_or_else(|| panic!("no hits: {answer}"))
}

/// The text of a JSON string.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

/// The bytes of `text` that `matches` name.
#[track_caller]
pub fn marked<'a>(text: &'a str, matches: &Value) -> Vec<&'a str> {
    let at = |value: &Value| value.as_u64().unwrap() as usize;
    let pairs = matches.as_array().unwrap().iter();
    pairs.map(|pair| text.get(at(&pair[0])..at(&pair[1])).expect("on char boundaries")).collect()
}
