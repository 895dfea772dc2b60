/* The same edit on the plain and on the signed cookie, and what each door says to it. */

import { Refused, requestJson, requestJsonOrThrow } from "../authcompare/js/api-client.js";
import { runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { accounts, fieldsOf, held, valueOf, write } from "./plain.js";

const panel = document.getElementById("cookie-panel");
const button = document.getElementById("edit-both");
const status = document.getElementById("beside-status");
const place = document.getElementById("beside");

/** Writes another name into the plain cookie, asks, and puts back what was there. */
async function editPlain() {
  const before = held();
  const fields = fieldsOf(before);
  if (!fields.name) throw new Refused(t("The plain cookie holds no name: sign in above first."));
  const [alice, bob] = accounts();
  const other = fields.name === bob ? alice : (bob ?? "bob");
  const after = valueOf({ ...fields, name: other });
  write(after);
  const { status: code, json } = await requestJson("GET", `${panel.dataset.path}protected/`);
  write(before);
  return { code, json, before: [fields.name], after: [other] };
}

/** Has a copy of the signed cookie presented by a clean client: as it is, and changed. */
async function editSigned() {
  const statement = document.querySelector("#signed-pieces .piece-1")?.textContent;
  if (!statement) throw new Refused(t("There is no signed cookie: sign in above first."));
  const { copy } = await requestJsonOrThrow("POST", "/lab/api/copy/", { body: { mechanism: "cookie", variant: "signed" } });
  const replay = (tamper) => requestJsonOrThrow("POST", "/lab/api/replay/", { body: { copy, tamper }, ambient: false });
  const untouched = await replay(false);
  const { status: code, body } = await replay(true);
  // The clean client puts bob in alice's place; where there is no alice, it changes one character.
  const after = statement.includes("alice") ? statement.replace("alice", "bob") : `${statement} ±1`;
  return { code, json: JSON.parse(body), untouched: untouched.status, before: [statement], after: [after] };
}

function card(title, how, { code, json, before, after, untouched }) {
  const believed = code === 200;
  const word = believed ? t("Believed: you are %(name)s", { name: json.owner }) : t("Refused: %(code)s", { code });
  return element("article.side", {},
    element("h3", {}, title),
    element("p.mono.edit", {}, element("del", {}, ...before), " ", element("ins", {}, ...after)),
    element("p.facts", {}, how),
    untouched ? element("p.facts", {}, t("The same copy, unchanged: %(code)s", { code: untouched })) : null,
    element("p.outcome", { "data-mood": believed ? "bad" : "good" }, element("span", { "aria-hidden": "true" }, believed ? "✗ " : "✓ "), word),
    element("p.facts", {}, believed ? t("It was changed, and nothing was checked.") : json?.detail ?? ""));
}

button?.addEventListener("click", () => runTask(button, status, async () => {
  place.replaceChildren();
  const plain = await editPlain();
  const signed = await editSigned();
  const cards = [
    card(t("Plain"), t("A script of this page wrote it, asked the door, and put back what was there."), plain),
    card(t("Signed"), t("No script can write it: the lab's clean client presented a changed copy."), signed),
  ];
  place.replaceChildren(...cards);
  const outcome = (each) => `${each.querySelector("h3").textContent}: ${each.querySelector(".outcome").lastChild.textContent}`;
  showStatus(status, cards.map(outcome).join(" · "), { aloud: true });
}));
