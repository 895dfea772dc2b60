/* The recorded requests of an experiment at one variant, one after the other. Arrow keys step from request to request;
   stepping only fetches the recording. */

import { drawExchange, fetchExchange } from "../../mechanisms/js/actions.js";
import { element, t } from "../../authcompare/js/render.js";
import { openViewer } from "../../authcompare/js/viewer.js";

const BANDS = [
  ["travels", t("Request")],
  ["does", t("Server processing")],
  ["state", t("Server stores")],
  ["answer", t("Response")],
];

let stepBy = null; // steps by so many requests, while the dialog is open

/** Opens the viewer at the `at`-th of these requests. */
export function openRequest(variant, title, sent, at) {
  const bands = Object.fromEntries(BANDS.map(([name]) => [name, element("div.band")]));
  const body = element("div.doors.wire", { "data-shape": variant.shape, "aria-live": "polite" });
  const buttons = sent.map(({ method, status }, i) => {
    const button = element("button.step-button", { type: "button" }, `${i + 1} ${method} ${status}`);
    button.addEventListener("click", () => go(i));
    return element("li", {}, button);
  });
  const back = element("button", { type: "button", "aria-keyshortcuts": "ArrowLeft" }, `← ${t("Back")}`);
  const next = element("button", { type: "button", "aria-keyshortcuts": "ArrowRight" }, `→ ${t("Next")}`);
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
    if (sent[at].exchange !== id) return; // the learner has stepped on
    if (exchange) {
      drawExchange({ client: variant, ...bands }, exchange);
      body.replaceChildren(...BANDS.flatMap(([name, heading]) => [element("h3", {}, heading), bands[name]]));
    } else {
      const line = element("p.mono", {}, `${method} ${path} → ${status}`);
      body.replaceChildren(line, element("p.empty", {}, t("The server has no recording of this request.")));
    }
  }

  stepBy = (by) => go(at + by);
  openViewer(t("%(door)s: recorded requests", { door: title }),
    element("div.stepper", {}, element("ol", {}, ...buttons), element("span.keys", {}, back, next)), body);
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
