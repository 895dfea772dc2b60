/* The doors side by side: one sign-in opens all of them, and whatever is then done is done for one or for all. */

import { Door, Unreachable, ask, serverNow } from "./door.js";
import { keepLook } from "./look.js";
import { clock, drawAnswer, drawHolds, drawVerdict, el, say } from "./render.js";
import { sandbox } from "./sandbox.js";

const table = document.getElementById("doors");
const form = document.getElementById("sign-in");
const editor = document.getElementById("editor");
const status = document.getElementById("status");
const lab = table.dataset.lab === "true";

const columns = [...table.querySelectorAll("th[data-door]")].map((head) => {
  const cell = (band) => table.querySelector(`tr[data-band="${band}"] td[data-door="${head.dataset.door}"]`);
  return {
    door: new Door(head.dataset),
    title: head.dataset.title,
    holds: cell("holds"),
    answer: cell("answer"),
    verdict: cell("verdict"),
    known: null, // the server's account of the credential
    copy: null, // the handle of the copy made at sign-in
    note: null, // as last read
  };
});

/* ---- what can be done at one door ---- */

const LET_IN = { word: say("Let in"), mood: "good" };

function judge(answer, words) {
  if (answer.status < 300) return { ...LET_IN, ...words?.in };
  if (answer.status === 401) return { word: say("Refused"), mood: "plain", why: answer.json?.detail, ...words?.out };
  if (answer.status === 412) return { word: say("Changed meanwhile"), mood: "plain", why: answer.json?.detail };
  return { word: say("Refused"), mood: "bad", why: answer.json?.detail };
}

function show(column, answer, words) {
  if (answer.json?.revision) column.note = answer.json;
  drawAnswer(column.answer, answer);
  drawVerdict(column.verdict, judge(answer, words));
}

/** Asks the server what it knows of this door's credential, and draws what the browser holds. */
async function look(column, held = true) {
  column.known = held ? await column.door.describe() : null;
  if (column.known) column.since = serverNow();
  drawHolds(column.holds, column.door, column.known);
  tick();
}

const acts = {
  async signIn(column, { username, password, lifetime }) {
    const answer = await column.door.signIn(username, password, lifetime);
    if (answer.status !== 200) return show(column, answer);
    column.granted = answer.json.expires_at;
    if (lab) column.copy = await column.door.copy();
    return acts.read(column);
  },
  async read(column) {
    const answer = await column.door.read();
    show(column, answer);
    await look(column, answer.status === 200);
  },
  async edit(column, changes, before) {
    // The door before this one may just have changed the same note: what it answered is what we have read last.
    if (before && before.owner === column.note?.owner) column.door.etag = before.etag;
    const answer = await column.door.edit(changes);
    show(column, answer);
    await look(column, answer.status !== 401);
    return { owner: column.note?.owner, etag: column.door.etag };
  },
  async signOut(column) {
    const answer = await column.door.signOut();
    column.granted = null;
    drawAnswer(column.answer, answer);
    const out = answer.status === 204 || answer.status === 401;
    drawVerdict(column.verdict, out ? { word: say("Signed out"), mood: "plain" } : judge(answer));
    await look(column, !out);
  },
  async replay(column) {
    if (!column.copy) {
      drawVerdict(column.verdict, { word: say("Nothing to replay"), mood: "plain", why: say("A copy is made when you sign in here.") });
      return;
    }
    const path = `${column.door.path}protected/`;
    const answer = await ask("POST", "/lab/api/replay/", { body: { copy: column.copy }, ambient: false });
    if (answer.status !== 200) {
      drawVerdict(column.verdict, judge(answer));
      return;
    }
    const { status: code, body } = answer.json;
    show(
      column,
      { method: say("copy, clean client: %(method)s", { method: "GET" }), path, status: code, json: JSON.parse(body) },
      {
        in: { word: say("Still let in"), mood: "bad", why: say("Whoever holds a copy is let in.") },
        out: { mood: "good", why: say("The copy is worth nothing any more.") },
      },
    );
  },
};

/* ---- for one door, or for all of them ---- */

