/* One injected script: what of the credential can it read, and what can it do without? */

import { Alice } from "../browser-cast.js";
import { requestJson } from "../../../authcompare/js/api-client.js";
import { act, listen, loot } from "../../../lab/js/xss-payload.js";
import { t } from "../../../authcompare/js/render.js";

const TAKES = "takes the credential away";
const ACTS = "can only act while the page is open";
const NOTHING = "can do nothing";

const EDIT = "Written by an injected script";

export const alters = true;

export async function run(door, { cast, progress }) {
  const alice = new Alice(door, cast);
  await alice.signIn();
  try {
    progress(t("An injected script looks around…"));
    const found = loot();
    const stop = listen();
    await alice.read();
    const heard = stop();
    progress(t("What it has found is presented elsewhere…"));
    const { taken, status } = await present(alice, door, candidates(alice, door, found, heard));
    progress(t("It acts in the open page…"));
    const headers = taken && !door.ambient ? { [door.header]: `Bearer ${taken}` } : {};
    const acted = await act(`${door.path}protected/`, { body: EDIT }, headers);
    alice.note(acted);
    const changed = (await alice.read()).body === EDIT;
    return await alice.observed(
      taken ? TAKES : changed ? ACTS : NOTHING,
      [t("read from document.cookie"), amount(found.cookies)],
      [t("read from localStorage"), amount(found.localStorage)],
      [t("read from sessionStorage"), amount(found.sessionStorage)],
      [t("overheard when the page sent its own request"), overheard(door, heard)],
      [t("the credential was among it"), taken ? t("yes, %(n)s characters", { n: taken.length }) : t("no")],
      [t("presented from a clean client"), status ?? t("nothing to present")],
      [t("its edit in the open page"), `${acted.status}, ${changed ? t("changed") : t("unchanged")}`],
    );
  } finally {
    await alice.signOut();
  }
}

/** What may open this door, for whoever knows where the page keeps it. */
function candidates(alice, door, found, heard) {
  if (door.header === "Cookie") return textsOf(door.name, found.cookies);
  const sent = textsOf(door.header, heard).map((value) => value.split(" ").at(-1));
  const stored = textsOf(alice.door.key, [...found.localStorage, ...found.sessionStorage]);
  return [...stored.flatMap((text) => Object.values(JSON.parse(text))), ...sent];
}

const textsOf = (wanted, found) => found.filter(([name]) => name === wanted).map(([, text]) => text);

/** Somebody on another machine tries what the script has sent there, until something lets them in as alice. */
async function present(alice, { mechanism, variant, path }, credentials) {
  for (const credential of credentials) {
    const { status, json } = await requestJson("POST", "/lab/api/present/", { body: { mechanism, variant, credential }, ambient: false });
    if (status !== 200) throw new Error(json?.detail ?? String(status));
    const exchange = json.headers.find(([name]) => name.toLowerCase() === "exchange-id")?.[1];
    alice.note({ exchange, method: "GET", path: `${path}protected/`, status: json.status });
    const hers = json.status === 200 && JSON.parse(json.body).owner === alice.account.username;
    if (hers || credential === credentials.at(-1)) return { taken: hers && credential, status: json.status };
  }
  return {};
}

const amount = (found) => t("%(n)s entries, %(all)s characters", {
  n: found.length, all: found.reduce((sum, [, text]) => sum + text.length, 0),
});

function overheard(door, heard) {
  const [value] = textsOf(door.header, heard);
  return value ? t("%(header)s, %(n)s characters", { header: door.header, n: value.length }) : t("no credential: the browser adds cookies later");
}
