/* What a call came to, as one line of a transcript. */

const show = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** "returns ...", "resolves to ...", "throws ..." or "rejects with ...". */
export async function outcome(call) {
  let value;
  try {
    value = call();
  } catch (error) {
    return `throws ${error}`;
  }
  if (!(value instanceof Promise)) return `returns ${show(value)}`;
  return value.then((settled) => `resolves to ${show(settled)}`, (error) => `rejects with ${error}`);
}
