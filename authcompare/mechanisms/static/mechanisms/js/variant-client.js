/* One variant of a mechanism, as a page's script uses it: sends the requests, and stores what sign-in returns where this
   variant says. No mechanism is named here: the data-* attributes that the server wrote hold the differences. */

import { requestJson } from "../../authcompare/js/api-client.js";
import { readCookie } from "../../authcompare/js/cookie.js";

export class VariantClient {
  constructor(dataset) {
    this.mechanism = dataset.mechanism;
    this.variant = dataset.variant;
    this.path = dataset.path;
    this.transport = dataset.transport;
    this.name = dataset.name; // the cookie's or the header's name
    this.readable = dataset.readable === "true";
    this.inStorage = dataset.storage === "localStorage";
    this.ambient = this.transport === "Cookie"; // does the browser send it by itself?
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

  request(method, endpoint, options = {}) {
    const headers = { ...this.authorization, ...options.headers };
    return requestJson(method, endpoint.startsWith("/") ? endpoint : this.path + endpoint, {
      ...options,
      headers,
      ambient: this.ambient,
    });
  }

  async signIn(username, password, lifetime) {
    const answer = await requestJson("POST", `${this.path}login/`, {
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
    const answer = await this.request("POST", "logout/", { body: refresh ? { refresh } : {} });
    if (answer.status === 204) localStorage.removeItem(this.key);
    return answer;
  }

  async read() {
    const answer = await this.request("GET", "protected/");
    this.etag = answer.headers.get("ETag") ?? this.etag;
    return answer;
  }

  async edit(changes) {
    const headers = this.etag ? { "If-Match": this.etag } : {};
    const answer = await this.request("PATCH", "protected/", { body: changes, headers });
    this.etag = answer.headers.get("ETag") ?? this.etag;
    return answer;
  }

  /** What the server knows of the credential; null when it knows of none. */
  async describe() {
    const answer = await this.request("GET", "credential/");
    return answer.status === 200 ? answer.json : null;
  }

  /** Forget the credential in this browser, and tell the door nothing. */
  async forget() {
    if (this.inStorage) localStorage.removeItem(this.key);
    else await requestJson("POST", "/lab/api/forget/", { body: { mechanism: this.mechanism, variant: this.variant } });
  }

  /** Put another credential in its place, where a script can: in localStorage, or in a cookie that is not HttpOnly. */
  overwrite(credential) {
    if (this.inStorage) localStorage.setItem(this.key, JSON.stringify({ ...this.stored, access: credential }));
    else document.cookie = `${this.name}=${credential}; path=/; samesite=lax`;
  }

  /** Have a copy of the credential kept, as a thief would. Resolves with its handle, or null. */
  async copy() {
    const answer = await this.request("POST", "/lab/api/copy/", {
      body: { mechanism: this.mechanism, variant: this.variant },
    });
    return answer.json?.copy ?? null;
  }
}
