//! Hits for the tests of all formats.

use crate::model::{Kind, Lang};
use crate::search::hit::Hit;
use crate::search::snippet::Fragment;

#[allow(clippy::single_range_in_vec_init)] // one match
pub fn arabic_hit() -> Hit {
    let text = "في قلعة هانجو.";
    Hit {
        rank: 2,
        id: "haengju.txt#0".into(),
        score: 0.5,
        article: "haengju.txt".into(),
        title: None,
        section: Vec::new(),
        lang: Some(Lang::ARABIC),
        kind: Kind::Prose,
        file: "haengju.txt".into(),
        line: 1,
        start: 0,
        end: 25,
        text: text.into(),
        matches: vec![[14, 24]],
        snippet: vec![Fragment { text: text.into(), matches: vec![14..24], span: 0..text.len() }],
        ..Hit::default()
    }
}

pub fn english_hit() -> Hit {
    let text = "The garrison fled.\nFire arrows followed.";
    Hit {
        rank: 1,
        id: "busan.txt#2".into(),
        score: 12.345_678_9,
        article: "busan.txt".into(),
        title: Some("Siege of Busan".into()),
        section: vec!["Battle".into(), "Aftermath".into()],
        lang: Some(Lang::ENGLISH),
        kind: Kind::Prose,
        file: "busan.txt".into(),
        line: 7,
        start: 120,
        end: 162,
        text: text.into(),
        matches: vec![[19, 23], [24, 30]],
        snippet: vec![Fragment {
            text: "Fire arrows followed.".into(),
            matches: vec![0..4, 5..11],
            span: 19..40,
        }],
        ..Hit::default()
    }
}
