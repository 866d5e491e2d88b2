//! Character sequences of three, by which words that are spelt alike are told.

use crate::analysis::strip_article;

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
    let hash = a.wrapping_mul(0x9e37_79b1) ^ b.wrapping_mul(0x85eb_ca77) ^ c.wrapping_mul(0xc2b2_ae3d);
    hash ^ (hash >> 15)
}

/// Twice the trigrams in common by all trigrams of both, between 0 and 1.
pub fn dice(a: &[u32], b: &[u32]) -> f32 {
    let (mut i, mut j, mut common) = (0, 0, 0u32);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        common += u32::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    2.0 * common as f32 / (a.len() + b.len()).max(1) as f32
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
    fn words_spelt_alike_have_a_high_dice() {
        assert_eq!(dice(&of("pyongyang"), &of("pyongyang")), 1.0);
        assert!(dice(&of("pyongyang"), &of("pyeongyang")) > 0.6);
        assert!(dice(&of("siege"), &of("bullet")) < 0.2);
        assert_eq!(dice(&[], &[]), 0.0);
    }

    #[test]
    fn the_article_makes_no_difference() {
        assert_eq!(of("الحصار"), of("حصار"));
    }
}
