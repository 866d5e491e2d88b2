//! The query language, and queries that mean harm.

use std::time::Duration;

use crate::support::*;

/// The ids of all hits, sorted.
#[track_caller]
fn found(query: &str) -> Vec<String> {
    let mut ids = Desk::shared().ids(&["-n", "1000", "--no-expand", "--", query]);
    ids.sort();
    ids
}

#[track_caller]
fn same(a: &str, b: &str) {
    let of_a = found(a);
    assert!(!of_a.is_empty(), "{a} finds nothing");
    assert_eq!(of_a, found(b), "{a} and {b}");
}

fn without(all: Vec<String>, gone: &[String]) -> Vec<String> {
    all.into_iter().filter(|id| !gone.contains(id)).collect()
}

fn both(a: Vec<String>, b: &[String]) -> Vec<String> {
    a.into_iter().filter(|id| b.contains(id)).collect()
}

fn either(a: Vec<String>, b: Vec<String>) -> Vec<String> {
    let mut all = [a, b].concat();
    all.sort();
    all.dedup();
    all
}

#[test]
fn words_are_ored() {
    assert_eq!(found("rice statue"), either(found("rice"), found("statue")));
    same("rice statue", "rice OR statue");
    same("rice zyzzyva", "rice");
}

#[test]
fn boolean_operators() {
    let (konishi, pyongyang) = (found("Konishi"), found("Pyongyang"));
    assert_eq!(found("Konishi AND Pyongyang"), both(konishi.clone(), &pyongyang));
    assert_eq!(found("+Konishi +Pyongyang"), both(konishi.clone(), &pyongyang));
    assert_eq!(found("Konishi NOT Pyongyang"), without(konishi.clone(), &pyongyang));
    assert_eq!(found("Konishi AND NOT Pyongyang"), without(konishi.clone(), &pyongyang));
    assert_eq!(found("+Konishi -Pyongyang"), without(konishi.clone(), &pyongyang));
    assert_eq!(
        found("Konishi AND (letter OR monks)"),
        both(konishi.clone(), &either(found("letter"), found("monks")))
    );
    assert_eq!(found("+Konishi letter"), konishi, "the second word only ranks");
    same("(Konishi AND Pyongyang) OR rice", "rice OR (Pyongyang AND Konishi)");
    same("konishi and pyongyang", "konishi pyongyang and");
}

#[test]
fn exclusions_alone_leave_everything_else() {
    let all = found("lang:en,ar");
    assert_eq!(all.len(), 31);
    assert_eq!(found("-Konishi"), without(all, &found("Konishi")));
    same("NOT Konishi", "-Konishi");
}

#[test]
fn phrases() {
    assert_eq!(found("\"fire arrows\"").len(), 3);
    assert_eq!(found("\"arrows fire\""), [""; 0]);
    assert_eq!(found("\"seven thousand tons of rice\"").len(), 1);
    assert_eq!(found("\"seven tons\""), [""; 0]);
    assert_eq!(found("\"seven tons\"~1").len(), 1);
    assert_eq!(found("\"seven rice\"~2"), [""; 0]);
    assert_eq!(found("\"seven rice\"~3").len(), 1);
    same("“fire arrows”", "\"fire arrows\"");
    same("\"حصار هانجو\"", "«حصار هانجو»");
    assert_eq!(found("\"fire arrows\" -cannon").len(), 1);
    same("+\"fire arrows\" +\"set the building\"", "\"fire arrows\" AND \"set the building\"");
    assert_eq!(found("\"Yi Il\" AND \"Gim Eungso\" AND kind:prose").len(), 1);
}

#[test]
fn words_near_each_other() {
    // "Hyujeong's monks with support from Wu Weizhong attacked the large hill"
    assert_eq!(found("monks NEAR/9 hill").len(), 1);
    assert_eq!(found("hill NEAR/9 monks").len(), 1);
    assert_eq!(found("monks NEAR/5 hill"), [""; 0]);
    assert_eq!(found("seven NEAR/2 tons").len(), 1);
    assert_eq!(found("tons NEAR/2 seven").len(), 1);
    assert_eq!(found("seven NEAR/1 tons"), [""; 0]);
}

#[test]
fn phrases_near_words() {
    // Nearness is counted from the nearer end of the phrase.
    assert_eq!(found("\"seven thousand\" NEAR/3 rice").len(), 1);
    assert_eq!(found("rice NEAR/3 \"seven thousand\"").len(), 1);
    assert_eq!(found("\"seven thousand\" NEAR/2 rice"), [""; 0]);
    assert_eq!(found("found NEAR/1 \"seven thousand tons\"").len(), 1);
    // It is the phrase that has to be near, not its first word alone.
    let desk = Desk::empty();
    let far = "and then the army went north over the frozen river to the other city ";
    desk.write(
        "corpus/a.txt",
        format!("The seven carts of rice came {far} with seven thousand men."),
    );
    assert_eq!(desk.count(&["seven NEAR/3 rice"]), 1);
    assert_eq!(desk.count(&["\"seven thousand\" NEAR/3 rice"]), 0);
}

