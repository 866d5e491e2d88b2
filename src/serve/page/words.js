// What each word of the query became, and the switches for it.

import { h, show, byId } from "./dom.js";
import { count, number, say } from "./strings.js";
import { EXPANSIONS } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {{as: string, how: string, weight: number, passages?: number}} Became */

const HOWS = ["exact", "stem", "prefix", "fuzzy", "variant", "name", "translation", "synonym"];

/** Words whose forms are remembered. */
const MOST_SEEN = 200;

/**
 * What words have become so far. An answer does not speak of what is switched off, but its switch
 * has to stay where it was.
 * @type {Map<string, Map<string, Became>>}
 */
const seen = new Map();

/** @param {any} answer @param {State} state */
export function showWords(answer, state) {
  if (seen.size > MOST_SEEN) seen.clear();
  const expansions = answer.expansions ?? [];
  let others = 0;
  const placed = new Set();
  const sections = expansions.map((/** @type {any} */ { word, became }, /** @type {number} */ at) => {
    const all = remembered(word, became, state.without);
    others += became.filter((/** @type {Became} */ one) => one.how !== "exact").length;
    for (const { as } of all) placed.add(as);
    return wordSection(word, at, all, state);
  });
  const rest = state.without.filter((term) => !placed.has(term));
  byId("words").hidden = expansions.length === 0 && rest.length === 0;
  show(byId("words-summary"),
    say("became"), h("span", { class: "words-count", "data-testid": "words-count" }, count("becameCount", others)));
  show(byId("words-body"),
    kinds(state),
    sections,
    rest.length > 0 && h("div", { "data-key": "rest", class: "word" },
      h("h2", null, say("switchedOff")),
      h("ul", { class: "forms" }, rest.map((as) => form({ as, how: "", weight: 1 }, false)))));
}

/**
 * What the word became, and what it would become if that were not switched off.
 * @param {string} word @param {Became[]} became @param {string[]} without
 */
function remembered(word, became, without) {
  const before = seen.get(word) ?? new Map();
  /** @type {Map<string, Became>} */
  const all = new Map();
  const now = new Map(became.map((one) => [keyOf(one), one]));
  // In the order of before, so that nothing jumps.
  for (const [key, one] of before) {
    if (now.has(key) || without.includes(one.as)) all.set(key, now.get(key) ?? one);
  }
  for (const [key, one] of now) all.set(key, one);
  seen.set(word, all);
  return [...all.values()];
}

/** @param {Became} one */
const keyOf = (one) => `${one.how} ${one.as}`;

/** @param {string} word @param {number} at @param {Became[]} became @param {State} state */
function wordSection(word, at, became, state) {
  const heading = `word-${at}`;
  return h("div", { role: "group", class: "word", "data-key": `${at} ${word}`, "data-testid": "word", "aria-labelledby": heading },
    h("h2", { id: heading }, h("bdi", { dir: "auto" }, word)),
    HOWS.map((how) => {
      const forms = became.filter((one) => one.how === how);
      if (forms.length === 0) return null;
      return h("div", { class: "how", "data-key": how },
        h("h3", null, say(`how_${how}`)),
        h("ul", { class: "forms" }, forms.map((one) => form(one, !state.without.includes(one.as)))));
    }));
}

/** @param {Became} one @param {boolean} isOn */
function form(one, isOn) {
  const name = [
    h("bdi", { dir: "auto" }, one.as),
    one.passages !== undefined && h("span", { class: "facet-count", title: count("passages", one.passages) }, number(one.passages)),
  ];
  const key = `${one.how} ${one.as}`;
  // The word itself cannot be switched off: it is what was asked for.
  if (one.how === "exact") return h("li", { "data-key": key }, h("span", { class: "form" }, name));
  return h("li", { "data-key": key },
    h("label", { class: "form" },
      h("input", { type: "checkbox", checked: isOn, "data-without": one.as, "data-testid": "expansion" }), name));
}

/** Switches for whole kinds. @param {State} state */
function kinds(state) {
  const on = (/** @type {string} */ kind) => state.expand === null || state.expand.includes(kind);
  return h("fieldset", { class: "kinds", "data-key": "kinds" },
    h("legend", null, say("lookFor")),
    Object.entries(EXPANSIONS).map(([kind, how]) => h("label", { class: "form" },
      h("input", { type: "checkbox", checked: on(kind), "data-expand": kind, "data-testid": `expand-${kind}` }),
      say(`how_${how}`))),
    h("label", { class: "form" },
      h("input", { type: "checkbox", checked: state.plain, "data-plain": true, "data-testid": "plain" }),
      say("plain")));
}