/** Runs `act` at each of these columns in turn: a sign-in changes the CSRF token that the next request must send. */
async function run(act, shown, ...args) {
  const buttons = document.querySelectorAll("[data-act], #sign-in .primary");
  buttons.forEach((button) => { button.disabled = true; });
  table.setAttribute("aria-busy", "true");
  let passed;
  try {
    for (const column of shown) {
      status.textContent = say("%(door)s: asking…", { door: column.title });
      try {
        passed = await acts[act](column, ...args, passed);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        drawVerdict(column.verdict, { word: say("No answer"), mood: "bad", why: say("The server can not be reached. Is it still running?") });
      }
    }
    status.textContent = shown.map((column) => `${column.title}: ${column.verdict.querySelector(".verdict")?.lastChild.textContent ?? ""}`).join(" · ");
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
    table.removeAttribute("aria-busy");
    keepLook(document.documentElement.dataset.prefs);
    drawTabs();
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
      if (submitter.value === "save") resolve({ title: fields.elements.title.value, body: fields.elements.body.value });
    };
    fields.addEventListener("submit", saved, { signal });
    editor.addEventListener("close", () => { listening.abort(); resolve(null); }, { signal });
  });
}

document.addEventListener("click", async (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (!act) return;
  if (act === "accounts") return fillIn({ fresh: true });
  const cell = event.target.closest("td[data-door]");
  const shown = cell ? [columns[Number(cell.dataset.door)]] : columns;
  if (act !== "edit") return run(act, shown);
  const changes = await askForChanges(shown.find((column) => column.note)?.note);
  if (changes) await run("edit", shown, changes);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password, lifetime } = Object.fromEntries(new FormData(form));
  await run("signIn", columns, { username, password, lifetime: Number(lifetime) });
});

/* ---- the accounts ---- */

let accounts = [];

async function fillIn(options) {
  if (!lab) return;
  try {
    accounts = (await sandbox(options)).users;
  } catch (error) {
    status.textContent = say("No accounts could be made: %(why)s", { why: error.message });
    return;
  }
  document.getElementById("cast").replaceChildren(...accounts.map(({ username }) => el("option", { value: username })));
  form.username.value = accounts[0].username;
  form.password.value = accounts[0].password;
  if (options?.fresh) {
    status.textContent = say("Fresh accounts: %(names)s", { names: accounts.map(({ username }) => username).join(", ") });
  }
}

form.username.addEventListener("input", () => {
  const known = accounts.find(({ username }) => username === form.username.value);
  if (known) form.password.value = known.password;
});

/* ---- time ---- */

/** Counts down on the server's clock; what has run out is looked at again, so that the page tells what is so. */
function tick() {
  for (const column of columns) {
    const end = Date.parse(column.known?.expires_at ?? column.granted);
    const remaining = column.holds.querySelector(".remaining");
    if (!column.known?.expires_at || !remaining) continue;
    const left = (end - serverNow()) / 1000;
    const whole = (end - Date.parse(column.known.issued_at ?? column.since)) / 1000;
    column.holds.querySelector("progress").value = Math.max(0, Math.min(1, left / whole));
    remaining.textContent = left > 0 ? say("ends in %(time)s", { time: clock(left) }) : say("its time is up");
  }
}

setInterval(tick, 500);

/* ---- narrow screens: one column at a time, all verdicts in sight ---- */

const tabs = el("div.tabs", { role: "group", "aria-label": say("Doors") });
table.parentElement.before(tabs);
let shownTab = 0;

function drawTabs() {
  tabs.replaceChildren(
    ...columns.map((column, i) => {
      const button = el(
        "button.tab",
        { type: "button", "aria-pressed": String(i === shownTab), "data-shape": column.holds.dataset.shape },
        el("span", {}, el("span.shape", { "aria-hidden": "true" }), ` ${column.title}`),
        el("small", {}, column.verdict.querySelector(".verdict")?.textContent ?? "–"),
      );
      button.addEventListener("click", () => {
        shownTab = i;
        drawTabs();
      });
      return button;
    }),
  );
  for (const cell of table.querySelectorAll("[data-door]")) {
    cell.toggleAttribute("data-off", Number(cell.dataset.door) !== shownTab);
  }
}

/* ---- start: what does this browser still hold? ---- */

drawTabs();
await fillIn();
await Promise.all(
  columns.map(async (column) => {
    try {
      await look(column, column.door.held);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }),
);
table.dataset.ready = "true";
