/* Draws a token family: refresh tokens in a row, and below each the access token that was issued with it. */

import { shorten, t } from "../authcompare/js/render.js";

const STEP = 148; // from one refresh token to the next
const TOP = 64;
const BELOW = 168;
const RADIUS = { refresh: 22, access: 15 };
const GLYPHS = { good: "✓", used: "↻", bad: "✗", over: "–", loose: "!" };

function svg(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const text = (x, y, words, kind) => svg("text", { x, y, class: kind, "text-anchor": "middle" }, words);

/** Draw `tokens`, oldest first: [{jti, token_type, parent, mood, short, word}]. `replayed`: the jti of a used refresh
    token that was sent again, or null. */
export function drawTree(place, tokens, replayed) {
  const column = new Map(); // by jti
  const rows = { refresh: 0, access: 0 };
  for (const token of tokens) {
    const own = token.token_type === "access" ? column.get(token.parent) : undefined;
    column.set(token.jti, own ?? rows.refresh);
    if (token.token_type === "refresh") rows.refresh += 1;
  }
  const x = (jti) => 80 + column.get(jti) * STEP;
  const y = (token) => (token.token_type === "refresh" ? TOP : BELOW);
  const byId = new Map(tokens.map((token) => [token.jti, token]));
  const width = Math.max(rows.refresh, 1) * STEP + 24;

  const edges = tokens.filter((token) => byId.has(token.parent)).map((token) => {
    const parent = byId.get(token.parent);
    const [start, end] = token.token_type === "refresh"
      ? [[x(parent.jti) + RADIUS.refresh, TOP], [x(token.jti) - RADIUS.refresh, TOP]]
      : [[x(parent.jti), TOP + 56], [x(token.jti), BELOW - RADIUS.access]];
    return svg("path", { d: `M${start} L${end}`, class: "edge", "data-mood": token.mood });
  });
  const nodes = tokens.map((token) => svg("g", { class: "kin", "data-mood": token.mood, "data-type": token.token_type },
    svg("title", {}, `${token.token_type} ${token.jti}: ${token.word}`),
    svg("circle", { cx: x(token.jti), cy: y(token), r: RADIUS[token.token_type] }),
    text(x(token.jti), y(token) + 6, GLYPHS[token.mood], "glyph"),
    text(x(token.jti), y(token) + RADIUS[token.token_type] + 16, shorten(token.jti, 8), "jti"),
    text(x(token.jti), y(token) + RADIUS[token.token_type] + 31, token.short, "word")));
  const last = tokens.findLast((token) => token.token_type === "refresh");
  if (replayed && byId.has(replayed) && last) {
    const [from, to] = [x(last.jti) + 8, x(replayed)];
    const d = `M${from} ${TOP - 24} C${from} 12 ${to} 12 ${to} ${TOP - 26}`;
    edges.push(svg("path", { d, class: "edge back", "marker-end": "url(#arrow)" }),
      text((from + to) / 2, 14, t("sent again"), "word back"));
  }
  const markerSize = { markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" };
  const arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, ...markerSize },
    svg("path", { d: "M0 0 L8 4 L0 8 z", class: "arrow" }));
  const title = t("%(n)s tokens of one sign-in, oldest on the left. The table below lists them.", { n: tokens.length });
  const size = { width: `${width / 16}rem`, height: "14rem", viewBox: `0 0 ${width} 224` };
  place.replaceChildren(svg("svg", { ...size, role: "img", "aria-labelledby": "tree-title" },
    svg("title", { id: "tree-title" }, title), svg("defs", {}, arrow), ...edges, ...nodes));
  place.scrollLeft = place.scrollWidth;
}
