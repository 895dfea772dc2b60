/* Predict, then run. The server requires a stored prediction before the run, and judges it. */

import { requestJson, Unreachable } from "../../authcompare/js/api-client.js";
import { drawColumn } from "../../experiments/js/observation.js";
import { element, t } from "../../authcompare/js/render.js";
import { asked, runInBrowser } from "../../experiments/js/runner.js";

const byId = (id) => document.getElementById(id);
const LATE = 3; // the round of a prediction after the votes

/** Connects the prediction form and the columns. `onSaved` is called after a prediction is stored. */
export function startTrial(config, { parts, onSaved }) {
  const form = byId("prediction");
  const status = byId("status");
  const runStatus = byId("run-status");
  const columns = createColumns(config);
  let module = null;
  let isRunning = false;
  let isUnveiled = false;

  const hasRun = () => columns.some(({ result }) => result);

  /* ---- permissions ---- */

  const isTeacherPaced = () => config.classroom?.mode === "led";
  const vote = () => (config.classroom?.vote.step === config.slug ? config.classroom.vote : { state: "none" });
  const isVoting = () => vote().state === "open";
  const isLate = () => vote().state === "run" && (config.prediction?.round ?? LATE) === LATE;
  const mayPredict = () => !hasRun() && !isRunning && (!isTeacherPaced() || isVoting() || isLate());
  const mayRun = () => Boolean(config.prediction) && !["open", "closed"].includes(vote().state);

  function predictionStatus() {
    if (hasRun()) return "";
    if (vote().state === "closed") return t("The vote is closed. Your teacher unlocks the run.");
    if (isTeacherPaced() && vote().state === "none") return t("Your teacher has not opened the vote on this step yet.");
    const isSecondVote = isVoting() && vote().round === 2 && config.prediction?.round !== 2;
    if (isSecondVote) return t("Second vote: has your neighbour convinced you?");
    if (!config.prediction) return "";
    if (!mayPredict()) return t("The votes are over. Run the experiment now.");
    return isVoting()
      ? t("Saved. You can change your prediction until the vote closes.")
      : t("Saved. You can change your prediction until you run the experiment.");
  }

  /* ---- predict ---- */

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const choices = Object.fromEntries(columns.map(({ name }) => [name, data.get(name)]));
    const body = { step: config.slug, round: vote().round ?? 1, choices, confidence: Number(data.get("confidence")) };
    let response;
    try {
      response = await requestJson("POST", "/walkthrough/api/predict/", { body });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = t("The server does not answer. Check that it is running, then save again.");
      return;
    }
    if (response.status !== 200) {
      status.textContent = response.json?.detail ?? String(response.status);
      return;
    }
    config.prediction = response.json;
    config.learner = true;
    draw();
    onSaved();
    if (!mayRun()) return;
    parts.show("observe");
    byId("run").focus();
  });

  /* ---- run ---- */

  async function run(chosen) {
    if (isRunning) return;
    if (!mayRun()) {
      runStatus.textContent = config.prediction
        ? t("Your class is still voting. Your teacher unlocks the run.")
        : t("Predict first. Then you can run the experiment.");
      return;
    }
    const prepared = module?.prepare?.(config); // a browser opens windows only within the click
    isRunning = true;
    for (const column of chosen) Object.assign(column, { result: null, failure: null, busy: t("Running…") });
    draw();
    runStatus.textContent = t("Running at %(n)s doors…", { n: chosen.length });
    if (config.browser) for (const column of chosen) await runColumn(column, prepared); // they share one cookie jar
    else await Promise.all(chosen.map((column) => runColumn(column)));
    module?.finish?.(prepared);
    isRunning = false;
    storeResults(config, columns);
    draw();
    runStatus.textContent = verdict(columns);
  }

  async function runColumn(column, prepared) {
    const progress = (text) => {
      column.busy = text;
      drawOne(column);
    };
    const { variant } = column;
    const body = { step: config.slug, mechanism: variant.mechanism, variant: variant.variant };
    try {
      if (config.browser) {
        const observed = await runInBrowser(module, variant, { config, prepared, progress });
        const report = { ...body, outcome: observed.outcome };
        column.result = { ...observed, ...(await asked("POST", "/walkthrough/api/observed/", report, true)) };
      } else {
        column.result = await asked("POST", "/walkthrough/api/run/", body, true);
      }
    } catch (error) {
      column.failure = error.message;
    }
    column.busy = null;
    drawOne(column);
  }

  byId("trial").addEventListener("submit", (event) => {
    event.preventDefault();
    run(columns);
  });

  /* ---- draw ---- */

  const drawOne = (column) => drawColumn(column, config, { again: () => run([column]) });

  function draw() {
    for (const column of columns) {
      column.prediction = config.prediction?.choices[column.name] ?? null;
      drawOne(column);
    }
    for (const input of form.querySelectorAll("input")) input.disabled = !mayPredict();
    byId("store").hidden = !mayPredict();
    byId("store").textContent = config.prediction ? t("Update prediction") : t("Save prediction");
    byId("run").textContent = runLabel();
    byId("run").setAttribute("aria-disabled", String(isRunning || !mayRun()));
    if (!isRunning && !hasRun()) runStatus.textContent = lockStatus();
    status.textContent = predictionStatus();
    const judged = columns.filter(({ result }) => result);
    byId("verdicts").replaceChildren(...judged.map((column) => judgementItem(column, config)));
    const isVeiled = !hasRun() && !isUnveiled;
    for (const veil of document.querySelectorAll(".veil")) veil.hidden = !isVeiled;
    for (const section of document.querySelectorAll(".after-run")) section.hidden = isVeiled;
    parts.refresh();
  }

  function runLabel() {
    if (hasRun()) return t("Run again");
    return columns.length > 1 ? t("Run at %(n)s doors", { n: columns.length }) : t("Run");
  }

  function lockStatus() {
    if (mayRun()) return t("Sends real requests with throwaway accounts.");
    if (config.prediction) return t("Locked until your teacher unlocks the run.");
    return t("Locked until you save a prediction.");
  }

  for (const button of document.querySelectorAll("[data-unveil]")) {
    button.addEventListener("click", () => {
      isUnveiled = true;
      draw();
    });
  }

  /* ---- start ---- */

  for (const input of form.querySelectorAll("input")) {
    const { confidence, choices } = config.prediction ?? {};
    input.checked = input.value === (input.name === "confidence" ? String(confidence) : choices?.[input.name]);
  }
  if (config.browser) {
    import(`../../experiments/js/catalogue/${config.experiment}.js`).then((loaded) => {
      module = loaded;
      byId("alters").hidden = !module.alters;
      parts.refresh();
    }, (error) => {
      const why = error.message;
      runStatus.textContent = t("The script of this experiment did not load. Reload the page. (%(why)s)", { why });
    });
  }
  draw();
  if (hasRun()) runStatus.textContent = verdict(columns);

  return {
    draw,
    /** The part to start with; a returning learner continues. */
    firstPart: () => (hasRun() || mayRun() ? "observe" : "predict"),
  };
}

