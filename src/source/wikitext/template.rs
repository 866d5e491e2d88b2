//! Templates: what those show that carry text in many wikis, and every value of all others.

use super::expand::Part;
use super::marks::{ASIDE, BAR_TEXT, BREAK_TEXT, FIELD, LINKS, REF, REF_END, SEAM, joined, shown};
use super::unseen::{is_layout, is_unseen};
use super::{Wiki, convert, dates, infobox};

/// The parameters of a template.
struct Values<'p> {
    unnamed: Vec<&'p str>,
    named: Vec<(&'p str, &'p str)>,
}

impl<'p> Values<'p> {
    fn of(parts: &'p [Part]) -> Values<'p> {
        let mut values = Values { unnamed: Vec::new(), named: Vec::new() };
        for part in parts.iter().skip(1) {
            match part.named() {
                // `1=` is the first of those without a name.
                (Some(name), value) => match name.parse::<usize>() {
                    Ok(place @ 1..=30) => {
                        let count = values.unnamed.len().max(place);
                        values.unnamed.resize(count, "");
                        values.unnamed[place - 1] = value;
                    }
                    _ => values.named.push((name, value)),
                },
                (None, value) => values.unnamed.push(value),
            }
        }
        values
    }

    fn nth(&self, place: usize) -> &'p str {
        self.unnamed.get(place).copied().unwrap_or_default()
    }

    /// The unnamed ones that say something.
    fn filled(&self) -> impl DoubleEndedIterator<Item = &'p str> + '_ {
        self.unnamed.iter().copied().filter(|value| !value.is_empty())
    }

    /// The first of some parameters that says something.
    fn get(&self, names: &[&str]) -> &'p str {
        let wanted = |(name, value): &&(&str, &str)| names.contains(name) && !value.is_empty();
        self.named.iter().find(wanted).map(|(_, value)| *value).unwrap_or_default()
    }

    /// All values that are text.
    fn all(&self) -> Vec<String> {
        let named = self.named.iter().filter(|(name, _)| !is_layout(name));
        let named =
            named.map(|(_, value)| *value).filter(|value| !super::link::is_file_name(value));
        self.filled().chain(named).map(joined).filter(|value| !value.is_empty()).collect()
    }
}

/// What a template shows. The first part is its name; `alone`: it has its lines for itself.
pub fn render(parts: &[Part], wiki: &Wiki<'_>, alone: bool) -> String {
    let Some(first) = parts.first() else {
        return String::new();
    };
    let name = shown(&first.text, false).replace('_', " ");
    let name = name.trim().trim_start_matches(':');
    if let Some((function, argument)) = name.split_once(':')
        && let Some(text) = function_value(function, argument, parts, wiki)
    {
        return text;
    }
    let own_name = without_namespace(name).trim();
    let name = own_name.to_lowercase();
    let name = name.as_str();
    let values = Values::of(parts);
    if let Some(text) = symbol(name) {
        return text.to_owned();
    }
    if is_unseen(name) {
        return kept_asides(parts);
    }
    if infobox::is_infobox(name) {
        return infobox::render(parts);
    }
    if dates::is_date(name) {
        let unnamed: Vec<&str> = values.filled().collect();
        return dates::render(&unnamed, wiki.arabic);
    }
    known(name, &values, wiki).unwrap_or_else(|| unknown(own_name, &values, alone))
}

/// A template that nothing is known of: all its values, or its name, as what it shows follows from
/// that.
fn unknown(name: &str, values: &Values<'_>, alone: bool) -> String {
    let all = values.all();
    if all.is_empty() {
        return if alone { format!("\n{LINKS}{name}\n") } else { format!("{SEAM}{name}{SEAM}") };
    }
    if alone && all.len() > 1 {
        all.iter().map(|value| format!("\n* {value}")).collect::<String>() + "\n"
    } else {
        format!("{SEAM}{}{SEAM}", all.join(", "))
    }
}

/// The references and entries within a template that itself shows nothing.
fn kept_asides(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in &parts[1..] {
        for piece in part.text.split(REF).skip(1) {
            let text = piece.split(REF_END).next().unwrap_or_default();
            out.extend([REF].into_iter().chain(text.chars()).chain([REF_END]));
        }
        for line in part.text.lines().filter(|line| line.starts_with([FIELD, ASIDE])) {
            out.push_str(&format!("\n{line}\n"));
        }
    }
    out
}

fn without_namespace(name: &str) -> &str {
    match name.split_once(':') {
        Some((prefix, rest)) if matches!(prefix.to_lowercase().as_str(), "template" | "قالب") => {
            rest.trim()
        }
        _ => name,
    }
}

