// Making elements, and bringing what is shown up to date without disturbing it.

/** What may stand in an element; lists may hold lists. @typedef {Node | string | number | null | undefined | false | any[]} Child */

/**
 * An element. Strings become text nodes, never markup. Attributes that are null, undefined or
 * false are left out, true has no value.
 * @param {string} tag
 * @param {Record<string, unknown> | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** @param {Node} parent @param {Child[]} children */
function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * Makes the children of `parent` what `children` are. Nodes that stay the same stay where they are
 * (by `data-key` if they have one), so that focus, selection, scrolling and opened details live on.
 * @param {Element} parent
 * @param {...Child} children
 */
export function show(parent, ...children) {
  const active = document.activeElement;
  const fresh = document.createElement(parent.tagName);
  append(fresh, children);
  morphChildren(parent, fresh);
  // A node that was moved has lost the focus.
  if (active !== document.activeElement && active instanceof HTMLElement && active.isConnected) {
    active.focus({ preventScroll: true });
  }
}

/** @param {Node} node */
const keyOf = (node) => (node instanceof HTMLElement ? (node.dataset.key ?? null) : null);

/** @param {Node} old @param {Node} fresh */
const isAlike = (old, fresh) => old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

/** @param {Node} old @param {Node} fresh */
function morph(old, fresh) {
  if (old instanceof Element && fresh instanceof Element) {
    morphAttributes(old, fresh);
    morphChildren(old, fresh);
  } else if (old.nodeValue !== fresh.nodeValue) {
    old.nodeValue = fresh.nodeValue;
  }
}

/** @param {Element} old @param {Element} fresh */
function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    // Whether details are open is from now on the reader's business.
    if (old.getAttribute(name) !== value && name !== "open") old.setAttribute(name, value);
  }
  if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement) {
    old.checked = fresh.checked;
  }
  if (old instanceof HTMLOptionElement && fresh instanceof HTMLOptionElement) {
    old.selected = fresh.selected;
  }
}

/** @param {Node} parent @param {Node} fresh */
function morphChildren(parent, fresh) {
  const wanted = [...fresh.childNodes];
  const keys = new Set(wanted.map(keyOf));
  /** @type {Map<string, Node>} */
  const kept = new Map();
  for (const child of [...parent.childNodes]) {
    const key = keyOf(child);
    if (key === null) continue;
    // Those that go are taken out first, so that those that stay need not move.
    if (keys.has(key)) kept.set(key, child);
    else parent.removeChild(child);
  }
  let at = parent.firstChild;
  for (const child of wanted) {
    const key = keyOf(child);
    const candidate = key === null ? at : kept.get(key);
    if (candidate && isAlike(candidate, child)) {
      if (candidate === at) at = at.nextSibling;
      else parent.insertBefore(candidate, at);
      morph(candidate, child);
    } else {
      parent.insertBefore(child, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    parent.removeChild(at);
    at = next;
  }
}
