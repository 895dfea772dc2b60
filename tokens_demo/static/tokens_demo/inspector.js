/* The bench: a token, its parts and a key, each to be changed. Reading needs no server; the verdict is the server's. */

import { requestJson, serverNow, Unreachable } from "../authcompare/js/api-client.js";
import { element, t } from "../authcompare/js/render.js";
import { compact, decode, encode, indent } from "./jwt-codec.js";
import { drawInspection, drawJudgement, drawMoments, drawNothing } from "./verdict.js";

const WAIT = 250; // milliseconds without a key pressed: then it is worth asking
const section = document.getElementById("inspector");
const form = section.querySelector("form");
const { token, key } = form.elements;
const header = document.getElementById("header");
const payload = document.getElementById("payload");
const paint = section.querySelector("[data-paint]");
const signSays = document.getElementById("sign-says");

let asked = 0; // questions so far: an answer to an older one is dropped
let waiting;
let boundary;

/* ---- the three parts ---- */

/** Shows the token in its colours, under the transparent text of the field. */
function drawToken() {
  const parts = token.value.split(".");
  paint.replaceChildren(...parts.flatMap((part, i) => {
    const span = element(`span.part-${Math.min(i + 1, 3)}`, {}, part);
    return i ? [".", span] : [span];
  }), "\n");
  const signature = parts[2];
  document.getElementById("signature-says").textContent = signature
    ? t("%(n)s bytes over the two parts above", { n: Math.floor((signature.length * 3) / 4) }) : t("none");
}

/** The token was changed: show what is in it. */
function unpack() {
  const parts = token.value.split(".");
  for (const [i, field] of [header, payload].entries()) {
    const text = parts[i] ? decode(parts[i].trim()) : "";
    field.value = text === null ? "" : indent(text);
    field.placeholder = text === null ? t("not base64url") : "";
    grow(field);
  }
  drawToken();
}

/** A part was changed: write it into the token, and leave the signature as it was. */
function pack() {
  const signature = token.value.split(".").slice(2).join(".");
  token.value = [encode(compact(header.value)), encode(compact(payload.value)), signature].join(".");
  drawToken();
}

/** As many lines as it needs. A long key does not push the options out of sight. */
function grow(field) {
  field.rows = Math.min(field === key ? 6 : 24, Math.max(2, field.value.split("\n").length));
}

/* ---- the verdict ---- */

function request() {
  const { algorithms, audience, issuer, leeway, require } = form.elements;
  return {
    token: token.value.trim(), key: key.value, algorithms: algorithms.value, audience: audience.value,
    issuer: issuer.value, leeway: Math.trunc(leeway.valueAsNumber) || 0, require: require.value,
  };
}

async function inspect() {
  clearTimeout(waiting);
  clearTimeout(boundary);
  asked += 1;
  if (!token.value.trim()) return drawNothing();
  const mine = asked;
  const body = request();
  try {
    const answer = await requestJson("POST", form.getAttribute("action"), { body, ambient: false });
    if (mine !== asked) return;
    if (answer.status === 200) draw(answer.json, body.leeway);
    else drawProblem(answer);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (mine === asked) drawProblem({ json: { detail: t("The server cannot be reached. Is it still running?") } });
  }
}

function draw(found, leeway) {
  drawInspection(found);
  drawMoments(serverNow() / 1000);
  // A verdict is true at a moment: ask again when the next of the token's times comes.
  const now = found.now;
  const limits = found.payload.filter(({ name, time }) => time !== null && ["exp", "nbf", "iat"].includes(name))
    .map(({ name, time }) => (name === "exp" ? time + leeway : time - leeway)).filter((time) => time > now);
  const next = (Math.min(...limits) - now) * 1000 + 50;
  if (next < 2 ** 31) boundary = setTimeout(inspect, next);
}

function drawProblem({ json, status }) {
  const why = Object.values(json?.errors ?? {}).flat().join(" ") || json?.detail || String(status);
  drawJudgement({ title: t("Not asked"), why, mood: "plain", code: json?.code ?? "" });
}

