//! The HTTP API: the same answers as the command line's.

use serde_json::{Value, json};

use crate::server::*;
use crate::support::*;

/// A query's parameters and the same as arguments of the command line.
const SEARCHES: [(&str, &[&str]); 17] = [
    ("q=Konishi+retreat", &["Konishi retreat"]),
    ("q=Konishi%20retreat&limit=3&offset=2", &["Konishi retreat", "-n", "3", "--offset", "2"]),
    ("q=%D8%AD%D8%B5%D8%A7%D8%B1", &["حصار"]),
    ("q=%22fire+arrows%22", &["\"fire arrows\""]),
    ("q=(Konishi&plain=true", &["(Konishi", "--plain"]),
    ("q=Konishi&rank=bm25", &["Konishi", "--rank", "bm25"]),
    ("q=Konishi&sort=date", &["Konishi", "--sort", "date"]),
    ("q=Konishi&sort=date-desc", &["Konishi", "--sort", "date-desc"]),
    ("q=siege&expand=none", &["siege", "--no-expand"]),
    ("q=siege&expand=names,translate", &["siege", "--expand", "names,translate"]),
    ("q=siege&without=%D8%AD%D8%B5%D8%A7%D8%B1", &["siege", "--without", "حصار"]),
    (
        "q=siege&filter=lang:en&filter=kind:prose",
        &["siege", "--filter", "lang:en", "--filter", "kind:prose"],
    ),
    ("q=siege&facets=true", &["siege", "--facets"]),
    ("q=siege&per_article=1&duplicates=true", &["siege", "--per-article", "1", "--duplicates"]),
    ("q=Konishi&context=true&limit=2", &["Konishi", "--context", "-n", "2"]),
    ("q=Konishi&explain=true&limit=2", &["Konishi", "--explain", "-n", "2"]),
    ("q=konisi", &["konisi"]),
];

fn without_time(mut answer: Value) -> Value {
    assert!(answer["took_ms"].as_f64().unwrap() >= 0.0);
    answer["took_ms"] = Value::Null;
    answer
}

#[test]
fn a_search_is_the_command_line_s() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    for (parameters, args) in SEARCHES {
        let answer = server.json(&format!("/api/v1/search?{parameters}"));
        let expected = desk.run(["search", "--format", "json"].iter().chain(args)).json();
        for hit in hits(&answer) {
            marked(text(&hit["text"]), &hit["matches"]);
            for fragment in hit["snippet"].as_array().unwrap() {
                marked(text(&fragment["text"]), &fragment["matches"]);
            }
        }
        assert_eq!(without_time(answer), without_time(expected), "{parameters}");
    }
    assert_eq!(hits(&server.json("/api/v1/search?q=zyzzyvaq")).len(), 0);
    assert_eq!(hits(&server.json("/api/v1/search")).len(), 0);
}

#[test]
fn facets_narrow_by_their_own_filters() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let answer = server.json("/api/v1/search?q=siege&facets=true");
    let facets = answer["facets"].as_object().unwrap();
    assert!(facets.contains_key("lang") && facets.contains_key("article"), "{facets:?}");
    for entry in facets.values().flat_map(|entries| entries.as_array().unwrap()) {
        let filter = encoded(text(&entry["filter"]));
        let narrowed = server.json(&format!("/api/v1/search?q=siege&filter={filter}"));
        assert_eq!(narrowed["total"], entry["passages"], "{entry}");
    }
}

