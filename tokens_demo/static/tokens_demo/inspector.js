/* The token inspector. The page decodes and encodes the token; the server verifies it. */

import { requestJson, serverNow, Unreachable } from "../authcompare/js/api-client.js";
import { compact, decode, encode, indent } from "../authcompare/js/jwt-codec.js";
import { element, t } from "../authcompare/js/render.js";
import { VariantClient } from "../mechanisms/js/variant-client.js";
import { drawInspection, drawJudgement, drawNothing, drawTimes } from "./verdict.js";

const TYPING_PAUSE_MS = 250; // after the last key press, before the token is sent
const section = document.getElementById("inspector");
const form = section.querySelector("form");
const { token, key } = form.elements;
const header = document.getElementById("header");
const payload = document.getElementById("payload");
const paint = section.querySelector("[data-paint]");
const signSays = document.getElementById("sign-says");

let latest = 0; // number of the latest request: responses to older ones are dropped
let typingTimer;
let boundaryTimer;

/* ---- the three parts ---- */

/** Draw the token in colours, under the transparent text of the field. */
function drawToken() {
  const parts = token.value.split(".");
  paint.replaceChildren(...parts.flatMap((part, i) => {
    const span = element(`span.part-${Math.min(i + 1, 3)}`, {}, part);
    return i ? [".", span] : [span];
  }), "\n");
  const signature = parts[2];
  document.getElementById("signature-says").textContent = signature
    ? t("%(n)s bytes, computed over header and payload", { n: Math.floor((signature.length * 3) / 4) }) : t("none");
}

/** Decode the token into the header and payload fields. */
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

/** Encode header and payload into the token, and keep the signature. */
function pack() {
  const signature = token.value.split(".").slice(2).join(".");
  token.value = [encode(compact(header.value)), encode(compact(payload.value)), signature].join(".");
  drawToken();
}

/** Fit the field to its lines. A long key must not push the options off the screen. */
function grow(field) {
  field.rows = Math.min(field === key ? 6 : 24, Math.max(2, field.value.split("\n").length));
}

/* ---- the verdict ---- */

function request() {
  const { algorithms, audience, issuer, leeway, require } = form.elements;
  return {
    token: token.value.trim(),
    key: key.value,
    algorithms: algorithms.value,
    audience: audience.value,
    issuer: issuer.value,
    leeway: Math.trunc(leeway.valueAsNumber) || 0,
    require: require.value,
  };
}

async function inspect() {
  clearTimeout(typingTimer);
  clearTimeout(boundaryTimer);
  latest += 1;
  if (!token.value.trim()) return drawNothing();
  const number = latest;
  const body = request();
  try {
    const response = await requestJson("POST", form.getAttribute("action"), { body, ambient: false });
    if (number !== latest) return;
    if (response.status === 200) draw(response.json, body.leeway);
    else drawProblem(response);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (number === latest) drawProblem({ json: { detail: t("The server cannot be reached. Is it still running?") } });
  }
}

function draw(inspection, leeway) {
  drawInspection(inspection);
  drawTimes(serverNow());
  // Verify again at the next of the token's times: the verdict changes then.
  const { now, payload: claims } = inspection;
  const limits = claims.filter(({ name, time }) => time !== null && ["exp", "nbf", "iat"].includes(name))
    .map(({ name, time }) => (name === "exp" ? time + leeway : time - leeway)).filter((time) => time > now);
  const next = (Math.min(...limits) - now) * 1000 + 50;
  if (next < 2 ** 31) boundaryTimer = setTimeout(inspect, next);
}

function drawProblem({ json, status }) {
  const why = Object.values(json?.errors ?? {}).flat().join(" ") || json?.detail || String(status);
  drawJudgement({ title: t("Not verified"), why, mood: "plain", code: json?.code ?? "" });
}

function inspectSoon() {
  section.querySelector("[data-example][aria-current]")?.removeAttribute("aria-current");
  signSays.textContent = "";
  clearTimeout(typingTimer);
  typingTimer = setTimeout(inspect, TYPING_PAUSE_MS);
}

/* ---- actions ---- */

/** Fill in all fields and verify. */
function show(fields) {
  for (const [name, value] of Object.entries(fields)) if (form.elements[name]) form.elements[name].value = value;
  grow(key);
  unpack();
  return inspect();
}

async function loadExample(link) {
  const response = await requestJson("GET", "/tokens/api/examples/", { ambient: false });
  const fields = response.json?.find?.(({ name }) => name === link.dataset.example);
  if (!fields) return drawProblem(response);
  section.querySelector("[data-example][aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  signSays.textContent = "";
  return show(fields);
}

/** Return the first access token of the columns above, or null. */
function storedToken() {
  const columns = [...document.querySelectorAll("#doors th[data-storage=localStorage]")];
  return columns.map(({ dataset }) => new VariantClient(dataset).credential).find(Boolean) ?? null;
}

const actions = {
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
  /** Verify this browser's token with the server's public key. With a secret key, only the server can verify it. */
  async mine() {
    const access = storedToken();
    signSays.textContent = "";
    if (!access) {
      drawJudgement({ title: t("No token"), why: t("Sign in above first."), mood: "plain" });
      return;
    }
    const { audience, issuer } = section.dataset;
    const keys = await requestJson("GET", "/.well-known/jwks.json", { ambient: false });
    const publicKeys = keys.json?.keys?.length ? JSON.stringify(keys.json, null, 1) : "";
    await show({ token: access, key: publicKeys, algorithms: "", audience, issuer, leeway: 0, require: "" });
    if (publicKeys) return;
    const body = { token: access };
    const { status, json } = await requestJson("POST", "/tokens/api/verify/", { body, ambient: false });
    document.getElementById("key-says").textContent = status === 200
      ? t("The secret key stays on the server. /tokens/api/verify/ answers: valid.")
      : t("The secret key stays on the server. /tokens/api/verify/ answers: %(why)s", { why: json?.detail ?? status });
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
    signSays.textContent = t("Signed.");
  },
};

section.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-example]");
  const button = event.target.closest("[data-do]");
  if (!link && !button) return;
  if (link) event.preventDefault();
  try {
    await (link ? loadExample(link) : actions[button.dataset.do](button));
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    drawProblem({ json: { detail: t("The server cannot be reached. Is it still running?") } });
  }
});

form.addEventListener("input", ({ target }) => {
  if (target === token) unpack();
  else if (target === header || target === payload) pack();
  if (target !== token && target.tagName === "TEXTAREA") grow(target);
  inspectSoon();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  inspect();
});
setInterval(() => drawTimes(serverNow()), 1000);

for (const node of document.querySelectorAll("#inspector [data-script]")) node.hidden = false;
grow(key);
unpack();
await inspect();
section.dataset.ready = "";
