/** What the browser remembers: for this person (local) or for this tab (session). */

/** @typedef {{read: (key: string) => any, write: (key: string, value: unknown) => void}} Memory */

/**
 * Storage that may be full or forbidden: then it forgets, and nothing breaks.
 * @param {() => Storage} storage
 * @returns {Memory}
 */
function memory(storage) {
  return {
    read(key) {
      try {
        return JSON.parse(storage().getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, JSON.stringify(value));
      } catch {
        // full or forbidden: the page goes on without a memory
      }
    },
  };
}

export const ofPerson = memory(() => localStorage);
export const ofTab = memory(() => sessionStorage);
