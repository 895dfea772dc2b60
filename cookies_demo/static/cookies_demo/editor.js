/* The editor of the plain cookie: three fields and the value itself, each following the other. */

import { ask } from "../mechanisms/js/variant-client.js";
import { changed, tell } from "../authcompare/js/panel.js";
import { el, say } from "../authcompare/js/render.js";
import { attempt } from "./api-client.js";
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
  const offered = [...accounts().map((name) => [name, name]), ["teacher", say("teacher (no throwaway account)")], ["nobody-at-all", "nobody-at-all"]];
  document.getElementById("names").replaceChildren(...offered.flatMap(([name, label]) => {
    const button = el("button", { type: "button", "data-name": name }, label);
    button.addEventListener("click", () => {
      form.elements.name.value = name;
      fromFields();
    });
    return [button, " "];
  }));
}

async function writeAndAsk() {
  const taken = write(form.raw.value);
  const { status: code, json } = await ask("GET", `${path}protected/`);
  const name = fieldsOf(held()).name;
  const [word, why, mood] = code === 200
    ? [say("Believed: the plain door takes you for %(name)s", { name: json.owner }), say("No password, no signature: the name was enough."), "bad"]
    : [say("Refused: %(code)s", { code }), name
      ? say("There is no throwaway account of this name, and the lab believes in no other.")
      : say("There is no name in it."), "plain"];
  result.replaceChildren(
    el("p.outcome", { "data-mood": mood }, word),
    ...(code === 200 ? [el("div.note", {}, el("strong", {}, json.title), json.body)] : []),
    el("p.facts", {}, `${why} ${say("Theme and language: reload the page, and the server draws it as the cookie says.")}`));
  if (taken) tell(status, word, { aloud: true });
  else tell(status, say("The browser did not take this value as it is."));
  changed();
}

if (form) {
  form.addEventListener("input", ({ target }) => (target.name === "raw" ? fromRaw() : fromFields()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector(".primary"), status, writeAndAsk);
  });
  document.getElementById("reload").addEventListener("click", () => location.reload());
  document.addEventListener("authcompare:redrawn", fromJar);
  // The accounts are made above, and anew at each reset: their names are offered there first.
  new MutationObserver(offerNames).observe(document.getElementById("cast"), { childList: true });
  fromJar();
  offerNames();
}
