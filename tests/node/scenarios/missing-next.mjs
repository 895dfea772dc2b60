import assert from "node:assert/strict";

import jwt from "jsonwebtoken";

import { SECRET, app } from "../fragments/missing-next.mjs";
import { serving } from "../server.mjs";

const TIMEOUT_MS = 1000; // the client's

const good = jwt.sign({ sub: "7" }, SECRET);
const forged = jwt.sign({ sub: "7" }, "another secret");

/** What the client sees, and what the server logs meanwhile: {result, errors}. */
async function get(path, token) {
  const errors = [];
  const log = console.error;
  console.error = (...all) => errors.push(all);
  const began = performance.now();
  try {
    return await serving(app, async (request) => {
      try {
        const response = await request(path, { headers: { Token: token }, signal: AbortSignal.timeout(TIMEOUT_MS) });
        return { result: `${response.status} ${await response.text()}`, errors };
      } catch (error) {
        assert.ok(performance.now() - began >= TIMEOUT_MS);
        return { result: `${error.name}: no response in ${TIMEOUT_MS} ms`, errors };
      }
    });
  } finally {
    console.error = log;
  }
}

export const packages = ["express", "jsonwebtoken"];

export const observations = {
  "A middleware that does not call next() still refuses a forged token": async () => {
    const { result } = await get("/forget", forged);
    assert.equal(result, "401 Unauthorized");
    return [["GET /forget, forged token", result]];
  },
  "A request with a valid token hangs until the client's timeout if the middleware does not call next()": async () => {
    const { result, errors } = await get("/forget", good);
    assert.equal(result, "TimeoutError: no response in 1000 ms");
    assert.deepEqual(errors, []);
    return [
      ["GET /forget, valid token", result],
      ["errors in the server's log", String(errors.length)],
    ];
  },
  "A request with a valid token gets its response if the middleware calls next()": async () => {
    const { result } = await get("/pass-on", good);
    assert.equal(result, "200 the note");
    return [["GET /pass-on, valid token", result]];
  },
};