#[test]
fn passages_and_articles_to_read() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    for (kind, id) in [
        ("passages", format!("{PYONGYANG_1593}#0")),
        ("passages", format!("{HAENGJU}#1")),
        ("articles", HAENGJU.to_owned()),
        ("articles", PYONGYANG_1592.to_owned()),
    ] {
        let read = server.json(&format!("/api/v1/{kind}/{}", encoded(&id)));
        assert_eq!(read, desk.run(["show", "--format", "json", &id]).exits(0).json(), "{id}");
    }
    let article = server.json(&format!("/api/v1/articles/{BUSANJIN}?q=Busan&from=1&limit=3"));
    let passages = article["passages"].as_array().unwrap();
    let ordinals: Vec<&Value> = passages.iter().map(|passage| &passage["ordinal"]).collect();
    assert_eq!(ordinals, [1, 2, 3]);
    assert_eq!(article["more"], true);
    let words = passages.iter().flat_map(|p| marked(text(&p["text"]), &p["matches"]));
    assert!(words.clone().count() > 0 && words.clone().all(|word| word == "Busan"));
    let passage =
        server.json(&format!("/api/v1/passages/{HAENGJU}%231?q=%D8%A8%D9%88%D8%B3%D8%A7%D9%86"));
    let passage = &passage["passages"][0];
    assert_eq!(marked(text(&passage["text"]), &passage["matches"]), ["بوسان"]);
    let unmarked = server.json(&format!("/api/v1/passages/{HAENGJU}%231"));
    assert_eq!(unmarked["passages"][0].get("matches"), None);
}

#[test]
fn ids_of_any_kind() {
    let desk = Desk::empty();
    let ids = ["books/حصار-1", "a#b", "50%2f?&=+", "../up", "\u{202e}x", "قصة"];
    let record = |id: &&str| json!({"id": id, "title": id, "text": "Some words."}).to_string();
    let records: Vec<String> = ids.iter().map(record).collect();
    desk.write("records.jsonl", records.join("\n"));
    desk.run(["index", "records.jsonl"]).exits(0);
    let server = Server::start(&desk, &[]);
    for id in ids {
        let read = server.json(&format!("/api/v1/articles/{}", encoded(id)));
        assert_eq!(read["id"], id);
        let passage = text(&read["passages"][0]["id"]);
        let read = server.json(&format!("/api/v1/passages/{}", encoded(passage)));
        assert_eq!(read["passages"][0]["id"], passage);
    }
    let listed = server.json("/api/v1/articles");
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    let of = |list: &Value| -> Vec<String> {
        list["articles"].as_array().unwrap().iter().map(|a| text(&a["id"]).to_owned()).collect()
    };
    assert_eq!(of(&listed), sorted);
    let after = server.json(&format!("/api/v1/articles?limit=2&after={}", encoded(sorted[1])));
    assert_eq!(
        (of(&after), &after["more"]),
        (vec![sorted[2].into(), sorted[3].into()], &json!(true))
    );
    assert_eq!(of(&server.json("/api/v1/articles?prefix=books/")), ["books/حصار-1"]);
    for (id, status) in [
        ("nothing", 404),
        ("books%2Fx", 404),
        ("..%2f..%2fetc%2fpasswd", 404),
        ("../../../etc/passwd", 404),
        ("a%00b", 404),
        ("%1b%5B31m", 404),
        ("%252e%252e%252f", 404),
        ("%ff", 400),
        ("%D8", 400),
    ] {
        for kind in ["articles", "passages"] {
            let detail = server.get(&format!("/api/v1/{kind}/{id}")).problem(status);
            assert!(!detail.contains("root:"), "{detail}");
        }
    }
}

