// The reading view: a whole article, part by part, with what was found in it marked.

import { h, show, byId } from "./dom.js";
import { ask, Latest } from "./api.js";
import { languageName, say } from "./strings.js";
import { EMPTY, understanding, urlOf } from "./state.js";
import { readable, titleOf } from "./results.js";
import { directionOf, langAttribute, marked, partsOf, rangesOf, safeUrl } from "./text.js";

/** @typedef {import("./state.js").State} State */

/** Passages that are asked for at once. */
const PART = 200;
/** Sections that make a table of contents worth its room. */
const LEAST_CONTENTS = 3;

/**
 * What is read: passages `first` to `next` of the article, without gaps.
 * @typedef {{state: State, head: any, passages: any[], first: number, next: number, more: boolean}} Reading
 */

/** Letters of the beginning that stand for a title. */
const OPENING = 70;
/** Stands for the ordinal of a passage that has none. */
const NO_ORDINAL = 2 ** 32 - 1;
const WIDE = matchMedia("(min-width: 60rem)");

/** @type {Reading | null} */
let reading = null;
const latest = new Latest();

/**
 * Loads the article of `state`, or again as much of it as was loaded before.
 * @param {State} state
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}  shows it
 */
export async function loadArticle(state, signal) {
  const known = reading?.state.article === state.article ? reading : null;
  const start = await startOf(state, signal);
  const first = Math.min(start, known?.first ?? start);
  const limit = Math.max(PART, (known?.next ?? 0) - first);
  const part = await load(state, first, limit, signal);
  return () => {
    latest.cancel();
    reading = { state, head: part, passages: part.passages, first, next: after(part, first), more: Boolean(part.more) };
    showArticle(reading);
  };
}

/** The ordinal after the last passage of a part. @param {any} part @param {number} first */
const after = (part, first) => (part.passages.at(-1)?.ordinal ?? first - 1) + 1;

export function closeArticle() {
  latest.cancel();
  reading = null;
  show(byId("article"));
}

/** What the page is called while it is read. */
export const articleTitle = () => (reading ? titleOf(named(reading)) : "");

/** Loads the part after what is shown. */
export async function loadMore() {
  const now = reading;
  if (!now?.more) return;
  const part = await latest.run((signal) => load(now.state, now.next, PART, signal));
  if (!part || reading !== now) return;
  const passages = [...now.passages, ...part.passages];
  reading = { ...now, passages, next: after(part, now.next), more: Boolean(part.more) && part.passages.length > 0 };
  showArticle(reading);
}

/** Loads the part before what is shown; what is being read stays where it is. */
export async function loadEarlier() {
  const now = reading;
  if (!now || now.first === 0) return;
  const first = Math.max(0, now.first - PART);
  const part = await latest.run((signal) => load(now.state, first, now.first - first, signal));
  if (!part || reading !== now) return;
  reading = { ...now, passages: [...part.passages, ...now.passages], first };
  const before = document.documentElement.scrollHeight;
  const top = scrollY;
  showArticle(reading);
  scrollTo({ top: top + document.documentElement.scrollHeight - before, behavior: "instant" });
}

/** The element of the passage that was found, if the URL names one. @returns {HTMLElement | null} */
export const foundPassage = () => byId("article").querySelector("[aria-current]");

/** From which passage on the article is loaded, so that the one that was found is there. @param {State} state @param {AbortSignal} signal */
async function startOf({ article, passage }, signal) {
  // A record that was kept whole is its own and only passage.
  if (!passage || passage === article) return 0;
  let ordinal = passage.startsWith(`${article}#`) ? Number(passage.slice(article.length + 1)) : NaN;
  if (!Number.isInteger(ordinal)) {
    const found = await ask(`passages/${encodeURIComponent(passage)}`, [], signal);
    ordinal = found.passages?.[0]?.ordinal ?? 0;
    if (ordinal === NO_ORDINAL) return 0;
  }
  // The beginning holds the infobox, so it is left out only where it is far away.
  return ordinal < PART ? 0 : ordinal - PART / 4;
}

