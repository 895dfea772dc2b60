/* Asking the server from these parts of the page: where no answer comes, they say so. */

import { Unreachable, ask } from "../mechanisms/js/variant-client.js";
import { tell } from "../authcompare/js/panel.js";
import { say } from "../authcompare/js/render.js";

/** Runs `task` while `button` is disabled; what goes wrong is told in `status`. Disabling takes the focus away: whoever
    had it there gets it back, unless they have moved on. */
export async function attempt(button, status, task) {
  const focused = document.activeElement === button;
  button.disabled = true;
  try {
    await task();
  } catch (error) {
    if (error instanceof Unreachable) tell(status, say("The server can not be reached. Is it still running?"));
    else if (error instanceof Refused) tell(status, error.message);
    else throw error;
  } finally {
    button.disabled = false;
    if (focused && document.activeElement === document.body) button.focus({ preventScroll: true });
  }
}

/** An answer that is no success, in the server's own words. */
export class Refused extends Error {}

/** Asks, and resolves with the answer's JSON; anything but a success is thrown as Refused. */
export async function get(method, path, options) {
  const { status, json } = await ask(method, path, options);
  if (status >= 200 && status < 300) return json;
  const fields = Object.values(json?.errors ?? {}).flat().join(" ");
  throw new Refused([json?.detail ?? String(status), fields].join(" "));
}
