// The words of the interface in English and Arabic, and how numbers are written in each.
//
// Says nothing that comes from a document: those texts have a language of their own.

/** @typedef {"en" | "ar"} Ui */

/** Where the choice of a reader is remembered. */
const REMEMBERED = "warraq-ui";

/** A text, or one for each plural form that the language has. @type {Record<Ui, Record<string, string | Record<string, string>>>} */
const STRINGS = {
  en: {
    search: "Search",
    searchLabel: "Search the passages",
    placeholder: "A name, a word, a question",
    skip: "Skip to the content",
    home: "warraq: to the start",
    otherUi: "العربية",
    help: "Help: keys and query language",
    close: "Close",
    keys: "Keys",
    keyFocus: "to the search box",
    keyMove: "from hit to hit",
    keyOpen: "opens the hit",
    keyEscape: "clears the box; from a hit to the box; from an article back to the results",
    keyHelp: "this help",
    syntax: "Query language",
    syntaxOr: "either word, first passages with both",
    syntaxPhrase: "the phrase",
    syntaxMust: "must be there, must not",
    syntaxNear: "at most nine places apart",
    syntaxPrefix: "words that begin so",
    syntaxFuzzy: "words a letter or two away",
    syntaxField: "in a field: title, section, lang, kind, year, date, category, or an infobox field",
    completions: "Completions",
    results: "Results",
    filters: "Narrow the results",
    activeFilters: "Filters in force",
    removeFilter: "Remove the filter {filter}",
    removeAllFilters: "Remove all",
    facet_lang: "Language",
    facet_article: "Article",
    facet_kind: "Kind",
    facet_year: "Year",
    facet_category: "Category",
    facet_infobox: "Infobox field",
    facetMore: "{n} more",
    facetFewer: "Fewer",
    facetEntry: "{value}, {passages}",
    sort: "Sort",
    sort_relevance: "Best first",
    sort_date: "Earliest date first",
    "sort_date-desc": "Latest date first",
    scores: "Scores",
    score: "Score",
    scoreParts: "What score {score} is made of",
    section: "Section",
    source: "Source",
    approximate: "not found as typed",
    metAs: "Found as",
    kind_prose: "Text",
    kind_infobox: "Infobox",
    kind_links: "Links",
    kind_table: "Table",
    kind_references: "References",
    kind_redirect: "Redirect",
    part_words: "the words", part_order: "in the same order", part_window: "near each other",
    part_sentence: "in one sentence", part_run: "in a row", part_title: "in the title",
    part_opening: "at the beginning",
    found: { one: "{n} passage", other: "{n} passages" },
    took: "{ms} ms",
    passages: { one: "{n} passage", other: "{n} passages" },
    articles: { one: "{n} article", other: "{n} articles" },
    words: { one: "{n} word", other: "{n} words" },
    nothing: "No passage matches.",
    nothingFilters: "Some passages may be hidden by the filters above.",
    nothingWithout: "Some words have been switched off below.",
    didYouMean: "Did you mean",
    partial: "The search ran out of time: these are the best hits found until then, and there may be more.",
    uncounted: "Passages found",
    pages: "Pages of results",
    page: "Page {n}",
    previous: "Previous",
    next: "Next",
    became: "What each word became",
    becameCount: { zero: "as typed", one: "{n} other form", other: "{n} other forms" },
    how_exact: "As typed",
    how_stem: "Forms of the word",
    how_prefix: "Longer words",
    how_fuzzy: "Nearly the same letters",
    how_variant: "Other spellings",
    how_name: "In the other script",
    how_translation: "Translations",
    how_synonym: "Synonyms",
    switchedOff: "Switched off",
    lookFor: "Besides the words themselves, look for",
    plain: "Words only: no operators",
    inIndex: "What is in the index",
    readArticles: "Articles to read",
    moreArticles: "More articles",
    emptyIndex: "The index is empty. Add articles with “warraq index FOLDER”.",
    backToResults: "Back to the results",
    backToStart: "To the start",
    contents: "Contents",
    loadEarlier: "Earlier part of the article",
    loadMore: "Next part of the article",
    infobox: "Infobox",
    refreshed: "The index has changed; what is shown is up to date.",
    articlesShown: { one: "{n} more article", other: "{n} more articles" },
    unreachable: "The server does not answer. It is asked again as soon as you type.",
    retry: "Try again",
    signIn: "Sign in",
    failed: "That did not work",
    unknownLanguage: "Unknown language",
  },
  ar: {
    search: "ابحث",
    searchLabel: "ابحث في المقاطع",
    placeholder: "اسم أو كلمة أو سؤال",
    skip: "انتقل إلى المحتوى",
    home: "ورّاق: إلى البداية",
    otherUi: "English",
    help: "مساعدة: المفاتيح ولغة البحث",
    close: "إغلاق",
    keys: "المفاتيح",
    keyFocus: "إلى خانة البحث",
    keyMove: "من نتيجة إلى أخرى",
    keyOpen: "يفتح النتيجة",
    keyEscape: "يمسح الخانة؛ ومن النتيجة إلى الخانة؛ ومن المقالة إلى النتائج",
    keyHelp: "هذه المساعدة",
    syntax: "لغة البحث",
    syntaxOr: "إحدى الكلمتين، وأولًا ما فيه كلتاهما",
    syntaxPhrase: "العبارة كما هي",
    syntaxMust: "الأولى لا بد منها، والثانية مستبعدة",
    syntaxNear: "بينهما تسعة مواضع على الأكثر",
    syntaxPrefix: "كلمات تبدأ هكذا",
    syntaxFuzzy: "كلمات تختلف بحرف أو حرفين",
    syntaxField: "في حقل: title أو section أو lang أو kind أو year أو date أو category أو حقل من صندوق المعلومات",
    completions: "تكملات",
    results: "النتائج",
    filters: "حصر النتائج",
    activeFilters: "المرشّحات السارية",
    removeFilter: "إزالة المرشّح {filter}",
    removeAllFilters: "إزالة الكل",
    facet_lang: "اللغة",
    facet_article: "المقالة",
    facet_kind: "النوع",
    facet_year: "السنة",
    facet_category: "التصنيف",
    facet_infobox: "حقل صندوق المعلومات",
    facetMore: "{n} أخرى",
    facetFewer: "أقل",
    facetEntry: "{value}، {passages}",
    sort: "الترتيب",
    sort_relevance: "الأفضل أولًا",
    sort_date: "الأقدم تاريخًا أولًا",
    "sort_date-desc": "الأحدث تاريخًا أولًا",
    scores: "الدرجات",
    score: "الدرجة",
    scoreParts: "ممّ تتألف الدرجة {score}",
    section: "القسم",
    source: "المصدر",
    approximate: "لم يرد كما كُتب",
    metAs: "ورد بلفظ",
    kind_prose: "نص",
    kind_infobox: "صندوق معلومات",
    kind_links: "روابط",
    kind_table: "جدول",
    kind_references: "مراجع",
    kind_redirect: "تحويل",
    part_words: "الكلمات", part_order: "بالترتيب نفسه", part_window: "متقاربة",
    part_sentence: "في جملة واحدة", part_run: "متتالية", part_title: "في العنوان",
    part_opening: "في البداية",
    found: { zero: "لا مقاطع", one: "مقطع واحد", two: "مقطعان", few: "{n} مقاطع", many: "{n} مقطعًا", other: "{n} مقطع" },
    took: "{ms} مللي ث",
    passages: { zero: "لا مقاطع", one: "مقطع واحد", two: "مقطعان", few: "{n} مقاطع", many: "{n} مقطعًا", other: "{n} مقطع" },
    articles: { zero: "لا مقالات", one: "مقالة واحدة", two: "مقالتان", few: "{n} مقالات", many: "{n} مقالة", other: "{n} مقالة" },
    words: { zero: "لا كلمات", one: "كلمة واحدة", two: "كلمتان", few: "{n} كلمات", many: "{n} كلمة", other: "{n} كلمة" },
    nothing: "لا يوجد مقطع مطابق.",
    nothingFilters: "قد تكون المرشّحات أعلاه تخفي بعض المقاطع.",
    nothingWithout: "أُوقفت بعض الكلمات أدناه.",
    didYouMean: "هل تقصد",
    partial: "انتهى وقت البحث: هذه أفضل النتائج حتى ذلك الحين، وقد يكون هناك غيرها.",
    uncounted: "مقاطع موجودة",
    pages: "صفحات النتائج",
    page: "الصفحة {n}",
    previous: "السابقة",
    next: "التالية",
    became: "ما صارت إليه كل كلمة",
    becameCount: { zero: "كما كُتبت", one: "صيغة أخرى واحدة", two: "صيغتان أخريان", few: "{n} صيغ أخرى", many: "{n} صيغة أخرى", other: "{n} صيغة أخرى" },
    how_exact: "كما كُتبت",
    how_stem: "صيغ الكلمة",
    how_prefix: "كلمات أطول",
    how_fuzzy: "حروف متقاربة",
    how_variant: "تهجئات أخرى",
    how_name: "بالكتابة الأخرى",
    how_translation: "ترجمات",
    how_synonym: "مرادفات",
    switchedOff: "موقوفة",
    lookFor: "ابحث، إلى جانب الكلمات نفسها، عن",
    plain: "كلمات فقط: بلا رموز بحث",
    inIndex: "ما في الفهرس",
    readArticles: "مقالات للقراءة",
    moreArticles: "مقالات أخرى",
    emptyIndex: "الفهرس فارغ. أضف مقالات بالأمر «warraq index FOLDER».",
    backToResults: "عودة إلى النتائج",
    backToStart: "إلى البداية",
    contents: "المحتويات",
    loadEarlier: "الجزء السابق من المقالة",
    loadMore: "الجزء التالي من المقالة",
    infobox: "صندوق معلومات",
    refreshed: "تغيّر الفهرس، والمعروض محدَّث.",
    articlesShown: { zero: "لا مقالات أخرى", one: "مقالة أخرى", two: "مقالتان أخريان", few: "{n} مقالات أخرى", many: "{n} مقالة أخرى", other: "{n} مقالة أخرى" },
    unreachable: "الخادم لا يجيب. يُسأل من جديد حالما تكتب.",
    retry: "أعد المحاولة",
    signIn: "تسجيل الدخول",
    failed: "لم ينجح ذلك",
    unknownLanguage: "لغة غير معروفة",
  },
};

