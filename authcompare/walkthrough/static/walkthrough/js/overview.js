/* The overview and the summary: printing, and throwing everything away after having been asked. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";

const KEPT = /^authcompare[:.](walkthrough:|trial:|sandbox$)/;
const dialog = document.getElementById("confirm");
const status = document.getElementById("reset-status");

document.getElementById("print")?.addEventListener("click", () => print());
document.getElementById("reset")?.addEventListener("click", () => {
  status.textContent = "";
  dialog.showModal();
});

dialog.querySelector("form").addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "reset") return;
  event.preventDefault();
  try {
    const answer = await requestJson("POST", "/walkthrough/api/reset/", { body: {} });
    if (answer.status !== 204) {
      status.textContent = answer.json?.detail ?? String(answer.status);
      return;
    }
    await throwAway();
    location.href = "/walkthrough/";
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    status.textContent = t("The server does not answer: nothing was deleted.");
  }
});

/** What this browser keeps of the lesson, and its throwaway accounts on the server. */
async function throwAway() {
  const kept = JSON.parse(localStorage.getItem("authcompare.sandbox") ?? "null");
  if (kept) await requestJson("DELETE", "/lab/api/sandbox/", { body: { id: kept.id }, ambient: false });
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage).filter((key) => KEPT.test(key))) storage.removeItem(key);
  }
}
