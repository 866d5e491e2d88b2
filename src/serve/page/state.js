// What is shown, and its URL. A URL says everything that is needed to show the same again.

import { isUi } from "./strings.js";

/**
 * @typedef {object} State
 * @property {"search" | "article"} view
 * @property {string} q
 * @property {number} page  from 1
 * @property {string[]} filters  of the query language
 * @property {string[]} without  what no word shall become
 * @property {string[] | null} expand  the kinds of expansions; null is all of them
 * @property {string} sort
 * @property {boolean} plain
 * @property {boolean} explain
 * @property {string} article  the id of the article that is read
 * @property {string} passage  the id of the passage in it that was found
 * @property {import("./strings.js").Ui | null} ui  null where the URL does not say
 */

export const PAGE_SIZE = 10;
/** The server looks no further than this. */
const FURTHEST = 10_000;
export const SORTS = ["relevance", "date", "date-desc"];
/** The kinds of expansions that can be switched, and as what they are reported. */
export const EXPANSIONS = { variants: "variant", names: "name", translate: "translation", synonyms: "synonym" };

/** @returns {State} */
export const EMPTY = () => ({
  view: "search", q: "", page: 1, filters: [], without: [], expand: null, sort: "relevance",
  plain: false, explain: false, article: "", passage: "", ui: null,
});

/** @param {Location | URL} url @returns {State} */
export function stateOf(url) {
  const params = new URLSearchParams(url.search);
  const text = (/** @type {string} */ name) => params.get(name) ?? "";
  const expand = params.get("expand");
  const ui = params.get("ui");
  return {
    view: url.pathname === "/article" && params.has("id") ? "article" : "search",
    q: text("q"),
    page: Math.min(Math.max(Math.trunc(Number(text("page"))) || 1, 1), lastPage(Infinity)),
    filters: unique(params.getAll("filter")),
    without: unique(params.getAll("without")),
    expand: expand === null ? null : expand.split(",").filter((kind) => kind in EXPANSIONS),
    sort: SORTS.includes(text("sort")) ? text("sort") : "relevance",
    plain: text("plain") === "true",
    explain: text("explain") === "true",
    article: text("id"),
    passage: text("passage"),
    ui: isUi(ui) ? ui : null,
  };
}

/** @param {State} state */
export function urlOf(state) {
  const params = new URLSearchParams();
  if (state.view === "article") params.set("id", state.article);
  for (const [name, value] of understanding(state)) params.append(name, value);
  if (state.view === "article" && state.passage) params.set("passage", state.passage);
  for (const filter of state.filters) params.append("filter", filter);
  if (state.sort !== "relevance") params.set("sort", state.sort);
  if (state.page > 1) params.set("page", String(state.page));
  if (state.explain) params.set("explain", "true");
  if (state.ui) params.set("ui", state.ui);
  const query = params.toString();
  return (state.view === "article" ? "/article" : "/") + (query && `?${query}`);
}

/** What the server has to know to answer. @param {State} state @returns {[string, string][]} */
export function searchParams(state) {
  /** @type {[string, string][]} */
  const params = [
    ...understanding(state),
    ["limit", String(PAGE_SIZE)],
    ["offset", String((state.page - 1) * PAGE_SIZE)],
    ["facets", "true"],
  ];
  for (const filter of state.filters) params.push(["filter", filter]);
  if (state.sort !== "relevance") params.push(["sort", state.sort]);
  if (state.explain) params.push(["explain", "true"]);
  return params;
}

/** What decides which words a query stands for. @param {State} state @returns {[string, string][]} */
export function understanding(state) {
  /** @type {[string, string][]} */
  const params = [];
  if (state.q) params.push(["q", state.q]);
  if (state.plain) params.push(["plain", "true"]);
  if (state.expand) params.push(["expand", state.expand.join(",") || "none"]);
  for (const term of state.without) params.push(["without", term]);
  return params;
}

/** @param {number} total  of passages found */
export function lastPage(total) {
  return Math.max(1, Math.ceil(Math.min(total, FURTHEST + PAGE_SIZE) / PAGE_SIZE));
}

/** With `item` if it is not there, else without it. @param {string[]} list @param {string} item */
export function toggled(list, item) {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

/** @param {string[]} list */
const unique = (list) => [...new Set(list)];
