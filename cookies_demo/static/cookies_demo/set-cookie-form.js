/* Has the server set a cookie of the user's choice, and compares the requested attributes with the stored ones. */

import { requestJsonOrThrow } from "../authcompare/js/api-client.js";
import { redraw, runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { readStored } from "./stored.js";

const { path, here, there } = document.getElementById("cookie-panel").dataset;
const form = document.getElementById("try");
const status = document.getElementById("try-status");
const result = document.getElementById("try-result");
const STORAGE_KEY = "authcompare.tried"; // names, because no response here shows a cookie with another path

const triedNames = () => JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "[]");

/** Return the form's fields for the API: numbers as numbers, and no empty fields. */
function requestBody() {
  const body = { secure: false, httponly: false, host: false };
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken" || (value === "" && name !== "value")) continue;
    if (name in body) body[name] = true;
    else body[name] = name === "size" || name === "max_age" ? Number(value) : value;
  }
  return body;
}

/** Delete these cookies, or all that the browser sends, at every path of the form. */
async function cleanUp(names) {
  for (const { value } of form.elements.path.options) {
    const body = names.length ? { names: names.join(" "), path: value } : { path: value };
    await requestJsonOrThrow("POST", `${path}lab/clean-up/`, { body });
  }
}

/** Set the cookie, and observe it. Returns {requested, body, sentHere, sentThere, script}. */
async function setCookie() {
  const body = requestBody();
  const plain = `try_${body.name}`;
  await cleanUp([plain, `__Host-${plain}`]); // an older cookie of this name would hide that the new one was dropped
  const requested = await requestJsonOrThrow("POST", `${path}lab/try/`, { body });
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify([...new Set([...triedNames(), requested.name])].slice(-20)));
  const isSent = async (url) => {
    const { cookies } = await requestJsonOrThrow("GET", url);
    return cookies.some(({ name }) => name === requested.name);
  };
  const [sentHere, sentThere] = [await isSent(here), await isSent(there)];
  return { requested, body, sentHere, sentThere, script: await readStored(requested.name) };
}

function verdict({ sentHere, sentThere, script }) {
  const stored = sentHere || sentThere || script;
  if (!stored) return { word: t("Not stored: the browser dropped it silently"), mood: "bad" };
  if (sentHere && sentThere) return { word: t("Stored, and sent back to both URLs"), mood: "good" };
  return { word: t("Stored, but sent back to one URL only"), mood: "plain" };
}

const check = (is) => element(is ? "span.check.good" : "span.check.bad", {}, is ? `✓ ${t("yes")}` : `✗ ${t("no")}`);

/** Return whether the cookie is HttpOnly, in words. A script never sees a cookie with another path. */
function httpOnlyText(script, onThisPath) {
  if (script) return t("no");
  return onThisPath ? t("yes: the browser sends it and hides it from scripts") : t("unknown to every page");
}

/** Return a table of the requested and the stored attributes. */
function comparison({ body, script, sentHere, sentThere }) {
  const unknown = script ? t("hidden by this browser") : t("unknown to every page");
  const known = (name) => script?.attributes?.[name] ?? unknown;
  const stored = script || sentHere || sentThere;
  const rows = [
    ["Max-Age", body.max_age === undefined ? "–" : String(body.max_age), known("Expires")],
    ["Path", body.path, known("Path")],
    ["SameSite", body.samesite ?? "–", known("SameSite")],
    ["Secure", body.secure ? t("yes") : t("no"), known("Secure")],
    ["HttpOnly", body.httponly ? t("yes") : t("no"), httpOnlyText(script, location.pathname.startsWith(body.path))],
  ];
  const titles = [t("Attribute"), t("Requested"), t("Stored")];
  return element("table.plain.compare", {},
    element("caption.visually-hidden", {}, t("Requested and stored attributes")),
    element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {}, ...rows.map(([name, requested, actual]) =>
      element("tr", {},
        element("th.mono", { scope: "row" }, name),
        element("td", {}, requested),
        element("td", {}, stored ? actual : "–")))));
}

function draw(observation) {
  const { requested, script, sentHere, sentThere } = observation;
  const { word, mood } = verdict(observation);
  const observed = [
    [t("sent to %(url)s", { url: here }), sentHere],
    [t("sent to %(url)s", { url: there }), sentThere],
    [t("visible to scripts of this page"), Boolean(script)],
  ];
  const header = requested.set_cookie;
  const shown = header.length > 160 ? `${header.slice(0, 40)}…${header.slice(-80)}` : header;
  const facts = observed.map(([name, is]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, check(is))));
  const reasons = requested.reasons.map(({ code, detail }) => element("li", { "data-code": code }, detail));
  result.replaceChildren(
    element("p.outcome", { "data-mood": mood }, word),
    element("p.mono.set-line", { title: header }, element("b", {}, "Set-Cookie: "), shown, " ",
      element("small", {}, t("name and value: %(n)s bytes", { n: requested.bytes }))),
    element("div.try-columns", {},
      comparison(observation),
      element("div", {},
        element("dl.observed", {}, ...facts),
        reasons.length ? element("ul.reasons", {}, ...reasons) : null)),
  );
  showStatus(status, word, { aloud: true });
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  runTask(form.querySelector(".primary"), status, async () => {
    draw(await setCookie());
    await redraw();
  });
});

document.getElementById("clean-up")?.addEventListener("click", ({ target }) => runTask(target, status, async () => {
  await cleanUp([]); // all that the browser sends here
  if (triedNames().length) await cleanUp(triedNames()); // and those with another path
  sessionStorage.removeItem(STORAGE_KEY);
  result.replaceChildren();
  showStatus(status, t("All of your cookies are deleted."));
  await redraw();
}));
