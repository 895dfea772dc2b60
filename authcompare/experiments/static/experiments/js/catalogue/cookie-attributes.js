/* Cookies with every combination of attributes: stored, visible to scripts, sent with another site's requests? */

import { Alice, OtherSite, received, needOtherSite, newReceipt } from "../browser-cast.js";
import { readCookie } from "../../../authcompare/js/cookie.js";
import { t } from "../../../authcompare/js/render.js";

const AS_SAID = "as the standard says";
const OTHERWISE = "otherwise";
const MAX_AGE = 600; // seconds: longer than this takes

export const alters = false;

export function prepare() {
  return new OtherSite();
}

export const finish = (otherSite) => otherSite.close();

const both = [false, true];
const COMBINATIONS = [null, "Lax", "Strict", "None"].flatMap((samesite) =>
  both.flatMap((secure) => both.flatMap((httponly) => both.map((lasting) =>
    ({ samesite, secure, httponly, lasting })))))
  .map((wanted, i) => ({ ...wanted, name: `try_${i}` }));

/* What the standard (RFC 6265bis) requires, as functions of the requested attributes. */
const RULES = {
  kept: ({ samesite, secure }) => (!secure || isSecureContext) && (samesite !== "None" || secure),
  seen: (wanted) => RULES.kept(wanted) && !wanted.httponly,
  fetch: (wanted) => RULES.kept(wanted) && wanted.samesite === "None",
  link: (wanted) => RULES.kept(wanted) && wanted.samesite !== "Strict",
  form: (wanted) => RULES.kept(wanted) && wanted.samesite === "None",
  lasting: (wanted) => wanted.lasting, // if the browser shows it to scripts
};

/* What it leaves to the browser, if the browser treats all of them alike. */
const FREE = {
  fetch: ({ samesite }) => samesite === "None", // a browser may block third-party cookies
  form: ({ samesite }) => samesite === null, // a browser may send a young cookie without SameSite
};

export async function run(variant, { cast, prepared: otherSite, progress }) {
  const site = needOtherSite();
  const alice = new Alice(variant, cast); // she stays signed out: these cookies are no credentials
  const names = COMBINATIONS.map(({ name }) => name).join(" ");
  try {
    for (const [n, wanted] of COMBINATIONS.entries()) {
      progress(t("Cookie %(n)s of %(all)s…", { n: n + 1, all: COMBINATIONS.length }));
      await request(alice, wanted);
    }
    const echo = await alice.client.request("GET", "lab/echo/here/");
    alice.note(echo);
    const sent = { here: new Set(echo.json.cookies.map(({ name }) => name)) };
    for (const how of ["get", "link", "form"]) {
      progress(t("Another site sends a request…"));
      sent[how] = await sentBy(alice, variant, otherSite, site, how);
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
    await alice.client.request("POST", "lab/clean-up/", { body: { names } });
  }
}

async function request(alice, { name, samesite, secure, httponly, lasting }) {
  const body = { name: name.replace("try_", ""), secure, httponly };
  if (samesite) body.samesite = samesite;
  if (lasting) body.max_age = MAX_AGE;
  const answer = await alice.client.request("POST", "lab/try/", { body });
  if (answer.status !== 200) throw new Error(answer.json?.detail ?? String(answer.status));
}

/** The names of the cookies that the browser sends with a request from another site. */
async function sentBy(alice, { mechanism, variant: slug }, otherSite, site, how) {
  const receipt = newReceipt();
  const path = `/lab/form/${mechanism}/${slug}/`;
  await otherSite.visit(site);
  await otherSite.send(how, `${path}?receipt=${receipt}`);
  const arrived = await received(receipt);
  if (!arrived) throw new Error(t("The other site's request never arrived."));
  alice.note({ method: arrived.method, path, status: arrived.status });
  return new Set(Object.keys(arrived.cookies));
}

/** {name: true if it has an expiry time}, for the cookies whose expiry time this browser shows to scripts. */
async function lifetimes(names) {
  const all = (await globalThis.cookieStore?.getAll()) ?? [];
  const shown = all.filter((cookie) => names.includes(cookie.name) && "expires" in cookie);
  return new Map(shown.map(({ name, expires }) => [name, expires !== null]));
}

/** Deviations of this browser from the standard: [name of the observation, combination]. */
function deviations(rows) {
  return Object.keys(RULES).flatMap((what) => {
    const free = rows.filter(({ wanted }) => FREE[what]?.(wanted) && RULES.kept(wanted));
    const alike = new Set(free.map((row) => row[what])).size === 1;
    return rows
      .filter((row) => row[what] !== null && row[what] !== RULES[what](row.wanted) && !(alike && free.includes(row)))
      .map(({ wanted }) => [what, wanted]);
  });
}

const join = (...parts) => parts.filter(Boolean).join("; ");

const title = ({ samesite, secure }) => join(samesite ? `SameSite=${samesite}` : t("no SameSite"), secure && "Secure");

const line = (wanted) => join(title(wanted), wanted.httponly && "HttpOnly", wanted.lasting && "Max-Age");

/** One line for each SameSite and Secure. The other two attributes only affect scripts and the lifetime. */
function facts(rows, wrong, ends) {
  const titles = [...new Set(rows.map(({ wanted }) => title(wanted)))];
  const table = titles.map((each) => {
    const of = rows.filter(({ wanted }) => title(wanted) === each);
    const n = { all: of.length };
    for (const what of Object.keys(RULES)) n[what] = of.filter((row) => row[what]).length;
    if (!n.kept) return [each, t("none of %(all)s stored", n)];
    const own = t("%(kept)s of %(all)s stored, %(seen)s visible to scripts", n);
    const other = t("sent with another site's script %(fetch)s, link %(link)s, form %(form)s", n);
    return [each, `${own}; ${other}`];
  });
  return [
    ...table,
    [
      t("with an expiry time, of those whose expiry time scripts see"),
      t("%(n)s of %(all)s", { n: [...ends.values()].filter(Boolean).length, all: ends.size }),
    ],
    [
      t("deviations from the standard"),
      wrong.map(([what, wanted]) => `${what}: ${line(wanted)}`).join(" · ") || t("none"),
    ],
  ];
}
