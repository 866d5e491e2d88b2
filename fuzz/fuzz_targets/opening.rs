//! An index of which files are damaged: opening, searching, exporting and verifying it.
//!
//! The first byte says whether the damaged files look as they did (the same time and inode) or not,
//! the others do the damage, six bytes each. What looks otherwise is noticed when the index is opened,
//! or it answers as before. Damage that nobody could notice may make searching fail or panic, which
//! the command turns into one line; `verify` finds it. Nothing aborts or hangs.
#![no_main]

use std::fs::{self, File, Metadata};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use warraq::error::{Error, Result};
use warraq::index::{Location, OpenIndex, verify};
use warraq::search::{Engine, Request};
use warraq_fuzz::build;

const RECORDS: &str = "{\"id\":\"a\",\"title\":\"The salt road\",\"n\":1,\"text\":\"Caravans carried \
                       salt to the hill towns on 3 May 1871.\\n\\n== Decline ==\\nA railway was built.\"}\n\
                       {\"id\":\"b\",\"title\":\"طريق الملح\",\"text\":\"كانت القوافل تحمل الملح إلى \
                       التلال في 3 مايو 1871.\"}\n";
const QUERIES: [&str; 5] =
    ["salt caravans", "\"hill towns\"", "القوافل year:1871", "sal*", "lang:ar"];

thread_local! {
    static BENCH: Bench = Bench::new();
}

struct Bench {
    location: Location,
    files: Vec<Known>,
    answers: String,
}

struct Known {
    path: PathBuf,
    content: Vec<u8>,
    metadata: Metadata,
}

fuzz_target!(|data: &[u8]| BENCH.with(|bench| bench.test(data)));

impl Bench {
    fn new() -> Bench {
        // Panics are looked at here; those that are not caught still end the process.
        set_hook(Box::new(|panic| eprintln!("{panic}")));
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        fs::create_dir(folder.join("s")).expect("made");
        fs::write(folder.join("s/articles.jsonl"), RECORDS).expect("written");
        fs::write(folder.join("s/note.txt"), "== Note ==\nThe inns stood empty.\n")
            .expect("written");
        let location = build(&folder.join("s"), &folder.join("index"));
        let answers = answers(&location).expect("the index is whole");
        let mut paths = files_in(&folder.join("index/gen-1"));
        paths.push(location.pointer());
        let known = |path: PathBuf| Known {
            content: fs::read(&path).expect("readable"),
            metadata: fs::metadata(&path).expect("there"),
            path,
        };
        let files: Vec<Known> = paths.into_iter().map(known).collect();
        assert!(files.len() >= 10);
        Bench { location, files, answers }
    }

    fn test(&self, data: &[u8]) {
        let Some((&manner, steps)) = data.split_first() else { return };
        let unseen = manner & 1 == 1;
        let mut contents: Vec<Option<Vec<u8>>> =
            self.files.iter().map(|file| Some(file.content.clone())).collect();
        for step in steps.chunks_exact(6).take(16) {
            self.damage(&mut contents, step);
        }
        let mut damaged = Vec::new();
        for (place, (file, content)) in self.files.iter().zip(&contents).enumerate() {
            if content.as_ref() == Some(&file.content) {
                continue;
            }
            damaged.push(place);
            match content {
                None => fs::rename(&file.path, self.away(place)).expect("moved"),
                Some(content) if unseen => overwrite(&file.path, content, &file.metadata),
                Some(content) => fs::write(&file.path, content).expect("written"),
            }
        }
        // What it says of files that were verified before would be another input.
        let _ = fs::remove_file(self.location.folder().join("gen-1/verified.json"));
        self.check(unseen, !damaged.is_empty());
        for place in damaged {
            let file = &self.files[place];
            if contents[place].is_none() {
                fs::rename(self.away(place), &file.path).expect("moved");
            }
            overwrite(&file.path, &file.content, &file.metadata);
        }
        assert!(verify(&self.location).expect("readable").damage.is_empty());
    }

    /// Where a file lies while it is missing: it has to stay the same file.
    fn away(&self, place: usize) -> PathBuf {
        self.location.folder().with_file_name(format!("away-{place}"))
    }

    fn check(&self, unseen: bool, is_damaged: bool) {
        let verified = verify(&self.location);
        let is_whole = match &verified {
            Ok(found) => found.damage.is_empty(),
            Err(Error::Newer { .. } | Error::NoIndex(_)) => false,
            Err(error) => panic!("{error}"),
        };
        assert!(is_whole != is_damaged, "{verified:?}");
        match catch_unwind(AssertUnwindSafe(|| answers(&self.location))) {
            Ok(Ok(found)) if is_whole || !unseen => assert_eq!(found, self.answers),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                assert!(!is_whole, "{error}");
                let shown = error.to_string();
                assert!(!shown.contains(char::is_control) && shown.len() < 2000, "{shown:?}");
            }
            Err(_) => assert!(unseen && is_damaged, "a panic that nothing excuses"),
        }
    }

    /// One step: which file, what is done to it, where, and with which byte.
    fn damage(&self, contents: &mut [Option<Vec<u8>>], step: &[u8]) {
        let &[file, manner, high, low, value, more] = step else { return };
        let place = usize::from(file) % contents.len();
        let other = usize::from(more) % contents.len();
        let Some(content) = contents[place].as_mut() else { return };
        let at = usize::from(u16::from_be_bytes([high, low])) % (content.len() + 1);
        match manner % 8 {
            0..=2 if at < content.len() => content[at] = value,
            3 if at < content.len() => content[at] ^= 1 << (value % 8),
            4 => content.truncate(at),
            5 => content.splice(at..at, [value, more]).for_each(drop),
            6 if more == 0 => contents[place] = None,
            6 => {
                let end = content.len().min(at + usize::from(more));
                content[at..end].fill(value);
            }
            7 => contents.swap(place, other),
            _ => {}
        }
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("readable");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The seal of the commit before the first is another file without a meaning.
        let is_empty_seal =
            name.starts_with("seal-") && fs::metadata(path).map_or(0, |m| m.len()) < 200;
        !name.ends_with(".lock") && !is_empty_seal
    });
    files.sort();
    // Names of segments differ from process to process; what they end in does not.
    files.sort_by_key(|path| path.extension().map(ToOwned::to_owned));
    files
}

/// Writes a file in place and gives it back its time.
fn overwrite(path: &Path, content: &[u8], metadata: &Metadata) {
    let options = File::options().write(true).create(true).truncate(false).open(path);
    let file = options.expect("can be opened");
    file.set_len(content.len() as u64).expect("cut");
    file.write_all_at(content, 0).expect("written");
    file.set_modified(metadata.modified().expect("a time")).expect("set");
}

/// What an index says to everything it is asked here.
fn answers(location: &Location) -> Result<String> {
    let open = OpenIndex::open_to_search(location)?;
    let mut engine = Engine::new(&open);
    let mut said = String::new();
    for query in QUERIES {
        let request = Request { facets: true, context: true, ..Request::new(query) };
        let answer = engine.search(&request)?;
        for hit in answer.all_hits() {
            said += &format!("{} {} {} {:?}\n", hit.id, hit.score, hit.text, hit.snippet);
        }
    }
    open.export(&mut |passage| {
        said += &format!("{passage:?}\n");
        Ok(())
    })?;
    Ok(said)
}
