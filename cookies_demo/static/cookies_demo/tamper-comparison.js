/* The same edit on the plain and on the signed cookie, and what each door says to it. */

import { ask } from "../mechanisms/js/variant-client.js";
import { tell } from "../authcompare/js/panel.js";
import { el, say } from "../authcompare/js/render.js";
import { Refused, attempt, get } from "./api-client.js";
import { accounts, fieldsOf, held, valueOf, write } from "./plain.js";

const panel = document.getElementById("cookie-panel");
const button = document.getElementById("edit-both");
const status = document.getElementById("beside-status");
const place = document.getElementById("beside");

/** Writes another name into the plain cookie, asks, and puts back what was there. */
async function editPlain() {
  const before = held();
  const fields = fieldsOf(before);
  if (!fields.name) throw new Refused(say("The plain cookie holds no name: sign in above first."));
  const [alice, bob] = accounts();
  const other = fields.name === bob ? alice : (bob ?? "bob");
  const after = valueOf({ ...fields, name: other });
  write(after);
  const { status: code, json } = await ask("GET", `${panel.dataset.path}protected/`);
  write(before);
  return { code, json, before: [fields.name], after: [other] };
}

/** Has a copy of the signed cookie presented by a clean client: as it is, and changed. */
async function editSigned() {
  const statement = document.querySelector("#signed-pieces .piece-1")?.textContent;
  if (!statement) throw new Refused(say("There is no signed cookie: sign in above first."));
  const { copy } = await get("POST", "/lab/api/copy/", { body: { mechanism: "cookie", variant: "signed" } });
  const replay = (tamper) => get("POST", "/lab/api/replay/", { body: { copy, tamper }, ambient: false });
  const untouched = await replay(false);
  const { status: code, body } = await replay(true);
  // The clean client puts bob in alice's place; where there is no alice, it changes one character.
  const after = statement.includes("alice") ? statement.replace("alice", "bob") : `${statement} ±1`;
  return { code, json: JSON.parse(body), untouched: untouched.status, before: [statement], after: [after] };
}

function card(title, how, { code, json, before, after, untouched }) {
  const believed = code === 200;
  const word = believed ? say("Believed: you are %(name)s", { name: json.owner }) : say("Refused: %(code)s", { code });
  return el("article.side", {},
    el("h3", {}, title),
    el("p.mono.edit", {}, el("del", {}, ...before), " ", el("ins", {}, ...after)),
    el("p.facts", {}, how),
    untouched ? el("p.facts", {}, say("The same copy, unchanged: %(code)s", { code: untouched })) : null,
    el("p.outcome", { "data-mood": believed ? "bad" : "good" }, el("span", { "aria-hidden": "true" }, believed ? "✗ " : "✓ "), word),
    el("p.facts", {}, believed ? say("It was changed, and nothing was checked.") : json?.detail ?? ""));
}

button?.addEventListener("click", () => attempt(button, status, async () => {
  place.replaceChildren();
  const plain = await editPlain();
  const signed = await editSigned();
  const cards = [
    card(say("Plain"), say("A script of this page wrote it, asked the door, and put back what was there."), plain),
    card(say("Signed"), say("No script can write it: the lab's clean client presented a changed copy."), signed),
  ];
  place.replaceChildren(...cards);
  const outcome = (each) => `${each.querySelector("h3").textContent}: ${each.querySelector(".outcome").lastChild.textContent}`;
  tell(status, cards.map(outcome).join(" · "), { aloud: true });
}));
