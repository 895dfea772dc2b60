/* The comparison: fills in what only this browser has seen, and judges anew what rests on it. */

import { copyButton } from "../../authcompare/js/copyable.js";
import { seenHere } from "../../experiments/js/evidence.js";
import { updateTimes } from "../../authcompare/js/panel.js";
import { element, t } from "../../authcompare/js/render.js";

const { states, words, texts, attacks, few } = JSON.parse(document.getElementById("config").textContent);
const FROM_BEST = ["seen", "browser", "open", "differs"];

const text = (slug, outcome) => texts[slug]?.[outcome] ?? outcome;
const worst = (found) => found.reduce((a, b) => (FROM_BEST.indexOf(b) > FROM_BEST.indexOf(a) ? b : a));
const stateOf = (seen, needed) => (seen ? (seen.outcome === needed ? "seen" : "differs") : "browser");

/* ---- the evidence of a verdict, and the reasons of the helper ---- */

function fillPiece(piece) {
  const { experiment, door, needed } = piece.dataset;
  const seen = seenHere(experiment)[door];
  if (!seen) return;
  const state = stateOf(seen, needed);
  piece.dataset.state = state;
  piece.querySelector(".seen").textContent = `“${text(experiment, seen.outcome)}”`;
  if (piece.matches("details")) {
    piece.open = state === "differs";
    piece.querySelector(".said-state").textContent = `${words[state]}:`;
    piece.querySelector(".seen").after(
      ...(state === "differs" ? [element("p.needed", {}, t("The verdict needs:"), ` “${text(experiment, needed)}”`)] : []),
      element("dl.facts", {}, ...(seen.facts ?? []).map(([what, value]) => element("div", {}, element("dt", {}, what), element("dd", {}, String(value))))),
      element("p.when", {}, t("seen in this browser"), " ", element("time", { datetime: seen.at, "data-relative": "" })),
    );
  } else if (state === "differs") {
    piece.prepend(element("strong", {}, t("NOT as promised:")), " ");
  }
}

/* ---- a cell of our rows ---- */

function fillCell(cell) {
  const slug = cell.parentElement.dataset.experiment;
  const seen = seenHere(slug);
  const doors = JSON.parse(cell.querySelector("script").textContent);
  if (!doors.some(({ door }) => seen[door])) return;
  const grouped = Map.groupBy(doors, ({ door, needed }) => `${stateOf(seen[door], needed)} ${seen[door]?.outcome ?? ""}`);
  const groups = [...grouped.values()];
  const most = groups.find((group) => group.length > Math.max(few, doors.length / 2));
  if (most && groups.length > 1) groups.push(...groups.splice(groups.indexOf(most), 1)); // last: it is "the others"
  const draw = (group) => drawGroup(slug, seen[group[0].door], group[0].needed, where(group, doors.length, group === most));
  cell.querySelector("ul").replaceChildren(...groups.map(draw));
}

function drawGroup(slug, seen, needed, where) {
  const state = stateOf(seen, needed);
  const told = seen ? text(slug, seen.outcome) : words[state];
  return element("li.group", { "data-mood": mood(slug, state, seen) },
    element("span.mark", { "aria-hidden": "true" }), " ",
    element("span.words", {}, ...(state === "differs" ? [element("strong", {}, t("NOT as promised:")), " "] : []), told), " ", where);
}

function where(doors, all, rest) {
  if (doors.length === all) return element("small", { "data-all": "" }, all === 1 ? t("at its only door") : t("at all %(n)s doors", { n: all }));
  if (rest) return element("small", {}, t("at the other %(n)s doors", { n: doors.length }));
  const lab = () => [" ", element("span.in-lab", { title: t("in the lab only") }, `(${t("lab")})`)];
  return element("small", {}, ...doors.flatMap((door, i) => [i ? ", " : "", door.title, ...(door.lab ? lab() : [])]));
}

function mood(slug, state, seen) {
  if (!seen || state === "differs") return state;
  if (!attacks[slug]) return "plain";
  return seen.outcome === attacks[slug] ? "succeeds" : "fails";
}

/* ---- what the verdicts come to ---- */

function judge() {
  for (const finding of document.querySelectorAll(".finding")) {
    const pieces = [...finding.querySelectorAll(".piece")];
    const found = pieces.map((piece) => piece.dataset.state);
    const state = worst("outOfReach" in finding.dataset ? [...found, "open"] : found);
    finding.dataset.state = state;
    finding.querySelector(".state span").textContent = states[state];
    const next = pieces[found.indexOf(state)]?.querySelector(".links a");
    const link = finding.querySelector(".state a");
    if (next && link) link.href = next.href;
  }
  for (const count of document.querySelectorAll("[data-count]")) {
    const n = document.querySelectorAll(`.finding[data-state="${count.dataset.count}"]`).length;
    count.hidden = n === 0;
    count.querySelector("strong").textContent = n;
  }
}

/* ---- one step at a time, before a class: the arrow keys go from step to step ---- */

const projected = document.documentElement.dataset.view === "projector";
const links = [...document.querySelectorAll("#rows a")].filter((link) => link.checkVisibility());

/** The step that the address names, or none (-1); a row that falls into several steps is its first. */
const named = () => links.findIndex(({ hash }) => location.hash && (hash === location.hash || hash.startsWith(`${location.hash}-`)));
const current = () => (projected ? Math.max(0, named()) : named());

function mark() {
  const at = named();
  if (projected && at >= 0 && links[at].hash !== location.hash) location.replace(links[at].hash);
  links.forEach((link, i) => (i === current() ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
}

addEventListener("hashchange", mark);
addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!projected || !step || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input")) return;
  event.preventDefault();
  const next = links[current() + step];
  if (next) location.hash = next.hash;
});

/* ---- start ---- */

document.querySelectorAll(".piece[data-browser]").forEach(fillPiece);
document.querySelectorAll("td[data-browser]").forEach(fillCell);
judge();
mark();
updateTimes();

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

const recipe = document.getElementById("recipe");
if (recipe) recipe.before(copyButton(recipe));

document.getElementById("comparison").dataset.ready = "true";
