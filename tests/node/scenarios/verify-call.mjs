import assert from "node:assert/strict";

import jwt from "jsonwebtoken";

import { SECRET, awaited, callback, caught, chained, plain } from "../fragments/verify-call.mjs";
import { outcome } from "../outcome.mjs";

const claims = { sub: "7", iat: 1700000000 };
const good = jwt.sign(claims, SECRET);
const bad = jwt.sign(claims, "another secret");
const CLAIMS = JSON.stringify(claims);
const REFUSED = "JsonWebTokenError: invalid signature";

/** The error and the claims that a callback gets, as text. */
const called = (token) =>
  new Promise((done) => {
    callback(token, (error, value) => done(`calls back with ${error ?? JSON.stringify(value)}`));
  });

/** Observe a call; it must come to `expected`. */
const check = async (name, call, expected) => {
  const result = await outcome(call);
  assert.equal(result, expected);
  return [name, result];
};

export const packages = ["jsonwebtoken"];

export const observations = {
  "jwt.verify returns the claims of a good token": async () => {
    assert.equal(plain(good) instanceof Promise, false);
    return [await check("plain(good)", () => plain(good), `returns ${CLAIMS}`)];
  },
  "jwt.verify throws for a bad token": async () => [await check("plain(bad)", () => plain(bad), `throws ${REFUSED}`)],
  "await on jwt.verify gives the claims of a good token": async () => [
    await check("awaited(good)", () => awaited(good), `resolves to ${CLAIMS}`),
  ],
  "await on jwt.verify throws for a bad token, as it does for a rejected promise": async () => {
    await assert.rejects(awaited(bad), { name: "JsonWebTokenError" });
    return [await check("awaited(bad)", () => awaited(bad), `rejects with ${REFUSED}`)];
  },
  ".then on the result of jwt.verify is a TypeError for a good token, and is not reached for a bad one": async () => [
    await check("chained(good)", () => chained(good), "throws TypeError: jwt.verify(...).then is not a function"),
    await check("chained(bad)", () => chained(bad), `throws ${REFUSED}`),
  ],
  ".catch on the result of jwt.verify is a TypeError": async () => [
    await check("caught(good)", () => caught(good), "throws TypeError: jwt.verify(...).catch is not a function"),
  ],
  ".catch does not catch the error that jwt.verify throws at once": async () => [
    await check("caught(bad)", () => caught(bad), `throws ${REFUSED}`),
  ],
  "jwt.verify passes the claims of a good token to a callback": async () => {
    assert.equal(await called(good), `calls back with ${CLAIMS}`);
    return [["callback(good)", await called(good)]];
  },
  "jwt.verify passes the error of a bad token to a callback": async () => {
    assert.equal(await called(bad), `calls back with ${REFUSED}`);
    return [["callback(bad)", await called(bad)]];
  },
};
