/* Steps through the parts of a page with arrow keys, buttons and URLs. On the projector, a part that is too high
   becomes several screens, so that the page never scrolls. */

import { element, t } from "../../authcompare/js/render.js";

const isProjector = document.documentElement.dataset.view === "projector";
// These may continue on a new screen; a transcript stays whole.
const SPLITTABLE = ".prose, .prose > ul, .prose > ol, .beside, .runs-here, .code, pre:not(.transcript pre)";
// Presentation remotes send PageDown and PageUp.
const KEYS = { ArrowRight: 1, ArrowLeft: -1, ...(isProjector ? { PageDown: 1, PageUp: -1 } : {}) };

/** Shows one of `parts` at a time, each with a link in `stepper`. Calls `onEdge(by)` beyond the first and last part,
    and `onMove({name, title, n, of})` after each change. */
export function startStepping({ parts, stepper, onEdge = () => {}, onMove = () => {} }) {
  const links = [...stepper.querySelectorAll(".step-button")];
  const announcement = element("p.visually-hidden", { role: "status" });
  stepper.append(announcement);
  let current = 0;
  let screen = 0;
  let screens = [];

  function draw({ quiet = false } = {}) {
    const focused = document.activeElement;
    parts.forEach((part, i) => part.toggleAttribute("data-now", i === current));
    links.forEach((link, i) => {
      link.toggleAttribute("data-past", i < current);
      if (i === current) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    screens = isProjector ? splitIntoScreens(parts[current]) : [];
    screen = Math.min(screen, Math.max(0, screens.length - 1));
    if (screens.length > 1) showOnly(parts[current], screens[screen]);
    for (const link of links) delete link.dataset.screens;
    links[current].dataset.screens = `${screen + 1}/${screens.length || 1}`;
    const focusIsHidden = focused !== document.body && !focused.checkVisibility();
    if (focusIsHidden) heading(parts[current]).focus({ preventScroll: true });
    const title = links[current].textContent;
    const all = parts.length;
    if (!quiet) announcement.textContent = t("%(title)s: %(n)s of %(all)s", { title, n: current + 1, all });
    onMove({ name: parts[current].id, title, n: screen + 1, of: Math.max(1, screens.length) });
  }

  function go(to, { part = 0, quiet = false } = {}) {
    current = to;
    screen = part;
    draw({ quiet });
    history.replaceState(null, "", `#${parts[current].id}${screen ? `.${screen + 1}` : ""}`);
    if (!quiet) scrollTo(0, 0);
  }

  function move(by) {
    if (screens[screen + by]) go(current, { part: screen + by });
    else if (parts[current + by]) go(current + by, { part: by < 0 ? Infinity : 0 });
    else onEdge(by);
  }

  /** Shows the part in the URL's fragment; returns false without one. */
  function showAddressed() {
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
  addEventListener("hashchange", showAddressed);
  addEventListener("resize", () => draw({ quiet: true }));
  document.fonts?.ready.then(() => draw({ quiet: true })); // another font changes the heights

  return {
    move,
    showAddressed,
    show: (name, options) => go(parts.findIndex(({ id }) => id === name), options),
    /** Fits the current part again after its height has changed. */
    refresh: () => draw({ quiet: true }),
  };
}

const heading = (part) => part.querySelector("h2, legend");

/* ---- screens ---- */

/** The elements of a part that fit on a screen by themselves, in reading order. */
function findUnits(part) {
  const found = [];
  const walk = (node) => {
    for (const child of node.children) {
      if (child.hidden || child.matches("noscript") || child === heading(part)) continue;
      if (child.matches("pre")) splitIntoLines(child);
      if (child.matches(SPLITTABLE)) walk(child);
      else found.push(child);
    }
  };
  walk(part);
  return found;
}

/** Makes every line of code an element. The highlighter ends each of its spans with the line. */
function splitIntoLines(pre) {
  const source = pre.querySelector(":scope > code") ?? pre;
  if (pre.querySelector(".line")) return;
  const lines = source.innerHTML.replace(/\n$/, "").split("\n");
  pre.innerHTML = lines.map((line) => `<span class="line">${line || " "}</span>`).join("");
}

/** The units of a part on as few screens as possible. */
function splitIntoScreens(part) {
  const units = findUnits(part);
  showOnly(part, units);
  if (fits()) return [units];
  const screens = [[]];
  for (const unit of units) {
    const screen = screens.at(-1);
    showOnly(part, [...screen, unit]);
    if (screen.length && !fits()) screens.push([unit]);
    else screen.push(unit);
  }
  return screens;
}

const fits = () => document.documentElement.scrollHeight <= innerHeight;

/** Shows only these units of a part, without empty boxes. */
function showOnly(part, units) {
  const shown = new Set(units);
  for (const unit of findUnits(part)) unit.toggleAttribute("data-off", !shown.has(unit));
  for (const box of part.querySelectorAll(SPLITTABLE)) {
    box.toggleAttribute("data-off", !units.some((unit) => box.contains(unit)));
  }
}
