//! Who may ask the server, and what keeps other sites out.

use crate::server::*;
use crate::support::*;

const TOKEN: &str = "a token that nobody guesses";

/// The status of a request with some head lines.
#[track_caller]
fn status(server: &Server, method: &str, target: &str, head: &str) -> u16 {
    let reply = server.exchange(format!(
        "{method} {target} HTTP/1.1\r\n{head}Content-Length: 0\r\nConnection: close\r\n\r\n"
    ));
    assert!(!reply.to_ascii_lowercase().contains("access-control"), "{reply}");
    let status = reply.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    status.and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{reply:?}"))
}

#[test]
fn the_names_of_the_server() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--allow-host", "Books.Example"]);
    let port = server.address.port();
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "[::1]",
        "books.example",
        "books.example.",
    ] {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            let head = format!("Host: {host}\r\n");
            assert_eq!(status(&server, "GET", "/healthz", &head), 200, "{host}");
        }
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "evil.example.localhost",
        "10.0.0.1",
        "[2001:db8::1]",
        "127.0.0.1.evil.example",
        "127.1",
        "2130706433",
        "localhost,evil.example",
        "localhost@evil.example",
        "\u{440}localhost",
        "",
    ] {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            let head = format!("Host: {host}\r\n");
            // On every path: what needs no token and what is not there as well.
            for path in ["/healthz", "/", "/api/v1/search?q=a", "/assets/style.css", "/nothing"] {
                let status = status(&server, "GET", path, &head);
                assert!(matches!(status, 400 | 421), "{host} {path}: {status}");
            }
        }
    }
    assert_eq!(status(&server, "GET", "/healthz", ""), 400);
    assert_eq!(status(&server, "GET", "/healthz", &HOST.repeat(2)), 400);
    let evil = "Host: evil.example\r\n";
    assert_eq!(status(&server, "GET", "/healthz", &format!("{HOST}{evil}")), 400);
    assert_eq!(status(&server, "GET", "http://evil.example/healthz", HOST), 421);
    assert_eq!(status(&server, "GET", "http://localhost/healthz", evil), 421);
    assert_eq!(status(&server, "GET", "http://localhost/healthz", HOST), 200);
    let old = server.exchange("GET /healthz HTTP/1.0\r\n\r\n");
    assert!(old.starts_with("HTTP/1.0 400"), "{old}");
}

#[test]
fn other_sites() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let from = |site: &str, mode: &str| {
        format!(
            "{HOST}Origin: http://evil.example\r\nSec-Fetch-Site: {site}\r\nSec-Fetch-Mode: {mode}\r\n"
        )
    };
    let search = "/api/v1/search?q=Konishi";
    for site in ["cross-site", "same-site"] {
        for mode in ["no-cors", "cors", "websocket", "same-origin"] {
            assert_eq!(status(&server, "GET", search, &from(site, mode)), 403);
            assert_eq!(status(&server, "GET", "/assets/style.css", &from(site, mode)), 403);
        }
        assert_eq!(status(&server, "POST", "/signin", &from(site, "navigate")), 403);
        assert_eq!(status(&server, "POST", "/api/v1/batch", &from(site, "no-cors")), 403);
        // A link to the page is a link.
        assert_eq!(status(&server, "GET", "/?q=Konishi", &from(site, "navigate")), 200);
    }
    assert_eq!(status(&server, "GET", search, &from("same-origin", "cors")), 200);
    assert_eq!(status(&server, "GET", search, &from("none", "navigate")), 200);
    // A browser asks first before it sends another site's request; it gets no leave.
    let preflight = format!(
        "{HOST}Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: content-type\r\n"
    );
    assert_eq!(status(&server, "OPTIONS", "/api/v1/batch", &preflight), 405);
    assert_eq!(status(&server, "OPTIONS", search, &preflight), 405);
    // A form of another site without these headers cannot send what a batch needs.
    let form = format!("{HOST}Origin: http://evil.example\r\nContent-Type: text/plain\r\n");
    assert_eq!(status(&server, "POST", "/api/v1/batch", &form), 415);
}

