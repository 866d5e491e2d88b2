//! What a search costs over HTTP, beside the same search in this process; and whether the server's
//! memory stays flat.
//!
//! `cargo bench --bench serve_load -- INDEX QUERIES` asks `warraq serve` over the index for the last
//! column of each line of the file, on loopback, with few and with many connections. Everything is
//! asked in turns, round after round, so that other work on the machine meets all alike. Without
//! arguments it says what it takes.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use warraq::index::{Location, OpenIndex};
use warraq::search::{Engine, Request};

const USAGE: &str = "\
usage: cargo bench --bench serve_load -- INDEX QUERIES [--seconds N] [--rounds N]
           [--connections N,N,…] [--threads N] [--soak SECONDS] [--program PATH]";

/// How often the server is looked at during a soak.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// For an answer, which has a deadline of its own.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of the head of a response, at the most.
const MOST_HEAD: u64 = 64 << 10;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Options {
    index: String,
    queries: String,
    seconds: f64,
    rounds: usize,
    connections: Vec<usize>,
    /// Search threads of the server; as many as there are cores if it is not said.
    threads: Option<String>,
    soak: Option<f64>,
    program: String,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let Some(options) = read_options()? else {
        println!("{USAGE}");
        return Ok(());
    };
    let queries: Vec<String> = fs::read_to_string(&options.queries)?
        .lines()
        .filter_map(|line| line.rsplit('\t').next())
        .filter(|query| !query.trim().is_empty())
        .map(str::to_owned)
        .collect();
    if queries.is_empty() {
        return Err(format!("{}: no queries", options.queries).into());
    }
    let server = Server::start(&options)?;
    println!("{} queries, load {}", queries.len(), load());
    match options.soak {
        Some(seconds) => soak(&options, &server, &queries, seconds),
        None => compare(&options, &server, &queries),
    }
}

fn read_options() -> Result<Option<Options>> {
    let mut options = Options {
        index: String::new(),
        queries: String::new(),
        seconds: 5.0,
        rounds: 3,
        connections: vec![1, 2, 8, 32],
        threads: None,
        soak: None,
        program: env!("CARGO_BIN_EXE_warraq").to_owned(),
    };
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} takes a value"));
        match argument.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--seconds" => options.seconds = value()?.parse()?,
            "--rounds" => options.rounds = value()?.parse()?,
            "--soak" => options.soak = Some(value()?.parse()?),
            "--threads" => options.threads = Some(value()?),
            "--program" => options.program = value()?,
            "--connections" => {
                let numbers = value()?;
                let numbers = numbers.split(',').map(str::parse::<usize>);
                options.connections = numbers.collect::<std::result::Result<_, _>>()?;
            }
            _ if argument.starts_with('-') => return Err(format!("{argument}?\n{USAGE}").into()),
            _ => files.push(argument),
        }
    }
    let Ok([index, queries]) = <[String; 2]>::try_from(files) else {
        return Ok(None);
    };
    Ok(Some(Options { index, queries, ..options }))
}

/// In this process and over HTTP, in turns.
fn compare(options: &Options, server: &Server, queries: &[String]) -> Result<()> {
    let index = OpenIndex::open(&Location::new(&options.index))?;
    let mut engine = Engine::new(&index);
    let duration = Duration::from_secs_f64(options.seconds);
    println!("{} passages, {} rounds of {:?} each", index.passages(), options.rounds, duration);
    // Whoever comes first pays for bringing the index into memory, and both sides remember what
    // words became.
    in_process(&mut engine, queries, duration)?;
    for connections in &options.connections {
        over_http(server, queries, *connections, duration);
    }
    let before = server.look()?;
    let mut inside = Load::default();
    let mut outside: Vec<Load> = options.connections.iter().map(|_| Load::default()).collect();
    for _ in 0..options.rounds {
        inside.add(in_process(&mut engine, queries, duration)?);
        for (load, connections) in outside.iter_mut().zip(&options.connections) {
            load.add(over_http(server, queries, *connections, duration));
        }
    }
    let after = server.look()?;
    let base = inside.summary();
    println!(
        "{:24} {:>10} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "", "requests/s", "p50 ms", "p99 ms", "max ms", "errors", "p99 ×"
    );
    let print = |name: String, load: &Summary| {
        println!(
            "{name:24} {:>10.0} {:>9.3} {:>9.3} {:>9.3} {:>7} {:>7.2}",
            load.per_second,
            load.p50,
            load.p99,
            load.most,
            load.errors,
            load.p99 / base.p99
        );
    };
    print("in this process".to_owned(), &base);
    for (load, connections) in outside.iter_mut().zip(&options.connections) {
        print(format!("{connections} connections"), &load.summary());
    }
    println!("server before: {before}");
    println!("server after:  {after}");
    println!("load {}", load());
    Ok(())
}