/// Functions of the wiki, such as `{{formatnum:1000}}`.
fn function_value(
    function: &str,
    argument: &str,
    parts: &[Part],
    wiki: &Wiki<'_>,
) -> Option<String> {
    let function = function.trim().to_lowercase();
    let argument = argument.trim();
    let rest = |from: usize| {
        let texts = parts.get(from..).unwrap_or_default().iter().map(|part| part.named().1);
        let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        texts.join(" ")
    };
    Some(match function.as_str() {
        "defaultsort"
        | "displaytitle"
        | "ترتيب_افتراضي"
        | "ترتيب افتراضي"
        | "#expr"
        | "#time"
        | "#ifexpr"
        | "fullurl"
        | "localurl"
        | "ns"
        | "int"
        | "#language" => String::new(),
        "formatnum" | "lc" | "uc" | "ucfirst" | "lcfirst" | "urlencode" | "anchorencode" => {
            argument.to_owned()
        }
        "#tag" if argument == "ref" => {
            let text = parts.get(1).map(|part| joined(&part.text)).unwrap_or_default();
            format!("{REF}{text}{REF_END}")
        }
        "#if" | "#ifeq" | "#switch" | "#iferror" | "#ifexist" | "#tag" | "#invoke" => rest(1),
        "pagename" | "fullpagename" => wiki.title.to_owned(),
        function if function.starts_with('#') => rest(1),
        _ => return None,
    })
}

/// Templates that stand for some characters.
fn symbol(name: &str) -> Option<&'static str> {
    Some(match name {
        "!" => "|",
        "!!" => "||",
        "!-" => "|-",
        "=" => "=",
        "pipe" => BAR_TEXT,
        "(" | "{" => "{",
        ")" | "}" => "}",
        "((" => "{{",
        "))" => "}}",
        "nbsp" | "spaces" | "space" | "thinsp" | "sp" | "zwj" | "zwnj" | "hair space" => " ",
        "ndash" | "snd" | "spnd" | "spndash" | "spaced ndash" | "spaced en dash" | "–"
        | "en dash" => " – ",
        "mdash" | "—" | "em dash" => "—",
        "·" | "•" | "dot" | "dotsep" | "bull" | "bullet" | "middot" | "\\" | "*" => " · ",
        "'" => "'",
        "\"" => "\"",
        "'s" => "'s",
        "' \"" | "'\"" => "'\"",
        "pagename" | "fullpagename" | "subpagename" => "",
        "br" | "crlf" | "سطر جديد" => BREAK_TEXT,
        "yes" => "Yes",
        "no" => "No",
        "steady" | "increase" | "decrease" | "profit" | "loss" | "gain" => "",
        _ => return None,
    })
}