#[test]
fn statistics_suggestions_health_and_metrics() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let stats = server.json("/api/v1/stats");
    let expected = desk.run(["stats", "--format", "json"]).exits(0).json();
    for key in
        ["articles", "passages", "words", "languages", "kinds", "segments", "layout", "bytes"]
    {
        assert_eq!(stats[key], expected[key], "{key}");
    }
    assert_eq!(stats["generation"], 1);
    assert!(!stats.to_string().contains('/'), "no path: {stats}");
    let suggested = server.json("/api/v1/suggest?q=the+pyong&limit=3");
    assert!(text(&suggested[0]["text"]).contains("pyong"), "{suggested}");
    let expected = desk.run(["suggest", "--format", "json", "-n", "3", "the pyong"]).exits(0);
    assert_eq!(suggested, expected.json());
    server.lives();
    server.json("/api/v1/search?q=Konishi");
    server.get("/api/v1/passages/nothing").problem(404);
    let metrics = server.get("/metrics");
    assert_eq!(metrics.status, 200);
    for line in [
        "warraq_passages 31",
        "warraq_search_seconds_count 1",
        "warraq_partial_total 0",
        "route=\"/api/v1/search\",status=\"200\"} 1",
        "route=\"/api/v1/passages/{*id}\",status=\"404\"} 1",
    ] {
        assert!(metrics.body.contains(line), "{line}: {}", metrics.body);
    }
    assert!(!metrics.body.contains("nothing") && metrics.body.ends_with("# EOF\n"));
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    for (path, status, says) in [
        ("search?q=a&bogus=1", 400, "bogus"),
        ("search?q=a&limit=0", 400, "1 to 100"),
        ("search?q=a&limit=101", 400, "1 to 100"),
        ("search?q=a&limit=-1", 400, "limit"),
        ("search?q=a&limit=99999999999999999999999", 400, "limit"),
        ("search?q=a&limit=ten", 400, "limit"),
        ("search?q=a&limit=1&limit=2", 400, "limit"),
        ("search?q=a&offset=10001", 400, "10000"),
        ("search?q=a&per_article=0", 400, "per_article"),
        ("search?q=a&plain=yes", 400, "plain"),
        ("search?q=a&rank=best", 400, "rank"),
        ("search?q=a&sort=up", 400, "sort"),
        ("search?q=a&expand=everything", 400, "expand"),
        ("suggest", 400, "q"),
        ("suggest?q=a&limit=51", 400, "1 to 50"),
        ("articles?limit=201", 400, "1 to 200"),
        ("articles/x?from=-1", 400, "from"),
        ("articles/x?limit=0", 400, "1 to 1000"),
        ("passages/x?limit=1", 400, "limit"),
        ("stats?q=a", 400, ""),
        ("nothing", 404, ""),
        ("search/", 404, ""),
        ("passages/", 404, ""),
        ("batch", 405, ""),
    ] {
        let detail = server.get(&format!("/api/v1/{path}")).problem(status);
        assert!(detail.contains(says), "{path}: {detail}");
    }
    let refused = server.post("/api/v1/search", "application/x-ndjson", "a");
    refused.problem(405);
    assert!(refused.header("allow").contains("GET"), "{refused:?}");
    server.get(&format!("/api/v1/search?{}=1", "b".repeat(20_000))).problem(400);
    let long = server.json(&format!("/api/v1/search?q={}", "a".repeat(20_000)));
    assert!(text(&long["notes"][0]).contains("16384"), "{}", long["notes"]);
}

/// A batch whose body comes in parts.
fn begin_batch(server: &Server, more_head: &str) -> Connection {
    let mut connection = server.connect();
    connection.send(format!(
        "POST /api/v1/batch HTTP/1.1\r\n{HOST}Content-Type: application/x-ndjson\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n{more_head}\r\n"
    ));
    connection
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

fn batch_line(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn a_batch_is_answered_as_it_comes() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--client-timeout", "100"]);
    let mut batch = begin_batch(&server, "");
    batch.send(chunk("{\"id\":\"one\",\"query\":\"Konishi\",\"limit\":2}\n"));
    assert!(batch.head().starts_with("HTTP/1.1 200"));
    let first = batch_line(&batch.line_with("{"));
    assert_eq!((&first["id"], hits(&first).len()), (&json!("one"), 2));
    // The first answer is here before the second query is sent.
    batch.send(chunk("{\"query\":\"حصار"));
    batch.send(chunk("\"}\n{\"id\":3}\nthree\tKonishi\n"));
    assert_eq!(batch_line(&batch.line_with("{"))["id"], 2);
    let bad = batch_line(&batch.line_with("{"));
    assert_eq!(bad["id"], 3);
    assert!(text(&bad["error"]).contains("query"), "{bad}");
    assert_eq!(batch_line(&batch.line_with("{"))["id"], "three");
    batch.send("0\r\n\r\n");
    assert!(!batch.rest().contains('{'));
}

#[test]
fn a_batch_is_the_command_line_s() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let lines = "Konishi retreat\nq2\tحصار هانجو\n{\"query\":\"siege\",\"limit\":1,\"sort\":\"date\"}\n\n\
                 {\"query\":1}\n{broken\n{\"query\":\"a\",\"bogus\":true}\n";
    let many = lines.repeat(40);
    let reply = server.post("/api/v1/batch", "application/x-ndjson; charset=utf-8", &many);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let run = desk.run_with_input(["batch"], &many);
    assert_eq!(reply.body, run.out);
    assert_eq!(reply.body.lines().count(), 6 * 40);
    assert_eq!(server.post("/api/v1/batch", "application/x-ndjson", "").body, "");
}