#[test]
fn fields() {
    let titled = found("title:busanjin");
    assert_eq!(titled.len(), 8, "every passage of the article");
    assert!(titled.iter().all(|id| id.starts_with(BUSANJIN)));
    assert_eq!(found("title:konishi"), [""; 0]);
    same("title:\"siege of busanjin\"", "title:busanjin");
    assert_eq!(found("section:legacy"), [format!("{BUSANJIN}#6")]);
    assert_eq!(found("section:\"see also\"").len(), 3);
    same("SECTION:Legacy", "section:legacy");
    same("title:(busanjin OR 1592)", "title:busanjin OR title:1592");
    let sections = found("section:battle statue");
    assert!(sections.contains(&format!("{BUSANJIN}#6")) && sections.len() > 3);
}

#[test]
fn fields_of_infoboxes() {
    let infobox = |article: &str| format!("{article}#0");
    let commanded = [infobox(PYONGYANG_1592), infobox(PYONGYANG_1593)];
    assert_eq!(found("commander:konishi"), commanded);
    assert_eq!(found("commander1:konishi"), commanded);
    assert_eq!(found("commander2:konishi"), [""; 0]);
    assert_eq!(found("commander:\"Li Rusong\""), [infobox(PYONGYANG_1593)]);
    assert_eq!(found("commander:(konishi -rusong)"), [infobox(PYONGYANG_1592)]);
    assert_eq!(found("result:sack"), [infobox(BUSANJIN)]);
    assert_eq!(found("place:busan*"), [infobox(BUSANJIN)]);
    assert_eq!(found("commander:so"), [infobox(BUSANJIN), infobox(PYONGYANG_1593)]);
    assert_eq!(found("strength:monks"), [infobox(PYONGYANG_1593)]);
    assert_eq!(found("partof:\"Imjin War\""), [infobox(BUSANJIN)]);
}

#[test]
fn restrictions() {
    assert_eq!(found("lang:ar").len(), 4);
    assert!(found("lang:ar").iter().all(|id| id.starts_with(HAENGJU)));
    assert_eq!(found("kind:infobox").len(), 3);
    assert_eq!(found("kind:links").len(), 3);
    assert_eq!(found("kind:prose").len(), 25);
    assert_eq!(found("kind:infobox,links").len(), 6);
    assert_eq!(found("lang:fa"), [""; 0]);
    let konishi = found("konishi");
    assert_eq!(found("konishi kind:infobox"), both(konishi.clone(), &found("kind:infobox")));
    assert_eq!(found("konishi -kind:infobox"), without(konishi, &found("kind:infobox")));
    assert_eq!(found("Hideyoshi lang:ar"), [format!("{HAENGJU}#3")]);
    assert_eq!(found("Hideyoshi lang:en"), [""; 0]);
}

#[test]
fn prefixes_and_fuzzy_words() {
    let pyongyang = found("Pyongyang");
    assert!(both(pyongyang.clone(), &found("pyong*")) == pyongyang);
    assert!(found("pyong*").contains(&format!("{PYONGYANG_1592}#2")), "Pyongan Province");
    assert!(found("PYONG*") == found("pyong*"));
    assert!(found("Chŏng*").contains(&format!("{BUSANJIN}#6")));
    assert_eq!(found("pyong"), [""; 0]);
    assert!(!found("هان*").is_empty());
    assert_eq!(found("yoshitosi"), [""; 0]);
    same("yoshitosi~", "yoshitoshi");
    same("yoshitosy~2", "yoshitoshi");
    same("Hanseung~", "Hanseong");
}

#[test]
fn boosts_change_the_order() {
    let desk = Desk::shared();
    let first = |query: &str| desk.ids(&["-n", "1", "--no-expand", query]).remove(0);
    assert_eq!(first("rice^50 statue"), format!("{PYONGYANG_1592}#5"));
    assert_eq!(first("rice statue^50"), format!("{BUSANJIN}#6"));
    assert_eq!(first("rice^0.01 statue"), format!("{BUSANJIN}#6"));
    assert_eq!(first("\"tons of rice\"^50 statue"), format!("{PYONGYANG_1592}#5"));
    assert_eq!(first("(rice tons)^0.01 statue"), format!("{BUSANJIN}#6"));
    same("rice^50", "rice");
}

#[test]
fn unknown_words_with_a_colon_are_words() {
    let desk = Desk::shared();
    assert_eq!(desk.ids(&["-n", "1", "foo:rice"]), [format!("{PYONGYANG_1592}#5")]);
    assert!(!found("http://example.org/rice").is_empty());
    assert!(!found("note: rice").is_empty());
    assert!(!found("0400:morning").is_empty());
    assert!(!found("lang: rice").is_empty());
    assert!(!found("title: rice").is_empty());
    assert!(!found("kind:nonsense rice").is_empty());
}

