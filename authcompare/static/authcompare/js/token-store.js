/* The tokens in localStorage: {access, refresh} under "authcompare.<mechanism>.<variant>". */

const PREFIX = "authcompare.";

/** Return the tokens under this key, or null. Other keys with the prefix hold other data. */
export function readTokens(key) {
  try {
    const tokens = JSON.parse(localStorage.getItem(key));
    return typeof tokens?.access === "string" ? tokens : null;
  } catch {
    return null;
  }
}

export const saveTokens = (key, { access, refresh }) => localStorage.setItem(key, JSON.stringify({ access, refresh }));

export const deleteTokens = (key) => localStorage.removeItem(key);

/** Return all stored tokens as [{key, name, access, refresh}]; the name is "<mechanism> <variant>". */
export function listTokens() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX) && readTokens(key))
    .sort()
    .map((key) => ({ key, name: key.slice(PREFIX.length).replace(".", " "), ...readTokens(key) }));
}
