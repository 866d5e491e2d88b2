// Asking the server. Whatever goes wrong becomes a Problem or Unreachable.

/** An answer that says what is wrong (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {string} title @param {string} detail */
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
  }
}

/** No answer at all. */
export class Unreachable extends Error {}

/**
 * @param {string} path
 * @param {[string, string][]} [params]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(path, params = [], signal) {
  const query = new URLSearchParams(params).toString();
  let response;
  try {
    response = await fetch(`/api/v1/${path}${query && `?${query}`}`, {
      signal,
      headers: { accept: "application/json" },
    });
    const body = await response.json();
    if (response.ok) return body;
    throw new Problem(response.status, body.title ?? response.statusText, body.detail ?? "");
  } catch (error) {
    if (error instanceof Problem || signal?.aborted) throw error;
    // An error that a proxy wrote is no JSON.
    if (response && !response.ok) throw new Problem(response.status, response.statusText, "");
    throw new Unreachable(String(error));
  }
}

/** Lets only the newest of several requests speak: the others are cancelled and never heard of. */
export class Latest {
  #number = 0;
  #controller = new AbortController();

  /**
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T | undefined>}  undefined when a newer one has begun
   */
  async run(work) {
    this.cancel();
    const number = this.#number;
    try {
      const answer = await work(this.#controller.signal);
      return number === this.#number ? answer : undefined;
    } catch (error) {
      if (number !== this.#number) return undefined;
      throw error;
    }
  }

  cancel() {
    this.#number += 1;
    this.#controller.abort();
    this.#controller = new AbortController();
  }
}

/**
 * Says when the index has changed, or may have while nobody listened. Listens only while the page
 * is seen: a browser has few connections to a server, and every tab would take one.
 * @param {() => void} changed
 */
export function onIndexChange(changed) {
  /** @type {EventSource | null} */
  let source = null;
  /** Which state of the index the server spoke of last; it does so when the connection begins. @type {number | null} */
  let known = null;
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source || source.readyState === EventSource.CLOSED) {
      source = new EventSource("/api/v1/events");
      source.addEventListener("index", (event) => {
        const { generation } = JSON.parse(event.data);
        if (known !== null && known !== generation) changed();
        known = generation;
      });
      // A server that was started anew counts anew.
      source.addEventListener("error", () => (known = -1));
    }
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}
