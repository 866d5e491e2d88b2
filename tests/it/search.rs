//! What a person finds, and how it is shown.

use std::process::Stdio;

use serde_json::Value;

use crate::support::*;

/// Demands that the best hit of a query stands in an article and section, and that its text holds
/// something.
#[track_caller]
fn best(query: &str, article: &str, section: &[&str], holds: &str) {
    let answer = Desk::shared().answer(&[query]);
    let hit = &answer["hits"][0];
    assert_eq!(hit["article"], article, "{query}: {hit}");
    assert_eq!(hit["section"], Value::from(section.to_vec()), "{query}: {hit}");
    assert!(text(&hit["text"]).contains(holds), "{query}: {hit}");
}

#[test]
fn the_queries_of_a_newcomer() {
    best("seven thousand tons of rice", PYONGYANG_1592, &["Battle"], "tons of rice");
    best("statue of Chong Pal", BUSANJIN, &["Legacy"], "statue of Chŏng Pal");
    best("حصار هانجو", HAENGJU, &[], "حصار هانجو");
    best("كوون يول", HAENGJU, &[], "كوون يول");
    best("١٥٩٧", HAENGJU, &[], "1597");
    best("So Yoshitoshi letter", BUSANJIN, &["Background"], "with a letter");
    best("\"fire arrows\"", PYONGYANG_1593, &["Battle"], "fire arrows");
    let best = &Desk::shared().answer(&["Konishi retreat"])["hits"][0];
    assert_eq!(best["article"], PYONGYANG_1593);
    assert!(text(&best["text"]).contains("retreat") && best["kind"] == "prose");
}

#[test]
fn questions_in_other_words() {
    best("frostbite and starvation", PYONGYANG_1593, &["Aftermath"], "frostbite");
    best("who shot Chŏng Pal", BUSANJIN, &["Battle"], "struck by a bullet");
    best("warships armed with cannons", BUSANJIN, &["Aftermath"], "50 warships");
    best("monks on the hill north of the city", PYONGYANG_1593, &["Battle"], "monks");
    best("boatsmen fled gunfire", PYONGYANG_1592, &["Battle"], "boatsmen");
    best("Yi Won-ik minister of interior", PYONGYANG_1592, &["Background"], "Yi Won-ik");
    best("Zhao Chengxun 6,000 men", PYONGYANG_1592, &["Aftermath"], "Zhao Chengxun");
    best("daimyō of Tsushima", BUSANJIN, &["Background"], "daimyō of Tsushima");
    best("5,000 taels", PYONGYANG_1593, &["Battle"], "taels");
    best("Yoshino Jingoze'emon", PYONGYANG_1593, &["Battle"], "samurai");
    best("مجلس الحكماء الخمسة", HAENGJU, &[], "الحكماء الخمسة");
    best("البحرية يي صن سين", HAENGJU, &[], "يي صن سين");
    best("هدنة قصيرة", HAENGJU, &[], "هدنة");
}

#[test]
fn several_arguments_are_one_query() {
    let desk = Desk::shared();
    assert_eq!(desk.ids(&["seven", "thousand", "tons"]), desk.ids(&["seven thousand tons"]));
    assert_eq!(desk.ids(&["\"fire", "arrows\""]), desk.ids(&["\"fire arrows\""]));
}

#[test]
fn infoboxes_and_links_do_not_outrank_prose() {
    let desk = Desk::shared();
    for query in ["siege of Pyongyang", "Japanese invasions of Korea", "Busan", "Konishi Yukinaga"]
    {
        let answer = desk.answer(&[query]);
        assert_eq!(answer["hits"][0]["kind"], "prose", "{query}");
    }
}

#[test]
fn stop_words_alone_are_searched() {
    let desk = Desk::shared();
    assert!(desk.count(&["the"]) > 0);
    assert!(desk.count(&["of the"]) > 0);
    assert!(desk.count(&["to", "be"]) > 0);
    assert!(desk.count(&["في"]) > 0);
    assert!(desk.count(&["\"of the\""]) > 0);
}

#[test]
fn exit_status_as_grep() {
    let desk = Desk::shared();
    desk.run(["search", "rice"]).exits(0).quiet();
    let nothing = desk.run(["search", "zyzzyva"]).exits(1);
    assert_eq!(nothing.out, "");
    desk.run(["search", "zyzzyva", "--format", "tsv"]).exits(1).quiet();
    desk.run(["search", "zyzzyva", "--format", "json"]).exits(1).quiet();
    assert_eq!(desk.run(["search", "zyzzyva", "--count"]).exits(1).out, "0\n");
    assert_eq!(desk.run(["search", "rice", "--count"]).exits(0).out, "1\n");
    for bad in [
        &["search"][..],
        &["search", "rice", "-n", "0"],
        &["search", "rice", "-n", "-1"],
        &["search", "rice", "-n", "many"],
        &["search", "rice", "--per-article", "0"],
        &["search", "rice", "--format", "xml"],
        &["search", "rice", "--index", "nowhere"],
        &["batch", "no-such-file"],
        &["no-such-command"],
    ] {
        let run = desk.run(bad).exits(2);
        assert!(run.out.is_empty() && !run.err.is_empty(), "{bad:?}: {run:?}");
    }
}

