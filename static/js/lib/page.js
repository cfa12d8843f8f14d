/** What the server wrote into the page for its scripts: data blocks, parts, templates. */

/**
 * The JSON of a data block.
 * @param {string} id
 * @returns {any}
 */
export function data(id) {
  const block = document.getElementById(id);
  if (!block) throw new Error(`the page has no data block ${id}`);
  return JSON.parse(block.textContent ?? "null");
}

/**
 * The part of an element that carries `data-part="name"`.
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function part(root, name) {
  const found = maybePart(root, name);
  if (!found) throw new Error(`the page has no part ${name}`);
  return found;
}

/**
 * The part of an element, or null where the server left it out.
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement | null}
 */
export function maybePart(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/**
 * Write a text where another stands: the same one anew would cost a layout of the page.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Hide or show, where that is not so already: browsers look at the styles for the same value too.
 * @param {HTMLElement} element
 * @param {boolean} hidden
 */
export function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/**
 * A fresh copy of the only element of a `<template>`.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function copyOf(id) {
  const template = document.getElementById(id);
  const first = template instanceof HTMLTemplateElement && template.content.firstElementChild;
  if (!first) throw new Error(`the page has no template ${id}`);
  return /** @type {HTMLElement} */ (document.importNode(first, true));
}
