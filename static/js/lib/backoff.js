/** How long to wait before trying again, so that a thousand pages do not return in one second. */

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
 * Wait, or stop waiting when `signal` says so.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
