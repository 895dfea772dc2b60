/* The HTTP client of all pages: sends JSON, and returns the response whatever its status. */

import { readCookie } from "./cookie.js";

/** No response came: the server or the network is down. */
export class Unreachable extends Error {}

/** The server refused the request: the message is the server's own. */
export class Refused extends Error {}

const CLOCK_TOLERANCE_MS = 1500; // the Date header has whole seconds, and the response took some time to arrive

let clockOffsetMs = 0; // server's clock minus this one

export const serverNow = () => Date.now() + clockOffsetMs;

/** Send one request. Resolves with {method, path, status, headers, json, exchange}, whatever the status; rejects with
    Unreachable without a response. `ambient`: with cookies and CSRF token. */
export async function requestJson(method, path, { body, headers = {}, ambient = true, signal } = {}) {
  const request = {
    method,
    signal,
    credentials: ambient ? "same-origin" : "omit",
    cache: "no-store",
    headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang, ...headers },
  };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  if (ambient && method !== "GET") {
    request.headers["X-CSRFToken"] = readCookie(document.documentElement.dataset.csrf) ?? "";
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    throw new Unreachable(error.message);
  }
  const date = Date.parse(response.headers.get("Date"));
  if (date) clockOffsetMs = Math.abs(date - Date.now()) > CLOCK_TOLERANCE_MS ? date - Date.now() : 0;
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's error page is no JSON: callers then show the status.
  }
  const exchange = response.headers.get("Exchange-Id"); // set while the lab records: see /wire/<id>/
  return { method, path, status: response.status, headers: response.headers, json, exchange };
}

/** Send one request and resolve with the JSON of a successful response. Any other status rejects with Refused. */
export async function requestJsonOrThrow(method, path, options) {
  const { status, json } = await requestJson(method, path, options);
  if (status >= 200 && status < 300) return json;
  const fieldErrors = Object.values(json?.errors ?? {}).flat().join(" ");
  throw new Refused([json?.detail ?? String(status), fieldErrors].join(" ").trim());
}
