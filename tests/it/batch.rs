//! Many queries from scripts.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::*;

#[test]
fn three_ways_to_write_a_query() {
    let desk = Desk::shared();
    let input = "rice\nq2\tKonishi retreat\n{\"id\":7,\"query\":\"statue\",\"limit\":1}\n\
                 {\"query\":\"حصار هانجو\"}\n";
    let run = desk.run_with_input(["batch"], input).exits(0).quiet();
    let answers = run.json_lines();
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!(1), &json!("q2"), &json!(7), &json!(4)]);
    assert_eq!(answers[1]["query"], "Konishi retreat");
    assert_eq!(hits(&answers[2]).len(), 1);
    assert_eq!(answers[3]["hits"][0]["article"], HAENGJU);
    let alone = desk.answer(&["Konishi retreat"]);
    let mut same = hits(&alone).clone();
    same.iter_mut().for_each(|hit| drop(hit.as_object_mut().unwrap().remove("explain")));
    assert_eq!(hits(&answers[1]), &same, "a batch answers as a search does");
}

#[test]
fn keys_of_a_line() {
    let run = Desk::shared().run_with_input(["batch", "-n", "1"], "q1\trice\n").exits(0);
    assert!(run.out.starts_with("{\"id\":\"q1\",\"query\":\"rice\",\"hits\":[{\"rank\":1,\"id\":"));
}

