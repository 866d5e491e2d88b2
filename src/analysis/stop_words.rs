//! Function words of English and Arabic, which carry no topic.
//!
//! Written as people write them; the set holds their forms, made by the same folds as every
//! other word, so that a list can never disagree with the text. `us` is missing on purpose: folded,
//! it is the country as well. على folds to the same form as the name علي and stays in the list.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::fold::fold_word;

const ENGLISH: &str = "
a an the this that these those
i me my mine myself we our ours ourselves you your yours yourself yourselves he him his himself
she her hers herself it its itself they them their theirs themselves one's
am is are was were be been being do does did doing done have has had having
can could will would shall should may might must ought cannot
can't couldn't don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't
shouldn't mustn't i'm i've i'd i'll you're you've you'll he'd he'll she'd she'll we're we've we'll
they're they've they'd they'll it'll it'd that'll there'd
and or but nor if then else so than because while although though unless until since
of in on at by for with without from to into onto upon about above below under over between among
through during before after against within toward towards via per as off out up down
not no yes only own same too very just also both each few more most other another some such any all
here there where's there's again further once now ever even still yet already
what's who's how's when's that's let's
etc s t
";

const ARABIC: &str = "
في من إلى عن مع حتى منذ خلال عند عندما لدى لدي بين تحت فوق أمام خلف وراء حول دون بدون ضد نحو عبر
قبل بعد أثناء حيث حين حينما بينما كلما لما مذ سوى غير إلا خلا عدا
و أو أم ثم بل لكن لكنّ لكنه لكنها لأن لأنه لأنها كي لكي إذ إذا إذن لو لولا لوما إن أن أنّ إنّ أنه أنها إنه إنها
أنهم إنهم كأن ليت لعل بأن بأنه بأنها فإن وإن وأن وأنه وأنها فإنه فإنها
ما لا لم لن لات ليس ليست ليسوا كلا بلى نعم
هو هي هم هن هما أنا نحن أنت أنتم أنتما أنتن وهو وهي وهم فهو فهي
هذا هذه هذان هذين هاتان هاتين هؤلاء ذلك ذاك تلك أولئك هنا هناك هنالك وهذا وهذه وذلك
الذي التي اللذان اللذين اللتان اللتين الذين اللاتي اللواتي اللائي والذي والتي والذين
كان كانت كانا كانوا يكون تكون يكونوا كن وكان وكانت فكان كنت كنا
قد لقد وقد فقد سوف
به بها بهم بهما بك بي بنا له لها لهم لهما لك لي لنا لهن فيه فيها فيهم فيهما منه منها منهم منهما
عليه عليها عليهم عليهما إليه إليها إليهم إليهما عنه عنها عنهم معه معها معهم لديه لديها بينهم بينهما
وفي ومن وإلى وعلى وعن ومع وما ولا ولم ولن وليس ولكن وبعد وقبل وحتى ومنها ومنه وفيها وله ولها وبه
كل بعض كلا كلتا جميع أي أيضا أيضاً فقط جدا جداً كما كذلك هكذا مثل مما ممن عما فيما بما لما كما
الى ان اما أما إما يا أيها أيتها ال
تم يتم وتم قام قامت
";

/// Every form in the lists, sorted.
pub fn all() -> Vec<&'static str> {
    let mut all: Vec<&str> = FORMS.iter().map(String::as_str).collect();
    all.sort_unstable();
    all
}

static FORMS: LazyLock<FxHashSet<String>> = LazyLock::new(|| forms_of(&[ENGLISH, ARABIC]));

/// The set of the forms of all words in `lists`, which are separated by white space.
pub fn forms_of(lists: &[&str]) -> FxHashSet<String> {
    let mut forms = FxHashSet::default();
    for word in lists.iter().flat_map(|list| list.split_whitespace()) {
        fold_word(word, &mut |form| {
            forms.insert(form.to_owned());
        });
    }
    forms
}

/// Whether a folded form is a function word of English or Arabic.
pub fn is_stop_word(form: &str) -> bool {
    FORMS.contains(form)
}

/// The same for a word whose spelling in the text is known: على is a function word, the name علي
/// is none, although both have the form علي.
pub fn is_stop_word_as_written(written: &str, form: &str) -> bool {
    is_stop_word(form) || (form == "علي" && written.contains('ى'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_closed_under_folding() {
        for form in all() {
            let mut again = Vec::new();
            fold_word(form, &mut |form| again.push(form.to_owned()));
            assert_eq!(again, [form]);
        }
    }

    #[test]
    fn function_words_of_both_languages_are_known_by_their_forms() {
        for form in ["the", "of", "dont", "في", "الي", "ان", "هذه", "التي", "لانها", "ايضا"]
        {
            assert!(is_stop_word(form), "{form}");
        }
    }

    #[test]
    fn ala_is_a_function_word_and_ali_a_name() {
        assert!(is_stop_word_as_written("على", "علي"));
        assert!(is_stop_word_as_written("عَلَى", "علي"));
        assert!(!is_stop_word_as_written("علي", "علي"));
        assert!(is_stop_word_as_written("في", "في"));
    }

    #[test]
    fn words_with_a_topic_are_not_in_the_lists() {
        for form in [
            "us",
            "siege",
            "will's",
            "busan",
            "retreat",
            "king",
            "قلعه",
            "حرب",
            "ملك",
            "كوريا",
            "عام",
            "يول",
            "",
        ] {
            assert!(!is_stop_word(form), "{form}");
        }
    }
}
