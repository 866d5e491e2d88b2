// The hits of a search, and how one gets to further ones.

import { h, show, byId } from "./dom.js";
import { count, direction, kindName, knows, languageName, number, say, scoreText, ui } from "./strings.js";
import { lastPage, PAGE_SIZE, SORTS, urlOf } from "./state.js";
import { directionOf, langAttribute, marked, rangesOf, safeUrl } from "./text.js";

/** @typedef {import("./state.js").State} State */

/** Ways to have met a word that the reader did not type. */
const APPROXIMATE = ["variant", "name", "translation", "synonym"];
const MOST_MET = 4;
/** UTF-16 units of a text that stand for a title. */
const MOST_OPENING = 64;

/**
 * @param {any} answer
 * @param {State} state
 */
export function showResults(answer, state) {
  const { total, hits } = answer;
  show(byId("count"), summary(answer));
  show(byId("sort"), SORTS.map((sort) =>
    h("option", { value: sort, selected: sort === state.sort }, say(`sort_${sort}`))));
  byId("sort").value = state.sort;
  byId("scores").checked = state.explain;
  show(byId("notes"), notes(answer, state));
  const first = (state.page - 1) * PAGE_SIZE + 1;
  byId("hits").start = first;
  show(byId("hits"), hits.map((/** @type {any} */ hit) => card(hit, state)));
  show(byId("nothing"), hits.length === 0 && nothing(state));
  show(byId("pages"), pages(total, state, hits.length));
}

/** How much was found, in words. @param {any} answer */
export function summary(answer) {
  const { total, took_ms } = answer;
  const found = total === null || total === undefined ? say("uncounted") : count("found", total);
  return [
    h("span", { "data-testid": "total" }, found),
    took_ms !== undefined && h("span", { class: "took" }, say("took", { ms: number(Math.ceil(took_ms)) })),
  ];
}

/** @param {any} answer @param {State} state */
function notes(answer, state) {
  const { did_you_mean: better, partial, notes: remarks = [] } = answer;
  const meant = better && urlOf({ ...state, q: better, page: 1 });
  return [
    better && h("p", { class: "note", "data-testid": "did-you-mean" },
      `${say("didYouMean")} `,
      h("a", { href: meant, "data-nav": true }, h("bdi", { dir: "auto" }, better)),
      ui() === "ar" ? "؟" : "?"),
    partial && h("p", { class: "note", "data-testid": "partial" }, say("partial")),
    // The server speaks English; its last remark on a partial answer says the same.
    (partial ? remarks.slice(0, -1) : remarks).map((/** @type {string} */ remark) =>
      h("p", { class: "note", lang: "en", dir: "ltr", "data-testid": "note" }, remark)),
  ];
}

/** @param {State} state */
function nothing(state) {
  return h("div", { class: "nothing", "data-testid": "nothing" },
    h("p", { class: "nothing-title" }, say("nothing")),
    state.filters.length > 0 && h("p", null, say("nothingFilters")),
    state.without.length > 0 && h("p", null, say("nothingWithout")));
}

/**
 * How people know an article: by its title, else by how it begins.
 * @param {{title?: string | null, opening?: string | null, article?: string, id?: string}} item
 */
export function titleOf({ title, opening, article, id }) {
  if (title) return title;
  if (!opening) return article || id || "";
  if (opening.length <= MOST_OPENING) return opening;
  // Up to the end of a word, if there is one.
  const cut = opening.slice(0, MOST_OPENING);
  return `${cut.replace(/\s+\S*$/u, "")}…`;
}

/** @param {any} hit @param {State} state */
function card(hit, state) {
  const lang = langAttribute(hit.lang);
  const url = urlOf({ ...state, view: "article", article: hit.article, passage: hit.id });
  return h("li", { class: "hit", dir: directionOf(hit.lang), "data-key": hit.id, "data-testid": "hit" },
    h("h2", { class: "hit-title", dir: "auto", lang },
      // Not within <bdi>, which does not count for the direction of what it stands in.
      h("a", { href: url, "data-nav": true, "data-testid": "hit-link" }, titleOf(hit))),
    sectionPath(hit.section, hit.lang),
    h("p", { class: "snippet", dir: "auto", lang, "data-testid": "snippet" }, snippet(hit)),
    h("p", { class: "facts" },
      h("span", { class: "badge", "data-testid": "hit-lang" }, languageName(hit.lang)),
      hit.kind !== "prose" && h("span", { class: "badge", "data-testid": "hit-kind" }, kindName(hit.kind)),
      hit.date && h("bdi", { class: "date" }, h("time", { dir: "ltr" }, hit.date)),
      met(hit),
      source(hit)),
    hit.explain && score(hit));
}

