/* The parts of a token as text, both ways, without losing anything: numbers keep their digits, names their order. */

const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** The text in a part, or null where it is not base64url. */
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

/** JSON text without the spaces between its tokens. Text that is no JSON comes out much as it went in. */
export const compact = (text) => pieces(text).join("");

/** JSON text with a line for each member. */
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

/** Strings, marks, and what is between them, without the white space around. */
function pieces(text) {
  return text.match(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs) ?? [];
}