#[test]
fn headers_stand_on_every_response() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    // The client demands the headers of whatever it gets.
    for (path, status) in [
        ("/", 200),
        ("/article?id=x", 200),
        ("/assets/style.css", 200),
        ("/assets/nothing", 404),
        ("/assets/..%2f..%2fCargo.toml", 404),
        ("/assets/%2e%2e/index.html", 404),
        ("/nothing", 404),
        ("/signin", 405),
        ("/metrics", 200),
        ("/api/v1/search?q=a&limit=x", 400),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
    let page = server.get("/").body;
    for banned in ["<script>", "javascript:", " style=", " onclick", "http://", "https://"] {
        assert!(!page.contains(banned), "{banned}");
    }
    let style = server.get("/assets/style.css");
    let again = server.get_with("/assets/style.css", "If-None-Match", style.header("etag"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn what_a_program_needs_where_there_is_a_token() {
    let desk = Desk::indexed();
    desk.write("token", format!("{TOKEN}\n"));
    let mut by_variable = desk.command();
    by_variable.args(["serve", "--port", "0", "--index", "index"]).env("WARRAQ_TOKEN", TOKEN);
    let servers =
        [Server::start(&desk, &["--token-file", "token"]), Server::start_command(&mut by_variable)];
    for server in servers {
        for path in
            ["/api/v1/search?q=a", "/api/v1/stats", "/metrics", "/nothing", "/api/v1/events"]
        {
            let refused = server.get(path);
            refused.problem(401);
            assert_eq!(refused.header("www-authenticate"), "Bearer");
        }
        server.post("/api/v1/batch", "application/x-ndjson", "Konishi\n").problem(401);
        for wrong in [
            "Bearer wrong".to_owned(),
            format!("Basic {TOKEN}"),
            TOKEN.to_owned(),
            format!("Bearer {TOKEN}x"),
            "Bearer".to_owned(),
            format!("Bearer {}", &TOKEN[..TOKEN.len() - 1]),
        ] {
            server.get_with("/api/v1/stats", "Authorization", &wrong).problem(401);
        }
        server.get(&format!("/api/v1/stats?token={}", encoded(TOKEN))).problem(401);
        // Whether it lives may be asked by anyone.
        server.lives();
        let server = server.with_token(TOKEN);
        assert_eq!(server.json("/api/v1/stats")["articles"], 4);
        assert!(!server.errors().contains(TOKEN));
    }
}

#[test]
fn how_people_sign_in() {
    let desk = Desk::indexed();
    desk.write("token", TOKEN);
    let server = Server::start(&desk, &["--token-file", "token"]);
    let form = "application/x-www-form-urlencoded";
    for path in ["/", "/article?id=x"] {
        let asked = server.get(path);
        assert_eq!(asked.status, 200);
        assert!(asked.body.contains("<form method=\"post\" action=\"/signin\">"), "{}", asked.body);
    }
    assert_eq!(server.get("/assets/style.css").status, 200);
    for wrong in ["token=wrong", "token=", "", "other=1", "token=<b>", "%ff=%"] {
        let refused = server.post("/signin", form, wrong);
        assert_eq!(refused.status, 401, "{wrong}");
        assert!(refused.body.contains("That is not the token") && !refused.body.contains("<b>"));
        assert_eq!(refused.header("set-cookie"), "");
    }
    // Back to where one wanted to go, but nowhere else.
    let asked = server.get("/article?id=x%22%3E&q=a");
    assert!(
        asked.body.contains("name=\"next\" value=\"/article?id=x%22%3E&amp;q=a\""),
        "{}",
        asked.body
    );
    for (next, goes_to) in [
        ("/article?id=x&q=a", "/article?id=x&q=a"),
        ("/?q=حصار", "/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/api/v1/stats", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
    ] {
        let body = format!("token={}&next={}", encoded(TOKEN), encoded(next));
        let signed_in = server.post("/signin", form, &body);
        assert_eq!((signed_in.status, signed_in.header("location")), (303, goes_to), "{next}");
    }
    let refused = server.post("/signin", form, "token=x&next=%22%3E%3Cb%3E");
    assert!(!refused.body.contains("<b>"), "{}", refused.body);
    let signed_in = server.post("/signin", form, &format!("token={}", encoded(TOKEN)));
    assert_eq!((signed_in.status, signed_in.header("location")), (303, "/"));
    let cookie = signed_in.header("set-cookie");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("nobody"), "the token itself is not in it: {cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(server.get_with("/api/v1/stats", "Cookie", cookie).status, 200);
    let page = server.get_with("/", "Cookie", &format!("other=1; {cookie}"));
    assert!(!page.body.contains("/signin"), "{}", page.body);
    let (name, value) = cookie.split_once('=').unwrap();
    for wrong in
        [format!("{name}={}", value.replace(&value[..1], "g")), format!("{name}="), "x".into()]
    {
        server.get_with("/api/v1/stats", "Cookie", &wrong).problem(401);
    }
    // The cookie is of the token, not of the process.
    drop(server);
    desk.write("token", "another token for everybody");
    let server = Server::start(&desk, &["--token-file", "token"]);
    server.get_with("/api/v1/stats", "Cookie", cookie).problem(401);
}

#[test]
fn tokens_that_are_none() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::indexed();
    let serve = ["serve", "--port", "0", "--index", "index"];
    let with = |more: &[&str]| desk.run(serve.iter().chain(more)).exits(2);
    for address in ["0.0.0.0", "::", "192.0.2.1"] {
        let run = with(&["--address", address]);
        assert!(run.err.contains("token") && run.err.lines().count() == 1, "{run:?}");
    }
    desk.write("short", "secret\n");
    let run = with(&["--token-file", "short"]);
    assert!(run.err.contains("at least 16") && !run.err.contains("secret"), "{run:?}");
    desk.write("empty", "");
    with(&["--token-file", "empty"]).says("at least 16");
    with(&["--token-file", "nothing"]).says("nothing");
    let variable = |value: &[u8]| {
        let mut command = desk.command();
        command.args(serve).env("WARRAQ_TOKEN", std::ffi::OsStr::from_bytes(value));
        run_within(&mut command, PATIENCE).exits(2)
    };
    variable(b"secret").says("WARRAQ_TOKEN");
    // What cannot be read as a token is not passed over.
    variable(b"\xff a token that nobody guesses").says("WARRAQ_TOKEN");
}
