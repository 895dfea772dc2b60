/* WEAK on purpose: stands for a library that somebody has changed. It comes from this site's own address, so the content
   security policy lets it in, and from then on it may do whatever the page may. */

/** Everything that lies where scripts can read: {cookies, localStorage, sessionStorage}, each [[name, value], ...]. */
export function loot() {
  const cookies = document.cookie.split("; ").filter(Boolean).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { cookies, localStorage: Object.entries(localStorage), sessionStorage: Object.entries(sessionStorage) };
}

/** Listens in on what the page sends from now on, wherever the page keeps it. Returns what ends it: a list of the headers. */
export function listen() {
  const { fetch } = window;
  const heard = [];
  window.fetch = (resource, options = {}) => {
    heard.push(...Object.entries(options.headers ?? {}));
    return fetch(resource, options);
  };
  return () => {
    window.fetch = fetch;
    return heard;
  };
}

/** Acts as whoever has the page open: the browser adds its cookies, and the CSRF token is there to be read. */
export async function act(path, changes, headers) {
  const token = document.cookie.match(new RegExp(`(?:^|; )${document.documentElement.dataset.csrf}=([^;]*)`))?.[1] ?? "";
  const response = await fetch(path, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, ...headers },
    body: JSON.stringify(changes),
  });
  return { method: "PATCH", path, status: response.status, exchange: response.headers.get("Exchange-Id") };
}
