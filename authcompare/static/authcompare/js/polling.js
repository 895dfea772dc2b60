/* Polls the server. Without a response it waits longer after each failure. */

import { Unreachable } from "./api-client.js";
import { t } from "./render.js";

const INTERVAL_MS = 1500; // news shows within two seconds
const LONGEST_INTERVAL_MS = 12_000;
const TIMEOUT_MS = 8000;

/** Thrown by `once` when there is nothing left to poll for. */
export class Gone extends Error {}

/** Call `once(signal)` again and again while the page is open, and show the state of the connection in `place`. `once`
    throws Unreachable without a response, and returns a problem to show, if any. Returns a function that polls now. */
export function poll(once, place) {
  let failures = 0;
  let timer = null;
  let running = null;

  function show(state, content) {
    if (place.dataset.state === state) return;
    place.dataset.state = state;
    place.replaceChildren(content);
  }

  async function round() {
    clearTimeout(timer);
    try {
      const problem = await once(AbortSignal.timeout(TIMEOUT_MS));
      failures = 0;
      if (problem) show("out", problem);
      else show("on", t("connected"));
    } catch (error) {
      if (error instanceof Gone) return show("gone", error.message);
      if (!(error instanceof Unreachable || error instanceof DOMException)) throw error;
      failures += 1;
      show("lost", t("connection lost: trying again"));
    }
    // The random factor spreads the retries: a server restart disconnects every page of a class at the same time.
    const pause = Math.min(LONGEST_INTERVAL_MS, INTERVAL_MS * 2 ** failures) * (0.8 + 0.4 * Math.random());
    timer = setTimeout(now, failures ? pause : INTERVAL_MS);
  }

  /** Poll now, or wait for the poll that is running. */
  function now() {
    running ??= round().finally(() => { running = null; });
    return running;
  }

  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && place.dataset.state !== "gone") now();
  });
  timer = setTimeout(now, INTERVAL_MS);
  return now;
}