#[test]
fn options_of_a_line() {
    let desk = Desk::shared();
    let lines = [
        json!({"id": "a", "query": "Japanese", "limit": 2, "offset": 1}),
        json!({"id": "b", "query": "Japanese", "per_article": 1}),
        json!({"id": "c", "query": "rice -tons", "plain": true}),
        json!({"id": "d", "query": "rice -tons", "plain": false}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let answers = desk.run_with_input(["batch"], input).exits(0).json_lines();
    let ids =
        |n: usize| -> Vec<&str> { hits(&answers[n]).iter().map(|h| text(&h["id"])).collect() };
    assert_eq!(ids(0), desk.ids(&["Japanese", "-n", "2", "--offset", "1"]));
    assert_eq!(ids(1), desk.ids(&["Japanese", "--per-article", "1"]));
    assert_eq!(ids(2), desk.ids(&["--plain", "rice -tons"]));
    assert_eq!(ids(3), [""; 0]);
}

#[test]
fn options_of_the_command_are_the_default() {
    let input =
        "rice -tons\n{\"query\":\"rice -tons\",\"plain\":false}\n{\"query\":\"the\",\"limit\":3}\n";
    let run = Desk::shared().run_with_input(["batch", "--plain", "-n", "1"], input).exits(0);
    let counts: Vec<usize> = run.json_lines().iter().map(|answer| hits(answer).len()).collect();
    assert_eq!(counts, [1, 0, 3]);
    Desk::shared().run_with_input(["batch", "-n", "0"], "rice\n").exits(2);
}

#[test]
fn a_bad_line_is_told_in_its_place() {
    let desk = Desk::shared();
    let mut input = b"rice\n{oops\nq3\tstatue\n".to_vec();
    input.extend(b"\xff\xfe\n{\"id\":\"q5\",\"query\":\"x\",\"limit\":0}\n{\"id\":\"q6\"}\n");
    input.extend(b"{\"id\":\"q7\",\"query\":\"x\",\"wat\":1}\n[1,2]\nlast\tKonishi\n");
    let run = desk.run_with_input(["batch"], &input).exits(2);
    let answers = run.json_lines();
    assert_eq!(answers.len(), 9, "{run:?}");
    let failed: Vec<bool> = answers.iter().map(|answer| answer.get("error").is_some()).collect();
    assert_eq!(failed, [false, true, false, true, true, true, true, false, false]);
    for answer in answers.iter().filter(|answer| answer.get("error").is_some()) {
        assert!(answer.get("hits").is_none() && answer.get("id").is_some(), "{answer}");
        assert!(!text(&answer["error"]).is_empty());
    }
    assert_eq!(answers[1]["id"], 2);
    assert_eq!(answers[4]["id"], "q5");
    assert_eq!(answers[6]["id"], "q7");
    assert_eq!(answers[8]["hits"][0]["rank"], 1);
    for format in ["tsv", "trec"] {
        let run = desk.run_with_input(["batch", "--format", format], &input).exits(2).says("2");
        assert!(run.out.contains("q3") && run.out.contains("last"), "{run:?}");
    }
}

#[test]
fn a_json_line_of_known_id_keeps_it_when_it_fails() {
    let input = "{\"id\":\"q1\"}\n{\"id\":\"q2\",\"query\":5}\n";
    let answers = Desk::shared().run_with_input(["batch"], input).exits(2).json_lines();
    assert_eq!(answers[0]["id"], "q1");
    assert_eq!(answers[1]["id"], "q2");
}

#[test]
fn endings_of_lines_and_blank_lines() {
    let desk = Desk::shared();
    let input = "\u{feff}rice\r\n\r\n  \n\nq\tstatue\r\nKonishi";
    let answers = desk.run_with_input(["batch"], input).exits(0).json_lines();
    let queries: Vec<&str> = answers.iter().map(|answer| text(&answer["query"])).collect();
    assert_eq!(queries, ["rice", "statue", "Konishi"]);
    assert_eq!(answers[2]["id"], 6, "blank lines count");
    let nothing = desk.run_with_input(["batch"], "").exits(0).quiet();
    assert_eq!(nothing.out, "");
}

#[test]
fn tsv_and_trec_begin_with_the_query() {
    let desk = Desk::shared();
    let input = "a b\trice\nq2\tKonishi\nq3\tzyzzyva\n";
    let tsv = desk.run_with_input(["batch", "-n", "2", "--format", "tsv"], input).exits(0);
    assert_eq!(tsv.column(0), ["a b", "q2", "q2"]);
    assert_eq!(tsv.column(1), ["1", "1", "2"]);
    assert_eq!(tsv.out.lines().next().unwrap().split('\t').count(), 9);
    let alone = desk.run(["search", "Konishi", "-n", "2", "--format", "tsv"]).exits(0);
    let expected: Vec<String> = alone.out.lines().map(|line| format!("q2\t{line}")).collect();
    assert_eq!(tsv.out.lines().skip(1).collect::<Vec<_>>(), expected);
    let trec = desk.run_with_input(["batch", "-n", "2", "--format", "trec"], input).exits(0);
    for line in trec.out.lines() {
        assert_eq!(line.split(' ').count(), 6, "an id must not break the columns: {line:?}");
    }
}

#[test]
fn answers_come_in_the_order_of_the_queries() {
    let desk = Desk::shared();
    let words = ["rice", "pyong*", "the of and in", "statue", "\"fire arrows\"", "zyzzyva"];
    let queries: String = (0..400).map(|n| format!("{n}\t{}\n", words[n % words.len()])).collect();
    let mut outputs = Vec::new();
    for threads in ["1", "2", "4"] {
        let args = ["batch", "-n", "3", "--threads", threads];
        let run = desk.run_with_input(args, &queries).exits(0).quiet();
        let ids: Vec<usize> =
            run.json_lines().iter().map(|line| text(&line["id"]).parse().unwrap()).collect();
        assert!(ids.iter().copied().eq(0..400), "{threads} threads");
        outputs.push(run.out);
    }
    assert!(outputs.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_file_is_read_like_standard_input() {
    let desk = Desk::shared();
    let path = desk.path("queries.tsv");
    std::fs::write(&path, "q1\trice\n").unwrap();
    let from_file = desk.run(["batch", path.to_str().unwrap()]).exits(0);
    let from_dash = desk.run_with_input(["batch", "-"], "q1\trice\n").exits(0);
    assert_eq!(from_file.out, from_dash.out);
}

#[test]
fn the_first_answer_does_not_wait_for_the_last_query() {
    let desk = Desk::shared();
    let mut command = desk.command();
    command.args(["batch", "-n", "1"]).stdin(Stdio::piped());
    let mut child = start(&mut command);
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (lines, answers) = channel();
    std::thread::spawn(move || {
        for line in output.lines() {
            if lines.send(line.unwrap()).is_err() {
                return;
            }
        }
    });
    for query in ["rice", "statue", "Konishi"] {
        writeln!(input, "{query}").unwrap();
        input.flush().unwrap();
        let answer = answers.recv_timeout(Duration::from_secs(30)).expect("an answer");
        assert!(answer.contains(&format!("\"query\":\"{query}\"")), "{answer}");
    }
    drop(input);
    finish(child, PATIENCE).exits(0).quiet();
}

#[test]
fn a_reader_who_leaves_stops_the_batch() {
    let desk = Desk::shared();
    let mut command = desk.command();
    command.args(["batch"]).stdin(Stdio::piped());
    let mut child = start(&mut command);
    let mut input = child.stdin.take().unwrap();
    drop(child.stdout.take());
    // The program may be gone before it has read everything.
    let writer = std::thread::spawn(move || {
        for _ in 0..5_000 {
            if writeln!(input, "Konishi retreat").is_err() {
                return;
            }
        }
    });
    let run = finish(child, Duration::from_secs(30));
    writer.join().unwrap();
    assert_eq!(run.err, "");
    assert_ne!(run.code, Some(101));
}

#[test]
fn a_reader_who_leaves_is_noticed_before_the_next_query() {
    let desk = Desk::shared();
    let mut command = desk.command();
    command.args(["batch", "-n", "1"]).stdin(Stdio::piped());
    let mut child = start(&mut command);
    let mut input = child.stdin.take().unwrap();
    drop(child.stdout.take());
    writeln!(input, "Konishi retreat").unwrap();
    // Standard input stays open, as below `tail -f`.
    let run = finish(child, Duration::from_secs(30));
    assert_eq!(run.err, "");
    drop(input);
}

#[test]
fn a_very_long_line_does_not_stop_the_rest() {
    let long = "x".repeat(3 << 20);
    let input = format!("rice\n{long}\nstatue\n");
    let answers = Desk::shared().run_with_input(["batch", "-n", "1"], input).exits(2).json_lines();
    assert_eq!(answers.len(), 3);
    assert!(answers[1].get("error").is_some());
    assert_eq!(answers[2]["hits"][0]["id"], format!("{BUSANJIN}#6"));
}
