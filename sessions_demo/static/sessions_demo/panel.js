/* What only sessions have: my logins, the row behind my cookie, and what a view can do to it. */

import { fetchExchange } from "../mechanisms/js/actions.js";
import { requestJson, Unreachable } from "../authcompare/js/api-client.js";
import { headersNamed } from "../mechanisms/js/exchange.js";
import { announceChange, redraw, showStatus } from "../authcompare/js/panel.js";
import { element, t } from "../authcompare/js/render.js";

const panel = document.getElementById("session-panel");
const { path, cookie } = panel.dataset;
const loginsStatus = document.getElementById("logins-status");
const actsStatus = document.getElementById("acts-status");
const NO_ANSWER = t("The server cannot be reached. Is it still running?");

/** Asks; without an answer says so in `status` and resolves with null. */
async function tryToAsk(status, ...request) {
  try {
    return await requestJson(...request);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    showStatus(status, NO_ANSWER);
    return null;
  }
}

/* ---- my logins ---- */

panel.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-end]");
  if (!button) return;
  button.disabled = true;
  const one = button.dataset.end;
  const answer = await tryToAsk(loginsStatus, "DELETE", `${path}devices/${one ? `${one}/` : ""}`);
  if (!answer) {
    button.disabled = false;
    return;
  }
  if (answer.status !== 200) loginsStatus.textContent = answer.json?.detail ?? String(answer.status);
  else if ("current" in button.dataset) loginsStatus.textContent = t("This login is ended: its row is deleted, and you are signed out.");
  else loginsStatus.textContent = t("Logins ended: %(n)s. Whoever held their ids is signed out.", { n: answer.json.ended });
  if ("current" in button.dataset) announceChange();
  else await redraw();
});

/** A throwaway account's password is known here: nobody has to type it. */
function fillInPassword() {
  const field = document.querySelector("#elsewhere [name=password]");
  if (!field) return;
  const users = JSON.parse(localStorage.getItem("authcompare.sandbox") ?? "null")?.users ?? [];
  const known = users.find(({ username }) => username === field.dataset.of);
  if (known) field.value = known.password;
  field.closest("label").hidden = Boolean(known);
}

panel.addEventListener("submit", async (event) => {
  if (event.target.id !== "elsewhere") return;
  event.preventDefault();
  const body = { password: event.target.elements.password.value };
  const answer = await tryToAsk(loginsStatus, "POST", `${path}lab/elsewhere/`, { body });
  if (!answer) return;
  loginsStatus.textContent = answer.status === 201
    ? t("The lab's clean client has signed in as you: that is another row.")
    : answer.json?.detail ?? String(answer.status);
  await redraw();
});

document.addEventListener("authcompare:redrawn", fillInPassword);
fillInPassword();

/* ---- what a view does to the session ---- */

/** Runs one act between two looks: {before, inside, after, exchange, refused}. Before and after are null when signed out. */
async function experiment(slug) {
  // The look comes first, also because it may be the one that pushes the row's end back: then the act's own request
  // is not saved for that reason.
  const before = await tryToAsk(actsStatus, "GET", `${path}lab/look/`);
  if (before?.status !== 200) return before && { refused: before };
  const act = await tryToAsk(actsStatus, "POST", `${path}lab/${slug}/`);
  if (act?.status !== 200) return act && { refused: act };
  const exchange = await fetchExchange(act.exchange);
  const after = await tryToAsk(actsStatus, "GET", `${path}lab/look/`);
  return { before: before.json, inside: act.json, after: after?.status === 200 ? after.json : null, exchange };
}

