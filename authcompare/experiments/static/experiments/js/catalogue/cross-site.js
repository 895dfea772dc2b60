/* Another site, and another port of the same host: which requests carry a credential, and which change the note? */

import { Alice, OtherSite, received, needOtherSite, newReceipt, otherPort } from "../browser-cast.js";
import { t } from "../../../authcompare/js/render.js";

const CHANGES = "changes the note";
const NOTHING = "changes nothing";

export const alters = true;

export function prepare() {
  return new OtherSite();
}

export const finish = (otherSite) => otherSite.close();

/* The form is first: some browsers send only a young cookie with it. */
const WAYS = [
  { how: "form", method: "POST", there: t("a form, from another site"), near: t("a form, from another port") },
  {
    how: "fetch",
    method: "POST",
    there: t("a script's request, from another site"),
    near: t("a script's request, from another port"),
  },
  { how: "link", method: "GET", there: t("a link, from another site"), near: t("a link, from another port") },
];

export async function run(variant, { cast, prepared: otherSite, progress }) {
  const site = needOtherSite();
  const alice = new Alice(variant, cast);
  await alice.signIn();
  try {
    const attack = new Attack(alice, variant, otherSite, progress);
    const facts = [];
    for (const way of WAYS) facts.push([way.there, await attack.by(way, site)]);
    facts.push([t("its own PATCH, by a script of another site"), await attack.patch(site)]);
    const outcome = attack.succeeded ? CHANGES : NOTHING;
    const port = await otherPort();
    const reached = port !== null && await otherSite.visit(port).then(() => true, () => false);
    for (const way of WAYS) facts.push([way.near, reached ? await attack.by(way, port) : t("not observed")]);
    return await alice.observed(outcome, ...facts);
  } finally {
    await alice.signOut();
  }
}

/** The attempts at one variant. After each one, alice reads the note with her own credential: this is the evidence. */
class Attack {
  succeeded = false; // true when an attempt has changed the note
  attempts = 0;

  constructor(alice, variant, otherSite, progress) {
    Object.assign(this, { alice, variant, otherSite, progress });
  }

  /** A request that a form can send, with the receipt that tells what the server received. */
  async by({ how, method, there }, origin) {
    this.progress(there);
    const { mechanism, variant: slug, name, header } = this.variant;
    const path = `/lab/form/${mechanism}/${slug}/`;
    const receipt = newReceipt();
    await this.otherSite.visit(origin);
    await this.otherSite.send(how, `${path}?receipt=${receipt}`, this.newText());
    const arrived = await received(receipt);
    if (!arrived) return t("it never arrived");
    const { status } = arrived;
    this.alice.note({ method, path, status }, curl(method, path, origin));
    const isSent = header === "Cookie" ? name in arrived.cookies : arrived.authorization;
    return [isSent ? t("credential sent") : t("no credential"), status, await this.result()].join(", ");
  }

  /** The API's PATCH: a form cannot send it, and for a script the browser first asks the server. */
  async patch(origin) {
    await this.otherSite.visit(origin);
    const { sent } = await this.otherSite.send("patch", `${this.variant.path}protected/`, this.newText());
    return [sent ? t("sent") : t("blocked by the browser"), await this.result()].join(", ");
  }

  /** Each attempt writes its own text. */
  newText() {
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

/** The same request without the headers that a browser adds automatically. */
function curl(method, path, origin) {
  const body = method === "POST" ? " --data-urlencode 'body=Written by another site'" : "";
  return `curl -i -X ${method} '${location.origin}${path}' -H 'Origin: ${origin}'${body}`;
}