/** @param {State} state @param {number} from @param {number} limit @param {AbortSignal} signal */
function load(state, from, limit, signal) {
  /** @type {[string, string][]} */
  const range = [["from", String(from)], ["limit", String(Math.min(limit, 1000))]];
  return ask(`articles/${encodeURIComponent(state.article)}`, [...understanding(state), ...range], signal);
}

/** @param {Reading} article */
function showArticle(article) {
  const { state, passages, first, more } = article;
  const head = named(article);
  const lang = mainLanguage(passages, head.lang);
  const infobox = passages.filter((passage) => passage.kind === "infobox" && passage.fields?.length);
  const others = passages.filter((passage) => !infobox.includes(passage));
  show(byId("article"),
    h("div", { class: "beside", "data-key": "beside" },
      h("p", { class: "back", "data-key": "back" }, backLink(state)),
      contents(others)),
    h("article", { dir: directionOf(lang), "data-key": head.id, "data-testid": "article" },
      heading(head, lang),
      infobox.length > 0 && infoboxOf(infobox, state),
      first > 0 && h("button", { type: "button", id: "load-earlier", "data-key": "earlier" }, say("loadEarlier")),
      h("div", { class: "body", "data-key": "body" }, body(others, state)),
      more && h("button", { type: "button", id: "load-more", "data-key": "more" }, say("loadMore"))));
}

/** Without a title it is called by how it begins. @param {Reading} article */
function named({ head, passages, first }) {
  const text = first === 0 ? passages[0]?.text.slice(0, OPENING).replace(/\s\S*$/, "") : undefined;
  return { opening: text, ...head };
}

/** @param {State} state */
function backLink(state) {
  const target = state.q ? { ...state, view: /** @type {const} */ ("search"), article: "", passage: "" } : { ...EMPTY(), ui: state.ui };
  return h("a", { href: urlOf(target), id: "back", "data-nav": "back", "data-testid": "back" },
    h("span", { class: "arrow", "aria-hidden": "true" }, "←"),
    say(state.q ? "backToResults" : "backToStart"),
    state.q && [" ", h("bdi", { dir: "auto", class: "back-query" }, state.q)]);
}

/** @param {any} head @param {string} lang */
function heading(head, lang) {
  const url = safeUrl(head.url);
  const file = head.passages[0]?.file;
  return h("header", { "data-key": "header" },
    h("h1", { tabindex: "-1", dir: "auto", lang: langAttribute(lang), id: "article-title", "data-testid": "article-title" },
      titleOf(head)),
    h("p", { class: "facts" },
      h("span", { class: "badge" }, languageName(lang)),
      url
        ? h("a", { href: url, rel: "noopener noreferrer" }, h("bdi", { dir: "ltr" }, readable(url)))
        : file && h("bdi", { dir: "ltr", class: "source" }, file)));
}

