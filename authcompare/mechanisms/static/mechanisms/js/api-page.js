/* The browsable API: each form sends the request that it shows, and the page shows the response. Nothing here names a
   mechanism: the server writes all differences into data-* attributes. */

import { drawBody, drawHeaders, drawNothing, drawSent, drawStatus, send } from "./api-response.js";
import { JSON_BODY, csrfToken, fill, fillEtag, offerIds, requestOf, syncJson } from "./api-form.js";
import { element, t } from "../../authcompare/js/render.js";
import { loadSandbox } from "../../authcompare/js/sandbox.js";
import { listTokens, deleteTokens, saveTokens, readTokens } from "../../authcompare/js/token-store.js";

const page = document.getElementById("exchange");
const part = Object.fromEntries([...page.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const forms = [...page.querySelectorAll("form[data-method]")];
const lab = page.dataset.lab === "true";

/* ---- one exchange ---- */

/** Send one request, and show it with its response. Resolve with the response, or null when there is none. */
async function exchange(request, ambient) {
  page.setAttribute("aria-busy", "true");
  drawSent(part.sent, request, ambient);
  part.hint.replaceChildren();
  let response = null;
  try {
    response = await send(request, ambient);
    drawHeaders(part, response.headers);
    drawBody(part.body, response);
    drawStatus(part.status, response);
    reuse(request, response);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    drawNothing(part.status);
    drawHeaders(part, []);
    part.body.replaceChildren();
  } finally {
    page.removeAttribute("aria-busy");
  }
  if (matchMedia("(width < 56.25rem)").matches) document.getElementById("answer").scrollIntoView();
  return response;
}

/** Put values of a response where the next request needs them. */
function reuse({ method, path, text }, { status, headers, json }) {
  if (status >= 300) return;
  const etag = headers.get("ETag");
  for (const form of forms) {
    if (etag) fillEtag(form, etag);
    if (Array.isArray(json)) offerIds(form, json);
    else fill(form, json);
  }
  if (json?.access && json.mechanism) {
    saveTokens(`authcompare.${json.mechanism}.${json.variant}`, json);
    part.hint.textContent = json.refresh
      ? t("The page stores both tokens in localStorage, where the other pages of this site find them.")
      : t("The page stores the token in localStorage, where the other pages of this site find it.");
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

const variant = document.getElementById("door");
const authorize = document.getElementById("authorize");
const access = document.getElementById("access");

function authorization() {
  const token = authorize?.checked && access.value.trim();
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Show the token of the chosen variant, or else of the first variant that has one. */
function showToken() {
  if (!access) return;
  const options = [variant.selectedOptions[0], ...variant.options].map(({ dataset }) => readTokens(dataset.key));
  access.value = options.find((tokens) => tokens)?.access ?? "";
}

variant?.addEventListener("change", () => {
  if (readTokens(variant.selectedOptions[0].dataset.key)) showToken();
});

page.querySelector("[data-act=clear]")?.addEventListener("click", () => {
  access.value = "";
  access.focus();
});

const signInHere = document.querySelector("#sign-in-here form");

signInHere?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const ambient = variant.selectedOptions[0].dataset.ambient === "true";
  const { username, password } = Object.fromEntries(new FormData(signInHere));
  const headers = { ...JSON_BODY, ...(ambient ? csrfToken() : {}) };
  const text = JSON.stringify({ username, password });
  const response = await exchange({ method: "POST", path: `${variant.value}login/`, headers, text }, ambient);
  if (response?.status === 200 && response.json?.access) {
    access.value = response.json.access;
    authorize.checked = true;
  }
});

/* ---- the forms ---- */

const confirmation = document.getElementById("confirm");

function confirmDeletion(form) {
  const { path } = requestOf(form);
  confirmation.querySelector("[data-part=what]").textContent = `${form.dataset.what}: ${form.dataset.method} ${path}`;
  confirmation.returnValue = "cancel";
  confirmation.showModal();
  return new Promise((resolve) => {
    confirmation.addEventListener("close", () => resolve(confirmation.returnValue === "send"), { once: true });
  });
}

for (const form of forms) {
  syncJson(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (page.hasAttribute("aria-busy") || (form.dataset.method === "DELETE" && !(await confirmDeletion(form)))) return;
    const request = requestOf(form);
    Object.assign(request.headers, authorization());
    await exchange(request, page.dataset.ambient === "true");
  });
}

/** Show buttons that put a stored token into a field. */
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
    const options = [...known.keys()].map((name) => element("option", { value: name }));
    page.append(element("datalist", { id: "cast" }, ...options));
  }
  username.setAttribute("list", "cast");
  username.value = users[0].username;
  password.value = users[0].password;
  username.addEventListener("input", () => {
    if (known.has(username.value)) password.value = known.get(username.value);
  });
}

const login = forms.find((form) => form.dataset.path.endsWith("/login/"));
if (login) await fillInAccounts(login).catch(() => {}); // without sandbox accounts, the visitor types
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
