/* The client of one variant. The server writes the differences between variants into data-* attributes, so this module
   names no mechanism. */

import { requestJson } from "../../authcompare/js/api-client.js";
import { readCookie } from "../../authcompare/js/cookie.js";
import { deleteTokens, readTokens, saveTokens } from "../../authcompare/js/token-store.js";

export class VariantClient {
  constructor(dataset) {
    this.mechanism = dataset.mechanism;
    this.variant = dataset.variant;
    this.path = dataset.path;
    this.transport = dataset.transport;
    this.name = dataset.name; // the cookie's or the header's name
    this.readable = dataset.readable === "true";
    this.inStorage = dataset.storage === "localStorage";
    this.ambient = this.transport === "Cookie"; // the browser sends it automatically
    this.key = `authcompare.${this.mechanism}.${this.variant}`;
    this.signedInAtLoad = "signedIn" in dataset; // the server saw the credential in the request for this page
    this.etag = null;
  }

  /** Whether this browser was signed in here when the page was loaded. */
  get isSignedIn() {
    return this.inStorage ? this.stored !== null : this.signedInAtLoad;
  }

  /** The credential, or null where scripts cannot read it. */
  get credential() {
    if (this.inStorage) return this.stored?.access ?? null;
    return this.readable ? readCookie(this.name) : null;
  }

  /** The tokens in localStorage, or null. */
  get stored() {
    return readTokens(this.key);
  }

  /** The variant as the lab's API expects it. */
  get id() {
    return { mechanism: this.mechanism, variant: this.variant };
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
    const response = await requestJson("POST", `${this.path}login/`, {
      body: { username, password, lifetime },
      ambient: this.ambient,
    });
    if (response.status === 200 && this.inStorage) {
      saveTokens(this.key, response.json);
    }
    return response;
  }

  async signOut() {
    const refresh = this.stored?.refresh;
    const response = await this.request("POST", "logout/", { body: refresh ? { refresh } : {} });
    if (response.status === 204) deleteTokens(this.key);
    return response;
  }

  async read() {
    const response = await this.request("GET", "protected/");
    this.etag = response.headers.get("ETag") ?? this.etag;
    return response;
  }

  async edit(changes) {
    const headers = this.etag ? { "If-Match": this.etag } : {};
    const response = await this.request("PATCH", "protected/", { body: changes, headers });
    this.etag = response.headers.get("ETag") ?? this.etag;
    return response;
  }

  /** Return the server's description of the credential, or null without a valid one. */
  async describe() {
    const response = await this.request("GET", "credential/");
    return response.status === 200 ? response.json : null;
  }

  /** Delete the credential in this browser without signing out. */
  async forget() {
    if (this.inStorage) deleteTokens(this.key);
    else await requestJson("POST", "/lab/api/forget/", { body: this.id });
  }

  /** Replace the credential in localStorage, or in a cookie without HttpOnly. */
  overwrite(credential) {
    if (this.inStorage) saveTokens(this.key, { ...this.stored, access: credential });
    else document.cookie = `${this.name}=${credential}; path=/; samesite=lax`;
  }

  /** Have the lab keep a copy of the credential, as a thief would. Resolves with the copy's handle, or null. */
  async copy() {
    const { json } = await this.request("POST", "/lab/api/copy/", { body: this.id });
    return json?.copy ?? null;
  }
}
