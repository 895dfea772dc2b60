/* Runs one experiment at one variant: on the server, or in this browser with the experiment's own module. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { t } from "../../authcompare/js/render.js";

/** A run was not finished; the message says what to do. `everywhere`: it would also fail at other variants. */
export class Failed extends Error {
  constructor(message, everywhere = false) {
    super(message);
    this.everywhere = everywhere;
  }
}

const MAX_TRIES = 60; // while the server has no free slot: a class that runs the same experiment takes turns

/** Sends a request, waits while the server is busy, and resolves with the JSON; rejects with a Failed. */
export async function asked(method, path, body, ambient = false) {
  let response;
  for (let tries = 1; ; tries += 1) {
    try {
      response = await requestJson(method, path, { body, ambient });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      throw new Failed(t("The server does not answer. Check that it is running, then run it again."), true);
    }
    if (response.json?.code !== "busy" || tries === MAX_TRIES) break;
    // Short at first, for a few visitors at once; then longer, for a whole class.
    const factor = Math.min(2 ** (tries - 1), 4) * (0.5 + Math.random());
    const seconds = Number(response.headers.get("Retry-After") ?? 1) * factor;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  const { status, json, headers } = response;
  if (status < 300) return json;
  if (status === 429) {
    const n = headers.get("Retry-After") ?? "60";
    throw new Failed(t("Too many runs at once. Wait %(n)s seconds, then run it again.", { n }), true);
  }
  throw new Failed(json?.detail ?? t("The server answered %(status)s. Run it again.", { status }));
}

/** The body of a request about this experiment at this variant, with the prediction if there is one. */
const bodyOf = (experiment, { mechanism, variant }, prediction) =>
  ({ experiment, mechanism, variant, ...(prediction ? { prediction } : {}) });

/** Resolves with what the server observed, and its judgement of the prediction. */
export const runOnServer = (experiment, variant, prediction = null) =>
  asked("POST", "/lab/api/run/", bodyOf(experiment, variant, prediction));

/** Resolves with what this browser observed, with a sandbox of its own, and the server's judgement of the prediction.
    The server stores the observation for this visitor. */
export async function runInBrowser(module, variant, { config, prepared, progress, prediction = null }) {
  const cast = await asked("POST", "/lab/api/sandbox/");
  let observed;
  try {
    observed = await module.run(variant, { config, prepared, cast, progress });
  } catch (error) {
    if (error instanceof Failed) throw error;
    throw new Failed(t("The experiment stopped. Run it again. (%(why)s)", { why: error.message }));
  } finally {
    await requestJson("DELETE", "/lab/api/sandbox/", { body: { id: cast.id }, ambient: false }).catch(() => {});
  }
  const { outcome, facts = [], sent = [] } = observed;
  const body = { ...bodyOf(config.experiment, variant, prediction), outcome, facts };
  return { ...(await asked("POST", "/lab/api/observed/", body, true)), facts, sent };
}
