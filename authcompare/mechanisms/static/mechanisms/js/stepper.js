/* Steps all columns through their recorded exchanges with the arrow keys. Stepping sends no request. */

import { element, t } from "../../authcompare/js/render.js";

const STEPS = [
  { name: "holds", title: t("Browser stores"), band: "holds" },
  { name: "travels", title: t("Request"), band: "travels" },
  { name: "middleware", title: t("Middleware"), band: "does" },
  { name: "authentication", title: t("Authentication"), band: "does" },
  { name: "permission", title: t("Permission"), band: "does" },
  { name: "view", title: t("View"), band: "does" },
  { name: "state", title: t("Server stores"), band: "state" },
  { name: "answer", title: t("Response"), band: "answer" },
  { name: "verdict", title: t("Verdict"), band: "verdict" },
];
const BANDS = ["holds", "travels", "does", "state", "answer", "verdict"];

/** Create a stepper in `place` for the bands of `table`. `share()` returns the URL parameters that show the same
    exchanges; `announce(text)` tells screen readers the step. */
export function stepper({ place, table, share, announce }) {
  let current = null; // index of the step, or null

  const buttons = STEPS.map((step, i) => {
    const button = element("button.step-button", { type: "button" }, step.title);
    button.addEventListener("click", () => go(i));
    return element("li", {}, button);
  });
  const back = element("button", { type: "button", "aria-keyshortcuts": "ArrowLeft" }, `← ${t("Back")}`);
  const next = element("button", { type: "button", "aria-keyshortcuts": "ArrowRight" }, `→ ${t("Next")}`);
  back.addEventListener("click", () => move(-1));
  next.addEventListener("click", () => move(1));
  place.replaceChildren(element("ol", {}, ...buttons), element("span.keys", {}, back, next));

  function draw() {
    buttons.forEach((item, i) => {
      item.firstChild.toggleAttribute("data-past", current !== null && i < current);
      if (i === current) item.firstChild.setAttribute("aria-current", "step");
      else item.firstChild.removeAttribute("aria-current");
    });
    const step = current === null ? null : STEPS[current];
    table.toggleAttribute("data-stepping", step !== null);
    for (const row of table.querySelectorAll("tr[data-band]")) {
      const position = BANDS.indexOf(row.dataset.band);
      row.toggleAttribute("data-now", step?.band === row.dataset.band);
      row.toggleAttribute("data-later", step !== null && position > BANDS.indexOf(step.band));
    }
    for (const chip of table.querySelectorAll("[data-step]")) {
      const names = step?.name === "permission" ? ["permission", "throttle"] : [step?.name];
      chip.toggleAttribute("data-now", names.includes(chip.dataset.step));
    }
  }

  function go(i, { quiet = false } = {}) {
    current = i;
    draw();
    if (current === null) {
      history.replaceState(null, "", location.pathname + location.search);
      return;
    }
    const hash = new URLSearchParams({ ...share(), step: STEPS[current].name });
    history.replaceState(null, "", `#${hash}`);
    const row = table.querySelector("tr[data-now]");
    row?.scrollIntoView({ block: "nearest" });
    const { title } = STEPS[current];
    if (!quiet) announce(t("Step %(n)s of %(all)s: %(title)s", { n: current + 1, all: STEPS.length, title }));
  }

  function move(by) {
    const to = current === null ? (by > 0 ? 0 : STEPS.length - 1) : current + by;
    if (to >= 0 && to < STEPS.length) go(to);
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog, [contenteditable]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowRight") move(1);
    else if (event.key === "ArrowLeft") move(-1);
    else if (event.key === "Escape" && current !== null) go(null);
    else return;
    event.preventDefault();
  });

  return {
    leave: () => { if (current !== null) go(null); },
    /** Show new exchanges: on a projector from the first step on. */
    arrive: () => (document.documentElement.dataset.view === "projector" ? go(0, { quiet: true }) : draw()),
    /** Start at the step that the URL names, if any. */
    start(name) {
      const i = STEPS.findIndex((step) => step.name === name);
      if (i >= 0) go(i, { quiet: true });
    },
  };
}
