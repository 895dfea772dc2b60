/* Steps through the parts of a page, forwards and backwards: with arrow keys, with buttons, with addresses. On a
   projector, a part that is too high for the wall is shown as several screens, so that nothing is ever scrolled. */

import { el, say } from "../../authcompare/js/render.js";

const projector = document.documentElement.dataset.view === "projector";
const SPLIT = ".prose, .prose > ul, .prose > ol, .beside, .runs-here, .code, pre:not(.transcript pre)"; // what may continue on the next screen
const KEYS = { ArrowRight: 1, ArrowLeft: -1, ...(projector ? { PageDown: 1, PageUp: -1 } : {}) }; // as pointers for speakers send

/** `parts`, of which one is shown at a time, each with a link in `stepper`. `edge(by)` is called beyond the first and
    the last, `moved({name, title, n, of})` whenever something else is shown. */
export function stepping({ parts, stepper, edge = () => {}, moved = () => {} }) {
  const links = [...stepper.querySelectorAll(".step-button")];
  const said = el("p.visually-hidden", { role: "status" });
  stepper.append(said);
  let at = 0;
  let screen = 0;
  let screens = [];

  function show({ quiet = false } = {}) {
    const focused = document.activeElement;
    parts.forEach((part, i) => part.toggleAttribute("data-now", i === at));
    links.forEach((link, i) => {
      link.toggleAttribute("data-past", i < at);
      if (i === at) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    screens = projector ? split(parts[at]) : [];
    screen = Math.min(screen, Math.max(0, screens.length - 1));
    if (screens.length > 1) only(parts[at], screens[screen]);
    for (const link of links) delete link.dataset.screens;
    links[at].dataset.screens = `${screen + 1}/${screens.length || 1}`;
    if (focused !== document.body && !focused.checkVisibility()) heading(parts[at]).focus({ preventScroll: true });
    if (!quiet) said.textContent = where();
    moved({ name: parts[at].id, title: links[at].textContent, n: screen + 1, of: Math.max(1, screens.length) });
  }

  const where = () => say("%(title)s: %(n)s of %(all)s", { title: links[at].textContent, n: at + 1, all: parts.length });

  function go(to, { part = 0, quiet = false } = {}) {
    at = to;
    screen = part;
    show({ quiet });
    history.replaceState(null, "", `#${parts[at].id}${screen ? `.${screen + 1}` : ""}`);
    if (!quiet) scrollTo(0, 0);
  }

  function move(by) {
    if (screens[screen + by]) go(at, { part: screen + by });
    else if (parts[at + by]) go(at + by, { part: by < 0 ? Infinity : 0 });
    else edge(by);
  }

  /** Where the address points to; false where it points to nothing here. */
  function addressed() {
    const [name, part = "1"] = location.hash.slice(1).split(".");
    const to = parts.findIndex(({ id }) => id === name);
    if (to >= 0) go(to, { part: Math.max(0, parseInt(part, 10) - 1 || 0), quiet: true });
    return to >= 0;
  }

  links.forEach((link, i) => link.addEventListener("click", (event) => {
    event.preventDefault();
    go(i);
  }));
  stepper.querySelector("#back").addEventListener("click", () => move(-1));
  stepper.querySelector("#on").addEventListener("click", () => move(1));
  document.addEventListener("keydown", (event) => {
    const by = KEYS[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, select, textarea, dialog, [contenteditable]")) return;
    event.preventDefault();
    move(by);
  });
  addEventListener("hashchange", addressed);
  addEventListener("resize", () => show({ quiet: true }));
  document.fonts?.ready.then(() => show({ quiet: true })); // other letters, other heights

  return {
    move,
    addressed,
    go: (name, options) => go(parts.findIndex(({ id }) => id === name), options),
    /** What is shown may be higher or lower now. */
    refresh: () => show({ quiet: true }),
  };
}

const heading = (part) => part.querySelector("h2, legend");

/* ---- screens ---- */

/** What may stand on a screen by itself, in the order in which it is read. */
function units(part) {
  const found = [];
  const walk = (node) => {
    for (const child of node.children) {
      if (child.hidden || child.matches("noscript") || child === heading(part)) continue;
      if (child.matches("pre")) intoLines(child);
      if (child.matches(SPLIT)) walk(child);
      else found.push(child);
    }
  };
  walk(part);
  return found;
}

/** Makes every line of source an element of its own. The highlighter ends each of its marks with the line. */
function intoLines(pre) {
  const source = pre.querySelector(":scope > code") ?? pre;
  if (pre.querySelector(".line")) return;
  const lines = source.innerHTML.replace(/\n$/, "").split("\n");
  pre.innerHTML = lines.map((line) => `<span class="line">${line || " "}</span>`).join("");
}

/** The units of a part, dealt out to as few screens as they need. */
function split(part) {
  const all = units(part);
  only(part, all);
  if (fits()) return [all];
  const screens = [[]];
  for (const unit of all) {
    const current = screens.at(-1);
    only(part, [...current, unit]);
    if (current.length && !fits()) screens.push([unit]);
    else current.push(unit);
  }
  return screens;
}

const fits = () => document.documentElement.scrollHeight <= innerHeight;

/** Shows these units of a part alone, without the boxes that would be empty. */
function only(part, wanted) {
  const shown = new Set(wanted);
  for (const unit of units(part)) unit.toggleAttribute("data-off", !shown.has(unit));
  for (const box of part.querySelectorAll(SPLIT)) box.toggleAttribute("data-off", !wanted.some((unit) => box.contains(unit)));
}
