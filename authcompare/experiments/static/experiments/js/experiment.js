/* One experiment: predict, run it at every variant that is shown, and see the results. Predictions and results stay
   until the tab is closed. */

import { drawColumn } from "./observation.js";
import { t } from "../../authcompare/js/render.js";
import { runInBrowser, runOnServer } from "./runner.js";

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("config").textContent);
const form = byId("trial");
const status = byId("status");
const hardenButtons = document.querySelectorAll("[data-harder]");
const STORAGE_KEY = `authcompare:trial:${config.experiment}`;

const stored = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "{}");
const columns = config.variants.map((variant) => {
  const place = form.querySelector(`[data-door="${variant.key}"]`);
  const restored = stored[variant.key];
  return { variant, place, prediction: null, result: null, failure: null, busy: null, ...restored };
});

const shownColumns = () => columns.filter(({ place }) => !place.hidden);
const hasResults = () => columns.some(({ result }) => result);

/** The experiment's own module, if it runs in the browser. */
const loading = config.browser ? import(`./catalogue/${config.experiment}.js`) : null;
let module = null;

function store() {
  const entries = columns.map(({ variant, place, prediction, result }) =>
    [variant.key, { prediction, result, shown: !place.hidden }]);
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(entries)));
}

/* ---- running ---- */

let running = false;

async function run(chosen) {
  if (running || !chosen.length) return;
  const prepared = module?.prepare?.(config); // before anything else: a window must be opened during the click
  running = true;
  for (const column of chosen) Object.assign(column, { result: null, failure: null, busy: t("Running…") });
  draw();
  status.textContent = t("Running…");
  if (config.browser) for (const column of chosen) await runColumn(column, prepared); // they share one cookie jar
  else await Promise.all(chosen.map((column) => runColumn(column)));
  module?.finish?.(prepared);
  running = false;
  store();
  draw();
  byId("after").open ||= hasResults();
  status.textContent = summary();
}

async function runColumn(column, prepared) {
  const { variant, prediction } = column;
  const progress = (text) => {
    column.busy = text;
    drawOne(column);
  };
  try {
    column.result = config.browser
      ? await runInBrowser(module, variant, { config, prepared, progress, prediction })
      : await runOnServer(config.experiment, variant, prediction);
  } catch (error) {
    column.failure = error.message;
  }
  column.busy = null;
  drawOne(column);
}

/** All results in a sentence or two. */
function summary() {
  const finished = shownColumns().filter(({ result }) => result);
  const judged = finished.filter(({ result }) => "right" in result);
  const right = judged.filter(({ result }) => result.right).length;
  const broken = finished.filter(({ result }) => !result.agrees).length;
  const failed = shownColumns().filter(({ failure }) => failure).length;
  return [
    broken ? t("NOT as expected: %(n)s.", { n: broken }) : "",
    failed ? t("Not finished: %(n)s.", { n: failed }) : "",
    judged.length ? t("Right predictions: %(n)s of %(all)s.", { n: right, all: judged.length }) : "",
    finished.length && !judged.length ? t("Done. No prediction made.") : "",
  ].filter(Boolean).join(" ");
}

/* ---- drawing ---- */

const drawOne = (column) => drawColumn(column, config, { again: () => run([column]) });

function draw() {
  columns.forEach(drawOne);
  const n = shownColumns().length;
  const ran = hasResults();
  const focused = document.activeElement;
  byId("run").textContent = ran ? t("Run again") : n > 1 ? t("Run at these %(n)s doors", { n }) : t("Run");
  byId("run").setAttribute("aria-disabled", String(running));
  for (const button of hardenButtons) button.hidden = !hiddenCounterparts().length;
  byId("all").hidden = n === columns.length;
  byId("again").hidden = !ran;
  if (focused !== document.body && !focused.checkVisibility()) byId("run").focus();
}

/** The hidden columns of the hardened variants to compare the weak ones with. The server names them with a result. */
function hiddenCounterparts() {
  const results = shownColumns().filter(({ result }) => result);
  const hardened = new Set(results.filter(({ result }) => !result.weak).map(({ variant }) => variant.mechanism));
  const alone = results.filter(({ result, variant }) => result.weak && !hardened.has(variant.mechanism));
  const wanted = new Set(alone.map(({ result }) => result.counterpart));
  return columns.filter(({ place, variant }) => place.hidden && wanted.has(variant.key));
}

function show(more) {
  for (const { place } of more) place.hidden = false;
  store();
  draw();
  more[0]?.place.scrollIntoView({ block: "nearest" });
}

/* ---- events ---- */

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run(shownColumns());
});

form.addEventListener("change", ({ target }) => {
  const column = columns.find(({ place }) => place.contains(target));
  column.prediction = target.value;
  store();
  const all = shownColumns();
  const n = all.filter(({ prediction }) => prediction).length;
  status.textContent = t("Predictions made: %(n)s of %(all)s.", { n, all: all.length });
});

for (const button of hardenButtons) {
  button.addEventListener("click", () => {
    const more = hiddenCounterparts();
    show(more);
    run(more);
  });
}

byId("all").addEventListener("click", () => {
  const more = columns.filter(({ place }) => place.hidden);
  show(more);
  if (hasResults()) run(more);
});

const PREDICT_FIRST = status.textContent.trim(); // as the server wrote it

byId("again").addEventListener("click", () => {
  if (running) return;
  for (const column of columns) Object.assign(column, { prediction: null, result: null, failure: null });
  form.reset();
  byId("after").open = false;
  store();
  draw();
  status.textContent = PREDICT_FIRST;
});

/** Shows the variant that the address names, and moves the focus there. */
function followAddress() {
  const column = columns.find(({ place }) => place.id === location.hash.slice(1));
  if (!column) return;
  if (column.place.hidden) show([column]);
  column.place.scrollIntoView({ block: "nearest" });
  column.place.focus({ preventScroll: true });
}

addEventListener("hashchange", followAddress);

/* ---- start ---- */

for (const { place, prediction, shown } of columns) {
  if (shown !== undefined) place.hidden = !shown;
  const choice = [...place.querySelectorAll("input")].find(({ value }) => value === prediction);
  if (choice) choice.checked = true;
}
if (loading) {
  byId("run").setAttribute("aria-disabled", "true");
  try {
    module = await loading;
    byId("alters").hidden = !module.alters;
  } catch (error) {
    const values = { why: error.message };
    status.textContent = t("The script of this experiment was not loaded. Reload the page. (%(why)s)", values);
    throw error;
  }
}
draw();
if (hasResults()) {
  byId("after").open = true;
  status.textContent = summary();
}
followAddress();
form.dataset.ready = "true";
