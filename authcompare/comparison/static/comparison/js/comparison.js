/* The comparison: relative times, copying and printing; before a class, the arrow keys go from step to step. */

import { copyButton } from "../../authcompare/js/copyable.js";
import { updateTimes } from "../../authcompare/js/panel.js";

/* ---- one step at a time ---- */

const projected = document.documentElement.dataset.view === "projector";
const links = [...document.querySelectorAll("#rows a")].filter((link) => link.checkVisibility());

/** True if the address names this step, or the topic that it belongs to. */
const isNamed = ({ hash }) => location.hash && (hash === location.hash || hash.startsWith(`${location.hash}-`));

/** The index of the step that the address names, or -1. */
const namedIndex = () => links.findIndex(isNamed);
const currentIndex = () => (projected ? Math.max(0, namedIndex()) : namedIndex());

function markCurrent() {
  const named = links[namedIndex()];
  if (projected && named && named.hash !== location.hash) location.replace(named.hash);
  const current = links[currentIndex()];
  for (const link of links) {
    if (link === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

addEventListener("hashchange", markCurrent);
addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!projected || !step || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input")) return;
  event.preventDefault();
  const next = links[currentIndex() + step];
  if (next) location.hash = next.hash;
});

/* ---- start ---- */

markCurrent();
updateTimes();

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

const recipe = document.getElementById("recipe");
if (recipe) recipe.before(copyButton(recipe));

document.getElementById("comparison").dataset.ready = "true";
