// The page of `warraq serve`: holds what is shown (a State), and has it shown when it changes.
//
// What always holds: the URL says what is shown or about to be; an answer is shown only if nothing
// was asked for after it; what is shown stays until there is something to take its place.

import { ask, Latest, onIndexChange } from "./api.js";
import { articleTitle, closeArticle, foundPassage, loadArticle, loadEarlier, loadMore } from "./article.js";
import { byId, h, show } from "./dom.js";
import { showFacets, toggleFacet } from "./facets.js";
import { listenToKeys } from "./keys.js";
import { forgetOverview, loadArticles, loadOverview } from "./overview.js";
import { showResults } from "./results.js";
import { announce, begin, end, reveal, setInterface, showProblem } from "./shell.js";
import { EMPTY, EXPANSIONS, searchParams, stateOf, toggled, urlOf } from "./state.js";
import { count, preferredUi, remember, say, ui } from "./strings.js";
import { showWords } from "./words.js";

/** @typedef {import("./state.js").State} State */
/**
 * @typedef {object} Manner  how something is shown
 * @property {boolean} [quiet]  nothing was done by the reader: neither focus nor scrolling moves
 * @property {"box" | "heading" | "passage" | null} [focus]  where the focus goes
 * @property {boolean} [top]  to the top of the page
 * @property {{scroll?: number, focus?: string} | null} [restore]  as it was left
 */

/** From the last key to the question. */
const DEBOUNCE_MS = 120;
const MOST_KEPT = 30;
const MOST_COMPLETIONS = 6;
const WIDE = matchMedia("(min-width: 60rem)");

let state = stateOf(location);
const latest = new Latest();
const latestCompletions = new Latest();
/** Answers by what was asked, for Back. @type {Map<string, any>} */
const kept = new Map();
/** The manner of what is being asked for. @type {Manner | null} */
let underWay = null;
/** Whether the index changed meanwhile. */
let askAgain = false;
let shownIds = "";
/** Whether what is shown answers to the beginning of a word that is being typed. */
let isCompleted = false;
let debounce = 0;

// ---- From one state to another ----

/** Shows another state as another entry of the history. @param {State} next @param {Manner} [manner] @param {object} [entry] */
function go(next, manner = {}, entry = {}) {
  clearTimeout(debounce);
  leave();
  history.pushState(entry, "", urlOf(next));
  take(next);
  return render(manner);
}

/** @param {State} next */
function take(next) {
  state = next;
  byId("q").value = state.q;
  show(byId("completions"));
}

/** Notes in the present entry of the history where the reader was, and that typing is over. */
function leave() {
  const hit = document.activeElement?.closest("[data-key]");
  const focus = hit instanceof HTMLElement ? hit.dataset.key : undefined;
  history.replaceState({ ...history.state, draft: false, scroll: scrollY, focus }, "");
}

/** The box has another text. The first letter begins an entry of the history, the others change it. */
function typed() {
  const q = byId("q").value.trim();
  if (q === state.q && state.view === "search") return;
  const base = q ? state : { ...EMPTY(), ui: state.ui };
  const next = { ...base, view: /** @type {const} */ ("search"), q, page: 1, article: "", passage: "" };
  if (history.state?.draft) {
    history.replaceState(history.state, "", urlOf(next));
  } else {
    leave();
    history.pushState({ draft: true }, "", urlOf(next));
  }
  state = next;
  render({ top: true });
  complete(q);
}

function typedSoon() {
  clearTimeout(debounce);
  debounce = setTimeout(typed, DEBOUNCE_MS);
}

/** The reader has finished typing. */
function commit() {
  clearTimeout(debounce);
  typed();
  show(byId("completions"));
  history.replaceState({ ...history.state, draft: false }, "");
  if (isCompleted) render();
}

function leaveArticle() {
  if (history.state?.within) history.back();
  else go(state.q ? { ...state, view: "search", article: "", passage: "" } : { ...EMPTY(), ui: state.ui }, { focus: "heading" });
}

// ---- Showing a state ----

/** Asks for what the state needs, then shows it. @param {Manner} [manner] */
async function render(manner = {}) {
  if (manner.quiet && underWay) {
    askAgain = true;
    return;
  }
  const now = state;
  underWay = manner;
  begin(manner.quiet ?? false);
  let isNewest = true;
  try {
    const put = await latest.run((signal) => prepare(now, signal, manner));
    isNewest = put !== undefined;
    if (!put) return;
    setInterface(wishedUi());
    put();
    showView(now.view === "article" ? "article" : now.q ? "results" : "overview");
    document.title = titleOf(now);
    show(byId("problem"));
    reveal();
    place(manner);
  } catch (error) {
    // What nobody asked for need not be seen to fail.
    if (!manner.quiet) showProblem(error);
  } finally {
    if (isNewest) settled();
  }
}

