//! `serve` and `mcp` while somebody damages the index beneath them: they answer right, or say that they
//! cannot, and are well again when the index is.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::mcp::Agent;
use crate::server::*;
use crate::support::*;

const SEARCH: &str = "/api/v1/search?q=Konishi+retreat";
const CANNOT: &str = "cannot be read";

/// Requests that read all kinds of files.
fn requests() -> Vec<String> {
    let mut requests = vec![SEARCH.to_owned(), "/api/v1/stats".to_owned()];
    for search in [
        "q=%22fire+arrows%22+year:1592&facets=true",
        "q=retreat&sort=date&explain=true",
        "q=sieg*+konisi~",
        "q=%D8%AD%D8%B5%D8%A7%D8%B1",
    ] {
        requests.push(format!("/api/v1/search?{search}"));
    }
    requests.push("/api/v1/suggest?q=sie".to_owned());
    requests.push("/api/v1/articles".to_owned());
    requests.push(format!("/api/v1/articles/{BUSANJIN}"));
    requests.push(format!("/api/v1/passages/{}", encoded(&format!("{BUSANJIN}#3"))));
    requests
}

/// The answers to all of them, without the times that they took.
fn answers(server: &Server) -> Vec<Value> {
    let answer = |path: &String| {
        let mut answer = server.json(path);
        for changing in ["took_ms", "generation"] {
            if let Some(answer) = answer.as_object_mut() {
                answer.remove(changing);
            }
        }
        answer
    };
    requests().iter().map(answer).collect()
}

/// The files of the generation's segments.
fn segment_files(desk: &Desk) -> Vec<PathBuf> {
    let entries = fs::read_dir(desk.path("index/gen-1")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| !path.extension().is_some_and(|e| e == "json" || e == "lock"));
    files.sort();
    assert!(files.len() >= 7, "{files:?}");
    files
}

/// Demands that everything that needs the index is refused.
#[track_caller]
fn refuses(server: &Server) {
    for path in requests() {
        let reply = server.get(&path);
        let detail = reply.problem(503);
        assert!(detail.contains(CANNOT) && !detail.contains('/'), "{path}: {detail}");
        assert_eq!(reply.header("retry-after"), "1");
    }
    let batch = server.post("/api/v1/batch", "application/x-ndjson", "Konishi\n");
    assert!(text(&batch.json()["error"]).contains(CANNOT), "{batch:?}");
    wait_until("that it is not healthy", || server.get("/healthz").status == 503);
    assert_eq!(server.get("/").status, 200);
}

#[track_caller]
fn is_well_again(server: &Server, expected: &[Value]) {
    wait_until("that it is healthy", || server.get("/healthz").status == 200);
    assert!(answers(server) == expected, "other answers than before");
}

#[test]
fn mapped_files_are_cut_or_written_over() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &[]);
    let expected = answers(&server);
    let files = segment_files(&desk);
    for (number, path) in files.iter().enumerate() {
        let content = fs::read(path).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        // Each in another way, and the whole of one of them.
        let length = content.len() as u64;
        match number % 4 {
            0 => file.set_len(0).unwrap(),
            1 => file.set_len(length / 2).unwrap(),
            2 => file.set_len(length - 1).unwrap(),
            _ => {
                let noise: Vec<u8> = content.iter().map(|byte| byte ^ 0x5a).collect();
                file.write_all_at(&noise, 0).unwrap();
            }
        }
        refuses(&server);
        file.write_all_at(&content, 0).unwrap();
        is_well_again(&server, &expected);
    }
    for path in &files {
        File::options().write(true).open(path).unwrap().set_len(0).unwrap();
    }
    refuses(&server);
    // It does not say so again and again.
    let said = server.errors();
    wait_until("a line about it", || server.errors().lines().count() > 1);
    assert!(server.errors().lines().count() <= 2 + files.len(), "{said}");
    // From the sources, as it would be done.
    desk.run(["verify", "--repair", "--index", "index"]).exits(0);
    is_well_again(&server, &expected);
    server.signal("TERM");
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn files_and_folders_go_and_come_back() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &[]);
    let expected = answers(&server);
    let aside = desk.path("aside");
    let mut places = segment_files(&desk);
    places.push(desk.path("index/gen-1/meta.json"));
    places.push(desk.path("index/gen-1"));
    places.push(desk.path("index/current"));
    for place in places {
        fs::rename(&place, &aside).unwrap();
        // What is mapped is still there: until it is noticed the answers are right.
        wait_until("that it is noticed", || {
            let reply = server.get(SEARCH);
            match reply.status {
                200 => assert_eq!(reply.json()["hits"], expected[0]["hits"]),
                _ => assert!(!reply.problem(503).contains('/')),
            }
            reply.status == 503
        });
        fs::rename(&aside, &place).unwrap();
        is_well_again(&server, &expected);
    }
    // Another one in its place, which is empty.
    let folder = desk.path("index/gen-1");
    fs::rename(&folder, &aside).unwrap();
    fs::create_dir(&folder).unwrap();
    wait_until("that it is noticed", || server.get(SEARCH).status == 503);
    refuses(&server);
    fs::remove_dir(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    is_well_again(&server, &expected);
}

