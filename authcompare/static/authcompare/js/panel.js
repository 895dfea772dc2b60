/* Shared by the parts of a page below the doors. The server draws these parts. After each change the page is fetched
   again, and its data-live elements are replaced: they are drawn in one place, and they work without scripts. */

import { Refused, Unreachable } from "./api-client.js";
import { formatDate, formatRelative } from "./relative-time.js";
import { t } from "./render.js";

/** Write every <time data-relative> as "12 seconds ago". */
export function updateTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-relative]")) {
    time.textContent = formatRelative(Date.parse(time.dateTime));
    time.title = formatDate(Date.parse(time.dateTime));
  }
}

/** Replace the data-live elements that differ in `html`. Keeps the focus and open <details>. */
export function replaceParts(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || part.innerHTML === fresh.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : null;
    const open = [...part.querySelectorAll("details[open][id]")].map(({ id }) => id);
    part.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused !== null) (document.getElementById(focused) ?? part).focus({ preventScroll: true });
  }
  updateTimes();
}

async function fetchParts() {
  let response;
  try {
    response = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
  } catch {
    return; // the columns above already say that the server does not respond
  }
  if (!response.ok) return;
  replaceParts(await response.text());
  document.dispatchEvent(new CustomEvent("authcompare:redrawn"));
}

let pending = Promise.resolve();

/** Draw the parts again, after a redraw that is still running. */
export function redraw() {
  pending = pending.then(fetchParts);
  return pending;
}

/** Tell the columns and the parts that the credentials or the server-side state changed. */
export const announceChange = () => document.dispatchEvent(new CustomEvent("authcompare:changed"));

/** Show `text` in a status element. `aloud`: for screen readers only, because the page shows it elsewhere. */
export function showStatus(status, text, { aloud = false } = {}) {
  status.classList.toggle("visually-hidden", aloud);
  status.textContent = text;
}

/** Run `task` while `button` is disabled, and show its error in `status`. */
export async function runTask(button, status, task) {
  const focused = document.activeElement === button;
  button.disabled = true;
  try {
    await task();
  } catch (error) {
    if (error instanceof Unreachable) showStatus(status, t("The server cannot be reached. Is it still running?"));
    else if (error instanceof Refused) showStatus(status, error.message);
    else throw error;
  } finally {
    button.disabled = false;
    // Disabling took the focus away. Give it back, unless the user has moved on.
    if (focused && document.activeElement === document.body) button.focus({ preventScroll: true });
  }
}

document.addEventListener("authcompare:changed", redraw);
updateTimes();
setInterval(updateTimes, 5000);
