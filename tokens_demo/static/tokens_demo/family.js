/* One sign-in and every token that came from it: refresh, replay an old refresh token, and see what becomes of them. */

import { requestJson, serverNow, Unreachable } from "../authcompare/js/api-client.js";
import { VariantClient } from "../mechanisms/js/variant-client.js";
import { element, t, shorten } from "../authcompare/js/render.js";
import { ago, date } from "./relative-time.js";
import { decode } from "./jwt-codec.js";
import { drawTree } from "./tree.js";

const section = document.getElementById("family");
const choice = document.getElementById("family-door");
const tree = document.getElementById("tree");
const rows = document.getElementById("kin").tBodies[0];
const says = document.getElementById("family-says");
const button = (act) => section.querySelector(`[data-family=${act}]`);

/* What this page knows of each door's sign-in: its old refresh tokens, and the access tokens the server forgot. */
const lives = [...document.querySelectorAll("#doors th[data-storage=localStorage]")].map(({ dataset }) =>
  ({ door: new VariantClient(dataset), title: dataset.title, ...fresh() }));

function fresh() {
  return { id: null, family: null, old: [], held: new Map(), access: null, back: null, ended: "" };
}

const life = () => lives[choice.selectedIndex];

function claims(token) {
  try {
    return JSON.parse(decode(token.split(".")[1])) ?? {};
  } catch {
    return {}; // somebody has changed it
  }
}

/** Remembers which access token came with which refresh token. Another sign-in starts anew. */
function notice(life, pair) {
  if (!pair) return;
  const [access, refresh] = [claims(pair.access), claims(pair.refresh)];
  if (refresh.family !== life.id) Object.assign(life, fresh(), { id: refresh.family });
  life.access = pair.access;
  if (access.jti) life.held.set(access.jti, { parent: refresh.jti, iat: access.iat, exp: access.exp });
}

/* ---- words ---- */

const DENIED = {
  rotated: { mood: "used", short: t("used"), word: t("used: a newer one took its place") },
  signed_out: { mood: "bad", short: t("signed out"), word: t("denied: signed out") },
  ended: { mood: "bad", short: t("ended"), word: t("denied: ended from the list of sign-ins") },
  reused: { mood: "bad", short: t("denied"), word: t("denied: a used refresh token of the family came back") },
  admin: { mood: "bad", short: t("denied"), word: t("denied by an administrator") },
};
const OVER = { mood: "over", short: t("expired"), word: t("expired") };
const GOOD = { mood: "good", short: t("good"), word: t("good") };
const UNKEPT = { mood: "good", short: t("good"), word: t("good; the server keeps no record of it") };
const LOOSE = { mood: "loose", short: t("still good"), word: t("still good until it expires: the server keeps no record of it, so nobody can take it back") };

function state(token, family, now) {
  if (token.denied) return DENIED[token.denied] ?? DENIED.admin;
  if (Date.parse(token.expires_at) <= now) return OVER;
  if (!token.unkept) return GOOD;
  return family.ended_at ? LOOSE : UNKEPT;
}

/** The server's tokens, and those that only this page knows of, each with its state in words. */
function kin({ family, held }, now) {
  const known = new Set(family.tokens.map(({ jti }) => jti));
  const time = (seconds) => new Date(seconds * 1000).toISOString();
  const own = [...held].filter(([jti]) => !known.has(jti)).map(([jti, { parent, iat, exp }]) =>
    ({ jti, parent, token_type: "access", issued_at: time(iat), expires_at: time(exp), denied: null, unkept: true }));
  const all = [...family.tokens, ...own].map((token) => ({ ...token, ...state(token, family, now) }));
  const refresh = all.filter(({ token_type }) => token_type === "refresh");
  const access = all.filter(({ token_type }) => token_type === "access");
  const below = refresh.flatMap((token) => [token, ...access.filter(({ parent }) => parent === token.jti)]);
  return [...below, ...access.filter((token) => !below.includes(token))];
}

function verdict({ family, ended }) {
  if (ended) return ended;
  if (family.ended_by === "reused") return t("A used refresh token came back: it is in two hands, so the whole family has ended. Whoever holds its tokens must sign in again.");
  if (family.ended_at) return t("This sign-in has ended: none of its refresh tokens brings new ones.");
  return t("One refresh token is good. Refresh, and watch it hand over to the next.");
}

/* ---- drawing ---- */

