/* The overview and the summary: printing, and the reset after a confirmation. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";

const STORAGE_KEYS = /^authcompare[:.](walkthrough:|trial:|sandbox$)/; // of the lesson, in both kinds of web storage
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
    const response = await requestJson("POST", "/walkthrough/api/reset/", { body: {} });
    if (response.status !== 204) {
      status.textContent = response.json?.detail ?? String(response.status);
      return;
    }
    await deleteLocalData();
    location.href = "/walkthrough/";
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    status.textContent = t("The server does not answer. Nothing was deleted.");
  }
});

/** Deletes what this browser stores of the lesson, and its throwaway accounts on the server. */
async function deleteLocalData() {
  const sandbox = JSON.parse(localStorage.getItem("authcompare.sandbox") ?? "null");
  if (sandbox) await requestJson("DELETE", "/lab/api/sandbox/", { body: { id: sandbox.id }, ambient: false });
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) if (STORAGE_KEYS.test(key)) storage.removeItem(key);
  }
}
