// What is in the index, for those who have not asked anything yet.

import { h, show, byId } from "./dom.js";
import { ask } from "./api.js";
import { count, languageName, number, say } from "./strings.js";
import { EMPTY, urlOf } from "./state.js";
import { titleOf } from "./results.js";
import { langAttribute } from "./text.js";

/** @typedef {import("./state.js").State} State */

const PAGE = 50;

/** What has been loaded of the list, so that Back finds it as it was. @type {{articles: any[], more: boolean} | null} */
let list = null;
/** @type {any} */
let stats = null;

/** @param {State} state @param {AbortSignal} signal */
export async function loadOverview(state, signal) {
  const [newStats, newList] = await Promise.all([
    stats ?? ask("stats", [], signal),
    list ?? ask("articles", [["limit", String(PAGE)]], signal),
  ]);
  [stats, list] = [newStats, newList];
  return () => showOverview(state);
}

/** The index has changed. */
export function forgetOverview() {
  stats = null;
  list = null;
}

/** Adds the next articles to the list. @param {State} state @returns {Promise<number>} how many */
export async function loadArticles(state) {
  const shown = list;
  const last = shown?.articles.at(-1);
  if (!shown || !last) return 0;
  const part = await ask("articles", [["after", last.id], ["limit", String(PAGE)]]);
  if (list !== shown) return 0;
  list = { articles: [...shown.articles, ...part.articles], more: part.more };
  showOverview(state);
  const first = part.articles[0];
  const link = [...byId("overview").querySelectorAll("[data-key]")].find((item) => item.dataset.key === first?.id);
  link?.querySelector("a")?.focus({ preventScroll: true });
  return part.articles.length;
}

/** @param {State} state */
function showOverview(state) {
  const { articles, passages, words, languages = {} } = stats;
  const codes = Object.entries(languages).sort((a, b) => b[1] - a[1]);
  show(byId("overview"),
    h("h1", { class: "unseen" }, say("inIndex")),
    h("p", { class: "stats", "data-testid": "stats" },
      [count("articles", articles), count("passages", passages), words && count("words", words)]
        .filter(Boolean).map((text) => h("span", null, text))),
    codes.length > 0 && h("p", { class: "stats languages", "data-testid": "stats-languages" },
      codes.map(([code, n]) => h("span", null, `${languageName(code)} `, h("bdi", { class: "facet-count" }, number(n))))),
    articles === 0
      ? h("p", { class: "note" }, say("emptyIndex"))
      : h("h2", null, say("readArticles")),
    h("ul", { class: "articles", role: "list", "data-testid": "articles" }, list?.articles.map((article) => item(article, state))),
    list?.more && h("button", { type: "button", id: "more-articles" }, say("moreArticles")));
}

/** @param {any} article @param {State} state */
function item(article, state) {
  const url = urlOf({ ...EMPTY(), view: "article", article: article.id, ui: state.ui });
  const lang = langAttribute(article.lang);
  return h("li", { "data-key": article.id, "data-testid": "article-entry" },
    h("a", { href: url, "data-nav": true, lang }, h("bdi", { dir: "auto", lang }, titleOf(article))),
    h("span", { class: "entry-facts" },
      article.lang && h("span", { class: "badge" }, languageName(article.lang)),
      h("span", { class: "facet-count" }, count("passages", article.passages))));
}
