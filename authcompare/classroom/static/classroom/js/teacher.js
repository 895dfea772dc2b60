/* The teacher's console, and the screen for the projector. The server renders both. This script fetches the page again
   and again and replaces what has changed. The console's buttons name their action in data-* attributes. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { replaceParts } from "../../authcompare/js/panel.js";
import { Gone, poll } from "../../authcompare/js/polling.js";
import { element, t } from "../../authcompare/js/render.js";

const byId = (id) => document.getElementById(id);
const { api, login } = document.querySelector("[data-login]").dataset;

async function pollOnce(signal) {
  let response;
  try {
    const headers = { Accept: "text/html" };
    response = await fetch(`${location.pathname}?again=1`, { headers, cache: "no-store", signal });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (response.status === 404) throw new Gone(t("This class has been deleted."));
  // An experiment in this browser may have signed the teacher out.
  if (response.redirected || response.status === 403) {
    return element("a", { href: login }, t("You are signed out here. Sign in again."));
  }
  if (!response.ok) throw new Unreachable(String(response.status));
  replaceParts(await response.text());
  return null;
}

const pollNow = poll(pollOnce, byId("connection"));

/* ---- buttons ---- */

const dialog = byId("sure");
let isBusy = false;

/** Asks the teacher, and resolves to true for yes. */
function confirm(question) {
  byId("sure-text").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function act(button) {
  const { do: action, sure: question, ...body } = button.dataset;
  if (isBusy || (question && !(await confirm(question)))) return;
  isBusy = true;
  let message = "";
  try {
    const { status, json } = await requestJson("POST", `${api}${action}/`, { body });
    if (status !== 200) message = json?.detail ?? String(status);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    message = t("The server does not answer. Nothing was changed.");
  }
  byId("status").textContent = message;
  isBusy = false;
  await pollNow(); // a request that is under way may show the class before the change
  await pollNow();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) act(button);
});
