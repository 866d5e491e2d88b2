//! `warraq serve` as a child process, and clients of it: a well-behaved one, and a bare connection
//! for what no well-behaved one would send.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::support::*;

/// The head lines that every request of ours needs.
pub const HOST: &str = "Host: localhost\r\n";
const PROBLEM: &str = "application/problem+json";

/// A server over a desk's index; ended with the value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    errors: Arc<Mutex<String>>,
    agent: ureq::Agent,
    token: Option<String>,
}

/// What a process takes of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Bytes of memory.
    pub resident: u64,
    /// … without mapped files.
    pub own: u64,
    pub handles: usize,
    pub threads: usize,
}

/// A response.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

/// Text for a part of a URL.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl Server {
    /// Serves a desk's folder `index` on a free port.
    pub fn start(desk: &Desk, args: &[&str]) -> Server {
        let mut command = desk.command();
        Server::start_command(command.args(["serve", "--port", "0", "--index", "index"]).args(args))
    }

    pub fn start_command(command: &mut Command) -> Server {
        Server::start_heard(command, true)
    }

    /// Starts one whose standard error nobody reads once it has told its address.
    pub fn start_unheard(command: &mut Command) -> Server {
        Server::start_heard(command, false)
    }

    fn start_heard(command: &mut Command, is_heard: bool) -> Server {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let errors = Arc::new(Mutex::new(String::new()));
        let (said, saying) = std::sync::mpsc::channel();
        let kept = errors.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                kept.lock().unwrap().push_str(&line);
                let is_over = !is_heard && line.contains("http://");
                // Nobody listens once the address is known.
                let _ = said.send(std::mem::take(&mut line));
                if is_over {
                    return;
                }
            }
        });
        let url = |line: String| {
            let mut words = line.split_whitespace();
            words.find_map(|word| {
                Some(word.strip_prefix("http://")?.trim_end_matches('/').to_owned())
            })
        };
        let lines = || saying.recv_timeout(PATIENCE).ok();
        let address = std::iter::from_fn(lines).find_map(url);
        let address = address.unwrap_or_else(|| panic!("no address: {:?}", errors.lock()));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build();
        let address = address.parse().unwrap();
        Server { child, address, errors, agent: agent.into(), token: None }
    }

    /// Sends a token from now on.
    pub fn with_token(mut self, token: &str) -> Server {
        self.token = Some(token.to_owned());
        self
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    #[track_caller]
    pub fn usage(&self) -> Usage {
        let folder = PathBuf::from(format!("/proc/{}", self.id()));
        let status = fs::read_to_string(folder.join("status")).unwrap();
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
        };
        let count = |what: &str| fs::read_dir(folder.join(what)).unwrap().count();
        Usage {
            resident: bytes("VmRSS:"),
            own: bytes("RssAnon:"),
            handles: count("fd"),
            threads: count("task"),
        }
    }

    /// What it said on standard error.
    pub fn errors(&self) -> String {
        self.errors.lock().unwrap().clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        let mut request = self.agent.get(self.url(path));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        Reply::read(request.call().unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    #[track_caller]
    pub fn get_with(&self, path: &str, header: &str, value: &str) -> Reply {
        Reply::read(self.agent.get(self.url(path)).header(header, value).call().unwrap())
    }

    #[track_caller]
    pub fn post(&self, path: &str, kind: &str, body: &str) -> Reply {
        Reply::read(self.agent.post(self.url(path)).content_type(kind).send(body).unwrap())
    }

    /// The JSON of a request that is expected to be answered.
    #[track_caller]
    pub fn json(&self, path: &str) -> Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        assert_eq!(reply.header("content-type"), "application/json");
        reply.json()
    }

    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Connection { input: BufReader::new(stream) }
    }

    /// Sends bytes as they are and reads until the server ends the connection.
    #[track_caller]
    pub fn exchange(&self, request: impl AsRef<[u8]>) -> String {
        let mut connection = self.connect();
        connection.try_send(request);
        connection.rest()
    }

    /// Demands that it still answers.
    #[track_caller]
    pub fn lives(&self) {
        assert_eq!(self.get("/healthz").body, "ok\n");
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for its end: the exit status and standard error.
    #[track_caller]
    pub fn wait(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "no end: {}", self.errors());
            std::thread::sleep(Duration::from_millis(5));
        };
        (status.code(), self.errors())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let errors = self.errors();
        if !std::thread::panicking() {
            assert!(!errors.contains("panicked"), "{errors}");
            let bad = |c: char| c.is_control() && c != '\n';
            assert!(!errors.contains(bad), "{errors:?}");
        }
    }
}

