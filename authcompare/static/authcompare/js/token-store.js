/* The tokens that pages of this site keep in localStorage: {access, refresh} by "authcompare.<mechanism>.<variant>". */

const PREFIX = "authcompare.";

/** What is kept under this key, or null. Whatever is no pair of tokens belongs to somebody else. */
export function readTokens(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return typeof found?.access === "string" ? found : null;
  } catch {
    return null;
  }
}

export const saveTokens = (key, { access, refresh }) => localStorage.setItem(key, JSON.stringify({ access, refresh }));

export const deleteTokens = (key) => localStorage.removeItem(key);

/** All that are kept: [{key, name, access, refresh}]; the name is "<mechanism> <variant>". */
export function listTokens() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX) && readTokens(key))
    .sort()
    .map((key) => ({ key, name: key.slice(PREFIX.length).replace(".", " "), ...readTokens(key) }));
}
