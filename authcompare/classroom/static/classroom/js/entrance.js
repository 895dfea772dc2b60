/* Joining a class, coming back to it, and opening one. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";

const byId = (id) => document.getElementById(id);

/** Sends what the form says; `done` gets what came back. */
function sends(form, path, done) {
  const button = form?.querySelector("button");
  const status = form?.querySelector(".status");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = "";
    try {
      const answer = await requestJson("POST", path, { body: Object.fromEntries(new FormData(form)) });
      if (answer.status < 300) done(answer.json);
      else wrong(answer);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = t("The server does not answer: try again in a moment.");
    }
    button.disabled = false;
  });

  /** Which field, if it is one; and why. */
  function wrong({ status: code, json }) {
    const [field, messages] = Object.entries(json?.errors ?? {})[0] ?? [];
    status.textContent = messages ? messages.join(" ") : json?.detail ?? String(code);
    const named = { no_such_class: "code", nickname_taken: "nickname" }[json?.code] ?? field;
    (form.elements[named] ?? button).focus();
  }
}

const address = (step) => (step ? `/walkthrough/${step}/` : "/walkthrough/");

sends(byId("join"), "/classroom/api/join/", ({ nickname, rejoin, step }) => {
  byId("joining").hidden = true;
  byId("joined").hidden = false;
  byId("joined-title").textContent = t("You are in, %(name)s", { name: nickname });
  byId("rejoin-code").textContent = rejoin;
  byId("begin").href = address(step);
  byId("joined-title").focus();
});
sends(byId("rejoin"), "/classroom/api/rejoin/", ({ step }) => { location.href = address(step); });
sends(byId("open"), "/classroom/api/open/", ({ url }) => { location.href = url; });