/** @type {Ui} */
let current = "en";
let numbers = new Intl.NumberFormat("en");
let plainNumbers = numbers;
let plurals = new Intl.PluralRules("en");
let languageNames = new Intl.DisplayNames("en", { type: "language" });

/** What the reader chose before, or what the browser asks for. @returns {Ui} */
export function preferredUi() {
  const remembered = recall();
  if (remembered) return remembered;
  const asked = navigator.languages.find((tag) => isUi(tag.split("-")[0]));
  return /** @type {Ui} */ (asked?.split("-")[0] ?? "en");
}

/** From now on everything is said in this language. @param {Ui} ui */
export function setUi(ui) {
  current = ui;
  // A region, where the browser names one, decides which digits are used.
  const locale = navigator.languages.find((tag) => tag.split("-")[0] === ui) ?? ui;
  numbers = new Intl.NumberFormat(locale);
  plainNumbers = new Intl.NumberFormat(locale, { useGrouping: false });
  plurals = new Intl.PluralRules(locale);
  languageNames = new Intl.DisplayNames(locale, { type: "language" });
}

/** @returns {Ui} */
export const ui = () => current;

/** Which way the interface runs. */
export const direction = () => (current === "ar" ? "rtl" : "ltr");

/** @param {unknown} tag @returns {tag is Ui} */
export const isUi = (tag) => tag === "en" || tag === "ar";

