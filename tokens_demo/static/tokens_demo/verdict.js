/* Draws the verifier's result. All text of a token becomes text nodes, never markup. */

import { element, t } from "../authcompare/js/render.js";
import { formatDate, formatRelative } from "../authcompare/js/relative-time.js";

const place = (id) => document.getElementById(id);
const MARKS = { passed: "✓", failed: "✗", skipped: "–", unreached: "·" };

/** Draw the verdict in words, shape and colour. An unchanged verdict stays: screen readers read each change aloud. */
export function drawJudgement({ title, why, mood, code = "" }) {
  const box = place("judgement");
  const words = box.querySelector(".judgement-words");
  const content = `${title}|${why}|${code}`;
  if (box.dataset.content === content) return;
  box.dataset.content = content;
  box.dataset.mood = mood;
  const mark = { good: "✓", bad: "✗", plain: "–" }[mood];
  words.replaceChildren(
    element("p.verdict", {}, element("span", { "aria-hidden": "true" }, `${mark} `), title),
    element("p", {}, why),
    ...(code ? [element("p", {}, element("code", {}, code))] : []),
  );
}

/** Draw the response of /tokens/api/inspect/. */
export function drawInspection(inspection) {
  const mood = inspection.accepted ? "good" : inspection.outcome === "no_key" ? "plain" : "bad";
  drawJudgement({ ...inspection, mood, code: inspection.error ? `${inspection.error}: ${inspection.message}` : "" });
  const states = { passed: t("passed"), failed: t("failed"), skipped: t("not requested"), unreached: t("not reached") };
  place("checks").replaceChildren(...inspection.checks.map(({ title, state }) =>
    element("li.step", { "data-state": state, title: states[state] },
      element("b", { "aria-hidden": "true" }, `${MARKS[state]} `), title,
      element("span.visually-hidden", {}, ` ${states[state]}`))));
  place("cautions").replaceChildren(...inspection.warnings.map((text) => element("li", {}, text)));
  place("key-says").textContent = inspection.key;
  place("call").textContent = inspection.call;
  const rows = (part, parameters) => parameters.map((parameter) => row(part, parameter));
  place("claims").tBodies[0].replaceChildren(...rows(1, inspection.header), ...rows(2, inspection.payload));
}

function row(part, { name, value, says, reference, href, time }) {
  const times = time === null ? [] : [
    element("span.time", { "data-time": String(time * 1000), title: new Date(time * 1000).toISOString() }),
    element("small", {}, formatDate(time * 1000)),
  ];
  const source = href ? element("a", { href, rel: "noreferrer" }, reference) : t("no standard");
  return element("tr", { "data-part": String(part) },
    element(`th.mono.part-${part}`, { scope: "row" }, name),
    element("td.mono", {}, value, ...times), element("td", {}, says), element("td", {}, source));
}

/** Draw the result without a token. */
export function drawNothing() {
  drawJudgement({ title: t("No token"), why: t("Paste a token or choose an example."), mood: "plain" });
  for (const id of ["checks", "cautions", "key-says", "call"]) place(id).replaceChildren();
  const empty = element("td.empty", { colspan: "4" }, t("no claims yet"));
  place("claims").tBodies[0].replaceChildren(element("tr", {}, empty));
}

/** Draw all times relative to `now`, in milliseconds. */
export function drawTimes(now) {
  for (const cell of document.querySelectorAll("[data-time]")) {
    const words = formatRelative(Number(cell.dataset.time), now);
    if (cell.textContent !== words) cell.textContent = words;
  }
}
