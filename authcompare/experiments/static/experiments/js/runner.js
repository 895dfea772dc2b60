/* Runs one experiment at one door: on the server, or in this very browser with the experiment's own module. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";

/** What kept a run from being finished, in words that say what to do. `everywhere`: at other doors it would, too. */
export class Failed extends Error {
  constructor(message, everywhere = false) {
    super(message);
    this.everywhere = everywhere;
  }
}

const TRIES = 60; // of a server that has no place free: a class that runs the same at once takes its turn

export async function asked(method, path, body, ambient = false) {
  let answer;
  for (let tries = 1; ; tries += 1) {
    try {
      answer = await requestJson(method, path, { body, ambient });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      throw new Failed(t("The server does not answer: see that it is running, then run it again."), true);
    }
    if (answer.json?.code !== "busy" || tries === TRIES) break;
    // Soon at first, for a few who came at once; ever less often, for a whole class that did.
    const seconds = Number(answer.headers.get("Retry-After") ?? 1) * Math.min(2 ** (tries - 1), 4) * (0.5 + Math.random());
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  if (answer.status < 300) return answer.json;
  if (answer.status === 429) {
    const n = answer.headers.get("Retry-After") ?? "60";
    throw new Failed(t("Too many runs at once: wait %(n)s seconds, then run it again.", { n }), true);
  }
  throw new Failed(answer.json?.detail ?? t("The server answered %(status)s: run it again.", { status: answer.status }));
}

/** {expected, outcome, agrees, facts, sent}, as the server saw it. */
export const runOnServer = (experiment, { mechanism, variant }) =>
  asked("POST", "/lab/api/run/", { experiment, mechanism, variant });

/** The same, as this browser saw it, with accounts of its own that are thrown away afterwards. */
export async function runInBrowser(module, door, { config, prepared, progress }) {
  const cast = await asked("POST", "/lab/api/sandbox/");
  try {
    const { outcome, facts = [], sent = [] } = await module.run(door, { config, prepared, cast, progress });
    return { outcome, facts, sent, expected: door.expected, agrees: outcome === door.expected };
  } catch (error) {
    if (error instanceof Failed) throw error;
    throw new Failed(t("It broke off: run it again. (%(why)s)", { why: error.message }));
  } finally {
    await requestJson("DELETE", "/lab/api/sandbox/", { body: { id: cast.id }, ambient: false }).catch(() => {});
  }
}
