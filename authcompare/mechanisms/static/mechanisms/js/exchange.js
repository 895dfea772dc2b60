/* Draws one recorded exchange: request, server processing, server-side state and response headers. */

import { element, shorten, t } from "../../authcompare/js/render.js";

const ms = (number) => `${number < 10 ? number.toFixed(2) : Math.round(number)} ms`;

export const headersNamed = (headers, name) =>
  headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** Return a message's size in HTTP/1.1, in bytes. */
function byteLength({ headers, body }, startLine) {
  const head = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\r\n");
  return new TextEncoder().encode(`${head}\r\n\r\n${body}`).length;
}

const definitions = (pairs) => pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);

const allHeaders = (headers, summary) =>
  element("details", {}, element("summary", {}, summary), element("dl.headers.mono", {}, ...definitions(headers)));

/** Draw the request line, and the headers that carry credentials. */
export function drawRequest(cell, client, { request }) {
  const { method, path, protocol, headers, body } = request;
  const lines = [element("p.mono", {}, element("b", {}, method), ` ${path}`)];
  for (const value of headersNamed(headers, "Cookie")) {
    const cookies = value.split("; ").map((pair) => {
      const [name, ...rest] = pair.split("=");
      const mine = client.ambient && name === client.name;
      const shown = element(mine ? "b" : "span", {}, shorten(rest.join("="), mine ? 44 : 10));
      return element(mine ? "span.mine" : "span.other", { title: pair }, `${name}=`, shown);
    });
    lines.push(element("p.mono", {}, "Cookie: ", ...cookies.flatMap((cookie, i) => (i ? ["; ", cookie] : [cookie]))));
  }
  for (const value of headersNamed(headers, "Authorization")) {
    const [scheme, token] = value.split(" ");
    const shown = element("b.mine", {}, shorten(token ?? "", 44));
    lines.push(element("p.mono", { title: value }, `Authorization: ${scheme} `, shown));
  }
  for (const value of headersNamed(headers, "X-Csrftoken")) {
    lines.push(element("p.mono.other", { title: value }, `X-CSRFToken: ${shorten(value, 10)}`));
  }
  if (body) lines.push(element("p.mono.other", {}, shorten(body, 90)));
  const bytes = byteLength(request, `${method} ${path} ${protocol}`);
  const summary = t("%(bytes)s bytes, %(n)s headers", { bytes, n: headers.length });
  cell.replaceChildren(...lines, allHeaders(headers, summary));
}

const STEP_NAMES = {
  middleware: t("middleware"),
  authentication: t("authentication"),
  permission: t("permission"),
  throttle: t("throttle"),
  view: t("view"),
  render: t("render"),
};

const stepName = ({ name }) => STEP_NAMES[name] ?? name;

function stepResult({ refused, found }) {
  if (refused) return `✗ ${refused}`;
  return found && found !== "AnonymousUser" ? `✓ ${found}` : "";
}

/** Draw the server's steps in order, with their results and database queries. */
export function drawProcessing(cell, { steps, queries, took }) {
  const chips = steps.map((step) => {
    const title = `${step.detail} ${ms(step.took ?? 0)}`;
    const result = stepResult(step);
    return element(step.refused ? "li.step.refused" : "li.step", { "data-step": step.name, title },
      stepName(step), result ? element("b", {}, ` ${result}`) : "");
  });
  const queryTime = queries.reduce((sum, query) => sum + query.took, 0);
  const counts = { n: queries.length, sql: ms(queryTime), all: ms(took) };
  const code = (query) =>
    element("code", { title: query.params.join(", ") }, `${ms(query.took)}  ${query.sql}`);
  const trace = steps.map((step, i) => element("li", {},
    element("span", {}, `${stepName(step)} · ${step.detail} · ${ms(step.took ?? 0)}`),
    ...queries.filter((query) => query.step === i).map(code)));
  cell.replaceChildren(
    element("ol.steps", {}, ...chips),
    element("details", {}, element("summary", {}, t("queries: %(n)s, %(sql)s of %(all)s", counts)),
      element("ol.trace", {}, ...trace)),
  );
}

/** Draw the server-side state behind the credential, before and after the request. */
export function drawServerState(cell, { state, variant }) {
  if (variant === null) return cell.replaceChildren(element("p.empty", {}, t("not recorded here")));
  if (!state.length) return cell.replaceChildren(element("p.empty", {}, t("nothing")));
  const things = groupByObject(state);
  cell.replaceChildren(...[...things].map(([name, lines]) => {
    const kind = lines.every((line) => line.before === null) ? "made"
      : lines.every((line) => line.after === null) ? "gone"
      : lines.some((line) => line.before !== line.after) ? "changed" : "same";
    const word = { made: t("created"), gone: t("deleted"), changed: t("changed"), same: t("unchanged") }[kind];
    const mark = { made: "+", gone: "−", changed: "±", same: "=" }[kind];
    const title = element(kind === "gone" ? "s" : "span", {}, name);
    const shown = lines.filter((line) => kind !== "changed" || line.before !== line.after);
    return element(`details.thing.${kind}`, kind === "changed" ? { open: "" } : {},
      element("summary", {}, `${mark} `, title, " ", element("em", {}, word)),
      element("dl.fields.mono", {}, ...shown.flatMap((line) => [element("dt", {}, line.field), change(line)])));
  }));
}

/** Return a field's old and new value as one cell. */
function change({ before, after }) {
  const old = before !== null && before !== after ? element("del", {}, before, " ") : "";
  const now = after !== null ? element(before === after ? "span" : "ins", {}, after) : "";
  return element("dd", {}, old, now);
}

function groupByObject(lines) {
  const groups = new Map();
  for (const line of lines) groups.set(line.of, [...(groups.get(line.of) ?? []), line]);
  return groups;
}

const MEANING = {
  httponly: t("scripts cannot read it"),
  secure: t("sent over HTTPS only"),
  "samesite=lax": t("not sent with requests from other sites, unless the user follows a link"),
  "samesite=strict": t("not sent with requests from other sites"),
  "samesite=none": t("sent with requests from other sites too"),
  "path=/": t("sent to every path of this host"),
  "max-age=0": t("the browser deletes it immediately"),
};

/** Return the response's Set-Cookie headers, with the meaning of each attribute. */
export function setCookies({ response }) {
  return headersNamed(response.headers, "Set-Cookie").map((line) => {
    const [pair, ...attributes] = line.split(/; */);
    const meaning = (attribute) => {
      const known = MEANING[attribute.toLowerCase()];
      if (known) return known;
      const [name, value] = attribute.split("=");
      if (name.toLowerCase() === "max-age") return t("the browser stores it for %(n)s seconds", { n: value });
      if (name.toLowerCase() === "expires") return t("the same as Max-Age, for old browsers");
      return "";
    };
    const summary = element("summary.mono", { title: line }, "Set-Cookie: ", element("b", {}, shorten(pair, 40)));
    const meanings = attributes.map((attribute) => [attribute, meaning(attribute)]);
    return element("details.set-cookie", {}, summary, element("dl.headers.mono", {}, ...definitions(meanings)));
  });
}

export const responseHeaders = ({ response }) =>
  allHeaders(response.headers, t("%(n)s headers", { n: response.headers.length }));

/** Return a curl command that sends the same request. */
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
