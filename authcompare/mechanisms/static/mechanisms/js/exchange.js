/* Draws one recorded exchange: what travelled, what the server did, what it keeps, what came back. */

import { element, t, shorten } from "../../authcompare/js/render.js";

const ms = (number) => `${number < 10 ? number.toFixed(2) : Math.round(number)} ms`;

export const headersNamed = (headers, name) =>
  headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** The bytes of a message as HTTP/1.1 would write it. */
function size({ headers, body }, startLine) {
  const head = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\r\n");
  return new TextEncoder().encode(`${head}\r\n\r\n${body}`).length;
}

const allHeaders = (headers, summary) =>
  element("details", {}, element("summary", {}, summary),
    element("dl.headers.mono", {}, ...headers.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])));

/** What travels: the request line, and the header that carries the credential, in full view. */
export function drawRequest(cell, door, { request }) {
  const { method, path, protocol, headers, body } = request;
  const lines = [element("p.mono", {}, element("b", {}, method), ` ${path}`)];
  for (const value of headersNamed(headers, "Cookie")) {
    const cookies = value.split("; ").map((pair) => {
      const [name, ...rest] = pair.split("=");
      const mine = door.ambient && name === door.name;
      return element(mine ? "span.mine" : "span.other", { title: pair }, `${name}=`, element(mine ? "b" : "span", {}, shorten(rest.join("="), mine ? 44 : 10)));
    });
    lines.push(element("p.mono", {}, "Cookie: ", ...cookies.flatMap((cookie, i) => (i ? ["; ", cookie] : [cookie]))));
  }
  for (const value of headersNamed(headers, "Authorization")) {
    const [scheme, token] = value.split(" ");
    lines.push(element("p.mono", { title: value }, `Authorization: ${scheme} `, element("b.mine", {}, shorten(token ?? "", 44))));
  }
  for (const value of headersNamed(headers, "X-Csrftoken")) {
    lines.push(element("p.mono.other", { title: value }, `X-CSRFToken: ${shorten(value, 10)}`));
  }
  if (body) lines.push(element("p.mono.other", {}, shorten(body, 90)));
  const bytes = size(request, `${method} ${path} ${protocol}`);
  cell.replaceChildren(...lines, allHeaders(headers, t("%(bytes)s bytes, %(n)s headers", { bytes, n: headers.length })));
}

const STEP_NAMES = {
  middleware: t("middleware"),
  authentication: t("authentication"),
  permission: t("permission"),
  throttle: t("throttle"),
  view: t("view"),
  render: t("render"),
};

/** What the server does: its steps in order, what each decided, and what it asked of the database. */
export function drawProcessing(cell, { steps, queries, took }) {
  const chips = steps.map((step) => {
    const came = step.refused ? `✗ ${step.refused}` : step.found && step.found !== "AnonymousUser" ? `✓ ${step.found}` : "";
    return element(step.refused ? "li.step.refused" : "li.step", { "data-step": step.name, title: `${step.detail} ${ms(step.took ?? 0)}` },
      STEP_NAMES[step.name] ?? step.name, came ? element("b", {}, ` ${came}`) : "");
  });
  const asked = queries.reduce((sum, query) => sum + query.took, 0);
  cell.replaceChildren(
    element("ol.steps", {}, ...chips),
    element("details", {}, element("summary", {}, t("queries: %(n)s, %(sql)s of %(all)s", { n: queries.length, sql: ms(asked), all: ms(took) })),
      element("ol.trace", {}, ...steps.map((step, i) => element("li", {},
        element("span", {}, `${STEP_NAMES[step.name] ?? step.name} · ${step.detail} · ${ms(step.took ?? 0)}`),
        ...queries.filter((query) => query.step === i).map((query) =>
          element("code", { title: query.params.join(", ") }, `${ms(query.took)}  ${query.sql}`)))))),
  );
}

/** What the server keeps behind the credential, before and after: kept, made, changed or gone. */
export function drawServerState(cell, { state, variant }) {
  if (variant === null) return cell.replaceChildren(element("p.empty", {}, t("not recorded here")));
  if (!state.length) return cell.replaceChildren(element("p.empty", {}, t("nothing")));
  const things = Map.groupBy ? Map.groupBy(state, (line) => line.of) : group(state);
  cell.replaceChildren(...[...things].map(([name, lines]) => {
    const kind = lines.every((line) => line.before === null) ? "made"
      : lines.every((line) => line.after === null) ? "gone"
      : lines.some((line) => line.before !== line.after) ? "changed" : "same";
    const word = { made: t("made"), gone: t("deleted"), changed: t("changed"), same: t("as before") }[kind];
    const mark = { made: "+", gone: "−", changed: "±", same: "=" }[kind];
    return element(`details.thing.${kind}`, kind === "changed" ? { open: "" } : {},
      element("summary", {}, `${mark} `, element(kind === "gone" ? "s" : "span", {}, name), " ", element("em", {}, word)),
      element("dl.fields.mono", {}, ...lines.filter((line) => kind !== "changed" || line.before !== line.after).flatMap(({ field, before, after }) => [
        element("dt", {}, field),
        element("dd", {}, before !== null && before !== after ? element("del", {}, before, " ") : "", after !== null ? element(before === after ? "span" : "ins", {}, after) : ""),
      ])));
  }));
}

function group(lines) {
  const groups = new Map();
  for (const line of lines) groups.set(line.of, [...(groups.get(line.of) ?? []), line]);
  return groups;
}

const MEANING = {
  httponly: t("scripts can not read it"),
  secure: t("sent over HTTPS only"),
  "samesite=lax": t("other sites' requests go without it, unless somebody follows a link"),
  "samesite=strict": t("other sites' requests go without it"),
  "samesite=none": t("sent with other sites' requests too"),
  "path=/": t("sent to every address of this host"),
  "max-age=0": t("the browser deletes it at once"),
};

/** The answer's Set-Cookie headers, each split into its attributes with what they mean. */
export function setCookies({ response }) {
  return headersNamed(response.headers, "Set-Cookie").map((line) => {
    const [pair, ...attributes] = line.split(/; */);
    const meaning = (attribute) => {
      const known = MEANING[attribute.toLowerCase()];
      if (known) return known;
      const [name, value] = attribute.split("=");
      if (name.toLowerCase() === "max-age") return t("the browser keeps it for %(n)s seconds", { n: value });
      if (name.toLowerCase() === "expires") return t("the same, as a date for old browsers");
      return "";
    };
    return element("details.set-cookie", {}, element("summary.mono", { title: line }, "Set-Cookie: ", element("b", {}, shorten(pair, 40))),
      element("dl.headers.mono", {}, ...attributes.flatMap((attribute) => [element("dt", {}, attribute), element("dd", {}, meaning(attribute))])));
  });
}

export const responseHeaders = ({ response }) =>
  allHeaders(response.headers, t("%(n)s headers", { n: response.headers.length }));

/** A curl command that sends the same request again. */
export function curlCommand({ request }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const skip = new Set(["host", "connection", "content-length", "accept-encoding"]);
  const lines = [`curl -i ${quote(location.origin + request.path)}`];
  if (request.method !== "GET") lines.push(`-X ${request.method}`);
  for (const [name, value] of request.headers) {
    if (!skip.has(name.toLowerCase()) && !/^(sec-|user-agent|referer|origin|cache-control|pragma)/i.test(name)) {
      lines.push(`-H ${quote(`${name}: ${value}`)}`);
    }
  }
  if (request.body) lines.push(`--data-raw ${quote(request.body)}`);
  return lines.join(" \\\n  ");
}
