//! Searching by years and dates, and hits in the order of dates.

use crate::support::*;

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

/// The ids of all hits, sorted.
#[track_caller]
fn found(query: &str) -> Vec<String> {
    sorted(Desk::shared().ids(&["-n", "1000", "--no-expand", "--", query]))
}

fn of(article: &str, ordinals: &[u32]) -> Vec<String> {
    ordinals.iter().map(|ordinal| format!("{article}#{ordinal}")).collect()
}

/// A record of JSON Lines.
fn record(id: &str, text: &str) -> String {
    serde_json::json!({"id": id, "text": text}).to_string() + "\n"
}

/// A desk with an index `i` of records that are kept whole.
fn desk_of(records: &str) -> Desk {
    let desk = Desk::empty();
    desk.write("records.jsonl", records);
    desk.run(["index", "records.jsonl", "--passages", "whole", "--index", "i"]).exits(0);
    desk
}

#[test]
fn years() {
    assert_eq!(found("year:1589"), of(BUSANJIN, &[2]));
    assert_eq!(found("year:..1590"), of(BUSANJIN, &[2]));
    assert_eq!(found("year:1400..1500"), [""; 0]);
    let both = [
        of(HAENGJU, &[0, 1]),
        of(BUSANJIN, &[0, 1, 4]),
        of(PYONGYANG_1592, &[0, 1, 6, 7]),
        of(PYONGYANG_1593, &[0, 1, 10, 3, 4]),
    ];
    assert_eq!(found("year:1592..1593"), both.concat());
    for same in
        ["year:١٥٩٢..١٥٩٣", "year:1592,1593", "year:1592 OR date:1593", "year:(1592 OR 1593)"]
    {
        assert_eq!(found(same), both.concat(), "{same}");
    }
}

#[test]
fn dates() {
    assert_eq!(found("date:1593-02"), of(PYONGYANG_1593, &[0, 1, 3, 4]));
    assert_eq!(found("date:1593-02-08"), of(PYONGYANG_1593, &[0, 1]));
    assert_eq!(found("date:1593-02-07"), of(PYONGYANG_1593, &[0]), "6–8 February");
    assert_eq!(found("date:١٥٩٣-٠٢"), found("date:1593-02"));
    assert_eq!(found("date:1592-07..1592-08"), of(PYONGYANG_1592, &[0, 6]));
    assert_eq!(found("date:1593-03-14"), of(HAENGJU, &[0]));
    assert_eq!(found("date:1593"), found("year:1593"));
}

#[test]
fn dates_restrict_like_languages() {
    assert_eq!(found("konishi date:1593-02 -date:1593-02-08"), of(PYONGYANG_1593, &[3, 4]));
    assert_eq!(found("year:1593 lang:ar"), of(HAENGJU, &[0, 1]));
    assert_eq!(Desk::shared().count(&["--no-expand", "statue OR date:1593-03-14"]), 2);
    let undated = found("-year:..2100");
    assert!(!undated.is_empty() && undated.len() + found("year:..2100").len() == 31);
}

#[test]
fn what_is_no_date_is_told() {
    let desk = Desk::shared();
    for (query, note) in [("year:soon rice", "is no year"), ("year:1592-13 rice", "is no year")] {
        let run = desk.run(["search", "--format", "json", query]).exits(0).says("note");
        assert!(text(&run.json()["notes"][0]).contains(note), "{run:?}");
    }
    // The articles have infoboxes with a `Date`.
    assert_eq!(found("date:July"), of(PYONGYANG_1592, &[0]));
    let plain = desk_of(&record("a", "May it be so."));
    plain.run(["search", "--index", "i", "date:May"]).says("is no date");
}

#[test]
fn the_calendar_and_the_language_make_no_difference() {
    let desk = Desk::empty();
    desk.write("corpus/a.txt", "كان الحصار في رجب 1001 هـ ثم انتهى.");
    desk.write("corpus/b.txt", "The siege lasted from May 1592 to February 1593.");
    desk.write("corpus/c.txt", "قُتل في 15 مارس 44 ق.م في المدينة.");
    desk.write("corpus/d.txt", "The dynasty of the sixteenth century.");
    desk.run(["index"]).exits(0);
    let found = |query: &str| sorted(desk.ids(&["--", query])).join(" ");
    assert_eq!(found("year:1593"), "a.txt#0 b.txt#0");
    assert_eq!(found("date:1593-04"), "a.txt#0");
    assert_eq!(found("date:1592-10-15"), "b.txt#0");
    assert_eq!(found("date:1592-04..1592-05-10"), "b.txt#0");
    assert_eq!(found("year:-44"), "c.txt#0");
    assert_eq!(found("date:-44-03-15"), "c.txt#0");
    assert_eq!(found("year:-50..1501"), "c.txt#0 d.txt#0");
    let order = desk.ids(&["--sort", "date", "lang:en,ar"]);
    assert_eq!(order, ["c.txt#0", "d.txt#0", "b.txt#0", "a.txt#0"]);
    // People see by which.
    let shown = desk.run(["search", "--sort", "date", "lang:en,ar"]).exits(0);
    let places = shown.out.lines().filter(|line| line.contains(".txt:"));
    let date = |line: &str| line.trim_start().split("  ").nth(2).map(str::to_owned);
    let dates: Vec<String> = places.filter_map(date).collect();
    assert_eq!(dates.len(), 4, "{}", shown.out);
    assert!(dates[0].starts_with("-44") && dates[3].starts_with("1593"), "{dates:?}");
}

