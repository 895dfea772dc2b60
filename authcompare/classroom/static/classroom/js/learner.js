/* The bar of a learner in a class: polls the class, follows it, and announces changes by the event "classroom". */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { Gone, poll } from "../../authcompare/js/polling.js";
import { element, t } from "../../authcompare/js/render.js";

const STORAGE_KEYS = /^authcompare[:.](walkthrough:|trial:|sandbox$)/; // of the lesson, in both kinds of web storage
const byId = (id) => document.getElementById(id);
const { at: shownStep } = byId("class-bar").dataset; // "" on a page without a step
let state = JSON.parse(byId("class-state").textContent);

const VOTE_TEXTS = {
  none: () => "",
  open: ({ round }) => (round === 2 ? t("Second vote: open") : t("Vote: open")),
  closed: () => t("Vote closed: talk to your neighbours"),
  run: () => t("Run the experiment now"),
};

function draw({ ended, mode, vote, step, histogram }) {
  const current = mode === "led" && vote.step === step ? vote : { state: "none" };
  byId("class-vote").dataset.state = ended ? "ended" : current.state;
  byId("class-vote").textContent = ended
    ? t("The class has ended. You can continue alone, or look at your summary.")
    : VOTE_TEXTS[current.state](vote);
  drawVotes((shownStep === step && histogram) || {});
}

/** Draws the votes of the class beside the choices. */
function drawVotes(histogram) {
  for (const old of document.querySelectorAll(".class-votes")) old.remove();
  for (const cell of document.querySelectorAll("td[data-door][data-outcome]")) {
    const counts = histogram[cell.dataset.door];
    if (!counts) continue;
    const n = counts[cell.dataset.outcome] ?? 0;
    cell.append(element("p.class-votes", {}, t("votes: %(n)s", { n })));
  }
}

const goTo = (step) => { location.href = `/walkthrough/${step}/`; };

function deleteLocalData() {
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) if (STORAGE_KEYS.test(key)) storage.removeItem(key);
  }
}

function update(newState) {
  const oldState = state;
  state = newState;
  const isTeacherPaced = state.mode === "led";
  if (state.reset !== oldState.reset) {
    deleteLocalData();
    return isTeacherPaced ? goTo(state.step) : location.reload();
  }
  const hasMoved = state.step !== oldState.step || state.mode !== oldState.mode;
  if (!state.ended && isTeacherPaced && hasMoved) return goTo(state.step);
  draw(state);
  document.dispatchEvent(new CustomEvent("classroom", { detail: state }));
}

async function pollOnce(signal) {
  const { status, json } = await requestJson("GET", `/classroom/api/live/?version=${state.version}`, { signal });
  if (status === 404) throw new Gone(json?.detail ?? t("This class has ended."));
  if (status === 200) update(json);
  else if (status !== 204) throw new Unreachable(String(status));
  if (state.ended) throw new Gone(t("This class has ended."));
}

draw(state);
if (shownStep && state.mode === "led" && !state.ended && state.step && state.step !== shownStep) goTo(state.step);
else poll(pollOnce, byId("class-connection"));
