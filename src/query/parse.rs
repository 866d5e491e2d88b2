//! The two ways to read a query, and their limits.

use std::ops::Range;

use super::ast::{Group, Node, Word};
use super::clauses::{finish_group, push_plain};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::lex::{FieldNames, Lexer};
use super::structure::Parser;
use super::token::{TokenKind, is_invisible, is_separator};

/// What a query may cost. What is beyond a limit is cut off, with a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub max_bytes: usize,
    /// Parentheses inside one another, 128 at most. Groups of the tree are at most three times as
    /// deep.
    pub max_depth: usize,
    /// Words, phrases and filters.
    pub max_clauses: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { max_bytes: 16 * 1024, max_depth: 32, max_clauses: 1024 }
    }
}

/// The tree and all later work on it are recursive.
const GREATEST_DEPTH: usize = 128;
/// How far a text that is too long is shortened further to end between two words.
const MAX_CUT_WORD: usize = 256;
/// A query that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// Empty where the text has no word.
    pub root: Group,
    /// What was not taken as typed, in the order in which it was noticed.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads `text` in the query language; see the [module](super).
pub fn parse_query(text: &str, fields: &dyn FieldNames, limits: &Limits) -> Parsed {
    let mut notes = Diagnostics::default();
    let text = cut(text, limits, &mut notes);
    let mut lexer = Lexer::new(text, fields);
    let mut parser = Parser::new(text, limits.max_depth.min(GREATEST_DEPTH));
    let mut leaves = 0;
    while let Some(token) = lexer.next_token(&mut notes) {
        if matches!(token.kind, TokenKind::Leaf { .. }) {
            leaves += 1;
            if leaves > limits.max_clauses {
                note_clauses(token.span.start..text.len(), limits, &mut notes);
                break;
            }
        }
        parser.take(token, &mut notes);
    }
    let root = parser.finish(leaves > limits.max_clauses, &mut notes);
    Parsed { root, diagnostics: notes.finish() }
}

/// Reads `text` as words between white space; nothing in it is an operator.
pub fn parse_plain(text: &str, limits: &Limits) -> Parsed {
    let mut notes = Diagnostics::default();
    let text = cut(text, limits, &mut notes);
    let mut clauses = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(is_separator) {
        let span = start..start + piece.trim_end_matches(is_separator).len();
        start += piece.len();
        let word: String =
            piece.chars().filter(|&c| !is_invisible(c) && !is_separator(c)).collect();
        if !word.contains(char::is_alphanumeric) {
            continue;
        }
        if clauses.len() >= limits.max_clauses {
            note_clauses(span.start..text.len(), limits, &mut notes);
            break;
        }
        push_plain(&mut clauses, (Node::Word(Word { text: word, span }), 1.0));
    }
    Parsed { root: finish_group(clauses), diagnostics: notes.finish() }
}

fn note_clauses(span: Range<usize>, limits: &Limits, notes: &mut Diagnostics) {
    let max = limits.max_clauses;
    notes.add(span, format_args!("only the first {max} words and phrases are searched"));
}

/// The part of the text that may be read, ending between two words where that is near.
fn cut<'a>(text: &'a str, limits: &Limits, notes: &mut Diagnostics) -> &'a str {
    if text.len() <= limits.max_bytes {
        return text;
    }
    let mut end = char_boundary_before(text, limits.max_bytes);
    let near = char_boundary_before(text, end.saturating_sub(MAX_CUT_WORD));
    if let Some(space) = text.get(near..end).and_then(|tail| tail.rfind(char::is_whitespace))
        && near + space > 0
    {
        end = near + space;
    }
    notes.add(end..text.len(), format_args!("only the first {end} bytes of the query are read"));
    text.get(..end).unwrap_or_default()
}

