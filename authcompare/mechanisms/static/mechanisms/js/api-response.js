/* Sends a request and shows the response. Text only becomes text nodes. */

import { element, t, shorten } from "../../authcompare/js/render.js";

/** Resolve with {status, reason, headers, text, json, milliseconds}; throw a TypeError without a response. */
export async function send({ method, path, headers, text }, ambient) {
  const began = performance.now();
  const response = await fetch(path, {
    method,
    body: text,
    headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang, ...headers },
    credentials: ambient ? "same-origin" : "omit",
    cache: "no-store",
  });
  const body = await response.text();
  const { status, statusText: reason } = response;
  const milliseconds = performance.now() - began;
  return { status, reason, headers: response.headers, text: body, json: parsed(body), milliseconds };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const HIDDEN = "•••";

/** For JSON.stringify: hide passwords and shorten long text, since others may see the screen. */
function readable(key, value) {
  if (key === "password") return HIDDEN;
  return typeof value === "string" ? shorten(value, 120) : value;
}

/** Show the request, without passwords, and long credentials shortened. */
export function drawSent(place, { method, path, headers, text }, ambient) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${shorten(value, 48)}`);
  if (ambient) lines.push(t("Cookie: all that your browser stores for this site"));
  const json = parsed(text ?? "");
  const shown = json && typeof json === "object" ? JSON.stringify(json, readable) : text;
  place.replaceChildren(element("b", {}, `${method} ${path}`), `\n${lines.join("\n")}${shown ? `\n\n${shown}` : ""}`);
}

/** Show the status. It is the only part that a screen reader announces by itself. */
export function drawStatus(place, response) {
  const { status, reason, milliseconds, json } = response;
  place.dataset.mood = status < 400 ? "good" : "bad";
  place.replaceChildren(
    element("strong", {}, String(status)),
    ` ${reason} `,
    element("small", {}, t("in %(n)s ms", { n: Math.round(milliseconds) })),
    ...(json?.detail ? [element("span.api-detail", {}, json.detail)] : []),
  );
}

export function drawNothing(place) {
  place.dataset.mood = "bad";
  place.replaceChildren(t("No response: the server is not reachable. Check that it is running."));
}

// These are about this one response. The others come with every response, and are folded.
const SPECIFIC = ["allow", "authenticated-by", "cache-control", "content-type", "etag", "exchange-id", "retry-after",
  "www-authenticate"];

/** Show the headers that scripts can read, which excludes Set-Cookie. */
export function drawHeaders({ headers: place, more }, headers) {
  const lines = [...headers].map(([name, value]) => {
    // In the lab, the server has recorded the exchange.
    const shown = name === "exchange-id" ? element("a", { href: `/wire/${value}/` }, value) : value;
    return [name, element("div", {}, element("dt", {}, `${capitalised(name)}:`), " ", element("dd", {}, shown))];
  });
  const specific = ([name]) => SPECIFIC.includes(name);
  place.replaceChildren(...lines.filter(specific).map(([, line]) => line));
  more.querySelector("dl").replaceChildren(...lines.filter((line) => !specific(line)).map(([, line]) => line));
  more.hidden = lines.every(specific);
}

/** Capitalise the lower-case names that fetch returns. */
const capitalised = (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase())
  .replace("Www-", "WWW-").replace(/^Etag$/, "ETag");

/** Show the body; JSON indented, with links for URLs of this site. */
export function drawBody(place, { text, json }) {
  const shown = json === null ? text : JSON.stringify(json, null, 2);
  const pieces = shown.split(/"(https?:\/\/[^"\s]+)"/);
  place.replaceChildren(...pieces.flatMap((piece, i) => (i % 2 ? ['"', link(piece), '"'] : [piece])));
}

const link = (address) =>
  (address.startsWith(`${location.origin}/`) ? element("a", { href: address }, address) : address);
