/* Another site, and another port of the same host: which of their requests carry a credential, and which change the note? */

import { Alice, Elsewhere, came, needOtherSite, newReceipt, otherPort } from "../browser-cast.js";
import { t } from "../../../authcompare/js/render.js";

const CHANGES = "changes the note";
const NOTHING = "changes nothing";

export const alters = true;

export function prepare() {
  return new Elsewhere();
}

export const finish = (elsewhere) => elsewhere.close();

/* A form goes first: some browsers send a young cookie with it, and not an old one. */
const WAYS = [
  { how: "form", method: "POST", there: t("a form, from another site"), near: t("a form, from another port") },
  { how: "fetch", method: "POST", there: t("a script's request, from another site"), near: t("a script's request, from another port") },
  { how: "link", method: "GET", there: t("a link, from another site"), near: t("a link, from another port") },
];

export async function run(door, { cast, prepared: elsewhere, progress }) {
  const site = needOtherSite();
  const alice = new Alice(door, cast);
  await alice.signIn();
  try {
    const attack = new Attack(alice, door, elsewhere, progress);
    const facts = [];
    for (const way of WAYS) facts.push([way.there, await attack.by(way, site)]);
    facts.push([t("its own PATCH, by a script of another site"), await attack.patch(site)]);
    const outcome = attack.succeeded ? CHANGES : NOTHING;
    const port = await otherPort();
    const reached = port !== null && await elsewhere.visit(port).then(() => true, () => false);
    for (const way of WAYS) facts.push([way.near, reached ? await attack.by(way, port) : t("not observed")]);
    return await alice.observed(outcome, ...facts);
  } finally {
    await alice.signOut();
  }
}

/** The attempts at one door. After each the note is read with the door's own credential: that is the evidence. */
class Attack {
  succeeded = false; // has any of them changed the note?
  attempts = 0;

  constructor(alice, door, elsewhere, progress) {
    Object.assign(this, { alice, door, elsewhere, progress });
  }

  /** What a form can send: here with the receipt that tells what came along. */
  async by({ how, method, there }, origin) {
    this.progress(there);
    const { mechanism, variant, name, header } = this.door;
    const path = `/lab/form/${mechanism}/${variant}/`;
    const receipt = newReceipt();
    await this.elsewhere.visit(origin);
    await this.elsewhere.send(how, `${path}?receipt=${receipt}`, this.words());
    const arrived = await came(receipt);
    if (!arrived) return t("it never arrived");
    const { status } = arrived;
    this.alice.note({ method, path, status }, curl(method, path, origin));
    const carried = header === "Cookie" ? name in arrived.cookies : arrived.authorization;
    return [carried ? t("credential sent") : t("no credential"), status, await this.result()].join(", ");
  }

  /** What the API takes: a form can not send it, and before a script's the browser asks the server. */
  async patch(origin) {
    await this.elsewhere.visit(origin);
    const { sent } = await this.elsewhere.send("patch", `${this.door.path}protected/`, this.words());
    return [sent ? t("sent") : t("kept back by the browser"), await this.result()].join(", ");
  }

  /** Each attempt writes words of its own. */
  words() {
    this.attempts += 1;
    this.body = `Written by another site (${this.attempts})`;
    return { body: this.body };
  }

  async result() {
    const changed = (await this.alice.read()).body === this.body;
    this.succeeded ||= changed;
    return changed ? t("changed") : t("unchanged");
  }
}

/** The same request without what a browser would add by itself. */
function curl(method, path, origin) {
  const body = method === "POST" ? " --data-urlencode 'body=Written by another site'" : "";
  return `curl -i -X ${method} '${location.origin}${path}' -H 'Origin: ${origin}'${body}`;
}
