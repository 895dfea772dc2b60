/* The actions of one column. Each action draws its result into the column's bands. */

import { requestJson, serverNow } from "../../authcompare/js/api-client.js";
import { drawBrowserState, drawResponse, drawVerdict, t } from "../../authcompare/js/render.js";
import { drawProcessing, drawRequest, drawServerState, responseHeaders, setCookies } from "./exchange.js";
import { tampered } from "./tamper.js";

const SHORT_LIFETIME_SECONDS = 3; // of the credential that "Let it expire" waits for
const EXPIRY_MARGIN_MS = 700;

const isOk = ({ status }) => status >= 200 && status < 300;

/** Return the verdict on a response: {word, mood, why}. `words` replaces parts of it: {accepted, refused}. */
function judge(response, words = {}) {
  const why = response.json?.detail;
  if (isOk(response)) return { word: t("Accepted"), mood: "good", ...words.accepted };
  if (response.status === 412) return { word: t("Not saved: the note has changed"), mood: "plain", why };
  if (response.status === 401) return { word: t("Refused"), mood: "plain", why, ...words.refused };
  return { word: t("Refused"), mood: "bad", why, ...words.refused };
}

/** Return the recorded exchange, or null if the server did not record it. */
export async function fetchExchange(id) {
  if (!id) return null;
  const { status, json } = await requestJson("GET", `/wire/${id}/`, { ambient: false });
  return status === 200 ? json : null;
}

/** Draw a recorded exchange into a column's bands. `sender` stands before the request line. */
export function drawExchange(column, exchange, { sender = "" } = {}) {
  column.exchange = exchange;
  drawRequest(column.travels, column.client, exchange);
  drawProcessing(column.does, exchange);
  drawServerState(column.state, exchange);
  let json = null;
  try {
    json = JSON.parse(exchange.response.body);
  } catch {
    // An empty body or an HTML error page: show the status alone.
  }
  const { method, path } = exchange.request;
  const extra = [...setCookies(exchange), responseHeaders(exchange)];
  const response = { method: sender + method, path, status: exchange.response.status, json, extra };
  drawResponse(column.answer, response);
  return response;
}

async function show(column, response, words, { id = response.exchange, sender = "" } = {}) {
  const exchange = await fetchExchange(id);
  column.exchangeId = exchange && id;
  if (exchange) drawExchange(column, exchange, { sender });
  else drawResponse(column.answer, { ...response, method: sender + response.method });
  if (response.json?.revision) column.note = response.json;
  drawVerdict(column.verdict, judge(response, words));
}

/** Draw this browser's credential as the server describes it. */
export async function refreshCredential(column, signedIn = true) {
  column.known = signedIn ? await column.client.describe() : null;
  if (column.known) column.since = serverNow();
  drawBrowserState(column.holds, column.client, column.known);
}

async function signIn(column, { username, password, lifetime }) {
  const response = await column.client.signIn(username, password, lifetime);
  if (!isOk(response)) return show(column, response);
  column.username = username;
  column.password = password;
  column.copy = column.lab ? await column.client.copy() : null;
  return read(column);
}

async function read(column, _previous, words) {
  const response = await column.client.read();
  await show(column, response, words);
  await refreshCredential(column, isOk(response));
  return response;
}

async function edit(column, changes, previous) {
  // The column before this one has just edited the same note: without its ETag, this edit would conflict.
  if (previous && previous.owner === column.note?.owner) column.client.etag = previous.etag;
  const response = await column.client.edit(changes);
  await show(column, response);
  await refreshCredential(column, response.status !== 401);
  return { owner: column.note?.owner, etag: column.client.etag };
}

async function signOut(column) {
  const response = await column.client.signOut();
  const signedOut = response.status === 204 || response.status === 401;
  await show(column, response);
  if (signedOut) drawVerdict(column.verdict, { word: t("Signed out"), mood: "plain" });
  await refreshCredential(column, !signedOut);
}

/** Sign in for a few seconds, wait for the expiry time, and read again: in this browser, and with a copy. */
async function expire(column, _previous, { tick }) {
  if (!column.username) return drawMissing(column);
  const response = await column.client.signIn(column.username, column.password, SHORT_LIFETIME_SECONDS);
  if (!isOk(response)) return show(column, response);
  column.copy = await column.client.copy();
  await refreshCredential(column);
  const expiresAt = Date.parse(response.json.expires_at);
  drawVerdict(column.verdict, { word: t("Waiting until it expires…"), mood: "plain" });
  while (serverNow() < expiresAt + EXPIRY_MARGIN_MS) {
    tick();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await read(column, null, { refused: { word: t("Refused"), mood: "plain", why: t("The credential has expired.") } });
  return replay(column, null, null, {
    accepted: {
      word: t("Copy accepted"),
      mood: "bad",
      why: t("The browser deleted the credential. The server checks no expiry time, so a copy still works."),
    },
    refused: { word: t("Refused"), mood: "good", why: t("The server checks the expiry time, so a copy fails too.") },
  });
}

/** Change the credential where a script can; elsewhere the clean client changes the copy. */
async function tamper(column, _previous, { other }) {
  const { credential } = column.client;
  const words = {
    accepted: { word: t("Change accepted"), mood: "bad", why: t("The server did not notice the change.") },
    refused: { word: t("Change refused"), mood: "good", why: t("The server noticed the change.") },
  };
  if (!credential) {
    if (column.client.readable || !column.copy) return drawMissing(column);
    words.refused.why = t("Scripts cannot change an HttpOnly cookie, so a clean client sent a changed copy.");
    return replay(column, null, null, words, { tamper: true });
  }
  column.client.overwrite(tampered(credential, column.username, other));
  const response = await read(column, null, words);
  if (column.client.inStorage && !isOk(response)) {
    column.client.overwrite(credential); // the valid token, so that the next action works
    await refreshCredential(column);
  }
}

async function replay(column, _previous, _options, words, options = {}) {
  if (!column.copy) return drawMissing(column);
  const path = `${column.client.path}protected/`;
  const body = { copy: column.copy, ...options };
  const response = await requestJson("POST", "/lab/api/replay/", { body, ambient: false });
  if (response.status !== 200) {
    drawVerdict(column.verdict, judge(response));
    return;
  }
  const { status, headers, body: text } = response.json;
  const id = headers.find(([name]) => name.toLowerCase() === "exchange-id")?.[1];
  await show(
    column,
    { method: "GET", path, status, json: JSON.parse(text) },
    words ?? {
      accepted: { word: t("Copy accepted"), mood: "bad", why: t("Anyone who has a copy can read the note.") },
      refused: { word: t("Copy refused"), mood: "good", why: t("The copy no longer works.") },
    },
    { id, sender: t("clean client: ") },
  );
}

/** Delete the credential in this browser without telling the server, then replay the copy. */
async function forget(column) {
  await column.client.forget();
  await refreshCredential(column, false);
  return replay(column, null, null, {
    accepted: {
      word: t("Copy accepted"),
      mood: "bad",
      why: t("Only this browser deleted the credential. The server still accepts it."),
    },
    refused: { word: t("Copy refused"), mood: "good" },
  });
}

function drawMissing(column) {
  drawVerdict(column.verdict, { word: t("No credential"), mood: "plain", why: t("Sign in here first.") });
}

export const actions = { signIn, read, edit, signOut, expire, tamper, replay, forget };
