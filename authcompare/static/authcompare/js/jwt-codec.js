/* Decodes and encodes the parts of a JWT as text. JSON.parse would change long numbers and drop duplicate claims. */

const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** Return the text of a part, or null if it is not base64url. */
export function decode(part) {
  if (!BASE64URL.test(part) || part.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

export function encode(text) {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Return JSON text without white space between its tokens. Other text stays almost the same. */
export const compact = (text) => pieces(text).join("");

/** Return JSON text with one line per member. */
export function indent(text) {
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.max(0, depth))}`;
  const all = pieces(text);
  return all.map((piece, i) => {
    if (piece === "{" || piece === "[") {
      if (["}", "]"].includes(all[i + 1])) return piece;
      depth += 1;
      return piece + line();
    }
    if (piece === "}" || piece === "]") {
      if (["{", "["].includes(all[i - 1])) return piece;
      depth -= 1;
      return line() + piece;
    }
    if (piece === ",") return piece + line();
    return piece === ":" ? ": " : piece;
  }).join("");
}

/** Return the strings, punctuation and other tokens of JSON text, without white space. */
function pieces(text) {
  return text.match(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs) ?? [];
}
