// Narrowing the results: what the hits have in common, with counts, and what is in force.

import { h, show, byId } from "./dom.js";
import { count, kindName, languageName, number, say, yearText } from "./strings.js";
import { titleOf } from "./results.js";
import { toggled, urlOf } from "./state.js";

/** @typedef {import("./state.js").State} State */

const FACETS = ["lang", "article", "kind", "year", "category", "infobox"];
/** Entries of a facet that are shown before the reader asks for all. */
const SHORT = 6;
/** Years are short: more of them fit. */
const SHORT_YEARS = 12;

/** Facets of which the reader wants to see everything. @type {Set<string>} */
const opened = new Set();
/** What filters are called, once an answer has said it. @type {Map<string, string>} */
const names = new Map();

/** @param {any} answer @param {State} state */
export function showFacets(answer, state) {
  const facets = answer.facets ?? {};
  for (const facet of FACETS) {
    for (const entry of facets[facet] ?? []) {
      names.set(entry.filter, `${say(`facet_${facet}`)}: ${nameOf(facet, entry)}`);
    }
  }
  show(byId("facets"), FACETS.map((facet) => {
    const entries = facets[facet] ?? [];
    return entries.length > 0 && section(facet, entries, state);
  }));
  showChips(state);
}

/** The filters in force, each of which can be taken away. @param {State} state */
export function showChips(state) {
  const { filters } = state;
  byId("chips").hidden = filters.length === 0;
  const chips = filters.map((filter) => {
    const name = names.get(filter) ?? filter;
    const url = urlOf({ ...state, filters: toggled(filters, filter), page: 1 });
    return h("li", { "data-key": filter },
      h("a", { class: "chip", href: url, "data-nav": true, "data-testid": "chip",
        "aria-label": say("removeFilter", { filter: name }) },
      h("bdi", { dir: "auto" }, name), h("span", { "aria-hidden": "true" }, " ×")));
  });
  const none = urlOf({ ...state, filters: [], page: 1 });
  show(byId("chips"), chips, filters.length > 1 &&
    h("li", { "data-key": "" }, h("a", { href: none, "data-nav": true }, say("removeAllFilters"))));
}

/** All of a facet or the first few of it. @param {string} facet */
export function toggleFacet(facet) {
  if (!opened.delete(facet)) opened.add(facet);
}

/** @param {string} facet @param {any[]} entries @param {State} state */
function section(facet, entries, state) {
  const short = facet === "year" ? SHORT_YEARS : SHORT;
  const isOpen = opened.has(facet);
  // One more takes as much room as the button would.
  const shown = isOpen || entries.length <= short + 1 ? entries : entries.slice(0, short);
  const heading = `facet-${facet}`;
  return h("div", { role: "group", class: `facet facet-${facet}`, "data-key": facet, "data-testid": `facet-${facet}`,
    "aria-labelledby": heading },
  h("h2", { id: heading }, say(heading.replace("-", "_"))),
  h("ul", null, shown.map((entry) => item(facet, entry, state))),
  (isOpen || shown.length < entries.length) && h("button",
    { type: "button", class: "quiet", "data-facet": facet, "aria-expanded": String(isOpen) },
    isOpen ? say("facetFewer") : say("facetMore", { n: number(entries.length - shown.length) })));
}

/** @param {string} facet @param {any} entry @param {State} state */
function item(facet, entry, state) {
  const { filter, passages } = entry;
  const inForce = state.filters.includes(filter);
  const url = urlOf({ ...state, filters: toggled(state.filters, filter), page: 1 });
  const name = nameOf(facet, entry);
  const label = say("facetEntry", { value: name, passages: count("passages", passages) });
  return h("li", { "data-key": filter },
    h("a", { href: url, "data-nav": true, "data-testid": "facet-entry", "aria-label": label,
      "aria-current": inForce ? "true" : null, title: facet === "article" ? name : null },
    h("bdi", { class: "facet-name", dir: "auto" }, name),
    h("span", { class: "facet-count" }, number(passages))));
}

/** @param {string} facet @param {any} entry */
function nameOf(facet, entry) {
  if (facet === "lang") return languageName(entry.value);
  if (facet === "kind") return kindName(entry.value);
  if (facet === "year") return yearText(entry.value);
  return titleOf({ ...entry, id: entry.value });
}
