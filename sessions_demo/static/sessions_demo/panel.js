/* The session mechanism's part of its page: active sign-ins, the decoded row, and changes made by a view. */

import { requestJson, requestJsonOrThrow } from "../authcompare/js/api-client.js";
import { announceChange, redraw, runTask, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";
import { fetchExchange } from "../mechanisms/js/actions.js";
import { headersNamed } from "../mechanisms/js/exchange.js";

const panel = document.getElementById("session-panel");
const { path, cookie } = panel.dataset;
const signInsStatus = document.getElementById("logins-status");
const actionsStatus = document.getElementById("acts-status");

/* ---- active sign-ins ---- */

panel.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-end]");
  if (!button) return;
  runTask(button, signInsStatus, async () => {
    const id = button.dataset.end; // empty: all but the current one
    const isCurrent = "current" in button.dataset;
    const { ended } = await requestJsonOrThrow("DELETE", `${path}devices/${id ? `${id}/` : ""}`);
    showStatus(signInsStatus, isCurrent
      ? t("The server deleted the row of this sign-in, so you are signed out.")
      : t("Sign-ins ended: %(n)s. Their session ids no longer work.", { n: ended }));
    if (isCurrent) announceChange();
    else await redraw();
  });
});

/** Fill in the password of a sandbox account, which this browser stores. */
function fillInPassword() {
  const field = document.querySelector("#elsewhere [name=password]");
  if (!field) return;
  const users = JSON.parse(localStorage.getItem("authcompare.sandbox") ?? "null")?.users ?? [];
  const known = users.find(({ username }) => username === field.dataset.of);
  if (known) field.value = known.password;
  field.closest("label").hidden = Boolean(known);
}

panel.addEventListener("submit", (event) => {
  if (event.target.id !== "elsewhere") return;
  event.preventDefault();
  const body = { password: event.target.elements.password.value };
  runTask(event.target.querySelector("button"), signInsStatus, async () => {
    await requestJsonOrThrow("POST", `${path}lab/elsewhere/`, { body });
    showStatus(signInsStatus, t("The lab's clean client signed in as you. The server stored another row."));
    await redraw();
  });
});

document.addEventListener("authcompare:redrawn", fillInPassword);
fillInPassword();

/* ---- changes made by a view ---- */

/** Run an action between two reads: {before, inside, after, exchange}, or {refused} with the refusing response. Before
    and after are null when signed out. */
async function experiment(slug) {
  // This read may extend the row's expiry time. Then the action's own request does not save the row for that reason.
  const before = await requestJson("GET", `${path}lab/look/`);
  if (before.status !== 200) return { refused: before };
  const action = await requestJson("POST", `${path}lab/${slug}/`);
  if (action.status !== 200) return { refused: action };
  const exchange = await fetchExchange(action.exchange);
  const after = await requestJson("GET", `${path}lab/look/`);
  return { before: before.json, inside: action.json, after: after.status === 200 ? after.json : null, exchange };
}

