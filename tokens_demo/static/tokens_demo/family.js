/* The token family of one sign-in: refresh it, replay a used refresh token, and see the state of every token. */

import { requestJson, serverNow, Unreachable } from "../authcompare/js/api-client.js";
import { VariantClient } from "../mechanisms/js/variant-client.js";
import { element, shorten, t } from "../authcompare/js/render.js";
import { decode } from "../authcompare/js/jwt-codec.js";
import { formatDate, formatRelative } from "../authcompare/js/relative-time.js";
import { saveTokens } from "../authcompare/js/token-store.js";
import { drawTree } from "./tree.js";

const section = document.getElementById("family");
const choice = document.getElementById("family-door");
const tree = document.getElementById("tree");
const rows = document.getElementById("kin").tBodies[0];
const status = document.getElementById("family-says");
const button = (action) => section.querySelector(`[data-family=${action}]`);

/* This page's record of each sign-in: used refresh tokens, and access tokens that the server does not store. */
const signIns = [...document.querySelectorAll("#doors th[data-storage=localStorage]")].map(({ dataset }) =>
  ({ client: new VariantClient(dataset), title: dataset.title, ...emptyRecord() }));

function emptyRecord() {
  return { id: null, family: null, used: [], accessTokens: new Map(), access: null, replayed: null, refusal: "" };
}

const selected = () => signIns[choice.selectedIndex];

function claims(token) {
  try {
    return JSON.parse(decode(token.split(".")[1])) ?? {};
  } catch {
    return {}; // no valid token
  }
}

/** Record which access token came with which refresh token. A new sign-in starts a new record. */
function recordTokens(signIn, pair) {
  if (!pair) return;
  const { jti: parent, family } = claims(pair.refresh);
  const { jti, iat, exp } = claims(pair.access);
  if (family !== signIn.id) Object.assign(signIn, emptyRecord(), { id: family });
  signIn.access = pair.access;
  if (jti) signIn.accessTokens.set(jti, { parent, iat, exp });
}

/* ---- words ---- */

const DENIED = {
  rotated: { mood: "used", short: t("used"), word: t("used: a newer refresh token replaced it") },
  signed_out: { mood: "bad", short: t("signed out"), word: t("denied: signed out") },
  ended: { mood: "bad", short: t("ended"), word: t("denied: ended from the list of active sign-ins") },
  reused: { mood: "bad", short: t("denied"), word: t("denied: a used refresh token of this family was sent again") },
  admin: { mood: "bad", short: t("denied"), word: t("denied by an administrator") },
};
const EXPIRED = { mood: "over", short: t("expired"), word: t("expired") };
const VALID = { mood: "good", short: t("valid"), word: t("valid") };
const VALID_UNSTORED = { mood: "good", short: t("valid"), word: t("valid; the server does not store it") };
const IRREVOCABLE = {
  mood: "loose",
  short: t("still valid"),
  word: t("valid until it expires: the server has no record of it and cannot revoke it"),
};

function state(token, family, now) {
  if (token.denied) return DENIED[token.denied] ?? DENIED.admin;
  if (Date.parse(token.expires_at) <= now) return EXPIRED;
  if (token.stored) return VALID;
  return family.ended_at ? IRREVOCABLE : VALID_UNSTORED;
}

/** Return the tokens that the server stores and those that only this page knows, each with its state. */
function listFamily({ family, accessTokens }, now) {
  const stored = new Set(family.tokens.map(({ jti }) => jti));
  const time = (seconds) => new Date(seconds * 1000).toISOString();
  const unstored = [...accessTokens].filter(([jti]) => !stored.has(jti)).map(([jti, { parent, iat, exp }]) =>
    ({ jti, parent, token_type: "access", issued_at: time(iat), expires_at: time(exp), denied: null, stored: false }));
  const all = [...family.tokens.map((token) => ({ ...token, stored: true })), ...unstored]
    .map((token) => ({ ...token, ...state(token, family, now) }));
  const access = all.filter(({ token_type }) => token_type === "access");
  const ordered = all.filter(({ token_type }) => token_type === "refresh")
    .flatMap((token) => [token, ...access.filter(({ parent }) => parent === token.jti)]);
  return [...ordered, ...access.filter((token) => !ordered.includes(token))];
}

function verdict({ family, refusal }) {
  if (refusal) return refusal;
  if (family.ended_by === "reused") {
    return t("A used refresh token came back, so two clients have it. The server ended the family: sign in again.");
  }
  if (family.ended_at) return t("This sign-in has ended. The server accepts none of its refresh tokens.");
  return t("One refresh token is valid. Press Refresh: the server replaces it with a new one.");
}

