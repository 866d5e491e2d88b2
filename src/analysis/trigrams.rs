//! Character sequences of three, by which words that are spelt alike are told.

use super::strip_article;

/// The distinct trigrams of `_word_`, hashed and sorted; the Arabic article is left out.
pub fn trigrams(word: &str, out: &mut Vec<u32>) {
    out.clear();
    let word = strip_article(word);
    let mut window = [u32::from('_'); 3];
    let mut seen = 0;
    for c in word.chars().chain(std::iter::once('_')) {
        window = [window[1], window[2], u32::from(c)];
        seen += 1;
        if seen >= 2 {
            out.push(mix(window));
        }
    }
    out.sort_unstable();
    out.dedup();
}

fn mix([a, b, c]: [u32; 3]) -> u32 {
    let (a, b, c) =
        (a.wrapping_mul(0x9e37_79b1), b.wrapping_mul(0x85eb_ca77), c.wrapping_mul(0xc2b2_ae3d));
    let hash = a.rotate_left(7) ^ b.rotate_left(13) ^ c;
    hash ^ (hash >> 15)
}

/// One bit for each trigram: words without a bit in common have no trigram in common.
pub fn signature(trigrams: &[u32]) -> u32 {
    trigrams.iter().fold(0, |bits, gram| bits | 1 << (gram.wrapping_mul(0x9e37_79b1) >> 27))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str) -> Vec<u32> {
        let mut out = Vec::new();
        trigrams(word, &mut out);
        out
    }

    #[test]
    fn the_article_makes_no_difference() {
        assert_eq!(of("الحصار"), of("حصار"));
    }

    #[test]
    fn a_word_has_as_many_as_letters() {
        assert_eq!(of("siege").len(), 5);
        assert_eq!(of("").len(), 0);
        assert_eq!(signature(&of("")), 0);
    }
}
