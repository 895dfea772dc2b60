/* Data grows until it is refused: a cookie by the browser, a header by the server; and localStorage for comparison. */

import { received, newReceipt, pause } from "../browser-cast.js";
import { readCookie } from "../../../authcompare/js/cookie.js";
import { t } from "../../../authcompare/js/render.js";

const COOKIE = "a cookie stops at about 4 KB, silently";
const HEADER = "a header stops where the server says";
const NOWHERE = "nowhere";

const NAME = "try_size"; // of the cookie and of the entry in localStorage; both are deleted afterwards
const ENOUGH = 2 ** 20; // bytes: the search for a limit stops here

export const alters = false;

export async function run(variant, { progress }) {
  progress(t("Measuring localStorage…"));
  const stored = await quota();
  progress(t("Measuring the transport…"));
  const observed = await (variant.header === "Cookie" ? cookie : header)(variant);
  observed.facts.push(
    [t("localStorage stores, in characters"), stored.most],
    [t("a thousand more"), stored.beyond || t("stored, too")],
  );
  return observed;
}

/** Searches for the limit: doubles the number until it does not fit, then halves the interval. Resolves with
    {most, beyond}: the largest number that fits and the smallest that does not, `precision` apart, or null. */
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

/* ---- in a cookie: the browser sets the limit ---- */

function keeps(bytes) {
  const value = "x".repeat(bytes - NAME.length);
  forget();
  document.cookie = `${NAME}=${value}; path=/; samesite=strict`; // a cookie that is too long is no error
  return readCookie(NAME) === value;
}

const forget = () => {
  document.cookie = `${NAME}=; path=/; max-age=0`;
};

async function cookie({ mechanism, variant: slug }) {
  try {
    if (!keeps(64)) throw new Error(t("This browser stores no cookies."));
    const { most, beyond } = await limit(keeps, 64);
    keeps(most);
    const receipt = newReceipt();
    const path = `/lab/form/${mechanism}/${slug}/`;
    const { status } = await fetch(`${path}?receipt=${receipt}`);
    const arrived = (await received(receipt))?.cookies[NAME];
    return {
      outcome: beyond && Math.abs(most - 4096) < 100 && arrived === most ? COOKIE : `at ${most} bytes`,
      facts: [
        [t("the largest cookie that the browser stores, in bytes of name and value"), most],
        [t("one byte more"), beyond ? t("dropped, without an error") : t("stored")],
        [t("bytes of it that reach the server"), arrived ?? 0],
      ],
      sent: [{ exchange: "", method: "GET", path, status, curl: curl(path, `Cookie: ${NAME}=`, most - NAME.length) }],
    };
  } finally {
    forget();
  }
}

/** The same request in a shell. The header is piped in: it is too long for a command line. */
const curl = (path, prefix, count) =>
  `(printf '${prefix}'; head -c ${count} /dev/zero | tr '\\0' x) | curl -i '${location.origin}${path}' -H @-`;

/* ---- in a header: the server sets the limit ---- */

const BEARER = "Authorization: Bearer ";
const PATH = "/healthz"; // the limit is the same for every path

/** Resolves with the status of a request with a header of so many bytes, or with a text if the connection is closed. */
async function send(bytes) {
  try {
    const headers = { Authorization: `Bearer ${"x".repeat(bytes - BEARER.length)}` };
    return (await fetch(PATH, { headers, credentials: "omit", cache: "no-store" })).status;
  } catch {
    return t("the server closes the connection");
  }
}

async function header() {
  let refusal = null; // the last one
  const isAccepted = async (bytes) => {
    const status = await send(bytes);
    if (status !== 200) refusal = status;
    return status === 200;
  };
  // The exact limit depends on how the network splits the header into packets.
  const { most, beyond } = await limit(isAccepted, 1024, { precision: 16 * 1024 });
  const request = (bytes, status) =>
    ({ exchange: "", method: "GET", path: PATH, status, curl: curl(PATH, BEARER, bytes - BEARER.length) });
  return {
    outcome: beyond === null ? NOWHERE : most > 4200 ? HEADER : `at ${most} bytes`,
    facts: [
      [t("a header that the server accepts, in bytes"), most],
      [t("a header that it refuses, in bytes"), beyond ?? t("none found")],
      [t("the response to that one"), refusal ?? "–"],
    ],
    sent: [request(most, 200), ...(beyond === null ? [] : [request(beyond, refusal)])],
  };
}

/* ---- in localStorage: the browser sets the limit, and reports an error ---- */

let measured;

/** Measured once for all variants. Entries that were there before count, too. */
function quota() {
  measured ??= fill();
  return measured;
}

async function fill() {
  const before = Object.entries(localStorage).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  let error = "";
  const fits = async (characters) => {
    await pause(0); // keeps the page responsive
    try {
      localStorage.setItem(NAME, "x".repeat(characters));
      return true;
    } catch ({ name }) {
      error = name;
      return false;
    }
  };
  try {
    const { most } = await limit(fits, 2 ** 16, { precision: 1024, enough: 2 ** 26 });
    return { most: most + before + NAME.length, beyond: error };
  } finally {
    localStorage.removeItem(NAME);
  }
}