const text = (value) => (value === undefined || value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What came of it, in words: {word, mood}. */
function verdict({ before, inside, after, exchange }) {
  if (!after) return { word: t("Gone: the row, its data, and the sign-in"), mood: "bad" };
  if (before.id !== after.id) return { word: t("Another id, the same data"), mood: "good" };
  if (!same(inside.data, after.data)) return { word: t("Lost: the next request finds the old value"), mood: "bad" };
  if (!same(before.data, after.data)) return { word: t("Kept: the next request finds it"), mood: "good" };
  if (written(exchange)) return { word: t("Written again, with the same data"), mood: "plain" };
  return { word: t("Nothing has changed"), mood: "plain" };
}

const onSessions = (exchange) => exchange.queries.filter(({ sql }) => sql.includes("sessions_demo_session"));
const written = (exchange) => exchange && onSessions(exchange).some(({ sql }) => /^(INSERT|UPDATE|DELETE)/.test(sql));

/** What was sent to the database about sessions: SELECT, UPDATE. */
function statements(exchange) {
  return onSessions(exchange).map(({ sql }) => element("code", { title: sql }, sql.split(" ")[0]));
}

function setCookie(exchange) {
  const line = headersNamed(exchange.response.headers, "Set-Cookie").find((each) => each.startsWith(`${cookie}=`));
  if (!line) return [t("not sent")];
  const age = /max-age=(\d+)/i.exec(line)?.[1];
  return [element("b", {}, t("sent")), " ", element("code", { title: line }, Number(age) ? `Max-Age=${age}` : t("Max-Age=0: delete it"))];
}

/** One line of the comparison; what differs from the cell before it is marked. */
function line(name, [before, inside, after], { lasting = true } = {}) {
  const mark = (value, old) => element("td.mono", {}, value === old ? value : element("ins", {}, value));
  const lost = lasting && inside !== before && after === before;
  return element("tr", {},
    element("th.mono", { scope: "row" }, name),
    element("td.mono", {}, before),
    lost ? element("td.mono", {}, element("del", {}, inside)) : mark(inside, before),
    lasting ? mark(after, before) : element("td.mono", {}, after));
}

function table({ before, inside, after }) {
  const names = [...new Set([before, inside, after].flatMap((seen) => Object.keys(seen?.data ?? {})))];
  const seen = (name) => [before, inside, after].map((found) => text(found?.data[name]));
  const [shown, rest] = [[], []];
  for (const name of names) (name === "basket" || (after && new Set(seen(name)).size > 1) ? shown : rest).push(name);
  const others = { names: rest.join(", ") };
  const grid = element("table.plain.diff", {},
    element("caption.visually-hidden", {}, t("The session before, inside and after this request")),
    element("thead", {}, element("tr", {}, element("td"),
      ...[t("Before"), t("In the view"), t("Next request")].map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {},
      line(t("id"), [before, inside, after].map((found) => text(found?.id))),
      line("modified", [text(before.modified), text(inside.modified), text(after?.modified)], { lasting: false }),
      ...shown.map((name) => line(name, seen(name)))));
  return [element("div.scroll", { tabindex: "0", role: "group", "aria-label": t("Before and after") }, grid),
    element("p.facts", {}, after ? t("Unchanged: %(names)s", others) : t("Gone, too: %(names)s", others))];
}

function draw(place, found) {
  const { word, mood } = verdict(found);
  const mark = { good: "✓", bad: "✗", plain: "=" }[mood];
  const facts = found.exchange
    ? element("dl.act-facts", {},
        element("div", {}, element("dt", {}, "Set-Cookie"), element("dd", {}, ...setCookie(found.exchange))),
        element("div", {}, element("dt", {}, t("Session table")), element("dd", {}, ...statements(found.exchange).flatMap((each) => [each, " "]))))
    : null;
  const outcome = element("p.outcome", { "data-mood": mood }, element("span", { "aria-hidden": "true" }, `${mark} `), word);
  place.replaceChildren(outcome, ...table(found), ...(facts ? [facts] : []));
  return word;
}

document.querySelector(".acts")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const act = event.target.closest(".act");
  const button = act.querySelector(".run");
  const place = act.querySelector(".act-result");
  const about = act.querySelector(".act-about");
  button.disabled = true;
  showStatus(actsStatus, t("Asking…"), { aloud: true });
  try {
    const found = await experiment(act.dataset.slug);
    if (!found) return;
    if (found.refused) {
      const { status, json } = found.refused;
      const why = status === 401 ? t("Sign in above first: there is no session to do it to.") : json?.detail ?? String(status);
      place.replaceChildren(element("p.outcome", { "data-mood": "plain" }, why));
      showStatus(actsStatus, why, { aloud: true });
      return;
    }
    showStatus(actsStatus, `${act.querySelector("h3").textContent}: ${draw(place, found)}`, { aloud: true });
    about.hidden = false;
    if (found.after) await redraw();
    else announceChange();
  } finally {
    button.disabled = false;
    if (document.activeElement === document.body) button.focus({ preventScroll: true });
  }
});

panel.dataset.ready = "true";
