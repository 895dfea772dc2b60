/* One injected script: can it read the credential, and what can it do without reading it? */

import { Alice } from "../browser-cast.js";
import { requestJson } from "../../../authcompare/js/api-client.js";
import { act, listen, loot } from "../../../lab/js/xss-payload.js";
import { t } from "../../../authcompare/js/render.js";

const TAKES = "takes the credential away";
const ACTS = "can only act while the page is open";
const NOTHING = "can do nothing";

const EDIT = "Written by an injected script";

export const alters = true;

export async function run(variant, { cast, progress }) {
  const alice = new Alice(variant, cast);
  await alice.signIn();
  try {
    progress(t("An injected script searches the page…"));
    const stolen = loot();
    const stop = listen();
    await alice.read();
    const overheard = stop();
    progress(t("Another machine tries the stolen data…"));
    const { taken, status } = await present(alice, variant, candidates(alice, variant, stolen, overheard));
    progress(t("It acts in the open page…"));
    const headers = taken && !variant.ambient ? { [variant.header]: `Bearer ${taken}` } : {};
    const acted = await act(`${variant.path}protected/`, { body: EDIT }, headers);
    alice.note(acted);
    const changed = (await alice.read()).body === EDIT;
    return await alice.observed(
      taken ? TAKES : changed ? ACTS : NOTHING,
      [t("read from document.cookie"), amount(stolen.cookies)],
      [t("read from localStorage"), amount(stolen.localStorage)],
      [t("read from sessionStorage"), amount(stolen.sessionStorage)],
      [t("seen in the page's own request"), inRequest(variant, overheard)],
      [t("the credential was part of it"), taken ? t("yes, %(n)s characters", { n: taken.length }) : t("no")],
      [t("sent from another machine"), status ?? t("nothing to send")],
      [t("the script's edit in the open page"), `${acted.status}, ${changed ? t("changed") : t("unchanged")}`],
    );
  } finally {
    await alice.signOut();
  }
}

/** Values that may be this variant's credential. The attacker knows where the page stores it. */
function candidates(alice, variant, stolen, overheard) {
  if (variant.header === "Cookie") return textsOf(variant.name, stolen.cookies);
  const sent = textsOf(variant.header, overheard).map((value) => value.split(" ").at(-1));
  const stored = textsOf(alice.client.key, [...stolen.localStorage, ...stolen.sessionStorage]);
  return [...stored.flatMap((text) => Object.values(JSON.parse(text))), ...sent];
}

const textsOf = (wanted, entries) => entries.filter(([name]) => name === wanted).map(([, text]) => text);

/** An attacker on another machine tries the stolen values until one is accepted as alice's. */
async function present(alice, { mechanism, variant: slug, path }, credentials) {
  for (const credential of credentials) {
    const body = { mechanism, variant: slug, credential };
    const { status, json } = await requestJson("POST", "/lab/api/present/", { body, ambient: false });
    if (status !== 200) throw new Error(json?.detail ?? String(status));
    const exchange = json.headers.find(([name]) => name.toLowerCase() === "exchange-id")?.[1];
    alice.note({ exchange, method: "GET", path: `${path}protected/`, status: json.status });
    const hers = json.status === 200 && JSON.parse(json.body).owner === alice.account.username;
    if (hers || credential === credentials.at(-1)) return { taken: hers && credential, status: json.status };
  }
  return {};
}

const amount = (entries) => t("%(n)s entries, %(all)s characters", {
  n: entries.length, all: entries.reduce((sum, [, text]) => sum + text.length, 0),
});

function inRequest({ header }, overheard) {
  const [value] = textsOf(header, overheard);
  if (!value) return t("no credential: the browser adds cookies later");
  return t("%(header)s, %(n)s characters", { header, n: value.length });
}
