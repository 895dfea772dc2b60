/* The teacher's console, and the screen on the wall. The server draws both: they are fetched again and again, what has
   changed is replaced, and the console's buttons say in data-* attributes what they ask for. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { replaceParts } from "../../authcompare/js/panel.js";
import { Gone, poll } from "../../authcompare/js/polling.js";
import { element, t } from "../../authcompare/js/render.js";

const byId = (id) => document.getElementById(id);
const { api, login } = document.querySelector("[data-login]").dataset;

async function once(signal) {
  let response;
  try {
    response = await fetch(`${location.pathname}?again=1`, { headers: { Accept: "text/html" }, cache: "no-store", signal });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  if (response.status === 404) throw new Gone(t("This class has been deleted."));
  // An experiment that signs in and out in this very browser does this to its teacher.
  if (response.redirected || response.status === 403) return element("a", { href: login }, t("You are signed out here: sign in again"));
  if (!response.ok) throw new Unreachable(String(response.status));
  replaceParts(await response.text());
  return null;
}

const now = poll(once, byId("connection"));

/* ---- what the buttons do ---- */

const sure = byId("sure");
let busy = false;

/** Resolves with whether the teacher means it. */
function asked(question) {
  byId("sure-text").textContent = question;
  sure.returnValue = "no";
  sure.showModal();
  return new Promise((resolve) => sure.addEventListener("close", () => resolve(sure.returnValue === "yes"), { once: true }));
}

async function act(button) {
  const { do: what, sure: question, ...body } = button.dataset;
  if (busy || (question && !(await asked(question)))) return;
  busy = true;
  let said = "";
  try {
    const { status, json } = await requestJson("POST", `${api}${what}/`, { body });
    if (status !== 200) said = json?.detail ?? String(status);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    said = t("The server does not answer: nothing was changed.");
  }
  byId("status").textContent = said;
  busy = false;
  await now(); // what is being asked already may be told of the time before the change
  await now();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) act(button);
});
