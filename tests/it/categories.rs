//! Searching by the categories of articles.

use crate::support::*;

#[test]
fn articles_are_found_by_the_whole_name_of_a_category() {
    let desk = Desk::empty();
    let record = |id: &str, categories: &[&str]| {
        let text = format!("The garrison of {id} was besieged in 1592.");
        serde_json::json!({"id": id, "text": text, "categories": categories}).to_string() + "\n"
    };
    desk.write(
        "corpus/a.jsonl",
        record("busan", &["Sieges", "Battles of the Imjin War"])
            + &record("acre", &["Sièges", "معارك"])
            + &record("rome", &["Sieges of Rome"])
            + &record("none", &[]),
    );
    desk.write(
        "corpus/wiki.xml",
        "<mediawiki><page><title>Haengju</title><ns>0</ns><id>1</id><revision><text>Held in \
         1593.\n\n[[Category:Battles of the Imjin War]]</text></revision></page></mediawiki>",
    );
    desk.run(["index"]).exits(0);
    let found = |query: &str| {
        let mut ids = desk.ids(&["--", query]);
        ids.sort();
        ids.join(" ")
    };
    assert_eq!(found("category:sieges"), "acre#0 busan#0");
    assert_eq!(found("category:\"battles of the imjin war\" -category:sieges"), "Haengju#0");
    assert_eq!(found("category:مَعارك"), "acre#0");
    assert_eq!(found("garrison category:\"Sieges of Rome\""), "rome#0");
    assert_eq!(found("category:rome"), "");
    assert_eq!(found("year:1593 category:\"Battles of the Imjin War\""), "Haengju#0");
}
