// Text of documents as nodes: marked words, and what is read from the text's lines.
//
// The server counts offsets in bytes of UTF-8, JavaScript in units of UTF-16; `rangesOf` is the one
// place that knows. Text of documents never becomes markup.

import { h } from "./dom.js";

/** From and to, in units of UTF-16. @typedef {[number, number]} Range */

/**
 * Byte offsets as offsets into the string. What lies outside is cut off, what is out of order is
 * left out.
 * @param {string} text
 * @param {[number, number][] | undefined} matches  sorted and disjoint
 * @returns {Range[]}
 */
export function rangesOf(text, matches) {
  /** @type {Range[]} */
  const ranges = [];
  let unit = 0;
  let bytes = 0;
  const advance = (/** @type {number} */ target) => {
    while (bytes < target && unit < text.length) {
      const point = /** @type {number} */ (text.codePointAt(unit));
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      unit += point < 0x10000 ? 1 : 2;
    }
    return unit;
  };
  for (const [from, to] of matches ?? []) {
    if (from < bytes || to <= from) continue;
    const range = /** @type {Range} */ ([advance(from), advance(to)]);
    if (range[0] < range[1]) ranges.push(range);
  }
  return ranges;
}

/**
 * The part of `text` from `from` to `to` with its marked words.
 * @param {string} text
 * @param {Range[]} ranges
 * @param {number} [from]
 * @param {number} [to]
 * @returns {(string | HTMLElement)[]}
 */
export function marked(text, ranges, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  for (const [start, end] of ranges) {
    const first = Math.max(start, at);
    const last = Math.min(end, to);
    if (first >= last) continue;
    if (first > at) nodes.push(text.slice(at, first));
    nodes.push(h("mark", null, text.slice(first, last)));
    at = last;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

/**
 * The parts between `separator`, where they begin and end.
 * @param {string} text
 * @param {string} separator
 * @param {number} [from]
 * @param {number} [to]
 * @returns {Range[]}
 */
export function partsOf(text, separator, from = 0, to = text.length) {
  /** @type {Range[]} */
  const parts = [];
  let at = from;
  for (;;) {
    const next = text.indexOf(separator, at);
    if (next < 0 || next >= to) break;
    parts.push([at, next]);
    at = next + separator.length;
  }
  parts.push([at, to]);
  return parts;
}

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"]);

/** Which way a language runs; null where it is not known. @param {string | undefined} lang */
export function directionOf(lang) {
  if (!lang || lang === "und") return null;
  return RIGHT_TO_LEFT.has(lang.split("-")[0]) ? "rtl" : "ltr";
}

/** For the attribute `lang`, which has no value for “unknown” but the empty one. @param {string | undefined} lang */
export const langAttribute = (lang) => (lang && lang !== "und" ? lang : "");

/** The address if a link may lead there: an index may hold `javascript:` ones. @param {unknown} url */
export function safeUrl(url) {
  if (typeof url !== "string" || !/^https?:\/\//i.test(url)) return null;
  return URL.canParse(url) ? url : null;
}
