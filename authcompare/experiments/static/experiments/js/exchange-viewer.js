/* The requests of an experiment at one door, one after the other on the wire. Arrow keys step; stepping sends nothing
   but the question what was recorded. */

import { drawExchange, fetchExchange } from "../../mechanisms/js/actions.js";
import { element, t } from "../../authcompare/js/render.js";
import { openViewer } from "../../authcompare/js/viewer.js";

const BANDS = [
  ["travels", t("What travels")],
  ["does", t("Server does")],
  ["state", t("Server holds")],
  ["answer", t("Comes back")],
];

let stepping = null; // what the arrow keys move, while the dialog is open

/** Opens the wire at the `at`-th of the requests `sent` at this door. */
export function openRequest(door, title, sent, at) {
  const bands = Object.fromEntries(BANDS.map(([name]) => [name, element("div.band")]));
  const body = element("div.doors.wire", { "data-shape": door.shape, "aria-live": "polite" });
  const buttons = sent.map(({ method, status }, i) => {
    const button = element("button.step-button", { type: "button" }, `${i + 1} ${method} ${status}`);
    button.addEventListener("click", () => go(i));
    return element("li", {}, button);
  });
  const back = element("button", { type: "button", "aria-keyshortcuts": "ArrowLeft" }, `← ${t("back")}`);
  const next = element("button", { type: "button", "aria-keyshortcuts": "ArrowRight" }, `→ ${t("next")}`);
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
    const exchange = await fetchExchange(id).catch(() => null);
    if (sent[at].exchange !== id) return; // stepped on meanwhile
    if (exchange) {
      drawExchange({ client: door, ...bands }, exchange);
      body.replaceChildren(...BANDS.flatMap(([name, heading]) => [element("h3", {}, heading), bands[name]]));
    } else {
      body.replaceChildren(element("p.mono", {}, `${method} ${path} → ${status}`), element("p.empty", {}, t("No exchange was kept of this one.")));
    }
  }

  stepping = (by) => go(at + by);
  openViewer(t("%(door)s on the wire", { door: title }),
    element("div.stepper", {}, element("ol", {}, ...buttons), element("span.keys", {}, back, next)), body);
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
