/* The teacher's notes, in a window of their own: they follow the window that presents, and can step it. */

import { formatDuration } from "../../authcompare/js/render.js";
import { timer } from "./timer.js";

const byId = (id) => document.getElementById(id);
const channel = new BroadcastChannel("authcompare.walkthrough");
const steps = [...document.querySelectorAll("[data-step]")];
let ticking = [];

channel.addEventListener("message", ({ data }) => {
  if (data.place) follow(data);
});

function follow({ slug, place, began, lessonBegan }) {
  const step = steps.find(({ dataset }) => dataset.step === slug);
  if (!step) return;
  for (const each of steps) each.hidden = each !== step;
  byId("part").textContent = place.of > 1 ? `${place.title} ${place.n}/${place.of}` : place.title;
  ticking.forEach(clearInterval);
  const lesson = () => { byId("lesson-time").textContent = formatDuration((Date.now() - lessonBegan) / 1000); };
  lesson();
  ticking = [setInterval(lesson, 1000)];
  byId("time").textContent = "–";
  if (step.dataset.minutes) ticking.push(timer(byId("time"), began, Number(step.dataset.minutes)));
  const address = location.pathname.replace(/[^/]+\/notes\/$/, `${slug}/notes/`);
  history.replaceState(null, "", address + location.search); // the same page: a reload finds its place
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
channel.postMessage({ ask: true });
document.body.dataset.ready = "true";