/// Asks for a long time and looks at the server meanwhile.
fn soak(options: &Options, server: &Server, queries: &[String], seconds: f64) -> Result<()> {
    let connections = options.connections.first().copied().unwrap_or(1);
    let ends = Instant::now() + Duration::from_secs_f64(seconds);
    let started = Instant::now();
    let done = AtomicBool::new(false);
    let (load, looks) = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let left = ends.saturating_duration_since(Instant::now());
            let load = over_http(server, queries, connections, left);
            done.store(true, Ordering::Relaxed);
            load
        });
        let mut looks = Vec::new();
        let mut next = Instant::now() + LOOK_EVERY;
        while !done.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
            if Instant::now() >= next {
                next += LOOK_EVERY;
                match server.look() {
                    Ok(look) => {
                        println!("{:>6.0} s  {look}", started.elapsed().as_secs_f64());
                        looks.push(look);
                    }
                    Err(error) => println!("the server cannot be looked at: {error}"),
                }
            }
        }
        (asking.join(), looks)
    });
    let mut load = load.map_err(|_| "asking failed")?;
    let summary = load.summary();
    println!(
        "{} answers, {:.0}/s, p50 {:.3} ms, p99 {:.3} ms, {} errors",
        load.times.len(),
        summary.per_second,
        summary.p50,
        summary.p99,
        summary.errors
    );
    let range = |name: &str, value: fn(&Look) -> u64| {
        let values = || looks.iter().map(value);
        if let (Some(least), Some(most)) = (values().min(), values().max()) {
            println!("{name}: {least} to {most}");
        }
    };
    range("memory, KiB", |look| look.resident);
    range("… of its own, KiB", |look| look.own);
    range("file handles", |look| look.handles);
    range("threads", |look| look.threads);
    println!("load {}", self::load());
    Ok(())
}

/// How long requests took.
#[derive(Default)]
struct Load {
    times: Vec<Duration>,
    errors: usize,
    took: Duration,
}

struct Summary {
    per_second: f64,
    /// Milliseconds, as the next two.
    p50: f64,
    p99: f64,
    most: f64,
    errors: usize,
}

impl Load {
    fn add(&mut self, other: Load) {
        self.times.extend(other.times);
        self.errors += other.errors;
        self.took += other.took;
    }

    fn summary(&mut self) -> Summary {
        self.times.sort_unstable();
        let last = self.times.len().saturating_sub(1);
        let at = |part: f64| {
            let time = self.times.get((last as f64 * part).round() as usize);
            time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
        };
        Summary {
            per_second: self.times.len() as f64 / self.took.as_secs_f64(),
            p50: at(0.5),
            p99: at(0.99),
            most: at(1.0),
            errors: self.errors,
        }
    }
}

fn in_process(engine: &mut Engine, queries: &[String], duration: Duration) -> Result<Load> {
    let started = Instant::now();
    let mut times = Vec::new();
    for query in queries.iter().cycle() {
        if started.elapsed() >= duration {
            break;
        }
        let asked = Instant::now();
        let answer = engine.search(&Request::new(query.as_str()))?;
        times.push(asked.elapsed());
        std::hint::black_box(answer);
    }
    Ok(Load { times, errors: 0, took: started.elapsed() })
}

