/* Reads document.cookie: the cookies without HttpOnly. */

export function readCookie(name) {
  for (const pair of document.cookie.split("; ")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at) === name) return pair.slice(at + 1);
  }
  return null;
}