#[test]
fn plain_switches_all_of_it_off() {
    let desk = Desk::shared();
    let plain = |query: &str| {
        let mut ids = desk.ids(&["-n", "1000", "--no-expand", "--plain", "--", query]);
        ids.sort();
        ids
    };
    assert_eq!(plain("rice -tons"), found("rice tons"));
    assert_eq!(plain("+rice statue"), found("rice statue"));
    assert_eq!(plain("\"arrows fire\""), found("arrows fire"));
    assert_eq!(plain("title:busanjin"), found("title busanjin"));
    assert_eq!(plain("rice^5 statue~ (pal)"), found("rice statue pal 5"));
    assert_eq!(plain("lang:ar"), found("lang ar"));
    assert_eq!(plain("NOT rice"), found("not rice"));
    assert_eq!(plain("pyong*"), [""; 0]);
}

#[test]
fn words_are_never_a_syntax_error() {
    let desk = Desk::shared();
    for query in [
        "rice (",
        "rice )",
        ")rice(",
        "((((rice",
        "rice\"",
        "\"rice",
        "rice AND",
        "AND rice",
        "OR rice OR",
        "rice NOT",
        "rice ^",
        "rice^",
        "rice^x",
        "rice^-1",
        "rice^1e999",
        "rice~x",
        "rice NEAR",
        "NEAR/5 rice",
        "rice NEAR/x tons",
        "rice NEAR/99999999999999999999 tons",
        "title:\" rice",
        "rice \"\"",
        "rice ()",
        "rice +",
        "rice -",
        "+ rice",
        "rice *",
        "* rice",
        "rice~99999999999",
        "\"tons of rice\"~999999999999",
        "rice : : :",
        "rice :-)",
        "rice {a TO b}",
        "[1 TO 2] rice",
        "rice /re.*/",
        "rice \\",
        "\\rice",
        "rice && tons",
        "!rice tons",
        "rice\u{0}",
        "rice\ttons\n",
        "rice 🍚",
        "rice #@%$&|<>?,;'`=",
    ] {
        let mut command = desk.command();
        command.args(["search", "--format", "tsv"]);
        if query.contains('\0') {
            continue;
        }
        let run = run_within(command.args(["--", query]), PATIENCE);
        assert_eq!(run.code, Some(0), "{query:?}: {run:?}");
    }
    for nothing in ["", " ", "\"\"", "()", "+", "-", "*", "~", "^", ":", "AND", "\u{200b}", "؟"] {
        let run = desk.run(["search", "--", nothing]);
        assert!(matches!(run.code, Some(0 | 1)), "{nothing:?}: {run:?}");
    }
}

/// Queries too large for an argument are asked through a batch.
#[test]
fn hostile_queries_end_soon() {
    let deep = 200_000;
    let megabyte = |unit: &str| unit.repeat((1 << 20) / unit.len() - 16);
    let hostile = [
        megabyte("a"),
        megabyte("rice "),
        megabyte("\""),
        megabyte("\"a "),
        megabyte("-"),
        megabyte("+("),
        megabyte("NOT "),
        megabyte("a AND "),
        megabyte("a NEAR/5 "),
        megabyte("title:"),
        megabyte("title:("),
        megabyte("a* "),
        megabyte("a~2 "),
        megabyte("\u{64b}"),
        megabyte("\u{301}"),
        megabyte("ﷺ"),
        megabyte("👨‍👩‍👧"),
        "(".repeat(deep) + "rice" + &")".repeat(deep),
        "(".repeat(deep),
        "-(".repeat(deep) + "rice",
        "(rice OR ".repeat(deep / 3),
        "\"a b\"~".to_owned() + &"9".repeat(deep),
        "rice^".to_owned() + &"9".repeat(deep),
        (0..100_000).map(|n| format!("w{n} ")).collect(),
        (0..2_000).map(|n| format!("\"{n} b\"~{n} ")).collect(),
    ];
    let count = hostile.len();
    for plain in [false, true] {
        let lines: String = hostile
            .iter()
            .map(|query| serde_json::json!({"query": query, "plain": plain}).to_string() + "\n")
            .collect();
        let desk = Desk::shared();
        let input = desk.path(if plain { "hostile-plain" } else { "hostile" });
        std::fs::write(&input, lines).unwrap();
        let mut command = desk.command();
        let run = run_within(
            command.args(["batch", "--format", "trec"]).arg(&input),
            Duration::from_secs(60),
        );
        // Lines of more than a megabyte may be refused; none may be the end.
        assert!(matches!(run.code, Some(0 | 2)), "{:?}", run.code);
        let jsonl = run_within(desk.command().arg("batch").arg(&input), Duration::from_secs(60));
        assert_eq!(jsonl.out.lines().count(), count);
    }
}

#[test]
fn a_long_argument_is_searched_as_far_as_the_limits_go() {
    let desk = Desk::shared();
    let long = "rice ".repeat(20_000);
    let run = desk.run(["search", "-n", "1", "--format", "tsv", &long]).exits(0);
    assert_eq!(run.column(2), [format!("{PYONGYANG_1592}#5")]);
    assert!(run.err.lines().count() <= 3, "{}", run.err);
    let deep = "(".repeat(30_000) + "rice" + &")".repeat(30_000);
    let run = desk.run(["search", "-n", "1", "--format", "tsv", &deep]);
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
}