#[test]
fn a_batch_that_is_not_one() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        let detail = server.post("/api/v1/batch", kind, "Konishi\n").problem(415);
        assert!(detail.contains("application/x-ndjson"));
    }
    server.post("/api/v1/batch?q=a", "application/x-ndjson", "Konishi\n").problem(400);
    let long = format!("{}\nKonishi\n", "a".repeat(3 << 20));
    let reply = server.post("/api/v1/batch", "application/x-ndjson", &long);
    let answers: Vec<Value> = reply.body.lines().map(batch_line).collect();
    assert!(text(&answers[0]["error"]).contains("longer than"));
    assert!(!hits(&answers[1]).is_empty() && answers.len() == 2);
    // Clients that break off, in the head, the body and the answers.
    for _ in 0..8 {
        let mut batch = begin_batch(&server, "");
        batch.send(chunk(&"siege\n".repeat(200)));
        drop(batch);
    }
    // The places for batches are free again.
    wait_until("a place for a batch", || {
        server.post("/api/v1/batch", "application/x-ndjson", "Konishi\n").status == 200
    });
}

#[test]
fn a_client_that_asks_first_whether_to_send() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &["--client-timeout", "100"]);
    let mut batch = begin_batch(&server, "Expect: 100-continue\r\n");
    assert!(batch.head().starts_with("HTTP/1.1 100"));
    batch.send(chunk("Konishi\n"));
    assert!(batch.head().starts_with("HTTP/1.1 200"));
    assert_eq!(batch_line(&batch.line_with("{"))["id"], 1);
    batch.send("0\r\n\r\n");
    batch.rest();
}

#[test]
fn compressed_for_those_who_can_read_it() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let request = |path: &str| {
        let mut connection = server.connect();
        connection.send(format!(
            "GET {path} HTTP/1.1\r\n{HOST}Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        ));
        connection.head()
    };
    assert!(request("/api/v1/search?q=siege").contains("content-encoding: gzip"));
    assert!(!request("/api/v1/events").contains("content-encoding"));
}

#[test]
fn the_description_names_every_path() {
    let desk = Desk::shared();
    let server = Server::start(&desk, &[]);
    let description = server.json("/api/v1/openapi.json");
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    for (path, operation) in paths {
        let operation = operation.get("get").or(operation.get("post")).unwrap();
        assert!(!text(&operation["summary"]).is_empty(), "{path}");
        assert!(operation["responses"]["200"].is_object(), "{path}");
    }
    // Whatever a search takes is described, and nothing else.
    let names = |path: &str| -> Vec<&str> {
        let parameters = paths[path]["get"]["parameters"].as_array().unwrap();
        parameters.iter().map(|parameter| text(&parameter["name"])).collect()
    };
    let told = server.get("/api/v1/search?bogus=1").problem(400);
    for name in names("/api/v1/search") {
        assert!(told.contains(&format!("`{name}`")), "{name}: {told}");
    }
    let mut found: Vec<&str> = paths.keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "/api/v1/articles",
            "/api/v1/articles/{id}",
            "/api/v1/batch",
            "/api/v1/events",
            "/api/v1/openapi.json",
            "/api/v1/passages/{id}",
            "/api/v1/search",
            "/api/v1/stats",
            "/api/v1/suggest",
            "/healthz",
            "/metrics",
        ]
    );
}
