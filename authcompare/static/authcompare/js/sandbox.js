/* This visitor's own throwaway accounts, kept in localStorage until their time is up. */

import { requestJson } from "./api-client.js";

const KEY = "authcompare.sandbox";

/** {id, expires_at, users: [{role, username, password}]}: the one kept, or a fresh one. */
export async function loadSandbox({ fresh = false } = {}) {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  if (kept && !fresh && Date.parse(kept.expires_at) > Date.now()) return kept;
  if (kept && fresh) await requestJson("DELETE", "/lab/api/sandbox/", { body: { id: kept.id }, ambient: false });
  const answer = await requestJson("POST", "/lab/api/sandbox/"); // with a learner's cookie, if there is one: it becomes theirs
  if (answer.status !== 201) throw new Error(answer.json?.detail ?? String(answer.status));
  localStorage.setItem(KEY, JSON.stringify(answer.json));
  return answer.json;
}
