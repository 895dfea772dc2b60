/* One experiment: predict, run it at every door that is shown, and see what came of it. What was predicted and seen
   stays until the tab is closed. */

import { keepSeen } from "./evidence.js";
import { drawColumn } from "./observation.js";
import { t } from "../../authcompare/js/render.js";
import { runInBrowser, runOnServer } from "./runner.js";

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("config").textContent);
const form = byId("trial");
const status = byId("status");
const harden = document.querySelectorAll("[data-harder]");
const KEPT = `authcompare:trial:${config.slug}`;

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
const columns = config.doors.map((door) => {
  const name = `${door.mechanism} ${door.variant}`;
  const place = form.querySelector(`[data-door="${name}"]`);
  return { door, name, place, prediction: null, result: null, failure: null, busy: null, ...kept[name] };
});

const shown = () => columns.filter(({ place }) => !place.hidden);
const ran = () => columns.some(({ result }) => result);

/** The experiment's own module, where only a browser can show it. */
const loading = config.browser ? import(`./catalogue/${config.slug}.js`) : null;
let module = null;

/* ---- what is kept ---- */

function keep() {
  const all = columns.map(({ name, place, prediction, result }) => [name, { prediction, result, shown: !place.hidden }]);
  sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(all)));
}

/* ---- running ---- */

let running = false;

async function run(wanted) {
  if (running || !wanted.length) return;
  const prepared = module?.prepare?.(config); // first of all: what it opens must be opened inside the click
  running = true;
  for (const column of wanted) Object.assign(column, { result: null, failure: null, busy: t("Running…") });
  draw();
  status.textContent = t("Running…");
  if (config.browser) for (const column of wanted) await one(column, prepared); // one browser, one cookie jar
  else await Promise.all(wanted.map((column) => one(column)));
  module?.finish?.(prepared);
  running = false;
  keep();
  draw();
  byId("after").open ||= ran();
  status.textContent = told();
}

async function one(column, prepared) {
  const progress = (text) => {
    column.busy = text;
    drawOne(column);
  };
  try {
    column.result = config.browser
      ? await runInBrowser(module, column.door, { config, prepared, progress })
      : await runOnServer(config.slug, column.door);
    if (config.browser) keepSeen(config.slug, column.name, column.result);
  } catch (error) {
    column.failure = error.message;
  }
  column.busy = null;
  drawOne(column);
}

/** All of it in a sentence or two. */
function told() {
  const seen = shown().filter(({ result }) => result);
  const predicted = seen.filter(({ prediction }) => prediction);
  const right = predicted.filter(({ prediction, result }) => prediction === result.outcome).length;
  const broken = seen.filter(({ result }) => !result.agrees).length;
  const failed = shown().filter(({ failure }) => failure).length;
  return [
    broken ? t("NOT as promised: %(n)s.", { n: broken }) : "",
    failed ? t("Could not be finished: %(n)s.", { n: failed }) : "",
    predicted.length ? t("Your predictions: %(n)s of %(all)s right.", { n: right, all: predicted.length }) : "",
    seen.length && !predicted.length ? t("Done. You had predicted nothing.") : "",
  ].filter(Boolean).join(" ");
}

/* ---- drawing ---- */

const drawOne = (column) => drawColumn(column, config, { again: () => run([column]) });

function draw() {
  columns.forEach(drawOne);
  const n = shown().length;
  const some = ran();
  const focused = document.activeElement;
  byId("run").textContent = some ? t("Run again") : n > 1 ? t("Run at these %(n)s doors", { n }) : t("Run");
  byId("run").setAttribute("aria-disabled", String(running));
  for (const button of harden) button.hidden = !some || !harder().length;
  byId("all").hidden = n === columns.length;
  byId("again").hidden = !some;
  if (focused !== document.body && !focused.checkVisibility()) byId("run").focus();
}

/** The hardened doors that stand beside the weak ones shown: the first of the same mechanism, or else of any. */
function harder() {
  const hidden = columns.filter(({ place, door }) => place.hidden && !door.weak);
  const weak = new Set(shown().filter(({ door }) => door.weak).map(({ door }) => door.mechanism));
  const hardened = new Set(shown().filter(({ door }) => !door.weak).map(({ door }) => door.mechanism));
  const beside = [...weak].filter((mechanism) => !hardened.has(mechanism)).map((mechanism) => hidden.find(({ door }) => door.mechanism === mechanism)).filter(Boolean);
  return config.attack === null || !weak.size ? [] : beside.length || hardened.size ? beside : hidden.slice(0, 1);
}

function show(more) {
  for (const { place } of more) place.hidden = false;
  keep();
  draw();
  more[0]?.place.scrollIntoView({ block: "nearest" });
}

/* ---- what the visitor does ---- */

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run(shown());
});

form.addEventListener("change", ({ target }) => {
  const column = columns.find(({ place }) => place.contains(target));
  column.prediction = target.value;
  keep();
  const all = shown();
  status.textContent = t("Predictions made: %(n)s of %(all)s.", { n: all.filter(({ prediction }) => prediction).length, all: all.length });
});

for (const button of harden) {
  button.addEventListener("click", () => {
    const more = harder();
    show(more);
    run(more);
  });
}

byId("all").addEventListener("click", () => {
  const more = columns.filter(({ place }) => place.hidden);
  show(more);
  if (ran()) run(more);
});

byId("again").addEventListener("click", () => {
  if (running) return;
  for (const column of columns) Object.assign(column, { prediction: null, result: null, failure: null });
  form.reset();
  byId("after").open = false;
  keep();
  draw();
  status.textContent = t("Predict first: pick an answer at each door. Then run it.");
});

/** The door that the address names is shown, too. */
function addressed() {
  const column = columns.find(({ place }) => place.id === location.hash.slice(1));
  if (!column) return;
  if (column.place.hidden) show([column]);
  column.place.scrollIntoView({ block: "nearest" });
  column.place.focus({ preventScroll: true });
}

addEventListener("hashchange", addressed);

/* ---- start ---- */

for (const { place, prediction, shown: before } of columns) {
  if (before !== undefined) place.hidden = !before;
  const choice = [...place.querySelectorAll("input")].find(({ value }) => value === prediction);
  if (choice) choice.checked = true;
}
if (loading) {
  byId("run").setAttribute("aria-disabled", "true");
  try {
    module = await loading;
    byId("alters").hidden = !module.alters;
  } catch (error) {
    status.textContent = t("This experiment's script could not be loaded: reload the page. (%(why)s)", { why: error.message });
    throw error;
  }
}
draw();
if (ran()) {
  byId("after").open = true;
  status.textContent = told();
}
addressed();
form.dataset.ready = "true";
