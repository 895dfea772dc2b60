/* Shared by the experiments that run in the browser: alice in the visitor's browser, and a window of another site. */

import { fetchExchange } from "../../mechanisms/js/actions.js";
import { requestJson } from "../../authcompare/js/api-client.js";
import { VariantClient } from "../../mechanisms/js/variant-client.js";
import { curlCommand } from "../../mechanisms/js/exchange.js";
import { t } from "../../authcompare/js/render.js";
import { Failed } from "./runner.js";

const TIMEOUT = 10_000; // milliseconds for a window to load, or for a request to arrive

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Alice of a fresh sandbox, at one variant. Her requests are noted. */
export class Alice {
  constructor(variant, cast) {
    this.client = new VariantClient({ ...variant, transport: variant.header, readable: String(variant.readable) });
    this.account = cast.users.find(({ role }) => role === "alice");
    this.sent = [];
  }

  note({ exchange, method, path, status }, command = "") {
    this.sent.push({ exchange: exchange ?? "", method, path, status, curl: command });
  }

  async signIn() {
    const { username, password } = this.account;
    const answer = await this.client.signIn(username, password);
    this.note(answer);
    if (answer.status !== 200) throw new Error(answer.json?.detail ?? String(answer.status));
  }

  /** Her note, read with the credential of this variant only. */
  async read() {
    const answer = await this.client.read();
    this.note(answer);
    if (answer.status !== 200) throw new Error(answer.json?.detail ?? String(answer.status));
    return answer.json;
  }

  async signOut() {
    this.note(await this.client.signOut());
  }

  async observed(outcome, ...facts) {
    for (const each of this.sent) {
      const exchange = await fetchExchange(each.exchange);
      if (exchange) each.curl = curlCommand(exchange);
      each.curl ||= `curl -i -X ${each.method} '${location.origin}${each.path}'`;
    }
    return { outcome, facts, sent: this.sent };
  }
}

/** The same server as another site: its other name on this machine; null on a network, where it has none. */
export function otherSite({ protocol, hostname, port } = location) {
  const local = /(^|\.)localhost$/.test(hostname);
  if (!local && !/^(127\.|\[::1\]$)/.test(hostname)) return null;
  return `${protocol}//${local ? "127.0.0.1" : "localhost"}${port && `:${port}`}`;
}

/** Another port of the same host, with a second server of this project; null if none could be started. */
export async function otherPort() {
  const { json } = await requestJson("POST", "/lab/api/twin/", { body: {}, ambient: false });
  const port = json?.url && new URL(json.url).port;
  return port ? `http://${location.hostname}:${port}` : null;
}

/** What the server received with the request that has this receipt; null if the request never arrived. */
export async function received(receipt) {
  const end = performance.now() + TIMEOUT;
  while (performance.now() < end) {
    const { json } = await requestJson("GET", `/lab/api/receipt/${receipt}/`, { ambient: false });
    if (json?.came) return json.came;
    await pause(50);
  }
  return null;
}

export const newReceipt = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The page that stands for another site, in a window of its own. */
export class OtherSite {
  /** Opens the window. A browser allows this only during a click. */
  constructor() {
    this.popup = window.open("about:blank", "", "popup,width=520,height=320");
  }

  /** Loads the page from this origin, and waits until it listens. */
  async visit(origin) {
    if (!this.popup) {
      const text = t("Your browser blocked the other site's window. Allow pop-up windows here, then run it again.");
      throw new Failed(text, true);
    }
    const ready = this.message(origin, "ready");
    this.popup.location.replace(`${origin}/lab/elsewhere/`);
    this.origin = origin;
    await ready;
  }

  /** Makes it send a request. Resolves with {sent} if its script sends it; a form or a link leaves the page. */
  async send(how, path, fields = {}) {
    const leaves = ["form", "link"].includes(how);
    const done = leaves ? null : this.message(this.origin, "done");
    this.popup.postMessage({ how, url: location.origin + path, fields }, this.origin);
    return (await done) ?? { sent: true };
  }

  /** Resolves with the next message of this kind from the window. */
  message(origin, kind) {
    return new Promise((resolve, reject) => {
      const listening = new AbortController();
      const end = performance.now() + TIMEOUT;
      const watching = setInterval(() => {
        if (this.popup.closed) {
          stop(reject, new Failed(t("The other site's window was closed. Run it again and leave the window open.")));
        } else if (performance.now() > end) {
          stop(reject, new Failed(t("The other site, %(origin)s, does not answer in this browser.", { origin })));
        }
      }, 100);
      const stop = (settle, what) => {
        clearInterval(watching);
        listening.abort();
        settle(what);
      };
      addEventListener("message", ({ source, data, origin: from }) => {
        if (source === this.popup && from === origin && data?.elsewhere === kind) stop(resolve, data);
      }, { signal: listening.signal });
    });
  }

  close() {
    this.popup?.close();
  }
}

/** The other site's origin, or an error that says what to do. */
export function needOtherSite(here = location) {
  const origin = otherSite(here);
  if (origin) return origin;
  const text = t("%(host)s has no other site. Run this on the server's own machine, at http://localhost.", here);
  throw new Failed(text, true);
}
