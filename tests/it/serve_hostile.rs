//! Clients that mean harm, or know no better.

use std::net::TcpStream;

use serde_json::Value;

use crate::server::*;
use crate::support::*;

const SEARCH: &str = "/api/v1/search?q=Konishi";
const BATCH: &str =
    "POST /api/v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n";

#[test]
fn nonsense_is_refused_and_forgotten() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let cases = [
        ("", "", "nothing at all"),
        ("GET /\r\n", "400", "HTTP/0.9"),
        ("\x16\x03\x01\x02\0\x01\0\x01\x03\x03", "400", "TLS"),
        ("GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", "400", "NUL in the path"),
        ("GET /\x1b[31m HTTP/1.1\r\nHost: localhost\r\n\r\n", "400", "ESC in the path"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", "400", "NUL in a header"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", "400", "folded header"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nbogus\r\n\r\n", "400", "no colon"),
        ("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", "400", "space before the colon"),
        ("GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", "400", "two spaces"),
        ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "400", "HTTP/9.9"),
    ];
    for (request, status, what) in cases {
        let mut connection = server.connect();
        connection.send(request);
        if request.is_empty() {
            drop(connection);
            continue;
        }
        let reply = connection.rest();
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{what}: {reply}");
    }
    let lengths = [
        "Content-Length: 12x\r\n\r\nKonishi\n",
        "Content-Length: -1\r\n\r\nKonishi\n",
        "Content-Length: 8\r\nContent-Length: 9\r\n\r\nKonishi\n",
        "Content-Length: 99999999999999999999999999\r\n\r\nKonishi\n",
        "Transfer-Encoding: gzip\r\n\r\nKonishi\n",
        "Transfer-Encoding: chunked, gzip\r\n\r\nKonishi\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nKonishi\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nKonishi\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-8\r\nKonishi\n\r\n0\r\n\r\n",
    ];
    for length in lengths {
        let reply = server.exchange(format!("{BATCH}{length}"));
        assert!(reply.starts_with("HTTP/1.1 4"), "{length}: {reply}");
    }
    // A body that turns bad after it began is told in its line.
    let reply = server
        .exchange(format!("{BATCH}Transfer-Encoding: chunked\r\n\r\n8\r\nKonishi\n\r\nzz\r\n"));
    assert!(
        reply.contains("\"hits\":[{") && reply.contains("\"error\":\"cannot be read"),
        "{reply}"
    );
    server.lives();
}

#[test]
fn a_second_request_is_never_smuggled_into_a_body() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let hidden = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let chunked = "8\r\nKonishi\n\r\n0\r\n\r\n";
    for both in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    ] {
        let reply =
            server.exchange(format!("{BATCH}{both}Connection: close\r\n\r\n{chunked}{hidden}"));
        assert_eq!(reply.matches("HTTP/1.1 ").count(), 1, "{reply}");
    }
    let length = hidden.len();
    let reply = server
        .exchange(format!("{BATCH}Content-Length: {length}\r\nConnection: close\r\n\r\n{hidden}"));
    assert_eq!(reply.matches("HTTP/1.1 2").count(), 1, "{reply}");
    assert!(!reply.contains("warraq_passages"), "{reply}");
}

#[test]
fn what_is_too_much() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let many: String = (0..500).map(|n| format!("X-{n}: a\r\n")).collect();
    let long = format!("X: {}\r\n", "a".repeat(1 << 20));
    for head in [many, long.clone(), format!("Cookie: {}\r\n", "a=b; ".repeat(200_000))] {
        // Who is still sending may not get to see the answer.
        let reply = server.exchange(format!("GET {SEARCH} HTTP/1.1\r\n{HOST}{head}\r\n"));
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 431"), "{reply}");
    }
    let target = format!("GET {SEARCH}{} HTTP/1.1\r\n{HOST}\r\n", "a".repeat(1 << 20));
    let reply = server.exchange(target);
    assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 4"), "{reply}");
    for path in ["/api/v1/batch", "/signin"] {
        let reply = server.exchange(format!(
            "POST {path} HTTP/1.1\r\n{HOST}Content-Type: application/x-ndjson\r\n\
             Content-Length: 99999999999\r\n\r\n"
        ));
        assert!(reply.starts_with("HTTP/1.1 413"), "{reply}");
        assert!(reply.contains("application/problem+json"), "{reply}");
    }
    // A head that never ends.
    let mut endless = server.connect();
    endless.send(format!("GET {SEARCH} HTTP/1.1\r\n{HOST}"));
    for _ in 0..64 {
        endless.try_send(&long);
    }
    let reply = endless.rest();
    assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 431"), "{reply}");
    server.lives();
}

#[test]
fn many_requests_on_one_connection() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let mut connection = server.connect();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{HOST}\r\n");
    for _ in 0..20 {
        connection.send(get("/healthz"));
        let head = connection.head();
        assert_eq!(connection.body(&head), "ok\n");
    }
    connection.send(format!("HEAD /api/v1/stats HTTP/1.1\r\n{HOST}\r\n"));
    let head = connection.head();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-length: "), "{head}");
    connection.send(format!("HEAD /api/v1/events HTTP/1.1\r\n{HOST}\r\n"));
    assert!(connection.head().starts_with("HTTP/1.1 200"));
    // Asked at once, answered in order.
    let many: String = (1..=50).map(|n| get(&format!("{SEARCH}&limit={n}"))).collect();
    connection.send(many);
    for n in 1..=50 {
        let head = connection.head();
        let answer: Value = serde_json::from_str(&connection.body(&head)).unwrap();
        let total = answer["total"].as_u64().unwrap() as usize;
        assert_eq!(hits(&answer).len(), total.min(n));
    }
    connection.send(format!("GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"));
    assert!(connection.rest().ends_with("ok\n"));
}

