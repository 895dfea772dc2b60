/* Translation, DOM elements, and the bands of a column. Text from the server becomes text nodes, never markup. */

import { decode } from "./jwt-codec.js";

const { gettext, interpolate } = window;

/** Return the translation of `text`, with its %(name)s placeholders filled in. */
export const t = (text, values = {}) => interpolate(gettext(text), values, true);

/** Return an element: element("p.big", {title: "..."}, "text", child, ...). */
export function element(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const chip = (text, kind = "") => element(kind ? `span.chip.${kind}` : "span.chip", {}, text);

/** Draw what the browser stores. `known` is the server's description of the credential, or null. */
export function drawBrowserState(cell, client, known) {
  if (!known) {
    cell.replaceChildren(element("p.empty", {}, t("No credential")));
    return;
  }
  const chips = [chip(t("%(n)s characters", { n: known.length }))];
  if (client.inStorage) chips.push(chip("localStorage"));
  chips.push(client.readable ? chip(t("scripts can read it"), "warn") : chip(t("HttpOnly: scripts cannot read it")));
  const expiry = known.expires_at
    ? [element("progress.left", { max: "1", value: "1", "aria-label": t("Time left") }), element("p.facts.remaining")]
    : [element("p.facts", {}, t("no expiry time that the server checks"))];
  cell.replaceChildren(
    credential(client, known),
    element("div.chips", {}, ...chips),
    ...expiry,
    ...decodedToken(client.credential),
  );
}

/** The three parts of a token. */
function decodedToken(token) {
  const parts = token?.split(".") ?? [];
  if (parts.length !== 3) return [];
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => JSON.stringify(JSON.parse(decode(part) ?? ""), null, 1));
    return [element("details", {}, element("summary", {}, t("The three parts, decoded without a key")),
      element("pre.part-1", {}, header), element("pre.part-2", {}, payload), element("pre.part-3", {}, parts[2]))];
  } catch {
    return [element("p.facts", {}, t("The token was changed: it contains no valid JSON."))];
  }
}

function credential(client, known) {
  const value = client.credential;
  if (value && value.split(".").length === 3 && client.inStorage) {
    const [header, payload, signature] = value.split(".").map((part, i) =>
      element(`span.part-${i + 1}`, { title: part }, shorten(part)));
    return element("p.credential.mono", {}, header, ".", payload, ".", signature);
  }
  const name = element("b", {}, `${client.name}=`);
  if (value) return element("p.credential.mono", { title: value }, name, value);
  const shown = known.parts.id ?? known.parts.statement ?? shorten(JSON.stringify(known.parts.payload ?? ""), 60);
  return element("p.credential.mono", {}, name, shown);
}

/** Return a long text's beginning and end. */
export const shorten = (text, most = 24) =>
  (text.length > most ? `${text.slice(0, most / 2)}…${text.slice(-most / 2)}` : text);

/** Draw the response: the status, the note or the error, and `extra` elements. */
export function drawResponse(cell, { method, path, status, json, extra = [] }) {
  const code = json?.code ? element("code", {}, json.code) : "";
  const parts = [
    element("p.mono.other", {}, `${method} ${path}`),
    element("p", {}, element("strong.mono.status-code", {}, String(status)), " ", code),
  ];
  if (json?.revision) {
    const source = t("note of %(owner)s, revision %(n)s", { owner: json.owner, n: json.revision });
    parts.push(element("div.note", {}, element("strong", {}, json.title), json.body, element("small", {}, source)));
  } else if (json?.detail) {
    parts.push(element("p.detail", {}, json.detail));
  }
  cell.replaceChildren(...parts, ...extra);
}

/** Draw the verdict in words, shape and colour. `mood` is good, bad or plain. */
export function drawVerdict(cell, { word, why, mood }) {
  const mark = { good: "✓", bad: "✗", plain: "–" }[mood];
  cell.dataset.mood = mood;
  cell.replaceChildren(element("p.verdict", {}, element("span", { "aria-hidden": "true" }, `${mark} `), word));
  if (why) cell.append(element("p", {}, why));
}

/** Return a duration as 4:59 or 1:00:00. */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const pad = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}
