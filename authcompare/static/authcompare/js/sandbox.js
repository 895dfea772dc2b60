/* This visitor's own sandbox accounts, kept in localStorage until they expire. */

import { requestJson } from "./api-client.js";

const STORAGE_KEY = "authcompare.sandbox";

/** Return the stored sandbox, or create one: {id, expires_at, users: [{role, username, password}]}. */
export async function loadSandbox({ fresh = false } = {}) {
  const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null");
  if (stored && !fresh && Date.parse(stored.expires_at) > Date.now()) return stored;
  if (stored && fresh) await requestJson("DELETE", "/lab/api/sandbox/", { body: { id: stored.id }, ambient: false });
  // Sent with cookies: in a class, the sandbox belongs to the learner.
  const { status, json } = await requestJson("POST", "/lab/api/sandbox/");
  if (status !== 201) throw new Error(json?.detail ?? String(status));
  localStorage.setItem(STORAGE_KEY, JSON.stringify(json));
  return json;
}
