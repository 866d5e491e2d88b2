//! The server while its index changes, and its end.

use std::fs;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::server::*;
use crate::support::*;

const SEARCH: &str = "/api/v1/search?q=Konishi";

/// Raised when it is dropped, so that threads end when a test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A stream of events, of which the head has been read.
fn listen(server: &Server) -> Connection {
    let mut events = server.connect();
    events.send(format!("GET /api/v1/events HTTP/1.1\r\n{HOST}\r\n"));
    let head = events.head();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
    events
}

/// The generation that the next event tells.
#[track_caller]
fn generation(events: &mut Connection) -> u64 {
    assert_eq!(events.line_with("event:"), "event: index");
    let data = events.line_with("data:");
    let data: serde_json::Value = serde_json::from_str(&data["data:".len()..]).unwrap();
    data["generation"].as_u64().unwrap()
}

#[test]
fn another_process_changes_the_index() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &[]);
    let mut events = listen(&server);
    assert_eq!(generation(&mut events), 1);
    assert_eq!(hits(&server.json("/api/v1/search?q=quokka")).len(), 0);
    desk.write("corpus/quokka.txt", "A quokka is a small wallaby.\n");
    desk.run(["index"]).exits(0);
    wait_until("the new article", || !hits(&server.json("/api/v1/search?q=quokka")).is_empty());
    assert!(generation(&mut events) > 1);
    assert!(server.json("/api/v1/stats")["generation"].as_u64().unwrap() > 1);
    desk.remove_file("corpus/quokka.txt");
    desk.run(["index"]).exits(0);
    wait_until("the article is gone", || hits(&server.json("/api/v1/search?q=quokka")).is_empty());
    assert!(generation(&mut events) > 2);
}

#[test]
fn replaced_again_and_again_under_searches() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &[]);
    let expected = server.json(SEARCH)["hits"].clone();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    // Whichever state answers is a whole one, with the same articles.
                    assert_eq!(server.json(SEARCH)["hits"], expected);
                    server.json(&format!("/api/v1/articles/{BUSANJIN}"));
                }
            });
        }
        let _done = Done(&done);
        for args in [&["index", "--rebuild"][..], &["index", "--rebuild", "--compact"]].repeat(2) {
            desk.run(args).exits(0);
        }
        wait_until("the last index", || server.json("/api/v1/stats")["layout"] == "compact");
    });
    assert!(server.json("/api/v1/stats")["generation"].as_u64().unwrap() > 1);
    assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
}

#[test]
fn an_index_that_goes_away_and_comes_back() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &[]);
    let whole = server.json(SEARCH)["hits"].clone();
    let folder = desk.path("index");
    fs::rename(&folder, desk.path("elsewhere")).unwrap();
    wait_until("that it is gone", || server.get("/healthz").status == 503);
    for path in [SEARCH, "/api/v1/stats", "/api/v1/passages/x", "/api/v1/suggest?q=a", "/healthz"] {
        let reply = server.get(path);
        let detail = reply.problem(503);
        assert!(detail.contains("index is gone") && !detail.contains('/'), "{detail}");
        assert_eq!(reply.header("retry-after"), "1");
    }
    let batch = server.post("/api/v1/batch", "application/x-ndjson", "Konishi\n");
    assert!(batch.json()["error"].as_str().unwrap().contains("gone"), "{batch:?}");
    // What needs no index is still there.
    assert_eq!(server.get("/").status, 200);
    assert!(server.get("/metrics").body.contains("warraq_passages 0"));
    fs::rename(desk.path("elsewhere"), &folder).unwrap();
    wait_until("that it is back", || server.get("/healthz").status == 200);
    assert_eq!(server.json(SEARCH)["hits"], whole);

    // One that cannot be read is no reason to end either, nor to say where it lies.
    let current = fs::read(folder.join("current")).unwrap();
    fs::write(folder.join("current"), "\u{1b}[31m../..\n").unwrap();
    wait_until("that it cannot be read", || server.get("/healthz").status == 503);
    let detail = server.get(SEARCH).problem(503);
    assert!(detail.contains("cannot be read") && !detail.contains('/'), "{detail}");
    fs::write(folder.join("current"), current).unwrap();
    wait_until("that it can be read", || server.get("/healthz").status == 200);
    assert_eq!(server.json(SEARCH)["hits"], whole);
    let errors = server.errors();
    assert_eq!(errors.lines().count(), 3, "one line for each of the two: {errors}");
}

#[test]
fn an_index_comes_first() {
    let desk = Desk::empty();
    desk.run(["serve", "--port", "0", "--index", "index"]).exits(2).says("no index at");
}

/// A request under way is answered, what only listens is ended, and then the program.
fn ends_in_good_order(signal: &str) {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--client-timeout", "100"]);
    let mut batch = server.connect();
    batch.send(format!(
        "POST /api/v1/batch HTTP/1.1\r\n{HOST}Content-Type: application/x-ndjson\r\n\
         Content-Length: 16\r\n\r\nKonishi\n"
    ));
    batch.line_with("{");
    let mut events = listen(&server);
    generation(&mut events);
    let mut idle = server.connect();
    idle.send(format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n"));
    let head = idle.head();
    assert_eq!(idle.body(&head), "ok\n");
    let mut unused = server.connect();
    server.signal(signal);
    wait_until("no new connections", || TcpStream::connect(server.address).is_err());
    idle.rest();
    unused.rest();
    events.rest();
    batch.send("retreat\n");
    assert!(batch.line_with("{").contains("retreat"));
    batch.rest();
    let (code, errors) = server.wait();
    assert_eq!(code, Some(0), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn terminated_it_ends_in_good_order() {
    ends_in_good_order("TERM");
}

#[test]
fn interrupted_it_ends_in_good_order() {
    ends_in_good_order("INT");
}

#[test]
fn who_does_not_end_is_cut_off() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--client-timeout", "0.5"]);
    let mut batch = server.connect();
    batch.send(format!(
        "POST /api/v1/batch HTTP/1.1\r\n{HOST}Content-Type: application/x-ndjson\r\n\
         Transfer-Encoding: chunked\r\n\r\n8\r\nKonishi\n\r\n"
    ));
    batch.line_with("{");
    server.signal("TERM");
    let (code, errors) = server.wait();
    assert_eq!(code, Some(0), "{errors}");
}

#[test]
fn a_port_that_is_taken() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let port = server.address.port().to_string();
    let run = desk.run(["serve", "--port", &port, "--index", "index"]).exits(2);
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    assert!(run.err.contains(&port) && run.err.contains("--port"), "{run:?}");
    server.lives();
}
