/* Draws one door's bands. Text only ever becomes text nodes: what comes over the wire is never markup. */

const { gettext, interpolate } = window;

export const say = (text, values = {}) => interpolate(gettext(text), values, true);

/** An element: el("p.big", {title: "..."}, "text", child, ...). */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const chip = (text, kind = "") => el(kind ? `span.chip.${kind}` : "span.chip", {}, text);

/** What the browser holds. `known` is the server's account of the credential. */
export function drawHolds(cell, door, known) {
  if (!known) {
    cell.replaceChildren(el("p.empty", {}, say("nothing that opens this door")));
    return;
  }
  const chips = [chip(say("%(n)s characters", { n: known.length }))];
  if (door.inStorage) chips.push(chip("localStorage"));
  chips.push(door.readable ? chip(say("scripts read it"), "warn") : chip(say("HttpOnly: scripts can not read it")));
  cell.replaceChildren(
    credential(door, known),
    el("div.chips", {}, ...chips),
    ...(known.expires_at
      ? [el("progress.left", { max: "1", value: "1", "aria-label": say("Time left") }), el("p.facts.remaining")]
      : [el("p.facts", {}, say("no end that the server would check"))]),
    ...decoded(door.credential),
  );
}

/** A token's three parts, readable without any key. */
function decoded(token) {
  const parts = token?.split(".") ?? [];
  if (parts.length !== 3) return [];
  try {
    const read = (part) => JSON.stringify(JSON.parse(new TextDecoder().decode(
      Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)))), null, 1);
    return [el("details", {}, el("summary", {}, say("its three parts, read without a key")),
      el("pre.part-1", {}, read(parts[0])), el("pre.part-2", {}, read(parts[1])), el("pre.part-3", {}, parts[2]))];
  } catch {
    return [el("p.facts", {}, say("no JSON inside: somebody has changed it"))];
  }
}

function credential(door, known) {
  const held = door.credential;
  if (held && held.split(".").length === 3 && door.inStorage) {
    const parts = held.split(".").map((part, i) => el(`span.part-${i + 1}`, { title: part }, shorten(part)));
    return el("p.credential.mono", {}, parts[0], ".", parts[1], ".", parts[2]);
  }
  if (held) return el("p.credential.mono", { title: held }, el("b", {}, `${door.name}=`), held);
  const shown = known.parts.id ?? known.parts.statement ?? shorten(JSON.stringify(known.parts.payload ?? ""), 60);
  return el("p.credential.mono", {}, el("b", {}, `${door.name}=`), shown);
}

/** Its beginning and its end, where it is long. */
export const shorten = (text, most = 24) => (text.length > most ? `${text.slice(0, most / 2)}…${text.slice(-most / 2)}` : text);

/** What came back: the status, the note or the error, and further elements such as its Set-Cookie headers. */
export function drawAnswer(cell, { method, path, status, json, extra = [] }) {
  const parts = [
    el("p.mono.other", {}, `${method} ${path}`),
    el("p", {}, el("strong.mono.status-code", {}, String(status)), " ", json?.code ? el("code", {}, json.code) : ""),
  ];
  if (json?.revision) {
    const of = say("of %(owner)s, revision %(n)s", { owner: json.owner, n: json.revision });
    parts.push(el("div.note", {}, el("strong", {}, json.title), json.body, el("small", {}, of)));
  } else if (json?.detail) {
    parts.push(el("p.detail", {}, json.detail));
  }
  cell.replaceChildren(...parts, ...extra);
}

/** The verdict, in words, shape and colour. `mood` is good, bad or plain. */
export function drawVerdict(cell, { word, why, mood }) {
  const mark = { good: "✓", bad: "✗", plain: "–" }[mood];
  cell.dataset.mood = mood;
  cell.replaceChildren(el("p.verdict", {}, el("span", { "aria-hidden": "true" }, `${mark} `), word));
  if (why) cell.append(el("p", {}, why));
}

/** 4:59, or 1:00:00. */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const pad = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}
