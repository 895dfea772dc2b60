/* Reads a stored cookie and, if the browser allows it, its attributes. */

import { readCookie } from "../authcompare/js/cookie.js";
import { t } from "../authcompare/js/render.js";

/** Return a cookie as {value, attributes}, or null. `attributes` is null if the browser hides them from scripts. */
export async function readStored(name) {
  const value = readCookie(name);
  if (value === null) return null;
  // Some browsers have a cookie store, on HTTPS and localhost only, and not all of them return attributes.
  const cookie = await globalThis.cookieStore?.get(name).catch(() => null);
  return { value, attributes: cookie && "path" in cookie ? attributes(cookie) : null };
}

function attributes({ path, expires, sameSite, secure }) {
  return {
    Path: path,
    Expires: expires ? new Date(expires).toLocaleString(document.documentElement.lang) : t("when the browser closes"),
    SameSite: sameSite,
    Secure: secure ? t("yes") : t("no"),
  };
}
