/* The bar of whoever learns in a class: follows the class, and tells the page what is new by the event "classroom". */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { Gone, poll } from "../../authcompare/js/polling.js";
import { element, t } from "../../authcompare/js/render.js";

const KEPT = /^authcompare[:.](walkthrough:|trial:|sandbox$)/;
const byId = (id) => document.getElementById(id);
const { at } = byId("class-bar").dataset; // the step that this page shows, if it shows one
let known = JSON.parse(byId("class-news").textContent);

const VOTE = {
  none: () => "",
  open: ({ round }) => (round === 2 ? t("Second vote: open") : t("Vote: open")),
  closed: () => t("Vote closed: talk to your neighbours"),
  run: () => t("Now run it"),
};

function draw({ ended, mode, vote, step, histogram }) {
  const here = mode === "led" && vote.step === step ? vote : { state: "none" };
  byId("class-vote").dataset.state = ended ? "ended" : here.state;
  byId("class-vote").textContent = ended ? t("The class has ended. Yours stays yours: go on alone, or look at your summary.") : VOTE[here.state](vote);
  drawVotes((at === step && histogram) || {});
}

/** How the class voted, beside what can be chosen. */
function drawVotes(histogram) {
  for (const old of document.querySelectorAll(".class-votes")) old.remove();
  for (const cell of document.querySelectorAll("td[data-door][data-outcome]")) {
    const counts = histogram[cell.dataset.door];
    if (!counts) continue;
    const n = counts[cell.dataset.outcome] ?? 0;
    cell.append(element("p.class-votes", {}, t("votes: %(n)s", { n })));
  }
}

const go = (step) => { location.href = `/walkthrough/${step}/`; };

function forgetAll() {
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage).filter((key) => KEPT.test(key))) storage.removeItem(key);
  }
}

function news(fresh) {
  const before = known;
  known = fresh;
  if (fresh.reset !== before.reset) {
    forgetAll();
    return fresh.mode === "led" ? go(fresh.step) : location.reload();
  }
  const moved = fresh.step !== before.step || fresh.mode !== before.mode;
  if (!fresh.ended && fresh.mode === "led" && moved) return go(fresh.step);
  draw(fresh);
  document.dispatchEvent(new CustomEvent("classroom", { detail: fresh }));
}

async function once(signal) {
  const { status, json } = await requestJson("GET", `/classroom/api/live/?version=${known.version}`, { signal });
  if (status === 404) throw new Gone(json?.detail ?? t("This class is over."));
  if (status === 200) news(json);
  else if (status !== 204) throw new Unreachable(String(status));
  if (known.ended) throw new Gone(t("This class is over."));
}

draw(known);
if (at && known.mode === "led" && !known.ended && known.step && known.step !== at) go(known.step);
else poll(once, byId("class-connection"));
