/* What the parts below the doors share. The server draws them; after each change it is asked to draw them again, and
   the elements marked data-live are replaced. So there is one way of drawing, and it works without scripts. */

import { Refused, Unreachable } from "./api-client.js";
import { t } from "./render.js";

const language = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** "12 seconds ago", "in 4 minutes". */
function inWords(moment) {
  const seconds = Math.round((Date.parse(moment) - Date.now()) / 1000);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return relative.format(Math.trunc(seconds / length), unit);
}

export function updateTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-relative]")) {
    time.textContent = inWords(time.dateTime);
    time.title = new Date(time.dateTime).toLocaleString(language);
  }
}

/** Replaces every data-live element that the server draws otherwise now. Keeps the focus and what is folded open. */
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

async function drawAgain() {
  let response;
  try {
    response = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
  } catch {
    return; // the columns above say that the server does not answer
  }
  if (!response.ok) return;
  replaceParts(await response.text());
  document.dispatchEvent(new CustomEvent("authcompare:redrawn"));
}

let drawing = Promise.resolve();

/** Draws again, once whatever is being drawn is done. */
export function redraw() {
  drawing = drawing.then(drawAgain);
  return drawing;
}

/** What this part changed concerns the columns too: one event tells everybody, us included. */
export const announceChange = () => document.dispatchEvent(new CustomEvent("authcompare:changed"));

/** Tells what came of something. `aloud` only, where the page shows it anyway; else for everybody to read. */
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