/** @param {Ui} ui */
export function remember(ui) {
  try {
    localStorage.setItem(REMEMBERED, ui);
  } catch {
    // Storage may be forbidden; the URL holds the choice as well.
  }
}

function recall() {
  try {
    const ui = localStorage.getItem(REMEMBERED);
    return isUi(ui) ? ui : null;
  } catch {
    return null;
  }
}

/** A text of the interface. @param {string} key @param {Record<string, string>} [values] */
export function say(key, values = {}) {
  return filled(/** @type {string} */ (STRINGS[current][key]), values);
}

/** Whether the interface has a text of this name. @param {string} key */
export const knows = (key) => typeof STRINGS[current][key] === "string";

/** A text about so many, in the right plural form. @param {string} key @param {number} n */
export function count(key, n) {
  const forms = /** @type {Record<string, string>} */ (STRINGS[current][key]);
  const exact = n === 0 ? forms.zero : undefined;
  return filled(exact ?? forms[plurals.select(n)] ?? forms.other, { n: number(n) });
}

/** @param {number} n */
export const number = (n) => numbers.format(n);

/** A year, or whatever stands in its place. @param {string} year */
export const yearText = (year) => (/^-?\d{1,6}$/.test(year) ? plainNumbers.format(Number(year)) : year);

/** A score: three digits are enough to compare by. @param {number} score */
export const scoreText = (score) => numbers.format(Number(score.toPrecision(4)));

/** @param {string} code  ISO 639, `und` where it is not known */
export function languageName(code) {
  if (!code || code === "und") return say("unknownLanguage");
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}

/** @param {string} kind */
export const kindName = (kind) => (knows(`kind_${kind}`) ? say(`kind_${kind}`) : kind);

/** @param {string} text @param {Record<string, string>} values */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