/** Headings from the outermost to the innermost. @param {string[]} section @param {string | undefined} lang */
function sectionPath(section, lang) {
  if (section.length === 0) return null;
  return h("p", { class: "path", dir: directionOf(lang), lang: langAttribute(lang), "data-testid": "section" },
    h("span", { class: "unseen", lang: ui(), dir: direction() }, `${say("section")}: `),
    section.map((heading, at) => [at > 0 && " › ", h("bdi", { dir: "auto" }, heading)]));
}

/** @param {any} hit */
function snippet(hit) {
  const { snippet: fragments, text } = hit;
  if (!fragments?.length) return text;
  const last = fragments[fragments.length - 1].text;
  const nodes = fragments.map((/** @type {any} */ fragment, /** @type {number} */ at) => [
    at > 0 && " … ",
    marked(fragment.text, rangesOf(fragment.text, fragment.matches)),
  ]);
  return [!text.startsWith(fragments[0].text) && "… ", nodes, !text.endsWith(last) && " …"];
}

/** What stands in the passage for words of the query. @param {any} hit */
function met(hit) {
  const forms = (hit.matched_by ?? []).filter((/** @type {any} */ by) => APPROXIMATE.includes(by.how));
  const words = [...new Set(forms.map((/** @type {any} */ by) => by.as))].slice(0, MOST_MET);
  if (words.length === 0) return null;
  return h("span", { class: "met", dir: direction(), "data-testid": "met-as", title: hit.approximate ? say("approximate") : null },
    hit.approximate ? "≈ " : "", `${say("metAs")} `,
    words.map((word, at) => [at > 0 && " · ", h("bdi", { dir: "auto" }, word)]));
}

/** Where the passage comes from. @param {any} hit */
function source(hit) {
  const url = safeUrl(hit.url);
  return h("span", { class: "source", "data-testid": "source" },
    h("span", { class: "unseen", dir: direction() }, `${say("source")}: `),
    url
      ? h("a", { href: url, rel: "noopener noreferrer" }, h("bdi", { dir: "ltr" }, readable(url)))
      : h("bdi", { dir: "ltr" }, `${hit.file}:${hit.line}`));
}

/** An address as people read it. @param {string} url */
export function readable(url) {
  const { host, pathname } = new URL(url);
  try {
    return host + decodeURIComponent(pathname).replace(/\/$/, "");
  } catch {
    return host + pathname;
  }
}

/** @param {any} hit */
function score(hit) {
  const parts = hit.explain.map((/** @type {any} */ part) => {
    const known = knows(`part_${part.what}`);
    return h("tr", null,
      h("th", { scope: "row", lang: known ? null : "en" }, h("bdi", { dir: "auto" }, known ? say(`part_${part.what}`) : part.what)),
      h("td", null, scoreText(part.score)));
  });
  return h("details", { class: "score", "data-testid": "score" },
    h("summary", null, h("span", { dir: direction() }, `${say("score")} `, h("bdi", null, scoreText(hit.score)))),
    h("table", { dir: direction(), "aria-label": say("scoreParts", { score: scoreText(hit.score) }) }, h("tbody", null, parts)));
}

/** @param {number | null | undefined} total @param {State} state @param {number} shown */
function pages(total, state, shown) {
  // Without a count there is a next page if this one is full.
  const last = lastPage(total ?? (state.page - (shown < PAGE_SIZE ? 1 : 0)) * PAGE_SIZE + 1);
  if (last <= 1 && state.page <= 1) return null;
  const link = (/** @type {number} */ page, /** @type {string} */ text, /** @type {Record<string, unknown>} */ attributes) =>
    h("li", null, h("a", { href: urlOf({ ...state, page }), "data-nav": "page", ...attributes }, text));
  const near = [1, state.page - 1, state.page, state.page + 1, last]
    .filter((page, at, list) => page >= 1 && page <= last && list.indexOf(page) === at)
    .sort((a, b) => a - b);
  return h("ul", null,
    state.page > 1 && link(state.page - 1, say("previous"), { rel: "prev", "data-key": "previous", "data-testid": "previous-page" }),
    near.map((page, at) => [
      at > 0 && page - near[at - 1] > 1 && h("li", { class: "gap", "aria-hidden": "true" }, "…"),
      link(page, number(page), {
        "aria-label": say("page", { n: number(page) }),
        "aria-current": page === state.page ? "page" : null,
      }),
    ]),
    state.page < last && link(state.page + 1, say("next"), { rel: "next", "data-key": "next", "data-testid": "next-page" }));
}
