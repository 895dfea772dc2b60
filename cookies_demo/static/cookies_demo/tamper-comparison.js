/* Makes the same change in the plain and in the signed cookie, and shows both doors' responses. */

import { Refused, requestJson, requestJsonOrThrow } from "../authcompare/js/api-client.js";
import { runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { accounts, fieldsOf, readValue, valueOf, write } from "./plain.js";

const panel = document.getElementById("cookie-panel");
const button = document.getElementById("edit-both");
const status = document.getElementById("beside-status");
const place = document.getElementById("beside");

/** Write another name into the plain cookie, read the note, and restore the cookie. */
async function editPlain() {
  const before = readValue();
  const fields = fieldsOf(before);
  if (!fields.name) throw new Refused(t("The plain cookie contains no name. Sign in above first."));
  const [alice, bob] = accounts();
  const other = fields.name === bob ? alice : (bob ?? "bob");
  const after = valueOf({ ...fields, name: other });
  write(after);
  const { status: code, json } = await requestJson("GET", `${panel.dataset.path}protected/`);
  write(before);
  return { code, json, before: [fields.name], after: [other] };
}

/** Let the lab's clean client send a copy of the signed cookie, unchanged and changed. */
async function editSigned() {
  const statement = document.querySelector("#signed-pieces .piece-1")?.textContent;
  if (!statement) throw new Refused(t("There is no signed cookie. Sign in above first."));
  const signedDoor = { mechanism: "cookie", variant: "signed" };
  const { copy } = await requestJsonOrThrow("POST", "/lab/api/copy/", { body: signedDoor });
  const replay = (tamper) =>
    requestJsonOrThrow("POST", "/lab/api/replay/", { body: { copy, tamper }, ambient: false });
  const untouched = await replay(false);
  const { status: code, body } = await replay(true);
  // The clean client replaces alice by bob; without alice, it changes one character.
  const after = statement.includes("alice") ? statement.replace("alice", "bob") : `${statement} ±1`;
  return { code, json: JSON.parse(body), untouched: untouched.status, before: [statement], after: [after] };
}

function card(title, how, { code, json, before, after, untouched }) {
  const accepted = code === 200;
  const word = accepted ? t("Accepted: you are %(name)s", { name: json.owner }) : t("Refused: %(code)s", { code });
  const mark = element("span", { "aria-hidden": "true" }, accepted ? "✗ " : "✓ ");
  return element("article.side", {},
    element("h3", {}, title),
    element("p.mono.edit", {}, element("del", {}, ...before), " ", element("ins", {}, ...after)),
    element("p.facts", {}, how),
    untouched ? element("p.facts", {}, t("The same copy, unchanged: %(code)s", { code: untouched })) : null,
    element("p.outcome", { "data-mood": accepted ? "bad" : "good" }, mark, word),
    element("p.facts", {}, accepted ? t("The server did not notice the change.") : json?.detail ?? ""));
}

button?.addEventListener("click", () => runTask(button, status, async () => {
  place.replaceChildren();
  const plain = await editPlain();
  const signed = await editSigned();
  const cards = [
    card(t("Plain"), t("A script of this page changed the cookie, read the note, and restored the cookie."), plain),
    card(t("Signed"), t("Scripts cannot change this cookie, so the lab's clean client sent a changed copy."), signed),
  ];
  place.replaceChildren(...cards);
  const texts = cards.map((each) =>
    `${each.querySelector("h3").textContent}: ${each.querySelector(".outcome").lastChild.textContent}`);
  showStatus(status, texts.join(" · "), { aloud: true });
}));