/// The last char boundary at or before `at`.
fn char_boundary_before(text: &str, at: usize) -> usize {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::super::ast::{Clause, Occur};
    use super::*;

    fn is_field(name: &str) -> bool {
        matches!(name, "commander" | "commander1" | "date" | "birth_place" | "التاريخ")
    }

    fn parse(text: &str) -> Parsed {
        parse_query(text, &is_field, &Limits::default())
    }

    const UNLIMITED: Limits =
        Limits { max_bytes: usize::MAX, max_depth: usize::MAX, max_clauses: usize::MAX };

    /// Each line: what is typed, `→`, its canonical rendering; no diagnostic.
    #[track_caller]
    fn check(table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (typed, rendering) = line.split_once(" → ").unwrap_or((line, line));
            let parsed = parse(typed);
            assert_eq!(parsed.root.to_string(), rendering.trim(), "for {typed}");
            assert_eq!(parsed.diagnostics, [], "for {typed}");
            let again = parse(&parsed.root.to_string()).root;
            assert_eq!(without_spans(again), without_spans(parsed.root), "for {typed}");
        }
    }

    /// The same with a word of the only diagnostic after `!`.
    #[track_caller]
    fn check_told(table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (typed, rest) = line.split_once(" → ").unwrap_or_default();
            let (rendering, told) = rest.split_once(" ! ").unwrap_or_default();
            let parsed = parse(typed);
            assert_eq!(parsed.root.to_string(), rendering.trim(), "for {typed}");
            let [diagnostic] = &parsed.diagnostics[..] else {
                panic!("for {typed}: {:?}", parsed.diagnostics);
            };
            assert!(diagnostic.message.contains(told.trim()), "for {typed}: {diagnostic}");
        }
    }

    #[test]
    fn plain_words_stay_words() {
        check(
            r"
            konishi retreat
            seven thousand tons of rice
            co-operation 5-3 Chŏng Sō - retreat → co-operation 5-3 Chŏng Sō retreat
            Konishi's co-operation: 3.14
            http://x.org/a?b=c → http\://x.org/a?b=c
            Title: Siege of Busan
            title: → title:
            C++ a+b --plain → C++ a+b \--plain
            a && b || !c → a b !c
            and or not near
            NEAR/ NEAR a NEAR b → NEAR/ NEAR a NEAR b
            5' 6'' 6&quot;
            what? (1592) → what? 1592
            the 6″ gun's
            15,000–30,000
            C:\corpus\a.txt → C\:\\corpus\\a.txt
            12:30 → 12\:30
            *yang p*ng → \*yang p\*ng
            حصار هانجو
            ما هي معركة هينغجو؟
            في ١٤ مارس ١٥٩٣ ، وقعت → في ١٤ مارس ١٥٩٣ وقعت
            ",
        );
        check("the 6\" gun and a 5\" gun → the 6\\\" gun and a 5\\\" gun");
        for nothing in ["", "  ", "?!", "* - + ~ ^", "()", "( ( ) )", "\"\"", "« »", "\u{202e}"] {
            assert_eq!(parse(nothing), Parsed::default(), "for {nothing}");
        }
    }

    #[test]
    fn phrases() {
        check(
            r#"
            "fire arrows"
            "  fire   arrows " → "fire arrows"
            "a b"~3 c → "a b"~3 c
            "a b"^1.5~٣ → "a b"~3^1.5
            "a b"~x → "a b" \~x
            "a b"^x → "a b" \^x
            "a b"c → "a b" c
            “fire arrows” ”fire arrows” „fire arrows“ "fire arrows” → "fire arrows" "fire arrows" "fire arrows" "fire arrows"
            «سهام النار» → "سهام النار"
            «سهام النار»~٢ → "سهام النار"~2
            و«سهام النار» → و "سهام النار"
            "a \"b\" \\" → "a \"b\" \\"
            «a "b" c» → "a \"b\" c"
            "a AND (b -c title:d*" → "a AND (b -c title:d*"
            "retreat"
            "#,
        );
    }

    #[test]
    fn boolean_operators() {
        check(
            r#"
            a OR b → a b
            a AND b → +a +b
            a AND b OR c AND d → (+a +b) (+c +d)
            a b AND c → a (+b +c)
            a AND (b OR c) → +a +(b c)
            a AND (b AND (c AND d)) → +a +b +c +d
            a NOT b → a -b
            a AND NOT b → +a -b
            a OR NOT b → a (-b)
            NOT a → -a
            NOT NOT a → a
            NOT (a b) → -(a b)
            (a b) c → a b c
            ((a)) → a
            a (b c)^2 → a (b c)^2
            (a^2 b)^3 → (a^2 b)^3
            ((a^2))^3 → a^6
            حصار AND هانجو → +حصار +هانجو
            (حصار OR قلعة) AND NOT بوسان → حصار قلعة -بوسان
            "fire arrows" AND monks → +"fire arrows" +monks
            siege(1593)retreat → siege 1593 retreat
            "#,
        );
    }

    #[test]
    fn required_and_excluded() {
        check(
            r#"
            +must -not a → +must -not a
            +a → a
            -a
            -a -b
            a OR b +c → a b +c
            a OR -b → a -b
            a AND -b → +a -b
            -"fire arrows" +(a b) x → -"fire arrows" +(a b) x
            -title:siege x → -title:siege x
            -«سهام النار» x → -"سهام النار" x
            -بوسان حصار
            +x-y z
            x -(-a) → x -(-a)
            "#,
        );
    }

    #[test]
    fn near() {
        check(
            r#"
            a NEAR/5 b
            x a NEAR/5 b y
            حصار NEAR/٥ هانجو → حصار NEAR/5 هانجو
            "a b" NEAR/2 c*
            a NEAR/5 b NEAR/3 c → +(a NEAR/5 b) +(b NEAR/3 c)
            a NEAR/5 b AND c → +(a NEAR/5 b) +c
            -a NEAR/5 b c → -(a NEAR/5 b) c
            NOT a NEAR/5 b → -(a NEAR/5 b)
            title:a NEAR/5 b → title:(a NEAR/5 b)
            date:14th NEAR/2 2
            -date:14th NEAR/2 2 → -(date:14th NEAR/2 2)
            title:a NEAR/5 title:b → title:(a NEAR/5 b)
            (a NEAR/5 b)^2
            "#,
        );
        check_told(
            r"
            (a b) NEAR/5 c → +(a b) +c ! read as `AND`
            title:a NEAR/5 section:b → +title:a +section:b ! one field
            a NEAR/5 -b → +a -b ! read as `AND`
            a NEAR/99999999999 b → a NEAR/10000 b ! 10000
            a NEAR/0 b → a NEAR/1 b ! 1
            a^2 NEAR/5 b → a NEAR/5 b ! ignored
            ",
        );
    }

    #[test]
    fn fields() {
        check(
            r#"
            title:siege Title:siege → title:siege title:siege
            title:"fire arrows"~2^3 → title:"fire arrows"~2^3
            title:(a b) → title:(a b)
            title:(a) → title:a
            title:(a AND b)^2 x → title:(+a +b)^2 x
            section:battle* → section:battle*
            commander:konishi Commander1:"li rusong" → commander:konishi commander1:"li rusong"
            Birth-Place:Tsushima → birth_place:Tsushima
            التاريخ:١٥٩٣ → التاريخ:١٥٩٣
            castle:busan → castle\:busan
            title\:siege → title\:siege
            title:(section:b) → section:b
            title:(a section:b) → title:(a section:b)
            title:section:b → title:section\:b
            title:-x → title:\-x
            title:? x → title\:? x
            title:() x → x
            title:«حصار هانجو» → title:"حصار هانجو"
            "#,
        );
    }

    #[test]
    fn languages_and_kinds_restrict() {
        check(
            r#"
            konishi lang:en
            lang:ar
            -lang:ar → -lang:ar
            konishi lang:AR,en → konishi lang:ar,en
            konishi lang:en lang:ar → konishi lang:ar,en
            konishi (lang:en OR lang:ar) → konishi lang:ar,en
            konishi lang:en OR lang:ar → konishi lang:ar,en
            konishi lang:(en ar) kind:"prose" → konishi lang:ar,en kind:prose
            konishi +lang:en → konishi lang:en
            konishi OR lang:en
            (konishi OR lang:en) retreat → (konishi OR lang:en) retreat
            konishi AND lang:en → +konishi lang:en
            lang:en OR kind:table
            konishi lang:en OR kind:table → konishi (lang:en OR kind:table)
            konishi (lang:en kind:prose) → konishi (lang:en kind:prose)
            konishi -lang:ar -kind:links,infobox → konishi -lang:ar -kind:infobox,links
            lang:en^2 x → lang:en x
            title:(a lang:en)
            title:lang:en → title:lang\:en
            konishi AND retreat lang:en → +konishi +retreat lang:en
            (konishi retreat -siege) lang:en → konishi retreat -siege lang:en
            (konishi lang:en) lang:ar → (konishi lang:en) lang:ar
            "#,
        );
        check_told(
            r#"
            lang:عربي x → lang\:عربي x ! language code
            kind:photos → kind\:photos ! kind
            kind:(prose photos) → kind:prose photos ! kind
            lang:"en glish" → "en glish" ! language code
            "#,
        );
    }

    #[test]
    fn dates_restrict() {
        check(
            r#"
            konishi year:1592 → konishi date:1592
            year:1592..1598 year:..1500 year:1590.. → date:1592..1598 date:..1500 date:1590..
            year:١٥٩٢..١٥٩٨ year:-44 → date:1592..1598 date:-44
            date:1593-02 date:1593-2-8 date:1593 → date:1593-02 date:1593-02-08 date:1593
            date:1592-04..1593-02,1589 → date:1589,1592-04..1593-02
            konishi -year:1592 → konishi -date:1592
            konishi OR year:1592 → konishi OR date:1592
            konishi AND (year:1592 OR date:1593-02) → +konishi (date:1592 OR date:1593-02)
            year:(1592 OR 1593) → date:1592 OR date:1593
            year:"1592" → date:1592
            category:sieges category:"Battles, of" → category:"sieges" category:"Battles, of"
            konishi -category:(sieges OR battles) → konishi -(category:"sieges" OR category:"battles")
            date:May date:"24 May" date:fifteen* → date:May date:"24 May" date:fifteen*
            "#,
        );
        check_told(
            r#"
            year:x y → year\:x y ! no year
            year:1593-02 → year\:1593-02 ! no year
            category:sie* → category\:sie ! no category
            year:0 → year\:0 ! no year
            year:1592* → year\:1592 ! no year
            "#,
        );
    }

    #[test]
    fn articles_and_fields_that_are_there_restrict() {
        check(
            r#"
            konishi article:siege.txt → konishi article:"siege.txt"
            article:"a (1).txt" → article:"a (1).txt"
            article:(a.txt OR b.txt) → article:"a.txt" OR article:"b.txt"
            -article:dumps/1:2,3 → -article:"dumps/1:2,3"
            article:"…" → article:"…"
            article:"a\"b\\c" → article:"a\"b\\c"
            konishi commander:* → konishi commander:*
            Birth-Place:* التاريخ:* → birth_place:* التاريخ:*
            -commander:* date:* → -commander:* date:*
            commander:(*) x → x
            castle:* → castle\:*
            title:* → title\:*
            commander:** → commander\:\*\*
            "#,
        );
        check_told(
            r#"
            article:sieg* → article\:sieg ! no article
            article:siege.txt~2 → article\:siege.txt ! no article
            "#,
        );
        // Invisible characters are part of an id.
        let id = "\u{200f}رسالة\u{200b}1\u{feff}";
        let parsed = parse(&format!("article:\"{id}\""));
        assert_eq!(parsed.root.clauses[0].node, Node::Article(id.to_owned()));
        assert_eq!(parse(&parsed.root.to_string()).root, parsed.root);
    }

    #[test]
    fn prefixes_fuzzy_words_and_weights() {
        check(
            r"
            pyong* مع* → pyong* مع*
            **bold** → \*\*bold\*\*
            word~ word~1 word~2 word~٢ → word~ word~ word~2 word~2
            word~0 → word
            word~0.8 ~word wo~rd → word\~0.8 \~word wo\~rd
            word^2 word^1.5 word^.5 word^2٫5 word^1 → word^2 word^1.5 word^0.5 word^2.5 word
            word~2^3 word^3~2 pyong*^2 → word~2^3 word~2^3 pyong*^2
            word^NaN word^inf word^-0 word^1e308 word^ ^2 → word\^NaN word\^inf word\^-0 word\^1e308 word\^ \^2
            word^1.2.3 → word\^1.2.3
            (a b)^x → a b \^x
            \pyong\* word\~ word\^2 → \\pyong\* word\~ word\^2
            ",
        );
        check_told(
            r"
            word~9 → word~2 ! at most 2
            word~99999999999999999999 → word~2 ! at most 2
            word^1000 → word^100 ! read as 100
            word^0 → word^0.01 ! read as 0.01
            (a b)^99999999999999999999999999999999999999999999 → (a b)^100 ! read as 100
            ",
        );
        check_told("\"a b\"~4294967296 → \"a b\"~10000 ! 10000");
    }

    #[test]
    fn escapes() {
        check(
            r#"
            \AND \OR \NOT \NEAR/5 → \AND \OR \NOT \NEAR/5
            a \AND b → a \AND b
            \\AND → \\AND
            \"a b\" → \"a b\"
            \(a\) \-a \+b → \(a\) \-a \+b
            -\AND title:AND → -\AND title:\AND
            "#,
        );
    }

    #[test]
    fn operators_without_operands_are_ignored_or_words() {
        check_told(
            r#"
            AND a → a ! ignored
            a OR → a ! ignored
            a NOT → a ! ignored
            a AND OR b → a b ! ignored
            a AND AND b → +a +b ! ignored
            a NOT AND b → +a +b ! ignored
            NEAR/5 a → a ! ignored
            (a AND) b → a b ! ignored
            a (b c → a b c ! never closed
            a) b → a b ! without its
            "fire arrows → fire arrows ! quotation mark
            «سهام النار → سهام النار ! quotation mark
            "#,
        );
        check(
            r"
            AND → \AND
            NOT → \NOT
            OR OR → \OR \OR
            a (AND) b → a \AND b
            ",
        );
    }

    #[test]
    fn direction_marks_are_ignored() {
        check(
            "
            \u{200f}-بوسان\u{200f} حصار → -بوسان حصار
            حصار \u{200e}AND\u{200f} هانجو → +حصار +هانجو
            \u{202b}\"سهام النار\"\u{202c}~\u{200f}3 → \"سهام النار\"~3
            title\u{200e}:حصار → title:حصار
            \u{2067}lang:ar\u{2069} حصار → lang:ar حصار
            pyong\u{200e}* → pyong*
            ",
        );
    }

    #[test]
    fn spans_are_bytes_of_the_query() {
        let text = "  حصار -title:«سهام النار»~2 pyong*^2 (AND)";
        let mut seen = Vec::new();
        visit(&parse(text).root, &mut |word| {
            seen.push((word.text.clone(), &text[word.span.clone()]))
        });
        let expected = [
            ("حصار", "حصار"),
            ("سهام النار", "-title:«سهام النار»~2"),
            ("pyong", "pyong*^2"),
            ("AND", "AND"),
        ];
        assert_eq!(seen, expected.map(|(word, span)| (word.to_owned(), span)));
    }

    #[test]
    fn plain_text_has_no_operators() {
        let plain = |text: &str| parse_plain(text, &Limits::default());
        for (typed, rendering) in [
            ("konishi AND -retreat", "konishi \\AND \\-retreat"),
            ("\"fire arrows\"~2 (x) lang:ar ?", "\\\"fire arrows\\\"\\~2 \\(x\\) lang\\:ar"),
            ("a\u{0}b\tc\u{202e}d", "a b cd"),
            (" ", ""),
        ] {
            assert_eq!(plain(typed).root.to_string(), rendering);
            assert_eq!(plain(typed).diagnostics, []);
        }
        let many = plain(&"word ".repeat(3000));
        assert_eq!(many.root.clauses.len(), 1024);
        assert_eq!(many.diagnostics.len(), 1);
    }

    #[test]
    fn limits_cut_and_say_so() {
        let long = format!("{} end", "كلمة ".repeat(10_000));
        let parsed = parse(&long);
        let bytes = &parsed.diagnostics[0];
        assert_eq!(bytes.message, "only the first 16379 bytes of the query are read");
        assert_eq!(bytes.span, 16379..long.len());
        assert_eq!(parsed.root.clauses.len(), 1024);
        assert!(parsed.diagnostics[1].message.contains("first 1024 words"));

        let deep = format!("{}a{} b", "(".repeat(40), ")".repeat(40));
        let parsed = parse(&deep);
        assert_eq!(parsed.root.to_string(), "a b");
        assert!(parsed.diagnostics[0].message.contains("32 deep"));

        let one_word = parse(&"x".repeat(20_000)).root;
        assert_eq!(one_word.to_string().len(), 16 * 1024);
    }

    #[test]
    fn hostile_megabytes() {
        let pieces = [
            "(",
            ")",
            "NOT ",
            "-",
            "\"",
            "«",
            "a«",
            "\\",
            "+(",
            "-(a OR lang:en ",
            "a AND (",
            "\" ",
            "title:",
            "title:(",
            "lang:(en ",
            "a NEAR/3 ",
            "^9",
            "~9",
            "*",
            "a:",
            "AND ",
            "a OR (b AND (",
            "\u{202e}",
            "\u{64b}",
            "\0",
            "x ",
            "\"a b\"~3 ",
            "NOT (NOT a AND ",
            "kind:x",
            "x y OR lang:en OR z AND (",
            "lang:en ",
        ];
        for (limits, len) in [(Limits::default(), 1_000_000), (UNLIMITED, 200_000)] {
            for piece in pieces {
                let text = piece.repeat(len / piece.len());
                let start = Instant::now();
                let parsed = parse_query(&text, &is_field, &limits);
                let rendering = parsed.root.to_string();
                // Generous: a debug build on a busy machine; quadratic work would take hours.
                assert!(start.elapsed() < Duration::from_secs(20), "{piece:?}");
                assert!(rendering.len() <= 8 * text.len(), "{piece:?}");
                let depth = 3 * (limits.max_depth.min(GREATEST_DEPTH) + 1);
                assert!(depth_of(&parsed.root) <= depth, "{piece:?}");
                assert_bounded(&text, &parsed);
            }
        }
    }

    fn assert_bounded(text: &str, parsed: &Parsed) {
        let mut words = 0;
        visit(&parsed.root, &mut |word| {
            words += 1;
            assert!(text.get(word.span.clone()).is_some_and(|part| !part.is_empty()));
            assert!(word.text.contains(char::is_alphanumeric));
            assert!(!word.text.contains(|c: char| is_invisible(c) || c.is_control()));
        });
        // `a NEAR/1 b NEAR/1 c` has b twice.
        assert!(words <= text.len() + 1);
        assert!(count_nodes(&parsed.root) <= 3 * text.len() + 1);
        assert!(parsed.diagnostics.len() <= 13);
        for diagnostic in &parsed.diagnostics {
            assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?}");
            assert!(diagnostic.message.chars().count() <= 120, "{diagnostic}");
            assert!(!diagnostic.message.contains(char::is_control));
        }
    }

    fn depth_of(group: &Group) -> usize {
        fn depth(node: &Node) -> usize {
            match node {
                Node::Group(group) => depth_of(group),
                Node::Field { node, .. } => depth(node),
                _ => 0,
            }
        }
        1 + group.clauses.iter().map(|clause| depth(&clause.node)).max().unwrap_or(0)
    }

    fn count_nodes(group: &Group) -> usize {
        fn count(node: &Node) -> usize {
            1 + match node {
                Node::Group(group) => count_nodes(group),
                Node::Field { node, .. } => count(node),
                Node::Near { left, right, .. } => count(left) + count(right),
                Node::Lang(langs) => langs.len(),
                Node::Kind(kinds) => kinds.len(),
                Node::Dates(dates) => dates.len(),
                Node::Category(_) | Node::Article(_) | Node::HasField(_) => 0,
                Node::Word(_) | Node::Prefix(_) | Node::Fuzzy { .. } | Node::Phrase { .. } => 0,
            }
        }
        group.clauses.iter().map(|clause| count(&clause.node)).sum()
    }

    fn visit<'a>(group: &'a Group, see: &mut dyn FnMut(&'a Word)) {
        fn visit_node<'a>(node: &'a Node, see: &mut dyn FnMut(&'a Word)) {
            match node {
                Node::Word(word) | Node::Prefix(word) | Node::Fuzzy { word, .. } => see(word),
                Node::Phrase { words, .. } => see(words),
                Node::Near { left, right, .. } => {
                    visit_node(left, see);
                    visit_node(right, see);
                }
                Node::Field { node, .. } => visit_node(node, see),
                Node::Group(group) => visit(group, see),
                Node::Category(word) => see(word),
                Node::Lang(_)
                | Node::Kind(_)
                | Node::Dates(_)
                | Node::Article(_)
                | Node::HasField(_) => {}
            }
        }
        for clause in &group.clauses {
            visit_node(&clause.node, see);
        }
    }

    fn without_spans(mut group: Group) -> Group {
        fn clear(node: &mut Node) {
            match node {
                Node::Word(word)
                | Node::Prefix(word)
                | Node::Fuzzy { word, .. }
                | Node::Category(word)
                | Node::Phrase { words: word, .. } => word.span = 0..0,
                Node::Near { left, right, .. } => {
                    clear(left);
                    clear(right);
                }
                Node::Field { node, .. } => clear(node),
                Node::Group(group) => group.clauses.iter_mut().for_each(|c| clear(&mut c.node)),
                Node::Lang(_)
                | Node::Kind(_)
                | Node::Dates(_)
                | Node::Article(_)
                | Node::HasField(_) => {}
            }
        }
        group.clauses.iter_mut().for_each(|clause| clear(&mut clause.node));
        group
    }

    /// What `Group` and `clauses` promise of every tree.
    fn assert_normal(group: &Group) {
        let filter_alternative =
            |clause: &Clause| clause.occur == Occur::Should && clause.node.is_filter();
        if group.clauses.iter().any(filter_alternative) {
            assert!(group.clauses.len() >= 2, "{group}");
            assert!(group.clauses.iter().all(|clause| clause.occur == Occur::Should), "{group}");
        }
        for clause in &group.clauses {
            assert!((0.01..=100.0).contains(&clause.boost));
            match clause.occur {
                Occur::Must => assert!(!clause.node.is_filter(), "{group}"),
                Occur::Filter => assert!(clause.node.is_filter(), "{group}"),
                Occur::Should | Occur::MustNot => {}
            }
            let mut node = &clause.node;
            while let Node::Field { node: inner, .. } = node {
                node = inner;
            }
            if let Node::Group(inner) = node {
                let only = inner.clauses.iter().all(|clause| clause.occur == Occur::MustNot);
                assert!(inner.clauses.len() > 1 || !inner.is_empty() && only, "{group}");
                assert_normal(inner);
            }
        }
    }

    /// Text in which operators, quotation marks and suffixes meet in every way.
    fn query_like() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            " ",
            " ",
            " ",
            "a",
            "b",
            "كلمة",
            "AND",
            " AND ",
            " OR ",
            " NOT ",
            "NEAR/5",
            " NEAR/٣ ",
            "(",
            ")",
            " (",
            ") ",
            "\"",
            " \"",
            "\" ",
            "«",
            "»",
            "“",
            "”",
            "+",
            "-",
            " -",
            " +",
            "title:",
            "lang:",
            "lang:en",
            "lang:ar ",
            "kind:prose",
            " kind:(",
            "year:",
            "date:",
            "category:",
            "article:",
            "article:\"",
            "commander:*",
            "date:*",
            " year:1592..",
            " date:(",
            "commander:",
            "*",
            "~",
            "^",
            "2",
            "1.5",
            "0",
            ",",
            ":",
            "\\",
            "\u{200f}",
            "\u{64b}",
            "…",
            ".",
            "İ",
            "\0",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    /// An expression of explicit operators, as its text and as the sets of words that fulfil it.
    #[derive(Clone, Debug)]
    enum Expr {
        Atom(usize),
        Not(Box<Expr>),
        And(Vec<Expr>),
        Or(Vec<Expr>),
    }

    const ATOMS: [&str; 6] = ["a", "b", "\"c\"", "lang:en", "kind:prose", "date:1592"];

    fn expression() -> impl Strategy<Value = Expr> {
        let atom = (0..ATOMS.len()).prop_map(Expr::Atom);
        atom.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|expr| Expr::Not(Box::new(expr))),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
                prop::collection::vec(inner, 2..4).prop_map(Expr::Or),
            ]
        })
    }

    impl Expr {
        fn text(&self) -> String {
            let join = |parts: &[Expr], operator: &str| {
                parts.iter().map(Expr::operand).collect::<Vec<_>>().join(operator)
            };
            match self {
                Expr::Atom(atom) => ATOMS[*atom].to_owned(),
                Expr::Not(expr) => format!("NOT {}", expr.operand()),
                Expr::And(parts) => join(parts, " AND "),
                Expr::Or(parts) => join(parts, " OR "),
            }
        }

        fn operand(&self) -> String {
            match self {
                Expr::Atom(_) => self.text(),
                _ => format!("({})", self.text()),
            }
        }

        fn holds(&self, present: &BTreeSet<&str>) -> bool {
            match self {
                Expr::Atom(atom) => present.contains(ATOMS[*atom]),
                Expr::Not(expr) => !expr.holds(present),
                Expr::And(parts) => parts.iter().all(|part| part.holds(present)),
                Expr::Or(parts) => parts.iter().any(|part| part.holds(present)),
            }
        }
    }

    /// The rules of `Group`, over passages that are sets of atoms.
    fn selects(group: &Group, present: &BTreeSet<&str>) -> bool {
        fn holds(node: &Node, present: &BTreeSet<&str>) -> bool {
            match node {
                Node::Group(group) => selects(group, present),
                leaf => present.contains(leaf.to_string().as_str()),
            }
        }
        let of = |occur: Occur| group.clauses.iter().filter(move |clause| clause.occur == occur);
        let fulfilled = |clause: &Clause| holds(&clause.node, present);
        of(Occur::Must).all(fulfilled)
            && of(Occur::Filter).all(fulfilled)
            && !of(Occur::MustNot).any(fulfilled)
            && (of(Occur::Must).next().is_some()
                || of(Occur::Should).next().is_none()
                || of(Occur::Should).any(fulfilled))
    }

    fn assert_round_trip(root: Group) {
        let rendering = root.to_string();
        let again = parse_query(&rendering, &is_field, &UNLIMITED).root;
        assert_eq!(without_spans(again), without_spans(root), "{rendering}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn every_query_has_a_normal_tree_that_can_be_rendered(text in query_like()) {
            let parsed = parse(&text);
            assert_bounded(&text, &parsed);
            assert_normal(&parsed.root);
            assert_round_trip(parsed.root);
        }

        #[test]
        fn any_text_is_a_query(text in any::<String>()) {
            let parsed = parse(&text);
            assert_bounded(&text, &parsed);
            assert_normal(&parsed.root);
            assert_round_trip(parsed.root);
        }

        #[test]
        fn plain_text_is_rendered_as_words(text in prop_oneof![query_like(), any::<String>()]) {
            let parsed = parse_plain(&text, &Limits::default());
            assert_bounded(&text, &parsed);
            let plain = |clause: &Clause| {
                clause.occur == Occur::Should && matches!(clause.node, Node::Word(_))
            };
            prop_assert!(parsed.root.clauses.iter().all(plain));
            assert_round_trip(parsed.root);
        }

        #[test]
        fn operators_are_boolean(expr in expression()) {
            let text = expr.text();
            let root = parse(&text).root;
            for bits in 0u32..1 << ATOMS.len() {
                let present = ATOMS.iter().enumerate().filter(|&(place, _)| bits & 1 << place != 0);
                let present: BTreeSet<&str> = present.map(|(_, &atom)| atom).collect();
                prop_assert_eq!(selects(&root, &present), expr.holds(&present), "{} as {}", &text, &root);
            }
        }
    }
}
