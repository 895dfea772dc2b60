/* Cookies with every combination of attributes: kept, seen by scripts, sent when another site's page asks? */

import { Alice, Elsewhere, came, needOtherSite, newReceipt } from "../browser-cast.js";
import { readCookie } from "../../../authcompare/js/cookie.js";
import { t } from "../../../authcompare/js/render.js";

const AS_SAID = "as the standard says";
const OTHERWISE = "otherwise";
const MAX_AGE = 600; // seconds: longer than this takes

export const alters = false;

export function prepare() {
  return new Elsewhere();
}

export const finish = (elsewhere) => elsewhere.close();

const both = [false, true];
const COMBINATIONS = [null, "Lax", "Strict", "None"].flatMap((samesite) =>
  both.flatMap((secure) => both.flatMap((httponly) => both.map((lasting) => ({ samesite, secure, httponly, lasting })))))
  .map((wanted, i) => ({ ...wanted, name: `try_${i}` }));

/* What the standard (RFC 6265bis) says, each a function of what was asked for. */
const RULES = {
  kept: ({ samesite, secure }) => (!secure || isSecureContext) && (samesite !== "None" || secure),
  seen: (wanted) => RULES.kept(wanted) && !wanted.httponly,
  fetch: (wanted) => RULES.kept(wanted) && wanted.samesite === "None",
  link: (wanted) => RULES.kept(wanted) && wanted.samesite !== "Strict",
  form: (wanted) => RULES.kept(wanted) && wanted.samesite === "None",
  lasting: (wanted) => wanted.lasting, // where the browser tells
};

/* What it leaves to the browser, where the browser does it to all of them alike. */
const FREE = {
  fetch: ({ samesite }) => samesite === "None", // third-party cookies may be kept back
  form: ({ samesite }) => samesite === null, // a young cookie without SameSite may go along
};

export async function run(door, { cast, prepared: elsewhere, progress }) {
  const site = needOtherSite();
  const alice = new Alice(door, cast); // she stays signed out: these cookies open nothing
  const names = COMBINATIONS.map(({ name }) => name).join(" ");
  try {
    for (const [n, wanted] of COMBINATIONS.entries()) {
      progress(t("Cookie %(n)s of %(all)s…", { n: n + 1, all: COMBINATIONS.length }));
      await request(alice, wanted);
    }
    const echo = await alice.door.request("GET", "lab/echo/here/");
    alice.note(echo);
    const sent = { here: new Set(echo.json.cookies.map(({ name }) => name)) };
    for (const how of ["get", "link", "form"]) {
      progress(t("Another site asks…"));
      sent[how] = await sentBy(alice, door, elsewhere, site, how);
    }
    const ends = await lifetimes(names.split(" "));
    const rows = COMBINATIONS.map((wanted) => ({
      wanted,
      kept: sent.here.has(wanted.name),
      seen: readCookie(wanted.name) !== null,
      fetch: sent.get.has(wanted.name),
      link: sent.link.has(wanted.name),
      form: sent.form.has(wanted.name),
      lasting: ends.get(wanted.name) ?? null,
    }));
    const wrong = deviations(rows);
    return await alice.observed(wrong.length ? OTHERWISE : AS_SAID, ...facts(rows, wrong, ends));
  } finally {
    await alice.door.request("POST", "lab/clean-up/", { body: { names } });
  }
}

async function request(alice, { name, samesite, secure, httponly, lasting }) {
  const body = { name: name.replace("try_", ""), secure, httponly };
  if (samesite) body.samesite = samesite;
  if (lasting) body.max_age = MAX_AGE;
  const answer = await alice.door.request("POST", "lab/try/", { body });
  if (answer.status !== 200) throw new Error(answer.json?.detail ?? String(answer.status));
}

/** The names that come along when another site causes a request to this one. */
async function sentBy(alice, door, elsewhere, site, how) {
  const receipt = newReceipt();
  const path = `/lab/form/${door.mechanism}/${door.variant}/`;
  await elsewhere.visit(site);
  await elsewhere.send(how, `${path}?receipt=${receipt}`);
  const arrived = await came(receipt);
  if (!arrived) throw new Error(t("The other site's request never arrived."));
  alice.note({ method: arrived.method, path, status: arrived.status });
  return new Set(Object.keys(arrived.cookies));
}

/** {name: does it have an end?} of those whose end this browser tells to scripts. */
async function lifetimes(names) {
  const told = (await globalThis.cookieStore?.getAll()) ?? [];
  return new Map(told.filter((cookie) => names.includes(cookie.name) && "expires" in cookie).map(({ name, expires }) => [name, expires !== null]));
}

/** Where a browser did otherwise: [name of the observation, combination]. */
function deviations(rows) {
  return Object.keys(RULES).flatMap((what) => {
    const free = rows.filter(({ wanted }) => FREE[what]?.(wanted) && RULES.kept(wanted));
    const alike = new Set(free.map((row) => row[what])).size === 1;
    return rows
      .filter((row) => row[what] !== null && row[what] !== RULES[what](row.wanted) && !(alike && free.includes(row)))
      .map(({ wanted }) => [what, wanted]);
  });
}

const title = ({ samesite, secure }) => [samesite ? `SameSite=${samesite}` : t("no SameSite"), ...(secure ? ["Secure"] : [])].join("; ");

const line = (wanted) => [title(wanted), ...(wanted.httponly ? ["HttpOnly"] : []), ...(wanted.lasting ? ["Max-Age"] : [])].join("; ");

/** One line for each SameSite and Secure: the other two attributes only decide what scripts see, and until when. */
function facts(rows, wrong, ends) {
  const titles = [...new Set(rows.map(({ wanted }) => title(wanted)))];
  const table = titles.map((each) => {
    const of = rows.filter(({ wanted }) => title(wanted) === each);
    const values = { all: of.length };
    for (const what of Object.keys(RULES)) values[what] = of.filter((row) => row[what]).length;
    return [each, values.kept
      ? t("%(kept)s of %(all)s kept, %(seen)s seen by scripts; sent by another site's script %(fetch)s, link %(link)s, form %(form)s", values)
      : t("none of %(all)s kept", values)];
  });
  return [
    ...table,
    [t("have an end, of those whose end scripts see"), t("%(n)s of %(all)s", { n: [...ends.values()].filter(Boolean).length, all: ends.size })],
    [t("otherwise than the standard says"), wrong.map(([what, wanted]) => `${what}: ${line(wanted)}`).join(" · ") || t("none")],
  ];
}
