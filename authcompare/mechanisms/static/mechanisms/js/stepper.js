/* Steps all columns together through what was recorded, with the arrow keys; stepping sends nothing. */

import { element, t } from "../../authcompare/js/render.js";

const STEPS = [
  { name: "holds", title: t("Browser holds"), band: "holds" },
  { name: "travels", title: t("Travels"), band: "travels" },
  { name: "middleware", title: t("Middleware"), band: "does" },
  { name: "authentication", title: t("Authentication"), band: "does" },
  { name: "permission", title: t("Permission"), band: "does" },
  { name: "view", title: t("View"), band: "does" },
  { name: "state", title: t("Server holds"), band: "state" },
  { name: "answer", title: t("Answer"), band: "answer" },
  { name: "verdict", title: t("Verdict"), band: "verdict" },
];
const BANDS = ["holds", "travels", "does", "state", "answer", "verdict"];

/** A stepper in `place` for the bands of `table`. `share()` gives what the address needs to show the same exchanges;
    `announce(text)` says the step aloud. */
export function stepper({ place, table, share, announce }) {
  let at = null;

  const buttons = STEPS.map((step, i) => {
    const button = element("button.step-button", { type: "button" }, step.title);
    button.addEventListener("click", () => go(i));
    return element("li", {}, button);
  });
  const back = element("button", { type: "button", "aria-keyshortcuts": "ArrowLeft" }, `← ${t("back")}`);
  const next = element("button", { type: "button", "aria-keyshortcuts": "ArrowRight" }, `→ ${t("next")}`);
  back.addEventListener("click", () => move(-1));
  next.addEventListener("click", () => move(1));
  place.replaceChildren(element("ol", {}, ...buttons), element("span.keys", {}, back, next));

  function draw() {
    buttons.forEach((item, i) => {
      item.firstChild.toggleAttribute("data-past", at !== null && i < at);
      if (i === at) item.firstChild.setAttribute("aria-current", "step");
      else item.firstChild.removeAttribute("aria-current");
    });
    const step = at === null ? null : STEPS[at];
    table.toggleAttribute("data-stepping", step !== null);
    for (const row of table.querySelectorAll("tr[data-band]")) {
      const place = BANDS.indexOf(row.dataset.band);
      row.toggleAttribute("data-now", step?.band === row.dataset.band);
      row.toggleAttribute("data-later", step !== null && place > BANDS.indexOf(step.band));
    }
    for (const chip of table.querySelectorAll("[data-step]")) {
      const now = step?.name === chip.dataset.step || (step?.name === "permission" && chip.dataset.step === "throttle");
      chip.toggleAttribute("data-now", now);
    }
  }

  function go(i, { quiet = false } = {}) {
    at = i;
    draw();
    if (at === null) {
      history.replaceState(null, "", location.pathname + location.search);
      return;
    }
    const hash = new URLSearchParams({ ...share(), step: STEPS[at].name });
    history.replaceState(null, "", `#${hash}`);
    const row = table.querySelector("tr[data-now]");
    row?.scrollIntoView({ block: "nearest" });
    if (!quiet) announce(t("Step %(n)s of %(all)s: %(title)s", { n: at + 1, all: STEPS.length, title: STEPS[at].title }));
  }

  function move(by) {
    const to = at === null ? (by > 0 ? 0 : STEPS.length - 1) : at + by;
    if (to >= 0 && to < STEPS.length) go(to);
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, dialog, [contenteditable]") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowRight") move(1);
    else if (event.key === "ArrowLeft") move(-1);
    else if (event.key === "Escape" && at !== null) go(null);
    else return;
    event.preventDefault();
  });

  return {
    leave: () => { if (at !== null) go(null); },
    /** New exchanges are there: on a projector they are shown from the first step on. */
    arrive: () => (document.documentElement.dataset.view === "projector" ? go(0, { quiet: true }) : draw()),
    /** Where the address says to start, or null. */
    start(name) {
      const i = STEPS.findIndex((step) => step.name === name);
      if (i >= 0) go(i, { quiet: true });
    },
  };
}