function soon() {
  section.querySelector("[data-example][aria-current]")?.removeAttribute("aria-current");
  signSays.textContent = "";
  clearTimeout(waiting);
  waiting = setTimeout(inspect, WAIT);
}

/* ---- what can be done ---- */

/** Fills in all fields, and asks. */
function show(fields) {
  for (const [name, value] of Object.entries(fields)) if (form.elements[name]) form.elements[name].value = value;
  grow(key);
  unpack();
  return inspect();
}

async function example(link) {
  const answer = await requestJson("GET", "/tokens/api/examples/", { ambient: false });
  const found = answer.json?.find?.(({ name }) => name === link.dataset.example);
  if (!found) return drawProblem(answer);
  section.querySelector("[data-example][aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  signSays.textContent = "";
  return show(found);
}

/** The first token that a door above keeps in this browser. */
function stored() {
  for (const { dataset } of document.querySelectorAll("#doors th[data-storage=localStorage]")) {
    const found = JSON.parse(localStorage.getItem(`authcompare.${dataset.mechanism}.${dataset.variant}`) ?? "null");
    if (found) return found.access;
  }
  return null;
}

const acts = {
  async copy(button) {
    token.focus();
    token.select();
    try {
      await navigator.clipboard.writeText(token.value);
      button.textContent = t("Copied");
    } catch {
      button.textContent = document.execCommand("copy") ? t("Copied") : t("Selected: press Ctrl+C");
    }
  },
  empty() {
    return show({ token: "", key: "", algorithms: "", audience: "", issuer: "", leeway: 0, require: "" });
  },
  /** Ours: verified with the public key where there is one; else the server that has the secret is asked. */
  async mine() {
    const access = stored();
    signSays.textContent = "";
    if (!access) {
      drawJudgement({ title: t("No token yet"), why: t("Sign in above first."), mood: "plain" });
      return;
    }
    const { audience, issuer } = section.dataset;
    const keys = await requestJson("GET", "/.well-known/jwks.json", { ambient: false });
    const set = keys.json?.keys?.length ? JSON.stringify(keys.json, null, 1) : "";
    await show({ token: access, key: set, algorithms: "", audience, issuer, leeway: 0, require: "" });
    if (set) return;
    const { status, json } = await requestJson("POST", "/tokens/api/verify/", { body: { token: access }, ambient: false });
    document.getElementById("key-says").textContent = status === 200
      ? t("Its secret never leaves the server. The server, asked at /tokens/api/verify/, says: valid.")
      : t("Its secret never leaves the server. The server, asked at /tokens/api/verify/, says: %(why)s", { why: json?.detail ?? status });
  },
  async sign() {
    const body = { header: compact(header.value), payload: compact(payload.value), key: key.value };
    const { status, json } = await requestJson("POST", "/tokens/api/sign/", { body, ambient: false });
    if (status !== 200) {
      signSays.textContent = Object.values(json?.errors ?? {}).flat().join(" ") || json?.detail || String(status);
      return;
    }
    token.value = json.token;
    drawToken();
    await inspect();
    signSays.textContent = t("Signed anew.");
  },
};

section.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-example]");
  const button = event.target.closest("[data-do]");
  if (!link && !button) return;
  if (link) event.preventDefault();
  try {
    await (link ? example(link) : acts[button.dataset.do](button));
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    drawProblem({ json: { detail: t("The server cannot be reached. Is it still running?") } });
  }
});

form.addEventListener("input", ({ target }) => {
  if (target === token) unpack();
  else if (target === header || target === payload) pack();
  if (target !== token && target.tagName === "TEXTAREA") grow(target);
  soon();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  inspect();
});
setInterval(() => drawMoments(serverNow() / 1000), 1000);

for (const node of document.querySelectorAll("#inspector [data-script]")) node.hidden = false;
grow(key);
unpack();
await inspect();
section.dataset.ready = "";
