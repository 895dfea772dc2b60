/* Draws what came of an experiment at one door: what was predicted, what was seen, whether it is what the door
   promises, and the requests that led to it. */

import { element, t } from "../../authcompare/js/render.js";
import { openRequest } from "./exchange-viewer.js";
import { copyable, openViewer } from "../../authcompare/js/viewer.js";

export function drawColumn(column, config, { again }) {
  const { place, result, failure, busy, prediction } = column;
  const part = (name) => place.querySelector(`.${name}`);
  const text = (outcome) => config.choices.find((choice) => choice.outcome === outcome)?.text ?? outcome;

  if (busy) place.setAttribute("aria-busy", "true");
  else place.removeAttribute("aria-busy");
  for (const name of ["outcome", "expected", "agrees"]) {
    if (result) place.dataset[name] = String(result[name]);
    else delete place.dataset[name];
  }

  const done = Boolean(result || failure || busy);
  const choices = part("said").querySelector("fieldset"); // in the walkthrough one predicts elsewhere
  if (choices) choices.hidden = done;
  const line = part("prediction");
  line.hidden = !done && Boolean(choices || !prediction);
  line.replaceChildren(...(prediction ? [element("span.label", {}, t("You said:")), " ", text(prediction)] : [element("span.label", {}, t("You predicted nothing."))]));

  part("observed").replaceChildren(...(busy ? [running(busy)] : failure ? failed(failure, again) : result ? [observed(result, config, text)] : []));
  part("judged").replaceChildren(...(result ? [...broken(result, text), ...judged(result, prediction, config), ...kept(result)] : []));
  part("sent").replaceChildren(...(result ? [facts(result), ...requests(column)] : []));
}

const running = (text) => element("p.running", {}, element("progress", { "aria-label": t("Running…") }), " ", text);

function failed(text, again) {
  const button = element("button", { type: "button" }, t("Run again"));
  button.addEventListener("click", again);
  return [element("p.failure", {}, text), button];
}

/** What was seen. An attack has a mood: it succeeded or it did not; any other outcome is simply so. */
function observed({ outcome }, config, text) {
  const attacked = config.attack !== null;
  const mood = !attacked ? "plain" : outcome === config.attack ? "open" : "good";
  const mark = { plain: "", open: "! ", good: "✓ " }[mood];
  return element("p.seen", { "data-mood": mood },
    attacked ? element("small", {}, mood === "open" ? t("The attack succeeds:") : t("The attack fails:")) : element("small", {}, t("What happens:")),
    element("span", { "aria-hidden": "true" }, mark), text(outcome));
}

/** What was seen against what the door promises. A difference is loud: our own claim is wrong. */
const broken = ({ agrees, expected }, text) => (agrees ? [] : [
  element("p.promise.broken", {}, element("strong", {}, "✗ ", t("NOT as promised.")), " ", t("This door promises: %(what)s", { what: text(expected) })),
]);

const kept = ({ agrees }) => (agrees ? [element("p.promise", {}, t("As this door promises."))] : []);

/** What was seen against the prediction; behind a wrong one stands the misconception that leads to it. */
function judged({ outcome }, prediction, config) {
  if (!prediction) return [];
  if (prediction === outcome) return [element("p.judgement.right", {}, "✓ ", t("You were right."))];
  const idea = config.choices.find((choice) => choice.outcome === prediction)?.misconception;
  return [element("p.judgement.wrong", {}, "✗ ", t("Not as you said."),
    ...(idea ? [" ", t("The idea behind your answer:"), " ", element("q", {}, idea)] : []))];
}

const LONG = 40; // characters: what has more is given a whole line

const facts = ({ facts }) =>
  element("dl.facts", {}, ...facts.flatMap(([what, value]) => [
    element("dt", {}, what),
    element(String(value).length > LONG ? "dd.mono.long" : "dd.mono", {}, String(value)),
  ]));

/** The requests in their order, each a button that opens it on the wire. */
function requests({ door, place, result }) {
  if (!result.sent.length) return [];
  const title = place.querySelector(".door-title").textContent.trim();
  const buttons = result.sent.map((sent, i) => {
    const path = readable(sent.path.startsWith(door.path) ? sent.path.slice(door.path.length) : sent.path);
    const button = element("button.mono", { type: "button", title: `${sent.method} ${sent.path}` }, `${sent.method} ${path} `, element("b", {}, String(sent.status)));
    button.addEventListener("click", () => openRequest(door, title, result.sent, i));
    return element("li", {}, button);
  });
  const wire = element("button", { type: "button" }, t("Step through on the wire"));
  wire.addEventListener("click", () => openRequest(door, title, result.sent, 0));
  const curl = element("button", { type: "button" }, t("curl transcript"));
  curl.addEventListener("click", () => openViewer(t("%(door)s: the same requests with curl", { door: title }), copyable(transcript(result.sent))));
  return [element("ol.requests", { "aria-label": t("The requests, each open to be looked at") }, ...buttons), element("div.actions", {}, wire, curl)];
}

function readable(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a bad one, sent on purpose
  }
}

const transcript = (sent) => sent.map(({ method, path, status, curl }, i) => `# ${i + 1}. ${method} ${path} → ${status}\n${curl}`).join("\n\n");
