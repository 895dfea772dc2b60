/* Asks for a cookie of one's own choice, and compares what was requested with what comes back. */

import { requestJsonOrThrow } from "../authcompare/js/api-client.js";
import { redraw, runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { seen } from "./stored.js";

const { path, here, there } = document.getElementById("cookie-panel").dataset;
const form = document.getElementById("try");
const status = document.getElementById("try-status");
const result = document.getElementById("try-result");
const TRIED = "authcompare.tried"; // names: one that is sent elsewhere only, no answer here could tell

const tried = () => JSON.parse(sessionStorage.getItem(TRIED) ?? "[]");

/** The form's fields as the API takes them: numbers as numbers, what is left empty left out. */
function wanted() {
  const body = { secure: false, httponly: false, host: false };
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken" || (value === "" && name !== "value")) continue;
    if (name in body) body[name] = true;
    else body[name] = name === "size" || name === "max_age" ? Number(value) : value;
  }
  return body;
}

/** Deletes these cookies, or all that come along, at every path that one may have had here. */
async function cleanUp(names) {
  for (const { value } of form.elements.path.options) {
    const body = names.length ? { names: names.join(" "), path: value } : { path: value };
    await requestJsonOrThrow("POST", `${path}lab/clean-up/`, { body });
  }
}

async function askFor() {
  const body = wanted();
  const plain = `try_${body.name}`;
  await cleanUp([plain, `__Host-${plain}`]); // else what is dropped would seem to be stored: the one before it is still there
  const asked = await requestJsonOrThrow("POST", `${path}lab/try/`, { body });
  sessionStorage.setItem(TRIED, JSON.stringify([...new Set([...tried(), asked.name])].slice(-20)));
  const came = async (address) => (await requestJsonOrThrow("GET", address)).cookies.some(({ name }) => name === asked.name);
  return { asked, body, here: await came(here), there: await came(there), script: await seen(asked.name) };
}

function verdict({ here: atHere, there: atThere, script }) {
  if (!atHere && !atThere && !script) return { word: t("Not there: the browser dropped it, and told nobody"), mood: "bad" };
  if (atHere && atThere) return { word: t("Stored, and sent back to both addresses"), mood: "good" };
  return { word: t("Stored, but sent back to one address only"), mood: "plain" };
}

const tick = (is) => element(is ? "span.check.good" : "span.check.bad", {}, is ? `✓ ${t("yes")}` : `✗ ${t("no")}`);

/** Is it kept from scripts? Where its path is another, a script would not see it anyway. */
function hidden(script, onThisPath) {
  if (script) return t("no");
  return onThisPath ? t("yes: it is sent, and scripts do not see it") : t("no page can know");
}

/** Requested against stored, attribute by attribute, as far as a page can know. */
function comparison({ body, script, ...found }) {
  const known = (name) => script?.attributes?.[name] ?? (script ? t("this browser does not tell") : t("no page can know"));
  const stored = script || found.here || found.there;
  const rows = [
    ["Max-Age", body.max_age === undefined ? "–" : String(body.max_age), known("Ends")],
    ["Path", body.path, known("Path")],
    ["SameSite", body.samesite ?? "–", known("SameSite")],
    ["Secure", body.secure ? t("yes") : t("no"), known("Secure")],
    ["HttpOnly", body.httponly ? t("yes") : t("no"), hidden(script, location.pathname.startsWith(body.path))],
  ];
  return element("table.plain.compare", {},
    element("caption.visually-hidden", {}, t("Requested against stored")),
    element("thead", {}, element("tr", {}, ...[t("Attribute"), t("Requested"), t("Stored")].map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {}, ...rows.map(([name, asked, kept]) =>
      element("tr", {}, element("th.mono", { scope: "row" }, name), element("td", {}, asked), element("td", {}, stored ? kept : "–")))));
}

function draw(found) {
  const { asked, script } = found;
  const { word, mood } = verdict(found);
  const observed = [
    [t("sent to %(address)s", { address: here }), found.here],
    [t("sent to %(address)s", { address: there }), found.there],
    [t("seen by scripts of this page"), Boolean(script)],
  ];
  result.replaceChildren(
    element("p.outcome", { "data-mood": mood }, word),
    element("p.mono.set-line", { title: asked.set_cookie }, element("b", {}, "Set-Cookie: "),
      asked.set_cookie.length > 160 ? `${asked.set_cookie.slice(0, 40)}…${asked.set_cookie.slice(-80)}` : asked.set_cookie,
      " ", element("small", {}, t("name and value: %(n)s bytes", { n: asked.bytes }))),
    element("div.try-columns", {},
      comparison(found),
      element("div", {},
        element("dl.observed", {}, ...observed.map(([name, is]) => element("div", {}, element("dt", {}, name), element("dd", {}, tick(is))))),
        asked.reasons.length
          ? element("ul.reasons", {}, ...asked.reasons.map(({ code, detail }) => element("li", { "data-code": code }, detail)))
          : null)),
  );
  showStatus(status, word, { aloud: true });
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  runTask(form.querySelector(".primary"), status, async () => {
    draw(await askFor());
    await redraw();
  });
});

document.getElementById("clean-up")?.addEventListener("click", ({ target }) => runTask(target, status, async () => {
  await cleanUp([]); // all that are sent here
  if (tried().length) await cleanUp(tried()); // and those that are sent elsewhere only
  sessionStorage.removeItem(TRIED);
  result.replaceChildren();
  showStatus(status, t("Every cookie that was tried here is deleted."));
  await redraw();
}));
