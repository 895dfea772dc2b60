/* Predict, then run: nothing runs before a prediction and a confidence are stored, and the server sees to that. */

import { ask, Unreachable } from "../../mechanisms/js/variant-client.js";
import { drawColumn } from "../../experiments/js/observation.js";
import { el, say } from "../../authcompare/js/render.js";
import { asked, runInBrowser } from "../../experiments/js/runner.js";

const byId = (id) => document.getElementById(id);
const LATE = 3; // the round of who came after the votes

export function trial(config, { parts, stored }) {
  const form = byId("prediction");
  const status = byId("status");
  const runStatus = byId("run-status");
  const KEPT = `authcompare:walkthrough:seen:${config.slug}`;
  const seen = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");

  const columns = config.doors.map((door) => {
    const name = `${door.mechanism} ${door.variant}`;
    const outcome = config.outcomes[name]; // what the server knows; this tab may remember how it came about
    const result = outcome && { facts: [], sent: [], ...(seen[name]?.outcome === outcome.outcome ? seen[name] : {}), ...outcome };
    return { door, variant: door, name, place: document.querySelector(`.column[data-door="${name}"]`), prediction: null, result, failure: null, busy: null };
  });

  let module = null;
  let running = false;
  let unveiled = false;
  const ran = () => columns.some(({ result }) => result);

  /* ---- what may be done now ---- */

  const led = () => config.classroom?.mode === "led";
  const vote = () => (config.classroom?.vote.step === config.slug ? config.classroom.vote : { state: "none" });
  const voting = () => vote().state === "open";
  const late = () => vote().state === "run" && (config.prediction?.round ?? LATE) === LATE;
  const mayPredict = () => !ran() && !running && (!led() || voting() || late());
  const mayRun = () => Boolean(config.prediction) && !["open", "closed"].includes(vote().state);

  function told() {
    if (ran()) return "";
    if (vote().state === "closed") return say("The vote is closed. It runs when your teacher says so.");
    if (led() && vote().state === "none") return say("Your teacher has not opened the vote on this step yet.");
    const again = voting() && vote().round === 2 && config.prediction?.round !== 2;
    if (again) return say("Second vote: has your neighbour convinced you?");
    if (!config.prediction) return "";
    if (!mayPredict()) return say("The votes are over. Now run it.");
    return voting() ? say("Stored. You can change it until the vote is closed.") : say("Stored. You can change it until you run it.");
  }

  /* ---- predicting ---- */

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = new FormData(form);
    const choices = Object.fromEntries(columns.map(({ name }) => [name, said.get(name)]));
    const body = { step: config.slug, round: vote().round ?? 1, choices, confidence: Number(said.get("confidence")) };
    let answer;
    try {
      answer = await ask("POST", "/walkthrough/api/predict/", { body });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = say("The server does not answer: see that it is running, then store it again.");
      return;
    }
    if (answer.status !== 200) {
      status.textContent = answer.json?.detail ?? String(answer.status);
      return;
    }
    config.prediction = answer.json;
    config.learner = true;
    draw();
    stored();
    if (!mayRun()) return;
    parts.go("observe");
    byId("run").focus();
  });

  /* ---- running ---- */

  async function run(wanted) {
    if (running) return;
    if (!mayRun()) {
      runStatus.textContent = config.prediction ? say("Your class is not done with voting: it runs when your teacher says so.") : say("Predict first: then it runs.");
      return;
    }
    const prepared = module?.prepare?.(config); // first of all: what it opens must be opened inside the click
    running = true;
    for (const column of wanted) Object.assign(column, { result: null, failure: null, busy: say("Running…") });
    draw();
    runStatus.textContent = say("Running at %(n)s doors…", { n: wanted.length });
    if (config.browser) for (const column of wanted) await one(column, prepared); // one browser, one cookie jar
    else await Promise.all(wanted.map((column) => one(column)));
    module?.finish?.(prepared);
    running = false;
    sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(columns.map(({ name, result }) => [name, result]))));
    draw();
    runStatus.textContent = verdict();
  }

  async function one(column, prepared) {
    const progress = (text) => {
      column.busy = text;
      drawOne(column);
    };
    const { door } = column;
    const at = { step: config.slug, mechanism: door.mechanism, variant: door.variant };
    try {
      if (config.browser) {
        const here = await runInBrowser(module, door, { config, prepared, progress });
        column.result = { ...here, ...(await asked("POST", "/walkthrough/api/observed/", { ...at, outcome: here.outcome }, true)) };
      } else {
        column.result = await asked("POST", "/walkthrough/api/run/", at, true);
      }
    } catch (error) {
      column.failure = error.message;
    }
    column.busy = null;
    drawOne(column);
  }

  /** All of it in a sentence or two. */
  function verdict() {
    const done = columns.filter(({ result }) => result);
    const right = done.filter(({ prediction, result }) => prediction === result.outcome).length;
    const broken = done.filter(({ result }) => !result.agrees).length;
    const failed = columns.filter(({ failure }) => failure).length;
    return [
      broken ? say("NOT as promised: %(n)s.", { n: broken }) : "",
      failed ? say("Could not be finished: %(n)s.", { n: failed }) : "",
      done.length ? say("You were right at %(n)s of %(all)s doors.", { n: right, all: done.length }) : "",
    ].filter(Boolean).join(" ");
  }

  byId("trial").addEventListener("submit", (event) => {
    event.preventDefault();
    run(columns);
  });

  /* ---- drawing ---- */

  const drawOne = (column) => drawColumn(column, config, { again: () => run([column]) });

  function draw() {
    const { prediction } = config;
    for (const column of columns) {
      column.prediction = prediction?.choices[column.name] ?? null;
      drawOne(column);
    }
    for (const input of form.querySelectorAll("input")) input.disabled = !mayPredict();
    byId("store").hidden = !mayPredict();
    byId("store").textContent = prediction ? say("Store it anew") : say("Store my prediction");
    byId("run").textContent = ran() ? say("Run again") : columns.length > 1 ? say("Run at these %(n)s doors", { n: columns.length }) : say("Run");
    byId("run").setAttribute("aria-disabled", String(running || !mayRun()));
    if (!running && !ran()) runStatus.textContent = mayRun() ? say("Real requests, with throwaway accounts of your own.") : config.prediction ? say("Locked until your teacher says so.") : say("Locked until your prediction is stored.");
    status.textContent = told();
    byId("verdicts").replaceChildren(...columns.filter(({ result }) => result).map(against));
    const hidden = !ran() && !unveiled;
    for (const veil of document.querySelectorAll(".veil")) veil.hidden = !hidden;
    for (const after of document.querySelectorAll(".after-run")) after.hidden = hidden;
    parts.refresh();
  }

  /** What was said of one door against what was seen there, with the idea behind a wrong answer. */
  function against({ door, prediction, result: { outcome }, place }) {
    const text = (wanted) => config.choices.find((choice) => choice.outcome === wanted);
    const who = place.querySelector(".door-title").cloneNode(true);
    const right = prediction === outcome;
    const idea = !right && prediction && text(prediction)?.misconception;
    return el("li", { "data-shape": door.shape, "data-right": String(right) }, who,
      el("p.came", {}, text(outcome)?.text ?? outcome),
      ...(right ? [el("p.good", {}, "✓ ", say("As you said."))] : []),
      ...(!right && prediction ? [el("p", {}, el("strong.bad", {}, "✗"), " ", el("span.label", {}, say("You said:")), " ", text(prediction).text)] : []),
      ...(idea ? [el("p.idea", {}, el("span.label", {}, say("The idea behind your answer:")), " ", el("q", {}, idea))] : []));
  }

  for (const button of document.querySelectorAll("[data-unveil]")) {
    button.addEventListener("click", () => {
      unveiled = true;
      draw();
    });
  }

  /* ---- start ---- */

  for (const input of form.querySelectorAll("input")) {
    const said = input.name === "confidence" ? String(config.prediction?.confidence) : config.prediction?.choices[input.name];
    input.checked = input.value === said;
  }
  if (config.browser) {
    import(`../../experiments/js/catalogue/${config.experiment}.js`).then((loaded) => {
      module = loaded;
      byId("alters").hidden = !module.alters;
      parts.refresh();
    }, (error) => {
      runStatus.textContent = say("This experiment's script could not be loaded: reload the page. (%(why)s)", { why: error.message });
    });
  }
  draw();
  if (ran()) runStatus.textContent = verdict();

  return {
    draw,
    /** The part to begin with: where somebody was who comes back. */
    begins: () => (ran() || mayRun() ? "observe" : "predict"),
  };
}
