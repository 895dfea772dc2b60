/* Draws what the verifier said. Text only ever becomes text nodes: a token may say anything. */

import { element, t } from "../authcompare/js/render.js";
import { ago, date } from "./relative-time.js";

const place = (id) => document.getElementById(id);
const MARKS = { passed: "✓", failed: "✗", skipped: "–", unreached: "·" };

/** The verdict, in words, shape and colour. Said anew only when it is a new one: it is read aloud. */
export function drawJudgement({ title, why, mood, code = "" }) {
  const box = place("judgement");
  const words = box.querySelector(".judgement-words");
  if (box.dataset.said === `${title}|${why}|${code}`) return;
  box.dataset.said = `${title}|${why}|${code}`;
  box.dataset.mood = mood;
  const mark = { good: "✓", bad: "✗", plain: "–" }[mood];
  words.replaceChildren(
    element("p.verdict", {}, element("span", { "aria-hidden": "true" }, `${mark} `), title),
    element("p", {}, why),
    ...(code ? [element("p", {}, element("code", {}, code))] : []),
  );
}

/** All of an inspection (see the API's documentation of /tokens/api/inspect/). */
export function drawInspection(found) {
  const mood = found.accepted ? "good" : found.outcome === "no_key" ? "plain" : "bad";
  drawJudgement({ ...found, mood, code: found.error ? `${found.error}: ${found.message}` : "" });
  const states = { passed: t("passed"), failed: t("failed"), skipped: t("not asked for"), unreached: t("not reached") };
  place("checks").replaceChildren(...found.checks.map(({ title, state }) =>
    element("li.step", { "data-state": state, title: states[state] },
      element("b", { "aria-hidden": "true" }, `${MARKS[state]} `), title,
      element("span.visually-hidden", {}, ` ${states[state]}`))));
  place("cautions").replaceChildren(...found.warnings.map((text) => element("li", {}, text)));
  place("key-says").textContent = found.key;
  place("call").textContent = found.call;
  const rows = (part, names) => names.map((named) => row(part, named));
  place("claims").tBodies[0].replaceChildren(...rows(1, found.header), ...rows(2, found.payload));
}

function row(part, { name, value, says, reference, href, time }) {
  const moment = time === null ? [] : [
    element("span.moment", { "data-moment": String(time), title: new Date(time * 1000).toISOString() }),
    element("small", {}, date(time)),
  ];
  const where = href ? element("a", { href, rel: "noreferrer" }, reference) : t("no standard");
  return element("tr", { "data-part": String(part) },
    element(`th.mono.part-${part}`, { scope: "row" }, name),
    element("td.mono", {}, value, ...moment), element("td", {}, says), element("td", {}, where));
}

/** Before anything was asked, and after everything was emptied. */
export function drawNothing() {
  drawJudgement({ title: t("Nothing to look at"), why: t("Paste a token, or pick an example."), mood: "plain" });
  for (const id of ["checks", "cautions", "key-says", "call"]) place(id).replaceChildren();
  place("claims").tBodies[0].replaceChildren(element("tr", {}, element("td.empty", { colspan: "4" }, t("no names yet"))));
}

/** The moments in words, for the clock as it stands. */
export function drawMoments(now) {
  for (const cell of document.querySelectorAll("[data-moment]")) {
    const words = ago(Number(cell.dataset.moment), now);
    if (cell.textContent !== words) cell.textContent = words;
  }
}