/// All connections take their queries from one list, one after the other.
fn over_http(server: &Server, queries: &[String], connections: usize, duration: Duration) -> Load {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let ask = || {
        let mut load = Load::default();
        let mut client: Option<Client> = None;
        while started.elapsed() < duration {
            let Some(query) = queries.get(next.fetch_add(1, Ordering::Relaxed) % queries.len())
            else {
                break;
            };
            let asked = Instant::now();
            let open = match client.take() {
                Some(open) => Ok(open),
                None => Client::connect(&server.address),
            };
            match open.and_then(|mut open| open.search(query).map(|()| open)) {
                Ok(open) => {
                    load.times.push(asked.elapsed());
                    client = Some(open);
                }
                Err(error) => {
                    if load.errors == 0 {
                        println!("{query:?}: {error}");
                    }
                    load.errors += 1;
                }
            }
        }
        load
    };
    let mut all = Load::default();
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        for thread in asking {
            match thread.join() {
                Ok(load) => all.add(load),
                Err(_) => all.errors += 1,
            }
        }
    });
    all.took = started.elapsed();
    all
}

/// A connection that is kept open.
struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    body: Vec<u8>,
}

impl Client {
    fn connect(address: &str) -> io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Client { stream: BufReader::new(stream), host: address.to_owned(), body: Vec::new() })
    }

    /// Asks for the ten best passages and reads the answer to its end.
    fn search(&mut self, query: &str) -> io::Result<()> {
        let encoded =
            percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC);
        let head =
            format!("GET /api/v1/search?q={encoded} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.stream.get_mut().write_all(head.as_bytes())?;
        let mut length = None;
        let mut status = String::new();
        let mut line = String::new();
        let mut left = MOST_HEAD;
        loop {
            line.clear();
            let read = (&mut self.stream).take(left).read_line(&mut line)?;
            left = left.saturating_sub(read as u64);
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if status.is_empty() {
                status = text.to_owned();
            }
            if let Some((name, value)) = text.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<u64>().ok();
            }
        }
        let length = length.ok_or_else(|| io::Error::other("no Content-Length"))?;
        self.body.clear();
        (&mut self.stream).take(length).read_to_end(&mut self.body)?;
        let whole = self.body.len() as u64 == length && self.body.ends_with(b"}\n");
        if !status.starts_with("HTTP/1.1 200") || !whole {
            return Err(io::Error::other(status));
        }
        Ok(())
    }
}

/// `warraq serve`, ended with this value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(options: &Options) -> Result<Server> {
        let mut command = Command::new(&options.program);
        command.args(["serve", "--index", &options.index, "--port", "0"]);
        if let Some(threads) = &options.threads {
            command.args(["--threads", threads]);
        }
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let errors = child.stderr.take().ok_or("no standard error")?;
        let mut server = Server { child, address: String::new() };
        let mut errors = BufReader::new(errors);
        let mut line = String::new();
        while errors.read_line(&mut line)? > 0 {
            if let Some((_, rest)) = line.split_once("http://") {
                server.address = rest.split('/').next().unwrap_or_default().to_owned();
                // Whatever it says later is passed on.
                std::thread::spawn(move || io::copy(&mut errors, &mut io::stderr()));
                return Ok(server);
            }
            eprint!("{line}");
            line.clear();
        }
        Err("the server does not start".into())
    }

    /// What it holds now.
    fn look(&self) -> io::Result<Look> {
        let process = format!("/proc/{}", self.child.id());
        let status = fs::read_to_string(format!("{process}/status"))?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
            number.unwrap_or(0)
        };
        Ok(Look {
            resident: number("VmRSS"),
            own: number("RssAnon"),
            threads: number("Threads"),
            handles: fs::read_dir(format!("{process}/fd"))?.count() as u64,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process holds.
struct Look {
    /// KiB in memory, mapped files included.
    resident: u64,
    /// KiB of it that are no mapped files.
    own: u64,
    threads: u64,
    handles: u64,
}

impl std::fmt::Display for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Look { resident, own, threads, handles } = self;
        write!(f, "{resident} KiB, of its own {own} KiB, {handles} file handles, {threads} threads")
    }
}

/// What else the machine does: the mean numbers of waiting processes.
fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}
