/* The pre-test and the post-test: hands in what was chosen, once. On a projector one question at a time. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";
import { stepping } from "./parts.js";

const form = document.getElementById("test");
const { round } = JSON.parse(document.getElementById("config").textContent);

if (form) {
  const status = document.getElementById("status");
  const all = form.querySelectorAll("fieldset").length;
  const chosen = () => [...new FormData(form)].map(([name, option]) => [name, Number(option)]);

  form.addEventListener("change", () => {
    status.textContent = t("%(n)s of %(all)s answered.", { n: chosen().length, all });
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!chosen().length) {
      status.textContent = t("Answer at least one: what you do not know you may leave out.");
      return;
    }
    try {
      const answer = await requestJson("POST", "/walkthrough/api/test/", { body: { round, choices: Object.fromEntries(chosen()) } });
      if (answer.status === 200) location.reload();
      else status.textContent = answer.json?.detail ?? String(answer.status);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = t("The server does not answer: see that it is running, then hand in again.");
    }
  });

  if (document.documentElement.dataset.view === "projector") {
    const stepper = document.getElementById("stepper");
    stepper.hidden = false;
    const parts = stepping({ parts: [...form.querySelectorAll(".part")], stepper });
    if (!parts.addressed()) parts.go("question-1", { quiet: true });
  }
  form.dataset.ready = "true";
}