/// Templates whose text is put together in a way of their own.
fn known(name: &str, values: &Values<'_>, wiki: &Wiki<'_>) -> Option<String> {
    let first = || values.nth(0).to_owned();
    let last = || values.filled().next_back().unwrap_or_default().to_owned();
    let all = |between: &str| values.filled().collect::<Vec<_>>().join(between);
    Some(match name {
        "nowrap"
        | "nobr"
        | "small"
        | "smaller"
        | "big"
        | "larger"
        | "nobold"
        | "center"
        | "sc"
        | "smallcaps"
        | "vanchor"
        | "visible anchor"
        | "strong"
        | "em"
        | "sub"
        | "sup"
        | "smallsup"
        | "flag"
        | "flagcountry"
        | "flagu"
        | "flagicon"
        | "flagdeco"
        | "flag icon"
        | "nts"
        | "ntsh"
        | "noitalic"
        | "resize"
        | "علم"
        | "رمز علم"
        | "أيقونة علم"
        | "رمز_علم"
        | "ill"
        | "interlanguage link"
        | "ill2"
        | "link-interwiki"
        | "وإو"
        | "mono"
        | "code"
        | "key"
        | "keypress"
        | "oldstyledate" => {
            let own = values.get(&["lt", "عر", "بديل"]);
            if own.is_empty() { first() } else { own.to_owned() }
        }
        "lang" | "transl" | "transliteration" | "translit" | "script" | "rtl-lang" | "لغة"
        | "نص لغة" | "color" | "colour" | "font color" | "background color" | "legend"
        | "fontcolor" | "rh" | "sort" | "hs" | "unicode" | "linktext" | "polytonic" | "ar"
        | "font" => last(),
        "convert" | "cvt" | "تحويل" | "حول" => convert::render(&values.unnamed),
        "frac" | "fraction" | "sfrac" => match values.unnamed.as_slice() {
            [whole, over, under] => format!("{whole} {over}/{under}"),
            [over, under] => format!("{over}/{under}"),
            _ => all(""),
        },
        "chem" | "chem2" | "ipac-en" | "ipac-ar" | "su" => all(""),
        "respell" | "usdict" => all("-"),
        "val" => {
            let exponent = values.get(&["e"]);
            let exponent = if exponent.is_empty() { "" } else { &format!("×10^{exponent}") };
            let unit = values.get(&["u", "ul", "up", "upl"]);
            format!("{}{exponent} {unit}", all(" ± ")).trim().to_owned()
        }
        "circa" | "c." | "ca" => format!("c. {}", all(" – ")),
        "floruit" | "fl." => format!("fl. {}", all(" – ")),
        "reign" | "r." => format!("r. {}", all(" – ")),
        "as of" | "اعتبارا من" => {
            let date = dates::render(&values.filled().collect::<Vec<_>>(), wiki.arabic);
            format!("{} {date}", if wiki.arabic { "اعتبارا من" } else { "As of" })
        }
        "abbr" | "tooltip" | "abbrlink" | "اختصار مخفي" => {
            match values.unnamed.as_slice() {
                [short, long, ..] if !long.is_empty() => format!("{short} ({long})"),
                _ => first(),
            }
        }
        "angbr" | "angle bracket" => format!("⟨{}⟩", first()),
        "nihongo" | "nihongo2" | "nihongo3" | "korean" | "نيهونغو" => {
            let mut parts = values.filled();
            let head = parts.next().unwrap_or_default();
            let rest: Vec<&str> = parts.collect();
            if rest.is_empty() { head.to_owned() } else { format!("{head} ({})", rest.join(", ")) }
        }
        "coord" | "إحداثيات" | "احداثيات" => coordinates(values),
        "hlist"
        | "flatlist"
        | "plainlist"
        | "unbulleted list"
        | "ubl"
        | "ublist"
        | "unbulleted"
        | "collapsible list"
        | "ordered list"
        | "bulleted list"
        | "tree list"
        | "قائمة"
        | "قائمة بسيطة"
        | "قائمة أفقية"
        | "dotted list"
        | "vunblist" => {
            let items = values.unnamed.iter().flat_map(|value| super::marks::parts(value));
            let title = values.get(&["title", "عنوان"]);
            let title = (!title.is_empty()).then_some(title);
            let items: Vec<&str> = title.into_iter().chain(items).collect();
            items.join(BREAK_TEXT)
        }
        "main"
        | "main article"
        | "see also"
        | "seealso"
        | "further"
        | "further information"
        | "details"
        | "see"
        | "main list"
        | "مفصلة"
        | "مقالة مفصلة"
        | "أيضا"
        | "طالع أيضا"
        | "طالع"
        | "انظر أيضا"
        | "اقرأ أيضا"
        | "about"
        | "other uses"
        | "other people"
        | "other places"
        | "otheruses"
        | "hatnote"
        | "distinguish"
        | "for"
        | "redirect"
        | "redirect2"
        | "two other uses"
        | "for2"
        | "redirects here"
        | "dablink"
        | "rellink"
        | "selfref"
        | "للتمييز"
        | "عن"
        | "توضيح الاسم" => {
            let links = values.all();
            format!("\n{LINKS}{}{}\n", hatnote(name, wiki.arabic), links.join(", "))
        }
        "quote"
        | "blockquote"
        | "cquote"
        | "quotation"
        | "rquote"
        | "quote box"
        | "bquote"
        | "اقتباس"
        | "اقتباس خاص"
        | "poemquote"
        | "quote frame" => {
            let text = values.get(&["text", "quote", "نص", "اقتباس"]);
            let text = if text.is_empty() { values.nth(0) } else { text };
            let rest: Vec<String> =
                values.all().into_iter().filter(|v| *v != joined(text)).collect();
            let source =
                if rest.is_empty() { String::new() } else { format!(" — {}", rest.join(", ")) };
            format!("\n\n{text}{source}\n\n")
        }
        "multiple image"
        | "double image"
        | "wide image"
        | "image frame"
        | "css image crop"
        | "gallery"
        | "صور متعددة"
        | "triple image"
        | "annotated image"
        | "tall image"
        | "panorama" => values.all().iter().map(|value| format!("\n{ASIDE}{value}\n")).collect(),
        "sfn"
        | "sfnp"
        | "sfnm"
        | "harvnb"
        | "harv"
        | "harvtxt"
        | "harvp"
        | "harvcol"
        | "harvcolnb"
        | "harvard citation"
        | "harvard citation no brackets"
        | "harvard citation text" => {
            let text = short_citation(values);
            if name.starts_with("sfn") { format!("{REF}{text}{REF_END}") } else { text }
        }
        "efn" | "efn-ua" | "efn-lr" | "refn" | "note" | "ref" | "#tag:ref" | "ملاحظة" | "rp"
        | "cref2" => {
            let text = values.filled().map(joined).collect::<Vec<_>>().join(" ");
            let page = values.get(&["p", "pp", "page", "pages"]);
            format!("{REF}{text}{page}{REF_END}")
        }
        "navbox"
        | "navboxes"
        | "sidebar"
        | "navbox with columns"
        | "succession box"
        | "صندوق تصفح" => {
            let lines = values.all().into_iter().map(|value| format!("\n{LINKS}{value}\n"));
            lines.collect()
        }
        name if is_citation(name) => citation(values),
        name if name.starts_with("lang-")
            || name.starts_with("ipa-")
            || name.starts_with("ipa") =>
        {
            all(", ")
        }
        name if name.starts_with("flag ") => first(),
        _ => return None,
    })
}

