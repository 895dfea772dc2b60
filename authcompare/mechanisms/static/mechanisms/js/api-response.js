/* Sends a request and draws what came back. Text only ever becomes text nodes. */

import { element, t, shorten } from "../../authcompare/js/render.js";

/** Resolves with {status, reason, headers, text, json, took}; throws a TypeError when no answer came. */
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
  return { status, reason, headers: response.headers, text: body, json: parsed(body), took: performance.now() - began };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const HIDDEN = "•••";

/** For JSON.stringify: what of a value is fit to be read over somebody's shoulder. */
function readable(key, value) {
  if (key === "password") return HIDDEN;
  return typeof value === "string" ? shorten(value, 120) : value;
}

/** What was sent, for people to read along: no password, and of a long credential its two ends. */
export function drawSent(place, { method, path, headers, text }, ambient) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${shorten(value, 48)}`);
  if (ambient) lines.push(t("Cookie: what your browser holds for this site"));
  const json = parsed(text ?? "");
  const shown = json && typeof json === "object" ? JSON.stringify(json, readable) : text;
  place.replaceChildren(element("b", {}, `${method} ${path}`), `\n${lines.join("\n")}${shown ? `\n\n${shown}` : ""}`);
}

/** The status in words for everybody, and for a screen reader the only part that is read out by itself. */
export function drawStatus(place, answer) {
  const { status, reason, took, json } = answer;
  place.dataset.mood = status < 400 ? "good" : "bad";
  place.replaceChildren(
    element("strong", {}, String(status)),
    ` ${reason} `,
    element("small", {}, t("in %(n)s ms", { n: Math.round(took) })),
    ...(json?.detail ? [element("span.api-detail", {}, json.detail)] : []),
  );
}

export function drawNothing(place) {
  place.dataset.mood = "bad";
  place.replaceChildren(t("No answer: the server can not be reached. Is it still running?"));
}

// These say something about this one answer; all others come with every answer, and fold away.
const TELLING = ["allow", "authenticated-by", "cache-control", "content-type", "etag", "exchange-id", "retry-after",
  "www-authenticate"];

/** The headers, as far as scripts see them: a Set-Cookie header they never do. */
export function drawHeaders({ headers: place, more }, headers) {
  const lines = [...headers].map(([name, value]) => {
    // In the lab the server has recorded the exchange, and tells where it can be seen.
    const shown = name === "exchange-id" ? element("a", { href: `/wire/${value}/` }, value) : value;
    return [name, element("div", {}, element("dt", {}, `${spelled(name)}:`), " ", element("dd", {}, shown))];
  });
  const telling = ([name]) => TELLING.includes(name);
  place.replaceChildren(...lines.filter(telling).map(([, line]) => line));
  more.querySelector("dl").replaceChildren(...lines.filter((line) => !telling(line)).map(([, line]) => line));
  more.hidden = lines.every(telling);
}

/** fetch gives names in lower case: back to how everybody writes them. */
const spelled = (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase())
  .replace("Www-", "WWW-").replace(/^Etag$/, "ETag");

/** The body; JSON indented, with links where it holds addresses of this site. */
export function drawBody(place, { text, json }) {
  const shown = json === null ? text : JSON.stringify(json, null, 2);
  const pieces = shown.split(/"(https?:\/\/[^"\s]+)"/);
  place.replaceChildren(...pieces.flatMap((piece, i) => (i % 2 ? ['"', link(piece), '"'] : [piece])));
}

const link = (address) => (address.startsWith(`${location.origin}/`) ? element("a", { href: address }, address) : address);
