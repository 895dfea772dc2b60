/* Joining, rejoining and opening a class. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";

const byId = (id) => document.getElementById(id);
const FIELD_OF_ERROR = { no_such_class: "code", nickname_taken: "nickname" };

/** Sends a form to an endpoint; `onSuccess` gets the response. */
function connectForm(form, path, onSuccess) {
  const button = form?.querySelector("button");
  const status = form?.querySelector(".status");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = "";
    try {
      const response = await requestJson("POST", path, { body: Object.fromEntries(new FormData(form)) });
      if (response.status < 300) onSuccess(response.json);
      else showError(response);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = t("The server does not answer. Try again in a moment.");
    }
    button.disabled = false;
  });

  /** Shows the reason, and focuses the field that caused the error. */
  function showError({ status: code, json }) {
    const [field, messages] = Object.entries(json?.errors ?? {})[0] ?? [];
    status.textContent = messages ? messages.join(" ") : json?.detail ?? String(code);
    (form.elements[FIELD_OF_ERROR[json?.code] ?? field] ?? button).focus();
  }
}

const stepUrl = (step) => (step ? `/walkthrough/${step}/` : "/walkthrough/");

connectForm(byId("join"), "/classroom/api/join/", ({ nickname, rejoin, step }) => {
  byId("joining").hidden = true;
  byId("joined").hidden = false;
  byId("joined-title").textContent = t("You have joined, %(name)s", { name: nickname });
  byId("rejoin-code").textContent = rejoin;
  byId("begin").href = stepUrl(step);
  byId("joined-title").focus();
});
connectForm(byId("rejoin"), "/classroom/api/rejoin/", ({ step }) => { location.href = stepUrl(step); });
connectForm(byId("open"), "/classroom/api/open/", ({ url }) => { location.href = url; });
