/* Reads and writes the plain preference cookie. */

import { readCookie } from "../authcompare/js/cookie.js";

const NAME = document.documentElement.dataset.prefs;

/** Return the cookie's stored value, or "". */
export const readValue = () => readCookie(NAME) ?? "";

/** Return {theme, language, name} as a cookie value without empty fields, as the server writes it. */
export function valueOf(fields) {
  const filled = Object.entries(fields).filter(([, value]) => value !== "");
  return encodeURIComponent(new URLSearchParams(filled).toString());
}

/** Return the fields of a value; all are empty if it is invalid. */
export function fieldsOf(value) {
  try {
    return { theme: "", language: "", name: "", ...Object.fromEntries(new URLSearchParams(decodeURIComponent(value))) };
  } catch {
    return { theme: "", language: "", name: "" };
  }
}

/** Return the text to assign to document.cookie. A semicolon would end the value. */
export const assignment = (value) =>
  `${NAME}=${value.replaceAll(";", "%3B")}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;

/** Write the cookie. Returns whether the browser stored the value unchanged. */
export function write(value) {
  document.cookie = assignment(value);
  return readValue() === value.replaceAll(";", "%3B").trim();
}

/** Return the names of this visitor's sandbox accounts. */
export const accounts = () =>
  (JSON.parse(localStorage.getItem("authcompare.sandbox") ?? "null")?.users ?? []).map(({ username }) => username);
