//! An index that is laid out for size gives the same answers as one laid out for speed.

use std::fs;

use crate::support::*;

const QUERIES: &str = "Konishi retreat\nseven thousand tons of rice\nحصار هانجو\nPyongyang\n\
                       \"fire arrows\"\n\"monks hill\"~9\npyong*\nkonishi~\ntitle:pyongyang\n\
                       section:battle\ncommander:konishi\nKonishi NEAR/20 Japanese\n١٥٩٧\n\
                       20px\nbusanjn~\nبيونغ يانغ\nkonishi year:1592\n";

fn answers(desk: &Desk) -> String {
    desk.run_with_input(["batch", "-n", "1000"], QUERIES).exits(0).out
}

fn bytes(desk: &Desk) -> u64 {
    let stats = desk.run(["stats", "--format", "json"]).exits(0).json();
    assert_eq!(stats["layout"].as_str(), Some("compact"));
    stats["bytes"].as_u64().unwrap()
}

#[test]
fn the_same_answers_from_a_smaller_index() {
    let desk = Desk::new();
    desk.run(["index", "--compact"]).exits(0);
    assert_eq!(answers(&desk), answers(&Desk::shared()));
    let fast = Desk::shared().run(["stats", "--format", "json"]).exits(0).json();
    assert_eq!(fast["layout"].as_str(), Some("fast"));
    assert!(bytes(&desk) < fast["bytes"].as_u64().unwrap());
}

#[test]
fn updates_keep_the_layout_and_the_answers() {
    let desk = Desk::new();
    let extra = "corpus/extra.txt";
    desk.write(extra, "= Lanterns =\n\nKonishi saw fire arrows over Pyongyang in 1597.\n");
    desk.run(["index", "--compact"]).exits(0);
    fs::remove_file(desk.path(extra)).unwrap();
    // Searching refreshes the default index.
    assert_eq!(answers(&desk), answers(&Desk::shared()));
    for number in 0..9 {
        let file = format!("corpus/{number}.txt");
        desk.write(&file, format!("Lantern number {number} and Konishi."));
        desk.run(["index"]).exits(0);
    }
    for number in 0..9 {
        fs::remove_file(desk.path(&format!("corpus/{number}.txt"))).unwrap();
    }
    assert_eq!(answers(&desk), answers(&Desk::shared()));
    desk.run(["optimize"]).exits(0);
    assert_eq!(answers(&desk), answers(&Desk::shared()));
    bytes(&desk);
}

#[test]
fn from_one_layout_to_the_other() {
    let desk = Desk::new();
    desk.run(["index"]).exits(0);
    desk.run(["index", "--compact"]).exits(0).says("built anew");
    bytes(&desk);
    desk.run(["index", "--compact"]).exits(0).says("unchanged");
    desk.run(["index", "--rebuild"]).exits(0).says("built anew");
    let stats = desk.run(["stats", "--format", "json"]).exits(0).json();
    assert_eq!(stats["layout"].as_str(), Some("fast"));
    assert_eq!(answers(&desk), answers(&Desk::shared()));
}
