/* The recorded requests of an experiment at one variant, one after the other. Arrow keys step from request to request;
   stepping only fetches the recording. */

import { drawExchange, recorded } from "../../mechanisms/js/actions.js";
import { el, say } from "../../authcompare/js/render.js";
import { view } from "../../authcompare/js/viewer.js";

const BANDS = [
  ["travels", say("Request")],
  ["does", say("Server processing")],
  ["state", say("Server stores")],
  ["answer", say("Response")],
];

let stepBy = null; // steps by so many requests, while the dialog is open

/** Opens the viewer at the `at`-th of these requests. */
export function openRequest(variant, title, sent, at) {
  const bands = Object.fromEntries(BANDS.map(([name]) => [name, el("div.band")]));
  const body = el("div.doors.wire", { "data-shape": variant.shape, "aria-live": "polite" });
  const buttons = sent.map(({ method, status }, i) => {
    const button = el("button.step-button", { type: "button" }, `${i + 1} ${method} ${status}`);
    button.addEventListener("click", () => go(i));
    return el("li", {}, button);
  });
  const back = el("button", { type: "button", "aria-keyshortcuts": "ArrowLeft" }, `← ${say("previous")}`);
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
    if (sent[at].exchange !== id) return; // the learner has stepped on
    if (exchange) {
      drawExchange({ door: variant, ...bands }, exchange);
      body.replaceChildren(...BANDS.flatMap(([name, heading]) => [el("h3", {}, heading), bands[name]]));
    } else {
      const line = el("p.mono", {}, `${method} ${path} → ${status}`);
      body.replaceChildren(line, el("p.empty", {}, say("The server has no recording of this request.")));
    }
  }

  stepBy = (by) => go(at + by);
  view(say("%(door)s: recorded requests", { door: title }),
    el("div.stepper", {}, el("ol", {}, ...buttons), el("span.keys", {}, back, next)), body);
  return go(at);
}

const dialog = document.getElementById("viewer");
dialog.addEventListener("close", () => { stepBy = null; });
dialog.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || !stepBy || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  stepBy(by);
});