function settled() {
  underWay = null;
  end();
  if (askAgain) {
    askAgain = false;
    render({ quiet: true });
  }
}

/** @param {State} now @param {AbortSignal} signal @param {Manner} manner @returns {Promise<() => void>} */
async function prepare(now, signal, manner) {
  if (now.view === "article") {
    const put = await loadArticle(now, signal);
    return () => {
      put();
      watchEnd();
    };
  }
  if (!now.q) return loadOverview(now, signal);
  const answer = await answerWhileTyping(now, signal);
  return () => {
    showResults(answer, now);
    showFacets(answer, now);
    showWords(answer, now);
    const ids = JSON.stringify([answer.total, answer.hits.map((/** @type {any} */ hit) => hit.id)]);
    if (!manner.quiet) announce(found(answer));
    else if (ids !== shownIds) announce(`${say("refreshed")} ${found(answer)}`);
    shownIds = ids;
  };
}

/** @param {any} answer */
const found = ({ total, hits }) =>
  hits.length === 0 ? say("nothing") : count("found", total ?? hits.length);

/**
 * The answer; while a word is being typed and finds nothing as it is, that to its beginning.
 * @param {State} now @param {AbortSignal} signal
 */
async function answerWhileTyping(now, signal) {
  const answer = await answerTo(now, signal);
  isCompleted = false;
  if (answer.total || !history.state?.draft || now.plain || !/[\p{L}\p{M}\p{N}]$/u.test(now.q)) return answer;
  const longer = await answerTo({ ...now, q: `${now.q}*` }, signal);
  isCompleted = Boolean(longer.total);
  return isCompleted ? longer : answer;
}

/** @param {State} now @param {AbortSignal} signal */
async function answerTo(now, signal) {
  const params = searchParams(now);
  const key = new URLSearchParams(params).toString();
  let answer = kept.get(key);
  if (!answer) {
    answer = await ask("search", params, signal);
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
    // What the time did not suffice for may be whole the next time.
    if (!answer.partial) kept.set(key, answer);
  }
  return answer;
}

/** @param {"overview" | "results" | "article"} view */
function showView(view) {
  for (const id of ["overview", "results", "article"]) byId(id).hidden = id !== view;
  document.body.dataset.view = view;
  delete byId("results").dataset.stale;
  if (view !== "article") closeArticle();
}

/** @param {State} now */
function titleOf(now) {
  const subject = now.view === "article" ? articleTitle() : now.q;
  return subject ? `${subject} – warraq` : "warraq";
}

/** Brings focus and scrolling to where they belong. @param {Manner} manner */
function place({ quiet, focus, top, restore }) {
  if (quiet) return;
  const calmly = /** @type {const} */ ({ preventScroll: true });
  if (restore) {
    const item = restore.focus && document.querySelector(`main [data-key="${CSS.escape(restore.focus)}"] a`);
    if (item instanceof HTMLElement) item.focus(calmly);
    scrollTo({ top: restore.scroll ?? 0, behavior: "instant" });
  } else if (focus === "passage") {
    const passage = foundPassage();
    (passage ?? byId("article-title"))?.focus(calmly);
    scrollTo({ top: 0, behavior: "instant" });
    // Of a long passage the beginning is seen.
    const isLong = (passage?.offsetHeight ?? 0) > innerHeight / 2;
    passage?.scrollIntoView({ block: isLong ? "start" : "center", behavior: "instant" });
  } else {
    // What had the focus may be gone.
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (focus === "box") byId("q").focus(calmly);
    if (focus === "heading" || (focus === null && isLost)) byId("results-heading").focus(calmly);
    if (top) scrollTo({ top: 0, behavior: "instant" });
  }
}

/** Completions of the last word; they take neither keys nor room from anything. @param {string} q */
async function complete(q) {
  const isWanted = q && document.activeElement === byId("q") && !byId("q").value.endsWith(" ");
  try {
    const found = isWanted
      ? await latestCompletions.run((signal) => ask("suggest", [["q", q], ["limit", String(MOST_COMPLETIONS)]], signal))
      : [];
    if (!found || q !== state.q) return;
    const others = found.filter((/** @type {any} */ { text }) => text !== q);
    show(byId("completions"), others.map((/** @type {any} */ { text }) =>
      h("li", { "data-key": text }, h("button", { type: "button", class: "quiet", "data-complete": text },
        h("bdi", { dir: "auto" }, text)))));
  } catch {
    show(byId("completions"));
  }
}

function switchInterface() {
  const other = ui() === "ar" ? "en" : "ar";
  remember(other);
  state = { ...state, ui: other };
  history.replaceState(history.state, "", urlOf(state));
  setInterface(other);
  render({ quiet: true });
}

