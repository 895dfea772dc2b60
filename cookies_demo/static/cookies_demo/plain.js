/* The plain preference cookie, as scripts read and write it. */

import { readCookie } from "../authcompare/js/cookie.js";

const NAME = document.documentElement.dataset.prefs;

/** The cookie's value, as it stands in the jar; "" when there is none. */
export const held = () => readCookie(NAME) ?? "";

/** {theme, language, name} as a value, with the fields that say something. The server writes it the same way. */
export function valueOf(fields) {
  const said = Object.entries(fields).filter(([, value]) => value !== "");
  return encodeURIComponent(new URLSearchParams(said).toString());
}

/** A value's fields; what can not be decoded has none. */
export function fieldsOf(value) {
  try {
    return { theme: "", language: "", name: "", ...Object.fromEntries(new URLSearchParams(decodeURIComponent(value))) };
  } catch {
    return { theme: "", language: "", name: "" };
  }
}

/** What a script assigns to document.cookie. A semicolon would end the value. */
export const assignment = (value) =>
  `${NAME}=${value.replaceAll(";", "%3B")}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;

/** Writes it; tells whether the browser took it. */
export function write(value) {
  document.cookie = assignment(value);
  return held() === value.replaceAll(";", "%3B").trim();
}

/** This visitor's throwaway accounts: names, or none yet. */
export const accounts = () =>
  (JSON.parse(localStorage.getItem("authcompare.sandbox") ?? "null")?.users ?? []).map(({ username }) => username);
