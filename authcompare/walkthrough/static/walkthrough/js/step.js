/* One step of the lesson. Shows its parts one after the other, keeps the time and the place, gives hints; what is to be
   predicted and run is in walkthrough-trial.js. */

import { requestJson } from "../../authcompare/js/api-client.js";
import { element, t } from "../../authcompare/js/render.js";
import { stepping } from "./parts.js";
import { timer } from "./timer.js";

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("config").textContent);
const KEPT = "authcompare:walkthrough:";

/* ---- where we are ---- */

const parts = stepping({
  parts: [...document.querySelectorAll(".part")],
  stepper: byId("stepper"),
  edge(by) {
    const to = by > 0 ? config.next : config.previous;
    if (to && !led()) location.href = by > 0 ? to : `${to}#${LAST}`;
  },
  moved: tell,
});
const LAST = "last"; // of the step before, whatever that is

const led = () => config.classroom?.mode === "led";

/** Somebody who has left something here is found here again. */
async function moveHere() {
  if (config.learner && !led()) await requestJson("POST", "/walkthrough/api/move/", { body: { step: config.slug } }).catch(() => {});
}

/* ---- time ---- */

function kept(name, value) {
  const found = sessionStorage.getItem(KEPT + name);
  if (found === null) sessionStorage.setItem(KEPT + name, value);
  return Number(found ?? value);
}

const lessonBegan = kept("began", Date.now());
const began = led() ? Date.now() - config.classroom.since * 1000 : kept(`began:${config.slug}`, Date.now());
if (config.minutes) timer(byId("time"), began, config.minutes);

/* ---- the teacher's other window follows ---- */

let place = null;
const channel = new BroadcastChannel("authcompare.walkthrough");

function tell(now) {
  place = now;
  channel?.postMessage({ slug: config.slug, place, began, lessonBegan });
}

channel.addEventListener("message", ({ data }) => {
  if (data.ask) tell(place);
  if (data.move) parts.move(data.move);
});

/* ---- hints, one at a time ---- */

let given = 0;

function drawHints() {
  if (!byId("hints")) return;
  const allowed = config.classroom?.hints ?? true;
  byId("hints").hidden = !allowed;
  const left = config.hints.length - given;
  byId("hint").hidden = !left;
  byId("hint").textContent = t("Hint %(n)s of %(all)s", { n: given + 1, all: config.hints.length });
}

byId("hint")?.addEventListener("click", () => {
  const hint = element("li", { tabindex: "-1" }, config.hints[given]);
  given += 1;
  byId("hints").querySelector("ol").append(hint);
  drawHints();
  parts.refresh();
  hint.focus();
});

/* ---- start ---- */

const trial = config.experiment
  ? (await import("./predict-and-run.js")).trial(config, { parts, stored: () => moveHere() })
  : null;

/** What is new in the class; js/classroom.js asks, and goes where the class goes. */
document.addEventListener("classroom", ({ detail }) => {
  config.classroom = detail.ended ? null : { ...config.classroom, ...detail };
  drawHints();
  trial?.draw();
});

drawHints();
if (location.hash === `#${LAST}`) parts.go([...document.querySelectorAll(".part")].at(-1).id, { part: Infinity, quiet: true });
else if (!parts.addressed()) parts.go(trial?.begins() ?? "predict", { quiet: true });
await moveHere();
byId("lesson").dataset.ready = "true";
