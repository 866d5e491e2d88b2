//! The rooms of `src/` import one another in one direction only.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// Ground floor first: a room may name only those before it.
const ROOMS: [&str; 19] = [
    "model",
    "error",
    "text",
    "lang",
    "dates",
    "analysis",
    "crosslingual",
    "passage",
    "query",
    "source",
    "index",
    "watch",
    "search",
    "eval",
    "live",
    "output",
    "serve",
    "mcp",
    "cli",
];
/// Rooms that may know the index's library.
const KNOW_TANTIVY: [&str; 2] = ["index", "search"];
/// Lines of a file without its tests.
const MAX_LINES: usize = 600;

/// A line of the program proper: its number and its code without comments.
struct Line {
    number: usize,
    code: String,
}

struct Source {
    path: PathBuf,
    /// The room it stands in; none for the files that hold the rooms together.
    room: Option<&'static str>,
    /// Whether `super` is the crate.
    at_the_door: bool,
    lines: Vec<Line>,
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// The code of a line, without a comment that takes all of it or its end.
fn code_of(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with("//") { "" } else { line.split(" // ").next().unwrap_or("") }
}

/// The name of a module that stands in a file of its own: `mod tests;`.
fn module_elsewhere(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
    line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')
}

/// Reads a file up to its tests, and the files of modules that exist in tests only.
fn read(path: &Path) -> (Vec<Line>, Vec<PathBuf>) {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = Vec::new();
    let mut only_in_tests = Vec::new();
    let mut after_cfg_test = false;
    for (number, line) in (1..).zip(text.lines()) {
        if after_cfg_test {
            after_cfg_test = false;
            if let Some(name) = module_elsewhere(line) {
                let folder = path.parent().unwrap();
                let stem = path.file_stem().unwrap();
                only_in_tests.push(folder.join(format!("{name}.rs")));
                only_in_tests.push(folder.join(stem).join(format!("{name}.rs")));
                continue;
            }
            if line.trim().starts_with("mod ") {
                // Tests stand at the end of a file.
                break;
            }
        }
        if line.trim() == "#[cfg(test)]" {
            after_cfg_test = true;
            continue;
        }
        lines.push(Line { number, code: code_of(line).to_owned() });
    }
    (lines, only_in_tests)
}

fn sources() -> Vec<Source> {
    let src = repository().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut only_in_tests = Vec::new();
    let mut sources = Vec::new();
    for path in files {
        let (lines, tests) = read(&path);
        only_in_tests.extend(tests);
        let inner = path.strip_prefix(&src).unwrap().to_owned();
        let first = inner.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        let name = first.trim_end_matches(".rs");
        let room = ROOMS.into_iter().find(|room| *room == name);
        assert!(room.is_some() || ["lib", "main"].contains(&name), "src/{first} is no known room");
        let at_the_door =
            inner.components().count() == 1 || inner == Path::new(name).join("mod.rs");
        sources.push(Source { path, room, at_the_door, lines });
    }
    sources.retain(|source| !only_in_tests.contains(&source.path));
    sources
}

/// The rooms that code names after a prefix such as `crate::`, of which there may be several in
/// braces.
fn named_after(code: &str, prefix: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':')) {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let list = match rest.strip_prefix('{') {
            Some(inner) => first_names(inner),
            None => vec![first_name(rest)],
        };
        named.extend(list.into_iter().filter(|name| ROOMS.contains(&name.as_str())));
    }
    named
}

fn first_name(code: &str) -> String {
    code.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first name of each part of a list in braces, whose opening brace is gone.
fn first_names(code: &str) -> Vec<String> {
    let mut names = vec![first_name(code)];
    let mut depth = 1;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(first_name(&code[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Statements as one line each, so that a list of imports may be spread over several.
fn statements(lines: &[Line]) -> Vec<Line> {
    let mut joined: Vec<Line> = Vec::new();
    let mut open = false;
    for line in lines {
        match joined.last_mut() {
            Some(last) if open => {
                last.code.push(' ');
                last.code.push_str(&line.code);
            }
            _ => joined.push(Line { number: line.number, code: line.code.clone() }),
        }
        let code = &joined[joined.len() - 1].code;
        open = code.contains("use ") && code.ends_with(['{', ',', ':']);
        open |= open_import(code);
    }
    joined
}

fn open_import(code: &str) -> bool {
    let import = code.starts_with("use ") || code.starts_with("pub use ");
    import && !code.ends_with(';')
}

#[test]
fn rooms_name_only_rooms_before_them() {
    let mut offences = Vec::new();
    let mut imports = 0;
    for source in sources() {
        let Some(room) = source.room else { continue };
        let floor = ROOMS.iter().position(|name| *name == room).unwrap();
        for line in statements(&source.lines) {
            let mut named = named_after(&line.code, "crate::");
            if source.at_the_door {
                named.extend(named_after(&line.code, "super::"));
            }
            for name in named {
                imports += 1;
                let other = ROOMS.iter().position(|room| *room == name).unwrap();
                if other > floor {
                    let shown = source.path.strip_prefix(repository()).unwrap().display();
                    offences.push(format!("{shown}:{}: {room} names {name}", line.number));
                }
            }
        }
    }
    assert!(imports > 100, "only {imports} imports were seen: the test has gone blind");
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn the_index_library_stays_in_its_rooms() {
    for source in sources() {
        if source.room.is_some_and(|room| KNOW_TANTIVY.contains(&room)) {
            continue;
        }
        for line in &source.lines {
            let named = line.code.contains("tantivy::");
            assert!(!named, "{}:{} names tantivy", source.path.display(), line.number);
        }
    }
}

#[test]
fn files_stay_short() {
    for source in sources() {
        let length = source.lines.len();
        assert!(length <= MAX_LINES, "{}: {length} lines without tests", source.path.display());
    }
}

#[test]
fn the_test_sees_what_it_is_to_see() {
    assert_eq!(named_after("use crate::model::Kind;", "crate::"), ["model"]);
    assert_eq!(named_after("use crate::{error::Result, cli};", "crate::"), ["error", "cli"]);
    assert_eq!(
        named_after("use crate::{search::hit::{Hit, How}, text};", "crate::"),
        ["search", "text"]
    );
    assert_eq!(named_after("fn f() -> crate::output::X", "crate::"), ["output"]);
    assert_eq!(named_after("other_crate::cli::X", "crate::"), [""; 0]);
    let lines = ["use crate::{", "    model,", "    cli,", "};", "fn f() {}"];
    let lines: Vec<Line> = (1..)
        .zip(lines)
        .map(|(number, code)| Line { number, code: code_of(code).to_owned() })
        .collect();
    assert_eq!(named_after(&statements(&lines)[0].code, "crate::"), ["model", "cli"]);
}