#[test]
fn hits_in_the_order_of_dates() {
    let desk = Desk::shared();
    let by_date =
        [of(BUSANJIN, &[2]), of(PYONGYANG_1592, &[1, 0]), of(PYONGYANG_1593, &[0, 4, 3, 1])];
    let all = desk.ids(&["-n", "100", "--no-expand", "--sort", "date", "konishi"]);
    assert_eq!(all[..7], by_date.concat());
    assert_eq!(sorted(all.clone()), found("konishi"));
    let reversed = desk.ids(&["-n", "100", "--no-expand", "--sort", "date-desc", "konishi"]);
    assert_eq!(reversed[0], format!("{PYONGYANG_1593}#1"));
    assert_eq!(reversed[6], format!("{BUSANJIN}#2"));
    assert_eq!(reversed[7..], all[7..], "without a date, the best first");
    let mut paged = Vec::new();
    for offset in ["0", "3", "6", "9", "12"] {
        let page = ["-n", "3", "--offset", offset, "--no-expand", "--sort", "date", "konishi"];
        paged.extend(desk.ids(&page));
    }
    assert_eq!(paged, all);
    let answer = desk.answer(&["-n", "1", "--sort", "date", "konishi"]);
    assert_eq!(hits(&answer)[0]["date"], "1589");
    let answer = desk.answer(&["-n", "1", "konishi"]);
    assert!(hits(&answer)[0].get("date").is_none());
    let one = desk.ids(&["--sort", "date", "--per-article", "1", "--no-expand", "konishi"]);
    assert_eq!(
        one[..3],
        [format!("{BUSANJIN}#2"), format!("{PYONGYANG_1592}#1"), format!("{PYONGYANG_1593}#0")]
    );
}

#[test]
fn very_many_passages_of_one_date_keep_their_order() {
    let text = |n: u32| match n {
        0..700 => format!("Harvest in 1700, {}.", "rice ".repeat(1 + n as usize % 7)),
        700..710 => format!("Rice in {}.", 1001 + n),
        _ => "Rice, at no time.".to_owned(),
    };
    let desk =
        desk_of(&(0..1500).map(|n| record(&format!("r{n:04}"), &text(n))).collect::<String>());
    let ids = |args: &[&str]| desk.ids(&[&["--index", "i", "--sort", "date"], args].concat());
    for query in ["rice", "kind:prose"] {
        let all = ids(&["-n", "2000", query]);
        assert_eq!(all.len(), 1500);
        for (offset, limit) in [(0, 5), (698, 8), (705, 10), (1495, 10)] {
            let (offset_arg, limit_arg) = (offset.to_string(), limit.to_string());
            let page = ids(&["-n", &limit_arg, "--offset", &offset_arg, query]);
            assert_eq!(page, all[offset..(offset + limit).min(1500)], "{query} from {offset}");
        }
        assert_eq!(all[700..703], ["r0700", "r0701", "r0702"]);
    }
}

#[test]
fn a_batch_sorts_line_by_line() {
    let desk = Desk::shared();
    let lines = "{\"query\":\"konishi\",\"sort\":\"date\",\"limit\":1}\n\
                 {\"query\":\"konishi\",\"sort\":\"date-desc\",\"limit\":1}\n\
                 {\"query\":\"konishi\",\"sort\":\"age\"}\n";
    let answers = desk.run_with_input(["batch"], lines).exits(2).json_lines();
    assert_eq!(answers[0]["hits"][0]["date"], "1589");
    assert_eq!(answers[1]["hits"][0]["date"], "1593-02-08");
    assert!(text(&answers[2]["error"]).contains("date-desc"));
}

#[test]
fn updates_merges_and_layouts_make_no_difference() {
    let desk = Desk::new();
    desk.write("corpus/extra.txt", "Konishi saw the lanterns of 1480.");
    desk.run(["index", "--compact"]).exits(0);
    assert_eq!(desk.ids(&["-n", "1", "--sort", "date", "konishi"]), ["extra.txt#0"]);
    desk.remove_file("corpus/extra.txt");
    assert_eq!(desk.ids(&["year:1480"]), [""; 0]);
    let args = ["-n", "100", "--sort", "date", "konishi year:..1600"];
    assert_eq!(desk.ids(&args), Desk::shared().ids(&args));
    desk.run(["optimize"]).exits(0);
    assert_eq!(desk.ids(&args), Desk::shared().ids(&args));
}
