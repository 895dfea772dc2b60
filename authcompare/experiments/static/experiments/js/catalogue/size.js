/* What is carried grows until it breaks: a cookie in the browser, a header at the server; and localStorage, for comparison. */

import { came, newReceipt, pause } from "../browser-cast.js";
import { readCookie } from "../../../authcompare/js/cookie.js";
import { t } from "../../../authcompare/js/render.js";

const COOKIE = "a cookie stops at about 4 KB, silently";
const HEADER = "a header stops where the server says";
const NOWHERE = "nowhere";

const NAME = "try_size"; // of the cookie, and of the entry in localStorage: both are gone afterwards
const ENOUGH = 2 ** 20; // bytes: beyond this nobody looks for the end of a cookie or of a header

export const alters = false;

export async function run(door, { progress }) {
  progress(t("How much does localStorage take?"));
  const stored = await quota();
  progress(t("How much can be carried?"));
  const found = await (door.header === "Cookie" ? cookie : header)(door);
  found.facts.push([t("localStorage takes, in characters"), stored.most], [t("and a thousand more"), stored.beyond || t("as well")]);
  return found;
}

/** The limit, from a number below it: doubled until one does not fit, then halved in between. Resolves with
    {most, beyond}: the largest number that fits and the smallest that does not, `precision` apart; null for no such. */
async function limit(fits, from, { precision = 1, enough = ENOUGH } = {}) {
  let [most, beyond] = [null, from];
  while (await fits(beyond)) {
    if (beyond >= enough) return { most: beyond, beyond: null };
    [most, beyond] = [beyond, beyond * 2];
  }
  while (beyond - (most ?? 0) > precision) {
    const middle = Math.floor((most + beyond) / 2);
    if (await fits(middle)) most = middle;
    else beyond = middle;
  }
  return { most, beyond };
}

/* ---- in a cookie: the browser ends it ---- */

function keeps(bytes) {
  const value = "x".repeat(bytes - NAME.length);
  forget();
  document.cookie = `${NAME}=${value}; path=/; samesite=strict`; // what is too long makes no error
  return readCookie(NAME) === value;
}

const forget = () => {
  document.cookie = `${NAME}=; path=/; max-age=0`;
};

async function cookie({ mechanism, variant }) {
  try {
    if (!keeps(64)) throw new Error(t("This browser keeps no cookies."));
    const { most, beyond } = await limit(keeps, 64);
    keeps(most);
    const receipt = newReceipt();
    const path = `/lab/form/${mechanism}/${variant}/`;
    const { status } = await fetch(`${path}?receipt=${receipt}`);
    const arrived = (await came(receipt))?.cookies[NAME];
    return {
      outcome: beyond && Math.abs(most - 4096) < 100 && arrived === most ? COOKIE : `at ${most} bytes`,
      facts: [
        [t("the largest cookie that the browser keeps, in bytes of name and value"), most],
        [t("one byte more"), beyond ? t("dropped, without an error") : t("kept")],
        [t("bytes of it that reach the server"), arrived ?? 0],
      ],
      sent: [{ exchange: "", method: "GET", path, status, curl: curl(path, `Cookie: ${NAME}=`, most - NAME.length) }],
    };
  } finally {
    forget();
  }
}

/** The same request in a shell: a header of so many x, piped in, since it is too long for a command line. */
const curl = (path, header, count) =>
  `(printf '${header}'; head -c ${count} /dev/zero | tr '\\0' x) | curl -i '${location.origin}${path}' -H @-`;

/* ---- in a header: the server ends it ---- */

const BEARER = "Authorization: Bearer ";
const PATH = "/healthz"; // the whole server has one limit, whatever is asked of it

/** What the server answers to a header of so many bytes: a status, or that it closes the connection. */
async function answer(bytes) {
  try {
    const headers = { Authorization: `Bearer ${"x".repeat(bytes - BEARER.length)}` };
    return (await fetch(PATH, { headers, credentials: "omit", cache: "no-store" })).status;
  } catch {
    return t("it closes the connection");
  }
}

async function header() {
  let refusal = null; // the last
  const taken = async (bytes) => {
    const status = await answer(bytes);
    if (status !== 200) refusal = status;
    return status === 200;
  };
  // No finer: to the byte, it depends on how a header is cut into packets on its way.
  const { most, beyond } = await limit(taken, 1024, { precision: 16 * 1024 });
  const request = (bytes, status) =>
    ({ exchange: "", method: "GET", path: PATH, status, curl: curl(PATH, BEARER, bytes - BEARER.length) });
  return {
    outcome: beyond === null ? NOWHERE : most > 4200 ? HEADER : `at ${most} bytes`,
    facts: [
      [t("a header that the server takes, in bytes"), most],
      [t("one that it does not take"), beyond ?? t("none was found")],
      [t("its answer to that one"), refusal ?? "–"],
    ],
    sent: [request(most, 200), ...(beyond === null ? [] : [request(beyond, refusal)])],
  };
}

/* ---- in localStorage: the browser ends it, and says so ---- */

let measured;

/** Once for all doors. What was there before counts as well. */
function quota() {
  measured ??= fill();
  return measured;
}

async function fill() {
  const before = Object.entries(localStorage).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  let error = "";
  const takes = async (characters) => {
    await pause(0); // so that the page stays alive meanwhile
    try {
      localStorage.setItem(NAME, "x".repeat(characters));
      return true;
    } catch ({ name }) {
      error = name;
      return false;
    }
  };
  try {
    const { most } = await limit(takes, 2 ** 16, { precision: 1024, enough: 2 ** 26 });
    return { most: most + before + NAME.length, beyond: error };
  } finally {
    localStorage.removeItem(NAME);
  }
}
