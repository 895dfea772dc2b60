/* What can be done at one door. Each act draws what came of it into the column it was done for. */

import { requestJson, serverNow } from "../../authcompare/js/api-client.js";
import { drawProcessing, drawServerState, drawRequest, responseHeaders, setCookies } from "./exchange.js";
import { drawResponse, drawBrowserState, drawVerdict, t } from "../../authcompare/js/render.js";
import { tampered } from "./tamper.js";

const EXPIRY = 3; // seconds: how long a credential lasts that is to be seen expiring

const ok = (answer) => answer.status >= 200 && answer.status < 300;

/** The verdict on an answer: {word, mood, why}. `words` says otherwise for {in, out}. */
function judge(answer, words = {}) {
  const why = answer.json?.detail;
  if (ok(answer)) return { word: t("Let in"), mood: "good", ...words.in };
  if (answer.status === 412) return { word: t("Changed meanwhile"), mood: "plain", why };
  if (answer.status === 401) return { word: t("Refused"), mood: "plain", why, ...words.out };
  return { word: t("Refused"), mood: "bad", why, ...words.out };
}

/** What the wire recorded of an exchange, or null where it records nothing. */
export async function fetchExchange(id) {
  if (!id) return null;
  const found = await requestJson("GET", `/wire/${id}/`, { ambient: false });
  return found.status === 200 ? found.json : null;
}

/** Draws a recorded exchange into a column's bands. */
export function drawExchange(column, exchange, { who = "" } = {}) {
  column.exchange = exchange;
  drawRequest(column.travels, column.door, exchange);
  drawProcessing(column.does, exchange);
  drawServerState(column.state, exchange);
  let json = null;
  try {
    json = JSON.parse(exchange.response.body);
  } catch {
    // No JSON came back: the status says it all.
  }
  const { method, path } = exchange.request;
  const extra = [...setCookies(exchange), responseHeaders(exchange)];
  const answer = { method: who + method, path, status: exchange.response.status, json, extra };
  drawResponse(column.answer, answer);
  return answer;
}

async function show(column, answer, words, { id = answer.exchange, who = "" } = {}) {
  const exchange = await fetchExchange(id);
  column.exchangeId = exchange && id;
  if (exchange) drawExchange(column, exchange, { who });
  else drawResponse(column.answer, { ...answer, method: who + answer.method });
  if (answer.json?.revision) column.note = answer.json;
  drawVerdict(column.verdict, judge(answer, words));
}

/** Asks the server what it knows of the credential this browser holds, and draws it. */
export async function look(column, held = true) {
  column.known = held ? await column.door.describe() : null;
  if (column.known) column.since = serverNow();
  drawBrowserState(column.holds, column.door, column.known);
}

async function signIn(column, { username, password, lifetime }) {
  const answer = await column.door.signIn(username, password, lifetime);
  if (!ok(answer)) return show(column, answer);
  column.who = username;
  column.password = password;
  column.granted = answer.json.expires_at;
  column.copy = column.lab ? await column.door.copy() : null;
  return read(column);
}

async function read(column, _passed, words) {
  const answer = await column.door.read();
  await show(column, answer, words);
  await look(column, ok(answer));
  return answer;
}

async function edit(column, changes, before) {
  // The door before this one may just have changed the same note: what it answered is what we have read last.
  if (before && before.owner === column.note?.owner) column.door.etag = before.etag;
  const answer = await column.door.edit(changes);
  await show(column, answer);
  await look(column, answer.status !== 401);
  return { owner: column.note?.owner, etag: column.door.etag };
}

async function signOut(column) {
  const answer = await column.door.signOut();
  column.granted = null;
  const out = answer.status === 204 || answer.status === 401;
  await show(column, answer);
  if (out) drawVerdict(column.verdict, { word: t("Signed out"), mood: "plain" });
  await look(column, !out);
}

/** Sign in for a few seconds, wait until they are over, and ask again: in this browser, and with a copy. */
async function expire(column, _passed, { tick }) {
  if (!column.who) return missing(column);
  const answer = await column.door.signIn(column.who, column.password, EXPIRY);
  if (!ok(answer)) return show(column, answer);
  column.copy = await column.door.copy();
  await look(column);
  const end = Date.parse(answer.json.expires_at);
  drawVerdict(column.verdict, { word: t("Waiting for its end…"), mood: "plain" });
  while (serverNow() < end + 700) {
    tick();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await read(column, null, { out: { word: t("Refused"), mood: "plain", why: t("Its time is up.") } });
  return replay(column, null, null, {
    in: { word: t("A copy is still let in"), mood: "bad", why: t("Only the browser forgot it: the server checks no end.") },
    out: { word: t("Refused"), mood: "good", why: t("Its time is up, for copies too.") },
  });
}

/** Change the credential in place where a script can; where it can not, let the clean client change a copy. */
async function tamper(column, _passed, { other }) {
  const held = column.door.credential;
  const words = {
    in: { word: t("Believed"), mood: "bad", why: t("It was changed, and nothing was checked.") },
    out: { word: t("Refused"), mood: "good", why: t("It was changed, and that was noticed.") },
  };
  if (!held) {
    if (column.door.readable || !column.copy) return missing(column);
    words.out.why = t("No script can change an HttpOnly cookie, so a changed copy was sent from a clean client.");
    return replay(column, null, null, words, { tamper: true });
  }
  column.door.overwrite(tampered(held, column.who, other));
  const answer = await read(column, null, words);
  if (column.door.inStorage && !ok(answer)) {
    column.door.overwrite(held); // put back what was right, so that the page goes on
    await look(column);
  }
}

async function replay(column, _passed, _options, words, extra = {}) {
  if (!column.copy) return missing(column);
  const path = `${column.door.path}protected/`;
  const answer = await requestJson("POST", "/lab/api/replay/", { body: { copy: column.copy, ...extra }, ambient: false });
  if (answer.status !== 200) {
    drawVerdict(column.verdict, judge(answer));
    return;
  }
  const { status, headers, body } = answer.json;
  const id = headers.find(([name]) => name.toLowerCase() === "exchange-id")?.[1];
  await show(
    column,
    { method: "GET", path, status, json: JSON.parse(body) },
    words ?? {
      in: { word: t("Still let in"), mood: "bad", why: t("Whoever holds a copy is let in.") },
      out: { mood: "good", why: t("The copy is worth nothing any more.") },
    },
    { id, who: t("clean client: ") },
  );
}

/** Delete the credential in this browser only: the server hears nothing of it, and a copy tells the difference. */
async function forget(column) {
  await column.door.forget();
  column.granted = null;
  await look(column, false);
  return replay(column, null, null, {
    in: { word: t("A copy is still let in"), mood: "bad", why: t("Deleted here; the server knows nothing of it.") },
  });
}

function missing(column) {
  drawVerdict(column.verdict, { word: t("Nothing to present"), mood: "plain", why: t("Sign in here first.") });
}

export const acts = { signIn, read, edit, signOut, expire, tamper, replay, forget };
