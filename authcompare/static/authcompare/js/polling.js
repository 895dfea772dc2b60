/* Asks again and again, and says so when nobody answers: then with growing pauses, until somebody does. */

import { Unreachable } from "./api-client.js";
import { t } from "./render.js";

const EVERY = 1500; // milliseconds: what is new is seen within two seconds
const LONGEST = 12_000;
const PATIENCE = 8000; // for one answer

/** Thrown by `once`: there is nothing to ask for any more. */
export class Gone extends Error {}

/** Calls `once(signal)` for as long as the page is open; it throws Unreachable where no answer came, and returns what
    else is in the way. `place` shows how things stand. Returns a function that asks at once. */
export function poll(once, place) {
  let failures = 0;
  let timer = null;
  let asking = null;

  function show(state, said) {
    if (place.dataset.state === state) return;
    place.dataset.state = state;
    place.replaceChildren(said);
  }

  async function round() {
    clearTimeout(timer);
    try {
      const inTheWay = await once(AbortSignal.timeout(PATIENCE));
      failures = 0;
      if (inTheWay) show("out", inTheWay);
      else show("on", t("connected"));
    } catch (error) {
      if (error instanceof Gone) return show("gone", error.message);
      if (!(error instanceof Unreachable || error instanceof DOMException)) throw error;
      failures += 1;
      show("lost", t("connection lost: trying again"));
    }
    // Not all at the same moment: three hundred pages have lost the same server.
    const pause = Math.min(LONGEST, EVERY * 2 ** failures) * (0.8 + 0.4 * Math.random());
    timer = setTimeout(now, failures ? pause : EVERY);
  }

  /** One at a time. */
  function now() {
    asking ??= round().finally(() => { asking = null; });
    return asking;
  }

  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && place.dataset.state !== "gone") now(); });
  timer = setTimeout(now, EVERY);
  return now;
}
