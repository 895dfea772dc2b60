/* A transcript: a fragment, and what happened when it ran. */

import { readFileSync } from "node:fs";

export const NAMES = ["missing-next", "verify-call", "verify-checks", "session-id", "save-and-destroy"];
const SHOWN = "// ---- shown ----"; // the lesson shows the lines below it
const read = (path) => readFileSync(new URL(path, import.meta.url), "utf-8");

/** The scenario of this name: {packages, observations: {sentence: function}}.

    A function asserts its sentence and returns [call, result] pairs. */
export const scenario = (name) => import(`./scenarios/${name}.mjs`);

/** Run a scenario and return its transcript. */
export async function record(name) {
  const { packages, observations } = await scenario(name);
  const output = [];
  for (const observe of Object.values(observations)) output.push(...(await observe()));
  return {
    name,
    file: `tests/node/fragments/${name}.mjs`,
    source: shownLines(read(`fragments/${name}.mjs`)),
    output: output.map(([call, result]) => ({ call, result })),
    versions: { node: process.versions.node, ...Object.fromEntries(packages.map((each) => [each, version(each)])) },
    date: new Date().toISOString().slice(0, 10),
    command: `node tests/node/record.mjs ${name}`,
  };
}

function shownLines(text) {
  const lines = text.trimEnd().split("\n");
  return lines.slice(lines.indexOf(SHOWN) + 1);
}

/** The version of an installed package. */
const version = (name) => JSON.parse(read(`node_modules/${name}/package.json`)).version;
