/* Draws one recorded exchange: what travelled, what the server did, what it keeps, what came back. */

import { el, say, shorten } from "../../authcompare/js/render.js";

const ms = (number) => `${number < 10 ? number.toFixed(2) : Math.round(number)} ms`;

export const headersNamed = (headers, name) =>
  headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

/** The bytes of a message as HTTP/1.1 would write it. */
function size({ headers, body }, startLine) {
  const head = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\r\n");
  return new TextEncoder().encode(`${head}\r\n\r\n${body}`).length;
}

const allHeaders = (headers, summary) =>
  el("details", {}, el("summary", {}, summary),
    el("dl.headers.mono", {}, ...headers.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));

/** What travels: the request line, and the header that carries the credential, in full view. */
export function drawTravels(cell, door, { request }) {
  const { method, path, protocol, headers, body } = request;
  const lines = [el("p.mono", {}, el("b", {}, method), ` ${path}`)];
  for (const value of headersNamed(headers, "Cookie")) {
    const cookies = value.split("; ").map((pair) => {
      const [name, ...rest] = pair.split("=");
      const mine = door.ambient && name === door.name;
      return el(mine ? "span.mine" : "span.other", { title: pair }, `${name}=`, el(mine ? "b" : "span", {}, shorten(rest.join("="), mine ? 44 : 10)));
    });
    lines.push(el("p.mono", {}, "Cookie: ", ...cookies.flatMap((cookie, i) => (i ? ["; ", cookie] : [cookie]))));
  }
  for (const value of headersNamed(headers, "Authorization")) {
    const [scheme, token] = value.split(" ");
    lines.push(el("p.mono", { title: value }, `Authorization: ${scheme} `, el("b.mine", {}, shorten(token ?? "", 44))));
  }
  for (const value of headersNamed(headers, "X-Csrftoken")) {
    lines.push(el("p.mono.other", { title: value }, `X-CSRFToken: ${shorten(value, 10)}`));
  }
  if (body) lines.push(el("p.mono.other", {}, shorten(body, 90)));
  const bytes = size(request, `${method} ${path} ${protocol}`);
  cell.replaceChildren(...lines, allHeaders(headers, say("%(bytes)s bytes, %(n)s headers", { bytes, n: headers.length })));
}

const STEP_NAMES = {
  middleware: say("middleware"),
  authentication: say("authentication"),
  permission: say("permission"),
  throttle: say("throttle"),
  view: say("view"),
  render: say("render"),
};

/** What the server does: its steps in order, what each decided, and what it asked of the database. */
export function drawDoes(cell, { steps, queries, took }) {
  const chips = steps.map((step) => {
    const came = step.refused ? `✗ ${step.refused}` : step.found && step.found !== "AnonymousUser" ? `✓ ${step.found}` : "";
    return el(step.refused ? "li.step.refused" : "li.step", { "data-step": step.name, title: `${step.detail} ${ms(step.took ?? 0)}` },
      STEP_NAMES[step.name] ?? step.name, came ? el("b", {}, ` ${came}`) : "");
  });
  const asked = queries.reduce((sum, query) => sum + query.took, 0);
  cell.replaceChildren(
    el("ol.steps", {}, ...chips),
    el("details", {}, el("summary", {}, say("queries: %(n)s, %(sql)s of %(all)s", { n: queries.length, sql: ms(asked), all: ms(took) })),
      el("ol.trace", {}, ...steps.map((step, i) => el("li", {},
        el("span", {}, `${STEP_NAMES[step.name] ?? step.name} · ${step.detail} · ${ms(step.took ?? 0)}`),
        ...queries.filter((query) => query.step === i).map((query) =>
          el("code", { title: query.params.join(", ") }, `${ms(query.took)}  ${query.sql}`)))))),
  );
}

/** What the server keeps behind the credential, before and after: kept, made, changed or gone. */
export function drawState(cell, { state, variant }) {
  if (variant === null) return cell.replaceChildren(el("p.empty", {}, say("not recorded here")));
  if (!state.length) return cell.replaceChildren(el("p.empty", {}, say("nothing")));
  const things = Map.groupBy ? Map.groupBy(state, (line) => line.of) : group(state);
  cell.replaceChildren(...[...things].map(([name, lines]) => {
    const kind = lines.every((line) => line.before === null) ? "made"
      : lines.every((line) => line.after === null) ? "gone"
      : lines.some((line) => line.before !== line.after) ? "changed" : "same";
    const word = { made: say("made"), gone: say("deleted"), changed: say("changed"), same: say("as before") }[kind];
    const mark = { made: "+", gone: "−", changed: "±", same: "=" }[kind];
    return el(`details.thing.${kind}`, kind === "changed" ? { open: "" } : {},
      el("summary", {}, `${mark} `, el(kind === "gone" ? "s" : "span", {}, name), " ", el("em", {}, word)),
      el("dl.fields.mono", {}, ...lines.filter((line) => kind !== "changed" || line.before !== line.after).flatMap(({ field, before, after }) => [
        el("dt", {}, field),
        el("dd", {}, before !== null && before !== after ? el("del", {}, before, " ") : "", after !== null ? el(before === after ? "span" : "ins", {}, after) : ""),
      ])));
  }));
}

function group(lines) {
  const groups = new Map();
  for (const line of lines) groups.set(line.of, [...(groups.get(line.of) ?? []), line]);
  return groups;
}

const MEANING = {
  httponly: say("scripts can not read it"),
  secure: say("sent over HTTPS only"),
  "samesite=lax": say("other sites' requests go without it, unless somebody follows a link"),
  "samesite=strict": say("other sites' requests go without it"),
  "samesite=none": say("sent with other sites' requests too"),
  "path=/": say("sent to every address of this host"),
  "max-age=0": say("the browser deletes it at once"),
};

/** The answer's Set-Cookie headers, each split into its attributes with what they mean. */
export function setCookies({ response }) {
  return headersNamed(response.headers, "Set-Cookie").map((line) => {
    const [pair, ...attributes] = line.split(/; */);
    const meaning = (attribute) => {
      const known = MEANING[attribute.toLowerCase()];
      if (known) return known;
      const [name, value] = attribute.split("=");
      if (name.toLowerCase() === "max-age") return say("the browser keeps it for %(n)s seconds", { n: value });
      if (name.toLowerCase() === "expires") return say("the same, as a date for old browsers");
      return "";
    };
    return el("details.set-cookie", {}, el("summary.mono", { title: line }, "Set-Cookie: ", el("b", {}, shorten(pair, 40))),
      el("dl.headers.mono", {}, ...attributes.flatMap((attribute) => [el("dt", {}, attribute), el("dd", {}, meaning(attribute))])));
  });
}

export const responseHeaders = ({ response }) =>
  allHeaders(response.headers, say("%(n)s headers", { n: response.headers.length }));

/** A curl command that sends the same request again. */
export function curl({ request }) {
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
