//! Filters beside the query, and expansions that are switched off one by one.

use serde_json::Value;

use crate::support::*;

/// The ids of all hits, sorted.
#[track_caller]
fn found(args: &[&str]) -> Vec<String> {
    let mut ids = Desk::shared().ids(&[&["-n", "1000"], args].concat());
    ids.sort();
    ids
}

#[test]
fn filters_restrict_without_scoring_or_marking() {
    let desk = Desk::shared();
    let all = desk.answer(&["-n", "100", "konishi retreat"]);
    let among = desk.answer(&["-n", "100", "konishi retreat", "--filter", "pyongyang"]);
    let kept: Vec<&Value> = hits(&among).iter().collect();
    assert!(!kept.is_empty() && kept.len() < hits(&all).len());
    assert_eq!(among["total"], kept.len());
    let of_query = |id: &Value| hits(&all).iter().find(|hit| hit["id"] == *id).unwrap();
    let of_filter = found(&["pyongyang"]);
    for hit in kept {
        let same = of_query(&hit["id"]);
        assert_eq!((&hit["matches"], &hit["snippet"]), (&same["matches"], &same["snippet"]));
        assert_eq!(hit["matched_by"], same["matched_by"]);
        assert!(of_filter.contains(&hit["id"].as_str().unwrap().to_owned()));
    }
    let first = |answer: &Value| answer["hits"][0]["score"].clone();
    let bm25 = |more: &[&str]| desk.answer(&[&["--rank", "bm25", "konishi"], more].concat());
    assert_eq!(first(&bm25(&["--filter", "lang:en"])), first(&bm25(&[])));
}

#[test]
fn several_filters_are_all_met() {
    let both = found(&["konishi", "--filter", "lang:en", "--filter", "kind:infobox"]);
    assert_eq!(both, found(&["konishi lang:en kind:infobox"]));
    assert!(!both.is_empty());
    let in_article = found(&["konishi", "--filter", "article:\"siege-of-busanjin.txt\""]);
    assert_eq!(in_article, found(&["konishi article:siege-of-busanjin.txt"]));
    assert!(in_article.iter().all(|id| id.starts_with("siege-of-busanjin.txt#")));
    let none = ["konishi", "--filter", "lang:en", "--filter", "lang:ar"];
    assert_eq!(found(&none), [""; 0]);
    assert_eq!(found(&["--plain", "konishi", "--filter", "-lang:en"]), found(&["konishi lang:ar"]));
    // The order of dates, articles and pages are of what is left.
    let dated = ["--sort", "date", "konishi", "--filter", "year:1593"];
    assert_eq!(found(&dated), found(&["konishi year:1593"]));
    let filters = vec!["--filter=lang:en"; 33];
    let run = Desk::shared().run([&["search", "konishi"], &filters[..]].concat()).exits(2);
    run.says("33 filters are too many");
}

#[test]
fn an_empty_query_lists_what_the_filters_leave() {
    let all = found(&["lang:ar"]);
    assert_eq!(found(&["--filter", "lang:ar", ""]), all);
    assert_eq!(found(&["--filter", "lang:ar"]), all);
    assert_eq!(found(&["--filter", "pyongyang", ""]), found(&["pyongyang"]));
    assert_eq!(Desk::shared().count(&["--filter", "lang:ar", ""]), all.len() as u64);
    assert_eq!(found(&["--filter", "lang:ar", "--sort", "date", ""]), all);
    Desk::shared().run(["search"]).exits(2);
}

#[test]
fn notes_say_which_filter_they_are_about() {
    let desk = Desk::shared();
    let run = desk.run(["search", "konishi AND", "--filter", "(lang:en", "--filter", "?"]).exits(0);
    let run = run.says("note: an operator with nothing to join is ignored\n");
    let run = run.says("note: filter `(lang:en`: a `(` is never closed");
    run.says("note: filter `?`: nothing to look for");
}

#[test]
fn fields_that_are_there() {
    let with = found(&["commander:*"]);
    assert_eq!(with.len(), 3);
    assert_eq!(found(&["Commander1:*"]), with);
    assert_eq!(found(&["date:*"]), with);
    assert_eq!(found(&["konishi", "--filter", "commander:*"]), found(&["konishi commander:*"]));
    let of_article = found(&["article:siege-of-busanjin.txt"]).len();
    assert_eq!(found(&["article:siege-of-busanjin.txt -commander:*"]).len(), of_article - 1);
    let either = "article:siege-of-busanjin.txt OR article:\"battle-of-haengju.ar.txt\"";
    assert_eq!(
        found(&[either]).len(),
        found(&["article:siege-of-busanjin.txt"]).len()
            + found(&["article:battle-of-haengju.ar.txt"]).len()
    );
    assert_eq!(found(&["article:siege-of-busanjin"]), [""; 0]);
}

