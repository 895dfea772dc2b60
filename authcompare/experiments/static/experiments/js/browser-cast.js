/* What the experiments of the browser share: alice in the visitor's own browser, and a window of another site. */

import { fetchExchange } from "../../mechanisms/js/actions.js";
import { requestJson } from "../../authcompare/js/api-client.js";
import { VariantClient } from "../../mechanisms/js/variant-client.js";
import { curlCommand } from "../../mechanisms/js/exchange.js";
import { t } from "../../authcompare/js/render.js";
import { Failed } from "./runner.js";

const PATIENCE = 10_000; // milliseconds for a window to load, or for a request to arrive

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Alice of a fresh sandbox, at one door. What she sends is noted. */
export class Alice {
  constructor(door, cast) {
    this.door = new VariantClient({ ...door, transport: door.header, readable: String(door.readable) });
    this.account = cast.users.find(({ role }) => role === "alice");
    this.sent = [];
  }

  note({ exchange, method, path, status }, command = "") {
    this.sent.push({ exchange: exchange ?? "", method, path, status, curl: command });
  }

  async signIn() {
    const { username, password } = this.account;
    const answer = await this.door.signIn(username, password);
    this.note(answer);
    if (answer.status !== 200) throw new Error(answer.json?.detail ?? String(answer.status));
  }

  /** Her note, read with the credential of this door, and with nothing else. */
  async read() {
    const answer = await this.door.read();
    this.note(answer);
    if (answer.status !== 200) throw new Error(answer.json?.detail ?? String(answer.status));
    return answer.json;
  }

  async signOut() {
    this.note(await this.door.signOut());
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

/** The same server as another site: its other name on this machine. null where it has none, as on a network. */
export function otherSite({ protocol, hostname, port } = location) {
  const local = /(^|\.)localhost$/.test(hostname);
  if (!local && !/^(127\.|\[::1\]$)/.test(hostname)) return null;
  return `${protocol}//${local ? "127.0.0.1" : "localhost"}${port && `:${port}`}`;
}

/** Another port of the same host, where a second server of this project answers; null where none could be had. */
export async function otherPort() {
  const { json } = await requestJson("POST", "/lab/api/twin/", { body: {}, ambient: false });
  const port = json?.url && new URL(json.url).port;
  return port ? `http://${location.hostname}:${port}` : null;
}

/** What came along with the request that was sent with this receipt; null if it never arrived. */
export async function came(receipt) {
  const end = performance.now() + PATIENCE;
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
export class Elsewhere {
  /** Opens the window. A browser allows that only in answer to a click. */
  constructor() {
    this.popup = window.open("about:blank", "", "popup,width=520,height=320");
  }

  /** Loads the page from this origin, and waits until it listens. */
  async visit(origin) {
    if (!this.popup) throw new Failed(t("Your browser has blocked the window of the other site: allow pop-up windows for this page, then run it again."), true);
    const ready = this.hears(origin, "ready");
    this.popup.location.replace(`${origin}/lab/elsewhere/`);
    this.origin = origin;
    await ready;
  }

  /** Has it send a request. Resolves with {sent} where its script sends it; a form or a link leaves the page. */
  async send(how, path, fields = {}) {
    const leaves = ["form", "link"].includes(how);
    const done = leaves ? null : this.hears(this.origin, "done");
    this.popup.postMessage({ how, url: location.origin + path, fields }, this.origin);
    return (await done) ?? { sent: true };
  }

  /** Resolves with the next message of this kind from the window. */
  hears(origin, kind) {
    return new Promise((resolve, reject) => {
      const listening = new AbortController();
      const end = performance.now() + PATIENCE;
      const watching = setInterval(() => {
        if (this.popup.closed) stop(reject, new Failed(t("The window of the other site was closed: leave it open until the experiment is over, and run it again.")));
        else if (performance.now() > end) stop(reject, new Failed(t("The other site, %(origin)s, does not answer in this browser.", { origin })));
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

/** The other site's origin, or an error that says where to find one. */
export function needOtherSite(here = location) {
  const origin = otherSite(here);
  if (origin) return origin;
  throw new Failed(t("From %(host)s there is no other site to come from. Run this on the server's own machine, at http://localhost.", { host: here.host }), true);
}
