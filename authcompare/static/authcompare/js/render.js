/* Draws one door's bands. Text only ever becomes text nodes: what comes over the wire is never markup. */

const { gettext, interpolate } = window;

export const t = (text, values = {}) => interpolate(gettext(text), values, true);

/** An element: element("p.big", {title: "..."}, "text", child, ...). */
export function element(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const chip = (text, kind = "") => element(kind ? `span.chip.${kind}` : "span.chip", {}, text);

/** What the browser holds. `known` is the server's account of the credential. */
export function drawBrowserState(cell, door, known) {
  if (!known) {
    cell.replaceChildren(element("p.empty", {}, t("nothing that opens this door")));
    return;
  }
  const chips = [chip(t("%(n)s characters", { n: known.length }))];
  if (door.inStorage) chips.push(chip("localStorage"));
  chips.push(door.readable ? chip(t("scripts read it"), "warn") : chip(t("HttpOnly: scripts can not read it")));
  cell.replaceChildren(
    credential(door, known),
    element("div.chips", {}, ...chips),
    ...(known.expires_at
      ? [element("progress.left", { max: "1", value: "1", "aria-label": t("Time left") }), element("p.facts.remaining")]
      : [element("p.facts", {}, t("no end that the server would check"))]),
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
    return [element("details", {}, element("summary", {}, t("its three parts, read without a key")),
      element("pre.part-1", {}, read(parts[0])), element("pre.part-2", {}, read(parts[1])), element("pre.part-3", {}, parts[2]))];
  } catch {
    return [element("p.facts", {}, t("no JSON inside: somebody has changed it"))];
  }
}

function credential(door, known) {
  const held = door.credential;
  if (held && held.split(".").length === 3 && door.inStorage) {
    const parts = held.split(".").map((part, i) => element(`span.part-${i + 1}`, { title: part }, shorten(part)));
    return element("p.credential.mono", {}, parts[0], ".", parts[1], ".", parts[2]);
  }
  if (held) return element("p.credential.mono", { title: held }, element("b", {}, `${door.name}=`), held);
  const shown = known.parts.id ?? known.parts.statement ?? shorten(JSON.stringify(known.parts.payload ?? ""), 60);
  return element("p.credential.mono", {}, element("b", {}, `${door.name}=`), shown);
}

/** Its beginning and its end, where it is long. */
export const shorten = (text, most = 24) => (text.length > most ? `${text.slice(0, most / 2)}…${text.slice(-most / 2)}` : text);

/** What came back: the status, the note or the error, and further elements such as its Set-Cookie headers. */
export function drawResponse(cell, { method, path, status, json, extra = [] }) {
  const parts = [
    element("p.mono.other", {}, `${method} ${path}`),
    element("p", {}, element("strong.mono.status-code", {}, String(status)), " ", json?.code ? element("code", {}, json.code) : ""),
  ];
  if (json?.revision) {
    const of = t("of %(owner)s, revision %(n)s", { owner: json.owner, n: json.revision });
    parts.push(element("div.note", {}, element("strong", {}, json.title), json.body, element("small", {}, of)));
  } else if (json?.detail) {
    parts.push(element("p.detail", {}, json.detail));
  }
  cell.replaceChildren(...parts, ...extra);
}

/** The verdict, in words, shape and colour. `mood` is good, bad or plain. */
export function drawVerdict(cell, { word, why, mood }) {
  const mark = { good: "✓", bad: "✗", plain: "–" }[mood];
  cell.dataset.mood = mood;
  cell.replaceChildren(element("p.verdict", {}, element("span", { "aria-hidden": "true" }, `${mark} `), word));
  if (why) cell.append(element("p", {}, why));
}

/** 4:59, or 1:00:00. */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const pad = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}
