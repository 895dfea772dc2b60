/* What this browser itself has seen of the experiments that only a browser can show: {"<mechanism> <variant>":
   {outcome, expected, facts, at}}, kept in localStorage for the matrix and the comparison. */

const key = (slug) => `authcompare:evidence:${slug}`;

export function seenHere(slug) {
  try {
    return JSON.parse(localStorage.getItem(key(slug))) ?? {};
  } catch {
    return {}; // somebody wrote something else there: the experiments teach how
  }
}

export function keepSeen(slug, name, { outcome, expected, facts }) {
  const seen = { ...seenHere(slug), [name]: { outcome, expected, facts, at: new Date().toISOString() } };
  localStorage.setItem(key(slug), JSON.stringify(seen));
}
