//! Latin letters that decomposition leaves with a stroke, a hook or a tie, and final sigma.

/// Appends the folded spelling of the lower-case letter `c`.
pub fn push_folded(c: char, out: &mut String) {
    match expansion(c) {
        Some(plain) => out.push_str(plain),
        None => out.push(c),
    }
}

fn expansion(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' | 'ǽ' | 'ǣ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ð' | 'đ' | 'ɖ' | 'ɗ' | 'ƌ' | 'ȡ' | 'ᵭ' => "d",
        'ø' | 'ɵ' | 'ɔ' | 'ⱺ' => "o",
        'ł' | 'ƚ' | 'ɫ' | 'ɬ' | 'ɭ' | 'ȴ' | 'ⱡ' => "l",
        'ı' | 'ɨ' | 'ɩ' | 'ɪ' => "i",
        'ħ' | 'ɦ' | 'ⱨ' => "h",
        'ŋ' => "ng",
        'ŧ' | 'ƫ' | 'ƭ' | 'ʈ' | 'ȶ' | 'ⱦ' => "t",
        'ĸ' | 'ƙ' | 'ⱪ' => "k",
        'ſ' => "s",
        'ƀ' | 'ƃ' | 'ɓ' => "b",
        'ƈ' | 'ȼ' | 'ɕ' => "c",
        'ƒ' => "f",
        'ɠ' | 'ǥ' | 'ɡ' | 'ɣ' => "g",
        'ƞ' | 'ɲ' | 'ɳ' | 'ȵ' => "n",
        'ƥ' | 'ᵽ' => "p",
        'ɍ' | 'ɼ' | 'ɽ' | 'ɾ' => "r",
        'ȿ' | 'ʂ' => "s",
        'ʉ' | 'ʊ' => "u",
        'ʋ' => "v",
        'ƴ' | 'ɏ' => "y",
        'ƶ' | 'ȥ' | 'ɀ' | 'ʐ' | 'ʑ' | 'ʒ' => "z",
        'ə' | 'ɛ' | 'ǝ' | 'ɇ' | 'ɘ' => "e",
        'ɐ' | 'ɑ' | 'ⱥ' => "a",
        'ɉ' | 'ȷ' => "j",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expansions_are_final() {
        for c in '\u{80}'..='\u{2fff}' {
            if let Some(plain) = expansion(c) {
                assert!(plain.chars().all(|p| expansion(p).is_none()), "{c}");
            }
        }
    }
}
