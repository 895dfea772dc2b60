import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";

import jwt from "jsonwebtoken";

import { SECRET, endless, oneHour, verify, verifyAt } from "../fragments/verify-checks.mjs";
import { outcome } from "../outcome.mjs";

const claims = { sub: "7", iat: 1700000000 };
const CLAIMS = JSON.stringify(claims);
const FAR = "2126";
const keys = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
};
const names = (token) => Object.keys(jwt.decode(token)).join(", ");

/** Observe what verify() says to a token of each algorithm; every one must come to `expected`. */
const each = async (call, algorithms, keyOf, expected) => {
  for (const algorithm of algorithms) {
    assert.equal(await outcome(() => verify(jwt.sign(claims, keyOf(algorithm), { algorithm }))), expected);
  }
  return [[call, expected]];
};

export const packages = ["jsonwebtoken"];

export const observations = {
  "With a string secret and no named algorithm, jwt.verify accepts HS256, HS384, and HS512": () =>
    each("verify(HS256/384/512 token)", ["HS256", "HS384", "HS512"], () => SECRET, `returns ${CLAIMS}`),
  "With a string secret and no named algorithm, jwt.verify refuses RS256 and ES256": () =>
    each(
      "verify(RS256/ES256 token)",
      ["RS256", "ES256"],
      (algorithm) => keys[algorithm],
      "throws JsonWebTokenError: invalid algorithm",
    ),
  "With a string secret, jwt.verify refuses a token without signature whose algorithm is none": async () => {
    const unsigned = jwt.sign(claims, "", { algorithm: "none" });
    const result = await outcome(() => verify(unsigned));
    assert.equal(result, "throws JsonWebTokenError: jwt signature is required");
    return [["verify(alg none token)", result]];
  },
  "A token that is signed without expiresIn has no exp": async () => {
    assert.equal(names(endless()), "sub, iat");
    return [["claims of endless()", names(endless())]];
  },
  "A token without exp is still accepted in a hundred years": async () => {
    const token = endless();
    const result = verifyAt(token, FAR);
    assert.deepEqual(result, jwt.decode(token));
    return [[`verifyAt(endless(), "${FAR}")`, `returns the claims: ${Object.keys(result).join(", ")}`]];
  },
  "A token that is signed with expiresIn has an exp": async () => {
    assert.equal(names(oneHour()), "sub, iat, exp");
    return [["claims of oneHour()", names(oneHour())]];
  },
  "A token with exp is refused after it": async () => {
    const result = await outcome(() => verifyAt(oneHour(), FAR));
    assert.equal(result, "throws TokenExpiredError: jwt expired");
    return [[`verifyAt(oneHour(), "${FAR}")`, result]];
  },
};