#[test]
fn who_is_slow_is_not_waited_for() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--client-timeout", "1"]);
    // In the head, one byte at a time, as long as the server listens.
    let mut slow = server.connect();
    slow.send(format!("GET / HTTP/1.1\r\n{HOST}X: "));
    wait_until("the end of a slow head", || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        slow.try_send("a");
        slow.is_ended()
    });
    // Before the head and between two requests.
    let mut silent = server.connect();
    assert_eq!(silent.rest(), "");
    let mut idle = server.connect();
    idle.send(format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n"));
    assert!(idle.rest().ends_with("ok\n"));
    // In the body: before its first part, and after.
    let mut body = server.connect();
    body.send(format!("{BATCH}Content-Length: 100\r\n\r\n"));
    let reply = body.rest();
    assert!(reply.starts_with("HTTP/1.1 4"), "{reply}");
    let mut body = server.connect();
    body.send(format!("{BATCH}Content-Length: 100\r\n\r\nKonishi\n"));
    let reply = body.rest();
    assert!(
        reply.contains("\"hits\":[{") && reply.contains("\"error\":\"cannot be read"),
        "{reply}"
    );
    let mut form = server.connect();
    form.send(format!(
        "POST /signin HTTP/1.1\r\n{HOST}Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 100\r\n\r\ntoken="
    ));
    form.rest();
    // In taking the answers, of which there are more than the system keeps for a connection.
    let mut taker = server.connect();
    taker.send(format!("{BATCH}Transfer-Encoding: chunked\r\n\r\n"));
    let chunk = format!("{:x}\r\n{}\r\n", 7 * 1000, "siege \n".repeat(1000));
    wait_until("the end of who takes nothing", || {
        taker.try_send(&chunk);
        !taker.can_send()
    });
    server.lives();
}

/// More connections than there are places for.
#[test]
fn idle_connections_make_room() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--client-timeout", "2"]);
    let idle: Vec<TcpStream> =
        (0..540).map_while(|_| TcpStream::connect(server.address).ok()).collect();
    assert!(idle.len() > 512, "{}", idle.len());
    // Waits for a place, and gets one.
    server.lives();
    server.json(SEARCH);
    drop(idle);
    server.lives();
}

/// As people type: each key asks anew and drops what was asked before.
fn type_fast(server: &Server, people: usize, keys: usize) {
    std::thread::scope(|scope| {
        for person in 0..people {
            scope.spawn(move || {
                for key in 0..keys {
                    let mut asked = server.connect();
                    let typed = "sieg* OR konis~ OR حصا*".chars().cycle().skip(person);
                    let typed: String = typed.take(key + 3).collect();
                    let typed = encoded(&typed);
                    asked.send(format!(
                        "GET /api/v1/search?q={typed}&facets=true HTTP/1.1\r\n{HOST}\r\n"
                    ));
                    drop(asked);
                }
            });
        }
    });
}

#[test]
fn people_who_type_fast() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let settled = |server: &Server| {
        // Refused only as long as others wait.
        wait_until("an answer", || server.get(SEARCH).status == 200);
        wait_until("that connections end", || server.usage().handles < 60);
        let usage = server.usage();
        (usage.resident, usage.threads)
    };
    type_fast(&server, 50, 20);
    let (before, threads) = settled(&server);
    for _ in 0..3 {
        type_fast(&server, 50, 20);
    }
    let (after, threads_after) = settled(&server);
    assert!(after < before + (48 << 20), "memory rose from {before} to {after}");
    assert!(threads_after <= threads + 8, "threads rose from {threads} to {threads_after}");
    assert!(!hits(&server.json(SEARCH)).is_empty());
}

#[test]
fn a_search_that_has_no_time_answers_with_what_it_has() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--timeout", "0.000001"]);
    let hostile = ["a* b* c* d* e*", "siege~2 battle~2", "-a* -b*", "((((a* OR b*) AND c*)))", "*"];
    for query in hostile {
        let path = format!("/api/v1/search?q={}&facets=true&explain=true", encoded(query));
        let answer = server.json(&path);
        assert_eq!(answer["partial"], true, "{answer}");
        assert!(answer["notes"].to_string().contains("stopped after"), "{answer}");
    }
    let batch = server.post("/api/v1/batch", "application/x-ndjson", "siege\n").json();
    assert_eq!(batch["partial"], true);
    assert!(server.get("/metrics").body.contains("warraq_partial_total 5"));
    // What is hostile by its form alone ends in the time of any search.
    let server = Server::start(&desk, &[]);
    for query in ["(".repeat(5000), "NOT ".repeat(3000), "\"".repeat(9000), "a* ".repeat(4000)] {
        let answer = server.json(&format!("/api/v1/search?q={}", encoded(&query[..5000])));
        assert!(answer["hits"].is_array());
    }
}

#[test]
fn listeners_do_not_take_all_places() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let mut listeners = Vec::new();
    let refused = loop {
        let mut events = server.connect();
        events.send(format!("GET /api/v1/events HTTP/1.1\r\n{HOST}\r\n"));
        let head = events.head();
        if !head.starts_with("HTTP/1.1 200") {
            break head;
        }
        listeners.push(events);
        assert!(listeners.len() < 512);
    };
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    server.json(SEARCH);
    drop(listeners);
    wait_until("a place to listen", || {
        let mut events = server.connect();
        events.send(format!("GET /api/v1/events HTTP/1.1\r\n{HOST}\r\n"));
        events.head().starts_with("HTTP/1.1 200")
    });
}
