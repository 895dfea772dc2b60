/* The editor of the plain cookie: a change of the three fields updates the value, and the other way round. */

import { requestJson } from "../authcompare/js/api-client.js";
import { announceChange, runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { accounts, assignment, fieldsOf, readValue, valueOf, write } from "./plain.js";

const { path } = document.getElementById("cookie-panel").dataset;
const form = document.getElementById("prefs-editor");
const status = document.getElementById("prefs-status");
const result = document.getElementById("prefs-result");
const FIELDS = ["theme", "language", "name"];

function showScript() {
  const script = `document.cookie = ${JSON.stringify(assignment(form.raw.value))}`;
  document.getElementById("prefs-script").textContent = script;
}

function fromFields() {
  form.raw.value = valueOf(Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value])));
  showScript();
}

function fromRaw() {
  const fields = fieldsOf(form.raw.value);
  for (const name of FIELDS) form.elements[name].value = fields[name];
  showScript();
}

/** Show the stored cookie, unless the user is typing. */
function fromCookie() {
  if (form.contains(document.activeElement) && document.activeElement.matches("input, select")) return;
  form.raw.value = readValue();
  fromRaw();
}

function offerNames() {
  const names = accounts().map((name) => [name, name]);
  const others = [["teacher", t("teacher (no sandbox account)")], ["nobody-at-all", "nobody-at-all"]];
  document.getElementById("names").replaceChildren(...[...names, ...others].flatMap(([name, label]) => {
    const button = element("button", { type: "button", "data-name": name }, label);
    button.addEventListener("click", () => {
      form.elements.name.value = name;
      fromFields();
    });
    return [button, " "];
  }));
}

/** Return the verdict on the plain door's response: {word, why, mood}. */
function judge({ status: code, json }, name) {
  if (code === 200) {
    const word = t("Accepted: the plain door takes you for %(name)s", { name: json.owner });
    return { word, why: t("It checks neither a password nor a signature: the name is enough."), mood: "bad" };
  }
  const why = name
    ? t("There is no sandbox account with this name, and the plain door accepts no other account.")
    : t("The cookie contains no name.");
  return { word: t("Refused: %(code)s", { code }), why, mood: "plain" };
}

async function writeAndRead() {
  const stored = write(form.raw.value);
  const response = await requestJson("GET", `${path}protected/`);
  const { word, why, mood } = judge(response, fieldsOf(readValue()).name);
  const { title, body } = response.json ?? {};
  const note = response.status === 200 ? [element("div.note", {}, element("strong", {}, title), body)] : [];
  const hint = t("Theme and language: reload the page to see the new values.");
  result.replaceChildren(
    element("p.outcome", { "data-mood": mood }, word), ...note, element("p.facts", {}, `${why} ${hint}`));
  if (stored) showStatus(status, word, { aloud: true });
  else showStatus(status, t("The browser did not store this value unchanged."));
  announceChange();
}

if (form) {
  form.addEventListener("input", ({ target }) => (target.name === "raw" ? fromRaw() : fromFields()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    runTask(form.querySelector(".primary"), status, writeAndRead);
  });
  document.getElementById("reload").addEventListener("click", () => location.reload());
  document.addEventListener("authcompare:redrawn", fromCookie);
  // The side-by-side table creates the accounts, again at each reset, and lists their names first.
  new MutationObserver(offerNames).observe(document.getElementById("cast"), { childList: true });
  fromCookie();
  offerNames();
}