function text(value) {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Return the verdict: {word, mood}. */
function verdict({ before, inside, after, exchange }) {
  if (!after) return { word: t("Deleted: the row, its data and the sign-in"), mood: "bad" };
  if (before.id !== after.id) return { word: t("New id, same data"), mood: "good" };
  if (!same(inside.data, after.data)) return { word: t("Lost: the next request reads the old value"), mood: "bad" };
  if (!same(before.data, after.data)) return { word: t("Saved: the next request reads the new value"), mood: "good" };
  if (wasWritten(exchange)) return { word: t("Saved again with the same data"), mood: "plain" };
  return { word: t("Unchanged"), mood: "plain" };
}

const sessionQueries = ({ queries }) => queries.filter(({ sql }) => sql.includes("sessions_demo_session"));
const isWrite = ({ sql }) => /^(INSERT|UPDATE|DELETE)/.test(sql);
const wasWritten = (exchange) => exchange && sessionQueries(exchange).some(isWrite);

/** Return the SQL commands on the session table. */
function sqlCommands(exchange) {
  return sessionQueries(exchange).map(({ sql }) => element("code", { title: sql }, sql.split(" ")[0]));
}

function setCookie(exchange) {
  const header = headersNamed(exchange.response.headers, "Set-Cookie").find((each) => each.startsWith(`${cookie}=`));
  if (!header) return [t("not sent")];
  const age = Number(/max-age=(\d+)/i.exec(header)?.[1]);
  const meaning = age ? `Max-Age=${age}` : t("Max-Age=0: delete it");
  return [element("b", {}, t("sent")), " ", element("code", { title: header }, meaning)];
}

/** Return a table row that marks each value that differs from the one before it. */
function row(name, [before, inside, after], { lasting = true } = {}) {
  const mark = (value, old) => element("td.mono", {}, value === old ? value : element("ins", {}, value));
  const lost = lasting && inside !== before && after === before;
  return element("tr", {},
    element("th.mono", { scope: "row" }, name),
    element("td.mono", {}, before),
    lost ? element("td.mono", {}, element("del", {}, inside)) : mark(inside, before),
    lasting ? mark(after, before) : element("td.mono", {}, after));
}

function table({ before, inside, after }) {
  const states = [before, inside, after];
  const names = [...new Set(states.flatMap((state) => Object.keys(state?.data ?? {})))];
  const values = (name) => states.map((state) => text(state?.data[name]));
  const isShown = (name) => name === "basket" || (after && new Set(values(name)).size > 1);
  const shown = names.filter(isShown);
  const others = { names: names.filter((name) => !isShown(name)).join(", ") };
  const grid = element("table.plain.diff", {},
    element("caption.visually-hidden", {}, t("The session before the request, in the view, and in the next request")),
    element("thead", {}, element("tr", {}, element("td"),
      ...[t("Before"), t("In the view"), t("Next request")].map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {},
      row(t("id"), states.map((state) => text(state?.id))),
      row("modified", [text(before.modified), text(inside.modified), text(after?.modified)], { lasting: false }),
      ...shown.map((name) => row(name, values(name)))));
  return [element("div.scroll", { tabindex: "0", role: "group", "aria-label": t("Before and after") }, grid),
    element("p.facts", {}, after ? t("Unchanged: %(names)s", others) : t("Also deleted: %(names)s", others))];
}

function draw(place, observation) {
  const { exchange } = observation;
  const { word, mood } = verdict(observation);
  const mark = { good: "✓", bad: "✗", plain: "=" }[mood];
  const fact = (name, ...values) => element("div", {}, element("dt", {}, name), element("dd", {}, ...values));
  const facts = exchange
    ? element("dl.act-facts", {},
        fact("Set-Cookie", ...setCookie(exchange)),
        fact(t("Session table"), ...sqlCommands(exchange).flatMap((each) => [each, " "])))
    : null;
  const symbol = element("span", { "aria-hidden": "true" }, `${mark} `);
  const outcome = element("p.outcome", { "data-mood": mood }, symbol, word);
  place.replaceChildren(outcome, ...table(observation), ...(facts ? [facts] : []));
  return word;
}

document.querySelector(".acts")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const article = event.target.closest(".act");
  const place = article.querySelector(".act-result");
  showStatus(actionsStatus, t("Waiting for the response…"), { aloud: true });
  runTask(article.querySelector(".run"), actionsStatus, async () => {
    const observation = await experiment(article.dataset.slug);
    if (observation.refused) {
      const { status, json } = observation.refused;
      const why = status === 401 ? t("There is no session. Sign in above first.") : json?.detail ?? String(status);
      place.replaceChildren(element("p.outcome", { "data-mood": "plain" }, why));
      showStatus(actionsStatus, why, { aloud: true });
      return;
    }
    const title = article.querySelector("h3").textContent;
    showStatus(actionsStatus, `${title}: ${draw(place, observation)}`, { aloud: true });
    article.querySelector(".act-about").hidden = false;
    if (observation.after) await redraw();
    else announceChange();
  });
});

panel.dataset.ready = "true";
