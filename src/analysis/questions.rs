//! Question words, and what kind of answer a question asks for.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::stop_words::{forms_of, is_stop_word};

const ENGLISH: &str = "
what what's which who who's whom whose when when's where where's why why's how how's whether
many much
";
const ARABIC: &str = "
ما ماذا لماذا بماذا وماذا من متى ومتى منذ أين وأين كم وكم بكم كيف وكيف لم هل وهل أي أية وما فيم علام إلام
ماهو ماهي ماهم ماهى وماهو وماهي منهو منهي ماذا أيهما أيان أنى عم
";

static FORMS: LazyLock<FxHashSet<String>> = LazyLock::new(|| forms_of(&[ENGLISH, ARABIC]));

/// Whether a folded form asks a question, in English or Arabic. Some of them are function words
/// in other places (من, ما, منذ).
pub fn is_question_word(form: &str) -> bool {
    FORMS.contains(form)
}

/// What a question wants to know, where the wording tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionCue {
    /// A date: "when", "what year", متى.
    When,
    /// A number: "how many", "how far", كم.
    HowMany,
    /// A person: "who", "whose", من هو.
    Who,
}

/// Words of a question that are looked at; what stands later belongs to a subordinate clause.
const WINDOW: usize = 12;

/// What the question of these folded forms, in their order, asks for.
///
/// The first question word decides, so that "what happened when" is no question for a date.
pub fn question_cue(forms: &[&str]) -> Option<QuestionCue> {
    let at = |i: usize| forms.get(i).copied().unwrap_or("");
    for i in 0..forms.len().min(WINDOW) {
        let next = at(i + 1);
        match at(i) {
            "when" => return Some(QuestionCue::When),
            "who" | "whom" | "whose" | "whos" => return Some(QuestionCue::Who),
            "what" | "which" => {
                return match next {
                    "year" | "years" | "date" | "day" | "month" | "century" | "decade" | "time" => {
                        Some(QuestionCue::When)
                    }
                    "number" | "percentage" | "percent" | "proportion" => {
                        Some(QuestionCue::HowMany)
                    }
                    _ => None,
                };
            }
            "how" => {
                return matches!(
                    next,
                    "many"
                        | "much"
                        | "long"
                        | "old"
                        | "far"
                        | "tall"
                        | "high"
                        | "big"
                        | "large"
                        | "wide"
                        | "deep"
                        | "often"
                        | "fast"
                        | "heavy"
                )
                .then_some(QuestionCue::HowMany);
            }
            "where" | "why" => return None,
            "متي" | "ومتي" => return Some(QuestionCue::When),
            "كم" | "وكم" | "بكم" => return Some(QuestionCue::HowMany),
            "منهو" | "منهي" => return Some(QuestionCue::Who),
            "من" if is_who(i, next) => return Some(QuestionCue::Who),
            "اي" | "ايه" => {
                return matches!(
                    next,
                    "عام" | "سنه" | "تاريخ" | "يوم" | "شهر" | "قرن" | "عقد" | "وقت"
                )
                .then_some(QuestionCue::When);
            }
            "ما" if matches!(next, "عدد" | "نسبه") => return Some(QuestionCue::HowMany),
            "ما" if matches!(next, "تاريخ") => return Some(QuestionCue::When),
            "ما" | "ماذا" | "لماذا" | "بماذا" | "ماهو" | "ماهي" | "اين" | "كيف" | "هل"
                if i == 0 =>
            {
                return None;
            }
            _ => {}
        }
    }
    None
}

/// Whether من asks "who" and does not mean "from".
fn is_who(position: usize, next: &str) -> bool {
    let pronoun = matches!(next, "هو" | "هي" | "هم" | "هما" | "الذي" | "التي" | "الذين" | "كان");
    let question = matches!(next, "اين" | "اي" | "متي" | "ماذا");
    pronoun
        || (position == 0 && !next.is_empty() && !question && !is_stop_word(next))
        || (position == 0 && matches!(next, "قام" | "قامت" | "كانت"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Analyzer;

    fn cue(text: &str) -> Option<QuestionCue> {
        let words = Analyzer::new().words(text);
        let forms: Vec<&str> = words.iter().map(|word| word.form.as_str()).collect();
        question_cue(&forms)
    }

    #[test]
    fn lists_are_closed_under_folding() {
        for form in FORMS.iter() {
            let words = Analyzer::new().words(form);
            assert_eq!(words.len(), 1, "{form}");
            assert_eq!(&words[0].form, form);
        }
    }

    #[test]
    fn question_words_of_both_languages() {
        for form in ["what", "whose", "many", "ماذا", "متي", "من", "كم", "اين", "لماذا", "اي"]
        {
            assert!(is_question_word(form), "{form}");
        }
        for form in ["siege", "the", "قلعه", "في", ""] {
            assert!(!is_question_word(form), "{form}");
        }
    }

    #[test]
    fn questions_for_a_date() {
        for text in [
            "When did the siege of Busan begin?",
            "In what year was the castle built?",
            "متى وقعت معركة هينغجو؟",
            "في أي عام انتهت الحرب؟",
            "ما تاريخ المعركة؟",
        ] {
            assert_eq!(cue(text), Some(QuestionCue::When), "{text}");
        }
    }

    #[test]
    fn questions_for_a_number() {
        for text in [
            "How many soldiers defended it?",
            "Of how much rice did they write?",
            "كم عدد الجنود؟",
            "ما عدد القتلى؟",
        ] {
            assert_eq!(cue(text), Some(QuestionCue::HowMany), "{text}");
        }
    }

    #[test]
    fn questions_for_a_person() {
        for text in [
            "Who led the vanguard?",
            "Whose statue stands there?",
            "من هو قائد القلعة؟",
            "من قاد الجيش؟",
            "من الذي بنى القلعة؟",
        ] {
            assert_eq!(cue(text), Some(QuestionCue::Who), "{text}");
        }
    }

    #[test]
    fn everything_else() {
        for text in [
            "Konishi retreat",
            "What happened when the gate fell?",
            "Where did the general who fled go?",
            "How did it end?",
            "من أين جاء الجيش؟",
            "انسحاب كونيشي من بيونغ يانغ",
            "كيف انتهت الحرب؟",
            "",
        ] {
            assert_eq!(cue(text), None, "{text}");
        }
    }
}