#[test]
fn a_touched_index_is_read_and_goes_on() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &[]);
    let expected = answers(&server);
    for path in segment_files(&desk) {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    wait_until("a search", || server.get(SEARCH).status == 200);
    is_well_again(&server, &expected);
    assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
}

/// Changes a file behind the server's back: it looks as if it had not been touched.
fn change_unseen(server: &Server, path: &Path, change: impl Fn(&mut [u8])) {
    let mut content = fs::read(path).unwrap();
    change(&mut content);
    server.signal("STOP");
    let file = File::options().write(true).open(path).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    file.write_all_at(&content, 0).unwrap();
    file.set_modified(modified).unwrap();
    server.signal("CONT");
}

/// As a disk does it that loses bits.
#[test]
fn damage_that_nobody_could_notice_ends_no_thread() {
    let desk = Desk::indexed();
    let server = Server::start(&desk, &["--threads", "1"]);
    let expected = answers(&server);
    let threads = server.usage().threads;
    let mut failed = 0;
    let mut article = 0;
    for path in segment_files(&desk) {
        let noise = |content: &mut [u8]| {
            for byte in content {
                *byte ^= 0x5a;
            }
        };
        change_unseen(&server, &path, noise);
        let ask_all = || {
            let statuses = requests().into_iter().map(|request| server.get(&request).status);
            let statuses: Vec<u16> = statuses.collect();
            let is_known = |status: &u16| [200, 404, 500, 503].contains(status);
            assert!(statuses.iter().all(is_known), "{}: {statuses:?}", path.display());
            statuses.iter().filter(|status| **status >= 500).count()
        };
        failed += ask_all();
        // Another commit, with the damaged file still in it or merged: nothing is opened in vain.
        article += 1;
        let meta = File::options().write(true).open(desk.path("index/gen-1/meta.json")).unwrap();
        meta.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(article)).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(500));
        failed += ask_all();
        change_unseen(&server, &path, noise);
        meta.set_modified(
            std::time::UNIX_EPOCH + std::time::Duration::from_secs(1 << 20 | article),
        )
        .unwrap();
        wait_until("what it was", || {
            server.get("/healthz").status == 200
                && requests().iter().all(|path| server.get(path).status == 200)
                && answers(&server) == expected
        });
    }
    assert!(failed > 0, "no damage was noticed at all");
    assert!(server.usage().threads <= threads + 8, "{:?}", server.usage());
    assert!(server.errors().contains("internal fault"), "{}", server.errors());
}

#[test]
fn an_agent_is_told_of_damage_and_goes_on() {
    let desk = Desk::indexed();
    let agent = Agent::of(&desk);
    let search = || agent.try_call("search", json!({"query": "Konishi retreat"})).unwrap();
    let expected = agent.call("search", json!({"query": "Konishi retreat"}));
    for path in segment_files(&desk) {
        let content = fs::read(&path).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(content.len() as u64 / 3).unwrap();
        let refusal = agent.refusal("search", json!({"query": "Konishi retreat"}));
        assert!(refusal.contains(CANNOT), "{refusal}");
        let article = json!({"id": BUSANJIN});
        assert!(agent.refusal("read_article", article).contains(CANNOT));
        file.write_all_at(&content, 0).unwrap();
        wait_until("an answer", || !search().failed);
        assert_eq!(agent.call("search", json!({"query": "Konishi retreat"})), expected);
    }
}

