/** The page's words. The server wrote them, in the reader's language, into the block `words`. */

import { data } from "./page.js";

/** @type {Record<string, string> | undefined} */
let texts;
const plural = new Intl.PluralRules(document.documentElement.lang || "ja");

/**
 * A text with its `{name}` places filled.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  texts ??= /** @type {Record<string, string>} */ (data("words"));
  const text = texts[key];
  if (text === undefined) throw new Error(`the page has no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * A text that depends on a number: `key.one`, `key.other` by the language's own rules.
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function sayCount(key, n, values = {}) {
  const form = plural.select(n) === "one" ? "one" : "other";
  return say(`${key}.${form}`, { n, ...values });
}
