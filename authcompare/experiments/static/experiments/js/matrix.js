/* The matrix of experiments and doors: runs what the server can run, a few at once, and draws what comes as it comes. */

import { seenHere } from "./evidence.js";
import { updateTimes } from "../../authcompare/js/panel.js";
import { element, t } from "../../authcompare/js/render.js";
import { Failed, runOnServer } from "./runner.js";

const AT_ONCE = 5; // a browser opens six connections to one host

const byId = (id) => document.getElementById(id);
const { states, texts } = JSON.parse(byId("config").textContent);
const table = byId("matrix");
const status = byId("status");
const runAll = byId("run-all");
const stop = byId("stop");
const progress = byId("progress");

const cells = [...table.querySelectorAll("td[data-door]")].map((place) => {
  const line = place.parentElement;
  const [mechanism, variant] = place.dataset.door.split(" ");
  const title = line.querySelector("th a").textContent;
  return { place, slug: line.dataset.experiment, browser: "browser" in line.dataset, mechanism, variant, title };
});

/* ---- one cell ---- */

function draw({ place, slug }, state, outcome = "") {
  place.dataset.state = state;
  const seen = texts[slug][outcome] ?? outcome;
  const text = [states[state] ?? "", seen].filter(Boolean).join(": ");
  place.firstElementChild.title = text;
  place.firstElementChild.replaceChildren(element("span.visually-hidden", {}, text));
}

const seen = (cell, outcome, agrees) => draw(cell, agrees ? (cell.place.dataset.arm === "weak" ? "open" : "agrees") : "differs", outcome);

async function fill(cell) {
  cell.place.setAttribute("aria-busy", "true");
  try {
    const { outcome, agrees } = await runOnServer(cell.slug, cell);
    seen(cell, outcome, agrees);
  } catch (error) {
    draw(cell, "failed", error.message);
    if (!(error instanceof Failed) || error.everywhere) throw error;
  } finally {
    cell.place.removeAttribute("aria-busy");
  }
}

/* ---- many ---- */

let running = null; // {stopped}

async function run(wanted) {
  if (running) return;
  const mine = running = { stopped: false };
  const waiting = [...wanted];
  let done = 0;
  let wrong = "";
  const bar = progress.querySelector("progress");
  bar.max = wanted.length;
  const tell = (cell) => {
    bar.value = done;
    byId("progress-text").textContent = t("%(done)s of %(all)s · %(what)s", { done, all: wanted.length, what: cell.title });
  };
  const work = async () => {
    while (waiting.length && !mine.stopped) {
      const cell = waiting.shift();
      tell(cell);
      try {
        await fill(cell);
      } catch (error) {
        mine.stopped = true;
        wrong = error.message;
      }
      done += 1;
      tell(cell);
      summary();
    }
  };
  enter(true, t("Running %(n)s…", { n: wanted.length }));
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  running = null;
  const time = byId("last-run").querySelector("time");
  time.dateTime = new Date().toISOString();
  time.dataset.relative = "";
  byId("last-run").hidden = false;
  updateTimes();
  enter(false, wrong || (mine.stopped ? t("Stopped: %(done)s of %(all)s were run.", { done, all: wanted.length }) : ""));
}

/** Begins or ends a run: which buttons work, and what is said. */
function enter(begins, text) {
  const focused = document.activeElement;
  for (const button of [runAll, ...table.querySelectorAll("[data-run]")]) button.disabled = begins;
  stop.hidden = progress.hidden = !begins;
  byId("never-run").hidden = true;
  table.toggleAttribute("aria-busy", begins);
  if (begins && focused === runAll) stop.focus();
  else if (!begins && (focused === stop || focused === document.body)) runAll.focus();
  if (begins) status.textContent = text;
  else status.textContent = [text, summary(text)].filter(Boolean).join(" ");
}

/** What all cells say together: as expected, not as expected, and how the attacks fared at their two arms. */
function summary(trouble = "") {
  const count = (...wanted) => cells.filter(({ place: { dataset } }) => wanted.some(([state, arm]) => dataset.state === state && (arm ?? dataset.arm) === dataset.arm)).length;
  const good = count(["agrees"], ["open"]);
  const bad = count(["differs"]);
  const failed = count(["failed"]);
  if (!good && !bad && !failed) return "";
  // An attack that differs succeeded at a hardened arm, or failed at a weak one.
  const [weak, weakHits] = [count(["open"], ["differs", "weak"]), count(["open"])];
  const [hard, hardHits] = [count(["agrees", "hardened"], ["differs", "hardened"]), count(["differs", "hardened"])];
  const parts = [
    ["good", t("%(n)s as promised", { n: good })],
    [bad ? "bad" : "", t("%(n)s not", { n: bad })],
    ...(failed ? [["bad", t("%(n)s could not be finished", { n: failed })]] : []),
    ...(weak + hard ? [["", t("attacks: weak arms %(hits)s of %(all)s", { hits: weakHits, all: weak })], [hardHits ? "bad" : "", t("hardened %(hits)s of %(all)s", { hits: hardHits, all: hard })]] : []),
  ];
  byId("summary").replaceChildren(
    ...(trouble ? [element("strong.bad", {}, trouble), " "] : []),
    ...parts.flatMap(([mood, text], i) => [i ? " · " : "", element(mood ? `strong.${mood}` : "span", {}, text)]),
  );
  return parts.map(([, text]) => text).join(", ");
}

const runnable = (slug) => cells.filter((cell) => !cell.browser && (slug === undefined || cell.slug === slug));
runAll.addEventListener("click", () => run(runnable()));
stop.addEventListener("click", () => {
  if (running) running.stopped = true;
});
table.addEventListener("click", ({ target }) => {
  const slug = target.closest("[data-run]")?.dataset.run;
  if (slug) run(runnable(slug));
});

/* ---- arrow keys: from cell to cell; Tab goes from experiment to experiment ---- */

const lines = [...table.querySelectorAll("tr[data-experiment]")].map((line) => [...line.children].map((place) => place.querySelector("a, button")));
for (const { place } of cells) place.firstElementChild.tabIndex = -1;
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

table.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  let y = lines.findIndex((line) => line.includes(event.target));
  if (!step || y < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  let x = lines[y].indexOf(event.target);
  do {
    [y, x] = [y + step[0], x + step[1]];
  } while (lines[y] && x >= 0 && x < lines[y].length && !lines[y][x]); // over what does not concern a door
  const next = lines[y]?.[x];
  event.preventDefault();
  next?.focus();
});

/* ---- start ---- */

for (const cell of cells) {
  const found = cell.browser && seenHere(cell.slug)[`${cell.mechanism} ${cell.variant}`];
  if (found) seen(cell, found.outcome, found.outcome === cell.place.dataset.expected);
  else cell.place.firstElementChild.title = cell.place.textContent;
}
summary();
table.dataset.ready = "true";