/// A shell in which file systems can be mounted that nobody else sees, if that is allowed.
fn may_mount() -> bool {
    let mut try_out = std::process::Command::new("unshare");
    try_out.args(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    let run = try_out.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let may = run.is_ok_and(|status| status.success());
    if !may {
        skip("file systems cannot be mounted here");
    }
    may
}

/// The program after some lines of the shell.
fn mounted(desk: &Desk, mount: &str, args: &str) -> std::process::Command {
    let mut command = desk.command();
    let program = command.get_program().to_owned();
    let path = command.get_current_dir().unwrap().to_owned();
    command = std::process::Command::new("unshare");
    let script = format!("set -e; {mount}; exec \"$0\" {args}");
    command.args(["-m", "sh", "-c", &script]).arg(program).current_dir(path);
    command.stdin(Stdio::null()).env_remove("WARRAQ_INDEX").env_remove("RUST_BACKTRACE");
    command
}

#[test]
fn a_full_disk_beneath_a_server_that_watches() {
    if !may_mount() {
        return;
    }
    let desk = Desk::new();
    fs::create_dir(desk.path("index")).unwrap();
    let mut command = mounted(
        &desk,
        "mount -t tmpfs -o size=4m tmpfs index; \"$0\" index corpus --index index",
        "serve --watch --port 0 --index index",
    );
    let server = Server::start_command(&mut command);
    let expected = server.json(SEARCH)["hits"].clone();
    // Where the server sees it.
    let index = PathBuf::from(format!("/proc/{}/root", server.id()))
        .join(desk.path("index").strip_prefix("/").unwrap());
    let filler = index.join("filler");
    let full = fs::write(&filler, vec![7; 8 << 20]);
    assert!(full.is_err(), "the disk is not full");
    desk.write("corpus/new.txt", "A weevil.");
    wait_until("that it is told", || server.errors().contains("No space left"));
    assert_eq!(server.json(SEARCH)["hits"], expected);
    server.lives();
    fs::remove_file(&filler).unwrap();
    wait_until("the article", || !hits(&server.json("/api/v1/search?q=weevil")).is_empty());
}

#[test]
fn a_medium_that_cannot_be_written_is_served_and_searched() {
    if !may_mount() {
        return;
    }
    let desk = Desk::indexed();
    let listing = || {
        let mut names = Vec::new();
        for folder in ["index", "index/gen-1"] {
            for entry in fs::read_dir(desk.path(folder)).unwrap() {
                let entry = entry.unwrap();
                let metadata = entry.metadata().unwrap();
                names.push((entry.path(), metadata.len(), metadata.modified().unwrap()));
            }
        }
        names.sort();
        names
    };
    let before = listing();
    let closed = "mount --bind index index; mount -o remount,bind,ro index";
    let expected = desk.run(["search", "Konishi retreat", "--format", "tsv"]).exits(0).out;
    for args in [
        "search 'Konishi retreat' --format tsv",
        "search 'Konishi retreat' --format tsv --index index",
    ] {
        let run = run_within(&mut mounted(&desk, closed, args), PATIENCE).exits(0);
        assert_eq!(run.out, expected);
    }
    for args in ["verify --index index", "stats --index index", "export --index index"] {
        run_within(&mut mounted(&desk, closed, args), PATIENCE).exits(0);
    }
    run_within(&mut mounted(&desk, closed, "index"), PATIENCE).exits(2).says("ead-only");
    let server = Server::start_command(&mut mounted(&desk, closed, "serve --port 0 --index index"));
    assert_eq!(hits(&server.json(SEARCH)).len(), 10);
    assert_eq!(listing(), before);
}

#[test]
fn who_reads_no_messages_is_served_all_the_same() {
    let desk = Desk::indexed();
    let mut command = desk.command();
    command.args(["serve", "--port", "0", "--index", "index"]);
    let server = Server::start_unheard(&mut command);
    let expected = answers(&server);
    let current = fs::read(desk.path("index/current")).unwrap();
    desk.remove_file("index/current");
    wait_until("that it is noticed", || server.get(SEARCH).status == 503);
    desk.write("index/current", current);
    is_well_again(&server, &expected);
    // A command, too.
    let mut child = start(desk.command().args(["index", "--rebuild"]));
    drop(child.stderr.take());
    finish(child, PATIENCE).exits(0);
    is_well_again(&server, &expected);
}
