/* The requests of an experiment at one door, one after the other on the wire. Arrow keys step; stepping sends nothing
   but the question what was recorded. */

import { drawExchange, recorded } from "../../mechanisms/js/actions.js";
import { el, say } from "../../authcompare/js/render.js";
import { view } from "../../authcompare/js/viewer.js";

const BANDS = [
  ["travels", say("What travels")],
  ["does", say("Server does")],
  ["state", say("Server holds")],
  ["answer", say("Comes back")],
];

let stepping = null; // what the arrow keys move, while the dialog is open

/** Opens the wire at the `at`-th of the requests `sent` at this door. */
export function openRequest(door, title, sent, at) {
  const bands = Object.fromEntries(BANDS.map(([name]) => [name, el("div.band")]));
  const body = el("div.doors.wire", { "data-shape": door.shape, "aria-live": "polite" });
  const buttons = sent.map(({ method, status }, i) => {
    const button = el("button.step-button", { type: "button" }, `${i + 1} ${method} ${status}`);
    button.addEventListener("click", () => go(i));
    return el("li", {}, button);
  });
  const back = el("button", { type: "button", "aria-keyshortcuts": "ArrowLeft" }, `← ${say("back")}`);
  const next = el("button", { type: "button", "aria-keyshortcuts": "ArrowRight" }, `→ ${say("next")}`);
  back.addEventListener("click", () => go(at - 1));
  next.addEventListener("click", () => go(at + 1));

  async function go(to) {
    if (to < 0 || to >= sent.length) return;
    at = to;
    buttons.forEach((item, i) => {
      if (i === at) item.firstChild.setAttribute("aria-current", "step");
      else item.firstChild.removeAttribute("aria-current");
    });
    const { exchange: id, method, path, status } = sent[at];
    const exchange = await recorded(id).catch(() => null);
    if (sent[at].exchange !== id) return; // stepped on meanwhile
    if (exchange) {
      drawExchange({ door, ...bands }, exchange);
      body.replaceChildren(...BANDS.flatMap(([name, heading]) => [el("h3", {}, heading), bands[name]]));
    } else {
      body.replaceChildren(el("p.mono", {}, `${method} ${path} → ${status}`), el("p.empty", {}, say("No exchange was kept of this one.")));
    }
  }

  stepping = (by) => go(at + by);
  view(say("%(door)s on the wire", { door: title }),
    el("div.stepper", {}, el("ol", {}, ...buttons), el("span.keys", {}, back, next)), body);
  return go(at);
}

const dialog = document.getElementById("viewer");
dialog.addEventListener("close", () => { stepping = null; });
dialog.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || !stepping || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  stepping(by);
});
