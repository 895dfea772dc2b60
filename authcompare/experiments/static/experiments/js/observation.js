/* Draws the result of an experiment at one variant: the prediction, the observation, the server's judgement of both,
   and the requests. */

import { element, t } from "../../authcompare/js/render.js";
import { openRequest } from "./exchange-viewer.js";
import { copyable, openViewer } from "../../authcompare/js/viewer.js";

export function drawColumn(column, config, { again }) {
  const { place, result, failure, busy, prediction } = column;
  const part = (name) => place.querySelector(`.${name}`);
  const textOf = (outcome) => config.choices.find((choice) => choice.outcome === outcome)?.text ?? outcome;

  if (busy) place.setAttribute("aria-busy", "true");
  else place.removeAttribute("aria-busy");
  for (const name of ["outcome", "expected", "agrees"]) {
    if (result) place.dataset[name] = String(result[name]);
    else delete place.dataset[name];
  }

  const done = Boolean(result || failure || busy);
  const choices = part("said").querySelector("fieldset"); // the walkthrough has its own form for predictions
  if (choices) choices.hidden = done;
  const line = part("prediction");
  line.hidden = !done && Boolean(choices || !prediction);
  line.replaceChildren(...(prediction
    ? [element("span.label", {}, t("Your prediction:")), " ", textOf(prediction)]
    : [element("span.label", {}, t("No prediction made."))]));

  part("observed").replaceChildren(...(
    busy ? [drawBusy(busy)]
      : failure ? drawFailure(failure, again)
        : result ? [drawOutcome(result, config, textOf)] : []));
  part("judged").replaceChildren(...(result ? [...drawPromise(result, textOf), ...drawJudgement(result)] : []));
  part("sent").replaceChildren(...(result ? [drawFacts(result), ...drawRequests(column)] : []));
}

const drawBusy = (text) => element("p.running", {}, element("progress", { "aria-label": t("Running…") }), " ", text);

function drawFailure(text, again) {
  const button = element("button", { type: "button" }, t("Run again"));
  button.addEventListener("click", again);
  return [element("p.failure", {}, text), button];
}

const SIGNS = { plain: "", succeeds: "! ", fails: "✓ " };

/** The observed outcome. An attack succeeds or fails; any other outcome has no sign. */
function drawOutcome({ outcome }, config, textOf) {
  const mark = config.attack === null ? "plain" : outcome === config.attack ? "succeeds" : "fails";
  const title = { plain: t("Result:"), succeeds: t("The attack succeeds:"), fails: t("The attack fails:") }[mark];
  return element("p.seen", { "data-mark": mark },
    element("small", {}, title), element("span", { "aria-hidden": "true" }, SIGNS[mark]), textOf(outcome));
}

/** The outcome against the promise of the variant. A difference is an error of this project, and stands out. */
function drawPromise({ agrees, expected }, textOf) {
  if (agrees) return [element("p.promise", {}, t("Expected for this door."))];
  const promise = t("This door promises: %(what)s", { what: textOf(expected) });
  return [element("p.promise.broken", {}, element("strong", {}, "✗ ", t("NOT as expected.")), " ", promise)];
}

/** The server's judgement of the prediction, with the misconception that leads to a wrong one. */
function drawJudgement({ right, misconception }) {
  if (right === undefined) return [];
  if (right) return [element("p.judgement.right", {}, "✓ ", t("Your prediction was right."))];
  const idea = misconception ? [" ", t("The idea behind your answer:"), " ", element("q", {}, misconception)] : [];
  return [element("p.judgement.wrong", {}, "✗ ", t("Your prediction was wrong."), ...idea)];
}

const LONG = 40; // characters: a longer value gets a line of its own

const drawFacts = ({ facts }) =>
  element("dl.facts", {}, ...facts.flatMap(([label, value]) => [
    element("dt", {}, label),
    element(String(value).length > LONG ? "dd.mono.long" : "dd.mono", {}, String(value)),
  ]));

/** The requests in their order; each is a button that opens it in the viewer. */
function drawRequests({ variant, place, result }) {
  if (!result.sent.length) return [];
  const title = place.querySelector(".door-title").textContent.trim().replace(/\s+/g, " ");
  const open = (i) => openRequest(variant, title, result.sent, i);
  const button = (text, act) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", act);
    return made;
  };
  const items = result.sent.map(({ method, path, status }, i) => {
    const short = decoded(path.startsWith(variant.path) ? path.slice(variant.path.length) : path);
    const attributes = { type: "button", title: `${method} ${path}` };
    const item = element("button.mono", attributes, `${method} ${short} `, element("b", {}, String(status)));
    item.addEventListener("click", () => open(i));
    return element("li", {}, item);
  });
  const curlTitle = t("%(door)s: the same requests with curl", { door: title });
  const showCurl = () => openViewer(curlTitle, copyable(transcript(result.sent)));
  const step = button(t("Step through the requests"), () => open(0));
  return [
    element("ol.requests", { "aria-label": t("The requests; select one to see it") }, ...items),
    element("div.actions", {}, step, button(t("Show curl commands"), showCurl)),
  ];
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // an invalid path, sent on purpose
  }
}

const transcript = (sent) => sent
  .map(({ method, path, status, curl }, i) => `# ${i + 1}. ${method} ${path} → ${status}\n${curl}`)
  .join("\n\n");
