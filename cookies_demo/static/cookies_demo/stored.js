/* What a page can know of the cookies that the browser stores. */

import { readCookie } from "../authcompare/js/cookie.js";
import { t } from "../authcompare/js/render.js";

/** The cookie as scripts see it: {value, attributes: {Path: "/", ...} or null where the browser tells none}; or null. */
export async function seen(name) {
  const value = readCookie(name);
  if (value === null) return null;
  // Only some browsers have a cookie store, only over HTTPS or on localhost, and not all of those tell attributes.
  const found = await globalThis.cookieStore?.get(name).catch(() => null);
  return { value, attributes: found && "path" in found ? attributes(found) : null };
}

function attributes({ path, expires, sameSite, secure }) {
  return {
    Path: path,
    Ends: expires ? new Date(expires).toLocaleString(document.documentElement.lang) : t("when the browser closes"),
    SameSite: sameSite,
    Secure: secure ? t("yes") : t("no"),
  };
}