impl Reply {
    #[track_caller]
    fn read(mut response: ureq::http::Response<ureq::Body>) -> Reply {
        let body = response.body_mut().read_to_string().unwrap();
        let status = response.status().as_u16();
        let reply = Reply { status, headers: response.headers().clone(), body };
        reply.is_guarded();
        reply
    }

    /// What every response must carry.
    #[track_caller]
    fn is_guarded(&self) {
        let policy = self.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{self:?}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("x-frame-options"), "DENY");
        assert_eq!(self.header("referrer-policy"), "no-referrer");
        assert_eq!(self.header("cross-origin-resource-policy"), "same-origin");
        assert!(matches!(self.header("cache-control"), "no-store" | "no-cache"), "{self:?}");
        let shares = |name: &ureq::http::HeaderName| name.as_str().starts_with("access-control");
        assert!(!self.headers.keys().any(shares), "{self:?}");
    }

    /// The text of a header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Demands a problem of some status; its detail.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), PROBLEM);
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert!(!text(&problem["title"]).is_empty());
        let detail = text(&problem["detail"]).to_owned();
        assert!(!detail.is_empty() && detail.len() < 1000, "{detail}");
        detail
    }
}

/// A bare connection.
pub struct Connection {
    input: BufReader<TcpStream>,
}

impl Connection {
    /// Sends some bytes.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.input.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends what the server may not want to hear to the end.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.input.get_mut().write_all(bytes.as_ref());
    }

    /// Whether the server has ended the connection; what it sent is passed over.
    pub fn is_ended(&mut self) -> bool {
        let stream = self.input.get_mut();
        stream.set_nonblocking(true).unwrap();
        let mut bytes = [0; 4096];
        let ended = loop {
            match stream.read(&mut bytes) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(error) => break error.kind() != std::io::ErrorKind::WouldBlock,
            }
        };
        stream.set_nonblocking(false).unwrap();
        ended
    }

    /// Whether the connection still takes what is sent, at once or later.
    pub fn can_send(&mut self) -> bool {
        let stream = self.input.get_mut();
        stream.set_nonblocking(true).unwrap();
        let sent = stream.write(b"0");
        stream.set_nonblocking(false).unwrap();
        sent.map_or_else(|error| error.kind() == std::io::ErrorKind::WouldBlock, |_| true)
    }

    /// The next line, without its ending; empty at the end.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.input.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The head of a response.
    #[track_caller]
    pub fn head(&mut self) -> String {
        let mut head = String::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                return head;
            }
            head.push_str(&line);
            head.push('\n');
        }
    }

    /// The next line that begins in some way, passing over others.
    #[track_caller]
    pub fn line_with(&mut self, beginning: &str) -> String {
        for _ in 0..1000 {
            let line = self.line();
            if line.starts_with(beginning) {
                return line;
            }
        }
        panic!("no line begins with {beginning}");
    }

    /// A body of a length that the head tells.
    #[track_caller]
    pub fn body(&mut self, head: &str) -> String {
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.input.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    /// All that comes until the server ends the connection, which it must.
    #[track_caller]
    pub fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        match self.input.read_to_end(&mut bytes) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("the connection was not ended: {error}"),
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
