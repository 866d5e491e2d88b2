//! Templates of which a reader sees nothing, or nothing that is text of the article.

/// Whole names.
const NAMES: &[&str] = &[
    "-",
    "1911",
    "albums",
    "anchor",
    "anchors",
    "article issues",
    "attached kml",
    "authority control",
    "bots",
    "break",
    "canceled",
    "cbignore",
    "clarify",
    "clarify span",
    "clear",
    "clear left",
    "clear right",
    "cleanup",
    "clr",
    "col-2",
    "col-begin",
    "col-break",
    "col-end",
    "colbegin",
    "colend",
    "commons",
    "commons category",
    "commons category-inline",
    "commonscat",
    "coord missing",
    "copy edit",
    "curlie",
    "dead link",
    "defaultsort",
    "div col",
    "div col end",
    "div col start",
    "dmoz",
    "doi-inline",
    "dubious",
    "efn-lr list",
    "end",
    "end div col",
    "endplainlist",
    "endflatlist",
    "expand section",
    "fact",
    "failed verification",
    "featured article",
    "fixbunching",
    "good article",
    "good articles",
    "globalize",
    "how",
    "inconsistent citations",
    "italic title",
    "lowercase title",
    "merge",
    "merge from",
    "merge to",
    "more citations needed",
    "multiple issues",
    "neutrality",
    "no footnotes",
    "no more links",
    "noteslist",
    "notelist",
    "notelist-ua",
    "nowrap begin",
    "nowrap end",
    "open access",
    "original research",
    "pov",
    "page needed",
    "pages needed",
    "portal",
    "portal bar",
    "portal-inline",
    "primary source inline",
    "primary sources",
    "protected",
    "r from camelcase",
    "refbegin",
    "refend",
    "refimprove",
    "refimprove section",
    "references",
    "reflist",
    "registration required",
    "rewrite",
    "semiprotected",
    "shortcut",
    "short description",
    "sister project links",
    "sisterlinks",
    "specify",
    "spoken wikipedia",
    "stack",
    "stack begin",
    "stack end",
    "subject bar",
    "subscription required",
    "taxonbar",
    "toc",
    "toc left",
    "toc limit",
    "toc right",
    "tocleft",
    "tocright",
    "undue",
    "unreferenced",
    "unreferenced section",
    "update",
    "update inline",
    "use american english",
    "use british english",
    "verification needed",
    "verify",
    "verify source",
    "vague",
    "vr",
    "weasel",
    "weasel words",
    "when",
    "which",
    "who",
    "whom",
    "why",
    "wikibooks",
    "wikinews",
    "wikiquote",
    "wikisource",
    "wikispecies",
    "wikiversity",
    "wikivoyage",
    "wiktionary",
    "year needed",
    "citation needed",
    "citation needed span",
    "cn",
    "better source",
    "better source needed",
    "by whom",
    "by whom?",
    "according to whom",
    "who?",
    "when?",
    "which?",
    "full citation needed",
    "full",
    "not in citation given",
    "expert",
    "expert-subject",
    "disputed",
    "disputed-inline",
    "synthesis-inline",
    "or",
    "lead too short",
    "very long",
    "prose",
    "orphan",
    "stub",
    "pp",
    "redirect category shell",
    "rcat shell",
    "cleanup-lang",
    "wayback",
    "webarchive",
    "cite pmid",
    "cite doi",
    "other projects",
    "library resources box",
    "vcite web archive",
    // Arabic.
    "شريط بوابات",
    "بوابة",
    "ضبط استنادي",
    "ثبت المراجع",
    "مراجع",
    "تصنيف كومنز",
    "كومنز",
    "روابط شقيقة",
    "شقيقات ويكيبيديا",
    "بحاجة لمصدر",
    "بحاجة لمصادر",
    "مصدر",
    "بذرة",
    "يتيمة",
    "مصادر أكثر",
    "تدقيق لغوي",
    "وصلة مكسورة",
    "شريط محفوظات",
    "نهاية",
    "تقسيم أعمدة",
    "نهاية تقسيم أعمدة",
    "بداية المراجع",
    "نهاية المراجع",
    "معرفات مركب كيميائي",
    "تصنيف كومنز سطر",
    "روابط",
    "قسم فارغ",
    "توضيح",
    "من",
    "متى",
    "محايدة",
    "لا مصدر",
    "غير مراجعة",
    "تاريخ استخدام",
    "استخدام تواريخ",
    "وصلات قليلة",
    "ملاحظات",
    "مقالة مختارة",
    "مقالة جيدة",
    "رتب",
    "ش",
];

/// Beginnings of names.
const BEGINNINGS: &[&str] = &[
    "use ",
    "pp-",
    "r from ",
    "r to ",
    "r with ",
    "defaultsort",
    "displaytitle",
    "commons ",
    "stub-",
    "wikipedia ",
    "cleanup ",
    "needs ",
    "no ref",
    "more footnotes",
    "in lang",
    "بذرة ",
    "تحويلة ",
    "ترتيب_افتراضي",
    "ترتيب افتراضي",
    "استخدام ",
    "user ",
    "toc",
    "صندوق تصفح نهاية",
];

/// Whether a template shows nothing; by its name, lower-cased.
pub fn is_unseen(name: &str) -> bool {
    NAMES.contains(&name)
        || name.ends_with("-stub")
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether a parameter says how something looks or works, and is no text.
pub fn is_layout(parameter: &str) -> bool {
    let parameter =
        parameter.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | ' '));
    let parameter = parameter.trim_start_matches(|c: char| c.is_ascii_digit());
    let lower = parameter.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "width"
            | "height"
            | "align"
            | "style"
            | "class"
            | "color"
            | "colour"
            | "bgcolor"
            | "size"
            | "image"
            | "img"
            | "file"
            | "image size"
            | "image_size"
            | "imagesize"
            | "image_width"
            | "imagewidth"
            | "map"
            | "map_image"
            | "image_map"
            | "image_flag"
            | "image_coat"
            | "flag"
            | "flag_image"
            | "coat"
            | "symbol_width"
            | "flag_width"
            | "mapsize"
            | "map_width"
            | "float"
            | "direction"
            | "border"
            | "background"
            | "state"
            | "name_style"
            | "text-align"
            | "df"
            | "mf"
            | "abbr"
            | "sp"
            | "adj"
            | "lk"
            | "sigfig"
            | "disp"
            | "group"
            | "liststyle"
            | "bodystyle"
            | "titlestyle"
            | "total_width"
            | "perrow"
            | "upright"
            | "image_upright"
            | "cat"
            | "nocat"
            | "catoff"
            | "header_align"
            | "footer_align"
            | "caption_align"
            | "sortable"
            | "collapsed"
            | "colwidth"
            | "valign"
            | "frame"
            | "header_background"
            | "footer_background"
            | "fontsize"
            | "صورة"
            | "حجم الصورة"
            | "حجم_الصورة"
            | "عرض"
            | "محاذاة"
            | "نمط"
            | "لون"
            | "خريطة"
            | "علم"
            | "صورة العلم"
            | "شعار"
            | "عرض الصورة"
    ) || lower.ends_with("style")
        || lower.ends_with("color")
        || lower.ends_with("size")
        || lower.ends_with("width")
        || lower.ends_with("align")
}