/* ---- drawing ---- */

let drawn = "";

function draw() {
  const signIn = selected();
  button("refresh").disabled = !signIn?.client.stored?.refresh;
  button("replay").disabled = !signIn?.used.length;
  button("replay").title = signIn?.used.length ? "" : t("No refresh token is used yet: refresh first.");
  if (!signIn?.family) {
    drawn = "";
    section.removeAttribute("data-ended");
    tree.replaceChildren(element("p.empty", {}, t("No tokens yet: sign in above.")));
    rows.replaceChildren(element("tr", {}, element("td.empty", { colspan: "5" }, t("no tokens yet"))));
    return;
  }
  const tokens = listFamily(signIn, serverNow());
  const content = JSON.stringify([signIn.id, signIn.replayed, tokens.map(({ jti, word }) => [jti, word])]);
  if (content === drawn) return;
  drawn = content;
  section.toggleAttribute("data-ended", signIn.family.ended_by === "reused");
  drawTree(tree, tokens, signIn.replayed);
  rows.replaceChildren(...tokens.map(row));
}

function row(token) {
  const timeCell = (label, text) => {
    const time = Date.parse(text);
    const attributes = { "data-time": String(time), title: formatDate(time) };
    return element("td", { "data-label": label }, element("span.time", attributes, formatRelative(time, serverNow())));
  };
  const short = (jti) => element("span.mono", { title: jti }, shorten(jti, 8));
  const type = { refresh: t("refresh token"), access: t("access token") }[token.token_type];
  return element("tr", { "data-mood": token.mood },
    element("th", { scope: "row" }, `${type} `, short(token.jti)),
    element("td", { "data-label": t("Issued with") }, token.parent ? short(token.parent) : t("sign-in")),
    timeCell(t("Issued"), token.issued_at),
    timeCell(t("Expires"), token.expires_at),
    element("td.kin-state", {}, token.word));
}

/* ---- actions ---- */

/** Fetch the family of this browser's token, or of the token that it has just deleted. */
async function update() {
  const signIn = selected();
  if (!signIn) return;
  recordTokens(signIn, signIn.client.stored);
  if (signIn.access) {
    const headers = { Authorization: `Bearer ${signIn.access}` };
    const { status: code, json } = await requestJson("GET", "/tokens/api/family/", { headers, ambient: false });
    if (code === 200) signIn.family = json;
    status.textContent = code === 200
      ? verdict(signIn)
      : t("The server refuses to list the family: %(why)s", { why: json?.detail ?? code });
  } else {
    status.textContent = "";
  }
  draw();
}

const refreshWith = (token) =>
  requestJson("POST", "/tokens/api/refresh/", { body: { refresh: token }, ambient: false });

const refusalText = ({ status: code, json }) =>
  t("Refused, %(status)s %(code)s: %(why)s", { status: code, code: json?.code ?? "", why: json?.detail ?? "" });

async function refresh() {
  const signIn = selected();
  const old = signIn.client.stored.refresh;
  const response = await refreshWith(old);
  signIn.refusal = response.status === 200 ? "" : refusalText(response);
  if (response.status === 200) {
    signIn.used.push(old);
    saveTokens(signIn.client.key, response.json);
  }
  await update();
}

/** Send a used refresh token again, as a thief would. */
async function replay() {
  const signIn = selected();
  const old = signIn.used.at(-1);
  const response = await refreshWith(old);
  signIn.refusal = response.status === 200 ? "" : refusalText(response);
  signIn.replayed = claims(old).jti;
  await update();
}

const actions = { refresh, replay, look: update };

async function run(action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    status.textContent = t("The server cannot be reached. Is it still running?");
  }
}

section.addEventListener("click", async ({ target }) => {
  const pressed = target.closest("[data-family]");
  if (!pressed) return;
  section.setAttribute("aria-busy", "true");
  await run(actions[pressed.dataset.family]);
  section.removeAttribute("aria-busy");
});
choice.addEventListener("change", () => run(update));
setInterval(() => { if (selected()?.family) draw(); }, 1000);

// An action in the columns above may start or end a family.
const doors = document.getElementById("doors");
new MutationObserver(() => { if (!doors.hasAttribute("aria-busy")) run(update); })
  .observe(doors, { attributeFilter: ["aria-busy"] });

choice.replaceChildren(...signIns.map(({ title }) => element("option", {}, title)));
section.hidden = false;
draw();
await run(update);
section.dataset.ready = "";
