//! What expansion must know of an index: which forms it holds and which stand side by side.

use std::ops::ControlFlow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::keys::{Key, keys_of};
use crate::lang::script_of;

/// What an index knows of one folded form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordInfo {
    /// In how many passages the form occurs.
    pub df: u32,
    /// Whether it occurs in upper case only (and has case): probably a name.
    pub capitalized_only: bool,
}

/// Is called with a form and with what tells, if it is asked, what is known of it; breaks to stop.
pub type Visit<'v> = dyn FnMut(&str, &dyn Fn() -> WordInfo) -> ControlFlow<()> + 'v;

/// The folded forms of an index.
pub trait Vocabulary {
    /// Calls `each` with every form that has `key` among its
    /// [`keys_of`], in an order that depends on the forms and their passages alone,
    /// until it breaks; frequent forms first is best, since callers stop after some thousands. A
    /// form may be given more than once.
    fn by_key(&self, key: Key, each: &mut Visit<'_>);

    /// What is known of the form; `None` if it does not occur.
    fn word(&self, form: &str) -> Option<WordInfo>;

    /// Whether `second` follows `first` directly somewhere. May say yes when unsure.
    fn adjacent(&self, first: &str, second: &str) -> bool;
}

/// A vocabulary in memory, for tests and small lists.
#[derive(Clone, Debug, Default)]
pub struct MemoryVocabulary {
    words: Vec<(String, WordInfo)>,
    numbers: FxHashMap<String, u32>,
    by_key: FxHashMap<Key, Vec<u32>>,
    pairs: FxHashSet<(u32, u32)>,
}

impl MemoryVocabulary {
    pub fn new() -> MemoryVocabulary {
        MemoryVocabulary::default()
    }

    /// Adds a folded form, or adds to its `df`; it stays `capitalized_only` if it always was.
    pub fn add(&mut self, form: &str, info: WordInfo) {
        let number = self.number(form);
        if let Some((_, known)) = self.words.get_mut(number as usize) {
            known.capitalized_only &= info.capitalized_only || known.df == 0;
            if known.df == 0 {
                known.capitalized_only = info.capitalized_only;
            }
            known.df = known.df.saturating_add(info.df);
        }
    }

    /// Notes that `second` follows `first`. Forms that were not added are so with a `df` of 0.
    pub fn add_pair(&mut self, first: &str, second: &str) {
        let pair = (self.number(first), self.number(second));
        self.pairs.insert(pair);
    }

    /// How many forms there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn number(&mut self, form: &str) -> u32 {
        if let Some(&number) = self.numbers.get(form) {
            return number;
        }
        let number = self.words.len() as u32;
        self.words.push((form.to_owned(), WordInfo::default()));
        self.numbers.insert(form.to_owned(), number);
        keys_of(form, script_of(form), &mut |key| {
            self.by_key.entry(key).or_default().push(number);
        });
        number
    }
}

impl Vocabulary for MemoryVocabulary {
    fn by_key(&self, key: Key, each: &mut Visit<'_>) {
        for &number in self.by_key.get(&key).map_or(&[][..], Vec::as_slice) {
            if let Some((form, info)) = self.words.get(number as usize)
                && each(form, &|| *info).is_break()
            {
                return;
            }
        }
    }

    fn word(&self, form: &str) -> Option<WordInfo> {
        let number = *self.numbers.get(form)?;
        self.words.get(number as usize).map(|(_, info)| *info)
    }

    fn adjacent(&self, first: &str, second: &str) -> bool {
        match (self.numbers.get(first), self.numbers.get(second)) {
            (Some(&first), Some(&second)) => self.pairs.contains(&(first, second)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_kept_once_with_all_their_passages() {
        let mut vocabulary = MemoryVocabulary::new();
        vocabulary.add_pair("kwon", "yul");
        vocabulary.add("kwon", WordInfo { df: 2, capitalized_only: true });
        vocabulary.add("kwon", WordInfo { df: 1, capitalized_only: true });
        vocabulary.add("yul", WordInfo { df: 1, capitalized_only: true });
        vocabulary.add("yul", WordInfo { df: 1, capitalized_only: false });
        assert_eq!(vocabulary.len(), 2);
        assert_eq!(vocabulary.word("kwon"), Some(WordInfo { df: 3, capitalized_only: true }));
        assert_eq!(vocabulary.word("yul"), Some(WordInfo { df: 2, capitalized_only: false }));
        assert_eq!(vocabulary.word("pal"), None);
        assert!(vocabulary.adjacent("kwon", "yul") && !vocabulary.adjacent("yul", "kwon"));
    }

    #[test]
    fn a_callback_can_stop() {
        let mut vocabulary = MemoryVocabulary::new();
        for form in ["busan", "pusan", "bosan"] {
            vocabulary.add(form, WordInfo::default());
        }
        let mut seen = Vec::new();
        keys_of("busan", script_of("busan"), &mut |key| {
            vocabulary.by_key(key, &mut |form, _| {
                seen.push(form.to_owned());
                if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        });
        assert_eq!(seen, ["busan", "pusan"]);
    }
}
