/** How long to wait before trying again, so that a thousand pages do not return in one second. */

const SPREAD_MS = 1000;

/**
 * Milliseconds before attempt number `attempt` (0 is the first retry): doubled each time up to
 * `longest`, and anywhere in the upper half of that span.
 * @param {number} attempt
 * @param {{first?: number, longest?: number, random?: () => number}} [options]
 * @returns {number}
 */
export function backoff(attempt, { first = 500, longest = 8000, random = Math.random } = {}) {
  const span = Math.min(longest, first * 2 ** attempt);
  return span / 2 + (random() * span) / 2;
}

/**
 * Wait, or stop waiting when `signal` says so. A pause that an outage has made long ends soon after
 * the browser's network is back; answers whether it did.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>}
 */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const over = new AbortController();
    const once = { once: true, signal: over.signal };
    const end = (early = false) => (clearTimeout(timer), over.abort(), resolve(early));
    const timer = setTimeout(end, ms);
    addEventListener("online", () => setTimeout(end, spread(), true), once);
    signal?.addEventListener("abort", () => end(), once);
  });
}

/** Milliseconds over which the pages of one place spread when its network is back. */
export function spread() {
  return Math.random() * SPREAD_MS;
}
