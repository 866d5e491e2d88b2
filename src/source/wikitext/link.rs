//! Links: what of them a reader sees.

use super::expand::Part;
use super::marks::{ASIDE, BAR_TEXT, FIELD, PLAIN, joined};
use super::{LinkKind, Wiki};

/// Renders `[[…]]`, and puts what it says of categories into `categories`.
pub fn render(parts: &[Part], wiki: &Wiki<'_>, categories: &mut Vec<String>) -> String {
    let Some((target_part, rest)) = parts.split_first() else {
        return String::new();
    };
    let target = target_part.text.trim();
    // A page's name holds none of these, so this is no link.
    let is_name = !target_part.text.contains(['\n', '[', ']', '{', '}', '<', '>', FIELD]);
    if target.is_empty() || !is_name {
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        return format!("{PLAIN}[[{}]]", texts.join(BAR_TEXT));
    }
    let label = rest.last().map(|part| part.text.as_str());
    if let Some(page) = target.strip_prefix(':') {
        return label.filter(|label| !label.trim().is_empty()).unwrap_or(page).to_owned();
    }
    if let Some((prefix, name)) = target.split_once(':') {
        match (wiki.namespace)(prefix) {
            Some(LinkKind::Category) => {
                let category = super::marks::shown(&name.replace('_', " "), false);
                if !category.is_empty() && !categories.contains(&category) {
                    categories.push(category);
                }
                return String::new();
            }
            Some(LinkKind::File) => {
                let caption = caption(rest.iter().map(|part| part.text.as_str()), wiki);
                if caption.is_empty() {
                    return String::new();
                }
                return format!("\n{ASIDE}{caption}\n");
            }
            // The same page in another language: a matter of the margin.
            None if rest.is_empty() && is_language(prefix) => return String::new(),
            Some(LinkKind::Page) | None => {}
        }
    }
    match label {
        None => target.replace('_', " "),
        // `[[Busan (city)|]]` is shown without what tells it from others.
        Some(label) if label.trim().is_empty() && rest.len() == 1 => {
            let name = target.split_once(':').map_or(target, |(_, name)| name);
            let name = name.split(" (").next().unwrap_or(name);
            name.split(',').next().unwrap_or(name).replace('_', " ")
        }
        Some(_) => {
            let labels: Vec<&str> = rest.iter().map(|part| part.text.as_str()).collect();
            labels.join(BAR_TEXT)
        }
    }
}

/// What is said of a picture: its caption and what stands for it where it cannot be seen.
pub fn caption<'p>(options: impl Iterator<Item = &'p str>, wiki: &Wiki<'_>) -> String {
    let mut shown = Vec::new();
    for option in options {
        let text = joined(option);
        let (name, value) = text.split_once('=').unwrap_or(("", &text));
        let value = match name.trim() {
            "alt" | "بديل" | "نص بديل" => value.trim(),
            "link" | "وصلة" | "page" | "lang" | "upright" | "class" | "start" | "thumbtime"
            | "thumb" | "صفحة" | "لغة" | "رتبة" => continue,
            _ => text.trim(),
        };
        let is_file = value
            .split_once(':')
            .is_some_and(|(prefix, _)| (wiki.namespace)(prefix) == Some(LinkKind::File));
        if value.is_empty() || is_file || is_layout(value) || is_file_name(value) {
            continue;
        }
        shown.push(value.to_owned());
    }
    shown.dedup();
    shown.join(". ")
}

/// Words that say how a picture is placed.
fn is_layout(option: &str) -> bool {
    let size = option.strip_suffix("px").or_else(|| option.strip_suffix("بك"));
    if size.is_some_and(|size| size.chars().all(|c| c.is_numeric() || c == 'x' || c == ' ')) {
        return true;
    }
    matches!(
        option,
        "thumb"
            | "thumbnail"
            | "frame"
            | "framed"
            | "frameless"
            | "border"
            | "left"
            | "right"
            | "center"
            | "centre"
            | "none"
            | "upright"
            | "baseline"
            | "middle"
            | "sub"
            | "super"
            | "top"
            | "text-top"
            | "bottom"
            | "text-bottom"
            | "تصغير"
            | "مصغر"
            | "إطار"
            | "بإطار"
            | "لاإطار"
            | "حدود"
            | "يسار"
            | "يمين"
            | "مركز"
            | "وسط"
            | "بدون"
            | "بلا"
            | "رأسي"
            | "معدول"
            | "noicon"
            | "muted"
            | "loop"
    )
}

/// Whether a value is the name of a picture or recording.
pub fn is_file_name(value: &str) -> bool {
    let Some((name, ending)) = value.rsplit_once('.') else {
        return false;
    };
    let ending = ending.to_ascii_lowercase();
    !name.is_empty()
        && !value.contains('\n')
        && matches!(
            ending.as_str(),
            "jpg"
                | "jpeg"
                | "png"
                | "svg"
                | "gif"
                | "tif"
                | "tiff"
                | "ogg"
                | "oga"
                | "ogv"
                | "webm"
                | "webp"
                | "mp3"
                | "mp4"
                | "wav"
                | "flac"
                | "mid"
                | "djvu"
                | "pdf"
                | "stl"
                | "xcf"
        )
}

/// Whether a prefix is that of a wiki in another language.
fn is_language(prefix: &str) -> bool {
    let mut parts = prefix.split('-');
    let first = parts.next().unwrap_or_default();
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    ((2..=3).contains(&first.len()) && lower(first) && parts.all(lower))
        || matches!(prefix, "simple" | "commons" | "species")
}

/// The length of the web address with which a text begins.
pub fn address(text: &str) -> Option<usize> {
    let schemes =
        ["http://", "https://", "//", "ftp://", "mailto:", "news:", "irc://", "gopher://", "doi:"];
    let lower = text.get(..text.len().min(10)).map(str::to_ascii_lowercase);
    let lower = lower.unwrap_or_else(|| text.chars().take(8).collect());
    let scheme = schemes.into_iter().find(|scheme| lower.starts_with(scheme))?;
    let length = text
        .find(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '[' | ']' | '<' | '"' | '|')
        })
        .unwrap_or(text.len());
    (length > scheme.len()).then_some(length)
}
