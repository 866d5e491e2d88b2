//! Infoboxes: templates whose parameters are facts with a name.

use super::expand::Part;
use super::link::is_file_name;
use super::marks::{ASIDE, FIELD, VALUE, joined};
use super::unseen::is_layout;

/// Beginnings and endings of the names of infoboxes, lower-cased.
const BEGINNINGS: &[&str] = &[
    "infobox",
    "geobox",
    "chembox",
    "drugbox",
    "protbox",
    "taxobox",
    "automatic taxobox",
    "speciesbox",
    "subspeciesbox",
    "military infobox",
    "persondata",
    "starbox",
    "planetbox",
    "ethnic group",
    "معلومات ",
    "صندوق معلومات",
    "بطاقة ",
    "تصنيف كائن",
    "عينة حية",
];
const ENDINGS: &[&str] = &[" infobox", "box university", "taxobox", " box person"];

/// Whether a template is an infobox: by its name, or as most of its many parameters have names and
/// it has lines for itself.
pub fn is_infobox(name: &str) -> bool {
    (BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || ENDINGS.iter().any(|ending| name.ends_with(ending)))
        && !name.contains("start")
        && !name.contains("end")
}

/// An entry for each parameter that has a value, each on a line of its own.
pub fn render(parts: &[Part]) -> String {
    let mut out = String::from("\n");
    for (place, part) in parts.iter().enumerate().skip(1) {
        let (name, value) = part.named();
        // What stands within is an infobox of its own, or a picture's caption.
        let (inner, value): (Vec<&str>, Vec<&str>) =
            value.lines().partition(|line| line.starts_with([FIELD, ASIDE]));
        let value = joined(&value.join("\n"));
        let name = name.unwrap_or_default();
        let shows = !value.trim().is_empty() && !is_file_name(&value) && !is_layout(name);
        if shows {
            let key = match name {
                "" => place.to_string(),
                name => name.replace('_', " "),
            };
            out.push_str(&format!("{FIELD}{key}{VALUE}{value}\n"));
        }
        for line in inner {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
