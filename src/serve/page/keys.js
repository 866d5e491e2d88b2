// The keys of the page. Whatever a browser does with a key by itself, in a box or a list, it keeps.

import { byId } from "./dom.js";

/** Whether a key types something there. @param {Element} element */
const takesText = (element) =>
  element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

/** The links of the list that is shown. */
const items = () => {
  /** @type {NodeListOf<HTMLElement>} */
  const links = document.querySelectorAll(".hit-title a, .articles a");
  return [...links].filter((link) => link.getClientRects().length > 0);
};

/**
 * @param {{clear: () => void, isReading: () => boolean, leaveArticle: () => void, help: () => void}} actions
 */
export function listenToKeys({ clear, isReading, leaveArticle, help }) {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || byId("help").open) return;
    const box = byId("q");
    const inBox = target === box;
    const inList = target.closest(".hit, .articles");
    if ((key === "/" || key === "?" || key === "؟") && !takesText(target)) {
      event.preventDefault();
      if (key === "/") focusBox(box);
      else help();
    } else if ((key === "ArrowDown" || key === "ArrowUp") && (inBox || inList)) {
      move(event, key === "ArrowDown" ? 1 : -1, box);
    } else if (key === "Escape") {
      if (inBox && box.value) {
        event.preventDefault();
        clear();
      } else if (isReading()) {
        event.preventDefault();
        leaveArticle();
      } else if (inList) {
        focusBox(box);
      }
    }
  });
}

/** @param {HTMLInputElement} box */
function focusBox(box) {
  box.focus();
  box.select();
}

/** @param {KeyboardEvent} event @param {1 | -1} step @param {HTMLInputElement} box */
function move(event, step, box) {
  const links = items();
  const within = /** @type {Element} */ (event.target).closest(".hit, .articles li");
  const at = links.findIndex((link) => within?.contains(link));
  const next = at + step;
  if (event.target === box && step < 0) return;
  if (next < 0) {
    event.preventDefault();
    focusBox(box);
  } else if (links[next]) {
    event.preventDefault();
    links[next].focus({ preventScroll: true });
    // All of the hit is to be seen, not its title alone.
    (links[next].closest(".hit") ?? links[next]).scrollIntoView({ block: "nearest" });
  }
}
