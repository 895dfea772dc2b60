/* Keeps a copy of theme, language and view in localStorage, and restores them when the preference cookie is gone. The
   cookie door stores a user name in the same cookie and may give it a lifetime of 15 seconds. */

import { readCookie } from "./cookie.js";

const STORAGE_KEY = "authcompare.look";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function syncPreferences(name = "prefs") {
  const value = readCookie(name);
  if (value !== null) {
    const fields = new URLSearchParams(decodeURIComponent(value));
    const { theme = "", language = "", view = "" } = Object.fromEntries(fields);
    localStorage.setItem(STORAGE_KEY, new URLSearchParams({ theme, language, view }).toString());
  } else if (localStorage.getItem(STORAGE_KEY)) {
    const saved = encodeURIComponent(localStorage.getItem(STORAGE_KEY));
    document.cookie = `${name}=${saved}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }
}

try {
  syncPreferences(document.documentElement.dataset.prefs);
} catch {
  // The cookie cannot be decoded, or localStorage is off: the page keeps the server's defaults.
}

// Signing in changes the CSRF token, and this page may be older than that: a form sends the current one.
document.addEventListener("submit", ({ target }) => {
  const field = target.elements.namedItem("csrfmiddlewaretoken");
  const token = readCookie(document.documentElement.dataset.csrf);
  if (field && token) field.value = token;
});

// On a phone the pages are one row that scrolls: where you are is in sight.
document.querySelector("header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
