/* The doors side by side: one sign-in opens all of them, and whatever is then done is done for one or for all. */

import { acts, drawExchange, look, fetchExchange } from "./actions.js";
import { serverNow, Unreachable } from "../../authcompare/js/api-client.js";
import { VariantClient } from "./variant-client.js";
import { curlCommand } from "./exchange.js";
import { keepLook } from "../../authcompare/js/preferences.js";
import { formatDuration, drawVerdict, element, t } from "../../authcompare/js/render.js";
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
    door: new VariantClient(head.dataset),
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

/* ---- for one door, or for all of them ---- */

/** Runs `act` at each of these columns in turn: a sign-in changes the CSRF token that the next request must send. */
async function run(act, shown, ...args) {
  const buttons = document.querySelectorAll("[data-act], #sign-in .primary");
  buttons.forEach((button) => { button.disabled = true; });
  const focused = document.activeElement;
  table.setAttribute("aria-busy", "true");
  steps.leave();
  let passed;
  try {
    for (const column of shown) {
      status.textContent = t("%(door)s: asking…", { door: column.title });
      try {
        passed = await acts[act](column, ...(act === "edit" || act === "signIn" ? args : [passed, ...args]), passed);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        const why = t("The server cannot be reached. Is it still running?");
        drawVerdict(column.verdict, { word: t("No answer"), mood: "bad", why });
      }
    }
    const verdict = (column) => column.verdict.querySelector(".verdict")?.lastChild.textContent ?? "";
    status.textContent = shown.map((column) => `${column.title}: ${verdict(column)}`).join(" · ");
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
    if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
    table.removeAttribute("aria-busy");
    keepLook(document.documentElement.dataset.prefs);
    tick();
    drawTabs();
    steps.arrive();
    document.dispatchEvent(new CustomEvent("authcompare:changed", { detail: "doors" }));
  }
}

/** Opens the editor; resolves with {title, body}, or with null when it is closed without saving. */
function askForChanges(note) {
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

/* Acts that ask something first, or ask no door at all. */
const special = {
  async edit(shown) {
    const changes = await askForChanges(shown.find((column) => column.note)?.note);
    if (changes) await run("edit", shown, changes);
  },
  expire: (shown) => run("expire", shown, { tick }),
  tamper: (shown) => run("tamper", shown, { other: accounts[1]?.username ?? "bob" }),
  curl([column]) {
    const { exchange, title } = column;
    openViewer(t("%(door)s: the last request as curl", { door: title }),
      exchange ? copyable(curlCommand(exchange)) : element("p", {}, t("Nothing has been recorded yet: read the note first.")));
  },
  async code([column]) {
    const { method, path } = column.exchange?.request ?? { method: "GET", path: `${column.door.path}protected/` };
    const endpoint = path.split("/").at(-2);
    const { mechanism, variant } = column.door;
    const response = await fetch(`/code/${mechanism}/${variant}/${endpoint}/${method.toLowerCase()}/`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    openViewer(t("%(door)s: the code that answers %(method)s %(path)s", { door: column.title, method, path }), ...page.body.children);
  },
  async reset() {
    await run("forget", columns);
    for (const column of columns) {
      for (const band of BANDS) column[band].replaceChildren(start.content.cloneNode(true));
      delete column.verdict.dataset.mood;
      Object.assign(column, { known: null, copy: null, note: null, exchange: null, exchangeId: null, who: null });
    }
    drawTabs();
    await fillIn({ fresh: true });
  },
};

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (!act) return;
  const cell = event.target.closest("td[data-door]");
  const shown = cell ? [columns[Number(cell.dataset.door)]] : columns;
  if (special[act]) special[act](shown);
  else run(act, shown);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { username, password, lifetime } = Object.fromEntries(new FormData(form));
  run("signIn", columns, { username, password, lifetime: Number(lifetime) });
});

/* What only this mechanism has, below, may have changed what the doors' browser holds. */
document.addEventListener("authcompare:changed", async ({ detail }) => {
  if (detail === "doors" || table.hasAttribute("aria-busy")) return;
  for (const column of columns) {
    if (column.known || column.door.credential) await look(column);
  }
  tick();
});

/* ---- the accounts ---- */

let accounts = [];

async function fillIn(options) {
  if (!lab) return;
  try {
    accounts = (await loadSandbox(options)).users;
  } catch (error) {
    status.textContent = t("No accounts could be made: %(why)s", { why: error.message });
    return;
  }
  document.getElementById("cast").replaceChildren(...accounts.map(({ username }) => element("option", { value: username })));
  form.username.value = accounts[0].username;
  form.password.value = accounts[0].password;
  if (options?.fresh) {
    const names = accounts.map(({ username }) => username).join(", ");
    status.textContent = t("Fresh accounts: %(names)s", { names });
  }
}

form.username.addEventListener("input", () => {
  const known = accounts.find(({ username }) => username === form.username.value);
  if (known) form.password.value = known.password;
});

/* ---- time ---- */

/** Counts down each lifetime, on the server's clock. */
function tick() {
  for (const column of columns) {
    const remaining = column.holds.querySelector(".remaining");
    if (!column.known?.expires_at || !remaining) continue;
    const end = Date.parse(column.known.expires_at);
    const left = (end - serverNow()) / 1000;
    const whole = (end - (Date.parse(column.known.issued_at) || column.since)) / 1000;
    column.holds.querySelector("progress").value = Math.max(0, Math.min(1, left / whole));
    remaining.textContent = left > 0 ? t("ends in %(time)s", { time: formatDuration(left) }) : t("its time is up");
  }
}

setInterval(tick, 500);

/* ---- start: what does this browser still hold, and what does the address ask to be shown? ---- */

async function showShared(ids) {
  for (const [i, id] of ids.entries()) {
    const exchange = columns[i] && (await fetchExchange(id));
    if (!exchange) continue;
    columns[i].exchangeId = id;
    const answer = drawExchange(columns[i], exchange);
    const let_in = answer.status < 300;
    drawVerdict(columns[i].verdict, { word: let_in ? t("Let in") : t("Refused"), mood: let_in ? "good" : "plain" });
  }
  drawTabs();
}

const asked = new URLSearchParams(location.hash.slice(1));
await fillIn();
await Promise.all(columns.map(async (column) => {
  try {
    await look(column, column.door.held);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}));
if (asked.get("x")) await showShared(asked.get("x").split(","));
tick();
steps.start(asked.get("step"));
table.dataset.ready = "true";
