/* Another identity, written into a credential that a script can change. */

const decode = (part) => JSON.parse(new TextDecoder().decode(
  Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))));
const encode = (data) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(data))))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** `credential` with `other` in the place of `me`: by name where it says one, by the id after mine where it is a token. */
export function tampered(credential, me, other) {
  if (me && credential.includes(me)) return credential.replace(me, other);
  const parts = credential.split(".");
  if (parts.length !== 3) return `${credential}x`;
  const claims = decode(parts[1]);
  claims.sub = String(Number(claims.sub) + 1);
  if (claims.username) claims.username = other;
  return [parts[0], encode(claims), parts[2]].join(".");
}
