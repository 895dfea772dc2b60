/* Changes the user in a credential that scripts can read. */

import { decode, encode } from "../../authcompare/js/jwt-codec.js";

/** Return `credential` for user `other` instead of `me`: by name if it contains one, else by the next user id. */
export function tampered(credential, me, other) {
  if (me && credential.includes(me)) return credential.replace(me, other);
  const [header, payload, signature] = credential.split(".");
  if (signature === undefined) return `${credential}x`;
  const claims = JSON.parse(decode(payload));
  claims.sub = String(Number(claims.sub) + 1);
  if (claims.username) claims.username = other;
  return [header, encode(JSON.stringify(claims)), signature].join(".");
}
