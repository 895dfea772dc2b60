/* The teacher's notes in a second window. They follow the presenting window, and can step through it. */

import { formatDuration } from "../../authcompare/js/render.js";
import { startTimer } from "./timer.js";

const byId = (id) => document.getElementById(id);
const channel = new BroadcastChannel("authcompare.walkthrough");
const steps = [...document.querySelectorAll("[data-step]")];
let intervals = [];

channel.addEventListener("message", ({ data }) => {
  if (data.place) follow(data);
});

function follow({ slug, place, startedAt, lessonStartedAt }) {
  const step = steps.find(({ dataset }) => dataset.step === slug);
  if (!step) return;
  for (const each of steps) each.hidden = each !== step;
  byId("part").textContent = place.of > 1 ? `${place.title} ${place.n}/${place.of}` : place.title;
  intervals.forEach(clearInterval);
  const drawLessonTime = () => {
    byId("lesson-time").textContent = formatDuration((Date.now() - lessonStartedAt) / 1000);
  };
  drawLessonTime();
  intervals = [setInterval(drawLessonTime, 1000)];
  byId("time").textContent = "–";
  if (step.dataset.minutes) intervals.push(startTimer(byId("time"), startedAt, Number(step.dataset.minutes)));
  const address = location.pathname.replace(/[^/]+\/notes\/$/, `${slug}/notes/`);
  history.replaceState(null, "", address + location.search); // a reload stays at this step
  document.body.dataset.following = slug;
}

const move = (by) => channel.postMessage({ move: by });
byId("back").addEventListener("click", () => move(-1));
byId("on").addEventListener("click", () => move(1));
document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  move(by);
});
channel.postMessage({ requestPlace: true });
document.body.dataset.ready = "true";
