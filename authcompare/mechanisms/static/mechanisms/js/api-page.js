/* The browsable API at work: each form sends the request it shows, and the page draws the real answer. Nothing here
   names a mechanism; what differs stands in the data-* attributes that the server wrote. */

import { drawBody, drawHeaders, drawNothing, drawSent, drawStatus, send } from "./api-response.js";
import { JSON_BODY, csrfToken, fill, fillEtag, keepInStep, offer, requestOf } from "./api-form.js";
import { element, t } from "../../authcompare/js/render.js";
import { loadSandbox } from "../../authcompare/js/sandbox.js";
import { listTokens, deleteTokens, saveTokens, readTokens } from "../../authcompare/js/token-store.js";

const page = document.getElementById("exchange");
const part = Object.fromEntries([...page.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const forms = [...page.querySelectorAll("form[data-method]")];
const lab = page.dataset.lab === "true";

/* ---- one exchange ---- */

/** Sends one request and draws both sides of it. Resolves with the answer, or null when none came. */
async function exchange(request, ambient) {
  page.setAttribute("aria-busy", "true");
  drawSent(part.sent, request, ambient);
  part.hint.replaceChildren();
  let answer = null;
  try {
    answer = await send(request, ambient);
    drawHeaders(part, answer.headers);
    drawBody(part.body, answer);
    drawStatus(part.status, answer);
    learn(request, answer);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    drawNothing(part.status);
    drawHeaders(part, []);
    part.body.replaceChildren();
  } finally {
    page.removeAttribute("aria-busy");
  }
  if (matchMedia("(width < 56.25rem)").matches) document.getElementById("answer").scrollIntoView();
  return answer;
}

/** What an answer tells goes to where it is needed next. */
function learn({ method, path, text }, { status, headers, json }) {
  if (status >= 300) return;
  const etag = headers.get("ETag");
  for (const form of forms) {
    if (etag) fillEtag(form, etag);
    if (Array.isArray(json)) offer(form, json);
    else fill(form, json);
  }
  if (json?.access && json.mechanism) {
    saveTokens(`authcompare.${json.mechanism}.${json.variant}`, json);
    part.hint.textContent = json.refresh
      ? t("Both tokens are kept in localStorage, where the pages of this site look for them.")
      : t("The token is kept in localStorage, where the pages of this site look for it.");
  } else if (json?.access && json.refresh) {
    const old = listTokens().find(({ refresh }) => text?.includes(refresh));
    if (old) saveTokens(old.key, json);
  } else if (method === "POST" && path.endsWith("/logout/") && page.dataset.key) {
    deleteTokens(page.dataset.key);
    showToken();
  }
  drawStored();
}

/* ---- the credential ---- */

const door = document.getElementById("door");
const authorize = document.getElementById("authorize");
const access = document.getElementById("access");

function authorization() {
  const token = authorize?.checked && access.value.trim();
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** The door whose tokens the box begins with: the one chosen, else the first that has any. */
function showToken() {
  if (!access) return;
  const options = [door.selectedOptions[0], ...door.options].map(({ dataset }) => readTokens(dataset.key));
  access.value = options.find((tokens) => tokens)?.access ?? "";
}

door?.addEventListener("change", () => {
  if (readTokens(door.selectedOptions[0].dataset.key)) showToken();
});

page.querySelector("[data-act=clear]")?.addEventListener("click", () => {
  access.value = "";
  access.focus();
});

const signInHere = document.querySelector("#sign-in-here form");

signInHere?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const ambient = door.selectedOptions[0].dataset.ambient === "true";
  const { username, password } = Object.fromEntries(new FormData(signInHere));
  const headers = { ...JSON_BODY, ...(ambient ? csrfToken() : {}) };
  const text = JSON.stringify({ username, password });
  const answer = await exchange({ method: "POST", path: `${door.value}login/`, headers, text }, ambient);
  if (answer?.status === 200 && answer.json?.access) {
    access.value = answer.json.access;
    authorize.checked = true;
  }
});

/* ---- the forms ---- */

const confirmation = document.getElementById("confirm");

function confirmed(form) {
  const { path } = requestOf(form);
  confirmation.querySelector("[data-part=what]").textContent = `${form.dataset.what}: ${form.dataset.method} ${path}`;
  confirmation.returnValue = "cancel";
  confirmation.showModal();
  return new Promise((resolve) => {
    confirmation.addEventListener("close", () => resolve(confirmation.returnValue === "send"), { once: true });
  });
}

for (const form of forms) {
  keepInStep(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (page.hasAttribute("aria-busy") || (form.dataset.method === "DELETE" && !(await confirmed(form)))) return;
    const request = requestOf(form);
    Object.assign(request.headers, authorization());
    await exchange(request, page.dataset.ambient === "true");
  });
}

/** Buttons that put a kept token into a field. */
function drawStored() {
  for (const place of page.querySelectorAll("[data-fill]")) {
    const field = document.getElementById(place.dataset.fill);
    const kinds = field.dataset.stored.split(" ");
    const buttons = listTokens().flatMap((tokens) => kinds.filter((kind) => tokens[kind]).map((kind) => {
      const button = element("button", { type: "button" }, t("%(door)s: %(kind)s", { door: tokens.name, kind }));
      button.addEventListener("click", () => { field.value = tokens[kind]; });
      return button;
    }));
    place.replaceChildren(...buttons);
  }
}

/* ---- the visitor's own accounts ---- */

async function fillInAccounts(form) {
  if (!lab || form.elements.username.value) return;
  const { users } = await loadSandbox();
  const known = new Map(users.map(({ username, password }) => [username, password]));
  const { username, password } = form.elements;
  if (!document.getElementById("cast")) {
    page.append(element("datalist", { id: "cast" }, ...[...known.keys()].map((name) => element("option", { value: name }))));
  }
  username.setAttribute("list", "cast");
  username.value = users[0].username;
  password.value = users[0].password;
  username.addEventListener("input", () => {
    if (known.has(username.value)) password.value = known.get(username.value);
  });
}

const login = forms.find((form) => form.dataset.path.endsWith("/login/"));
if (login) await fillInAccounts(login).catch(() => {}); // without accounts of one's own, one types
const account = forms.find((form) => form.elements.sandbox);
if (account) {
  const { id, users } = await loadSandbox().catch(() => ({ id: "", users: [{ username: "" }] }));
  fill(account, { sandbox: id, username: users[0].username });
}
document.getElementById("sign-in-here")?.addEventListener("toggle", () => {
  fillInAccounts(signInHere).catch(() => {});
});

showToken();
drawStored();
page.dataset.ready = "true";