#[test]
fn a_missing_index_is_one_clear_line() {
    let desk = Desk::empty();
    for args in [&["search", "rice"][..], &["stats"], &["show", "x"], &["batch", "-"]] {
        let run = desk.run(args).exits(2).says("warraq index");
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
        assert!(!desk.path("index").exists(), "nothing is made");
    }
    let run = desk.run(["search", "rice", "--index", "elsewhere"]).exits(2).says("elsewhere");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
}

#[test]
fn pages_fit_together() {
    let desk = Desk::shared();
    for query in ["Japanese", "Konishi OR Busan", "lang:en", "\"fire arrows\" river"] {
        let all = desk.ids(&[query, "-n", "100"]);
        assert!(all.len() > 6, "{query}: {all:?}");
        for size in [1, 3, 7] {
            let page = |offset: usize| {
                desk.ids(&[query, "-n", &size.to_string(), "--offset", &offset.to_string()])
            };
            let paged: Vec<String> = (0..=all.len()).step_by(size).flat_map(page).collect();
            assert_eq!(paged, all, "{query} in pages of {size}");
        }
    }
    let second = desk.answer(&["Japanese", "-n", "2", "--offset", "2"]);
    assert_eq!([&second["hits"][0]["rank"], &second["hits"][1]["rank"]], [3, 4]);
    desk.run(["search", "Japanese", "--offset", "1000"]).exits(1);
}

#[test]
fn so_many_of_one_article() {
    let desk = Desk::shared();
    for most in [1, 2] {
        let answer = desk.answer(&["Konishi", "-n", "100", "--per-article", &most.to_string()]);
        let of = |name: &str| hits(&answer).iter().filter(|hit| hit["article"] == name).count();
        let counts: Vec<usize> = ARTICLES.iter().map(|name| of(name)).collect();
        assert!(counts.iter().all(|&count| count <= most), "{counts:?}");
        assert_eq!(&counts[1..], [most; 3]);
    }
    let best = desk.ids(&["Konishi", "-n", "1"]);
    assert_eq!(desk.ids(&["Konishi", "-n", "1", "--per-article", "1"]), best);
    let all = desk.ids(&["Japanese", "-n", "100", "--per-article", "2"]);
    let first = desk.ids(&["Japanese", "-n", "3", "--per-article", "2"]);
    let rest = desk.ids(&["Japanese", "-n", "100", "--per-article", "2", "--offset", "3"]);
    assert_eq!([first, rest].concat(), all);
}

#[test]
fn the_passages_around_a_hit() {
    let answer = Desk::shared().answer(&["statue of Chong Pal", "-n", "1", "--context"]);
    let hit = &answer["hits"][0];
    assert_eq!(hit["id"], format!("{BUSANJIN}#6"));
    assert_eq!(hit["context_before"][0]["id"], format!("{BUSANJIN}#5"));
    assert_eq!(hit["context_after"][0]["id"], format!("{BUSANJIN}#7"));
    assert!(text(&hit["context_before"][0]["text"]).contains("massacred"));
    let human = Desk::shared().run(["search", "statue of Chong Pal", "-n", "1", "--context"]);
    assert!(human.out.contains("massacred") && human.out.contains("fortresses"), "{human:?}");
}

#[test]
fn what_each_word_became_and_scored() {
    let desk = Desk::shared();
    let answer = desk.answer(&["Konishi retreats", "--explain", "--no-expand"]);
    let words: Vec<&str> =
        answer["expansions"].as_array().unwrap().iter().map(|e| text(&e["word"])).collect();
    assert_eq!(words, ["Konishi", "retreats"]);
    let best = &answer["hits"][0];
    let parts = best["explain"].as_array().unwrap();
    assert!(!parts.is_empty() && parts.iter().all(|part| part["score"].is_number()), "{best}");
    let human = desk.run(["search", "Konishi retreats", "--explain"]).exits(0);
    assert!(human.out.contains("retreats →"), "{human:?}");
}

#[test]
fn what_people_see() {
    let run = Desk::shared().run(["search", "statue of Chong Pal", "-n", "1"]).exits(0).quiet();
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].contains("Siege of Busanjin › Legacy"), "{run:?}");
    assert!(lines[1].contains(&format!("{BUSANJIN}:38")), "{run:?}");
    assert!(run.out.contains("statue of Chŏng Pal next to"), "{run:?}");
    // An article without a title is shown by its first words.
    let arabic = Desk::shared().run(["search", "حصار هانجو", "-n", "1"]).exits(0);
    assert!(arabic.out.lines().next().unwrap().contains("الغزو الياباني لكوريا"), "{arabic:?}");
}