let drawn = "";

function draw() {
  const now = life();
  button("refresh").disabled = !now?.door.stored?.refresh;
  button("replay").disabled = !now?.old.length;
  button("replay").title = now?.old.length ? "" : t("There is no old one yet: refresh first.");
  if (!now?.family) {
    drawn = "";
    section.removeAttribute("data-ended");
    tree.replaceChildren(element("p.empty", {}, t("No family yet: sign in above, and its tokens appear here.")));
    rows.replaceChildren(element("tr", {}, element("td.empty", { colspan: "5" }, t("no tokens yet"))));
    return;
  }
  const all = kin(now, serverNow());
  const ids = JSON.stringify([now.id, now.back, all.map(({ jti, word }) => [jti, word])]);
  if (ids === drawn) return;
  drawn = ids;
  section.toggleAttribute("data-ended", now.family.ended_by === "reused");
  drawTree(tree, all, now.back);
  rows.replaceChildren(...all.map(row));
}

function row(token) {
  const seconds = (moment) => Math.floor(Date.parse(moment) / 1000);
  const when = (label, moment) => element("td", { "data-label": label },
    element("span.moment", { "data-moment": String(seconds(moment)), title: date(seconds(moment)) }, ago(seconds(moment), serverNow() / 1000)));
  const kinds = { refresh: t("refresh token"), access: t("access token") };
  return element("tr", { "data-mood": token.mood },
    element("th", { scope: "row" }, `${kinds[token.token_type]} `, element("span.mono", { title: token.jti }, shorten(token.jti, 8))),
    element("td", { "data-label": t("Came from") },
      token.parent ? element("span.mono", { title: token.parent }, shorten(token.parent, 8)) : t("the sign-in")),
    when(t("Issued"), token.issued_at), when(t("Ends"), token.expires_at), element("td.kin-state", {}, token.word));
}

/* ---- what can be done ---- */

/** Asks the server for the family of the token that this browser holds, or held until a moment ago. */
async function look() {
  const now = life();
  if (!now) return;
  notice(now, now.door.stored);
  if (now.access) {
    const headers = { Authorization: `Bearer ${now.access}` };
    const { status, json } = await requestJson("GET", "/tokens/api/family/", { headers, ambient: false });
    if (status === 200) now.family = json;
    says.textContent = status === 200 ? verdict(now) : t("The server tells nothing more: %(why)s", { why: json?.detail ?? status });
  } else {
    says.textContent = "";
  }
  draw();
}

async function refresh() {
  const now = life();
  const { refresh: old } = now.door.stored;
  const { status, json } = await requestJson("POST", "/tokens/api/refresh/", { body: { refresh: old }, ambient: false });
  now.ended = "";
  if (status === 200) {
    now.old.push(old);
    localStorage.setItem(now.door.key, JSON.stringify({ access: json.access, refresh: json.refresh }));
  } else {
    now.ended = refused(status, json);
  }
  await look();
}

/** What a thief does with a refresh token that has been used since. */
async function replay() {
  const now = life();
  const old = now.old.at(-1);
  const { status, json } = await requestJson("POST", "/tokens/api/refresh/", { body: { refresh: old }, ambient: false });
  now.ended = status === 200 ? "" : refused(status, json);
  now.back = claims(old).jti;
  await look();
}

const refused = (status, json) =>
  t("Refused, %(status)s %(code)s: %(why)s", { status, code: json?.code ?? "", why: json?.detail ?? "" });

const acts = { refresh, replay, look };

async function run(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    says.textContent = t("The server cannot be reached. Is it still running?");
  }
}

section.addEventListener("click", async ({ target }) => {
  const pressed = target.closest("[data-family]");
  if (!pressed) return;
  section.setAttribute("aria-busy", "true");
  await run(acts[pressed.dataset.family]);
  section.removeAttribute("aria-busy");
});
choice.addEventListener("change", () => run(look));
setInterval(() => { if (life()?.family) draw(); }, 1000);

// Whatever is done at the doors above may have begun or ended a family.
const doors = document.getElementById("doors");
new MutationObserver(() => { if (!doors.hasAttribute("aria-busy")) run(look); })
  .observe(doors, { attributeFilter: ["aria-busy"] });

choice.replaceChildren(...lives.map(({ title }) => element("option", {}, title)));
section.hidden = false;
draw();
await run(look);
section.dataset.ready = "";
