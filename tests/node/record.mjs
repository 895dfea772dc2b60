/* Runs the fragments.

   node tests/node/record.mjs                 write every transcript where the lesson reads it
   node tests/node/record.mjs --to FOLDER     write them there instead
   node tests/node/record.mjs verify-call     run one fragment and print what happened; write nothing */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { NAMES, record } from "./recording.mjs";

const FOLDER = fileURLToPath(new URL("../../authcompare/learning/transcripts", import.meta.url));

/** A transcript for the terminal. */
function text({ source, output, versions }) {
  const width = Math.max(...output.map(({ call }) => call.length));
  const installed = Object.entries(versions).map((each) => each.join(" ")).join(", ");
  const calls = output.map(({ call, result }) => `${call.padEnd(width)}  ${result}`);
  return [...source, "", ...calls, "", installed].join("\n");
}

const { values, positionals } = parseArgs({ options: { to: { type: "string" } }, allowPositionals: true });
const unknown = positionals.find((name) => !NAMES.includes(name));
if (unknown) {
  console.error(`Unknown fragment: ${unknown}. Known: ${NAMES.join(", ")}.`);
  process.exit(2);
}
try {
  if (positionals.length) {
    for (const name of positionals) console.log(text(await record(name)));
  } else {
    const transcripts = [];
    for (const name of NAMES) transcripts.push(await record(name));
    for (const each of transcripts) {
      writeFileSync(join(values.to ?? FOLDER, `${each.name}.json`), `${JSON.stringify(each, null, 2)}\n`);
    }
  }
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("Install the packages first: npm ci --prefix tests/node --ignore-scripts");
  process.exit(1);
}
