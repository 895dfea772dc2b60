/* The pre-test and the post-test: hands in the answers, once. The projector shows one question at a time. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";
import { startStepping } from "./parts.js";

const form = document.getElementById("test");
const { round } = JSON.parse(document.getElementById("config").textContent);

if (form) {
  const status = document.getElementById("status");
  const all = form.querySelectorAll("fieldset").length;
  const answers = () => [...new FormData(form)].map(([name, option]) => [name, Number(option)]);

  form.addEventListener("change", () => {
    status.textContent = t("%(n)s of %(all)s answered.", { n: answers().length, all });
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!answers().length) {
      status.textContent = t("Answer at least one question. You can leave out what you do not know.");
      return;
    }
    try {
      const body = { round, choices: Object.fromEntries(answers()) };
      const response = await requestJson("POST", "/walkthrough/api/test/", { body });
      if (response.status === 200) location.reload();
      else status.textContent = response.json?.detail ?? String(response.status);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = t("The server does not answer. Check that it is running, then hand in again.");
    }
  });

  if (document.documentElement.dataset.view === "projector") {
    const stepper = document.getElementById("stepper");
    stepper.hidden = false;
    const parts = startStepping({ parts: [...form.querySelectorAll(".part")], stepper });
    if (!parts.showAddressed()) parts.show("question-1", { quiet: true });
  }
  form.dataset.ready = "true";
}