/** The language of most passages. @param {any[]} passages @param {string | undefined} stated */
function mainLanguage(passages, stated) {
  if (stated) return stated;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { lang } of passages) counts.set(lang, (counts.get(lang) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "und";
}

/** Links to the sections. @param {any[]} passages */
function contents(passages) {
  const items = sectionsOf(passages).filter(({ depth }) => depth <= 1);
  if (items.length < LEAST_CONTENTS) return null;
  // Beside the text it is open, above it would push the text away.
  return h("details", { class: "contents", "data-key": "contents", open: WIDE.matches },
    h("summary", null, say("contents")),
    h("nav", { "aria-label": say("contents") }, h("ul", null, items.map(({ id, depth, heading, lang }) =>
      h("li", { class: depth ? "deeper" : null }, h("a", { href: `#${id}`, "data-jump": id, lang }, h("bdi", { dir: "auto" }, heading)))))));
}

/**
 * The headings that begin with each passage, as its section path says.
 * @param {any[]} passages
 */
function sectionsOf(passages) {
  const found = [];
  /** @type {string[]} */
  let path = [];
  for (const passage of passages) {
    const { section, ordinal, lang } = passage;
    let same = 0;
    while (same < section.length && section[same] === path[same]) same += 1;
    for (let depth = same; depth < section.length; depth += 1) {
      found.push({ id: `s-${ordinal}-${depth}`, depth, heading: section[depth], lang: langAttribute(lang), passage });
    }
    path = section;
  }
  return found;
}

/** @param {any[]} passages @param {State} state */
function body(passages, state) {
  /** @type {Map<any, any[]>} */
  const headings = new Map();
  for (const section of sectionsOf(passages)) {
    headings.set(section.passage, [...(headings.get(section.passage) ?? []), section]);
  }
  return passages.map((passage) => [
    (headings.get(passage) ?? []).map(({ id, depth, heading, lang }) =>
      h(`h${Math.min(depth + 2, 6)}`, { id, "data-key": id, tabindex: "-1", dir: "auto", lang }, heading)),
    passageOf(passage, state),
  ]);
}

/** What every passage has, and the one that was found besides. @param {any} passage @param {State} state */
function attributesOf(passage, state) {
  const isFound = passage.id === state.passage;
  return {
    id: `p-${passage.ordinal}`, "data-key": passage.id, "data-testid": "passage",
    lang: langAttribute(passage.lang), dir: "auto", tabindex: isFound ? "-1" : null,
    "aria-current": isFound ? "true" : null,
  };
}

/** @param {any} passage @param {State} state */
function passageOf(passage, state) {
  const { text, kind } = passage;
  const ranges = rangesOf(text, passage.matches);
  const lines = partsOf(text, "\n");
  const attributes = { ...attributesOf(passage, state), class: `passage ${kind}` };
  if (kind === "table") {
    const rows = lines.map(([from, to]) => h("tr", null,
      partsOf(text, " | ", from, to).map((cell) => h("td", { dir: "auto" }, marked(text, ranges, ...cell)))));
    return h("div", { ...attributes, dir: directionOf(passage.lang) ?? "auto" }, h("table", null, h("tbody", null, rows)));
  }
  if (kind === "links" || kind === "references") {
    return h("ul", { ...attributes, dir: directionOf(passage.lang) ?? "auto" },
      lines.map((line) => h("li", { dir: "auto" }, marked(text, ranges, ...line))));
  }
  return h("div", attributes, lines.map((line) => h("p", { dir: "auto" }, marked(text, ranges, ...line))));
}

/** @param {any[]} passages  of kind infobox @param {State} state */
function infoboxOf(passages, state) {
  return h("aside", { class: "infobox", "aria-label": say("infobox"), "data-key": "infobox", "data-testid": "infobox" },
    passages.map((passage) => {
      const attributes = { ...attributesOf(passage, state), dir: directionOf(passage.lang) ?? "auto" };
      return h("table", attributes, h("tbody", null, rowsOf(passage)));
    }));
}

/** The fields; their text is the passage's, so that words can be marked. @param {any} passage */
function rowsOf({ text, fields, matches }) {
  const ranges = rangesOf(text, matches);
  let at = 0;
  return fields.map((/** @type {[string, string]} */ [key, value]) => {
    const line = text.indexOf(`${key}: ${value}`, at);
    if (line < 0) return row([key], [value]);
    const from = line + key.length + 2;
    at = from + value.length;
    return row(marked(text, ranges, line, line + key.length), marked(text, ranges, from, at));
  });
}

/** @param {(string | HTMLElement)[]} key @param {(string | HTMLElement)[]} value */
const row = (key, value) => h("tr", null,
  h("th", { scope: "row", dir: "auto" }, key),
  h("td", { dir: "auto" }, value));