#[test]
fn pipes_and_no_color_get_no_escape_codes() {
    let desk = Desk::shared();
    for format in ["human", "json", "jsonl", "tsv", "trec"] {
        let run = desk.run(["search", "Konishi", "--format", format]).exits(0);
        assert!(!run.out.contains('\u{1b}'), "{format}");
    }
    let colored = desk.run(["search", "Konishi", "--color", "always"]).exits(0);
    assert!(colored.out.contains("\u{1b}["), "asked for, colours are there");
    let mut command = desk.command();
    let plain = run_within(command.args(["search", "Konishi"]).env("NO_COLOR", "1"), PATIENCE);
    assert!(!plain.out.contains('\u{1b}'));
    let help = desk.run(["--help"]).exits(0);
    assert!(!help.out.contains('\u{1b}'));
}

#[test]
fn documents_cannot_harm_a_terminal() {
    let desk = Desk::empty();
    let text = "trojan \u{1b}]0;title\u{7} \u{1b}[2J \u{9b}31m \u{202e}txet\u{202c} \u{2066}x \
                \u{200c}\u{200d}\u{200e}\u{200f} end";
    desk.write("corpus/bad\u{1b}[1m.txt", text);
    desk.write(
        "corpus/marks.jsonl",
        serde_json::json!({"id": "m", "title": "t\u{1b}[2J trojan", "text": text}).to_string(),
    );
    let shown = desk.run(["search", "trojan", "--context", "--explain"]).exits(0);
    let harmful = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}');
    assert!(!shown.out.contains(harmful), "{:?}", shown.out);
    assert!(!shown.err.replace('\n', "").contains(harmful), "{:?}", shown.err);
    assert!(shown.out.contains('\u{200d}') && shown.out.contains('\u{200f}'), "{:?}", shown.out);
    for format in ["json", "jsonl", "tsv", "trec"] {
        let run = desk.run(["search", "trojan", "--format", format]).exits(0);
        assert!(!run.out.replace(['\n', '\t'], "").contains(char::is_control), "{format}");
    }
    let whole = desk.run(["show", "m"]).exits(0);
    assert!(!whole.out.contains(harmful), "{:?}", whole.out);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let desk = Desk::shared();
    for args in [&["search", "Japanese", "-n", "100"][..], &["show", PYONGYANG_1593], &["man"]] {
        let mut command = desk.command();
        command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let run = finish(child, PATIENCE);
        assert_eq!(run.err, "", "{args:?}");
        assert_ne!(run.code, Some(101), "{args:?}");
    }
}

#[test]
fn the_rest_of_a_good_tool() {
    let desk = Desk::shared();
    let stats = desk.run(["stats", "--format", "json"]).exits(0).json();
    assert_eq!(stats["articles"], 4);
    assert_eq!(stats["languages"]["ar"], 4);
    assert!(stats["words"].as_u64().unwrap() > 2000 && stats["bytes"].as_u64().unwrap() > 0);
    let human = desk.run(["stats"]).exits(0);
    assert!(human.out.contains("articles") && human.out.contains("words"), "{human:?}");

    let passage = desk.run(["show", &format!("{BUSANJIN}#6")]).exits(0);
    assert!(passage.out.contains("statue of Chŏng Pal") && !passage.out.contains("massacred"));
    let article = desk.run(["show", BUSANJIN]).exits(0);
    for part in ["Siege of Busanjin", "Background", "massacred", "statue", "fortresses"] {
        assert!(article.out.contains(part), "{part}");
    }
    desk.run(["show", "nobody#1"]).exits(1);

    for shell in ["bash", "zsh", "fish"] {
        assert!(desk.run(["completions", shell]).exits(0).quiet().out.contains("warraq"));
    }
    assert!(desk.run(["man"]).exits(0).quiet().out.contains(".TH warraq 1"));
    for command in ["index", "remove", "search", "batch", "show", "stats"] {
        let help = desk.run([command, "--help"]).exits(0);
        assert!(help.out.contains("--index"), "{command}");
    }
    for command in ["index", "search", "batch", "show"] {
        let help = desk.run([command, "--help"]).exits(0);
        assert!(help.out.contains("Example"), "{command}");
    }
    assert!(desk.run(["--version"]).exits(0).out.starts_with("warraq "));
    desk.run(["search", "rice", "-v"]).exits(0).says("passages");
}

#[test]
fn the_index_is_named_by_option_or_environment() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "a"]).exits(0);
    let mut command = desk.command();
    let run = run_within(command.args(["search", "rice"]).env("WARRAQ_INDEX", "a"), PATIENCE);
    run.exits(0).quiet();
    let mut command = desk.command();
    command.args(["search", "rice", "--index", "a"]).env("WARRAQ_INDEX", "nowhere");
    run_within(&mut command, PATIENCE).exits(0);
    assert!(!desk.path("index").exists());
}
