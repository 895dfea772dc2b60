/* Keeps theme and language when the preference cookie goes: at the cookie door it also carries a name, and may be asked
   to last 15 seconds. What is kept here is the look alone, and no door looks here. */

import { readCookie } from "./cookie.js";

const KEPT = "authcompare.look";
const YEAR = 365 * 24 * 60 * 60;

export function keepLook(name = "prefs") {
  const value = readCookie(name);
  if (value !== null) {
    const { theme = "", language = "", view = "" } = Object.fromEntries(new URLSearchParams(decodeURIComponent(value)));
    localStorage.setItem(KEPT, new URLSearchParams({ theme, language, view }).toString());
  } else if (localStorage.getItem(KEPT)) {
    document.cookie = `${name}=${encodeURIComponent(localStorage.getItem(KEPT))}; path=/; max-age=${YEAR}; samesite=lax`;
  }
}

try {
  keepLook(document.documentElement.dataset.prefs);
} catch {
  // A cookie that cannot be decoded, or no storage: the server falls back to its defaults, and so do we.
}

// Signing in changes the CSRF token, and this page may be older than that: a form sends the current one.
document.addEventListener("submit", ({ target }) => {
  const field = target.elements.namedItem("csrfmiddlewaretoken");
  const token = readCookie(document.documentElement.dataset.csrf);
  if (field && token) field.value = token;
});

// On a phone the pages are one row that scrolls: where you are is in sight.
document.querySelector("header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
