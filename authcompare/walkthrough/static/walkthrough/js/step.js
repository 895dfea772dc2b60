/* One step of the lesson: its parts, its time, its hints, and the learner's place. predict-and-run.js does the rest. */

import { requestJson } from "../../authcompare/js/api-client.js";
import { element, t } from "../../authcompare/js/render.js";
import { startStepping } from "./parts.js";
import { startTimer } from "./timer.js";

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("config").textContent);
const LAST = "last"; // the fragment for the last part of a step

const isTeacherPaced = () => config.classroom?.mode === "led";

/* ---- the teacher's notes window follows ---- */

const channel = new BroadcastChannel("authcompare.walkthrough");
const lessonStartedAt = rememberedTime("began");
const startedAt = isTeacherPaced()
  ? Date.now() - config.classroom.since * 1000
  : rememberedTime(`began:${config.slug}`);
let place = null;

/** The time stored in this tab under a name, or now. */
function rememberedTime(name) {
  const key = `authcompare:walkthrough:${name}`;
  const stored = sessionStorage.getItem(key);
  if (stored === null) sessionStorage.setItem(key, Date.now());
  return Number(stored ?? Date.now());
}

function announcePlace(newPlace) {
  place = newPlace;
  channel.postMessage({ slug: config.slug, place, startedAt, lessonStartedAt });
}

/* ---- parts ---- */

const parts = startStepping({
  parts: [...document.querySelectorAll(".part")],
  stepper: byId("stepper"),
  onEdge(by) {
    const to = by > 0 ? config.next : config.previous;
    if (to && !isTeacherPaced()) location.href = by > 0 ? to : `${to}#${LAST}`;
  },
  onMove: announcePlace,
});

channel.addEventListener("message", ({ data }) => {
  if (data.requestPlace) announcePlace(place);
  if (data.move) parts.move(data.move);
});

/** Stores the step of a known learner, who can then continue here. */
async function storePlace() {
  if (!config.learner || isTeacherPaced()) return;
  await requestJson("POST", "/walkthrough/api/move/", { body: { step: config.slug } }).catch(() => {});
}

if (config.minutes) startTimer(byId("time"), startedAt, config.minutes);

/* ---- hints, one at a time ---- */

let hintsShown = 0;

function drawHints() {
  if (!byId("hints")) return;
  byId("hints").hidden = !(config.classroom?.hints ?? true);
  byId("hint").hidden = hintsShown === config.hints.length;
  byId("hint").textContent = t("Hint %(n)s of %(all)s", { n: hintsShown + 1, all: config.hints.length });
}

byId("hint")?.addEventListener("click", () => {
  const hint = element("li", { tabindex: "-1" }, config.hints[hintsShown]);
  hintsShown += 1;
  byId("hints").querySelector("ol").append(hint);
  drawHints();
  parts.refresh();
  hint.focus();
});

/* ---- start ---- */

const trial = config.experiment
  ? (await import("./predict-and-run.js")).startTrial(config, { parts, onSaved: storePlace })
  : null;

/** The class has changed; classroom/js/learner.js polls, and follows the class to another step. */
document.addEventListener("classroom", ({ detail }) => {
  config.classroom = detail.ended ? null : { ...config.classroom, ...detail };
  drawHints();
  trial?.draw();
});

drawHints();
if (location.hash === `#${LAST}`) {
  parts.show([...document.querySelectorAll(".part")].at(-1).id, { part: Infinity, quiet: true });
} else if (!parts.showAddressed()) {
  parts.show(trial?.firstPart() ?? "predict", { quiet: true });
}
await storePlace();
byId("lesson").dataset.ready = "true";
