/* The side-by-side table: one sign-in opens all doors, and each button acts on one column or on all. */

import { actions, drawExchange, fetchExchange, refreshCredential } from "./actions.js";
import { serverNow, Unreachable } from "../../authcompare/js/api-client.js";
import { VariantClient } from "./variant-client.js";
import { curlCommand } from "./exchange.js";
import { syncPreferences } from "../../authcompare/js/preferences.js";
import { drawVerdict, element, formatDuration, t } from "../../authcompare/js/render.js";
import { loadSandbox } from "../../authcompare/js/sandbox.js";
import { stepper } from "./stepper.js";
import { tabs } from "./tabs.js";
import { copyable, openViewer } from "../../authcompare/js/viewer.js";

const table = document.getElementById("doors");
const form = document.getElementById("sign-in");
const editor = document.getElementById("editor");
const status = document.getElementById("status");
const lab = table.dataset.lab === "true";

const BANDS = ["holds", "travels", "does", "state", "answer", "verdict"];
const columns = [...table.querySelectorAll("th[data-door]")].map((head) => {
  const cell = (band) => table.querySelector(`tr[data-band="${band}"] td[data-door="${head.dataset.door}"]`);
  return {
    client: new VariantClient(head.dataset),
    title: head.dataset.title,
    lab,
    ...Object.fromEntries(BANDS.map((band) => [band, cell(band)])),
  };
});
const start = document.getElementById("start");
const drawTabs = tabs(table, columns);
const steps = stepper({
  place: document.getElementById("stepper"),
  table,
  share: () => (lab ? { x: columns.map((column) => column.exchangeId ?? "").join(",") } : {}),
  announce: (text) => { status.textContent = text; },
});

/* ---- actions ---- */

/** Run an action in these columns, one after the other: a sign-in changes the CSRF token of the next request. */
async function run(name, shown, ...args) {
  const buttons = document.querySelectorAll("[data-act], #sign-in .primary");
  buttons.forEach((button) => { button.disabled = true; });
  const focused = document.activeElement;
  table.setAttribute("aria-busy", "true");
  steps.leave();
  let previous;
  try {
    for (const column of shown) {
      status.textContent = t("%(door)s: waiting for the response…", { door: column.title });
      try {
        const first = name === "edit" || name === "signIn" ? args : [previous, ...args];
        previous = await actions[name](column, ...first, previous);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        const why = t("The server cannot be reached. Is it still running?");
        drawVerdict(column.verdict, { word: t("No response"), mood: "bad", why });
      }
    }
    const verdict = (column) => column.verdict.querySelector(".verdict")?.lastChild.textContent ?? "";
    status.textContent = shown.map((column) => `${column.title}: ${verdict(column)}`).join(" · ");
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
    if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
    table.removeAttribute("aria-busy");
    syncPreferences(document.documentElement.dataset.prefs);
    tick();
    drawTabs();
    steps.arrive();
    document.dispatchEvent(new CustomEvent("authcompare:changed", { detail: "doors" }));
  }
}

/** Open the editor. Resolves with {title, body}, or with null when the user cancels. */
function openEditor(note) {
  const fields = editor.querySelector("form");
  fields.elements.title.value = note?.title ?? "";
  fields.elements.body.value = note?.body ?? "";
  editor.showModal();
  return new Promise((resolve) => {
    const listening = new AbortController();
    const { signal } = listening;
    const saved = ({ submitter }) => {
      if (submitter.value !== "save") return;
      resolve({ title: fields.elements.title.value, body: fields.elements.body.value });
    };
    fields.addEventListener("submit", saved, { signal });
    editor.addEventListener("close", () => { listening.abort(); resolve(null); }, { signal });
  });
}