fn hatnote(name: &str, arabic: bool) -> &'static str {
    match (name, arabic) {
        ("main" | "main article" | "main list" | "مفصلة" | "مقالة مفصلة", false) => {
            "Main article: "
        }
        ("main" | "main article" | "main list" | "مفصلة" | "مقالة مفصلة", true) => {
            "المقالة الرئيسة: "
        }
        (
            "see also" | "seealso" | "أيضا" | "طالع أيضا" | "طالع" | "انظر أيضا" | "اقرأ أيضا",
            true,
        ) => "طالع أيضا: ",
        ("see also" | "seealso", false) => "See also: ",
        ("further" | "further information" | "details", false) => "Further information: ",
        ("distinguish", false) => "Not to be confused with ",
        _ => "",
    }
}

fn is_citation(name: &str) -> bool {
    name.starts_with("cite ")
        || name.starts_with("vcite")
        || name.starts_with("citation")
        || name.starts_with("استشهاد")
        || name.starts_with("مرجع ")
        || matches!(
            name,
            "cite" | "google books" | "isbn" | "doi" | "oclc" | "harvid" | "citec" | "وب-مرجع"
        )
}

/// A citation: its values in their order, but for those that only its links and dates of retrieval
/// need.
fn citation(values: &Values<'_>) -> String {
    let unsaid = |name: &str| {
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
        is_layout(name)
            || name.ends_with("url")
            || name.contains("date") && name != "date" && !name.starts_with("orig")
            || name.ends_with("-link")
            || name.ends_with("link")
            || matches!(
                name,
                "ref"
                    | "mode"
                    | "url-status"
                    | "dead-url"
                    | "deadurl"
                    | "url-access"
                    | "display-authors"
                    | "display-editors"
                    | "doi-access"
                    | "postscript"
                    | "registration"
                    | "subscription"
                    | "harv"
                    | "name-list-style"
                    | "url access"
                    | "مسار"
                    | "تاريخ الوصول"
                    | "مسار أرشيف"
                    | "تاريخ أرشيف"
                    | "وصلة مكسورة"
                    | "تاريخ الأرشيف"
                    | "وصلة مؤلف"
                    | "مسار الأرشيف"
            )
    };
    let named = values.named.iter().filter(|(name, value)| !unsaid(name) && !value.is_empty());
    let parts = values.filled().chain(named.map(|(_, value)| *value)).map(joined);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(". ")
}

/// `Smith 2010, p. 5`.
fn short_citation(values: &Values<'_>) -> String {
    let mut text = values.filled().collect::<Vec<_>>().join(" ");
    for (names, sign) in [(["p", "page"], "p. "), (["pp", "pages"], "pp. "), (["loc", "at"], "")] {
        let value = values.get(&names);
        if !value.is_empty() {
            text.push_str(&format!(", {sign}{value}"));
        }
    }
    text
}

/// `51°30′26″N 0°7′39″W`, from up to three numbers before each letter.
fn coordinates(values: &Values<'_>) -> String {
    let mut out = String::new();
    let mut numbers = 0;
    for value in values.filled() {
        if matches!(value, "N" | "S" | "E" | "W") {
            out.push_str(value);
            out.push(' ');
            numbers = 0;
        } else if value.parse::<f64>().is_ok() && numbers < 3 {
            out.push_str(value);
            out.push(['°', '′', '″'][numbers]);
            numbers += 1;
        } else if !value.contains([':', '=']) {
            out.push_str(&format!(" {value}"));
        }
    }
    // Without letters they are degrees of latitude and longitude.
    let text = out.trim().to_owned();
    if text.ends_with('′') { text.replace('′', "°").replacen('°', "°, ", 1) } else { text }
}
