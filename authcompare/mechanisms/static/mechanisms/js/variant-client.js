/* One door, as a page's script sees it: asks the API, and keeps what sign-in brings where this door says. Nothing here
   names a mechanism; what differs stands in the data-* attributes that the server wrote. */

import { readCookie } from "../../authcompare/js/cookie.js";

/** No answer came: the server is down, or the network. */
export class Unreachable extends Error {}

let serverAhead = 0; // milliseconds: by how much the server's clock is ahead of this one

export const serverNow = () => Date.now() + serverAhead;

/** One request. Resolves with {method, path, status, headers, json}, whatever the status. */
export async function ask(method, path, { body, headers = {}, ambient = true, signal } = {}) {
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
  if (date) serverAhead = Math.abs(date - Date.now()) > 1500 ? date - Date.now() : 0;
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // An error page of something in between: the status has to do.
  }
  const exchange = response.headers.get("Exchange-Id"); // what /wire/ calls it, where the lab records
  return { method, path, status: response.status, headers: response.headers, json, exchange };
}

export class Door {
  constructor(dataset) {
    this.mechanism = dataset.mechanism;
    this.variant = dataset.variant;
    this.path = dataset.path;
    this.carrier = dataset.carrier;
    this.name = dataset.name; // of the cookie, or of the header
    this.readable = dataset.readable === "true";
    this.inStorage = dataset.storage === "localStorage";
    this.ambient = this.carrier === "Cookie"; // does the browser send it by itself?
    this.key = `authcompare.${this.mechanism}.${this.variant}`;
    this.heldAtStart = "held" in dataset; // the server saw it come with this page
    this.etag = null;
  }

  /** Was there something that opens this door when the page was loaded? */
  get held() {
    return this.inStorage ? this.stored !== null : this.heldAtStart;
  }

  /** What this page's script can see of the credential it holds: the whole of it, or null. */
  get credential() {
    if (this.inStorage) return this.stored?.access ?? null;
    return this.readable ? readCookie(this.name) : null;
  }

  get stored() {
    return JSON.parse(localStorage.getItem(this.key) ?? "null");
  }

  get authorization() {
    return this.inStorage && this.credential ? { Authorization: `Bearer ${this.credential}` } : {};
  }

  ask(method, endpoint, options = {}) {
    const headers = { ...this.authorization, ...options.headers };
    return ask(method, endpoint.startsWith("/") ? endpoint : this.path + endpoint, {
      ...options,
      headers,
      ambient: this.ambient,
    });
  }

  async signIn(username, password, lifetime) {
    const answer = await ask("POST", `${this.path}login/`, {
      body: { username, password, lifetime },
      ambient: this.ambient,
    });
    if (answer.status === 200 && this.inStorage) {
      const { access, refresh } = answer.json;
      localStorage.setItem(this.key, JSON.stringify({ access, refresh }));
    }
    return answer;
  }

  async signOut() {
    const refresh = this.stored?.refresh;
    const answer = await this.ask("POST", "logout/", { body: refresh ? { refresh } : {} });
    if (answer.status === 204) localStorage.removeItem(this.key);
    return answer;
  }

  async read() {
    const answer = await this.ask("GET", "protected/");
    this.etag = answer.headers.get("ETag") ?? this.etag;
    return answer;
  }

  async edit(changes) {
    const headers = this.etag ? { "If-Match": this.etag } : {};
    const answer = await this.ask("PATCH", "protected/", { body: changes, headers });
    this.etag = answer.headers.get("ETag") ?? this.etag;
    return answer;
  }

  /** What the server knows of the credential; null when it knows of none. */
  async describe() {
    const answer = await this.ask("GET", "credential/");
    return answer.status === 200 ? answer.json : null;
  }

  /** Forget the credential in this browser, and tell the door nothing. */
  async forget() {
    if (this.inStorage) localStorage.removeItem(this.key);
    else await ask("POST", "/lab/api/forget/", { body: { mechanism: this.mechanism, variant: this.variant } });
  }

  /** Put another credential in its place, where a script can: in localStorage, or in a cookie that is not HttpOnly. */
  overwrite(credential) {
    if (this.inStorage) localStorage.setItem(this.key, JSON.stringify({ ...this.stored, access: credential }));
    else document.cookie = `${this.name}=${credential}; path=/; samesite=lax`;
  }

  /** Have a copy of the credential kept, as a thief would. Resolves with its handle, or null. */
  async copy() {
    const answer = await this.ask("POST", "/lab/api/copy/", {
      body: { mechanism: this.mechanism, variant: this.variant },
    });
    return answer.json?.copy ?? null;
  }
}