/// What the words of a query became.
fn became(answer: &Value) -> Vec<String> {
    let of_word = |word: &Value| word["became"].as_array().unwrap().clone();
    let all = answer["expansions"].as_array().unwrap().iter().flat_map(of_word);
    all.map(|became| became["as"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn expansions_are_left_out_one_by_one() {
    let desk = Desk::shared();
    let all = desk.answer(&["Pyongyang", "-n", "100"]);
    assert_eq!(became(&all), ["pyongyang", "pyeongyang", "بيونغ يانغ"]);
    // Compared as they are folded.
    let less = desk.answer(&["Pyongyang", "-n", "100", "--without", "بُيونغ  يانغ"]);
    assert_eq!(became(&less), ["pyongyang", "pyeongyang"]);
    let ids = |answer: &Value| hits(answer).iter().map(|hit| hit["id"].clone()).collect::<Vec<_>>();
    assert!(ids(&all).len() > ids(&less).len());
    assert!(ids(&less).iter().all(|id| !id.as_str().unwrap().starts_with("battle-of-haengju")));
    let both = ["--without", "PYEONGYANG", "--without", "بيونغ يانغ", "--without", "pyongyang"];
    let none = desk.answer(&[&["Pyongyang", "-n", "100"], &both[..]].concat());
    assert_eq!(became(&none), ["pyongyang"]);
    assert_eq!(ids(&none), ids(&desk.answer(&["Pyongyang", "-n", "100", "--no-expand"])));
    // Required words, filters, beginnings and words that are nearly so do without it too.
    let required = ["+حصار +بوسان", "-n", "100"];
    assert!(desk.count(&required) > 0);
    assert_eq!(
        desk.count(&[&required[..], &["--without", "siege", "--without", "busan"]].concat()),
        0
    );
    let filter = ["--filter", "حصار", "konishi"];
    assert!(desk.count(&filter) > 0);
    assert_eq!(desk.count(&[&filter[..], &["--without", "siege"]].concat()), 0);
    let prefix = desk.answer(&["pyong*", "--without", "pyongyang"]);
    assert!(!became(&prefix).contains(&"pyongyang".to_owned()));
    assert!(desk.count(&["busanjn~"]) > 0);
    assert_eq!(desk.count(&["busanjn~", "--without", "busanjin"]), 0);
    assert!(desk.count(&["commander:konis*"]) > 0);
    assert_eq!(desk.count(&["commander:konis*", "--without", "konishi"]), 0);
}

#[test]
fn synonyms_are_left_out_too() {
    let desk = Desk::indexed();
    desk.write("synonyms.txt", "Imjin War, invasions of Korea, الغزو الياباني\n");
    let ask = |more: &[&str]| {
        let args = ["--synonyms", "synonyms.txt", "Imjin War", "-n", "100"];
        desk.answer(&[&args[..], more].concat())
    };
    assert!(became(&ask(&[])).contains(&"invasions of korea".to_owned()));
    let less = ask(&["--without", "Invasions of Korea"]);
    assert!(!became(&less).contains(&"invasions of korea".to_owned()));
    assert!(became(&less).contains(&"الغزو الياباني".to_owned()));
    assert!(less["total"].as_u64() < ask(&[])["total"].as_u64());
}

#[test]
fn lines_of_a_batch_have_their_own() {
    let lines = "{\"query\":\"Pyongyang\",\"without\":[\"بيونغ يانغ\",\"pyeongyang\"]}\n\
                 {\"query\":\"Pyongyang\"}\n\
                 {\"query\":\"Pyongyang\",\"filter\":\"lang:ar\"}\n\
                 {\"query\":\"\",\"filter\":[\"lang:en\",\"kind:infobox\"]}\n\
                 {\"query\":\"rice\",\"filter\":[1]}\n";
    let run = Desk::shared().run_with_input(["batch", "-n", "100", "--threads", "1"], lines);
    let answers = run.exits(2).json_lines();
    let ids = |place: usize| -> Vec<String> {
        let ids = hits(&answers[place]).iter().map(|hit| hit["id"].as_str().unwrap().to_owned());
        ids.collect()
    };
    let alone = |args: &[&str]| Desk::shared().ids(&[&["-n", "100"], args].concat());
    assert_eq!(ids(0), alone(&["Pyongyang", "--no-expand"]));
    assert_eq!(ids(1), alone(&["Pyongyang"]));
    assert_eq!(ids(2), alone(&["Pyongyang", "--filter", "lang:ar"]));
    assert_eq!(ids(3), alone(&["lang:en kind:infobox"]));
    let error = answers[4]["error"].as_str().unwrap();
    assert!(error.contains("\"filter\" takes a string or a list of strings"), "{error}");
    // The command's own are met as well.
    let args = ["batch", "-n", "100", "--filter", "lang:ar", "--without", "بيونغ يانغ"];
    let run = Desk::shared().run_with_input(args, "Pyongyang\n").exits(0);
    assert_eq!(hits(&run.json_lines()[0]).len(), 0);
}
