/* The matrix of experiments and variants: runs what the server can run, a few at once, and draws each result. */

import { updateTimes } from "../../authcompare/js/panel.js";
import { element, t } from "../../authcompare/js/render.js";
import { Failed, runOnServer } from "./runner.js";

const PARALLEL_RUNS = 5; // a browser opens six connections to one host

const byId = (id) => document.getElementById(id);
const { marks, texts } = JSON.parse(byId("config").textContent);
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

function draw({ place, slug }, mark, outcome = "") {
  place.dataset.mark = mark;
  const observed = texts[slug][outcome] ?? outcome;
  const text = [marks[mark] ?? "", observed].filter(Boolean).join(": ");
  place.firstElementChild.title = text;
  place.firstElementChild.replaceChildren(element("span.visually-hidden", {}, text));
}

const MARK_OF_ROLE = { weak: "succeeds", hardened: "fails", "": "plain" };

async function runCell(cell) {
  cell.place.setAttribute("aria-busy", "true");
  try {
    const { outcome, agrees } = await runOnServer(cell.slug, cell);
    draw(cell, agrees ? MARK_OF_ROLE[cell.place.dataset.role] : "differs", outcome);
  } catch (error) {
    draw(cell, "failed", error.message);
    if (!(error instanceof Failed) || error.everywhere) throw error;
  } finally {
    cell.place.removeAttribute("aria-busy");
  }
}

/* ---- many ---- */

let running = null; // {stopped}

async function run(chosen) {
  if (running) return;
  const mine = running = { stopped: false };
  const waiting = [...chosen];
  let done = 0;
  let trouble = "";
  const bar = progress.querySelector("progress");
  bar.max = chosen.length;
  const showProgress = ({ title }) => {
    bar.value = done;
    const values = { done, all: chosen.length, what: title };
    byId("progress-text").textContent = t("%(done)s of %(all)s · %(what)s", values);
  };
  const work = async () => {
    while (waiting.length && !mine.stopped) {
      const cell = waiting.shift();
      showProgress(cell);
      try {
        await runCell(cell);
      } catch (error) {
        mine.stopped = true;
        trouble = error.message;
      }
      done += 1;
      showProgress(cell);
      drawSummary();
    }
  };
  startRun(t("Running %(n)s…", { n: chosen.length }));
  await Promise.all(Array.from({ length: PARALLEL_RUNS }, work));
  running = null;
  const stopped = mine.stopped ? t("Stopped after %(done)s of %(all)s.", { done, all: chosen.length }) : "";
  endRun(trouble || stopped);
}

function setRunning(isRunning) {
  for (const button of [runAll, ...table.querySelectorAll("[data-run]")]) button.disabled = isRunning;
  stop.hidden = progress.hidden = !isRunning;
  byId("never-run").hidden = true;
  table.toggleAttribute("aria-busy", isRunning);
}

function startRun(text) {
  const focused = document.activeElement;
  setRunning(true);
  if (focused === runAll) stop.focus();
  status.textContent = text;
}

function endRun(text) {
  const time = byId("last-run").querySelector("time");
  time.dateTime = new Date().toISOString();
  time.dataset.relative = "";
  byId("last-run").hidden = false;
  updateTimes();
  const focused = document.activeElement;
  setRunning(false);
  if (focused === stop || focused === document.body) runAll.focus();
  status.textContent = [text, drawSummary(text)].filter(Boolean).join(" ");
}

/** The number of cells with one of these marks; with a role, only of that role. */
const count = (wanted, role) => cells.filter(({ place: { dataset } }) =>
  wanted.includes(dataset.mark) && (role === undefined || dataset.role === role)).length;

/** All cells together: as expected, not as expected, and the attacks at weak and hardened variants. */
function drawSummary(trouble = "") {
  const good = count(["plain", "fails", "succeeds"]);
  const bad = count(["differs"]);
  const failed = count(["failed"]);
  if (!good && !bad && !failed) return "";
  // An attack that differs failed at a weak variant, or succeeded at a hardened one.
  const weak = { all: count(["succeeds", "differs"], "weak"), hits: count(["succeeds"]) };
  const hardened = { all: count(["fails", "differs"], "hardened"), hits: count(["differs"], "hardened") };
  const parts = [
    ["good", t("%(n)s as expected", { n: good })],
    [bad ? "bad" : "", t("%(n)s not as expected", { n: bad })],
  ];
  if (failed) parts.push(["bad", t("%(n)s not finished", { n: failed })]);
  if (weak.all + hardened.all) {
    parts.push(["", t("attacks: weak variants %(hits)s of %(all)s", weak)]);
    parts.push([hardened.hits ? "bad" : "", t("hardened variants %(hits)s of %(all)s", hardened)]);
  }
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

const lines = [...table.querySelectorAll("tr[data-experiment]")]
  .map((line) => [...line.children].map((place) => place.querySelector("a, button")));
for (const { place } of cells) place.firstElementChild.tabIndex = -1;
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

table.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  let y = lines.findIndex((line) => line.includes(event.target));
  if (!step || y < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  let x = lines[y].indexOf(event.target);
  do {
    [y, x] = [y + step[0], x + step[1]];
  } while (lines[y] && x >= 0 && x < lines[y].length && !lines[y][x]); // skip cells with nothing to observe
  const next = lines[y]?.[x];
  event.preventDefault();
  next?.focus();
});

/* ---- start ---- */

for (const { place } of cells) place.firstElementChild.title = place.textContent.trim().replace(/\s+/g, " ");
drawSummary();
table.dataset.ready = "true";
