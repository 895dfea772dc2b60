/* The editor of the plain cookie: three fields and the value itself, each following the other. */

import { requestJson } from "../authcompare/js/api-client.js";
import { announceChange, runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { accounts, assignment, fieldsOf, held, valueOf, write } from "./plain.js";

const { path } = document.getElementById("cookie-panel").dataset;
const form = document.getElementById("prefs-editor");
const status = document.getElementById("prefs-status");
const result = document.getElementById("prefs-result");
const FIELDS = ["theme", "language", "name"];

function showScript() {
  document.getElementById("prefs-script").textContent = `document.cookie = ${JSON.stringify(assignment(form.raw.value))}`;
}

function fromFields() {
  form.raw.value = valueOf(Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value])));
  showScript();
}

function fromRaw() {
  const found = fieldsOf(form.raw.value);
  for (const name of FIELDS) form.elements[name].value = found[name];
  showScript();
}

/** What is in the jar now, unless somebody is typing. */
function fromJar() {
  if (form.contains(document.activeElement) && document.activeElement.matches("input, select")) return;
  form.raw.value = held();
  fromRaw();
}

function offerNames() {
  const offered = [...accounts().map((name) => [name, name]), ["teacher", t("teacher (no throwaway account)")], ["nobody-at-all", "nobody-at-all"]];
  document.getElementById("names").replaceChildren(...offered.flatMap(([name, label]) => {
    const button = element("button", { type: "button", "data-name": name }, label);
    button.addEventListener("click", () => {
      form.elements.name.value = name;
      fromFields();
    });
    return [button, " "];
  }));
}

async function writeAndAsk() {
  const taken = write(form.raw.value);
  const { status: code, json } = await requestJson("GET", `${path}protected/`);
  const name = fieldsOf(held()).name;
  const [word, why, mood] = code === 200
    ? [t("Believed: the plain door takes you for %(name)s", { name: json.owner }), t("No password, no signature: the name was enough."), "bad"]
    : [t("Refused: %(code)s", { code }), name
      ? t("There is no throwaway account of this name, and the lab believes in no other.")
      : t("There is no name in it."), "plain"];
  result.replaceChildren(
    element("p.outcome", { "data-mood": mood }, word),
    ...(code === 200 ? [element("div.note", {}, element("strong", {}, json.title), json.body)] : []),
    element("p.facts", {}, `${why} ${t("Theme and language: reload the page, and the server draws it as the cookie says.")}`));
  if (taken) showStatus(status, word, { aloud: true });
  else showStatus(status, t("The browser did not take this value as it is."));
  announceChange();
}

if (form) {
  form.addEventListener("input", ({ target }) => (target.name === "raw" ? fromRaw() : fromFields()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    runTask(form.querySelector(".primary"), status, writeAndAsk);
  });
  document.getElementById("reload").addEventListener("click", () => location.reload());
  document.addEventListener("authcompare:redrawn", fromJar);
  // The accounts are made above, and anew at each reset: their names are offered there first.
  new MutationObserver(offerNames).observe(document.getElementById("cast"), { childList: true });
  fromJar();
  offerNames();
}