/* Actions with a dialog, or without a request to the door. */
const special = {
  async edit(shown) {
    const changes = await openEditor(shown.find((column) => column.note)?.note);
    if (changes) await run("edit", shown, changes);
  },
  expire: (shown) => run("expire", shown, { tick }),
  tamper: (shown) => run("tamper", shown, { other: accounts[1]?.username ?? "bob" }),
  curl([column]) {
    const { exchange, title } = column;
    const content = exchange
      ? copyable(curlCommand(exchange))
      : element("p", {}, t("There is no recorded request yet. Read the note first."));
    openViewer(t("%(door)s: the last request as curl", { door: title }), content);
  },
  async code([column]) {
    const { method, path } = column.exchange?.request ?? { method: "GET", path: `${column.client.path}protected/` };
    const endpoint = path.split("/").at(-2);
    const { mechanism, variant } = column.client;
    const response = await fetch(`/code/${mechanism}/${variant}/${endpoint}/${method.toLowerCase()}/`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const title = t("%(door)s: the code behind %(method)s %(path)s", { door: column.title, method, path });
    openViewer(title, ...page.body.children);
  },
  async reset() {
    await run("forget", columns);
    for (const column of columns) {
      for (const band of BANDS) column[band].replaceChildren(start.content.cloneNode(true));
      delete column.verdict.dataset.mood;
      Object.assign(column, { known: null, copy: null, note: null, exchange: null, exchangeId: null, username: null });
    }
    drawTabs();
    await fillInAccounts({ fresh: true });
  },
};

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-act]")?.dataset.act;
  if (!name) return;
  const cell = event.target.closest("td[data-door]");
  const shown = cell ? [columns[Number(cell.dataset.door)]] : columns;
  if (special[name]) special[name](shown);
  else run(name, shown);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { username, password, lifetime } = Object.fromEntries(new FormData(form));
  run("signIn", columns, { username, password, lifetime: Number(lifetime) });
});

/* The mechanism's own part of the page, below the table, may have changed the credential. */
document.addEventListener("authcompare:changed", async ({ detail }) => {
  if (detail === "doors" || table.hasAttribute("aria-busy")) return;
  for (const column of columns) {
    if (column.known || column.client.credential) await refreshCredential(column);
  }
  tick();
});

/* ---- the accounts ---- */

let accounts = [];

async function fillInAccounts({ fresh = false } = {}) {
  if (!lab) return;
  try {
    accounts = (await loadSandbox({ fresh })).users;
  } catch (error) {
    status.textContent = t("The server created no accounts: %(why)s", { why: error.message });
    return;
  }
  const options = accounts.map(({ username }) => element("option", { value: username }));
  document.getElementById("cast").replaceChildren(...options);
  form.username.value = accounts[0].username;
  form.password.value = accounts[0].password;
  if (fresh) {
    const names = accounts.map(({ username }) => username).join(", ");
    status.textContent = t("New accounts: %(names)s", { names });
  }
}

form.username.addEventListener("input", () => {
  const known = accounts.find(({ username }) => username === form.username.value);
  if (known) form.password.value = known.password;
});

/* ---- lifetimes ---- */

/** Draw the time left of each credential, by the server's clock. */
function tick() {
  for (const column of columns) {
    const remaining = column.holds.querySelector(".remaining");
    if (!column.known?.expires_at || !remaining) continue;
    const expiresAt = Date.parse(column.known.expires_at);
    const left = (expiresAt - serverNow()) / 1000;
    const whole = (expiresAt - (Date.parse(column.known.issued_at) || column.since)) / 1000;
    column.holds.querySelector("progress").value = Math.max(0, Math.min(1, left / whole));
    remaining.textContent = left > 0 ? t("expires in %(time)s", { time: formatDuration(left) }) : t("expired");
  }
}

setInterval(tick, 500);

/* ---- start: draw the credentials of this browser, and the exchanges that the URL names ---- */

async function showShared(ids) {
  for (const [i, id] of ids.entries()) {
    const exchange = columns[i] && (await fetchExchange(id));
    if (!exchange) continue;
    columns[i].exchangeId = id;
    const accepted = drawExchange(columns[i], exchange).status < 300;
    const [word, mood] = accepted ? [t("Accepted"), "good"] : [t("Refused"), "plain"];
    drawVerdict(columns[i].verdict, { word, mood });
  }
  drawTabs();
}

const shared = new URLSearchParams(location.hash.slice(1));
await fillInAccounts();
await Promise.all(columns.map(async (column) => {
  try {
    await refreshCredential(column, column.client.isSignedIn);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}));
if (shared.get("x")) await showShared(shared.get("x").split(","));
tick();
steps.start(shared.get("step"));
table.dataset.ready = "true";