/* ---- results ---- */

const storageKey = ({ slug }) => `authcompare:walkthrough:seen:${slug}`;

/** A column per variant. The server knows its outcome; this tab may remember the requests that led to it. */
function createColumns(config) {
  const remembered = JSON.parse(sessionStorage.getItem(storageKey(config)) ?? "{}");
  return config.variants.map((variant) => {
    const name = variant.key;
    const stored = config.outcomes[name];
    const details = stored && remembered[name]?.outcome === stored.outcome ? remembered[name] : {};
    return {
      variant,
      name,
      place: document.querySelector(`.column[data-door="${name}"]`),
      prediction: null,
      result: stored && { facts: [], sent: [], ...details, ...stored },
      failure: null,
      busy: null,
    };
  });
}

function storeResults(config, columns) {
  const results = Object.fromEntries(columns.map(({ name, result }) => [name, result]));
  sessionStorage.setItem(storageKey(config), JSON.stringify(results));
}

/** The whole run in a sentence or two. */
function verdict(columns) {
  const results = columns.map(({ result }) => result).filter(Boolean);
  const right = results.filter((result) => result.right).length;
  const unexpected = results.filter(({ agrees }) => !agrees).length;
  const failed = columns.filter(({ failure }) => failure).length;
  return [
    unexpected ? t("NOT as expected: %(n)s.", { n: unexpected }) : "",
    failed ? t("Not finished: %(n)s.", { n: failed }) : "",
    results.length ? score(right, results.length) : "",
  ].filter(Boolean).join(" ");
}

function score(right, all) {
  if (all > 1) return t("%(n)s of %(all)s predictions were right.", { n: right, all });
  return right ? t("Your prediction was right.") : t("Your prediction was wrong.");
}

/** One variant's outcome and the judgement of the prediction, as a list item. */
function judgementItem({ variant, place, result: { outcome, predicted, right, misconception } }, config) {
  const text = (key) => config.choices.find((choice) => choice.outcome === key)?.text ?? key;
  const title = place.querySelector(".door-title").cloneNode(true);
  const item = element("li", { "data-shape": variant.shape, "data-right": String(right) }, title,
    element("p.came", {}, text(outcome)));
  if (right) {
    item.append(element("p.good", {}, "✓ ", t("Your prediction was right.")));
    return item;
  }
  item.append(element("p", {}, element("strong.bad", {}, "✗"), " ",
    element("span.label", {}, t("You predicted:")), " ", text(predicted)));
  if (misconception) {
    item.append(element("p.idea", {}, element("span.label", {}, t("Possible misconception:")), " ",
      element("q", {}, misconception)));
  }
  return item;
}
