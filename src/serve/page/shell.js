// What is around the content: the interface's own texts, what went wrong, what is announced, what is
// under way.

import { Problem, Unreachable } from "./api.js";
import { byId, h, show } from "./dom.js";
import { direction, say, setUi } from "./strings.js";

/** A screen reader is not interrupted before typing has come to rest. */
const ANNOUNCE_MS = 700;
/** What takes longer is seen to be under way. */
const SLOW_MS = 300;

let announcing = 0;
let slow = 0;

/** Says everything in this language. @param {import("./strings.js").Ui} wish */
export function setInterface(wish) {
  const root = document.documentElement;
  if (root.dataset.ui === wish) return;
  setUi(wish);
  root.dataset.ui = wish;
  root.lang = wish;
  root.dir = direction();
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = say(/** @type {HTMLElement} */ (element).dataset.text ?? "");
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(/** @type {HTMLElement} */ (element).dataset.label ?? ""));
  }
  byId("help-open").title = say("help");
  byId("q").placeholder = say("placeholder");
  const button = byId("ui-switch");
  button.textContent = say("otherUi");
  button.lang = wish === "ar" ? "en" : "ar";
}

/** Says what went wrong; what is shown stays. @param {unknown} error */
export function showProblem(error) {
  console.warn(error);
  const isAway = error instanceof Unreachable;
  byId("results").dataset.stale = "true";
  show(byId("problem"), h("p", { "data-testid": "problem" },
    isAway
      ? say("unreachable")
      : h("span", null, `${say("failed")}: `, h("bdi", { dir: "auto", lang: "en" }, error instanceof Error ? error.message : String(error))),
    " ",
    error instanceof Problem && error.status === 401
      ? h("a", { href: "/" }, say("signIn"))
      : h("button", { type: "button", id: "retry" }, say("retry"))));
}

/** Says something to those who do not see the page. @param {string} text */
export function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => (byId("status").textContent = text), ANNOUNCE_MS);
}

/** Something has been asked for. @param {boolean} isQuiet  it shall not be seen */
export function begin(isQuiet) {
  clearTimeout(slow);
  slow = setTimeout(() => (byId("progress").hidden = isQuiet), SLOW_MS);
  byId("main").setAttribute("aria-busy", "true");
}

/** All that was asked for is there. */
export function end() {
  clearTimeout(slow);
  byId("progress").hidden = true;
  byId("main").removeAttribute("aria-busy");
  reveal();
}

/** From now on the page is seen, and can have the focus. */
export const reveal = () => document.documentElement.classList.remove("starting");