/** The language that the URL or the reader wishes. */
const wishedUi = () => state.ui ?? preferredUi();

// ---- What the reader does ----

/** @param {MouseEvent} event */
function clicked(event) {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest("a");
  const button = event.target.closest("button");
  // Another tab, another window, a download: that is the browser's.
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (link && isPlain) followed(event, link);
  else if (button) pressed(button);
}

/** @param {MouseEvent} event @param {HTMLAnchorElement} link */
function followed(event, link) {
  const { nav, jump } = link.dataset;
  if (jump) {
    event.preventDefault();
    const heading = byId(jump);
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "start" });
  } else if (link.id === "skip") {
    event.preventDefault();
    byId("main").focus();
  } else if (nav !== undefined) {
    event.preventDefault();
    if (nav === "back") return leaveArticle();
    const next = nav === "home" ? { ...EMPTY(), ui: state.ui } : stateOf(new URL(link.href));
    if (next.view === "article") go(next, { focus: "passage" }, { within: true });
    else if (nav === "home") go(next, { focus: "box", top: true });
    else go(next, nav === "page" ? { focus: "heading", top: true } : { focus: null });
  }
}

/** @param {HTMLButtonElement} button */
async function pressed(button) {
  const { facet, complete: text } = button.dataset;
  if (button.id === "ui-switch") switchInterface();
  else if (button.id === "help-open") byId("help").showModal();
  else if (button.id === "help-close") byId("help").close();
  else if (button.id === "retry") render();
  else if (button.id === "load-more") read(loadMore);
  else if (button.id === "load-earlier") read(loadEarlier);
  else if (button.id === "more-articles") read(async () => announce(count("articlesShown", await loadArticles(state))));
  else if (facet) {
    toggleFacet(facet);
    render({ quiet: true });
  } else if (text) {
    byId("q").value = text;
    byId("q").focus();
    typed();
  }
}

/** @param {Event} event */
function changed({ target }) {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
  const { without, expand, plain } = target.dataset;
  const { checked } = /** @type {HTMLInputElement} */ (target);
  const first = { ...state, page: 1 };
  if (target.id === "sort") go({ ...first, sort: target.value });
  else if (target.id === "scores") go({ ...state, explain: checked });
  else if (plain !== undefined) go({ ...first, plain: checked });
  else if (without !== undefined) go({ ...first, without: toggled(state.without, without) });
  else if (expand !== undefined) {
    const kinds = Object.keys(EXPANSIONS);
    const chosen = toggled(state.expand ?? kinds, expand);
    go({ ...first, expand: kinds.every((kind) => chosen.includes(kind)) ? null : chosen });
  }
}

/** Loads a further part of what is read. @param {() => Promise<void>} load */
async function read(load) {
  try {
    await load();
    show(byId("problem"));
  } catch (error) {
    showProblem(error);
  }
  watchEnd();
}

/** Before the end of what is loaded comes into view, more is loaded. */
const ends = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) read(loadMore);
}, { rootMargin: "800px" });

function watchEnd() {
  ends.disconnect();
  const button = byId("load-more");
  if (button) ends.observe(button);
}

function start() {
  history.scrollRestoration = "manual";
  byId("q").value = state.q;
  byId("q").addEventListener("input", (/** @type {InputEvent} */ event) => event.isComposing || typedSoon());
  byId("q").addEventListener("compositionend", typedSoon);
  byId("search").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    commit();
  });
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  addEventListener("popstate", () => {
    clearTimeout(debounce);
    const next = stateOf(location);
    // The language that was chosen meanwhile stays.
    take(state.ui ? { ...next, ui: state.ui } : next);
    history.replaceState(history.state, "", urlOf(state));
    render(state.view === "article" ? { focus: "passage" } : { restore: history.state ?? {} });
  });
  addEventListener("pagehide", leave);
  addEventListener("online", () => render({ quiet: true }));
  listenToKeys({
    clear() {
      byId("q").value = "";
      typed();
    },
    isReading: () => state.view === "article",
    leaveArticle,
    help: () => byId("help").showModal(),
  });
  const fit = () => (byId("filters").open = WIDE.matches);
  WIDE.addEventListener("change", fit);
  fit();
  setInterface(wishedUi());
  onIndexChange(() => {
    kept.clear();
    forgetOverview();
    render({ quiet: true });
  });
  const restore = history.state?.scroll === undefined ? null : history.state;
  // Unless that would call up a keyboard on the screen, one can type at once.
  const canType = !state.q && !matchMedia("(pointer: coarse)").matches;
  render(state.view === "article" ? { focus: "passage" } : { restore, focus: canType ? "box" : undefined });
}

start();
