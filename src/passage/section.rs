//! Which section headings announce links or references instead of prose.
//!
//! A heading that is not known here announces prose; nothing is guessed from its contents.

use crate::model::Kind;

const LINKS: &[&str] = &[
    "see also",
    "related articles",
    "related pages",
    "related topics",
    "external links",
    "links",
    "web links",
    "other websites",
    // Arabic, Persian, Urdu; spelled as `fold` leaves them.
    "انظر ايضا",
    "اقرا ايضا",
    "طالع ايضا",
    "شاهد ايضا",
    "راجع ايضا",
    "مواضيع ذات صله",
    "مقالات ذات صله",
    "وصلات خارجيه",
    "روابط خارجيه",
    "مواقع خارجيه",
    "وصلات",
    "جستارهاي وابسته",
    "پيوند به بيرون",
    "مزيد ديکهيے",
    "بيروني روابط",
];

const REFERENCES: &[&str] = &[
    "references",
    "reference",
    "notes",
    "footnotes",
    "endnotes",
    "citations",
    "sources",
    "bibliography",
    "further reading",
    "works cited",
    "literature",
    "المراجع",
    "مراجع",
    "المصادر",
    "مصادر",
    "الهوامش",
    "هوامش",
    "الحواشي",
    "حواشي",
    "ملاحظات",
    "قائمه المراجع",
    "قراءات اخري",
    "قراءات اضافيه",
    "قراءه موسعه",
    "للاستزاده",
    "منابع",
    "پانويس",
    "پانوشت",
    "حواله جات",
];

/// The kind of what stands under a section heading, or `None` where it is prose.
///
/// A heading that names several of them (`Notes and references`) counts when every part is known
/// and takes the kind of the first.
pub fn section_kind(heading: &str) -> Option<Kind> {
    // Longer headings are not worth folding: no known name is near this length.
    if heading.len() > 200 {
        return None;
    }
    let folded = fold(heading);
    if let Some(kind) = known(&folded) {
        return Some(kind);
    }
    let parts: Vec<&str> = folded
        .split([',', '،', '&', '/'])
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(" و"))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let kinds: Option<Vec<Kind>> = parts.into_iter().map(known).collect();
    kinds.and_then(|kinds| kinds.first().copied())
}

fn known(folded: &str) -> Option<Kind> {
    if LINKS.contains(&folded) {
        Some(Kind::Links)
    } else if REFERENCES.contains(&folded) {
        Some(Kind::References)
    } else {
        None
    }
}

/// Lower case, one space between words, vowel marks and tatweel gone, look-alike letters united.
fn fold(heading: &str) -> String {
    let mut folded = String::with_capacity(heading.len());
    for c in heading.trim().trim_end_matches([':', '.']).chars() {
        match c {
            '\u{64b}'..='\u{652}' | '\u{640}' => {}
            'أ' | 'إ' | 'آ' => folded.push('ا'),
            'ى' | 'ی' => folded.push('ي'),
            'ة' | 'ۂ' | 'ہ' | 'ھ' => folded.push('ه'),
            c if c.is_whitespace() || c == '_' || c == '\u{200c}' => {
                if !folded.ends_with(' ') && !folded.is_empty() {
                    folded.push(' ');
                }
            }
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_references_are_known_in_both_languages() {
        for heading in ["See also", "SEE ALSO:", "انظر أيضًا", "أنظر أيضا", "وصلات خارجية"]
        {
            assert_eq!(section_kind(heading), Some(Kind::Links), "{heading}");
        }
        for heading in ["References", "Notes", "مراجع", "المصادر", "قراءات أخرى", "حوالہ جات"]
        {
            assert_eq!(section_kind(heading), Some(Kind::References), "{heading}");
        }
    }

    #[test]
    fn headings_of_several_names_count_when_all_are_known() {
        assert_eq!(section_kind("Notes and references"), Some(Kind::References));
        assert_eq!(section_kind("ملاحظات ومراجع"), Some(Kind::References));
        assert_eq!(section_kind("References and further reading"), Some(Kind::References));
        assert_eq!(section_kind("Sources and methods"), None);
    }

    #[test]
    fn other_headings_are_prose() {
        for heading in ["Battle", "Aftermath", "", "Notes on the retreat", "المعركة", "و"] {
            assert_eq!(section_kind(heading), None, "{heading}");
        }
    }

    #[test]
    fn every_name_is_spelled_as_folding_leaves_it() {
        for name in LINKS.iter().chain(REFERENCES) {
            assert_eq!(&fold(name), name);
        }
    }
}
